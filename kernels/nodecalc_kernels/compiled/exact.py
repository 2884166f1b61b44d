"""The exact counts of dies in compiled code: what numba is told of them, and the integer helpers in compiled form.

The algorithm itself is the plain text of `nodecalc_kernels.placement.exact`; numba compiles that.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

from numba.extending import overload, register_jitable

from nodecalc_kernels.numbers.intmath import integers, isqrt, sort_slice
from nodecalc_kernels.numpy_whole import np
from nodecalc_kernels.placement import circle
from nodecalc_kernels.placement import exact as exact_placement
from nodecalc_kernels.placement import free_rows as free_placement

OPTIONS: Final[Any] = {"error_model": "numpy"}
"""Divisors here are never 0, and numba's test for it would be a branch in every row."""

EXACT_FUNCTIONS: Final[tuple[Callable[..., Any], ...]] = (
    circle.whole_cell,
    exact_placement.fill_half,
    exact_placement.peak,
    exact_placement.widest_window,
    exact_placement.search,
    exact_placement.count_at,
    exact_placement.is_countable,
    exact_placement.best_offset,
    exact_placement.best,
    exact_placement.dies_at_offset,
    exact_placement.centred,
    exact_placement.center_die,
    exact_placement.center_corner,
    free_placement.free_search,
    free_placement.free_rows,
)
"""Compiled as they stand; what they share with the closed formulas is not among them."""

INSERTION_SORT_KEYS: Final = 12
"""Up to this many keys plain insertion is fastest; beyond, keys are dealt into about as many buckets first."""

_registered = False


def _overload_integer_helpers() -> None:
    @overload(isqrt, jit_options=OPTIONS, strict=False)
    def isqrt_compiled(n: Any) -> Any:
        def body(n):  # type: ignore[no-untyped-def]
            # The root of the rounded n is at most one off either way.
            root = np.int64(math.sqrt(np.float64(n)))
            root -= np.int64(root * root > n)
            root += np.int64((root + 1) * (root + 1) <= n)
            return root

        return body

    @overload(integers, jit_options=OPTIONS, strict=False)
    def integers_compiled(length: Any) -> Any:
        def body(length):  # type: ignore[no-untyped-def]
            return np.empty(length, np.int64)

        return body

    @overload(sort_slice, jit_options=OPTIONS, strict=False)
    def sort_slice_compiled(keys: Any, start: Any, stop: Any, scratch: Any) -> Any:
        def body(keys, start, stop, scratch):  # type: ignore[no-untyped-def]
            # numba's own sort takes four times as long at 140 keys, and more at ten.
            count = stop - start
            source = start
            if count > INSERTION_SORT_KEYS:
                largest = np.int64(0)
                for i in range(start, stop):
                    largest = max(largest, keys[i])
                buckets = np.int64(2 * INSERTION_SORT_KEYS)
                while buckets < count:
                    buckets *= 2
                shift = np.int64(0)
                while (largest >> shift) >= buckets:
                    shift += 1
                for i in range(scratch, scratch + buckets + 1):
                    keys[i] = 0
                for i in range(start, stop):
                    keys[scratch + 1 + (keys[i] >> shift)] += 1
                for i in range(scratch, scratch + buckets):
                    keys[i + 1] += keys[i]
                source = scratch + buckets + 1
                for i in range(start, stop):
                    bucket = scratch + (keys[i] >> shift)
                    keys[source + keys[bucket]] = keys[i]
                    keys[bucket] += 1
            for i in range(count):
                key = keys[source + i]
                place = start + i
                while place > start and keys[place - 1] > key:
                    keys[place] = keys[place - 1]
                    place -= 1
                keys[place] = key

        return body


def register_exact() -> None:
    """Make the exact counts work inside any compiled function; again is nothing.

    What they share with the closed formulas, `registration.register` brings along with those.
    """
    global _registered  # noqa: PLW0603
    if _registered:
        return
    _registered = True
    _overload_integer_helpers()
    for function in EXACT_FUNCTIONS:
        register_jitable(**OPTIONS)(function)
