"""What stands beyond the die: units and the wafers that they take."""

from __future__ import annotations

from collections.abc import Mapping
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
        better="higher",
    ),
)  # fmt: skip

OF_CAPACITY: Final = (
    Quantity(
        "units_per_wafer", "", "good units that one started wafer gives", role="output", group="capacity",
        format=",.4g", column="units/wafer", better="higher",
    ),
    Quantity(
        "wafer_starts_per_month", "", "wafers to start each month", 0.0, 1e9, role="output", group="capacity",
        format=",.0f", column="wafers/month", better="lower", also=("wafers_per_month",), counted=True,
    ),
    Quantity(
        "units_per_month", "", "good units that come out each month", role="output", group="capacity",
        format=",.0f", column="units/month", better="higher",
    ),
)  # fmt: skip

BITS: Final = (
    Quantity(
        "capacity_gb", "", "capacity of one die, Gb; also 1Tb, 2GB", 0.0, 1e6, True, group="memory",
        option="capacity", metavar="16Gb", format="g", column="Gb",
    ),
)  # fmt: skip
"""What a die of memory holds."""

PACKAGE: Final = (
    # Parts of a unit
    Quantity("part_count", "", "how many of a part one unit holds", 0.0, 1e4, True, 1.0, group="package", format="g"),
    Quantity("sort_usd", "USD", "wafer sort of one die, good or not", 0.0, 1e5, default=0.0, group="package"),
    Quantity(
        "die_coverage", "", "share of bad dies that wafer sort rejects; no fault coverage", 0.0, 1.0, default=1.0,
        group="package",
    ),
    Quantity("fault_coverage", "", "share of faults that a test detects", 0.0, 1.0, group="package"),
    Quantity("gigabytes", "GB", "capacity of the memory of one unit", 0.0, 1e6, True, group="package", format="g"),
    Quantity("stacks", "", "memory stacks of one unit", 0.0, 1000.0, True, 1.0, group="package", format="g"),
    Quantity("usd_per_stack", "USD", "price of one memory stack", 0.0, 1e6, group="package", format=",.2f"),
    Quantity("carrier_usd", "USD", "one carrier of a unit, ready: interposer, substrate", 0.0, 1e6, group="package"),
    Quantity("carrier_wafer_usd", "USD", "a wafer of carriers", 0.0, 1e6, group="package", format=",.0f"),
    Quantity("units_per_carrier_wafer", "", "carriers on one wafer", 0.0, 1e6, True, group="package", format="g"),
    Quantity("carrier_area_mm2", "mm2", "area of a carrier", 0.0, 1e6, True, group="package"),
    Quantity("usd_per_mm2", "USD", "carrier by its area, USD/mm2", 0.0, 1e4, group="package"),
    Quantity(
        "carrier_area_factor", "", "area of a carrier over that of what stands on it", 0.0, 100.0, True, group="package"
    ),
    Quantity("carrier_d0_per_cm2", "1/cm2", "fatal defects per area of a carrier", 0.0, 100.0, group="package"),
    Quantity("carrier_alpha", "", "clustering of a carrier's defects", 0.05, group="package", format="g"),
    Quantity("carrier_yield", "", "share of carriers that are good", 0.0, 1.0, True, 1.0, group="package"),
    # Assembly and test of the unit
    Quantity("assembly_usd", "USD", "assembly of one unit", 0.0, 1e6, default=0.0, group="package", format=",.2f"),
    Quantity("bond_yield", "", "share of bonds that hold, of one die", 0.0, 1.0, True, 1.0, group="package"),
    Quantity("bonds", "", "dies and stacks that are bonded in one unit", 0.0, 1e4, group="package", format="g"),
    Quantity("test_seconds", "s", "final test of one unit", 0.0, 1e6, default=0.0, group="package"),
    Quantity("tester_usd_per_hour", "USD", "tester, USD an hour", 0.0, 1e5, default=0.0, group="package"),
    Quantity("test_sites", "", "units that a tester takes at a time", 0.0, 1e5, True, 1.0, group="package", format="g"),
    Quantity("test_usd", "USD", "final test of one unit", 0.0, 1e6, group="package", format=",.2f"),
    # One-time costs and sale
    Quantity("mask_usd", "USD", "mask set", 0.0, 1e9, default=0.0, group="package", format=",.0f"),
    Quantity(
        "shared_area_mm2", "mm2", "area of all designs of a multi-project run in the exposure field", 0.0, 1e4, True,
        group="package",
    ),
    Quantity("own_area_mm2", "mm2", "area of this design in it", 0.0, 1e4, group="package"),
    Quantity(
        "lot_usd", "USD", "all wafers of a multi-project run", 0.0, 1e9, default=0.0, group="package", format=",.0f",
    ),
    Quantity("design_usd", "USD", "design, once", 0.0, 1e11, default=0.0, group="package", format=",.0f"),
    Quantity(
        "volume", "", "units made in all, over which one-time costs are spread", 0.0, 1e12, True, group="package",
        option="volume", metavar="N", counted=True, format=",.0f", searched=(1.0, 1e10),
    ),
    Quantity(
        "unit_price_usd", "USD", "price of one unit", 0.0, 1e9, group="package", option="price", format=",.2f",
    ),
    Quantity(
        "price_share_paid", "", "share of the price that goes to others, such as a levy", 0.0, 1.0, default=0.0,
        group="package", option="levy", metavar="F",
    ),
    # Stacks
    Quantity("base_usd", "USD", "base die of a stack", 0.0, 1e6, group="package", format=",.2f"),
    Quantity("core_usd", "USD", "one of the dies on it", 0.0, 1e6, group="package", format=",.2f"),
    Quantity("bond_usd", "USD", "one bond", 0.0, 1e6, group="package", format=",.2f"),
    Quantity(
        "core_quality", "", "share of good ones among the dies that are stacked", 0.0, 1.0, True, 1.0, group="package"
    ),
    Quantity("stack_high", "", "dies on the base of a stack", 0.0, 1000.0, group="package", format="g"),
    # Memory
    Quantity(
        "bit_density", "", "bits over the area of the whole die, Gb/mm2", 0.0, 1e4, True, group="memory",
        option="bit-density", metavar="X", field="bit_density", column="Gb/mm2",
    ),
    Quantity(
        "spares", "", "faults that spare rows and columns of a die can mend", 0.0, 1e6, group="memory",
        option="spares", metavar="N", format="g",
    ),
    Quantity(
        "repairable_fraction", "", "share of the die's faults that spares can mend: its cells", 0.0, 1.0, True,
        group="memory", option="repairable", metavar="F",
    ),
    Quantity(
        "second_wafer_usd", "USD", "the wafer of circuits that is bonded to each wafer of cells", 0.0, 1e5,
        group="memory", option="second-wafer", format=",.0f",
    ),
    Quantity(
        "wafer_bond_usd", "USD", "bonding of a pair of wafers", 0.0, 1e5, default=0.0, group="memory",
        option="wafer-bond", format=",.0f",
    ),
    Quantity(
        "dies_per_package", "", "dies of a package, or cores of a stack on its base die", 1.0, 1024.0, group="memory",
        option="dies-per-package", metavar="N", format="g",
    ),
    Quantity(
        "wafer_gigabits", "", "gigabits on the good dies of one wafer", role="output", group="memory", format=",.0f",
        column="Gb/wafer", better="higher",
    ),
    Quantity(
        "usd_per_gbyte", "USD", "memory by its capacity, USD/GB", 0.0, 1e6, group="package", format=",.3g",
        column="USD/GB",
    ),
    Quantity(
        "usd_per_gb", "USD", "memory by its capacity, USD/Gb", role="output", group="package", format=",.3g",
        column="USD/Gb", better="lower",
    ),
    # Results
    Quantity(
        "materials_usd", "USD", "parts, assembly and test of one assembled unit, good or not", role="output",
        group="package", format=",.2f", better="lower",
    ),
    Quantity(
        "unit_cost_usd", "USD", "one good unit: materials over package yield", role="output", group="package",
        format=",.2f", column="USD/unit", better="lower",
    ),
    Quantity(
        "nre_usd_per_unit", "USD", "one-time costs over the volume", role="output", group="package", format=",.2f",
        better="lower",
    ),
    Quantity(
        "lost_usd", "USD", "what a good unit pays for those that fail", role="output", group="package",
        format=",.2f", better="lower",
    ),
    Quantity(
        "total_usd", "USD", "one good unit with its share of one-time costs", role="output", group="package",
        format=",.2f", column="USD/unit in all", better="lower",
    ),
    Quantity(
        "unit_cost_usd_p10", "USD", "a good unit: one in ten answers within the figures' ranges is cheaper",
        role="output", group="package", format=",.2f", column="P10", better="lower",
    ),
    Quantity(
        "unit_cost_usd_p50", "USD", "a good unit: half the answers within the figures' ranges are cheaper",
        role="output", group="package", format=",.2f", column="P50", better="lower",
    ),
    Quantity(
        "unit_cost_usd_p90", "USD", "a good unit: nine in ten answers within the figures' ranges are cheaper",
        role="output", group="package", format=",.2f", column="P90", better="lower",
    ),
    Quantity(
        "total_usd_p10", "USD", "with one-time costs: one in ten answers within the figures' ranges is cheaper",
        role="output", group="package", format=",.2f", column="P10 in all", better="lower",
    ),
    Quantity(
        "total_usd_p50", "USD", "with one-time costs: half the answers within the figures' ranges are cheaper",
        role="output", group="package", format=",.2f", column="P50 in all", better="lower",
    ),
    Quantity(
        "total_usd_p90", "USD", "with one-time costs: nine in ten answers within the figures' ranges are cheaper",
        role="output", group="package", format=",.2f", column="P90 in all", better="lower",
    ),
    Quantity(
        "margin_after_levy", "", "gross margin less the share of the price that goes to others", role="output",
        group="package", format=".4g", better="higher",
    ),
)  # fmt: skip
"""What units are put together of, and what they cost."""

CARBON: Final = (
    Quantity(
        "wafer_kwh", "kWh", "electricity of one processed wafer", 0.0, 1e6, group="carbon", format=",.0f",
        option="wafer-kwh", metavar="KWH", column="kWh/wafer",
    ),
    Quantity(
        "grid_g_per_kwh", "g/kWh", "emissions of a kWh of the grid, CO2e; or whose grid: taiwan, china", 0.0, 5e3,
        bare=(5.0, 5e3), group="carbon", format=",.0f", option="grid", metavar="COUNTRY", column="grid g/kWh",
    ),
    Quantity(
        "direct_emissions", "g CO2e/cm2", "gases that are not abated, and materials, by area of the wafer", 0.0, 1e5,
        group="carbon", format=",.0f", option="direct-emissions", column="g/cm2 direct",
    ),
    Quantity(
        "wafer_co2_kg", "kg CO2e", "emissions of one processed wafer", role="output", group="carbon", format=",.0f",
        column="kg CO2e/wafer", better="lower",
    ),
    Quantity(
        "good_die_co2_kg", "kg CO2e", "emissions of one good die", role="output", group="carbon", format=",.3g",
        column="kg CO2e/good die", better="lower",
    ),
    Quantity(
        "good_die_kwh", "kWh", "electricity of one good die", role="output", group="carbon", format=",.3g",
        column="kWh/good die", better="lower",
    ),
)  # fmt: skip
"""Energy and emissions."""

PART_KEYS: Final[Mapping[str, Mapping[str, str]]] = {
    "die": {key: key for key in ("sort_usd", "die_coverage", "fault_coverage")} | {"count": "part_count"},
    "bonded": {"count": "part_count", "bond_usd": "bond_usd", "bond_yield": "bond_yield"},
    "memory": {key: key for key in ("stacks", "gigabytes", "usd_per_gbyte", "usd_per_stack")},
    "carrier": {
        "usd": "carrier_usd",
        "usd_per_wafer": "carrier_wafer_usd",
        "units_per_wafer": "units_per_carrier_wafer",
        "area_mm2": "carrier_area_mm2",
    }
    | {"area_factor": "carrier_area_factor", "d0": "carrier_d0_per_cm2", "alpha": "carrier_alpha"}
    | {"usd_per_mm2": "usd_per_mm2", "yield": "carrier_yield", "count": "part_count"},
    "assembly": {"usd": "assembly_usd", "bond_yield": "bond_yield", "bonds": "bonds", "package_yield": "package_yield"},
    "test": {
        "seconds": "test_seconds",
        "usd_per_hour": "tester_usd_per_hour",
        "sites": "test_sites",
        "usd": "test_usd",
    },
    "nre": {"mask_usd": "mask_usd", "design_usd": "design_usd", "products": "part_count"}
    | {key: key for key in ("shared_area_mm2", "own_area_mm2", "lot_usd")},
}
"""Keys of a system's file by kind of part, and the quantity that each is; a die takes those of `estimate` besides."""
