"""`nodecalc split`: one die against several, and the D0 that a published saving needs."""

import pytest

import nodecalc as nc
from nodecalc.systems.split import d0_of_ratio
from nodecalc.systems.split_picture import split_picture


def test_four_dies_of_the_first_epyc_cost_what_amd_said():
    """AMD in 2017: four dies of 213 mm2 cost 0.59 times one of 777 mm2."""
    given = {"node": "gf-14lpp", "overhead": 75 / 777}
    one, four = nc.split(777, chiplets=[1, 4], **given)
    assert four.die.inputs.die.area_mm2 == pytest.approx(213)
    assert four.ratio == pytest.approx(0.59, abs=0.02)
    d0 = d0_of_ratio(0.59, 777, chiplets=4, **given)
    assert 0.08 < d0 < 0.12
    assert nc.split(777, chiplets=[4], d0=d0, **given)[0].ratio == pytest.approx(0.59, rel=1e-6)
    assert one.ratio == 1.0
    assert d0_of_ratio(2.0, 777, chiplets=4, **given) is None


def test_a_unit_is_its_dies_over_bonds_and_package():
    rows = nc.split(
        800, node="smic-n+2", chiplets=[1, 2, 4], package_yields=[0.75, 0.99], carrier_usd=30, bond_yield=0.98
    )
    assert [row.chiplets for row in rows] == [1, 2, 4] * 2
    for row in rows:
        n = row.chiplets
        cost = n * row.die.good_die_cost_usd + (30 if n > 1 else 0)
        good = 0.98**n * (row.package_yield_given if n > 1 else 1.0)
        assert row.unit_cost_usd == pytest.approx(cost / good)
    assert [sum(row.best for row in rows if row.package_yield_given == share) for share in (0.75, 0.99)] == [1, 1]


@pytest.mark.parametrize("given", [(), ("--overhead", "0.1"), ("--overhead", "10%")])
def test_the_area_of_interfaces_is_said_in_per_cent_however_it_is_given(good, given):
    assert "several dies take 10% more area" in good("split", "100", "-n", "smic-n+2", "--chiplets", "1,2", *given).out


@pytest.mark.parametrize(
    "words",
    [
        ("split", "100", "--chiplets", "1,2"),
        ("carbon", "100", "--grid", "china"),
        ("capacity", "100", "--units", "1M"),
        ("memory", "--capacity", "16Gb", "--bit-density", "0.2", "--wafer-price", "5000"),
    ],
)
def test_a_missing_logic_density_is_not_said_where_no_transistor_counts(good, words):
    node = "cxmt-g4" if words[0] == "memory" else "smic-14"
    more = (node,) if words[0] == "memory" else ("-n", node)
    assert "logic figure" not in good(words[0], *more, *words[1:], "--d0", "0.2").out
    assert "smic-14: no high-density logic figure" in good("die", "100", "-n", "smic-14").out


def test_bad_packages_make_one_die_best():
    rows = nc.split(100, node="tsmc-n5", chiplets=[1, 2], package_yields=[0.5])
    assert next(row for row in rows if row.best).chiplets == 1


def test_the_command_says_the_ratio_and_the_best(good):
    words = ("split", "777", "-n", "gf-14lpp", "--chiplets", "1,4", "--overhead", "9.65%", "--ratio", "0.59")
    answer = good(*words, "-f", "json").json
    assert any("silicon of 4 dies costs 0.59 x that of one die at D0 0.10" in note for note in answer["notes"])
    assert [row["best"] for row in answer["rows"]] == [False, True]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("10x10", "-n", "n5"), "an area is split"),
        (("800",), "no node"),
        (("800", "-n", "n5", "--chiplets", "0,2"), "--chiplets 0,2: allowed: 1 to 64"),
        (("800", "-n", "n5", "--chiplets", "x"), "give whole numbers"),
        (("800", "-n", "n5", "--package-yield", "1.2"), "--package-yield 1.2: outside"),
        (("800", "-n", "n5", "--overhead", "2"), "--overhead 2: outside"),
    ],
)
def test_bad_questions_get_one_line(cli, words, said):
    done = cli("split", *words)
    assert done.code == 2
    assert said in done.err
    assert done.err.count("\n") == 1


def test_units_of_the_whole_are_shared_by_the_dies():
    rows = nc.split(800, node="smic-n+2", chiplets=[1, 4], harvest="130/144", package_yields=[0.9])
    four = nc.estimate(220.0, node="smic-n+2", units_needed=33, units_total=36)
    assert rows[1].die_usd == pytest.approx(four.sellable_die_cost_usd, rel=1e-12)
    assert rows[1].silicon_usd == pytest.approx(4.0 * four.sellable_die_cost_usd, rel=1e-12)
    assert rows[1].die_yield == four.sellable_yield > four.die_yield
    # Where nothing says how many dies, numbers that the units do not divide into are left out.
    assert [row.chiplets for row in nc.split(800, node="smic-n+2", harvest="130/144")] == [1, 2, 3, 4, 6, 8, 12, 16]
    with pytest.raises(nc.NodecalcError, match="130/144 on 5 dies: no whole number of units a die; leave 5 out"):
        nc.split(800, node="smic-n+2", chiplets=[1, 5], harvest="130/144")
    with pytest.raises(nc.NodecalcError, match="bins of a split"):
        nc.split(800, node="smic-n+2", bins={"full": 144})


def test_the_d0_of_a_ratio_gives_that_ratio():
    from nodecalc.systems.split import d0_of_ratio

    d0 = d0_of_ratio(0.59, 777, node="gf-14lpp", chiplets=4, overhead=75 / 777)
    rows = nc.split(777, node="gf-14lpp", chiplets=[1, 4], overhead=75 / 777, d0=d0)
    assert rows[1].ratio == pytest.approx(0.59, rel=1e-9)
    assert d0_of_ratio(0.01, 777, node="gf-14lpp", chiplets=4) is None


def test_the_best_split_over_package_yields_has_a_table_and_a_picture(good):
    out = good("split", "800", "-n", "smic-n+2,smic-14", "--package-yield", "0.75:0.99:9").out
    assert "the best number of chiplets by package yield" in out
    assert out.count("\nsmic-14 ") == 9
    rows = [row for node in ("smic-n+2", "smic-14") for row in nc.split(800, node=node, package_yields="0.75:0.99:9")]
    picture = split_picture(rows)
    ways = [f"{node}, {way}" for node in ("smic-n+2", "smic-14") for way in ("one die", "best split")]
    assert [series.name for series in picture.series] == ways
    first = [row.unit_cost_usd for row in rows if row.package_yield_given == 0.75 and row.node == "smic-n+2"]
    assert picture.series[1].values[0] == min(first)
    assert split_picture([row for row in rows if row.chiplets == 1 and row.package_yield_given == 0.75]) is None


def test_a_unit_of_which_none_is_good_is_one_line(cli):
    done = cli("split", "800", "-n", "smic-n+2,smic-14", "--package-yield", "1e-99", "--bond-yield", "1e-99")
    assert done.code == 2
    assert done.err == (
        "nodecalc: 0 of the units are good: no number is what one costs; give higher yields of packages and bonds\n"
    )
