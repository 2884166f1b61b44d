"""A report on a terminal: nothing wider than it, colour where it has any."""

from __future__ import annotations

from typing import Final, TextIO

from nodecalc.charts.screen import has_colour, terminal_width
from nodecalc.render.report import Report

from .layout import DIM, LEAST, YELLOW, Paint, lay_out, wrapped
from .remarks import WARNING, remarks

HANG: Final = "  "


def write_terminal(report: Report, stream: TextIO) -> None:
    """Write tables, warnings, notes, sources and legend to a terminal."""
    width, paint = max(terminal_width(stream), LEAST), _paint(stream)
    rule = "─" if (getattr(stream, "encoding", None) or "").lower().startswith("utf") else "-"
    lines: list[str] = []
    left_out: list[str] = []
    for table in report.tables:
        laid = lay_out(table, width, paint, rule)
        lines += [*([""] if lines else []), *laid.lines]
        left_out += laid.left_out
    for part in remarks(report, left_out):
        lines += [""] if lines else []
        for text in part:
            hang = " " * (len(text) - len(text.lstrip())) + HANG
            first, *more = wrapped(text, width, hang)
            if text.startswith(WARNING):
                lines += [paint(WARNING, YELLOW) + first.removeprefix(WARNING), *more]
            else:
                lines += [paint(line, DIM) for line in (first, *more)]
    stream.write("\n".join(lines) + "\n")


def _paint(stream: TextIO) -> Paint:
    if not has_colour(stream):
        return lambda text, style: text
    return lambda text, style: f"\x1b[{style}m{text}\x1b[0m" if text else text
