"""Units of dies that sell in bins: full dies go into full units and cut ones into cut units."""

from __future__ import annotations

from collections.abc import Mapping
from math import fsum
from typing import TYPE_CHECKING, NamedTuple

from nodecalc.catalogue.systems import Part
from nodecalc.question.salvage import BINS
from nodecalc_kernels.stages import after, behind, run

from .graph import UNIT

if TYPE_CHECKING:
    from nodecalc.drivers.estimate import Estimate

    from .reading import Graph


class UnitBin(NamedTuple):
    """Units whose dies of one kind are all of one bin; their other dies cost what they cost on the average."""

    part: str
    bin: str
    units_needed: int
    """Good units that a die of it has at least."""
    share_of_dies: float
    """Of all dies of a wafer."""
    share_of_units: float
    die_usd: float
    """One tested die of it."""
    unit_usd: float
    """One good unit of it."""
    priced: bool
    """Whether dies carry their cost by the prices of their bins; else all carry the same."""


def unit_bins(graph: Graph, values: Mapping[str, float]) -> tuple[UnitBin, ...]:
    """Return the units by the bin of their dies, for each kind of die that has bins; `values` are the graph's."""
    return tuple(row for name, die in graph.dies.items() for row in _rows(graph, values, name, die))


def _rows(graph: Graph, values: Mapping[str, float], name: str, die: Estimate) -> list[UnitBin]:
    shares = die.bins
    if shares is None:
        return []
    # Not at the head: most systems are of dies that have no bins.
    from nodecalc_kernels.defects.salvage import read_bins
    from nodecalc_kernels.package.binned import joint_cost, share_of_sold

    rows = read_bins(die.inputs.names[BINS])
    part = Part("die", name, {})
    tested = f"{part.own}__tested_usd"
    sold = fsum(shares[row.name] for row in rows)
    prices = [row.usd for row in rows if row.usd is not None]
    priced = len(prices) == len(rows) and any(prices)
    mean = fsum(shares[row.name] * (row.usd or 0.0) for row in rows) / sold if priced and sold > 0.0 else 1.0
    moving = behind(after(graph.stages, (tested,)), (UNIT,))
    moved = {key for step in moving for key in step.outputs}
    kept = {key: value for key, value in values.items() if key not in moved}
    found = []
    for row in rows:
        each = joint_cost(values[tested], row.usd or 0.0, mean) if priced else values[tested]
        unit = run(moving, {**kept, tested: each}).get(UNIT, values[UNIT])
        share = shares[row.name]
        found.append(UnitBin(part.label, row.name, row.need, share, share_of_sold(share, sold), each, unit, priced))
    return found
