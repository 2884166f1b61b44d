"""How a scanner prints the dies of a wafer: dies a field, the fewest exposures, and dies larger than a field."""

from __future__ import annotations

from math import ceil
from typing import NamedTuple

from .circle import NM_PER_MM
from .fields import MOST_STEPS, Exposures, Plan, dies_per_field, fewest_over_offsets, pattern_at, phases, size
from .shape import Shape
from .shaped import Grid


class Reticle(NamedTuple):
    """A field that prints the dies of a wafer."""

    columns: int
    """Dies in the width of a field."""
    rows: int
    """Dies in its height."""
    turned: bool
    """Whether the field stands the other way round, its width along the dies' height."""
    plan: Plan


def fits_field(die_width_mm: float, die_height_mm: float, field_width_mm: float, field_height_mm: float) -> bool:
    """Return whether one field holds the die, either way round; lengths count as whole nanometres.

    >>> fits_field(33.0, 26.0, 26.0, 33.0), fits_field(26.1, 10.0, 26.0, 16.5)
    (True, False)

    """
    die = sorted((round(die_width_mm * NM_PER_MM), round(die_height_mm * NM_PER_MM)))
    field = sorted((round(field_width_mm * NM_PER_MM), round(field_height_mm * NM_PER_MM)))
    return die[0] <= field[0] and die[1] <= field[1]


def fewest_exposures(
    usable: Shape,
    held: Grid,
    die_nm: tuple[int, int, int],
    field_nm: tuple[int, int],
    offset: tuple[int, int],
    anywhere: bool,
    most_steps: int = MOST_STEPS,
) -> Reticle | None:
    """Return the field, either way round, that needs the fewest exposures; None where there is no die to print.

    Args:
        usable: where good dies can be.
        held: what must lie there, and its pitches, half nanometres.
        die_nm: width, height and street, nm. Some way round the field holds the die.
        field_nm: width and height of the field, nm.
        offset: (t, v) of the grid, half nanometres.
        anywhere: the grid may stand at every offset that holds as many dies, else at this one alone.
        most_steps: after which the search for one that needs fewer gives up its proof.

    Of equal ways the field stands as given.

    """
    w, h, s = die_nm
    t, v = offset
    pattern = pattern_at(usable, held, t, t, v, v, True)
    dies = size(pattern)
    if dies == 0:
        return None
    found: list[Reticle] = []
    for turned, (width, height) in ((False, field_nm), (True, field_nm[::-1])):
        a, b = dies_per_field(width, w, s), dies_per_field(height, h, s)
        if a < 1 or b < 1 or any((r.columns, r.rows) == (a, b) for r in found):
            continue
        if anywhere and a * b > 1:
            plan = fewest_over_offsets(usable, held, dies, t, v, a, b, most_steps)
        else:
            best, most = phases(pattern, a, b)
            plan = Plan(best, most, t, v, True)
        found.append(Reticle(a, b, turned, plan))
    return min(found, key=lambda r: r.plan.best.exposures)


def stitched_fields(
    die_width_mm: float, die_height_mm: float, field_width_mm: float, field_height_mm: float
) -> tuple[int, int, bool]:
    """Return how many fields side by side and one above the other make up a die, and whether they are turned.

    The way round that takes fewer fields; what neighbouring exposures overlap at a seam is not counted.

    >>> stitched_fields(52.0, 33.0, 26.0, 33.0), stitched_fields(60.0, 26.0, 26.0, 33.0)
    ((2, 1, False), (2, 1, True))

    """
    ways = (
        (ceil(die_width_mm / field_width_mm), ceil(die_height_mm / field_height_mm), False),
        (ceil(die_width_mm / field_height_mm), ceil(die_height_mm / field_width_mm), True),
    )
    return min(ways, key=lambda way: way[0] * way[1])


def stitched(usable: Shape, held: Grid, offset: tuple[int, int], fields_per_die: int) -> Exposures:
    """Return the exposures of dies that each take several fields of their own: only whole dies are exposed."""
    t, v = offset
    exposures = size(pattern_at(usable, held, t, t, v, v, True)) * fields_per_die
    return Exposures(exposures, exposures, 0, 0)


def utilisation(
    die_width_mm: float, die_height_mm: float, dies: float, field_width_mm: float, field_height_mm: float
) -> float:
    """Return the share of the field's area that dies fill, streets left out; `dies` is below 1 for stitched dies.

    >>> round(utilisation(12.9, 16.4, 4, 26.0, 33.0), 4)
    0.9863

    """
    return dies * die_width_mm * die_height_mm / (field_width_mm * field_height_mm)


def with_stitching(systematic_yield: float, stitching_yield: float) -> float:
    """Return the systematic yield of stitched dies: seams fail on their own."""
    return systematic_yield * stitching_yield
