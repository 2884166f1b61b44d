"""`nodecalc sweep`: rows, streams, files, and the lines that say what cannot be swept."""

import csv
import io
import os
import pty
import re
import subprocess
import sys

import pytest

import nodecalc as nc

TWO = ("sweep", "100", "-n", "n5", "-n", "smic-n+2", "--over", "d0=0.05:0.5:4")


def test_dies_of_a_node_without_a_price_are_counted(good):
    line = ("sweep", "100", "-n", "cxmt-g4", "--over", "scribe=0.05,0.1")
    for words in (("--keys", "gross_dies"), ("--best", "gross_dies"), ("--keys", "gross_dies", "--reduce", "min,max")):
        assert "616" in good(*line, *words).out or "933" in good(*line, *words).out


def test_rows_are_the_product_with_the_last_axis_fastest(good):
    rows = good(*TWO, "--over", "wafer-price=5000,20000", "-f", "json").json["rows"]
    assert [(r["node"], r["d0_per_cm2"], r["wafer_price_usd"]) for r in rows[:3]] == [
        ("tsmc-n5", 0.05, 5000.0),
        ("tsmc-n5", 0.05, 20000.0),
        ("tsmc-n5", pytest.approx(0.2), 5000.0),
    ]
    assert len(rows) == 2 * 4 * 2
    for row in rows:
        one = nc.estimate("100", node=row["node"], d0_per_cm2=row["d0_per_cm2"], wafer_price_usd=row["wafer_price_usd"])
        assert row["good_die_cost_usd"] == pytest.approx(one.good_die_cost_usd, rel=1e-14)


def test_json_marks_figures_and_names_sources_and_the_question(good):
    done = good("sweep", "100", "-n", "intel-3", "--over", "scribe=0.1,0.2", "-f", "json").json
    assert done["command"] == "sweep"
    assert done["version"] == nc.__version__
    assert all("d0_per_cm2" in row["assumed"] for row in done["rows"])
    assert any(source["id"] == "assumed" for source in done["sources"])
    assert done["points"] == 2
    assert [axis["key"] for axis in done["spec"]["axes"]] == ["node", "scribe_mm"]


def test_a_table_for_people_says_what_the_rows_share_and_where_figures_come_from(good):
    out = good(*TWO, "--keys", "gross_dies,die_yield,good_die_cost_usd").out
    assert out.splitlines()[0].startswith("8 points = node 2 x d0_per_cm2 4; die 10 x 10 mm, 100 mm2; edge 3 mm")
    assert "smic-n+2: wafer price 13,907 USD u (ft_smic_2024 +5, 2024.1)" in out
    assert "u unverified" in out
    assert out.count("smic-n+2 ") >= 4


def test_the_title_says_every_fixed_input_once_and_no_default(good):
    fixed = ("--line-yield", "0.9", "--critical-area", "80%", "--edge", "2")
    title = good(
        "sweep", "100", "-n", "n5", "--over", "d0=0.1,0.2", *fixed, "--systematic-yield", "1"
    ).out.splitlines()[0]
    assert title.endswith("; edge 2 mm, scribe 0.1 mm; placement best; yield murphy; critical area 0.8; line yield 0.9")
    models = ("--over", "model=murphy,negative-binomial", "--alpha", "3")
    assert good("sweep", "100", "-n", "n5", *models).out.splitlines()[0].endswith("; alpha 3")
    given = ("--model", "negative-binomial", "--alpha", "3", "--over", "d0=0.1,0.2")
    assert good("sweep", "100", "-n", "n5", *given).out.splitlines()[0].endswith("; yield negative-binomial alpha 3")


def test_csv_and_markdown(good):
    rows = list(csv.DictReader(io.StringIO(good(*TWO, "-f", "csv").out)))
    assert list(rows[0]) == ["node", "d0_per_cm2", "good_die_cost_usd"]
    assert len(rows) == 8
    assert float(rows[-1]["good_die_cost_usd"]) == pytest.approx(
        nc.estimate("100", node="smic-n+2", d0_per_cm2=0.5).good_die_cost_usd, rel=1e-14
    )
    assert good(*TWO, "-f", "markdown").out.count("\n| ") >= 8


def test_a_long_csv_is_printed_whole(good):
    out = good("sweep", "100", "-n", "n5", "--over", "d0=0.05:0.5:300001", "-f", "csv").out
    assert out.count("\n") == 300002


def test_what_is_too_long_for_a_table_is_summed_up(good):
    done = good("sweep", "100", "-n", "n5", "--over", "d0=0.05:0.5:4000")
    assert "4,000 points are too many for a table" in done.out
    assert "at the min" in done.out
    assert "p50" in done.out


def test_streams(good):
    words = (*TWO, "--reduce", "min,argmin,p50,max", "--best", "good_die_cost_usd", "--top", "2")
    rows = good(*words, "-f", "json").json["rows"]
    swept = nc.sweep(
        "100", node=["n5", "smic-n+2"], d0_per_cm2="0.05:0.5:4", reduce=["min", "argmin", "p50", "max"],
        best="good_die_cost_usd", top=2,
    )  # fmt: skip
    found = swept.reductions["good_die_cost_usd"]
    assert rows[0]["output"] == "good_die_cost_usd"
    assert rows[0]["min"] == found["min"]
    assert rows[0]["argmin_node"] == "smic-n+2"
    assert rows[0]["p50"] == found["p50"]
    assert [row["good_die_cost_usd"] for row in rows[1:]] == [point["good_die_cost_usd"] for point in swept.best]
    table = good(*words).out
    assert "best points, best first" in table


def test_a_front(good):
    rows = good(
        "sweep", "-n", "n5", "--over", "die-area-mm2=50:800:20", "--keys", "good_die_cost_usd,peak_transistors",
        "--pareto", "good_die_cost_usd,peak_transistors", "-f", "json",
    ).json["rows"]  # fmt: skip
    costs = [row["good_die_cost_usd"] for row in rows]
    assert costs == sorted(costs)
    assert len(rows) == 20


@pytest.mark.parametrize("ending", [".parquet", ".arrow", ".csv", ".npz"])
def test_a_file_answers_again(cli, tmp_path, ending):
    path = tmp_path / f"grid{ending}"
    done = cli(*TWO, "-o", path)
    assert (done.code, done.out) == (0, "")
    assert str(path) in done.err
    first = cli(*TWO, "-f", "json").json
    again = cli("sweep", "--again", path, "-f", "json").json
    assert again["rows"] == first["rows"]
    assert again["spec"] == first["spec"]
    best = cli("sweep", "--again", path, "--best", "good_die_cost_usd", "--top", "1", "-f", "json").json
    assert best["rows"][0]["node"] == "smic-n+2"


BAD = [
    (("--over", "d0"), ["--over 'd0'", "KEY=RANGE"]),
    (("--over", "=1,2"), ["KEY=RANGE"]),
    (("--over", "colour=1,2"), ["unknown axis 'colour'"]),
    (("--over", "d0="), ["no values", "start:stop:count"]),
    (("--over", "d0=0.1:0.2"), ["three or four parts"]),
    (("--over", "d0=0.2:0.1:5"), ["reversed", "0.1:0.2:5"]),
    (("--over", "d0=0.1:0.2:0"), ["empty"]),
    (("--over", "d0=0.1,0.2", "--over", "d0-per-cm2=0.3,0.4"), ["d0_per_cm2 is given by --over already"]),
    (("--over", "d0=0.1,0.2", "--d0", "0.1"), ["an axis and fixed"]),
    (("--over", "node=n7,n5"), ["node is given by --node already"]),
    (("--over", "d0=0.01:1:9000000000", "--over", "wafer-price=1:2:9000000000"), ["more than 2^63"]),
    (("--over", "d0=0.1,0.2", "--keys", "good_die_costs_eur"), ["unknown output", "good_die_cost_usd"]),
    (("--over", "d0=0.1,0.2", "--keys", ","), ["no outputs"]),
    (("--over", "d0=0.1,0.2", "--reduce", "median"), ["unknown reduction 'median'"]),
    (("--over", "d0=0.1,0.2", "--reduce", ","), ["no reductions"]),
    (("--over", "d0=0.1,0.2", "--pareto", ""), ["two different outputs"]),
    (("--over", "d0=0.1,0.2", "--best", ""), ["unknown output ''"]),
    (("--over", "d0=0.1,0.2", "--best", "costs-usd"), ["unknown output 'costs-usd'", "die_cost_usd"]),
    (("--over", "d0=0.1,0.2", "--top", "3"), ["--top 3", "--best KEY"]),
    (("--over", "d0=0.1,0.2", "--best", "good_die_cost_usd", "--top", "0"), ["--top 0"]),
    (("--over", "d0=0.1,0.2", "--pareto", "good_die_cost_usd"), ["two different outputs"]),
    (("--over", "d0=0.1,0.2", "--expand"), ["--expand", "-o FILE"]),
    (("--over", "d0=0.1,0.2", "--resume"), ["--resume", "-o FILE"]),
    (("--over", "d0=0.1,0.2", "--dask", "tcp://127.0.0.1:1"), ["arrays do not travel"]),
    (("--over", "d0=0.1,0.2", "-o", "x.xls"), [".parquet", ".xlsx", "folder"]),
    (("--over", "d0=0.1,0.2", "-o", "no/such/folder/x.csv"), ["no/such/folder"]),
    (("--over", "d0=0.1,0.2", "-f", "yaml"), ["unknown format 'yaml'"]),
    (("--over", "d0=0.1,0.2", "--plot", "x.gif"), [".svg"]),
    (("--over", "node=n5,n7", "--plot", "x.svg"), ["node is given"]),
    (("--over", "d0=0.1,0.2", "--again", "x.parquet"), ["the file holds the whole question"]),
    (("--over", "euv-power=100,250"), ["--wafer-basis cost"]),
    (("--over", "d0=0.1,0.2", "-o", "x.csv", "-f", "json"), ["the file is the answer"]),
    (("--over", "d0=0.1,0.2", "-o", ""), ["--output ''"]),
    (("--over", "d0=0.1,0.2", "-o", "x.csv", "--plot", "x.pdf"), ["cannot plot", ".svg or .png"]),
    (("--over", "d0=0.1,0.2", "-o", "x.csv", "--plot", "no/x.svg"), ["there is no folder"]),
    (("-o", "x.csv", "--plot", "x.svg"), ["one numeric axis", "here are 0"]),
    (("--over", "d0=0.1:0.5:1e15"), ["too many to print", "--reduce"]),
    (("--over", "model=murphy,negative-binomial", "--over", "alpha=1,2"), ["sweep negative-binomial alone"]),
    (("--over", "alpha=1,2"), ["negative-binomial"]),
]


@pytest.mark.parametrize(("words", "said"), BAD, ids=lambda v: " ".join(v) if isinstance(v, tuple) else "")
def test_bad_input_is_one_line(cli, tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    done = cli("sweep", "100", "-n", "n5", *words)
    assert done.code == 2
    assert done.out == ""
    assert done.err.count("\n") == 1
    for part in said:
        assert part in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_holds_no_sweep(cli, tmp_path):
    path = tmp_path / "x.parquet"
    path.write_bytes(b"PAR1 not really")
    for where in (path, tmp_path / "none.parquet"):
        done = cli("sweep", "--again", where)
        assert done.code in (1, 2)
        assert done.err.count("\n") == 1
        assert str(where) in done.err


def test_an_unreachable_cluster_is_a_failure_in_one_line(program):
    done = program("sweep", "100", "-n", "n5", "--over", "d0=0.1,0.2", "--reduce", "min", "--dask", "tcp://127.0.0.1:9")
    assert done.code == 1
    assert done.err.count("\n") == 1
    assert "tcp://127.0.0.1:9" in done.err


def test_a_plot_is_drawn(cli, tmp_path):
    path = tmp_path / "x.svg"
    done = cli(*TWO, "--plot", path)
    assert done.code == 0
    assert done.err == f"drawn: {path}\n"
    assert path.read_text().lstrip().startswith("<?xml")


def test_a_plot_holds_every_key_and_the_band_over_years(cli, tmp_path):
    path = tmp_path / "x.svg"
    words = ("sweep", "100", "-n", "n5,n7", "--over", "year=2020:2026:7", "--keys", "cost,band,yield")
    assert cli(*words, "--plot", path).code == 0
    said = set(re.findall(r"<!-- (.*?) -->", path.read_text(encoding="utf-8")))
    assert {"good die cost, USD", "die yield", "P10 to P90", "tsmc-n5", "tsmc-n7", "year", "2020", "2026"} <= said


def on_a_terminal(words, environment, interrupt=None, interrupt_after=None):
    """Run the program with a pseudo-terminal for all its streams; return its exit code and what it wrote."""
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "nodecalc", *words], stdin=child, stdout=child, stderr=child,
        env={**environment, "COLUMNS": "100", "LINES": "40", "TERM": "xterm"}, start_new_session=True,
    )  # fmt: skip
    os.close(child)
    seen, stopped = b"", None
    while True:
        try:
            block = os.read(parent, 65536)
        except OSError:
            break
        if not block:
            break
        seen += block
        if interrupt_after is not None and stopped is None and interrupt_after in seen:
            stopped = interrupt(process)
    os.close(parent)
    if stopped is not None:
        stopped()
    return process.wait(), seen.decode()


def test_in_a_terminal_a_chart_stands_above_the_table(child_environment):
    code, out = on_a_terminal(TWO, child_environment)
    assert code == 0
    assert "smic-n+2" in out
    assert out.index("8 points") > 600  # the chart comes first
    code, plain = on_a_terminal((*TWO, "--no-chart"), child_environment)
    assert code == 0
    assert len(plain) < len(out)


def test_a_long_sweep_shows_a_bar_and_stops_at_once(child_environment, interrupt):
    words = (
        "sweep", "100", "-n", "n5", "--over", "d0=0.01:1:100000", "--over", "wafer-price=5000:20000:1000000",
        "--reduce", "mean",
    )  # fmt: skip
    environment = child_environment | {"NUMBA_NUM_THREADS": "2"}
    code, out = on_a_terminal(words, environment, interrupt, b"points/s")
    assert "points/s" in out
    assert code == 130
    assert "interrupted" in out
    assert "Traceback" not in out


def test_into_a_pipe_there_is_no_bar(program):
    done = program("sweep", "100", "-n", "n5", "--over", "d0=0.01:1:100000", "--over", "wafer-price=5000:20000:30000",
                   "--reduce", "mean")  # fmt: skip
    assert done.code == 0
    assert done.err == ""


def test_a_question_asked_again_may_be_stricter_nowhere(cli, tmp_path):
    path = tmp_path / "s.csv"
    assert cli("sweep", "100", "-n", "smic-n+2", "--over", "d0=0.1:0.3:3", "-o", path).code == 0
    done = cli("sweep", "--again", path, "--strict")
    assert done.code == 2
    assert "leave out the others" in done.err


def test_a_chip_brings_its_node(good):
    rows = list(
        csv.DictReader(io.StringIO(good("sweep", "--chip", "apple-m1", "--over", "d0=0.1,0.2", "-f", "csv").out))
    )
    assert [row["node"] for row in rows] == ["tsmc-n5", "tsmc-n5"]


def test_a_footnote_about_a_wafers_cost_holds_for_all_rows(good):
    for powers in ("100,250,500", "500,250,100"):
        out = good("sweep", "100", "-n", "n5", "--over", f"euv-power={powers}", "--wafer-basis", "cost").out
        low, high = re.search(r"wafer cost ([\d,]+) to ([\d,]+) USD over the rows", out).groups()
        assert float(low.replace(",", "")) < float(high.replace(",", ""))
        assert "wafer price" not in out
    fixed = good("sweep", "100", "-n", "n5", "-n", "n7", "--over", "d0=0.1,0.2", "--wafer-basis", "cost").out
    assert re.search(r"tsmc-n5: wafer cost [\d,]+ USD a", fixed)
    assert re.search(r"tsmc-n7: wafer cost [\d,]+ USD a", fixed)


def test_to_ask_a_file_again_that_is_not_there_is_bad_input(cli, tmp_path):
    done = cli("sweep", "--again", tmp_path / "none.parquet")
    assert done.code == 2
    assert "there is no such file" in done.err


@pytest.mark.parametrize("words", [["--margin", "40%"], ["--over", "margin=0,0.4"]])
def test_what_a_margin_makes_of_a_cost_is_called_a_price(cli, words):
    asked = ["sweep", "100", "-n", "n5", "--wafer-basis", "cost", "--over", "phi=0,1"]
    assert "wafer cost" in cli(*asked).out
    out = cli(*asked, *words).out
    assert "wafer price" in out
    assert "wafer cost" not in out
    assert "not a price" not in out
