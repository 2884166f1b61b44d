"""Dies per wafer: the published closed formulas, and beside them the exact counts of `exact_placement`.

All take (die width, die height, scribe, usable wafer diameter) in mm. The formulas are not rounded: they model the
mean count over die sizes, and each source rounds in its own way. Symbols: px = w + s, py = h + s, S = px py.
"""

from __future__ import annotations

from math import inf, nan, pi, sqrt
from typing import Final

from nodecalc_kernels.numbers.vecmath import decay
from nodecalc_kernels.registry import placement

from .circle import fits_about, is_die, is_wafer, whole_cell
from .exact import best, best_offset, center_corner, center_die, dies_at_offset
from .free_rows import free_rows

__all__ = [
    "area_quotient",
    "best",
    "best_offset",
    "center_corner",
    "center_die",
    "de_vries_exp",
    "de_vries_linear",
    "de_vries_square",
    "dies_at_offset",
    "ferris_prabhu",
    "flynn",
    "free_rows",
    "hennessy_patterson",
    "whole_cell",
]

CIRCLE: Final = pi / 4.0
"""Area of a circle over that of the square around it."""

HENNESSY_PATTERSON_EDGE: Final = sqrt(2.0 * pi)
"""Dies lost along the edge, per root of the cells in the circle: circumference pi d over the diagonal sqrt(2 S) of a
square die. Hennessy and Patterson, Computer Architecture, 6th ed., section 1.6."""

FERRIS_PRABHU_EDGE: Final = 2.0
"""Exponent per mean pitch over diameter. A. V. Ferris-Prabhu, IEEE Circuits and Devices Magazine 5(1):37, 1989."""

FLYNN_EDGE: Final = 1.0
"""Mean pitches by which the edge makes the diameter smaller; the form with S the die area is in M. J. Flynn,
Computer Architecture: Pipelined and Parallel Processor Design, 1995."""

DE_VRIES_LINEAR_EDGE: Final = 0.58
DE_VRIES_EXP_EDGE: Final = 2.32
DE_VRIES_SQUARE_EDGE: Final = 1.16
"""The three coefficients with which the three forms fit exact counts best, with the mean of the two pitches as the
length. D. K. de Vries, IEEE Trans. Semicond. Manuf. 18:136, 2005."""

DE_VRIES: Final = "D. K. de Vries, IEEE Trans. Semicond. Manuf. 18:136, 2005"


def circle_area(diameter_mm: float) -> float:
    """Return the area of a circle, pi d^2 / 4, mm2."""
    return CIRCLE * diameter_mm * diameter_mm


def cell_area(die_width_mm: float, die_height_mm: float, scribe_mm: float) -> float:
    """Return the area of a pitch cell, S = px py, mm2."""
    return (die_width_mm + scribe_mm) * (die_height_mm + scribe_mm)


def cells(die_width_mm: float, die_height_mm: float, scribe_mm: float, diameter_mm: float) -> float:
    """Return the area of a circle in pitch cells, pi d^2 / (4 S)."""
    return circle_area(diameter_mm) / cell_area(die_width_mm, die_height_mm, scribe_mm)


def mean_pitch(die_width_mm: float, die_height_mm: float, scribe_mm: float) -> float:
    """Return the mean of the two pitches, (px + py) / 2, mm."""
    return 0.5 * (die_width_mm + die_height_mm) + scribe_mm


def edge_exponent(
    edge: float, die_width_mm: float, die_height_mm: float, scribe_mm: float, usable_diameter_mm: float
) -> float:
    """Return E = edge (px + py) / (2 d), where the edge leaves e^-E of the dies; inf where no die fits.

    Outside the domain it may be anything.
    """
    per_mm = edge / (usable_diameter_mm if usable_diameter_mm > 0.0 else nan)
    lost = per_mm * mean_pitch(die_width_mm, die_height_mm, scribe_mm)
    return lost if fits_about(die_width_mm, die_height_mm, usable_diameter_mm) else inf


def ferris_prabhu_exponent(
    die_width_mm: float, die_height_mm: float, scribe_mm: float, usable_diameter_mm: float
) -> float:
    """Return E = (px + py) / d of `ferris_prabhu`; see `edge_exponent`."""
    return edge_exponent(FERRIS_PRABHU_EDGE, die_width_mm, die_height_mm, scribe_mm, usable_diameter_mm)


def de_vries_exponent(die_width_mm: float, die_height_mm: float, scribe_mm: float, usable_diameter_mm: float) -> float:
    """Return E = 2.32 ((px + py) / 2) / d of `de_vries_exp`; see `edge_exponent`."""
    return edge_exponent(DE_VRIES_EXP_EDGE, die_width_mm, die_height_mm, scribe_mm, usable_diameter_mm)


def non_negative(dies: float) -> float:
    """Return `dies`, or 0 where an edge term is larger than the wafer."""
    return dies if dies > 0.0 else 0.0


@placement(
    "area",
    exact=False,
    formula="pi d^2 / (4 S)",
    when="not as a count: there is no edge loss in it; the first term of the other formulas",
    reference="ratio of areas",
)
def area_quotient(die_width_mm: float, die_height_mm: float, scribe_mm: float, usable_diameter_mm: float) -> float:
    r"""Return the wafer's area over that of a pitch cell, N = pi d^2 / (4 S).

    Args:
        die_width_mm: w, mm, >= 1e-6.
        die_height_mm: h, mm, >= 1e-6.
        scribe_mm: s, mm, in [0, 2000].
        usable_diameter_mm: d, mm, in (0, 2000].

    Returns:
        N, dies; 0 where no die fits in the circle; nan outside the domain.

    No loss at the edge: on a 300 mm wafer too many by 8 % at 100 mm2 and by 20 % at 400 to 800 mm2.

    >>> round(area_quotient(10.0, 10.0, 0.0, 300.0), 2)
    706.86

    """
    inside = is_die(die_width_mm, die_height_mm) and is_wafer(scribe_mm, usable_diameter_mm)
    return (
        (
            cells(die_width_mm, die_height_mm, scribe_mm, usable_diameter_mm)
            if fits_about(die_width_mm, die_height_mm, usable_diameter_mm)
            else 0.0
        )
        if inside
        else nan
    )


@placement(
    "hennessy-patterson",
    exact=False,
    formula="pi d^2 / (4 S) - pi d / sqrt(2 S)",
    when="to reproduce textbooks and the tools that follow them; 1 % low at 50 mm2, 8 % above 400 mm2 (300 mm wafer)",
    reference="Hennessy and Patterson, Computer Architecture, 6th ed., section 1.6",
)
def hennessy_patterson(die_width_mm: float, die_height_mm: float, scribe_mm: float, usable_diameter_mm: float) -> float:
    r"""Return the textbook dies per wafer, N = pi d^2 / (4 S) - pi d / sqrt(2 S).

    Args:
        die_width_mm: w, mm, >= 1e-6.
        die_height_mm: h, mm, >= 1e-6.
        scribe_mm: s, mm, in [0, 2000].
        usable_diameter_mm: d, mm, in (0, 2000].

    Returns:
        N, dies; 0 where no die fits or the edge term is the larger one; nan outside the domain.

    The edge term takes a square die: the result does not know the aspect ratio.

    Reference:
        Hennessy and Patterson, Computer Architecture, 6th ed., section 1.6.

    >>> round(hennessy_patterson(10.0, 10.0, 0.0, 300.0), 1)  # the book: 640
    640.2

    """
    inside = is_die(die_width_mm, die_height_mm) and is_wafer(scribe_mm, usable_diameter_mm)
    whole = cells(die_width_mm, die_height_mm, scribe_mm, usable_diameter_mm) if inside else nan
    return (
        (
            non_negative(whole - HENNESSY_PATTERSON_EDGE * sqrt(whole))
            if fits_about(die_width_mm, die_height_mm, usable_diameter_mm)
            else 0.0
        )
        if inside
        else nan
    )


@placement(
    "ferris-prabhu",
    exact=False,
    exponent=ferris_prabhu_exponent,
    formula="pi d^2 / (4 S) exp(-(px + py) / d)",
    when="to reproduce work that uses it; 1 to 2 % high above 100 mm2 (300 mm wafer)",
    reference="A. V. Ferris-Prabhu, IEEE Circuits and Devices Magazine 5(1):37, 1989",
)
def ferris_prabhu(die_width_mm: float, die_height_mm: float, scribe_mm: float, usable_diameter_mm: float) -> float:
    r"""Return dies per wafer with an exponential edge loss, N = pi d^2 / (4 S) exp(-(px + py) / d).

    Args:
        die_width_mm: w, mm, >= 1e-6.
        die_height_mm: h, mm, >= 1e-6.
        scribe_mm: s, mm, in [0, 2000].
        usable_diameter_mm: d, mm, in (0, 2000].

    Returns:
        N, dies; 0 where no die fits; nan outside the domain.

    Reference:
        A. V. Ferris-Prabhu, IEEE Circuits and Devices Magazine 5(1):37, 1989.

    >>> round(ferris_prabhu(10.0, 10.0, 0.0, 300.0), 1)
    661.3

    """
    inside = is_die(die_width_mm, die_height_mm) and is_wafer(scribe_mm, usable_diameter_mm)
    return (
        cells(die_width_mm, die_height_mm, scribe_mm, usable_diameter_mm)
        * decay(ferris_prabhu_exponent(die_width_mm, die_height_mm, scribe_mm, usable_diameter_mm))
        if inside
        else nan
    )


@placement(
    "flynn",
    exact=False,
    formula="pi / (4 S) (d - (px + py) / 2)^2",
    when="to reproduce work that uses it; about 1 % high above 100 mm2 (300 mm wafer)",
    reference="M. J. Flynn, Computer Architecture: Pipelined and Parallel Processor Design, 1995",
)
def flynn(die_width_mm: float, die_height_mm: float, scribe_mm: float, usable_diameter_mm: float) -> float:
    r"""Return the dies that fill a circle smaller by one mean pitch, N = pi / (4 S) (d - (px + py) / 2)^2.

    Args:
        die_width_mm: w, mm, >= 1e-6.
        die_height_mm: h, mm, >= 1e-6.
        scribe_mm: s, mm, in [0, 2000].
        usable_diameter_mm: d, mm, in (0, 2000].

    Returns:
        N, dies; 0 where no die fits or the mean pitch exceeds d; nan outside the domain.

    Reference:
        M. J. Flynn, Computer Architecture: Pipelined and Parallel Processor Design, 1995.

    >>> round(flynn(10.0, 10.0, 0.0, 300.0), 1)
    660.5

    """
    inside = is_die(die_width_mm, die_height_mm) and is_wafer(scribe_mm, usable_diameter_mm)
    smaller = non_negative(usable_diameter_mm - FLYNN_EDGE * mean_pitch(die_width_mm, die_height_mm, scribe_mm))
    return (
        (
            cells(die_width_mm, die_height_mm, scribe_mm, smaller)
            if fits_about(die_width_mm, die_height_mm, usable_diameter_mm)
            else 0.0
        )
        if inside
        else nan
    )


@placement(
    "de-vries-linear",
    exact=False,
    formula="pi d^2 / (4 S) - 0.58 pi d / ((px + py) / 2)",
    when="dies below 100 mm2; 2 % low above 400 mm2 (300 mm wafer)",
    reference=DE_VRIES,
)
def de_vries_linear(die_width_mm: float, die_height_mm: float, scribe_mm: float, usable_diameter_mm: float) -> float:
    r"""Return dies per wafer with a fitted linear edge term, N = pi d^2 / (4 S) - 0.58 pi d / ((px + py) / 2).

    Args:
        die_width_mm: w, mm, >= 1e-6.
        die_height_mm: h, mm, >= 1e-6.
        scribe_mm: s, mm, in [0, 2000].
        usable_diameter_mm: d, mm, in (0, 2000].

    Returns:
        N, dies; 0 where no die fits or the edge term is the larger one; nan outside the domain.

    Reference:
        D. K. de Vries, IEEE Trans. Semicond. Manuf. 18:136, 2005.

    >>> round(de_vries_linear(10.0, 10.0, 0.0, 300.0), 1)
    652.2

    """
    inside = is_die(die_width_mm, die_height_mm) and is_wafer(scribe_mm, usable_diameter_mm)
    return (
        (
            non_negative(
                cells(die_width_mm, die_height_mm, scribe_mm, usable_diameter_mm)
                - DE_VRIES_LINEAR_EDGE * pi * (usable_diameter_mm / mean_pitch(die_width_mm, die_height_mm, scribe_mm))
            )
            if fits_about(die_width_mm, die_height_mm, usable_diameter_mm)
            else 0.0
        )
        if inside
        else nan
    )


@placement(
    "de-vries-exp",
    exact=False,
    exponent=de_vries_exponent,
    formula="pi d^2 / (4 S) exp(-2.32 ((px + py) / 2) / d)",
    when="sweeps of many die sizes: the closed formula nearest to `best` (300 mm wafer: 1 % low above 400 mm2)",
    reference=DE_VRIES,
)
def de_vries_exp(die_width_mm: float, die_height_mm: float, scribe_mm: float, usable_diameter_mm: float) -> float:
    r"""Return dies per wafer with a fitted exponential edge loss, N = pi d^2 / (4 S) exp(-2.32 ((px + py) / 2) / d).

    Args:
        die_width_mm: w, mm, >= 1e-6.
        die_height_mm: h, mm, >= 1e-6.
        scribe_mm: s, mm, in [0, 2000].
        usable_diameter_mm: d, mm, in (0, 2000].

    Returns:
        N, dies; 0 where no die fits; nan outside the domain.

    Reference:
        D. K. de Vries, IEEE Trans. Semicond. Manuf. 18:136, 2005.

    >>> round(de_vries_exp(10.0, 10.0, 0.0, 300.0), 1)
    654.3

    """
    inside = is_die(die_width_mm, die_height_mm) and is_wafer(scribe_mm, usable_diameter_mm)
    return (
        cells(die_width_mm, die_height_mm, scribe_mm, usable_diameter_mm)
        * decay(de_vries_exponent(die_width_mm, die_height_mm, scribe_mm, usable_diameter_mm))
        if inside
        else nan
    )


@placement(
    "de-vries-square",
    exact=False,
    formula="pi d^2 / (4 S) (1 - 1.16 ((px + py) / 2) / d)^2",
    when="to reproduce work that uses it; 2 % low above 400 mm2 (300 mm wafer)",
    reference=DE_VRIES,
)
def de_vries_square(die_width_mm: float, die_height_mm: float, scribe_mm: float, usable_diameter_mm: float) -> float:
    r"""Return dies per wafer with a fitted square edge loss, N = pi d^2 / (4 S) (1 - 1.16 ((px + py) / 2) / d)^2.

    Args:
        die_width_mm: w, mm, >= 1e-6.
        die_height_mm: h, mm, >= 1e-6.
        scribe_mm: s, mm, in [0, 2000].
        usable_diameter_mm: d, mm, in (0, 2000].

    Returns:
        N, dies; 0 where no die fits or 1.16 mean pitches exceed d; nan outside the domain.

    Reference:
        D. K. de Vries, IEEE Trans. Semicond. Manuf. 18:136, 2005.

    >>> round(de_vries_square(10.0, 10.0, 0.0, 300.0), 1)
    653.3

    """
    inside = is_die(die_width_mm, die_height_mm) and is_wafer(scribe_mm, usable_diameter_mm)
    smaller = non_negative(
        usable_diameter_mm - DE_VRIES_SQUARE_EDGE * mean_pitch(die_width_mm, die_height_mm, scribe_mm)
    )
    return (
        (
            cells(die_width_mm, die_height_mm, scribe_mm, smaller)
            if fits_about(die_width_mm, die_height_mm, usable_diameter_mm)
            else 0.0
        )
        if inside
        else nan
    )
