"""Smallest, largest and mean value of a result, and where the extremes are, from one pass over it."""

from __future__ import annotations

import math
from fractions import Fraction
from math import inf, isinf, prod
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from nodecalc.question.blocks import unravel
from nodecalc_kernels.compiled.reduce import GROUP, fill_group, stats

from .base import Reducer, own_tiles

if TYPE_CHECKING:
    from nodecalc.drivers.sweep.grid import Grid

EXTREMES: Final = ("min", "argmin", "max", "argmax", "mean")


class Extreme(NamedTuple):
    """A smallest or largest value and the group of pieces that it stands in."""

    value: float
    tile: int
    group: int


class Stats(NamedTuple):
    """What a pass over one result has found."""

    points: int
    nans: int
    total: Fraction
    """Of the finite partial sums, exact."""
    infinite: bool
    low: Extreme
    high: Extreme


class StatsReducer(Reducer):
    """Smallest, largest and mean value of one result, and where the extremes are."""

    def __init__(self, grid: Grid, key: str) -> None:
        """Reduce `key` over the axes that it depends on."""
        self.key = key
        self.keys = (key,)
        self.tiles = own_tiles(grid, (key,))

    def start(self) -> Stats:
        """Return the state before any tile."""
        nowhere = self.tiles.count
        return Stats(0, 0, Fraction(0), False, Extreme(inf, nowhere, 0), Extreme(-inf, nowhere, 0))

    def part(self, grid: Grid, tile: int, seen: Stats) -> Stats:
        """Return the state of one tile."""
        task, operands, layout = grid.formula(self.key, grid.every_axis, self.tiles.block(tile), {})
        points = self.tiles.start(tile + 1) - self.tiles.start(tile)
        sums, lows, highs, nans = stats(task, operands, layout.counts)
        missing = int(nans.sum())
        low, high = int(np.argmin(lows)), int(np.argmax(highs))
        total = math.fsum(sums)
        return Stats(
            points,
            missing,
            Fraction(0) if isinf(total) else Fraction(total),
            isinf(total),
            # A group of nothing but nan has no extremes.
            Extreme(float(lows[low]), tile, low),
            Extreme(float(highs[high]), tile, high),
        )

    def merge(self, one: Stats, other: Stats) -> Stats:
        """Return the state of the tiles of both."""
        return Stats(
            one.points + other.points,
            one.nans + other.nans,
            one.total + other.total,
            one.infinite or other.infinite,
            min(one.low, other.low),
            min(one.high, other.high, key=lambda e: (-e.value, e.tile, e.group)),
        )

    def finish(self, grid: Grid, state: Stats) -> dict[str, Any]:
        """Return every extreme, its place as an index along each axis, the mean, and what was left out."""
        valid = state.points - state.nans
        if valid == 0:
            return {**dict.fromkeys(EXTREMES), "nans": self._times(grid, state.nans)}
        return {
            "min": state.low.value,
            "argmin": self._place(grid, state.low),
            "max": state.high.value,
            "argmax": self._place(grid, state.high),
            "mean": inf if state.infinite else float(state.total / valid),
            "nans": self._times(grid, state.nans),
        }

    def _times(self, grid: Grid, count: int) -> int:
        """Return how many points of the whole grid `count` points of the pass stand for."""
        return count * (prod(grid.shape) // self.tiles.points)

    def _place(self, grid: Grid, extreme: Extreme) -> tuple[int, ...]:
        block = self.tiles.block(extreme.tile)
        task, operands, layout = grid.formula(self.key, grid.every_axis, block, {})
        values = fill_group(task, operands, layout.counts, extreme.group)
        inside = int(layout.starts[extreme.group * GROUP]) + int(np.flatnonzero(values == extreme.value)[0])
        return unravel(self.tiles.start(extreme.tile) + inside, self.tiles.shape)
