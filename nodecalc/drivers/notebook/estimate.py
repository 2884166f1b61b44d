"""An estimate in a notebook: what a good die costs and how sure that is, what it rests on, every quantity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from nodecalc.files import html
from nodecalc.question.graph import ANSWER, PRICE
from nodecalc.vocabulary import QUANTITIES

from .common import assumed_caution, figures, head_of, notes, range_of, text_of

if TYPE_CHECKING:
    from nodecalc.drivers.estimate import Estimate

SHOWN: Final = tuple(
    key for key, q in sorted(QUANTITIES.items(), key=lambda item: item[1].table or (0, 0)) if q.table is not None
)
"""The columns of the terminal's table, in its order."""


def page(e: Estimate) -> str:
    """Return the card of an estimate."""
    die, node = e.inputs.die, e.inputs.node
    name = "given figures" if node is None else f"{node.foundry} {node.name} ({node.id})"
    chip = f"{e.chip.name}: " if e.chip is not None else ""
    title = f"{chip}die {die.width_mm:.4g} x {die.height_mm:.4g} mm, {die.area_mm2:.5g} mm2, on {name}"
    low, high = e.good_die_cost_usd_p10, e.good_die_cost_usd_p90
    cost = text_of(ANSWER, e.good_die_cost_usd)
    parts = [html.headline(title, f"{cost} USD", "a good die")]
    if low is not None and high is not None:
        texts = [f"P10 {text_of(ANSWER, low)}", f"P50 {text_of(ANSWER, e.good_die_cost_usd_p50)}",
                 f"P90 {text_of(ANSWER, high)} USD"]  # fmt: skip
        parts.append(html.span_bar(low, e.good_die_cost_usd, high, texts))
    row = e.to_dict()
    keys = [key for key in (*SHOWN, *_sold(e)) if row.get(key) is not None]
    cells = [text_of(key, row[key]) + _marks(e, key) for key in keys]
    heads = [head_of(key) for key in keys]
    year = row.get(f"{PRICE}_year")
    if year is not None:  # a price ages
        place = keys.index(PRICE) + 1
        heads.insert(place, "year")
        cells.insert(place, f"{year:g}")
    parts.append(html.table(heads, [cells], right=range(len(heads))))
    parts.append(notes((*assumed_caution(e.assumed), *e.notes), e.figures.values()))
    parts.append(html.folded("figures and sources", figures(e.figures)))
    parts.append(html.folded("every quantity, under the name of its attribute", html.quantities(repr(e), _rows(e))))
    return html.card(*parts)


def _sold(e: Estimate) -> tuple[str, ...]:
    return () if e.sellable_yield is None else ("sellable_yield", "sellable_die_cost_usd")


def _marks(e: Estimate, key: str) -> str:
    figure = e.figures.get(key)
    return f" {figure.marks}" if figure is not None and figure.marks else ""


def _rows(e: Estimate) -> list[html.HtmlRow]:
    row, rows = e.to_dict(), []
    for key, q in QUANTITIES.items():
        value = row.get(key)
        if not isinstance(value, int | float):
            continue
        origin = "given" if key in e.inputs.given else ""
        figure = e.figures.get(key)
        if figure is not None:
            date = "" if figure.year is None else f", {figure.year:g}"
            parts = (range_of(figure), f"{figure.told}{date}", ", ".join(figure.sources))
            origin = "; ".join(part for part in parts if part)
        rows.append(html.HtmlRow(key, q.text(value), q.unit, origin))
    return rows
