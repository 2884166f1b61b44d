"""`nodecalc risk`, as a user types it."""

import csv
import io
import json

import pyarrow.parquet as pq
import pytest

import nodecalc as nc

FEW = ("--samples", "512")


def test_how_sure_and_what_drives_it(good):
    out = good("risk", "107", "-n", "smic-n+2").out
    q = nc.risk(107, node="smic-n+2")
    for share in ("p10", "p50", "p90"):
        assert f"{getattr(q, share):.2f}" in out
    assert "16,384 worlds" in out
    assert "wafer price of tsmc-n7 makes 54 %, D0 of smic-n+2 41 % of the variance of the good die cost" in out


def test_json_has_rows_drivers_and_probabilities(good):
    words = ("risk", "107", "-n", "smic-n+3,n5", "--prob", "smic-n+3 > 3 x n5", "--keys", "cost,die_yield", *FEW)
    found = good(*words, "-f", "json").json
    assert [(row["node"], row["result"]) for row in found["rows"]] == [
        ("smic-n+3", "good_die_cost_usd"), ("smic-n+3", "die_yield"), ("tsmc-n5", "good_die_cost_usd"),
        ("tsmc-n5", "die_yield"), ("tsmc-n5", "good_die_cost_ratio"),
    ]  # fmt: skip
    q = nc.risk(107, node=["smic-n+3", "n5"], samples=512, prob="smic-n+3 > 3 x n5", outputs=["cost", "die_yield"])
    assert found["rows"][0]["p50"] == q.p50
    assert found["probabilities"] == [
        {
            "statement": "smic-n+3 > 3 x n5",
            "results": ["good_die_cost_usd"],
            "probability": q.probabilities[0].probability.value,
            "error": q.probabilities[0].probability.error,
        }
    ]
    first = found["drivers"][0]
    assert (first["input"], first["first_order"]) == (q.drivers[0].name, q.drivers[0].first.value)
    assert (found["samples"], found["seed"], found["independent"]) == (512, 0, False)


def test_csv_and_markdown(good):
    words = ("risk", "107", "-n", "n5", *FEW)
    (row,) = csv.DictReader(io.StringIO(good(*words, "-f", "csv").out))
    assert float(row["p10"]) == nc.risk(107, node="n5", samples=512).p10
    assert "| tsmc-n5 | USD/good die |" in good(*words, "-f", "markdown").out


def test_every_world_goes_to_parquet(cli, tmp_path):
    path = tmp_path / "worlds.parquet"
    done = cli("risk", "107", "-n", "smic-n+2", *FEW, "-o", path)
    assert (done.code, done.out, done.err) == (0, "", f"{path}: 512 worlds\n")
    table = pq.read_table(path)
    q = nc.risk(107, node="smic-n+2", samples=512)
    assert table.column_names == list(q.columns())
    for name, column in q.columns().items():
        assert table[name].to_numpy().tobytes() == column.tobytes()
    assert json.loads(table.schema.metadata[b"nodecalc_rows"])["command"] == "risk"
    assert table.schema.field("smic-n+2.d0_per_cm2").metadata[b"unit"] == b"1/cm2"
    assert cli("risk", "107", "-n", "smic-n+2", *FEW, "-o", path).code == 2  # it is there
    assert cli("risk", "107", "-n", "smic-n+2", *FEW, "-o", path, "--force").code == 0


def test_the_report_goes_to_a_file_by_its_ending(cli, good, tmp_path):
    words = ("risk", "107", "-n", "n5", *FEW)
    for ending, form in ((".json", "json"), (".csv", "csv"), (".md", "markdown")):
        path = tmp_path / f"report{ending}"
        assert cli(*words, "-o", path).code == 0
        assert path.read_text() == good(*words, "-f", form).out


def test_a_picture_is_the_same_every_time(cli, tmp_path):
    for name in ("one.svg", "two.svg"):
        done = cli("risk", "107", "-n", "smic-n+3,n5", *FEW, "--plot", tmp_path / name)
        assert done.code == 0
        assert "drawn" in done.err
    text = (tmp_path / "one.svg").read_text()
    assert text == (tmp_path / "two.svg").read_text()
    assert "D0 of smic-n+3" in text


def test_given_distributions_are_said(good):
    out = good(
        "risk", "100", "-n", "n5", "--vary", "d0=0.05:0.1:0.3", "--vary", "n5:wafer-price~normal(16k,2k)", *FEW
    ).out
    assert "D0: triangular 0.05, 0.1, 0.3 1/cm2, as given" in out
    assert "wafer price of tsmc-n5: normal, mean 16000 USD, standard deviation 2000, as given" in out
    assert "no P10-P90" not in out


@pytest.mark.parametrize(
    "law",
    [
        "d0=5/cm2:15/cm2", "d0=0/cm2:0.2/cm2", "d0=0:0.1:0.2", "d0=0.00001/cm2:0.1", "d0~lognormal(20/cm2,0.1)",
        "d0~normal(20/cm2,1/cm2)", "n5:d0=0.05/mm2:15/cm2",
    ],
)  # fmt: skip
def test_a_distribution_keeps_its_units(good, cli, tmp_path, law):
    file, again = (tmp_path / name for name in ("a.json", "b.json"))
    words = ("risk", "100", "-n", "n5", "--samples", "256", "--no-drivers", "--vary", law)
    found = nc.risk(100, node="n5", samples=256, drivers=False, vary=[law])
    assert good(*words, "-f", "json").json["rows"][0]["p50"] == found.p50
    assert cli(*words, "-o", file).code == cli("risk", "--again", file, "-o", again).code == 0
    assert file.read_bytes() == again.read_bytes()


def test_amounts_of_other_currencies(good):
    words = ("risk", "100", "-n", "n5", *FEW, "-f", "json")
    ours = good(*words, "--rate", "CNY=8", "--wafer-price", "100kCNY").json["rows"]
    assert ours == good(*words, "--wafer-price", "12500").json["rows"]


def test_what_nodes_share_is_said(good):
    words = ("risk", "107", "-n", "smic-n+2,n7", *FEW)
    assert "one draw for several nodes: wafer price of tsmc-n7" in good(*words).out
    assert "one draw for several nodes" not in good(*words, "--independent").out


def test_none_of_the_worlds_is_not_nothing(good):
    out = good("risk", "107", "-n", "n5", *FEW, "--prob", "cost < 1", "--prob", "cost > 1").out
    assert "< 0.1953 %" in out
    assert "> 99.8 %" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("100",), "name a node with -n"),
        (("100", "-n", "n5", "--vary", "d0"), "write KEY=low:mode:high"),
        (("100", "-n", "n5", "--vary", "d0=0.1"), "1 part"),
        (("100", "-n", "n5", "--vary", ":d0=1:2"), "no node"),
        (("100", "-n", "n5", "--vary", "d0=0.1:inf"), "d0"),
        (("100", "-n", "n5", "--prob", "5"), "compares nothing"),
        (("100", "-n", "n5", "--samples", "1"), "256"),
        (("100", "-n", "n5", "--samples", "many"), "not a number"),
        (("100", "-n", "n5", "--keys", ","), "no results"),
        (("100", "-n", "n5", "--force"), "add -o FILE"),
        (("100", "-n", "n5", "--plot", "x.pdf"), ".svg"),
        (("100", "-n", "n5", "-o", "x.npz"), "ending"),
        (("100", "-n", "smic-n+3", "--strict"), "--strict"),
        (("n5", "100"), "nodecalc risk 100 -n n5"),
    ],
)
def test_bad_input_is_one_line(cli, words, said):
    done = cli("risk", *words)
    assert done.code == 2
    assert said in done.err
    assert done.err.count("\n") == 1
