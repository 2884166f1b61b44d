"""Bits and emissions of a die in every driver: one row and one stage each, and what has no effect is refused."""

import pytest

import nodecalc as nc

CARBON = {"wafer_kwh": 1000.0, "grid_g_per_kwh": 500.0, "direct_emissions": 200.0}
PER_DIE = "good_die_co2_kg"


def test_every_driver_gives_the_emissions_of_a_good_die():
    one = nc.estimate(100, node="n7", **CARBON)
    assert one.wafer_co2_kg == pytest.approx((1000 * 500 + 706.858347 * 200) / 1000, rel=1e-8)
    assert one.good_die_co2_kg == pytest.approx(one.wafer_co2_kg / (one.good_dies * 1.0), rel=1e-12)
    given = {"die_area_mm2": [100.0], **CARBON}
    assert nc.evaluate(given, outputs=[PER_DIE], node="n7")[PER_DIE][0] == pytest.approx(one.good_die_co2_kg, rel=1e-12)
    swept = nc.sweep(100, node="n7", outputs=[PER_DIE], **{**CARBON, "grid_g_per_kwh": [100.0, 500.0]})
    assert swept[PER_DIE][1] == pytest.approx(one.good_die_co2_kg, rel=1e-12)
    given = {key: value for key, value in CARBON.items() if key != "grid_g_per_kwh"}
    found = nc.solve("grid_g_per_kwh", 100, node="n7", target={PER_DIE: one.good_die_co2_kg}, **given)
    assert found.value == pytest.approx(500.0, rel=1e-9)
    law = {"grid_g_per_kwh": (300.0, 500.0, 700.0)}
    q = nc.risk(100, node="n7", vary=law, outputs=[PER_DIE], samples=512, drivers=False, **given)
    assert q.p10 < one.good_die_co2_kg < q.p90


def test_every_driver_gives_the_cost_of_a_bit():
    one = nc.estimate(67, node="n7", capacity=16)
    assert one.usd_per_gb == pytest.approx(one.good_die_cost_usd / 16.0, rel=1e-12)
    assert one.usd_per_gbyte == pytest.approx(one.good_die_cost_usd / 2.0, rel=1e-12)
    assert one.wafer_gigabits == pytest.approx(one.good_dies * 16.0, rel=1e-12)
    found = nc.solve("capacity", 67, node="n7", target={"usd_per_gb": one.usd_per_gb})
    assert found.value == pytest.approx(16.0, rel=1e-9)
    assert nc.sweep(67, node="n7", outputs=["usd_per_gb"], capacity=[8.0, 16.0])["usd_per_gb"].shape == (2,)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (lambda: nc.estimate(100, node="n7", grid_g_per_kwh=500), "changes nothing here without wafer_kwh and direct"),
        (lambda: nc.sweep(100, node="n7", wafer_kwh=[1.0, 2.0]), "wafer_kwh: it changes nothing here"),
        (lambda: nc.sweep(100, node="n7", d0=[0.1], outputs=[PER_DIE]).arrays, "good_die_co2_kg: give wafer_kwh"),
        (lambda: nc.solve("d0", 100, node="n7", target={"usd_per_gb": 1.0}), "usd_per_gb: give capacity_gb"),
        (lambda: nc.risk(100, node="n7", outputs=[PER_DIE]), "good_die_co2_kg: give wafer_kwh"),
        (lambda: nc.evaluate({"die_area_mm2": 1.0}, node="n7", outputs=[PER_DIE]), "direct_emissions is not among"),
    ],
)
def test_what_is_missing_or_has_no_effect_is_said(asked, said):
    with pytest.raises(nc.NodecalcError, match=said):
        asked()
