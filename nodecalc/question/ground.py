"""The wafer of a map as people write it: flat, notch, panel, keep-outs, offset, test dies, exposure field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import asin, radians
from typing import Any, Final, NamedTuple

from nodecalc.doors import brief, items, real
from nodecalc.errors import InputError
from nodecalc.vocabulary import QUANTITIES
from nodecalc_kernels.placement.circle import NM_PER_MM
from nodecalc_kernels.placement.ground import TURNS, keep_out
from nodecalc_kernels.placement.shape import KeepOut

from .units import number

SEMI_FLATS_MM: Final = ((50.8, 15.88), (76.2, 22.22), (100.0, 32.5), (125.0, 42.5), (150.0, 57.5))
"""Nominal length of the primary flat by wafer diameter, mm (SEMI M1); larger wafers have a notch."""

SEMI_SECOND_MM: Final = {50.8: 8.0, 76.2: 11.18, 100.0: 18.0, 125.0: 27.5, 150.0: 37.5}
"""Nominal length of the secondary flat by wafer diameter, mm (SEMI M1)."""
SEMI_TURNS: Final = {"p111": None, "n111": 45, "p100": 90, "n100": 180}
"""Where the secondary flat lies by doping and orientation, degrees clockwise from the primary flat (SEMI M1).

Later editions turn that of n-type {100} to 135 degrees on 150 mm; makers have gone on with both, so it is asked for by
its angle.
"""

SEMI: Final = "semi"

Pair = tuple[float, float]


class Layout(NamedTuple):
    """What a map is asked beside the die, read and checked."""

    field: Pair
    """Width and height of the exposure field, mm."""
    flat: float = 0.0
    notch: float = 0.0
    second: tuple[int, float] | None = None
    """Place and length of a secondary flat: degrees clockwise from the flat, mm."""
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
        parts += [f"secondary flat {self.second[1]:g} mm at {self.second[0]} deg"] if self.second else []
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
        row |= zip(("secondary_flat_deg", "secondary_flat_mm"), self.second or (None, None), strict=True)
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
    secondary_flat: object = None,
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
    if secondary_flat is not None and flat is None:
        raise InputError("--secondary-flat without --flat: its place is counted from the primary flat; add --flat semi")
    where = None
    if offset is not None:
        where = _pair("offset", offset, ("offset_x_mm", "offset_y_mm"), ",", "5.05,0")
    return Layout(
        field_of(field),
        _flat(flat, wafer_diameter_mm),
        0.0 if notch is None else number(notch, "notch_mm"),
        _second(secondary_flat, _flat(flat, wafer_diameter_mm), wafer_diameter_mm),
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


def _second(given: object, flat: float, diameter: float) -> tuple[int, float] | None:
    """Return place and length of a secondary flat: a doping and orientation such as p100, or DEGREES or DEGREES,MM."""
    if given is None:
        return None
    allowed = f"{', '.join(SEMI_TURNS)}, or DEGREES,MM with 45, 90, 135 or 180 degrees, such as 90,18"
    named = given.strip().lower().translate(str.maketrans("", "", "-{}<>() ")) if isinstance(given, str) else None
    if named in SEMI_TURNS:
        turn = SEMI_TURNS[named]
        parts: list[Any] = []
    else:
        alone = isinstance(given, int | float)
        first, *parts = [given] if alone else _parts("secondary flat", given, ",", allowed) or [""]
        degrees = real(first.removesuffix("deg") if isinstance(first, str) else first)
        if degrees not in TURNS or len(parts) > 1:
            raise InputError(f"--secondary-flat {brief(given)}: allowed: {allowed}")
        turn = int(degrees)
    if turn is None:
        return None
    length = number(parts[0], "secondary_flat_mm") if parts else SEMI_SECOND_MM.get(diameter)
    if length is None:
        sizes = ", ".join(f"{d:g}" for d in SEMI_SECOND_MM)
        raise InputError(
            f"--secondary-flat {given} on a {diameter:g} mm wafer: lengths are known for {sizes} mm; give one, such as "
            f"{turn},18"
        )
    # Two chords of a circle cross where half their angles together are more than the angle between their middles.
    if length >= diameter or asin(flat / diameter) + asin(length / diameter) > radians(turn):
        raise InputError(
            f"--secondary-flat of {length:g} mm at {turn} degrees, flat of {flat:g} mm, {diameter:g} mm wafer: they "
            "cross; give shorter ones"
        )
    return turn, length


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
