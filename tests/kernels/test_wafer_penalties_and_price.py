"""Penalties, defects of exposures, mask sets and the price chain: exact points, limits, nothing outside the domain."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

from nodecalc_kernels.wafer.penalties import (
    d0_of_exposures,
    good_die_penalty,
    mask_set_usd,
    multi_patterning_penalty,
    per_wafer_usd,
    ratio_less_one,
    share_left,
)
from nodecalc_kernels.wafer.price import implied_fab_factor, implied_margin, vintage_factor

SOLVED = (0.090, 0.105, 60.0, 24.0, 14.0)


def d0(d: float, arfi: float, euv: float, share: float) -> float:
    return d0_of_exposures(d, arfi, euv, share, *SOLVED)


def test_exposures_alone_carry_the_d0_of_n7_and_of_n5_where_they_carry_all():
    # What is left of N7's D0 without its 60 exposures, and of N5's without its 24 and 14, is nothing.
    assert d0(0.090, -60.0, 0.0, 1.0) == pytest.approx(0.0, abs=1e-15)
    assert d0(0.105, -24.0, -14.0, 1.0) == pytest.approx(0.0, abs=1e-15)


@pytest.mark.parametrize(("share", "d"), [(0.0, 0.105), (0.5, 0.10575), (1.0, 0.1065)])
def test_n5_without_euv_has_0_0015_more_a_share(share, d):
    assert d0(0.105, 71.0 - 24.0, -14.0, share) == pytest.approx(d, rel=1e-12)


@given(d=st.floats(0.0, 2.0), arfi=st.integers(-100, 100), euv=st.integers(-30, 30), share=st.floats(0.0, 1.0))
def test_what_exposures_do_not_carry_stays(d, arfi, euv, share):
    found = d0(d, float(arfi), float(euv), share)
    assert found >= (1.0 - share) * d
    assert d0(d, 0.0, 0.0, share) == d


@given(age=st.floats(0.0, 40.0), more=st.floats(0.0, 40.0), share=st.floats(0.0, 1.0))
def test_a_fab_grows_cheaper_with_age_and_never_below_what_is_not_capital(age, more, share):
    young, old = vintage_factor(age, share), vintage_factor(age + more, share)
    assert 1.0 - share <= old <= young * (1 + 1e-15)
    with mp.workdps(40):
        want = (1 - mpf(share)) + mpf(share) * mpf(1.2645) * mpf(0.7471) ** mpf(age)
        assert young == pytest.approx(float(want), rel=1e-14)


@pytest.mark.parametrize(("age", "v"), [(3.60, 0.693), (2.75, 0.762), (1.50, 0.899), (0.0, 1.145)])
def test_vintages_of_2020(age, v):
    assert vintage_factor(age, 0.55) == pytest.approx(v, abs=0.0005)


@given(price=st.floats(1.0, 1e6), cost=st.floats(1.0, 1e6), v=st.floats(0.1, 2.0), g=st.floats(-0.5, 0.9))
def test_the_factor_left_gives_the_price_back(price, cost, v, g):
    k = implied_fab_factor(price, cost, v, g)
    assert cost * v * k / (1.0 - g) == pytest.approx(price, rel=1e-12)
    assert implied_fab_factor(price, cost, v, implied_margin(price, cost, v)) == pytest.approx(1.0, rel=1e-6)


@pytest.mark.parametrize(("cost", "price", "k"), [(5188.0, 13550.0, 2.09), (5331.0, 24000.0, 3.60)])
def test_what_smics_prices_leave_at_a_fifth_of_margin(cost, price, k):
    assert implied_fab_factor(price, cost, 1.0, 0.20) == pytest.approx(k, abs=0.005)


def test_by_hand():
    assert mask_set_usd(1.0, 2.0, 3.0, 4.0, 5.0, 10.0, 20.0, 30.0, 40.0, 50.0) == 10 + 40 + 90 + 160 + 250
    assert per_wafer_usd(1e7, 5e4) == 200.0
    assert ratio_less_one(110.0, 100.0) == pytest.approx(0.1)
    assert multi_patterning_penalty(1000.0, 300.0, 100.0) == 0.25
    assert good_die_penalty(0.1, 0.8, 0.4) == pytest.approx(1.2)
    assert share_left(1.45, -0.13) == pytest.approx(1.45 / 0.87)


def test_outside_the_domain_there_is_no_number():
    for bad in (
        mask_set_usd(-1.0, *(1.0,) * 9),
        per_wafer_usd(1e7, 0.0),
        ratio_less_one(1.0, 0.0),
        multi_patterning_penalty(100.0, 300.0, 100.0),
        good_die_penalty(0.1, 0.8, 0.0),
        share_left(1.0, -1.0),
        d0(-0.1, 0.0, 0.0, 0.5),
        d0(0.1, 0.0, 0.0, 1.5),
        d0_of_exposures(0.1, 1.0, 1.0, 0.5, 0.09, 0.105, 0.0, 24.0, 14.0),
        vintage_factor(-0.1, 0.55),
        vintage_factor(1.0, 1.1),
        implied_fab_factor(0.0, 1.0, 1.0, 0.5),
        implied_margin(0.0, 1.0, 1.0),
        vintage_factor(math.nan, 0.55),
    ):
        assert math.isnan(bad)
