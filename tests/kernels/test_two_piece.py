"""The two-piece triangular law: its median is the figure, its quantile undoes its distribution function."""

from math import isnan, nan, nextafter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nodecalc_kernels.numbers.distributions import two_piece_cdf, two_piece_quantile, two_piece_quantiles

points = st.lists(st.floats(min_value=1e-3, max_value=1e3), min_size=3, max_size=3).map(sorted)
shares = st.floats(min_value=0.0, max_value=1.0)


@given(points, st.booleans())
def test_the_figure_is_the_median_and_the_ends_are_the_ends(corners, log):
    low, value, high = corners
    assert two_piece_quantile(0.0, *corners, log) == low
    assert two_piece_quantile(0.5, *corners, log) == value
    assert two_piece_quantile(1.0, *corners, log) == high


@given(shares, points, st.booleans())
def test_the_quantile_undoes_the_distribution_function(u, corners, log):
    low, value, high = corners
    assume(value - low > 1e-3 * value and high - value > 1e-3 * high)
    x = two_piece_quantile(u, *corners, log)
    assert low <= x <= high
    assert two_piece_cdf(x, *corners, log) == pytest.approx(u, abs=1e-9)


@given(shares, shares, points, st.booleans())
def test_both_rise(u, v, corners, log):
    u, v = sorted((u, v))
    x, y = two_piece_quantile(u, *corners, log), two_piece_quantile(v, *corners, log)
    assert x <= y * (1.0 + 1e-15)
    assert two_piece_cdf(min(x, y), *corners, log) <= two_piece_cdf(max(x, y), *corners, log)


def test_half_of_the_mass_rises_linearly_on_each_side():
    assert two_piece_quantile(0.125, 1.0, 3.0, 4.0, log=False) == 2.0
    assert two_piece_quantile(0.875, 1.0, 3.0, 4.0, log=False) == 3.5
    assert two_piece_quantile(0.125, 1.0, 4.0, 9.0, log=True) == pytest.approx(2.0)
    assert two_piece_quantile(0.875, 1.0, 4.0, 9.0, log=True) == pytest.approx(6.0)


def test_an_end_that_is_the_value_is_half_of_the_mass():
    assert two_piece_quantile(0.3, 2.0, 2.0, 3.0, log=True) == 2.0
    assert two_piece_cdf(2.0, 2.0, 2.0, 3.0, log=True) == 0.5
    assert two_piece_cdf(2.0, 1.0, 2.0, 2.0, log=False) == 1.0
    assert two_piece_quantile(0.7, 1.0, 2.0, 2.0, log=False) == 2.0
    assert two_piece_quantile(0.7, 2.0, 2.0, 2.0, log=True) == 2.0
    assert two_piece_cdf(2.0, 2.0, 2.0, 2.0, log=True) == 1.0
    assert two_piece_cdf(1.999, 2.0, 2.0, 2.0, log=True) == 0.0


def test_outside_the_domain_there_is_no_number():
    for bad in ((1.5, 1.0, 2.0, 3.0), (nan, 1.0, 2.0, 3.0), (0.5, 2.0, 1.0, 3.0), (0.5, 1.0, nan, 3.0)):
        assert isnan(two_piece_quantile(*bad, log=False))
    assert isnan(two_piece_quantile(0.5, 0.0, 1.0, 2.0, log=True))
    assert isnan(two_piece_cdf(1.0, 0.0, 1.0, 2.0, log=True))
    assert isnan(two_piece_cdf(nan, 0.5, 1.0, 2.0, log=True))


@pytest.mark.parametrize("log", [True, False])
def test_shares_and_corners_outside_their_domain_have_no_quantile(log):
    for u in (-5e-324, nextafter(1.0, 2.0), nan):
        assert isnan(two_piece_quantile(u, 1.0, 2.0, 3.0, log))
    for corners in ((2.0, 1.0, 3.0), (1.0, 3.0, 2.0), (nan, 2.0, 3.0), (1.0, 2.0, nan)):
        assert isnan(two_piece_quantile(0.4, *corners, log))
        assert isnan(two_piece_cdf(2.0, *corners, log))
        assert all(map(isnan, two_piece_quantiles((0.2, 0.4), *corners, log)))
    for low in (0.0, -1.0):
        found = two_piece_quantile(0.4, low, 2.0, 3.0, log), two_piece_cdf(1.0, low, 2.0, 3.0, log)
        assert [isnan(x) for x in found] == [log, log]
        assert [isnan(x) for x in two_piece_quantiles((0.2, 0.4), low, 2.0, 3.0, log)] == [log, log]
    assert isnan(two_piece_cdf(nan, 1.0, 2.0, 3.0, log))
