"""Penalties of wafers as numbers: their values, and how sure they are with every ranged figure drawn for both sides."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

from nodecalc.question.caution import Caution
from nodecalc.vocabulary.digits import shown
from nodecalc_kernels.stages import run

from .risk.worlds import sampled_bands

if TYPE_CHECKING:
    from nodecalc.wafers.penalties import Penalties


SIGN_NOTE: Final = "the sign of {names} is not certain: {ranges}"


class Penalty(NamedTuple):
    """One price of doing without."""

    name: str
    value: float
    """With the catalogue's own figures."""
    unit: str
    """Empty for a ratio less 1; else x for a plain ratio, days or USD."""
    p10: float
    p50: float
    p90: float
    """Over the ranges of all figures that were not given, drawn together for both wafers."""
    counterfactual: str

    @property
    def sign_is_certain(self) -> bool:
        """Whether eight of ten worlds agree on the sign; a plain ratio is held against 1."""
        even = 1.0 if self.unit == "x" else 0.0
        return not self.p10 < even < self.p90

    def text(self, value: float) -> str:
        """Return one of its numbers as people read it: a share in per cent, else with its unit."""
        if self.unit == "":
            return shown(value, "+.1%")
        if self.unit == "x":
            return f"{shown(value, '.2f')} x"
        return f"{value:+,.4g} days" if self.unit == "days" else f"{value:+z,.0f} {self.unit}"


def sign_notes(penalties: Iterable[Penalty]) -> list[str]:
    """Say of which penalties nobody can tell whether they are costs or gains."""
    open_ = {p.name: p for p in penalties if not p.sign_is_certain}
    if not open_:
        return []
    ranges = ", ".join(f"{p.text(p.p10)} to {p.text(p.p90)}" for p in open_.values())
    return [Caution(SIGN_NOTE.format(names="; ".join(open_), ranges=ranges))]


def worked_out(found: Penalties) -> tuple[tuple[Penalty, ...], tuple[float, ...]]:
    """Return each penalty with its P10, P50 and P90, and those of the wafer's own cost, in the same worlds."""
    values = run(found.stages, found.starts)
    keys = [*(row.key for row in found.rows), found.cost_key]
    *bands, cost = sampled_bands(found.stages, found.starts, found.ledger.uncertain, keys)
    penalties = tuple(
        Penalty(row.name, values[row.key], row.unit, band[0], band[1], band[2], row.counterfactual)
        for row, band in zip(found.rows, bands, strict=True)
    )
    return penalties, cost
