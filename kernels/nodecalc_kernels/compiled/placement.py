"""Arrays of die sizes to dies per wafer, each different size counted once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final

from nodecalc_kernels.arrays.different import different
from nodecalc_kernels.numpy_whole import FloatArray, np, npt
from nodecalc_kernels.tasks import FEW_PLAIN

from .cache import build_loop
from .exact import OPTIONS
from .registration import register
from .threads import in_shares, thread_count, use_threads

Tell = Callable[[int, int], None]

FEW_SIZES: Final = 8
"""Below this many different sizes the start of the threads costs more than they save."""

SIZES_PER_CALL: Final = 256
"""Sizes counted in one call: some tenths of a second at most, so that an interrupt is soon heard."""

loaded: Final[set[Callable[..., Any]]] = set()
"""Placements whose compiled form is there."""

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


def counted(
    function: Callable[..., float], given: Sequence[npt.ArrayLike], *, parallel: bool | None, tell: Tell | None
) -> FloatArray:
    """Return dies per wafer for arrays of sizes, each different size counted once; few are not worth compiling.

    Args:
        function: a placement of `PLACEMENTS`, its plain function.
        given: w, h, s and usable diameter d, mm; they broadcast.
        parallel: use several threads where that is safe; None decides by the number of different sizes.
        tell: called with the sizes counted and those in all, where there are more than `SIZES_PER_CALL`.

    Returns:
        Dies, float64 array of the broadcast shape; values as those of the plain function.

    """
    sizes, where, shape = different(given)
    if parallel is None and len(sizes) <= FEW_PLAIN and function not in loaded:
        plain: FloatArray = np.array([function(*row) for row in sizes.tolist()], np.float64)[where].reshape(shape)
        return plain
    loaded.add(function)
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
