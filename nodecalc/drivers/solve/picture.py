"""The picture of a solution: both curves with their meeting, or the roots along other inputs."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, isfinite, log, nan
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from nodecalc.errors import InputError
from nodecalc.vocabulary import quantity

from .question import BOTH, FIRST, OTHER
from .scan import points
from .solution import start_of

if TYPE_CHECKING:
    from nodecalc.charts.picture import Picture

    from .along import Solutions
    from .solution import Solution

POINTS: Final = 121
AROUND: Final = 4.0
"""How far, as a factor, a picture reaches beyond the root and what the input is otherwise."""
WIDE: Final = 10.0
"""Ratio of the ends from which an axis is logarithmic."""
FROM_NOTHING: Final = 1e-3
"""Where a logarithmic picture begins whose range begins at 0, as a share of its end."""


def picture(solution: Solution) -> Picture:
    """Return both curves over the input, around the root and what the input is otherwise."""
    from nodecalc.charts.picture import picture_of
    from nodecalc.charts.words import label_of

    asked = solution.question
    first, second = asked.curves(asked.key, asked.whose, start_of(asked))
    at = _window(solution)
    exact = {root.at: root.value for root in solution.meetings if not root.jumps and at[0] <= root.at <= at[-1]}
    at = sorted({*at, *exact})
    curves = [[exact.get(x, curve(x)) for x in at] for curve in (first, second)]
    q = quantity(asked.output)
    names = [asked.first.label, f"target {q.text(asked.target)}" if asked.other is None else asked.other.label]
    if names[0] == names[1]:
        names = [f"{name}, {which}" for name, which in zip(names, (FIRST, OTHER), strict=True)]
    whose = asked.subject(asked.whose)
    drawn = picture_of(
        ("side", asked.key),
        {"side": names, asked.key: at},
        curves,
        asked.output,
        better=q.better or "lower",
        title=f"{label_of(asked.key)} of {whose}" if whose and asked.whose != BOTH and asked.other is not None else "",
    )
    log_x = at[0] > 0.0 and not asked.q.is_share and at[-1] > WIDE * at[0]
    known = [v for curve in curves for v in curve if isfinite(v)]
    log_y = log_x and bool(known) and min(known) > 0.0 and max(known) > WIDE * min(known)
    return drawn if drawn.x is None else drawn._replace(x=drawn.x._replace(log=log_x), value_log=log_y)


def _window(solution: Solution) -> list[float]:
    asked = solution.question
    low, high = asked.low, asked.high
    if asked.is_given or asked.q.is_share:
        return points(low, high, asked.q.is_share, POINTS)
    marks = [root.at for root in solution.meetings]
    marks += [x for x in (solution.own, solution.found.nearest[0]) if x is not None and low <= x <= high]
    marks = [x for x in marks if x > 0.0]
    if marks:
        low, high = max(low, min(marks) / AROUND), min(high, max(marks) * AROUND)
    if low <= 0.0:
        low = high * FROM_NOTHING
    step = log(high / low) / (POINTS - 1)
    return [low, *(low * exp(step * i) for i in range(1, POINTS - 1)), high]


def picture_along(solutions: Sequence[Solution], curve: Solutions, *, band: bool) -> Picture:
    """Return the roots over the axes; `band` draws P10 and P90 beside them where there is one axis of numbers."""
    from math import prod

    from nodecalc.charts.picture import picture_of

    def shaped(values: Sequence[float]) -> Any:
        from nodecalc_kernels.numpy_whole import np

        return np.array(values, dtype=float).reshape(curve.shape)

    numeric = [along for along in curve.axes if not along.axis.is_names and along.axis.size > 1]
    if len(numeric) not in (1, 2):
        raise InputError(
            f"a picture takes one or two axes of numbers, here are {len(numeric)}; "
            "give one, such as --over area=50:800:16, or leave --plot out"
        )
    dims, coords = list(curve.dims), dict(curve.coords)
    key = solutions[0].key
    values = shaped([nan if s.value is None else s.value for s in solutions])
    if band and len(numeric) == 1 and prod(curve.shape) == numeric[0].axis.size:
        from nodecalc_kernels.numpy_whole import np

        bands = [s.band for s in solutions]
        ends = [shaped([nan if b is None or (x := end(b)) is None else x for b in bands]) for end in _ENDS]
        drawn = [(name, v) for name, v in zip(("P10", "P90"), ends, strict=True) if np.isfinite(v).any()]
        dims = ["line", *dims]
        coords = {"line": ["root", *(name for name, _ in drawn)], **coords}
        values = np.stack([values, *(v for _, v in drawn)])
    if not np_any_finite(values):
        raise InputError(f"no root of {key} at any point: there is nothing to draw; the table says how near it comes")
    return picture_of(tuple(dims), coords, values, key, title=_said(solutions[0]))


_ENDS: Final = (attrgetter("p10"), attrgetter("p90"))


def can_be_drawn(curve: Solutions) -> bool:
    """Say whether there is a picture of the roots: along one axis of numbers or two, some of them with a root."""
    numeric = [along for along in curve.axes if not along.axis.is_names and along.axis.size > 1]
    return len(numeric) in (1, 2) and any(item.value is not None for item in curve)


def np_any_finite(values: Any) -> bool:
    """Say whether an array has a number in it."""
    return any(isfinite(v) for v in values.ravel().tolist())


def _said(solution: Solution) -> str:
    from nodecalc.charts.words import label_of

    asked = solution.question
    result = label_of(asked.output)
    if asked.other is None:
        return f"{result} {quantity(asked.output).text(asked.target)}"
    return f"{asked.first.label} as {asked.other.label} in {result}"
