"""Sources as rows: what each is, and which figures of an answer it supports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

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


SHOWN: Final = 2
"""Sources of one figure that are named where there are many; all are in --explain and JSON."""


def few(sources: Sequence[str], joined: str = ", ") -> str:
    """Return the first sources, which count most, and how many more there are."""
    rest = len(sources) - SHOWN
    return joined.join(sources[:SHOWN]) + (f" and {rest} more" if rest > 0 else "")


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
