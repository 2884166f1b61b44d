"""A wafer priced from its layers: exposures, masks, steps and what they cost, and what other tools would change."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from nodecalc.errors import InputError
from nodecalc.question.ledger import UsedFigure
from nodecalc.wafers.exposure import Tariff, read_inputs
from nodecalc.wafers.penalties import Penalty, penalties_of
from nodecalc.wafers.stack_cost import PRICE_KEYS, layer_patterning_usd, price_stack
from nodecalc.wafers.stacks import chosen_stack
from nodecalc_kernels.wafer.patterning import SCHEMES

from .risk.band import quantile
from .risk.wafer_band import cost_band, cost_samples

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Node, Stack

DEFECT_AREA_MM2 = 100.0
"""Die area of the good-die penalty where none is given."""


class LayerCost(NamedTuple):
    """One row of a stack, priced."""

    layer: str
    feature: str
    count: int  # type: ignore[assignment]  # a row counts its layers, not its fields
    pitch_nm: float | None
    scheme: str
    tool: str
    cuts: int
    cut_tool: str
    exposures: int
    """Of all `count` layers together, cuts included."""
    masks: int
    usd_each: float
    usd: float
    share: float
    """Of the wafer's cost."""


class WaferCost:
    """What a processed wafer costs by its layers; immutable. Model output, not a quote: every stack is assumed."""

    __slots__ = (
        "_values",
        "catalogue",
        "inputs",
        "node",
        "notes",
        "peer",
        "penalties",
        "rows",
        "stack",
        "stack_layers",
        "stack_origin",
        "tariff",
    )

    node: str
    peer: str
    """Id of the other foundry's node that the node is measured against, "" where it is against none."""
    stack: str
    """Id of the layer stack."""
    stack_origin: str
    """Which stack was priced and why."""
    stack_layers: Stack
    rows: tuple[LayerCost, ...]
    penalties: tuple[Penalty, ...]
    notes: tuple[str, ...]
    inputs: Mapping[str, float]
    """Wafer inputs that the user gave."""
    catalogue: Catalogue
    tariff: Tariff

    if TYPE_CHECKING:  # __getattr__ serves every wafer output of the vocabulary
        wafer_cost_usd: float
        wafer_cost_usd_p10: float
        wafer_cost_usd_p50: float
        wafer_cost_usd_p90: float
        wafer_price_usd: float
        patterning_usd: float
        process_usd: float
        substrate_usd: float
        layer_usd: float
        extra_mask_carry: float
        design_layers: int
        masks: int
        exposures: int
        euv_exposures: int

    def __init__(self, values: Mapping[str, float], **parts: Any) -> None:
        """Keep what `wafer_cost` worked out."""
        object.__setattr__(self, "_values", dict(values))
        for name, part in parts.items():
            object.__setattr__(self, name, part)

    def __getattr__(self, name: str) -> Any:
        values = object.__getattribute__(self, "_values")
        if name in values:
            return values[name]
        raise AttributeError(f"a WaferCost has no '{name}'; it has {', '.join(values)}")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a WaferCost is immutable; '{name}' cannot be set")

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (self._values, {name: getattr(self, name) for name in self.__slots__ if name != "_values"})

    def to_dict(self) -> dict[str, Any]:
        """Return the wafer as one flat row: node, stack and every result under its vocabulary key."""
        values = dict(self._values)
        if not any(key in self.inputs for key in PRICE_KEYS):
            del values["wafer_price_usd"]  # without margin, vintage or k_fab there is only a cost
        return {"node": self.node, "stack": self.stack, **values, "assumed": ["stack"]}

    def to_rows(self) -> list[dict[str, Any]]:
        """Return one flat row a layer group."""
        return [{"node": self.node, "stack": self.stack, **row._asdict()} for row in self.rows]

    def __repr__(self) -> str:
        return (
            f"WaferCost(node={self.node!r}, stack={self.stack!r}, wafer_cost_usd={self.wafer_cost_usd:.0f} "
            f"[{self.wafer_cost_usd_p10:.0f}, {self.wafer_cost_usd_p90:.0f}], masks={self.masks}, "
            f"euv_exposures={self.euv_exposures})"
        )


def _again(values: Mapping[str, float], parts: Mapping[str, Any]) -> WaferCost:
    """What a pickle calls: keywords do not fit its own protocol."""
    return WaferCost(values, **parts)


def wafer_cost(
    node: str | None = None,
    *,
    without: Iterable[str] = (),
    tools: Iterable[str] | None = None,
    like: str | None = None,
    stack: Stack | str | os.PathLike[str] | None = None,
    die_area_mm2: float = DEFECT_AREA_MM2,
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
    **inputs: object,
) -> WaferCost:
    """Return what one wafer of `node` costs by its layer stack.

    Args:
        node: id or name of a process node.
        without: ``["euv"]``: the same wafer without EUV; the node's own alternative stack where the catalogue has
            one, else one derived from the pitches.
        tools: only these tools; layers that use others are patterned anew by the scheme rule.
        like: price the stack of this other node, where the node has none.
        stack: a stack, or a TOML file that holds one.
        die_area_mm2: die of the good-die penalty.
        catalogue: nodes, tools, model and stacks: a catalogue, or a file that merges over the built-in one.
        **inputs: wafer inputs of the vocabulary, such as ``euv_source_power_w=100``, ``extra_mask_carry=0.5``,
            ``euv_scanner_price_usd=1.5e8``. They ask what this wafer would cost; figures of a `catalogue` file are what
            is believed of all fabs, and the layer cost is fitted under them.

    Raises:
        NodecalcError: a node without a stack, an unknown tool, a pitch that no allowed scheme reaches.

    >>> w = wafer_cost("tsmc-n5")
    >>> w.masks, w.euv_exposures, round(w.wafer_cost_usd, -2)
    (81, 14, 5900.0)

    """
    from nodecalc.catalogue import open_catalogue
    from nodecalc.catalogue.lookup import find_node

    known = open_catalogue(catalogue)
    if node is None and stack is None:
        raise InputError("no node and no stack; name a node, such as tsmc-n5, or give a stack file")
    where = find_node(node, known)
    layers, origin = chosen_stack(known, where.id if where else None, without, tools, like, stack)
    values = read_inputs(inputs, known)
    prices = Tariff(known, values)
    results = price_stack(layers, prices)
    results |= cost_band(layers, known, values)
    rows = _rows(layers, prices, results["wafer_cost_usd"])
    owner = where.id if where else layers.id
    found = penalties_of(layers, known, values, die_area_mm2, where)
    notes = ["layer cost is fitted to one wafer (N7); a cost, not a price: margin, vintage and k_fab are separate"]
    if layers.kind == "assumed":
        notes.insert(
            0,
            f"the layer stack {layers.id} is assumed: no foundry publishes one; its masks are set to published totals",
        )
    owners = [where, known.node(layers.node) if layers.node else None]
    notes += dict.fromkeys(one.wafer_note for one in owners if one is not None and one.wafer_note)
    return WaferCost(
        results,
        node=owner,
        peer="" if where is None else where.peer,
        stack=layers.id,
        stack_origin=origin,
        stack_layers=layers,
        rows=rows,
        penalties=found,
        notes=tuple(notes),
        inputs=values,
        catalogue=known,
        tariff=prices,
    )


def _rows(stack: Stack, prices: Tariff, total: float) -> tuple[LayerCost, ...]:
    rows = []
    for layer in stack.layers:
        each = layer_patterning_usd(layer, prices)
        masks = SCHEMES[layer.scheme].exposures + layer.cuts
        rows.append(
            LayerCost(
                layer.name,
                layer.feature,
                layer.count,
                layer.pitch_nm,
                layer.scheme,
                layer.tool,
                layer.cuts,
                layer.cut_tool if layer.cuts else "",
                layer.count * masks,
                layer.count * masks,
                each,
                layer.count * each,
                layer.count * each / total,
            )
        )
    return tuple(rows)


def cost_figure(node: Node, catalogue: Catalogue) -> UsedFigure:
    """Return the cost of a wafer by its layers as a figure that takes the place of its price.

    Its range is where 98 of 100 samples lie; it is assumed, as its stack is.
    """
    from nodecalc.catalogue.figure import Figure

    stack, origin = chosen_stack(catalogue, node.id, (), None, None, None)
    value = price_stack(stack, Tariff(catalogue, {}))["wafer_cost_usd"]
    samples = cost_samples(stack, catalogue, {})
    # The value lies in its range, whatever few samples do: a triangle without its top has no quantiles.
    low, high = min(quantile(samples, 0.01), value), max(quantile(samples, 0.99), value)
    note = f"cost, not price, of the {origin}"
    figure = Figure("wafer_price", value, "USD", low, high, "assumed", "assumed", catalogue.model_year, note)
    return UsedFigure("wafer_price_usd", value, low, high, "assumed", catalogue.model_year, True, note, (figure,))
