"""The exact best count against trying a grid of 100 x 100 offsets, on 300 dies of real sizes, in one interleaved run.

The grid is no straw man. It is compiled, works in floating point, knows that a quarter of the period is enough,
lays each row out once for all hundred offsets along it, and compares those by SIMD instructions. `grid, sorted in`
goes further and borrows the idea of the exact method: each row only marks the one offset where it changes, so
that an offset costs a row next to nothing. Neither proves anything: the last column is how often they fall short.

Run alone it prints a table; `run` returns it.
"""

from __future__ import annotations

import math
import random
import statistics
import time
from collections.abc import Callable
from typing import Any, TypedDict

import numba
import numpy as np

from nodecalc_kernels import compiled
from nodecalc_kernels.placement.exact import best

POINTS = 100
CASES = 300
ROUNDS = 7


class Row(TypedDict):
    """One method: mean time of a case, that time over the time of `grid`, and in how many cases it fell short."""

    name: str
    ms_per_case: float
    ratio: float
    short: int


def real_sizes(low_mm2: float, high_mm2: float, count: int, seed: int) -> np.ndarray:
    """Rows (width, height, scribe, usable diameter); areas spread evenly in their logarithm."""
    rng = random.Random(seed)
    rows = []
    for _ in range(count):
        area = math.exp(rng.uniform(math.log(low_mm2), math.log(high_mm2)))
        width = math.sqrt(area * math.exp(rng.uniform(-0.9, 0.9)))
        diameter = rng.choice([100.0, 150.0, 200.0, 300.0, 450.0]) - 2.0 * rng.uniform(0.0, 5.0)
        rows.append((width, area / width, rng.uniform(0.0, 0.2), diameter))
    return np.array(rows)


@numba.njit(error_model="numpy", fastmath=True)
def grid(w: float, h: float, s: float, d: float) -> int:
    """Count at 100 x 100 offsets: per row a root and a quotient, then a hundred comparisons eight or more at a time."""
    if w > h:
        w, h = h, w
    p, q, r, half_w, half_h = 0.5 * (w + s), 0.5 * (h + s), 0.5 * d, 0.5 * w, 0.5 * h
    offsets = np.linspace(0.0, 1.0, POINTS).astype(np.float32)
    more = np.zeros(POINTS, np.int32)
    highest = 0
    for iv in range(POINTS):
        v = q * iv / (POINTS - 1)
        more[:] = 0
        sure = 0
        for side in range(2):
            corner = v + half_h if side == 0 else 2.0 * q - v + half_h
            while corner < r:
                reach = math.sqrt(r * r - corner * corner) - half_w
                if reach < 0.0:
                    break
                periods = reach / p
                m = int(periods)
                sure += m
                rest = np.float32(periods - m)
                if m & 1:
                    rest = np.float32(1.0) - rest
                    for k in range(POINTS):
                        more[k] += offsets[k] >= rest
                else:
                    for k in range(POINTS):
                        more[k] += offsets[k] <= rest
                corner += 2.0 * q
        highest = max(highest, sure + more.max())
    return highest


@numba.njit(error_model="numpy", fastmath=True)
def grid_sorted_in(w: float, h: float, s: float, d: float) -> int:
    """Count at 100 x 100 offsets: a row marks where along the hundred its count changes, one running sum adds up."""
    if w > h:
        w, h = h, w
    p, q, r, half_w, half_h = 0.5 * (w + s), 0.5 * (h + s), 0.5 * d, 0.5 * w, 0.5 * h
    change = np.zeros(POINTS + 2, np.int64)
    highest = 0
    for iv in range(POINTS):
        v = q * iv / (POINTS - 1)
        change[:] = 0
        dies = 0
        for side in range(2):
            corner = v + half_h if side == 0 else 2.0 * q - v + half_h
            while corner < r:
                reach = math.sqrt(r * r - corner * corner) - half_w
                if reach < 0.0:
                    break
                periods = reach / p
                m = int(periods)
                k = int((periods - m) * (POINTS - 1))
                dies += m
                if m & 1:
                    change[POINTS - 1 - k] += 1
                else:
                    dies += 1
                    change[k + 1] -= 1
                corner += 2.0 * q
        for k in range(POINTS):
            dies += change[k]
            highest = max(highest, dies)
    return highest


compiled.register()


@numba.njit(error_model="numpy")
def _all_best(sizes: Any, out: Any) -> None:
    for i in range(len(out)):
        out[i] = best(sizes[i, 0], sizes[i, 1], sizes[i, 2], sizes[i, 3])


@numba.njit(error_model="numpy")
def _all_grid(sizes: Any, out: Any) -> None:
    for i in range(len(out)):
        out[i] = grid(sizes[i, 0], sizes[i, 1], sizes[i, 2], sizes[i, 3])


@numba.njit(error_model="numpy")
def _all_grid_sorted_in(sizes: Any, out: Any) -> None:
    for i in range(len(out)):
        out[i] = grid_sorted_in(sizes[i, 0], sizes[i, 1], sizes[i, 2], sizes[i, 3])


def _all_plain(sizes: np.ndarray, out: np.ndarray) -> None:
    for i, row in enumerate(sizes.tolist()):
        out[i] = best(*row)


def _compare(label: str, sizes: np.ndarray) -> list[Row]:
    methods: dict[str, Callable[[np.ndarray, np.ndarray], None]] = {
        "grid 100 x 100": _all_grid,
        "grid, sorted in": _all_grid_sorted_in,
        "best, compiled": _all_best,
        "best, plain Python": _all_plain,
    }
    counts = {name: np.empty(len(sizes)) for name in methods}
    for name, method in methods.items():
        method(sizes, counts[name])
    exact = counts["best, compiled"]
    if not np.array_equal(exact, counts["best, plain Python"]):
        raise AssertionError("compiled and plain counts differ")
    for name, found in counts.items():
        if np.any(found > exact):
            raise AssertionError(f"{name} found more dies than the proven optimum")

    times: dict[str, list[float]] = {name: [] for name in methods}
    for _ in range(ROUNDS):
        for name, method in methods.items():
            start = time.perf_counter()
            method(sizes, counts[name])
            times[name].append(time.perf_counter() - start)
    rival = statistics.median(times["grid 100 x 100"])
    return [
        Row(
            name=f"{label}: {name}",
            ms_per_case=1e3 * statistics.median(spent) / len(sizes),
            ratio=statistics.median(spent) / rival,
            short=int(np.sum(counts[name] < exact)),
        )
        for name, spent in times.items()
    ]


def run() -> list[Row]:
    """Return the table: all sizes from 1 to 800 mm2, then by bands."""
    bands = [(1.0, 800.0, CASES), (1.0, 10.0, CASES // 3), (10.0, 100.0, CASES // 3), (100.0, 800.0, CASES // 3)]
    rows = []
    for low, high, count in bands:
        rows += _compare(f"{low:g}-{high:g} mm2", real_sizes(low, high, count, seed=1))
    return rows


if __name__ == "__main__":
    print(f"{'':36s}{'ms a case':>12s}{'ratio':>8s}{'short':>7s}")
    for row in run():
        print(f"{row['name']:36s}{row['ms_per_case']:12.4f}{row['ratio']:8.2f}{row['short']:7d}")
