r"""Fit: the defect density, clustering and systematic yield that make counted good dies most likely, with intervals.

With G_i good of N_i dies of the area A_i, and Y_i = Ys Y(A_i D0),

.. math:: \ln L = \sum_i G_i \ln Y_i + (N_i - G_i) \ln(1 - Y_i)

without binomial coefficients. An interval is where the likelihood, the other parameters at their best for each value
(a profile), stays within chi2/2 of its largest. Where wafers are told apart, dies of one wafer are good or bad together
more often than by chance, and binomial intervals are far too narrow; the counts of a wafer are then beta-binomial, with
one more parameter for how much wafers differ. Where the clustering itself is fitted, that is how much they differ: each
wafer draws its density from the gamma distribution of the model, and the likelihood of its counts is a mean over that,

.. math:: L_w = E_L\left[\prod_i p_i(L)^{G_i} (1 - p_i(L))^{N_i - G_i}\right], \qquad p_i(L) = Y_s e^{-A_i D_0 L}

An end that the data do not bound is infinite, or 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import exp, expm1, fsum, inf, isfinite, lgamma, log, pi, sqrt
from typing import Final, NamedTuple

from nodecalc_kernels.numbers.roots import Search
from nodecalc_kernels.registry import YIELD_MODELS

from .binomial import stirling_rest

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
STEP: Final = 1e-4
"""Of derivatives, in ln D0 and in the other parameters as they are."""
SETTLED: Final = 1e-9
WORTHLESS: Final = 1e-11
"""Of ln L: a step that promises less is not taken."""
ENOUGH: Final = 1e-8
"""Of ln L: how near to its fall the end of an interval is."""
ROUNDS: Final = 200
LOWEST, HIGHEST = -600.0, 30.0
"""Of ln L of a wafer."""
PEAK_FOUND: Final = 1e-3
NARROW: Final = 0.8
"""Step of a sum over a peak, in standard deviations: its error is then far below a likelihood's last digits."""
WIDEST: Final = 0.4
"""The largest step: to the right of a flat peak the density still ends as sharply as exp(-L) does."""
MOST_NODES: Final = 10_000
NO_MORE: Final = 1e-13
NEAR_BINOMIAL: Final = 0.02
"""Up to where a series stands for the gamma functions of the beta-binomial."""


Likelihood = Callable[[Sequence[float]], float]


class Count(NamedTuple):
    """Good dies of one area: of all wafers, or of one."""

    area_cm2: float
    dies: int
    good: int
    wafer: object = None
    """Whatever tells wafers apart."""


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
    drop: float,
    clustered: bool = False,
) -> Fitted:
    """Return the most likely parameters and their profile intervals.

    Args:
        counts: what was counted; with `clustered` one row a wafer and area.
        model: key of `YIELD_MODELS`.
        free: `D0`, and `ALPHA` and `SYSTEMATIC` where wanted.
        fixed: what `ALPHA` (or the layers of ``bose-einstein``) and `SYSTEMATIC` are where they are not free.
        drop: how far ln L may fall within an interval, half the chi-square quantile of one parameter: 1.3528 for 90 %.
        clustered: whether the counts of one row differ by more than chance.

    """
    value, best, names, bounds = climbed(counts, model, free, fixed, clustered)
    top = value(best)
    found = {}
    for i, name in enumerate(names):
        if name != SPREAD:
            low, high = (_end(value, best, bounds, i, way, top - drop) for way in (-1.0, 1.0))
            found[name] = told(name, best[i], low, high, bounds[i])
    return Fitted(found, top)


def climbed(
    counts: Sequence[Count],
    model: str,
    free: Sequence[str],
    fixed: Mapping[str, float],
    clustered: bool = False,
    near: Sequence[float] | None = None,
) -> tuple[Likelihood, list[float], tuple[str, ...], list[tuple[float, float]]]:
    """Return ln L, its highest point, what its coordinates are, and their bounds; arguments as for `fit`.

    D0 is there as its logarithm, alpha as 1/alpha. `near` is where to begin, where that is known.
    """
    row = YIELD_MODELS[model]
    drawn = clustered and ALPHA in free
    names = (*free, *((SPREAD,) if clustered and not drawn else ()))
    wafers = _by_wafer(counts)
    areas = [c.area_cm2 for c in counts]
    limits = {
        D0: (log(SMALLEST_FAULTS / max(areas)), log(LARGEST_FAULTS / min(areas))),
        ALPHA: (0.0, LARGEST_CLUSTERING),
        SYSTEMATIC: (SMALLEST_SHARE, 1.0),
        SPREAD: (0.0, LARGEST_SPREAD),
    }
    own = next((fixed[key] for key in (*row.parameters,) if key in fixed), None)

    def log_likelihood(point: Sequence[float]) -> float:
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

    start = [_start(name, counts, model, own, limits) for name in names] if near is None else list(near)
    bounds = [limits[name] for name in names]
    good = sum(c.good for c in counts)
    held: tuple[int, ...] = ()
    if good in (0, sum(c.dies for c in counts)):  # the likelihood rises for ever, ever more slowly
        place = names.index(D0)
        start[place] = bounds[place][1 if good == 0 else 0]
        held = (place,)
    return log_likelihood, _climb(log_likelihood, start, bounds, held), names, bounds


def _by_wafer(counts: Sequence[Count]) -> list[list[Count]]:
    found: dict[object, list[Count]] = {}
    for c in counts:
        found.setdefault(c.wafer, []).append(c)
    return list(found.values())


def of_wafer(rows: Sequence[Count], d0: float, alpha: float, share: float) -> float:
    """Return ln of the probability of one wafer's counts, its density drawn from a gamma distribution of mean 1.

    Args:
        rows: the counts of the wafer.
        d0: mean density over all wafers, 1/cm2.
        alpha: shape, > 0 and finite.
        share: systematic yield.

    """
    log_share = log(share)
    faults = [(c.area_cm2 * d0, float(c.good), float(c.dies - c.good)) for c in rows]

    def at(t: float) -> tuple[float, float, float]:
        """Of t = ln L: ln of the density's weight times the counts' probability, its slope and its bend."""
        e = exp(t)
        total, slope, bend = alpha * (t - e + 1.0), alpha * (1.0 - e), -alpha * e
        for x, good, bad in faults:
            y = x * e
            total += good * (log_share - y)
            slope -= good * y
            bend -= good * y
            if bad:
                lost = (1.0 - share) - share * expm1(-y)
                odds = share * exp(-y) / lost if lost > 0.0 else inf
                total += bad * (log(lost) if lost > 0.0 else -inf)
                slope += bad * odds * y
                bend += bad * odds * y * (1.0 - y * (1.0 + odds))
        return total, slope, bend

    def value(t: float) -> float:
        e = exp(t)
        total = alpha * (t - e + 1.0)
        for x, good, bad in faults:
            y = x * e
            total += good * (log_share - y)
            if bad:
                lost = (1.0 - share) - share * expm1(-y)
                total += bad * (log(lost) if lost > 0.0 else -inf)
        return total

    low, high = LOWEST, HIGHEST
    # Where the wafer's own yields, were they small, would put its density.
    t = log((alpha + sum(b for _, _, b in faults)) / (alpha + sum(x * (g + 0.5 * b) for x, g, b in faults)))
    for _ in range(ROUNDS):
        _, slope, bend = at(t)
        low, high = (t, high) if slope > 0.0 else (low, t)
        step = -slope / bend if bend < 0.0 else inf
        to = t + step
        to = to if low < to < high else 0.5 * (low + high)
        near = abs(to - t) < PEAK_FOUND
        t = to
        if near:
            break
    top, _, bend = at(t)
    step = min(NARROW / sqrt(-bend), WIDEST) if bend < 0.0 else WIDEST
    total = 1.0
    for way in (-step, step):
        for k in range(1, MOST_NODES):
            term = exp(min(value(t + k * way) - top, 0.0))
            total += term
            if term < NO_MORE * total:
                break
    return top + log(step * total) + 0.5 * log(alpha / (2.0 * pi)) - stirling_rest(alpha)


def told(name: str, value: float, low: float | None, high: float | None, bounds: tuple[float, float]) -> Found:
    """Return a parameter in its own terms; None as an end is one that the data do not bound."""
    if name == D0:
        at = 0.0 if value <= bounds[0] + STEP else inf if value >= bounds[1] - STEP else exp(value)
        return Found(at, 0.0 if low is None else exp(low), inf if high is None else exp(high))
    if name == ALPHA:
        return Found(
            inf if value <= 0.0 else 1.0 / value,
            0.0 if high is None else 1.0 / high,
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
    return count * log(spread) + lgamma(1.0 / x + count) - lgamma(1.0 / x)


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


def _climb(
    value: Likelihood, start: Sequence[float], bounds: Sequence[tuple[float, float]], held: tuple[int, ...]
) -> list[float]:
    """Return the highest point: damped Newton steps within `bounds`, coordinates in `held` as they are."""
    at = [min(max(x, low), high) for x, (low, high) in zip(start, bounds, strict=True)]
    top, damping = value(at), 1e-3
    for _ in range(ROUNDS):
        free = [i for i in range(len(at)) if i not in held]
        slope, bend = _derivatives(value, at, free, bounds)
        # What stands at a bound and would go beyond it stays there.
        moving = [
            k
            for k, i in enumerate(free)
            if not (at[i] <= bounds[i][0] and slope[k] <= 0.0) and not (at[i] >= bounds[i][1] and slope[k] >= 0.0)
        ]
        if not moving:
            break
        moved = False
        for _ in range(40):
            matrix = [
                [-bend[j][k] + (damping * (abs(bend[j][j]) + 1e-12) if j == k else 0.0) for k in moving] for j in moving
            ]
            step = _solve(matrix, [slope[j] for j in moving])
            if 0.0 <= fsum(slope[k] * change for k, change in zip(moving, step, strict=True)) < WORTHLESS:
                return at
            trial = list(at)
            for k, change in zip(moving, step, strict=True):
                i = free[k]
                trial[i] = min(max(at[i] + max(-2.0, min(2.0, change)), bounds[i][0]), bounds[i][1])
            found = value(trial)
            if found > top:
                far = max(abs(a - b) for a, b in zip(at, trial, strict=True))
                at, top, moved, damping = trial, found, far > SETTLED, max(damping * 0.1, 1e-12)
                break
            damping = max(damping * 10.0, 1e-6)
        if not moved:
            break
        damping = min(damping, 1e3)
    return at


def _derivatives(
    value: Likelihood, at: Sequence[float], free: Sequence[int], bounds: Sequence[tuple[float, float]]
) -> tuple[list[float], list[list[float]]]:
    """Return slope and bend by differences, taken a step inside of bounds."""
    centre = list(at)
    for i in free:
        low, high = bounds[i]
        centre[i] = min(max(centre[i], low + STEP), high - STEP)

    def shifted(*moves: tuple[int, float]) -> float:
        point = list(centre)
        for i, way in moves:
            point[i] += way * STEP
        return value(point)

    middle = value(centre)
    up, down = [shifted((i, 1.0)) for i in free], [shifted((i, -1.0)) for i in free]
    bend = [[0.0] * len(free) for _ in free]
    for j, a in enumerate(free):
        bend[j][j] = (up[j] - 2.0 * middle + down[j]) / STEP**2
        for k, b in enumerate(free[:j]):
            both = shifted((a, 1.0), (b, 1.0)) - shifted((a, 1.0), (b, -1.0))
            both += shifted((a, -1.0), (b, -1.0)) - shifted((a, -1.0), (b, 1.0))
            bend[j][k] = bend[k][j] = both / (4.0 * STEP**2)
    slope = [
        (u - d) / (2.0 * STEP) + bend[k][k] * (at[i] - centre[i])
        for k, (i, u, d) in enumerate(zip(free, up, down, strict=True))
    ]
    return slope, bend


def _solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Return x of a small linear system, by elimination with pivots; 0 where a row says nothing."""
    n = len(right)
    rows = [[*row, y] for row, y in zip(matrix, right, strict=True)]
    for i in range(n):
        pivot = max(range(i, n), key=lambda k: abs(rows[k][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        if rows[i][i] == 0.0 or not isfinite(rows[i][i]):
            return [0.0] * n
        for k in range(i + 1, n):
            factor = rows[k][i] / rows[i][i]
            rows[k] = [a - factor * b for a, b in zip(rows[k], rows[i], strict=True)]
    found = [0.0] * n
    for i in reversed(range(n)):
        found[i] = (rows[i][n] - fsum(rows[i][k] * found[k] for k in range(i + 1, n))) / rows[i][i]
    return found


def _end(
    value: Likelihood,
    best: Sequence[float],
    bounds: Sequence[tuple[float, float]],
    place: int,
    way: float,
    least: float,
) -> float | None:
    """Return where the profile along one coordinate falls to `least`, going down or up; None where it never does."""
    limit = bounds[place][0 if way < 0.0 else 1]
    if best[place] == limit:
        return None
    point = list(best)

    def off(x: float) -> float:
        nonlocal point
        start = [*point[:place], x, *point[place + 1 :]]
        point = _climb(value, start, bounds, (place,)) if len(best) > 1 else start
        return value(point) - least

    centre = list(best)
    centre[place] = min(max(best[place], bounds[place][0] + STEP), bounds[place][1] - STEP)
    _, bend = _derivatives(value, centre, [place], bounds)
    step = sqrt(1.0 / max(-bend[0][0], 1e-6))
    near, far = best[place], best[place]
    near_off, far_off = off(near), 0.0
    for _ in range(100):
        far = far + way * step
        if (far - limit) * way >= 0.0:
            far = limit
        far_off = off(far)
        if far_off <= 0.0:
            break
        if far == limit:
            return None
        near, near_off = far, far_off
        step *= 2.0
    low, high = sorted(((near, near_off), (far, far_off)))
    search = Search(*low, *high, tolerance=1e-12 * (1.0 + abs(near)))
    while not search.done:
        here = off(search.at)
        if abs(here) < ENOUGH:
            return search.at
        search.tell(here)
    return search.root
