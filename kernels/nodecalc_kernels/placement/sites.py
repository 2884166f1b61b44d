"""The sites of a wafer at one offset of the grid: which dies are whole, which are cut, which are kept out.

A site is a cell of the grid whose die has some part on the wafer. Its status:

    good      the die is whole and lies where good dies can be: the dies that are counted
    excluded  the whole die is on the wafer, but in its edge exclusion or in a keep-out
    partial   the wafer's edge cuts the die

Sites come as runs along rows, so that a wafer of 50,000 dies is a few hundred numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from .circle import NM_PER_MM
from .shape import Shape, Span, rows_on, span_touched, spans_in_some
from .shaped import Grid, columns, sliding

GOOD: Final = "good"
EXCLUDED: Final = "excluded"
PARTIAL: Final = "partial"


class Run(NamedTuple):
    """Columns first..last of one row, all of one status."""

    first: int
    last: int
    status: str


class SiteRow(NamedTuple):
    """One row of sites; the centre of column i stands at (x + i P, y), half nanometres."""

    number: int
    x: int
    y: int
    runs: tuple[Run, ...]


def site_rows(
    usable: Shape, wafer: Shape, g: Grid, t: int, v: int, inside: tuple[int, int] | None = None, free: bool = False
) -> list[SiteRow]:
    """Return the rows of sites from the lowest to the highest.

    Args:
        usable: where good dies can be.
        wafer: the wafer itself.
        g: the dies.
        t: offset along the rows.
        v: offset across them.
        inside: half sides of what must lie in `usable`, where that is more than the die.
        free: each row slides by itself; a row is then set about the middle of the wafer, and t is not used.

    """
    w, h = inside or (g.w, g.h)
    rows = []
    numbers = rows_on(wafer, -g.h, g.q, v, v)  # a die that just touches the wafer is a row further out
    for j in numbers:
        y = v + j * g.q
        touched = span_touched(wafer, g.w, g.h, y)
        if touched is None:
            continue
        good = spans_in_some(usable, w, h, y, y)
        on = spans_in_some(wafer, g.w, g.h, y, y)
        x = _middle(good or on, g.p) if free else t
        first, last = columns(touched, x, g.p)
        if first > last:
            continue
        runs = [Run(first, last, PARTIAL)]
        for spans, status in ((on, EXCLUDED), (good, GOOD)):
            for span in spans:
                runs = _set(runs, columns(span, x, g.p), status)
        rows.append(SiteRow(j, x, y, tuple(runs)))
    return rows


def count(rows: Sequence[SiteRow], status: str) -> int:
    """Return how many sites have that status."""
    return sum(run.last - run.first + 1 for row in rows for run in row.runs if run.status == status)


def centres(rows: Sequence[SiteRow], pitch: int, status: str = GOOD) -> list[tuple[float, float]]:
    """Return where the centres of the sites of a status are, (x, y) in mm, row by row; `pitch` in half nanometres."""
    scale = 2.0 * NM_PER_MM
    return [
        ((row.x + column * pitch) / scale, row.y / scale)
        for row in rows
        for run in row.runs
        if run.status == status
        for column in range(run.first, run.last + 1)
    ]


def put(rows: list[SiteRow], column: int, number: int, before: str, after: str) -> list[SiteRow] | None:
    """Return `rows` with one site of status `before` at `after`; None where there is no such site."""
    for at, row in enumerate(rows):
        if row.number == number:
            if not any(run.first <= column <= run.last and run.status == before for run in row.runs):
                return None
            return [
                *rows[:at],
                row._replace(runs=tuple(_set(list(row.runs), (column, column), after))),
                *rows[at + 1 :],
            ]
    return None


def _middle(spans: list[Span], p: int) -> int:
    """Return x of column 0 of a row whose dies stand in the middle of its span."""
    if not spans:
        return 0
    a, b = spans[0]
    return (a + b - (sliding(spans, p) - 1) * p) // 2


def _set(runs: list[Run], span: Span, status: str) -> list[Run]:
    """Return `runs` with the columns of `span` at another status."""
    first, last = span
    if first > last:
        return runs
    left = [run._replace(last=min(run.last, first - 1)) for run in runs if run.first < first]
    right = [run._replace(first=max(run.first, last + 1)) for run in runs if run.last > last]
    return [*left, Run(first, last, status), *right]
