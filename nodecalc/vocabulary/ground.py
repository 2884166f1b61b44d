"""What a wafer map knows beside the die: the shape of the wafer, where its grid stands, the field that prints it."""

from __future__ import annotations

from typing import Final

from .row import Quantity

GROUND: Final = (
    Quantity(
        "flat_mm", "mm", "length of the flat, at the lower edge; semi is that of SEMI M1 for the diameter", 0.0, 300.0,
        default=0.0, group="ground", option="flat", metavar="MM",
    ),
    Quantity(
        "secondary_flat_deg", "deg", "place of a secondary flat, clockwise from the flat seen from the front",
        45.0, 180.0, group="ground",
    ),
    Quantity("secondary_flat_mm", "mm", "length of a secondary flat", 0.0, 300.0, True, group="ground"),
    Quantity(
        "notch_mm", "mm", "dies keep so far from the middle of the notch, which is at the lower edge", 0.0, 50.0,
        default=0.0, group="ground", option="notch", metavar="MM",
    ),
    Quantity("panel_width_mm", "mm", "a panel instead of a wafer, its width", 50.0, 700.0, group="ground"),
    Quantity("panel_height_mm", "mm", "a panel instead of a wafer, its height", 50.0, 700.0, group="ground"),
    Quantity(
        "offset_x_mm", "mm", "a die's centre from the middle of the wafer, to the right", -1000.0, 1000.0,
        group="ground",
    ),
    Quantity(
        "offset_y_mm", "mm", "a die's centre from the middle of the wafer, upwards", -1000.0, 1000.0, group="ground"
    ),
    Quantity("field_width_mm", "mm", "exposure field, its width", 0.1, 700.0, default=26.0, group="ground"),
    Quantity("field_height_mm", "mm", "exposure field, its height", 0.1, 700.0, default=33.0, group="ground"),
    Quantity(
        "stitching_yield", "", "share of dies larger than the field whose stitched seams are good; allows such dies",
        0.0, 1.0, True, group="ground", option="stitched", metavar="F", heading="Fields",
    ),
)  # fmt: skip
