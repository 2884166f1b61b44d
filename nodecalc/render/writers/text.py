"""Tables for people: whole and plain into a pipe, fitted to a terminal, Markdown on request."""

from __future__ import annotations

from typing import Final, TextIO

from nodecalc.question.caution import Caution
from nodecalc.render.report import Report

from .columns import plain_lines
from .remarks import remarks


def write_text(report: Report, stream: TextIO) -> None:
    """Write tables, warnings, notes, sources and legend; into a pipe as they are, whatever their width."""
    if stream.isatty():
        from .terminal import write_terminal

        write_terminal(report, stream)
        return
    lines: list[str] = []
    for table in report.tables:
        lines += [*([""] if lines else []), *plain_lines(table)]
    for part in remarks(report):
        lines += [*([""] if lines else []), *part]
    stream.write("\n".join(lines) + "\n")


def write_markdown(report: Report, stream: TextIO) -> None:
    """Write the tables as Markdown; warnings, notes, sources and legend as paragraphs."""
    blocks = []
    for table in report.tables:
        lines = [f"**{_escape(table.title)}**", ""] if table.title else []
        lines.append("| " + " | ".join(_escape(c.head) for c in table.columns) + " |")
        lines.append("|" + "|".join(" ---: " if c.right else " --- " for c in table.columns) + "|")
        lines += ["| " + " | ".join(_escape(cell.strip()) for cell in row) + " |" for row in table.cells]
        blocks.append("\n".join(lines))
    for note in report.notes:
        blocks.append(f"**warning:** {_escape(note)}" if isinstance(note, Caution) else _escape(note))
    blocks += [f"sources: {_escape(of + ': ' if of else '')}{_escape(sources)}" for of, sources in report.cited]
    blocks += [_escape(report.legend)] if report.legend else []
    stream.write("\n\n".join(blocks) + "\n")


_MARKUP: Final = (("\\", "\\\\"), ("|", "\\|"), ("<", "&lt;"), ("](", "]\\("))
"""What Markdown would take as a cell's end, as HTML or as a link, and how it is written as itself."""


def _escape(text: str) -> str:
    """Return a text, which may come from a user's file, as Markdown shows it as it is."""
    for markup, itself in _MARKUP:
        text = text.replace(markup, itself)
    return text
