"""`nodecalc memory`: bits, their cost, packages and stacks, and errors that name what nobody publishes."""

import pytest

import nodecalc as nc
from nodecalc.systems.memory import gigabits

PRICED = {"wafer_price": 5000, "d0": 0.2}


def test_a_measured_die_is_taken_as_measured_and_others_by_density():
    measured = nc.memory("cxmt-g4", "16Gb", **PRICED)
    assert measured.die_area_mm2 == 66.99
    assert measured.ledger["die_area_mm2"].kind == "measured"
    other = nc.memory("cxmt-g4", "24Gb", **PRICED)
    assert other.die_area_mm2 == pytest.approx(24 / 0.239)
    assert other.ledger["die_area_mm2"].kind == "estimated"
    assert nc.memory("cxmt-g4", "24Gb", bit_density=0.25, **PRICED).die_area_mm2 == 96.0


def test_the_cost_of_a_bit_is_that_of_its_die():
    m = nc.memory("cxmt-g4", "16Gb", **PRICED)
    die = nc.estimate(die_area_mm2=66.99, d0=0.2, wafer_price=5000)
    assert m.good_die_cost_usd == pytest.approx(die.good_die_cost_usd)
    assert m.usd_per_gb == pytest.approx(m.good_die_cost_usd / 16)
    assert m.usd_per_gbyte == pytest.approx(m.usd_per_gb * 8)
    assert m.wafer_gigabits == pytest.approx(die.good_dies * 16)


def test_spares_mend_under_the_model_in_use():
    plain = nc.memory("cxmt-g4", "16Gb", **PRICED)
    spared = nc.memory("cxmt-g4", "16Gb", spares=4, repairable_fraction=0.6, **PRICED)
    x = 0.6699 * 0.2
    assert spared.die_yield == pytest.approx(nc.repair_yield(0.4 * x, 0.6 * x, 4, "murphy"))
    assert spared.die_yield > plain.die_yield
    assert nc.memory("cxmt-g4", "16Gb", spares=0, repairable_fraction=0.6, **PRICED).die_yield == pytest.approx(
        plain.die_yield
    )


def test_bonded_arrays_take_two_wafers_and_packages_their_bonds():
    m = nc.memory("ymtc-270l", "1Tb", second_wafer_usd=1500, wafer_bond_usd=200, wafer_price=3000, die_yield=0.8)
    assert m.wafer_price_usd == 4700
    stack = nc.memory("cxmt-g4", "16Gb", dies_per_package=8, base_usd=30, bond_usd=2, bond_yield=0.99, **PRICED)
    core = stack.good_die_cost_usd
    assert stack.package["package_cost_usd"] == pytest.approx(
        nc.stack_cost(base_usd=30, core_usd=core, bond_usd=2, bond_yield=0.99, high=8)
    )
    assert stack.package["package_gigabytes"] == 16
    less = nc.memory("cxmt-g4", "16Gb", dies_per_package=8, bond_yield=0.99, test_between=True, **PRICED)
    assert less.package["package_cost_usd"] < stack.package["package_cost_usd"]


def test_market_prices_stand_beside_by_the_bit():
    prices = {p.what: p.usd_per_gb for p in nc.memory("ymtc-270l", "1Tb", second_wafer_usd=0, **PRICED).prices}
    assert prices["tlc_1tb_2025_07"] == pytest.approx(4.8 / 1024)
    assert prices["tlc_512gb_wafer_2025_12"] == pytest.approx(9.634 / 512)
    assert {p.what: p.usd_per_gb for p in nc.memory("cxmt-g4", "16Gb", **PRICED).prices}[
        "ddr5_spot_2023_10"
    ] == pytest.approx(0.3)


def test_several_capacities_are_rows(good):
    words = ("memory", "cxmt-g4", "--capacity", "12Gb,16Gb,24Gb", "--wafer-price", "5000", "--d0", "0.2")
    answer = good(*words, "--dies-per-package", "8", "--bond-yield", "99%", "-f", "json").json
    assert [row["capacity_gb"] for row in answer["rows"]] == [12, 16, 24]
    assert all(row["stack_yield"] == pytest.approx(0.99**8) for row in answer["rows"])
    assert "check: " in good(*words).out


def test_strict_takes_no_area_that_is_worked_out_from_a_density():
    priced = {"wafer_price": 5000, "d0": 0.2, "strict": True}
    for capacity in ("12Gb", "24Gb"):
        with pytest.raises(nc.NodecalcError, match="is estimated; give --area or --bit-density"):
            nc.memory("cxmt-g4", capacity, **priced)
    assert nc.memory("cxmt-g4", "16Gb", **priced).die_area_mm2 == 66.99
    for size in ({"die_area_mm2": 50}, {"bit_density": 0.24}):
        assert nc.memory("cxmt-g4", "12Gb", **priced, **size).die_area_mm2 == pytest.approx(50)
    with pytest.raises(nc.NodecalcError, match="is estimated; give the size or --bit-density"):
        nc.estimate(node="cxmt-g4", capacity="12Gb", **priced)
    assert nc.estimate(node="cxmt-g4", capacity="12Gb", bit_density=0.24, **priced).gross_dies == 1247


@pytest.mark.parametrize(("text", "bits"), [("16Gb", 16), ("1Tb", 1024), ("2GB", 16), ("24", 24), ("512Gbit", 512)])
def test_capacities_as_people_write_them(text, bits):
    assert gigabits(text) == bits


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("cxmt-g4", "--capacity", "16Gb"), "give --wafer-price and --d0 (or --yield); 16 Gb are 66.99 mm2, 933 dies"),
        (("cxmt-g4", "--capacity", "16Gb", "--d0", "0.1"), "give --wafer-price; 16 Gb are"),
        (("cxmt-g4", "--capacity", "16Gb", "--wafer-price", "5k", "--yield", "0"), "--yield 0: outside more than 0"),
        (("cxmt-g4",), "no capacity"),
        (("cxmt-g4", "--capacity", "16gb"), "write 16Gb (gigabits), 1Tb or 2GB"),
        (("n5", "--capacity", "16Gb"), "tsmc-n5: no memory"),
        (("ymtc-270l", "--capacity", "1Tb", "--wafer-price", "3k", "--d0", "0.1"), "give --second-wafer"),
        (("cxmt-g4", "--capacity", "16Gb", "--wafer-price", "5k", "--d0", "0.1", "--spares", "3"), "--repairable"),
        (("cxmt-g4", "--capacity", "16Gb", "--wafer-price", "5k", "--yield", "0.8", "--d0", "1"), "--d0 with --yield"),
        (("cxmt-g4", "--capacity", "16Gb", "--wafer-price", "5k", "--d0", "0.1", "--bond", "3"), "--dies-per-package"),
    ],
)
def test_bad_questions_get_one_line(cli, words, said):
    done = cli("memory", *words)
    assert done.code == 2
    assert said in done.err
    assert done.err.count("\n") == 1
