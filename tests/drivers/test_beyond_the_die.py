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
        (
            lambda: nc.estimate(100, node="n7", grid_g_per_kwh=500),
            "changes nothing here without --wafer-kwh and --direct",
        ),
        (lambda: nc.sweep(100, node="n7", wafer_kwh=[1.0, 2.0]), "--wafer-kwh: it changes nothing here"),
        (lambda: nc.sweep(100, node="n7", d0=[0.1], outputs=[PER_DIE]).arrays, "good_die_co2_kg: give --wafer-kwh"),
        (lambda: nc.solve("d0", 100, node="n7", target={"usd_per_gb": 1.0}), "usd_per_gb: give --capacity"),
        (lambda: nc.risk(100, node="n7", outputs=[PER_DIE]), "good_die_co2_kg: give --wafer-kwh"),
        (lambda: nc.evaluate({"die_area_mm2": 1.0}, node="n7", outputs=[PER_DIE]), "direct_emissions is not among"),
    ],
)
def test_what_is_missing_or_has_no_effect_is_said(asked, said):
    with pytest.raises(nc.NodecalcError, match=said):
        asked()


GIVEN = {"wafer_kwh": 1000.0, "direct_emissions": 200.0}


def test_a_grid_is_given_by_its_country_in_every_driver():
    grid = nc.Catalogue().tables("carbon")["grid.g_per_kwh"].preferred("taiwan").number
    one = nc.estimate(100, node="n7", grid_g_per_kwh=grid, **GIVEN)
    named = nc.estimate(100, node="n7", grid="taiwan", **GIVEN)
    assert named.good_die_co2_kg == one.good_die_co2_kg
    assert any(note.startswith("grid taiwan: 642 g CO2e a kWh") for note in named.notes)
    swept = nc.sweep(100, node="n7", grid="taiwan", d0=[0.09], outputs=[PER_DIE], **GIVEN)
    assert swept[PER_DIE][0] == pytest.approx(one.good_die_co2_kg, rel=1e-12)
    q = nc.risk(100, node="n7", grid="taiwan", outputs=[PER_DIE], samples=256, drivers=False, **GIVEN)
    assert q.outcomes[0].value == pytest.approx(one.good_die_co2_kg, rel=1e-12)
    found = nc.solve("d0", 100, node="n7", grid="taiwan", target={PER_DIE: one.good_die_co2_kg}, **GIVEN)
    assert found.value == pytest.approx(one.inputs.numbers["d0_per_cm2"], rel=1e-9)


def test_grids_are_an_axis_of_names(tmp_path):
    swept = nc.sweep(100, node="n7", grid="Taiwan, china,500", outputs=[PER_DIE], **GIVEN)
    assert swept.dims == ("grid_g_per_kwh",)
    assert list(swept.coords["grid_g_per_kwh"]) == ["taiwan", "china", "500"]
    for name, kg in zip(swept.coords["grid_g_per_kwh"], swept[PER_DIE], strict=True):
        assert kg == pytest.approx(nc.estimate(100, node="n7", grid=name, **GIVEN).good_die_co2_kg, rel=1e-12)
    swept.save(tmp_path / "it.npz")
    assert nc.open_sweep(tmp_path / "it.npz").request == swept.request


def test_an_unknown_grid_names_the_nearest():
    asks = (
        lambda: nc.estimate(100, node="n7", grid="taiwn", **GIVEN),
        lambda: nc.sweep(100, node="n7", grid=["taiwn", "china"], outputs=[PER_DIE], **GIVEN),
    )
    for ask in asks:
        with pytest.raises(nc.NodecalcError, match="unknown grid 'taiwn'; nearest: taiwan"):
            ask()


MEMORY = {"d0": 0.1, "wafer_price": 5000}


def test_every_driver_sizes_a_die_of_memory_by_its_bits():
    one = nc.estimate(node="cxmt-g4", capacity="16Gb", **MEMORY)
    density = one.inputs.numbers["bit_density"]
    area = 16.0 / density
    assert one.inputs.die.area_mm2 == pytest.approx(area, rel=1e-12)
    same = nc.estimate(area, node="cxmt-g4", capacity=16, **MEMORY)
    assert one.usd_per_gb == pytest.approx(same.usd_per_gb, rel=1e-12)
    swept = nc.sweep(node="cxmt-g4", capacity="8Gb,16Gb,3GB", outputs=["usd_per_gb", "die_area_mm2"], **MEMORY)
    assert list(swept.coords["capacity_gb"]) == [8.0, 16.0, 24.0]
    assert swept["die_area_mm2"][1] == pytest.approx(area, rel=1e-12)
    assert swept["usd_per_gb"][1] == pytest.approx(one.usd_per_gb, rel=1e-12)
    arrays = nc.evaluate({"capacity_gb": [8.0, 16.0], **MEMORY}, node="cxmt-g4", outputs=["usd_per_gb"])
    assert arrays["usd_per_gb"][1] == pytest.approx(one.usd_per_gb, rel=1e-12)
    found = nc.solve("wafer_price", node="cxmt-g4", capacity="16Gb", d0=0.1, target={"usd_per_gb": one.usd_per_gb})
    assert found.value == pytest.approx(5000.0, rel=1e-9)
    parts = {"die.ccd.node": "cxmt-g4", "die.ccd.d0": "0.1/cm2", "die.ccd.wafer_price": 5000}
    with pytest.raises(nc.NodecalcError, match="chip"):
        nc.system("epyc-rome", values={**parts, "die.ccd.capacity": "16Gb", "die.ccd.chip": "none"})


def test_a_bit_density_with_a_range_is_drawn():
    q = nc.risk(node="industry-d1a", capacity="12Gb", outputs=["die_area_mm2", "usd_per_gb"], samples=512, **MEMORY)
    assert q.p10 < 12.0 / 0.324 < q.p90
    assert {d.name for d in q.drivers} == {"industry-d1a.bit_density"}


def test_with_a_size_bits_are_what_it_holds():
    swept = nc.sweep(67, node="cxmt-g4", capacity=[8, 16], outputs=["die_area_mm2", "usd_per_gb"], **MEMORY)
    assert swept["die_area_mm2"].tolist() == [67.0, 67.0]
    assert nc.sweep(node="cxmt-g4", capacity=[8, 16], outputs=["die_yield"], **MEMORY)["die_yield"].shape == (2,)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"node": "n7", "capacity": "16Gb"}, "--capacity without a size: no bit density of tsmc-n7 is known"),
        ({"size": 67, "node": "cxmt-g4", "bit_density": 0.2, **MEMORY}, "--bit-density sizes a die from --capacity"),
        ({"node": "cxmt-g4", "capacity": "16Gb"}, "nobody publishes d0_per_cm2 .* for cxmt-g4; supply --d0"),
        ({"node": "cxmt-g4", "capacity": "16Q", **MEMORY}, "--capacity .*: write 16Gb"),
        ({"node": "cxmt-g4", "capacity": "16Gb", "bit_density": 1e-5, **MEMORY}, "that is a die of 1.6e\\+06 mm2"),
    ],
)
def test_what_is_missing_of_a_die_of_memory_is_said(given, said):
    with pytest.raises(nc.NodecalcError, match=said):
        nc.estimate(**given)
