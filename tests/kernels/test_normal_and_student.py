"""Quantiles of the normal distribution and of Student's t against mpmath, in every part of their formulas."""

from math import isnan, log1p, nan

import mpmath
import pytest
from mpmath import mpf

from nodecalc_kernels.numbers.draws import NEAR, normal_quantile
from nodecalc_kernels.numbers.student import SERIES_FROM, student_quantile, wafers_drop

TAILS = [10.0**-k for k in (1, 2, 3, 4, 6, 8, 10, 10.8, 10.9, 11, 12, 15, 20, 60, 150, 300)] + [5e-324]
MIDDLE = [0.5 - NEAR - 1e-9, 0.5 - NEAR, 0.08, 0.15, 0.25, 0.4, 0.499, 0.4999999]


def exact_normal(share):
    """Return the quantile of a share below a half by Newton's method on the logarithm of the distribution function."""
    with mpmath.workdps(40):
        x = -mpmath.sqrt(-2 * mpmath.log(mpf(share)))
        for _ in range(200):
            below = mpmath.erfc(-x / mpmath.sqrt(2)) / 2
            step = mpmath.log(below / mpf(share)) * below / mpmath.npdf(x)
            x -= step
            if abs(step) < mpf(10) ** -35:
                return float(x)
    raise AssertionError(share)


@pytest.mark.parametrize("share", TAILS + MIDDLE)
def test_the_normal_quantile_is_exact_to_its_last_digits(share):
    want = exact_normal(share)
    assert normal_quantile(share) == pytest.approx(want, rel=1.5e-15, abs=0.0)
    above = 1.0 - share
    if 1.0 - above == share:
        assert normal_quantile(above) == -normal_quantile(share)


def test_the_normal_quantile_has_a_middle_and_no_ends():
    assert normal_quantile(0.5) == 0.0
    for outside in (0.0, 1.0, -0.1, 1.1, nan):
        assert isnan(normal_quantile(outside))


def exact_student(share, freedom):
    """Return the quantile of a share above a half by bisection of the incomplete beta function."""
    with mpmath.workdps(30):

        def beyond(t):
            return mpmath.betainc(mpf(freedom) / 2, 0.5, 0, freedom / (freedom + t * t), regularized=True) / 2

        low, high = mpf(0), mpf(10) ** 4
        for _ in range(90):
            middle = (low + high) / 2
            low, high = (middle, high) if beyond(middle) > 1 - mpf(share) else (low, middle)
        return float(low)


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 7, 30, 101, SERIES_FROM - 1, SERIES_FROM, 300])
@pytest.mark.parametrize("share", [0.6, 0.95, 0.9995])
def test_students_quantile_is_that_of_the_beta_function(share, freedom):
    rel = 1e-12 if freedom < SERIES_FROM else 1e-10
    assert student_quantile(share, freedom) == pytest.approx(exact_student(share, freedom), rel=rel, abs=0.0)


@pytest.mark.parametrize(("groups", "means"), [(2, 1), (12, 1), (12, 2), (500, 2)])
def test_the_fall_of_few_groups_is_students(groups, means):
    t = exact_student(0.95, groups - means)
    assert wafers_drop(0.9, groups, means) == pytest.approx(groups / 2 * log1p(t * t / (groups - means)), rel=1e-9)
