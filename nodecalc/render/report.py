"""What a command has to say: rows for machines, tables for people, notes and sources for both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple


class Column(NamedTuple):
    """A column of a table for people."""

    head: str
    right: bool = True
    """Numbers are aligned right, names and prose left."""
    keep: int = 0
    """0 is always shown; columns with larger numbers are left out first where a terminal is too narrow."""
    wrap: bool = False
    """Prose that a terminal may fold."""


class Table(NamedTuple):
    """A table for people: texts, ready to be aligned."""

    title: str
    columns: Sequence[Column]
    cells: Sequence[Sequence[str]]


class Report(NamedTuple):
    """Everything one command prints."""

    command: str
    rows: Sequence[dict[str, Any]]
    """Flat objects under vocabulary keys, never rounded."""
    tables: Sequence[Table]
    notes: Sequence[str] = ()
    sources: Callable[[], Sequence[dict[str, Any]]] = tuple
    """Made only where a format prints them, so that a table need not read the list of sources."""
    extra: dict[str, Any] | None = None
    """Further members of the JSON object, such as the steps of --explain."""
