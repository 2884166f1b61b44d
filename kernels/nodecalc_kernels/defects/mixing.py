"""Means over the mixing variable of clustered defects: the integral behind every Y = E[exp(-x L)], for other functions.

L is the defect density of a place over its mean (Murphy 1964), a number of mean 1: a triangle or uniform on 0..2, or
gamma distributed. What is averaged is a share f(L) that falls from 1 at L = 0 and whose logarithm is concave, as every
probability of "no more faults than" is.

Every function takes f as L -> (ln f, -d ln f / d ln L) and gives two means: of f, or of the loss 1 - f without
cancellation, and of -df/d ln L, which is how fast the mean falls with the logarithm of all faults.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from itertools import pairwise
from math import exp, expm1, inf, log, log1p, pi, sqrt
from types import MappingProxyType
from typing import Final

from .binomial import stirling_rest

Share = Callable[[float], tuple[float, float]]
Means = tuple[float, float]
Panel = tuple[float, float, float, float, float, float, float]
Piece = tuple[float, float, float, float]
"""(from, to, density at L = 0, its slope) of a piece of a density that is a straight line."""

TRIANGLE: Final[tuple[Piece, ...]] = ((0.0, 1.0, 0.0, 1.0), (1.0, 2.0, 2.0, -1.0))
UNIFORM: Final[tuple[Piece, ...]] = ((0.0, 2.0, 0.5, 0.0),)

POINT: Final = "point"
TRIANGULAR: Final = "triangle"
FLAT: Final = "uniform"
GAMMA: Final = "gamma"
LAWS: Final[Mapping[str, tuple[str, float | None]]] = MappingProxyType(
    {
        "poisson": (POINT, None),
        "murphy": (TRIANGULAR, None),
        "rectangular": (FLAT, None),
        "exponential": (GAMMA, 1.0),
        "negative-binomial": (GAMMA, None),
    }
)
"""Law of L of each yield model that has one for the whole die; of a gamma its shape, where that is no parameter."""


def law_of(model: str, alpha: float) -> tuple[str, float]:
    """Return the law of L of a yield model, a key of `LAWS`, and the shape of a gamma; without clustering a point.

    >>> law_of("exponential", 2.0), law_of("negative-binomial", 2.0), law_of("negative-binomial", inf)
    (('gamma', 1.0), ('gamma', 2.0), ('point', inf))

    """
    law, own = LAWS[model]
    shape = alpha if own is None else own
    return (POINT, inf) if law == GAMMA and shape == inf else (law, shape)


KRONROD: Final = (
    (0.0, 0.14944555400291690, 0.0),
    (0.14887433898163121, 0.14773910490133849, 0.29552422471475287),
    (0.29439286270146020, 0.14277593857706009, 0.0),
    (0.43339539412924719, 0.13470921731147334, 0.26926671930999635),
    (0.56275713466860468, 0.12349197626206584, 0.0),
    (0.67940956829902444, 0.10938715880229764, 0.21908636251598205),
    (0.78081772658641690, 0.093125454583697600, 0.0),
    (0.86506336668898451, 0.075039674810919957, 0.14945134915058058),
    (0.93015749135570824, 0.054755896574351995, 0.0),
    (0.97390652851717174, 0.032558162307964725, 0.066671344308688138),
    (0.99565716302580805, 0.011694638867371874, 0.0),
)
"""Positive nodes, weights of 21 points, weights of the 10 among them: R. Piessens et al., QUADPACK, 1983, rule 21."""

PANEL_AGREES: Final = 1e-10
"""Of the integral: where 10 points and 21 differ by less, the 21 are good to some 1e-15."""

PANELS: Final = 400
"""More than any share needs by a factor of ten; after them the integral is as good as its worst panels."""

FALLEN: Final = 45.0
"""A share below e^-45 adds nothing: its logarithm is concave, so that at most 45 e^-45 of the mean lies beyond."""

FAR_UNIT: Final = 2.0**-12
"""Of faults, where those of a thousand parts together are more than a double holds; with it they are not."""

NOTHING: Final = 1e-18
"""Of a sum: what a term may be for the sum to end."""

STEP_AGREES: Final = 1e-10
"""Halving the step of a trapezoidal rule nearly squares its error: where it changes less, little is left."""

HALVINGS: Final = 12
"""Of the step, more than any share needs by far."""

PLAIN_FROM: Final = 8.0
"""Shape from which the gamma distribution is narrow enough in ln L to be summed as it is."""

WIDE_STEP: Final = 0.5
"""First step below that shape."""

LARGEST_T: Final = 709.0
"""Of ln L: beyond it no double holds L, and no share has anything left."""

NEAR: Final = 0.1
"""Up to here e^t - 1 - t is summed as a series."""


def triangle_means(share: Share, loss: bool = False) -> Means:
    """Return the means over a triangle on 0..2, the mixing variable of `murphy`."""
    return _bounded(share, TRIANGLE, loss)


def uniform_means(share: Share, loss: bool = False) -> Means:
    """Return the means over 0..2, the mixing variable of `rectangular`."""
    return _bounded(share, UNIFORM, loss)


def single_means(share: Share, loss: bool = False) -> Means:
    """Return the values at L = 1, which is all that `poisson` has."""
    log_share, fall = share(1.0)
    value = exp(log_share)
    return (-expm1(log_share) if loss else value), (value * fall if value > 0.0 else 0.0)


@cache
def nodes() -> tuple[tuple[float, float, float], ...]:
    """Return all 21 nodes of -1..1, each with its weight of 21 and of 10 points."""
    mirrored = tuple((-node, wide, narrow) for node, wide, narrow in KRONROD[1:])
    return (*mirrored, *KRONROD)


def _bounded(share: Share, pieces: tuple[Piece, ...], loss: bool) -> Means:
    """Return the means over a density of straight pieces, adaptively."""
    end = pieces[-1][1]
    reach = _reach(share, end)
    waiting = [_panel(share, a, min(b, reach), c, d, loss) for a, b, c, d in pieces if a < reach]
    if loss:  # a sharp fall next to 0 would slip through panels that go beyond it
        waiting += [_panel(share, max(a, reach), b, c, d, loss) for a, b, c, d in pieces if b > reach]
    return _settle(share, waiting, loss)


def _settle(share: Share, waiting: list[Panel], loss: bool) -> Means:
    """Return the sums of panels, each halved until its two rules agree."""
    total = sum(panel[1] for panel in waiting)
    mean = fall = 0.0
    panels = len(waiting)
    while waiting:
        error, value, slope, a, b, c, d = waiting.pop()
        if error > PANEL_AGREES * total and panels < PANELS:
            middle = 0.5 * (a + b)
            waiting += [_panel(share, a, middle, c, d, loss), _panel(share, middle, b, c, d, loss)]
            panels += 2
        else:
            mean += value
            fall += slope
    return mean, fall


def _panel(share: Share, a: float, b: float, c: float, d: float, loss: bool) -> Panel:
    """Return one panel a..b under the density c + d L: how far two rules differ, both integrals, and the panel."""
    half, middle = 0.5 * (b - a), 0.5 * (a + b)
    value = slope = narrow = 0.0
    for node, weight, other in nodes():
        at = middle + half * node
        log_share, fall = share(at)
        f = exp(log_share) if log_share > -FALLEN * 15.0 else 0.0
        density = c + d * at
        g = density * (-expm1(log_share) if loss else f)
        value += weight * g
        narrow += other * g
        slope += weight * density * f * fall if f > 0.0 else 0.0
    return abs(value - narrow) * half, value * half, slope * half, a, b, c, d


def _reach(share: Share, end: float) -> float:
    """Return `end`, or an L below it beyond which the share adds nothing."""
    high, low = end, 0.0
    fallen = -share(end)[0]
    while fallen > 2.0 * FALLEN:
        # What has fallen is convex and 0 at 0, so that it is below its chord.
        low = max(low, high * (FALLEN / fallen))
        at = sqrt(low) * sqrt(high)  # the product of both may be too small for a double
        if not low < at < high:
            break
        less = -share(at)[0]
        if less < FALLEN:
            low = at
        else:
            high, fallen = at, less
    return high


def gamma_means(share: Share, alpha: float, steepest: float, flattest: float, loss: bool = False) -> Means:
    r"""Return the means over a gamma distribution of mean 1, the mixing variable of `negative-binomial`.

    With t = ln L the density of t is proportional to exp(-alpha (e^t - 1 - t)), and f times it has one peak: the sum
    starts there and runs both ways until nothing is added, with a step that is halved until nothing changes.

    Args:
        share: f.
        alpha: shape, from `SMALLEST_DIVISOR` on and finite.
        steepest: at least -d ln f / d L for every L.
        flattest: at least d ln (1 - f) / d ln L for every L.
        loss: whether the first mean is of 1 - f.

    """

    def log_value(t: float) -> tuple[float, float, float]:
        """The ln of what is averaged, its slope in t, and -df/dt."""
        log_share, fall = share(_density(t))
        f = exp(log_share) if log_share > -_LOWEST else 0.0
        slope = f * fall if f > 0.0 else 0.0  # a fall without end is one from nothing
        if not loss:
            return log_share, -fall, slope
        value = -expm1(log_share)
        return (log(value) if value > 0.0 else -inf), (slope / value if value > 0.0 else flattest), slope

    low, high = (0.0, log_over(flattest, alpha)) if loss else (-log_over(steepest, alpha), 0.0)
    near = 0.5 * sqrt(alpha)
    centre = 0.0
    while abs(rest := alpha * -expm1(centre) + log_value(centre)[1]) > near:
        low, high = (centre, high) if rest > 0.0 else (low, centre)
        middle = 0.5 * (low + high)
        if not low < middle < high:
            break
        centre = middle

    return _gamma_sum(log_value, centre, alpha)


def gamma_peaked(log_share: Callable[[float], float], alpha: float, low: float, high: float) -> float:
    """Return the mean over a gamma distribution of a share that has one peak, and not at L = 0.

    Args:
        log_share: L -> ln f.
        alpha: shape, from `SMALLEST_DIVISOR` on and finite.
        low: a t = ln L below the peak of the density times f.
        high: one above it.

    """
    # A narrow density is all beside a peak that is only about right.
    near = PEAK_FOUND / max(1.0, sqrt(alpha))
    centre = _peak(lambda t: log_share(_density(t)) - alpha * exp_rest(t), low, high, near)
    return _gamma_sum(lambda t: (log_share(_density(t)), 0.0, 0.0), centre, alpha)[0]


def bounded_peaked(log_share: Callable[[float], float], pieces: tuple[Piece, ...], low: float) -> float:
    """Return the mean over a density of straight pieces of a share that has one peak, and not at L = 0.

    Args:
        log_share: L -> ln f.
        pieces: `TRIANGLE` or `UNIFORM`.
        low: a t = ln L below the peak.

    """
    peak = exp(_peak(lambda t: log_share(exp(t)), min(low, log(pieces[-1][1])), log(pieces[-1][1])))
    # Panels that end at the peak, and near it at every scale, let no narrow one slip through.
    near = [peak * (1.0 + side * 2.0**-k) for k in PEAK_SCALES for side in (-1.0, 1.0)]
    waiting = []
    for a, b, c, d in pieces:
        cuts = sorted({a, b, *(x for x in (*near, peak) if a < x < b)})
        waiting += [_panel(lambda at: (log_share(at), 0.0), x, y, c, d, False) for x, y in pairwise(cuts)]
    return _settle(lambda at: (log_share(at), 0.0), waiting, False)[0]


PEAK_SCALES: Final = (1, 3, 5, 7, 9)
"""Halvings of the distance from a peak at which panels end."""

PEAK_FOUND: Final = 1e-3
"""How near to a peak is near enough, in widths of the density: sums that start there do not hang on it."""


def _peak(value: Callable[[float], float], low: float, high: float, near: float = PEAK_FOUND) -> float:
    """Return about where a function with one peak has it."""
    while high - low > near:
        first, second = low + (high - low) / 3.0, high - (high - low) / 3.0
        if not low < first < second < high:
            break
        if value(first) < value(second):
            low = first
        else:
            high = second
    return 0.5 * (low + high)


def _gamma_sum(log_value: Callable[[float], tuple[float, float, float]], centre: float, alpha: float) -> Means:
    """Return the sums of the first and of the third of `log_value`'s parts, from `centre` outwards."""
    log_scale = 0.5 * log(alpha / (2.0 * pi)) - stirling_rest(alpha)
    plain = alpha >= PLAIN_FROM

    def term(x: float) -> tuple[float, float]:
        t, stretch = (centre + x, 1.0) if plain else (centre + x + 1.0 - exp(-x), 1.0 + exp(-x))
        log_f, _, fall = log_value(t)
        log_density = log_scale - alpha * exp_rest(t)
        return (
            stretch * (exp(log_density + log_f) if log_density + log_f > -_LOWEST else 0.0),
            stretch * (exp(log_density) * fall if log_density > -_LOWEST else 0.0),
        )

    step = 1.0 / sqrt(alpha) if plain else WIDE_STEP
    mean, slope = term(0.0)
    ends = []
    for way in (-1, 1):
        n = 0
        while True:
            n += way
            value, fall = term(n * step)
            mean += value
            slope += fall
            if not (value > NOTHING * mean or fall > NOTHING * slope):
                break
        ends.append(n)
    first, last = ends
    for _ in range(HALVINGS):
        between = fall_between = 0.0
        for n in range(first, last):
            value, fall = term((n + 0.5) * step)
            between += value
            fall_between += fall
        agrees = abs(between - mean) <= STEP_AGREES * 2.0 * mean
        mean += between
        slope += fall_between
        step *= 0.5
        first, last = 2 * first, 2 * last
        if agrees:
            break
    return mean * step, slope * step


def log_over(x: float, alpha: float) -> float:
    """Return ln(1 + x/alpha) of what is not negative, also where the quotient is more than a double holds."""
    over = x / alpha
    return log1p(over) if over < inf else log(x) - log(alpha)


def _density(t: float) -> float:
    return exp(min(t, LARGEST_T))


_LOWEST: Final = 745.0
"""Below e^-745 there is no double."""


def exp_rest(t: float) -> float:
    """Return e^t - 1 - t without cancellation."""
    if abs(t) > NEAR:
        return expm1(t) - t
    sum_ = 1.0
    for n in range(12, 2, -1):
        sum_ = 1.0 + sum_ * t / n
    return 0.5 * t * t * sum_
