"""One report to standard output or into a file, in the format asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Final, TextIO

from nodecalc.errors import unknown
from nodecalc.render.report import Report

from .machine import write_csv, write_json
from .text import write_markdown, write_text

WRITERS: Final[Mapping[str, Callable[[Report, TextIO], None]]] = {
    "table": write_text,
    "json": write_json,
    "csv": write_csv,
    "markdown": write_markdown,
}


def writer(name: str) -> Callable[[Report, TextIO], None]:
    """Return the writer of the format called `name`."""
    try:
        return WRITERS[name.lower()]
    except KeyError:
        raise unknown("format", name, WRITERS) from None


def write(report: Report, name: str, stream: TextIO | None = None) -> None:
    """Write `report` in the format called `name`."""
    target = stream or sys.stdout
    reconfigure = getattr(target, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")  # a letter that the terminal's encoding lacks is no reason to withhold the answer
    writer(name)(report, target)
    if name.lower() == "csv":
        # CSV has no place for notes; what a user's figures replaced must not go unsaid.
        from nodecalc.render.sources import REPLACED

        for note in report.notes:
            if note.startswith(REPLACED):
                print(note, file=sys.stderr)
