"""Two wafers side by side: the ratio of their costs and of their good dies', with everything drawn for both alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .wafer_penalties import Penalty, worked_out

if TYPE_CHECKING:
    from nodecalc.wafers.penalties import Penalties

    from .wafer_cost import WaferCost


class Compared(NamedTuple):
    """Another wafer beside the one asked for, priced alike."""

    wafer: WaferCost
    ratio: float
    """Cost of the wafer asked for over this one's."""
    p10: float
    p50: float
    p90: float
    """Over the ranges of all figures that were not given, drawn together for both wafers."""
    price_ratio: float
    penalties: tuple[Penalty, ...]
    """What the wafer asked for costs more: per wafer, per good die, cycle time, mask set."""
    basis: Penalties


def compare(w: WaferCost, other: WaferCost) -> Compared:
    """Return `other` beside `w`: the ratio of their costs with its P10, P50 and P90, and of their prices."""
    from nodecalc.wafers.penalties import penalties_against

    found = penalties_against(
        w.stack_layers, other.stack_layers, w.catalogue, w.layer_inputs, w.areas_mm2, (w.where, other.where), w.year
    )
    rows, _ = worked_out(found)
    over = rows[0]
    price = w.wafer_price_usd / other.wafer_price_usd
    return Compared(other, 1.0 + over.value, 1.0 + over.p10, 1.0 + over.p50, 1.0 + over.p90, price, rows, found)
