"""The columns of a table in characters: how wide they are, which of them fit, and the table as aligned text."""

from __future__ import annotations

from nodecalc.render.report import Column, Table

GAP = "  "

FOLDED = 24
"""Characters that a column of prose is left at least, where a terminal folds it."""


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
