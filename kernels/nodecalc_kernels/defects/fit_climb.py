"""The highest point of a smooth function of a few numbers within bounds, and where one falls to a level beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import fsum, isfinite, sqrt
from typing import Final

from nodecalc_kernels.numbers.roots import Search

STEP: Final = 1e-4
"""Of derivatives, in each coordinate as it is."""
SETTLED: Final = 1e-9
WORTHLESS: Final = 1e-11
"""Of the height: a step that promises less is not taken."""
NEARLY: Final = 1e-6
"""Of the height: after a step that promises less the next one would promise a square of that."""
ENOUGH: Final = 1e-7
"""Of the height: how near to its level a crossing is."""
ROUNDS: Final = 200

Height = Callable[[Sequence[float]], float]


def climb(
    value: Height, start: Sequence[float], bounds: Sequence[tuple[float, float]], held: tuple[int, ...]
) -> list[float]:
    """Return the highest point: damped Newton steps within `bounds`, coordinates in `held` as they are."""
    at = [min(max(x, low), high) for x, (low, high) in zip(start, bounds, strict=True)]
    top, damping = value(at), 1e-3
    for _ in range(ROUNDS):
        free = [i for i in range(len(at)) if i not in held]
        slope, bend = derivatives(value, at, free, bounds)
        # What stands at a bound and would go beyond it stays there.
        moving = [
            k
            for k, i in enumerate(free)
            if not (at[i] <= bounds[i][0] and slope[k] <= 0.0) and not (at[i] >= bounds[i][1] and slope[k] >= 0.0)
        ]
        if not moving:
            break
        moved = False
        for _ in range(40):
            matrix = [
                [-bend[j][k] + (damping * (abs(bend[j][j]) + 1e-12) if j == k else 0.0) for k in moving] for j in moving
            ]
            step = solve(matrix, [slope[j] for j in moving])
            promise = fsum(slope[k] * change for k, change in zip(moving, step, strict=True))
            if 0.0 <= promise < WORTHLESS:
                return at
            trial = list(at)
            for k, change in zip(moving, step, strict=True):
                i = free[k]
                trial[i] = min(max(at[i] + max(-2.0, min(2.0, change)), bounds[i][0]), bounds[i][1])
            found = value(trial)
            if found > top:
                if 0.0 <= promise < NEARLY and damping <= 1e-3:
                    return trial
                far = max(abs(a - b) for a, b in zip(at, trial, strict=True))
                at, top, moved, damping = trial, found, far > SETTLED, max(damping * 0.1, 1e-12)
                break
            damping = max(damping * 10.0, 1e-6)
        if not moved:
            break
        damping = min(damping, 1e3)
    return at


def derivatives(
    value: Height, at: Sequence[float], free: Sequence[int], bounds: Sequence[tuple[float, float]]
) -> tuple[list[float], list[list[float]]]:
    """Return slope and bend by differences, taken a step inside of bounds."""
    centre = list(at)
    for i in free:
        low, high = bounds[i]
        centre[i] = min(max(centre[i], low + STEP), high - STEP)

    def shifted(*moves: tuple[int, float]) -> float:
        point = list(centre)
        for i, way in moves:
            point[i] += way * STEP
        return value(point)

    middle = value(centre)
    up, down = [shifted((i, 1.0)) for i in free], [shifted((i, -1.0)) for i in free]
    bend = [[0.0] * len(free) for _ in free]
    for j, a in enumerate(free):
        bend[j][j] = (up[j] - 2.0 * middle + down[j]) / STEP**2
        for k, b in enumerate(free[:j]):
            both = shifted((a, 1.0), (b, 1.0)) - shifted((a, 1.0), (b, -1.0))
            both += shifted((a, -1.0), (b, -1.0)) - shifted((a, -1.0), (b, 1.0))
            bend[j][k] = bend[k][j] = both / (4.0 * STEP**2)
    slope = [
        (u - d) / (2.0 * STEP) + bend[k][k] * (at[i] - centre[i])
        for k, (i, u, d) in enumerate(zip(free, up, down, strict=True))
    ]
    return slope, bend


def solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Return x of a small linear system, by elimination with pivots; 0 where a row says nothing."""
    n = len(right)
    rows = [[*row, y] for row, y in zip(matrix, right, strict=True)]
    for i in range(n):
        pivot = max(range(i, n), key=lambda k: abs(rows[k][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        if rows[i][i] == 0.0 or not isfinite(rows[i][i]):
            return [0.0] * n
        for k in range(i + 1, n):
            factor = rows[k][i] / rows[i][i]
            rows[k] = [a - factor * b for a, b in zip(rows[k], rows[i], strict=True)]
    found = [0.0] * n
    for i in reversed(range(n)):
        found[i] = (rows[i][n] - fsum(rows[i][k] * found[k] for k in range(i + 1, n))) / rows[i][i]
    return found


def crossing(above: Callable[[float], float], start: float, limit: float, step: float) -> float | None:
    """Return where `above` falls to 0 on the way from `start` to `limit`; None where it never does.

    Args:
        above: how far a profile is above its level, not negative at `start`.
        start: where it stands highest, or near there.
        limit: end of the way, on either side of `start`.
        step: the first stride, > 0; strides double.

    """
    if start == limit:
        return None
    way = 1.0 if limit > start else -1.0
    near, far = start, start
    near_off, far_off = above(near), 0.0
    if near_off < 0.0:
        return start
    for _ in range(100):
        far = far + way * step
        if (far - limit) * way >= 0.0:
            far = limit
        far_off = above(far)
        if far_off <= 0.0:
            break
        if far == limit:
            return None
        near, near_off = far, far_off
        step *= 2.0
    low, high = sorted(((near, near_off), (far, far_off)))
    search = Search(*low, *high, tolerance=1e-12 * (1.0 + abs(near)))
    while not search.done:
        here = above(search.at)
        if abs(here) < ENOUGH:
            return search.at
        search.tell(here)
    return search.root


def stride(height: Height, best: Sequence[float], bounds: Sequence[tuple[float, float]], place: int) -> float:
    """Return about one standard deviation of a coordinate with the others as they are, by its bend."""
    centre = list(best)
    centre[place] = min(max(best[place], bounds[place][0] + STEP), bounds[place][1] - STEP)
    _, bend = derivatives(height, centre, [place], bounds)
    return sqrt(1.0 / max(-bend[0][0], 1e-6))


def profile(
    height: Height, best: Sequence[float], bounds: Sequence[tuple[float, float]], place: int
) -> Callable[[float], list[float]]:
    """Return a function of one coordinate: the highest point with it as given, each search from the one before."""
    point = list(best)

    def at(x: float) -> list[float]:
        nonlocal point
        start = [*point[:place], x, *point[place + 1 :]]
        point = climb(height, start, bounds, (place,)) if len(best) > 1 else start
        return point

    return at
