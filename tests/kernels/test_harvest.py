"""Harvest against mpmath's exact alternating sum, its limits, its inverse, and how few evaluations it takes."""

from functools import cache
from math import comb, exp, expm1, inf, isnan, log, log1p, nan

import mpmath as mp
import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from scipy import stats

from nodecalc_kernels.compiled.harvest import FEW_PLAIN, harvest_array
from nodecalc_kernels.defects import fixed_rules, mixing
from nodecalc_kernels.defects import harvest as module
from nodecalc_kernels.defects.binomial import log_tail, tail_of
from nodecalc_kernels.defects.harvest import MIXTURES, UNMIXED, harvest, harvest_loss, implied_faults
from nodecalc_kernels.defects.mixing import LAWS
from nodecalc_kernels.registry import YIELD_MODELS

ACCURACY = 1e-12
SHAPES = (0.05, 0.3, 0.5, 1.0, 1.5, 2.0, 3.0, 7.9, 8.0, 30.0, 1e3, 1e6, 1e12, inf)
models = st.sampled_from(sorted(MIXTURES))
shapes = st.sampled_from(SHAPES)
logs = st.floats(min_value=-8.0, max_value=2.7)


@st.composite
def cores(draw, most=200):
    total = draw(st.integers(min_value=1, max_value=most))
    spared = draw(st.one_of(st.integers(0, min(6, total)), st.integers(0, total)))
    return total - spared, total


def exact_yield(x, model, alpha):
    if model == "poisson" or (model == "negative-binomial" and alpha == inf):
        return mp.exp(-x)
    if x == 0:
        return mp.mpf(1)
    if model == "murphy":
        return (-mp.expm1(-x) / x) ** 2
    if model == "rectangular":
        return -mp.expm1(-2 * x) / (2 * x)
    alpha = 1 if model == "exponential" else mp.mpf(alpha)
    return mp.exp(-alpha * mp.log1p(x / alpha))


def exact(need, total, core, rest, model, alpha):
    """The alternating sum over marginal yields, with as many digits as it loses and sixty more."""
    with mp.workdps(130 + total):
        m, u = mp.mpf(core), mp.mpf(rest)
        if need == 0:
            return exact_yield(u, model, alpha)
        return mp.fsum(
            (-1) ** (r - need) * comb(r - 1, need - 1) * comb(total, r) * exact_yield(r * m + u, model, alpha)
            for r in range(need, total + 1)
        )


def close(found, expected, rel=ACCURACY):
    return abs(found - expected) <= rel * abs(expected) + 1e-300


@given(cores(), logs, st.one_of(st.just(-inf), logs), models, shapes)
@example((1, 200), 2.27, -inf, "negative-binomial", 3.0)  # the cores fail far out in the tail of L
@example((1, 64), -1.6, -4.0, "negative-binomial", 0.1)
@example((54, 200), 2.7, 1.0, "rectangular", 2.0)  # a sharp fall next to L = 0
@example((399, 400), -0.05, -1.6, "negative-binomial", 1e12)
@example((1000, 1024), -2.0, -1.0, "murphy", 2.0)
def test_harvest_and_its_loss_are_the_exact_sum(needed, log_core, log_rest, model, alpha):
    need, total = needed
    core, rest = 10.0**log_core, 10.0**log_rest
    expected = exact(need, total, core, rest, model, alpha)
    assert close(harvest(need, total, core, rest, model, alpha), expected)
    with mp.workdps(130 + total):
        loss = 1 - expected
    if loss > 1e-60:
        assert close(harvest_loss(need, total, core, rest, model, alpha), loss)


@pytest.mark.parametrize("alpha", SHAPES)
@pytest.mark.parametrize(("need", "total", "core"), [(20, 25, 0.06), (132, 144, 0.01), (1, 2, 3.0), (900, 1024, 0.1)])
def test_every_shape(need, total, core, alpha):
    for rest in (0.0, 0.7):
        expected = exact(need, total, core, rest, "negative-binomial", alpha)
        assert close(harvest(need, total, core, rest, "negative-binomial", alpha), expected)


@pytest.mark.parametrize("model", sorted(MIXTURES))
@pytest.mark.parametrize(("need", "total", "core"), [(20, 25, 200.0), (1, 2, 5e4), (132, 144, 1e3), (8, 8, 2e3)])
def test_faults_by_the_thousand_leave_the_exact_share(need, total, core, model):
    for rest, alpha in ((0.0, 2.0), (3e3, 0.4), (0.1, 30.0)):
        expected = exact(need, total, core, rest, model, alpha)
        assert close(harvest(need, total, core, rest, model, alpha), expected)


@pytest.mark.parametrize("core", [1e3, 1e6, 1e9, 1e12, 1e15])
def test_faults_without_end_leave_a_share_that_falls_as_they_grow(core):
    # Over a uniform density P is the integral of a binomial tail over all faults, a sum of 1/j, by those faults.
    expected = (1 / 6 + 1 / 7 + 1 / 8) / (2.0 * core)
    assert harvest(6, 8, core, 0.0, "rectangular") == pytest.approx(expected, rel=ACCURACY, abs=0.0)


def test_the_logarithm_of_one_and_a_quotient_too_large_for_a_number():
    for x, alpha in ((100, -250), (-20, -200), (300, -10), (5, 3)):
        with mp.workdps(30):
            expected = mp.log1p(mp.mpf(10.0**x) / mp.mpf(10.0**alpha))
        assert mixing.log_over(10.0**x, 10.0**alpha) == pytest.approx(float(expected), rel=1e-14)


def test_the_nodes_of_a_panel_integrate_polynomials():
    nodes = mixing.nodes()
    for power in range(32):
        exact_integral = 2.0 / (power + 1) if power % 2 == 0 else 0.0
        assert sum(w * x**power for x, w, _ in nodes) == pytest.approx(exact_integral, abs=2e-15)
        if power < 20:
            assert sum(w * x**power for x, _, w in nodes) == pytest.approx(exact_integral, abs=2e-15)


def test_shape_1_is_exponential_by_either_way():
    closed = harvest(20, 25, 0.06, 0.4, "exponential")
    assert harvest(20, 25, 0.06, 0.4, "negative-binomial", 1.0) == closed
    assert harvest(20, 25, 0.06, 0.4, "negative-binomial", 1.0 + 1e-13) == pytest.approx(closed, rel=1e-12)
    many = harvest(1900, 2000, 0.04, 0.1, "exponential")
    assert many == harvest(1900, 2000, 0.04, 0.1, "negative-binomial", 1.0)
    assert many == pytest.approx(float(exact(1900, 2000, 0.04, 0.1, "exponential", 1.0)), rel=ACCURACY)


@given(st.integers(1, 300), logs, logs, models, shapes)
def test_all_or_none_needed_is_the_plain_model(total, log_core, log_rest, model, alpha):
    core, rest = 10.0**log_core / total, 10.0**log_rest
    row = YIELD_MODELS[model]
    own = (alpha,) if row.parameters else ()
    assert harvest(total, total, core, rest, model, alpha) == row.yield_(total * core + rest, *own)
    assert harvest(0, total, core, rest, model, alpha) == row.yield_(rest, *own)
    assert harvest_loss(0, total, 0.0, rest, model, alpha) == pytest.approx(row.loss(rest, *own), rel=1e-13)


@given(cores(), logs, logs, models, shapes, st.floats(min_value=0.0, max_value=1.0))
def test_it_falls_with_need_and_with_faults(needed, log_core, log_rest, model, alpha, more):
    need, total = needed
    assume(need > 0)
    core, rest = 10.0**log_core, 10.0**log_rest
    share = harvest(need, total, core, rest, model, alpha)
    slack = 1.0 + 2.0 * ACCURACY
    assert 0.0 <= share <= 1.0
    assert share <= harvest(need - 1, total, core, rest, model, alpha) * slack
    assert harvest(need, total, core * (1.0 + more), rest, model, alpha) <= share * slack
    assert harvest(need, total, core, rest * (1.0 + more), model, alpha) <= share * slack


def test_neither_wrong_way_is_taken():
    marginal = YIELD_MODELS["negative-binomial"].yield_(0.35, 2.0)
    together = harvest(8, 8, 0.35, 0.0, "negative-binomial", 2.0)
    assert together > 1.5 * marginal**8
    assert 0.0 < harvest(132, 144, 0.5, 0.0, "negative-binomial", 2.0) < 1.0


@given(cores(1100), st.floats(0.0, 1.0), st.floats(1e-9, 1.0 - 1e-9), models, shapes)
@example((511, 1024), 1.0, 0.5, "poisson", 2.0)
@example((24, 25), 0.01, 3.6e-12, "exponential", 2.0)
@example((214, 374), 5e-324, 0.2, "negative-binomial", 1e6)
@example((1, 1024), 1.0, 1.0 - 1e-10, "rectangular", 2.0)
@example((20, 25), 0.6, 0.4, "murphy", 2.0)
def test_the_inverse_gives_the_share_back(needed, fraction, share, model, alpha):
    need, total = needed
    faults = implied_faults(share, need, total, fraction, model, alpha)
    if need == 0 and fraction == 1.0:
        assert isnan(faults)
        return
    assume(1e-290 < faults < 1e290)
    split = (need, total, faults * fraction / total, faults * (1.0 - fraction), model, alpha)
    assert harvest(*split) == pytest.approx(share, rel=1e-12, abs=0.0)
    if share > 0.5:
        assert harvest_loss(*split) == pytest.approx(1.0 - share, rel=1e-10, abs=0.0)


@given(st.floats(-4.0, 1.0), cores(), st.sampled_from((0.0, 0.4, 0.6, 1.0)), models, shapes)
def test_the_inverse_gives_the_faults_back(log_faults, needed, fraction, model, alpha):
    need, total = needed
    faults = 10.0**log_faults
    share = harvest(need, total, faults * fraction / total, faults * (1.0 - fraction), model, alpha)
    assume(1e-300 < share < 1.0 - 1e-5)  # closer to 1 the share itself is rounded too far
    assert implied_faults(share, need, total, fraction, model, alpha) == pytest.approx(faults, rel=1e-9, abs=0.0)


@given(cores(), st.floats(0.01, 0.98), st.floats(0.0, 0.99), models, shapes)
def test_a_larger_share_is_fewer_faults_and_fewer_needed_cores_are_more(needed, share, fraction, model, alpha):
    need, total = needed
    faults = implied_faults(share, need, total, fraction, model, alpha)
    assert implied_faults(share + 0.01, need, total, fraction, model, alpha) < faults
    if need > 0:
        assert implied_faults(share, need - 1, total, fraction, model, alpha) >= faults * (1.0 - 1e-9)


@pytest.mark.parametrize("model", MIXTURES)
@pytest.mark.parametrize(("need", "total"), [(20, 25), (132, 144)])
def test_an_inversion_takes_few_evaluations(monkeypatch, model, need, total):
    calls = 0

    def counted(*given):
        nonlocal calls
        calls += 1
        return log_tail(*given)

    log_tail = module.log_tail
    monkeypatch.setattr(module, "log_tail", counted)
    for share in (0.2, 0.4, 0.9):
        calls = 0
        implied_faults(share, need, total, 0.6, model, 2.0)
        assert calls <= 400


def test_what_cannot_be_is_nan_and_what_is_certain_is_not():
    for bad in ((-1, 8, 0.1, 0.1), (9, 8, 0.1, 0.1), (0, 0, 0.1, 0.1), (5, 8, -0.1, 0.1), (5, 8, 0.1, nan)):
        assert isnan(harvest(*bad, "murphy"))
        assert isnan(harvest_loss(*bad, "murphy"))
    assert isnan(harvest(5, 8, 0.1, 0.1, "negative-binomial", 0.0))
    assert harvest(5, 8, inf, 0.0, "murphy") == harvest(5, 8, 0.1, inf, "murphy") == 0.0
    assert harvest_loss(5, 8, inf, 0.0, "murphy") == 1.0
    assert harvest(5, 8, 0.0, 0.0, "murphy") == 1.0
    for share in (0.0, 1.0, -0.5, nan):
        assert isnan(implied_faults(share, 5, 8, 0.5, "murphy"))
    assert isnan(implied_faults(0.5, 5, 8, 1.5, "murphy"))


def test_models_without_a_shared_density_are_none_of_its_models():
    assert set(UNMIXED) == {"moore", "bose-einstein"}
    assert not set(UNMIXED) & set(MIXTURES)
    assert set(MIXTURES) == set(LAWS)
    assert set(UNMIXED) | set(MIXTURES) <= set(YIELD_MODELS)
    for model in UNMIXED:
        with pytest.raises(KeyError, match=model):
            harvest(5, 8, 0.1, 0.1, model)
        with pytest.raises(KeyError, match=model):
            implied_faults(0.5, 5, 8, 0.5, model)


@pytest.mark.parametrize("model", MIXTURES)
@pytest.mark.parametrize(("need", "total"), [(20, 25), (132, 144), (1, 200), (500, 1024), (1900, 2000), (0, 8), (8, 8)])
def test_many_points_are_the_plain_function_at_each(model, need, total):
    draw = np.random.default_rng(need)
    core = 10.0 ** draw.uniform(-6.0, 2.5, 60) / draw.choice([1, total], 60)
    rest = np.where(draw.random(60) < 0.3, 0.0, 10.0 ** draw.uniform(-8.0, 2.7, 60))
    alpha = draw.choice(SHAPES, 60)
    core[:3], rest[3:5], alpha[5:7] = (0.0, nan, -1.0), (inf, -1.0), (nan, 0.0)
    found = harvest_array(need, total, core, rest, model, alpha)
    for point in zip(core.tolist(), rest.tolist(), alpha.tolist(), found.tolist(), strict=True):
        m, u, shape, share = point
        assert share == pytest.approx(harvest(need, total, m, u, model, shape), rel=2e-13, abs=1e-300, nan_ok=True)


@given(cores(), models, shapes, st.integers(0, 2**32 - 1))
@example((1, 2), "negative-binomial", 2.0, 1)  # the widest fall
@example((1, 144), "murphy", 2.0, 2)  # an edge, then a long slope
@example((143, 144), "negative-binomial", 7.9, 3)
@example((1000, 1024), "negative-binomial", 0.3, 4)
@example((512, 1024), "rectangular", 2.0, 5)
@example((1, 1024), "negative-binomial", 0.5, 6)
@example((1023, 1024), "negative-binomial", 30.0, 7)
def test_many_points_are_the_exact_sum(needed, model, alpha, seed):
    need, total = needed
    draw = np.random.default_rng(seed)
    core = 10.0 ** draw.uniform(-6.0, 2.5, FEW_PLAIN + 1) / draw.choice([1, total], FEW_PLAIN + 1)
    rest = np.where(draw.random(FEW_PLAIN + 1) < 0.3, 0.0, 10.0 ** draw.uniform(-8.0, 2.7, FEW_PLAIN + 1))
    found = harvest_array(need, total, core, rest, model, alpha)
    for i in (0, 1, 2):
        expected = exact(need, total, float(core[i]), float(rest[i]), model, alpha)
        assert close(found[i], expected)


def test_each_shape_of_many_has_its_own_rule():
    shape = np.repeat([1e-5, 0.3, 1.0, 7.9, 8.0, 1e6, inf], 6)[np.random.default_rng(1).permutation(42)]
    found = harvest_array(20, 25, 0.06, 0.4, "negative-binomial", shape)
    assert found == pytest.approx([harvest(20, 25, 0.06, 0.4, "negative-binomial", a) for a in shape], rel=1e-13)


@pytest.mark.parametrize(("need", "total"), [(132, 144), (1, 8), (1000, 1024)])
def test_shapes_that_share_a_rule_are_as_exact_as_each_by_its_own(need, total):
    rng = np.random.default_rng(7)
    x, part, shape = 10 ** rng.uniform(-4, 2, 200), rng.uniform(0.05, 1.0, 200), 10 ** rng.uniform(-1.3, 4, 200)
    shape[:3] = 8.0, np.nextafter(8.0, 0.0), 0.3
    found = harvest_array(need, total, x * part / total, x * (1.0 - part), "negative-binomial", shape)
    for i in range(200):
        want = harvest(need, total, x[i] * part[i] / total, x[i] * (1.0 - part[i]), "negative-binomial", shape[i])
        assert found[i] == pytest.approx(want, rel=2e-13, abs=1e-290)


def test_an_axis_along_which_nothing_moves_is_worked_out_at_one_place():
    core = np.linspace(0.001, 0.1, 50)
    found = harvest_array(20, 25, np.broadcast_to(core[:, None], (50, 3)), np.zeros(()), "murphy")
    assert found.flags.writeable
    assert found.shape == (50, 3)
    assert (found == harvest_array(20, 25, core, 0.0, "murphy")[:, None]).all()


def test_arrays_broadcast_and_few_points_are_the_plain_function():
    core, rest = np.array([0.0, 0.01, 0.1, nan, -1.0, 0.1])[:, None], np.array([0.0, 0.3])
    found = harvest_array(20, 25, core, rest, "negative-binomial", 2.0)
    assert found.shape == (6, 2)
    assert np.isnan(found[3:5]).all()
    assert found[2, 1] == harvest(20, 25, 0.1, 0.3, "negative-binomial", 2.0)
    assert harvest_array(20, 25, [], 0.1, "murphy").shape == (0,)
    with pytest.raises(KeyError, match="moore"):
        harvest_array(20, 25, 0.1, 0.1, "moore")


@pytest.mark.parametrize("need", [846_900, 847_600, 848_300])
def test_a_wafer_of_cores_is_scipys_binomial(need):
    found = harvest(need, 900_000, 0.06, 0.0, "poisson")
    assert found == pytest.approx(stats.binom.sf(need - 1, 900_000, exp(-0.06)), rel=1e-9)
    assert 0.0 < found < 1.0


@pytest.mark.parametrize("model", sorted(MIXTURES))
@pytest.mark.parametrize(("need", "total"), [(20, 25), (6, 8), (130, 144)])
def test_a_share_next_to_one_is_one_less_its_loss_to_the_last_digit(model, need, total):
    for core in (1e-3, 1e-4, 3e-5):
        loss = harvest_loss(need, total, core, 1e-9, model)
        if loss < 1e-7:
            assert harvest(need, total, core, 1e-9, model) == 1.0 - loss
            assert close(loss, 1 - exact(need, total, core, 1e-9, model, 2.0), 1e-9)


@cache
def panel(count):
    return fixed_rules.legendre(count)


def by_rules(need, total, core, rest, model, alpha, most=1.04):
    """The share by the rules that loops over arrays run, as plain Python on lists."""
    terms, room = fixed_rules.terms_of(need, total), fixed_rules.MOST_NODES
    if model == "poisson":
        return fixed_rules.point_share(core, rest, need, terms)
    if model == "exponential":
        return fixed_rules.exponential_share(core, rest, need, total)
    bad, sums = [0.0] * room, [0.0] * room
    if model in ("murphy", "rectangular"):
        sure, falling = panel(fixed_rules.SURE_PANEL), panel(fixed_rules.panel_of(need))
        ends = fixed_rules.ends_of(need, total)
        return fixed_rules.bounded_share(core, rest, need, model == "murphy", ends, terms, sure, falling, bad, sums)
    lengths, rests, weights = ([0.0] * room for _ in range(3))
    width = fixed_rules.width_of(need, total)
    count = fixed_rules.gamma_rule(alpha / most, alpha * most, width, lengths, rests, weights)
    assert 0 < count < room
    fall = log(total / need)
    return fixed_rules.gamma_share(
        core, rest, alpha, need, total, fall, terms, count, lengths, rests, weights, bad, sums
    )  # fmt: skip


@pytest.mark.parametrize("model", sorted(MIXTURES))
@pytest.mark.parametrize(("need", "total"), [(1, 2), (4, 9), (5, 9), (20, 25), (132, 144)])
def test_fixed_rules_are_the_exact_sum_in_plain_python(model, need, total):
    for mean, rest, alpha in ((1e-3, 0.0, 2.0), (0.4, 0.3, 0.4), (3.0, 0.0, 7.9), (12.0, 2.0, 8.0), (60.0, 0.1, 30.0)):
        core = mean / total
        want = float(exact(need, total, core, rest, model, alpha))
        if want > 1e-200:
            assert by_rules(need, total, core, rest, model, alpha) == pytest.approx(want, rel=3e-13, abs=0.0)


def test_a_rule_of_too_many_nodes_is_none():
    lists = [[0.0] * fixed_rules.MOST_NODES for _ in range(3)]
    assert fixed_rules.gamma_rule(0.1, 0.1, 1e-3, *lists) == 0


@pytest.mark.parametrize(("need", "total"), [(1, 2), (1, 9), (8, 9), (20, 25), (90, 144)])
def test_the_tail_and_its_slope_are_the_exact_sum_down_to_losses_of_1e_40(need, total):
    tail = tail_of(need, total)
    for faults in (1e-8, 1e-5, 1e-3, 0.02, 0.2, 0.7, 2.0, 9.0):
        with mp.workdps(500):
            y = mp.mpf(faults)
            lost = mp.fsum(
                comb(total, j) * mp.exp(-j * y) * (-mp.expm1(-y)) ** (total - j) for j in range(need)
            )  # fmt: skip
            slope = need * comb(total, need) * mp.exp(-need * y) * (-mp.expm1(-y)) ** (total - need) * y / (1 - lost)
            want = mp.log1p(-lost)
        found = log_tail(tail, faults)
        assert found[0] == pytest.approx(float(want), rel=5e-13, abs=0.0)
        assert found[1] == pytest.approx(float(slope), rel=5e-13, abs=0.0)


@pytest.mark.parametrize("faults", [1e-12, 1e-10, 3e-10, 1e-9, 1e-6, 1e-3, 0.1, 0.6, 0.7, 3.0, 20.0])
def test_the_tail_of_two_of_three_is_its_formula(faults):
    good, bad = exp(-faults), -expm1(-faults)
    lost = bad * bad * (3.0 - 2.0 * bad)
    share = good * good * (3.0 - 2.0 * good)
    found = log_tail(tail_of(2, 3), faults)
    assert found[0] == pytest.approx(log1p(-lost) if lost < 0.5 else log(share), rel=1e-13, abs=0.0)
    assert found[1] == pytest.approx(6.0 * good * good * bad * faults / share, rel=1e-13, abs=0.0)


@pytest.mark.parametrize("model", sorted(MIXTURES))
def test_a_shape_that_is_none_has_no_share_and_no_faults_under_any_model(model):
    for alpha in (0.0, -1.0, nan):
        assert isnan(harvest(5, 8, 0.1, 0.1, model, alpha))
        assert isnan(harvest_loss(5, 8, 0.1, 0.1, model, alpha))
        assert isnan(implied_faults(0.5, 5, 8, 0.5, model, alpha))
    assert 0.0 < harvest(5, 8, 0.1, 0.1, model, 0.01) < 1.0
    assert implied_faults(0.5, 5, 8, 0.5, model, 0.5) > 0.0


@pytest.mark.parametrize("alpha", [0.999, 1.001, 2.0])
def test_a_shape_next_to_1_is_not_1(alpha):
    expected = exact(20, 25, 0.06, 0.4, "negative-binomial", alpha)
    assert close(harvest(20, 25, 0.06, 0.4, "negative-binomial", alpha), expected)
