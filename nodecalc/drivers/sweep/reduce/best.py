"""The best points of a sweep by one result."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from nodecalc.drivers.sweep.grid import SMALL_TILE
from nodecalc.errors import InputError
from nodecalc.question.blocks import Tiles

from .base import MOST_ROWS, Reducer, direction, filled

if TYPE_CHECKING:
    from nodecalc.drivers.sweep.grid import Grid
    from nodecalc.drivers.sweep.layout import Array, Integers


class Ranked(NamedTuple):
    """Points by their flat index in the whole grid, best first."""

    values: Array
    """sign * value, rising."""
    places: Integers


class BestReducer(Reducer):
    """The N best points by one result; of equal ones those that come first in the grid."""

    tiles: Tiles

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
        from nodecalc_kernels.compiled.reduce import best

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


def check_kept(count: int) -> int:
    """Return how many best points to keep, checked."""
    if not isinstance(count, int) or not 1 <= count <= MOST_ROWS:
        raise InputError(f"--top {count}: allowed: 1 to {MOST_ROWS:,}")
    return count
