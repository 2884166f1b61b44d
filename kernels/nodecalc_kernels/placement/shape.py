"""The ground that dies stand on: a wafer or panel, round or flattened, with places that dies must keep out of.

Everything is an integer in half nanometres, measured from the middle: a die of w nanometres reaches w units from its
centre to its side. Whether a die lies on the ground is decided exactly, touching allowed; nothing is rounded.

Along one row of dies the ground is a few spans of centres. Over a band of rows there are two answers: the spans at
which a die lies on the ground in some row of the band, and those at which it does in every one. Both only err in one
direction, which makes bounds of them, and both are exact where the band is one row.
"""

from __future__ import annotations

from typing import NamedTuple

from nodecalc_kernels.numbers.intmath import isqrt

Span = tuple[int, int]
"""First and last place, both included."""


class KeepOut(NamedTuple):
    """A place that no die may overlap: all within `radius` of a rectangle, which may be a point."""

    x: int
    y: int
    half_width: int
    half_height: int
    radius: int
    """0 for a rectangle with sharp corners."""


class Cut(NamedTuple):
    """A straight edge beside the flat: the ground is where across x + up y <= most."""

    across: int
    """-1, 0 or 1; with `up` a direction in steps of 45 degrees, so that sums of integers decide."""
    up: int
    most: int


class Shape(NamedTuple):
    """A wafer or a panel."""

    half_width: int
    half_height: int
    radius: int
    """Of a round wafer; 0 for a panel, which its sides alone bound."""
    floor: int
    """Lowest ordinate: the flat of a wafer that has one."""
    keep_outs: tuple[KeepOut, ...] = ()
    cuts: tuple[Cut, ...] = ()
    """Of a round wafer: its flats but for the one at `floor`."""

    @property
    def is_round(self) -> bool:
        """Whether it is a full circle with nothing to keep out of: turned or mirrored it is the same."""
        return self.radius > 0 and self.floor <= -self.radius and not self.keep_outs and not self.cuts


def circle(diameter_nm: int) -> Shape:
    """Return the circle of that diameter, nm: its radius in half nanometres is the same number."""
    return Shape(diameter_nm, diameter_nm, diameter_nm, -diameter_nm)


def lowest(shape: Shape) -> int:
    """Return the ordinate of the ground's lowest point."""
    return max(shape.floor, -shape.half_height)


def rows_on(shape: Shape, h: int, q: int, v0: int, v1: int) -> range:
    """Return the rows j that some offset in v0..v1 puts on the ground: their dies' centres stand at v + j q.

    Args:
        shape: the ground.
        h: half height of a die.
        q: pitch of the rows.
        v0: first ordinate of row 0.
        v1: last ordinate of row 0.

    """
    first = -((v1 - lowest(shape) - h) // q)
    last = (shape.half_height - h - v0) // q
    return range(first, last + 1)


def spans_in_some(shape: Shape, w: int, h: int, y0: int, y1: int) -> list[Span]:
    """Return where centres can stand so that a die at some ordinate in y0..y1 lies on the ground, and more at most.

    Args:
        shape: the ground.
        w: half width of a die.
        h: half height of a die.
        y0: first ordinate of the die's centre.
        y1: last one; where it is the first the answer is exact.

    >>> spans_in_some(circle(10), 3, 4, 0, 0), spans_in_some(circle(10), 3, 4, 4, 4)
    ([(-6, 6)], [(-3, 3)])

    """
    y0 = max(y0, lowest(shape) + h)
    y1 = min(y1, shape.half_height - h)
    if y0 > y1:
        return []
    reach = _reach(shape, h, 0 if y0 <= 0 <= y1 else min(abs(y0), abs(y1))) - w
    left, right = -reach, reach
    for cut in shape.cuts:
        left, right = _cut(cut, w, h, left, right, max(-cut.up * y0, -cut.up * y1))
    if left > right:
        return []
    spans = [(left, right)]
    for block in shape.keep_outs:
        # Its shadow on a row is widest at its own height: what all rows of the band leave out, the two ends do.
        spans = _without(spans, block, w, max(abs(y0 - block.y), abs(y1 - block.y)) - h)
    return spans


def spans_in_every(shape: Shape, w: int, h: int, y0: int, y1: int) -> list[Span]:
    """Return where centres stand so that a die lies on the ground at every ordinate in y0..y1, or fewer.

    Arguments as for `spans_in_some`.

    >>> spans_in_every(circle(10), 3, 4, 0, 4)
    [(-3, 3)]

    """
    if y0 < lowest(shape) + h or y1 > shape.half_height - h:
        return []
    reach = _reach(shape, h, max(abs(y0), abs(y1))) - w
    left, right = -reach, reach
    for cut in shape.cuts:
        left, right = _cut(cut, w, h, left, right, min(-cut.up * y0, -cut.up * y1))
    if left > right:
        return []
    spans = [(left, right)]
    for block in shape.keep_outs:
        near = 0 if y0 <= block.y <= y1 else min(abs(y0 - block.y), abs(y1 - block.y))
        spans = _without(spans, block, w, near - h)
    return spans


def span_touched(shape: Shape, w: int, h: int, y: int) -> Span | None:
    """Return where centres stand so that a die at ordinate y has some part on the ground; keep-outs are part of it.

    >>> span_touched(circle(10), 3, 4, 13), span_touched(circle(10), 3, 4, 14)
    ((-7, 7), None)

    """
    below, above = max(y - h, lowest(shape)), min(y + h, shape.half_height)
    for cut in shape.cuts:
        if cut.across == 0:
            below, above = (below, min(above, cut.most)) if cut.up > 0 else (max(below, -cut.most), above)
    if below >= above:
        return None
    if shape.radius == 0:
        reach = shape.half_width - 1
        return (-reach - w, reach + w)
    near = max(below, min(0, above))
    if abs(near) >= shape.radius:
        return None
    left = right = isqrt(shape.radius * shape.radius - near * near - 1)
    for cut in shape.cuts:
        if cut.across > 0:
            right = min(right, _touched(cut, shape.radius, below, above, near))
        elif cut.across < 0:
            left = min(left, _touched(cut, shape.radius, below, above, near))
    return (-left - w, right + w)


def _touched(cut: Cut, radius: int, below: int, above: int, near: int) -> int:
    """Return how far the ground between two ordinates reaches to the side of a cut, itself left out.

    To that side the ground is bounded by the lesser of a chord and a straight line: farthest where the chord is
    longest, at the end of the rows where the line is farthest out, or where the two cross.
    """
    found = []
    for y in (near, below if cut.up > 0 else above):
        if abs(y) < radius:
            found.append(min(isqrt(radius * radius - y * y - 1), cut.most - cut.up * y - 1))
    if cut.up:
        # They cross at 2 y = up (most - s), 2 x = most + s, s the root of this.
        square = 2 * radius * radius - cut.most * cut.most
        low, high = (below, above) if cut.up > 0 else (-above, -below)
        if square > 0 and _is_root_within(square, cut.most - 2 * high, cut.most - 2 * low):
            found.append((cut.most + isqrt(square - 1)) // 2)
    return max(found)


def _is_root_within(square: int, low: int, high: int) -> bool:
    """Whether the root of `square`, > 0, lies between two numbers."""
    return (low < 0 or low * low < square) and high > 0 and square < high * high


def _cut(cut: Cut, w: int, h: int, left: int, right: int, up: int) -> Span:
    """Return what a cut leaves of the centres left..right at -up y = `up`; the last may be before the first."""
    room = cut.most - abs(cut.across) * w - abs(cut.up) * h + up
    if cut.across == 0:
        return (left, right) if room >= 0 else (1, 0)
    return (left, min(right, room)) if cut.across > 0 else (max(left, -room), right)


def _reach(shape: Shape, h: int, y: int) -> int:
    """How far the ground reaches sideways along the outer edge of a die at ordinate y >= 0; negative off the ground."""
    if shape.radius == 0:
        return shape.half_width
    outer = y + h
    return isqrt(shape.radius * shape.radius - outer * outer) if outer <= shape.radius else -1


def _without(spans: list[Span], block: KeepOut, w: int, above: int) -> list[Span]:
    """Return `spans` without the centres of dies that overlap `block`, to whose middle their edge is `above` away."""
    above -= block.half_height
    if block.radius == 0:
        if above >= 0:
            return spans
        half = block.half_width + w - 1
    else:
        up = max(above, 0)
        if up >= block.radius:
            return spans
        half = block.half_width + w + isqrt(block.radius * block.radius - up * up - 1)
    first, last = block.x - half, block.x + half
    left = [(a, min(b, first - 1)) for a, b in spans if a < first]
    right = [(max(a, last + 1), b) for a, b in spans if b > last]
    return left + right
