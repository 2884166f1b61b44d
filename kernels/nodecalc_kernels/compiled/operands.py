"""What the written loops read and store with: an operand is an array along the points, or one number for all of them.

numba compiles a version for each combination that is met. A number stays in a register.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import types
from numba.extending import overload

from .math import FORMULA_OPTIONS, is_scalar

BLOCK: Final = 128
"""Points that are taken through one stage at a time: what waits between two stays in the first-level cache, and the
operands are read evenly enough for the next ones to be fetched in time. Twice as many are a tenth slower where all
comes from memory, half as many no faster."""

REAL: Final = np.float64
"""Type of results in between. In a loop rebuilt for single precision it is `np.float32`, as all the rest."""


def get(values: Any, i: int) -> Any:
    """Return element i of an array, or a number itself."""
    return values[i] if isinstance(values, np.ndarray) else values


def part(values: Any, first: int, last: int) -> Any:
    """Return a view of an array from first to last; a number is its own part."""
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


@overload(get, jit_options=FORMULA_OPTIONS, strict=False)
def _compiled_get(values: Any, i: Any) -> Any:
    if isinstance(values, types.Array):
        return lambda values, i: values[i]
    return (lambda values, i: values) if is_scalar(values) else None


@overload(part, jit_options=FORMULA_OPTIONS, strict=False)
def _compiled_part(values: Any, first: Any, last: Any) -> Any:
    if isinstance(values, types.Array):
        return lambda values, first, last: values[first:last]
    return lambda values, first, last: values


@overload(along, jit_options=FORMULA_OPTIONS, strict=False)
def _compiled_along(operand: Any, piece: Any, count: Any) -> Any:
    if isinstance(operand, types.BaseTuple):
        return lambda operand, piece, count: operand[0][operand[1][piece] : operand[1][piece] + count]
    if isinstance(operand, types.Array):
        return lambda operand, piece, count: operand[piece]
    return lambda operand, piece, count: operand


def _of_each(name: str, function: Any, operands: Any, words: str) -> Any:
    """Return `function` over a tuple, written out: numba has no loop over a tuple of different types."""
    each = "".join(f"{name}(operands[{i}], {words}), " for i in range(len(operands)))
    return eval(f"lambda operands, {words}: ({each})", {name: function})


@overload(parts, jit_options=FORMULA_OPTIONS, strict=False)
def _compiled_parts(operands: Any, first: Any, last: Any) -> Any:
    return _of_each("part", part, operands, "first, last")


@overload(all_along, jit_options=FORMULA_OPTIONS, strict=False)
def _compiled_all_along(operands: Any, piece: Any, count: Any) -> Any:
    return _of_each("along", along, operands, "piece, count")
