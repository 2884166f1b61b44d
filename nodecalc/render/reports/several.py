"""The reports of several questions of one command as one: rows behind what the questions differ by, tables joined."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from nodecalc.charts.words import label_of
from nodecalc.question.asking import (
    CAPACITY,
    CARBON,
    COMPARE,
    MEMORY,
    RISK,
    SOLVE,
    SPLIT,
    SWEEP,
    SYSTEM,
    WAFER,
)
from nodecalc.question.scenario import CHIP, NAME, SIZE, value_form
from nodecalc.render.report import Column, Report, Table
from nodecalc.vocabulary import find_quantity

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue
    from nodecalc.scenarios.answers import Answers


def report_of(command: str, item: Any, known: Catalogue) -> Report:
    """Return what a command says of one of its answers."""
    return _REPORTS[command](item, known)


def together(answers: Answers) -> Report:
    """Return what is said of all answers."""
    known = answers.catalogue
    reports = [report_of(answers.command, item, known) for item in answers]
    if len(reports) == 1:
        return reports[0]
    heads = [
        {key: None if (value := question.get(key)) is None else _form(key, value, known) for key in answers.varied}
        for question in answers.questions
    ]
    first = reports[0]
    rows = [{**head, **row} for head, report in zip(heads, reports, strict=True) for row in report.rows]
    extras = [report.extra for report in reports]
    return first._replace(
        rows=rows,
        tables=_joined(heads, reports, answers.varied),
        notes=list(dict.fromkeys(note for report in reports for note in report.notes)),
        sources=lambda: list({str(source): source for report in reports for source in report.sources()}.values()),
        extra={"answers": [head | (extra or {}) for head, extra in zip(heads, extras, strict=True)]},
        cited=list(dict.fromkeys(cited for report in reports for cited in report.cited)),
    )


def _form(key: str, value: Any, known: Catalogue) -> Any:
    return str(value) if key == NAME else value_form(key, value, known)


def _joined(heads: Sequence[Mapping[str, Any]], reports: Sequence[Report], varied: Sequence[str]) -> list[Table]:
    """Return tables of the same columns and place as one, each row behind what its question differs by."""
    places: dict[tuple[int, tuple[str, ...]], list[tuple[Mapping[str, Any], Table]]] = {}
    for head, report in zip(heads, reports, strict=True):
        for place, table in enumerate(report.tables):
            places.setdefault((place, tuple(column.head for column in table.columns)), []).append((head, table))
    found = []
    for same in places.values():
        shape = same[0][1]
        front = [Column(_head(key), right=key not in (NAME, CHIP)) for key in varied]
        cells = [[*(_text(key, head.get(key)) for key in varied), *row] for head, table in same for row in table.cells]
        titles = [table.title.split("; ") for _, table in same]
        common = [part for part in titles[0] if all(part in title for title in titles)]
        found.append(shape._replace(title="; ".join(common), columns=[*front, *shape.columns], cells=cells))
    return found


def _head(key: str) -> str:
    q = find_quantity(key)
    return key if q is None else q.column or label_of(key)


def _text(key: str, value: Any) -> str:
    q = find_quantity(key)
    if value is None:
        return "-"
    if q is None or q.is_name or key in (SIZE, CHIP):
        return str(value)
    return str(value) if isinstance(value, str) else q.text(value)


def _sweep(item: Any, known: Catalogue) -> Report:
    from .sweep import rows_report, streams_report

    return streams_report(item) if item.reductions or item.best or item.front else rows_report(item, "json")


def _risk(item: Any, known: Catalogue) -> Report:
    from .risk import risk_report

    return risk_report(item)


def _solve(item: Any, known: Catalogue) -> Report:
    from .solve import solve_report

    return solve_report(item.solutions, item.dims, known)


def _compare(item: Any, known: Catalogue) -> Report:
    from .compare import compare_report

    return compare_report(item, known)


def _wafer(item: Any, known: Catalogue) -> Report:
    from nodecalc.scenarios.wafers import unused_euv

    from .wafer import wafer_report

    return wafer_report(item.wafer, item.other, notes=[*item.notes, *unused_euv(item)])


def _capacity(item: Any, known: Catalogue) -> Report:
    from .capacity import capacity_report

    return capacity_report(item.answers, known)


def _memory(item: Any, known: Catalogue) -> Report:
    from .memory import memory_report

    return memory_report(item.answers)


def _carbon(item: Any, known: Catalogue) -> Report:
    from .carbon import carbon_report

    return carbon_report(item.answers)


def _split(item: Any, known: Catalogue) -> Report:
    from .split import split_report

    return split_report(item.answers, known, item.notes)


def _system(item: Any, known: Catalogue) -> Report:
    from .system import system_report

    return system_report(item.answers[0])


_REPORTS: Final[Mapping[str, Callable[[Any, Any], Report]]] = {
    SWEEP: _sweep, RISK: _risk, SOLVE: _solve, COMPARE: _compare, WAFER: _wafer, CAPACITY: _capacity,
    MEMORY: _memory, CARBON: _carbon, SPLIT: _split, SYSTEM: _system,
}  # fmt: skip
