"""Tables in a terminal, drawn by rich. Imported only where one is: rich costs three interpreter starts."""

from __future__ import annotations

from typing import TextIO

from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from nodecalc.render.report import Column, Report, Table

from .columns import fit, narrow_note, plain_lines, total_width

GAP_WIDTH = 3
"""What rich puts between two columns: a space on each side and the place of a line."""


def _width(table: Table, column: Column) -> int:
    index = list(table.columns).index(column)
    return max(len(column.head), *(len(row[index]) for row in table.cells)) if table.cells else len(column.head)


def write_terminal(report: Report, stream: TextIO) -> None:
    """Write the tables and notes to a terminal."""
    console = Console(file=stream, highlight=False, soft_wrap=False)
    left_out: list[str] = []
    for number, wanted in enumerate(report.tables):
        table, dropped = fit(wanted, console.width, GAP_WIDTH, folds=True)
        left_out += dropped
        if number:
            console.print()
        if total_width(table, GAP_WIDTH, folds=True) > console.width:
            # rich would cut the last columns off; plain lines are folded by the terminal and stay whole.
            stream.write("\n".join(plain_lines(table)) + "\n")
            continue
        if table.title:
            console.print(Text(table.title, style="bold"))
        drawn = RichTable(
            box=box.SIMPLE_HEAD,
            pad_edge=False,
            header_style="bold cyan",
            show_edge=False,
            show_header=any(column.head for column in table.columns),
            padding=(0, 1),
        )
        for column in table.columns:
            # Never no_wrap: rich would cut digits off where even the last columns are too wide. Folded they stay whole.
            drawn.add_column(
                Text(column.head),
                justify="right" if column.right else "left",
                overflow="fold",
                min_width=None if column.wrap else min(_width(table, column), console.width),
            )
        for row in table.cells:
            drawn.add_row(*(Text(cell, style="bold" if i == 0 else "") for i, cell in enumerate(row)))
        console.print(drawn)
    for note in (*report.notes, *narrow_note(left_out)):
        console.print(Text(note, style="dim"))
