"""`nc.evaluate` and array yields against the same question asked point by point."""

from math import isnan

import numpy as np
import pytest

import nodecalc as nc
from nodecalc.question.graph import OUTPUTS
from nodecalc.question.graph import STARTS as INPUTS

AREAS = np.array([20.0, 50.0, 100.0, 400.0])
D0 = np.array([0.05, 0.1, 0.5, 1.2])
PRICE = np.array([3000.0, 9000.0, 17000.0, 24000.0])
BASE = {"die_area_mm2": AREAS, "d0_per_cm2": D0, "wafer_price_usd": PRICE}


def close(a, b):
    return a == pytest.approx(b, rel=1e-13)


@pytest.mark.parametrize(
    ("model", "own"),
    [("murphy", {}), ("poisson", {}), ("rectangular", {}), ("exponential", {}), ("moore", {}),
     ("negative-binomial", {"alpha": 3.0}), ("negative-binomial", {}), ("bose-einstein", {"critical_layers": 9.0})],
)  # fmt: skip
@pytest.mark.parametrize("placement", ["best", "de-vries-exp", "hennessy-patterson"])
def test_each_point_is_what_estimate_answers(model, own, placement):
    outputs = [key for key in OUTPUTS if "transistors" not in key]
    found = nc.evaluate(BASE | own, yield_model=model, placement=placement, outputs=outputs)
    for i in range(len(AREAS)):
        e = nc.estimate(
            die_area_mm2=AREAS[i],
            d0_per_cm2=D0[i],
            wafer_price_usd=PRICE[i],
            yield_model=model,
            placement=placement,
            **own,
        )
        for key in outputs:
            assert close(found[key][i], getattr(e, key)), key


OTHER = {
    "aspect_ratio": 2.0,
    "scribe_mm": 0.5,
    "edge_exclusion_mm": 8.0,
    "wafer_diameter_mm": 200.0,
    "critical_area_fraction": 0.5,
    "systematic_yield": 0.8,
    "line_yield": 0.8,
}


@pytest.mark.parametrize("placement", ["best", "center-die", "ferris-prabhu"])
@pytest.mark.parametrize("key", OTHER)
def test_no_input_is_ignored(key, placement):
    found = nc.evaluate(BASE | {key: OTHER[key]}, placement=placement)["good_die_cost_usd"]
    plain = nc.evaluate(BASE, placement=placement)["good_die_cost_usd"]
    assert np.any(found != plain)  # not all: two different dies may well have the same count
    for i in range(len(AREAS)):
        one = {k: v[i] for k, v in BASE.items()}
        e = nc.estimate(**one, placement=placement, **{key: OTHER[key]})
        assert close(found[i], e.good_die_cost_usd)


@pytest.mark.parametrize("rule", ["finished-die", "whole-cell"])
def test_sides_and_edge_rule_are_those_of_estimate(rule):
    found = nc.evaluate(
        {"die_width_mm": [8.0, 10.0], "die_height_mm": [9.0, 10.0], "d0_per_cm2": 0.1, "wafer_price_usd": 1e4},
        edge_rule=rule,
        outputs=["gross_dies", "mean_faults"],
    )
    assert found["gross_dies"].tolist() == [nc.gross_dies(8, 9, edge_rule=rule), nc.gross_dies(10, 10, edge_rule=rule)]
    assert found["mean_faults"] == pytest.approx([0.072, 0.1])


def test_sides_with_a_smaller_critical_area_keep_both():
    found = nc.evaluate(
        {"die_width_mm": 10.0, "die_height_mm": 10.0, "die_area_mm2": [60.0, 100.0], "d0_per_cm2": 0.1,
         "wafer_price_usd": 1e4},
        outputs=["gross_dies", "mean_faults"],
    )  # fmt: skip
    assert found["gross_dies"].tolist() == [616, 616]
    assert found["mean_faults"] == pytest.approx([0.06, 0.1])


def test_a_nodes_figures_stand_in_for_what_is_not_given():
    found = nc.evaluate({"die_area_mm2": AREAS}, node="smic-n+3", outputs=OUTPUTS)
    for i, area in enumerate(AREAS):
        e = nc.estimate(die_area_mm2=area, node="smic-n+3")
        assert all(close(found[key][i], getattr(e, key)) for key in OUTPUTS)


def test_broadcasting_is_numpys():
    found = nc.evaluate(
        {"die_area_mm2": AREAS[:, None], "d0_per_cm2": D0[None, :], "wafer_price_usd": 1e4}, placement="flynn"
    )["good_die_cost_usd"]
    assert found.shape == (4, 4)
    e = nc.estimate(die_area_mm2=AREAS[2], d0_per_cm2=D0[3], wafer_price_usd=1e4, placement="flynn")
    assert close(found[2, 3], e.good_die_cost_usd)


def test_plain_numbers_give_arrays_without_dimensions_and_empty_ones_stay_empty():
    found = nc.evaluate({"die_area_mm2": 100, "d0_per_cm2": 0.1, "wafer_price_usd": 1e4})["good_die_cost_usd"]
    assert found.shape == ()
    assert close(float(found), nc.estimate("100", d0_per_cm2=0.1, wafer_price_usd=1e4).good_die_cost_usd)
    empty = nc.evaluate({"die_area_mm2": np.array([]), "d0_per_cm2": 0.1, "wafer_price_usd": 1e4})
    assert empty["good_die_cost_usd"].shape == (0,)


def test_out_is_filled_and_returned():
    out = np.zeros(4)
    found = nc.evaluate(BASE, out={"good_die_cost_usd": out})["good_die_cost_usd"]
    assert np.shares_memory(found, out)
    assert out.tolist() == nc.evaluate(BASE)["good_die_cost_usd"].tolist()


@pytest.mark.parametrize(
    "out", [np.zeros(3), np.zeros(4, dtype=np.float32), [0.0] * 4, np.zeros(8)[::2], np.zeros((4, 1))]
)
def test_an_out_that_does_not_fit_is_refused(out):
    with pytest.raises(nc.NodecalcError):
        nc.evaluate(BASE, out={"good_die_cost_usd": out})


def test_a_point_outside_the_domain_is_nan_and_leaves_its_neighbours_alone():
    d0 = np.array([0.1, -1.0, np.nan, 0.1])
    found = nc.evaluate({"die_area_mm2": 100.0, "d0_per_cm2": d0, "wafer_price_usd": 1e4}, placement="area")
    cost = found["good_die_cost_usd"]
    assert isnan(cost[1])
    assert isnan(cost[2])
    assert cost[0] == cost[3] > 0


def test_a_die_that_fits_nowhere_costs_infinity():
    found = nc.evaluate(
        {"die_area_mm2": [100.0, 90000.0], "d0_per_cm2": 0.0, "wafer_price_usd": 1e4},
        outputs=["gross_dies", "die_cost_usd"],
    )
    assert found["gross_dies"][1] == 0
    assert found["die_cost_usd"][1] == np.inf


@pytest.mark.parametrize(
    ("inputs", "kwargs"),
    [
        (BASE | {"d0": 0.1}, {}),
        (BASE | {"alpha": 2.0}, {}),
        (BASE | {"transistors": 1e9}, {}),
        (BASE, {"outputs": ["costing"]}),
        (BASE, {"outputs": []}),
        (BASE, {"yield_model": "seeds"}),
        (BASE, {"placement": "nowhere"}),
        (BASE, {"edge_rule": "none"}),
        (BASE, {"node": "tsmc-n55"}),
        (BASE, {"out": {"gross_dies": np.zeros(4)}}),
        ({"d0_per_cm2": D0, "wafer_price_usd": PRICE}, {}),
        ({"die_area_mm2": AREAS, "d0_per_cm2": D0}, {}),
        ({"die_area_mm2": AREAS, "wafer_price_usd": PRICE}, {}),
        (BASE, {"yield_model": "bose-einstein"}),
        (BASE | {"die_width_mm": 10.0}, {}),
        (BASE | {"die_width_mm": 10.0, "die_height_mm": 10.0, "aspect_ratio": 2.0}, {}),
        (BASE | {"d0_per_cm2": np.zeros(3)}, {}),
        (BASE | {"d0_per_cm2": "0,1"}, {}),
        (BASE | {"d0_per_cm2": ["a", "b"]}, {}),
        (BASE | {"d0_per_cm2": -1.0}, {}),
        (BASE | {"line_yield": 1.5}, {}),
        (BASE | {"d0_per_cm2": None}, {}),
    ],
)
def test_bad_questions_are_refused_in_one_line(inputs, kwargs):
    with pytest.raises(nc.NodecalcError) as caught:
        nc.evaluate(inputs, **kwargs)
    assert "\n" not in str(caught.value)


def test_every_array_input_is_in_the_vocabulary():
    from nodecalc.vocabulary import QUANTITIES

    assert all(key in QUANTITIES for key in (*INPUTS, *OUTPUTS))


FUNCTIONS = ["die_yield", "log_yield", "yield_loss"]
X = np.array([0.0, 1e-9, 0.5, 1.271, 30.0])


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("model", ["murphy", "poisson", "negative-binomial", "moore"])
def test_yields_of_arrays_are_those_of_numbers(function, model):
    call = getattr(nc, function)
    found = call(X, model=model)
    assert isinstance(found, np.ndarray)
    for i, x in enumerate(X):
        assert found[i] == pytest.approx(call(float(x), model=model), rel=1e-13, abs=0)
    assert call(X.tolist(), model=model).tolist() == found.tolist()
    assert call(X[:, None], model=model).shape == (5, 1)


def test_mean_faults_undo_die_yield():
    x = np.array([1e-6, 0.1, 1.0, 5.0])
    for model in ("murphy", "poisson", "rectangular", "exponential", "moore", "negative-binomial"):
        assert nc.mean_faults(nc.die_yield(x, model=model), model=model) == pytest.approx(x, rel=1e-9)
        assert nc.mean_faults(nc.die_yield(0.7, model=model), model=model) == pytest.approx(0.7, rel=1e-12)


def test_the_models_own_parameter_broadcasts():
    found = nc.die_yield(X[:, None], model="negative-binomial", alpha=np.array([1.0, 2.0, np.inf]))
    assert found.shape == (5, 3)
    assert found[2, 1] == pytest.approx(nc.die_yield(0.5, model="negative-binomial", alpha=2.0), rel=1e-13)
    assert found[2, 2] == pytest.approx(nc.die_yield(0.5, model="poisson"), rel=1e-13)


@pytest.mark.parametrize("x", [-0.1, float("nan"), True, -float("inf")])
def test_a_single_number_outside_the_domain_is_refused(x):
    with pytest.raises(nc.NodecalcError):
        nc.die_yield(x)


@pytest.mark.parametrize("y", [-0.1, 1.1, float("nan")])
def test_a_yield_outside_0_to_1_has_no_mean_faults(y):
    with pytest.raises(nc.NodecalcError):
        nc.mean_faults(y)


@pytest.mark.parametrize("x", ["0.5", None, ["a"], {}, object()])
def test_what_is_no_number_is_no_mean_faults(x):
    with pytest.raises(nc.NodecalcError):
        nc.die_yield(x)


@pytest.mark.parametrize(
    "kwargs",
    [{"alpha": 2.0}, {"critical_layers": 3}, {"model": "bose-einstein"}, {"model": "seeds"}, {"model": "nope"},
     {"model": "negative-binomial", "alpha": 0}, {"model": "negative-binomial", "alpha": float("nan")},
     {"model": "negative-binomial", "alpha": -1}, {"model": "bose-einstein", "critical_layers": 0}],
)  # fmt: skip
def test_a_wrong_model_or_parameter_is_refused(kwargs):
    with pytest.raises(nc.NodecalcError):
        nc.die_yield(0.5, **kwargs)


def test_numpys_own_scalars_are_numbers():
    assert nc.die_yield(np.float64(0.5)) == nc.die_yield(0.5)
    assert float(nc.die_yield(np.int64(1))) == nc.die_yield(1.0)
    assert nc.gross_dies(np.float64(10), np.int64(10)) == 616
    assert nc.estimate(np.float64(100), node="tsmc-n5") == nc.estimate(100, node="tsmc-n5")


def test_results_may_go_into_memory_that_inputs_come_from():
    room = np.empty(1010)
    room[:1001] = np.linspace(10, 800, 1001)
    inputs = {"d0_per_cm2": 0.1, "wafer_price_usd": 1e4}
    want = nc.evaluate({"die_area_mm2": room[:1001].copy(), **inputs}, placement="flynn")["good_die_cost_usd"]
    for start in (0, 1, 5):
        room[:1001] = np.linspace(10, 800, 1001)
        out = {"good_die_cost_usd": room[start : start + 1001]}
        nc.evaluate({"die_area_mm2": room[:1001], **inputs}, placement="flynn", out=out)
        np.testing.assert_array_equal(out["good_die_cost_usd"], want)


def test_a_result_in_the_place_of_an_input_that_is_read_later_changes_nothing():
    price = np.linspace(5e3, 2e4, 1000)
    inputs = {"die_area_mm2": np.linspace(10, 800, 1000), "d0_per_cm2": 0.1}
    want = nc.evaluate({**inputs, "wafer_price_usd": price.copy()}, placement="flynn", outputs=BOTH)
    found = nc.evaluate({**inputs, "wafer_price_usd": price}, placement="flynn", outputs=BOTH, out={"die_yield": price})
    for key in BOTH:
        np.testing.assert_array_equal(found[key], want[key])


BOTH = ["die_yield", "good_die_cost_usd"]


def test_arrays_of_one_point_compile_nothing_that_warns():
    found = nc.evaluate({"die_area_mm2": [100.0], "d0_per_cm2": [0.1], "wafer_price_usd": [1e4]}, placement="flynn")
    assert found["good_die_cost_usd"].shape == (1,)


def test_an_area_beyond_its_sides_and_a_utilisation_without_transistors_are_refused_as_in_one_answer():
    sides = {"die_width_mm": 10.0, "die_height_mm": [10.0, 20.0]}
    with pytest.raises(nc.NodecalcError, match="more than width x height at 1 of 2 points"):
        nc.evaluate({"die_area_mm2": [150.0, 150.0], **sides}, node="tsmc-n5")
    with pytest.raises(nc.NodecalcError, match="--transistors"):
        nc.evaluate({"die_area_mm2": [100.0], "density_utilisation": 0.5}, node="tsmc-n5")
    side = np.linspace(3.0, 20.0, 999, dtype=np.float32)
    rounded = {"die_area_mm2": side * side, "die_width_mm": side, "die_height_mm": side}
    assert np.isfinite(
        nc.evaluate(rounded, node="tsmc-n5", placement="flynn", dtype="float32")["good_die_cost_usd"]
    ).all()
