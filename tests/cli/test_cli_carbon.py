"""`nodecalc carbon`: every published reading, by country, and per good die."""

from math import pi

import pytest

import nodecalc as nc
from nodecalc.systems.carbon import carbon

AREA = pi * 15.0**2


def by_name(found):
    return {reading.name: reading.values for reading in found.readings}


def test_a_wafer_emits_its_electricity_by_the_grid_its_gases_and_materials():
    n7 = by_name(carbon("tsmc-n7", grid="taiwan"))
    act = n7["ACT, gases 95 % abated"]
    assert act["wafer_kwh"] == pytest.approx(2.15 * AREA)
    assert act["wafer_co2_kg"] == pytest.approx((2.15 * AREA * 642 + AREA * (350 + 500)) / 1000)
    assert n7["imec, all in"]["wafer_co2_kg"] == pytest.approx(1.44 * AREA)
    assert "wafer_kwh" not in n7["imec, all in"]
    assert n7["TechInsights"]["wafer_kwh"] == pytest.approx(1785)


def test_a_good_die_carries_its_share_as_it_does_of_the_price():
    die = nc.estimate("10x10", node="tsmc-n5")
    found = by_name(carbon("tsmc-n5", "10x10", grid=500))
    for values in found.values():
        assert values["good_die_co2_kg"] == pytest.approx(values["wafer_co2_kg"] / die.good_dies)


def test_nodes_without_euv_are_read_by_their_masks_as_well():
    assert "by masks, without EUV" in by_name(carbon("smic-n+3", grid="china"))
    assert "by masks, without EUV" not in by_name(carbon("tsmc-n5", grid="china"))
    n2 = by_name(carbon("smic-n+2", grid="china"))
    assert n2["by masks, without EUV"]["wafer_kwh"] == pytest.approx(n2["ACT, gases 95 % abated"]["wafer_kwh"])


def test_a_cleaner_grid_emits_less_and_given_electricity_stands(good):
    china, france = (carbon("tsmc-n5", grid=name) for name in ("china", "france"))
    assert all(
        by_name(france)[name]["wafer_co2_kg"] <= values["wafer_co2_kg"] for name, values in by_name(china).items()
    )
    rows = good("carbon", "-n", "n5,n7", "--grid", "usa", "--wafer-kwh", "1000", "-f", "json").json["rows"]
    assert {row["wafer_kwh"] for row in rows} == {1000.0}
    assert {row["node"] for row in rows} == {"tsmc-n5", "tsmc-n7"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--grid", "china"), "no node"),
        (("-n", "n5"), "no grid; give --grid with g CO2e a kWh or one of taiwan"),
        (("-n", "n5", "--grid", "mars"), "unknown grid 'mars'"),
        (("-n", "n5", "--grid", "9000"), "--grid 9000: outside"),
        (("-n", "n5", "--grid", "0.5"), "--grid 0.5: without a unit it must be 5 to 5000 g/kWh; if that is what you"),
        (("-n", "n5", "--grid", "500 lb/kWh"), "unknown unit 'lb/kwh'; allowed: g/kwh, kg/kwh"),
        (
            ("-n", "tsmc-n2", "--grid", "usa", "--wafer-kwh", "2500"),
            "give both --wafer-kwh 2500 and --direct-",
        ),
        (("-n", "cxmt-g4", "--grid", "china"), "no figures of energy or emissions are known of its class"),
        (("-n", "n5", "--grid", "china", "--d0", "0.1"), "--d0 without a size"),
    ],
)
def test_bad_questions_get_one_line(cli, words, said):
    done = cli("carbon", *words)
    assert done.code == 2
    assert said in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        ("carbon", "100", "-n", "n5", "--grid", "taiwan", "--harvest", "3/4"),
        ("carbon", "100", "-n", "n5", "--grid", "taiwan", "--wafer-price", "20000"),
        ("memory", "cxmt-g4", "--capacity", "16Gb", "--wafer-price", "5000", "--d0", "0.2", "--bin", "a=1:5"),
    ],
)
def test_what_counts_for_nothing_is_refused(cli, words):
    done = cli(*words)
    assert done.code == 2
    assert "leave it out" in done.err


@pytest.mark.parametrize("grid", ["500 g/kWh", "0.5kg/kWh", "500 gCO2e/kWh", "0.5 t/MWh"])
def test_a_grid_may_say_its_unit(grid):
    assert carbon("tsmc-n5", grid=grid).grid_g_per_kwh == 500.0
    assert carbon("tsmc-n5", grid=0.5).grid_g_per_kwh == 0.5
    assert carbon("tsmc-n5", grid="0").grid_g_per_kwh == 0.0


def test_given_electricity_and_emissions_stand_for_a_class_without_figures(good):
    words = ("carbon", "100", "-n", "tsmc-n2", "--grid", "400", "--wafer-kwh", "2500", "--direct-emissions", "1000")
    (row,) = good(*words, "--d0", "0.1", "-f", "json").json["rows"]
    assert row["reading"] == "as given"
    assert row["wafer_co2_kg"] == pytest.approx(2500 * 0.4 + 1000 * AREA / 1000)
    assert "as given" in good(*words, "--d0", "0.1").out
    direct = by_name(carbon("tsmc-n5", grid=0, direct_emissions=1000))
    assert [values["wafer_co2_kg"] for values in direct.values()] == pytest.approx([AREA] * len(direct))


def test_a_good_die_says_which_d0_it_rests_on(good):
    said = " ".join(good("carbon", "100", "-n", "tsmc-n5", "--grid", "usa").out.split())
    d0 = nc.estimate(100, node="n5").inputs.numbers["d0_per_cm2"]
    assert f"tsmc-n5: a good die rests on D0 {d0:.3g} /cm2 (anandtech_16028_2020, " in said
    assert "anandtech_16028_2020" in {source.id for source in carbon("tsmc-n5", 100, grid="usa").sources}
    given = " ".join(good("carbon", "100", "-n", "tsmc-n5", "--grid", "usa", "--d0", "0.1").out.split())
    assert "a good die rests on D0 0.1 /cm2 (given)" in given
    assert "rests on D0" not in good("carbon", "-n", "tsmc-n5", "--grid", "usa").out
