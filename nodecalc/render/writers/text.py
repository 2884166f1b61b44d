"""Tables for people: plain aligned text into a pipe, rich in a terminal, Markdown on request."""

from __future__ import annotations

import os
from typing import TextIO

from nodecalc.render.report import Column, Report, Table

GAP = "  "

FOLDED = 24
"""Characters that a column of prose is left at least, where a terminal folds it."""


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


def fit(table: Table, width: int | None, gap: int = len(GAP), folds: bool = False) -> tuple[Table, list[str]]:
    """Return the table with the columns that `width` characters hold, and the heads of those left out.

    `gap` is what stands between two columns; where prose `folds`, it asks for no more than FOLDED characters.
    """
    columns = list(range(len(table.columns)))
    widths = _least_widths(table, folds)
    dropped: list[str] = []
    while width is not None and sum(widths[i] + gap for i in columns) - gap > width:
        last = max(columns, key=lambda i: table.columns[i].keep)
        if table.columns[last].keep == 0:
            break
        columns.remove(last)
        dropped.append(table.columns[last].head)
    if not dropped:
        return table, []
    return (
        Table(table.title, [table.columns[i] for i in columns], [[row[i] for i in columns] for row in table.cells]),
        dropped,
    )


def total_width(table: Table, gap: int, folds: bool) -> int:
    """Return how many characters the table takes in a line."""
    return sum(_least_widths(table, folds)) + gap * (len(table.columns) - 1)


def narrow_note(left_out: list[str]) -> list[str]:
    """Return the note that says which columns did not fit, if any."""
    if not left_out:
        return []
    return [
        f"left out for want of width: {', '.join(dict.fromkeys(left_out))} (a wider terminal or -f json shows them)"
    ]


def _least_widths(table: Table, folds: bool) -> list[int]:
    pairs = zip(_widths(table), table.columns, strict=True)
    return [min(width, FOLDED) if folds and column.wrap else width for width, column in pairs]


def _widths(table: Table) -> list[int]:
    return [
        max(len(column.head), *(len(row[i]) for row in table.cells)) if table.cells else len(column.head)
        for i, column in enumerate(table.columns)
    ]


def plain_lines(table: Table) -> list[str]:
    """Return the table as aligned text, a string a line."""
    widths = _widths(table)

    def line(cells: list[str]) -> str:
        pairs = zip(cells, table.columns, widths, strict=True)
        return GAP.join(_pad(cell, column, width) for cell, column, width in pairs).rstrip()

    lines = [table.title, ""] if table.title else []
    heads = [c.head for c in table.columns]
    return [*lines, *([line(heads)] if any(heads) else []), *(line(list(row)) for row in table.cells)]


def _pad(cell: str, column: Column, width: int) -> str:
    return cell.rjust(width) if column.right else cell.ljust(width)


def _terminal_width(stream: TextIO) -> int | None:
    """Width of the terminal; None into a pipe or a file, where nothing is ever left out."""
    if not stream.isatty():
        return None
    import shutil

    return shutil.get_terminal_size().columns


def _escape(text: str) -> str:
    return text.replace("|", "\\|")
