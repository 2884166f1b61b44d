"""How likely it is that enough of many equal parts are good, each with the same mean faults, without cancellation."""

from __future__ import annotations

from functools import lru_cache
from math import exp, expm1, inf, lgamma, log, log1p, pi
from typing import Final, NamedTuple

STIRLING_FROM: Final = 16.0
"""From here on Stirling's series is good to the last bit of a logarithm; below it the gamma function itself is."""

NO_DOUBLE: Final = 700.0
"""Above it exp(-y) is next to the smallest double, and logarithms stand for it."""

SMALL_TERM: Final = 1e-17
"""A term of a falling sum that adds nothing any more."""

HALF_LOG_2PI: Final = 0.9189385332046727


class Tail(NamedTuple):
    """What the tail of one (need, total) has of its own, at any faults."""

    need: int
    total: int
    front: float
    """ln of C(n, k) (k/n)^k ((n-k)/n)^(n-k), the probability of k at its most likely share."""
    up: tuple[float, ...]
    """C(n, j+1)/C(n, j) for j = k, k+1 ... n-1."""
    down: tuple[float, ...]
    """C(n, j-1)/C(n, j) for j = k, k-1 ... 1."""


def stirling_rest(x: float) -> float:
    """Return ln gamma(x + 1) - (x + 1/2) ln x + x - ln(2 pi)/2, what Stirling's formula leaves; x > 0.

    >>> round(stirling_rest(1.0), 6)
    0.081061

    """
    if x < STIRLING_FROM:
        return lgamma(x + 1.0) - (x + 0.5) * log(x) + x - HALF_LOG_2PI
    r = 1.0 / x
    s = r * r
    return r * (1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s * (1 / 1188 - s * (691 / 360360))))))


@lru_cache(maxsize=4096)
def front_of(need: int, total: int) -> float:
    """Return ln of C(n, k) (k/n)^k ((n-k)/n)^(n-k), the probability of k at its most likely share; 0 < k < n."""
    lost = total - need
    rest = stirling_rest(total) - stirling_rest(need) - stirling_rest(lost)
    return rest + 0.5 * log(total / (2.0 * pi * need * lost))


def log_exactly(need: int, total: int, faults: float) -> float:
    """Return ln of the probability that exactly `need` of `total` parts are good; `faults` > 0 are those of one part.

    >>> round(exp(log_exactly(1, 2, log(2.0))), 12)
    0.5

    """
    if need == total:
        return -total * faults
    if need == 0:
        return total * log(-expm1(-faults))
    return _log_point(front_of(need, total), need, total, faults)


def _log_point(front: float, need: int, total: int, faults: float) -> float:
    """Return `log_exactly` from its front and from the distances of k and n - k from their means (C. Loader, 2000)."""
    bad, lost = total * -expm1(-faults), total - need
    off = (bad - lost) / lost
    found = front - lost * (off - (log1p(off) if off > -0.5 else log(bad / lost)))
    if faults > NO_DOUBLE:
        return found - need * (log(need / total) + faults - 1.0)
    off = (total * exp(-faults) - need) / need
    return found - need * (off - (log1p(off) if off > -0.5 else log(total / need) - faults))


def log_between(least: int, most: int, total: int, faults: float) -> float:
    """Return ln of the probability that at least `least` and at most `most` of `total` parts are good.

    The terms are summed outwards from the most likely one, all of them positive. `faults` > 0 are those of one part.
    """
    good_share, bad_share = exp(-faults), -expm1(-faults)
    if faults == 0.0:
        return 0.0 if most == total else -inf
    if faults == inf:
        return 0.0 if least == 0 else -inf
    likely = min(max(round(total * good_share), least), most)
    sum_ = term = 1.0
    for j in range(likely, most):
        term *= (total - j) / (j + 1) * (good_share / bad_share)
        sum_ += term
        if term < SMALL_TERM * sum_:
            break
    term = 1.0
    for j in range(likely, least, -1):
        term *= j / (total - j + 1) * (bad_share / good_share)
        sum_ += term
        if term < SMALL_TERM * sum_:
            break
    return log_exactly(likely, total, faults) + log(sum_)


@lru_cache(maxsize=64)
def tail_of(need: int, total: int) -> Tail:
    """Return what `log_tail` needs for at least `need` of `total`, 0 < need < total."""
    front = front_of(need, total)
    up = tuple((total - j) / (j + 1) for j in range(need, total))
    down = tuple(j / (total - j + 1) for j in range(need, 0, -1))
    return Tail(need, total, front, up, down)


def log_tail(tail: Tail, faults: float) -> tuple[float, float]:
    r"""Return ln T and -d ln T / d ln y, where T is the probability that at least k of n parts are good.

    .. math:: T = \sum_{j=k}^{n} \binom{n}{j} e^{-jy} (1 - e^{-y})^{n-j}, \qquad
        -\frac{dT}{dy} = k \binom{n}{k} e^{-ky} (1 - e^{-y})^{n-k}

    The smaller side of the distribution is summed outwards from k, so that every term is positive and the next one
    smaller; its first term comes from the distances of k and n - k from their means (C. Loader, 2000), which keep
    their accuracy where binomial coefficients overflow.

    Args:
        tail: of (k, n), from `tail_of`.
        faults: y, mean faults of one part, dimensionless, >= 0.

    Returns:
        The logarithm of T, also where T itself is too small for a double, and its slope, >= 0. Relative to T good to
        some 1e-14 up to n = 1000 and to 1e-12 up to n = 10^6.

    """
    need, total, front, up, down = tail
    bad_share = -expm1(-faults)
    if bad_share <= 0.0:
        return 0.0, 0.0
    log_first = _log_point(front, need, total, faults)
    if faults > NO_DOUBLE:
        return log_first, need * faults
    good_share = exp(-faults)
    good = total * good_share
    term = 1.0
    if need > good:
        ratio = good_share / bad_share
        sum_ = 1.0
        for factor in up:
            term *= factor * ratio
            sum_ += term
            if term < SMALL_TERM * sum_:
                break
        return log_first + log(sum_), need * faults / sum_
    ratio = bad_share / good_share
    sum_ = 0.0
    for factor in down:
        term *= factor * ratio
        sum_ += term
        if term < SMALL_TERM * sum_:
            break
    first = exp(log_first) if log_first > -NO_DOUBLE else 0.0
    missing = first * sum_
    return log1p(-missing), need * faults * first / (1.0 - missing)
