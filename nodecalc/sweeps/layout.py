"""How a block is walked by the kernels: rows of neighbouring points, cut into pieces, and operands laid along them."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final, NamedTuple

from nodecalc_kernels.compiled_grid import PIECE, Operand

from .blocks import Block

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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
    import numpy as np

    inner = inner_axes(axes, shape)
    lengths = block.lengths
    row = prod(lengths[a] for a in inner)
    rows = prod(lengths[a] for a in axes) // row
    begins = np.arange(0, row, PIECE, dtype=np.int64)
    ends = np.minimum(begins + PIECE, row)
    counts = np.tile(ends - begins, rows)
    starts = (np.arange(rows, dtype=np.int64)[:, None] * row + begins).reshape(-1)
    return Layout(block, axes, inner, counts, starts, len(begins))


def operand(known: Known, layout: Layout) -> Operand:
    """Return `known` as the kernels take it along `layout`: a number, a number a piece, or data with offsets."""
    import numpy as np

    if not known.axes:
        return float(known.data)
    own, inner = set(known.axes), set(layout.inner)
    runs = bool(own & inner)
    if runs and not _runs_along(known, layout):
        known = widened(known, layout)
    strides = dict(zip(known.axes, np.array(known.data.strides) // known.data.itemsize, strict=True))
    begins = dict(zip(known.axes, known.first, strict=True))
    block = layout.block
    rows = np.zeros(1, np.int64)
    for axis in layout.axes[: len(layout.axes) - len(layout.inner)]:
        length = block.last[axis] - block.first[axis]
        if axis in strides:
            along = (block.first[axis] - begins[axis] + np.arange(length, dtype=np.int64)) * strides[axis]
            rows = (rows[:, None] + along).reshape(-1)
        else:
            rows = np.repeat(rows, length)
    per_row = layout.pieces_per_row
    flat = known.data.reshape(-1)
    if not runs:
        values = flat[rows]
        return np.repeat(values, per_row) if per_row > 1 else values
    head = layout.inner[0]
    rows = rows + (block.first[head] - begins[head]) * strides[head]
    if per_row > 1:
        rows = (rows[:, None] + np.arange(per_row, dtype=np.int64) * PIECE).reshape(-1)
    return flat, rows


def _runs_along(known: Known, layout: Layout) -> bool:
    """Whether a row of the layout is contiguous in the data: it has all inner axes, whole but for the first."""
    if not set(layout.inner) <= set(known.axes):
        return False
    block = layout.block
    return all(known.data.shape[known.axes.index(a)] == block.last[a] - block.first[a] for a in layout.inner[1:])


def widened(known: Known, layout: Layout) -> Known:
    """Return the block's part of `known` repeated along the inner axes that it lacks."""
    import numpy as np

    axes = tuple(a for a in layout.axes if a in known.axes or a in layout.inner)
    block = layout.block
    lengths = [block.last[a] - block.first[a] for a in axes]
    data = np.ascontiguousarray(np.broadcast_to(known.over(axes, block), lengths))
    return Known(axes, tuple(block.first[a] for a in axes), data)
