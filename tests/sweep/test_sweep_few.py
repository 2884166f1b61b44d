"""Few points are worked out in lists, without numpy; arrays of the same question hold the same bits."""

from io import BytesIO

import pytest

import nodecalc as nc
from nodecalc.drivers.sweep.few import Few
from nodecalc.drivers.sweep.table import print_csv
from nodecalc.question.axis import FEW, Span

CASES = {
    "nodes and D0": {"size": 100, "node": ["n5", "smic-n+2"], "d0": [0.05, 0.1], "outputs": ["cost", "gross_dies"]},
    "names in the middle": {"size": "9x12", "d0": [0.05, 0.1], "node": ["n5", "n7"], "line_yield": [0.9, 1.0]},
    "models": {"size": 100, "node": "n5", "yield_model": ["poisson", "murphy", "exponential"], "d0": "0.01:1:5:log"},
    "placements": {"node": ["n7", "n5"], "placement": ["best", "de-vries-exp"], "die_area_mm2": "20:700:9",
                       "outputs": ["gross_dies", "cost"]},
    "a stated diameter": {"size": 50, "node": ["n5", "n28"], "wafer_diameter_mm": [200, 300], "outputs": ["cost"]},
    "years": {"size": 100, "node": ["n5", "n7"], "year": "2020:2026:4", "outputs": ["cost", "band"]},
    "years first": {"size": 100, "year": "2020:2026:4", "node": ["n5", "n7"], "outputs": ["cost"]},
    "layers": {"size": 100, "node": ["n5", "n7"], "wafer_basis": "cost", "margin": [0.2, 0.4],
                   "outputs": ["cost", "wafer_cost_usd", "masks"]},
    "layers of dies": {"node": "n5", "wafer_basis": "cost", "die_area_mm2": [50, 100, 400], "without": ["none", "euv"]},
    "salvage": {"size": 200, "node": "n5", "units_total": 16, "units_needed": [14, 15, 16],
                    "outputs": ["sellable_die_cost_usd"]},
    "radial": {"size": 100, "node": "n5", "radial": "step", "radial_start": 0.8, "radial_factor": [1.0, 1.5, 2.0]},
    "transistors": {"node": ["n5", "n7"], "transistors": ["5B", "10B"], "outputs": ["cost", "die_area_mm2"]},
    "one's own": {"size": 100, "node": ["n5", "n7"], "tsmc-n5:d0": [0.05, 0.07]},
    "one point": {"size": 100, "node": "n5"},
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_lists_hold_the_bits_of_arrays(case):
    asked = dict(CASES[case])
    sweep = nc.sweep(asked.pop("size", None), **asked)
    assert sweep.few.holds(sweep.outputs)
    lists = sweep.columns()
    assert not sweep.is_filled
    assert {key: array.ravel().tolist() for key, array in sweep.arrays.items()} == lists
    for key in sweep.outputs:
        assert sweep.few.axes_of(key) == sweep.grid.axes_of(key)


def test_many_points_and_many_searches_take_arrays():
    many = nc.sweep(100, node="n5", d0=f"0.05:0.2:{FEW + 1}")
    assert not many.few.holds(many.outputs)
    dies = nc.sweep(node="n5", die_area_mm2="10:500:40", outputs=["gross_dies", "band", "wafer_price_usd"])
    assert not dies.few.holds(dies.outputs)  # each band takes as long as some dies
    assert dies.few.holds(["wafer_price_usd", "gross_dies"])
    assert dies.columns()["gross_dies"] == dies["gross_dies"].tolist() == dies.few.column("gross_dies")


@pytest.mark.parametrize("span", [Span(0.01, 3.0, 97, True), Span(-1.0, 2.0, 1000, False), Span(0.1, 9.0, 5000, True),
                                  Span(0.3, 0.7, 5000, False), Span(2.0, 2.0, 1, False)])  # fmt: skip
def test_a_span_has_one_set_of_values(span):
    count = span.count
    whole = span.values(0, count).tolist()
    assert span.listed(0, count) == whole
    middle = (count // 3, 2 * count // 3)
    assert span.listed(*middle) == span.values(*middle).tolist() == whole[slice(*middle)]
    assert [span.listed(i, i + 1)[0] for i in range(0, count, 7)] == whole[::7]
    assert (whole[0], whole[-1]) == (span.start, span.stop)


@pytest.mark.parametrize("case", ["names in the middle", "placements", "layers of dies", "one point"])
def test_reductions_of_lists_are_those_of_a_walk(case, monkeypatch):
    names = ["min", "argmin", "max", "argmax", "mean", "p0", "p10", "p50", "p90.5", "p100"]
    asked = dict(CASES[case])
    size = asked.pop("size", None)
    few = nc.sweep(size, reduce=names, **asked).reductions
    monkeypatch.setattr(Few, "holds", lambda *_: False)
    walked = nc.sweep(size, reduce=names, **asked).reductions
    assert list(few) == list(walked)
    for key, row in few.items():
        assert row.pop("mean") == pytest.approx(walked[key].pop("mean"), rel=1e-15)
        assert row == walked[key]


def test_reductions_of_lists_tell_what_they_leave_out():
    found = nc.sweep(node="n5", die_area_mm2=[50, 90000, 60000], d0=[0.1, 0.2], reduce=["max", "argmin", "mean", "p50"])
    row = found.reductions["good_die_cost_usd"]
    assert row["max"] == row["mean"] == row["p50"] == float("inf")
    assert row["argmin"] == {"die_area_mm2": 50.0, "d0_per_cm2": 0.1}


@pytest.mark.parametrize("case", ["names in the middle", "placements", "a stated diameter", "one point"])
def test_csv_of_lists_has_the_bytes_of_arrays(case):
    asked = dict(CASES[case])
    asked["outputs"] = [*asked.get("outputs", ["cost"]), "wafer_price_usd", "gross_dies"]
    sweep = nc.sweep(asked.pop("size", None), **asked)
    of_lists, of_arrays = BytesIO(), BytesIO()
    print_csv(sweep, of_lists)
    assert not sweep.is_filled
    sweep.fill()
    print_csv(sweep, of_arrays)
    assert of_lists.getvalue() == of_arrays.getvalue()
