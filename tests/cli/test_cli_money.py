"""Amounts in other money than USD: the rate that reads them, which way round it is, where it is told."""

import json
import pickle

import pytest

import nodecalc as nc
from nodecalc.errors import InputError
from nodecalc.question.money import CURRENCIES, read_rates
from nodecalc.question.rates import rated


@pytest.mark.parametrize(
    ("amount", "rate", "usd"),
    [
        ("90000CNY", "CNY=7.2", 12500.0),
        ("90000 cny", "USDCNY=7.2", 12500.0),
        ("90kRMB", "USD/CNY=7.2", 12500.0),
        ("0.09MCNY", {"CNY": 7.2}, 12500.0),
        ("CNY 90000", "CNYUSD=0.2", 18000.0),
        ("8kEUR", "EUR=1.25", 10000.0),
        ("€8k", "EURUSD=1.25", 10000.0),
        ("8000 euro", "USDEUR=0.8", 10000.0),
    ],
)
def test_an_amount_is_read_at_the_rate_that_is_given(amount, rate, usd):
    found = nc.estimate(100, node="n5", wafer_price=amount, rate=rate)
    assert found.inputs.numbers["wafer_price_usd"] == usd
    assert any(note.endswith("as given") and "in USD at" in note for note in found.notes)
    assert found.good_die_cost_usd == nc.estimate(100, node="n5", wafer_price=usd).good_die_cost_usd


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        ("CNY=0.139", "CNYUSD=0.139 (USD for one CNY)"),
        ("EUR=0.93", "EURUSD=0.93 (USD for one EUR) or USDEUR=0.93 (EUR for one USD)"),
        ("EUR=3", "1 to 2"),
        ("USDCNY=0.1", "outside 1 to 20"),
        ("CNYUSD=7", "outside 0.05 to 1"),
        ("JPY=150", "allowed: CNY, EUR"),
        ("7.2", "write CNY=7.2"),
        ("CNY=seven", "write CNY=7.2"),
        ("CNY=7,RMB=7.1", "CNY twice"),
        ("", "write CNY=7.2"),
    ],
)
def test_a_rate_that_can_be_meant_two_ways_is_refused_with_what_to_write(rate, words):
    with pytest.raises(InputError) as refused:
        nc.estimate(100, node="n5", wafer_price="90000CNY", rate=rate)
    assert words in str(refused.value)


def test_what_a_refusal_advises_works():
    for pair in ("CNYUSD=0.139", "EURUSD=0.93", "USDEUR=0.93"):
        amount = f"9000{'CNY' if 'CNY' in pair else 'EUR'}"
        assert nc.estimate(100, node="n5", wafer_price=amount, rate=pair).gross_dies == 616
    for currency in CURRENCIES:
        assert read_rates(f"{currency.code}={currency.example}").quotes == ((currency, currency.example),)


def test_no_rate_is_built_in_and_none_is_ignored(cli):
    for words in (("--wafer-price", "90000CNY"), ("--wafer-price", "8kEUR")):
        done = cli("die", 100, "-n", "n5", *words)
        assert (done.code, done.out) == (2, "")
        assert "none is built in; add --rate" in done.err
    done = cli("die", 100, "-n", "n5", "--wafer-price", 15000, "--rate", "CNY=7.2")
    assert done.code == 2
    assert "nothing is given in CNY" in done.err
    with pytest.raises(InputError, match="nothing is given in EUR"):
        nc.estimate(100, node="n5", wafer_price="9000CNY", rate="CNY=7.2,EUR=1.1")
    with pytest.raises(InputError, match="yen or yuan"):
        nc.estimate(100, node="n5", wafer_price="¥9000")


def test_axes_and_nodes_of_their_own_take_other_money(good):
    swept = nc.sweep(100, node="n5", wafer_price="72kCNY:90kCNY:2", rate="CNY=7.2")
    (axis,) = [axis for axis in swept.request.axes if axis.key == "wafer_price_usd"]
    assert axis.values().tolist() == [10000.0, 12500.0]
    assert "amounts in CNY are in USD at 7.2 CNY for one USD, as given" in swept.provenance.notes
    listed = nc.sweep(100, node="n5", wafer_price=["72kCNY", "90kCNY"], rate="CNY=7.2")
    assert listed["good_die_cost_usd"].tolist() == swept["good_die_cost_usd"].tolist()
    rows = good("die", 100, "-n", "n5:wafer-price=90kCNY,n7", "--rate", "CNY=7.2", "-f", "json").json["rows"]
    assert [row["wafer_price_usd"] == 12500.0 for row in rows] == [True, False]
    words = ("--over", "node=n5,n7", "--over", "wafer-price=72kCNY,90kCNY", "--rate", "CNY=7.2", "-f", "json")
    rows = good("sweep", 100, *words)
    assert {row["wafer_price_usd"] for row in rows.json["rows"]} == {10000.0, 12500.0}
    assert any("7.2 CNY for one USD" in note for note in rows.json["notes"])


def test_money_and_no_money_side_by_side_are_refused():
    for inputs in ({"wafer_price": "60000:90000CNY:4"}, {"wafer_price": "60000,90000CNY"}):
        with pytest.raises(InputError, match="60000 names no money"):
            nc.sweep(100, node="n5", rate="CNY=7.2", **inputs)
    with pytest.raises(InputError, match="30000 names no money"):
        nc.estimate(814, node="n4", bins="full=144:40000CNY,cut=132:30000", rate="CNY=7.2")


def test_bins_and_wafers_take_other_money():
    paid = nc.estimate(814, node="n4", bins="full=144:72000CNY,cut=132:7.2kCNY", rate="CNY=7.2")
    same = nc.estimate(814, node="n4", bins="full=144:10000,cut=132:1000")
    assert paid.revenue_per_wafer_usd == same.revenue_per_wafer_usd
    both = nc.wafer_cost("n5", substrate_usd="720CNY", step_usd="8EUR", rate="CNY=7.2,EUR=1.25")
    assert both.inputs == {"substrate_usd": 100.0, "step_usd": 10.0}
    wafer = nc.wafer_cost(nc.at("n5", substrate="720CNY"), rate="CNY=7.2")
    assert wafer.inputs["substrate_usd"] == 100.0
    assert wafer.notes == pickle.loads(pickle.dumps(wafer)).notes
    assert any("7.2 CNY" in note for note in wafer.notes)
    tool = nc.wafer_cost("n5", euv_scanner_price_usd="1440MCNY", euv_fixed_usd_per_year="36MCNY", rate="CNY=7.2")
    assert (tool.inputs["euv_scanner_price_usd"], tool.inputs["euv_fixed_usd_per_year"]) == (2e8, 5e6)


def test_arrays_take_a_text_beside_them():
    found = nc.evaluate({"die_area_mm2": [100.0], "wafer_price_usd": "90000CNY", "rate": "CNY=7.2"}, node="n5")
    assert found["good_die_cost_usd"][0] == nc.evaluate({"die_area_mm2": [100.0], "wafer_price_usd": 12500}, node="n5")[
        "good_die_cost_usd"
    ][0]  # fmt: skip


def test_a_rate_stands_in_what_is_written_and_asked_again(good, tmp_path):
    path = tmp_path / "grid.parquet"
    assert nc.sweep(100, node="n5", wafer_price="72kCNY,90kCNY", rate="CNY=7.2").save(path)
    again = nc.open_sweep(path)
    assert again.request.fixed["rate"] == "USDCNY=7.2"
    assert "7.2 CNY" in good("sweep", "--again", path).out
    assert json.loads(good("die", 100, "-n", "n5", "--wafer-price", "9kCNY", "--rate", "CNY=7", "-f", "json").out)[
        "rows"
    ][0]["rate"] == "USDCNY=7"  # fmt: skip


def test_a_text_that_says_its_rate_is_read_anywhere():
    text = rated({"wafer_price": "90000CNY", "rate": "CNY=7.2"}).inputs["wafer_price"]
    assert nc.estimate(100, node="n5", wafer_price=text).inputs.numbers["wafer_price_usd"] == 12500.0
    assert nc.estimate(100, node=f"n5:wafer-price={text}").inputs.numbers["wafer_price_usd"] == 12500.0


def test_a_saved_answer_in_other_money_is_asked_again(cli, good, tmp_path):
    path = tmp_path / "out.json"
    assert cli("die", 100, "-n", "n5:wafer-price=70kCNY,n7", "--rate", "CNY=7", "-o", path).code == 0
    assert good("die", "--again", path, "-f", "json").json["rows"] == json.loads(path.read_text())["rows"]


def test_a_part_of_a_system_takes_a_rate_and_says_so(cli, good, tmp_path):
    own = ("--set", "die.gpu.wafer_price=90000CNY", "--set", "assembly.usd=90")
    done = cli("system", "h100", *own)
    assert done.code == 2
    assert "add --set die.gpu.rate=CNY=7.2 (" in done.err
    in_usd = nc.system("h100", values=["die.gpu.wafer_price=12500", "assembly.usd=90"])
    said = good("system", "h100", *own, "--set", "die.gpu.rate=CNY=7.2")
    assert f"{in_usd.unit_cost_usd:,.0f} USD a good unit" in said.out
    assert "die.gpu: amounts in CNY are in USD at 7.2 CNY" in said.out
    (row,) = nc.sweep_system(
        "h100", {"die.gpu.d0": [0.1]}, values=["die.gpu.wafer_price=90kCNY", "die.gpu.rate=CNY=7.2"]
    ).rows()
    with_d0 = nc.system("h100", values=["die.gpu.wafer_price=12500", "die.gpu.d0=0.1"])
    assert row["unit_cost_usd"] == with_d0.unit_cost_usd
    idle = cli("system", "h100", "--set", "assembly.usd=90", "--set", "assembly.rate=CNY=7.2")
    assert (idle.code, "such as --set assembly.usd=90000CNY" in idle.err) == (2, True)
    path = tmp_path / "own.toml"
    path.write_text(
        'schema = 1\n[die.a]\nsize = 100\nd0 = "0.1/cm2"\nwafer_price = 1e4\n'
        '[carrier.b]\nusd = "72CNY"\nrate = "CNY=7.2"\n',
        encoding="utf-8",
    )
    assert {row.part: row.usd for row in nc.system(path).rows}["carrier.b"] == 10.0


@pytest.mark.parametrize(
    "words",
    [("system", "h100", "--price"), ("memory", "cxmt-g4", "--capacity", "16Gb", "--d0", "0.2", "--wafer-price")],
)
def test_where_no_rate_is_taken_the_amount_says_it(cli, good, words):
    done = cli(*words, "90000CNY")
    assert "or write the amount with it, 90000CNY@CNY=7.2" in done.err
    assert good(*words, "90000CNY@CNY=7.2").code == 0
