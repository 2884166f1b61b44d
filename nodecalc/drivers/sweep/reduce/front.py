"""The Pareto front of two results of a sweep."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from nodecalc.errors import InputError
from nodecalc.question.axis import FEW

from .base import MOST_ROWS, Reducer, direction, filled, own_tiles

if TYPE_CHECKING:
    from nodecalc.drivers.sweep.grid import Grid
    from nodecalc.drivers.sweep.layout import Array, Integers
    from nodecalc.question.blocks import Tiles

MOST_POINTS_OF_FRONT: Final = 16 * MOST_ROWS
"""Points that a front on its way may have: later ones can still beat most of them."""


class Front(NamedTuple):
    """Points that no other point equals or beats in both results: sign * x rises, sign * y falls."""

    xs: Array
    ys: Array
    places: Integers


class FrontReducer(Reducer):
    """The Pareto front of two results; of equal points the one that comes first in the grid."""

    tiles: Tiles

    def __init__(self, grid: Grid, x: str, y: str) -> None:
        """Take the front of `x` and `y`, each in the direction that the vocabulary calls better."""
        self.keys = (x, y)
        self.signs = (direction(x), direction(y))
        self.tiles = own_tiles(grid, self.keys, grid.tile_points(self.keys))

    def start(self) -> Front:
        """Return the state before any tile."""
        return Front(np.empty(0), np.empty(0), np.empty(0, np.int64))

    def part(self, grid: Grid, tile: int, seen: Front) -> Front:
        """Return the state of one tile."""
        memo: dict[str, Any] = {}
        block, start = self.tiles.block(tile), self.tiles.start(tile)
        if self.tiles.start(tile + 1) - start <= FEW:
            xs, ys = (
                sign * filled(grid, key, self.tiles, tile, memo)
                for key, sign in zip(self.keys, self.signs, strict=True)
            )
            where = np.flatnonzero(np.isfinite(xs) & np.isfinite(ys))
            return self._front(xs[where], ys[where], where + start)
        from nodecalc_kernels.compiled.ranking import front  # few points do without compiled loops

        (x, own, layout), (y, others, _) = (grid.formula(key, grid.every_axis, block, memo) for key in self.keys)
        xs, ys, where = front((x, y), (own, others), layout.counts, self.signs, (seen.xs, seen.ys))
        return Front(xs, ys, where + start)

    def merge(self, one: Front, other: Front) -> Front:
        """Return the front of both."""
        if not other.places.size:
            return one
        pairs = zip(one, other, strict=True)
        return self._front(*(np.concatenate(pair) for pair in pairs))

    def _front(self, xs: Array, ys: Array, places: Integers) -> Front:
        """Return the front of any points, of equal ones the first."""
        order = np.lexsort((places, ys, xs))
        falling = ys[order]
        before = np.concatenate([[inf], np.minimum.accumulate(falling)[:-1]]) if order.size else falling
        kept = order[falling < before]
        if kept.size > MOST_POINTS_OF_FRONT:
            raise self._too_long()
        return Front(xs[kept], ys[kept], places[kept])

    def finish(self, state: Front) -> Front:
        """Return the front, checked: one of too many points is no answer."""
        if state.places.size > MOST_ROWS:
            raise self._too_long()
        return state

    def _too_long(self) -> InputError:
        return InputError(
            f"pareto {','.join(self.keys)}: more than {MOST_ROWS:,} points are on the front; give coarser axes"
        )
