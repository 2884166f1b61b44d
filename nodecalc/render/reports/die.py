"""The report of `nodecalc die`: one row a node, what is assumed, where each figure comes from."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import TYPE_CHECKING, Any, Final

from nodecalc.drivers.compare import notes as comparison_notes
from nodecalc.drivers.compare import rows as comparison_rows
from nodecalc.question.graph import COUNT
from nodecalc.question.ledger import legend
from nodecalc.render.marks import assumed_cautions, marked
from nodecalc.render.report import Column, Report, Table
from nodecalc.render.sources import few, figure_name, figure_sources, replaced_notes
from nodecalc.vocabulary import QUANTITIES
from nodecalc.vocabulary.digits import significant

from .conditions import conditions

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue
    from nodecalc.drivers.estimate import Estimate
    from nodecalc.question.ledger import UsedFigure

MISSING: Final = "-"

_BESIDE: Final = ((5, ("wafer_price_usd_year", 2)), (7, ("band", 1)))
"""Columns that are no quantity of their own, by their place."""

_COLUMNS: Final = tuple(
    column
    for _, column in sorted(
        (*_BESIDE, *((q.table[0], (q.key, q.table[1])) for q in QUANTITIES.values() if q.table is not None))
    )
)
"""Columns of the table and the order in which a narrow terminal loses them."""


_BEYOND: Final = ("usd_per_gb", "usd_per_gbyte", "good_die_kwh", "good_die_co2_kg")
"""What is told of a die's bits and of its wafer's electricity and grid, where these are given."""


def die_report(estimates: Sequence[Estimate], catalogue: Catalogue, explain: bool) -> Report:
    """Return what `nodecalc die` prints for `estimates` of one die on one or several nodes."""
    rows = comparison_rows(estimates)
    tables = [_main_table(estimates, rows)]
    if any(e.sellable_yield is not None for e in estimates):
        from .salvage import salvage_tables

        tables += salvage_tables(estimates)
    extra: dict[str, Any] = {}
    if explain:
        from nodecalc.drivers.explain import steps

        found = [(e, steps(e)) for e in estimates]
        tables += [_explain_table(e, s) for e, s in found]
        extra["explain"] = [{"node": e.node, **step.to_dict()} for e, s in found for step in s]
    published: list[str] = []
    for e in estimates:
        # What was published of a chip is of the node that it is made on.
        if e.chip is not None and e.node == e.chip.node:
            from .chips import other_yields, own_yields, published_table

            beside = published_table(e)
            tables += [beside.table] if beside.rows else []
            extra["published"] = beside.rows
            published = [*own_yields(e), *other_yields(e)]
            break
    at_cost = estimates[0].inputs.names["wafer_basis"] == "cost"
    notes = [
        *assumed_cautions(estimates, at_cost),
        *comparison_notes(estimates),
        *published,
        *replaced_notes(catalogue),
    ]
    return Report(
        "die",
        rows,
        tables,
        notes,
        lambda: figure_sources(estimates, catalogue),
        extra,
        [(e.node or "", cited(e)) for e in estimates if e.figures],
        legend(_marks(e, key) for e in estimates for key in (*(key for key, _ in _COLUMNS), "die_area_mm2")),
    )


def _marks(e: Estimate, key: str) -> str:
    """Return the marks of a figure as the table shows them, if it does."""
    figure = e.figures.get(key)
    return "" if figure is None else figure.marks


def title(e: Estimate, one_die: bool = True, varied: Container[str] = ()) -> str:
    """Return the line above the table: everything that the rows have in common, the die too where it is `one_die`."""
    die = e.inputs.die
    area = "" if e.chip is None else f"{e.chip.name}: "
    figure = e.figures.get("die_area_mm2")
    marks = f" {figure.marks}" if figure is not None and figure.marks else ""
    count = e.inputs.numbers.get(COUNT)
    what = f"{area}die {die.width_mm:.4g} x {die.height_mm:.4g} mm, {die.area_mm2:.5g} mm2{marks}"
    if not one_die:
        what = f"{area}dies of several sizes" if count is None else f"die of {count:.4g} transistors"
    return "; ".join((what, *conditions(e.inputs, varied)))


def _main_table(estimates: Sequence[Estimate], rows: Sequence[dict[str, Any]]) -> Table:
    wafers = {row["wafer_diameter_mm"] for row in rows}
    shown = [(key, keep) for key, keep in _COLUMNS if key != "good_die_cost_ratio" or len(rows) > 1]
    shown += [(key, 0) for key in _BEYOND if any(row.get(key) is not None for row in rows)]
    # Sized from transistors, each node's die is another.
    one_die = len({row["die_area_mm2"] for row in rows}) == 1
    if not one_die:
        shown.insert(0, ("die_area_mm2", 0))
    own = {key for e in estimates for key, _ in e.inputs.own} if len(estimates) > 1 else set()
    head = title(estimates[0], one_die, own) + (f"; wafer {wafers.pop():g} mm" if len(wafers) == 1 else "")
    if wafers:
        shown.insert(0, ("wafer_diameter_mm", 0))
    kinds = {e.transistors_are for e in estimates} - {None}
    counted = kinds.pop() if len(kinds) == 1 else None
    heads = {"usd_per_billion_transistors": _HEADS[counted]}
    columns = [Column("node", right=False), *(Column(heads.get(key) or _head(key), keep=keep) for key, keep in shown)]
    cells = [
        [e.inputs.label or MISSING, *(_text(key, e, row, counted is None) for key, _ in shown)]
        for e, row in zip(estimates, rows, strict=True)
    ]
    return Table(head, columns, marked(columns, cells))


_HEADS: Final = {
    "given": "USD/10^9 given tr",
    "chip": "USD/10^9 chip's tr",
    "peak": "USD/10^9 peak tr",
    None: "USD/10^9 tr",
}
"""Head of the cost of transistors by which of them it is over; where rows differ, each cell says it."""


def _head(key: str) -> str:
    return {"band": "P10-P90", "wafer_price_usd_year": "year"}.get(key) or QUANTITIES[key].column


def _text(key: str, e: Estimate, row: dict[str, Any], mixed: bool) -> str:
    if key == "band":
        low, high = e.good_die_cost_usd_p10, e.good_die_cost_usd_p90
        if low is None or high is None:
            return MISSING
        q = QUANTITIES["good_die_cost_usd_p10"]
        return f"{q.text(low)}-{q.text(high)}"
    value = row.get(key)
    if value is None:
        return MISSING
    if key == "wafer_price_usd_year":
        return f"{value:g}"
    text = QUANTITIES[key].text(value)
    if key == "usd_per_billion_transistors" and mixed:
        text += f" {e.transistors_are}"
    figure = e.figures.get(key)
    return f"{text} {figure.marks}" if figure is not None and figure.marks else text


def cited(e: Estimate, marked: bool = False) -> str:
    """Return where the figures of an answer come from, in a line; `marked` where no table shows their marks."""
    parts = []
    for key, figure in e.figures.items():
        if key == "wafer_diameter_mm":
            continue  # a standard size; --explain and JSON name its source
        if key == "wafer_price_usd" and e.inputs.names["wafer_basis"] == "cost":
            parts.append(f"wafer cost{_mark(figure, marked)} {few(figure.sources)} ({figure.year})")
            continue
        date = "" if figure.year is None else f" ({figure.year:g})"
        parts.append(f"{figure_name(key)}{_mark(figure, marked)} {few(figure.sources)}{date}")
    return ", ".join(parts)


def _mark(figure: UsedFigure, marked: bool) -> str:
    return f" {figure.marks}" if marked and figure.marks else ""


def _explain_table(e: Estimate, found: Sequence[Any]) -> Table:
    columns = [
        Column("quantity", right=False),
        Column("value"),
        Column("unit", right=False),
        Column("formula or kind", right=False, wrap=True, label=""),
        Column("numbers put in, or range", right=False, wrap=True, label=""),
        Column("source", right=False, wrap=True),
    ]
    cells = [[s.key, significant(s.value), s.unit, s.formula, s.put_in, ", ".join(s.sources)] for s in found]
    return Table(f"{e.node or 'no node'}, step by step", columns, cells, blocks=True)
