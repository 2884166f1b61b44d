"""Points that fall into few kinds: each kind is set up once, and its points are worked out together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nodecalc_kernels.numpy_whole import FloatArray, np, npt


def each_kind(
    kinds: Sequence[npt.ArrayLike],
    others: Sequence[npt.ArrayLike],
    work: Callable[[tuple[float, ...], tuple[Any, ...]], FloatArray],
) -> FloatArray:
    """Return work(kind, others of its points) for broadcast arrays, of the broadcast shape.

    Args:
        kinds: arrays of few different combinations of numbers.
        others: arrays that vary from point to point.
        work: from one combination, and arrays of the others of one shape, to results of that shape.

    """
    columns = [np.asarray(a, np.float64) for a in kinds]
    rest = [np.asarray(a, np.float64) for a in others]
    shape = np.broadcast_shapes(*(a.shape for a in (*columns, *rest)))
    moving = [np.broadcast_to(a, shape) for a in rest]
    several = np.broadcast_arrays(*columns)
    if several[0].size == 1:
        return work(tuple(float(a.reshape(())) for a in several), tuple(moving))
    same = [float(a.flat[0]) if a.size else np.nan for a in several]
    if several[0].size and all((a == one).all() for a, one in zip(several, same, strict=True)):
        return work(tuple(same), tuple(moving))  # arrays of one number: nothing to sort
    table, where = _different(several)
    where = np.broadcast_to(where.reshape(several[0].shape), shape).reshape(-1)
    order = np.argsort(where, kind="stable")
    begins = np.searchsorted(where[order], np.arange(len(table) + 1))
    found = np.full(where.size, np.nan)
    flat = [a.reshape(-1) for a in moving]
    for i, kind in enumerate(table):
        at = order[begins[i] : begins[i + 1]]
        found[at] = work(kind, tuple(a[at] for a in flat))
    return found.reshape(shape)


def _different(columns: Sequence[FloatArray]) -> tuple[list[tuple[float, ...]], npt.NDArray[np.intp]]:
    """Return the different combinations, and which one each point has; by the numbers of one column at a time."""
    where = np.zeros(columns[0].size, np.intp)
    first = np.zeros(0, np.intp)
    for column in columns:
        if len(first) and (column == column.flat[0]).all():  # one number tells no kinds apart
            continue
        values, own = np.unique(column.reshape(-1), return_inverse=True)
        _, first, where = np.unique(where * len(values) + own.reshape(-1), return_index=True, return_inverse=True)
        where = where.reshape(-1)
    return list(zip(*(column.reshape(-1)[first].tolist() for column in columns), strict=True)), where
