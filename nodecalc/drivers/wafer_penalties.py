"""Penalties of wafers as numbers: their values, and how sure they are with every ranged figure drawn for both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nodecalc_kernels.stages import run

from .risk.worlds import sampled_bands

if TYPE_CHECKING:
    from nodecalc.wafers.penalties import Penalties


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
