"""How a block is walked by the kernels: rows of neighbouring points, cut into pieces, and operands laid along them."""

from __future__ import annotations

from functools import lru_cache
from math import prod
from typing import TYPE_CHECKING, Final, NamedTuple

from nodecalc.question.blocks import Block
from nodecalc_kernels.tasks import PIECE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nodecalc_kernels.compiled.grid import Operand

    Array = NDArray[np.float64]
    Integers = NDArray[np.int64]

SHORTEST_ROW: Final = 64
"""Points of a row at least, where the grid has them: below, starting a row would cost as much as walking it."""


class Known(NamedTuple):
    """Values of a key over a block of its own axes."""

    axes: tuple[int, ...]
    """Places of its axes among the grid's, rising."""
    first: tuple[int, ...]
    """Index along each of them at which `data` begins."""
    data: Array
    """Contiguous, one dimension an axis."""

    def over(self, axes: tuple[int, ...], block: Block) -> Array:
        """Return a view of the block's part with one dimension for each of `axes`; of length 1 where it has none."""
        cut = self.data[
            tuple(slice(block.first[a] - f, block.last[a] - f) for a, f in zip(self.axes, self.first, strict=True))
        ]
        return cut.reshape([block.last[a] - block.first[a] if a in self.axes else 1 for a in axes])


class Layout(NamedTuple):
    """The rows of a block over some axes: the trailing axes along which a row runs, and the others."""

    block: Block
    axes: tuple[int, ...]
    inner: tuple[int, ...]
    counts: Integers
    """Points of each piece."""
    starts: Integers
    """Where each piece begins, in the block's own order."""
    pieces_per_row: int


def inner_axes(axes: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the trailing ones of `axes` that make up a row long enough."""
    taken, length = len(axes), 1
    while taken > 0 and length < SHORTEST_ROW:
        taken -= 1
        length *= shape[axes[taken]]
    return axes[taken:]


def lay(axes: tuple[int, ...], shape: tuple[int, ...], block: Block) -> Layout:
    """Return how `block` is walked over `axes`."""
    inner = inner_axes(axes, shape)
    lengths = block.lengths
    row = prod(lengths[a] for a in inner)
    counts, starts = _pieces(prod(lengths[a] for a in axes) // row, row)
    return Layout(block, axes, inner, counts, starts, -(-row // PIECE))


@lru_cache(maxsize=8)
def _pieces(rows: int, row: int) -> tuple[Integers, Integers]:
    """Return points and starts of the pieces of so many rows: blocks of a grid are nearly all alike."""
    from nodecalc_kernels.numpy_whole import np

    begins = np.arange(0, row, PIECE, dtype=np.int64)
    ends = np.minimum(begins + PIECE, row)
    return np.tile(ends - begins, rows), (np.arange(rows, dtype=np.int64)[:, None] * row + begins).reshape(-1)


@lru_cache(maxsize=8)
def _offsets(strides: tuple[int, ...], lengths: tuple[int, ...], per_row: int, step: int) -> Integers:
    """Return where the pieces of a block lie in data with those strides along the axes of its rows, from the first on.

    A row has `per_row` pieces, `step` apart.
    """
    from nodecalc_kernels.numpy_whole import np

    rows = np.zeros(1, np.int64)
    for stride, length in zip(strides, lengths, strict=True):
        rows = (rows[:, None] + np.arange(length, dtype=np.int64) * stride).reshape(-1)
    return (rows[:, None] + np.arange(per_row, dtype=np.int64) * step).reshape(-1)


def operand(known: Known, layout: Layout) -> Operand:
    """Return `known` as the kernels take it along `layout`: a number, a number a piece, or data with offsets."""
    if not known.axes:
        return float(known.data)
    own, inner = set(known.axes), set(layout.inner)
    runs = bool(own & inner)
    if runs and not _runs_along(known, layout):
        known = widened(known, layout)
    size = known.data.itemsize
    strides = {axis: stride // size for axis, stride in zip(known.axes, known.data.strides, strict=True)}
    block = layout.block
    outer = layout.axes[: len(layout.axes) - len(layout.inner)]
    offsets = _offsets(
        tuple(strides.get(a, 0) for a in outer),
        tuple(block.last[a] - block.first[a] for a in outer),
        layout.pieces_per_row,
        PIECE if runs else 0,
    )
    walked = (*outer, layout.inner[0]) if runs else outer
    base = sum((block.first[a] - f) * strides[a] for a, f in zip(known.axes, known.first, strict=True) if a in walked)
    flat = known.data.reshape(-1)
    return (flat, offsets + base) if runs else flat[offsets + base]


def _runs_along(known: Known, layout: Layout) -> bool:
    """Whether a row of the layout is contiguous in the data: it has all inner axes, whole but for the first."""
    if not set(layout.inner) <= set(known.axes):
        return False
    block = layout.block
    return all(known.data.shape[known.axes.index(a)] == block.last[a] - block.first[a] for a in layout.inner[1:])


def widened(known: Known, layout: Layout) -> Known:
    """Return the block's part of `known` repeated along the inner axes that it lacks."""
    from nodecalc_kernels.numpy_whole import np

    axes = tuple(a for a in layout.axes if a in known.axes or a in layout.inner)
    block = layout.block
    lengths = [block.last[a] - block.first[a] for a in axes]
    data = np.ascontiguousarray(np.broadcast_to(known.over(axes, block), lengths))
    return Known(axes, tuple(block.first[a] for a in axes), data)
