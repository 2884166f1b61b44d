"""What may be an axis, how it is written, and what is said where it cannot be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nodecalc as nc
from nodecalc.question.axis import Axis, Span
from nodecalc.question.ranges import axis_key, axis_of_text, read_axis, read_over
from nodecalc.question.spec import axis_of_spec


def test_a_range_includes_its_ends_exactly():
    axis = axis_of_text("d0_per_cm2", "0.1:0.3:3")
    assert axis.values().tolist() == np.linspace(0.1, 0.3, 3).tolist()
    logarithmic = axis_of_text("wafer_price_usd", "1:10000:5:log")
    assert logarithmic.values().tolist() == pytest.approx([1, 10, 100, 1000, 10000], rel=1e-14)
    assert logarithmic.values()[[0, -1]].tolist() == [1.0, 10000.0]
    assert axis_of_text("die_area_mm2", "1cm2:2cm2:2").values().tolist() == [100.0, 200.0]
    assert axis_of_text("d0_per_cm2", "0.001/mm2, 0.2/cm2").values().tolist() == [0.1, 0.2]


@given(st.floats(1e-3, 1e3), st.floats(1e-3, 1e3), st.integers(2, 50), st.booleans(), st.data())
def test_any_part_of_a_range_is_that_part_of_the_whole(a, b, count, log, data):
    span = Span(min(a, b), max(a, b), count, log)
    first = data.draw(st.integers(0, count))
    last = data.draw(st.integers(first, count))
    np.testing.assert_array_equal(span.values(0, count)[first:last], span.values(first, last))
    assert span.values(0, count)[-1] == span.stop


def test_an_axis_of_ten_billion_points_takes_no_memory():
    axis = axis_of_text("d0_per_cm2", "0.01:1:1e10")
    assert axis.size == 10**10
    assert axis.at(10**10 - 1) == 1.0


@pytest.mark.parametrize(
    ("spelling", "key"),
    [
        ("d0", "d0_per_cm2"),
        ("D0-per-cm2", "d0_per_cm2"),
        ("model", "yield_model"),
        ("wafer-price", "wafer_price_usd"),
        ("euv-power", "euv_source_power_w"),
        ("node", "node"),
        ("euv_scanner_price_usd", "euv_scanner_price_usd"),
        ("density", "logic_density_mtr_per_mm2"),
    ],
)
def test_an_axis_goes_by_its_key_or_its_option(spelling, key):
    assert axis_key(spelling) == key
    assert read_over(f"{spelling}=1,2") == (key, "1,2")


@pytest.mark.parametrize(
    "given_values",
    [[0.1, 0.2], (0.1, 0.2), np.array([0.1, 0.2]), "0.1,0.2", "0.1:0.2:2", {0.1: 1, 0.2: 2}.keys(), iter([0.1, 0.2])],
    ids=lambda v: type(v).__name__,
)
def test_anything_with_several_values_is_an_axis(given_values):
    axis = read_axis("d0_per_cm2", given_values)
    assert axis is not None
    assert axis.values().tolist() == [0.1, 0.2]


@pytest.mark.parametrize("one", [0.1, "0.1", np.float64(0.1), np.array(0.1), None, "0.001/mm2"])
def test_one_value_is_no_axis(one):
    assert read_axis("d0_per_cm2", one) is None


def test_an_axis_travels_as_json():
    for axis in (
        axis_of_text("d0_per_cm2", "0.1:0.2:7:log"),
        axis_of_text("node", "n5,n7"),
        Axis("alpha", np.array([1.0, 2.5])),
    ):
        back = axis_of_spec(axis.to_spec())
        assert back.key == axis.key
        assert back.values().tolist() == axis.values().tolist()


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"d0_per_cm2": "0.1:0.5:0"}, "empty, 0 points"),
        ({"d0_per_cm2": "0.5:0.1:5"}, "reversed; write 0.1:0.5:5"),
        ({"d0_per_cm2": "0.1:0.1:5"}, "to itself in 5 points"),
        ({"d0_per_cm2": "0.1:0.5"}, "three or four parts"),
        ({"d0_per_cm2": "0.1:0.5:1"}, "one point for two ends"),
        ({"d0_per_cm2": "0.1:0.5:many"}, "'many' is no number of points"),
        ({"d0_per_cm2": "0.1:0.5:2.5"}, "'2.5' is no number of points"),
        ({"d0_per_cm2": "0.1:0.5:5:loud"}, "'loud' is no spacing"),
        ({"scribe_mm": "0:0.5:5:log"}, "must start above 0"),
        ({"d0_per_cm2": "0.1,,0.2"}, "an empty value"),
        ({"d0_per_cm2": []}, "axis d0_per_cm2: empty"),
        ({"d0_per_cm2": np.ones((2, 2))}, "one-dimensional"),
        ({"d0_per_cm2": [0.1, float("nan")]}, "--d0 nan"),
        ({"d0_per_cm2": [0.1, -1.0]}, "--d0 -1.0: outside 0 to 1000"),
        ({"d0_per_cm2": [0.1, None]}, "--d0 nan"),
        ({"d0_per_cm2": "20,30"}, "without a unit it must be"),
        ({"d0_per_cm2": Ellipsis}, "not a number"),
        ({"alpha": "1:inf:5", "yield_model": "negative-binomial"}, "endless range"),
        ({"d0_per_cm2": b"0.1"}, "are bytes"),
        ({"d0_per_cm2": np.array([True, False])}, "not numbers but truth values"),
        ({"d0_per_cm2": np.array([1, 2], "m8[s]")}, "not numbers but durations"),
        ({"d0_per_cm2": np.array([0.1 + 1j])}, "not numbers but complex"),
        ({"d0_per_cm2": np.ma.array([0.1, 0.2], mask=[0, 1])}, "--d0 nan"),
        ({"d0_per_cm2": {0.1, 0.2}}, "a set, whose order is not fixed"),
        ({"d0_per_cm2": frozenset({0.1, 0.2})}, "a frozenset, whose order is not fixed"),
        ({"node": {"n5": 1, "n7": 2}}, "a dict, whose order is not fixed"),
        ({"d0_per_cm2": [0.1, 0.2, 0.1]}, "axis d0_per_cm2: 0.1 twice"),
        ({"d0_per_cm2": "0.1,0.001/mm2"}, "axis d0_per_cm2: 0.1 twice"),
        ({"d0_per_cm2": np.array([0.3, 0.2, 0.2])}, "axis d0_per_cm2: 0.2 twice"),
        ({"d0_per_cm2": [0.0, -0.0]}, "axis d0_per_cm2: 0 twice"),
        ({"d0_per_cm2": "1:1.000000000000001:100"}, "more points than there are numbers"),
        ({"d0_per_cm2": "1:1.000000000000001:100:log"}, "more points than there are numbers"),
        ({"d0_per_cm2": [0.1, 0.2], "d0": 0.1}, "d0_per_cm2: given twice, as 'd0_per_cm2' and as 'd0'"),
        ({"outputs": 5}, "outputs 5: no names"),
        ({"reduce": 5}, "reduce 5: no names"),
        ({"pareto": 5}, "pareto 5: no names"),
        ({"node": 5}, "node 5: no name"),
        ({"catalogue": 5}, "catalogue 5: no path"),
        ({"d0_per_cm2": 10**400}, "an integer beyond any float"),
        ({"gross_dies": [1, 2]}, "'gross_dies': gross_dies (whole dies on one wafer), which is not taken"),
        ({"node": []}, "axis node: empty"),
        ({"node": ["n5", "n5"]}, "'n5' twice"),
        ({"node": [5]}, "5 is no name"),
        ({"node": ["n5", "no-such"]}, "unknown node 'no-such'"),
        ({"yield_model": "murphy,seeds"}, "two formulas are printed under that name"),
        ({"yield_model": ["murphy", "nonsense"]}, "unknown yield model 'nonsense'"),
        ({"colour": [1, 2]}, "unknown input 'colour'"),
        ({"alpha": [1, 2]}, "--alpha with the yield model murphy"),
        ({"alpha": [1, 2], "yield_model": ["murphy", "negative-binomial"]}, "sweep negative-binomial alone"),
        ({"alpha": 2, "yield_model": ["murphy", "poisson"]}, "murphy takes none, it belongs to negative-binomial"),
        ({"yield_model": ["murphy", "bose-einstein"], "critical_layers": 9, "d0_per_cm2": 0.01}, "sweep it alone"),
        ({"euv_source_power_w": [100, 250]}, "add --wafer-basis cost"),
        ({"outputs": ["wafer_cost_usd"]}, "add --wafer-basis cost"),
        ({"wafer_basis": ["price", "cost"]}, "two questions"),
        ({"outputs": ["good_die_costing"]}, "unknown output 'good_die_costing'; nearest: good_die_cost_usd"),
        ({"outputs": []}, "no outputs"),
        ({"reduce": ["median"]}, "unknown reduction 'median'"),
        ({"reduce": ["p101"]}, "above p100"),
        ({"reduce": []}, "no reductions"),
        ({"best": "die_yield"}, "unknown output to rank by 'die_yield'"),
        ({"best": "good_die_cost_usd", "top": 0}, "--top 0"),
        ({"best": "good_die_cost_usd", "top": 1.5}, "--top 1.5"),
        ({"top": 3}, "top 3: of what?"),
        ({"best": ["good_die_cost_usd"]}, "not one name; give the key of a result"),
        ({"pareto": "die_yield,nonsense"}, "unknown output to rank by 'die_yield'"),
        ({"parallel": "x"}, "allowed: True, False or None"),
        ({"progress": 3}, "a function of points done"),
        ({"chip": 3}, "chip 3: no name"),
        ({"outputs": None}, "no outputs"),
        ({"pareto": ["good_die_cost_usd", "good_die_cost_usd"]}, "two different outputs"),
        ({"d0_per_cm2": "0.01:1:5000000000", "wafer_price_usd": "1:2:5000000000"}, "more than 2^63"),
        ({"outputs": ["peak_transistors"], "node": ["tsmc-n5", "cxmt-g4"]}, "no high-density logic figure"),
    ],
    ids=str,
)
def test_what_cannot_be_swept_is_said_in_one_line(inputs, message):
    with pytest.raises(nc.NodecalcError) as caught:
        nc.sweep("10x10", **{"node": "tsmc-n5", **inputs})
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_defect_area_beyond_the_sides_is_refused():
    with pytest.raises(nc.NodecalcError, match="more than the smallest width x height"):
        nc.sweep(node="n5", die_width_mm=[5.0, 10.0], die_height_mm=10.0, die_area_mm2=[40.0, 60.0])


def test_a_sweep_that_streams_holds_no_arrays_to_fill():
    with pytest.raises(nc.NodecalcError, match="leave out one of them"):
        nc.sweep("10x10", node="n5", d0_per_cm2=[0.1, 0.2], reduce="min", out={"good_die_cost_usd": np.empty(2)})
    with pytest.raises(nc.NodecalcError, match="arrays do not travel"):
        nc.sweep("10x10", node="n5", d0_per_cm2=[0.1, 0.2], client=object())


def test_sizes_are_an_axis_of_their_own_key():
    with pytest.raises(nc.NodecalcError, match=r"several sizes; give them as an axis: die_area_mm2"):
        nc.sweep([100, 200], node="n5")
    with pytest.raises(nc.NodecalcError, match="not a number"):
        nc.sweep(True, node="n5")


def test_results_do_not_share_memory():
    out = np.empty(2)
    for ask in (
        lambda o: nc.sweep(100, node="n5", d0_per_cm2=[0.1, 0.2], outputs=list(o), out=o),
        lambda o: nc.evaluate({"die_area_mm2": 100.0, "d0_per_cm2": [0.1, 0.2]}, node="n5", outputs=list(o), out=o),
    ):
        with pytest.raises(nc.NodecalcError, match="'gross_dies' and 'die_yield' share memory"):
            ask({"gross_dies": out, "die_yield": out})


def test_a_point_is_one_of_the_sweep_or_none():
    swept = nc.sweep("10x10", node=["n5", "n7"], d0_per_cm2=[0.1, 0.2, 0.3])
    assert swept.point(np.int64(4)) == swept.point((1, 1)) == swept.point(np.array([1, 1]))
    assert swept.point(4)["node"] == "tsmc-n7"
    for none in (6, -1, 10**20, True, 1.0, "1", (0,), (0, 0, 0), (2, 0), (0, -1), None):
        with pytest.raises(nc.NodecalcError, match="none there; allowed: 0 to 5"):
            swept.point(none)


def test_bands_of_many_dies_are_told_one_by_one():
    heard = []
    s = nc.sweep(node="n5", die_area="10:500:80", outputs=["cost", "band"], placement="de-vries-exp")
    s.tell = lambda done, total: heard.append((done, total))
    assert s["good_die_cost_usd_p90"].shape == (80,)
    assert heard[:80] == [(done, 80) for done in range(1, 81)]


def test_a_sweep_of_too_many_dies_says_that_their_wafers_are_alike():
    few, many = (nc.sweep(node="n5", wafer_basis="cost", die_area_mm2=f"50:800:{n}") for n in (20, 1500))
    said = "each wafer is priced with the usual 96 full fields"
    assert not any(said in note for note in few.provenance.notes)
    assert any(said in note for note in many.provenance.notes)
    given = nc.sweep(node="n5", wafer_basis="cost", die_area_mm2="50:800:1500", fields=80)
    assert not any(said in note for note in given.provenance.notes)
