"""Exposures against values found by brute force (`reticle.json`): every number of them."""

import json
from pathlib import Path

import pytest

import nodecalc as nc

CASES = json.loads((Path(__file__).parent / "reticle.json").read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in CASES])
def test_reticle(case):
    given, expected = case["inputs"], case["expected"]
    assert not given["rotated"]
    plan = nc.reticle_plan(
        given["die_width_mm"],
        given["die_height_mm"],
        scribe_mm=given["scribe_mm"],
        wafer_diameter_mm=given["wafer_mm"],
        edge_exclusion_mm=given["edge_exclusion_mm"],
        placement=given["placement"],
        field_mm=given["field_mm"],
    )
    found = {
        "dies_per_field": list(plan.dies_per_field),
        "dies": plan.dies,
        "fewest_exposures": plan.exposures,
        "full_exposures_at_fewest_max": plan.full,
        "partial_exposures": plan.partial,
        "most_exposures": plan.most_exposures,
    }
    assert {**found, "field_utilisation": expected["field_utilisation"]} == expected
    assert plan.utilisation == pytest.approx(float(expected["field_utilisation"]), rel=1e-15)
    assert not plan.turned
    assert plan.proven


def test_no_case_is_left_out():
    assert len(CASES) == 8
