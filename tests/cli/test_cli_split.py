"""`nodecalc split`: one die against several, and the D0 that a published saving needs."""

import pytest

import nodecalc as nc
from nodecalc.systems.split import d0_of_ratio


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
