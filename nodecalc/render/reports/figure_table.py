"""Every figure of a node or a chip, alternatives included: value, range, kind, source, year, note."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from nodecalc.catalogue.fields import FIELDS
from nodecalc.catalogue.figure import Figure, figure_range, preferred_figure
from nodecalc.render.report import Column, Table

COLUMNS: Final = (
    Column("figure", right=False),
    Column("", right=False),
    Column("value"),
    Column("unit", right=False),
    Column("range", wrap=True, label="range"),
    Column("kind", right=False, wrap=True),
    Column("year"),
    Column("source", right=False, wrap=True),
    Column("note", right=False, wrap=True),
)
SHORT_TEXT: Final = 10
"""A text longer than this stands in the note column: it would push all numbers apart."""

PREFERRED_NOTE: Final = (
    "* the figure that is used, where there are several; its range spans the rival ones; a range in brackets is the "
    "usual width of its kind, no source's; unverified: recalled, or its source's own text not read"
)


def figure_rows(owner: tuple[str, str], figures: Mapping[str, tuple[Figure, ...]]) -> list[dict[str, Any]]:
    """Return one flat object for each figure, alternatives included; `low` and `high` are the range in use.

    `owner` is the key and value that say whose figures they are, such as ("node", "tsmc-n5").
    """
    rows = []
    for field, several in figures.items():
        chosen = preferred_figure(several)
        for figure in several:
            text = isinstance(figure.value, str)
            span = None if text or figure is not chosen else figure_range(several)
            rows.append(
                {
                    owner[0]: owner[1],
                    "field": field,
                    "meaning": FIELDS[field].meaning,
                    "value": figure.value,
                    "unit": figure.unit,
                    "low": span.low if span else figure.low,
                    "high": span.high if span else figure.high,
                    "range_basis": span.basis if span else None,
                    "kind": figure.kind,
                    "source": figure.source,
                    "year": figure.year,
                    "preferred": figure is chosen,
                    "verified": figure.verified,
                    "in_range": figure.span,
                    "note": figure.note or None,
                    "measured_by": figure.measured_by or None,
                    "of": figure.of or None,
                    "where": figure.where or None,
                }
            )
    return rows


def figure_table(title: str, rows: list[dict[str, Any]]) -> Table:
    """Return the rows of `figure_rows` as a table for people."""
    several = {row["field"] for row in rows if not row["preferred"]}
    cells = []
    previous = None
    for row in rows:
        field = row["field"]
        star = "*" if row["preferred"] and field in several else ""
        kind = row["kind"] + ("" if row["verified"] else ", unverified")
        text = isinstance(row["value"], str) and len(row["value"]) > SHORT_TEXT
        notes = [
            row["value"] if text else None,
            f"of {row['of']}" if row["of"] else None,
            row["note"],
            f"in {row['where']}" if row["where"] else None,
            f"by {row['measured_by']}" if row["measured_by"] else None,
            None if row["in_range"] else "not in the range",
        ]
        cells.append(
            [
                "" if field == previous else field,
                star,
                "" if text else value_text(row["value"]),
                row["unit"],
                _range(row),
                kind,
                "" if row["year"] is None else f"{row['year']:g}",
                row["source"],
                "; ".join(n for n in notes if n),
            ]
        )
        previous = field
    return Table(title, COLUMNS, cells)


def value_text(value: float | int | str) -> str:
    """Return a figure's value as it was published, up to six digits."""
    return value if isinstance(value, str) else f"{value:.6g}"


def _range(row: dict[str, Any]) -> str:
    low, high, basis = row["low"], row["high"], row["range_basis"] or ""
    if low is None or high is None or low == high:
        return ""
    text = f"{low:.6g} to {high:.6g}"
    return f"({text})" if basis.startswith("a factor") else text
