"""Published counts of wafer maps and of rows that slide, out of `cases.json`."""

import json
from pathlib import Path

import pytest

import nodecalc as nc
from nodecalc_kernels.placement.free_rows import free_rows

FOUND = json.loads((Path(__file__).parent / "cases.json").read_text(encoding="utf-8"))
CASES = FOUND if isinstance(FOUND, list) else FOUND["cases"]


def with_number(name):
    return [pytest.param(case, id=case["id"]) for case in CASES if name in case["expected"]]


@pytest.mark.parametrize("case", with_number("partial_dies"))
def test_sites_of_a_published_map(case):
    """Partial and excluded sites are told apart by a rule that the source does not print; their sum is the same."""
    given, expected = case["inputs"], case["expected"]
    m = nc.wafer_map(
        f"{given['die_width_mm']}x{given['die_height_mm']}",
        scribe=given["scribe_mm"],
        wafer=given["wafer_diameter_mm"],
        edge=given["edge_exclusion_mm"],
        placement="center-die",
    )
    assert m.gross_dies == expected["dies_per_wafer"]
    beside = expected["partial_dies"] + expected["edge_excluded_dies"]
    assert m.counts["partial"] + m.counts["excluded"] == beside


@pytest.mark.parametrize("case", with_number("dies_per_wafer_free_rows"))
def test_free_rows(case):
    """The source places row by row and finds the optimum at a street of 0.1 mm; at 2 mm two dies more fit."""
    given, expected = case["inputs"], case["expected"]["dies_per_wafer_free_rows"]
    sizes = (given[k] for k in ("die_width_mm", "die_height_mm", "scribe_mm", "usable_wafer_diameter_mm"))
    assert free_rows(*sizes) == {0.1: expected, 2: expected + 2}[given["scribe_mm"]]
