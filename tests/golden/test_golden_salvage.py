"""Repair and bins against values worked out in 40 digits, each within its own tolerance (`salvage.json`)."""

import json
from math import fsum, ulp
from pathlib import Path

import pytest

import nodecalc as nc

CASES = json.loads((Path(__file__).parent / "salvage.json").read_text(encoding="utf-8"))["cases"]


def cases(group):
    return [pytest.param(case, id=case["id"]) for case in CASES if case["group"] == group]


def alpha_of(given):
    return {"alpha": given["alpha"]} if given["model"] == "negative-binomial" else {}


@pytest.mark.parametrize("case", cases("repair"))
def test_repair(case):
    given = case["inputs"]
    found = nc.repair_yield(
        given["fixed_faults"], given["repairable_faults"], given["spares"], given["model"], **alpha_of(given)
    )
    assert found == pytest.approx(float(case["expected"]["p"]), rel=case["rel_tol"], abs=0.0)


@pytest.mark.parametrize("case", cases("harvest-bins"))
def test_bins(case):
    given, expected = case["inputs"], {key: float(text) for key, text in case["expected"].items()}
    found = nc.bins(
        given["units"],
        given["core_faults"],
        given["rest_faults"],
        bins={name: (need, usd) for name, need, usd in given["bins"]},
        model=given["model"],
        **alpha_of(given),
    )
    for name, share in found.items():
        assert share == pytest.approx(expected.pop(name), rel=case["rel_tol"], abs=0.0), name
    assert found.scrap == pytest.approx(expected.pop("scrap"), rel=case["rel_tol"], abs=0.0)
    assert found.revenue_per_die == pytest.approx(expected.pop("revenue_per_gross_die"), rel=case["rel_tol"], abs=0.0)
    assert not expected
    assert abs(fsum((*found.values(), found.scrap)) - 1.0) <= 4 * ulp(1.0)


def test_no_case_is_left_out():
    assert {case["group"] for case in CASES} == {"repair", "harvest-bins"}
    assert len(CASES) == 9
