"""The reports of `nodecalc system`: a cost tree with yields, shares and bands, and what was published beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from nodecalc.drivers.risk.quick import ERROR, WORLDS
from nodecalc.question.ledger import legend
from nodecalc.render.marks import marked
from nodecalc.render.report import Column, Report, Table
from nodecalc.render.sources import few, source_row
from nodecalc.vocabulary.digits import shown

if TYPE_CHECKING:
    from nodecalc.catalogue.systems import SystemName
    from nodecalc.systems.system import System

MISSING: Final = "-"

SAMPLED: Final = (
    f"P10-P90: the figures that were not given, drawn in {WORLDS:,} worlds, its ends within {ERROR:.1%} of those of "
    "16,384; 'nodecalc risk --system' has those and what drives them"
)


def system_report(found: System) -> Report:
    """Return what `nodecalc system NAME` prints."""
    tables = [_tree(found)]
    if found.bins:
        tables.append(_bins(found))
    if found.published:
        tables.append(_published(found))
    rows = [found.to_dict()]
    marks = legend(figure.marks for figure in found.ledger.values())
    cited = [(part, ", ".join(few(f.sources) for f in figures)) for part, figures in _by_part(found)]
    return Report(
        "system",
        rows,
        tables,
        (*found.notes, *((SAMPLED,) if found.band is not None else ())),
        lambda: [source_row(source) for source in found.sources],
        {
            "parts": [row._asdict() for row in found.rows],
            "bins": [row._asdict() for row in found.bins],
            "published": _rows_published(found),
        },
        cited,
        marks,
    )


def systems_report(names: Sequence[SystemName]) -> Report:
    """Return the list of built-in systems."""
    rows: list[dict[str, Any]] = [row._asdict() for row in names]
    cells = [[row.id, row.name, ", ".join(row.aliases)] for row in names]
    columns = [Column("system", right=False), Column("name", right=False), Column("other names", right=False, keep=1)]
    return Report("system", rows, [Table("built-in systems; or give the path of a TOML file", columns, cells)])


def _tree(found: System) -> Table:
    columns = [
        Column("part", right=False),
        Column("count", keep=15),
        Column("USD each", keep=14),
        Column("yield", keep=12),
        Column("USD"),
        Column("share", keep=13),
        Column("P10-P90", keep=11),
        Column("what", right=False, wrap=True, label=""),
    ]
    cells = [
        [
            row.part + _marks(found, row.part),
            MISSING if row.held is None else shown(row.held, "g"),
            MISSING if row.each_usd is None else shown(row.each_usd, ",.2f"),
            MISSING if row.good is None else shown(row.good, ".1%"),
            shown(row.usd, ",.2f"),
            shown(row.share, ".1%"),
            _span(row.p10, row.p90, row.usd),
            row.what,
        ]
        for row in found.rows
    ]
    band = found.band
    whole = "good unit" if found.nre_usd_per_unit is None else "good unit, one-time costs in"
    whole_band = found.total_band
    low, high = (None, None) if whole_band is None else (whole_band[0], whole_band[2])
    ends = _span(low, high, found.total_usd)
    cells.append(["total", MISSING, MISSING, MISSING, shown(found.total_usd, ",.2f"), "100.0%", ends, whole])
    sale = found.sale
    told = f"{found.entry.name}: {found.unit_cost_usd:,.0f} USD a good unit"
    if band is not None:
        told += f" (P10-P90 {band[0]:,.0f}-{band[2]:,.0f})"
    told += f", package yield {found.package_yield:.1%}"
    if "unit_price_usd" in sale:
        told += f"; price {sale['unit_price_usd']:,.0f} USD, margin {sale['gross_margin']:.1%}"
    if sale.get("price_share_paid"):
        told += f", {sale['margin_after_levy']:.1%} after {sale['price_share_paid']:.0%} of the price"
    return Table(told, columns, marked(columns, cells))


def _bins(found: System) -> Table:
    columns = [
        Column("part", right=False),
        Column("bin", right=False),
        Column("needs", keep=12),
        Column("of dies", keep=11),
        Column("of units"),
        Column("USD/die"),
        Column("USD/unit"),
    ]
    cells = [
        [
            row.part,
            row.bin,
            f"{row.units_needed}",
            shown(row.share_of_dies, ".1%"),
            shown(row.share_of_units, ".1%"),
            shown(row.die_usd, ",.2f"),
            shown(row.unit_usd, ",.2f"),
        ]
        for row in found.bins
    ]
    how = "by the prices of their bins" if found.bins[0].priced else "alike; a price behind a bin shares it out by that"
    return Table(f"units by the bin of their dies, one bin to a unit; dies carry their cost {how}", columns, cells)


def _marks(found: System, part: str) -> str:
    letters = "".join(figure.marks for key, figure in found.ledger_of(part).items() if key)
    kept = "".join(letter for letter in "aeu" if letter in letters)
    return f" {kept}" if kept else ""


def _span(low: float | None, high: float | None, usd: float) -> str:
    """Return a band in whole USD, or in cents as `usd` beside it where whole ones would leave that out."""
    if low is None or high is None:
        return MISSING
    places = 0 if round(low) <= round(usd, 2) <= round(high) else 2
    return f"{low:,.{places}f}-{high:,.{places}f}"


def _by_part(found: System) -> list[tuple[str, list[Any]]]:
    parts = dict.fromkeys(key.rpartition(".")[0] for key in found.figures)
    several = [(part, [f for f in found.ledger_of(part).values() if f.sources]) for part in parts]
    return [(part, list({f.sources: f for f in figures}.values())) for part, figures in several if figures]


def _rows_published(found: System) -> list[dict[str, Any]]:
    return [
        {
            "what": p.what,
            "published_usd": p.published_usd,
            "calculated_usd": p.calculated_usd,
            "low": p.figure.low,
            "high": p.figure.high,
            "kind": p.figure.kind,
            "year": p.figure.year,
            "source": p.figure.source,
            "note": p.figure.note or None,
        }
        for p in found.published
    ]


def _published(found: System) -> Table:
    columns = [
        Column("of", right=False),
        Column("calculated"),
        Column("published"),
        Column("difference"),
        Column("kind", right=False, keep=12),
        Column("year"),
        Column("source", right=False, keep=11),
        Column("note", right=False, wrap=True, label=""),
    ]
    cells = []
    for p in found.published:
        ours = p.calculated_usd
        more = MISSING if ours is None else f"{ours - p.published_usd:+z,.0f}"
        year = "" if p.figure.year is None else f"{p.figure.year:g}"
        mine = MISSING if ours is None else shown(ours, ",.0f")
        cells.append(
            [p.what, mine, shown(p.published_usd, ",.0f"), more, p.figure.kind, year, p.figure.source, p.figure.note]
        )
    return Table("calculated beside published, USD a unit; the parts say where the totals part", columns, cells)
