"""The report of `nodecalc split`: the whole curve over the number of chiplets, and which is least."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from nodecalc.question.inputs import apart_from_density
from nodecalc.question.ledger import legend
from nodecalc.render.marks import assumed_cautions
from nodecalc.render.report import Column, Report, Table
from nodecalc.render.sources import figure_sources
from nodecalc.vocabulary import QUANTITIES
from nodecalc.vocabulary.digits import shown

from .die import cited

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue
    from nodecalc.drivers.estimate import Estimate
    from nodecalc.systems.split import Split

MOST_YIELDS: Final = 4
BAR: Final = 24
"""Characters of the longest bar."""


def split_report(rows: Sequence[Split], catalogue: Catalogue, notes: Sequence[str]) -> Report:
    """Return what `nodecalc split` prints: a table a node, with a column of unit costs for each package yield."""
    nodes = list(dict.fromkeys(row.node for row in rows))
    tables = [_table([row for row in rows if row.node == node]) for node in nodes]
    if len({row.package_yield_given for row in rows}) > 1:
        tables.append(_best(rows))
    dies = [row.die for row in rows]
    said = dict.fromkeys(note for node in nodes for note in next(r.die for r in rows if r.node == node).notes)
    return Report(
        "split",
        [row.to_dict() for row in rows],
        tables,
        [*assumed_cautions(dies), *notes, *apart_from_density(said)],
        lambda: figure_sources(_once(rows), catalogue),
        None,
        [(die.node or "", cited(die, marked=True)) for die in _once_a_node(rows)],
        legend(figure.marks for die in dies for figure in die.figures.values()),
    )


def _best(rows: Sequence[Split]) -> Table:
    """Return the number of dies that is best, by node and package yield."""
    ones = {(row.node, row.package_yield_given): row for row in rows if row.chiplets == 1}
    columns = [Column("node", right=False), *map(Column, ("package yield", "best", "USD/unit", "x one die"))]
    cells = []
    for row in rows:
        if row.best:
            one = ones.get((row.node, row.package_yield_given))
            ratio = "-" if one is None else shown(row.unit_cost_usd / one.unit_cost_usd, ".3f")
            share = f"{row.package_yield_given:.4g}"
            cells.append([row.node or "-", share, f"{row.chiplets}", shown(row.unit_cost_usd, ",.2f"), ratio])
    return Table("the best number of chiplets by package yield", columns, cells)


def _shown(yields: list[float]) -> list[float]:
    """Return the package yields that have a column of their own: of many the first, the middle one and the last."""
    return yields if len(yields) <= MOST_YIELDS else [yields[0], yields[len(yields) // 2], yields[-1]]


def _once_a_node(rows: Sequence[Split]) -> list[Estimate]:
    """Return the answer of one die of each node, whose figures all others of it rest on."""
    return list({row.node: row.die for row in reversed(rows) if row.die.figures}.values())[::-1]


def _once(rows: Sequence[Split]) -> list[Estimate]:
    return [next(row for row in rows if row.node == node).die for node in dict.fromkeys(r.node for r in rows)]


def _table(rows: Sequence[Split]) -> Table:
    """Return one node's table; the best of each package yield is starred, and drawn as bars for the first."""
    bonds = _shown(list(dict.fromkeys(row.package_yield_given for row in rows)))
    counts = list(dict.fromkeys(row.chiplets for row in rows))
    by = {(row.chiplets, row.package_yield_given): row for row in rows}
    columns = [
        Column("chiplets"),
        Column("mm2 each", keep=13),
        Column("dies", keep=15),
        Column("yield", keep=11),
        Column("USD each", keep=14),
        Column("silicon USD", keep=12),
        Column("x one die"),
        *(Column(f"USD at {share:.4g}") for share in bonds),
        Column(f"at {bonds[0]:.4g}", right=False, keep=16),
    ]
    most = max(by[n, bonds[0]].unit_cost_usd for n in counts)
    cells = []
    for n in counts:
        row = by[n, bonds[0]]
        bar = "#" * max(1, round(BAR * row.unit_cost_usd / most))
        units = [by[n, share] for share in bonds]
        cells.append(
            [
                str(n),
                shown(row.die.inputs.die.area_mm2, ".4g"),
                QUANTITIES["gross_dies"].text(row.die.gross_dies),
                QUANTITIES["die_yield"].text(row.die_yield),
                shown(row.die_usd, ",.2f"),
                shown(row.silicon_usd, ",.2f"),
                shown(row.ratio, ".3f"),
                *(f"{unit.unit_cost_usd:,.2f}{' *' if unit.best else '  '}" for unit in units),
                bar,
            ]
        )
    first = rows[0]
    return Table(
        f"{first.node or 'no node'}: cost of a unit by the number of its chiplets; * is least of those listed",
        columns,
        cells,
    )
