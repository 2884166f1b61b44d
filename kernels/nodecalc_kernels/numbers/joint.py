r"""Quantiles of the product of two independent positive numbers, of which one is known in parts and one by its law.

With r_i the first number in the middle of part i of its probability, w_i that part's weight, and F the distribution
function of the second over its logarithm,

.. math:: G(\ln z) = \sum_i w_i F(\ln z - \ln r_i),

and the quantile of a share is the root of G = share. F is a quadratic between breakpoints, so that G and its slope are
one walk over the parts, and Newton's method takes some four steps. The text here runs plain and compiled.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from math import inf
from typing import Any, Final, NamedTuple

from .vecmath import sqrt

SHARES: Final = (0.1, 0.5, 0.9)

PARTS: Final = 96
"""Parts in which the first number enters."""
ENDS: Final = 4
"""Pieces of the first and the last part."""

FAR: Final = 1e6
"""Beyond the ln of every double."""
BEYOND: Final = 1e5
"""The ln that stands for an infinite number."""

SETTLED: Final = 1e-9
"""Of ln z: a step of Newton's that is no longer leaves an error of about its square."""
SAME: Final = 1e-13
"""Of a share: where G stands still at a share, that is its quantile at which it begins to."""
MOST_STEPS: Final = 200

_LOW, _MIDDLE, _HIGH = 12, 51, 89
"""Parts in which the first number's own P10, P50 and P90 lie, about."""


class Pieces(NamedTuple):
    """A distribution function over ln x, pieces of it: F = first + second t + third t^2 with t = ln x - begin."""

    begins: Sequence[float]
    """Rising; the first lies below all numbers, where F is 0, and after the last F is 1."""
    first: Sequence[float]
    second: Sequence[float]
    third: Sequence[float]

    def over(self, ln: float) -> Pieces:
        """Return the law of the same number over e^ln."""
        return self._replace(begins=(self.begins[0], *(x - ln for x in self.begins[1:])))


def pieces_of(rows: Iterable[tuple[float, float, float, float]], end: float) -> Pieces:
    """Return the pieces (begin, first, second, third) of a law, and what lies below and, from `end` on, above them.

    >>> pieces_of([(0.0, 0.0, 0.5, 0.0)], 2.0).begins
    (-1000000.0, 0.0, 2.0)

    """
    begins, first, second, third = zip((-FAR, 0.0, 0.0, 0.0), *rows, (end, 1.0, 0.0, 0.0), strict=True)
    return Pieces(begins, first, second, third)


@lru_cache(maxsize=64)
def parts(gaps: tuple[float, ...] = ()) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the share in the middle of each part, rising, and how much of the probability it holds.

    The parts are equal, the outermost cut up, where a yield falls fastest, and those with a gap in them are cut there:
    the numbers on both sides of it are far apart.

    Args:
        gaps: shares at which the first number's quantile jumps.

    """
    inner = [i / PARTS for i in range(1, PARTS)]
    fine = [i / (ENDS * PARTS) for i in range(1, ENDS)]
    edges = sorted({0.0, *fine, *inner, *(1.0 - x for x in fine), 1.0, *gaps})
    return tuple(0.5 * (a + b) for a, b in pairwise(edges)), tuple(b - a for a, b in pairwise(edges))


def share_and_slope(at: float, logs: Any, weights: Any, law: Any) -> tuple[float, float]:
    """Return G and its slope at `at`.

    Args:
        at: ln z.
        logs: ln of the first number in each part; the walk is short where they rise.
        weights: the weight of each part.
        law: begins, first, second, third of the second number's `Pieces`.

    """
    begins, first, second, third = law
    share = slope = 0.0
    last = len(begins) - 1
    k = last
    for i in range(len(logs)):
        ln = at - logs[i]
        while k > 0 and ln < begins[k]:
            k -= 1
        while k < last and ln >= begins[k + 1]:
            k += 1
        t = ln - begins[k]
        weight, linear, square = weights[i], second[k], third[k]
        share += weight * (first[k] + t * (linear + t * square))
        slope += weight * (linear + 2.0 * t * square)
    return share, slope


def joint_root(share: float, guess: float, ends: Any, logs: Any, weights: Any, law: Any) -> float:
    """Return where G is `share`, from a guess and two ends that it lies between."""
    target = share - SAME
    low, high = ends
    at = guess if low < guess < high else 0.5 * (low + high)
    before = high - low
    for _ in range(MOST_STEPS):
        below, slope = share_and_slope(at, logs, weights, law)
        off = below - target
        if off >= 0.0:
            high = at
        else:
            low = at
        step = -off / slope if slope > 0.0 else BEYOND
        if abs(step) > SETTLED and (not low < at + step < high or abs(step) > 0.5 * before):
            # Newton leaves the ends, or comes no nearer: a jump or a gap lies between.
            step = 0.5 * (low + high) - at
        before = abs(step)
        at += step
        if before <= SETTLED:
            break
    return at


def joint_logs(logs: Any, weights: Any, law: Any, own: Any) -> tuple[float, float, float]:
    """Return ln P10, P50 and P90 of the product.

    Args:
        logs: ln of the first number in the middle of each part of `parts`, rising.
        weights: of the parts.
        law: begins, first, second, third of the second number's `Pieces`.
        own: ln P10, P50 and P90 of the second number, for the guess.

    """
    low, high = logs[0] + law[0][1] - 1e-6, logs[len(logs) - 1] + law[0][len(law[0]) - 1] + 1e-6
    middle = logs[_MIDDLE]
    under, over = middle - logs[_LOW], logs[_HIGH] - middle
    fall, rise = own[1] - own[0], own[2] - own[1]
    p50 = joint_root(0.5, middle + own[1], (low, high), logs, weights, law)
    p10 = joint_root(0.1, p50 - sqrt(under * under + fall * fall), (low, p50 + 1e-6), logs, weights, law)
    p90 = joint_root(0.9, p50 + sqrt(over * over + rise * rise), (p50 - 1e-6, high), logs, weights, law)
    return p10, p50, p90


def finite_log(x: float, ln: float) -> float:
    """Return `ln`, the logarithm of x, or what stands for it where x is infinite."""
    return ln if x < inf else BEYOND
