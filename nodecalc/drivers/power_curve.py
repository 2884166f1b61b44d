"""What one EUV layer costs against the power of its source, under the inputs of a wafer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from nodecalc.question.ledger import Ledger
from nodecalc.wafers.prices import priced_exposures
from nodecalc.wafers.schemes import EvenPower, PowerPoint, power_curve

if TYPE_CHECKING:
    from .wafer_cost import WaferCost

POWERS_W: Final = (25.0, 50.0, 75.0, 100.0, 150.0, 200.0, 250.0, 350.0, 500.0, 750.0, 1000.0)
"""Source powers of the curve: from what laboratories show to what is announced for 2030."""


class Curve(NamedTuple):
    """What one EUV layer costs against source power."""

    points: Sequence[PowerPoint]
    break_even: Sequence[EvenPower]
    dose_mj_per_cm2: float
    ledger: Ledger
    """The catalogue's figures that it rests on."""

    def beaten(self, point: PowerPoint) -> list[str]:
        """Return the 193i schemes that cost more than the EUV layer at `point`."""
        return [rival.scheme for rival in self.break_even if point.usd_per_layer < rival.usd_per_layer]


def curve_of(w: WaferCost) -> Curve:
    """Return the curve under the inputs of `w`, with a point at its own power where one is given."""
    own = w.inputs.get("euv_source_power_w")
    powers = sorted({*POWERS_W, *(() if own is None else (own,))})
    # Margin, vintage and k_fab are no part of what a layer costs; the curve leaves them aside.
    points, break_even = power_curve(powers, w.catalogue, w.inputs)
    prices = priced_exposures(("euv",), w.catalogue, {"euv_source_power_w": powers[0], **w.inputs})
    values = prices.values
    dose = values.get("euv_dose_mj_per_cm2", values["euv_stated_dose_mj_per_cm2"])
    return Curve(points, break_even, dose, prices.ledger)
