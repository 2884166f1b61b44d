"""The report of `nodecalc capacity`: wafers for units, what limits them, and what was published of the fabs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from nodecalc.question.inputs import apart_from_density
from nodecalc.question.ledger import legend
from nodecalc.render.marks import assumed_cautions, marked
from nodecalc.render.report import Column, Report, Table
from nodecalc.render.sources import few, figure_name, figure_sources, source_row
from nodecalc.systems.idle import LINE
from nodecalc.vocabulary import QUANTITIES
from nodecalc.vocabulary.digits import shown

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue
    from nodecalc.systems.capacity import Capacity

MISSING: Final = "-"
WAFERS: Final = "wafer_starts_per_month"
FIRST_LOST: Final = {"package_yield": 13, LINE: 14, "units_per_month": 12, "units_per_wafer": 11}
"""Columns that a narrow terminal may lose, the largest first."""


def capacity_report(answers: Sequence[Capacity], catalogue: Catalogue) -> Report:
    """Return what `nodecalc capacity` prints for `answers` about one die, a row each."""
    rows = [answer.to_dict() for answer in answers]
    keys = [key for key in answers[0].values if key != LINE or any(a.values[LINE] != 1.0 for a in answers)]
    columns = [Column(QUANTITIES[key].column or key.replace("_", " "), keep=FIRST_LOST.get(key, 0)) for key in keys]
    limited = any(answer.bottleneck for answer in answers)
    if limited:
        columns.append(Column("bottleneck", right=False))
    cells = []
    for answer in answers:
        line = [QUANTITIES[key].text(answer.values[key]) for key in keys]
        cells.append([*line, answer.bottleneck or MISSING] if limited else line)
    tables = [Table(_title(answers[0]), columns, marked(columns, cells))]
    if limited:
        tables.append(_limits(answers))
    published = answers[0].published
    if published:
        tables.append(_published(answers))
    first = answers[0]
    return Report(
        "capacity",
        rows,
        tables,
        [*assumed_cautions(answers), *_notes(answers)],
        lambda: [
            *figure_sources(answers[:1], catalogue),
            *(source_row(catalogue.source(id_)) for id_ in dict.fromkeys(p.figure.source for p in published)),
        ],
        {
            "published": [
                {
                    "fab": p.fab,
                    "when": p.when,
                    "wafers_per_month": p.wafers_per_month,
                    "low": p.low,
                    "high": p.high,
                    "scope": p.of or None,
                    "note": p.figure.note or None,
                    "kind": p.figure.kind,
                    "year": p.figure.year,
                    "source": p.figure.source,
                }
                for p in published
            ]
        },
        [
            (
                first.node or "",
                ", ".join(
                    f"{figure_name(k)}{f' {f.marks}' if f.marks else ''} {few(f.sources)}"
                    for k, f in first.figures.items()
                ),
            )
        ]
        if first.figures
        else [],
        legend(figure.marks for answer in answers for figure in answer.figures.values()),
    )


def _title(answer: Capacity) -> str:
    """Return what the rows have in common."""
    if answer.inputs is None:
        return "dies a wafer and yield as given"
    die, name = answer.inputs.die, f"{answer.chip.name}: " if answer.chip is not None else ""
    on = "" if answer.node is None else f" on {answer.node}"
    if answer.has_die:
        return f"{name}die {die.width_mm:.4g} x {die.height_mm:.4g} mm{on}"
    return f"dies a wafer and yield as given{on}"


def _notes(answers: Sequence[Capacity]) -> list[str]:
    """Return what is to be said, each once; of the checks against revenue that of the most wafers."""
    scopes = {f"{_plain(p.fab)}: {p.of}": None for p in answers[0].published if p.of}
    checks = [answer.revenue for answer in answers if answer.revenue is not None]
    said = apart_from_density(dict.fromkeys(note for answer in answers for note in answer.remarks))
    most = [max(checks, key=lambda check: check.wafers_per_month).told] if checks else []
    late = [] if answers[0].cycle is None else [answers[0].cycle.told]
    return [*said, *scopes, *late, *most]


def _plain(fab: str) -> str:
    return fab.partition(".")[2].replace("_", " ")


def _limits(answers: Sequence[Capacity]) -> Table:
    names = list(dict.fromkeys(name for answer in answers for name in answer.limits))
    columns = [Column("bottleneck", right=False), *(Column(name) for name in names)]
    cells = [
        [answer.bottleneck or MISSING, *(shown(answer.limits[name], ",.0f") for name in names)] for answer in answers
    ]
    return Table("units a month that each allows", columns, cells)


def _published(answers: Sequence[Capacity]) -> Table:
    """Return what was published of the fabs, and the share of it that the fewest and the most wafers are."""
    wafers = sorted({answer.values[WAFERS] for answer in answers})
    columns = [
        Column("of", right=False),
        Column("wafers/month"),
        Column("range", keep=11),
        Column("share"),
        Column("kind", right=False, keep=13),
        Column("year"),
        Column("source", right=False, keep=12),
        Column("note", right=False, wrap=True, label=""),
    ]
    cells = []
    for p in answers[0].published:
        ends = [shown(wafers[0] / p.wafers_per_month, ".0%")]
        if len(wafers) > 1:
            ends.append(shown(wafers[-1] / p.wafers_per_month, ".0%"))
        span = MISSING if p.low == p.high else f"{p.low:,.0f}-{p.high:,.0f}"
        year = "" if p.figure.year is None else f"{p.figure.year:g}"
        name = f"{_plain(p.fab)} {p.when.replace('_', ' ')}"
        cells.append(
            [
                name,
                f"{p.wafers_per_month:,.0f}",
                span,
                "-".join(ends),
                p.figure.kind,
                year,
                p.figure.source,
                p.figure.note,
            ]
        )
    return Table("published wafers a month of the fabs, and what share of them the answer takes", columns, cells)
