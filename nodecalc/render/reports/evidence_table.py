"""The evidence for a node's D0 and wafer price: each piece, what it means, and how much it counts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from nodecalc.render.report import Column, Table
from nodecalc.vocabulary.digits import significant

if TYPE_CHECKING:
    from nodecalc.question.ledger import UsedFigure


OTHERS: Final = "a nearer statement of the same origin, or anything but a stand-in, counts"
"""Why a piece has no weight that has no ground of its own."""


def evidence_rows(owner: tuple[str, str], used: Iterable[UsedFigure]) -> list[dict[str, Any]]:
    """Return one flat object for each piece of evidence behind the figures `used`, those without weight too."""
    return [
        {
            owner[0]: owner[1],
            "field": w.piece.of,
            "meaning": f"evidence for {figure.key}",
            "value": w.piece.value,
            "unit": w.piece.unit,
            "low": w.piece.low,
            "high": w.piece.high,
            "kind": w.piece.kind,
            "source": w.piece.source,
            "year": w.piece.year,
            "verified": w.piece.verified,
            "note": w.piece.note or None,
            "states": w.piece.told or w.piece.states,
            "origin": w.piece.origin,
            "basis": w.piece.basis,
            "key": figure.key,
            "means": None if w.value != w.value else w.value,
            "means_low": None if w.low != w.low else w.low,
            "means_high": None if w.high != w.high else w.high,
            "weight": w.weight,
            "of": w.of or None,
            "why_no_weight": w.piece.why or None,
        }
        for figure in used
        for w in sorted(figure.weighed, key=lambda w: (bool(w.of), -w.weight))
    ]


def evidence_table(title: str, rows: Iterable[dict[str, Any]]) -> Table:
    """Return the rows of `evidence_rows` as a table for people."""
    columns = [
        Column("evidence for", right=False),
        Column("weight"),
        Column("says", right=False, wrap=True, label="says"),
        Column("so"),
        Column("range", wrap=True, label="range"),
        Column("kind", right=False, wrap=True),
        Column("year"),
        Column("source", right=False, wrap=True),
        Column("note", right=False, wrap=True),
    ]
    cells, previous = [], ""
    for row in rows:
        key = row["key"] if row["of"] is None else f"{row['key']} of {row['of']}"
        low, high = row["means_low"], row["means_high"]
        kind = row["kind"] + ("" if row["verified"] else ", unverified")
        why = row["why_no_weight"] or (None if row["weight"] else OTHERS)
        notes = [None if row["states"] == row["note"] else row["note"], f"no weight: {why}" if why else None]
        cells.append(
            [
                "" if key == previous else key,
                f"{100 * row['weight']:.0f}%" if row["weight"] else "0",
                row["states"] if row["states"] not in ("d0", "usd") else f"{row['value']:g}",
                "-" if row["means"] is None else significant(row["means"], 4),
                "" if low is None or low == high else f"{significant(low, 3)} to {significant(high, 3)}",
                kind,
                "" if row["year"] is None else f"{row['year']:g}",
                row["source"],
                "; ".join(n for n in notes if n),
            ]
        )
        previous = key
    return Table(title, columns, cells)
