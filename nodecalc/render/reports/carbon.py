"""The report of `nodecalc carbon`: every published reading of a wafer's electricity and emissions, a row each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from nodecalc.question.inputs import apart_from_density
from nodecalc.render.report import Column, Report, Table
from nodecalc.render.sources import source_row
from nodecalc.vocabulary import QUANTITIES

if TYPE_CHECKING:
    from nodecalc.systems.carbon import Carbon

NOTE: Final = "readings differ in what they count, and are of a class of nodes, not of one fab"
KEEP: Final = {"direct_emissions": 11, "good_die_kwh": 12}


def carbon_report(answers: Sequence[Carbon]) -> Report:
    """Return what `nodecalc carbon` prints: a table of readings a node."""
    first = answers[0]
    keys = list(dict.fromkeys(key for a in answers for r in a.readings for key in r.values))
    columns = [
        Column("node", right=False),
        Column("reading", right=False),
        *(Column(QUANTITIES[key].column, keep=KEEP.get(key, 0)) for key in keys),
        Column("source", right=False, keep=13),
        Column("note", right=False, wrap=True, label=""),
    ]
    cells = [
        [
            a.node.id,
            r.name,
            *(QUANTITIES[key].text(r.values[key]) if key in r.values else "-" for key in keys),
            r.figures[0].source if r.figures else "given",
            r.note,
        ]
        for a in answers
        for r in a.readings
    ]
    die = first.inputs.die if first.inputs is not None else None
    of = "" if die is None else f"; die {die.width_mm:.4g} x {die.height_mm:.4g} mm"
    title = f"electricity and emissions; grid {first.place}, {first.grid_g_per_kwh:g} g CO2e a kWh{of}"
    notes = [
        *([NOTE] if any(r.figures for a in answers for r in a.readings) else []),
        *apart_from_density(dict.fromkeys(note for a in answers for note in a.notes)),
    ]
    seen = {source.id: source for a in answers for source in a.sources}
    return Report(
        "carbon",
        [row for a in answers for row in a.to_rows()],
        [Table(title, columns, cells)],
        notes,
        lambda: [source_row(source) for source in seen.values()],
    )
