"""The figures behind wafers and their layers: what they are priced by, and what that is set against."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from nodecalc.question.figures import used_figure
from nodecalc.question.graph import D0
from nodecalc.question.ledger import Ledger, UsedFigure
from nodecalc.question.market import Market
from nodecalc.wafers.starts import figure_for, figure_of, priced, priced_exposures

if TYPE_CHECKING:
    from nodecalc.catalogue import Stack

    from .wafer_cost import LayerCost, WaferCost

_OF_PENALTY: Final = {
    "good die, EUV denied": ("d0_per_exposure_per_cm2",),
    "cycle time": ("days_per_mask",),
    "mask set": ("duv_mask_usd", "euv_mask_cost_ratio"),
}
"""Parameters of the model that only a penalty takes, by its name."""

GOOD_DIE: Final = "good die"
AGAINST_PEER: Final = "good die, yield"
K_FAB: Final = "fab factor k_fab left"
"""Penalties, by name or its beginning, that rest on figures of nodes."""


def figures_behind(wafers: Sequence[WaferCost], curve: Ledger | None = None) -> Ledger:
    """Return all figures that `wafers`, their penalties and, where asked for, a power curve rest on."""
    found = Ledger()
    for w in wafers:
        found |= w.priced.figures
        for stack in _set_against(w):
            found |= priced(stack, w.catalogue, w.inputs).figures
        for penalty in w.penalties:
            keys = _OF_PENALTY.get(penalty.name, ())
            found |= Ledger([f for f in (figure_for(key, w.catalogue) for key in keys) if f is not None])
    if curve is not None:
        found |= curve
    return found | _of_nodes(wafers)


def _set_against(w: WaferCost) -> list[Stack]:
    """The stacks that the penalties set the wafer's own against."""
    others = (w.stack_layers.node, w.peer) if len(w.penalties) > 1 else ()
    return [stack for stack in (w.catalogue.stack(node) for node in others if node) if stack is not None]


def _of_nodes(wafers: Sequence[WaferCost]) -> Ledger:
    """Figures of nodes that the penalties rest on: D0, and the price that was reported. Other nodes' carry their id."""
    wanted: dict[tuple[str, str], None] = {}
    for w in wafers:
        names = {p.name for p in w.penalties}
        nodes = [w.node] if any(name.startswith(GOOD_DIE) for name in names) else []
        nodes += [w.peer] if AGAINST_PEER in names else []
        wanted |= dict.fromkeys((node, "d0") for node in nodes)
        wanted |= {(w.node, "wafer_price_ratio_tsmc"): None} if K_FAB in names else {}
    found: list[UsedFigure] = []
    for id_, field in wanted:
        catalogue = wafers[0].catalogue
        node = catalogue.node(id_)
        key = D0 if field == "d0" else field
        name = key if id_ == wafers[0].node else f"{id_}.{key}"
        if key == D0:
            used = used_figure(node, D0, Market(catalogue=catalogue))
            found += [used._replace(key=name)] if used is not None else []
        elif field in node.figures:
            found.append(figure_of(name, node.figures[field]))
    return Ledger(found)


def row_figures(w: WaferCost, row: LayerCost) -> Ledger:
    """Return the figures that what patterning one layer costs rests on."""
    return priced_exposures({row.tool, *([row.cut_tool] if row.cuts else [])}, w.catalogue, w.inputs).figures
