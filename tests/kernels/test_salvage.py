"""Bins, repair and the stages of salvage: what holds whatever the numbers."""

from itertools import pairwise
from math import comb, exp, factorial, fsum, inf, isnan, log, ulp

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodecalc_kernels.compiled.salvage import sold_array
from nodecalc_kernels.defects.binomial import log_between
from nodecalc_kernels.defects.bins import between, bins
from nodecalc_kernels.defects.harvest import MIXTURES, harvest, harvest_loss
from nodecalc_kernels.defects.repair import repair
from nodecalc_kernels.defects.salvage import Bin, Sold, groups_needed, groups_of, read_bins, write_bins
from nodecalc_kernels.registry import YIELD_MODELS

MODELS = st.sampled_from(list(MIXTURES))
ALPHAS = st.sampled_from([0.3, 1.0, 2.0, 50.0, inf])
FAULTS = st.floats(0.0, 30.0)


@given(MODELS, ALPHAS, st.integers(1, 300), FAULTS, FAULTS, st.data())
def test_bins_and_scrap_are_all_dies_and_each_is_a_difference_of_two_harvests(model, alpha, total, m, u, data):
    needs = sorted(data.draw(st.sets(st.integers(0, total), min_size=1, max_size=4)), reverse=True)
    core, rest = 0.6 * m / total, u
    found = bins(needs, total, core, rest, model, alpha)
    assert all(p >= 0.0 for p in found)
    assert abs(fsum(found) - 1.0) <= 4 * ulp(1.0)
    reached = [harvest(need, total, core, rest, model, alpha) for need in needs]
    for place, (p, whole) in enumerate(zip(found, reached, strict=False)):
        above = reached[place - 1] if place else 0.0
        assert p == pytest.approx(whole - above, rel=1e-9, abs=1e-12)


def exact_between(least, most, total, core, rest, model, alpha):
    """The sum over which of the parts above `least` are bad, by the yields of all sets of parts, with 300 digits."""
    yields = {
        "poisson": lambda x: mpmath.exp(-x),
        "murphy": lambda x: (-mpmath.expm1(-x) / x) ** 2,
        "rectangular": lambda x: -mpmath.expm1(-2 * x) / (2 * x),
        "exponential": lambda x: 1 / (1 + x),
        "negative-binomial": lambda x: (1 + x / mpmath.mpf(alpha)) ** -mpmath.mpf(alpha),
    }
    with mpmath.workdps(300):
        of = [yields[model](n * mpmath.mpf(core) + mpmath.mpf(rest)) for n in range(total + 1)]
        return float(
            mpmath.fsum(
                comb(total, good)
                * mpmath.fsum((-1) ** i * comb(total - good, i) * of[good + i] for i in range(total - good + 1))
                for good in range(least, most + 1)
            )
        )


@pytest.mark.parametrize("density", [0.2, 0.49, 0.51, 1.05, 1.37, 1.8])
def test_a_bin_of_many_units_is_a_narrow_stretch_of_densities(density):
    # Of all faults, each as likely, those with just j good are as many as 1/j.
    good, total = 500_000, 1_000_000
    core = log(total / good) / density
    assert between(good, good, total, core, 0.0, "rectangular") * 2.0 * core * good == pytest.approx(1.0, rel=1e-11)


def test_all_units_are_good_of_no_faults_and_none_of_faults_without_end():
    assert log_between(5, 8, 8, 0.0) == log_between(0, 7, 8, inf) == log_between(0, 8, 8, inf) == 0.0
    assert log_between(5, 7, 8, 0.0) == log_between(1, 7, 8, inf) == -inf


@pytest.mark.parametrize("model", list(MIXTURES))
def test_no_unit_is_good_of_faults_without_number(model):
    assert between(3, 7, 8, 1e308, 0.0, model) == 0.0
    assert between(0, 7, 8, 1e308, 0.5, model) == YIELD_MODELS[model].yield_(0.5, *([2.0] if "neg" in model else []))


@pytest.mark.parametrize("model", list(MIXTURES))
@pytest.mark.parametrize(
    ("least", "most", "total", "core", "rest", "alpha"),
    [
        (40, 44, 60, 30.0, 5.0, 2.0),  # where L is some thousandths
        (40, 44, 60, 30.0, 0.25, 0.3),
        (1, 3, 100, 50.0, 2.0, 20.0),
        (90, 99, 100, 1e-6, 1e-3, 2.0),
        (0, 2, 50, 0.01, 0.1, 5.0),  # far out in the tail of L
        (59, 59, 60, 20.0, 3.0, 7.0),
    ],
)
def test_a_bin_far_from_the_mean_is_the_exact_sum(least, most, total, core, rest, alpha, model):
    want = exact_between(least, most, total, core, rest, model, alpha)
    if want > 1e-200:
        assert between(least, most, total, core, rest, model, alpha) == pytest.approx(want, rel=1e-11, abs=0.0)


@pytest.mark.parametrize(
    ("model", "alpha", "of_60", "of_100"),
    [
        ("murphy", 2.0, 4.6902630942789394e-05, 0.0027946579829390165),
        ("rectangular", 2.0, 0.0018651188351581302, 0.015244743003895948),
        ("exponential", 2.0, 0.0036836465128499193, 0.027826956168570404),
        ("negative-binomial", 0.3, 0.019233839987616182, 0.03819405733273388),
        ("negative-binomial", 20.0, 3.415637948983004e-27, 7.471377717325378e-10),
    ],
)
def test_bins_of_many_faults_are_the_numbers_of_the_exact_sum(model, alpha, of_60, of_100):
    assert between(40, 44, 60, 30.0, 5.0, model, alpha) == pytest.approx(of_60, rel=1e-11, abs=0.0)
    assert between(1, 3, 100, 50.0, 2.0, model, alpha) == pytest.approx(of_100, rel=1e-11, abs=0.0)


def test_bins_outside_their_domain_are_nan():
    for needs, total in (((), 8), ((9,), 8), ((5, 5), 8), ((5, 6), 8), ((5, -1), 8)):
        assert all(isnan(p) for p in bins(needs, total, 0.1, 0.1, "murphy"))
    assert all(isnan(p) for p in bins((5,), 8, -0.1, 0.1, "murphy"))
    with pytest.raises(KeyError):
        bins((5, 4), 8, 0.1, 0.1, "moore")


@pytest.mark.parametrize("faults", [0.0, 1e-160, 0.5, 1.7e308, inf])
@pytest.mark.parametrize("alpha", [5e-324, 0.05, 1e300, inf])
def test_salvage_at_the_ends_of_its_ranges_is_a_share_or_nan(faults, alpha):
    for other in (5e-324, 1e308):
        found = [
            *bins((8, 6), 8, faults, other, "negative-binomial", alpha),
            harvest(6, 8, other, faults, "negative-binomial", alpha),
            harvest_loss(6, 8, faults, other, "negative-binomial", alpha),
            repair(faults, other, 3, "negative-binomial", alpha),
        ]
        if alpha < 2.0**-900:
            assert all(isnan(share) for share in found)
        else:
            assert all(0.0 <= share <= 1.0 for share in found), found


@pytest.mark.parametrize("alpha", [1e11, 1e13, 1e20, 1e300])
def test_bins_with_next_to_no_clustering_are_those_without(alpha):
    almost = bins((144, 132), 144, 0.004, 0.1, "negative-binomial", alpha)
    assert almost == pytest.approx(bins((144, 132), 144, 0.004, 0.1, "poisson"), rel=1e-9)


@given(FAULTS, FAULTS, st.integers(1, 40))
def test_repair_without_clustering_is_the_sum_by_hand(fixed, mended, spares):
    by_hand = exp(-fixed) * fsum(exp(-mended) * mended**j / factorial(j) for j in range(spares + 1))
    assert repair(fixed, mended, spares, "poisson") == pytest.approx(by_hand, rel=1e-11)


@given(MODELS, ALPHAS, FAULTS, FAULTS)
def test_repair_without_spares_is_the_plain_model_and_each_spare_helps(model, alpha, fixed, mended):
    row = YIELD_MODELS[model]
    own = (alpha,) if row.parameters else ()
    assert repair(fixed, mended, 0, model, alpha) == row.yield_(fixed + mended, *own)
    shares = [repair(fixed, mended, spares, model, alpha) for spares in (0, 1, 2, 5, 1000)]
    assert all(a <= b * (1 + 1e-11) for a, b in pairwise(shares))
    assert shares[-1] == pytest.approx(row.yield_(fixed, *own), rel=1e-9)


def test_repair_outside_its_domain_is_nan():
    for fixed, mended, spares in ((-1.0, 0.1, 1), (0.1, -1.0, 1), (0.1, 0.1, -1)):
        assert isnan(repair(fixed, mended, spares, "murphy"))
    assert repair(inf, 0.1, 1, "murphy") == 0.0
    with pytest.raises(KeyError):
        repair(0.1, 0.2, 1, "moore")


def test_groups_hold_what_is_lost_together():
    assert groups_of(144, 2, 0.6, 0.5) == (72, 0.5 * 0.6 / 72, 0.2)
    assert groups_of(145, 2, 0.6, 0.5) is None
    assert [groups_needed(n, 2) for n in (132, 131, 0)] == [66, 66, 0]
    assert groups_needed(-1, 2) == -1


@pytest.mark.parametrize("model", list(MIXTURES))
def test_arrays_are_the_plain_function_at_each_point(model):
    rng = np.random.default_rng(1)
    need, faults = rng.integers(0, 9, 300) * 2.0, rng.uniform(0, 3, 300)
    cores, alpha = rng.uniform(-0.1, 1.0, 300), rng.uniform(0.3, 5, 300)
    own = (alpha,) if YIELD_MODELS[model].parameters else ()
    sold = Sold(model)
    (found,) = sold_array(sold, (need, 16.0, 2.0, cores, faults, *own))
    want = [sold(n, 16.0, 2.0, c, x, *a) for n, c, x, *a in zip(need, cores, faults, *own, strict=True)]
    np.testing.assert_allclose(found, want, rtol=1e-11)
    earning = Sold(model, ((16.0, 50.0), (12.0, 20.0)))
    shares, earned = sold_array(earning, (16.0, 2.0, cores, faults, *own))
    rows = [earning(16.0, 2.0, c, x, *a) for c, x, *a in zip(cores, faults, *own, strict=True)]
    np.testing.assert_allclose(shares, [row[0] for row in rows], rtol=1e-11)
    np.testing.assert_allclose(earned, [row[1] for row in rows], rtol=1e-11)


def test_bins_are_one_text_and_back():
    rows = (Bin("full", 144, 40000.0), Bin("cut", 132, None))
    assert read_bins(write_bins(rows)) == rows
    assert read_bins("") == ()


def test_probabilities_of_bins_outside_their_domain_are_nan_one_a_bin_and_one_of_scrap():
    sold = Sold("murphy", ((16.0, 50.0), (12.0, 20.0)))
    for systematic in (0.0, 0.5, 1.0):
        found = sold.probabilities(16.0, 2.0, 0.5, 0.4, systematic)
        assert len(found) == 3
        assert fsum(found) == pytest.approx(1.0, rel=1e-15)
        assert found[0] == pytest.approx(systematic * sold.share(16.0, 16.0, 2.0, 0.5, 0.4), rel=1e-11, abs=0.0)
    for wrong in ((15.0, 2.0, 0.5, 0.4, 0.9), (16.0, 2.0, 1.5, 0.4, 0.9), (16.0, 2.0, 0.5, 0.4, -1e-9),
                  (16.0, 2.0, 0.5, 0.4, 1.1)):  # fmt: skip
        found = sold.probabilities(*wrong)
        assert len(found) == 3
        assert all(isnan(p) for p in found)


class TwoRings:
    """Half of the dies with `off` more defects than the mean, half with as many fewer."""

    inputs = ("off",)

    def spread(self, off):
        """Return both densities, each with the share of the dies that have it."""
        return ((1.0 + off, 0.5), (1.0 - off, 0.5))


def test_dies_that_are_not_alike_sell_as_the_mean_of_their_kinds():
    bins_ = ((16.0, 50.0), (12.0, 20.0))
    given = (16.0, 2.0, 0.5, 0.8)
    over, plain = Sold("negative-binomial", bins_, TwoRings()), Sold("negative-binomial", bins_)
    assert over.given == ("off", *plain.given)
    more, fewer = ((*given[:3], faults) for faults in (0.8 * 1.25, 0.8 * 0.75))
    for alpha in (0.7, 3.0):
        both = [plain.probabilities(*one, 0.9, alpha) for one in (more, fewer)]
        found = over.probabilities(0.25, *given, 0.9, alpha)
        assert found == pytest.approx([0.5 * (a + b) for a, b in zip(*both, strict=True)], rel=1e-12)
        assert fsum(found) == 1.0
        both = [plain(*one, alpha) for one in (more, fewer)]
        assert over(0.25, *given, alpha) == pytest.approx(
            [0.5 * (a + b) for a, b in zip(*both, strict=True)], rel=1e-12
        )
        alone = Sold("negative-binomial", over=TwoRings())
        reach = [plain.share(12.0, *one, alpha) for one in (more, fewer)]
        assert alone(0.25, 12.0, *given, alpha) == pytest.approx(0.5 * sum(reach), rel=1e-12)


def test_what_a_die_earns_is_the_price_of_its_bin():
    sold = Sold("murphy", ((16.0, 50.0), (12.0, 20.0), (8.0, 5.0)))
    *shares, _ = sold.probabilities(16.0, 2.0, 0.5, 0.8, 1.0)
    share, earned = sold(16.0, 2.0, 0.5, 0.8)
    assert share == pytest.approx(fsum(shares), rel=1e-11)
    assert earned == pytest.approx(fsum(p * usd for p, usd in zip(shares, (50.0, 20.0, 5.0), strict=True)), rel=1e-11)
    assert sold.steps == (30.0, 15.0, 5.0)
