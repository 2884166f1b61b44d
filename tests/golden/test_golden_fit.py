"""Fits of counted dies against values worked out independently, each within its own tolerance (`fit.json`)."""

import json
from pathlib import Path

import pytest

import nodecalc as nc

CASES = json.loads((Path(__file__).parent / "fit.json").read_text(encoding="utf-8"))["cases"]
NAMES = {"d0": "d0_per_cm2"}


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in CASES])
def test_fit(case):
    given, expected = dict(case["inputs"]), dict(case["expected"])
    assert given.pop("method") == "binomial likelihood, profile"
    data = [{"area_mm2": 100 * row["area_cm2"], "dies": row["dies"], "good": row["good"]} for row in given.pop("data")]
    assert given.pop("alpha", None) is None
    found = nc.fit(data, **given)
    assert found.log_likelihood == pytest.approx(expected.pop("log_likelihood"), rel=1e-9)
    for key, value in expected.items():
        ours = getattr(found, NAMES.get(key, key))
        assert ours is None if value is None else ours == pytest.approx(value, rel=case["rel_tol"]), key


def test_no_case_is_left_out():
    assert len(CASES) == 5
