"""Texts from a user's file, a file's name or a wrong word: shown as they are, and never carried out."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

import nodecalc as nc
from nodecalc.cli.program import run
from nodecalc.errors import one_line
from nodecalc.files.formula import no_formula
from nodecalc.render.report import Column, Report, Table
from nodecalc.render.writers.machine import write_csv, write_json
from nodecalc.render.writers.output import write
from nodecalc.render.writers.text import write_markdown

TURNED = "\u202egnp\u2066"
COLOURED = "\x1b[31mred"
HOSTILE = f"=1+1 <script>alert(1)</script> | [x](javascript:1) `y` a\\ {TURNED} {COLOURED}"


def report(text: str) -> Report:
    rows = [{"node": text, "gross_dies": 5, "note": text}]
    return Report(
        "die", rows, [Table(text, [Column("node", right=False)], [[text]])], notes=[text], cited=[(text, text)]
    )


def written(form: Any, text: str) -> str:
    stream = io.StringIO()
    form(report(text), stream)
    return stream.getvalue()


@pytest.mark.parametrize("form", ["table", "markdown", "json"])
def test_no_control_character_reaches_a_terminal(form: str) -> None:
    stream = io.StringIO()
    write(report(HOSTILE), form, stream)
    assert all(c.isprintable() or c == "\n" for c in stream.getvalue())
    if form == "json":
        assert json.loads(stream.getvalue())["rows"][0]["node"] == HOSTILE


def test_markdown_keeps_its_cells_and_shows_markup_as_text() -> None:
    lines = written(write_markdown, "a\\|b <b>c</b> [d](e)").splitlines()
    (row,) = [line for line in lines if line.startswith("| a")]
    assert row == r"| a\\\|b &lt;b>c&lt;/b> [d]\(e) |"


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_text_is_no_formula(text: str) -> None:
    _, row = csv.reader(io.StringIO(written(write_csv, text), newline=""))
    assert row[0] == row[2] == (f"'{text}" if text.isprintable() else one_line(text))
    assert no_formula(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-0.5", "+3", "-inf", "1e-3", "tsmc-n5", ""])
def test_numbers_and_names_stay_as_they_are(text: str) -> None:
    assert no_formula(text) == text


def test_json_has_null_for_a_result_that_is_no_number_and_inf_for_an_input() -> None:
    stream = io.StringIO()
    rows = [{"node": "n5", "good_die_cost_usd": float("inf"), "die_yield": float("nan"), "alpha": float("inf")}]
    write_json(Report("sweep", rows, ()), stream)
    assert json.loads(stream.getvalue())["rows"] == [
        {"node": "n5", "good_die_cost_usd": None, "die_yield": None, "alpha": "inf"}
    ]


def test_a_die_that_fits_nowhere_has_no_cost_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sweep", "-n", "intel-7", "--over", "die_area_mm2=100,150000", "-f", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert rows[0]["good_die_cost_usd"] > 0
    assert rows[1]["good_die_cost_usd"] is None


@pytest.mark.parametrize(
    "call",
    [
        lambda text: nc.estimate(100, node=text),
        lambda text: nc.estimate(text, node="n5"),
        nc.open_sweep,
        lambda text: nc.open_sweep(f"{text}.npz/"),
        nc.load_catalogue,
        lambda text: nc.wafer_cost("n5", without=[text]),
        lambda text: nc.evaluate({text: 1}),
        lambda text: nc.estimate(100, node="n5", wafer_price_usd=text),
    ],
)
def test_an_error_is_one_line_whatever_was_given(call: Any) -> None:
    with pytest.raises(nc.NodecalcError) as raised:
        call(f"a\nb {COLOURED} {TURNED}")
    assert str(raised.value).isprintable()


def test_what_can_be_printed_is_left_alone() -> None:
    assert one_line("10 µm², 5 × 3 — ok") == "10 µm², 5 × 3 — ok"
    assert one_line("\x1b\n\u202e") == "\\x1b\\n\\u202e"


def test_a_leftover_with_other_digits_in_its_name_is_passed_over(tmp_path: Path) -> None:
    import os

    from nodecalc.files.atomic import Beside

    for name in ("²", "١"):
        (tmp_path / f".y.csv.{os.uname().nodename}.{name}.1.partial").touch()
    with Beside(tmp_path / "y.csv") as file:
        file.write(b"x")
    assert (tmp_path / "y.csv").read_bytes() == b"x"
