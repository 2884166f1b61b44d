"""Long axes brought down to what a screen shows, before anything loops over points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

BLOCK: Final = 1 << 20
"""Points looked at in one go where some are not finite: the mask then stays in the cache."""


class Extent(NamedTuple):
    """What finite values there are, and how many are not."""

    low: float
    high: float
    """Both nan where no value is finite."""
    points: int
    infinite: int
    missing: int
    """How many are nan."""


def extent(arrays: Sequence[ArrayLike]) -> Extent:
    """Return the smallest and the largest finite value of all `arrays`, and the counts of the others.

    >>> extent([[1.0, float("inf")], [3.0, float("nan")]])
    Extent(low=1.0, high=3.0, points=4, infinite=1, missing=1)

    """
    from nodecalc_kernels.numpy_whole import np

    low, high, points, infinite, missing = np.inf, -np.inf, 0, 0, 0
    for given in arrays:
        array = np.asarray(given)
        points += array.size
        if not array.size:
            continue
        least, most = float(array.min()), float(array.max())
        if np.isfinite(least) and np.isfinite(most):
            low, high = min(low, least), max(high, most)
            continue
        rows = np.atleast_1d(array)
        # By rows: a flat view of a slice or a transposed array would be a copy of it all.
        step = max(1, BLOCK * len(rows) // array.size)
        for start in range(0, len(rows), step):
            block = rows[start : start + step]
            finite = block[np.isfinite(block)]
            missing += int(np.isnan(block).sum())
            infinite += int(np.isinf(block).sum())
            if finite.size:
                low, high = min(low, float(finite.min())), max(high, float(finite.max()))
    if low > high:
        low = high = np.nan
    return Extent(low, high, points, infinite, missing)


def as_array(values: Any) -> Any:
    """Return `values` as an array, of the type that they are."""
    from nodecalc_kernels.numpy_whole import np

    return np.asarray(values)


def thin(position: ArrayLike, values: ArrayLike, columns: int) -> tuple[Array, Array]:
    """Return few enough points of a curve that a drawing `columns` wide looks the same.

    `position` ascends from 0 to 1. Of all points in one column, the first, the lowest, the highest and the last are
    kept, and one that is not finite if there is any, so that gaps and spikes stay.
    """
    from nodecalc_kernels.numpy_whole import np

    at, value = np.asarray(position, dtype=np.float64), np.asarray(values, dtype=np.float64)
    if len(at) <= 4 * columns:
        return at, value
    column = np.minimum((at * columns).astype(np.int64), columns - 1)
    starts = np.flatnonzero(np.diff(column, prepend=-1)).tolist()
    kept: list[int] = []
    for start, end in zip(starts, [*starts[1:], len(at)], strict=True):
        part = value[start:end]
        finite = np.isfinite(part)
        chosen = {start, end - 1}
        if finite.any():
            chosen.add(start + int(np.where(finite, part, np.inf).argmin()))
            chosen.add(start + int(np.where(finite, part, -np.inf).argmax()))
        if not finite.all():
            chosen.add(start + int(finite.argmin()))
        kept += sorted(chosen)
    return at[kept], value[kept]


def positions(axis: ArrayLike, low: float, high: float, log: bool) -> Array:
    """Return where the values of `axis` lie between `low` (0) and `high` (1); 0.5 on an axis without length."""
    from nodecalc_kernels.numpy_whole import np

    values = np.asarray(axis, dtype=np.float64)
    if log:
        values, low, high = np.log(values), float(np.log(low)), float(np.log(high))
    if not high > low:
        return np.full(values.shape, 0.5)
    found: Array = (values - low) / (high - low)
    return found


def edges(axis: ArrayLike, log: bool) -> Array:
    """Return the borders of the cells around the values of an ascending `axis`: half-way to the neighbours.

    The first and the last cell reach as far outwards as inwards. On a logarithmic axis half-way is the geometric mean.

    >>> edges([1.0, 2.0, 4.0], log=False).tolist()
    [0.5, 1.5, 3.0, 5.0]

    """
    from nodecalc_kernels.numpy_whole import np

    values = np.asarray(axis, dtype=np.float64)
    if log:
        values = np.log(values)
    middle = 0.5 * (values[1:] + values[:-1])
    border = np.concatenate(([2.0 * values[0] - middle[0]], middle, [2.0 * values[-1] - middle[-1]]))
    return np.exp(border) if log else border


def picked(axis: ArrayLike, log: bool, pixels: int) -> list[int]:
    """Return for each of `pixels` from the lower to the upper border of `axis` the position of the nearest value."""
    from nodecalc_kernels.numpy_whole import np

    border = edges(axis, log)
    if log:
        border = np.log(border)
    centres = border[0] + (np.arange(pixels) + 0.5) * (border[-1] - border[0]) / pixels
    found: list[int] = np.clip(np.searchsorted(border, centres, side="right") - 1, 0, len(border) - 2).tolist()
    return found


def pick(values: Any, rows: Sequence[int], columns: Sequence[int]) -> Array:
    """Return `values` at these rows and columns, as float64; nothing else of it is read."""
    from nodecalc_kernels.numpy_whole import np

    return np.asarray(np.asarray(values)[np.ix_(rows, columns)], dtype=np.float64)


def few(axis: ArrayLike, most: int) -> list[int]:
    """Return the positions of at most `most` values of `axis`, evenly, both ends among them."""
    from nodecalc_kernels.numpy_whole import np

    count = len(np.asarray(axis))
    if count <= most:
        return list(range(count))
    found: list[int] = np.unique(np.linspace(0, count - 1, most).round().astype(np.int64)).tolist()
    return found


def is_geometric(axis: ArrayLike) -> bool:
    """Whether the ascending values of `axis` are spaced by a factor rather than by a difference.

    Three or more that are so exactly count, and four or more that nearly are, such as 0.1, 0.2, 0.5, 1, 2, 5.
    """
    from nodecalc_kernels.numpy_whole import np

    values = np.unique(np.asarray(axis, dtype=np.float64))
    if len(values) < 3 or not values[0] > 0.0 or not np.isfinite(values[-1]):
        return False
    factors, differences = np.diff(np.log(values)), np.diff(values)
    by_factor = float(factors.max() / factors.min())
    by_difference = float(differences.max() / differences.min())
    if by_difference < 1.0 + 1e-3:
        return False
    return by_factor < 1.0 + 1e-6 or (len(values) >= 4 and by_factor < 1.5 and by_difference >= 3.0)


def ascending(axis: ArrayLike) -> list[int] | None:
    """Return the order that sorts `axis` and drops repeated values; None where it ascends already."""
    from nodecalc_kernels.numpy_whole import np

    values = np.asarray(axis, dtype=np.float64)
    if bool((np.diff(values) > 0.0).all()):
        return None
    order: list[int] = np.unique(values, return_index=True)[1].tolist()
    return order
