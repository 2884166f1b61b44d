"""Reports of sweeps, risks and solutions of packaged systems."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from nodecalc.catalogue.digest import data_digest
from nodecalc.charts.words import label_of, value_text
from nodecalc.drivers.solve.along import Solutions
from nodecalc.errors import InputError
from nodecalc.question.ledger import legend
from nodecalc.render.report import Cited, Column, Report, Table
from nodecalc.render.sources import few, source_row
from nodecalc.vocabulary import find_quantity, quantity

from .risk import chances_table, drivers_tables, extra, in_words, outcome_row, outcomes_table, risk_notes
from .solve import MOST_BANDS, asked_title, sentences, solutions_table

if TYPE_CHECKING:
    from nodecalc.drivers.solve.solution import Solution
    from nodecalc.systems.risk import SystemRisk
    from nodecalc.systems.solve import SystemSolution
    from nodecalc.systems.sweep import SystemSweep
    from nodecalc.systems.system import System

MOST_ROWS: Final = 400
"""Points of a table that somebody may still read."""
MOST_FOR_MACHINES: Final = 1_000_000


def sweep_report(found: SystemSweep, output_format: str, drawn: bool) -> Report:
    """Return every point as a row; `drawn` where a chart stands above."""
    most = MOST_ROWS if output_format in ("table", "markdown") else MOST_FOR_MACHINES
    if found.points > most:
        raise InputError(
            f"{found.points:,} points: more than {most:,} rows; "
            + ("write them with -o FILE.parquet" if most == MOST_ROWS else "shorten an axis")
        )
    rows = list(found.rows())
    columns = [Column(_head(axis.key), right=not axis.is_names) for axis in found.axes]
    columns += [Column(quantity(key).column or label_of(key)) for key in found.outputs]
    cells = [
        [
            *(value_text(key.rpartition(":")[2], row[key]) for key in found.dims),
            *(quantity(key).text(row[key]) for key in found.outputs),
        ]
        for row in rows
    ]
    names = ", ".join(dict.fromkeys(each.entry.name for each in found.subjects))
    notes = [] if drawn or not found.can_be_drawn else [n for picture in found.pictures() for n in picture.notes]
    return Report(
        "sweep", rows, [Table(names, columns, cells)], [*notes, *found.notes], lambda: _sources(found.systems), None,
        _cited(found.systems), _legend(found.systems),
    )  # fmt: skip


def solve_system_report(found: Sequence[SystemSolution | Solutions]) -> Report:
    """Return what is said of the solutions, a row each."""
    rows: list[Solution] = [row for each in found for row in (each if isinstance(each, Solutions) else [each])]
    dims = found[0].dims if isinstance(found[0], Solutions) else ()
    banded = len(rows) <= MOST_BANDS and any(s.band is not None for s in rows)
    systems = _once(each for s in rows[:1] for each in s.systems)  # type: ignore[attr-defined]
    notes = [
        *sentences(rows),
        *(_band_notes(rows) if banded else ()),
        *(note for each in systems for note in each.notes),
    ]
    return Report(
        "solve", [s.to_dict(banded) for s in rows], [solutions_table(rows, dims, asked_title(rows[0], dims), banded)],
        list(dict.fromkeys(notes)), lambda: _sources(systems), None, _cited(systems), _legend(systems),
        lambda: {"data": data_digest()},
    )  # fmt: skip


def risk_system_report(found: SystemRisk) -> Report:
    """Return how sure the cost of systems is, and what drives it."""
    names = ", ".join(dict.fromkeys(each.entry.name for each in found.systems))
    tables = [outcomes_table(found, names, "system")]
    if found.statements:
        tables.append(chances_table(found))
    tables += drivers_tables(found)
    rows = [
        {"system" if key == "node" else key: value for key, value in outcome_row(o).items()} for o in found.outcomes
    ]
    notes = [*in_words(found), *risk_notes(found), *found.notes]
    return Report(
        "risk", rows, tables, notes, lambda: _sources(found.systems), extra(found), _cited(found.systems),
        _legend(found.systems),
    )  # fmt: skip


def _band_notes(rows: Sequence[Solution]) -> list[str]:
    sides = [side.label for side in (rows[0].question.first, rows[0].question.other) if side is not None]
    note = (
        f"P10-P90: every figure of {', '.join(sides)} that is not given drawn in the same worlds, what they share once"
    )
    if any(s.band is not None and s.band.share < 1.0 for s in rows):
        note += "; none stands for worlds in which no value will do"
    return [note]


def _head(key: str) -> str:
    q = find_quantity(key)
    return key.rpartition(":")[2] if q is None else q.column or label_of(key)


def _once(systems: Iterable[System]) -> list[System]:
    return list({(each.entry.id, tuple(each.dies)): each for each in systems}.values())


def _sources(systems: Iterable[System]) -> list[dict[str, Any]]:
    found = {source.id: source for each in systems for source in each.sources}
    return [source_row(source) for source in found.values()]


def _cited(systems: Iterable[System]) -> list[Cited]:
    found: dict[str, list[str]] = {}
    for each in systems:
        for key, figure in each.figures.items():
            if figure.sources:
                found.setdefault(key.rpartition(".")[0], []).append(few(figure.sources))
    return [(part, ", ".join(dict.fromkeys(words))) for part, words in found.items()]


def _legend(systems: Iterable[System]) -> str:
    return legend(figure.marks for each in systems for figure in each.ledger.values())
