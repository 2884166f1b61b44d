"""Harvest and implied D0 against values worked out in 40 digits, each within its own tolerance (`harvest.json`)."""

import json
from pathlib import Path

import pytest

import nodecalc as nc

CASES = json.loads((Path(__file__).parent / "harvest.json").read_text(encoding="utf-8"))["cases"]
MM2_PER_CM2 = 100.0
WITH_ALPHA = "negative-binomial"


def cases(group):
    return [pytest.param(case, id=case["id"]) for case in CASES if case["group"] == group]


def alpha_of(model, alpha):
    return {"alpha": alpha} if model == WITH_ALPHA else {}


@pytest.mark.parametrize("case", cases("harvest"))
def test_harvest(case):
    given = case["inputs"]
    found = nc.harvest_yield(
        given["need"],
        given["units"],
        given["core_faults"],
        given["rest_faults"],
        given["model"],
        **alpha_of(given["model"], given["alpha"]),
    )
    assert found == pytest.approx(float(case["expected"]["p"]), rel=case["rel_tol"], abs=0.0)


@pytest.mark.parametrize("case", cases("implied-d0"))
def test_implied_d0(case):
    given = case["inputs"]
    assert case["expected"]
    for model, expected in case["expected"].items():
        options = alpha_of(model, given["alpha"])
        if "units" in given:
            options |= {"need": given["need"], "total": given["units"], "core_fraction": given["core_share_of_area"]}
        share = given["sold_share"] if "units" in given else given["die_yield"]
        found = nc.implied_d0(share, given["area_cm2"] * MM2_PER_CM2, model, **options)
        assert found == pytest.approx(float(expected), rel=case["rel_tol"], abs=0.0), model


def test_no_case_is_left_out():
    assert {case["group"] for case in CASES} == {"harvest", "implied-d0"}
    assert len(CASES) == 29
