"""The report of a scenario: as `nodecalc die` prints it, with what its answers vary in front of each row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from nodecalc.charts.words import label_of
from nodecalc.question.asking import DIE, SWEEP
from nodecalc.question.caution import Caution
from nodecalc.question.graph import DIAMETER
from nodecalc.question.scenario import CHIP, NAME, NODE, SIZE
from nodecalc.render.report import Column, Report, Table
from nodecalc.vocabulary import find_quantity

from .conditions import conditions
from .die import die_report
from .several import together

if TYPE_CHECKING:
    from nodecalc.scenarios.answers import Answers

MOST_NOTES: Final = 20
MOST_CITED: Final = 12


def scenario_report(answers: Answers, explain: bool = False) -> Report:
    """Return what is said of the answers of a scenario; of one question what its command says."""
    found = _of_dies(answers, explain) if answers.command == DIE else together(answers)
    notes = list(dict.fromkeys([*answers.notes, *found.notes])) if answers.notes else found.notes
    if answers.command == SWEEP and len(answers) == 1:
        return found._replace(notes=notes)  # a sweep holds its whole question itself
    own = found.saved
    # A root with a band says which worlds that was drawn in.
    return found._replace(saved=lambda: {**answers.saved, **(own() if own is not None else {})}, notes=notes)


def _of_dies(answers: Answers, explain: bool) -> Report:
    found = die_report(list(answers), answers.catalogue, explain)
    if not answers.scenario.is_varied:
        return found
    varied = [key for key in answers.varied if key != NODE]
    rows = list(found.rows)
    if any(answers.names):
        rows = [{NAME: name, **row} for name, row in zip(answers.names, rows, strict=True)]
    return found._replace(
        rows=rows,
        tables=[_with_varied(found.tables[0], answers, varied), *found.tables[1:]],
        notes=_first(found.notes, MOST_NOTES, "notes; ask a row alone to see its own"),
        cited=_cited(found, MOST_CITED),
    )


def _with_varied(table: Table, answers: Answers, varied: Sequence[str]) -> Table:
    """Return the table of answers with a column in front for each key that they differ by."""
    shown = [key for key in varied if key == NAME or key in (SIZE, CHIP) or (find_quantity(key) is not None)]
    own = {column.head for column in table.columns}
    heads = {key: _head(key) for key in shown}
    shown = [key for key in shown if heads[key] not in own]
    questions = answers.questions
    columns = [Column(heads[key], right=key not in (NAME, CHIP)) for key in shown]
    cells = [
        [*(_text(key, question, e) for key in shown), *row]
        for question, e, row in zip(questions, answers, table.cells, strict=True)
    ]
    same = {e.inputs.numbers[DIAMETER] for e in answers}
    wafer = [f"wafer {same.pop():g} mm"] if len(same) == 1 else []
    own = {key for e in answers for key, _ in e.inputs.own}
    title = "; ".join((f"{len(answers):,} answers", *conditions(answers[0].inputs, {*varied, *own}), *wafer))
    return table._replace(title=title, columns=[*columns, *table.columns], cells=cells)


def _head(key: str) -> str:
    q = find_quantity(key)
    return key if q is None else q.column or label_of(key)


def _text(key: str, question: dict[str, Any], e: Any) -> str:
    q = find_quantity(key)
    value = e.inputs.numbers.get(key) if q is not None and not q.is_name else question.get(key)
    if value is None:
        return "-"
    return str(value) if q is None or q.is_name else q.text(value)


def _first(notes: Sequence[str], most: int, what: str) -> list[str]:
    """Return the first notes and how many more there are; every warning is among them."""
    warnings = [note for note in notes if isinstance(note, Caution)]
    rest = [note for note in notes if not isinstance(note, Caution)]
    more = [f"and {len(rest) - most:,} more {what}"] if len(rest) > most else []
    return [*warnings, *rest[:most], *more]


def _cited(found: Report, most: int) -> list[tuple[str, str]]:
    cited = list(dict.fromkeys(found.cited))
    more = [("", f"and {len(cited) - most:,} more")] if len(cited) > most else []
    return [*cited[:most], *more]
