"""The reports of `nodecalc fit`: what counted dies say of D0, clustering and losses, and what one yield implies."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING, Any

from nodecalc.render.report import Column, Report, Table
from nodecalc.vocabulary import QUANTITIES
from nodecalc.vocabulary.digits import shown, significant

if TYPE_CHECKING:
    from nodecalc.drivers.fit import Fit, Implied

NO_END = "no upper limit"


def fit_report(found: Fit) -> Report:
    """Return the report of one fit."""
    lines = [("D0, /cm2", found.d0_per_cm2, found.d0_low, found.d0_high, "d0" in found.free)]
    if found.alpha is not None:
        lines.append(("alpha", found.alpha, found.alpha_low or 0.0, found.alpha_high, "alpha" in found.free))
    share = "systematic_yield" in found.free
    if share or found.systematic_yield != 1.0:
        low, high = found.systematic_yield_low, found.systematic_yield_high
        lines.append(("systematic yield", found.systematic_yield, low or 0.0, high, share))
    columns = [Column("parameter", right=False), Column("value"), Column("low"), Column("high")]
    cells = [
        [name, _text(value), _text(low), NO_END if high is None else _text(high)]
        if fitted
        else [name, _text(value), "given", "given"]
        for name, value, low, high, fitted in lines
    ]
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


def _text(value: float) -> str:
    return "inf" if value == inf else shown(value, ".4g")
