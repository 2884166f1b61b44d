"""Arguments of the wrong kind, shape or size: every public function refuses them in one line of its own."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import nodecalc as nc

POINTS = {"die_area_mm2": np.array([50.0, 100.0]), "d0_per_cm2": 0.1, "wafer_price_usd": 1e4}
BINS = {"full": (144, 40000), "cut": (132, 30000)}

HUGE = 10**5000
"""An integer of more digits than Python prints."""

CALLS: list[Callable[[], Any]] = [
    lambda: nc.evaluate(POINTS, out=5),
    lambda: nc.evaluate(POINTS, out=[]),
    lambda: nc.evaluate(POINTS, out=np.array([1.0, 2.0])),
    lambda: nc.evaluate(POINTS, out=memoryview(b"ab")),
    lambda: nc.evaluate(POINTS, out={"good_die_cost_usd": [1, 2]}),
    lambda: nc.evaluate(POINTS, out={5: np.empty(2)}),
    lambda: nc.evaluate(POINTS, dtype="a"),
    lambda: nc.evaluate(POINTS, dtype=range(0)),
    lambda: nc.evaluate(POINTS, dtype=np.ma.masked_array([1.0], [True])),
    lambda: nc.evaluate(dict),
    lambda: nc.evaluate_wafer({"euv_source_power_w": [100, 250]}, node="n5", out=-0.0),
    lambda: nc.evaluate_wafer({"euv_source_power_w": [100, 250]}, node="n5", out=[1, 2]),
    lambda: nc.sweep(100, node="n5", d0_per_cm2=[0.1, 0.2], out=2).arrays,
    lambda: nc.sweep(100, node="n5", d0_per_cm2=[0.1, 0.2], out="0.5").arrays,
    lambda: nc.sweep(100, node="n5", d0_per_cm2=[0.1, 0.2], strict="yes"),
    lambda: nc.estimate(100, node="n5", strict=np.array([None, 1.0])),
    lambda: nc.estimate(100, node="n5", tools=5),
    lambda: nc.estimate(100, node="n5", tools=np.float32(0.1)),
    lambda: nc.estimate(100, node="n5", year=np.ma.masked),
    lambda: nc.wafer_cost("n5", euv_by=[]),
    lambda: nc.wafer_cost("n5", euv_by=np.array([1.0, 2.0])),
    lambda: nc.wafer_cost("n5", like=np.array([])),
    lambda: nc.wafer_cost("n5", without=5),
    lambda: nc.wafer_map(100, node="n5", keep_outs=0.5),
    lambda: nc.wafer_map(100, node="n5", keep_outs="0.5"),
    lambda: nc.wafer_map(100, node="n5", drop_ins=np.float32(0.1)),
    lambda: nc.wafer_map(100, node="n5", field=np.ma.masked),
    lambda: nc.reticle_plan(12.9, 16.4, field_mm=np.ma.masked),
    lambda: nc.reticle_plan(12.9, 16.4, stitched="no"),
    lambda: nc.bins(144, 0.004, 0.1, bins=5),
    lambda: nc.bins(144, 0.004, 0.1, bins=dict),
    lambda: nc.bins(144, np.array([]), 0.1, bins=BINS),
    lambda: nc.fit(np.ma.masked),
    lambda: nc.fit("\0"),
    lambda: nc.fit([{"area_mm2": 100}], pass_bins="0.5"),
    lambda: nc.fit([{"area_mm2": 100, "dies": 9, "good": 5}], free=np.array([1.0, 2.0])),
    lambda: nc.risk(100, node="n5", independent=np.array([1.0, 2.0])),
    lambda: nc.risk(100, node="n5", independent="no"),
    lambda: nc.risk(100, node="n5", vary={None: None}),
    lambda: nc.radial_yield(10, 10, d0_per_cm2=0.1, shape="step", parameters=np.array([1 + 2j, 3])),
    lambda: nc.estimate(100, node="n5", d0_per_cm2=np.complex128(1 + 2j)),
    lambda: nc.estimate(100, node="n5", dose=HUGE),
    lambda: nc.estimate(100, node="n5", wafer_basis="cost", like=HUGE),
    lambda: nc.estimate(100, node="n5", wafer_price_usd="9CNY", rate={"CNY": HUGE}),
    lambda: nc.estimate(100, node="n5", wafer_price_usd="9CNY", rate={HUGE: 7}),
    lambda: nc.estimate(100, node="n5", rate=[HUGE]),
    lambda: nc.sweep(100, node="n5", d0=(0.1, 0.2), best="good_die_cost_usd", top=HUGE),
    lambda: nc.sweep(100, node="n5", d0=(0.1, 0.2), top=HUGE),
    lambda: nc.sweep(100, node=["n5", HUGE], d0=(0.1, 0.2)),
    lambda: nc.sweep(100, node="n5", d0=(0.1, 0.2))[HUGE],
    lambda: nc.sweep(100, node="n5", d0=(0.1, 0.2)).point(HUGE),
    lambda: nc.sweep(100, node="n5", d0=(0.1, 0.2), client=HUGE, reduce="min"),
    lambda: nc.solve("d0", 100, node="n5", equal=HUGE),
    lambda: nc.solve_system("d0", "h100", equal=HUGE),
    lambda: nc.risk(100, node="n5", seed=HUGE),
    lambda: nc.risk(100, node="n5", seed=-HUGE),
    lambda: nc.risk_system("h100", seed=HUGE),
    lambda: nc.risk_system("h100", vary={HUGE: "1:2"}),
    lambda: nc.risk(100, node="n5", samples=256).samples(node=HUGE),
    lambda: nc.risk(100, node="n5", samples=256).plot(HUGE),
    lambda: nc.system("h100", values={HUGE: 3}),
    lambda: nc.wafer_map(100, node="n5", drop_ins=[(HUGE, HUGE)]),
    lambda: nc.fit([{HUGE: 1}]),
    lambda: nc.load_catalogue().geometry(HUGE),
    lambda: nc.load_catalogue().geometry([1]),
    lambda: nc.load_catalogue().parameter(3),
    lambda: nc.load_catalogue().parameter(b"x"),
    lambda: nc.load_catalogue().parameter((1, 2)),
    lambda: nc.load_catalogue().parameter_range(3),
    lambda: nc.estimate(100, node=nc.at(str(nc.at("n5", d0=np.complex128(1)))[:2], d0=np.complex128(1))),
    lambda: nc.evaluate_system("h100", {"die.gpu.count": np.array([1 + 2j])}),
    lambda: nc.evaluate_system("h100", 5),
    lambda: nc.evaluate_system("h100", {5: 5}),
    lambda: nc.evaluate_system("h100", {}, outputs=5),
    lambda: nc.compare("10x10", node=["n7", "n5"], port=np.array([1.0, 2.0])),
    lambda: nc.compare("10x10", node=np.array(0.1)),
    lambda: nc.risk(100, node="n5", vary={"d0": np.array(0.1)}),
    lambda: nc.risk(100, node="n5", vary={"d0": [np.array([1.0, 2.0]), 1, 2]}),
    lambda: nc.run_scenario("none.toml", node=np.array(0.1)),
    lambda: nc.sweep(100, node="n5", d0_per_cm2=[0.1, 0.2], parallel=np.array([1, 2])),
    lambda: nc.sweep(100, node="n5", d0_per_cm2=[0.1, 0.2], progress=np.array([1, 2])),
    lambda: nc.evaluate_system("h100", {}, parallel="no"),
    lambda: nc.system("h100", values=5),
    lambda: nc.system("h100", values=[5]),
    lambda: nc.system("h100", strict=np.array([1, 2])),
    lambda: nc.evaluate_system("h100", {}, values=np.array([1.0])),
    lambda: nc.stack_cost(base_usd=10, core_usd=5, bond_usd=1, bond_yield=0.99, high=8, test_between=np.array([1, 2])),
    lambda: nc.memory("cxmt-g4", "16Gb", wafer_price=3000, d0=0.1, dies_per_package=8, test_between="no"),
    lambda: nc.capacity("10x10", node="n5", units=1e6, gross_dies=np.ma.masked, die_yield=0.5),
    lambda: nc.capacity("10x10", node="n5", units=1e6, gross_dies=10**400, die_yield=0.5),
    lambda: nc.save_answers("x", "out.json"),
    lambda: nc.diff(".", {}),
    lambda: nc.diff("x" * 300, {}),
    lambda: nc.diff("\0", {}),
    lambda: nc.logic_density(57, np.ma.masked),
    lambda: nc.die_yield([np.ma.masked, 1]),
    lambda: nc.patterning_scheme("0.05"),
    lambda: nc.patterning_scheme(Fraction(1, 3)),
    lambda: nc.patterning_scheme(5e-324),
    lambda: nc.patterning_scheme(np.ma.masked),
    lambda: nc.radial_yield(10, 10, d0_per_cm2=0.1, shape="step", parameters=(10**400, 2)),
    lambda: nc.radial_yield(10, 10, d0_per_cm2=0.1, shape="step", parameters=np.ma.masked_array([1.0, 2.0], [1, 0])),
    lambda: nc.sweep(die_area_mm2=[700, 800], node="intel-7", yield_model="bose-einstein").arrays,
    lambda: nc.reticle_plan(12.9, "450", edge_exclusion_mm="0.0177", stitched=1),
    lambda: nc.fit([{"area_mm2": 665.6, "dies": 85, "good": 34}], interval=np.ma.masked),
    lambda: nc.fit([{"area_mm2": 665.6, "dies": np.ma.masked, "good": 34}]),
    lambda: nc.compare("10x10", node=["n7", "n5"], rate=np.array(0.74)),
    lambda: nc.split(800, node="n5", chiplets=np.array([1 + 2j])),
    lambda: nc.split(800, node="n5", chiplets=np.ma.masked_array([1, 2], [True, False])),
    lambda: nc.split(800, node="n5", chiplets=[1.5, 2]),
    lambda: nc.split(800, node="n5", chiplets=[10**400]),
    lambda: nc.split(800, node="n5", chiplets=[4], bond_yield=1e-90),
    lambda: nc.solve("n5:d0", "10x10", node=np.array(0.1), target="good-die-cost=30"),
    lambda: nc.estimator("10x10", node="n5", vary="d0", edge_exclusion_mm=(0.6,)),
    lambda: nc.capacity("10x10", node="n5", units=1e6, gross_dies=1.5),
    lambda: nc.memory("cxmt-g4", capacity="16Gb", wafer_price=3000, d0=0.1, bit_density=1492.43, aspect_ratio=4.36),
    lambda: nc.estimate(0.01, node="n5", aspect_ratio=5),
    lambda: nc.memory("cxmt-g4", capacity="900000Gb", wafer_price=3000, d0=0.1),
    lambda: nc.split(800, node="n5", package_yields=[]),
    lambda: nc.risk_system("h100", samples=256, node=[]),
    lambda: nc.solve_system("d0", "h100", target="cost=2500", over=np.array([])),
    lambda: nc.sweep(100, node="n5", d0=[0.1, 0.2])[np.array([])],
    lambda: nc.solve_system("d0", "h100", target="cost=2500", strict=np.array([])),
    lambda: nc.sweep_system("h100", {"d0": nc.at("n5", d0=0.1)}),
    lambda: nc.risk(100, node="n5", seed=nc.load_catalogue().node("n5")),
    lambda: nc.sweep(100, node="n5", d0=[0.1, 0.2], top=nc.load_catalogue().node("n5")),
    lambda: nc.solve("d0", 80, node="n5", equal=nc.load_catalogue().node("n5")),
    lambda: nc.risk(100, node="n5", samples=256).quantile(np.array([0.1, 0.9])),
    lambda: nc.risk(100, node="n5", samples=256).samples(node=np.array(["n5"])),
    lambda: nc.risk_system("h100", samples=256).samples(node=[]),
    lambda: nc.risk(100, node="n5", samples=256).plot([]),
    lambda: nc.risk(100, node="n5", samples=256).save(np.array([])),
    lambda: nc.fit([{"area_mm2": 100, "dies": 90, "good": 50}]).yield_at([100.0]),
    lambda: nc.fit([{"area_mm2": 100, "dies": 90, "good": 50}]).yield_at(100, "x"),
    lambda: nc.fit([{"area_mm2": 100, "dies": 90, "good": 50}]).plot(None),
    lambda: nc.wafer_map("10x10").to_svg(by=["status"]),
    lambda: nc.sweep(100, node="n5", d0=[0.1, 0.2]).save("a.parquet", expand=np.array([])),
    lambda: nc.risk_system(np.longdouble("1.5")),
    lambda: nc.risk_system(np.array(1.5)),
    lambda: nc.open_sweep(5),
    lambda: nc.open_sweep("\0.npz"),
    lambda: nc.load_catalogue("\0"),
]


@pytest.mark.parametrize("number", range(len(CALLS)))
def test_a_wrong_argument_is_one_line(number: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(nc.NodecalcError) as raised:
            CALLS[number]()
    assert str(raised.value).isprintable()
    assert len(str(raised.value)) < 1000


@pytest.mark.parametrize("faults", [0.0, 5e-324, 1e-300, 1e300, 1e308, float("inf")])
def test_faults_of_any_size_give_shares_that_add_up(faults: float) -> None:
    found = nc.bins(144, faults, 0.1, bins=BINS)
    assert sum(found.values()) + found.scrap == pytest.approx(1.0)
    assert all(0.0 <= share <= 1.0 for share in found.values())
    assert 0.0 <= nc.harvest_yield(132, 144, faults, 0.1) <= 1.0


def test_flags_may_be_those_of_numpy() -> None:
    assert nc.estimate(100, node="n5", strict=np.False_).good_die_cost_usd > 0
    assert nc.evaluate(POINTS, dtype="f4")["good_die_cost_usd"].dtype == np.float32
    assert nc.patterning_scheme(np.float64(36)) == nc.patterning_scheme(36)
