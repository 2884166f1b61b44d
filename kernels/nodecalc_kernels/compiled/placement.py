"""Arrays of die sizes to dies per wafer, and any stage that is worked out once for each different input."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from nodecalc_kernels.defects.salvage import Sold
from nodecalc_kernels.registry import PLACEMENTS
from nodecalc_kernels.stages import Stage

from .cache import build_loop
from .exact import EXACT_FUNCTIONS, OPTIONS
from .registration import register
from .threads import in_shares, thread_count, use_threads

FloatArray = npt.NDArray[np.float64]
Tell = Callable[[int, int], None]

FEW_SIZES: Final = 8
"""Below this many different sizes the start of the threads costs more than they save."""

FEW_PLAIN: Final = 32
"""Up to this many different sizes the plain functions count, unless the compiled ones are there already: loading those
takes as long as some tens of dies, compiling them some seconds. The counts are the same."""

PLAIN_TOLD: Final = 64
"""Combinations that a plain function works out without a word: a band takes milliseconds."""

SIZES_PER_CALL: Final = 256
"""Sizes counted in one call: some tenths of a second at most, so that an interrupt is soon heard."""

_loaded: Final[set[Callable[..., Any]]] = set()

register()  # the exact counts, and before them the closed formulas that they share helpers with

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

    An exact count runs compiled, salvage as arrays, anything else as the plain function that it is. `tell` hears of
    the different combinations done and in all, where they are many.
    """
    if isinstance(step.function, Sold):
        from .salvage import sold_array

        return dict(zip(step.outputs, sold_array(step.function, given), strict=True))
    if step.function in EXACT_FUNCTIONS:
        return {step.outputs[0]: _counted(step.function, given, parallel=parallel, tell=tell)}
    if not given:
        found = step.function()
        return {key: np.array(value) for key, value in zip(step.outputs, found, strict=True)}
    table, where, shape = _different(given)
    rows = []
    for row in table.tolist():
        rows.append(step.function(*row))
        if tell is not None and len(table) > PLAIN_TOLD:
            tell(len(rows), len(table))
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
