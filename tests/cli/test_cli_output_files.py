"""`-o FILE` on every command that prints rows: by its ending, whole or not there, never over a file without --force."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from nodecalc.cli.declared import COMMANDS

ASKED = {
    "die": ("die", "100", "-n", "n5,n7"),
    "sweep": ("sweep", "100", "-n", "n5,n7", "--over", "d0=0.1,0.2"),
    "solve": ("solve", "d0", "600", "-n", "smic-n+2", "--equal", "tsmc-n7"),
    "compare": ("compare", "600", "-n", "tsmc-n7,smic-n+2"),
    "diff": ("diff", *(str(Path(__file__).parent / "saved" / f"{name}.json") for name in ("base", "new"))),
    "wafer": ("wafer", "n5"),
    "patterning": ("patterning", "36"),
    "nodes": ("nodes", "n5"),
    "chips": ("chips", "h100"),
    "models": ("models",),
    "keys": ("keys",),
    "fit": ("fit", "--yield", "40%", "--area", "665.6"),
    "capacity": ("capacity", "100", "-n", "n5", "--units", "1M"),
    "system": ("system", "h100"),
    "memory": ("memory", "cxmt-g4", "--capacity", "16Gb", "--wafer-price", "5000", "--d0", "0.2"),
    "split": ("split", "800", "-n", "smic-n+2"),
    "claims": ("claims", "half-by-2024"),
    "carbon": ("carbon", "-n", "n7", "--grid", "taiwan"),
    "sources": ("sources", "cset_2020"),
}
ENDINGS = (".json", ".csv", ".md", ".parquet", ".arrow")


def test_every_command_that_prints_rows_is_here():
    assert set(ASKED) <= set(COMMANDS) <= {*ASKED, "map", "risk", "examples"}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("command", ASKED)
def test_a_file_holds_what_is_printed(cli, good, tmp_path, command, ending):
    path = tmp_path / f"rows{ending}"
    done = cli(*ASKED[command], "-o", path)
    assert (done.code, done.out) == (0, "")
    assert done.err.startswith(f"{path}: ")
    rows = good(*ASKED[command], "-f", "json").json["rows"]
    if ending == ".json":
        assert json.loads(path.read_text())["rows"] == rows
    elif ending == ".md":
        assert path.read_text() == good(*ASKED[command], "-f", "markdown").out
    elif ending == ".csv":
        assert path.read_text() == good(*ASKED[command], "-f", "csv").out
    else:
        table = pq.read_table(path) if ending == ".parquet" else pa.ipc.open_file(path).read_all()
        assert table.num_rows == len(rows)
        for name in set(table.column_names) & {"good_die_cost_usd", "wafer_cost_usd", "usd", "cost_usd", "d0_per_cm2"}:
            assert table.column(name).to_pylist() == [row.get(name) for row in rows]
    held = {entry.name for entry in tmp_path.iterdir()}
    assert held <= {path.name, f"{path.name}-metadata.json"}


@pytest.mark.parametrize("command", ASKED)
def test_a_file_that_is_there_stays_unless_it_is_forced(cli, tmp_path, command):
    path = tmp_path / "rows.csv"
    path.write_text("mine")
    done = cli(*ASKED[command], "-o", path)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert "--force" in done.err
    assert path.read_text() == "mine"
    assert cli(*ASKED[command], "-o", path, "--force").code == 0
    assert next(iter(csv.reader(io.StringIO(path.read_text())))) != ["mine"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-o", "x.txt"), ".parquet"), (("-o", "x"), "no ending"), (("-o", ""), "no ending"), (("--force",), "-o FILE"),
        (("-o", "no/such/x.csv"), "there is no folder"), (("-o", "x.csv", "-f", "json"), "the file is the answer"),
        (("-o", "x.json", "-f", "csv"), "the file is the answer"), (("-o", "x", "-f", "json"), "form of its ending"),
        (("-o", "x.csv", "--explain"), "rows alone"), (("-o", "x.parquet", "--explain"), "rows alone"),
    ],
)  # fmt: skip
def test_what_cannot_be_written_is_one_line(cli, tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    done = cli("die", "100", "-n", "n5", *words)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert said in done.err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", ["die", "sweep", "nodes"])
@pytest.mark.parametrize(("ending", "form"), [("json", "json"), ("csv", "CSV"), ("md", "markdown")])
def test_a_format_that_is_the_files_own_may_be_named(cli, tmp_path, command, ending, form):
    one, two = tmp_path / f"one.{ending}", tmp_path / f"two.{ending}"
    assert cli(*ASKED[command], "-o", one).code == cli(*ASKED[command], "-o", two, "-f", form).code == 0
    assert one.read_bytes() == two.read_bytes()


def test_columns_have_units_and_the_file_says_what_it_answers(cli, tmp_path):
    path = tmp_path / "rows.parquet"
    assert cli("die", "100", "-n", "n5,n7", "-o", path).code == 0
    schema = pq.read_schema(path)
    assert schema.field("wafer_price_usd").metadata[b"unit"] == b"USD"
    about = json.loads(schema.metadata[b"nodecalc_rows"])
    assert about["command"] == "die"
    assert any(source["id"] == "cset_2020" for source in about["sources"])
    assert schema.field("assumed").type == pa.list_(pa.string())


def test_without_openpyxl_one_line_says_what_to_install(cli, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "openpyxl", None)
    done = cli("die", "100", "-n", "n5", "-o", tmp_path / "rows.xlsx")
    assert (done.code, done.out) == (2, "")
    assert "pip install 'nodecalc[xlsx]'" in done.err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", ["die", "nodes", "sweep"])
def test_a_workbook_holds_the_rows(cli, good, tmp_path, command):
    openpyxl = pytest.importorskip("openpyxl")
    path = tmp_path / "rows.xlsx"
    assert cli(*ASKED[command], "-o", path).code == 0
    rows = good(*ASKED[command], "-f", "json").json["rows"]
    book = openpyxl.load_workbook(path)
    head, *cells = book["rows"].iter_rows(values_only=True)
    assert len(cells) == len(rows)
    for at, row in zip(cells, rows, strict=True):
        for name, value in zip(head, at, strict=True):
            if isinstance(row.get(name), float):
                assert value == pytest.approx(row[name], rel=1e-14)
    assert "command" in [row[0] for row in book["about"].iter_rows(values_only=True)]


def test_a_picture_that_is_there_stays_too(cli, tmp_path):
    path = tmp_path / "x.svg"
    path.write_text("mine")
    done = cli(*ASKED["sweep"], "--plot", path)
    assert done.code == 2
    assert path.read_text() == "mine"


@pytest.mark.parametrize("option", [("--expand",), ("--compact",), ("--resume",), ("--dask", "local")])
def test_what_a_file_of_rows_cannot_follow_is_refused(cli, tmp_path, option):
    done = cli(*ASKED["sweep"], "-o", tmp_path / "x.json", *option)
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert option[0] in done.err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "words",
    [
        ("wafer", "n5", "-f", "json", "-o", "x.toml"),
        ("wafer", "n5", "-f", "toml", "-o", "x.csv"),
        ("wafer", "n5", "-f", "toml", "--layers"),
        ("wafer", "n5", "-f", "toml", "--sources"),
        ("wafer", "n5", "-f", "toml", "--margin", "40%"),
        ("wafer", "n5", "-f", "toml", "--year", "2020"),
        ("nodes", "n5", "-f", "json", "-o", "x.toml"),
        ("nodes", "n5", "-f", "toml", "--sources"),
    ],
)
def test_toml_takes_nothing_that_it_would_ignore(cli, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    done = cli(*words)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "words",
    [
        ("die", "100", "-n", "n5", "-o", "x.json"),
        ("sweep", "100", "-n", "n5", "--over", "d0=0.1,0.2", "-o", "x.parquet"),
        ("sweep", "100", "-n", "n5", "--over", "d0=0.1,0.2", "-o", "x/"),
        ("sweep", "100", "-n", "n5", "--over", "d0=0.1,0.2", "--plot", "x.svg"),
        ("sweep", "100", "-n", "n5", "--over", "d0=0.1,0.2", "--catalog", "x.toml"),
        ("map", "100", "--svg", "x.svg"),
        ("die", "--scenario", "x.toml"),
    ],
)
def test_a_working_directory_that_is_gone_is_one_line(tmp_path, monkeypatch, cli, words):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    done = cli(*words)
    assert done.code == 2
    said = "the working directory is gone; change to another, or give a path from /"
    assert done.err == f"nodecalc: '{words[-1]}': {said}\n"


@pytest.mark.skipif(os.name != "posix", reason="limits of a shell")
@pytest.mark.parametrize("ending", [".xlsx", ".parquet", ".csv"])
def test_a_file_that_grows_too_large_is_one_line(tmp_path, ending):
    asked = f"sweep 100 -n n5 --over d0=.1:.2:1000 -o a{ending}"
    limited = f"ulimit -f 8; trap '' XFSZ; exec {sys.executable} -m nodecalc {asked}"
    done = subprocess.run(["sh", "-c", limited], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert done.stderr == f"nodecalc: a{ending}: File too large; it was not written\n"
    assert list(tmp_path.iterdir()) == []
