"""A table as aligned text for a pipe: every column, whole, whatever the width."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nodecalc.render.report import Column, Table

GAP = "  "

INDENT = "    "
"""Before the lines of a block."""


def plain_lines(table: Table) -> list[str]:
    """Return the table as aligned text, a string a line, with nothing folded and nothing left out."""
    title = [table.title, ""] if table.title else []
    if table.blocks:
        return [*title, *(line for row in table.cells for line in block_lines(table.columns, row))]
    widths = widths_of(table)

    def line(cells: Sequence[str]) -> str:
        return GAP.join(pad(c, column, w) for c, column, w in zip(cells, table.columns, widths, strict=True)).rstrip()

    heads = [c.head for c in table.columns]
    return [*title, *([line(heads)] if any(heads) else []), *(line(row) for row in table.cells)]


def block_lines(columns: Sequence[Column], row: Sequence[str]) -> Iterator[str]:
    """Yield a row as a block: what is no prose in one line, then each prose in a line of its own, named by its head."""
    first = [text.strip() for text, column in zip(row, columns, strict=True) if not column.wrap and text.strip()]
    yield GAP.join(first)
    for text, column in zip(row, columns, strict=True):
        if column.wrap and text:
            label = column.head if column.label is None else column.label
            yield f"{INDENT}{label + ': ' if label else ''}{text}"


def widths_of(table: Table) -> list[int]:
    """Return the characters that each column takes where nothing is folded."""
    return [
        max(cells_in(text) for text in (column.head, *(row[i] for row in table.cells)))
        for i, column in enumerate(table.columns)
    ]


def pad(text: str, column: Column, width: int) -> str:
    """Return `text` filled up to `width` characters on the side that its column asks for."""
    room = " " * max(0, width - cells_in(text))
    return room + text if column.right else text + room


def cells_in(text: str) -> int:
    """Return how many character cells of a terminal `text` takes: two for a letter of East Asia, none for an accent.

    >>> cells_in("13.5 nm"), cells_in("誤差")
    (7, 4)
    """
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)
