"""Student's t distribution with whole degrees of freedom: its quantile."""

from __future__ import annotations

from math import cos, log1p, pi, sin, sqrt
from statistics import NormalDist
from typing import Final

from .roots import find_root

SERIES_FROM: Final = 200
"""Degrees of freedom from which a series about the normal distribution is good to 1e-8 of itself."""


def student_quantile(share: float, freedom: int) -> float:
    """Return the value below which a share of Student's distribution lies.

    Args:
        share: in [0.5, 1).
        freedom: degrees of freedom, 1 or more.

    M. Abramowitz and I. Stegun, Handbook of Mathematical Functions, 1964, 26.7.3, 26.7.4 and 26.7.5.

    >>> round(student_quantile(0.95, 11), 6), round(student_quantile(0.95, 1), 6)
    (1.795885, 6.313752)

    """
    z = NormalDist().inv_cdf(share)
    if freedom >= SERIES_FROM:
        s, n = z * z, float(freedom)
        return z * (
            1.0
            + (s + 1.0) / (4.0 * n)
            + ((5.0 * s + 16.0) * s + 3.0) / (96.0 * n**2)
            + (((3.0 * s + 19.0) * s + 17.0) * s - 15.0) / (384.0 * n**3)
            + ((((79.0 * s + 776.0) * s + 1482.0) * s - 1920.0) * s - 945.0) / (92160.0 * n**4)
        )
    # The angle atan(t / sqrt(freedom)) of a finite range stands for a t of an infinite one.
    angle = find_root(lambda a: _within(a, freedom) - (2.0 * share - 1.0), 0.0, 0.5 * pi, tolerance=1e-15).root
    return sqrt(freedom) * sin(angle) / cos(angle)


def _within(angle: float, freedom: int) -> float:
    """Return the share of the distribution that lies within -t to t, t = sqrt(freedom) tan(angle)."""
    s, c = sin(angle), cos(angle)
    term = total = 1.0 if freedom % 2 == 0 else c
    for k in range(2 if freedom % 2 == 0 else 3, freedom, 2):
        term *= c * c * (k - 1.0) / k
        total += term
    if freedom % 2 == 0:
        return s * total
    return 2.0 / pi * (angle + (s * total if freedom > 1 else 0.0))


def wafers_drop(share: float, groups: int, means: int) -> float:
    """Return how far ln L may fall within an interval where whole groups differ by more than chance.

    The fall that gives Student's interval of a mean exactly where groups are normal, their variance one of the
    parameters: n/2 ln(1 + t^2/(n - p)), t of n - p degrees of freedom. With many groups it is half the quantile of
    chi-square.

    Args:
        share: confidence of the interval, in (0, 1).
        groups: how many there are, n.
        means: parameters of the mean, p, fewer than there are groups.

    >>> round(wafers_drop(0.9, 12, 1), 4), round(wafers_drop(0.9, 10_000, 1), 4)
    (1.5427, 1.353)

    """
    freedom = groups - means
    return 0.5 * groups * log1p(student_quantile(0.5 + 0.5 * share, freedom) ** 2 / freedom)
