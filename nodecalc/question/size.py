"""The die: from a size, an area, a transistor count or a real chip to width, height and area."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from nodecalc.errors import InputError
from nodecalc.vocabulary import QUANTITIES
from nodecalc_kernels.cost.die import die_area_for
from nodecalc_kernels.cost.memory import memory_area
from nodecalc_kernels.cost.size import FIELD_LONG_MM, FIELD_SHORT_MM, die_height, die_width, field_height, field_width

from .caution import Caution
from .units import Size, label, number, size

RETICLE_FIELD_MM: Final = (FIELD_SHORT_MM, FIELD_LONG_MM)
"""The largest exposure field, short side first."""

SIZES_GIVEN: Final = ("die_width_mm", "die_height_mm", "die_area_mm2")
SIDE_KEYS: Final = SIZES_GIVEN[:2]
NO_COUNT: Final = "--utilisation sizes a die from --transistors, which is not given; leave it out or give both"

AREA_TOLERANCE: Final = 1e-9
"""How far die_area_mm2 may exceed width x height: rounding of the product, nothing more."""


class Die(NamedTuple):
    """A finished die, without scribe."""

    width_mm: float
    height_mm: float
    area_mm2: float
    """Area that defects can kill; at most width x height."""
    fitted: bool = False
    """Whether only the area was given, and the shape is not square because a square would not fit the field."""

    @property
    def numbers(self) -> dict[str, float]:
        """Its sides and area by key."""
        return dict(zip(SIZES_GIVEN, self[:3], strict=True))

    @property
    def exceeds_reticle(self) -> bool:
        """Whether one exposure field cannot hold it, in either orientation."""
        short, long = sorted((self.width_mm, self.height_mm))
        return short > RETICLE_FIELD_MM[0] or long > RETICLE_FIELD_MM[1]


def stitching_note(width_mm: float, height_mm: float, first: str = "the die of") -> str:
    """Return what is said of a die that one exposure field cannot hold; `first` for one die of several."""
    return Caution(
        f"{first} {width_mm:.4g} x {height_mm:.4g} mm exceeds the {_field()} mm reticle field: it needs stitching"
    )


def shape_notes(die: Die) -> list[str]:
    """Return what is said of a die's shape, where it is not the one that its reader expects or no field holds it."""
    if die.exceeds_reticle:
        return [stitching_note(die.width_mm, die.height_mm)]
    if die.fitted:
        return [
            f"{die.area_mm2:.5g} mm2 is taken as {die.width_mm:.4g} x {die.height_mm:.4g} mm: a square would exceed "
            f"the {_field()} mm reticle field; --aspect or both sides set another shape"
        ]
    return []


def notes_of_dies(width: float, height: float, fitted: bool, by_area: bool) -> list[str]:
    """Return what is said of the shapes of many dies.

    Args:
        width: of the die with the longest side, and of those the largest, mm.
        height: its other side, mm.
        fitted: whether some are as wide as the short side of a reticle field, and taller than that.
        by_area: whether nothing but their area was given.

    """
    notes = []
    if Die(width, height, width * height).exceeds_reticle:
        notes.append(stitching_note(width, height, "some dies are too large; that of"))
    if by_area and fitted:
        notes.append(
            f"dies of {FIELD_SHORT_MM**2:g} to {FIELD_SHORT_MM * FIELD_LONG_MM:g} mm2 are taken as {FIELD_SHORT_MM:g} "
            f"mm wide: a square would exceed the {_field()} mm reticle field; --aspect or both sides set another shape"
        )
    return notes


def _field() -> str:
    return " x ".join(f"{side:g}" for side in RETICLE_FIELD_MM)


def from_size(text: str | float | None, given: Mapping[str, object]) -> Die | None:
    """Return the die that SIZE and the die keys in `given` describe, or None where they describe none.

    `given` maps vocabulary keys to what the user wrote: ``die_width_mm``, ``die_height_mm``, ``die_area_mm2``,
    ``aspect_ratio``.
    """
    width, height, area = (_optional(given, k) for k in ("die_width_mm", "die_height_mm", "die_area_mm2"))
    if text is not None:
        if width is not None or height is not None:
            raise InputError(f"size '{text}' and die_width_mm or die_height_mm: two sizes; give one of them")
        read = size(text) if isinstance(text, str) else Size(None, None, number(text, "die_area_mm2"))
        width, height = read.width_mm, read.height_mm
        if read.area_mm2 is not None:
            if area is not None:
                raise InputError(f"size '{text}' and die_area_mm2 {area:g}: two areas; give one of them")
            area = read.area_mm2
    aspect = _optional(given, "aspect_ratio")
    if (width is None) != (height is None):
        raise InputError("one side of the die alone; give both die_width_mm and die_height_mm, or die_area_mm2")
    if width is not None and height is not None:
        if aspect is not None:
            raise InputError(
                f"{label(QUANTITIES['aspect_ratio'])} {aspect:g} with both sides given; give an area instead"
            )
        product = width * height
        if area is not None and area > product * (1.0 + AREA_TOLERANCE):
            raise InputError(
                f"die_area_mm2 {area:g}: more than width x height, {product:g}; it is the part defects can kill"
            )
        return Die(width, height, product if area is None else area)
    return None if area is None else from_area(area, aspect)


def from_area(area_mm2: float, aspect_ratio: float | None) -> Die:
    """Return the die of that area with width / height = aspect_ratio.

    Without one it is a square where the reticle field holds that; else, where the field holds the area, as wide as
    the field's short side.

    >>> from_area(100.0, None)[:2], from_area(858.0, None)[:2], from_area(900.0, None)[:2]
    ((10.0, 10.0), (26.0, 33.0), (30.0, 30.0))
    """
    if aspect_ratio is not None:
        sides = die_width(area_mm2, aspect_ratio), die_height(area_mm2, aspect_ratio)
        if not all(QUANTITIES["die_width_mm"].holds(side) for side in sides):
            raise InputError(
                f"--aspect-ratio {aspect_ratio:g}: {area_mm2:.4g} mm2 are then {sides[0]:.4g} x {sides[1]:.4g} mm, "
                f"sides outside {QUANTITIES['die_width_mm'].allowed}; give one nearer to 1"
            )
        return Die(*sides, area_mm2)
    width, height = field_width(area_mm2), field_height(area_mm2)
    return Die(width, height, area_mm2, fitted=width != height)


def from_transistors(
    transistors: float, density_mtr_per_mm2: float, utilisation: float, aspect_ratio: float | None
) -> Die:
    """Return the die that `transistors` need at that share of the peak density."""
    q = QUANTITIES["die_area_mm2"]
    area = die_area_for(transistors, density_mtr_per_mm2, utilisation)
    if not q.holds(area):
        raise InputError(
            f"{label(QUANTITIES['transistors'])} {transistors:g}: at {density_mtr_per_mm2:.4g} MTr/mm2 "
            f"that is a die of {area:.4g} mm2, outside {q.allowed}"
        )
    return from_area(area, aspect_ratio)


def from_bits(capacity_gb: float, bit_density: float, aspect_ratio: float | None) -> Die:
    """Return the die that so many gigabits take at that density, Gb/mm2."""
    q = QUANTITIES["die_area_mm2"]
    area = memory_area(capacity_gb, bit_density)
    if not q.holds(area):
        raise InputError(
            f"--capacity {capacity_gb:g} Gb: at {bit_density:.4g} Gb/mm2 that is a die of {area:.4g} mm2, outside "
            f"{q.allowed}"
        )
    return from_area(area, aspect_ratio)


def _optional(given: Mapping[str, object], key: str) -> float | None:
    value = given.get(key)
    return None if value is None else number(value, key)


def check_edge(edge_exclusion_mm: float, wafer_diameter_mm: float) -> None:
    """Refuse an edge exclusion that leaves nothing of the wafer."""
    if 2.0 * edge_exclusion_mm >= wafer_diameter_mm:
        raise InputError(
            f"--edge {edge_exclusion_mm:g} on a {wafer_diameter_mm:g} mm wafer: nothing is left; "
            "allowed: less than half the diameter"
        )
