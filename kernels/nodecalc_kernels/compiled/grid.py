"""Formulas over a grid: one result from a few operands, each of which depends on some of the grid's axes only.

A grid is walked in pieces, runs of at most `PIECE` neighbouring points. Within a piece an operand either runs along
with the points or stands still, so that no mesh is ever built: one that stands still is a number a piece, and one
that runs along is read where it lies, in an array over its own few axes.

All loops here are serial and release the interpreter's lock: a driver gives each of its threads blocks of its own.
numba's parallel loops would meet at the end of every block, and wait there for whichever thread the system had put
aside: on a busy machine that costs many times what the block does.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from nodecalc_kernels.numpy_whole import FloatArray, np, npt
from nodecalc_kernels.tasks import AS_IS, Task

from .cache import build_loop
from .math import JIT_OPTIONS
from .operands import all_along, along
from .write import loop_name, written_steady

IntArray = npt.NDArray[np.int64]
Operand = float | FloatArray | tuple[FloatArray, IntArray]
"""A number for all points; an array of one number a piece; or data with, for each piece, where its first point lies."""

FEW_PIECES: Final = 16
"""Pieces that are filled one by one, without a loop over them that would be compiled for it."""

# Placeholder for what `build_loop` puts in; the loop below is never run with it.
points: Any = None


def fill_loop(counts: IntArray, starts: IntArray, operands: Any, out: FloatArray) -> None:
    """Fill out with the points of every piece: piece p is `counts[p]` of them, from `starts[p]` on."""
    for p in range(counts.shape[0]):
        points(counts[p], all_along(operands, p, counts[p]), (out[starts[p] : starts[p] + counts[p]],))


@cache
def _fill_kernel(task: Task) -> Any:
    return build_loop(fill_loop, f"fill_{loop_name(task)}", {"points": written_steady(task)}, nogil=True, **JIT_OPTIONS)


def of_pieces(task: Task, operands: tuple[Operand, ...], counts: IntArray) -> tuple[Task, tuple[Operand, ...]]:
    """Return what gives the same points with no step left where no operand varies along a piece; else both as given.

    A number a piece is enough then. A loop in which nothing varies would be all taken out of itself: minutes of
    compiling for some formulas.
    """
    if not task.stages or any(isinstance(operand, tuple) for operand in operands):
        return task, operands
    values = np.empty(counts.shape[0])
    along = [o if isinstance(o, np.ndarray) else np.full(values.size, o) for o in operands]
    written_steady(task)(values.size, tuple(along), (values,))
    return AS_IS, (values,)


def fill(task: Task, operands: tuple[Operand, ...], counts: IntArray, starts: IntArray, out: FloatArray) -> None:
    """Fill `out` with the result of `task`.

    Args:
        task: what is worked out, one result.
        operands: its inputs in order.
        counts: points of each piece, int64, 1 to `PIECE`.
        starts: where in `out` each piece begins, int64.
        out: float64, one-dimensional, contiguous.

    """
    task, operands = of_pieces(task, operands, counts)
    if counts.shape[0] > FEW_PIECES:
        _fill_kernel(task)(counts, starts, operands, out)
        return
    loop = written_steady(task)
    for piece, (count, start) in enumerate(zip(counts.tolist(), starts.tolist(), strict=True)):
        along_piece = tuple(_number_or_array(along(operand, piece, count)) for operand in operands)
        loop(count, along_piece, (out[start : start + count],))


def _number_or_array(value: Any) -> float | FloatArray:
    return value if isinstance(value, np.ndarray) else float(value)
