"""The reports of `nodecalc fit`: what counted dies say of D0, clustering and losses, and what one yield implies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nodecalc.render.report import Column, Report, Table
from nodecalc.vocabulary import QUANTITIES
from nodecalc.vocabulary.digits import shown, significant

if TYPE_CHECKING:
    from nodecalc.drivers.fit import Fit, Implied


def fit_report(found: Fit) -> Report:
    """Return the report of one fit."""
    columns = [Column("parameter", right=False), Column("value"), Column("low"), Column("high")]
    cells = [list(row.texts) for row in found.parameters]
    of = "" if found.wafers is None else f" of {found.wafers} wafer{'s' if found.wafers != 1 else ''}"
    title = (
        f"{found.model}: {found.good:,} of {found.dies:,} dies{of} good; "
        f"intervals {shown(100.0 * found.interval, '.4g')}%; ln L {found.log_likelihood:.6g}"
    )
    return Report("fit", [found.to_dict()], [Table(title, columns, cells)], found.notes)


def implied_report(rows: Sequence[Implied], said: str) -> Report:
    """Return the report of the D0 that one yield means under each model."""
    columns = [Column("model", right=False), Column("D0 /cm2")]
    cells = [[row.model, significant(row.d0_per_cm2)] for row in rows]
    values = [row.d0_per_cm2 for row in rows]
    alpha = QUANTITIES["alpha"].default
    note = (
        f"the same yield is D0 {min(values):.4g} to {max(values):.4g} /cm2, by the model "
        f"(negative-binomial at alpha {alpha:g})"
    )
    out: list[dict[str, Any]] = [row._asdict() for row in rows]
    return Report("fit", out, [Table(said, columns, cells)], [note])
