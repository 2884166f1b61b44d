"""What stands beyond the die: units and the wafers that they take."""

from __future__ import annotations

from typing import Final

from .row import Quantity

CAPACITY: Final = (
    Quantity(
        "units_per_year", "", "good units a year, spread evenly; 12000/month counts twelve times", 0.0, 1e12,
        group="capacity", option="units", metavar="N", counted=True, format=",.0f", column="units/year",
    ),
    Quantity(
        "dies_per_unit", "", "dies of this kind in one unit, such as 2 in a package of two", 0.0, 1e4, True, 1.0,
        group="capacity", option="dies-per-unit", metavar="N", format="g", column="dies/unit",
    ),
    Quantity(
        "package_yield", "", "share of assembled units that are good", 0.0, 1.0, True, 1.0,
        group="capacity", option="package-yield", metavar="F", format=".4g", column="package yield",
    ),
)  # fmt: skip

OF_CAPACITY: Final = (
    Quantity(
        "units_per_wafer", "", "good units that one started wafer gives", role="output", group="capacity",
        format=",.4g", column="units/wafer", better="higher",
    ),
    Quantity(
        "wafer_starts_per_month", "", "wafers to start each month", 0.0, 1e9, role="output", group="capacity",
        format=",.0f", column="wafers/month", better="lower", also=("wafers_per_month",),
    ),
    Quantity(
        "units_per_month", "", "good units that come out each month", role="output", group="capacity",
        format=",.0f", column="units/month", better="higher",
    ),
)  # fmt: skip

PACKAGE: Final = (
    Quantity("fault_coverage", "", "share of faults that a test detects", 0.0, 1.0, group="package"),
    Quantity("base_usd", "USD", "base die of a stack", 0.0, 1e6, group="package", format=",.2f"),
    Quantity("core_usd", "USD", "one of the dies on it", 0.0, 1e6, group="package", format=",.2f"),
    Quantity("bond_usd", "USD", "one bond", 0.0, 1e6, group="package", format=",.2f"),
    Quantity("bond_yield", "", "share of bonds that hold, of one die", 0.0, 1.0, True, group="package"),
    Quantity(
        "core_quality", "", "share of good ones among the dies that are stacked", 0.0, 1.0, True, 1.0, group="package"
    ),
    Quantity("stack_high", "", "dies on the base of a stack", 0.0, 1000.0, group="package", format="g"),
)  # fmt: skip
"""What stacks and tests start from."""
