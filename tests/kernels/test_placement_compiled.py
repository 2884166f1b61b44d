"""Compiled counts are the plain ones, to the die, and any user's own compiled function may call them."""

from __future__ import annotations

import math
import random
import threading
from typing import Any

import numba
import numpy as np
import pytest

from nodecalc_kernels import compiled
from nodecalc_kernels.compiled.placement import counted
from nodecalc_kernels.numbers.intmath import SCRATCH_MINIMUM, SCRATCH_PER_KEY, isqrt, sort_slice
from nodecalc_kernels.placement import exact as exact_placement
from nodecalc_kernels.placement.exact import best, best_offset
from nodecalc_kernels.registry import PLACEMENTS

compiled.register()

EXACT = [key for key, entry in PLACEMENTS.items() if entry.exact]


@numba.njit
def roots(numbers: Any, out: Any) -> None:
    for i in range(len(numbers)):
        out[i] = isqrt(numbers[i])


@numba.njit
def sort_inside(keys: Any, start: int, stop: int, scratch: int) -> None:
    sort_slice(keys, start, stop, scratch)


@numba.njit
def users_own(w: float, h: float, s: float, d: float) -> Any:
    return best(w, h, s, d), best_offset(w, h, s, d)


@numba.njit(parallel=True)
def users_own_parallel(widths: Any, out: Any) -> None:
    for i in numba.prange(len(widths)):
        out[i] = best(widths[i], 10.0, 0.1, 294.0)


def random_sizes(count: int) -> np.ndarray:
    rng = random.Random(21)
    rows = []
    for _ in range(count):
        area = math.exp(rng.uniform(0.0, math.log(800.0)))
        width = math.sqrt(area * math.exp(rng.uniform(-0.9, 0.9)))
        diameter = rng.choice([100.0, 150.0, 200.0, 300.0, 450.0]) - 2.0 * rng.uniform(0.0, 5.0)
        rows.append((width, area / width, rng.uniform(0.0, 0.2), diameter))
    for bad in (math.nan, math.inf, -math.inf, -1.0, 0.0, -0.0, 5e-324, 1e300, 0.05, 2000.0):
        for where in range(4):
            row = [10.0, 12.0, 0.1, 294.0]
            row[where] = bad
            rows.append((row[0], row[1], row[2], row[3]))
    rows += [(180.0, 240.0, 0.0, 300.0), (180.0, 240.000001, 0.0, 300.0), (0.3, 0.4, 0.1, 0.5)]
    return np.array(rows)


def compiled_counts(key: str, *given: Any, parallel: bool | None = None) -> np.ndarray:
    return counted(PLACEMENTS[key].function, given, parallel=parallel, tell=None)


def plain(key: str, sizes: np.ndarray) -> np.ndarray:
    return np.array([PLACEMENTS[key].function(*map(float, row)) for row in sizes])


@pytest.mark.parametrize("parallel", [False, True])
@pytest.mark.parametrize("key", EXACT)
def test_compiled_exact_counts_are_the_plain_ones(key: str, parallel: bool) -> None:
    sizes = random_sizes(200)
    np.testing.assert_array_equal(compiled_counts(key, *sizes.T, parallel=parallel), plain(key, sizes))


@pytest.mark.parametrize("key", [key for key in PLACEMENTS if key not in EXACT])
def test_compiled_closed_formulas_are_the_plain_ones_to_the_last_bits(key: str) -> None:
    sizes = random_sizes(200)
    first_term = plain("area", sizes)
    found, expected = compiled_counts(key, *sizes.T, parallel=False), plain(key, sizes)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    np.testing.assert_array_equal(found == 0.0, expected == 0.0)
    known = ~np.isnan(expected)
    # Relative to the first term: the difference of two terms keeps their roundings.
    assert np.all(np.abs(found - expected)[known] <= 4 * 2.0**-52 * first_term[known])


def test_equal_sizes_are_counted_once_and_land_in_their_places() -> None:
    widths = np.array([[10.0, 12.0, 10.0], [8.0, 12.0, 10.0]])
    heights = np.array([10.0, 10.0, 20.0])
    found = compiled_counts("best", widths, heights, 0.1, 294.0)
    assert found.shape == (2, 3)
    for i in range(2):
        for j in range(3):
            assert found[i, j] == best(float(widths[i, j]), float(heights[j]), 0.1, 294.0)


def test_no_sizes_give_no_counts() -> None:
    assert compiled_counts("best", [], [], 0.1, 294.0).shape == (0,)


def test_two_threads_may_count_at_the_same_time() -> None:
    sizes = random_sizes(40)
    expected = plain("best", sizes)
    found: list[np.ndarray] = []
    threads = [
        threading.Thread(target=lambda: found.append(compiled_counts("best", *sizes.T, parallel=True)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    for counts in found:
        np.testing.assert_array_equal(counts, expected)


def test_a_user_s_own_compiled_function_calls_the_plain_ones() -> None:
    dies, offset = users_own(10.0, 7.5, 0.1, 294.0)
    assert dies == best(10.0, 7.5, 0.1, 294.0)
    assert offset == best_offset(10.0, 7.5, 0.1, 294.0)
    widths = np.linspace(5.0, 30.0, 20)
    out = np.empty(20)
    users_own_parallel(widths, out)
    assert out.tolist() == [best(float(width), 10.0, 0.1, 294.0) for width in widths]


def test_compiled_integer_roots_are_exact_next_to_squares_and_at_the_end_of_the_range() -> None:
    rng = random.Random(22)
    bases = [0, 1, 2, 3, 94906265, 94906266, 94906267, 2**31 - 1] + [rng.randrange(2**31) for _ in range(2000)]
    numbers = [n for b in bases for n in (b * b - 1, b * b, b * b + 1, b * b + 2 * b) if 0 <= n < 2**62]
    numbers += [2**62 - 1, 2**53 - 1, 2**53, 2**53 + 1]
    out = np.empty(len(numbers), np.int64)
    roots(np.array(numbers), out)
    assert out.tolist() == [math.isqrt(n) for n in numbers]


@pytest.mark.parametrize("count", [0, 1, 2, 11, 12, 13, 14, 24, 25, 48, 49, 200, 3000])
@pytest.mark.parametrize("largest", [0, 1, 40, 10**6, 2**31, 2**40])
def test_compiled_sort_sorts_and_touches_only_its_own_places(count: int, largest: int) -> None:
    rng = random.Random(count * 31 + largest)
    keys = [rng.randint(0, largest) for _ in range(count)]
    keys[: count // 3] = [keys[-1]] * (count // 3) if keys else []
    room = SCRATCH_PER_KEY * count + SCRATCH_MINIMUM
    buffer = np.array([-7, -8, *keys, -9, *([0] * room)], np.int64)
    guard = len(buffer)
    sort_inside(buffer, 2, 2 + count, count + 3)
    assert len(buffer) == guard
    assert buffer[2 : 2 + count].tolist() == sorted(keys)
    assert buffer[:2].tolist() == [-7, -8]
    assert buffer[2 + count] == -9


def test_the_sort_s_scratch_is_enough_for_its_buckets_and_a_copy() -> None:
    from nodecalc_kernels.compiled.exact import INSERTION_SORT_KEYS

    for count in range(INSERTION_SORT_KEYS + 1, 20000, 7):
        buckets = 2 * INSERTION_SORT_KEYS
        while buckets < count:
            buckets *= 2
        assert buckets + 1 + count <= SCRATCH_PER_KEY * count + SCRATCH_MINIMUM


def test_a_half_wafer_of_thousands_of_rows_is_the_same_compiled() -> None:
    sizes = np.array([(0.1, 0.1, 0.02, 94.0), (0.05, 7.0, 0.0, 294.0), (7.0, 0.05, 0.01, 294.0)])
    np.testing.assert_array_equal(compiled_counts("best", *sizes.T, parallel=False), plain("best", sizes))
    assert exact_placement.best(0.1, 0.1, 0.02, 94.0) > 400_000
