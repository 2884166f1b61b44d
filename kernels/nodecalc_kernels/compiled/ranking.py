"""The points of a grid that can be among the best or on a Pareto front: loops that keep candidates and nothing else.

Points are worked out a block at a time, and the block is held against the worst of the best so far or against the
front: nearly all of it is left out at once, so that ranking takes little more than walking the grid. Which points come
out in the end depends on neither blocks nor threads: equal ones are settled by their place.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import numpy as np
from numba.extending import register_jitable
from numpy.typing import NDArray

from nodecalc_kernels.numbers.vecmath import INF
from nodecalc_kernels.tasks import Task

from .cache import build_loop
from .grid import FloatArray, IntArray, Operand, of_pieces
from .math import JIT_OPTIONS
from .operands import all_along, parts
from .reduce import BLOCK
from .write import loop_name, written_steady

PART: Final = 32
"""Points of a block that are held against the front together where all of it cannot be left out."""

LANES: Final = 16
"""Running minima side by side: a single one would be taken a value at a time."""

ROOM: Final = 4096
"""Candidates for a front that are collected before they become part of it, at least."""

# Placeholders for what `build_loop` puts in; the loops below are never run with them.
points: Any = None
other_points: Any = None


@register_jitable(**JIT_OPTIONS)
def below(block: Any, count: int, sign: float, bar: float, first: int, n: int, found: Any, where: Any) -> int:
    """Collect the sign * values of a block below `bar`; return how many there are now."""
    hits = 0
    for i in range(count):
        hits += 1 if sign * block[i] < bar else 0
    if hits > 0:
        for i in range(count):
            value = sign * block[i]
            if value < bar:
                found[n], where[n] = value, first + i
                n += 1
    return n


@register_jitable(**JIT_OPTIONS)
def place_above(front_x: Any, x: float) -> int:
    """Return how many points of a front lie at or below `x`."""
    low, high = 0, len(front_x)
    while low < high:
        middle = (low + high) >> 1
        if front_x[middle] <= x:
            low = middle + 1
        else:
            high = middle
    return low


@register_jitable(**JIT_OPTIONS)
def bar_at(front_x: Any, front_y: Any, x: float) -> float:
    """Return the least y of the points of a front at or below `x`: what has that x and no less y is beaten."""
    place = place_above(front_x, x)
    return front_y[place - 1] if place > 0 else INF


@register_jitable(**JIT_OPTIONS)
def least_of(block: Any, sign: float, begin: int, end: int, lanes: Any) -> float:
    """Return the smallest of some sign * values; nan is none. `lanes` is room for as many running minima."""
    lanes[:] = INF
    for first in range(begin, end - LANES + 1, LANES):
        for i in range(LANES):
            value = sign * block[first + i]
            lanes[i] = value if value < lanes[i] else lanes[i]
    least = INF
    for i in range(end - (end - begin) % LANES, end):
        value = sign * block[i]
        least = value if value < least else least
    for i in range(LANES):
        least = lanes[i] if lanes[i] < least else least
    return least


@register_jitable(**JIT_OPTIONS)
def unbeaten(
    xs: Any, ys: Any, count: int, signs: Any, front: Any, pivot: int, first: int, n: int, found: Any, lanes: Any
) -> tuple[int, int]:
    """Collect the finite points of a block that no point of the front equals or beats; return how many there are now.

    The front rises in x and falls in y, so that one point of it is the hardest for all points from some x on. Points
    come in long runs that one and the same point of the front beats: that is tried first, and returned as well.
    """
    x_sign, y_sign = signs
    front_x, front_y = front
    if len(front_x) > 0:
        x_bar, y_bar, hits = front_x[pivot], front_y[pivot], 0
        for i in range(count):
            hits += 1 if (x_sign * xs[i] < x_bar) | (y_sign * ys[i] < y_bar) else 0
        if hits == 0:
            return n, pivot
    place = place_above(front_x, least_of(xs, x_sign, 0, count, lanes))
    if place > 0:
        pivot = place - 1
        if least_of(ys, y_sign, 0, count, lanes) >= front_y[pivot]:
            return n, pivot
    found_x, found_y, where = found
    for begin in range(0, count, PART):
        end = min(begin + PART, count)
        bar = bar_at(front_x, front_y, least_of(xs, x_sign, begin, end, lanes))
        if least_of(ys, y_sign, begin, end, lanes) >= bar:
            continue
        for i in range(begin, end):
            x, y = x_sign * xs[i], y_sign * ys[i]
            if y < bar and -INF < x < INF and y > -INF and y < bar_at(front_x, front_y, x):
                found_x[n], found_y[n], where[n] = x, y, first + i
                n += 1
    return n, pivot


def best_loop(
    counts: IntArray, operands: Any, sign: float, bar: float, at: IntArray, found: FloatArray, where: IntArray
) -> None:
    """Collect the sign * values below `bar` of all points from a place in the pieces on.

    It stops where there may be no room for another block. `at` is piece, points of it that are done, points done in
    all, and candidates there are.
    """
    block = np.empty(BLOCK)
    piece, done, first, n = at[0], at[1], at[2], at[3]
    filled, room = 0, found.shape[0] - BLOCK
    while piece < counts.shape[0] and n <= room:
        count = counts[piece]
        of_piece = all_along(operands, piece, count)
        while done < count and n <= room:
            taken = min(BLOCK - filled, count - done)
            points(taken, parts(of_piece, done, done + taken), (block[filled : filled + taken],))
            done += taken
            filled += taken
            if filled == BLOCK:
                n = below(block, BLOCK, sign, bar, first, n, found, where)
                first += BLOCK
                filled = 0
        if done == count:
            piece, done = piece + 1, 0
    n = below(block, filled, sign, bar, first, n, found, where)
    at[0], at[1], at[2], at[3] = piece, done, first + filled, n


def front_loop(
    counts: IntArray,
    operands: Any,
    other_operands: Any,
    signs: tuple[float, float],
    front: Any,
    at: IntArray,
    found: Any,
) -> None:
    """Collect the points that the front so far does not beat, of two results at once; see `best_loop`."""
    xs, ys, lanes = np.empty(BLOCK), np.empty(BLOCK), np.empty(LANES)
    piece, done, first, n = at[0], at[1], at[2], at[3]
    filled, room, pivot = 0, found[2].shape[0] - BLOCK, 0
    while piece < counts.shape[0] and n <= room:
        count = counts[piece]
        of_piece, other_of_piece = all_along(operands, piece, count), all_along(other_operands, piece, count)
        while done < count and n <= room:
            taken = min(BLOCK - filled, count - done)
            points(taken, parts(of_piece, done, done + taken), (xs[filled : filled + taken],))
            other_points(taken, parts(other_of_piece, done, done + taken), (ys[filled : filled + taken],))
            done += taken
            filled += taken
            if filled == BLOCK:
                n, pivot = unbeaten(xs, ys, BLOCK, signs, front, pivot, first, n, found, lanes)
                first += BLOCK
                filled = 0
        if done == count:
            piece, done = piece + 1, 0
    n, pivot = unbeaten(xs, ys, filled, signs, front, pivot, first, n, found, lanes)
    at[0], at[1], at[2], at[3] = piece, done, first + filled, n


@cache
def _best_kernel(task: Task) -> Any:
    return build_loop(best_loop, f"best_{loop_name(task)}", {"points": written_steady(task)}, nogil=True, **JIT_OPTIONS)


@cache
def _front_kernel(task: Task, other: Task) -> Any:
    # Both go into the name: one loop for two results is another than that for one of them and a third.
    name = f"front_{loop_name(task)}_{loop_name(other).rpartition('_')[2]}"
    formulas = {"points": written_steady(task), "other_points": written_steady(other)}
    return build_loop(front_loop, name, formulas, nogil=True, **JIT_OPTIONS)


def best(
    task: Task, operands: tuple[Operand, ...], counts: IntArray, sign: float, limit: float, kept: int
) -> tuple[FloatArray, IntArray]:
    """Return candidates for the `kept` smallest of sign * result: all that can be among them, and where they are.

    Args:
        task, operands, counts: as for `grid.fill`.
        sign: 1 where less is better, -1 where more is.
        limit: only values below it are looked at: the worst of those that earlier calls have found.
        kept: how many are wanted.

    """
    room = 2 * kept + 4 * BLOCK
    found, where, at = np.empty(room), np.empty(room, np.int64), np.zeros(4, np.int64)
    task, operands = of_pieces(task, operands, counts)
    loop, bar = _best_kernel(task), limit
    while True:
        loop(counts, operands, sign, bar, at, found, where)
        count = int(at[3])
        if at[0] == len(counts):
            return found[:count].copy(), where[:count].copy()
        order = first_of(found[:count], kept)
        at[3] = count = order.size
        found[:count], where[:count] = found[order], where[order]
        if count == kept:
            bar = float(found[:count].max())


def first_of(values: FloatArray, kept: int) -> NDArray[np.intp]:
    """Return where the `kept` smallest values lie, rising; of equal ones those that come first."""
    if values.size <= kept:
        return np.arange(values.size)
    last = np.partition(values, kept - 1)[kept - 1]
    under = values < last
    equal = np.flatnonzero(values == last)[: kept - np.count_nonzero(under)]
    under[equal] = True
    return np.flatnonzero(under)


def front(
    tasks: tuple[Task, Task],
    operands: tuple[tuple[Operand, ...], tuple[Operand, ...]],
    counts: IntArray,
    signs: tuple[float, float],
    seen: tuple[FloatArray, FloatArray],
) -> tuple[FloatArray, FloatArray, IntArray]:
    """Return sign * x, sign * y and places of the points of some pieces that no other of them, or of `seen`, beats.

    Args:
        tasks, operands, counts: as for `grid.fill`, of each of two results.
        signs: 1 where less is better, -1 where more is.
        seen: sign * x, rising, and sign * y, falling, of a front of points before them.

    """
    (task, own), (other, others) = (of_pieces(t, o, counts) for t, o in zip(tasks, operands, strict=True))
    loop, at = _front_kernel(task, other), np.zeros(4, np.int64)
    xs, ys, places = np.empty(0), np.empty(0), np.empty(0, np.int64)
    front_x, front_y = seen
    while at[0] < len(counts):
        room = max(ROOM, len(front_x) // 2) + BLOCK
        found_x, found_y, where = np.empty(room), np.empty(room), np.empty(room, np.int64)
        at[3] = 0
        loop(counts, own, others, signs, (front_x, front_y), at, (found_x, found_y, where))
        n = int(at[3])
        if n:
            joined = (
                np.concatenate([xs, found_x[:n]]),
                np.concatenate([ys, found_y[:n]]),
                np.concatenate([places, where[:n]]),
            )
            kept = front_of(*joined)
            xs, ys, places = (each[kept] for each in joined)
            if at[0] < len(counts):
                joined = np.concatenate([seen[0], xs]), np.concatenate([seen[1], ys]), np.arange(len(seen[0]) + len(xs))
                kept = front_of(*joined)
                front_x, front_y = joined[0][kept], joined[1][kept]
    return xs, ys, places


def front_of(xs: FloatArray, ys: FloatArray, places: IntArray) -> NDArray[np.intp]:
    """Return which points no other equals or beats in both, by rising x; of equal ones the first by its place."""
    order = np.lexsort((places, ys, xs))
    falling = ys[order]
    before = np.concatenate([[INF], np.minimum.accumulate(falling)[:-1]]) if falling.size else falling
    return order[falling < before]
