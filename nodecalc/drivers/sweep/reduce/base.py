"""What every reducer is: one pass over tiles, in any order and by any number of workers, to one state.

States merge to the same bits whatever the order: sums are kept exactly (as fractions) from partial sums that the grid
alone decides, and equal values are settled by their place in the grid.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from nodecalc.drivers.sweep.grid import SMALL_TILE
from nodecalc.drivers.sweep.run import reduce_tiles
from nodecalc.drivers.sweep.walk import walk_of
from nodecalc.errors import InputError
from nodecalc.question.blocks import Cut, Tiles, whole
from nodecalc.vocabulary import QUANTITIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nodecalc.drivers.sweep.grid import Grid
    from nodecalc.drivers.sweep.layout import Array

MOST_ROWS: Final = 1_000_000
"""Best points, and points of a Pareto front, that are kept."""


class Reducer(ABC):
    """One pass over a grid, or over the part of it that one result depends on."""

    tiles: Cut
    keys: tuple[str, ...]
    """The results that are looked at."""

    @abstractmethod
    def start(self) -> Any:
        """Return the state before any tile."""

    @abstractmethod
    def part(self, grid: Grid, tile: int, seen: Any) -> Any:
        """Return the state of one tile; `seen` is that of some others, by which work may be spared."""

    @property
    def quick(self) -> bool:
        """Whether a tile takes some milliseconds: tiles are large only where a point takes next to nothing."""
        return self.tiles.points > self.tiles.count * SMALL_TILE

    def walk(self, unpacked: Grid, first: int, last: int) -> Any:
        """Return the state after the tiles from `first` up to, without, `last`; a worker of a cluster calls this."""
        return reduce_tiles(unpacked, self, first, last)

    @abstractmethod
    def merge(self, one: Any, other: Any) -> Any:
        """Return the state of the tiles of both."""


class Walked(Reducer):
    """One pass over what some results depend on, in an order of its own; the first value stands for all others."""

    def __init__(self, grid: Grid, keys: tuple[str, ...], limit: int | None = None) -> None:
        """Walk `keys` in boxes of at most `limit` points, None for as many as suit them."""
        self.keys = keys
        self.order, self.tiles = walk_of(grid, keys, limit)

    def filled(self, grid: Grid, tile: int) -> Array:
        """Return the values of the first key in a tile, in whatever order."""
        if grid.is_kept(self.keys[0]):
            return kept_values(grid, self.keys[0])
        block = self.tiles.block(tile)
        out = np.empty(block.points)
        grid.walked(self.order).fill(self.keys[0], self.order, block, out, {})
        return out


def kept_values(grid: Grid, key: str) -> Array:
    """Return all values of a result that is kept, over the axes that it depends on; they are walked as one tile."""
    return grid.value(key, whole(grid.shape), {}).data.reshape(-1)


def own_tiles(grid: Grid, keys: Sequence[str], limit: int) -> Tiles:
    """Return tiles over the axes that `keys` depend on; along the others the first value stands for all."""
    needed = {axis for key in keys for axis in grid.axes_of(key)}
    shape = [length if axis in needed else 1 for axis, length in enumerate(grid.shape)]
    return Tiles(shape, limit)


def filled(grid: Grid, key: str, tiles: Tiles, tile: int, memo: dict[str, Any]) -> Array:
    """Return the values of a tile."""
    out = np.empty(tiles.start(tile + 1) - tiles.start(tile))
    grid.fill(key, grid.every_axis, tiles.block(tile), out, memo)
    return out


def direction(key: str) -> float:
    """Return 1 where less of a result is better and -1 where more is."""
    better = QUANTITIES[key].better
    if not better:
        raise InputError(
            f"best {key}: neither more nor less of it is better; rank by a cost, a yield or a number of dies"
        )
    return 1.0 if better == "lower" else -1.0
