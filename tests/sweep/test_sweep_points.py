"""Every point of a sweep is the answer that `estimate` gives there, whatever the axes and their order."""

import pickle
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nodecalc as nc
from nodecalc.drivers.printed import fields_of_area
from nodecalc_kernels.arrays import once

KEYS = (
    "gross_dies",
    "mean_faults",
    "die_yield",
    "good_dies",
    "die_cost_usd",
    "good_die_cost_usd",
    "peak_transistors",
    "usd_per_billion_transistors",
)
BANDS = ("good_die_cost_usd_p10", "good_die_cost_usd_p50", "good_die_cost_usd_p90")

NUMBERS = {
    "d0_per_cm2": st.floats(0.0, 5.0),
    "scribe_mm": st.floats(0.0, 1.0),
    "edge_exclusion_mm": st.floats(0.0, 10.0),
    "critical_area_fraction": st.floats(0.1, 1.0),
    "systematic_yield": st.floats(0.1, 1.0),
    "line_yield": st.floats(0.1, 1.0),
    "wafer_price_usd": st.floats(1.0, 1e6),
    "logic_density_mtr_per_mm2": st.floats(0.1, 1000.0),
    "wafer_diameter_mm": st.sampled_from([200.0, 300.0]),
}
NAMES = {
    "node": st.sampled_from(["tsmc-n5", "tsmc-n7", "smic-n+2", "intel-7"]),
    "yield_model": st.sampled_from(["murphy", "poisson", "moore", "negative-binomial", "rectangular", "exponential"]),
    "placement": st.sampled_from(["best", "center-die", "center-corner", "de-vries-exp", "area", "flynn"]),
}


def assert_every_point_is_an_estimate(size, inputs, keys=KEYS):
    swept = nc.sweep(size, outputs=keys, **inputs)
    axes = [swept.coords[key].tolist() for key in swept.dims]
    for index, values in zip(np.ndindex(*swept.shape), product(*axes), strict=True):
        given_here = {
            **{k: v for k, v in inputs.items() if k not in swept.dims},
            **dict(zip(swept.dims, values, strict=True)),
        }
        one = nc.estimate(size, **given_here)
        for key in keys:
            expected, found = getattr(one, key), swept[key][index]
            if key == "gross_dies" and isinstance(expected, int):
                assert found == expected
                continue
            # 4 + 1.5 |ln Y| units in the last place of the yield, and a few roundings of what is made of it.
            ulps = 10.0 + 1.5 * abs(np.log(one.die_yield))
            if key in BANDS:
                assert found == pytest.approx(expected, rel=1e-9)
            else:
                assert abs(found - expected) <= ulps * np.spacing(expected), (key, index, found, expected)


@st.composite
def questions(draw):
    chosen = draw(st.lists(st.sampled_from([*NUMBERS, *NAMES]), min_size=0, max_size=4, unique=True))
    axes = {}
    for key in chosen:
        pool = {**NUMBERS, **NAMES}[key]
        values = draw(st.lists(pool, min_size=1, max_size=3, unique=True))
        axes[key] = values
    fixed = {key: draw(NUMBERS[key]) for key in ("d0_per_cm2", "wafer_price_usd", "logic_density_mtr_per_mm2")}
    fixed["node"] = "tsmc-n7"
    inputs = {**{k: v for k, v in fixed.items() if k not in axes}, **axes}
    return draw(st.sampled_from(["100", "5x7", "2cm2", 33.3])), inputs


@settings(max_examples=25)
@given(questions())
def test_any_axes_in_any_order(question):
    size, inputs = question
    assert_every_point_is_an_estimate(size, inputs)


@pytest.mark.parametrize(
    "inputs",
    [
        {"die_area_mm2": [20.0, 100.0, 600.0], "aspect_ratio": [1.0, 2.0]},
        {"die_width_mm": [5.0, 10.0], "die_height_mm": [4.0, 8.0, 12.0]},
        {"die_width_mm": 10.0, "die_height_mm": [8.0, 12.0], "die_area_mm2": [50.0, 79.0]},
        {"transistors": [1e9, 1e10], "density_utilisation": [0.5, 1.0]},
        {"transistors": 5e9, "logic_density_mtr_per_mm2": [50.0, 100.0], "aspect_ratio": 1.5},
        {"transistors": 5e9},
    ],
    ids=str,
)
def test_every_way_to_vary_the_die(inputs):
    assert_every_point_is_an_estimate(None, {"node": ["tsmc-n5", "tsmc-n7"], **inputs})


def test_parameters_of_the_models():
    model = {"yield_model": "negative-binomial", "alpha": [0.5, 2.0, float("inf")], "d0_per_cm2": [0.1, 1.0]}
    assert_every_point_is_an_estimate("10x10", {"node": "tsmc-n5", **model})
    layered = {"yield_model": "bose-einstein", "critical_layers": [8.0, 10.0], "d0_per_cm2": [0.01, 0.02]}
    assert_every_point_is_an_estimate("10x10", {"node": "tsmc-n5", **layered})


def test_a_fixed_alpha_belongs_to_the_model_that_takes_it():
    swept = nc.sweep(
        "10x10", node="tsmc-n5", yield_model=["murphy", "negative-binomial"], alpha=3, outputs=["die_yield"]
    )
    assert swept["die_yield"][0] == pytest.approx(nc.estimate("10x10", node="tsmc-n5").die_yield, rel=1e-14)
    clustered = nc.estimate("10x10", node="tsmc-n5", yield_model="negative-binomial", alpha=3)
    assert swept["die_yield"][1] == pytest.approx(clustered.die_yield, rel=1e-14)


@pytest.mark.parametrize(
    "inputs",
    [
        {"d0_per_cm2": [0.1, 0.3]},
        {"wafer_price_usd": [5000.0, 20000.0]},
        {"die_area_mm2": [20.0, 600.0], "node": ["tsmc-n5", "smic-n+3"]},
        {"yield_model": ["murphy", "poisson"], "critical_area_fraction": [0.5, 1.0]},
        {"d0_per_cm2": 0.2, "scribe_mm": [0.1, 0.2]},
        {"die_area_mm2": [50.0, 400.0], "radial": "power", "radial_rise": [0.5, 2.0], "radial_exponent": 2.0},
        {"wafer_basis": "cost", "die_area_mm2": [50.0, 150.0, 400.0], "node": ["tsmc-n5", "tsmc-n7"]},
        {"wafer_basis": "cost", "scribe_mm": [0.05, 0.2], "year": [2023.0, 2026.0]},
    ],
    ids=str,
)
def test_the_band_is_that_of_an_estimate(inputs):
    size = None if "die_area_mm2" in inputs else "10x10"
    assert_every_point_is_an_estimate(size, {"node": "tsmc-n5", **inputs}, BANDS)


@pytest.mark.parametrize(
    "inputs",
    [{}, {"radial": "step", "radial_start": 0.8, "radial_factor": 3.0, "wafer_price_usd": 17000.0}],
    ids=str,
)
def test_bands_of_many_dies_are_those_of_each_whatever_is_asked_beside_it(inputs, monkeypatch):
    monkeypatch.setattr(once, "FEW_BANDS", 8)
    areas = np.linspace(5.0, 700.0, 40).tolist()
    step = nc.sweep(die_area_mm2=areas, node="samsung-sf3", outputs=BANDS, **inputs).plan.stages()[0][-4]
    rows = []
    for area in areas:
        e = nc.estimate(area, node="samsung-sf3", **inputs)
        rows.append([{**e.inputs.numbers, **e.results}[key] for key in step.inputs])
    found = once.once_array(step, list(np.transpose(rows)))
    many = np.transpose([found[key] for key in step.outputs])
    for row, found in zip(rows, many, strict=True):
        assert found == pytest.approx(step.function(*row), rel=1e-12)
    alone = once.once_array(step, rows[21], of=40)
    assert [float(alone[key]) for key in step.outputs] == many[21].tolist()


def test_there_is_no_band_where_all_is_given():
    given = {"d0_per_cm2": 0.2, "wafer_price_usd": 9000.0, "scribe_mm": [0.1, 0.2]}
    with pytest.raises(nc.NodecalcError, match="no band where D0 and wafer price are given"):
        nc.sweep("10x10", node="tsmc-n5", **given, outputs=BANDS).fill()


def test_a_note_about_a_wafers_cost_holds_for_all_rows():
    for powers in ([100.0, 250.0, 500.0], [500.0, 100.0]):
        swept = nc.sweep("10x10", node="tsmc-n5", euv_power=powers, wafer_basis="cost", outputs=["wafer_price_usd"])
        costs = swept["wafer_price_usd"]
        found = [f for f in swept.provenance.figures if f["key"] == "wafer_price_usd"]
        assert [(f["low"], f["high"]) for f in found] == [(costs.min(), costs.max())]
        assert costs.min() < costs.max()


def test_wafers_priced_from_their_layers():
    swept = nc.sweep(
        "10x10",
        node=["tsmc-n5", "tsmc-n7"],
        wafer_basis="cost",
        without=["none", "euv"],
        euv_source_power_w=[100.0, 250.0],
        gross_margin=0.4,
        outputs=["wafer_cost_usd", "wafer_price_usd", "masks", "euv_exposures"],
    )
    own = {"fields_per_wafer": fields_of_area(100.0)}
    for i, node in enumerate(("tsmc-n5", "tsmc-n7")):
        for j, without in enumerate(([], ["euv"])):
            for k, power in enumerate((100.0, 250.0)):
                wafer = nc.wafer_cost(node, without=without, euv_source_power_w=power, gross_margin=0.4, **own)
                for key in swept.outputs:
                    assert swept[key][i, j, k] == pytest.approx(getattr(wafer, key), rel=1e-12)
    plain = nc.sweep("10x10", node=["tsmc-n5"], wafer_basis="cost")
    assert plain["good_die_cost_usd"][0] == pytest.approx(
        nc.estimate("10x10", node="tsmc-n5", wafer_basis="cost").good_die_cost_usd, rel=1e-12
    )


def test_tools_can_be_an_axis():
    swept = nc.sweep(
        "10x10",
        node="tsmc-n5",
        wafer_basis="cost",
        tools=["all", "krf+arf+arfi+iline"],
        outputs=["wafer_cost_usd", "masks"],
    )
    own = fields_of_area(100.0)
    limited = nc.wafer_cost("tsmc-n5", tools=["krf", "arf", "arfi", "iline"], fields_per_wafer=own)
    assert swept["masks"][1] == limited.masks
    assert swept["wafer_cost_usd"][1] == pytest.approx(limited.wafer_cost_usd, rel=1e-12)


def test_each_wafer_is_priced_with_the_exposures_of_its_own_die():
    areas, edges = [50.0, 357.0, 814.0, 900.0], [3.0, 8.0]
    asked = {"node": ["tsmc-n5", "tsmc-n7"], "wafer_basis": "cost", "outputs": ["wafer_price_usd"]}
    swept = nc.sweep(**asked, die_area_mm2=areas, edge_exclusion_mm=edges)
    for i, node in enumerate(asked["node"]):
        for j, area in enumerate(areas):
            for k, edge in enumerate(edges):
                one = nc.estimate(area, node=node, wafer_basis="cost", edge_exclusion_mm=edge)
                assert swept["wafer_price_usd"][i, j, k] == pytest.approx(
                    one.inputs.numbers["wafer_price_usd"], rel=1e-9
                )
    assert swept["wafer_price_usd"][0, 2, 0] < swept["wafer_price_usd"][0, 0, 0]
    # No field holds 900 mm2: such a wafer takes the usual number, as one of no die.
    assert swept["wafer_price_usd"][0, 3, 0] == pytest.approx(nc.wafer_cost("tsmc-n5").wafer_price_usd, rel=1e-9)
    fixed = nc.sweep(**asked, die_area_mm2=areas, fields_per_wafer=[64.0, 96.0])
    assert (fixed["wafer_price_usd"][0, :, 1] == fixed["wafer_price_usd"][0, 0, 1]).all()
    assert any("its own die takes" in note for note in swept.provenance.notes)
    by_count = nc.sweep(**asked, transistors=[1e10, 5e10])
    one = nc.estimate(node="tsmc-n7", transistors=5e10, wafer_basis="cost")
    assert by_count["wafer_price_usd"][1, 1] == pytest.approx(one.inputs.numbers["wafer_price_usd"], rel=1e-9)


def test_no_axis_at_all_is_one_point():
    swept = nc.sweep("10x10", node="tsmc-n5", outputs=["gross_dies", "good_die_cost_usd"])
    assert swept.shape == ()
    assert swept["gross_dies"] == 616
    assert swept.point(())["good_die_cost_usd"] == swept["good_die_cost_usd"]


def test_dies_that_fit_nowhere_cost_infinity_and_are_not_hidden():
    swept = nc.sweep(node="tsmc-n5", die_area_mm2=[100.0, 120000.0], outputs=["gross_dies", "good_die_cost_usd"])
    assert swept["gross_dies"].tolist() == [616.0, 0.0]
    assert swept["good_die_cost_usd"][1] == float("inf")
    assert any("exceeds the 26 x 33 mm reticle field" in note for note in swept.provenance.notes)


def test_nodes_are_known_by_their_ids():
    swept = nc.sweep("10x10", node=["N5", "SMIC N+2"])
    assert swept.coords["node"].tolist() == ["tsmc-n5", "smic-n+2"]
    with pytest.raises(nc.NodecalcError, match="twice, in two spellings"):
        nc.sweep("10x10", node=["n5", "tsmc-n5"])


def test_only_what_the_results_need_has_to_be_known():
    memory = nc.sweep("10x10", node=["cxmt-g4", "tsmc-n5"], outputs=["gross_dies"])
    assert memory["gross_dies"].tolist() == [616.0, 616.0]
    assert {figure["key"] for figure in memory.provenance.figures} == {"wafer_diameter_mm"}
    with pytest.raises(nc.NodecalcError, match="nobody publishes"):
        nc.sweep("10x10", node=["cxmt-g4"], outputs=["good_die_cost_usd"])
    with pytest.raises(nc.NodecalcError, match="--strict"):
        nc.sweep("10x10", node=["smic-n+3"], strict=True)


def test_a_sweep_travels_with_what_it_has_worked_out():
    swept = nc.sweep("10x10", node=["n5", "n7"], d0_per_cm2=[0.1, 0.2], reduce=["min"], best="good_die_cost_usd")
    back = pickle.loads(pickle.dumps(swept))
    assert back.reductions == swept.reductions
    assert list(back.best) == list(swept.best)
    np.testing.assert_array_equal(back["good_die_cost_usd"], swept["good_die_cost_usd"])
    assert back.provenance == swept.provenance
