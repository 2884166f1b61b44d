r"""Fit over wafers of which each has counts of several areas, or windows: intervals from how the wafers differ.

Counts of one wafer belong together: the same wafer, and for windows (neighbouring dies taken together as larger dies)
the very same dies. Their binomial likelihood still gives the most likely parameters, but its intervals are far too
narrow. Wafers are independent of each other, and so are their scores :math:`u_w`, the slopes of their parts of ln L. A
parameter is tested with the others at their best for it,

.. math:: T = \frac{\sum_w v_w}{\sqrt{V}}, \qquad v_w = u_w - H_{\psi\lambda} H_{\lambda\lambda}^{-1} u_{w,\lambda}

V being what the sum varies by as the wafers show, and no less than if counts were independent, where that is the least
that it can be. The interval holds where
|T| is within Student's t, of as many degrees of freedom as there are wafers more than parameters (D. D. Boos, Am. Stat.
46:327, 1992). It takes no simulation, and no law of how wafers differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import copysign, exp, fsum, inf, sqrt
from typing import Final, NamedTuple

from nodecalc_kernels.numbers.student import student_quantile
from nodecalc_kernels.registry import YIELD_MODELS

from .fit import ALPHA, D0, SYSTEMATIC, Fitted, by_wafer, climbed, told
from .fit_climb import crossing, profile, solve, stride
from .fit_wafer import Count

NEAR: Final = 1e-5
"""Step of slopes, in ln D0 and in 1/alpha."""


class _Scores(NamedTuple):
    """What a point's likelihood says of its parameters."""

    each: list[list[float]]
    """Slopes of each wafer."""
    information: list[list[float]]
    """Of binomial counts."""


def fit_score(
    counts: Sequence[Count],
    model: str,
    free: Sequence[str],
    fixed: Mapping[str, float],
    interval: float,
    windows: bool = False,
) -> Fitted:
    """Return the most likely parameters, and the intervals that the scores of the wafers give.

    Args:
        counts: one row a wafer and area, of more wafers than parameters.
        model: key of `YIELD_MODELS`.
        free: as for `fit`.
        fixed: as for `fit`.
        interval: confidence, in (0, 1).
        windows: whether the counts of a wafer are of the same dies.

    """
    # Scores of windows of the same dies have one sign in D0, so that their sum varies by more than that of independent
    # ones; what is left of them beside other parameters are differences, which vary by less.
    alike = sum(c.good for c in counts) in (0, sum(c.dies for c in counts))
    wafers = by_wafer(counts)
    value, best, names, bounds = climbed(_together(counts), model, free, fixed)
    far = student_quantile(0.5 + 0.5 * interval, len(wafers) - len(names))
    found = {}
    for i, name in enumerate(names):
        at = profile(value, best, bounds, i)

        def statistic(x: float, at=at, i: int = i) -> float:  # type: ignore[no-untyped-def]
            point = at(x)
            free_others = [k for k in range(len(names)) if k != i and point[k] not in bounds[k]]
            floor = not windows or alike or not free_others
            return _statistic(_scores(wafers, model, names, point, fixed), i, free_others, floor)

        step = stride(value, best, bounds, i)
        low = crossing(lambda x, t=statistic: far - t(x), best[i], bounds[i][0], step)  # type: ignore[misc]
        high = crossing(lambda x, t=statistic: far + t(x), best[i], bounds[i][1], step)  # type: ignore[misc]
        found[name] = told(name, best[i], low, high, bounds[i])
    return Fitted(found, value(best))


def _statistic(scores: _Scores, place: int, others: Sequence[int], floor: bool) -> float:
    """Return T of one parameter, the `others` at their best for it; `floor` is whether V has one."""
    h = scores.information
    matrix = [[h[j][k] for k in others] for j in others]
    weights = solve(matrix, [h[place][k] for k in others])
    each = [u[place] - fsum(w * u[k] for w, k in zip(weights, others, strict=True)) for u in scores.each]
    n, total = len(each), fsum(each)
    shown = n / (n - 1.0) * fsum((v - total / n) ** 2 for v in each)
    least = h[place][place] - fsum(w * h[place][k] for w, k in zip(weights, others, strict=True))
    variance = max(shown, least) if floor else shown
    if variance > 0.0:
        return total / sqrt(variance)
    # Counts that are off where even independent ones would not vary had no chance: nothing is farther off.
    return copysign(inf, total) if floor and total else 0.0


def _scores(
    wafers: Sequence[Sequence[Count]],
    model: str,
    names: Sequence[str],
    point: Sequence[float],
    fixed: Mapping[str, float],
) -> _Scores:
    at = dict(zip(names, point, strict=True))
    row = YIELD_MODELS[model]
    share = at.get(SYSTEMATIC, fixed.get(SYSTEMATIC, 1.0))
    own = [fixed[key] for key in row.parameters if key in fixed]

    def log_yield(area: float, d0: float, clustering: float) -> float:
        parameters = [1.0 / clustering if clustering > 0.0 else inf] if ALPHA in at else own
        return row.log_yield(area * exp(d0), *parameters)

    def slopes(area: float) -> tuple[list[float], float]:
        """Of ln Y in each parameter, and the odds Y/(1 - Y)."""
        d0, clustering = at[D0], at.get(ALPHA, 0.0)
        found = []
        for name in names:
            if name == SYSTEMATIC:
                found.append(1.0 / share)
            elif name == D0:
                found.append(
                    (log_yield(area, d0 + NEAR, clustering) - log_yield(area, d0 - NEAR, clustering)) / (2.0 * NEAR)
                )
            else:
                middle = max(clustering, NEAR)
                found.append((log_yield(area, d0, middle + NEAR) - log_yield(area, d0, middle - NEAR)) / (2.0 * NEAR))
        parameters = [1.0 / clustering if clustering > 0.0 else inf] if ALPHA in at else own
        bad = (1.0 - share) + share * row.loss(area * exp(d0), *parameters)
        return found, (1.0 - bad) / bad

    of = {area: slopes(area) for area in {c.area_cm2 for rows in wafers for c in rows}}
    each = []
    information = [[0.0] * len(names) for _ in names]
    for rows in wafers:
        total = [0.0] * len(names)
        for c in rows:
            slope, odds = of[c.area_cm2]
            # (G - N Y)/(1 - Y) = G - (N - G) Y/(1 - Y)
            off = c.good - (c.dies - c.good) * odds
            for j, a in enumerate(slope):
                total[j] += off * a
                for k, b in enumerate(slope):
                    information[j][k] += c.dies * odds * a * b
        each.append(total)
    return _Scores(each, information)


def _together(counts: Sequence[Count]) -> list[Count]:
    """Return the counts of all wafers by area."""
    found: dict[float, list[int]] = {}
    for c in counts:
        both = found.setdefault(c.area_cm2, [0, 0])
        both[0] += c.dies
        both[1] += c.good
    return [Count(area, dies, good) for area, (dies, good) in found.items()]
