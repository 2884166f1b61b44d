"""JSON and CSV: numbers as they are, never rounded."""

from __future__ import annotations

from math import isfinite
from typing import Any, TextIO

from nodecalc._version import __version__
from nodecalc.question.caution import Caution, cautions_first
from nodecalc.render.report import Report


def write_json(report: Report, stream: TextIO) -> None:
    """Write one JSON object: command, version, rows, sources, notes, warnings among them, and what the command adds.

    JSON has no infinity; an infinite input (alpha) is written as the text "inf".
    """
    import json

    document = {
        "command": report.command,
        "version": __version__,
        "rows": [plain(row) for row in report.rows],
        "sources": [plain(source) for source in report.sources()],
        "notes": cautions_first(report.notes),
        "warnings": [note for note in cautions_first(report.notes) if isinstance(note, Caution)],
        **(plain(report.extra) if report.extra else {}),
        **(plain(report.saved()) if report.saved else {}),
    }
    # Where the stream cannot hold every letter, JSON's own escapes can.
    escape = not (getattr(stream, "encoding", None) or "utf-8").lower().startswith("utf")
    json.dump(document, stream, indent=2, ensure_ascii=escape, allow_nan=False)
    stream.write("\n")


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
    return repr(value) if isinstance(value, float) else str(value)


def plain(value: Any) -> Any:
    """Return a value as JSON holds it: an infinity as a text."""
    if isinstance(value, dict):
        return {key: plain(v) for key, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    return value
