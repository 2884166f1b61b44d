r"""Yields over the dies of a wafer whose defect density grows towards the edge, as functions of stages.

.. math:: \bar Y = \frac{1}{N} \sum_i Y(x\, g_i / n)

A stage takes the die, the wafer and the parameters of g; where the dies stand follows from them as their number does.
"""

from __future__ import annotations

from functools import lru_cache
from math import fsum, nan
from typing import Final, NamedTuple

from .defects.radial import densities
from .placement.circle import whole_cell
from .placement.positions import positions
from .registry import RADIAL_SHAPES, YIELD_MODELS

DIE_KEYS: Final = ("die_width_mm", "die_height_mm", "scribe_mm", "usable_diameter_mm")

Spread = tuple[tuple[float, float], ...]
"""(density over D0, share of the dies that have it)."""


class RadialMap(NamedTuple):
    """How dies stand on a wafer, and how its defect density runs."""

    placement: str
    """Key of an exact placement."""
    cell: bool
    """Whether the whole cell of a die must lie inside."""
    shape: str
    d0_is: str

    @property
    def inputs(self) -> tuple[str, ...]:
        """Keys of what `spread` takes, in its order."""
        return (*DIE_KEYS, *RADIAL_SHAPES[self.shape])

    def spread(self, *given: float) -> Spread:
        """Return the relative densities of a wafer's dies; a single 1 where no die fits, nan outside the domain."""
        return _spread(self, given)


@lru_cache(maxsize=256)
def _spread(asked: RadialMap, given: tuple[float, ...]) -> Spread:
    width, height, scribe, usable, *parameters = given
    placed = whole_cell(width, height, scribe) if asked.cell else (width, height, scribe)
    centres = positions(asked.placement, *placed, usable)
    if not centres:
        return ((1.0, 1.0),)
    found = densities(centres, width, height, usable, asked.shape, parameters, asked.d0_is)
    if not found.relative:
        return ((nan, 1.0),)
    return tuple((g, dies / len(centres)) for g, dies in sorted(found.relative.items()))


class MeanYield(NamedTuple):
    """The random yield over all dies of a wafer, as the function of a stage."""

    over: RadialMap
    model: str
    """Key of `YIELD_MODELS`."""

    @property
    def inputs(self) -> tuple[str, ...]:
        """Keys of what it takes, in its order."""
        return (*self.over.inputs, "mean_faults", *YIELD_MODELS[self.model].parameters)

    def __call__(self, *given: float) -> float:
        """Return the mean of the yields at each die's density."""
        count = len(self.over.inputs)
        faults, *own = given[count:]
        plain = YIELD_MODELS[self.model].yield_
        return fsum(share * plain(faults * g, *own) for g, share in self.over.spread(*given[:count]))
