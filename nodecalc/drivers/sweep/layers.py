"""Wafers priced from their layers on a grid: which stack each combination of names means, and what it starts from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from nodecalc.question.resolve import resolve_starts
from nodecalc.wafers.counts import totals
from nodecalc.wafers.prices import moved_tools
from nodecalc.wafers.starts import wafer_stages, wafer_supply
from nodecalc_kernels.stages import Stage, keys_of, starts_of
from nodecalc_kernels.wafer_graph import REFERENCE, Moved, wafer_graph

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Stack


class WaferPart(NamedTuple):
    """What the stages of a wafer's price are made from: plain data, which travels where functions do not."""

    tools: tuple[str, ...]
    moved: Moved
    reference: tuple[str, ...]

    def stages(self) -> tuple[Stage, ...]:
        """Return the stages."""
        return wafer_graph(self.tools, self.moved, self.reference)


def wafer_part(
    stacks: Sequence[Stack], catalogue: Catalogue, fixed: Mapping[str, float], axes: Sequence[str]
) -> tuple[WaferPart, list[dict[str, float]]]:
    """Return what the stages of all `stacks` are made from, and the numbers that each stack starts with."""
    keys = {*fixed, *axes}
    stages = wafer_stages(stacks, catalogue, keys)
    made = keys_of(stages)
    tools, reference = (
        tuple(tool for tool in catalogue.tools if name.format(tool) in made)
        for name in ("{}_exposure_usd", REFERENCE + "{}_exposure_usd")
    )
    starts = [key for key in (*starts_of(stages), *fixed) if key not in axes]
    rows = []
    for stack in stacks:
        found = resolve_starts(starts, fixed, wafer_supply(stack, catalogue))
        counts = {key: float(n) for key, n in totals(stack, catalogue)._asdict().items()}
        rows.append(found.numbers | found.defaults | counts)
    return WaferPart(tools, moved_tools(tools, catalogue, keys), reference), rows
