"""Radial yield against values worked out in 40 digits, each within its own tolerance (`radial.json`)."""

import json
from pathlib import Path

import pytest

import nodecalc as nc

CASES = json.loads((Path(__file__).parent / "radial.json").read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in CASES])
def test_radial(case):
    given, expected = dict(case["inputs"]), dict(case["expected"])
    assert given.pop("radius").startswith("die centre over the usable radius")
    given["wafer_diameter_mm"] = given.pop("wafer_mm")
    if given["alpha"] is None:
        del given["alpha"]
    close = {"rel": case["rel_tol"], "abs": 0.0}
    for d0_is, key in (
        ("centre", "good_dies_centre_d0"),
        ("disc-mean", "good_dies_disc_mean"),
        ("die-mean", "good_dies_die_mean"),
    ):
        found = nc.radial_yield(**given, d0_is=d0_is, sampling="centre")
        assert found.good_dies == pytest.approx(float(expected.pop(key)), **close)
    assert found.gross_dies == expected.pop("dies")
    assert found.flat_good_dies == pytest.approx(float(expected.pop("good_dies_flat")), **close)
    assert found.disc_mean_of_g == pytest.approx(float(expected.pop("disc_mean_of_g")), **close)
    assert found.die_mean_of_g == pytest.approx(float(expected.pop("die_mean_of_g")), **close)
    assert not expected


def test_no_case_is_left_out():
    assert len(CASES) == 13
