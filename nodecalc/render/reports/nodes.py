"""The reports of `nodecalc nodes`: the list, and one node with every figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from nodecalc.question.figures import UNCERTAIN, used_figure
from nodecalc.question.ledger import legend
from nodecalc.question.market import Market
from nodecalc.render.marks import marked
from nodecalc.render.report import Column, Report, Table
from nodecalc.render.sources import few, replaced_notes, source_row
from nodecalc.vocabulary import QUANTITIES

from .evidence_table import evidence_rows, evidence_table
from .figure_table import PREFERRED_NOTE, figure_rows, figure_table
from .filters import name_filter, year_filter

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Node
    from nodecalc.question.ledger import UsedFigure

_KEYS: Final = ("logic_density_mtr_per_mm2", "d0_per_cm2", "wafer_price_usd")


def nodes_report(catalogue: Catalogue, foundry: str | None, node_class: str | None, year: str | None) -> Report:
    """Return the list of nodes that pass the filters."""
    nodes = catalogue.nodes()
    of_foundry = name_filter("foundry", foundry, {n.foundry for n in nodes})
    of_class = name_filter("class", node_class, {n.node_class for n in nodes})
    of_year = year_filter(year)
    chosen = [n for n in nodes if of_foundry(n.foundry) and of_class(n.node_class) and of_year(_year(n))]
    rows = [_row(n, catalogue) for n in chosen]
    columns = [
        Column("node", right=False),
        Column("foundry", right=False, keep=5),
        Column("name", right=False, keep=4),
        Column("class", right=False, keep=3),
        Column("volume", keep=2),
        *(Column(QUANTITIES[k].column) for k in _KEYS),
        Column("price year", keep=1),
    ]
    cells, marks = [], list[str]()
    for node, row in zip(chosen, rows, strict=True):
        figures = [used_figure(node, k, Market(catalogue=catalogue)) for k in _KEYS]
        marks += [f.marks for f in figures if f]
        texts = [f"{QUANTITIES[f.key].text(f.value)} {f.marks}".rstrip() if f else "-" for f in figures]
        head = [node.id, node.foundry, node.name, node.node_class, str(row["volume_year"] or "-")]
        head[2] += f" (variant of {node.variant_of})" if node.variant_of else ""
        cells.append([*head, *texts, str(row.get("wafer_price_usd_year") or "-")])
    notes = ["'nodecalc nodes NODE' shows every figure with its range, kind, source and year"]
    if not chosen:
        notes = ["no node passes these filters"]
    notes += replaced_notes(catalogue)
    title = f"{len(chosen)} of {len(nodes)} nodes" if len(chosen) < len(nodes) else f"{len(nodes)} nodes"
    return Report("nodes", rows, [Table(title, columns, marked(columns, cells))], notes, legend=legend(marks))


def node_report(nodes: Sequence[Node], catalogue: Catalogue) -> Report:
    """Return every figure of `nodes`, with what the calculator makes of them."""
    rows: list[dict[str, Any]] = []
    tables = []
    for node in nodes:
        own = figure_rows(("node", node.id), node.figures)
        found = _used(node, catalogue)
        pieces = evidence_rows(("node", node.id), found)
        for row in own:
            row["of"] = row["of"] or (node.variant_of if row["field"] in node.from_parent else None)
        rows += own + pieces
        tables += [figure_table(_title(node), own), _in_use(found)]
        tables += [evidence_table("", pieces)] if pieces else []
    ids = dict.fromkeys(row["source"] for row in rows)
    notes = [PREFERRED_NOTE, "'nodecalc sources ID' says what a source is and how far it was read"]
    notes += [node.variant_note for node in nodes if node.variant_note]
    notes += replaced_notes(catalogue)
    used = [_used_row(n.id, f) for n in nodes for f in _used(n, catalogue)]
    return Report("nodes", rows, tables, notes, lambda: [source_row(catalogue.source(i)) for i in ids], {"used": used})


def _used(node: Node, catalogue: Catalogue) -> list[UsedFigure]:
    keys, market = ("wafer_diameter_mm", *_KEYS), Market(catalogue=catalogue)
    return [f for f in (used_figure(node, k, market) for k in keys) if f is not None]


def _used_row(node: str, f: UsedFigure) -> dict[str, Any]:
    plain = {key: value for key, value in f._asdict().items() if key not in ("law", "weighed")}
    return {"node": node, **plain, "figures": len(f.figures)}


def _in_use(used: Sequence[UsedFigure]) -> Table:
    """What a calculation takes from the node: one value a key."""
    columns = [
        Column("the calculator uses", right=False),
        Column("value"),
        Column("unit", right=False),
        Column("range"),
        Column("kind", right=False, wrap=True),
        Column("from", right=False, wrap=True),
    ]
    cells = []
    for f in used:
        q = QUANTITIES[f.key]
        span = f"{f.low:.6g} to {f.high:.6g}" if f.low < f.high else ""
        kind = f.kind + ("" if f.verified else ", unverified")
        origin = f"{few(f.sources)}{'; ' + f.basis if f.basis else ''}"
        cells.append([f.key, q.text(f.value), q.unit, span, kind, origin])
    return Table("", columns, cells)


def _title(node: Node) -> str:
    also = f" (also {', '.join(node.aliases)})" if node.aliases else ""
    origin = "" if node.origin == "built-in" else f"; {node.origin}"
    variant = f", variant of {node.variant_of}" if node.variant_of else ""
    return f"{node.id}: {node.foundry} {node.name}{also}, {node.node_class}{variant}{origin}"


def _year(node: Node) -> int | None:
    figure = node.preferred("volume_year")
    return int(figure.number) if figure else None


def _row(node: Node, catalogue: Catalogue) -> dict[str, Any]:
    row: dict[str, Any] = {
        "node": node.id,
        "foundry": node.foundry,
        "name": node.name,
        "class": node.node_class,
        "variant_of": node.variant_of or None,
        "volume_year": _year(node),
    }
    market = Market(catalogue=catalogue)
    used = {k: used_figure(node, k, market) for k in ("wafer_diameter_mm", *_KEYS)}
    row |= {k: f.value if f else None for k, f in used.items()}
    row |= {f"{k}_year": f.year for k, f in used.items() if f and k in UNCERTAIN}
    found = [f for f in used.values() if f]
    for mark in ("assumed", "estimated"):
        row[mark] = [f.key for f in found if f.kind == mark]
    row["unverified"] = [f.key for f in found if not f.verified]
    return row
