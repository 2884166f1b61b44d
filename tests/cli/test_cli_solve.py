"""`nodecalc solve`: one command a question, a sentence each, every format, charts, errors in a line."""

import json

import pytest

import nodecalc as nc
from nodecalc.catalogue.digest import data_digest

EVEN = ("solve", "d0", "600", "-n", "smic-n+2", "--equal", "tsmc-n7")


def test_equality_is_told_per_good_die_and_per_transistor(good):
    done = good(*EVEN)
    assert "smic-n+2's D0 at which it equals tsmc-n7; die 24.49 x 24.49 mm, 600 mm2" in done.out
    assert "USD/good die" in done.out
    assert "USD/10^9 tr" in done.out
    assert "the good die cost of smic-n+2 is that of tsmc-n7 at D0 0.02434 /cm2" in done.out
    assert "below it smic-n+2 is cheaper" in done.out


def test_none_is_an_answer_and_says_what_else_would_do(good):
    done = good("solve", "d0", "100", "-n", "smic-n+2", "--equal", "tsmc-n7")
    assert "no D0 from 0 to 1000 /cm2 makes the good die cost of smic-n+2 that of tsmc-n7" in done.out
    assert "there it would take a wafer price of 10,4" in done.out
    assert "or a die area of 426" in done.out
    row = good("solve", "d0", "100", "-n", "smic-n+2", "--equal", "tsmc-n7", "-f", "json").json["rows"][0]
    assert row["value"] is None
    assert row["status"] == "none"
    assert row["nearest"] == 0.0
    assert row["output_at_low"] > row["other_at_low"]


def test_rows_are_those_of_the_library(good):
    rows = good(*EVEN, "-f", "json").json["rows"]
    found = nc.solve("d0", 600, node="smic-n+2", equal="good_die_cost_usd", to="tsmc-n7")
    assert rows[0] == json.loads(json.dumps(found.to_dict()))
    assert [row["output"] for row in rows] == ["good_die_cost_usd", "usd_per_billion_transistors"]


def test_a_saved_root_says_its_data_and_the_worlds_that_its_band_was_drawn_in(good):
    drawn, exact = (
        good("solve", "d0", "600", *words, "-f", "json").json
        for words in (
            ("-n", "smic-n+2", "--equal", "n7"),
            ("-n", "n5", "--wafer-price", "15000", "--target", "cost=300"),
        )
    )
    assert drawn["data"] == exact["data"] == data_digest()
    assert isinstance(drawn["seed"], int)
    assert exact["seed"] is None


def test_an_output_can_be_named_with_whom_it_equals(good):
    words = ("--equal", "usd_per_billion_transistors", "--to", "tsmc-n7", "-f", "csv")
    lines = good("solve", "d0", "600", "-n", "smic-n+2", *words).out.splitlines()
    assert len(lines) == 2
    assert "usd_per_billion_transistors" in lines[1]


def test_targets_take_units_and_several(good):
    done = good(
        "solve", "d0", "100", "-n", "n5", "--target", "good-die-cost=$30", "--target", "die-yield=80%", "-f", "json"
    )
    costs, yields = done.json["rows"]
    assert nc.estimate(100, node="n5", d0=costs["value"]).good_die_cost_usd == pytest.approx(30, rel=1e-9)
    assert nc.estimate(100, node="n5", d0=yields["value"]).die_yield == pytest.approx(0.8, rel=1e-9)


@pytest.mark.parametrize(
    "words", [("100", "-n", "n5", "--target", "cost=30"), ("--system", "h100", "--target", "cost=3000")]
)
@pytest.mark.parametrize("span", ["0/cm2:20/cm2", "0:20/cm2", "0:10", "0.001/mm2:0.2/mm2"])
def test_a_range_keeps_its_units(good, span, words):
    (row,) = good("solve", "d0", *words, "--range", span, "-f", "json").json["rows"]
    assert 0 < row["value"] < 1


def test_a_curve_is_a_row_a_point_and_a_chart(good, tmp_path):
    file = tmp_path / "even.svg"
    words = (
        "solve",
        "d0",
        "-n",
        "smic-n+2",
        "--equal",
        "good_die_cost_usd",
        "--to",
        "tsmc-n7",
        "--over",
        "area=400:800:3",
    )
    done = good(*words, "-f", "markdown")
    assert done.out.count("\n| ") == 5  # head, rule, three points
    from nodecalc.cli.program import run

    assert run([*words, "--plot", str(file)]) == 0
    text = file.read_text(encoding="utf-8")
    assert "die area" in text
    assert "P90" in text


def test_a_wafer_by_its_layers_is_solved_without_a_die(good):
    done = good("solve", "euv-power", "-n", "n5", "--target", "wafer_cost_usd=6000")
    assert "on tsmc-n5; wafer by its layers" in done.out
    assert "nodecalc wafer tsmc-n5 --explain --sources" in done.out


def test_a_node_is_an_axis(good):
    done = good("solve", "d0", "600", "-n", "smic-n+2,smic-n+3", "--equal", "tsmc-n5", "-f", "json")
    assert [row["node"] for row in done.json["rows"]] == ["smic-n+2", "smic-n+3"] * 2


def test_an_axis_of_one_node_alone(good):
    done = good(
        "solve", "wafer-price", "600", "-n", "smic-n+2", "--equal", "tsmc-n7", "--over", "smic-n+2:d0=0.1:0.3:3"
    )
    assert "smic-n+2: D0 /cm2" in done.out


def test_output_goes_to_a_file(cli, tmp_path):
    file = tmp_path / "even.json"
    assert cli(*EVEN, "-o", str(file)).code == 0
    assert json.loads(file.read_text())["command"] == "solve"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("solve", "d0", "100", "-n", "n5"), "nothing to solve for"),
        (("solve", "d0", "100", "-n", "n5", "--equal", "cost"), "to whom?"),
        (("solve", "d0", "100", "-n", "n5", "--equal", "n7", "--target", "cost=3"), "two questions"),
        (("solve", "d0", "100", "-n", "n5", "--target", "cost"), "KEY=VALUE"),
        (("solve", "d0", "100", "-n", "n5", "--target", "cost=30", "--over", "alpha"), "no axis"),
        (("solve", "d0", "100", "-n", "n5", "--target", "cost=30", "--over", "alpha=3"), "one value"),
        (("solve", "d0", "100", "-n", "n5", "--target", "cost=30", "--plot", "x.gif"), ".svg or .png"),
        (("solve", "d0", "100", "-n", "n5", "--target", "cost=30", "--force"), "nothing is written"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_line(cli, words, said):
    done = cli(*words)
    assert done.code == 2
    assert done.out == ""
    assert said in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        ("solve", "d0", "814", "-n", "smic-n+2", "--equal", "good_die_cost_usd", "--to", "n4", "--harvest", "132/144"),
        ("compare", "600", "-n", "n7,n5", "--harvest", "20/25", "--of", "cost"),
    ],
)
def test_salvage_is_refused_where_nothing_asks_for_it(cli, words):
    done = cli(*words)
    assert done.code == 2
    assert "dies that are all good; leave it out" in done.err


def test_bins_of_a_split_need_the_units_of_the_whole(cli):
    done = cli("split", "814", "-n", "tsmc-4n", "--bin", "full=144:40000")
    assert (done.code, done.out) == (2, "")
    assert "give --harvest NEED/TOTAL of the whole unit" in done.err
