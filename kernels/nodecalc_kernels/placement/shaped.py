"""The most dies on any ground, over every grid offset: one grid, or rows that slide by themselves.

Positions are those of `shape`: integers in half nanometres. A grid offset is the pair (t, v), 0 <= t < P, 0 <= v < Q:
dies are centred at (t + i P, v + j Q). The search halves bands of v. The spans of centres that some v in a band allows
hold at least as many dies as those of any single v, so the largest count over t of the band is a bound; a band of one
ordinate is exact. Bands are halved until their bound does not exceed a count already found: a proof, without tolerance.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from .shape import Shape, Span, rows_on, spans_in_some


class Grid(NamedTuple):
    """Dies of one size and their pitches, half nanometres: a die of w nm has a half width of w units."""

    w: int
    h: int
    p: int
    """Pitch of the columns."""
    q: int
    """Pitch of the rows."""


def grid(die_width_nm: int, die_height_nm: int, scribe_nm: int) -> Grid:
    """Return the grid of dies with streets of that width between them, all nm."""
    return Grid(die_width_nm, die_height_nm, 2 * (die_width_nm + scribe_nm), 2 * (die_height_nm + scribe_nm))


class Stretch(NamedTuple):
    """Offsets first..last along the rows that hold the same dies."""

    first: int
    last: int
    dies: int


def columns(span: Span, t: int, p: int) -> Span:
    """Return the first and the last column whose centre t + i p lies in `span`; the last may be before the first."""
    return -((t - span[0]) // p), (span[1] - t) // p


def stretches(spans: Sequence[Span], p: int) -> Iterator[Stretch]:
    """Yield, from t = 0 to p - 1, the offsets at which as many centres t + i p lie in `spans`, as few or many.

    >>> [tuple(s) for s in stretches([(-3, 3)], 4)]
    [(0, 0, 1), (1, 3, 2)]

    """
    dies = 0
    keys = []
    for a, b in spans:
        dies += b // p + (-a) // p + 1
        if a % p:
            keys.append((a % p, 1))
        if b % p != p - 1:
            keys.append((b % p + 1, -1))
    keys.sort()
    start = 0
    for at, step in keys:
        if at != start:
            yield Stretch(start, at - 1, dies)
            start = at
        dies += step
    yield Stretch(start, p - 1, dies)


def band(shape: Shape, g: Grid, v0: int, v1: int) -> list[Span]:
    """Return the spans of centres, of all rows together, that some offset in v0..v1 allows."""
    return [
        span
        for j in rows_on(shape, g.h, g.q, v0, v1)
        for span in spans_in_some(shape, g.w, g.h, v0 + j * g.q, v1 + j * g.q)
    ]


def sliding(spans: Iterable[Span], p: int) -> int:
    """Return how many dies `spans` hold where each slides its dies by itself."""
    return sum((b - a) // p + 1 for a, b in spans)


def most(shape: Shape, g: Grid, free: bool = False) -> tuple[int, int, int]:
    """Return (dies, t, v): the largest count over every offset, and an offset that reaches it.

    Args:
        shape: the ground.
        g: the dies.
        free: rows slide by themselves, each to where it holds most; t is then 0.

    Of the offsets t that reach the count at this v, the middle of the widest stretch is returned, so that the dies of
    a drawn map keep off the edge where they can.

    """

    def bound(v0: int, v1: int) -> int:
        spans = band(shape, g, v0, v1)
        return sliding(spans, g.p) if free else max(s.dies for s in stretches(spans, g.p))

    highest, best_v = -1, 0
    # A round wafer mirrored is itself: half of the offsets are all there are.
    last = g.q // 2 if shape.is_round else g.q - 1
    bands = [(bound(0, last), 0, last)]
    while bands:
        limit, v0, v1 = bands.pop()
        if limit <= highest:
            continue
        mid = (v0 + v1) // 2
        dies = bound(mid, mid)
        if dies > highest:
            highest, best_v = dies, mid
        parts = [(bound(a, b), a, b) for a, b in ((v0, mid - 1), (mid + 1, v1)) if a <= b]
        bands += sorted(part for part in parts if part[0] > highest)
    if free:
        return highest, 0, best_v
    found = [s for s in stretches(band(shape, g, best_v, best_v), g.p) if s.dies == highest]
    if len(found) > 1 and found[0].first == 0 and found[-1].last == g.p - 1:
        # Offsets go round: the stretch at the end goes on at the start.
        found[0] = Stretch(found.pop().first - g.p, found[0].last, highest)
    widest = max(found, key=lambda s: s.last - s.first)
    return highest, ((widest.first + widest.last) // 2) % g.p, best_v
