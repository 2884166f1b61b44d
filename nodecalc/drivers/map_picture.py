"""A map as a picture: from its half nanometres to millimetres, coloured by status or by expected yield."""

from __future__ import annotations

from collections.abc import Iterable
from math import atan2, hypot, pi
from typing import TYPE_CHECKING, Final

from nodecalc.charts.wafer import Block, Outline, SitesInRow, WaferPicture
from nodecalc.doors import a_name
from nodecalc.errors import InputError
from nodecalc_kernels.placement.circle import NM_PER_MM
from nodecalc_kernels.placement.shape import Shape

from .map_fields import Fields

if TYPE_CHECKING:
    from .map import WaferMap

BY: Final = ("status", "yield")
"""What a picture of a map can show."""


def picture_of(m: WaferMap, by: str) -> WaferPicture:
    """Return a map as a picture of statuses, or of the expected yield of good dies."""
    scale, die = 2.0 * NM_PER_MM, m.placed.die
    chosen = a_name("by", by, f"give {' or '.join(BY)}").strip().lower()
    if chosen not in BY:
        raise InputError(f"a map by '{by}': allowed: {' or '.join(BY)}")
    value, extent = None, (0.0, 1.0)
    if chosen == "yield":
        expected = {(s.column, s.row): s.expected_yield for s in m.sites if s.expected_yield is not None}
        if not expected:
            raise InputError("a map by yield: no D0 is known; name a node with -n, or give --d0")
        value, extent = (lambda column, row: expected.get((column, row))), _extent(expected.values())
    return WaferPicture(
        m.title,
        (die.w / NM_PER_MM, die.h / NM_PER_MM),
        (die.p / scale, die.q / scale),
        tuple(SitesInRow(r.number, r.x / scale, r.y / scale, tuple(map(tuple, r.runs))) for r in m.rows),  # type: ignore[arg-type]
        _outline(m.placed.ground.wafer),
        _outline(m.placed.ground.usable),
        tuple(Block(*(v / scale for v in block)) for block in m.placed.ground.usable.keep_outs),
        m.counts,
        tuple(Fields(m.placed).boxes(m.rows)),
        value,
        extent,
    )


def _outline(shape: Shape) -> Outline:
    scale = 2.0 * NM_PER_MM
    flats = [(1.5 * pi, -shape.floor / scale)] if -shape.half_height < shape.floor else []
    for across, up, most in shape.cuts:
        flats.append((atan2(up, across) % (2.0 * pi), most / scale / hypot(across, up)))
    w, h, radius = (v / scale for v in (shape.half_width, shape.half_height, shape.radius))
    return Outline(w, h, radius, tuple(sorted(flats)))


def _extent(values: Iterable[float | None]) -> tuple[float, float]:
    found = [v for v in values if v is not None]
    return min(found), max(found)
