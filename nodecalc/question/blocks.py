"""Blocks of a grid and the order in which they are walked: decided by the grid alone, so that every run agrees."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import NamedTuple


class Block(NamedTuple):
    """A box of grid points: along each axis from `first` up to, without, `last`."""

    first: tuple[int, ...]
    last: tuple[int, ...]

    @property
    def lengths(self) -> tuple[int, ...]:
        """Points along each axis."""
        return tuple(b - a for a, b in zip(self.first, self.last, strict=True))

    @property
    def points(self) -> int:
        """Points in the box."""
        return prod(self.lengths)

    def at(self, axis: int, index: int) -> Block:
        """Return the slice of the box at one index of an axis."""
        return Block(
            (*self.first[:axis], index, *self.first[axis + 1 :]), (*self.last[:axis], index + 1, *self.last[axis + 1 :])
        )


def whole(shape: Sequence[int]) -> Block:
    """Return the block of all points."""
    return Block((0,) * len(shape), tuple(shape))


def point(index: Sequence[int]) -> Block:
    """Return the block of one point."""
    return Block(tuple(index), tuple(i + 1 for i in index))


class Cut:
    """A grid cut into blocks, numbered in the order in which they are walked."""

    shape: tuple[int, ...]
    points: int
    count: int
    """Blocks there are."""

    def block(self, tile: int) -> Block:
        """Return the block of tile number `tile`."""
        raise NotImplementedError

    def start(self, tile: int) -> int:
        """Return how many points the blocks before number `tile` have; of `count`, the number of points."""
        raise NotImplementedError


class Tiles(Cut):
    """A grid cut into blocks of at most `limit` points, each of them contiguous in the grid's row-major order.

    Axes inside of one axis are whole in every tile, that one is cut into steps, and those outside stand still.
    """

    def __init__(self, shape: Sequence[int], limit: int) -> None:
        """Cut a grid of `shape`."""
        self.shape = tuple(shape)
        self.points = prod(self.shape)
        inner, level = 1, len(self.shape)
        while level > 0 and inner * self.shape[level - 1] <= limit:
            level -= 1
            inner *= self.shape[level]
        # Axis level - 1 is cut; with none left one tile holds everything.
        self._cut = level - 1
        self._inner = inner
        self._step = max(1, limit // inner) if level else 1
        self._steps = -(-self.shape[self._cut] // self._step) if level else 1
        self.count = prod(self.shape[: self._cut]) * self._steps if level else 1

    def block(self, tile: int) -> Block:
        """Return the block of tile number `tile`."""
        if self._cut < 0:
            return whole(self.shape)
        outer, step = divmod(tile, self._steps)
        first = list(unravel(outer, self.shape[: self._cut]))
        last = [i + 1 for i in first]
        begin = step * self._step
        first += [begin, *(0 for _ in self.shape[self._cut + 1 :])]
        last += [min(begin + self._step, self.shape[self._cut]), *self.shape[self._cut + 1 :]]
        return Block(tuple(first), tuple(last))

    def tile_of(self, flat: int) -> int:
        """Return the number of the tile that holds the point with that flat index."""
        if self._cut < 0:
            return 0
        outer, inside = divmod(flat, self.shape[self._cut] * self._inner)
        return outer * self._steps + inside // self._inner // self._step

    def start(self, tile: int) -> int:
        """Return the flat index of the first point of tile number `tile`; of `count`, the number of points."""
        if tile >= self.count:
            return self.points
        if self._cut < 0:
            return 0
        outer, step = divmod(tile, self._steps)
        return (outer * self.shape[self._cut] + step * self._step) * self._inner


class Boxes(Cut):
    """A grid cut into boxes of the same sides but at its ends, walked along its axes in an order of their own."""

    def __init__(self, shape: Sequence[int], order: Sequence[int], sides: Sequence[int]) -> None:
        """Cut a grid of `shape` into boxes with `sides`; of the axes in `order` the last is the first to be walked."""
        self.shape, self.order, self.sides = tuple(shape), tuple(order), tuple(sides)
        self.points = prod(self.shape)
        self._steps = tuple(-(-self.shape[axis] // self.sides[axis]) for axis in self.order)
        self.count = prod(self._steps)

    def block(self, tile: int) -> Block:
        """Return the block of box number `tile`."""
        first = [0] * len(self.shape)
        for axis, step in zip(self.order, unravel(tile, self._steps), strict=True):
            first[axis] = step * self.sides[axis]
        ends = zip(first, self.sides, self.shape, strict=True)
        return Block(tuple(first), tuple(min(begin + side, length) for begin, side, length in ends))

    def start(self, tile: int) -> int:
        """Return how many points the boxes before number `tile` have; of `count`, the number of points."""
        if tile >= self.count:
            return self.points
        block, before, around = self.block(tile), 0, self.points
        for axis in self.order:
            # All boxes with the same place along the axes so far, and a smaller one along this.
            around //= self.shape[axis]
            before += block.first[axis] * around
            around *= block.last[axis] - block.first[axis]
        return before


def unravel(flat: int, shape: Sequence[int]) -> tuple[int, ...]:
    """Return the index along each axis of a flat index, in Python integers of any size."""
    index: list[int] = []
    for length in reversed(shape):
        flat, i = divmod(flat, length)
        index.append(i)
    return tuple(reversed(index))


def ravel(index: Sequence[int], shape: Sequence[int]) -> int:
    """Return the flat index of a point."""
    flat = 0
    for i, length in zip(index, shape, strict=True):
        flat = flat * length + i
    return flat
