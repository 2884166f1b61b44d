"""A die of memory by its capacity: gigabits as people write them, and the area that they take."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from nodecalc.doors import brief
from nodecalc.errors import InputError, StrictError

if TYPE_CHECKING:
    from .ledger import UsedFigure

CAPACITY: Final = "capacity_gb"
BIT_DENSITY: Final = "bit_density"
IN_GB: Final = {
    "Gb": 1.0, "Gbit": 1.0, "Tb": 1024.0, "Tbit": 1024.0, "Mb": 1.0 / 1024.0, "Mbit": 1.0 / 1024.0, "GB": 8.0,
    "TB": 8192.0,
}  # fmt: skip
"""Units of a capacity: bits and bytes differ by the case of the b alone."""
_CAPACITY: Final = re.compile(r"\s*(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)\s*([A-Za-z]*)\s*")
SIZED: Final = ("die_width_mm", "die_height_mm", "die_area_mm2", "transistors")
"""What else says how large a die is: beside one of these a capacity says what it holds."""
IDLE: Final = "--bit-density sizes a die from --capacity; leave it out, or leave out the size"


def gigabits_of(text: str) -> float:
    """Return a capacity in Gb from a text such as ``16Gb``, ``1Tb``, ``2GB``; a number alone is in Gb."""
    match = _CAPACITY.fullmatch(text)
    if match is None or (match[2] and match[2] not in IN_GB):
        raise InputError(f"--capacity {brief(text)}: write 16Gb (gigabits), 1Tb or 2GB (gigabytes)")
    return float(match[1]) * IN_GB.get(match[2], 1.0)


def sized_by_bits(given: Collection[str], has_size: bool = False) -> bool:
    """Whether a die has the size that its bits take: nothing else of what is `given` says it."""
    return CAPACITY in given and not has_size and not any(key in given for key in SIZED)


def refuse_sized(figure: UsedFigure) -> None:
    """Refuse, in strict mode, a die whose area is worked out from a node's bit density, however that is known."""
    raise StrictError(
        f"--strict: the area of a die sized from {figure.value:.4g} Gb/mm2 is estimated; give the size or "
        "--bit-density, or leave out --strict"
    )


def bits_note(figure: UsedFigure, owner: str) -> str:
    """Return what is said of a die that was sized by a node's bit density."""
    of = f" ({figure.figures[0].note})" if figure.figures and figure.figures[0].note else ""
    return (
        f"{owner}: sized from {figure.value:.4g} Gb/mm2{of}, estimated: the periphery of another die or interface "
        "takes another share; P10-P90 leave that out"
    )
