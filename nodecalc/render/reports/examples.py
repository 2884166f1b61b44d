"""The report of `nodecalc examples`: what there is to start from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nodecalc.render.report import Column, Report, Table

if TYPE_CHECKING:
    from nodecalc.catalogue.examples import Example


def examples_report(found: Sequence[Example]) -> Report:
    """Return name, file, what it shows and a command of each example."""
    rows = [e._asdict() for e in found]
    columns = [
        Column("example", right=False),
        Column("shows", right=False, wrap=True),
        Column("then", right=False, wrap=True, keep=1),
    ]
    cells = [[e.name, e.shows, e.command.replace("FILE", e.file)] for e in found]
    return Report("examples", rows, [Table("", columns, cells)], ["'nodecalc examples NAME -o FILE' writes one out"])
