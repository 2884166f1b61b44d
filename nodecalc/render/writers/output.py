"""One report to standard output or into a file, in the format asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Final, TextIO

from nodecalc.errors import InputError, one_line, unknown
from nodecalc.progress import answered, tell
from nodecalc.render.report import Report

from .machine import write_csv, write_json
from .text import write_markdown, write_text

WRITERS: Final[Mapping[str, Callable[[Report, TextIO], None]]] = {
    "table": write_text,
    "json": write_json,
    "csv": write_csv,
    "markdown": write_markdown,
}


def writer(name: str, sources: bool = False) -> Callable[[Report, TextIO], None]:
    """Return the writer of the format called `name`, which has to show `sources` where they are asked for."""
    try:
        found = WRITERS[name.lower()]
    except KeyError:
        raise unknown("format", name, WRITERS) from None
    if sources and found is write_csv:
        raise InputError("--sources with csv: CSV holds the rows alone; use table, markdown or json, or leave it out")
    return found


def write(report: Report, name: str, stream: TextIO | None = None, sources: bool = False) -> None:
    """Write `report` in the format called `name`, with its `sources` in full where they are asked for."""
    form = writer(name, sources)
    if sources:
        from nodecalc.render.sources import with_sources

        report = with_sources(report)
    target = stream or sys.stdout
    reconfigure = getattr(target, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")  # a letter that the terminal's encoding lacks is no reason to withhold the answer
    answered()
    form(report if form is write_json or form is write_csv else _printable(report), target)
    if form is write_csv:
        # CSV has no place for notes; what a user's figures replaced must not go unsaid.
        from nodecalc.render.sources import REPLACED

        for note in report.notes:
            if note.startswith(REPLACED):
                tell(note)


def _printable(report: Report) -> Report:
    """Return `report` with every text from outside as a terminal shows it as it is."""

    def note(text: str) -> str:
        return text if text.isprintable() else type(text)(one_line(text))

    tables = [
        table._replace(title=one_line(table.title), cells=[[one_line(cell) for cell in row] for row in table.cells])
        for table in report.tables
    ]
    cited = [(one_line(of), one_line(sources)) for of, sources in report.cited]
    return report._replace(tables=tables, notes=[note(text) for text in report.notes], cited=cited)
