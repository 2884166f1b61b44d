"""The Pareto front of two results of a sweep."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from nodecalc.drivers.sweep.grid import SMALL_TILE
from nodecalc.errors import InputError

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
        self.tiles = own_tiles(grid, self.keys, SMALL_TILE)

    def start(self) -> Front:
        """Return the state before any tile."""
        return Front(np.empty(0), np.empty(0), np.empty(0, np.int64))

    def part(self, grid: Grid, tile: int, seen: Front) -> Front:
        """Return the state of one tile."""
        from nodecalc_kernels.compiled.reduce import beats_front

        memo: dict[str, Any] = {}
        xs, ys = (filled(grid, key, self.tiles, tile, memo) for key in self.keys)
        where = beats_front(xs, ys, self.signs, (seen.xs, seen.ys))
        # Not yet a front in itself: that it becomes with the points of others.
        return Front(self.signs[0] * xs[where], self.signs[1] * ys[where], where + self.tiles.start(tile))

    def merge(self, one: Front, other: Front) -> Front:
        """Return the front of both."""
        xs, ys = np.concatenate([one.xs, other.xs]), np.concatenate([one.ys, other.ys])
        places = np.concatenate([one.places, other.places])
        order = np.lexsort((places, ys, xs))
        ys_in_order = ys[order]
        before = np.concatenate([[inf], np.minimum.accumulate(ys_in_order)[:-1]])
        kept = order[ys_in_order < before]
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
