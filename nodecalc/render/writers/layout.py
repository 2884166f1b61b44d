"""A table in a terminal of some width: what is folded, what goes below its row, which columns are left out, and when.

The order keeps what makes a number honest. Prose folds inside its column; where that gets tall, it goes below its row.
Then columns that are nice to have go (`EXTRA`). A table of few rows loses no more: it is turned, so that each of its
rows is a column, or becomes blocks where that is too wide; a long one loses columns in the order of `Column.keep`. A
number is never cut, no line is longer than the terminal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from nodecalc.render.report import EXTRA, Column, Table

from .columns import GAP, block_lines, cells_in, pad

FOLDED: Final = 20
"""Characters that a column of prose is left at least."""
TALL: Final = 3
"""Lines of a folded cell from which prose is easier to read below its row."""
SHORT: Final = 40
"""Characters of prose that may share a line below its row with others."""
TURNED: Final = 4
"""Rows that a table may have to be turned."""
LEAST: Final = 20
"""A narrower terminal is taken as one of this width."""

BOLD: Final = "1"
HEAD: Final = "1;36"
DIM: Final = "2"
YELLOW: Final = "1;33"

Paint = Callable[[str, str], str]
"""Takes a text and its style, gives the text as the terminal shows it."""


class Laid(NamedTuple):
    """A table as lines, and the heads of the columns that were left out."""

    lines: list[str]
    left_out: list[str]


class _Plan(NamedTuple):
    """Columns side by side with their widths, and those whose texts go below the row."""

    beside: list[int]
    widths: list[int]
    below: list[int]


def lay_out(table: Table, width: int, paint: Paint, rule: str) -> Laid:
    """Return the table within `width` characters; `rule` is the letter that underlines its heads."""
    width = max(width, LEAST)
    title = [*(paint(line, BOLD) for line in wrapped(table.title, width)), ""] if table.title else []
    if table.blocks:
        return Laid([*title, *_blocks(table, width, paint)], [])
    columns = list(range(len(table.columns)))
    prose = [i for i in columns[1:] if table.columns[i].wrap]
    for below in ([], *(prose[k:] for k in reversed(range(len(prose))))):
        plan = _plan(table, columns, below, width)
        if plan is not None and not _is_tall(table, plan):
            return Laid([*title, *_drawn(table, plan, width, paint, rule)], [])
    left_out: list[str] = []
    turned = _turned(table, width, paint)
    for shed in sorted((i for i in columns if table.columns[i].keep), key=lambda i: -table.columns[i].keep):
        if table.columns[shed].keep < EXTRA and len(table.cells) <= TURNED:
            break
        columns = [i for i in columns if i != shed]
        left_out.append(table.columns[shed].head)
        plan = _plan(table, columns, [i for i in prose if i in columns], width)
        if plan is not None:
            return Laid([*title, *_drawn(table, plan, width, paint, rule)], left_out)
    return Laid([*title, *(turned or _blocks(table, width, paint, named=True))], [])


def wrapped(text: str, width: int, hang: str = "") -> list[str]:
    """Return `text` in lines of at most `width` characters, those after the first behind `hang`.

    Only what is longer than a line by itself, such as an address, is broken inside.

    >>> wrapped("P10-P90 of penalties: see below", 12, "  ")
    ['P10-P90 of', '  penalties:', '  see below']
    """
    lines: list[str] = []
    line, is_empty = "", True
    for word in _words(text):
        rest = word
        if not is_empty and cells_in(line) + 1 + cells_in(rest) > width:
            lines.append(line)
            line, is_empty = hang, True
        while is_empty and cells_in(line + rest) > width:
            head = _head(rest, width - cells_in(line))
            lines.append(line + head)
            line, rest = hang, rest[len(head) :]
        line, is_empty = line + rest if is_empty else f"{line} {rest}", False
    return [*lines, line]


def _words(text: str) -> Iterator[str]:
    """Yield the words of `text`; a sign that belongs to the number before it, as in "73 %" and "id +2", stays there."""
    kept: str | None = None
    for word in text.split(" "):
        if kept is not None and (word[:1] == "%" or (word[:1] == "+" and word[1:2].isdigit())):
            kept += f" {word}"
            continue
        if kept is not None:
            yield kept
        kept = word
    yield kept or ""


def _head(word: str, width: int) -> str:
    """Return as much of `word` as `width` characters hold, at least a letter."""
    end = 1
    while end < len(word) and cells_in(word[: end + 1]) <= width:
        end += 1
    return word[:end]


def _plan(table: Table, columns: Sequence[int], below: list[int], width: int) -> _Plan | None:
    """Return the widths of the columns side by side, or None where `width` does not hold them."""
    beside = [i for i in columns if i not in below]
    least, natural = [], []
    for i in beside:
        column = table.columns[i]
        head = max(map(cells_in, column.head.split(" ")))
        cells = max((cells_in(row[i]) for row in table.cells), default=0)
        least.append(max(head, min(cells, FOLDED) if column.wrap else cells))
        natural.append(max(cells_in(column.head), cells))
    room = width - sum(least) - len(GAP) * (len(beside) - 1)
    if room < 0:
        return None
    widths = list(least)
    # Heads that need little get it first; what is left is shared by those that could take more.
    order = sorted(range(len(beside)), key=lambda k: natural[k] - least[k])
    for place, k in enumerate(order):
        more = min(natural[k] - least[k], room // (len(order) - place))
        widths[k] += more
        room -= more
    return _Plan(beside, widths, below)


def _is_tall(table: Table, plan: _Plan) -> bool:
    """Whether some prose beside the numbers takes more lines than it should."""
    return any(
        cells_in(row[i]) > width and len(wrapped(row[i], width)) > TALL
        for i, width in zip(plan.beside, plan.widths, strict=True)
        if table.columns[i].wrap
        for row in table.cells
    )


def _drawn(table: Table, plan: _Plan, width: int, paint: Paint, rule: str) -> Iterator[str]:
    columns = [table.columns[i] for i in plan.beside]
    if any(column.head for column in columns):
        heads = [wrapped(column.head, w) for column, w in zip(columns, plan.widths, strict=True)]
        most = max(map(len, heads))
        yield from _side_by_side([[""] * (most - len(h)) + h for h in heads], columns, plan.widths, [HEAD], paint)
        yield rule * (sum(plan.widths) + len(GAP) * (len(columns) - 1))
    for row in table.cells:
        cells = [
            wrapped(row[i], w) if column.wrap else [row[i]]
            for i, column, w in zip(plan.beside, columns, plan.widths, strict=True)
        ]
        yield from _side_by_side(cells, columns, plan.widths, [BOLD], paint)
        for text in _joined(table.columns, row, plan.below):
            yield from (paint(f"  {line}", DIM) for line in wrapped(text, width - 2, "  "))


def _joined(columns: Sequence[Column], row: Sequence[str], below: Sequence[int]) -> Iterator[str]:
    """Yield the lines below a row: what is short in one line, what is long in its own."""
    line: list[str] = []
    for i in below:
        text = row[i].strip()
        if not text:
            continue
        labelled = f"{columns[i].label}: {text}" if columns[i].label else text
        if cells_in(text) <= SHORT:
            line.append(labelled)
            continue
        if line:
            yield "; ".join(line)
        yield labelled
        line = []
    if line:
        yield "; ".join(line)


def _side_by_side(
    cells: Sequence[list[str]], columns: Sequence[Column], widths: Sequence[int], styles: Sequence[str], paint: Paint
) -> Iterator[str]:
    """Yield folded cells line by line; of a row the first cell has its style, of heads all have."""
    for line in range(max(map(len, cells))):
        texts = [
            pad(cell[line] if line < len(cell) else "", column, width)
            for cell, column, width in zip(cells, columns, widths, strict=True)
        ]
        # A blank at the end is drawn by nobody; one inside keeps the columns.
        texts[-1] = texts[-1].rstrip()
        if styles[0] == HEAD:
            yield GAP.join(paint(text, HEAD) if text.strip() else text for text in texts)
        else:
            yield GAP.join([paint(texts[0], styles[0]), *texts[1:]]) if len(texts) > 1 else paint(texts[0], styles[0])


def _turned(table: Table, width: int, paint: Paint) -> list[str]:
    """Return the table with a line for each column; nothing where it has too many rows or `width` too little room."""
    if not 1 <= len(table.cells) <= TURNED:
        return []
    rows = table.columns
    names = max(cells_in(column.head) for column in rows)
    texts = [[row[i].strip() for row in table.cells] for i in range(len(rows))]
    least = [
        max(
            min(cells_in(text), FOLDED) if column.wrap else cells_in(text)
            for text, column in zip(row, rows, strict=True)
        )
        for row in table.cells
    ]
    room = width - names - sum(least) - len(GAP) * len(least)
    if room < 0:
        return []
    if len(least) == 1:
        least[0] += room
    widths = [names, *least]
    look = [Column("", right=False), *(Column("", right=len(least) > 1) for _ in least)]
    lines: list[str] = []
    for column, text in zip(rows, texts, strict=True):
        cells = [[column.head], *(wrapped(t, w) for t, w in zip(text, least, strict=True))]
        lines += _side_by_side(cells, look, widths, [HEAD if column is rows[0] else BOLD], paint)
    return lines


def _blocks(table: Table, width: int, paint: Paint, named: bool = False) -> Iterator[str]:
    """Yield each row as a block; `named` where each number too needs the head of its column."""
    for row in table.cells:
        if named:
            pairs = [(c.head, text.strip()) for c, text in zip(table.columns, row, strict=True) if text.strip()]
            lines = [pairs[0][1], *(f"    {f'{head}: ' if head else ''}{text}" for head, text in pairs[1:])]
        else:
            lines = list(block_lines(table.columns, row))
        yield from (paint(line, BOLD) for line in wrapped(lines[0], width, "    "))
        for line in lines[1:]:
            yield from (f"    {part}" for part in wrapped(line.strip(), width - 4, "  "))
