"""Sources as rows: what each is, and which figures of an answer it supports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

from nodecalc.errors import InputError
from nodecalc.vocabulary import QUANTITIES

from .report import Column, Report, Table

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Source
    from nodecalc.question.ledger import Ledger, UsedFigure


class Answered(Protocol):
    """Whatever stands on the figures of a node."""

    @property
    def node(self) -> str | None:
        """Id of the node."""

    @property
    def figures(self) -> Mapping[str, UsedFigure]:
        """The figures used, by vocabulary key."""


REPLACED: Final = "replaced by the catalogue file"
"""How a note begins that says what a user's file changed."""


def few(sources: Sequence[str]) -> str:
    """Return the first source, which counts most, and how many more there are; all are in --sources and JSON.

    >>> few(["techspot_2025", "cset_2020"]), few(["techspot_2025"])
    ('techspot_2025 +1', 'techspot_2025')
    """
    return f"{sources[0]} +{len(sources) - 1}" if len(sources) > 1 else "".join(sources)


def figure_name(key: str) -> str:
    """Return what a table's line of sources calls a figure.

    >>> [figure_name(key) for key in ("d0_per_cm2", "wafer_price_usd", "die_width_mm")]
    ['D0', 'wafer price', 'die width']
    """
    named = QUANTITIES[key].field.replace("_", " ").replace("d0", "D0")
    return named or key.removesuffix("_mm2").removesuffix("_mm").replace("_", " ")


def with_sources(report: Report) -> Report:
    """Return `report` with a table of its sources in place of the lines that name them."""
    rows = report.sources()
    if not rows:
        raise InputError("--sources: nothing here rests on a source; leave it out, or name what does")
    cells = [
        [
            row["id"],
            ", ".join(str(part) for part in (row["publisher"], row["year"]) if part),
            row["title"],
            row["address"] or "",
            row["read"] or "",
            _supported(row),
        ]
        for row in rows
    ]
    columns = [
        Column("source", right=False),
        Column("publisher, year", right=False, wrap=True, label=""),
        Column("title", right=False, wrap=True, label=""),
        Column("address", right=False, wrap=True, label=""),
        Column("read", right=False, wrap=True, label="read"),
        Column("what rests on it", right=False, wrap=True, label="for"),
    ]
    table = Table("sources", columns, cells, blocks=True)
    return report._replace(tables=[*report.tables, table], cited=())


def _supported(row: Mapping[str, Any]) -> str:
    """Return the figures that rest on a source, each once: whose, which, how much."""
    texts = (
        f"{f.get('node') or ''} {f['key']} {f['value'] if isinstance(f['value'], str) else format(f['value'], '.6g')}"
        for f in row.get("figures", ())
    )
    return ", ".join(dict.fromkeys(text.strip() for text in texts))


def source_row(source: Source) -> dict[str, Any]:
    """Return `source` as a flat object."""
    return {
        "id": source.id,
        "title": source.title,
        "publisher": source.publisher,
        "year": source.year,
        "address": source.address or None,
        "read": source.read or None,
    }


def replaced_notes(catalogue: Catalogue) -> list[str]:
    """Return what the user's catalogue file replaced or added, a note each."""
    return [f"{REPLACED}: {line}" for line in catalogue.replaced]


def ledger_sources(used: Ledger, catalogue: Catalogue) -> list[dict[str, Any]]:
    """Return the sources of the figures in `used`, rival ones included, each with the figures it supports."""
    return [{**source_row(catalogue.source(id_)), "figures": rows} for id_, rows in used.support().items()]


def figure_sources(estimates: Iterable[Answered], catalogue: Catalogue) -> list[dict[str, Any]]:
    """Return the sources of the figures that `estimates` used, each with the figures it supports."""
    support: dict[str, list[dict[str, Any]]] = {}
    for e in estimates:
        for used in e.figures.values():
            for figure in used.figures:
                support.setdefault(figure.source, []).append(
                    {
                        "node": e.node,
                        "key": used.key,
                        "field": figure.field,
                        "value": figure.value,
                        "unit": figure.unit,
                        "low": used.low if len(used.figures) == 1 else figure.low,
                        "high": used.high if len(used.figures) == 1 else figure.high,
                        "kind": figure.kind,
                        "year": figure.year,
                        "verified": figure.verified,
                        "note": figure.note,
                    }
                )
    return [{**source_row(catalogue.source(i)), "figures": figures} for i, figures in support.items()]
