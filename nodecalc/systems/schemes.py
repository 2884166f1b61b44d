"""Kinds of carriers, a row each: where their wafer's price, their yield and their bonds come from."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from nodecalc.errors import InputError

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue

FOOTPRINT: Final = "memory/hbm.generic/cube_footprint"


class Scheme(NamedTuple):
    """A kind of carrier."""

    key: str
    group: str
    """Group of the table packages with its figures: wafer_cost, d0, alpha, area_factor, bond_yield."""
    by_wafer: bool
    """Whether carriers come off wafers or panels; else they are priced by their area."""
    first: bool
    """Whether it is made on the dies, which are lost with it."""
    formula: str
    when: str


SCHEMES: Final[Mapping[str, Scheme]] = MappingProxyType(
    {
        row.key: row
        for row in (
            Scheme(
                "organic",
                "scheme.organic_flip_chip",
                False,
                False,
                "R = p f A",
                "flip-chip on an organic substrate of f times the silicon",
            ),
            Scheme(
                "fan-out",
                "scheme.fan_out",
                True,
                True,
                "R = W / N, Y_R = (1 + A D / alpha)^-alpha; dies are lost with it",
                "redistribution layers made on the dies",
            ),
            Scheme(
                "fan-out-last",
                "scheme.fan_out",
                True,
                False,
                "R = W / (N Y_R), Y_R = (1 + A D / alpha)^-alpha",
                "redistribution layers made and tested before the dies",
            ),
            Scheme(
                "silicon-interposer",
                "scheme.silicon_interposer",
                True,
                False,
                "R = W / (N Y_R), Y_R = (1 + A D / alpha)^-alpha",
                "a passive interposer of silicon, made and tested before the dies",
            ),
        )
    }
)


def carriers_on(area_mm2: float, panel: str | None, catalogue: Catalogue) -> float:
    """Return how many square carriers of an area one wafer of 300 mm, or one panel, holds: the proven optimum."""
    # Not at the head: most carriers say their price, and a map is much to load.
    from nodecalc.drivers.dies import gross_dies

    side = sqrt(area_mm2)
    if panel is None:
        count = gross_dies(side, side)
    else:
        from nodecalc.drivers.map import wafer_map

        # A carrier may well be larger than an exposure field.
        count = wafer_map(f"{side!r}x{side!r}", panel=panel, stitched=1.0, catalogue=catalogue).gross_dies
    if not count >= 1.0:
        ground = "a wafer of 300 mm" if panel is None else f"a panel of {panel} mm"
        raise InputError(f"a carrier of {area_mm2:.5g} mm2 fits nowhere on {ground}; give a smaller area_mm2")
    return float(count)
