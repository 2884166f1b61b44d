"""The report of `nodecalc memory`: a die, its bits and what they cost, a package of dies, and market prices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from nodecalc.question.ledger import legend
from nodecalc.render.marks import marked
from nodecalc.render.report import Column, Report, Table
from nodecalc.render.sources import few, figure_sources, source_row
from nodecalc.vocabulary import QUANTITIES
from nodecalc.vocabulary.digits import shown

if TYPE_CHECKING:
    from nodecalc.systems.memory import Memory

LOST: Final = {"good_dies": 12, "wafer_gigabits": 11}
HEADS: Final = {"usd_per_gb": "USD/Gb", "usd_per_gbyte": "USD/GB", "good_die_cost_usd": "USD/good die"}
PACKAGE: Final = {
    "dies_per_package": "dies",
    "package_gigabytes": "GB",
    "stack_yield": "bonds hold",
    "package_cost_usd": "USD",
    "package_usd_per_gbyte": "USD/GB",
}


def memory_report(answers: Sequence[Memory]) -> Report:
    """Return what `nodecalc memory` prints, a row a capacity."""
    first = answers[0]
    keys = list(first.values)
    columns = [Column(HEADS.get(key) or QUANTITIES[key].column, keep=LOST.get(key, 0)) for key in keys]
    cells = [[_text(answer, key) for key in keys] for answer in answers]
    title = f"{first.node.id}: {first.node.foundry} {first.node.name}, {first.node.node_class.upper()}"
    tables = [Table(title, columns, marked(columns, cells))]
    if first.package:
        columns = [Column("die"), *(Column(head) for head in PACKAGE.values())]
        cells = [[f"{a.values['capacity_gb']:g} Gb", *(_package_text(a, key) for key in PACKAGE)] for a in answers]
        tables.append(Table("packages of them", columns, cells))
    if first.prices:
        tables.append(_prices(first))
    notes = list(dict.fromkeys(note for answer in answers for note in answer.notes))
    notes += [first.check] if first.check else []
    return Report(
        "memory",
        [answer.to_dict() for answer in answers],
        tables,
        notes,
        lambda: [
            *figure_sources([_Answered(first)], first.catalogue),
            *(source_row(first.catalogue.source(id_)) for id_ in dict.fromkeys(p.figure.source for p in first.prices)),
        ],
        {"prices": [{"what": p.what, "usd_per_gb": p.usd_per_gb, "source": p.figure.source} for p in first.prices]},
        [(first.node.id, ", ".join(few(f.sources) for f in first.ledger.values()))] if first.ledger else [],
        legend(figure.marks for answer in answers for figure in answer.ledger.values()),
    )


class _Answered:
    """An answer as the list of sources takes it."""

    def __init__(self, answer: Memory) -> None:
        self.node: str | None = answer.node.id
        self.figures = answer.figures


def _text(answer: Memory, key: str) -> str:
    value = answer.values[key]
    text = shown(value, ".4g") if key in ("usd_per_gb", "usd_per_gbyte") else QUANTITIES[key].text(value)
    figure = answer.ledger.get(key)
    return f"{text} {figure.marks}" if figure is not None and figure.marks else text


def _package_text(answer: Memory, key: str) -> str:
    value = answer.package[key]
    if key == "stack_yield":
        return shown(value, ".1%")
    return shown(value, "g") if key in ("dies_per_package", "package_gigabytes") else shown(value, ",.4g")


def _prices(answer: Memory) -> Table:
    columns = [
        Column("market price", right=False),
        Column("USD/Gb"),
        Column("USD/GB"),
        Column("x cost"),
        Column("year"),
        Column("source", right=False, keep=11),
        Column("note", right=False, wrap=True, label=""),
    ]
    cost = answer.values["usd_per_gb"]
    cells = [
        [
            p.what.replace("_", " "),
            shown(p.usd_per_gb, ".4g"),
            shown(p.usd_per_gb * 8.0, ".4g"),
            shown(p.usd_per_gb / cost, ".3g") if cost else "-",
            "" if p.figure.year is None else f"{p.figure.year:g}",
            p.figure.source,
            p.figure.note,
        ]
        for p in answer.prices
    ]
    return Table("published prices of such memory, and how many times the cost they are", columns, cells)
