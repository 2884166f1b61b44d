"""The wafer of a map as people write it: flat, notch, panel, keep-outs, offset, test dies, exposure field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from nodecalc.doors import brief, items, real
from nodecalc.errors import InputError
from nodecalc.vocabulary import QUANTITIES
from nodecalc_kernels.placement.circle import NM_PER_MM
from nodecalc_kernels.placement.ground import keep_out
from nodecalc_kernels.placement.shape import KeepOut

from .units import number

SEMI_FLATS_MM: Final = ((50.8, 15.88), (76.2, 22.22), (100.0, 32.5), (125.0, 42.5), (150.0, 57.5))
"""Nominal length of the primary flat by wafer diameter, mm (SEMI M1); larger wafers have a notch."""

SEMI: Final = "semi"

Pair = tuple[float, float]


class Layout(NamedTuple):
    """What a map is asked beside the die, read and checked."""

    field: Pair
    """Width and height of the exposure field, mm."""
    flat: float = 0.0
    notch: float = 0.0
    panel: Pair | None = None
    offset: Pair | None = None
    keep_outs: tuple[KeepOut, ...] = ()
    drop_ins: tuple[tuple[int, int], ...] = ()
    """Sites, as column and row, that hold a test die."""
    stitching_yield: float | None = None

    @property
    def is_plain(self) -> bool:
        """Whether the wafer is a full circle with nothing to keep out of."""
        return not (self.flat or self.notch or self.panel or self.keep_outs)

    @property
    def said(self) -> list[str]:
        """What differs from a plain wafer, for a title."""
        parts = [f"flat {self.flat:g} mm"] if self.flat else []
        parts += [f"notch {self.notch:g} mm"] if self.notch else []
        parts += [f"{len(self.keep_outs)} keep-out{'s' * (len(self.keep_outs) > 1)}"] if self.keep_outs else []
        parts += [f"offset {self.offset[0]:g}, {self.offset[1]:g} mm"] if self.offset else []
        parts += [f"stitching yield {self.stitching_yield:g}"] if self.stitching_yield is not None else []
        return parts

    def to_dict(self) -> dict[str, Any]:
        """Return it by vocabulary key, None where nothing was given; keep-outs and drop-ins as lists."""
        sides = ("panel", self.panel, "width_mm", "height_mm"), ("offset", self.offset, "x_mm", "y_mm")
        row: dict[str, Any] = {"field_width_mm": self.field[0], "field_height_mm": self.field[1]}
        row |= {"flat_mm": self.flat, "notch_mm": self.notch, "stitching_yield": self.stitching_yield}
        for name, pair, first, second in sides:
            row |= zip((f"{name}_{first}", f"{name}_{second}"), pair or (None, None), strict=True)
        scale = 2.0 * NM_PER_MM
        row["keep_outs"] = [
            {
                "x_mm": k.x / scale,
                "y_mm": k.y / scale,
                "width_mm": 2.0 * k.half_width / scale,
                "height_mm": 2.0 * k.half_height / scale,
                "radius_mm": k.radius / scale,
            }
            for k in self.keep_outs
        ]
        row["drop_ins"] = [list(site) for site in self.drop_ins]
        return row


def field_of(given: object) -> Pair:
    """Return the sides of an exposure field, mm: a text such as 26x33, two numbers, or None for the usual one."""
    keys = ("field_width_mm", "field_height_mm")
    if given is None:
        return tuple(float(QUANTITIES[key].default or 0.0) for key in keys)  # type: ignore[return-value]
    return _pair("reticle field", given, keys, "x", "26x33 or 26x16.5")


def layout_of(
    field: object = None,
    flat: object = None,
    notch: object = None,
    panel: object = None,
    offset: object = None,
    keep_outs: Iterable[object] = (),
    drop_ins: Iterable[object] = (),
    stitched: object = None,
    wafer_diameter_mm: float = 300.0,
) -> Layout:
    """Return what a map is asked, each a text as on the command line or numbers; None and () where not given.

    Raises:
        InputError: something that is no such thing, or things that exclude each other.

    """
    sides = None
    if panel is not None:
        sides = _pair("panel", panel, ("panel_width_mm", "panel_height_mm"), "x", "510x515")
        if flat is not None or notch is not None:
            raise InputError("--panel with --flat or --notch: a panel has neither; give one of them")
    if flat is not None and notch is not None:
        raise InputError("--flat with --notch: a wafer has one of them; leave the other out")
    where = None
    if offset is not None:
        where = _pair("offset", offset, ("offset_x_mm", "offset_y_mm"), ",", "5.05,0")
    return Layout(
        field_of(field),
        _flat(flat, wafer_diameter_mm),
        0.0 if notch is None else number(notch, "notch_mm"),
        sides,
        where,
        tuple(_keep_out(k) for k in items("keep_outs", keep_outs, "no list; give one, such as ['0,-140,8']")),
        tuple(dict.fromkeys(_site(d) for d in items("drop_ins", drop_ins, "no list; give one, such as ['0,0']"))),
        None if stitched is None else number(stitched, "stitching_yield"),
    )


def _flat(given: object, diameter: float) -> float:
    if given is None:
        return 0.0
    if isinstance(given, str) and given.strip().lower() == SEMI:
        known = dict(SEMI_FLATS_MM)
        if diameter not in known:
            sizes = ", ".join(f"{d:g}" for d in known)
            raise InputError(
                f"--flat semi on a {diameter:g} mm wafer: flats are known for {sizes} mm; give a length, or --notch"
            )
        return known[diameter]
    length = number(given, "flat_mm")
    if length >= diameter:
        raise InputError(f"--flat {length:g} on a {diameter:g} mm wafer: a flat is shorter than the diameter")
    return length


def _pair(what: str, given: object, keys: Sequence[str], sign: str, example: str) -> Pair:
    parts = _parts(what, given, rf"[{sign}*×]" if sign == "x" else sign, example)
    if len(parts) != 2:
        raise InputError(f"{what} {brief(given)}: {len(parts)} numbers; allowed: two, such as {example}")
    first, second = (number(part, key) for part, key in zip(parts, keys, strict=True))
    return first, second


def _parts(what: str, given: object, sign: str, example: str) -> list[Any]:
    if isinstance(given, str):
        # A unit belongs to both numbers; the key's own is mm.
        return [part.strip() for part in re.split(sign, given.strip().lower().removesuffix("mm"))]
    return list(items(what, given, f"not two numbers; allowed: {example}"))


def _keep_out(given: object) -> KeepOut:
    """Return the keep-out of X,Y,RADIUS or X,Y,WIDTHxHEIGHT, mm."""
    allowed = "X,Y,RADIUS or X,Y,WIDTHxHEIGHT in mm, such as 0,-140,8"
    parts = _parts("keep-out", given, "[,x*×]", allowed)
    if len(parts) not in (3, 4):
        raise InputError(f"--keep-out {brief(given)}: {len(parts)} numbers; allowed: {allowed}")
    x, y = number(parts[0], "offset_x_mm"), number(parts[1], "offset_y_mm")
    sides = [_length(part, allowed) for part in parts[2:]]
    if len(sides) == 1:
        return keep_out(x, y, 0.0, 0.0, sides[0])
    return keep_out(x, y, sides[0], sides[1], 0.0)


def _length(given: object, allowed: str) -> float:
    value = real(given)
    if not 0.0 < value <= 700.0:
        raise InputError(f"--keep-out: {brief(given)} is no length of more than 0 to 700 mm; allowed: {allowed}")
    return value


def _site(given: object) -> tuple[int, int]:
    """Return the column and the row of a site."""
    allowed = "COLUMN,ROW of a good site, whole numbers as the map counts them, such as 0,0"
    parts = _parts("drop-in", given, ",", allowed)
    try:
        column, row = (int(part) for part in parts)
    except (TypeError, ValueError):
        raise InputError(f"--drop-in {brief(given)}: no site; allowed: {allowed}") from None
    return column, row
