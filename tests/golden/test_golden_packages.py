"""Escapes, stacks, packages, bonding, layers and capacity against values worked out apart (`packages.json`)."""

import json
from pathlib import Path

import pytest

import nodecalc as nc
from nodecalc_kernels.cost.capacity import units_per_wafer, wafer_starts
from nodecalc_kernels.defects.layers import independent_layers, shared_layers
from nodecalc_kernels.package.assembly import chip_first, chip_last
from nodecalc_kernels.package.bonding import die_to_wafer, wafer_to_wafer
from nodecalc_kernels.package.sorting import passing_share

CASES = json.loads((Path(__file__).parent / "packages.json").read_text(encoding="utf-8"))["cases"]


def cases(group):
    return [pytest.param(case, id=case["id"]) for case in CASES if case["group"] == group]


def agree(found, case, key):
    assert found == pytest.approx(float(case["expected"].pop(key)), rel=case["rel_tol"], abs=0.0), key


@pytest.fixture(autouse=True)
def nothing_is_left_out(request):
    case = request.node.callspec.params["case"] if hasattr(request.node, "callspec") else None
    yield
    if case is not None:
        assert not case["expected"]


@pytest.mark.parametrize("case", cases("escapes"))
def test_escapes(case):
    given = case["inputs"]
    x, coverage, model = given["mean_faults"], given["fault_coverage"], given["model"]
    level = nc.defect_level(x, fault_coverage=coverage, model=model)
    agree(level, case, "defect_level")
    good = nc.die_yield(x, model=model)
    agree(nc.die_yield(coverage * x, model=model), case, "passing")
    agree(passing_share(good, coverage), case, "catch_pass_yield")
    brown = float(case["expected"].pop("williams_brown"))
    assert brown == pytest.approx(1.0 - good ** (1.0 - coverage), rel=case["rel_tol"])
    assert (level == pytest.approx(brown, rel=case["rel_tol"])) == (model == "poisson")


@pytest.mark.parametrize("case", cases("stack"))
def test_stacks(case):
    given = dict(case["inputs"])
    given["core_quality"] = given.pop("known_good_core", 1.0)
    if "cost" in case["expected"]:
        agree(nc.stack_cost(**given), case, "cost")
        return
    agree(nc.stack_cost(**given), case, "no_test_between")
    agree(nc.stack_cost(**given, test_between=True), case, "tested_after_each_bond")


@pytest.mark.parametrize("case", cases("package"))
def test_packages(case):
    given = case["inputs"]
    dies, carrier = given["dies"] * given["die_usd"], given["interposer_usd"]
    rest = given["bond_yield"], given["dies"]
    agree(chip_last(dies, carrier, 1.0, *rest), case, "chip_last")
    agree(chip_first(dies, carrier, 0.9, *rest), case, "chip_first_rdl_yield_0p9")
    agree(chip_last(dies, carrier, 0.9, *rest), case, "chip_last_rdl_yield_0p9")


@pytest.mark.parametrize("case", cases("bonding"))
def test_bonding(case):
    given = dict(case["inputs"])
    place, bond = given.pop("place_usd_per_die"), given.pop("bond_usd_per_wafer")
    agree(wafer_to_wafer(bond_usd_per_wafer=bond, **given), case, "w2w")
    agree(die_to_wafer(place_usd_per_die=place, **given), case, "d2w")


@pytest.mark.parametrize("case", cases("layered"))
def test_layers(case):
    given = case["inputs"]
    faults = [given["area_cm2"] * d for d in given["layers_d0"]]
    agree(independent_layers(faults, "negative-binomial", given["alpha"]), case, "independent_layers")
    agree(shared_layers(faults, "negative-binomial", given["alpha"]), case, "shared_clusters")
    agree(independent_layers(faults, "poisson"), case, "poisson")


@pytest.mark.parametrize("case", cases("capacity"))
def test_capacity(case):
    given = case["inputs"]
    for key, dies in (("wafer_starts_per_month_dies", 1), ("wafer_starts_per_month_two_die_packages", 2)):
        asked = {"units": given["units_per_year"], "gross_dies": given["gross_dies"], "die_yield": given["die_yield"]}
        agree(nc.capacity(**asked, dies_per_unit=dies).wafer_starts_per_month, case, key)
        each = units_per_wafer(given["gross_dies"] * given["die_yield"], float(dies), 1.0)
        assert (
            wafer_starts(given["units_per_year"], each)
            == nc.capacity(**asked, dies_per_unit=dies).wafer_starts_per_month
        )


def test_no_case_is_left_out():
    assert {case["group"] for case in CASES} == {"escapes", "stack", "package", "bonding", "layered", "capacity"}
    assert len(CASES) == 12
