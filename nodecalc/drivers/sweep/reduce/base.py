"""What every reducer is: one pass over tiles, in any order and by any number of workers, to one state.

States merge to the same bits whatever the order: sums are kept exactly (as fractions) from partial sums that the grid
alone decides, and equal values are settled by their place in the grid.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from math import prod
from typing import TYPE_CHECKING, Any, Final

from nodecalc.drivers.sweep.grid import SMALL_TILE
from nodecalc.drivers.sweep.run import reduce_tiles
from nodecalc.drivers.sweep.walk import walk_of
from nodecalc.errors import InputError
from nodecalc.question.blocks import Cut, ravel, whole
from nodecalc.vocabulary import QUANTITIES
from nodecalc_kernels.arrays.ranking import Places
from nodecalc_kernels.numpy_whole import np

if TYPE_CHECKING:
    from nodecalc.drivers.sweep.grid import Grid
    from nodecalc.drivers.sweep.layout import Array
    from nodecalc.question.blocks import Block

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

    def __init__(self, grid: Grid, keys: tuple[str, ...], limit: int | None = None, *, every: bool = False) -> None:
        """Walk `keys` in boxes of at most `limit` points, None for as many as suit them.

        `every` walks the axes on which none of them depends as well: points along those are points all the same.
        """
        self.keys = keys
        self.order, self.tiles = walk_of(grid, keys, limit, every=every)

    def filled(self, grid: Grid, tile: int, key: str | None = None) -> Array:
        """Return the values of a key, the first where None, in a tile, in the order of the walk."""
        block = self.tiles.block(tile)
        out = np.empty(block.points)
        grid.walked(self.order).fill(self.keys[0] if key is None else key, self.order, block, out, {})
        return out

    def places(self, block: Block) -> Places:
        """Return where the points of a block stand in the grid's own order."""
        shape = self.tiles.shape
        strides = [prod(shape[axis + 1 :]) for axis in self.order]
        lengths = [block.last[axis] - block.first[axis] for axis in self.order]
        return Places(np.array(lengths), np.array(strides), ravel(block.first, shape))


def kept_values(grid: Grid, key: str) -> Array:
    """Return all values of a result that is kept, over the axes that it depends on; they are walked as one tile."""
    return grid.value(key, whole(grid.shape), {}).data.reshape(-1)


def direction(key: str) -> float:
    """Return 1 where less of a result is better and -1 where more is."""
    better = QUANTITIES[key].better
    if not better:
        raise InputError(
            f"best {key}: neither more nor less of it is better; rank by a cost, a yield or a number of dies"
        )
    return 1.0 if better == "lower" else -1.0
