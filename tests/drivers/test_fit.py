"""Fits: from counts, from files, from one reported yield; and how often their intervals hold."""

import json
from math import inf

import numpy as np
import pytest

import nodecalc as nc
from nodecalc.drivers.fit import implied_band
from nodecalc_kernels.defects.fit import _rising

LOT = [
    {"area_mm2": 50, "dies": 1100, "good": 950},
    {"area_mm2": 100, "dies": 600, "good": 452},
    {"area_mm2": 665.6, "dies": 82, "good": 13},
]


def test_one_area_gives_back_the_inverse_of_its_yield_under_every_model():
    for model, own in (("murphy", {}), ("moore", {}), ("negative-binomial", {"alpha": 3}), ("rectangular", {})):
        found = nc.fit([{"area_mm2": 200, "dies": 100, "good": 60}], model, systematic_yield=0.9, **own)
        want = nc.implied_d0(0.6, 200, model, systematic_yield=0.9, **own)
        assert found.d0_per_cm2 == pytest.approx(want, rel=1e-6)
        assert found.d0_low < want < found.d0_high


def test_what_the_data_do_not_bound_is_no_number():
    all_good = nc.fit([{"area_mm2": 100, "dies": 50, "good": 50}])
    assert (all_good.d0_per_cm2, all_good.d0_low) == (0.0, 0.0)
    # 50 good of 50: ln L falls by 1.3528 at 50 faults in 50 dies over that many.
    poisson = nc.fit([{"area_mm2": 100, "dies": 50, "good": 50}], "poisson")
    assert poisson.d0_high == pytest.approx(1.352771727 / 50, rel=1e-6)
    none_good = nc.fit([{"area_mm2": 100, "dies": 50, "good": 0}])
    assert none_good.d0_per_cm2 == inf
    assert none_good.d0_high is None
    assert none_good.d0_low > 1.0
    assert nc.fit(LOT, "negative-binomial", free=("d0", "alpha")).alpha_high is None


def test_systematic_yield_is_told_from_d0_by_several_areas():
    data = [
        {"area_mm2": a, "dies": 10**6, "good": round(10**6 * 0.9 * nc.die_yield(0.2 * a / 100))} for a in (20, 100, 400)
    ]
    found = nc.fit(data, free=["d0", "systematic_yield"])
    assert found.d0_per_cm2 == pytest.approx(0.2, rel=1e-3)
    assert found.systematic_yield == pytest.approx(0.9, rel=1e-3)
    assert found.systematic_yield_low < 0.9 < found.systematic_yield_high <= 1.0


def test_files_say_what_rows_say(tmp_path):
    table = tmp_path / "lot.csv"
    table.write_text("area;dies;good\n" + "".join(f"{r['area_mm2']};{r['dies']};{r['good']}\n" for r in LOT))
    assert nc.fit(table) == nc.fit(LOT)
    chart = tmp_path / "map.csv"
    tests = ["wafer,x,y,bin", "A,0,0,7", "A,0,0,1", "A,1,0,1", "A,2,0,3", "B,0,0,5", "B,1,0,1"]
    chart.write_text("\n".join(tests) + "\n")
    found = nc.fit(chart, area_mm2=100)
    rows = [{"area_mm2": 100, "dies": n, "good": g, "wafer": w} for w, n, g in (("A", 3, 2), ("B", 2, 1))]
    assert found == nc.fit(rows)
    assert (found.dies, found.good, found.wafers) == (5, 3, 2)
    assert nc.fit(chart, area_mm2=100, pass_bins=("1", "3")).good == 4
    json.dumps(found.to_dict())


def test_the_beta_binomial_is_the_product_that_it_stands_for():
    for p, count, spread in ((0.3, 80, 1e-6), (0.3, 80, 1e-4), (0.3, 80, 0.05), (1.0, 600, 2e-5), (1e-3, 5, 0.5)):
        want = float(np.sum(np.log(p + spread * np.arange(count))))
        assert _rising(p, np.log(p), count, spread) == pytest.approx(want, rel=1e-9, abs=1e-7)


def test_wafers_that_differ_widen_the_interval():
    good = [70, 20, 55, 10, 75, 40, 66, 30]
    rows = [{"area_mm2": 665.6, "dies": 82, "good": g, "wafer": i} for i, g in enumerate(good)]
    apart = nc.fit(rows)
    together = nc.fit([{"area_mm2": 665.6, "dies": 82 * len(good), "good": sum(good)}])
    assert apart.d0_high - apart.d0_low > 2.5 * (together.d0_high - together.d0_low)


def test_intervals_of_independent_dies_hold_as_often_as_they_say():
    rng = np.random.default_rng(5)
    held = 0
    for _ in range(1000):
        good = int(rng.binomial(600, nc.die_yield(0.3)))
        found = nc.fit([{"area_mm2": 100, "dies": 600, "good": good}])
        held += found.d0_low <= 0.3 <= found.d0_high
    assert 870 <= held <= 930


def test_one_yield_is_a_band_of_d0():
    rows = {row.model: row.d0_per_cm2 for row in implied_band("40%", 665.6)}
    assert rows["poisson"] == pytest.approx(0.1377, abs=1e-4)
    assert rows["murphy"] == pytest.approx(0.1501, abs=1e-4)
    assert "bose-einstein" not in rows
    sold = {row.model: row.d0_per_cm2 for row in implied_band(0.4, 665.6, need=20, total=25, core_fraction=0.6)}
    assert sold["murphy"] == pytest.approx(0.3734, abs=1e-4)
    assert "moore" not in sold


@pytest.mark.parametrize(
    ("data", "given", "said"),
    [
        ([], {}, "no rows"),
        ([{"dies": 5, "good": 1}], {}, "no area"),
        ([{"area_mm2": 10, "dies": 5, "good": 6}], {}, "6 good of 5"),
        ([{"area_mm2": 10, "dies": 5, "good": 1.5}], {}, "whole number"),
        ([{"area_mm2": 10, "dies": 5}], {}, "good None"),
        ([{"area_mm2": 10, "dies": 5, "good": 1, "lot": 1}], {}, "unknown 'lot'"),
        ([{"area_mm2": 10, "dies": 5, "good": 1, "wafer": 1}, {"area_mm2": 10, "dies": 5, "good": 1}], {}, "or none"),
        (LOT, {"free": ("alpha",)}, "add d0"),
        (LOT, {"free": ("d0", "alpha")}, "belongs to negative-binomial"),
        (LOT, {"free": ("d0", "beta")}, "allowed: d0, alpha"),
        (LOT[:1], {"free": ("d0", "systematic_yield")}, "an area of its own"),
        (LOT, {"interval": 1.0}, "such as 0.9"),
        (LOT, {"model": "bose-einstein"}, "critical_layers"),
        ("/nowhere/lot.csv", {}, "No such file"),
    ],
)
def test_what_means_nothing_is_one_line(data, given, said):
    with pytest.raises(nc.NodecalcError, match=said) as caught:
        nc.fit(data, **given)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "options"),
    [
        (5, {}),
        ([{"area_mm2": 100, "dies": 10**400, "good": 1}], {}),
        ([{"area_mm2": 100, "dies": 10, "good": 1, "wafer": ["a"]}], {}),
        ([{"area_mm2": 100, "dies": 10, "good": 1}], {"interval": None}),
        ([{"area_mm2": 100, "dies": 10, "good": 1}], {"pass_bins": "1"}),
    ],
)
def test_data_of_a_wrong_kind_say_so(data, options):
    with pytest.raises(nc.NodecalcError):
        nc.fit(data, **options)
