"""Published systems of CATCH, from its own inputs and by its convention (`catch.json`).

What it works out before a cost is an input here: sizes from IO cells, pads and stacked dies; seconds of machines and of
testers as USD; the share of the exposure field that dies fill, which dearer lithography stands for in the wafer price.
Two counts of dies are compared: its own, which gives its totals to 12 digits, and ours, which finds up to 2 dies or
0.34 % more and so costs 0 to 0.71 % less.
"""

import json
from math import pi
from pathlib import Path

import pytest

import nodecalc as nc
from nodecalc_kernels.defects.layers import independent_layers
from nodecalc_kernels.package.sorting import passing_share

CASES = json.loads((Path(__file__).parent / "catch.json").read_text(encoding="utf-8"))["cases"]
WAFER_MM2 = pi * 150.0**2
LOGIC = 0.67
"""The critical share that the convention brings."""
PARTS_AT_MOST = 1e4
"""Products that may use a part."""

each = pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in CASES])


def dies_of(area):
    """Return our count of square dies under its edge and street."""
    given = {key: value for key, value in nc.convention("catch").items() if key.endswith("_mm")}
    return nc.gross_dies(area**0.5, area**0.5, wafer_diameter_mm=300, **given)


def wafer_usd(part):
    """Return a wafer's price with the share of lithography over how much of the field dies fill."""
    price = 0.0
    for layer in part["layers"]:
        share = layer["litho_share"]
        price += layer["count"] * layer["usd_per_mm2"] * (1.0 - share + share / layer["field_in_use"])
    return WAFER_MM2 * price


def die_yield(part):
    """Return the share of good dies: each layer with its own defects."""
    faults = [
        layer["d0_per_mm2"] * layer["critical_share"] * part["yield_area_mm2"]
        for layer in part["layers"]
        for _ in range(layer["count"])
    ]
    return independent_layers(faults, "negative-binomial", 2.0)


def die(part, theirs):
    """Return the table of a die; two tests in a row reject as one with the share that both leave.

    What is spent between them, on those that pass the first, is put on to what the first costs.
    """
    first, second = part["self_test"], part["assembly_test"]
    later = second["usd"] + part["assembly_usd"]
    rows = {
        "size": f'"{part["area_mm2"]!r}"',
        "aspect": 1,
        "count": part["count"],
        "wafer_price": wafer_usd(part) * (dies_of(part["area_mm2"]) / theirs if theirs else 1.0),
        "die_coverage": 1.0 - (1.0 - first["coverage"]) * (1.0 - second["coverage"]),
        "sort_usd": first["usd"] + later * passing_share(die_yield(part), first["coverage"]),
    }
    layer, *more = part["layers"]
    if more:
        rows |= {"d0": 0, "systematic_yield": die_yield(part)}
    else:
        rows["d0"] = f'"{100.0 * layer["d0_per_mm2"]!r}/cm2"'
        if layer["critical_share"] != LOGIC:
            rows["critical_area_fraction"] = layer["critical_share"]
    return table(f"die.{part['name']}", rows)


def package_yield(case):
    """Return what holds beside dies that are placed: joints, and in the later version vias.

    That counts a die into a unit with the quality that it has after the first of its two tests: a factor on this yield.
    """
    given = case["inputs"]["assembly"]
    held = given["joint_yield"] ** given["joints"]
    if given.get("quality_before_second_test"):
        held *= given["through_yield"] ** given["through_silicon"]
        for part in case["inputs"]["dies"]:
            first = passing_share(die_yield(part), part["self_test"]["coverage"])
            second = passing_share(die_yield(part) / first, part["assembly_test"]["coverage"])
            held *= second ** part["count"]
    return held


def table(name, rows):
    return f"[{name}]\n" + "".join(f"{key} = {value}\n" for key, value in rows.items())


def text(case, theirs=True):
    """Return the system as a file."""
    given, expected = case["inputs"], case["expected"]
    parts, interposer, assembly = given["dies"], given["interposer"], given["assembly"]
    counted = expected["interposer_dies_per_wafer"] if theirs else dies_of(interposer["area_mm2"])
    tables = [die(part, expected["dies"][part["name"]]["dies_per_wafer"] if theirs else None) for part in parts]
    tables.append(
        table("carrier.interposer", {"usd_per_wafer": wafer_usd(interposer), "units_per_wafer": counted})
        + table(
            "assembly",
            {
                "usd": assembly["usd"],
                "bond_yield": assembly["alignment_yield"],
                "bonds": assembly["bonds"],
                "package_yield": package_yield(case),
            },
        )
    )
    for name, once in given["nre"].items():
        products = min(once.get("made", given["volume"]) / given["volume"], PARTS_AT_MOST)
        part_of = products * given["volume"] / once.get("made", given["volume"])
        usd = {key: once[key] * part_of for key in ("mask_usd", "design_usd")}
        tables.append(table(f"nre.{name}", {**usd, "products": products}))
    return "schema = 1\n" + "\n".join(tables)


def answer(tmp_path, case, theirs=True):
    path = tmp_path / "system.toml"
    path.write_text(text(case, theirs), encoding="utf-8")
    return nc.system(path, convention="catch", volume=case["inputs"]["volume"])


def charged(found, case):
    """Return what the other charges: of units that are tested, each good one; of others, each that is shipped."""
    coverage = case["inputs"]["assembly"]["coverage"]
    assert coverage in (0.0, 1.0)
    return found.unit_cost_usd if coverage else found.materials_usd


@each
def test_a_system_comes_out_part_by_part(tmp_path, case):
    expected, close = case["expected"], {"rel": case["rel_tol"], "abs": 0.0}
    found = answer(tmp_path, case)
    rows = {row.part: row for row in found.rows}
    for name, theirs in expected["dies"].items():
        ours, sorted_usd = found.dies[name], rows[f"die.{name}"].each_usd
        assert ours.die_yield == pytest.approx(theirs["true_yield"], **close)
        assert ours.die_cost_usd == pytest.approx(theirs["die_usd"], **close)
        assert sorted_usd == pytest.approx(theirs["sorted_usd"], **close)
    assert rows["carrier.interposer"].usd == pytest.approx(expected["interposer_usd"], **close)
    assert found.package_yield == pytest.approx(expected["true_yield"], **close)
    assert charged(found, case) == pytest.approx(expected["cost_usd"], **close)
    assert found.nre_usd_per_unit == pytest.approx(expected["nre_usd"], **close)
    assert charged(found, case) + found.nre_usd_per_unit == pytest.approx(expected["total_usd"], **close)


@each
def test_with_our_count_of_dies_a_system_costs_a_little_less(tmp_path, case):
    expected = case["expected"]
    found = answer(tmp_path, case, theirs=False)
    for name, theirs in expected["dies"].items():
        fewest = theirs["dies_per_wafer"]
        assert fewest <= found.dies[name].gross_dies <= max(fewest + 2, 1.0034 * fewest)
    off = (charged(found, case) + found.nre_usd_per_unit) / expected["total_usd"] - 1.0
    assert -0.0071 < off <= case["rel_tol"]


def test_no_case_is_left_out():
    assert [case["commit"] for case in CASES] == 19 * ["2ac3064"] + 4 * ["b3c7917"]
