"""Tables for people: plain aligned text into a pipe, rich in a terminal, Markdown on request."""

from __future__ import annotations

import os
from typing import TextIO

from nodecalc.render.report import Report

from .columns import fit, narrow_note, plain_lines


def write_text(report: Report, stream: TextIO) -> None:
    """Write the tables and notes; colour and lines only where the stream is a terminal and NO_COLOR is not set."""
    if stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb":
        from .terminal import write_terminal

        write_terminal(report, stream)
        return
    width = _terminal_width(stream)
    left_out: list[str] = []
    for number, table in enumerate(report.tables):
        fitted, dropped = fit(table, width)
        left_out += dropped
        stream.write(("\n" if number else "") + "\n".join(plain_lines(fitted)) + "\n")
    for note in (*report.notes, *narrow_note(left_out)):
        stream.write(note + "\n")


def write_markdown(report: Report, stream: TextIO) -> None:
    """Write the tables as Markdown, notes as paragraphs."""
    blocks = []
    for table in report.tables:
        lines = [f"**{_escape(table.title)}**", ""] if table.title else []
        lines.append("| " + " | ".join(_escape(c.head) for c in table.columns) + " |")
        lines.append("|" + "|".join(" ---: " if c.right else " --- " for c in table.columns) + "|")
        lines += ["| " + " | ".join(_escape(cell.strip()) for cell in row) + " |" for row in table.cells]
        blocks.append("\n".join(lines))
    blocks += [_escape(note) for note in report.notes]
    stream.write("\n\n".join(blocks) + "\n")


def _terminal_width(stream: TextIO) -> int | None:
    """Width of the terminal; None into a pipe or a file, where nothing is ever left out."""
    if not stream.isatty():
        return None
    import shutil

    return shutil.get_terminal_size().columns


def _escape(text: str) -> str:
    return text.replace("|", "\\|")
