"""What the price of a wafer from its layers starts from: counts of its stack and of the reference's, and figures."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from nodecalc.errors import MissingFigureError
from nodecalc.vocabulary import QUANTITIES
from nodecalc_kernels.wafer_graph import REFERENCE, STEP_TOOL, wafer_graph

from .exposure import EUV_KEYS
from .stack_cost import totals, work_of

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Stack
    from nodecalc_kernels.stages import Stage


def wafer_stages(stacks: Iterable[Stack], catalogue: Catalogue, given: Collection[str]) -> tuple[Stage, ...]:
    """Return the stages that price wafers of `stacks` where the keys `given` are; tools that none uses are left out."""
    used = {STEP_TOOL, *(tool for stack in (*stacks, _reference(catalogue)) for tool in work_of(stack).passes)}
    tools = tuple(tool for tool in catalogue.tools if tool in used)
    powered = any(key in given for key in EUV_KEYS)
    return wafer_graph(tools, tuple(tool for tool in tools if powered and catalogue.tools[tool].is_euv))


def start_numbers(
    starts: Iterable[str], stack: Stack, catalogue: Catalogue, given: Mapping[str, float]
) -> dict[str, float]:
    """Return the numbers that the keys `starts` of a wafer's stages begin with: given, else the catalogue's.

    What is given is a question about this wafer: the reference wafer, to which the cost of a layer is fitted, keeps the
    catalogue's figures. Only phi belongs to the model, and so to both.
    """
    reference = _reference(catalogue)
    found = {}
    for key in starts:
        value = given.get(key)
        if value is None and key.startswith(REFERENCE) and key not in catalogue.model:
            value = _number(key.removeprefix(REFERENCE), reference, catalogue)
        elif value is None:
            value = _number(key, stack, catalogue)
        found[key] = value
    return found


def _number(key: str, stack: Stack, catalogue: Catalogue) -> float:
    if key in catalogue.model:
        return catalogue.parameter(key)
    work = work_of(stack)
    tool, _, field = key.partition("_")
    if key.endswith("_passes"):
        return float(work.passes.get(tool, 0))
    if tool in catalogue.tools:
        return catalogue.tools[tool].value(field)
    counts = {"steps": work.steps, **totals(stack, catalogue)._asdict()}
    if key in counts:
        return float(counts[key])
    default = QUANTITIES[key].default
    assert isinstance(default, float)
    return default


def _reference(catalogue: Catalogue) -> Stack:
    reference = catalogue.stack(catalogue.reference_node)
    if reference is None:
        raise MissingFigureError(
            f"the stack of the reference node {catalogue.reference_node} is missing; give --layer-usd"
        )
    return reference
