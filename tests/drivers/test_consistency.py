"""What one way of asking answers, every other way answers: questions that once parted."""

import pytest

import nodecalc as nc
from nodecalc.errors import NodecalcError


def test_an_input_of_the_nodes_own_goes_before_one_for_all_however_often_it_is_asked():
    assert len({nc.estimate(100, node="n5:d0=0.07", d0=0.1).good_die_cost_usd for _ in range(4)}) == 1


def test_a_stack_file_is_read_anew(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text("garbage = [")
    for _ in range(3):
        with pytest.raises(NodecalcError, match="TOML"):
            nc.estimate(100, node="n5", wafer_basis="cost", stack=str(path))


@pytest.mark.parametrize(
    ("key", "value", "more"),
    [
        ("edge_exclusion", 1.0, {"size": 100}), ("scribe", 0.2, {"size": 100}), ("aspect_ratio", 2.0, {"size": 100}),
        ("die_area_mm2", 300.0, {"aspect": 2, "d0": 0.1}), ("arfi_availability", 0.9, {"size": 100}),
    ],
)  # fmt: skip
def test_an_estimator_of_a_die_at_cost(key, value, more):
    asked = {"node": "n5", "wafer_basis": "cost", **more}
    expected = nc.estimate(**asked, **{key: value}).good_die_cost_usd
    assert nc.estimator(**asked, vary=key)(value) == pytest.approx(expected, rel=1e-14)
    size = asked.pop("size", None)
    swept = nc.sweep(size, **asked, **{key: [value]})["good_die_cost_usd"].item()
    assert swept == pytest.approx(expected, rel=1e-14)


def test_d0_follows_what_its_evidence_is_read_under():
    function = nc.estimator("26x33", node="intel-7", vary="systematic_yield")
    assert function(0.7) == nc.estimate("26x33", node="intel-7", systematic_yield=0.7).good_die_cost_usd


@pytest.mark.parametrize("exponent", [64, 100, 1e3, 1e6])
def test_a_steep_radial_density_is_answered(exponent):
    e = nc.estimate(100, node="n5", radial="power", radial_rise=1, radial_exponent=exponent)
    assert 0.9 < e.die_yield < nc.estimate(100, node="n5").die_yield + 1e-3


def test_names_that_work_different_things_out_stand_side_by_side():
    swept = nc.sweep(100, node="n5", edge_rule=["finished-die", "whole-cell"])["good_die_cost_usd"].tolist()
    assert swept == [
        nc.estimate(100, node="n5", edge_rule=rule).good_die_cost_usd for rule in ("finished-die", "whole-cell")
    ]


def test_exchange_rates_are_taken_by_solves_and_estimators():
    price = {"wafer_price": "90000CNY", "rate": "CNY=7.2"}
    root = nc.solve("d0", 100, node="n5", target={"good_die_cost_usd": 30}, **price).value
    assert nc.estimate(100, node="n5", d0=root, **price).good_die_cost_usd == pytest.approx(30, rel=1e-9)
    assert (
        nc.estimator(100, node="n5", vary="d0", **price)(0.1)
        == nc.estimate(100, node="n5", d0=0.1, **price).good_die_cost_usd
    )


@pytest.mark.parametrize(
    "ask",
    [
        lambda: nc.estimate(100, node="n5", d0=-(10**400)), lambda: nc.risk(100, node=5),
        lambda: nc.risk(100, node="n5", vary=1.0), lambda: nc.risk(100, node="n5", drivers="d0"),
        lambda: nc.sweep(100, node="n5", d0=[0.1], against=5), lambda: nc.run_scenario("\0"),
        lambda: nc.split(800, node="n5", package_yields=None), lambda: nc.estimate(100, node="n5:node=n7"),
    ],
)  # fmt: skip
def test_wrong_kinds_are_one_line(ask):
    with pytest.raises(NodecalcError) as raised:
        ask()
    assert "\n" not in str(raised.value)
