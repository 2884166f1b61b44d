r"""Radial yield: defect densities that grow from the wafer's centre to its edge, summed over the real dies.

.. math:: D(r) = D_0\, g(r/R), \qquad G = \sum_i Y\!\left(A\, D_0\, \bar g_i / n\right)

R is the radius of the usable circle, g_i the mean of g over the area of die i, and n what D0 is of: 1 where it is that
of the wafer's centre, the mean of g over the disc or over the dies where D0 is one of those means. By Jensen's
inequality a mean D0 gives more good dies than the same D0 everywhere, a D0 of the centre fewer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import asin, fsum, hypot, inf, nan, sqrt
from typing import Final, NamedTuple

from .mixing import nodes

SHAPES: Final = {"flat": (), "step": ("r0", "factor"), "power": ("b", "p")}
"""Shapes of g and what they take: flat 1; step 1 up to r0 and factor beyond; power 1 + b (r/R)^p."""
SAMPLINGS: Final = ("area", "centre")
"""Whether a die takes the mean of g over its area, or g at its centre."""

EDGE_AGREES: Final = 1e-13
"""Of an integral along a die's edge: where 10 points and 21 differ by less it is settled."""
DEEPEST: Final = 40
"""Halvings of an edge."""


class Radial(NamedTuple):
    """Good dies of one wafer, and what the D0 of its dies is."""

    good_dies: float
    flat_good_dies: float
    """With the same D0 everywhere."""
    die_mean: float
    """Mean of g over the dies."""
    disc_mean: float
    """Mean of g over the usable disc."""


def radial_sum(
    centres: Sequence[tuple[float, float]],
    die_width_mm: float,
    die_height_mm: float,
    usable_diameter_mm: float,
    mean_faults: float,
    shape: str,
    parameters: Sequence[float],
    d0_is: str,
    sampling: str,
    die_yield: Callable[[float], float],
) -> Radial:
    """Return the good dies of a wafer whose defect density depends on the radius.

    Args:
        centres: of the dies, from the wafer's centre, mm.
        die_width_mm: mm.
        die_height_mm: mm.
        usable_diameter_mm: 2 R, mm.
        mean_faults: A D0, mean faults of a die at D0.
        shape: a key of `SHAPES`; KeyError otherwise.
        parameters: of the shape: (r0 in 0..1, factor >= 0), (b >= 0, p > 0), or none.
        d0_is: one of `D0_MEANINGS`.
        sampling: one of `SAMPLINGS`.
        die_yield: mean faults -> yield, systematic losses counted.

    """
    found = densities(centres, die_width_mm, die_height_mm, usable_diameter_mm, shape, parameters, d0_is, sampling)
    flat = len(centres) * die_yield(mean_faults)
    good = sum_over(found, lambda g: die_yield(mean_faults * g)) if found.relative else nan
    return Radial(good, flat, found.die_mean, found.disc_mean)


class Densities(NamedTuple):
    """The defect densities of the dies of a wafer, relative to D0."""

    relative: dict[float, int]
    """Density over D0 -> dies that have it; empty where D0 is a mean that no number tells."""
    of: list[float]
    """The density over D0 of each die, in the order of their centres."""
    die_mean: float
    """Mean of g over the dies."""
    disc_mean: float
    """Mean of g over the usable disc."""


def densities(
    centres: Sequence[tuple[float, float]],
    die_width_mm: float,
    die_height_mm: float,
    usable_diameter_mm: float,
    shape: str,
    parameters: Sequence[float],
    d0_is: str,
    sampling: str = "area",
) -> Densities:
    """Return the density of each die relative to D0; arguments as for `radial_sum`. Mirrored dies are worked out once.

    >>> densities([(0.0, 0.0), (0.0, 30.0)], 10.0, 10.0, 100.0, "step", (0.4, 3.0), "centre").relative
    {1.0: 1, 3.0: 1}

    """
    radius = 0.5 * usable_diameter_mm
    half_w, half_h = 0.5 * die_width_mm / radius, 0.5 * die_height_mm / radius
    worked_out: dict[tuple[float, float], float] = {}
    each = []
    for centre in centres:
        place = abs(centre[0]), abs(centre[1])
        g = worked_out.get(place)
        if g is None:
            x, y = place[0] / radius, place[1] / radius
            g = worked_out[place] = (
                at_radius(shape, parameters, hypot(x, y))
                if sampling == "centre"
                else over_area(shape, parameters, (x - half_w, x + half_w), (y - half_h, y + half_h))
            )
        each.append(g)
    die_mean = fsum(each) / len(each) if each else nan
    disc = disc_mean(shape, parameters)
    unit = {"centre": 1.0, "disc-mean": disc, "die-mean": die_mean}[d0_is]
    if not 0.0 < unit < inf:
        return Densities({}, [], die_mean, disc)
    of = [g / unit for g in each]
    relative: dict[float, int] = {}
    for one in of:
        relative[one] = relative.get(one, 0) + 1
    return Densities(relative, of, die_mean, disc)


def sum_over(found: Densities, of_one: Callable[[float], float]) -> float:
    """Return the sum over all dies of a function of the relative density."""
    return fsum(dies * of_one(g) for g, dies in found.relative.items())


def at_radius(shape: str, parameters: Sequence[float], rho: float) -> float:
    """Return g at the radius rho = r/R.

    >>> at_radius("step", (0.8, 2.0), 0.8), at_radius("step", (0.8, 2.0), 0.9), at_radius("power", (1.0, 2.0), 0.5)
    (1.0, 2.0, 1.25)

    """
    if shape == "flat":
        return 1.0
    first, second = parameters
    if shape == "step":
        return second if rho > first else 1.0
    return float(1.0 + first * rho**second)


def disc_mean(shape: str, parameters: Sequence[float]) -> float:
    """Return the mean of g over the disc: r0^2 + factor (1 - r0^2), or 1 + 2 b/(p + 2)."""
    if shape == "flat":
        return 1.0
    first, second = parameters
    return first * first + second * (1.0 - first * first) if shape == "step" else 1.0 + 2.0 * first / (second + 2.0)


def over_area(shape: str, parameters: Sequence[float], x: tuple[float, float], y: tuple[float, float]) -> float:
    """Return the mean of g over the rectangle of `x` times `y`, in units of R: exact for a step, to 1e-12 for a power.

    >>> round(over_area("power", (1.0, 2.0), (0.0, 0.3), (0.0, 0.6)), 12)  # 1 + (0.09 + 0.36)/3
    1.15

    """
    if shape == "flat":
        return 1.0
    first, second = parameters
    area = (x[1] - x[0]) * (y[1] - y[0])
    if shape == "step":
        far = hypot(max(abs(x[0]), abs(x[1])), max(abs(y[0]), abs(y[1])))
        inside = 1.0 if far <= first else min(in_disc(x, y, first) / area, 1.0)
        return inside + second * (1.0 - inside)
    if second == 2.0:
        return 1.0 + first * (_mean_square(*x) + _mean_square(*y))
    return 1.0 + first * _power_integral(x, y, second) / area


def _mean_square(a: float, b: float) -> float:
    return (a * a + a * b + b * b) / 3.0


def in_disc(x: tuple[float, float], y: tuple[float, float], r: float) -> float:
    """Return the area that a rectangle shares with a disc of radius r about the origin.

    >>> round(in_disc((-1.0, 1.0), (-1.0, 1.0), 1.0), 9), in_disc((0.0, 0.5), (0.0, 0.5), 1.0)
    (3.141592654, 0.25)

    """
    corner = [_corner(a, b, r) for a in x for b in y]
    return corner[3] - corner[2] - corner[1] + corner[0]


def _corner(x: float, y: float, r: float) -> float:
    """Return the area of the disc between the axes and (x, y), counted as the signs of x and y say."""
    sign = (1.0 if x >= 0.0 else -1.0) * (1.0 if y >= 0.0 else -1.0)
    a, b = min(abs(x), r), min(abs(y), r)
    if a * a + b * b <= r * r:
        return sign * a * b
    # Up to where the circle falls below b a strip of that height, then what is under the circle.
    turn = sqrt(max(r * r - b * b, 0.0))
    return sign * (b * turn + _under(a, r) - _under(turn, r))


def _under(x: float, r: float) -> float:
    """Return the area under a quarter circle from 0 to x."""
    return 0.5 * (x * sqrt(max(r * r - x * x, 0.0)) + r * r * asin(min(x / r, 1.0))) if r > 0.0 else 0.0


def _power_integral(x: tuple[float, float], y: tuple[float, float], p: float) -> float:
    """Return the integral of r^p over a rectangle: by the divergence theorem one along its edges.

    r^p is homogeneous, so that it is the divergence of r^p (x, y)/(p + 2).
    """
    edges = fsum(sign * at * _edge(at, y, p) for sign, at in zip((-1.0, 1.0), x, strict=True))
    edges += fsum(sign * at * _edge(at, x, p) for sign, at in zip((-1.0, 1.0), y, strict=True))
    return edges / (p + 2.0)


def _edge(at: float, ends: tuple[float, float], p: float) -> float:
    """Return the integral of r^p along a line at the distance `at`, from one of `ends` to the other."""
    low, high = ends
    cuts = (low, 0.0, high) if low < 0.0 < high else (low, high)
    # What adds nothing to the whole need not be right in itself; a power of p has p times the error of its base.
    floor = EDGE_AGREES * 1e-3 * hypot(at, max(abs(low), abs(high))) ** p * (high - low)
    agrees = EDGE_AGREES * (1.0 + 0.1 * p)
    return fsum(_adaptive(at, a, b, p, floor, agrees, 0) for a, b in pairwise(cuts)) if at else 0.0


def _adaptive(at: float, a: float, b: float, p: float, floor: float, agrees: float, depth: int) -> float:
    half, middle = 0.5 * (b - a), 0.5 * (a + b)
    wide = narrow = 0.0
    for node, weight, other in nodes():
        value = hypot(at, middle + half * node) ** p
        wide += weight * value
        narrow += other * value
    if abs(wide - narrow) * half <= max(agrees * abs(wide) * half, floor) or depth == DEEPEST:
        return wide * half
    rest = (p, floor, agrees, depth + 1)
    return _adaptive(at, a, middle, *rest) + _adaptive(at, middle, b, *rest)
