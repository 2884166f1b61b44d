"""What a layer stack adds up to: layers, masks, exposures by tool, steps beside them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from nodecalc_kernels.wafer.patterning import SCHEMES
from nodecalc_kernels.wafer_graph import CLASSES

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Stack

CUT: Final = "cut"
"""Feature of a row of cut masks of other lines."""


class Totals(NamedTuple):
    """What a stack adds up to."""

    design_layers: int
    masks: int
    exposures: int
    euv_exposures: int


def totals(stack: Stack, catalogue: Catalogue) -> Totals:
    """Return layers, masks and exposures of `stack`."""
    work = work_of(stack)
    exposures = sum(work.passes.values())
    euv = sum(count for tool, count in work.passes.items() if catalogue.tools[tool].is_euv)
    return Totals(work.layers, exposures, exposures, euv)


def tools_of(stack: Stack) -> set[str]:
    """Return the ids of the tools that a wafer of `stack` passes."""
    return set(work_of(stack).passes)


class Work(NamedTuple):
    """What patterning a wafer of a stack takes: its cost is linear in these."""

    passes: Mapping[str, int]
    """Exposures by tool."""
    steps: int
    """Depositions, etches and strips, one with each cut mask among them."""
    layers: int
    """Layers of the design; a row of cuts is none, its masks belong to the lines that it cuts."""
    by_class: Mapping[str, int]
    """Layers by class."""
    extra_by_class: Mapping[str, int]
    """Masks beyond the first of each layer, by its class; cuts of lines among them."""


@lru_cache(maxsize=256)
def work_of(stack: Stack) -> Work:
    """Return the passes, steps and layers of `stack`, all layers and cut masks together."""
    passes: dict[str, int] = {}
    steps = 0
    layers, extra = dict.fromkeys(CLASSES, 0), dict.fromkeys(CLASSES, 0)
    for layer in stack.layers:
        scheme = SCHEMES[layer.scheme]
        passes[layer.tool] = passes.get(layer.tool, 0) + layer.count * scheme.exposures
        if layer.cuts:
            passes[layer.cut_tool] = passes.get(layer.cut_tool, 0) + layer.count * layer.cuts
        steps += layer.count * (scheme.aux_steps + layer.cuts)
        masks = layer.count * (scheme.exposures + layer.cuts)
        if layer.feature == CUT:
            extra["line"] += masks
        else:
            layers[layer.feature] += layer.count
            extra[layer.feature] += masks - layer.count
    return Work(passes, steps, sum(layers.values()), layers, extra)
