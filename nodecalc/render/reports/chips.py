"""The reports of `nodecalc chips`: the list, and single chips beside what the calculator answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from nodecalc.errors import InputError, NodecalcError, UnknownNameError
from nodecalc.question.figures import dies_of
from nodecalc.render.report import Column, Report, Table
from nodecalc.render.sources import few, replaced_notes, source_row
from nodecalc.vocabulary import QUANTITIES
from nodecalc.vocabulary.digits import shown, significant

from .figure_table import PREFERRED_NOTE, figure_rows, figure_table, value_text
from .filters import name_filter, year_filter

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Node, Product
    from nodecalc.catalogue.evidence import Piece
    from nodecalc.drivers.estimate import Estimate


class Beside(NamedTuple):
    """What was published of a chip beside what the calculator answers."""

    table: Table
    rows: list[dict[str, Any]]


def chips_report(
    catalogue: Catalogue,
    vendor: str | None,
    foundry: str | None,
    node: str | None,
    kind: str | None,
    year: str | None,
) -> Report:
    """Return the list of chips that pass the filters."""
    products = catalogue.products()
    nodes = {n.id: n for n in catalogue.nodes()}
    of_vendor = name_filter("vendor", vendor, {catalogue.vendor_names(p) for p in products})
    of_foundry = name_filter("foundry", foundry, {n.foundry for n in nodes.values()})
    of_year = year_filter(year)
    on_node = None if node is None else catalogue.node(node).id
    if kind is not None and not kind.strip():
        raise InputError(f"--class '{kind}': no part of a class; give one, such as GPU, phone or AI")
    chosen = [
        p
        for p in products
        if of_vendor(catalogue.vendor_names(p))
        and (foundry is None or (p.node in nodes and of_foundry(nodes[p.node].foundry)))
        and on_node in (None, p.node)
        and (kind is None or kind.casefold() in p.kind.casefold())
        and of_year(_year(p))
    ]
    return _list(chosen, catalogue)


def named_report(names: Sequence[str], catalogue: Catalogue) -> Report:
    """Return the report of the chips called `names`; a vendor, a class or a part of many names lists chips."""
    try:
        return chip_report([catalogue.product(name) for name in names], catalogue)
    except UnknownNameError:
        word = names[0].strip().casefold() if len(names) == 1 else ""
        several = catalogue.products_called(names[0]) if word else ()
        if not several:
            several = tuple(p for p in catalogue.products() if word and word in p.kind.casefold().split())
        if not several:
            raise
        return _list(several, catalogue)


def _list(chosen: Sequence[Product], catalogue: Catalogue) -> Report:
    products = catalogue.products()
    rows = [_row(p) for p in chosen]
    columns = [
        Column("chip", right=False),
        Column("name", right=False, keep=3),
        Column("vendor", right=False, keep=7),
        Column("class", right=False, keep=6),
        Column("node", right=False),
        Column("die mm2"),
        Column("transistors 10^9", keep=2),
        Column("MTr/mm2", keep=5),
        Column("units", keep=8),
        Column("figures of", keep=1),
    ]
    keys = (
        "chip",
        "name",
        "vendor",
        "class",
        "node",
        "die_area_mm2",
        "transistors_1e9",
        "chip_density_mtr_per_mm2",
        "units",
        "year",
    )
    shown_rows = [{**row, "units": _units(row)} for row in rows]
    cells = [["-" if row[k] in (None, "") else value_text(row[k]) for k in keys] for row in shown_rows]
    title = f"{len(chosen)} of {len(products)} chips" if len(chosen) < len(products) else f"{len(products)} chips"
    notes = ["'nodecalc chips CHIP' shows every figure beside what the calculator answers for the same die"]
    if not chosen:
        notes = ["no chip passes these filters"]
    return Report("chips", rows, [Table(title, columns, cells)], [*notes, *replaced_notes(catalogue)])


def chip_report(products: Sequence[Product], catalogue: Catalogue) -> Report:
    """Return every figure of `products`; where die and node are public, also the calculator's answer beside them."""
    from nodecalc.drivers.estimate import estimate

    rows: list[dict[str, Any]] = []
    tables: list[Table] = []
    notes = [PREFERRED_NOTE, *replaced_notes(catalogue)]
    beside: list[dict[str, Any]] = []
    for product in products:
        own = figure_rows(("chip", product.id), product.figures)
        rows += own
        where = product.node or "node not known"
        also = f" (also {', '.join(product.aliases)})" if product.aliases else ""
        title = f"{product.id}: {product.vendor} {product.name}{also}, {product.kind}, {where}"
        tables.append(figure_table(title, own))
        try:
            answer = estimate(chip=product.id, catalogue=catalogue)
        except NodecalcError as error:
            notes.append(f"{product.id} is not estimated: {error}")
            continue
        found = published_table(answer)
        if found.rows:
            tables.append(found.table)
        notes += [*own_yields(answer), *other_yields(answer)]
        beside += found.rows
    ids = dict.fromkeys(row["source"] for row in rows)
    return Report(
        "chips", rows, tables, notes, lambda: [source_row(catalogue.source(i)) for i in ids], {"published": beside}
    )


def published_table(e: Estimate) -> Beside:
    """Return what the calculator answers for a real chip beside each published figure of the same quantity."""
    chip = e.chip
    if chip is None:
        raise ValueError("the estimate is not of a real chip")
    count = dies_of(chip)
    pairs: list[tuple[str, str, float | None, str, float]] = [
        ("transistors, 10^9, at peak density", "transistors", e.peak_transistors, "1e9", 1e-9 * count),
        ("density, MTr/mm2", "chip_density", e.logic_density_mtr_per_mm2, "MTr/mm2", 1.0),
        ("yield, %", "yield_report", e.die_yield, "percent", 100.0),
        ("dies per wafer", "dies_per_wafer", e.gross_dies, "dies", 1.0),
        ("good dies per wafer", "good_dies_per_wafer", e.good_dies, "dies", 1.0),
        (*_logic_dies(e), "USD", count),
    ]
    sold = _sold(e)
    rows: list[dict[str, Any]] = []
    for label, field, value, unit, factor in pairs:
        for figure in chip.figures.get(field, ()):
            is_sold = field in sold and figure.source in sold[field][0]
            _, named, ours = sold[field] if is_sold else ((), label, value)
            rows.append(
                {
                    "chip": chip.id,
                    "quantity": named,
                    "estimate": None if ours is None else ours * factor,
                    "published": figure.value,
                    "of": chip.id,
                    "unit": unit,
                    "kind": figure.kind,
                    "year": figure.year,
                    "source": figure.source,
                    "verified": figure.verified,
                    "note": figure.note or None,
                }
            )
    columns = [
        Column("quantity", right=False),
        Column("calculated"),
        Column("published"),
        Column("ratio"),
        Column("of", right=False),
        Column("kind", right=False),
        Column("year"),
        Column("source", right=False, wrap=True),
        Column("note", right=False, wrap=True),
    ]
    cells = [_beside_cells(row) for row in rows]
    cost = QUANTITIES["good_die_cost_usd"].text(e.good_die_cost_usd)
    if e.sellable_die_cost_usd is not None:
        cost += f" USD a good die, {QUANTITIES['good_die_cost_usd'].text(e.sellable_die_cost_usd)} USD one that sells"
    else:
        cost += " USD a good die"
    title = f"{chip.id} on {e.node}: {e.inputs.die.area_mm2:.5g} mm2, {cost}; calculated beside published"
    return Beside(Table(title, columns, cells), rows)


def _logic_dies(e: Estimate) -> tuple[str, str, float | None]:
    """Return what the logic dies of a chip cost: a chip that sells with some units bad holds dies that sell so."""
    if e.sellable_die_cost_usd is None:
        return "logic dies, USD a chip", "logic_die_cost", e.good_die_cost_usd
    return "logic dies as sold, USD a chip", "logic_die_cost", e.sellable_die_cost_usd


def _sold(e: Estimate) -> dict[str, tuple[frozenset[str], str, float | None]]:
    """Return the fields that may count dies sold with some units bad: whose figures do, and what stands beside them.

    Which source counts what is the word of the evidence for the node's D0.
    """
    node, chip = e.inputs.node, e.chip
    if node is None or chip is None or e.sellable_yield is None:
        return {}
    sources = frozenset(
        piece.source
        for piece in _pieces(e, node)
        if piece.states == "yield" and piece.product == chip.id and (piece.counts == "sold" or _reads_units(piece))
    )
    return {
        "yield_report": (sources, "sellable yield, %", e.sellable_yield),
        "good_dies_per_wafer": (sources, "sellable dies per wafer", e.sellable_dies),
    }


def _reads_units(piece: Piece) -> bool:
    """Whether evidence that does not say what it counts is read as of dies that sell with some units bad."""
    return piece.counts == "unsaid" and piece.need is not None and piece.total is not None and piece.need < piece.total


def own_yields(e: Estimate) -> list[str]:
    """Return the line that says that yields published of the chip are behind the D0 which they stand beside."""
    node, chip = e.inputs.node, e.chip
    figure = e.figures.get("d0_per_cm2")
    if node is None or chip is None or figure is None:
        return []
    used = [
        w.piece.source
        for w in figure.weighed
        if w.weight > 0.0 and w.piece.states == "yield" and w.piece.product == chip.id
    ]
    if not used:
        return []
    return [
        f"yields published of {chip.id} ({few(list(dict.fromkeys(used)))}) are among the evidence for the D0 of "
        f"{node.id}: beside what comes of it they are no check"
    ]


def other_yields(e: Estimate) -> list[str]:
    """Return the line that names the yields published on the chip's node for other dies, if there are any.

    A yield is one of a die and its time: beside another die it would be no comparison.
    """
    node, chip = e.inputs.node, e.chip
    if node is None or chip is None:
        return []
    said = [
        f"{piece.told} ({piece.source}{'' if piece.year is None else f', {piece.year:g}'})"
        for piece in _pieces(e, node)
        if piece.states == "yield" and piece.span and piece.product != chip.id
    ]
    if not said:
        return []
    more = f" and {len(said) - 1} more, which 'nodecalc nodes {node.id}' lists" if len(said) > 1 else ""
    return [f"yields published on {node.id} of other dies: {said[0]}{more}"]


def _pieces(e: Estimate, node: Node) -> Iterable[Piece]:
    """Return the evidence for the node's D0: its own, or its parent's where it has none."""
    figure = e.figures.get("d0_per_cm2")
    return (w.piece for w in figure.weighed) if figure is not None and figure.weighed else node.evidence


def _beside_cells(row: dict[str, Any]) -> list[str]:
    ours, theirs = row["estimate"], row["published"]
    kind = row["kind"] + ("" if row["verified"] else ", unverified")
    return [
        row["quantity"],
        "-" if ours is None else significant(ours, 4, 100.0 if row["unit"] == "percent" else 1.0),
        value_text(theirs),
        "-" if ours is None else shown(ours / theirs, ".2f"),
        row["of"],
        kind,
        "" if row["year"] is None else str(row["year"]),
        row["source"],
        row["note"] or "",
    ]


def _year(product: Product) -> float | None:
    years = [
        f.year for field in ("transistors", "die_area", "launch") for f in product.figures.get(field, ()) if f.year
    ]
    return min(years) if years else None


def _row(product: Product) -> dict[str, Any]:
    area, transistors, density = (product.preferred(f) for f in ("die_area", "transistors", "chip_density"))
    total, hbm = product.preferred("units_total"), product.preferred("hbm")
    return {
        "chip": product.id,
        "name": product.name,
        "vendor": product.vendor,
        "class": product.kind,
        "node": product.node or None,
        "die_area_mm2": area.value if area else None,
        "transistors_1e9": transistors.value if transistors else None,
        "chip_density_mtr_per_mm2": density.value if density else None,
        "units_enabled": _count(product, "units_enabled"),
        "units_total": _count(product, "units_total"),
        "unit_group": _count(product, "unit_group"),
        "unit": total.unit if total else None,
        "hbm_gb": hbm.value if hbm else None,
        "year": _year(product),
    }


def _count(product: Product, field: str) -> int | None:
    figure = product.preferred(field)
    return int(figure.number) if figure else None


def _units(row: dict[str, Any]) -> str | None:
    """Return the units of one die that work and those it has, as text: "132/144 SM"."""
    if row["units_total"] is None:
        return None
    return f"{row['units_enabled'] or '-'}/{row['units_total']} {row['unit']}"
