"""Room for the letters that mark a figure's reservations."""

from __future__ import annotations

from collections.abc import Sequence

from .report import Column


def marked(columns: Sequence[Column], cells: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return `cells` with room for marks in the right-aligned columns that have any, so that digits stay in line."""
    out = [list(row) for row in cells]
    for i, column in enumerate(columns):
        if not column.right:
            continue
        room = max((len(_mark(row[i])) for row in out), default=0)
        for row in out:
            row[i] += " " * (room - len(_mark(row[i])))
    return out


def _mark(cell: str) -> str:
    """The mark at the end of a cell with the space before it, or nothing."""
    _, space, tail = cell.rpartition(" ")
    return space + tail if space and tail and set(tail) <= set("aeu") else ""
