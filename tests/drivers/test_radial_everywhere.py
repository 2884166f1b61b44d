"""Defect densities that grow towards the edge: one answer by every driver, whatever asks."""

from math import fsum

import numpy as np
import pytest

import nodecalc as nc
from nodecalc_kernels.compiled.radial import FEW_SUMS, mean_yields

EXACT = {"d0_per_cm2": 0.12, "wafer_price_usd": 15000}
STEP = {"radial_shape": "step", "radial_start": 0.7, "radial_factor": 3.0}
POWER = {"radial_shape": "power", "radial_rise": 1.5, "radial_exponent": 3.0}
MEANINGS = ("centre", "disc-mean", "die-mean")


def plain(shape, d0_is, **more):
    parameters = tuple(value for key, value in shape.items() if key != "radial_shape")
    given = {"shape": shape["radial_shape"], "parameters": parameters, "d0_is": d0_is, "d0_per_cm2": 0.12}
    return nc.radial_yield(12, 17, **given, **more)


@pytest.mark.parametrize("d0_is", MEANINGS)
@pytest.mark.parametrize("shape", [STEP, POWER])
def test_an_estimate_sums_over_the_dies_of_its_placement(shape, d0_is):
    for more in ({}, {"placement": "center-corner"}, {"placement": "free-rows"}, {"edge_exclusion_mm": 8}):
        e = nc.estimate("12x17", **EXACT, **shape, d0_is=d0_is, **more)
        want = plain(shape, d0_is, **more)
        assert e.gross_dies == want.gross_dies
        assert e.good_dies == pytest.approx(want.good_dies, rel=1e-13)
        assert e.good_die_cost_usd == pytest.approx(15000 / want.good_dies, rel=1e-13)


def test_whole_cells_stand_where_their_dies_do():
    given = {**EXACT, **STEP, "scribe_mm": 1.5, "edge_rule": "whole-cell"}
    e, m = nc.estimate("12x17", **given), nc.wafer_map("12x17", **given)
    assert e.gross_dies == m.gross_dies < nc.estimate("12x17", **given | {"edge_rule": "finished-die"}).gross_dies
    assert e.die_yield == pytest.approx(m.die_yield, rel=1e-3)  # among the best placements the map takes another


@pytest.mark.parametrize("shape", [STEP, POWER])
def test_every_driver_has_the_same_answer(shape):
    d0, sizes = [0.05, 0.2], [[8.0, 12.0], [12.0, 17.0]]
    for d0_is in MEANINGS:
        one = {
            (w, d): nc.estimate(f"{w}x{h}", d0=d, wafer_price=15000, **shape, d0_is=d0_is) for w, h in sizes for d in d0
        }
        own = {k: v for k, v in shape.items() if k != "radial_shape"}
        found = nc.evaluate(
            {
                "die_width_mm": np.array([[w] for w, _ in sizes]),
                "die_height_mm": np.array([[h] for _, h in sizes]),
                "d0_per_cm2": d0,
                "wafer_price_usd": 15000,
                **own,
            },
            outputs=["good_dies", "good_die_cost_usd"],
            radial_shape=shape["radial_shape"],
            d0_is=d0_is,
        )
        for i, (w, h) in enumerate(sizes):
            s = nc.sweep(f"{w}x{h}", d0_per_cm2=d0, wafer_price_usd=15000, d0_is=d0_is, **shape, outputs=["good_dies"])
            for j, d in enumerate(d0):
                assert found["good_dies"][i, j] == pytest.approx(one[w, d].good_dies, rel=1e-12)
                assert found["good_die_cost_usd"][i, j] == pytest.approx(one[w, d].good_die_cost_usd, rel=1e-12)
                assert s.arrays["good_dies"][j] == pytest.approx(one[w, d].good_dies, rel=1e-12)


def test_shape_meaning_and_parameters_are_axes():
    s = nc.sweep(
        "12x17",
        radial_shape=["flat", "step", "power"],
        radial_rise=1.5,
        radial_exponent=3,
        radial_start=0.7,
        radial_factor=3,
        d0_per_cm2=[0.05, 0.12],
        wafer_price_usd=15000,
        outputs=["good_dies"],
    )
    for i, shape in enumerate(({}, STEP, POWER)):
        assert s.arrays["good_dies"][i, 1] == pytest.approx(nc.estimate("12x17", **EXACT, **shape).good_dies, rel=1e-12)
    s = nc.sweep("12x17", **STEP | {"radial_factor": [1, 2, 3]}, d0_is=list(MEANINGS), **EXACT, outputs=["good_dies"])
    assert s.arrays["good_dies"].shape == (3, 3)
    flat = nc.estimate("12x17", **EXACT).good_dies
    assert s.arrays["good_dies"][0] == pytest.approx([flat] * 3, rel=1e-12)
    assert s.arrays["good_dies"][2, 0] < flat < s.arrays["good_dies"][2, 2] < s.arrays["good_dies"][2, 1]


@pytest.mark.parametrize("model", ["murphy", "negative-binomial", "poisson", "bose-einstein", "moore"])
def test_sums_over_many_points_are_those_of_the_plain_function(model):
    spread = ((0.5, 0.25), (1.0, 0.5), (3.0, 0.25))
    faults = np.linspace(0.0, 20.0, FEW_SUMS + 30)
    own = {"negative-binomial": (np.linspace(0.3, 5, faults.size),), "bose-einstein": (np.full(faults.size, 9.0),)}
    found = mean_yields(model, spread, faults, *own.get(model, ()))
    few = [
        mean_yields(model, spread, faults[i : i + 1], *(a[i : i + 1] for a in own.get(model, ())))[0] for i in range(5)
    ]
    assert found[:5] == pytest.approx(few, rel=1e-14)
    assert (np.diff(found) < 0.0).all() or model == "negative-binomial"


def test_dies_that_sell_with_units_off_are_summed_over_the_map_too():
    e = nc.estimate("12x17", **EXACT, **STEP, harvest="20/25", core_fraction=0.6)
    m = nc.wafer_map("12x17", **EXACT, **STEP, harvest="20/25", core_fraction=0.6, placement="center-die")
    on_map = [nc.harvest_yield(20, 25, e.mean_faults * g * 0.6 / 25, e.mean_faults * g * 0.4) for g in m.densities.of]
    assert m.sellable_yield == pytest.approx(fsum(on_map) / len(on_map), rel=1e-12)
    same = nc.estimate("12x17", **EXACT, **STEP, harvest="20/25", core_fraction=0.6, placement="center-die")
    assert same.sellable_yield == pytest.approx(m.sellable_yield, rel=1e-12)
    found = nc.evaluate(
        {"die_width_mm": 12, "die_height_mm": 17, **EXACT, "core_fraction": [0.6, 0.7], "harvest": "20/25"}
        | {k: v for k, v in STEP.items() if k != "radial_shape"},
        radial_shape="step",
        outputs=["sellable_yield"],
    )
    assert found["sellable_yield"][0] == pytest.approx(e.sellable_yield, rel=1e-12)
    binned = nc.estimate("12x17", **EXACT, **STEP, bins="full=25:100,cut=20:60", core_fraction=0.6)
    assert fsum(binned.bins.values()) == pytest.approx(1.0, abs=1e-15)
    assert binned.bins["full"] == pytest.approx(binned.die_yield, rel=1e-10)
    assert binned.bins["full"] + binned.bins["cut"] == pytest.approx(e.sellable_yield, rel=1e-10)


def test_a_map_varies_over_the_wafer_and_its_pictures_show_it_with_a_scale():
    m = nc.wafer_map("12x17", **EXACT, **POWER, keep_outs=["0,0,15"], systematic_yield=0.9)
    yields = [s.expected_yield for s in m.sites if s.expected_yield is not None]
    assert len(yields) == m.gross_dies
    assert fsum(yields) == pytest.approx(m.good_dies, rel=1e-12)
    for s in m.sites:
        assert (s.expected_yield is None) == (s.status != "good")
    good = sorted((s for s in m.sites if s.expected_yield), key=lambda s: s.x**2 + s.y**2)
    assert good[0].expected_yield > 1.3 * good[-1].expected_yield
    picture = m.picture("yield")
    assert picture.extent == (min(yields), max(yields))
    assert m.to_svg("yield").count("<path fill=") > 20
    from nodecalc.charts.wafer_terminal import wafer_text

    text = wafer_text(picture, 100, 40)
    assert "0-9 " in text
    assert f"{min(yields):.1%} to {max(yields):.1%}" in text
    assert nc.wafer_map("12x17", **EXACT).densities is None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"radial_shape": "cone"}, "flat, step, power"),
        ({"radial_shape": "step"}, "--radial-start"),
        ({"radial_shape": "step", "radial_start": 0.8}, "--radial-factor"),
        ({"radial_factor": 2}, "give --radial step"),
        ({**POWER, "radial_start": 0.5}, "belongs to step"),
        ({"d0_is": "disc-mean"}, "--radial step or power"),
        ({**STEP, "placement": "flynn"}, "places no dies"),
        ({**STEP, "radial_start": 1.5}, "0 to 1"),
        ({**STEP, "radial_start": 0, "radial_factor": 0, "d0_is": "disc-mean"}, "give other parameters"),
        ({**STEP, "d0_is": "edge"}, "centre, disc-mean, die-mean"),
    ],
)
def test_what_means_nothing_is_one_line_by_every_driver(given, said):
    def evaluated():
        names = {k: v for k, v in given.items() if k in ("radial_shape", "d0_is", "placement")}
        numbers = {k: v for k, v in given.items() if k not in names}
        return nc.evaluate({"die_area_mm2": [100.0], **EXACT, **numbers}, **names)

    asked = [lambda: nc.estimate("100", **EXACT, **given), lambda: nc.wafer_map("100", **EXACT, **given)]
    if "other parameters" not in said:  # points of arrays are nan instead
        asked.append(lambda: nc.sweep("100", **EXACT | {"d0_per_cm2": [0.1, 0.2]}, **given).arrays)
        asked += [evaluated] if "0 to 1" not in said else []
    for ask in asked:
        with pytest.raises(nc.NodecalcError, match=said) as caught:
            ask()
        assert "\n" not in str(caught.value)


def test_a_panel_has_no_radius():
    with pytest.raises(nc.NodecalcError, match="no radius"):
        nc.wafer_map("20x20", **EXACT, **STEP, panel="510x515")
