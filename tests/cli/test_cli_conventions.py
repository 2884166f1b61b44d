"""`--convention`: others' numbers by their own conventions, under what is given."""

import pytest

import nodecalc as nc
from nodecalc.catalogue import Catalogue
from nodecalc.catalogue.conventions import conventions


@pytest.mark.parametrize(
    ("area", "d0", "price", "cost"),
    [(100, 0.11, 16988, 33.14943802149965), (74, 0.09, 9346, 12.815801388180281), (416, 0.08, 3984, 44.41906810974974)],
)
def test_actuary_is_reproduced_die_by_die(good, area, d0, price, cost):
    words = ("die", str(area), "--d0", str(d0), "--wafer-price", str(price), "--convention", "actuary", "-f", "json")
    answer = good(*words).json
    assert answer["rows"][0]["good_die_cost_usd"] == pytest.approx(cost, rel=1e-9)
    assert answer["notes"][0].startswith("as Chiplet Actuary")


def test_the_textbook_and_the_counter_of_dies_are_reproduced():
    power5 = nc.estimate(389, d0=0.3, wafer_price=500, **nc.convention("hennessy-patterson"))
    assert power5.gross_dies == pytest.approx(148, abs=1)
    assert power5.die_yield == pytest.approx(0.36, abs=0.006)
    assert power5.good_die_cost_usd == pytest.approx(9.38, rel=0.02)
    dies = nc.estimate("67.7x60.5", d0=0.1, wafer_price=1, **nc.convention("siliconedge"))
    assert dies.gross_dies == 10
    catch = nc.estimate(100, d0=0.5, wafer_price=17688, **nc.convention("catch"))
    assert catch.die_yield == pytest.approx(0.733645438330223, rel=1e-9)
    assert 637 <= catch.gross_dies <= 639


def test_googles_model_is_reproduced_but_for_its_rounding(cli):
    """Its own functions, run: 12 x 12 mm with a street of 0.1 mm, 419 dies, 289 whole good ones, 32.3391 USD."""
    found = nc.estimate("12.1x12.1", d0=0.09, wafer_price=9346, **nc.convention("google"))
    assert found.die_yield == pytest.approx(0.6898054442131963, rel=1e-9)
    dies = round(0.98 * found.gross_dies)
    assert dies == 419
    assert 9346 / int(dies * found.die_yield) == pytest.approx(32.339100346020764, rel=1e-9)
    assert found.good_die_cost_usd == pytest.approx(32.339100346020764, rel=1e-3)
    words = ("die", "100", "-n", "n5", "--convention", "google")
    assert "per critical layer" in cli(*words).err
    assert cli(*words, "--model", "poisson").code == 0


def test_catch_is_reproduced_but_for_its_empty_field():
    """Its own layer, run: 637 dies, 28.3723 USD each, of which it charges 30 % over the 0.9324 of the field in use."""
    found = nc.estimate(100, d0=0.5, wafer_price=17688.423276771973, **nc.convention("catch"))
    field = 0.7 + 0.3 / 0.9324009324009324
    assert found.die_cost_usd * found.gross_dies / 637 * field == pytest.approx(28.372286472593032, rel=1e-6)
    assert found.gross_dies == pytest.approx(637, abs=2)


def test_what_is_given_goes_before_and_another_model_brings_its_own_parameter(good):
    words = ("die", "100", "-n", "n5", "--convention", "actuary", "-f", "json")
    assert good(*words, "--alpha", "3").json["rows"][0]["alpha"] == 3
    row = good(*words, "--model", "poisson").json["rows"][0]
    assert row["yield_model"] == "poisson"
    assert row["scribe_mm"] == 0.2


def test_every_command_that_takes_a_die_takes_it(good):
    for words in (
        ("capacity", "100", "-n", "n5", "--units", "1M"),
        ("split", "800", "-n", "n5", "--chiplets", "1,2"),
        ("system", "epyc-rome"),
    ):
        notes = good(*words, "--convention", "actuary", "-f", "json").json["notes"]
        assert any("Chiplet Actuary" in note for note in notes), words


def test_of_a_package_it_says_more_than_of_a_die(good):
    """What bumps, substrates and machines cost concerns nobody who asks for a die."""
    for name in ("actuary", "catch"):
        row = conventions()[name]
        of_die = good("die", "100", "-n", "n5", "--convention", name, "-f", "json").json["notes"][0]
        of_system = good("system", "epyc-rome", "--convention", name, "-f", "json").json["notes"]
        assert of_die == row.note
        assert row.systems not in of_die
        assert f"{row.note}; of systems: {row.systems}" in of_system


def test_the_example_is_one_of_catchs_systems_but_for_the_count_of_dies(good, tmp_path):
    """Its own functions, run: 322.3166 USD, from 1226, 1206 and 1193 dies a wafer."""
    path = tmp_path / "catch-system.toml"
    path.write_text(good("examples", "catch-system").out, encoding="utf-8")
    words = ("system", str(path), "--convention", "catch", "--volume", "10M", "-f", "json")
    theirs = 322.316576737823
    assert 0.9989 < good(*words).json["rows"][0]["total_usd"] / theirs < 0.999
    sized = {"corner": (1226, 1228), "edge": (1206, 1208), "inner": (1193, 1193)}
    found = nc.system(path, convention="catch", volume=1e7)
    prices = []
    for name, (fewer, ours) in sized.items():
        assert found.dies[name].gross_dies == ours
        prices.append(f"die.{name}.wafer_price={found.dies[name].inputs.numbers['wafer_price_usd'] * ours / fewer!r}")
    reconciled = nc.system(path, convention="catch", volume=1e7, values=prices)
    assert reconciled.total_usd == pytest.approx(theirs, rel=1e-6)


def test_each_has_a_source_and_an_unknown_one_is_refused(cli):
    for row in conventions().values():
        assert Catalogue().source(row.source)
    done = cli("die", "100", "-n", "n5", "--convention", "actuarial")
    assert done.code == 2
    assert "unknown convention 'actuarial'; nearest: actuary" in done.err
