"""`sweep --against`: a node beside the others, with figures of its own."""

import pytest

import nodecalc as nc

WORDS = ("sweep", "600", "-n", "smic-n+2", "--over", "d0=0.01:0.1:4")


def test_the_command_line_prints_it_with_its_own_figure_and_where_they_meet(good):
    done = good(*WORDS, "--against", "n7,n5:d0=0.2", "-f", "json").json
    assert [row["node"] for row in done["rows"]] == ["smic-n+2"] * 4 + ["tsmc-n7", "tsmc-n5"]
    assert [row["d0_per_cm2"] for row in done["rows"]] == [0.01, 0.04, 0.07, 0.1, 0.09, 0.2]
    assert any("smic-n+2 and tsmc-n7 (D0 0.09 1/cm2) cost the same at d0_per_cm2" in note for note in done["notes"])
    nodes = {figure["node"] for source in done["sources"] for figure in source["figures"]}
    assert nodes == {"smic-n+2", "tsmc-n7", "tsmc-n5"}
    assert done["against"] == ["tsmc-n7", "tsmc-n5:d0=0.2"]
    table = good(*WORDS, "--against", "n7").out
    assert "against tsmc-n7 (D0 0.09 1/cm2)" in table
    assert good(*WORDS, "--against", "n7", "-f", "csv").out.count("tsmc-n7") == 1


@pytest.mark.parametrize(("more", "said"), [
    (("-o", "x.csv"), "the product of the axes"), (("--reduce", "min"), "what streams is not drawn"),
])  # fmt: skip
def test_files_and_streams_hold_the_product_alone(cli, tmp_path, monkeypatch, more, said):
    monkeypatch.chdir(tmp_path)
    done = cli(*WORDS, "--against", "n7", *more)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert said in done.err


def test_the_error_of_a_nodes_own_axis_advises_what_works(cli, good):
    done = cli("sweep", "600", "-n", "n7:d0=0.09,smic-n+2", "--over", "d0=0.01:0.1:4")
    assert done.code == 2
    advised = done.err.split("against it: ")[1].split()
    assert good(*WORDS, *advised).out


def test_rates_of_a_node_beside_and_of_what_is_asked_again(good, cli, tmp_path):
    own = ("--against", "n7:wafer-price=72000CNY", "--rate", "CNY=7.2")
    assert good(*WORDS, *own, "-f", "json").json["against"] == ["tsmc-n7:wafer-price=72000CNY@USDCNY=7.2"]
    assert cli(*WORDS, "--rate", "CNY=7.2").code == 2
    path = tmp_path / "x.csv"
    assert cli(*WORDS, "-o", path).code == 0
    done = cli("sweep", "--again", path, "--against", "n7")
    assert done.code == 2
    assert "leave out the others" in done.err


OWN = ("sweep", "600", "-n", "smic-n+2,n5", "--over", "smic-n+2:d0=0.1,0.3")


def test_an_axis_of_one_node_alone_is_no_axis_of_those_beside(good):
    found = good(*OWN, "--against", "n7", "-f", "json").json
    beside = [row for row in found["rows"] if row["node"] == "tsmc-n7"]
    assert [row["smic-n+2:d0_per_cm2"] for row in beside] == [None]
    assert beside[0]["good_die_cost_usd"] == nc.estimate(600, node="n7").good_die_cost_usd


@pytest.mark.parametrize(("name", "d0"), [("smic-n+2", None), ("smic-n+2:d0=0.2", 0.2)])
def test_a_node_stands_beside_itself_with_the_figure_that_its_axis_varies(good, name, d0):
    d0 = nc.estimate(600, node="smic-n+2").inputs.numbers["d0_per_cm2"] if d0 is None else d0
    row = good(*OWN, "--against", name, "-f", "json").json["rows"][-1]
    assert row["smic-n+2:d0_per_cm2"] == d0
    assert row["good_die_cost_usd"] == pytest.approx(nc.estimate(600, node="smic-n+2", d0=d0).good_die_cost_usd)


def test_a_node_among_the_others_whose_figure_no_axis_varies_is_no_line(cli):
    said = cli(*OWN, "--against", "n5")
    assert said.code == 2
    assert "tsmc-n5: it is among the nodes, and no axis is a figure of it" in said.err
