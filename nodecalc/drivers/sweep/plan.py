"""From a request to what can be evaluated anywhere: figures resolved, every key a leaf or a step from other keys.

Names (nodes, models, placements, tools) are resolved one combination at a time, by the same `prepare` that serves a
single estimate, with each numeric axis at its first value. What comes out are small arrays over the name axes. The
plan is plain data: it travels to other processes, and nothing of the catalogue with it.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from nodecalc.catalogue.lookup import find_node
from nodecalc.drivers.estimate import prepare
from nodecalc.errors import InputError
from nodecalc.question import choices
from nodecalc.question.axis import Axis
from nodecalc.question.inputs import DIE_KEYS, Inputs
from nodecalc.question.units import number, size
from nodecalc.vocabulary import QUANTITIES, is_wafer_input
from nodecalc.wafers.exposure import check_inputs
from nodecalc_kernels.cost.die import scaled
from nodecalc_kernels.graphs import SIZES, die_graph
from nodecalc_kernels.registry import YIELD_MODELS
from nodecalc_kernels.stages import Stage, needed, stage

from .bands import BandFactors
from .layers import WaferPart, first_cost, stack_for, wafer_part
from .leaves import Leaf, leaves_of
from .plan_checks import check_area_inside, check_parameters_used, check_present, check_together, is_layered
from .request import BANDS, Request, is_wafer_key

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Product, Stack


class Graph(NamedTuple):
    """What the stages of one combination of names are made from: plain data, which travels where functions do not."""

    yield_model: str
    placement: str
    edge_rule: str
    size: str
    """Key of `SIZES`: how the die is given."""
    counted: bool
    """Whether the die's transistors are known."""


class Plan(NamedTuple):
    """All that evaluating a sweep takes."""

    axes: tuple[Axis, ...]
    outputs: tuple[str, ...]
    leaves: Mapping[str, Leaf]
    """Numbers that are there from the start, by key; empty data where they are those of an axis."""
    graphs: tuple[Graph, ...]
    """One for each combination of names, the last axis of names fastest."""
    name_axes: tuple[int, ...]
    """Places of the axes that are names."""
    wafer: WaferPart | None
    bands: BandFactors | None

    @property
    def shape(self) -> tuple[int, ...]:
        """How many values each axis has."""
        return tuple(axis.size for axis in self.axes)

    def stages(self) -> list[tuple[Stage, ...]]:
        """Return the stages of each combination of names, without those whose results are there from the start."""
        found = []
        for place, graph in enumerate(self.graphs):
            steps = die_graph(graph.yield_model, graph.placement, graph.edge_rule, graph.size, counted=graph.counted)
            if self.wafer is not None:
                steps = (*self.wafer.stages(), *steps)
            if self.bands is not None:
                steps = (*steps, *band_stages(self.bands.factors_of(place)))
            found.append(tuple(step for step in steps if not all(key in self.leaves for key in step.outputs)))
        return found


class Background(NamedTuple):
    """Where a sweep's numbers come from; what is said about them. It stays where the sweep was asked."""

    combinations: tuple[Mapping[str, str], ...]
    """The names of each combination."""
    inputs: tuple[Inputs, ...]
    """What was resolved for each combination, numeric axes at their first values."""
    catalogue: Catalogue
    chip: Product | None


def with_ids(request: Request, known: Catalogue) -> Request:
    """Return `request` with its nodes by their ids, so that two spellings of one node are not two."""
    axes = []
    for axis in request.axes:
        if axis.key == "node":
            ids = [known.node(name).id for name in axis.values().tolist()]
            twice = next((node for node in ids if ids.count(node) > 1), None)
            if twice is not None:
                raise InputError(f"axis node: '{twice}' twice, in two spellings; give each node once")
            axes.append(axis._replace(points=tuple(ids)))
        else:
            axes.append(axis)
    fixed = dict(request.fixed)
    if "node" in fixed:
        fixed["node"] = known.node(str(fixed["node"])).id
    return request._replace(axes=tuple(axes), fixed=fixed)


def make_plan(request: Request, known: Catalogue) -> tuple[Plan, Background]:
    """Return the plan of `request` and its background, with the figures of `known`."""
    check_together(request)
    keys = (*request.fixed, *(axis.key for axis in request.axes))
    check_inputs(filter(is_wafer_input, keys), known)
    axes, name_axes = request.axes, tuple(i for i, axis in enumerate(request.axes) if axis.is_names)
    wanted = _keys_behind(request)
    combinations, resolved, stacks, chip = [], [], [], None
    for names in product(*(axes[i].values().tolist() for i in name_axes)):
        chosen = dict(zip((axes[i].key for i in name_axes), names, strict=True))
        inputs, stack, chip = _resolve(request, chosen, known, wanted)
        combinations.append(chosen)
        resolved.append(inputs)
        stacks.append(stack)
    check_parameters_used(request, resolved)
    how = _size_of(request)
    leaves = _leaves(request, resolved, name_axes, how)
    wafer = _wafer_part(request, stacks, known, leaves, name_axes)
    wants_band = any(key in BANDS for key in request.outputs)
    made = Plan(
        axes,
        request.outputs,
        leaves,
        tuple(
            Graph(
                i.names["yield_model"],
                i.names["placement"],
                i.names["edge_rule"],
                how or "sides",
                "transistors" in i.numbers,
            )
            for i in resolved
        ),
        name_axes,
        wafer,
        BandFactors.of(request, resolved) if wants_band else None,
    )
    check_present(axes, wanted, resolved)
    return made, Background(tuple(combinations), tuple(resolved), known, chip)


def _resolve(
    request: Request, chosen: Mapping[str, str], known: Catalogue, wanted: Container[str]
) -> tuple[Inputs, Stack | None, Product | None]:
    names = {**{k: str(v) for k, v in request.fixed.items() if isinstance(v, str)}, **chosen}
    given: dict[str, Any] = {k: v for k, v in request.fixed.items() if not is_wafer_key(k) and k != "node"}
    given |= {k: v for k, v in chosen.items() if k in choices.READERS}
    given |= {a.key: a.at(0) for a in request.axes if not a.is_names and not is_wafer_key(a.key)}
    model = choices.yield_model(str(given.get("yield_model", QUANTITIES["yield_model"].default)))
    if "yield_model" in chosen:
        # A fixed alpha belongs to those models of the axis that take one; that some does is checked with the leaves.
        for key in ("alpha", "critical_layers"):
            if key in request.fixed and key not in YIELD_MODELS[model].parameters:
                del given[key]
    stack = figure = None
    where = find_node(names.get("node"), known)
    if choices.wafer_basis(str(given.get("wafer_basis", "price"))) == "cost":
        from nodecalc.drivers.wafer_cost import cost_figure

        stack, origin = stack_for(where, names, known)
        values = {k: v for k, v in request.fixed.items() if is_wafer_input(k)}
        values |= {a.key: a.at(0) for a in request.axes if is_wafer_input(a.key)}
        wants_band = any(key in BANDS for key in request.outputs)
        assert where is not None
        figure = cost_figure(where, known) if wants_band else first_cost(stack, origin, values, known)
    node = names.get("node")
    inputs, chip = prepare(request.size, node, request.chip, request.strict, known, given, figure, wanted)
    return inputs, stack, chip


def _leaves(request: Request, resolved: Sequence[Inputs], name_axes: Sequence[int], how: str | None) -> dict[str, Leaf]:
    """Return the leaves of everything but wafers: figures and given numbers over the names, and the numeric axes."""
    import numpy as np

    rows = [dict(inputs.numbers) for inputs in resolved]
    if "aspect_ratio" in request.fixed:
        for row in rows:
            row["aspect_ratio"] = number(request.fixed["aspect_ratio"], "aspect_ratio")
    leaves = leaves_of(rows, tuple(dict.fromkeys(key for row in rows for key in row)), name_axes, request.shape)
    for place, axis in enumerate(request.axes):
        if not axis.is_names and not is_wafer_key(axis.key):
            leaves[axis.key] = Leaf((place,), np.empty(0))  # its values come from the axis itself, a block at a time
    if how is not None:
        given = {*request.fixed, *(axis.key for axis in request.axes)}
        for key in (key for step in SIZES[how] for key in step.outputs):
            if key not in given:
                leaves.pop(key, None)
    return leaves


def _size_of(request: Request) -> str | None:
    """Return how a die is given whose size any axis changes; None where it is one die, sized when it was resolved."""
    axes = {axis.key for axis in request.axes}
    keys = {*axes, *request.fixed}
    varies = axes.intersection(DIE_KEYS) or ("transistors" in keys and "logic_density_mtr_per_mm2" in axes)
    if not varies:
        return None
    shaped = " and aspect" if "aspect_ratio" in keys else ""
    if "transistors" in keys:
        return f"transistors{shaped}"
    sides = size(request.size).width_mm is not None if isinstance(request.size, str) else False
    if not sides and "die_width_mm" not in keys:
        return f"area{shaped}"
    if "die_area_mm2" in keys:
        check_area_inside(request)
    return "sides"


def band_stages(factors: Any) -> tuple[Stage, ...]:
    """Return the stages of P10, P50 and P90 from the cost and the ratios that `factors` gives for a die."""
    function, inputs, keys = factors
    return (
        Stage(keys, function, inputs, once=True),
        *(stage(band, scaled, cost_usd="good_die_cost_usd", factor=key) for band, key in zip(BANDS, keys, strict=True)),
    )


def _wafer_part(
    request: Request,
    stacks: Sequence[Stack | None],
    known: Catalogue,
    leaves: dict[str, Leaf],
    name_axes: Sequence[int],
) -> WaferPart | None:
    """Put what wafers start from that are priced from their layers in the place of the leaf of their price."""
    import numpy as np

    if not is_layered(request):
        return None
    priced = [stack for stack in stacks if stack is not None]
    if len(priced) < len(stacks):
        raise InputError("axis wafer_basis: prices and costs of wafers are two questions; sweep one of them at a time")
    fixed = {k: number(v, k) for k, v in request.fixed.items() if is_wafer_input(k)}
    axes = {axis.key: place for place, axis in enumerate(request.axes) if is_wafer_input(axis.key)}
    part, rows = wafer_part(priced, known, fixed, tuple(axes))
    leaves.pop("wafer_price_usd", None)
    leaves.update(leaves_of(rows, tuple(dict.fromkeys(key for row in rows for key in row)), name_axes, request.shape))
    leaves.update({key: Leaf((place,), np.empty(0)) for key, place in axes.items()})
    return part


def _keys_behind(request: Request) -> set[str]:
    """Return the keys that the results depend on, and those results that are inputs themselves."""
    sized = "transistors" in request.fixed or any(axis.key == "transistors" for axis in request.axes)
    outputs = [key if key not in BANDS else "good_die_cost_usd" for key in request.outputs]
    behind: set[str] = set().union(
        *(needed(die_graph("negative-binomial", "best", counted=counted), outputs) for counted in (False, True))
    )
    return behind | ({"logic_density_mtr_per_mm2"} if sized else set())
