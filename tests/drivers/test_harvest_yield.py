"""The public doors to harvest: numbers and arrays, spellings, round trips, and one line for what cannot be."""

import numpy as np
import pytest

import nodecalc as nc
from nodecalc_kernels.defects.harvest import MIXTURES
from nodecalc_kernels.registry import YIELD_MODELS

SOME = {"need": 20, "total": 25, "core_fraction": 0.6}


def alpha_of(model):
    return {"alpha": 3.0} if model == "negative-binomial" else {}


@pytest.mark.parametrize("model", MIXTURES)
def test_arrays_give_what_numbers_give(model):
    core, rest = np.array([0.0, 0.02, 0.3])[:, None], np.array([0.0, 0.5])
    found = nc.harvest_yield(20, 25, core, rest, model, **alpha_of(model))
    assert found.shape == (3, 2)
    assert found.dtype == np.float64
    for i, m in enumerate(core[:, 0]):
        for j, u in enumerate(rest):
            assert found[i, j] == pytest.approx(nc.harvest_yield(20, 25, m, u, model, **alpha_of(model)), rel=1e-13)


def test_alpha_may_be_an_array_and_points_outside_are_nan():
    found = nc.harvest_yield(20, 25, 0.06, 1.0, "negative-binomial", alpha=[1.0, 2.0, np.inf, -1.0])
    assert found[0] == pytest.approx(nc.harvest_yield(20, 25, 0.06, 1.0, "exponential"))
    assert found[1] == nc.harvest_yield(20, 25, 0.06, 1.0, "negative-binomial")
    assert found[2] == pytest.approx(nc.harvest_yield(20, 25, 0.06, 1.0, "poisson"))
    assert np.isnan(nc.harvest_yield(20, 25, [-1.0, np.nan], 1.0)).all()
    assert np.isnan(found[3])


def test_numpys_numbers_are_numbers():
    found = nc.harvest_yield(np.int64(20), np.int32(25), np.float64(0.06), np.float32(1.0))
    assert isinstance(found, float)
    assert found == nc.harvest_yield(need=20, total=25, core_faults=0.06, rest_faults=1.0, model="Murphy")


@pytest.mark.parametrize("model", YIELD_MODELS)
def test_the_d0_of_a_yield_gives_the_yield_back(model):
    own = {"critical_layers": 10} if model == "bose-einstein" else alpha_of(model)
    d0 = nc.implied_d0(0.4, 665.6, model, **own)
    assert nc.die_yield(6.656 * d0, model, **own) == pytest.approx(0.4, rel=1e-12)
    lossy = nc.implied_d0(0.4, 665.6, model, systematic_yield=0.8, **own)
    assert lossy == pytest.approx(nc.implied_d0(0.5, 665.6, model, **own), rel=1e-12)
    if model in MIXTURES:
        d0 = nc.implied_d0(0.4, 665.6, model, **SOME, **own)
        faults = 6.656 * d0
        found = nc.harvest_yield(20, 25, faults * 0.6 / 25, faults * 0.4, model, **own)
        assert found == pytest.approx(0.4, rel=1e-12)


def test_the_d0_that_the_library_says_is_the_one_that_a_die_has():
    d0 = nc.implied_d0(0.4, area_mm2=665.6)
    assert nc.estimate(665.6, node="tsmc-n5", d0=d0).die_yield == pytest.approx(0.4, rel=1e-12)


def test_spellings_of_the_command_line_are_keywords():
    plain = nc.implied_d0(0.4, 665.6, "bose-einstein", critical_layers=10)
    assert nc.implied_d0(0.4, area_mm2=665.6, model="bose-einstein", layers=10) == plain
    assert nc.implied_d0("40%", die_area_mm2="6.656cm2", yield_model="bose-einstein", layers=10) == pytest.approx(plain)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: nc.harvest_yield(9, 8, 0.1), "need 9: allowed: whole numbers 0 to 8"),
        (lambda: nc.harvest_yield(1, 0, 0.1), "total 0: allowed: whole numbers 1"),
        (lambda: nc.harvest_yield(2.5, 8, 0.1), r"need 2\.5: allowed"),
        (lambda: nc.harvest_yield(True, 8, 0.1), "need True: allowed"),
        (lambda: nc.harvest_yield("5", 8, 0.1), "need '5': allowed"),
        (lambda: nc.harvest_yield(5, 8, -0.1), r"core_faults -0\.1: outside 0 or more"),
        (lambda: nc.harvest_yield(5, 8, 0.1, float("nan")), "rest_faults nan: outside"),
        (lambda: nc.harvest_yield(5, 8, 10**400), "beyond any float"),
        (lambda: nc.harvest_yield(5, 8, "x"), "core_faults: not numbers but texts"),
        (lambda: nc.harvest_yield(5, 8, [0.1, 0.2], [1, 2, 3]), "do not fit together"),
        (lambda: nc.harvest_yield(5, 8, 0.1, model="moore"), "moore with harvest: an empirical curve"),
        (lambda: nc.harvest_yield(5, 8, 0.1, model="bose-einstein"), "independent of each other.*allowed: poisson"),
        (lambda: nc.harvest_yield(5, 8, 0.1, model="seeds"), "two formulas"),
        (lambda: nc.harvest_yield(5, 8, 0.1, alpha=2), "belongs to negative-binomial"),
        (lambda: nc.harvest_yield(5, 8, 0.1, model="negative-binomial", alpha=0), "--alpha 0: outside"),
        (lambda: nc.implied_d0(0.4), "give area_mm2"),
        (lambda: nc.implied_d0(0.0, 100), "no D0 gives it; allowed: more than 0, less than 1"),
        (lambda: nc.implied_d0(1.0, 100), "no D0 gives it"),
        (lambda: nc.implied_d0(0.96, 100, systematic_yield=0.95), r"less than the systematic yield, 0\.95"),
        (lambda: nc.implied_d0(40, 100), "a percentage is written 40% or 0.4"),
        (lambda: nc.implied_d0([0.4], 100), "not a number"),
        (lambda: nc.implied_d0(0.4, 0), "die_area_mm2 0: outside"),
        (lambda: nc.implied_d0(0.4, 100, need=3), "need and total belong together"),
        (lambda: nc.implied_d0(0.4, 100, need=3, total=4), "give core_fraction"),
        (lambda: nc.implied_d0(0.4, 100, core_fraction=0.6), "without need and total"),
        (lambda: nc.implied_d0(0.4, 100, need=3, total=4, core_fraction=1.6), r"core_fraction 1\.6: outside"),
        (lambda: nc.implied_d0(0.4, 100, need=0, total=4, core_fraction=1), "never fails"),
        (lambda: nc.implied_d0(0.4, 100, "moore", **SOME), "moore with need and total"),
        (lambda: nc.implied_d0(0.4, 100, "bose-einstein", layers=9, **SOME), "bose-einstein with need and total"),
        (lambda: nc.implied_d0(0.4, 100, "bose-einstein"), "needs critical_layers"),
        (lambda: nc.implied_d0(0.4, 100, layers=10), "belongs to bose-einstein"),
        (lambda: nc.implied_d0(0.4, 100, "murphy", yield_model="poisson"), "given twice"),
        (lambda: nc.implied_d0(0.4, 100, layers=9, critical_layers=9), "given twice"),
        (lambda: nc.implied_d0(0.4, 100, d0=0.1), "that is d0_per_cm2"),
        (lambda: nc.implied_d0(0.4, 100, alhpa=2), "nearest: alpha"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(ask, said):
    with pytest.raises(nc.NodecalcError, match=said) as caught:
        ask()
    assert "\n" not in str(caught.value)
