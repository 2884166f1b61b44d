"""The best points of a sweep by one result."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, NamedTuple

from nodecalc.doors import brief
from nodecalc.errors import InputError
from nodecalc.question.axis import FEW
from nodecalc_kernels.numpy_whole import np

from .base import MOST_ROWS, Walked, direction

if TYPE_CHECKING:
    from nodecalc.drivers.sweep.grid import Grid
    from nodecalc.drivers.sweep.layout import Array, Integers


class Ranked(NamedTuple):
    """Points by their flat index in the whole grid, best first."""

    values: Array
    """sign * value, rising."""
    places: Integers


class BestReducer(Walked):
    """The N best points by one result; of equal ones those that come first in the grid."""

    def __init__(self, grid: Grid, key: str, kept: int) -> None:
        """Rank by `key`, in the direction that the vocabulary calls better."""
        # All axes: points that differ only along an axis which does not matter are points all the same.
        super().__init__(grid, (key,), every=True)
        self.kept = kept
        self.sign = direction(key)

    def start(self) -> Ranked:
        """Return the state before any tile."""
        return Ranked(np.empty(0), np.empty(0, np.int64))

    def part(self, grid: Grid, tile: int, seen: Ranked) -> Ranked:
        """Return the state of one tile: what of it may be among the best beside those that `seen` has."""
        block = self.tiles.block(tile)
        places = self.places(block)
        if block.points <= FEW:
            values = self.sign * self.filled(grid, tile)
            few = np.flatnonzero(values < inf)
            return Ranked(values[few], places.of(few))
        from nodecalc_kernels.compiled.ranking import best  # few points do without compiled loops

        task, operands, layout = grid.walked(self.order).formula(self.keys[0], self.order, block, {})
        bar = (float(seen.values[-1]), int(seen.places[-1])) if seen.values.size == self.kept else (inf, 0)
        return Ranked(*best(task, operands, layout.counts, places, self.sign, self.kept, bar))

    def merge(self, one: Ranked, other: Ranked) -> Ranked:
        """Return the best of both."""
        if not other.values.size:
            return one
        values, places = (np.concatenate(pair) for pair in zip(one, other, strict=True))
        order = np.lexsort((places, values))[: self.kept]
        return Ranked(values[order], places[order])


def check_kept(count: int) -> int:
    """Return how many best points to keep, checked."""
    if not isinstance(count, int) or not 1 <= count <= MOST_ROWS:
        raise InputError(f"--top {brief(count)}: allowed: 1 to {MOST_ROWS:,}")
    return count
