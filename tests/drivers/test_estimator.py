"""A function of a few inputs gives what `estimate` gives, and refuses what it refuses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nodecalc as nc
from nodecalc.drivers.estimator import MOST
from nodecalc.errors import NodecalcError

QUESTIONS = [
    {"size": 100, "node": "tsmc-n5"},
    {"size": "10x12", "node": "smic-n+2", "model": "negative-binomial", "alpha": 3},
    {"size": 600, "node": "tsmc-n7", "model": "bose-einstein", "critical_layers": 10, "d0": 0.01},
    {"size": 80, "node": "tsmc-n5", "placement": "de-vries-exp", "line_yield": 0.9, "wafer_diameter": 200},
    {"chip": "h100"},
    {"size": 814, "node": "tsmc-n5", "harvest": "132/144", "core_fraction": 0.6},
    {"size": 100, "node": "n5", "wafer_basis": "cost", "gross_margin": 0.4},
]


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
@given(data=st.data())
def test_the_bits_of_estimate(question, data):
    d0, line = data.draw(st.floats(0.001, 2.0)), data.draw(st.floats(0.3, 1.0))
    d0 /= 20 if question.get("model") == "bose-einstein" else 1
    plain = {key: value for key, value in question.items() if key not in ("d0", "line_yield")}
    output = "sellable_die_cost_usd" if "harvest" in question else "good_die_cost_usd"
    function = nc.estimator(**plain, vary=["d0_per_cm2", "line_yield"], output=output)
    assert function(d0, line) == getattr(nc.estimate(**plain, d0=d0, line_yield=line), output)


@given(st.floats(2.0, 26.0), st.floats(2.0, 33.0), st.floats(0.01, 1.0))
def test_dies_of_any_size(width, height, d0):
    function = nc.estimator(vary=("die_width_mm", "die_height_mm", "d0"), node="n5", output=("gross_dies", "die_yield"))
    e = nc.estimate(die_width_mm=width, die_height_mm=height, d0=d0, node="n5")
    assert function(width, height, d0) == (e.gross_dies, e.die_yield)


@pytest.mark.parametrize(
    ("keys", "values"),
    [
        ("die_area_mm2", (123.0,)), ("transistors", (1.5e10,)), ("edge_exclusion", (2.0,)), ("alpha", (1.5,)),
        ("wafer_price", (9000.0,)), ("wafer_diameter", (200.0,)), ("year", (2022.0,)), (("year", "d0"), (2023.0, 0.2)),
        ("scribe", (0.06,)), ("systematic_yield", (0.9,)), (("die_area_mm2", "aspect_ratio"), (50.0, 2.0)),
        ("critical_area_fraction", (0.5,)), ("density", (90.0,)),
    ],
    ids=str,
)  # fmt: skip
def test_every_kind_of_input(keys, values):
    several = (keys,) if isinstance(keys, str) else keys
    sized = any(key in ("die_area_mm2", "transistors") for key in several)
    plain = {"node": "tsmc-n5"} | ({} if sized else {"size": 100})
    plain |= {"model": "negative-binomial"} if keys == "alpha" else {}
    e = nc.estimate(**plain, **dict(zip(several, values, strict=True)))
    for output in ("good_die_cost_usd", "gross_dies", "peak_transistors"):
        assert nc.estimator(vary=keys, output=output, **plain)(*values) == getattr(e, output)


def test_what_follows_an_input_follows_it():
    alpha = nc.estimator(100, node="smic-n+2", model="negative-binomial", vary="alpha")
    for value in (0.8, 2.0, 7.0):
        assert (
            alpha(value) == nc.estimate(100, node="smic-n+2", model="negative-binomial", alpha=value).good_die_cost_usd
        )
    priced = nc.estimator(
        node="n5", wafer_basis="cost", vary="die_area_mm2", output=["good_die_cost_usd", "wafer_cost_usd"]
    )
    for value in (50.0, 100.0, 814.0):
        e = nc.estimate(value, node="n5", wafer_basis="cost")
        assert priced(value)[0] == e.good_die_cost_usd
        assert priced(value)[1] == pytest.approx(e.inputs.numbers["wafer_price_usd"], rel=1e-12)


def test_costs_by_layers_vary():
    function = nc.estimator(100, vary=("euv_dose", "gross_margin"), node="n5", wafer_basis="cost")
    for dose, margin in ((30.0, 0.0), (60.0, 0.5)):
        e = nc.estimate(100, node="n5", wafer_basis="cost", euv_dose=dose, gross_margin=margin)
        assert function(dose, margin) == pytest.approx(e.good_die_cost_usd, rel=1e-14)


def test_values_are_read_as_everywhere():
    function = nc.estimator(100, vary=["d0", "wafer_price"], node="n5")
    assert function("0.1/cm2", "15k") == function(0.1, 15_000) == function(d0_per_cm2=0.1, wafer_price_usd=15000.0)
    for bad in (-1.0, float("nan"), 1e9, "x", None, [0.1]):
        with pytest.raises(NodecalcError):
            function(bad, 9000.0)
    with pytest.raises(TypeError):
        function(0.1)


def test_what_estimate_refuses_is_refused():
    wide = nc.estimator(vary=["die_width_mm", "die_height_mm"], node="n5", wafer_diameter=150)
    with pytest.raises(NodecalcError, match="fits nowhere"):
        wide(20.0, 160.0)
    assert nc.estimator(vary="die_area_mm2", node="n5")(100.0) == nc.estimate(100, node="n5").good_die_cost_usd
    with pytest.raises(NodecalcError, match="mean faults"):
        nc.estimator(800, vary="d0", node="n5", model="poisson")(900.0)


@pytest.mark.parametrize(
    ("vary", "more", "said"),
    [
        ((), {}, "no input varies"), (("d0", "d0_per_cm2"), {}, "twice"), ("node", {}, "no number"),
        ("nonsense", {}, "nonsense"), ("alpha", {}, "alpha"), ("d0", {"output": "nonsense"}, "nonsense"),
        ("d0", {"d0_per_cm2": 0.1}, "d0"), (3, {}, "vary"), ("euv_dose", {}, "wafer-basis|wafer_basis"),
    ],
    ids=str,
)  # fmt: skip
def test_a_function_that_cannot_be(vary, more, said):
    with pytest.raises(NodecalcError, match=said):
        nc.estimator(100, vary=vary, **{"node": "n5", **more})


def test_not_too_many():
    keys = (
        "d0",
        "wafer_price",
        "line_yield",
        "systematic_yield",
        "scribe",
        "edge_exclusion",
        "density",
        "year",
        "alpha",
    )
    assert len(keys) > MOST
    with pytest.raises(NodecalcError, match="up to 8"):
        nc.estimator(100, vary=keys, node="n5", model="negative-binomial")
