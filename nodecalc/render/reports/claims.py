"""The report of `nodecalc claims`: what was said, what the calculator answers, and the commands that answer it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nodecalc.render.report import Column, Report, Table
from nodecalc.render.sources import source_row

if TYPE_CHECKING:
    from nodecalc.systems.claims import Answered


def claims_report(answers: Sequence[Answered], one: bool) -> Report:
    """Return what `nodecalc claims` prints: a block a claim; of `one` with commands and what it hangs on."""
    columns = [
        Column("claim", right=False),
        Column("status", right=False),
        Column("said", right=False, wrap=True, label="said"),
        Column("answer", right=False, wrap=True, label="answer"),
    ]
    if one:
        columns += [
            Column("question", right=False, wrap=True, label="question"),
            Column("turns on", right=False, wrap=True, label="turns on"),
            Column("by", right=False, wrap=True, label="by"),
        ]
    cells = []
    for a in answers:
        line = [a.claim.id, a.claim.status, a.claim.says, a.answer]
        if one:
            line += [a.claim.question, a.claim.turns_on, "; ".join((*a.commands, *_figures(a)))]
        cells.append(line)
    notes = []
    if not one:
        notes.append("'nodecalc claims ID' shows the question, what the answer turns on and the commands that give it")
        notes.append(
            "reproduced: the calculator bears it out; contradicted: it or what is known speaks against it; open: it "
            "hangs on what is not public; consistency: the paper is set against itself"
        )
    stale = [a.claim.id for a in answers if not a.holds]
    if stale:
        notes.insert(0, f"figures have moved, so that the words of the answer may no longer hold: {', '.join(stale)}")
    title = "claims of press and policy papers of 2025, and what the calculator answers"
    seen = {source.id: source for a in answers for source in a.sources}
    return Report(
        "claims",
        [a.to_dict() for a in answers],
        [Table(title, columns, cells, blocks=True)],
        notes,
        lambda: [source_row(source) for source in seen.values()],
    )


def _figures(found: Answered) -> list[str]:
    """Return the figures that no command prints, each with its value and its table's file."""
    said = []
    for name, path in found.claim.figure.items():
        table, group, key = path.split("/")
        said.append(f"no command: {found.number(name):,.12g}, {key} of [{group}] in nodecalc's {table}.toml")
    return said
