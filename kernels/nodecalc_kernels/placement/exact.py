"""How many whole dies lie on a wafer: exact counts, for the best grid offset and for given ones.

All lengths here are integers. In units of half a nanometre, a die of w nanometres reaches exactly w units from its
centre to its side, the circle of d nanometres across has a radius of exactly d units, and half a pitch of p
nanometres is exactly p units: nothing is ever rounded, odd sizes and centred dies included.

A grid offset is the pair (t, v): where the die centres stand relative to the wafer centre, modulo the pitches 2p
and 2q. The wafer is symmetric, so 0 <= t <= p and 0 <= v <= q are all there is.

One row. Its dies lie at |y| +- h, so that their outer corners have ordinate M = |y| + h, and a die centred at x is
inside if |x| <= l = isqrt(d^2 - M^2) - w. With l = m p + a, 0 <= a < p, the row holds m dies and one more if

    m even: t <= a        m odd: t >= p - a.

All rows at one v, the best t: the conditions are thresholds on one number, so a walk over them in ascending order
sees every count there is.

All v. Over an interval v0..v1 a row above the centre is widest at v0 and one below it at v1. The count from those
widest rows is a bound on every count in the interval, and is exact where v0 = v1. Intervals are halved until their
bound does not exceed a count already found, or they have no inside left: the result is proven, without tolerance.
"""

from __future__ import annotations

from math import nan
from typing import Final

from nodecalc_kernels.numbers.intmath import SCRATCH_MINIMUM, SCRATCH_PER_KEY, integers, isqrt, sort_slice
from nodecalc_kernels.registry import placement

from .circle import NM_PER_MM, SMALLEST_SIDE_MM, die_fits, is_die, is_wafer

UNITS_PER_MM: Final = 2 * NM_PER_MM

LARGEST_OFFSET_MM: Final = 2000.0
"""Offsets are meant modulo the pitch; the limit keeps their nanometres within 64-bit integers."""

# A half is the rows on one side of the wafer centre, as a stretch of integers in one large buffer.
ROWS: Final = 0  # how many rows
COUNT_AT_ZERO: Final = 1  # dies in them at t = 0
COUNT_AT_END: Final = 2  # and at t = p
BEFORE: Final = 3  # a key below all others, so that the walk needs no test for the end of a list
KEYS: Final = 4  # one a row, sorted: 2(p - a), one die more from t = p - a; 2a + 1, one die less after t = a
AFTER_KEYS: Final = 1  # a key above all others
BELOW_ALL: Final = -1
ABOVE_ALL: Final = 1 << 62


def fill_half(buffer: list[int], at: int, first: int, step: int, last: int, d: int, w: int, p: int) -> None:
    """Write the half whose rows have outer corners at ordinates first, first + step, ... <= last to buffer[at:]."""
    d_squared = d * d
    dies = 0
    odd = 0
    end = at + KEYS
    for ordinate in range(first, last + 1, step):
        reach = isqrt(d_squared - ordinate * ordinate) - w
        # Exact: reach < 2^31, so no quotient below a whole number is rounded up to it. And a select, no branch:
        # every other row is odd, at random, which no processor predicts.
        m = int(reach / p)
        rest = reach - m * p
        parity = m & 1
        buffer[end] = 2 * (p - rest) if parity else 2 * rest + 1
        dies += m
        odd += parity
        end += 1
    rows = end - at - KEYS
    buffer[at + ROWS] = rows
    buffer[at + COUNT_AT_ZERO] = dies + rows - odd
    buffer[at + COUNT_AT_END] = dies + odd
    buffer[at + BEFORE] = BELOW_ALL
    buffer[end] = ABOVE_ALL
    sort_slice(buffer, at + KEYS, end, len(buffer) - SCRATCH_PER_KEY * rows - SCRATCH_MINIMUM)


def peak(buffer: list[int], upper: int, lower: int) -> int:
    """Return the largest count over all t of the two halves at buffer[upper:] and buffer[lower:]."""
    rows = buffer[upper] + buffer[lower]
    ahead = buffer[upper + COUNT_AT_ZERO] + buffer[lower + COUNT_AT_ZERO]
    back = buffer[upper + COUNT_AT_END] + buffer[lower + COUNT_AT_END]
    highest = max(ahead, back)
    i = upper + KEYS
    j = lower + KEYS
    k = upper + BEFORE + buffer[upper]
    n = lower + BEFORE + buffer[lower]
    # One merge from each end, meeting in the middle: the two are independent, so a processor runs them at once.
    for _ in range((rows + 1) // 2):
        x = buffer[i]
        y = buffer[j]
        if x < y:
            i += 1
        else:
            x = y
            j += 1
        if x & 1:
            ahead -= 1
        else:
            ahead += 1
        if ahead > highest:  # noqa: PLR1730 - in Python a call of max costs as much as the rest of the step
            highest = ahead
        x = buffer[k]
        y = buffer[n]
        if x >= y:
            k -= 1
        else:
            x = y
            n -= 1
        if x & 1:
            back += 1
        else:
            back -= 1
        if back > highest:  # noqa: PLR1730
            highest = back
    return highest


def widest_window(buffer: list[int], upper: int, lower: int, p: int, target: int) -> int:
    """Return the t in the middle of the widest stretch of offsets at which the two halves hold `target` dies."""
    dies = buffer[upper + COUNT_AT_ZERO] + buffer[lower + COUNT_AT_ZERO]
    i = upper + KEYS
    j = lower + KEYS
    start = 0
    widest = -1
    middle = 0
    for _ in range(buffer[upper] + buffer[lower] + 1):
        key = min(buffer[i], buffer[j])
        if buffer[i] < buffer[j]:
            i += 1
        else:
            j += 1
        stop = min(key >> 1, p)
        if dies == target:
            # A stretch that touches 0 or p goes on in its mirror image beyond.
            width = (stop - start) * (2 if start == 0 or stop == p else 1)
            if width > widest:
                widest = width
                middle = 0 if start == 0 else (p if stop == p else (start + stop) // 2)
        dies += -1 if key & 1 else 1
        start = stop
    return middle


def search(w: int, h: int, s: int, d: int) -> tuple[int, int, int]:
    """Return (dies, t, v): the largest count over every offset, and an offset that reaches it.

    Args:
        w: die width, nm, > 0.
        h: die height, nm, > 0; one die must fit: w^2 + h^2 <= d^2.
        s: street, nm, >= 0.
        d: diameter of the circle, nm.

    Returns:
        Dies, and the offset in half nanometres.

    """
    p = w + s
    q = h + s
    step = 2 * q
    last = isqrt(d * d - w * w)  # outer corners further out leave a chord shorter than the die
    most_rows = (last - h) // step + 1
    stride = most_rows + KEYS + AFTER_KEYS
    levels = 3
    span = q
    while span > 0:
        levels += 1
        span >>= 1
    buffer = integers(2 * levels * stride + SCRATCH_PER_KEY * most_rows + SCRATCH_MINIMUM)

    # The two ends: a row of dies, or a street, through the centre.
    fill_half(buffer, 0, h, step, last, d, w, p)
    fill_half(buffer, stride, h + step, step, last, d, w, p)
    fill_half(buffer, 2 * stride, h + q, step, last, d, w, p)
    highest = peak(buffer, 0, stride)
    v = 0
    dies = peak(buffer, 2 * stride, 2 * stride)
    if dies > highest:
        highest = dies
        v = q
    # An open interval: its bound, its ends, the upper half at its start, the lower half at its end, free room.
    # Depth first, so that each level of halving needs room only once.
    intervals = [(peak(buffer, 0, 2 * stride), 0, q, 0, 2 * stride, 3 * stride)]
    while len(intervals) > 0:
        bound, v0, v1, upper0, lower1, free = intervals.pop()
        if bound <= highest or v1 - v0 < 2:
            continue
        mid = (v0 + v1) // 2
        upper = free
        lower = free + stride
        free = lower + stride
        fill_half(buffer, upper, h + mid, step, last, d, w, p)
        fill_half(buffer, lower, h + step - mid, step, last, d, w, p)
        near = peak(buffer, upper0, lower)
        far = peak(buffer, upper, lower1)
        # The middle belongs to both halves, so neither bound is under its count.
        if near > highest and far > highest:
            dies = peak(buffer, upper, lower)
            if dies > highest:
                highest = dies
                v = mid
        # The more promising half on top of the stack.
        if near > far:
            intervals.append((far, mid, v1, upper, lower1, free))
            intervals.append((near, v0, mid, upper0, lower, free))
        else:
            intervals.append((near, v0, mid, upper0, lower, free))
            intervals.append((far, mid, v1, upper, lower1, free))

    fill_half(buffer, 0, h + v, step, last, d, w, p)
    fill_half(buffer, stride, h + step - v, step, last, d, w, p)
    return highest, widest_window(buffer, 0, stride, p, highest), v


def count_at(w: int, h: int, s: int, d: int, t: int, v: int) -> int:
    """Return the dies on the wafer at offset 0 <= t <= p, 0 <= v <= q; units and domain as in `search`."""
    p = w + s
    step = 2 * (h + s)
    last = isqrt(d * d - w * w)
    dies = 0
    for first in (h + v, h + step - v):
        for ordinate in range(first, last + 1, step):
            reach = isqrt(d * d - ordinate * ordinate) - w
            dies += (reach - t) // (2 * p) + (reach + t) // (2 * p) + 1
    return dies


def is_countable(die_width_mm: float, die_height_mm: float, scribe_mm: float, usable_diameter_mm: float) -> bool:
    """Return whether the exact count is defined: sides of at least SMALLEST_SIDE_MM, everything finite."""
    return (
        is_die(die_width_mm, die_height_mm)
        and die_width_mm >= SMALLEST_SIDE_MM
        and die_height_mm >= SMALLEST_SIDE_MM
        and is_wafer(scribe_mm, usable_diameter_mm)
    )


def best_offset(
    die_width_mm: float, die_height_mm: float, scribe_mm: float, usable_diameter_mm: float
) -> tuple[float, float, float]:
    """Return (N, x, y): the largest count of dies over every grid offset, and an offset that reaches it.

    Die centres stand at (x + i (w + s), y + j (h + s)) from the wafer centre, i and j whole numbers. Of the offsets
    along the width that reach N at this y, x is the middle of the widest stretch, so that the dies of a drawn map
    keep off the circle where they can.

    Args:
        die_width_mm: w, finished die, mm, >= 0.05.
        die_height_mm: h, finished die, mm, >= 0.05.
        scribe_mm: s, street between two dies, mm, in [0, 2000].
        usable_diameter_mm: d, circle that must hold every finished die, boundary included, mm, in (0, 2000].

    Returns:
        N, a whole number; x in [0, (w + s)/2] and y in [0, (h + s)/2], mm. All nan outside the domain, and all 0
        where no die fits.

    Lengths are taken as whole nanometres; N is proven to be the largest over all offsets in steps of half of one.

    >>> best_offset(10.0, 10.0, 0.1, 294.0)[0]
    616.0

    """
    if not is_countable(die_width_mm, die_height_mm, scribe_mm, usable_diameter_mm):
        return nan, nan, nan
    if not die_fits(die_width_mm, die_height_mm, usable_diameter_mm):
        return 0.0, 0.0, 0.0
    w = round(die_width_mm * NM_PER_MM)
    h = round(die_height_mm * NM_PER_MM)
    s = round(scribe_mm * NM_PER_MM)
    d = round(usable_diameter_mm * NM_PER_MM)
    # A round wafer does not know width from height. Rows along the shorter side are fewer, and cost the time.
    if w <= h:
        dies, x, y = search(w, h, s, d)
    else:
        dies, y, x = search(h, w, s, d)
    return float(dies), x / UNITS_PER_MM, y / UNITS_PER_MM


@placement(
    "best",
    exact=True,
    formula="max over (x, y) of the dies inside the circle",
    when="the dies that a well placed reticle grid yields; the default",
    reference="exact count over every grid offset, in whole nanometres",
)
def best(die_width_mm: float, die_height_mm: float, scribe_mm: float, usable_diameter_mm: float) -> float:
    """Return the largest number of whole dies on a wafer over every grid offset, exactly.

    Args:
        die_width_mm: w, finished die, mm, >= 0.05.
        die_height_mm: h, finished die, mm, >= 0.05.
        scribe_mm: s, street between two dies, mm, in [0, 2000].
        usable_diameter_mm: d, circle that must hold every finished die, boundary included, mm, in (0, 2000].

    Returns:
        Dies, a whole number; 0 where no die fits; nan outside the domain.

    One rectangular grid, no flat and no notch. `best_offset` says where the grid stands.

    >>> best(10.0, 10.0, 0.1, 294.0)
    616.0

    """
    return best_offset(die_width_mm, die_height_mm, scribe_mm, usable_diameter_mm)[0]


def dies_at_offset(
    die_width_mm: float,
    die_height_mm: float,
    scribe_mm: float,
    usable_diameter_mm: float,
    offset_x_mm: float,
    offset_y_mm: float,
) -> float:
    """Return the number of whole dies on a wafer whose die centres stand at (x + i (w + s), y + j (h + s)).

    Args:
        die_width_mm: w, finished die, mm, >= 0.05.
        die_height_mm: h, finished die, mm, >= 0.05.
        scribe_mm: s, street between two dies, mm, in [0, 2000].
        usable_diameter_mm: d, circle that must hold every finished die, boundary included, mm, in (0, 2000].
        offset_x_mm: x, a die centre's distance from the wafer centre along the width, mm, |x| <= 2000.
        offset_y_mm: y, the same along the height, mm, |y| <= 2000.

    Returns:
        Dies, a whole number; 0 where no die fits; nan outside the domain.

    >>> dies_at_offset(10.0, 10.0, 0.1, 294.0, 0.0, 0.0)
    597.0

    """
    inside = (
        is_countable(die_width_mm, die_height_mm, scribe_mm, usable_diameter_mm)
        and abs(offset_x_mm) <= LARGEST_OFFSET_MM
        and abs(offset_y_mm) <= LARGEST_OFFSET_MM
    )
    if not inside:
        return nan
    if not die_fits(die_width_mm, die_height_mm, usable_diameter_mm):
        return 0.0
    w = round(die_width_mm * NM_PER_MM)
    h = round(die_height_mm * NM_PER_MM)
    s = round(scribe_mm * NM_PER_MM)
    # Modulo the pitch, and mirrored, into 0..p and 0..q.
    t = abs((round(offset_x_mm * UNITS_PER_MM) + w + s) % (2 * (w + s)) - w - s)
    v = abs((round(offset_y_mm * UNITS_PER_MM) + h + s) % (2 * (h + s)) - h - s)
    return float(count_at(w, h, s, round(usable_diameter_mm * NM_PER_MM), t, v))


def centred(
    die_width_mm: float, die_height_mm: float, scribe_mm: float, usable_diameter_mm: float, corner: bool
) -> float:
    """Return the dies on a wafer centred on a die, or on the crossing of two streets."""
    if not is_countable(die_width_mm, die_height_mm, scribe_mm, usable_diameter_mm):
        return nan
    if not die_fits(die_width_mm, die_height_mm, usable_diameter_mm):
        return 0.0
    w = round(die_width_mm * NM_PER_MM)
    h = round(die_height_mm * NM_PER_MM)
    s = round(scribe_mm * NM_PER_MM)
    d = round(usable_diameter_mm * NM_PER_MM)
    return float(count_at(w, h, s, d, w + s if corner else 0, h + s if corner else 0))


@placement(
    "center-die",
    exact=True,
    formula="dies inside the circle, a die centred on the wafer centre",
    when="to reproduce tools and maps with a die in the centre",
    reference="exact count at one grid offset, in whole nanometres",
)
def center_die(die_width_mm: float, die_height_mm: float, scribe_mm: float, usable_diameter_mm: float) -> float:
    """Return the number of whole dies on a wafer that has the centre of a die at its own centre, exactly.

    Args:
        die_width_mm: w, finished die, mm, >= 0.05.
        die_height_mm: h, finished die, mm, >= 0.05.
        scribe_mm: s, street between two dies, mm, in [0, 2000].
        usable_diameter_mm: d, circle that must hold every finished die, boundary included, mm, in (0, 2000].

    Returns:
        Dies, a whole number; 0 where no die fits; nan outside the domain.

    >>> center_die(10.0, 10.0, 0.1, 294.0)
    597.0

    """
    return centred(die_width_mm, die_height_mm, scribe_mm, usable_diameter_mm, False)


@placement(
    "center-corner",
    exact=True,
    formula="dies inside the circle, four cells meeting at the wafer centre",
    when="to reproduce tools and maps with a street crossing in the centre",
    reference="exact count at one grid offset, in whole nanometres",
)
def center_corner(die_width_mm: float, die_height_mm: float, scribe_mm: float, usable_diameter_mm: float) -> float:
    """Return the number of whole dies on a wafer at whose centre two streets cross, exactly.

    Args:
        die_width_mm: w, finished die, mm, >= 0.05.
        die_height_mm: h, finished die, mm, >= 0.05.
        scribe_mm: s, street between two dies, mm, in [0, 2000].
        usable_diameter_mm: d, circle that must hold every finished die, boundary included, mm, in (0, 2000].

    Returns:
        Dies, a whole number; 0 where no die fits; nan outside the domain.

    >>> center_corner(20.7, 10.5, 0.0, 300.0)
    288.0

    """
    return centred(die_width_mm, die_height_mm, scribe_mm, usable_diameter_mm, True)
