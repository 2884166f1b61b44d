r"""Fit: the defect density, clustering and systematic yield that make counted good dies most likely, with intervals.

With G_i good of N_i dies of the area A_i, and Y_i = Ys Y(A_i D0),

.. math:: \ln L = \sum_i G_i \ln Y_i + (N_i - G_i) \ln(1 - Y_i)

without binomial coefficients. An interval is where the likelihood, the other parameters at their best for each value
(a profile), stays within chi2/2 of its largest. Where wafers are told apart, dies of one wafer are good or bad together
more often than by chance, and binomial intervals are far too narrow; the counts of a wafer are then beta-binomial, with
one more parameter for how much wafers differ. Where the clustering itself is fitted, that is how much they differ: each
wafer draws its density from the gamma distribution of the model (`fit_wafer`).

How much n wafers differ is known from few numbers only. For D0 and the systematic yield the likelihood may therefore
fall as far as Student's t asks (`wafers_drop`). For alpha, of which the most likely value is too large where wafers are
few because the same wafers give the mean, the profile is that of D. R. Cox and N. Reid (J. R. Statist. Soc. B 49:1,
1987),

.. math:: \ln L_p(\alpha) - \tfrac{1}{2} \ln |j(\alpha)|

j the information of the other parameters at their best for that alpha, to which alpha is orthogonal; its highest point
is the value given. Several areas on each wafer go another way (`fit_score`).

An end that the data do not bound is infinite, or 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from math import exp, fsum, inf, lgamma, log
from statistics import NormalDist
from typing import Final, NamedTuple

from nodecalc_kernels.numbers.student import wafers_drop
from nodecalc_kernels.registry import YIELD_MODELS

from .fit_climb import Height, climb, crossing, profile, stride
from .fit_wafer import Count, bend_of_wafer, of_wafer

D0: Final = "d0"
ALPHA: Final = "alpha"
SYSTEMATIC: Final = "systematic_yield"
SPREAD: Final = "spread"
"""How much the yields of wafers differ: 1/M of a beta distribution with the parameters M Y and M (1 - Y)."""

SMALLEST_FAULTS: Final = 1e-9
LARGEST_FAULTS: Final = 1e6
LARGEST_CLUSTERING: Final = 20.0
"""1/alpha up to here."""
LARGEST_SPREAD: Final = 100.0
SMALLEST_SHARE: Final = 1e-6
EDGE: Final = 1e-4
"""Of ln D0: so near to a bound it is there."""
TINY: Final = 1e-300
"""Arguments of ln gamma below which it is -ln of them to the last bit."""
NEAR_BINOMIAL: Final = 0.02
"""Up to where a series stands for the gamma functions of the beta-binomial."""


class Found(NamedTuple):
    """What a parameter comes out as, with the ends of its interval."""

    value: float
    low: float
    high: float


class Fitted(NamedTuple):
    """The most likely parameters."""

    found: Mapping[str, Found]
    """`D0` in 1/cm2, `ALPHA`, `SYSTEMATIC`, of those that are free."""
    log_likelihood: float
    """Without the coefficients that no parameter changes."""


def fit(
    counts: Sequence[Count],
    model: str,
    free: Sequence[str],
    fixed: Mapping[str, float],
    interval: float,
    clustered: bool = False,
) -> Fitted:
    """Return the most likely parameters and their profile intervals.

    Args:
        counts: what was counted; with `clustered` one row a wafer and area.
        model: key of `YIELD_MODELS`.
        free: `D0`, and `ALPHA` and `SYSTEMATIC` where wanted.
        fixed: what `ALPHA` (or the layers of ``bose-einstein``) and `SYSTEMATIC` are where they are not free.
        interval: confidence, in (0, 1).
        clustered: whether the counts of one row differ by more than chance; then of more wafers than D0 and
            `SYSTEMATIC` are free parameters.

    """
    value, best, names, bounds = climbed(counts, model, free, fixed, clustered)
    top = value(best)
    chance = 0.5 * NormalDist().inv_cdf(0.5 + 0.5 * interval) ** 2
    wafers = by_wafer(counts)
    drop = wafers_drop(interval, len(wafers), sum(name != ALPHA for name in free)) if clustered else chance
    adjusts = clustered and ALPHA in free and best[0] not in bounds[0]
    found = {}
    for i, name in enumerate(names):
        if name != SPREAD and not (adjusts and name == ALPHA):
            ends = _ends(value, best, bounds, i, _height(value, best, bounds, i), top - drop)
            found[name] = told(name, best[i], *ends, bounds[i])
    if ALPHA in found and best[0] in bounds[0]:  # all dies good, or none: nothing tells it
        found[ALPHA] = Found(inf, 0.0, inf)
    if not adjusts:
        return Fitted(found, top)
    place = names.index(ALPHA)
    adjusted = _adjusted(wafers, value, best, names, bounds, fixed)
    (peak,) = climb(lambda at: adjusted(at[0]), [best[place]], [bounds[place]], ())
    at = profile(value, best, bounds, place)(peak)
    found[ALPHA] = told(ALPHA, peak, *_ends(value, at, bounds, place, adjusted, adjusted(peak) - chance), bounds[place])
    for i, name in enumerate(names):
        if i != place:
            found[name] = found[name]._replace(value=told(name, at[i], None, None, bounds[i]).value)
    return Fitted(found, value(at))


def _height(
    value: Height, best: Sequence[float], bounds: Sequence[tuple[float, float]], place: int
) -> Callable[[float], float]:
    """Return the profile along one coordinate."""
    at = profile(value, best, bounds, place)
    return lambda x: value(at(x))


def _ends(
    value: Height,
    best: Sequence[float],
    bounds: Sequence[tuple[float, float]],
    place: int,
    height: Callable[[float], float],
    least: float,
) -> tuple[float | None, float | None]:
    """Return where a profile falls to `least` on either side; None where it never does."""
    step = stride(value, best, bounds, place)
    low, high = (crossing(lambda x: height(x) - least, best[place], limit, step) for limit in bounds[place])
    return low, high


def _adjusted(
    wafers: Sequence[Sequence[Count]],
    value: Height,
    best: Sequence[float],
    names: Sequence[str],
    bounds: Sequence[tuple[float, float]],
    fixed: Mapping[str, float],
) -> Callable[[float], float]:
    """Return the adjusted profile of 1/alpha."""
    at = profile(value, best, bounds, names.index(ALPHA))

    def height(clustering: float) -> float:
        point = at(clustering)
        here = dict(zip(names, point, strict=True))
        share = here.get(SYSTEMATIC, fixed.get(SYSTEMATIC, 1.0))
        alpha = 1.0 / clustering if clustering > 0.0 else inf
        bends = [bend_of_wafer(rows, exp(here[D0]), alpha, share) for rows in wafers]
        dd, ds, ss = (-fsum(bend[k] for bend in bends) for k in range(3))
        information = dd * ss - ds * ds if SYSTEMATIC in here else dd
        return value(point) - (0.5 * log(information) if information > 0.0 else 0.0)

    return height


def climbed(
    counts: Sequence[Count],
    model: str,
    free: Sequence[str],
    fixed: Mapping[str, float],
    clustered: bool = False,
    near: Sequence[float] | None = None,
) -> tuple[Height, list[float], tuple[str, ...], list[tuple[float, float]]]:
    """Return ln L, its highest point, what its coordinates are, and their bounds; arguments as for `fit`.

    D0 is there as its logarithm, alpha as 1/alpha. `near` is where to begin, where that is known.
    """
    row = YIELD_MODELS[model]
    drawn = clustered and ALPHA in free
    names = (*free, *((SPREAD,) if clustered and not drawn else ()))
    wafers = by_wafer(counts)
    areas = [c.area_cm2 for c in counts]
    limits = {
        D0: (log(SMALLEST_FAULTS / max(areas)), log(LARGEST_FAULTS / min(areas))),
        ALPHA: (0.0, LARGEST_CLUSTERING),
        SYSTEMATIC: (SMALLEST_SHARE, 1.0),
        SPREAD: (0.0, LARGEST_SPREAD),
    }
    own = next((fixed[key] for key in (*row.parameters,) if key in fixed), None)

    @lru_cache(maxsize=16)  # a search asks for the point where it stands again and again
    def of_point(point: tuple[float, ...]) -> float:
        at = dict(zip(names, point, strict=True))
        d0 = exp(at[D0])
        share = at.get(SYSTEMATIC, fixed.get(SYSTEMATIC, 1.0))
        if ALPHA in at:
            parameters: tuple[float, ...] = (1.0 / at[ALPHA] if at[ALPHA] > 0.0 else inf,)
        else:
            parameters = () if own is None else (own,)
        spread = at.get(SPREAD, 0.0)
        if drawn and parameters[0] < inf:
            return fsum(of_wafer(rows, d0, parameters[0], share) for rows in wafers)
        return fsum(
            _of_count(
                c, row.log_yield(c.area_cm2 * d0, *parameters), row.loss(c.area_cm2 * d0, *parameters), share, spread
            )
            for c in counts
        )

    def log_likelihood(point: Sequence[float]) -> float:
        return of_point(tuple(point))

    start = [_start(name, counts, model, own, limits) for name in names] if near is None else list(near)
    bounds = [limits[name] for name in names]
    good = sum(c.good for c in counts)
    held: tuple[int, ...] = ()
    if good in (0, sum(c.dies for c in counts)):  # the likelihood rises for ever, ever more slowly
        place = names.index(D0)
        start[place] = bounds[place][1 if good == 0 else 0]
        held = (place,)
    return log_likelihood, climb(log_likelihood, start, bounds, held), names, bounds


def by_wafer(counts: Sequence[Count]) -> list[list[Count]]:
    """Return the counts of each wafer."""
    found: dict[object, list[Count]] = {}
    for c in counts:
        found.setdefault(c.wafer, []).append(c)
    return list(found.values())


def told(name: str, value: float, low: float | None, high: float | None, bounds: tuple[float, float]) -> Found:
    """Return a parameter in its own terms; None as an end is one that the data do not bound."""
    if name == D0:
        at = 0.0 if value <= bounds[0] + EDGE else inf if value >= bounds[1] - EDGE else exp(value)
        return Found(at, 0.0 if low is None else exp(low), inf if high is None else exp(high))
    if name == ALPHA:
        return Found(
            inf if value <= 0.0 else 1.0 / value,
            0.0 if high is None else inf if high <= 0.0 else 1.0 / high,
            inf if low is None or low <= 0.0 else 1.0 / low,
        )
    return Found(value, 0.0 if low is None else low, 1.0 if high is None else high)


def _of_count(c: Count, log_yield: float, loss: float, share: float, spread: float) -> float:
    """Return ln of the probability of a count, Y = share x exp(log_yield) and 1 - Y = (1 - share) + share x loss."""
    log_good = log_yield + log(share)
    bad = (1.0 - share) + share * loss
    if spread <= 0.0:
        good = c.good * log_good if c.good else 0.0
        return good + ((c.dies - c.good) * (log(bad) if bad > 0.0 else -inf) if c.dies > c.good else 0.0)
    return (
        _rising(exp(log_good), log_good, c.good, spread)
        + _rising(bad, log(bad) if bad > 0.0 else -inf, c.dies - c.good, spread)
        - _rising(1.0, 0.0, c.dies, spread)
    )


def _rising(p: float, log_p: float, count: int, spread: float) -> float:
    """Return ln of p (p + c) (p + 2 c) ... of `count` factors."""
    if count == 0:
        return 0.0
    if p <= 0.0:
        return -inf
    x, n = spread / p, count - 1.0
    if x * count < NEAR_BINOMIAL:
        s1 = n * count / 2.0
        s2 = s1 * (2.0 * n + 1.0) / 3.0
        s3 = s1 * s1
        s4 = s2 * (3.0 * n * n + 3.0 * n - 1.0) / 5.0
        return count * log_p + x * (s1 - x * (s2 / 2.0 - x * (s3 / 3.0 - x * s4 / 4.0)))
    inverse = p / spread
    # Near 0 the function is -ln of its argument, which as a number may be 0.
    below = lgamma(inverse) if inverse > TINY else log(spread) - log_p
    return count * log(spread) + lgamma(inverse + count) - below


def _start(
    name: str, counts: Sequence[Count], model: str, own: float | None, limits: Mapping[str, tuple[float, float]]
) -> float:
    """Return where to begin: the D0 of the pooled yields, and the middle of what is usual."""
    if name != D0:
        return {ALPHA: 0.5, SYSTEMATIC: 0.97, SPREAD: 0.02}[name]
    row = YIELD_MODELS[model]
    parameters = ((2.0 if own is None else own),) if row.parameters else ()
    weights, logs = 0.0, 0.0
    for c in counts:
        share = (c.good + 0.5) / (c.dies + 1.0)
        weight = c.dies * share * (1.0 - share)
        weights += weight
        logs += weight * log(row.inverse(share, *parameters) / c.area_cm2)
    low, high = limits[name]
    return min(max(logs / weights, low + 1.0), high - 1.0)
