"""Two wafers side by side: the ratio of their costs, and how far it depends on what nobody knows of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nodecalc.wafers.penalties import costs_over_phi

if TYPE_CHECKING:
    from .wafer_cost import WaferCost


class Compared(NamedTuple):
    """Another wafer beside the one asked for, priced alike."""

    wafer: WaferCost
    ratio: float
    """Cost of the wafer asked for over this one's."""
    low: float
    high: float
    """Over phi from 0 to 1, the layer cost fitted anew each time; a phi that the user gave is exact."""
    price_ratio: float


def compare(w: WaferCost, other: WaferCost) -> Compared:
    """Return `other` beside `w`: the ratio of their costs, its range over phi, and the ratio of their prices."""
    several = (costs_over_phi(one.stack_layers, one.catalogue, one.inputs) for one in (w, other))
    ratios = [mine / theirs for mine, theirs in zip(*several, strict=True)]
    return Compared(other, ratios[0], min(ratios), max(ratios), w.wafer_price_usd / other.wafer_price_usd)
