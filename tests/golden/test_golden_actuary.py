"""Published systems of Chiplet Actuary, from its own inputs and by its convention (`actuary.json`).

One die of 800 mm2 on 5 nm against two and four on an organic substrate, fan-out and a silicon interposer, with one-time
costs at three volumes; the processor of 16 to 64 cores in chiplets and in one die; one, two and four of a chiplet that
share its design and, where dummies fill the package, the package. Its other cases are in `systems.json`.
"""

import json
from pathlib import Path

import pytest

import nodecalc as nc

CASES = json.loads((Path(__file__).parent / "actuary.json").read_text(encoding="utf-8"))["cases"]
NODES = {"5": (16988, 0.11), "7": (9346, 0.09), "14": (3984, 0.08)}
"""Wafer price and D0 of its nodes."""
MADE = {"fan-out": (1200, 0.05, 3, 1.2, 0.98), "silicon": (1937, 0.06, 6, 1.1, 0.95)}
"""Wafer price, D0 and alpha of what dies stand on, its area over theirs, and the yield of a bond."""
ORGANIC_USD, C4_USD, MICRO_USD = 0.005, 0.005, 0.01
"""Of a mm2 of substrate and of bumps."""

each = pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in CASES])


def table(name, rows):
    return f"[{name}]\n" + "".join(f"{key} = {value}\n" for key, value in rows.items())


def by_area(name, area, usd, **more):
    return table(f"carrier.{name}", {"area_mm2": area, "usd_per_mm2": usd, **more})


def dies(case):
    """Return the tables of the dies; dummies are silicon without a price."""
    rows = []
    for place, part in enumerate(part for part in case["inputs"]["dies"] if part["node"]):
        price, d0 = NODES[part["node"]]
        size = {"size": f'"{part["area_mm2"]}"', "aspect": 1, "count": part["count"]}
        rows.append(table(f"die.chip{place}", {**size, "wafer_price": price, "d0": f'"{d0}/cm2"'}))
    return rows


def text(case):
    """Return the system as a file."""
    given = case["inputs"]
    count = sum(part["count"] for part in given["dies"])
    silicon = sum(part["area_mm2"] * part["count"] for part in given["dies"])
    package, _, way = given["package"].replace(" interposer", "").partition(", ")
    if package == "organic":
        rows = [
            by_area("bumps", given["bumped_mm2"], C4_USD),
            by_area("substrate", 4.0 * silicon * (1 if count == 1 else 2), ORGANIC_USD),
            table("assembly", {"bond_yield": 0.99, "bonds": count}),
        ]
    else:
        price, d0, alpha, factor, held = MADE[package]
        area = factor * silicon
        made = nc.estimate(
            area, d0=d0, wafer_price=price, **{**nc.convention("actuary"), "alpha": alpha, "aspect_ratio": 1}
        )
        first = way == "chip-first"
        rows = [
            by_area("bumps", given["bumped_mm2"], MICRO_USD),
            table("carrier.interposer", {"usd": made.die_cost_usd + C4_USD * area, "yield": made.die_yield}),
            by_area("substrate", 4.0 * area, ORGANIC_USD, joined='"last"'),
            table(
                "assembly",
                {"method": '"chip-first"' if first else '"chip-last"', "package_yield": 0.99, "bonds": count}
                | ({} if first else {"bond_yield": held}),
            ),
        ]
    once = [
        table(f"nre.{name}", {"design_usd": part["usd"], "products": part["units"]})
        for name, part in given.get("nre", {}).items()
    ]
    return "schema = 1\n" + "\n".join([*dies(case), *rows, *once])


@each
def test_a_system_comes_out_part_by_part(tmp_path, case):
    expected, close = case["expected"], {"rel": case["rel_tol"], "abs": 0.0}
    path = tmp_path / "system.toml"
    path.write_text(text(case), encoding="utf-8")
    found = nc.system(path, convention="actuary", volume=case["inputs"].get("volume"))
    rows = {row.part: row for row in found.rows}
    chips = sum(row.usd for part, row in rows.items() if part.startswith("die.")) + rows["carrier.bumps"].usd
    assert chips == pytest.approx(expected["raw_chips_usd"] + expected["defect_chips_usd"], **close)
    package = rows["carrier.substrate"].usd
    if "carrier.interposer" in rows:
        made = rows["carrier.interposer"]
        package += made.usd * (1.0 if case["inputs"]["package"].endswith("first") else made.good)
    assert package == pytest.approx(expected["raw_package_usd"], **close)
    assert found.unit_cost_usd == pytest.approx(expected["total_recurring_usd"], **close)
    if "total_usd" in expected:
        assert found.nre_usd_per_unit == pytest.approx(expected["nre_usd"], **close)
        assert found.total_usd == pytest.approx(expected["total_usd"], **close)


def test_no_case_is_left_out():
    assert len(CASES) == 38
