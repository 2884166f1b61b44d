"""The points of a grid that can be among the best or on a Pareto front: loops that keep candidates and nothing else.

Points are worked out a block at a time, and the block is held against the worst of the best so far or against the
front: nearly all of it is left out at once, so that ranking takes little more than walking the grid. Which points come
out in the end depends on neither blocks, threads nor the order of the walk: equal ones are settled by their place in
the grid's own order, which is worked out for those alone.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from numba.extending import register_jitable

from nodecalc_kernels.arrays.ranking import Front, Places, first_of, joined
from nodecalc_kernels.numbers.vecmath import INF
from nodecalc_kernels.numpy_whole import FloatArray, np
from nodecalc_kernels.tasks import Task

from .cache import build_loop
from .grid import IntArray, Operand, of_pieces
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
def place_of(position: int, places: Any) -> int:
    """Return the place of one point of a box by its position in the walk."""
    lengths, strides, place = places
    for axis in range(len(lengths) - 1, -1, -1):
        rest = position // lengths[axis]
        place += (position - rest * lengths[axis]) * strides[axis]
        position = rest
    return place  # type: ignore[no-any-return]


@register_jitable(**JIT_OPTIONS)
def below(
    block: Any, count: int, sign: float, bar: Any, places: Any, first: int, n: int, found: Any, where: Any
) -> int:
    """Collect the sign * values of a block that go before `bar`, a value and its place; return how many there are."""
    limit, place = bar
    hits = 0
    for i in range(count):
        hits += 1 if sign * block[i] <= limit else 0
    if hits > 0:
        for i in range(count):
            value = sign * block[i]
            if value < limit or (value == limit and place_of(first + i, places) < place):
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
def all_beaten(front: Any, x: float, y: float) -> tuple[bool, int]:
    """Return whether one point of a front goes before all points from x and y on, and which one that would be.

    The front rises in x and falls in y: its last point at or below x is the hardest for them.
    """
    front_x, front_y, _ = front
    at = place_above(front_x, x) - 1
    return at >= 0 and (front_y[at] < y or (front_y[at] == y and front_x[at] < x)), at


@register_jitable(**JIT_OPTIONS)
def beats(x: float, y: float, other_x: float, other_y: float) -> bool:
    """Return whether a point beats another."""
    return x <= other_x and y <= other_y and (x < other_x or y < other_y)


@register_jitable(**JIT_OPTIONS)
def least_where(block: Any, sign: float, least: float, other: Any, other_sign: float, count: int) -> float:
    """Return the smallest other_sign * other of the points of a block whose sign * value is `least`."""
    found = INF
    for i in range(count):
        if sign * block[i] == least and other_sign * other[i] < found:
            found = other_sign * other[i]
    return found


@register_jitable(**JIT_OPTIONS)
def unbeaten(
    xs: Any, ys: Any, count: int, signs: Any, front: Any, tried: Any, places: Any, first: int, n: int, found: Any,
    lanes: Any,
) -> tuple[int, tuple[int, float, float]]:  # fmt: skip
    """Collect the finite points of a block that no point of the front goes before; return how many there are now.

    A point goes before another that it beats, and before an equal one that stands later in the grid. Points come in
    long runs that one and the same point beats. Two are tried first, and returned as well: one of the front, by its
    number, and the best in x of the last block that had any, which is not on the front yet.
    """
    x_sign, y_sign = signs
    front_x, front_y, front_place = front
    pivot, near_x, near_y = tried
    if len(front_x) > 0:
        x_bar, y_bar, hits = front_x[pivot], front_y[pivot], 0
        for i in range(count):
            x, y = x_sign * xs[i], y_sign * ys[i]
            hits += 1 if (x < x_bar) | (y < y_bar) | ((x <= x_bar) & (y <= y_bar)) else 0
        if hits == 0:
            return n, tried
    low_x, low_y = least_of(xs, x_sign, 0, count, lanes), least_of(ys, y_sign, 0, count, lanes)
    beaten, at = all_beaten(front, low_x, low_y)
    pivot = max(at, 0)
    if beaten or beats(near_x, near_y, low_x, low_y):
        return n, (pivot, near_x, near_y)
    found_x, found_y, where = found
    # The best of the block in either: where points get better along the walk, nearly all others are beaten by one.
    right, left = least_where(xs, x_sign, low_x, ys, y_sign, count), least_where(ys, y_sign, low_y, xs, x_sign, count)
    # Infinite points are on no front, and beat none.
    right = right if low_x > -INF and right > -INF else INF
    left = left if low_y > -INF and left > -INF else INF
    for begin in range(0, count, PART):
        end = min(begin + PART, count)
        x, y = least_of(xs, x_sign, begin, end, lanes), least_of(ys, y_sign, begin, end, lanes)
        if beats(low_x, right, x, y) or beats(left, low_y, x, y) or all_beaten(front, x, y)[0]:
            continue
        for i in range(begin, end):
            x, y = x_sign * xs[i], y_sign * ys[i]
            if not (-INF < x < INF and -INF < y < INF) or beats(low_x, right, x, y) or beats(left, low_y, x, y):
                continue
            beaten, at = all_beaten(front, x, y)
            if not beaten and at >= 0 and front_x[at] == x and front_y[at] == y:
                beaten = front_place[at] < place_of(first + i, places)
            if not beaten:
                found_x[n], found_y[n], where[n] = x, y, first + i
                n += 1
    if right < INF:
        near_x, near_y = low_x, right
    return n, (pivot, near_x, near_y)


def best_loop(
    counts: IntArray,
    operands: Any,
    sign: float,
    bar: Any,
    places: Any,
    at: IntArray,
    found: FloatArray,
    where: IntArray,
) -> None:
    """Collect the sign * values that go before `bar` of all points from a position in the pieces on.

    It stops where there may be no room for another block. `at` is piece, points of it that are done, points done in
    all, and candidates there are.
    """
    block = np.empty(BLOCK)
    piece, done, first, n = at[0], at[1], at[2], at[3]
    room, pieces = where.shape[0] - BLOCK, counts.shape[0]
    while True:
        filled = 0
        while filled < BLOCK and piece < pieces:
            taken = min(BLOCK - filled, counts[piece] - done)
            of_piece = all_along(operands, piece, counts[piece])
            points(taken, parts(of_piece, done, done + taken), (block[filled : filled + taken],))
            filled, done = filled + taken, done + taken
            if done == counts[piece]:
                piece, done = piece + 1, 0
        n = below(block, filled, sign, bar, places, first, n, found, where)
        first += filled
        if piece == pieces or n > room:
            break
    at[0], at[1], at[2], at[3] = piece, done, first, n


def front_loop(
    counts: IntArray,
    operands: Any,
    other_operands: Any,
    signs: tuple[float, float],
    front: Any,
    places: Any,
    at: IntArray,
    found: Any,
) -> None:
    """Collect the points that none of the front so far goes before, of two results at once; see `best_loop`."""
    xs, ys, lanes = np.empty(BLOCK), np.empty(BLOCK), np.empty(LANES)
    piece, done, first, n = at[0], at[1], at[2], at[3]
    room, pieces, tried = found[2].shape[0] - BLOCK, counts.shape[0], (0, INF, INF)
    while True:
        filled = 0
        while filled < BLOCK and piece < pieces:
            taken = min(BLOCK - filled, counts[piece] - done)
            of_piece = all_along(operands, piece, counts[piece])
            points(taken, parts(of_piece, done, done + taken), (xs[filled : filled + taken],))
            of_piece_too = all_along(other_operands, piece, counts[piece])
            other_points(taken, parts(of_piece_too, done, done + taken), (ys[filled : filled + taken],))
            filled, done = filled + taken, done + taken
            if done == counts[piece]:
                piece, done = piece + 1, 0
        n, tried = unbeaten(xs, ys, filled, signs, front, tried, places, first, n, found, lanes)
        first += filled
        if piece == pieces or n > room:
            break
    at[0], at[1], at[2], at[3] = piece, done, first, n


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
    task: Task,
    operands: tuple[Operand, ...],
    counts: IntArray,
    places: Places,
    sign: float,
    kept: int,
    bar: tuple[float, int] = (INF, 0),
) -> tuple[FloatArray, IntArray]:
    """Return the `kept` smallest of sign * result, in no order, and their places; of equal ones the first.

    Args:
        task, operands, counts: as for `grid.fill`.
        places: where the points stand.
        sign: 1 where less is better, -1 where more is.
        kept: how many are wanted.
        bar: only what goes before this value and place is looked at: the last of those that earlier calls have found.

    """
    room = 2 * kept + 8 * BLOCK
    found, where, at = np.empty(room), np.empty(room, np.int64), np.zeros(4, np.int64)
    task, operands = of_pieces(task, operands, counts)
    loop, held = _best_kernel(task), np.empty(0, np.int64)
    while True:
        loop(counts, operands, sign, bar, tuple(places), at, found, where)
        n, old = int(at[3]), held.size
        held = np.concatenate([held, places.of(where[old:n])])
        order = first_of(found[:n], held, kept)
        held = held[order]
        at[3] = order.size
        found[: order.size], where[: order.size] = found[order], where[order]
        if at[0] == len(counts):
            return found[: order.size].copy(), held
        if order.size == kept:
            last = found[:kept].max()
            bar = float(last), int(held[found[:kept] == last].max())


def front(
    tasks: tuple[Task, Task],
    operands: tuple[tuple[Operand, ...], tuple[Operand, ...]],
    counts: IntArray,
    places: Places,
    signs: tuple[float, float],
    seen: Front,
) -> Front:
    """Return the front of a box without what points of `seen` go before.

    Args:
        tasks, operands, counts: as for `grid.fill`, of each of two results.
        places: where the points stand.
        signs: 1 where less is better, -1 where more is.
        seen: the front of other points.

    """
    (task, own), (other, others) = (of_pieces(t, o, counts) for t, o in zip(tasks, operands, strict=True))
    loop, at = _front_kernel(task, other), np.zeros(4, np.int64)
    made: Front = (np.empty(0), np.empty(0), np.empty(0, np.int64))
    whole = seen
    while at[0] < len(counts):
        room = max(ROOM, len(whole[0]) // 2) + BLOCK
        found_x, found_y, where = np.empty(room), np.empty(room), np.empty(room, np.int64)
        at[3] = 0
        loop(counts, own, others, signs, whole, tuple(places), at, (found_x, found_y, where))
        n = int(at[3])
        if n:
            made = joined(made, (found_x[:n], found_y[:n], places.of(where[:n])))
            whole = joined(seen, made)
    return made
