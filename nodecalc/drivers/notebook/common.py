"""What several answers show alike: the figures that they rest on, and their notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from nodecalc.charts.words import label_of, unit_of, with_unit
from nodecalc.files import html
from nodecalc.question.caution import Caution, cautions_first
from nodecalc.question.ledger import legend
from nodecalc.vocabulary import find_quantity

if TYPE_CHECKING:
    from nodecalc.question.ledger import UsedFigure

FIGURE_HEADS = ("figure", "value", "range", "", "kind", "year", "sources")


def text_of(key: str, value: float | None, unit: bool = False) -> str:
    """Return a value as the vocabulary's tables print it, with its unit where asked; a dash where there is none."""
    if value is None:
        return "-"
    q = find_quantity(key)
    if q is None:
        return f"{value:.4g}"
    text = q.text(value) if q.format else str(value)
    return f"{text} {q.unit}" if unit and q.unit else text


def head_of(key: str) -> str:
    """Return the head of a quantity's column."""
    q = find_quantity(key)
    return q.column if q is not None and q.column else with_unit(label_of(key), unit_of(key))


def range_of(figure: UsedFigure) -> str:
    """Return the range of a figure, nothing where it has none."""
    if not figure.is_uncertain:
        return ""
    return f"{text_of(figure.key, figure.low)} to {text_of(figure.key, figure.high)}"


def figures(used: Mapping[str, UsedFigure]) -> str:
    """Return the figures behind an answer as a table: value, range, unit, kind, year, sources."""
    rows = [
        (
            key,
            text_of(key, f.value) + (f" {f.marks}" if f.marks else ""),
            range_of(f),
            f.unit,
            f.told,
            "" if f.year is None else f"{f.year:g}",
            ", ".join(f.sources),
        )
        for key, f in used.items()
    ]
    return html.table(FIGURE_HEADS, rows, right=(1, 2)) if rows else ""


def notes(said: Iterable[str], used: Iterable[UsedFigure] = ()) -> str:
    """Return notes, cautions first, and what the marks of the figures mean."""
    every = cautions_first(said)
    marks = legend(figure.marks for figure in used)
    cautions = [note for note in every if isinstance(note, Caution)]
    others = [note for note in every if not isinstance(note, Caution)]
    return html.notes(cautions, [*others, *([marks] if marks else [])])


def assumed_caution(keys: Iterable[str]) -> list[str]:
    """Return the warning that names the assumed figures of an answer, if there are any."""
    named = ", ".join(label_of(key) for key in keys)
    return [Caution(f"assumed, as nobody publishes it: {named}")] if named else []
