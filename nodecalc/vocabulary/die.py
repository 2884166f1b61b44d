"""What describes a die: its size, its yield, its wafer. The help of commands lists the options in this order."""

from __future__ import annotations

from typing import Final

from .row import Quantity

_NOMINAL: Final = {18: 450, 12: 300, 8: 200, 6: 150, 5: 125, 4: 100, 3: 75, 2: 50}
_INCHES: Final = tuple((f"{inches}{mark}", mm) for inches, mm in _NOMINAL.items() for mark in ("in", '"', "inch"))

DIE: Final = (
    # Size
    Quantity(
        "die_width_mm", "mm", "finished die, without scribe", 0.05, 450.0,
        group="size", column="width", also=("width",),
    ),
    Quantity(
        "die_height_mm", "mm", "finished die, without scribe", 0.05, 450.0,
        group="size", column="height", also=("height",),
    ),
    Quantity(
        "die_area_mm2", "mm2", "area that defects can kill; never includes scribe", 0.0025, 160000.0,
        group="size", column="die mm2", also=("area",), searched=(1.0, 858.0),
    ),
    Quantity(
        "transistors", "", "transistors the die must hold, instead of a size", 1e3, 1e14,
        group="size", option="transistors", metavar="N", counted=True,
    ),
    Quantity(
        "density_utilisation", "",
        "share of the peak logic density that the chip reaches; sizes a die from transistors",
        0.0, 1.0, True, 0.8, group="size", option="utilisation", metavar="F",
    ),
    Quantity(
        "chip_class", "", "class of the chip, whose share of the peak density sizes its die: any, phone, gpu or cpu",
        default="any", format="", group="size", option="class", metavar="CLASS",
    ),
    Quantity(
        "aspect_ratio", "", "width / height where only an area is given; square where the reticle field holds it",
        0.01, 100.0, default=1.0, group="size", option="aspect", metavar="R",
    ),
    Quantity(
        "year", "", "year of the answer: evidence of D0 and price near it weighs more", 1990.0, 2035.0,
        default=2026.0, format="g", option="year", metavar="Y", heading="Figures",
    ),
    # Yield
    Quantity(
        "yield_model", "", "defect yield model",
        default="murphy", format="", option="model", metavar="ID", column="model", heading="Defects",
    ),
    Quantity(
        "d0_per_cm2", "1/cm2", "fatal defects per area, of the whole process; of one layer for bose-einstein",
        0.0, 1000.0, option="d0", column="D0 /cm2", field="d0", bare=(1e-4, 10.0), table=(1, 4), heading="Defects",
    ),
    Quantity(
        "alpha", "", "clustering of defects, negative-binomial only; inf is no clustering", 0.05,
        default=2.0, option="alpha", heading="Defects",
    ),
    Quantity(
        "critical_layers", "", "critical layers n, bose-einstein only; D0 is then per layer",
        0.0, 1000.0, low_open=True, option="layers", metavar="N", heading="Defects",
    ),
    Quantity(
        "critical_area_fraction", "", "share of the die that a defect can kill", 0.0, 1.0, True, 1.0,
        option="critical-area", metavar="F", heading="Defects",
    ),
    Quantity(
        "systematic_yield", "", "gross and parametric losses, multiplies the random yield", 0.0, 1.0, True, 1.0,
        option="systematic-yield", metavar="F", heading="Defects",
    ),
    Quantity(
        "line_yield", "", "wafers out / wafers in", 0.0, 1.0, True, 1.0,
        option="line-yield", metavar="F", heading="Defects",
    ),
    # How defects run from the wafer's centre to its edge
    Quantity(
        "radial_shape", "", "how the defect density runs from the wafer's centre to its edge: flat, step, power",
        default="flat", format="", option="radial", metavar="SHAPE", column="radial", heading="Defects",
    ),
    Quantity(
        "radial_start", "", "radius over that of the usable circle beyond which a step has more defects", 0.0, 1.0,
        option="radial-start", metavar="F", column="step from", heading="Defects",
    ),
    Quantity(
        "radial_factor", "", "defect density beyond a step over that within", 0.0, 1e6,
        option="radial-factor", column="step x", heading="Defects",
    ),
    Quantity(
        "radial_rise", "", "b of a power law, whose density is 1 + b (r/R)^p times that of the centre", 0.0, 1e6,
        option="radial-rise", metavar="B", column="rise", heading="Defects",
    ),
    Quantity(
        "radial_exponent", "", "p of a power law", 0.0, 1e6, True,
        option="radial-exponent", metavar="P", column="exponent", heading="Defects",
    ),
    Quantity(
        "d0_is", "", "with a radial shape, where D0 is the density: centre, disc-mean, die-mean",
        default="centre", format="", option="d0-is", metavar="WHERE", column="D0 is", heading="Defects",
    ),
    # Salvage
    Quantity(
        "harvest", "", "units that must be good for a die to sell, of all that it has, such as 132/144",
        default="", format="", option="harvest", metavar="NEED/TOTAL", heading="Salvage",
    ),
    Quantity(
        "units_needed", "", "units of a die that must be good for it to sell; harvest in a number of its own",
        0.0, 1e6, format=".10g", option="units-needed", metavar="N", column="units needed", heading="Salvage",
    ),
    Quantity(
        "units_total", "", "equal units on a die, such as cores; harvest in a number of its own", 1.0, 1e6,
        format=".10g", option="units-total", metavar="N", column="units", heading="Salvage",
    ),
    Quantity(
        "unit_group", "", "units that are switched off together, such as the two of a pair",
        1.0, 1e6, default=1.0, format=".10g", option="unit-group", metavar="N", heading="Salvage",
    ),
    Quantity(
        "core_fraction", "", "share of the die that its units cover", 0.0, 1.0, True, 0.6,
        option="core-fraction", metavar="F", heading="Salvage",
    ),
    Quantity(
        "bins", "", "a bin that dies are sold in: the units that it asks for, and its price; give one for each",
        default="", format="", option="bin", metavar="NAME=NEED[:USD]", several=True, heading="Salvage",
    ),
    # Wafer
    Quantity(
        "wafer_price_usd", "USD", "what the buyer pays for one processed wafer", 1.0, 1e7,
        format=",.0f", option="wafer-price", column="wafer USD", field="wafer_price",
        searched=(10.0, 1e6), table=(4, 3), heading="Wafer",
    ),
    Quantity(
        "wafer_basis", "",
        "what a wafer counts: price (what the buyer pays) or cost (what its layers cost, by the node's stack)",
        default="price", format="", option="wafer-basis", metavar="BASIS", heading="Wafer",
    ),
    Quantity(
        "wafer_diameter_mm", "mm", "wafer diameter", 25.0, 450.0, default=300.0,
        format="g", option="wafer", metavar="MM", column="wafer mm", field="wafer_diameter", misnamed=_INCHES,
        heading="Wafer",
    ),
    Quantity(
        "edge_exclusion_mm", "mm", "ring at the wafer edge that holds no good die", 0.0, 50.0, default=3.0,
        option="edge", metavar="MM", heading="Wafer",
    ),
    Quantity(
        "scribe_mm", "mm", "street between two dies, both directions", 0.0, 5.0, default=0.1,
        option="scribe", metavar="MM", heading="Wafer",
    ),
    Quantity(
        "placement", "", "method that counts dies per wafer",
        default="best", format="", option="placement", metavar="ID", heading="Wafer",
    ),
    Quantity(
        "edge_rule", "", "what must lie inside the usable circle: finished-die or whole-cell (die and street)",
        default="finished-die", format="", option="edge-rule", metavar="RULE", heading="Wafer",
    ),
)  # fmt: skip

MONEY: Final = (
    Quantity(
        "rate", "",
        "exchange rate of amounts such as 90000CNY or 8kEUR, as markets quote it: CNY=7.2 (CNY for one USD), EUR=1.08 "
        "(USD for one EUR), or a pair, USDEUR=0.93",
        default="", format="", group="money", option="rate", metavar="CNY=X", heading="Figures", several=True,
    ),
)  # fmt: skip
"""What amounts in other money than USD are read with."""
