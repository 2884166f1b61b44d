"""What a sweep can be boiled down to while it streams: extremes, means, quantiles, best points, Pareto fronts.

Every reducer takes tiles in any order and by any number of workers, and merges to the same bits: sums are kept exactly
(as fractions) from partial sums that the grid alone decides, and equal values are settled by their place in the grid.
"""

from __future__ import annotations

import math
import re
import threading
from abc import ABC, abstractmethod
from fractions import Fraction
from math import inf, isinf, prod
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from nodecalc_kernels.compiled_grid import PIECE, as_is
from nodecalc_kernels.compiled_reduce import (
    GROUP,
    HISTOGRAM_BITS,
    beats_front,
    best,
    bin_edges,
    bin_of,
    fill_group,
    histogram,
    histogram_table,
    stats,
)

from ..errors import InputError, unknown
from ..vocabulary import QUANTITIES
from .blocks import Tiles, unravel
from .grid import KEPT, SMALL_TILE, Grid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .layout import Array, Integers

EXTREMES: Final = ("min", "argmin", "max", "argmax", "mean")
QUANTILE: Final = re.compile(r"p(\d{1,3}(?:\.\d+)?)")
REDUCTIONS: Final = (*EXTREMES, "p10", "p50", "p90")
"""What `reduce` may name; any pNN or pNN.N besides."""

QUANTILE_ERROR: Final = 2.0 ** -(HISTOGRAM_BITS + 1)
"""Largest relative error of a quantile that comes from the histogram: half a bin."""

MOST_ROWS: Final = 1_000_000
"""Best points, and points of a Pareto front, that are kept."""


MOST_POINTS_OF_FRONT: Final = 16 * MOST_ROWS
"""Points that a front on its way may have: later ones can still beat most of them."""


class Reducer(ABC):
    """One pass over a grid, or over the part of it that one result depends on."""

    tiles: Tiles
    keys: tuple[str, ...]
    """The results that are looked at."""

    @abstractmethod
    def start(self) -> Any:
        """Return the state before any tile."""

    @abstractmethod
    def part(self, grid: Grid, tile: int, seen: Any) -> Any:
        """Return the state of one tile; `seen` is that of some others, by which work may be spared."""

    @abstractmethod
    def merge(self, one: Any, other: Any) -> Any:
        """Return the state of the tiles of both."""


def own_tiles(grid: Grid, keys: Sequence[str], limit: int | None = None) -> Tiles:
    """Return tiles over the axes that `keys` depend on; along the others the first value stands for all."""
    needed = {axis for key in keys for axis in grid.axes_of(key)}
    shape = [length if axis in needed else 1 for axis, length in enumerate(grid.shape)]
    return Tiles(shape, grid.tile_points(tuple(keys)) if limit is None else limit)


def filled(grid: Grid, key: str, tiles: Tiles, tile: int, memo: dict[str, Any]) -> Array:
    """Return the values of a tile."""
    out = np.empty(tiles.start(tile + 1) - tiles.start(tile))
    grid.fill(key, grid.every_axis, tiles.block(tile), out, memo)
    return out


# Sum, extremes and where they are


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
        function, operands, layout = grid.formula(self.key, grid.every_axis, self.tiles.block(tile), {})
        points = self.tiles.start(tile + 1) - self.tiles.start(tile)
        sums, lows, highs, nans = stats(function, operands, layout.counts)
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
        function, operands, layout = grid.formula(self.key, grid.every_axis, block, {})
        values = fill_group(function, operands, layout.counts, extreme.group)
        inside = int(layout.starts[extreme.group * GROUP]) + int(np.flatnonzero(values == extreme.value)[0])
        return unravel(self.tiles.start(extreme.tile) + inside, self.tiles.shape)


# Quantiles


class Counts(NamedTuple):
    """The part of a histogram that has values in it, and their extremes."""

    first: int
    """Number of the first bin."""
    counts: Integers
    low: float
    high: float


class QuantileReducer(Reducer):
    """Quantiles of one result, from a histogram whose bins are the leading bits of a double.

    A quantile is the smallest value that at least that share of the points does not exceed. Over few points it is
    exact; else within `QUANTILE_ERROR` of its value, or the whole number itself where results are whole.
    """

    def __init__(self, grid: Grid, key: str, whole: bool) -> None:
        """Reduce `key`; `whole` where its values are whole numbers."""
        self.key = key
        self.keys = (key,)
        self.whole = whole
        self.tiles = own_tiles(grid, (key,), SMALL_TILE)

    def start(self) -> Counts:
        """Return the state before any tile."""
        return Counts(0, np.empty(0, np.int64), inf, -inf)

    def part(self, grid: Grid, tile: int, seen: Counts) -> Counts:
        """Return the state of one tile."""
        values = filled(grid, self.key, self.tiles, tile, {})
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

    def finish(self, grid: Grid, state: Counts, shares: Sequence[float]) -> list[float | None]:
        """Return the quantiles at `shares`, 0 to 1."""
        if not state.counts.size:
            return [None] * len(shares)
        if self.tiles.points <= KEPT:
            return self._exact(grid, shares)
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

    def _exact(self, grid: Grid, shares: Sequence[float]) -> list[float | None]:
        parts = [filled(grid, self.key, self.tiles, tile, {}) for tile in range(self.tiles.count)]
        values = np.concatenate(parts)
        values = np.sort(values[~np.isnan(values)])
        return [float(values[max(math.ceil(share * values.size), 1) - 1]) for share in shares]


_of_thread: Final = threading.local()


def _table() -> Integers:
    """Return this thread's table for histograms, empty; whoever fills it empties it again."""
    if not hasattr(_of_thread, "table"):
        _of_thread.table = histogram_table()
    table: Integers = _of_thread.table
    return table


def _extremes(values: Array) -> tuple[float, float]:
    """Return the smallest and the largest value; inf and -inf where there is none but nan."""
    begins = np.arange(0, values.size, PIECE, dtype=np.int64)
    counts = np.minimum(begins + PIECE, values.size) - begins
    _, lows, highs, _ = stats(as_is, ((values, begins),), counts)
    return float(lows.min()), float(highs.max())


def parse_quantile(name: str) -> float | None:
    """Return the share that pNN names, or None where `name` is no quantile."""
    match = QUANTILE.fullmatch(name)
    if match is None:
        return None
    share = float(match[1]) / 100.0
    if share > 1.0:
        raise InputError(f"reduce '{name}': above p100; allowed: p0 to p100")
    return share


def check_reductions(names: Sequence[str] | str) -> tuple[str, ...]:
    """Return the reductions that `names` ask for, each known and named once."""
    wanted = (names,) if isinstance(names, str) else tuple(names)
    if not wanted:
        raise InputError(f"no reductions; name some of {', '.join(REDUCTIONS)}")
    for name in wanted:
        if name not in EXTREMES and parse_quantile(str(name)) is None:
            raise unknown("reduction", str(name), REDUCTIONS)
    return tuple(dict.fromkeys(wanted))


# Best points


class Ranked(NamedTuple):
    """Points by their flat index in the whole grid, best first."""

    values: Array
    """sign * value, rising."""
    places: Integers


class BestReducer(Reducer):
    """The N best points by one result; of equal ones those that come first in the grid."""

    def __init__(self, grid: Grid, key: str, kept: int) -> None:
        """Rank by `key`, in the direction that the vocabulary calls better."""
        self.key = key
        self.keys = (key,)
        self.kept = kept
        self.sign = direction(key)
        # All axes: points that differ only along an axis which does not matter are points all the same.
        self.tiles = Tiles(grid.shape, SMALL_TILE)

    def start(self) -> Ranked:
        """Return the state before any tile."""
        return Ranked(np.empty(0), np.empty(0, np.int64))

    def part(self, grid: Grid, tile: int, seen: Ranked) -> Ranked:
        """Return the state of one tile."""
        values = filled(grid, self.key, self.tiles, tile, {})
        # An equal value later in the grid does not get in; tiles may come in any order, so it may be earlier.
        limit = np.nextafter(seen.values[-1], inf) if seen.values.size == self.kept else inf
        found, where = best(values, self.sign, float(limit), self.kept)
        return Ranked(found, where + self.tiles.start(tile))

    def merge(self, one: Ranked, other: Ranked) -> Ranked:
        """Return the best of both."""
        if not other.values.size:
            return one
        values, places = np.concatenate([one.values, other.values]), np.concatenate([one.places, other.places])
        order = np.lexsort((places, values))[: self.kept]
        return Ranked(values[order], places[order])


class Front(NamedTuple):
    """Points that no other point equals or beats in both results: sign * x rises, sign * y falls."""

    xs: Array
    ys: Array
    places: Integers


class FrontReducer(Reducer):
    """The Pareto front of two results; of equal points the one that comes first in the grid."""

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


def direction(key: str) -> float:
    """Return 1 where less of a result is better and -1 where more is."""
    better = QUANTITIES[key].better
    if not better:
        raise InputError(
            f"best {key}: neither more nor less of it is better; rank by a cost, a yield or a number of dies"
        )
    return 1.0 if better == "lower" else -1.0


def check_kept(count: int) -> int:
    """Return how many best points to keep, checked."""
    if not 1 <= count <= MOST_ROWS:
        raise InputError(f"--top {count}: allowed: 1 to {MOST_ROWS:,}")
    return count
