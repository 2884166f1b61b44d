"""`nodecalc map`: picture, tables, files, and every format."""

import cProfile
import csv
import io
import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

import nodecalc as nc
from nodecalc.cli.program import run

SAVED = {"question", "data", "catalogue_digest", "seed"}
LARGE = ("map", "2x2", "-n", "n5")
MANY_DIES = 14_000


def test_a_map_is_drawn_above_its_counts(program):
    done = program("map", "100", "-n", "n5")
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0].startswith("die 10 x 10 mm on a 300 mm wafer")
    assert "█ 616 good   x 8 excluded   · 116 partial" in lines
    drawn = [line for line in lines[2 : lines.index("█ 616 good   x 8 excluded   · 116 partial")] if line.strip()]
    assert sum(line.count("█") for line in drawn) == 616
    assert all(len(line) <= 80 for line in drawn)
    assert "tsmc-n5   616" in done.out
    assert "2 x 3        112    88       24" in done.out


def test_json_has_every_site_and_the_answer(program):
    found = json.loads(program("map", "10x10", "-n", "n5", "-f", "json").out)
    assert set(found) == SAVED | {
        "command",
        "version",
        "nodecalc_checksums",
        "rows",
        "sources",
        "notes",
        "warnings",
        "map",
    }
    assert len(found["rows"]) == found["map"]["sites"] == 740
    assert list(found["rows"][0]) == ["x_mm", "y_mm", "column", "row", "field", "status", "expected_yield"]
    assert sum(row["status"] == "good" for row in found["rows"]) == found["map"]["gross_dies"] == 616
    assert found["map"]["exposures"] == 112
    assert found["sources"]


def test_csv_to_the_terminal_and_to_a_file_are_the_same(program, tmp_path):
    path = tmp_path / "sites.csv"
    shown = program("map", "21.32x31.22", "-n", "n5", "-f", "csv")
    written = program("map", "21.32x31.22", "-n", "n5", "--csv", str(path))
    assert written.err == f"written: {path}\n"
    assert path.read_text() == shown.out
    assert program("map", "21.32x31.22", "-n", "n5", "-o", str(path), "--force").err == written.err
    assert path.read_text() == shown.out
    again = program("map", "21.32x31.22", "-n", "n5", "-o", str(path))
    assert (again.code, again.err.count("\n")) == (2, 1)
    assert "--force" in again.err
    rows = list(csv.DictReader(io.StringIO(shown.out)))
    assert sum(row["status"] == "good" for row in rows) == 85
    assert {row["expected_yield"] for row in rows if row["status"] != "good"} == {""}


def test_svg_holds_every_die_and_every_exposure(program, tmp_path):
    path = tmp_path / "wafer.svg"
    done = program("map", "10x10", "-n", "n5", "--svg", str(path), "--drop-in", "0,0", "--keep-out", "50,50,4")
    assert done.err == f"drawn: {path}\n"
    root = ET.fromstring(path.read_text())
    paths = [p.get("d") for p in root.iter("{http://www.w3.org/2000/svg}path")]
    sites = json.loads(program("map", "10x10", "--drop-in", "0,0", "--keep-out", "50,50,4", "-f", "json").out)["rows"]
    assert sum(d.count("h10v10h-10z") for d in paths) == len(sites)
    said = " ".join(t.text or "" for t in root.iter("{http://www.w3.org/2000/svg}text"))
    assert "1 drop-in" in said
    assert "exposures" in said


def test_png_is_drawn(program, tmp_path):
    pytest.importorskip("matplotlib")
    path = tmp_path / "wafer.png"
    done = program("map", "20x20", "--panel", "300x300", "--keep-out", "0,0,20", "--png", str(path))
    assert done.err == f"drawn: {path}\n"
    assert path.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("map",), "no die size"),
        (("map", "40x30"), "--stitched with the share"),
        (("map", "10x10", "--svg", "a.png"), "try a.svg"),
        (("map", "10x10", "--csv", ""), "try wafer.csv"),
        (("map", "10x10", "--by", "colour"), "status or yield"),
        (("map", "10x10", "-o", "a.txt"), ".svg, .png, .csv"),
        (("map", "10x10", "-o", "a.svg", "--svg", "b.svg"), "two files of a kind"),
        (("map", "10x10", "--by", "yield"), "no D0 is known"),
        (("map", "10x10", "--placement", "flynn"), "a closed formula places no dies"),
        (("map", "10x10", "--svg", "/nowhere/a.svg"), "there is no folder"),
        (("map", "10x10", "--reticle", "26"), "26x33"),
    ],
)
def test_bad_words_are_one_line(program, words, said):
    done = program(*words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert done.err.count("\n") == 1


def test_a_published_count_is_said(program):
    done = program("map", "--chip", "ascend-910b")
    assert "85 good" in done.out
    assert "reported: 78 dies on a wafer (ms_smic_2025), here 85" in done.out
    assert "an edge of 7.09 to 7.37 mm" in done.out


def test_markdown_has_no_picture(program):
    done = program("map", "10x10", "-n", "n5", "-f", "markdown")
    assert done.out.startswith("**die 10 x 10 mm")
    assert "█" not in done.out


@pytest.mark.parametrize("words", [(), ("-f", "csv"), ("--svg", "FILE")])
def test_a_map_of_many_dies_takes_few_steps_a_die(words, tmp_path, program):
    """Counted are calls of functions, which a busy machine does not multiply: 55,637 dies take about a second."""
    words = [str(tmp_path / "wafer.svg") if word == "FILE" else word for word in words]
    counted = cProfile.Profile()
    done = counted.runcall(program, *LARGE, *words)
    assert done.code == 0
    assert (tmp_path / "wafer.svg").exists() if len(words) > 1 and words[0] == "--svg" else "good" in done.out
    assert sum(entry.callcount for entry in counted.getstats()) < 200 * MANY_DIES


def test_a_terminal_map_loads_no_numpy(child_environment):
    code = (
        "import sys; from nodecalc.cli.program import run; run(['map', '10x10', '-n', 'n5']); "
        "print('loaded', sorted({'numpy', 'numba', 'matplotlib', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=child_environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("loaded []\n")


def test_where_a_stream_has_no_blocks_the_map_is_ascii(child_environment):
    done = subprocess.run(
        [sys.executable, "-m", "nodecalc", "map", "10x10", "-n", "n5"],
        env={**child_environment, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        capture_output=True,
        check=True,
    )
    text = done.stdout.decode("ascii")
    assert "# 616 good   x 8 excluded   . 116 partial" in text
    assert text[: text.index("616 good")].count("#") == 617
    assert os.linesep in text


def test_a_map_says_its_edge_rule_and_what_sells(program):
    whole = program("map", "10x10", "-n", "n5", "--edge-rule", "whole-cell").out
    assert "placement best (whole-cell)" in " ".join(whole.split())
    e = nc.estimate(chip="ascend-910b")
    shown = program("map", "--chip", "ascend-910b").out
    assert "USD/sellable die" in shown
    assert f"{e.sellable_die_cost_usd:,.2f}" in shown


def test_a_refusal_comes_before_the_picture(capsys):
    assert run(["map", "0.5", "--sources", "--node", "micron-232l"]) == 2
    out, err = capsys.readouterr()
    assert not out
    assert "nothing here rests on a source" in err
