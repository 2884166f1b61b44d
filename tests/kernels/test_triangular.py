"""The triangular distribution against scipy's."""

from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from nodecalc_kernels.numbers.distributions import triangular_quantile, triangular_shortfall

ends = st.floats(min_value=-1e6, max_value=1e6)
points = st.lists(ends, min_size=3, max_size=3).map(sorted)


def reference(low, mode, high):
    return stats.triang((mode - low) / (high - low), low, high - low)


def is_wide(low, high):
    return high - low > 1e-6 * max(1.0, abs(low), abs(high))


@given(st.floats(min_value=0, max_value=1), points)
def test_the_quantile_is_scipys(u, corners):
    low, mode, high = corners
    value = triangular_quantile(u, low, mode, high)
    assert low <= value <= high
    if is_wide(low, high):
        expected = reference(low, mode, high).ppf(u)
        assert value == pytest.approx(expected, rel=1e-9, abs=1e-7 * (high - low) + 1e-12)


def test_the_quantile_at_its_ends_and_peak():
    assert triangular_quantile(0.0, 1.0, 2.0, 4.0) == 1.0
    assert triangular_quantile(1.0, 1.0, 2.0, 4.0) == 4.0
    assert triangular_quantile(1 / 3, 1.0, 2.0, 4.0) == pytest.approx(2.0)
    assert triangular_quantile(0.3, 5.0, 5.0, 5.0) == 5.0


@pytest.mark.parametrize(("low", "mode", "high"), [(1, 2, 4), (1, 1, 4), (1, 4, 4), (0.06, 0.105, 0.116)])
def test_the_shortfall_is_the_integral_of_scipys_distribution_function(low, mode, high):
    cdf = reference(low, mode, high).cdf
    for share in (-0.5, 0.0, 0.1, 0.4, 0.7, 1.0, 1.5):
        x = low + share * (high - low)
        expected = integrate.quad(cdf, low, x, points=[mode] if low < mode < x else None)[0] if x > low else 0.0
        assert triangular_shortfall(x, low, mode, high) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@given(ends, points)
def test_the_shortfall_is_never_negative_nor_more_than_to_the_lower_end(x, corners):
    low, mode, high = corners
    value = triangular_shortfall(x, low, mode, high)
    slack = 1e-9 * (abs(x) + abs(low) + abs(high))
    assert -slack <= value <= max(x - low, 0.0) + slack


def test_outside_the_domain_there_is_no_number():
    for bad in (
        (0.5, 2.0, 1.0, 3.0),
        (1.5, 0.0, 1.0, 2.0),
        (float("nan"), 0.0, 1.0, 2.0),
        (0.5, 0.0, float("nan"), 2.0),
    ):
        assert isnan(triangular_quantile(*bad))
    assert isnan(triangular_shortfall(1.0, 2.0, 1.0, 3.0))
