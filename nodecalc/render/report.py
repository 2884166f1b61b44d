"""What a command has to say: rows for machines, tables for people, notes and sources for both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

EXTRA: Final = 10
"""`Column.keep` from which a column is nice to have: it goes before a table takes another shape."""


class Column(NamedTuple):
    """A column of a table for people."""

    head: str
    right: bool = True
    """Numbers are aligned right, names and prose left."""
    keep: int = 0
    """0 is always shown; columns with larger numbers are left out first where a terminal is too narrow."""
    wrap: bool = False
    """Prose that a terminal may fold, or set below the row."""
    label: str | None = None
    """What stands before its text where its head is not above it; None is the head in a block, nothing below a row."""


class Table(NamedTuple):
    """A table for people: texts, ready to be aligned."""

    title: str
    columns: Sequence[Column]
    cells: Sequence[Sequence[str]]
    blocks: bool = False
    """Each row is a block of lines, outside Markdown: the cells before the first prose, then each prose on its own."""


Cited = tuple[str, str]
"""Whose figures, and where they come from in a line; a plain pair, as a class of its own would slow every start."""


class Report(NamedTuple):
    """Everything one command prints."""

    command: str
    rows: Sequence[dict[str, Any]]
    """Flat objects under vocabulary keys, never rounded."""
    tables: Sequence[Table]
    notes: Sequence[str] = ()
    """Each once; those that are a `Caution` come first, as warnings."""
    sources: Callable[[], Sequence[dict[str, Any]]] = tuple
    """Made only where a format prints them, so that a table need not read the list of sources."""
    extra: dict[str, Any] | None = None
    """Further members of the JSON object, such as the steps of --explain."""
    cited: Sequence[Cited] = ()
    """Where the figures of the tables come from, for people; machines have `sources`."""
    legend: str = ""
    """What the marks that occur in the tables mean; machines have them in words."""
    saved: Callable[[], dict[str, Any]] | None = None
    """What a file says beside its rows so that the answer can be asked again; made only where a format holds it."""
