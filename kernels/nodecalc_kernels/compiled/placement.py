"""Dies per wafer in compiled code: the integer helpers in their compiled form, and arrays of die sizes.

The algorithm itself is the plain text of `exact_placement` and `placement`; numba compiles that.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from numba.extending import overload, register_jitable

from nodecalc_kernels.numbers.intmath import integers, isqrt, sort_slice
from nodecalc_kernels.placement import circle
from nodecalc_kernels.placement import exact as exact_placement
from nodecalc_kernels.registry import PLACEMENTS
from nodecalc_kernels.stages import Stage

from .cache import build_loop

FloatArray = npt.NDArray[np.float64]
Tell = Callable[[int, int], None]

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
)
"""Compiled as they stand; what they share with the closed formulas is not among them."""

FEW_SIZES: Final = 8
"""Below this many different sizes the start of the threads costs more than they save."""

FEW_PLAIN: Final = 32
"""Up to this many different sizes the plain functions count, unless the compiled ones are there already: loading those
takes as long as some tens of dies, compiling them some seconds. The counts are the same."""

SIZES_PER_CALL: Final = 256
"""Sizes counted in one call: some tenths of a second at most, so that an interrupt is soon heard."""

INSERTION_SORT_KEYS: Final = 12
"""Up to this many keys plain insertion is fastest; beyond, keys are dealt into about as many buckets first."""

_registered = False
_loaded: Final[set[Callable[..., Any]]] = set()


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


def register_overloads() -> None:
    """Make the exact counts work inside any compiled function; importing this module does so, again is nothing.

    What they share with the closed formulas, `compiled.register` brings along with those.
    """
    global _registered  # noqa: PLW0603
    if _registered:
        return
    _registered = True
    _overload_integer_helpers()
    for function in EXACT_FUNCTIONS:
        register_jitable(**OPTIONS)(function)


register_overloads()

# Placeholder for what `build_loop` puts in; the loop below is never run with it.
count: Any = None


def count_loop(sizes: FloatArray, counts: FloatArray) -> None:
    """Fill counts with the dies per wafer of each row (width, height, scribe, diameter) of sizes."""
    for i in range(len(counts)):
        counts[i] = count(sizes[i, 0], sizes[i, 1], sizes[i, 2], sizes[i, 3])


@cache
def _count_kernel(function: Callable[..., float]) -> Any:
    return build_loop(count_loop, f"count_{function.__name__}", {"count": function}, nogil=True, **OPTIONS)


def _dealt(count: int, hands: int) -> npt.NDArray[np.intp]:
    """Return an order of `count` sorted sizes that gives every thread small dies, which are slow, and large ones."""
    return np.concatenate([np.arange(hand, count, hands) for hand in range(hands)])


def gross_dies_array(
    placement_key: str,
    die_width_mm: npt.ArrayLike,
    die_height_mm: npt.ArrayLike,
    scribe_mm: npt.ArrayLike,
    usable_diameter_mm: npt.ArrayLike,
    *,
    parallel: bool | None = None,
    tell: Tell | None = None,
) -> FloatArray:
    """Return dies per wafer for arrays of sizes, each different size computed once.

    Args:
        placement_key: a key of `PLACEMENTS`; KeyError otherwise.
        die_width_mm: w, mm.
        die_height_mm: h, mm.
        scribe_mm: s, mm.
        usable_diameter_mm: d, mm. All four broadcast.
        parallel: use several threads where that is safe; None decides by the number of different sizes.
        tell: called with the sizes counted and those in all, where there are more than `SIZES_PER_CALL`.

    Returns:
        Dies, float64 array of the broadcast shape; values as those of the plain function.

    """
    function = PLACEMENTS[placement_key].function
    given = (die_width_mm, die_height_mm, scribe_mm, usable_diameter_mm)
    return _counted(function, given, parallel=parallel, tell=tell)


def once_array(
    step: Stage, given: Sequence[npt.ArrayLike], *, parallel: bool | None = None, tell: Tell | None = None
) -> dict[str, FloatArray]:
    """Return what a stage gives that is worked out once for each different combination of inputs, by key.

    An exact count runs compiled, anything else as the plain function that it is.
    """
    if step.function in EXACT_FUNCTIONS:
        return {step.outputs[0]: _counted(step.function, given, parallel=parallel, tell=tell)}
    if not given:
        found = step.function()
        return {key: np.array(value) for key, value in zip(step.outputs, found, strict=True)}
    table, where, shape = _different(given)
    rows = [step.function(*row) for row in table.tolist()]
    columns = np.array(rows, np.float64).reshape(len(rows), len(step.outputs)).T
    return {key: column[where].reshape(shape) for key, column in zip(step.outputs, columns, strict=True)}


def _different(given: Sequence[npt.ArrayLike]) -> tuple[FloatArray, npt.NDArray[np.intp], tuple[int, ...]]:
    """Return the different combinations of broadcast arrays, a row each, which one each point has, and the shape."""
    arrays = np.broadcast_arrays(*(np.asarray(a, np.float64) for a in given))
    table = np.stack([a.ravel() for a in arrays], axis=1)
    sizes, where = np.unique(table, axis=0, return_inverse=True)
    return sizes, where.reshape(-1), arrays[0].shape


def _counted(
    function: Callable[..., float], given: Sequence[npt.ArrayLike], *, parallel: bool | None, tell: Tell | None
) -> FloatArray:
    # Not at the head of the module: registering formulas imports this one.
    from .points import in_shares, thread_count, use_threads

    sizes, where, shape = _different(given)
    if parallel is None and len(sizes) <= FEW_PLAIN and function not in _loaded:
        found = np.array([function(*row) for row in sizes.tolist()], np.float64)
        plain: FloatArray = found[where].reshape(shape)
        return plain
    _loaded.add(function)
    several = len(sizes) >= FEW_SIZES if parallel is None else parallel
    threads = thread_count() if use_threads(several, len(sizes)) else 1
    order = _dealt(len(sizes), threads)
    counts = np.empty(len(sizes))
    dealt, kernel = sizes[order], _count_kernel(function)
    for first in range(0, len(sizes), SIZES_PER_CALL):
        rows, found = dealt[first : first + SIZES_PER_CALL], counts[first : first + SIZES_PER_CALL]

        def work(begin: int, end: int, rows: FloatArray = rows, found: FloatArray = found) -> None:
            kernel(rows[begin:end], found[begin:end])

        in_shares(work, len(rows), max(1, len(rows) // (4 * threads)) if threads > 1 else len(rows), threads)
        if tell is not None and len(sizes) > SIZES_PER_CALL:
            tell(min(first + SIZES_PER_CALL, len(sizes)), len(sizes))
    by_size = np.empty(len(sizes))
    by_size[order] = counts
    result: FloatArray = by_size[where].reshape(shape)
    return result
