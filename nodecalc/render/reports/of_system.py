"""Reports of sweeps, risks and solutions of packaged systems."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from nodecalc.catalogue.digest import data_digest
from nodecalc.drivers.risk.quick import ERROR, WORLDS
from nodecalc.drivers.solve.along import Solutions
from nodecalc.files.proof import SPEC, kept
from nodecalc.question.ledger import legend
from nodecalc.render.report import Cited, Report, Table
from nodecalc.render.sources import few, source_row
from nodecalc.systems.notes import at_value, held_at, told_of

from .risk import chances_table, drivers_tables, extra, in_words, outcome_row, outcomes_table, risk_notes
from .rows import View, number_of
from .solve import MOST_BANDS, asked_title, sentences, solutions_table

if TYPE_CHECKING:
    from nodecalc.drivers.solve.solution import Solution
    from nodecalc.systems.risk import SystemRisk
    from nodecalc.systems.solve import SystemSolution
    from nodecalc.systems.sweep import SystemSweep
    from nodecalc.systems.system import System


class SystemView(View):
    """A sweep of systems as it is told."""

    sweep: SystemSweep

    @property
    def title(self) -> str:
        """The systems, and the product."""
        sweep = self.sweep
        names = ", ".join(dict.fromkeys(each.entry.name for each in sweep.subjects))
        product = " x ".join(f"{axis.key.replace(':', '.')} {axis.size:,}" for axis in sweep.request.axes)
        values = sweep.request.systems.values if sweep.request.systems is not None else ()
        many = f"{sweep.points:,} point{'' if sweep.points == 1 else 's'}"
        return "; ".join((names, f"{many} = {product}", *values))

    def row(self, row: dict[str, Any]) -> dict[str, Any]:
        """Return a row as it is."""
        return row | {key: number_of(self.sweep, key, row[key]) for key in self.sweep.outputs}

    def notes(self) -> Sequence[str]:
        """Return where the curves of a picture cross, where none is drawn."""
        several = any(axis.is_names and axis.size > 1 for axis in self.sweep.request.axes)
        drawn = self.sweep.pictures() if several and self.sweep.can_be_drawn else []
        return [note for picture in drawn for note in picture.notes]

    def report(self, rows: Sequence[dict[str, Any]], tables: Sequence[Table], notes: Sequence[str]) -> Report:
        """Return the whole report."""
        found = self.sweep
        return Report(
            "sweep", rows, tables, list(dict.fromkeys([*notes, *_bands_note(found), *found.notes])),
            lambda: _sources(found.systems), {**kept(SPEC, found.request.to_spec()), "points": found.points},
            _cited(found.systems), _legend(found.systems),
            lambda: {"data": data_digest(), "catalogue_digest": found.provenance.catalogue_digest},
        )  # fmt: skip


def _bands_note(found: SystemSweep) -> list[str]:
    if not any(key.endswith("_p10") for key in found.outputs):
        return []
    return [
        f"P10-P90: the figures that neither axes nor values give, drawn in the same {WORLDS:,} worlds at every point; "
        f"ends within {ERROR:.1%} of those of 16,384"
    ]


def solve_system_report(found: Sequence[SystemSolution | Solutions]) -> Report:
    """Return what is said of the solutions, a row each."""
    rows: list[Solution] = [row for each in found for row in (each if isinstance(each, Solutions) else [each])]
    dims = found[0].dims if isinstance(found[0], Solutions) else ()
    banded = len(rows) <= MOST_BANDS and any(s.band is not None for s in rows)
    systems = _once(each for s in rows[:1] for each in s.systems)  # type: ignore[attr-defined]
    notes = [
        *sentences(rows),
        *(_band_notes(rows) if banded else ()),
        *_solved_notes(rows),
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


def _solved_notes(rows: Sequence[Solution]) -> Sequence[str]:
    """Return the notes of both sides at the first root, those that another root changes with the inputs there."""
    first, last = rows[0], rows[-1]
    sides = [side for side in (first.question.first, first.question.other) if side is not None]
    place = ", ".join(at_value(key, value) for key, value in first.at.items())
    told = []
    for number, side in enumerate(sides):
        notes, others = (row.systems[number].notes for row in (first, last))  # type: ignore[attr-defined]
        told.append((side.label, held_at(notes, [(place, others)] if first is not last else [])))
    return told_of(told)


def _band_notes(rows: Sequence[Solution]) -> list[str]:
    sides = [side.label for side in (rows[0].question.first, rows[0].question.other) if side is not None]
    note = (
        f"P10-P90: every figure of {', '.join(sides)} that is not given drawn in the same worlds, what they share once"
    )
    if any(s.band is not None and s.band.share < 1.0 for s in rows):
        note += "; none stands for worlds in which no value will do"
    return [note]


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
