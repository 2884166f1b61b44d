"""Formulas over a grid: one result from a few operands, each of which depends on some of the grid's axes only.

A grid is walked in pieces, runs of at most `PIECE` neighbouring points. Within a piece an operand either runs along
with the points or stands still, so that no mesh is ever built: one that stands still is a number a piece, and one
that runs along is read where it lies, in an array over its own few axes.

All loops here are serial and release the interpreter's lock: a driver gives each of its threads blocks of its own.
numba's parallel loops would meet at the end of every block, and wait there for whichever thread the system had put
aside: on a busy machine that costs many times what the block does.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

import numba
import numpy as np
from numba import types
from numba.extending import overload
from numpy.typing import ArrayLike, NDArray

from . import compiled_loops
from .compiled import _loop_name, _with_parameter
from .compiled_cache import build_loop
from .compiled_loops import BLOCK, get, part
from .compiled_math import FORMULA_OPTIONS, JIT_OPTIONS
from .registry import YIELD_MODELS
from .stages import total_yield
from .vecmath import NAN
from .yields import survival

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Operand = float | FloatArray | tuple[FloatArray, IntArray] | None
"""A number for all points; an array of one number a piece; or data with, for each piece, where its first point lies."""

PIECE: Final = 4096
"""Points of a piece at most: enough to hide what starting one costs, few enough for the first-level cache."""


def as_is(value: float) -> float:
    """Return the value itself: the formula of a result that needs no further step."""
    return value


def along(operand: Any, piece: int, count: int) -> Any:
    """Return what an operand is over `count` points of a piece: a view of its data, or the number it stands at."""
    if isinstance(operand, tuple):
        first = operand[1][piece]
        return operand[0][first : first + count]
    return operand[piece] if isinstance(operand, np.ndarray) else operand


@overload(along, jit_options=FORMULA_OPTIONS, strict=False)
def _compiled_along(operand: Any, piece: Any, count: Any) -> Any:
    if isinstance(operand, types.BaseTuple):
        return lambda operand, piece, count: operand[0][operand[1][piece] : operand[1][piece] + count]
    if isinstance(operand, types.Array):
        return lambda operand, piece, count: operand[piece]
    return lambda operand, piece, count: operand


# Placeholders for what `build_loop` puts in; the loops below are never run with them.
formula: Any = None
begin_yield: Any = None
end_yield: Any = None


def fill_loop(counts: IntArray, starts: IntArray, a: Any, b: Any, c: Any, d: Any, out: FloatArray) -> None:
    """Fill out with formula(a, b, c, d), piece by piece: piece p is `counts[p]` points from `starts[p]` on."""
    for p in range(counts.shape[0]):
        points = counts[p]
        to = out[starts[p] : starts[p] + points]
        a_p, b_p, c_p, d_p = along(a, p, points), along(b, p, points), along(c, p, points), along(d, p, points)
        for i in range(points):
            to[i] = formula(get(a_p, i, NAN), get(b_p, i, NAN), get(c_p, i, NAN), get(d_p, i, NAN))


def yield_loop(
    counts: IntArray, starts: IntArray, faults: Any, systematic: Any, parameter: Any, out: FloatArray
) -> None:
    """Fill out with die yields, in the two steps of the compiled `evaluate`: exponents of a block, then its yields."""
    for p in range(counts.shape[0]):
        high, low = np.empty(BLOCK), np.empty(BLOCK)
        faults_p, systematic_p = along(faults, p, counts[p]), along(systematic, p, counts[p])
        own_p = along(parameter, p, counts[p])
        for first in range(0, counts[p], BLOCK):
            points = min(BLOCK, counts[p] - first)
            x, own = part(faults_p, first, first + points), part(own_p, first, first + points)
            share = part(systematic_p, first, first + points)
            to = out[starts[p] + first : starts[p] + first + points]
            for i in range(points):
                high[i], low[i] = begin_yield(get(x, i, NAN), get(own, i, NAN))
            for i in range(points):
                to[i] = total_yield(end_yield(high[i], low[i]), get(share, i, 1.0))


def widened(function: Callable[..., float], arity: int) -> Any:
    """Return a formula of one to four numbers as a compiled function of four; what it does not take is left out.

    Compiled anew and not as registered: there a quotient by a number that stands still may become a product, and
    whether an operand stands still depends on how a grid is cut. Here every cut gives the same bits.
    """
    inner: Callable[..., float] = numba.njit(**FORMULA_OPTIONS)(function)

    def of_one(a: float, b: float, c: float, d: float) -> float:
        return inner(a)

    def of_two(a: float, b: float, c: float, d: float) -> float:
        return inner(a, b)

    def of_three(a: float, b: float, c: float, d: float) -> float:
        return inner(a, b, c)

    return inner if arity == 4 else numba.njit(**FORMULA_OPTIONS)((of_one, of_two, of_three)[arity - 1])


def four(operands: tuple[Operand, ...]) -> tuple[Operand, Operand, Operand, Operand]:
    """Return the operands, and None for those that a formula of fewer does not take."""
    a, b, c, d = (*operands, None, None, None)[:4]
    return a, b, c, d


@cache
def _fill_kernel(function: Callable[..., float], arity: int) -> Any:
    return build_loop(
        fill_loop,
        _loop_name("fill", function.__name__),
        {"formula": widened(function, arity)},
        nogil=True,
        **JIT_OPTIONS,
    )


@cache
def _yield_kernel(model_key: str) -> Any:
    model = YIELD_MODELS[model_key]
    if model.exponent is None:
        begin: Any = numba.njit(**FORMULA_OPTIONS)(compiled_loops.as_given)
        end: Any = _with_parameter(model.yield_, model)
    else:
        begin, end = model.exponent, survival
    return build_loop(
        yield_loop,
        _loop_name("fill_yield", model_key),
        {"begin_yield": begin, "end_yield": end},
        nogil=True,
        **JIT_OPTIONS,
    )


def fill(
    function: Callable[..., float],
    operands: tuple[Operand, ...],
    counts: IntArray,
    starts: IntArray,
    out: FloatArray,
) -> None:
    """Fill `out` with `function` of one to four operands.

    Args:
        function: a plain formula of this package, or `as_is`.
        operands: its arguments in order.
        counts: points of each piece, int64, 1 to `PIECE`.
        starts: where in `out` each piece begins, int64.
        out: float64, one-dimensional, contiguous.

    """
    _fill_kernel(function, len(operands))(counts, starts, *four(operands), out)


def mapped(function: Callable[..., float], *arguments: ArrayLike) -> FloatArray:
    """Return `function`, a plain formula of one to four numbers, over arrays that broadcast against each other."""
    given = np.broadcast_arrays(*(np.asarray(a, np.float64) for a in arguments))
    out = np.empty(given[0].shape)
    starts = np.arange(0, out.size, PIECE, dtype=np.int64)
    counts = np.minimum(starts + PIECE, out.size) - starts
    fill(function, tuple((np.ascontiguousarray(a).reshape(-1), starts) for a in given), counts, starts, out.reshape(-1))
    return out


def fill_yield(
    model_key: str,
    operands: tuple[Operand, Operand, Operand],
    counts: IntArray,
    starts: IntArray,
    out: FloatArray,
) -> None:
    """Fill `out` with the yield of `model_key`, from mean faults, systematic yield and the model's own parameter."""
    _yield_kernel(model_key)(counts, starts, *operands, out)
