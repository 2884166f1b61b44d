"""What an answer holds: the results of a die, and those of a wafer's cost by its layers."""

from __future__ import annotations

from typing import Final

from .row import Quantity

OF_DIE: Final = (
    Quantity(
        "gross_dies", "", "whole dies on one wafer",
        role="output", format=".10g", column="dies", better="higher", table=(3, 6),
    ),
    Quantity("mean_faults", "", "mean fatal defects on a die", role="output", column="faults", better="lower"),
    Quantity(
        "die_yield", "", "share of gross dies that are good (random x systematic)", 0.0, 1.0,
        role="output", format=".1%", column="yield", better="higher", table=(2, 5), also=("yield",),
    ),
    Quantity("good_dies", "", "gross dies x yield", role="output", format=".1f", column="good", better="higher"),
    Quantity(
        "die_cost_usd", "USD", "wafer price / (line yield x gross dies)",
        role="output", format=",.2f", column="USD/die", better="lower",
    ),
    Quantity(
        "good_die_cost_usd", "USD", "wafer price / (line yield x good dies)",
        role="output", format=",.2f", column="USD/good die", better="lower", table=(6, 0), also=("cost",),
    ),
    Quantity(
        "sellable_yield", "", "with harvest or bins: share of gross dies that can be sold", 0.0, 1.0,
        role="output", group="salvage", format=".1%", column="sellable", better="higher",
    ),
    Quantity(
        "sellable_dies", "", "gross dies x sellable yield",
        role="output", group="salvage", format=".1f", column="sellable dies", better="higher",
    ),
    Quantity(
        "sellable_die_cost_usd", "USD", "wafer price / (line yield x sellable dies), whatever bin a die is sold in",
        role="output", group="salvage", format=",.2f", column="USD/sellable die", better="lower",
    ),
    Quantity(
        "revenue_per_wafer_usd", "USD", "with prices of bins: what the dies of a bought wafer earn, line yield counted",
        role="output", group="salvage", format=",.0f", column="revenue/wafer USD", better="higher",
    ),
    Quantity(
        "good_die_cost_usd_p10", "USD", "one in ten answers within the figures' ranges is cheaper",
        role="output", format=",.2f", column="P10", better="lower", also=("p10",),
    ),
    Quantity(
        "good_die_cost_usd_p50", "USD", "half the answers within the figures' ranges are cheaper",
        role="output", format=",.2f", column="P50", better="lower", also=("p50",),
    ),
    Quantity(
        "good_die_cost_usd_p90", "USD", "nine in ten answers within the figures' ranges are cheaper",
        role="output", format=",.2f", column="P90", better="lower", also=("p90",),
    ),
    Quantity(
        "good_die_cost_ratio", "", "good die cost / that of the first node",
        role="output", group="comparison", format=".2f", column="x first", better="lower", table=(8, 10),
    ),
    Quantity(
        "logic_density_mtr_per_mm2", "MTr/mm2", "node's high-density logic on the Bohr yardstick", 0.0, 1e5, True,
        role="output", format=".1f", option="density", column="MTr/mm2", field="density", better="higher",
        table=(9, 11),
    ),
    Quantity(
        "peak_transistors", "", "density x die area", role="output", format=".3g", column="transistors", better="higher"
    ),
    Quantity(
        "usd_per_billion_transistors", "USD",
        "good die cost per 10^9 transistors: those counted, or those at peak where no count is known",
        role="output", format=",.2f", column="USD/10^9 tr", better="lower", table=(10, 12),
    ),
)  # fmt: skip

OF_WAFER: Final = (
    Quantity(
        "wafer_cost_usd", "USD", "substrate + patterning + process of the layers",
        role="output", group="wafer", format=",.0f", column="wafer USD", better="lower",
    ),
    Quantity(
        "wafer_cost_usd_p10", "USD", "one in ten answers within the ranges is cheaper",
        role="output", group="wafer", format=",.0f", column="P10", better="lower",
    ),
    Quantity(
        "wafer_cost_usd_p50", "USD", "half the answers within the ranges are cheaper",
        role="output", group="wafer", format=",.0f", column="P50", better="lower",
    ),
    Quantity(
        "wafer_cost_usd_p90", "USD", "nine in ten answers within the ranges are cheaper",
        role="output", group="wafer", format=",.0f", column="P90", better="lower",
    ),
    Quantity(
        "patterning_usd", "USD", "exposures and the steps that belong to them",
        role="output", group="wafer", format=",.0f", column="patterning USD", better="lower",
    ),
    Quantity(
        "process_usd", "USD", "what the layers cost beside patterning",
        role="output", group="wafer", format=",.0f", column="process USD", better="lower",
    ),
    Quantity(
        "mask_set_usd", "USD", "one set of masks of the stack",
        role="output", group="wafer", format=",.4g", column="mask set USD", better="lower",
    ),
    Quantity(
        "mask_set_per_wafer_usd", "USD", "the mask set over the wafers of the product",
        role="output", group="wafer", format=",.2f", column="masks USD/wafer", better="lower",
    ),
    Quantity(
        "design_layers", "", "patterned layers of the stack",
        role="output", group="wafer", format=".10g", column="layers", better="lower",
    ),
    Quantity(
        "masks", "", "masks of the stack",
        role="output", group="wafer", format=".10g", column="masks", better="lower",
    ),
    Quantity(
        "exposures", "", "exposures a wafer sees",
        role="output", group="wafer", format=".10g", column="exposures", better="lower",
    ),
    Quantity(
        "euv_exposures", "", "exposures with EUV",
        role="output", group="wafer", format=".10g", column="EUV", better="lower",
    ),
)  # fmt: skip
