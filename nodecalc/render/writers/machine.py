"""JSON and CSV: numbers as they are, never rounded."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any, TextIO

from nodecalc._version import __version__
from nodecalc.errors import one_line
from nodecalc.files.formula import no_formula
from nodecalc.question.caution import Caution, cautions_first
from nodecalc.render.report import Report
from nodecalc.vocabulary import find_quantity


def write_json(report: Report, stream: TextIO) -> None:
    """Write one JSON object: command, version, rows, sources, notes, warnings among them, and what the command adds.

    JSON has no infinity: an infinite input (alpha) is written as the text "inf", a result that is no number as null.
    """
    import json

    document = {
        "command": report.command,
        "version": __version__,
        "rows": [_row(row) for row in report.rows],
        "sources": [plain(source) for source in report.sources()],
        "notes": cautions_first(report.notes),
        "warnings": [note for note in cautions_first(report.notes) if isinstance(note, Caution)],
        **(plain(report.extra) if report.extra else {}),
        **(plain(report.saved()) if report.saved else {}),
    }
    # Where the stream cannot hold every letter, JSON's own escapes can.
    escape = not (getattr(stream, "encoding", None) or "utf-8").lower().startswith("utf")
    text = json.dumps(document, indent=2, ensure_ascii=escape, allow_nan=False)
    if not text.replace("\n", "").isprintable():  # JSON leaves in letters that turn the direction of a terminal's text
        text = json.dumps(document, indent=2, ensure_ascii=True, allow_nan=False)
    stream.write(f"{text}\n")


def write_csv(report: Report, stream: TextIO) -> None:
    """Write the rows as CSV under one header; lists are joined by semicolons, missing values empty."""
    import csv

    header = list(dict.fromkeys(key for row in report.rows for key in row))
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    for row in report.rows:
        writer.writerow([_cell(row.get(key)) for key in header])


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ";".join(_cell(v) for v in value)
    return repr(value) if isinstance(value, float) else no_formula(one_line(str(value)))


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as JSON has it; a die that fits nowhere has no cost."""
    return {
        key: None if isinstance(value, float) and not isfinite(value) and _is_result(key) else plain(value)
        for key, value in row.items()
    }


def _is_result(key: str) -> bool:
    q = find_quantity(key)
    return q is not None and q.role == "output"


def plain(value: Any) -> Any:
    """Return a value as JSON holds it: an infinity as a text."""
    if isinstance(value, dict):
        return {key: plain(v) for key, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    return value
