"""Quantiles of a result that streams, from a histogram of the leading bits of its values."""

from __future__ import annotations

import math
import threading
from math import inf, isinf
from typing import TYPE_CHECKING, Final, NamedTuple

from nodecalc.drivers.sweep.grid import KEPT, SMALL_TILE
from nodecalc_kernels.numpy_whole import np
from nodecalc_kernels.tasks import HISTOGRAM_BITS

from .base import Walked, kept_values

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from nodecalc.drivers.sweep.grid import Grid
    from nodecalc.drivers.sweep.layout import Array, Integers

QUANTILE_ERROR: Final = 2.0 ** -(HISTOGRAM_BITS + 1)
"""Largest relative error of a quantile that comes from the histogram: half a bin."""


class Counts(NamedTuple):
    """The part of a histogram that has values in it, and their extremes."""

    first: int
    """Number of the first bin."""
    counts: Integers
    low: float
    high: float


NO_COUNTS: Final = Counts(0, np.empty(0, np.int64), inf, -inf)
"""Before any tile, and of few points."""


class QuantileReducer(Walked):
    """Quantiles of one result, from a histogram whose bins are the leading bits of a double.

    A quantile is the smallest value that at least that share of the points does not exceed. Over few points it is
    exact; else within `QUANTILE_ERROR` of its value, or the whole number itself where results are whole.
    """

    def __init__(self, grid: Grid, key: str, whole: bool) -> None:
        """Reduce `key`; `whole` where its values are whole numbers."""
        super().__init__(grid, (key,), SMALL_TILE)
        self.key = key
        self.whole = whole

    def start(self) -> Counts:
        """Return the state before any tile."""
        return NO_COUNTS

    def part(self, grid: Grid, tile: int, seen: Counts) -> Counts:
        """Return the state of one tile."""
        if self.tiles.points <= KEPT:
            return NO_COUNTS  # all values are sorted in the end
        # Few points do without compiled loops.
        from nodecalc_kernels.compiled.reduce import bin_of, histogram

        values = self.filled(grid, tile)
        low, high = _extremes(values)
        if not low <= high:
            return seen._replace(counts=np.empty(0, np.int64), low=inf, high=-inf)
        table = _table()
        first, last = bin_of(max(low, 0.0)), bin_of(max(high, 0.0))
        try:
            histogram(values, table)
            counts = table[first : last + 1].copy()
        finally:
            table[first : last + 1] = 0  # an interrupt too must leave it empty
        return Counts(first, counts, low, high)

    def merge(self, one: Counts, other: Counts) -> Counts:
        """Return the state of the tiles of both."""
        if not one.counts.size or not other.counts.size:
            return one if one.counts.size else other
        first = min(one.first, other.first)
        last = max(one.first + one.counts.size, other.first + other.counts.size)
        counts = np.zeros(last - first, np.int64)
        for part in (one, other):
            counts[part.first - first : part.first - first + part.counts.size] += part.counts
        return Counts(first, counts, min(one.low, other.low), max(one.high, other.high))

    def finish(self, grid: Grid, state: Counts, shares: Sequence[Fraction]) -> list[float | None]:
        """Return the quantiles at `shares`, 0 to 1."""
        if self.tiles.points <= KEPT:
            return self._exact(grid, shares)
        if not state.counts.size:
            return [None] * len(shares)
        from nodecalc_kernels.compiled.reduce import bin_edges

        total, cumulative = int(state.counts.sum()), np.cumsum(state.counts)
        found: list[float | None] = []
        for share in shares:
            rank = max(math.ceil(share * total), 1)
            place = state.first + int(np.searchsorted(cumulative, rank))
            lower, upper = bin_edges(place), bin_edges(place + 1)
            value = float(lower) if np.isinf(lower) else 0.5 * (float(lower) + float(upper))
            value = min(max(value, state.low), state.high)
            found.append(float(round(value)) if self.whole and not isinf(value) else value)
        return found

    def _exact(self, grid: Grid, shares: Sequence[Fraction]) -> list[float | None]:
        if grid.is_kept(self.key):
            values = kept_values(grid, self.key)
        else:
            values = np.concatenate([self.filled(grid, tile) for tile in range(self.tiles.count)])
        values = np.sort(values[~np.isnan(values)])
        if not values.size:
            return [None] * len(shares)
        return [float(values[max(math.ceil(share * values.size), 1) - 1]) for share in shares]


_of_thread: Final = threading.local()


def _table() -> Integers:
    """Return this thread's table for histograms, empty; whoever fills it empties it again."""
    from nodecalc_kernels.compiled.reduce import histogram_table

    if not hasattr(_of_thread, "table"):
        _of_thread.table = histogram_table()
    table: Integers = _of_thread.table
    return table


def _extremes(values: Array) -> tuple[float, float]:
    """Return the smallest and the largest value; inf and -inf where there is none but nan."""
    low, high = float(values.min()), float(values.max())
    if not math.isnan(low):
        return low, high
    valid = values[~np.isnan(values)]
    return (float(valid.min()), float(valid.max())) if valid.size else (inf, -inf)
