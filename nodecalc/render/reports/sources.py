"""The report of `nodecalc sources`: the list, or single sources with the figures that rest on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nodecalc.render.report import Column, Report, Table
from nodecalc.render.sources import replaced_notes, source_row

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Figure


def sources_report(wanted: Sequence[str], catalogue: Catalogue) -> Report:
    """Return all sources, or the `wanted` ones with every figure that cites them."""
    if wanted:
        return _single(wanted, catalogue)
    rows = [source_row(s) for s in catalogue.sources()]
    columns = [
        Column("source", right=False),
        Column("year"),
        Column("publisher", right=False, wrap=True),
        Column("title", right=False, wrap=True),
        Column("how far read", right=False, wrap=True, label="read"),
    ]
    cells = [
        [r["id"], "" if r["year"] is None else str(r["year"]), r["publisher"], r["title"], r["read"] or "-"]
        for r in rows
    ]
    notes = ["'nodecalc sources ID' shows the address and the figures that rest on a source"]
    return Report("sources", rows, [Table(f"{len(rows)} sources", columns, cells)], notes + replaced_notes(catalogue))


def _single(wanted: Sequence[str], catalogue: Catalogue) -> Report:
    chosen = [catalogue.source(i) for i in wanted]
    owners: list[tuple[str, str, Mapping[str, tuple[Figure, ...]]]] = [
        ("node", n.id, {field: group for field, group in n.figures.items() if field not in n.from_parent})
        for n in catalogue.nodes()
    ]
    owners += [("chip", p.id, p.figures) for p in catalogue.products()]
    rows: list[dict[str, Any]] = []
    tables = []
    for source in chosen:
        citing = [
            (f"{owner} {id_}", figure)
            for owner, id_, figures in owners
            for several in figures.values()
            for figure in several
            if figure.source == source.id
        ]
        row = source_row(source)
        row["figures"] = [f"{owner}: {f.field}" for owner, f in citing]
        row["evidence"] = [
            f"node {n.id}: {p.of}, {p.told or f'{p.value:g} {p.unit}'}"
            for n in catalogue.nodes()
            for p in n.evidence
            if p.source == source.id
        ]
        rows.append(row)
        about = Table(
            source.id,
            [Column("", right=False), Column("", right=False, wrap=True)],
            [[k, str(row[k])] for k in ("title", "publisher", "year", "address", "read") if row[k]],
        )
        cells = [
            [owner, f.field, f"{f.value}", f.unit, f.kind + ("" if f.verified else ", unverified"), f.where]
            for owner, f in citing
        ]
        cells += [
            [f"node {n.id}", f"evidence for {p.of}", p.told or f"{p.value:g}", "" if p.told else p.unit, p.kind, ""]
            for n in catalogue.nodes()
            for p in n.evidence
            if p.source == source.id
        ]
        heads = ("rests on it", "figure", "value", "unit", "kind", "where")
        columns = [Column(h, right=h == "value", wrap=h in ("value", "kind", "where")) for h in heads]
        tables += [about, Table("", columns, cells)] if cells else [about]
    return Report("sources", rows, tables, replaced_notes(catalogue))
