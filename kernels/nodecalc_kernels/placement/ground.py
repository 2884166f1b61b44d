"""Wafers and panels from millimetres, and where a placement puts its grid on them."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Final, NamedTuple

from .circle import NM_PER_MM
from .exact import UNITS_PER_MM, best_offset
from .free_rows import FREE_ROWS, free_search
from .shape import Cut, KeepOut, Shape
from .shaped import Grid, most

CENTER_CORNER: Final = "center-corner"
BEST: Final = "best"


TURNS: Final = {45: (-1, -1), 90: (-1, 0), 135: (-1, 1), 180: (0, 1)}
"""Where a second flat lies, by its turn clockwise from the first, which is below: to the left, and upwards."""


class Ground(NamedTuple):
    """Where dies can be good, and the wafer or panel that carries them."""

    usable: Shape
    wafer: Shape


def units(length_mm: float) -> int:
    """Return a length in half nanometres, as twice its whole nanometres, so that halves of dies are whole too."""
    return 2 * round(length_mm * NM_PER_MM)


def round_ground(
    wafer_diameter_mm: float,
    usable_diameter_mm: float,
    flat_mm: float = 0.0,
    notch_mm: float = 0.0,
    keep_outs: Sequence[KeepOut] = (),
    second: tuple[int, float] | None = None,
) -> Ground:
    """Return a wafer whose flat and notch are at its lower edge.

    Args:
        wafer_diameter_mm: D, mm.
        usable_diameter_mm: d, circle that good dies lie in, mm, at most D.
        flat_mm: length of the flat, a chord of the circle, mm, less than D; 0 for none. Its edge exclusion is that of
            the rest of the edge, (D - d)/2.
        notch_mm: distance that good dies keep from the point of the circle where the notch is, mm; 0 for none.
        keep_outs: places that no good die may overlap.
        second: a second flat, as its place, degrees clockwise from the flat seen from the front, 45, 90, 135 or 180,
            and its length, mm, less than D.

    >>> ground = round_ground(100.0, 94.0, flat_mm=60.0)
    >>> ground.wafer.floor, ground.usable.floor  # the chord lies 40 mm below the middle
    (-80000000, -74000000)

    """
    outer, inner = round(wafer_diameter_mm * NM_PER_MM), round(usable_diameter_mm * NM_PER_MM)
    edge = outer - inner
    below = -outer
    if flat_mm > 0.0:
        below = -units(_from_middle(wafer_diameter_mm, flat_mm))
    cuts: tuple[Cut, ...] = ()
    inner_cuts: tuple[Cut, ...] = ()
    if second is not None:
        turn, length = second
        middle = _from_middle(wafer_diameter_mm, length)
        cuts = (_cut(turn, middle),)
        inside = middle - edge / (2.0 * NM_PER_MM)
        # One that does not reach into the circle of good dies changes nothing there, as with blocks.
        inner_cuts = (_cut(turn, inside),) if units(inside) < inner else ()
    notch = (KeepOut(0, -outer, 0, 0, units(notch_mm)),) if notch_mm > 0.0 else ()
    # A block that does not reach into the circle changes nothing; without it the wafer is known to be round.
    blocks = tuple(k for k in (*notch, *keep_outs) if not _is_clear(k, inner))
    floor = below + edge
    return Ground(
        Shape(inner, inner, inner, max(floor, -inner), blocks, inner_cuts),
        Shape(outer, outer, outer, below, (), cuts),
    )


def _from_middle(diameter_mm: float, chord_mm: float) -> float:
    """Return how far a chord lies from the middle of its circle, mm."""
    return sqrt(diameter_mm * diameter_mm - chord_mm * chord_mm) / 2.0


def _cut(turn: int, middle_mm: float) -> Cut:
    """Return a flat at `turn` degrees clockwise from the lowest point, so far from the middle."""
    across, up = TURNS[turn]
    return Cut(across, up, units(middle_mm * (sqrt(2.0) if across and up else 1.0)))


def panel_ground(
    panel_width_mm: float, panel_height_mm: float, edge_exclusion_mm: float, keep_outs: Sequence[KeepOut] = ()
) -> Ground:
    """Return a panel of those sides, mm, with an exclusion along all four edges."""
    w, h, edge = units(panel_width_mm) // 2, units(panel_height_mm) // 2, units(edge_exclusion_mm)
    return Ground(Shape(w - edge, h - edge, 0, edge - h, tuple(keep_outs)), Shape(w, h, 0, -h))


def keep_out(x_mm: float, y_mm: float, width_mm: float, height_mm: float, radius_mm: float) -> KeepOut:
    """Return the place within `radius_mm` of a rectangle about (x, y), mm."""
    return KeepOut(
        units(x_mm), units(y_mm), round(width_mm * NM_PER_MM), round(height_mm * NM_PER_MM), units(radius_mm)
    )


def offset_of(placement: str, usable: Shape, held: Grid) -> tuple[int, int]:
    """Return the offset (t, v) at which `placement` puts its grid, half nanometres.

    Args:
        placement: best, free-rows, center-die or center-corner.
        usable: where good dies can be.
        held: what must lie there, and its pitches.

    """
    street = held.p // 2 - held.w  # between two of what must lie on the ground, and the same both ways
    if placement == CENTER_CORNER:
        return held.p // 2, held.q // 2
    if placement == BEST and usable.is_round:
        sides = (side / NM_PER_MM for side in (held.w, held.h, street, usable.radius))
        _, x, y = best_offset(*sides)
        return round(x * UNITS_PER_MM), round(y * UNITS_PER_MM)
    if placement == FREE_ROWS and usable.is_round and held.w**2 + held.h**2 <= usable.radius**2:
        return 0, free_search(held.w, held.h, street, usable.radius)[1]
    if placement in (BEST, FREE_ROWS):
        _, t, v = most(usable, held, free=placement == FREE_ROWS)
        return t, v
    return 0, 0


def _is_clear(block: KeepOut, radius: int) -> bool:
    """Whether a place lies outside a circle about the middle."""
    x, y = max(abs(block.x) - block.half_width, 0), max(abs(block.y) - block.half_height, 0)
    reach = radius + block.radius
    return x * x + y * y >= reach * reach
