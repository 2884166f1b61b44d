"""Wafers priced from their layers on a grid: which stack each combination of names means, and what it starts from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from nodecalc.errors import InputError
from nodecalc.question.ledger import UsedFigure
from nodecalc.wafers.exposure import read_inputs
from nodecalc.wafers.stack_cost import totals
from nodecalc.wafers.stacks import chosen_stack
from nodecalc.wafers.starts import start_numbers, wafer_stages
from nodecalc_kernels.stages import Stage, run, starts_of
from nodecalc_kernels.wafer_graph import wafer_graph

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Node, Stack


def stack_for(node: Node | None, names: Mapping[str, str], catalogue: Catalogue) -> tuple[Stack, str]:
    """Return the stack that a node means under the tools that `names` allow, and what it is."""
    if node is None:
        raise InputError("--wafer-basis cost needs a node whose layers are known; name one with -n, such as tsmc-n5")
    without, tools = names.get("without", "none"), names.get("tools", "all")
    return chosen_stack(
        catalogue,
        node.id,
        () if without == "none" else without.split("+"),
        None if tools == "all" else tools.split("+"),
        None,
        None,
    )


def first_cost(stack: Stack, origin: str, values: Mapping[str, object], catalogue: Catalogue) -> UsedFigure:
    """Return what a wafer of `stack` counts under `values`, as the figure that stands in for its price."""
    from nodecalc.catalogue.figure import Figure

    year = catalogue.model_year
    given = read_inputs(values, catalogue)
    stages = wafer_stages((stack,), catalogue, given)
    usd = run(stages, start_numbers(starts_of(stages), stack, catalogue, given) | given)["wafer_price_usd"]
    note = f"from the layers of the {origin}"
    figure = Figure("wafer_price", usd, "USD", usd, usd, "assumed", "assumed", year, note)
    return UsedFigure("wafer_price_usd", usd, usd, usd, "assumed", year, True, note, (figure,))


class WaferPart(NamedTuple):
    """What the stages of a wafer's price are made from: plain data, which travels where functions do not."""

    tools: tuple[str, ...]
    powered: tuple[str, ...]

    def stages(self) -> tuple[Stage, ...]:
        """Return the stages."""
        return wafer_graph(self.tools, self.powered)


def wafer_part(
    stacks: Sequence[Stack], catalogue: Catalogue, fixed: Mapping[str, float], axes: Sequence[str]
) -> tuple[WaferPart, list[dict[str, float]]]:
    """Return what the stages of all `stacks` are made from, and the numbers that each stack starts with."""
    keys = {*fixed, *axes}
    stages = wafer_stages(stacks, catalogue, keys)
    tools = tuple(t for t in catalogue.tools if any(f"{t}_exposure_usd" in step.outputs for step in stages))
    powered = tuple(t for t in tools if any(f"{t}_throughput_wph" in step.outputs for step in stages))
    starts = [key for key in (*starts_of(stages), *fixed) if key not in axes]
    rows = [
        start_numbers(starts, stack, catalogue, fixed)
        | {key: float(n) for key, n in totals(stack, catalogue)._asdict().items()}
        for stack in stacks
    ]
    return WaferPart(tools, powered), rows
