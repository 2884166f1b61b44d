"""`nodecalc capacity` as a user types it: wafers for units, units of wafers, limits, and errors that help."""

import pytest

import nodecalc as nc
from nodecalc.systems.capacity import Capacity
from nodecalc.systems.rates import a_year

DIE = ("capacity", "21.32x31.22", "-n", "smic-n+2")


def test_a_table_of_yields_dies_and_packages_agrees_with_arithmetic(good):
    words = (*DIE, "--units", "1.6M", "--yield", "20%,30%,40%,50%", "--gross-dies", "78,85", "--dies-per-unit", "1,2")
    answer = good(*words, "-f", "json").json
    assert len(answer["rows"]) == 16
    for row in answer["rows"]:
        a_wafer = row["gross_dies"] * row["die_yield"] / row["dies_per_unit"]
        assert row["wafer_starts_per_month"] == pytest.approx(1.6e6 / 12 / a_wafer)
    assert {p["source"] for p in answer["published"]} >= {"ms_smic_sep2025", "nikkei_udn_2026"}
    said = good(*words).out
    assert "17,094" in said
    assert "of SMIC's 9.327 billion of 2025" in said


def test_wafers_and_units_are_each_others_inverse():
    c = nc.capacity("10x10", node="tsmc-n5", units="12000/month", package_yield=0.9, line_yield=0.97)
    back = nc.capacity(
        "10x10", node="tsmc-n5", wafers_per_month=c.wafer_starts_per_month, package_yield=0.9, line_yield=0.97
    )
    assert back.units_per_month == pytest.approx(12000)
    e = nc.estimate("10x10", node="tsmc-n5")
    assert c.units_per_wafer == pytest.approx(e.good_dies * 0.9 * 0.97)
    assert isinstance(c, Capacity)


def test_the_least_of_wafers_memory_and_packaging_is_the_bottleneck():
    given = {"gross_dies": 85, "die_yield": 0.4, "wafers_per_month": 10000, "dies_per_unit": 2, "package_yield": 0.75}
    alone = nc.capacity(**given)
    assert alone.bottleneck is None
    both = nc.capacity(**given, stacks_per_unit=8, stack_supply="2M", package_capacity=50000)
    assert both.bottleneck == "stacked memory"
    assert both.units_per_month == pytest.approx(2e6 / 12 / 8 * 0.75)
    assert both.limits["packaging"] == pytest.approx(50000 * 0.75)
    asked = nc.capacity(gross_dies=85, die_yield=0.4, units="1M", package_capacity=10000)
    assert any("packaging allow 10,000 units a month, fewer than the 83,333" in note for note in asked.notes)


def test_a_wafer_takes_as_long_as_its_masks(good):
    found = nc.capacity("10x10", node="smic-n+2", units="1M")
    masks = nc.wafer_cost("smic-n+2").masks
    assert found.cycle.masks == masks
    assert (found.cycle.low, found.cycle.high) == (masks, 1.5 * masks)
    assert f"{masks} masks" in good("capacity", "10x10", "-n", "smic-n+2", "--units", "1M").out
    assert nc.capacity(66.99, node="cxmt-g4", units="1M", d0=0.1).cycle is None


def test_thousands_of_wafers_are_written_with_k(good):
    (row,) = good("capacity", "10x10", "-n", "tsmc-n5", "--wafers-per-month", "13k", "-f", "json").json["rows"]
    assert row["wafer_starts_per_month"] == 13000


def test_more_wafers_than_a_company_can_sell_are_said_to_be_so(good):
    said = good(*DIE, "--wafers-per-month", "45000").out
    assert "hardly all of that from one node" in said


def test_a_memory_node_needs_no_price_and_a_chip_brings_its_dies():
    assert nc.capacity(66.99, node="cxmt-g4", units="1M", d0=0.1).wafer_starts_per_month > 0
    c = nc.capacity(chip="nvidia-gb100", units="1M")
    assert c.dies_per_unit == 2
    assert c.chip is not None
    assert any("2 dies a unit" in note for note in c.notes)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "neither units nor wafers; give --units 1.6M"),
        (("--units", "1M", "--wafers-per-month", "3"), "leave one of them out"),
        (("--units", "1M", "--yield", "20%"), "no die size"),
        (("--units", "1M", "--yield", "120%", "--gross-dies", "85"), "--yield 120%: outside 0 to 1"),
        (("--units", "1M", "--yield", "20%", "--gross-dies", "0"), "--gross-dies '0': allowed: 1 to 1e7"),
        (("--units", "1M", "--yield", "20%", "--gross-dies", "85", "--stack-supply", "3M"), "--stacks-per-unit"),
        (("--units", "1M", "--yield", "20%", "--gross-dies", "85", "--d0", "0.1"), "--d0 with --yield"),
        (("100", "--units", "1M", "--gross-dies", "85", "--placement", "area"), "--placement with --gross-dies"),
        (("--units", "1,600,000", "--yield", "20%", "--gross-dies", "85"), "--units '000': zeros in front"),
        (("--wafers-per-month", "x", "--yield", "20%", "--gross-dies", "85"), "--wafers-per-month 'x': not a number"),
        (("100", "-n", "cxmt-g4", "--units", "1M"), "supply --d0"),
        (("--units", "1M", "--yield", "0", "--gross-dies", "85"), "--yield 0: outside more than 0 to 1"),
        (("--units", "1M", "--yield", "20%,0%", "--gross-dies", "85"), "--yield 0%: outside more than 0 to 1"),
        (("800", "-n", "n5", "--units", "1M", "--d0", "1000/cm2", "--model", "poisson"), "a wafer gives 0 good units"),
        (("--chip", "ascend-910b", "--units", "1M", "--strict"), "core_fraction is estimated"),
        (("--chip", "kunlun-p800", "--units", "30000"), "the die area of kunlun-p800 is not public"),
    ],
)
def test_bad_questions_get_one_line(cli, words, said):
    done = cli("capacity", *words)
    assert done.code == 2
    assert said in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.6M", 1.6e6),
        ("1.6 million", 1.6e6),
        ("12000/month", 144000.0),
        ("1e6/year", 1e6),
        ("10k per month", 120000.0),
    ],
)
def test_amounts_a_year_as_people_write_them(text, amount):
    assert a_year(text, "units_per_year") == pytest.approx(amount)


def test_strict_answers_about_the_dies_that_are_asked_about():
    asked = {"chip": "ascend-910b", "units": "1.6M"}
    sold = nc.capacity(**asked)
    assert nc.capacity(**asked, strict=True, core_fraction=0.6).wafer_starts_per_month == sold.wafer_starts_per_month
    assert nc.capacity(**asked, strict=True, die_yield=0.4).die_yield == 0.4
    assert any(
        "sells with 20 of 25 cores good; the yield model" in note for note in nc.capacity(**asked, model="moore").notes
    )


def test_capacity_and_system_know_the_same_die_of_the_910c(good):
    row = good("capacity", "--chip", "ascend-910c", "--units", "1.6M", "-f", "json").json["rows"][0]
    die = nc.system("ascend-910c").dies["compute"]
    assert (row["gross_dies"], row["dies_per_unit"]) == (die.gross_dies, 2.0)
    assert row["die_yield"] == pytest.approx(die.sellable_yield, rel=1e-12)
