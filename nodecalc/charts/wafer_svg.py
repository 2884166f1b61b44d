"""A wafer map as SVG, written here: it needs no other library, and 50,000 dies take no second."""

from __future__ import annotations

from html import escape
from typing import Final
from zlib import crc32

from .heat import tint
from .wafer import GOOD, Block, WaferPicture

SIDE: Final = 760.0
"""The longer side of the wafer, in pixels of a browser."""
TITLE: Final = 48.0
FOOT: Final = 64.0
MARGIN: Final = 20.0
FINE: Final = 3
"""Decimals of a millimetre: a micrometre is finer than any screen."""
SHADES: Final = 64
"""Colours that a scale of yields is drawn in."""
LINE: Final = 78
"""Characters of the title in a line."""


def wafer_svg(picture: WaferPicture) -> str:
    """Return the wafer as the text of an SVG file; the same picture gives the same text."""
    # Fields stand out over the edge of the wafer.
    left, low, right, top = (max(abs(f[k]) for f in picture.fields) if picture.fields else 0.0 for k in range(4))
    w, h = max(picture.wafer.half_width, left, right), max(picture.wafer.half_height, low, top)
    scale = SIDE / (2.0 * max(w, h))
    width = 2.0 * w * scale + 2.0 * MARGIN
    height = 2.0 * h * scale + 2.0 * MARGIN + TITLE + FOOT
    thin = 1.0 / scale
    # In a page with several maps a name means the first: two wafers of different shapes must not share one.
    clip = f"wafer-{crc32(picture.wafer.path().encode()):08x}"
    middle = width / 2.0, TITLE + MARGIN + h * scale
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.6g} {height:.6g}" font-family="sans-serif" font-size="13">',
        f"<title>{escape(picture.title)}</title>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        *_title(picture.title, width),
        f'<g transform="translate({middle[0]:.6g} {middle[1]:.6g}) scale({scale:.6g} {-scale:.6g})">',
        f'<clipPath id="{clip}"><path d="{picture.wafer.path()}"/></clipPath>',
        f'<path d="{picture.wafer.path()}" fill="#f4f4f4"/>',
        f'<g clip-path="url(#{clip})">',
        *(f'<path fill="{colour}" d="{"".join(dies)}"/>' for colour, dies in _dies(picture).items()),
        *(_block(block, thin) for block in picture.blocks),
        "</g>",
        _fields(picture, thin),
        f'<path d="{picture.usable.path()}" fill="none" stroke="#444444" stroke-width="{thin:.4g}" '
        f'stroke-dasharray="{4 * thin:.4g} {3 * thin:.4g}"/>',
        f'<path d="{picture.wafer.path()}" fill="none" stroke="#222222" stroke-width="{1.5 * thin:.4g}"/>',
        "</g>",
        *_legend(picture, height),
        "</svg>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def _dies(picture: WaferPicture) -> dict[str, list[str]]:
    """Return the outlines of all dies by colour, statuses that matter least first."""
    w, h = picture.die
    pitch = picture.pitch[0]
    box = f"h{round(w, FINE):g}v{round(h, FINE):g}h{-round(w, FINE):g}z"
    found: dict[str, list[str]] = {}
    for row in picture.rows:
        below = f"{round(row.y - h / 2.0, FINE):.7g}"
        for first, last, status in row.runs:
            plain = picture.value is None or status != GOOD
            for column in range(first, last + 1):
                colour = (
                    picture.colour(column, row.number, status, tones=False)
                    if plain
                    else _shade(picture, column, row.number)
                )
                left = round(row.x + column * pitch - w / 2.0, FINE)
                found.setdefault(colour, []).append(f"M{left:.7g} {below}{box}")
    return found


def _shade(picture: WaferPicture, column: int, row: int) -> str:
    """Return the colour of a yield, one of `SHADES`."""
    assert picture.value is not None
    low, high = picture.extent
    value = picture.value(column, row)
    if value is None:
        return picture.colour(column, row, GOOD, tones=False)
    at = (value - low) / (high - low) if high > low else 1.0
    return tint(round(at * (SHADES - 1)) / (SHADES - 1))


def _fields(picture: WaferPicture, thin: float) -> str:
    if not picture.fields:
        return ""
    boxes = "".join(f"M{a:.7g} {b:.7g}H{c:.7g}V{d:.7g}H{a:.7g}Z" for a, b, c, d in picture.fields)
    return f'<path d="{boxes}" fill="none" stroke="#1a1a1a" stroke-width="{1.2 * thin:.4g}"/>'


def _block(block: Block, thin: float) -> str:
    w, h, r = block.half_width + block.radius, block.half_height + block.radius, block.radius
    return (
        f'<rect x="{block.x - w:.6g}" y="{block.y - h:.6g}" width="{2 * w:.6g}" height="{2 * h:.6g}" rx="{r:.6g}" '
        f'fill="#d55e00" fill-opacity="0.25" stroke="#d55e00" stroke-width="{thin:.4g}"/>'
    )


def _title(text: str, width: float) -> list[str]:
    from textwrap import wrap

    lines = wrap(text, LINE)[:2]
    return [
        f'<text x="{width / 2.0:.6g}" y="{22 + 18 * i}" text-anchor="middle">{escape(line)}</text>'
        for i, line in enumerate(lines)
    ]


def _legend(picture: WaferPicture, height: float) -> list[str]:
    parts, x, y = [], MARGIN, height - FOOT + 16.0
    for status, count in picture.legend():
        colour = tint(1.0) if picture.value is not None and status == GOOD else picture.colour(0, 0, status)
        text = f"{count:,} {status}"
        parts.append(f'<rect x="{x:.6g}" y="{y:.6g}" width="13" height="13" fill="{colour}"/>')
        parts.append(f'<text x="{x + 18:.6g}" y="{y + 11:.6g}">{text}</text>')
        x += 18.0 + 8.0 * len(text) + 20.0
    if picture.fields:
        text = f"{len(picture.fields):,} exposures"
        parts.append(
            f'<rect x="{x:.6g}" y="{y:.6g}" width="13" height="13" fill="none" stroke="#1a1a1a"/>'
            f'<text x="{x + 18:.6g}" y="{y + 11:.6g}">{text}</text>'
        )
    if picture.value is not None:
        low, high = picture.extent
        y += 24.0
        parts += [
            f'<rect x="{MARGIN + 90 + 4 * i:.6g}" y="{y:.6g}" width="4.2" height="13" fill="{tint(i / 39)}"/>'
            for i in range(40)
        ]
        parts.append(f'<text x="{MARGIN:.6g}" y="{y + 11:.6g}">yield {low:.1%}</text>')
        parts.append(f'<text x="{MARGIN + 258:.6g}" y="{y + 11:.6g}">{high:.1%}</text>')
    return parts
