"""The report of `nodecalc compare`: the answers, and for each node the steps from the first node's cost to its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from nodecalc.catalogue.digest import data_digest
from nodecalc.charts.words import label_of
from nodecalc.drivers.bridge import DIES, PATTERNING, YEARS, YIELD
from nodecalc.question.graph import PRICE
from nodecalc.question.salvage import SOLD
from nodecalc.render.report import EXTRA, Column, Report, Table
from nodecalc.vocabulary import QUANTITIES, find_quantity

from .die import die_report

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue
    from nodecalc.drivers.bridge import Bridge, Step

NAMES: Final = {
    YEARS: "year of the answer",
    PATTERNING: "patterning, USD a wafer",
    PRICE: "wafer price, USD",
    DIES: "dies per wafer",
    YIELD: "yield",
    SOLD: "sellable yield",
}
"""What the steps are called; others by their own name."""


def compare_report(bridges: Sequence[Bridge], catalogue: Catalogue) -> Report:
    """Return what is said of the bridges from one base: the answers of `die`, and a table of steps each."""
    answers = [bridges[0].base, *(b.other for b in bridges)]
    found = die_report(answers, catalogue, explain=False)
    notes = list(dict.fromkeys(note for b in bridges for note in (*b.notes, *_order_notes(b))))
    return Report(
        "compare",
        [row for b in bridges for row in b.rows()],
        [found.tables[0], *(_table(b) for b in bridges)],
        list(dict.fromkeys([*notes, *found.notes])),
        found.sources,
        {"answers": list(found.rows)},
        found.cited,
        found.legend,
        lambda: {"data": data_digest(), "seed": None},
    )


def _table(b: Bridge) -> Table:
    q = QUANTITIES[b.output]
    columns = [
        Column("step", right=False),
        Column("from"),
        Column("to"),
        Column("adds USD"),
        Column("of the difference", keep=EXTRA),
        Column("in any order", keep=1),
        Column(q.column or label_of(b.output)),
    ]
    cells = [[b.base.inputs.label, "", "", "", "", "", q.text(b.start)]]
    whole = b.end - b.start
    for step in b.steps:
        share = "-" if whole == 0.0 else f"{step.usd / whole:z.0%}"
        cells.append(
            [
                _name(step.key, _is_at_cost(b)),
                *(_figure(step.key, x) for x in (step.start, step.end)),
                _signed(q.format, step.usd),
                share,
                _span(q.format, step),
                q.text(step.after),
            ]
        )
    cells.append([b.other.inputs.label, "", "", _signed(q.format, whole), "", "", q.text(b.end)])
    return Table(f"from {b.base.inputs.label} to {b.other.inputs.label}: {label_of(b.output)}", columns, cells)


def _name(key: str, at_cost: bool) -> str:
    return "wafer cost, USD" if at_cost and key == PRICE else NAMES.get(key) or label_of(key)


def _is_at_cost(b: Bridge) -> bool:
    """Whether a wafer counts what its layers cost, on both sides."""
    return all(e.inputs.names["wafer_basis"] == "cost" for e in (b.base, b.other))


def _figure(key: str, value: float | None) -> str:
    if value is None:
        return "-"
    if key == PATTERNING:
        return f"{value:,.0f}"
    q = find_quantity(key)
    return f"{value:.4g}" if q is None else q.text(value)


def _signed(form: str, value: float) -> str:
    return "0" if value == 0.0 else format(value, f"+z{form}")


def _span(form: str, step: Step) -> str:
    low, high = _signed(form, step.low), _signed(form, step.high)
    return low if low == high else f"{low} to {high}"


def _order_notes(b: Bridge) -> list[str]:
    """Say in which order the steps are taken, and where another would tell another story."""
    at_cost = _is_at_cost(b)
    steps = ", ".join(_name(key, at_cost).partition(",")[0] for key in b.order)
    said = [f"steps in this order: {steps}; --order sets another"]
    if not at_cost and any(s.key == PATTERNING and s.low != s.high for s in b.steps):
        said.append(
            "patterning moves the price as it moves the cost of the wafer: what layers cost more is taken to cost the "
            "buyer more in proportion, and the price is what is left"
        )
    turned = [_name(s.key, at_cost).partition(",")[0] for s in b.steps if s.low < 0.0 < s.high]
    if turned:
        said.append(f"in some order {', '.join(turned)} would add where here it takes, or take where here it adds")
    widest = max(b.steps, key=lambda s: s.high - s.low)
    form = QUANTITIES[b.output].format
    low, high = _signed(form, widest.low), _signed(form, widest.high)
    if low != high:
        said.append(
            f"{_name(widest.key, at_cost).partition(',')[0]} depends on the order most: {low} to {high} USD, "
            f"{_signed(form, widest.mean)} on the average of all orders"
        )
    return [f"{b.other.inputs.label}: {text}" for text in said]
