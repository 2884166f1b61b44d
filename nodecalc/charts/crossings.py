"""Where one series overtakes another: the points of equal value on one axis, the regions of the best on two."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log, log1p
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

Better = Literal["lower", "higher"]


class Meeting(NamedTuple):
    """A point, or a stretch of the axis, where two curves have the same value."""

    start: float
    stop: float
    """Equal to `start` except where the curves run together over several points of the grid."""
    value: float
    """What both are at `start`."""
    exact: bool
    """True where the grid holds the point, False where it is interpolated between two of its points."""
    before: int
    """Sign of first - second at the point of the grid before; 0 where there is none or one of them is not finite."""
    after: int
    """The same at the point of the grid after."""


class BreakEven(NamedTuple):
    """A meeting of two of several series."""

    first: int
    second: int
    meeting: Meeting
    leader: int | None
    """Which of the two is the better one just above the meeting; None where the order stays as it was."""


def crossings(x: ArrayLike, a: ArrayLike, b: ArrayLike, log_x: bool = False) -> list[float]:
    """Return where the curves `a` and `b` over `x` have the same value, ascending.

    Between two points of the grid with a - b of opposite sign, the curves are taken as straight: x* = x0 + t (x1 - x0),
    t = d0 / (d0 - d1), d = a - b; on a logarithmic axis in ln x, and in ln a and ln b where both curves are positive.

    Args:
        x: the axis, ascending; positive where `log_x`.
        a, b: the curves, of the same length.
        log_x: whether the axis is logarithmic.

    Returns:
        Values of `x`. A point of the grid where both are equal counts once, whether the curves cross or touch there; a
        stretch where they run together gives its two ends; curves that are the same everywhere give nothing. Nothing
        is interpolated next to a value that is not finite.

    >>> crossings([1, 2, 3], [1, 2, 3], [2.5, 2.5, 2.5])
    [2.5]
    >>> crossings([1, 2, 3], [1, 2, 3], [2, 2, 2])
    [2.0]

    """
    found: list[float] = []
    for meeting in meetings(x, a, b, log_x):
        found += [meeting.start] if meeting.start == meeting.stop else [meeting.start, meeting.stop]
    return found


def meetings(x: ArrayLike, a: ArrayLike, b: ArrayLike, log_x: bool = False) -> list[Meeting]:
    """Return every meeting of the curves `a` and `b` over `x`, ascending; see `crossings`."""
    from nodecalc_kernels.numpy_whole import np

    axis, first, second = (np.asarray(v, dtype=np.float64) for v in (x, a, b))
    if not axis.shape == first.shape == second.shape or axis.ndim != 1:
        raise ValueError(f"curves of shapes {first.shape} and {second.shape} over an axis of shape {axis.shape}")
    known = np.isfinite(first) & np.isfinite(second)
    sign = np.where(known, (first > second).astype(np.int8) - (first < second).astype(np.int8), 0)
    if not sign.any():
        return []
    found = [
        _between(axis[i : i + 2].tolist(), first[i : i + 2].tolist(), second[i : i + 2].tolist(), log_x, int(sign[i]))
        for i in np.flatnonzero(sign[:-1] * sign[1:] < 0).tolist()
    ]
    equal = known & (sign == 0)
    edges = np.flatnonzero(np.diff(equal, prepend=False, append=False)).tolist()
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        before = int(sign[start - 1]) if start else 0
        after = int(sign[end]) if end < len(axis) else 0
        found.append(Meeting(float(axis[start]), float(axis[end - 1]), float(first[start]), True, before, after))
    return sorted(found)


def _between(x: list[float], a: list[float], b: list[float], log_x: bool, before: int) -> Meeting:
    """The meeting inside one step of the grid, at whose ends a - b has opposite signs."""
    (x0, x1), (a0, a1), (b0, b1) = x, a, b
    curved = log_x and min(x) > 0.0
    bent = curved and min(*a, *b) > 0.0
    # log1p keeps the sign where the two differ in the last bit only; ln a - ln b might round to nothing.
    d0, d1 = (log1p((a0 - b0) / b0), log1p((a1 - b1) / b1)) if bent else (a0 - b0, a1 - b1)
    t = d0 / (d0 - d1)
    at = exp(log(x0) + t * (log(x1) - log(x0))) if curved else x0 + t * (x1 - x0)
    value = exp(log(a0) + t * (log(a1) - log(a0))) if bent else a0 + t * (a1 - a0)
    at = min(max(at, min(x)), max(x))
    return Meeting(at, at, value, False, before, -before)


def break_evens(x: ArrayLike, curves: Sequence[Any], log_x: bool = False, better: Better = "lower") -> list[BreakEven]:
    """Return the meetings of every pair of `curves` over `x`, by where they lie on the axis."""
    found: list[BreakEven] = []
    for i, first in enumerate(curves):
        for j in range(i + 1, len(curves)):
            for meeting in meetings(x, first, curves[j], log_x):
                leader = None
                if meeting.before * meeting.after < 0:
                    leader = i if (meeting.after < 0) == (better == "lower") else j
                found.append(BreakEven(i, j, meeting, leader))
    return sorted(found, key=lambda b: (b.meeting.start, b.first, b.second))


def ahead(a: ArrayLike, b: ArrayLike, better: Better = "lower") -> int:
    """Return 1 where `a` is better than `b` at every point, -1 where `b` is; 0 elsewhere, and where a point is missing.

    >>> ahead([1, 2], [2, 3]), ahead([1, 2], [2, 1])
    (1, 0)

    """
    from nodecalc_kernels.numpy_whole import np

    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if not (np.isfinite(first) & np.isfinite(second)).all():
        return 0
    side = int((first < second).all()) - int((first > second).all())
    return side if better == "lower" else -side


def same(series: Sequence[Any]) -> list[list[int]]:
    """Return the groups of two or more positions in `series` that hold the same values everywhere.

    >>> same([[1.0, 2.0], [3.0, 4.0], [1.0, 2.0]])
    [[0, 2]]

    """
    from nodecalc_kernels.numpy_whole import np

    groups: list[list[int]] = []
    for i, values in enumerate(series):
        for group in groups:
            other = series[group[0]]
            # The first row tells most apart at no cost; a panel may hold a hundred million points.
            if all(np.array_equal(o, v, equal_nan=True) for o, v in ((other[:1], values[:1]), (other, values))):
                group.append(i)
                break
        else:
            groups.append([i])
    return [group for group in groups if len(group) > 1]


def best(series: Sequence[ArrayLike], better: Better = "lower") -> NDArray[np.int64]:
    """Return, point by point, the position in `series` of the best one; -1 where none is finite.

    Of several that are equally good the first counts.

    >>> best([[1.0, 4.0], [2.0, 3.0]]).tolist()
    [0, 1]

    """
    from nodecalc_kernels.numpy_whole import np

    stack = np.stack([np.asarray(s, dtype=np.float64) for s in series])
    worst = np.inf if better == "lower" else -np.inf
    finite = np.isfinite(stack)
    stack = np.where(finite, stack, worst)
    found = stack.argmin(axis=0) if better == "lower" else stack.argmax(axis=0)
    return np.where(finite.any(axis=0), found, -1)


def margins(series: Sequence[ArrayLike], better: Better = "lower", log_values: bool = False) -> list[Array]:
    """Return for each of `series` how far it is from the best of the others: negative where it is the best itself.

    The lines where these are 0 bound the regions of `best`. Points where a series or all others are not finite are
    nan. With `log_values` it is the difference of the logarithms.

    >>> [m.tolist() for m in margins([[1.0, 4.0], [2.0, 3.0]])]
    [[-1.0, 1.0], [1.0, -1.0]]

    """
    from nodecalc_kernels.numpy_whole import np

    stack = np.stack([np.asarray(s, dtype=np.float64) for s in series])
    stack = np.where(np.isfinite(stack), stack, np.nan)
    if log_values:
        with np.errstate(divide="ignore", invalid="ignore"):
            stack = np.where(stack > 0.0, np.log(stack), np.nan)
    if better == "higher":
        stack = -stack
    found = []
    for i in range(len(stack)):
        others = np.fmin.reduce(np.delete(stack, i, axis=0), axis=0)
        found.append(stack[i] - others)
    return found
