"""The axes of a range of rows, written out: the one place where the rule of `table.EXPANSION` is carried out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

from nodecalc_kernels.numpy_whole import np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nodecalc.question.axis import Axis


def axis_rows(axes: Sequence[Axis], place: int, first: int, last: int) -> NDArray[Any]:
    """Return the values of the axis at `place` for the rows from `first` up to, without, `last`."""
    return _along(axes, place, first, last, axes[place].values)


def axis_indices(axes: Sequence[Axis], place: int, first: int, last: int) -> NDArray[np.int32]:
    """Return which value of the axis at `place`, of at most 2^31, each row from `first` up to `last` has."""
    return _along(axes, place, first, last, lambda begin, end: np.arange(begin, end, dtype=np.int32))


def _along(
    axes: Sequence[Axis], place: int, first: int, last: int, values: Callable[[int, int], NDArray[Any]]
) -> NDArray[Any]:
    run = prod(axis.size for axis in axes[place + 1 :])
    begin, end = first // run, -(-last // run)  # value numbers, not yet wrapped round
    found = _wrapped(axes[place].size, begin, end, values)
    if run == 1:
        return found
    counts = np.full(end - begin, min(run, last - first))
    if end - begin > 1:
        counts[0] = (begin + 1) * run - first
        counts[-1] = last - (end - 1) * run
    return np.repeat(found, counts)


def _wrapped(size: int, begin: int, end: int, values: Callable[[int, int], NDArray[Any]]) -> NDArray[Any]:
    """Return the values of number `begin` up to `end`, counted on and on over the end of an axis of `size`."""
    count, start = end - begin, begin % size
    if start + count <= size:
        return values(start, start + count)
    head = values(start, size)
    turns, rest = divmod(count - len(head), size)
    whole = np.tile(values(0, size), turns) if turns else head[:0]
    return np.concatenate([head, whole, values(0, rest)])


def apart(outputs: Sequence[str], axes: Sequence[Axis]) -> tuple[str, ...]:
    """Return the outputs that are no axes as well: beside the axes, those would be the same column twice."""
    keys = {axis.key for axis in axes}
    return tuple(key for key in outputs if key not in keys)
