"""What a design that moves to another node is made of: each part shrinks by its own rule."""

from __future__ import annotations

from typing import Final

from .row import Quantity

PORT: Final = (
    Quantity(
        "sram_share", "", "share of the die that is SRAM, which moves by the area of a bit cell", 0.0, 1.0,
        group="port", option="sram-share", metavar="F",
    ),
    Quantity(
        "analog_share", "", "share of the die that is analog and IO, which keeps its area", 0.0, 1.0,
        group="port", option="analog-share", metavar="F",
    ),
)  # fmt: skip
"""The rest is logic, which moves by its density."""
