"""Every place in a range where one curve meets another: looked at point by point, then narrowed to proven roots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import exp, inf, isfinite, isnan, log, nan
from typing import Final, NamedTuple

from nodecalc_kernels.numbers.roots import find_root

Curve = Callable[[float], float]

POINTS: Final = 240
"""Points of the range that are looked at: two roots closer than a step of them are found where the curves come near
enough to each other to be looked at again."""
FEW_POINTS: Final = 80
"""The same where each of them is a die to be set out, which takes some hundredths of a second."""
DECADES: Final = 7
"""How far above 0 the looking begins where a range starts at 0, in powers of ten below its end."""
WIDE: Final = 100.0
"""Ratio of the ends of a range from which steps are of one ratio and not of one size."""
SAME: Final = 1e-9
"""Relative difference below which two values are one; what differs by more on both sides of a sign change jumps."""
NEAR: Final = 0.25
"""Relative difference within which a turn of the difference is looked at again."""
SHALLOW: Final = 0.5
"""A turn whose parabola leaves more than this share of the difference is not looked at again."""
GOLDEN: Final = 0.3819660112501051
NARROWINGS: Final = 40


class Root(NamedTuple):
    """A place where the curves meet."""

    at: float
    value: float
    """What the first curve is there."""
    other: float
    """What the second is: the same, but where one of them jumps over the other."""
    low: float
    high: float
    """The bracket that proves it: the difference of the curves changes its sign inside, or is 0 at an end."""
    below: int
    above: int
    """The signs of that difference on both sides of the root; 0 where there is nothing or they are equal there too."""
    beyond: float
    """What the first curve is at the other end of the bracket."""

    @property
    def jumps(self) -> bool:
        """Whether the curves change places without being equal, as a cost does where a wafer holds one die less."""
        return abs(difference(self.value, self.other)) > SAME


class Found(NamedTuple):
    """All that a range showed."""

    roots: tuple[Root, ...]
    ends: tuple[tuple[float, float, float], tuple[float, float, float]]
    """Input, first curve and second curve at the first and the last point where both are finite."""
    nearest: tuple[float, float, float]
    """The same where the two come nearest to each other, as a ratio."""


def difference(a: float, b: float) -> float:
    """Return a over b less 1: 0 where they are equal, infinite where one of them is; nan where both are, or either is.

    >>> difference(3.0, 2.0), difference(inf, 2.0), difference(2.0, inf), difference(inf, inf)
    (0.5, inf, -1.0, nan)
    """
    if isnan(a) or isnan(b) or (a == b and not isfinite(a)):
        return nan
    if a == b:
        return 0.0
    if b == 0.0:
        return inf if a > 0.0 else -inf
    found = a / b - 1.0
    # Of a negative number a larger share is less, and a quotient may round to 1.
    return (found if b > 0.0 else -found) or (1e-300 if a > b else -1e-300)


def points(low: float, high: float, share: bool = False, count: int = POINTS) -> list[float]:
    """Return the points of a range that are looked at, ends included; `share` where 0 and 1 are the same to it."""
    if low == high:
        return [low]
    start = low if low > 0.0 else high * 10.0**-DECADES
    if share or low < 0.0 or high < WIDE * start:
        return [low + (high - low) * (i / (count - 1)) for i in range(count - 1)] + [high]
    step = log(high / start) / (count - 1)
    found = [start * exp(step * i) for i in range(count - 1)] + [high]
    found[0] = start
    return [low, *found] if low < start else found


def scan(first: Curve, second: Curve, at: Sequence[float], higher: bool = False) -> Found | None:
    """Return where the curves meet between the points `at`; None where at no point both have a value.

    Between neighbouring points with differences of opposite signs there is a root, or a jump. Where a difference comes
    near to 0 and turns, the stretch is looked at again: two roots may hide in it, or one that only touches. Of the two
    sides of a jump that one counts where the first curve is not above the second, or not below it where `higher`.
    """
    seen = {x: (first(x), second(x)) for x in at}

    def off(x: float) -> float:
        if x not in seen:
            seen[x] = (first(x), second(x))
        return difference(*seen[x])

    known = [(x, off(x)) for x in at]
    known = [(x, d) for x, d in known if not isnan(d)]
    if not known:
        return None
    roots = []
    turned = _turns(off, known)
    for (x0, d0), (x1, d1) in pairwise(turned):
        if d0 * d1 < 0.0:
            search = find_root(off, x0, x1, d0, d1)
            here, there = search.root, search.low if search.root == search.high else search.high
            if abs(off(here)) > SAME and (off(here) < 0.0) is higher:
                here, there = there, here
            roots.append(Root(here, *seen[here], search.low, search.high, _sign(d0), _sign(d1), seen[there][0]))
    roots += [Root(x, *seen[x], x, x, *beside, seen[x][0]) for x, beside in _zeros(turned)]
    finite = [x for x, d in turned if isfinite(d) and all(map(isfinite, seen[x]))]
    whole = finite or [x for x, _ in turned]
    near = min(whole, key=lambda x: (_far(*seen[x]), abs(seen[x][0] - seen[x][1])))
    return Found(
        tuple(sorted(roots)),
        ((whole[0], *seen[whole[0]]), (whole[-1], *seen[whole[-1]])),
        (near, *seen[near]),
    )


def _zeros(known: Sequence[tuple[float, float]]) -> list[tuple[float, tuple[int, int]]]:
    """Return the points at which the curves are equal, and the signs beside; of a stretch its ends; nothing of all."""
    if all(d == 0.0 for _, d in known):
        return []
    edges = []
    for i, (x, d) in enumerate(known):
        inner = 0 < i < len(known) - 1 and known[i - 1][1] == known[i + 1][1] == 0.0
        if d == 0.0 and not inner:
            before = _sign(known[i - 1][1]) if i else 0
            edges.append((x, (before, _sign(known[i + 1][1]) if i + 1 < len(known) else 0)))
    return edges


def _turns(off: Curve, known: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return `known` with the points besides where the difference turns before it reaches 0."""
    found = dict(known)
    for (x0, d0), (x1, d1), (x2, d2) in zip(known, known[1:], known[2:], strict=False):
        sign = 1.0 if d1 > 0.0 else -1.0
        turns = sign * d0 > sign * d1 <= sign * d2 and sign * d2 > 0.0
        if turns and 0.0 < abs(d1) < NEAR and sign * _vertex(x0, d0, x1, d1, x2, d2) < SHALLOW * sign * d1:
            found.update(_lowest(lambda x, sign=sign: sign * off(x), x0, x1, x2, sign))  # type: ignore[misc]
    return sorted(found.items())


def _vertex(x0: float, d0: float, x1: float, d1: float, x2: float, d2: float) -> float:
    """Return how far the parabola through three points comes; 0 where they are no such curve."""
    before, behind = (d1 - d0) / (x1 - x0), (d2 - d1) / (x2 - x1)
    bend = (behind - before) / (x2 - x0)
    slope = before + bend * (x1 - x0)
    return d1 - 0.25 * slope * slope / bend if isfinite(bend) and bend != 0.0 else 0.0


def _lowest(height: Curve, low: float, middle: float, high: float, sign: float) -> dict[float, float]:
    """Return the point where `height` is least, by golden sections, or the first that is found below 0."""
    best, least = middle, height(middle)
    for _ in range(NARROWINGS):
        longer = high - best > best - low
        x = best + GOLDEN * (high - best) if longer else best - GOLDEN * (best - low)
        if not low < x < high or x == best:
            break
        here = height(x)
        if here < least:
            low, high = (best, high) if longer else (low, best)
            best, least = x, here
        elif longer:
            high = x
        else:
            low = x
        if least <= 0.0:
            break
    return {best: sign * least}


def _sign(x: float) -> int:
    return (x > 0.0) - (x < 0.0)


def _far(a: float, b: float) -> float:
    """How far two values are from each other: the logarithm of their ratio where they have one."""
    return abs(log(a / b)) if a > 0.0 and b > 0.0 and isfinite(a) and isfinite(b) else inf
