"""What the written loops read and store with: an operand is an array along the points, or one number for all of them.

numba compiles a version for each combination that is met. A number stays in a register. What is compiled of the
functions here stands in `lowering.py`.
"""

from __future__ import annotations

from typing import Any, Final

from nodecalc_kernels.numpy_whole import np

BLOCK: Final = 64
"""Points that are taken through one stage at a time: what waits between two stays in the first-level cache, and the
operands are read evenly enough for the next ones to be fetched in time. Four times as many are a tenth slower where
all comes from memory, and half as many too."""

REAL: Final = np.float64
"""Type of results in between. In a loop rebuilt for single precision it is `np.float32`, as all the rest."""


def get(values: Any, i: Any) -> Any:
    """Return element i of an array, or a number itself."""
    return values[i] if isinstance(values, np.ndarray) else values


def put(values: Any, i: int, value: Any) -> None:
    """Set element i of an array."""
    values[i] = value


def room(count: int, kind: Any) -> Any:
    """Return room for that many numbers of a kind, for as long as the function runs; `count` is a constant."""
    return np.empty(count, kind)


def row(rows: Any, places: Any, n: int) -> Any:
    """Return the row of a table, contiguous, whose number is the n-th of `places`."""
    return rows[places[n]]


def bits_of(value: Any) -> np.int64:
    """Return the 64 bits of a double as a whole number."""
    return np.float64(value).view(np.int64)


def double_of(bits: Any) -> np.float64:
    """Return the double of 64 bits."""
    return np.int64(bits).view(np.float64)


def part(values: Any, first: int, last: int) -> Any:
    """Return a view of an array from first to last, both within it; a number is its own part."""
    return values[first:last] if isinstance(values, np.ndarray) else values


def along(operand: Any, piece: int, count: int) -> Any:
    """Return what an operand of a grid is over `count` points of a piece: a view of its data, or where it stands."""
    if isinstance(operand, tuple):
        first = operand[1][piece]
        return operand[0][first : first + count]
    return operand[piece] if isinstance(operand, np.ndarray) else operand


def parts(operands: tuple[Any, ...], first: int, last: int) -> tuple[Any, ...]:
    """Return `part` of each of several operands."""
    return tuple(part(operand, first, last) for operand in operands)


def all_along(operands: tuple[Any, ...], piece: int, count: int) -> tuple[Any, ...]:
    """Return `along` of each of several operands."""
    return tuple(along(operand, piece, count) for operand in operands)
