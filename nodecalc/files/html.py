"""Quantities as a small HTML table, for notebooks: it knows rows, not where they come from."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final, NamedTuple

HEADS: Final = ("quantity", "value", "unit", "from")


class HtmlRow(NamedTuple):
    """One quantity in words, a cell each."""

    quantity: str
    value: str
    unit: str
    origin: str
    """Where the value comes from, and what is to be said of that."""


def html_table(caption: str, rows: Iterable[HtmlRow], notes: Iterable[str]) -> str:
    """Return `rows` as one HTML table, with `notes` as paragraphs below it."""
    heads = "".join(f"<th>{head}</th>" for head in HEADS)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    foot = "".join(f"<p>{escape(note)}</p>" for note in notes)
    return f"<table><caption>{escape(caption)}</caption><tr>{heads}</tr>{body}</table>{foot}"
