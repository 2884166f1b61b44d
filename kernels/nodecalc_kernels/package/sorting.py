"""Test: what it costs, how many bad dies pass it, and what quality goes into an assembly.

Two coverages, never one for the other. Fault coverage T is the share of faults that a test detects: a die passes where
no detected fault is on it. Die coverage c is the share of bad dies that a test rejects.
"""

from __future__ import annotations

from math import inf, nan
from typing import Final

from nodecalc_kernels.numbers.vecmath import expm1, least

SECONDS_PER_HOUR: Final = 3600.0


def detected_faults(mean_faults: float, fault_coverage: float) -> float:
    """Return the mean faults of a die that its test detects, T x; both >= 0, T at most 1."""
    inside = mean_faults >= 0.0 and 0.0 <= fault_coverage <= 1.0
    return mean_faults * fault_coverage if inside else nan


def escapes(log_good: float, log_passing: float) -> float:
    r"""Return the share of the dies that pass a test that is bad.

    .. math:: DL = 1 - \frac{Y(x)}{Y(T x)} = -\operatorname{expm1}(\ln Y(x) - \ln Y(T x))

    Args:
        log_good: ln Y(x), logarithm of the share of dies without faults, <= 0.
        log_passing: ln Y(T x), of those without faults that the test detects, at least `log_good`.

    Under Poisson it is 1 - Y^(1 - T), Williams and Brown; where faults cluster it is less, as one die holds several.

    Reference:
        V. D. Agrawal, S. C. Seth, P. Agrawal, IEEE J. Solid-State Circuits 17:57, 1982; T. W. Williams, N. C. Brown,
        IEEE Trans. Comput. 30:987, 1981.

    >>> round(escapes(-0.5, -0.475), 6)
    0.02469

    """
    inside = log_good <= log_passing <= 0.0
    return -expm1(log_good - log_passing) if inside else nan


def passing_share(good_yield: float, die_coverage: float) -> float:
    """Return the share of dies that pass a test which rejects a share c of the bad ones, Y + (1 - Y)(1 - c).

    Args:
        good_yield: Y, share of dies that are good, 0..1.
        die_coverage: c, share of bad dies that are rejected, 0..1. It is no fault coverage.

    >>> round(passing_share(0.6, 0.95), 4)
    0.62

    """
    inside = 0.0 <= good_yield <= 1.0 and 0.0 <= die_coverage <= 1.0
    # No less than Y to the last bit, also where every bad die is rejected.
    return good_yield + (1.0 - good_yield) * (1.0 - die_coverage) if inside else nan


def good_of_passing(good_yield: float, passing: float) -> float:
    """Return the quality of what passes, Y / passing; 1 where nothing passes."""
    inside = 0.0 <= good_yield <= passing <= 1.0
    return (good_yield / passing if passing > 0.0 else 1.0) if inside else nan


def kept_quality(defect_level: float) -> float:
    """Return the share of good ones among what passes, 1 - DL."""
    return 1.0 - defect_level if 0.0 <= defect_level <= 1.0 else nan


def passing_of_quality(good_yield: float, quality: float) -> float:
    """Return the share of dies that pass where a share of those is good, Y / q, at most 1."""
    inside = 0.0 <= good_yield <= 1.0 and 0.0 < quality <= 1.0
    passing = good_yield / quality if inside else nan
    return least(passing, 1.0) if inside else nan


def tester_cost(test_seconds: float, tester_usd_per_hour: float, test_sites: float) -> float:
    """Return what one test costs, t r / (3600 s): seconds on a tester at a rate, `test_sites` parts at a time, USD.

    >>> round(tester_cost(30.0, 200.0, 1.0), 2)  # wafer sort of a 5 nm die in Google's published example
    1.67

    """
    inside = least(test_seconds, tester_usd_per_hour) >= 0.0 and test_sites > 0.0
    return test_seconds * tester_usd_per_hour / (SECONDS_PER_HOUR * test_sites) if inside else nan


def tested_cost(die_cost_usd: float, test_usd: float, passing: float) -> float:
    """Return what a die that passes costs with its share of all tests, (C + t) / passing, USD; inf where none passes.

    Args:
        die_cost_usd: C, a die untested, its share of the wafer, >= 0.
        test_usd: t, one test, of good and bad dies alike, >= 0.
        passing: share of dies that pass, 0..1.

    """
    inside = least(die_cost_usd, test_usd) >= 0.0 and 0.0 <= passing <= 1.0
    return ((die_cost_usd + test_usd) / passing if passing > 0.0 else inf) if inside else nan
