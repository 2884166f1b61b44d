"""An estimate as a small HTML table, for notebooks."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from nodecalc.render.marks import MARKS_NOTE
from nodecalc.vocabulary import QUANTITIES

if TYPE_CHECKING:
    from nodecalc.drivers.estimate import Estimate


def estimate_html(e: Estimate) -> str:
    """Return the answer `e` as one HTML table: quantity, value, unit, and for figures range, kind, year, sources."""
    row = e.to_dict()
    body = []
    for key, q in QUANTITIES.items():
        value = row.get(key)
        if not isinstance(value, int | float):
            continue
        figure = e.figures.get(key)
        origin = ""
        if figure is not None:
            span = f"{figure.low:.4g} to {figure.high:.4g}; " if figure.low < figure.high else ""
            kind = figure.kind + ("" if figure.verified else ", unverified")
            origin = f"{span}{kind}, {figure.year}; {', '.join(figure.sources)}"
        elif key in e.inputs.given:
            origin = "given"
        cells = (key, q.text(value), q.unit, origin)
        body.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
    notes = [*e.notes, *([MARKS_NOTE] if e.assumed or e.estimated or e.unverified else [])]
    caption = escape(repr(e))
    heads = "".join(f"<th>{head}</th>" for head in ("quantity", "value", "unit", "from"))
    foot = "".join(f"<p>{escape(note)}</p>" for note in notes)
    return f"<table><caption>{caption}</caption><tr>{heads}</tr>{''.join(body)}</table>{foot}"
