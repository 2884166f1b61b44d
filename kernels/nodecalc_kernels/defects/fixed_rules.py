r"""Harvest by rules of integration whose nodes are the same for many points: what loops over arrays run.

At least k of n parts are good where the k-th good one comes before the (n-k+1)-th bad one:

.. math:: T(y) = e^{-ky} \sum_{i=0}^{n-k} \binom{k-1+i}{i} (1 - e^{-y})^i

All terms are positive, so that no accuracy is lost at any y, and a node takes two exponentials. Arrays are filled in
place, and nothing is allocated: numba compiles these functions as they stand, and they run as plain Python on lists.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from math import cos, exp, expm1, inf, log, log1p, pi, sqrt
from typing import Final

from nodecalc_kernels.numbers.vecmath import decay

from .binomial import log_tail, stirling_rest, tail_of
from .mixing import FALLEN, FAR_UNIT, PLAIN_FROM, exp_rest

MOST_PARTS: Final = 1024
"""Up to here the largest term, C(n, n/2), is a double."""

MOST_NODES: Final = 4096
"""Of a gamma rule; shapes far below 0.05 would take more."""

BINS_A_DOUBLING: Final = 8
"""Bins of shapes, each with one rule: its step is at most a twentieth smaller than a shape of the bin asks."""

STEP: Final = 0.56
"""Of the trapezoidal rule, in units of the narrower of the density and of the fall of T: an error of some 1e-14."""

SHIFT: Final = 1.0
"""Of t = x - e^(-x - SHIFT) + const, which draws a long left tail together and leaves the peak alone."""

SURE_PANEL: Final = 32
FALL_PANEL: Final = 48
EDGY_PANEL: Final = 96
"""Gauss-Legendre nodes of a panel on which T is 1, of one on which it falls, and where it falls from an edge."""

EDGY_UP_TO: Final = 4
"""Needed parts up to which T leaves 1 sharply and falls slowly."""

EDGE: Final = 0.65
"""Of the width of such a fall, what its edge is."""

WIDEST: Final = 0.45
"""A wider fall asks for no larger step: its own density does not bear one."""

SURELY: Final = 1e-17
"""What T may lack of 1 where it counts as 1."""

PEAK_STEPS: Final = 6
"""Newton's, to the peak of a bound of the share; the sums do not hang on how near they come."""


def terms_of(need: int, total: int) -> tuple[float, ...]:
    """Return C(k-1+i, i) for i = 0 ... n-k, each rounded once; 0 < k <= n <= `MOST_PARTS`.

    >>> terms_of(6, 8)
    (1.0, 6.0, 21.0)

    """
    term, found = 1, [1.0]
    for i in range(1, total - need + 1):
        term = term * (need - 1 + i) // i
        found.append(float(term))
    return tuple(found)


def width_of(need: int, total: int) -> float:
    """Return over which difference of ln y the tail T of 0 < need < total falls: a standard deviation, or less."""
    bad = (total - need + 1.0) / (total + 1.0)
    width = sqrt(bad / ((total + 1.0) * (1.0 - bad))) / -log1p(-bad)
    return min(width, WIDEST) * (EDGE if need <= EDGY_UP_TO else 1.0)


def ends_of(need: int, total: int) -> tuple[float, float]:
    """Return y up to which T is 1, and y beyond which it is nothing; 0 < need < total."""
    tail = tail_of(need, total)
    found = []
    for level in (SURELY, FALLEN):
        low, high = -690.0, log(FALLEN)  # of ln y: T falls at least like e^(-k y)
        while high - low > 1e-3:
            middle = 0.5 * (low + high)
            low, high = (middle, high) if -log_tail(tail, exp(middle))[0] < level else (low, middle)
        found.append(low if level == SURELY else high)
    return exp(found[0]), exp(min(found[1], log(FALLEN) + log1p(log(total) + 1.0)))


def panel_of(need: int) -> int:
    """Return how many nodes a panel takes on which T falls."""
    return EDGY_PANEL if need <= EDGY_UP_TO else FALL_PANEL


def legendre(count: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return nodes and weights of the Gauss-Legendre rule on 0..1.

    >>> legendre(1)
    ((0.5,), (1.0,))

    """
    nodes, weights = [], []
    for i in range(count):
        x = cos(pi * (i + 0.75) / (count + 0.5))
        for _ in range(8):
            before, value = 1.0, x
            for j in range(2, count + 1):
                before, value = value, ((2 * j - 1) * x * value - (j - 1) * before) / j
            slope = count * (before - x * value) / (1.0 - x * x)
            x -= value / slope
        nodes.append(0.5 * (1.0 - x))
        weights.append(1.0 / ((1.0 - x * x) * slope * slope))
    return tuple(nodes), tuple(weights)


def gamma_rule(
    least: float,
    most: float,
    width: float,
    lengths: MutableSequence[float],
    rests: MutableSequence[float],
    weights: MutableSequence[float],
) -> int:
    r"""Fill in a rule for means over gamma distributions of mean 1, and return its nodes.

    With t = ln L a concave share moves the peak of what is averaged to some c <= 0, and from there it falls at least
    as fast as the density does from its own: so one rule, moved to c, serves every share. Its step is that of the
    largest shape, the narrowest; it runs as far as the smallest one asks.

    Args:
        least: smallest shape, > 0 and finite.
        most: largest one, at most some tenths larger.
        width: of the fall of the share in t, from `width_of`.
        lengths: L/e^c of the nodes, to be filled in, `MOST_NODES` long.
        rests: what the density of shape alpha falls by from its peak, over alpha.
        weights: the step at each node.

    Returns:
        Number of nodes, 0 where they would be too many.

    """
    plain = least >= PLAIN_FROM
    step = STEP / sqrt(1.0 / (width * width) + most)
    count = 0
    for way in (1, -1):
        i = 0 if way == 1 else -1
        fallen = 0.0
        while fallen <= FALLEN:
            if count == MOST_NODES:
                return 0
            x = i * step
            fold = 0.0 if plain else exp(-x - SHIFT)
            t = x if plain else x + exp(-SHIFT) - fold
            rest = exp_rest(t)
            fallen = least * rest
            lengths[count] = exp(t)
            rests[count] = rest
            weights[count] = step * (1.0 + fold)
            count += 1
            i += way
    return count


def gamma_front(alpha: float) -> float:
    """Return ln of the front of the density of t = ln L, of which exp(-alpha (e^t - 1 - t)) is the rest."""
    return 0.5 * log(alpha / (2.0 * pi)) - stirling_rest(alpha)


def gamma_peak(m: float, u: float, alpha: float, need: int, total: int, fall: float) -> float:
    """Return about where in t = ln L the density times the share has its peak; `fall` is ln(n/k), where T falls.

    The share is taken for its bound of large deviations (H. Chernoff, 1952), whose slope is plain.
    """
    steep = u + need * m
    spare = total - need
    before = alpha / (alpha + u)  # where T has not begun to fall
    at = before
    if before * m > fall:
        y = m * ((alpha + spare) / (alpha + steep))
        for _ in range(PEAK_STEPS):
            near = 1.0 + y * (0.5 + y * (1.0 / 6.0 + y / 24.0))  # (e^y - 1)/y
            bend = spare * (0.5 + y * (1.0 / 3.0 + y / 8.0)) / (near * near)
            pull = (alpha + steep) / m
            y = max(y + (alpha + spare / near - y * pull) / (bend + pull), 0.0)
        at = max(fall / m, min(before, y / m))
    return max(log(at), -log1p(steep / alpha))


def sum_terms(terms: Sequence[float], bad: Sequence[float], sums: MutableSequence[float], count: int) -> None:
    """Fill in the sum of terms[i] bad^i for the first `count` shares of bad parts."""
    last = len(terms) - 1
    for i in range(count):
        sums[i] = terms[last]
    for j in range(last - 1, -1, -1):
        term = terms[j]
        for i in range(count):
            sums[i] = sums[i] * bad[i] + term


def add_up(values: Sequence[float], count: int) -> float:
    """Return the sum of the first `count` values; compiled, in any order."""
    found = 0.0
    for i in range(count):
        found += values[i]
    return found


def gamma_share(
    m: float,
    u: float,
    alpha: float,
    need: int,
    total: int,
    fall: float,
    terms: Sequence[float],
    count: int,
    lengths: Sequence[float],
    rests: Sequence[float],
    weights: Sequence[float],
    bad: MutableSequence[float],
    sums: MutableSequence[float],
) -> float:
    """Return `harvest` for a gamma distribution by a rule of its shape; m > 0, all finite.

    `bad` and `sums` are room for nodes, of which there are `count`.
    """
    centre = gamma_peak(m, u, alpha, need, total, fall)
    scale = exp(centre)
    core = m * scale
    steep = max(alpha * expm1(centre) + (u + need * m) * scale, 0.0)
    for i in range(count):
        bad[i] = 1.0 - decay(core * lengths[i])
    sum_terms(terms, bad, sums, count)
    for i in range(count):
        sums[i] = weights[i] * sums[i] * decay(alpha * rests[i] + steep * lengths[i])
    return min(exp(alpha * centre + gamma_front(alpha)) * add_up(sums, count), 1.0)


def point_share(m: float, u: float, need: int, terms: Sequence[float]) -> float:
    """Return `harvest` without clustering."""
    bad = 1.0 - decay(m)
    found = terms[len(terms) - 1]
    for j in range(len(terms) - 2, -1, -1):
        found = found * bad + terms[j]
    return min(decay(u + need * m) * found, 1.0)


def exponential_share(m: float, u: float, need: int, total: int) -> float:
    """Return `harvest` for an exponential distribution, by a recurrence over the number of bad parts."""
    one = 1.0 if u + total * m < inf else FAR_UNIT
    u, m = one * u, one * m
    term = one / (one + u + total * m)
    found = term
    for j in range(1, total - need + 1):
        term *= m * (total - j + 1) / (one + u + m * (total - j))
        found += term
    return min(found, 1.0)


def bounded_share(
    m: float,
    u: float,
    need: int,
    triangle: bool,
    ends: tuple[float, float],
    terms: Sequence[float],
    sure: tuple[Sequence[float], Sequence[float]],
    falling: tuple[Sequence[float], Sequence[float]],
    bad: MutableSequence[float],
    sums: MutableSequence[float],
) -> float:
    """Return `harvest` for a triangle or uniform distribution on 0..2, m > 0, all finite.

    Args:
        m: mean faults of a part.
        u: mean faults of the rest.
        need: parts that must be good.
        triangle: whether it is a triangle.
        ends: of the fall of T, from `ends_of`.
        terms: of T, from `terms_of`.
        sure: nodes and weights of `legendre(SURE_PANEL)`.
        falling: the same of `panel_of(need)`.
        bad: room for nodes.
        sums: room for nodes.

    """
    reach = min(2.0, ends[1] / m)
    reach = min(reach, FALLEN / u) if u > 0.0 else reach
    settled = min(reach, ends[0] / m)
    tip = 1.0 if triangle else 2.0
    found = low = high = 0.0
    for panel in range(3):  # cut where T begins to fall, and at the triangle's tip
        low = high
        cut = min(settled, tip) if panel == 0 else (max(settled, tip) if panel == 1 else reach)
        high = min(cut, reach)
        length = high - low
        if length <= 0.0:
            continue
        rising = triangle and high <= 1.0
        if high <= settled:
            nodes, weights = sure
            count = len(nodes)
            for i in range(count):
                at = low + length * nodes[i]
                density = (at if rising else 2.0 - at) if triangle else 0.5
                sums[i] = weights[i] * density * decay(u * at)
        else:
            nodes, weights = falling
            count = len(nodes)
            for i in range(count):
                bad[i] = 1.0 - decay(m * (low + length * nodes[i]))
            sum_terms(terms, bad, sums, count)
            for i in range(count):
                at = low + length * nodes[i]
                density = (at if rising else 2.0 - at) if triangle else 0.5
                sums[i] = weights[i] * density * sums[i] * decay((u + need * m) * at)
        found += length * add_up(sums, count)
    return min(found, 1.0)
