"""Parts of a page for notebooks: tables, bars, notes. They know texts and numbers, not where they come from.

All texts are escaped here. Colours are the page's own, so that what is dark on light is light on dark: nothing but
bars and pictures has a colour, and shades are the page's text made faint. Styles stand in the tags, because a page that
shows a stranger's notebook drops style sheets.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from html import escape
from typing import Final, NamedTuple

HEADS: Final = ("quantity", "value", "unit", "from")
WIDTH: Final = 820
"""Of a card, pixels of the browser."""

FRAME: Final = f"max-width:{WIDTH}px;font-size:13px;line-height:1.45;color:inherit;overflow-x:auto"
LINE: Final = "1px solid rgba(128,128,128,.35)"
FAINT: Final = "opacity:.72"
NUMBERS: Final = "font-variant-numeric:tabular-nums"
GREY: Final = "rgba(128,128,128,.28)"
BAR_WIDTH: Final = 360
"""Of a bar, pixels."""
BLUE: Final = "#3d8fc4"
"""Seen on white and on black."""


class HtmlRow(NamedTuple):
    """One quantity in words, a cell each."""

    quantity: str
    value: str
    unit: str
    origin: str
    """Where the value comes from, and what is to be said of that."""


def card(*parts: str) -> str:
    """Return `parts` as one block."""
    return f'<div style="{FRAME}">{"".join(parts)}</div>'


def headline(title: str, value: str = "", said: str = "") -> str:
    """Return a title, and below it the number that the whole answer is about, large, with what it is."""
    head = f'<div style="font-weight:600">{escape(title)}</div>'
    if not value:
        return head
    large = f'<span style="font-size:1.7em;font-weight:600;{NUMBERS}">{escape(value)}</span>'
    return f'{head}<div style="margin:2px 0">{large} <span style="{FAINT}">{escape(said)}</span></div>'


def span_bar(low: float, value: float, high: float, texts: Sequence[str]) -> str:
    """Return a bar from nothing to a bit over `high`: the stretch from `low` on shaded, `value` a stroke.

    `texts` stand below it.
    """
    most = 1.12 * max(high, value)
    if not 0.0 <= low <= high < float("inf") or not most > 0.0:
        return ""
    left, wide, at = (f"{100.0 * part / most:.2f}%" for part in (low, high - low, value))
    return (
        f'<div style="position:relative;max-width:{BAR_WIDTH}px;height:12px;background:{GREY};border-radius:3px">'
        f'<div style="position:absolute;left:{left};width:{wide};height:12px;background:{BLUE};opacity:.75"></div>'
        f'<div style="position:absolute;left:{at};width:2px;height:12px;background:currentColor"></div></div>'
        f'<div style="{FAINT};font-size:.88em;{NUMBERS};margin-bottom:6px">{escape(" · ".join(texts))}</div>'
    )


def parts_bar(parts: Sequence[tuple[str, float]], colours: Sequence[str]) -> str:
    """Return a bar of the shares of a whole, each with its colour, and what they are below it."""
    whole = sum(share for _, share in parts)
    if not 0.0 < whole < float("inf"):
        return ""
    pieces, said = [], []
    for (label, share), colour in zip(parts, colours, strict=False):
        pieces.append(f'<div style="width:{100.0 * share / whole:.2f}%;background:{colour}"></div>')
        dot = f'<span style="display:inline-block;width:9px;height:9px;border-radius:2px;background:{colour}"></span>'
        said.append(f'<span style="margin-right:14px">{dot} {escape(label)}</span>')
    return (
        f'<div style="display:flex;max-width:{BAR_WIDTH}px;height:12px;border-radius:3px;overflow:hidden">'
        f'{"".join(pieces)}</div><div style="font-size:.88em;{NUMBERS};margin-bottom:6px">{"".join(said)}</div>'
    )


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], right: Collection[int] = (), caption: str = "") -> str:
    """Return `rows` as a table; the columns in the places `right` hold numbers."""
    common = "padding:2px 10px 2px 0;border:none;background:none;vertical-align:top"
    sides = ["right;white-space:nowrap" if i in right else "left" for i in range(len(heads))]
    top = "".join(
        f'<th style="{common};text-align:{side};border-bottom:{LINE};font-weight:600">{escape(head)}</th>'
        for head, side in zip(heads, sides, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<td style="{common};text-align:{side};{NUMBERS}">{escape(cell)}</td>'
            for cell, side in zip(row, sides, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    said = (
        f'<caption style="text-align:left;color:inherit;padding:4px 0">{escape(caption)}</caption>' if caption else ""
    )
    return f'<table style="border-collapse:collapse;margin:4px 0 8px;border:none">{said}<tr>{top}</tr>{body}</table>'


def quantities(caption: str, rows: Iterable[HtmlRow]) -> str:
    """Return quantities with their values, units and origins as a table."""
    return table(HEADS, rows, right=(1,), caption=caption)


def folded(summary: str, *parts: str) -> str:
    """Return `parts` behind a line that opens them."""
    head = f'<summary style="cursor:pointer;{FAINT}">{escape(summary)}</summary>'
    return f'<details style="margin:4px 0">{head}{"".join(parts)}</details>'


def notes(cautions: Iterable[str], others: Iterable[str]) -> str:
    """Return notes as lines, those to be read first before the others and set apart."""
    lines = [
        f'<div style="border-left:3px solid #e69f00;padding-left:8px;margin:3px 0">'
        f"<strong>warning:</strong> {escape(note)}</div>"
        for note in cautions
    ]
    lines += [f'<div style="{FAINT};font-size:.92em;margin:2px 0">{escape(note)}</div>' for note in others]
    return "".join(lines)


def image(content: bytes, kind: str, alt: str, width: int = WIDTH) -> str:
    """Return a picture within the page, on white as it was drawn; `kind` is ``image/png`` or ``image/svg+xml``."""
    from base64 import b64encode

    data = b64encode(content).decode("ascii")
    style = f"max-width:{width}px;width:100%;background:#fff;border-radius:4px;margin:4px 0"
    return f'<img alt="{escape(alt)}" style="{style}" src="data:{kind};base64,{data}">'
