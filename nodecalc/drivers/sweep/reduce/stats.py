"""Smallest, largest and mean value of a result, and where the extremes are, from one pass over it."""

from __future__ import annotations

import math
from fractions import Fraction
from math import inf, isinf, prod
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.question.blocks import ravel, unravel
from nodecalc_kernels.numpy_whole import np
from nodecalc_kernels.tasks import GROUP

from .base import Walked, kept_values
from .names import EXTREMES

if TYPE_CHECKING:
    from nodecalc.drivers.sweep.grid import Grid
    from nodecalc.drivers.sweep.layout import Array, Layout


NOWHERE: Final = 1 << 63
"""Above the place of any point."""


class Extreme(NamedTuple):
    """A smallest value, or largest with its sign changed, and the first point in the grid's own order that has it."""

    value: float
    place: int


class Stats(NamedTuple):
    """What a pass over one result has found."""

    points: int
    nans: int
    total: Fraction
    """Of the finite partial sums, exact."""
    infinite: bool
    low: Extreme
    high: Extreme


class StatsReducer(Walked):
    """Smallest, largest and mean value of one result, and where the extremes are."""

    def __init__(self, grid: Grid, key: str) -> None:
        """Reduce `key` over the axes that it depends on."""
        super().__init__(grid, (key,))
        self.key = key

    def start(self) -> Stats:
        """Return the state before any tile."""
        return Stats(0, 0, Fraction(0), False, Extreme(inf, NOWHERE), Extreme(inf, NOWHERE))

    def part(self, grid: Grid, tile: int, seen: Stats) -> Stats:
        """Return the state of one tile; extremes that `seen` has already, or better ones, are nowhere in it."""
        if grid.is_kept(self.key):
            return self._of_values(kept_values(grid, self.key))
        from nodecalc_kernels.compiled.reduce import fill_group, stats  # what is kept does without loops

        block = self.tiles.block(tile)
        task, operands, layout = grid.walked(self.order).formula(self.key, self.order, block, {})
        sums, lows, highs, nans = stats(task, operands, layout.counts)
        total, missing = _sum(sums.tolist()), int(nans.sum())
        if missing == block.points:
            return self.start()._replace(points=missing, nans=missing)

        lengths = tuple(block.last[axis] - block.first[axis] for axis in self.order)
        places = self.places(block)

        def first(ends: Array, sign: float, before: Extreme) -> Extreme:
            value = float(ends.min())
            if value > before.value:
                return Extreme(value, NOWHERE)
            bar = before.place if value == before.value else NOWHERE
            groups = [(self._least(layout, lengths, g), g) for g in np.flatnonzero(ends == value).tolist()]
            for least, group in sorted(groups):
                if least >= bar:
                    break
                values = fill_group(task, operands, layout.counts, group)
                hits = np.flatnonzero(values == sign * value)
                if hits.size:
                    bar = min(bar, int(places.of(hits + layout.starts[group * GROUP]).min()))
            return Extreme(value, bar)

        return Stats(
            block.points,
            missing,
            total or Fraction(0),
            total is None,
            # A group of nothing but nan has no extremes.
            first(lows, 1.0, seen.low),
            first(-highs, -1.0, seen.high),
        )

    def _of_values(self, values: Array) -> Stats:
        """Return the state of all values there are, in the grid's own order."""
        missing = np.isnan(values)
        valid = values[~missing]
        if not valid.size:
            return self.start()._replace(points=values.size, nans=values.size)
        total = _sum(valid.tolist())
        low, high = float(valid.min()), float(valid.max())
        return Stats(
            values.size,
            values.size - valid.size,
            total or Fraction(0),
            total is None,
            Extreme(low, int(np.argmax(values == low))),
            Extreme(-high, int(np.argmax(values == high))),
        )

    def merge(self, one: Stats, other: Stats) -> Stats:
        """Return the state of the tiles of both."""
        return Stats(
            one.points + other.points,
            one.nans + other.nans,
            one.total + other.total,
            one.infinite or other.infinite,
            min(one.low, other.low),
            min(one.high, other.high),
        )

    def finish(self, grid: Grid, state: Stats) -> dict[str, Any]:
        """Return every extreme, its place as an index along each axis, the mean, and what was left out."""
        valid = state.points - state.nans
        if valid == 0:
            return {**dict.fromkeys(EXTREMES), "nans": self._times(grid, state.nans)}
        return {
            "min": state.low.value,
            "argmin": unravel(state.low.place, self.tiles.shape),
            "max": -state.high.value,
            "argmax": unravel(state.high.place, self.tiles.shape),
            "mean": inf if state.infinite else float(state.total / valid),
            "nans": self._times(grid, state.nans),
        }

    def _times(self, grid: Grid, count: int) -> int:
        """Return how many points of the whole grid `count` points of the pass stand for."""
        return count * (prod(grid.shape) // self.tiles.points)

    def _least(self, layout: Layout, lengths: tuple[int, ...], group: int) -> int:
        """Return a place in the grid's own order before which no point of a group of pieces stands."""
        end = (group + 1) * GROUP
        last = int(layout.starts[end]) if end < layout.starts.size else prod(lengths)
        from_to = (unravel(flat, lengths) for flat in (int(layout.starts[group * GROUP]), last - 1))
        place = list(layout.block.first)
        for axis, i, j in zip(self.order, *from_to, strict=True):
            place[axis] += i
            if i != j:
                break
        return ravel(place, self.tiles.shape)


def _sum(values: list[float]) -> Fraction | None:
    """Return a sum, rounded once, as a fraction; None where it is no finite double."""
    try:
        total = math.fsum(values)
    except OverflowError:
        return None
    return None if isinf(total) else Fraction(total)
