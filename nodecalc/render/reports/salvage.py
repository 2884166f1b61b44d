"""Tables of dies that sell with some units bad: both yields side by side, and the bins that they sell in."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from nodecalc.question.salvage import CORES, RESULTS, SCRAP, bins_of, sold_with
from nodecalc.render.report import Column, Table
from nodecalc.vocabulary import QUANTITIES
from nodecalc.vocabulary.digits import shown, significant

if TYPE_CHECKING:
    from nodecalc.drivers.estimate import Estimate

WHOLE: Final = {"die_yield": "all good", "good_dies": "all-good dies", "good_die_cost_usd": "USD/all-good die"}
"""What stands beside the results of salvage, in their order, and its heads here."""


def salvage_tables(estimates: Sequence[Estimate]) -> list[Table]:
    """Return the table of both yields, and that of the bins where there are any."""
    sold = [e for e in estimates if e.sellable_yield is not None]
    keys = [key for pair in zip_longest(WHOLE, RESULTS) for key in pair if key is not None]
    keys = [key for key in keys if any(getattr(e, key) is not None for e in sold)]
    columns = [Column("node", right=False), *(Column(WHOLE.get(key) or QUANTITIES[key].column) for key in keys)]
    cells = [[e.node or "-", *(QUANTITIES[key].text(getattr(e, key)) for key in keys)] for e in sold]
    first = sold[0]
    marks = f" {first.figures[CORES].marks}" if CORES in first.figures else ""
    cover = f"units on {significant(first.inputs.numbers[CORES])}{marks} of the die"
    title = f"sold with {sold_with(first.inputs.numbers, first.figures)}; {cover}"
    tables = [Table(title, columns, cells)]
    return [*tables, _bins(sold)] if first.bins is not None else tables


def _bins(sold: Sequence[Estimate]) -> Table:
    columns = [
        Column("node", right=False),
        Column("bin", right=False),
        Column("units needed"),
        Column("of gross dies"),
        Column("dies/wafer"),
        Column("USD each"),
    ]
    cells = []
    for e in sold:
        rows = {row.name: row for row in bins_of(e.inputs.names)}
        for name, p in (e.bins or {}).items():
            row = rows.get(name)
            usd = "-" if row is None or row.usd is None else shown(row.usd, ",.0f")
            need = "-" if row is None else str(row.need)
            cells.append([e.node or "-", name, need, shown(p, ".2%"), shown(p * e.gross_dies, ".1f"), usd])
    return Table(f"each die in the best bin that it fits; what fits none is {SCRAP}", columns, cells)
