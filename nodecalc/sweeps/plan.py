"""From a request to what can be evaluated anywhere: figures resolved, every key a leaf or a step from other keys.

Names (nodes, models, placements, tools) are resolved one combination at a time, by the same `prepare` that serves a
single estimate, with each numeric axis at its first value. What comes out are small arrays over the name axes. The
plan is plain data: it travels to other processes, and nothing of the catalogue with it.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc_kernels.patterning import price_from_cost_usd
from nodecalc_kernels.registry import YIELD_MODELS
from nodecalc_kernels.stages import (
    SIZE_FROM_AREA,
    SIZE_FROM_SIDES,
    SIZE_FROM_TRANSISTORS,
    Stage,
    needed,
    plan,
    usable_diameter,
)

from .. import choices
from ..answer import prepare
from ..errors import InputError
from ..inputs import DIE_KEYS, SCALARS, Inputs
from ..lookup import find_node
from ..stack_cost import COST_KEYS, PRICE_KEYS
from ..units import number, size
from ..vocabulary import QUANTITIES, WAFER_INPUT_KEYS
from .axis import Axis
from .bands import BandFactors, band_steps
from .layers import LayerCosts, first_cost, stack_for
from .leaves import Leaf, leaves_of
from .plan_checks import check_area_inside, check_parameters_used, check_present, check_together, is_layered
from .request import BANDS, WAFER_COUNTS, WAFER_KEYS, Request

if TYPE_CHECKING:
    from ..catalogue import Catalogue, Product
    from ..catalogue.litho import Litho, Stack

PARAMETER: Final = "parameter"
"""The yield model's own parameter, alpha or critical layers, whichever model it is."""


class Step(NamedTuple):
    """A key worked out from others."""

    function: Callable[..., float] | None
    """A plain formula of this package; None where it is chosen by the name of a model or a placement."""
    inputs: tuple[str, ...]


BY_NAME: Final = {
    "gross_dies": Step(None, ("die_width_mm", "die_height_mm", "scribe_mm", "usable_diameter_mm")),
    "die_yield": Step(None, ("mean_faults", "systematic_yield", PARAMETER)),
}
"""Steps whose formula is that of the placement or the yield model in use."""


class Choice(NamedTuple):
    """A name that the evaluation needs: the same everywhere, or one for each value of an axis."""

    names: tuple[str, ...]
    axis: int | None


class Plan(NamedTuple):
    """All that evaluating a sweep takes."""

    axes: tuple[Axis, ...]
    outputs: tuple[str, ...]
    leaves: Mapping[str, Leaf]
    steps: Mapping[str, Step]
    models: Choice
    placements: Choice
    rules: Choice
    name_axes: tuple[int, ...]
    """Places of the axes that are names; combinations of them are numbered with the last fastest."""
    wafer: LayerCosts | None
    wafer_inputs: tuple[str, ...]
    """Numeric axes that the cost of a wafer from its layers depends on."""
    bands: BandFactors | None

    @property
    def shape(self) -> tuple[int, ...]:
        """How many values each axis has."""
        return tuple(axis.size for axis in self.axes)


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
    from ..catalogue.litho import load_litho

    check_together(request)
    litho = load_litho(known.path) if is_layered(request) else None
    axes, name_axes = request.axes, tuple(i for i, axis in enumerate(request.axes) if axis.is_names)
    wanted = _keys_behind(request)
    combinations, resolved, stacks, chip = [], [], [], None
    for names in product(*(axes[i].values().tolist() for i in name_axes)):
        chosen = dict(zip((axes[i].key for i in name_axes), names, strict=True))
        inputs, stack, chip = _resolve(request, chosen, known, litho, wanted)
        combinations.append(chosen)
        resolved.append(inputs)
        stacks.append(stack)
    leaves, steps = _numbers(request, resolved, name_axes)
    wafer = _wafer_part(request, stacks, litho, leaves, steps, name_axes)
    models = _choice(request, "yield_model", resolved)
    placements, rules = _choice(request, "placement", resolved), _choice(request, "edge_rule", resolved)
    for stage in plan(models.names[0], placements.names[0]):
        steps[stage.output] = BY_NAME.get(stage.output) or Step(stage.function, stage.inputs)
    bands = None
    if any(key in BANDS for key in request.outputs):
        bands = BandFactors.of(request, resolved, name_axes)
        steps.update({key: Step(*step) for key, step in band_steps().items()})
    made = Plan(
        axes,
        request.outputs,
        leaves,
        steps,
        models,
        placements,
        rules,
        name_axes,
        wafer,
        tuple(axis.key for axis in axes if axis.key in COST_KEYS),
        bands,
    )
    check_present(axes, wanted, resolved)
    return made, Background(tuple(combinations), tuple(resolved), known, chip)


def _resolve(
    request: Request, chosen: Mapping[str, str], known: Catalogue, litho: Litho | None, wanted: Container[str]
) -> tuple[Inputs, Stack | None, Product | None]:
    names = {**{k: str(v) for k, v in request.fixed.items() if isinstance(v, str)}, **chosen}
    given: dict[str, Any] = {k: v for k, v in request.fixed.items() if k not in WAFER_KEYS and k != "node"}
    given |= {k: v for k, v in chosen.items() if k in choices.READERS}
    given |= {a.key: a.at(0) for a in request.axes if not a.is_names and a.key not in WAFER_KEYS}
    model = choices.yield_model(str(given.get("yield_model", QUANTITIES["yield_model"].default)))
    if "yield_model" in chosen:
        # A fixed alpha belongs to those models of the axis that take one; that some does is checked with the leaves.
        for key in ("alpha", "critical_layers"):
            if key in request.fixed and key not in YIELD_MODELS[model].parameters:
                del given[key]
    stack = figure = None
    where = find_node(names.get("node"), known)
    if litho is not None and choices.wafer_basis(str(given.get("wafer_basis", "price"))) == "cost":
        from ..wafer import MODEL_YEAR, cost_figure

        stack, origin = stack_for(where, names, litho)
        values = {k: v for k, v in request.fixed.items() if k in WAFER_INPUT_KEYS}
        values |= {a.key: a.at(0) for a in request.axes if a.key in WAFER_INPUT_KEYS}
        wants_band = any(key in BANDS for key in request.outputs)
        assert where is not None
        figure = cost_figure(where, litho) if wants_band else first_cost(stack, origin, values, litho, MODEL_YEAR)
    node = names.get("node")
    inputs, chip = prepare(request.size, node, request.chip, request.strict, known, given, figure, wanted)
    return inputs, stack, chip


def _numbers(
    request: Request, resolved: Sequence[Inputs], name_axes: Sequence[int]
) -> tuple[dict[str, Leaf], dict[str, Step]]:
    """Return the leaves of everything but wafers and names, and the steps that size a die which varies."""
    import numpy as np

    rows = []
    for inputs in resolved:
        row = dict(inputs.numbers)
        for own in YIELD_MODELS[inputs.names["yield_model"]].parameters:
            row[PARAMETER] = row[own]
        rows.append(row)
    check_parameters_used(request, resolved)
    for row in rows:
        row["aspect_ratio"] = number(request.fixed.get("aspect_ratio", 1.0), "aspect_ratio")
    keys = (*SCALARS, *DIE_KEYS, PARAMETER)
    leaves = leaves_of(rows, keys, name_axes, request.shape)
    if PARAMETER not in leaves:
        leaves[PARAMETER] = Leaf((), np.array(np.nan))
    for place, axis in enumerate(request.axes):
        key = PARAMETER if axis.key in ("alpha", "critical_layers") else axis.key
        if not axis.is_names and axis.key not in WAFER_KEYS:
            leaves.pop(key, None)
            leaves[key] = Leaf((place,), np.empty(0))  # its values come from the axis itself, a block at a time
    steps = {"usable_diameter_mm": Step(usable_diameter, ("wafer_diameter_mm", "edge_exclusion_mm"))}
    for stage in _size_stages(request):
        leaves.pop(stage.output, None)
        steps[stage.output] = Step(stage.function, stage.inputs)
    return leaves, steps


def _size_stages(request: Request) -> tuple[Stage, ...]:
    """Return the stages that size the die, where any axis changes its size; else it is a leaf like any other."""
    axes = {axis.key for axis in request.axes}
    keys = {*axes, *request.fixed}
    varies = axes.intersection(DIE_KEYS) or ("transistors" in keys and "logic_density_mtr_per_mm2" in axes)
    if not varies:
        return ()
    if "transistors" in keys:
        return SIZE_FROM_TRANSISTORS
    sides = size(request.size).width_mm is not None if isinstance(request.size, str) else False
    if not sides and "die_width_mm" not in keys:
        return SIZE_FROM_AREA
    if "die_area_mm2" not in keys:
        return SIZE_FROM_SIDES
    check_area_inside(request)
    return ()


def _wafer_part(
    request: Request,
    stacks: Sequence[Stack | None],
    litho: Litho | None,
    leaves: dict[str, Leaf],
    steps: dict[str, Step],
    name_axes: Sequence[int],
) -> LayerCosts | None:
    """Put the price of wafers that are priced from their layers in the place of their leaf."""
    import numpy as np

    if litho is None:
        return None
    priced = [stack for stack in stacks if stack is not None]
    if len(priced) < len(stacks):
        raise InputError("axis wafer_basis: prices and costs of wafers are two questions; sweep one of them at a time")
    fixed = {k: number(v, k) for k, v in request.fixed.items() if k in COST_KEYS}
    costs = LayerCosts(litho, tuple(priced), fixed)
    leaves.update(leaves_of(costs.counts(), WAFER_COUNTS, name_axes, request.shape))
    for key in PRICE_KEYS:
        value = number(request.fixed.get(key, QUANTITIES[key].default), key)
        leaves[key] = Leaf((), np.array(value))
    for place, axis in enumerate(request.axes):
        if axis.key in WAFER_INPUT_KEYS:
            leaves[axis.key] = Leaf((place,), np.empty(0))
    leaves.pop("wafer_price_usd", None)
    steps["wafer_price_usd"] = Step(price_from_cost_usd, ("wafer_cost_usd", *PRICE_KEYS))
    return costs


def _choice(request: Request, key: str, resolved: Sequence[Inputs]) -> Choice:
    for place, axis in enumerate(request.axes):
        if axis.key == key:
            return Choice(tuple(axis.values().tolist()), place)
    return Choice((resolved[0].names[key],), None)


def _keys_behind(request: Request) -> set[str]:
    """Return the keys that the results depend on, and those results that are inputs themselves."""
    stages = plan("negative-binomial", "best")
    bands = [Stage(key, function, inputs) for key, (function, inputs) in band_steps().items()]
    wanted = needed((*stages, *bands), request.outputs)
    sized = "transistors" in request.fixed or any(axis.key == "transistors" for axis in request.axes)
    return wanted | ({"logic_density_mtr_per_mm2"} if sized else set())
