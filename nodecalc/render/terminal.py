"""Tables in a terminal, drawn by rich. Imported only where one is: rich costs three interpreter starts."""

from __future__ import annotations

from typing import TextIO

from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from .report import Report
from .text import fit, narrow_note


def write_terminal(report: Report, stream: TextIO) -> None:
    """Write the tables and notes to a terminal."""
    console = Console(file=stream, highlight=False, soft_wrap=False)
    left_out: list[str] = []
    for number, wanted in enumerate(report.tables):
        table, dropped = fit(wanted, console.width)
        left_out += dropped
        if number:
            console.print()
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
            drawn.add_column(
                Text(column.head), justify="right" if column.right else "left", no_wrap=not column.wrap, overflow="fold"
            )
        for row in table.cells:
            drawn.add_row(*(Text(cell, style="bold" if i == 0 else "") for i, cell in enumerate(row)))
        console.print(drawn)
    for note in (*report.notes, *narrow_note(left_out)):
        console.print(Text(note, style="dim"))
