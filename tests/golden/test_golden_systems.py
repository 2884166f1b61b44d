"""Systems of another calculator, from its own inputs and by its convention (`systems.json`)."""

import json
from pathlib import Path

import pytest

import nodecalc as nc

CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parent / "systems.json").read_text(encoding="utf-8"))["cases"]
}
N7, N5, N14 = (9346, 0.09), (16988, 0.11), (3984, 0.08)
"""Wafer price and D0 of its nodes."""


def die(name, area, count, node):
    price, d0 = node
    return f"""
[die.{name}]
size = "{area}"
aspect = 1
wafer_price = {price}
d0 = "{d0}/cm2"
count = {count}
"""


def flat(total, count):
    """Bumps, and a substrate of four times the silicon, which costs twice as much for several dies."""
    return f"""
[carrier.bumps]
area_mm2 = {total}
usd_per_mm2 = 0.005

[carrier.substrate]
area_mm2 = {4 * total * (1 if count == 1 else 2)}
usd_per_mm2 = 0.005

[assembly]
bond_yield = 0.99
"""


def answer(tmp_path, text):
    path = tmp_path / "system.toml"
    path.write_text(f"schema = 1\n{text}", encoding="utf-8")
    return nc.system(path, convention="actuary")


@pytest.mark.parametrize(("of", "node"), [("n7", N7), ("n5", N5)])
def test_one_die_and_four_on_an_organic_substrate(tmp_path, of, node):
    for name, area, count in ((f"actuary-soc-os-{of}-800", 800.0, 1), (f"actuary-mcm-os-{of}-800x4", 220.0, 4)):
        expected = CASES[name]["expected"]
        found = answer(tmp_path, die("chip", area, count, node) + flat(area * count, count))
        agree(found, expected, package=["carrier.substrate"], chips=["die.chip", "carrier.bumps"])


def test_eight_chiplets_and_another_die(tmp_path):
    text = die("ccd", 74.0, 8, N7) + die("iod", 416.0, 1, N14) + flat(1008.0, 9)
    found = answer(tmp_path, text)
    expected = CASES["actuary-amd-mcm64-system"]["expected"]
    agree(found, expected, package=["carrier.substrate"], chips=["die.ccd", "die.iod", "carrier.bumps"])


def test_four_dies_on_a_silicon_interposer(tmp_path):
    area, price, d0 = 1.1 * 880.0, 1937.0, 0.06
    given = {**nc.convention("actuary"), "alpha": 6, "aspect_ratio": 1}
    interposer = nc.estimate(area, d0=d0, wafer_price=price, **given)
    bump = 0.005 * area
    text = (
        die("chip", 220.0, 4, N5)
        + f"""
[carrier.bumps]
area_mm2 = 880
usd_per_mm2 = 0.01

[carrier.interposer]
usd = {interposer.die_cost_usd + bump}
yield = {interposer.die_yield}

[carrier.substrate]
area_mm2 = {4 * area}
usd_per_mm2 = 0.005
joined = "last"

[assembly]
bond_yield = 0.95
bonds = 4
package_yield = 0.99
"""
    )
    found = answer(tmp_path, text)
    expected = CASES["actuary-si-n5-800x4"]["expected"]
    assert found.unit_cost_usd == pytest.approx(expected["total_recurring_usd"], rel=1e-12)


def agree(found, expected, package, chips):
    usd = {row.part: row.usd for row in found.rows}
    assert found.unit_cost_usd == pytest.approx(expected["total_recurring_usd"], rel=1e-12)
    assert sum(usd[part] for part in package) == pytest.approx(expected["raw_package_usd"], rel=1e-12)
    known_good = expected["raw_chips_usd"] + expected["defect_chips_usd"]
    assert sum(usd[part] for part in chips) == pytest.approx(known_good, rel=1e-12)
    lost = expected["package_defects_usd"] + expected["wasted_known_good_die_usd"]
    assert usd["losses"] == pytest.approx(lost, rel=1e-12)


def test_no_case_is_left_out():
    assert len(CASES) == 6
