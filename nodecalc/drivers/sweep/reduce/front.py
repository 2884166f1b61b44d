"""The Pareto front of two results of a sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.errors import InputError
from nodecalc.question.axis import FEW
from nodecalc_kernels.arrays.ranking import joined
from nodecalc_kernels.numpy_whole import np

from .base import MOST_ROWS, Walked, direction

if TYPE_CHECKING:
    from nodecalc.drivers.sweep.grid import Grid
    from nodecalc.drivers.sweep.layout import Array, Integers

MOST_POINTS_OF_FRONT: Final = 16 * MOST_ROWS
"""Points that a front on its way may have: later ones can still beat most of them."""


class Front(NamedTuple):
    """Points that no other point equals or beats in both results: sign * x rises, sign * y falls."""

    xs: Array
    ys: Array
    places: Integers


class FrontReducer(Walked):
    """The Pareto front of two results; of equal points the one that comes first in the grid."""

    def __init__(self, grid: Grid, x: str, y: str) -> None:
        """Take the front of `x` and `y`, each in the direction that the vocabulary calls better."""
        super().__init__(grid, (x, y))
        self.signs = (direction(x), direction(y))

    def start(self) -> Front:
        """Return the state before any tile."""
        return Front(np.empty(0), np.empty(0), np.empty(0, np.int64))

    def part(self, grid: Grid, tile: int, seen: Front) -> Front:
        """Return the state of one tile: what of its front may be on the front beside the points that `seen` has."""
        block = self.tiles.block(tile)
        places = self.places(block)
        if block.points <= FEW:
            pairs = zip(self.keys, self.signs, strict=True)
            xs, ys = (sign * self.filled(grid, tile, key) for key, sign in pairs)
            few = np.flatnonzero(np.isfinite(xs) & np.isfinite(ys))
            return self.merge(self.start(), Front(xs[few], ys[few], places.of(few)))
        from nodecalc_kernels.compiled.ranking import front  # few points do without compiled loops

        walked, memo = grid.walked(self.order), dict[str, Any]()
        (x, own, layout), (y, others, _) = (walked.formula(key, self.order, block, memo) for key in self.keys)
        return Front(*front((x, y), (own, others), layout.counts, places, self.signs, (*seen,)))

    def merge(self, one: Front, other: Front) -> Front:
        """Return the front of both."""
        if not other.places.size:
            return one
        made = Front(*joined(one, other))
        if made.places.size > MOST_POINTS_OF_FRONT:
            raise self._too_long()
        return made

    def finish(self, state: Front) -> Front:
        """Return the front, checked: one of too many points is no answer."""
        if state.places.size > MOST_ROWS:
            raise self._too_long()
        return state

    def _too_long(self) -> InputError:
        return InputError(
            f"pareto {','.join(self.keys)}: more than {MOST_ROWS:,} points are on the front; give coarser axes"
        )
