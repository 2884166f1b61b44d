"""Dies that sell with some units bad, through every driver."""

import json

import numpy as np
import pytest

import nodecalc as nc
from nodecalc.question.salvage import RESULTS

GIVEN = {"d0_per_cm2": 0.1, "wafer_price_usd": 15000}
BINS = {"full": (144, 40000), "cut": (132, 30000)}


def test_harvest_adds_to_the_answer_and_changes_nothing_of_whole_dies():
    whole, sold = nc.estimate("814", **GIVEN), nc.estimate("814", harvest="132/144", core_fraction=0.6, **GIVEN)
    want = nc.harvest_yield(132, 144, whole.mean_faults * 0.6 / 144, whole.mean_faults * 0.4)
    assert sold.sellable_yield == pytest.approx(want, rel=1e-14)
    assert sold.sellable_dies == sold.gross_dies * sold.sellable_yield
    assert sold.sellable_die_cost_usd == 15000 / sold.sellable_dies
    assert all(getattr(sold, key) == getattr(whole, key) for key in ("die_yield", "good_dies", "good_die_cost_usd"))
    assert all(getattr(whole, key) is None and key not in whole.to_dict() for key in RESULTS)
    assert whole.bins is None


def test_systematic_yield_multiplies_once_and_line_yield_is_paid_for():
    plain = nc.estimate("814", harvest=(132, 144), core_fraction=0.6, **GIVEN)
    lossy = nc.estimate("814", harvest=(132, 144), core_fraction=0.6, systematic_yield=0.9, line_yield=0.8, **GIVEN)
    assert lossy.sellable_yield == pytest.approx(0.9 * plain.sellable_yield, rel=1e-14)
    assert lossy.sellable_die_cost_usd == pytest.approx(plain.sellable_die_cost_usd / 0.9 / 0.8, rel=1e-14)


def test_bins_sell_every_die_in_the_best_that_it_fits():
    e = nc.estimate("814", bins=BINS, core_fraction=0.6, systematic_yield=0.9, line_yield=0.8, **GIVEN)
    assert list(e.bins) == ["full", "cut", "scrap"]
    assert sum(e.bins.values()) == pytest.approx(1.0, abs=4 * np.spacing(1.0))
    assert e.bins["full"] == pytest.approx(e.die_yield, rel=1e-12)
    assert e.bins["full"] + e.bins["cut"] == pytest.approx(e.sellable_yield, rel=1e-12)
    earned = e.bins["full"] * 40000 + e.bins["cut"] * 30000
    assert e.revenue_per_wafer_usd == pytest.approx(0.8 * e.gross_dies * earned, rel=1e-12)
    assert e.to_dict()["bins"] == dict(e.bins)
    assert json.loads(json.dumps(e.to_dict()))
    assert nc.estimate("814", bin="cut=132+full=144", core_fraction=0.6, **GIVEN).revenue_per_wafer_usd is None


@pytest.mark.parametrize(
    ("chip", "need", "total", "group", "source"),
    [("h100", 132, 144, 2, "tpu_gh100_2022"), ("ascend-910b", 20, 25, 1, "hami_ascend_2025")],
)
def test_a_chip_sells_with_its_own_units(chip, need, total, group, source):
    e = nc.estimate(chip=chip)
    row = e.to_dict()
    assert (row["units_needed"], row["units_total"], row["unit_group"]) == (need, total, group)
    alone = nc.harvest_yield(need // group, total // group, e.mean_faults * 0.6 / (total // group), e.mean_faults * 0.4)
    assert e.sellable_yield == pytest.approx(alone, rel=1e-13)
    assert e.sellable_yield > e.die_yield
    assert "core_fraction" in e.estimated
    assert source in {s.id for s in e.sources}
    assert any("0.4 to 0.8 make the sellable yield" in note for note in e.notes)


def test_a_chip_whose_salvage_cannot_be_told_says_why():
    e = nc.estimate(chip="h100", model="moore")
    assert e.sellable_yield is None
    assert any("says nothing of that" in note for note in e.notes)
    exact = {"d0": 0.1, "wafer_price": 15000, "density": 100}
    strict = nc.estimate(chip="h100", strict=True, **exact)
    assert strict.sellable_yield is None
    assert any("--core-fraction gives it" in note for note in strict.notes)
    assert nc.estimate(chip="h100", strict=True, core_fraction=0.5, **exact).sellable_yield > 0.0


def test_sweeps_and_arrays_say_what_single_answers_say():
    d0, need, cores = [0.05, 0.3], [100.0, 132.0, 144.0], [0.4, 0.8]
    s = nc.sweep(
        "814",
        units_total=144,
        units_needed=need,
        d0_per_cm2=d0,
        core_fraction=cores,
        wafer_price_usd=15000,
        outputs=["sellable_yield", "sellable_dies", "sellable_die_cost_usd"],
    )
    for i, n in enumerate(need):
        for j, d in enumerate(d0):
            for k, c in enumerate(cores):
                e = nc.estimate("814", harvest=(n, 144), core_fraction=c, d0=d, wafer_price=15000)
                for key in s.arrays:
                    assert s.arrays[key][i, j, k] == pytest.approx(getattr(e, key), rel=1e-11)
    given = {"die_area_mm2": 814, "d0_per_cm2": np.array(d0), "wafer_price_usd": 15000, "core_fraction": 0.4}
    found = nc.evaluate(given | {"bins": BINS}, outputs=["sellable_yield", "revenue_per_wafer_usd"])
    for j, d in enumerate(d0):
        e = nc.estimate("814", bins=BINS, core_fraction=0.4, d0=d, wafer_price=15000)
        assert found["sellable_yield"][j] == pytest.approx(e.sellable_yield, rel=1e-11)
        assert found["revenue_per_wafer_usd"][j] == pytest.approx(e.revenue_per_wafer_usd, rel=1e-11)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"harvest": "150/144"}, "allowed: 0 to 144"),
        ({"harvest": "half"}, "such as 132/144"),
        ({"harvest": "132/144", "units_total": 144}, "give one of them"),
        ({"harvest": "132/144", "model": "moore"}, "yield model moore with harvest"),
        ({"harvest": "132/144", "model": "bose-einstein", "layers": 10}, "yield model bose-einstein with harvest"),
        ({"harvest": "132/144", "unit_group": 5}, "no whole number of groups"),
        ({"harvest": "120/144", "bins": BINS}, "give --harvest 132/144, or leave out the bins"),
        ({"core_fraction": 0.5}, "give --harvest NEED/TOTAL"),
        ({"units_total": 144}, "give --harvest NEED/TOTAL"),
        ({"bins": {"a": (3, 4), "b": (2, 5)}}, "dearer than a"),
        ({"bins": {"a": (3, 4), "b": 2}}, "all of them a price, or none"),
        ({"bins": {"a": 3, "b": 3}}, "both ask for 3"),
        ({"bins": {"scrap": 3}}, "no name for a bin"),
        ({"bins": "a=3+a=2"}, "given twice"),
        ({"bins": "a"}, "write NAME=NEED"),
    ],
)
def test_what_means_nothing_is_one_line(given, said):
    with pytest.raises(nc.NodecalcError, match=said) as caught:
        nc.estimate("100", **GIVEN, **given)
    assert "\n" not in str(caught.value)


def test_results_and_units_that_do_not_belong_together_are_refused():
    with pytest.raises(nc.NodecalcError, match="give --harvest"):
        nc.sweep("100", d0=[0.1, 0.2], wafer_price=1e4, outputs=["sellable_yield"])
    with pytest.raises(nc.NodecalcError, match="no result here depends on it"):
        nc.sweep("100", d0=[0.1, 0.2], wafer_price=1e4, harvest="3/4", outputs=["die_yield"])
    with pytest.raises(nc.NodecalcError, match="no bin has a price"):
        nc.evaluate(GIVEN | {"die_area_mm2": 100, "harvest": "3/4"}, outputs=["revenue_per_wafer_usd"])


def test_repair_takes_arrays_and_refuses_what_it_does_not_know():
    found = nc.repair_yield([0.3, 0.3, -1.0], [0.8, 0.0, 0.1], 2, "negative-binomial", alpha=3)
    assert found[:2].tolist() == [
        nc.repair_yield(0.3, 0.8, 2, "negative-binomial", alpha=3),
        nc.die_yield(0.3, "negative-binomial", alpha=3),
    ]
    assert np.isnan(found[2])
    for given in ({"spares": -1}, {"spares": 1, "model": "moore"}, {"spares": 1, "alpha": 2}):
        with pytest.raises(nc.NodecalcError):
            nc.repair_yield(0.1, 0.1, **given)


def test_dies_that_sell_with_some_units_bad_are_counted_by_every_driver():
    words = {"harvest": "132/144", "core_fraction": 0.6}
    sold = {node: nc.estimate(814, node=node, **words) for node in ("n5", "n7")}
    cost = sold["n5"].sellable_die_cost_usd
    (found,) = nc.compare(814, node=["n5", "n7"], **words)
    assert (found.start, found.end) == (cost, sold["n7"].sellable_die_cost_usd)
    assert found.start + sum(step.usd for step in found.steps) == pytest.approx(found.end, rel=1e-14)
    assert (found.order[-1], found.steps[-1].end) == ("sellable_yield", sold["n7"].sellable_yield)
    assert nc.compare(814, node=["n5", "n7"], order="yield", **words)[0].order[0] == "sellable_yield"
    root = nc.solve("wafer_price", 814, node="n5", to="n7", **words)
    assert root.output == "sellable_die_cost_usd"
    assert nc.estimate(814, node="n5", wafer_price=root.value, **words).sellable_die_cost_usd == pytest.approx(
        sold["n7"].sellable_die_cost_usd, rel=1e-9
    )
    assert nc.sweep(814, node="n5", d0=[0.1], **words).outputs == ("sellable_die_cost_usd",)
    risk = nc.risk(814, node="n5", samples=256, drivers=False, **words)
    assert (risk.outcomes[0].key, risk.outcomes[0].value) == ("sellable_die_cost_usd", cost)


@pytest.mark.parametrize(
    "ask",
    [
        lambda words: nc.solve("d0", 814, node="n5", target="cost=100", **words),
        lambda words: nc.compare(814, node=["n5", "n7"], output="good_die_cost_usd", **words),
        lambda words: nc.risk(814, node="n5", outputs="die_yield", samples=256, **words),
    ],
)
def test_salvage_that_counts_for_nothing_is_refused_with_what_to_ask_for(ask):
    with pytest.raises(nc.NodecalcError, match="ask for sellable_die_cost_usd: what"):
        ask({"harvest": "132/144"})
    with pytest.raises(nc.NodecalcError, match=r"which dies sell\? give --harvest"):
        nc.compare(814, node=["n5", "n7"], output="sellable_die_cost_usd")


def test_prices_may_have_an_exponent():
    plain = nc.estimate("814", bins={"full": (144, 1e4), "cut": (132, 5e3)}, **GIVEN)
    for text in ("full=144:1e+4,cut=132:5e3", "full=144:1e4+cut=132:5E+3", "cut=132:5.e+3+full=144:10000"):
        assert nc.estimate("814", bins=text, **GIVEN).to_dict() == plain.to_dict()
    for usd in (1e16, 1e17, 1e300):
        sold = nc.estimate("814", bins={"full": (144, usd), "cut": (132, 5e3)}, **GIVEN)
        assert sold.revenue_per_wafer_usd == pytest.approx(usd * sold.gross_dies * sold.bins["full"], rel=1e-12)
        assert nc.bins(144, 0.1, bins={"a": (3, usd)}).revenue_per_die > 0.9 * usd


def test_counts_of_bins_may_be_texts_and_names_numbers():
    found = [nc.bins(total, 0.1, bins={"a": 3}) for total in ("1e2", "100.0", 100)]
    assert found[0] == found[1] == found[2]
    assert set(nc.bins(100, 0.1, bins={7: 3})) == {"7"}
    with pytest.raises(nc.NodecalcError, match="enormous int"):
        nc.bins(100, 0.1, bins={10**5000: 3})
