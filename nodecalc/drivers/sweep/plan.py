"""From a request to what can be evaluated anywhere: figures resolved, every key a leaf or a step from other keys.

Names (nodes, models, placements, tools) are resolved one combination at a time, by the same `prepare` that serves a
single estimate, with each numeric axis at its first value. What comes out are small arrays over the name axes. The
plan is plain data: it travels to other processes, and nothing of the catalogue with it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.catalogue.lookup import find_node
from nodecalc.drivers.prepare import prepare
from nodecalc.errors import InputError
from nodecalc.question import choices, radial
from nodecalc.question.at import ALONE, At, apart
from nodecalc.question.axis import Axis
from nodecalc.question.graph import (
    ANSWER,
    DIAMETER,
    PRICE,
    RATE,
    SIDES,
    SIZE_KEYS,
    is_counted,
    keys_behind,
    quoted_price,
    quoting,
    stages_of,
    way_of_varied,
)
from nodecalc.question.grids import GRID
from nodecalc.question.inputs import Inputs, price_note
from nodecalc.question.resolve import QUOTED, QUOTED_DIAMETER
from nodecalc.question.salvage import is_harvested
from nodecalc.question.units import number, size
from nodecalc.vocabulary import QUANTITIES, WAFER_NAME_KEYS, is_wafer_input, is_wafer_key, node_key
from nodecalc_kernels.cost.size import SIZES
from nodecalc_kernels.stages import Stage, keys_of

from .evidence import figures_along, leaves_along, marked
from .leaves import Leaf, leaves_of
from .plan_checks import (
    check_area_inside,
    check_own,
    check_parameters_used,
    check_present,
    check_resolved,
    check_salvage,
    check_together,
    is_layered,
)
from .request import BANDS, WAFER_RESULTS, Request

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Product

    from .bands import BandFactors
    from .layered import Layered
    from .layers import WaferPart

_STANDS_FOR: Final = {**dict.fromkeys(BANDS, ANSWER), **dict.fromkeys(WAFER_RESULTS, PRICE)}
"""Result -> the key whose figures it rests on, where it has no stage of a die."""


class Graph(NamedTuple):
    """What the stages of one combination of names are made from: plain data, which travels where functions do not."""

    names: tuple[tuple[str, str], ...]
    """Yield model, placement and edge rule, and the bins of dies, by key."""
    way: str
    """Key of `SIZES`: how the die is given."""
    counted: bool
    """Whether the die's transistors are known."""
    quoted: bool
    """Whether the wafer's price was stated for a wafer of another diameter than some here have."""
    harvested: bool
    """Whether dies sell with some units bad."""

    def stages(self, wafer: WaferPart | None) -> tuple[Stage, ...]:
        """Return the stages of the die, behind those of its wafer where that is priced from its layers."""
        names = dict(self.names)
        die = stages_of(names, self.way, counted=self.counted, quoted=self.quoted, harvested=self.harvested)
        if wafer is None:
            return die
        priced = wafer.stages()
        return (*(quoted_price(priced) if self.quoted else priced), *die)


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
            steps = graph.stages(self.wafer)
            if self.bands is not None:
                steps = (*steps, *self.bands.stages(place))
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
            ids = [_labelled(name, known) for name in axis.listed()]
            twice = next((node for node in ids if ids.count(node) > 1), None)
            if twice is not None:
                raise InputError(f"axis node: '{twice}' twice, in two spellings; give each node once")
            axes.append(axis._replace(points=tuple(ids)))
        elif (own := node_key(axis.key)) is not None:
            axes.append(axis._replace(key=f"{known.node(own[0]).id}:{own[1]}"))
        else:
            axes.append(axis)
    fixed = dict(request.fixed)
    if "node" in fixed:
        fixed["node"] = _labelled(fixed["node"], known)
    against = dict.fromkeys(_labelled(name, known) for name in request.against)
    return request._replace(axes=tuple(axes), fixed=fixed, against=tuple(against))


def _labelled(name: str, known: Catalogue) -> str:
    """Return a node by its id, with its own inputs as they are always written."""
    node, own = apart(name)
    return str(At(known.node(str(node)).id, tuple(own.items())))


def make_plan(request: Request, known: Catalogue) -> tuple[Plan, Background]:
    """Return the plan of `request` and its background, with the figures of `known`."""
    check_together(request)
    keys = (*request.fixed, *(axis.key for axis in request.axes))
    of_wafers = [*filter(is_wafer_input, keys)]
    if of_wafers:
        from nodecalc.wafers.exposure import check_inputs

        check_inputs(of_wafers, known)
    axes, name_axes = request.axes, tuple(i for i, axis in enumerate(request.axes) if axis.is_resolved)
    check_resolved(request)
    wanted = _keys_behind(request)
    combinations, resolved, stacks, chip = [], [], [], None
    for names in product(*(axes[i].listed() for i in name_axes)):
        chosen = dict(zip((axes[i].key for i in name_axes), names, strict=True))
        inputs, priced, chip = _resolve(request, chosen, known, wanted)
        combinations.append(chosen)
        resolved.append(inputs)
        stacks.append(None if priced is None else priced.stack)
    check_parameters_used(request, resolved)
    check_salvage(request, resolved)
    sides = isinstance(request.size, str) and size(request.size).width_mm is not None
    way = way_of_varied({axis.key for axis in request.axes}, request.fixed, sides, has_size(request))
    if way == SIDES:
        check_area_inside(request)
    along = figures_along(request, resolved, known)
    resolved = marked(along, resolved, request.strict)
    leaves = _leaves(request, resolved, name_axes, way)
    leaves |= {k: v for k, v in leaves_along(along, resolved, name_axes, request.shape).items() if k in leaves}
    wafer = fields = None
    if is_layered(request):
        from .layered import fields_of_dies, wafer_leaves

        fields = fields_of_dies(request, resolved, way or SIDES)
        wafer = wafer_leaves(request, stacks, known, leaves, name_axes, fields)
    bands = None
    if any(key in BANDS for key in request.outputs):
        from .bands import BandFactors

        bands = BandFactors.of(request, resolved, along)
        if fields is not None:
            from .layered import with_fields

            bands = with_fields(bands, request, stacks, known, fields)
    made = Plan(
        axes,
        request.outputs,
        leaves,
        tuple(
            Graph(
                tuple(i.names.items()),
                way or SIDES,
                is_counted(i.numbers),
                QUOTED_DIAMETER in leaves,
                is_harvested(i.numbers),
            )
            for i in resolved
        ),
        name_axes,
        wafer,
        bands,
    )
    check_present(axes, wanted, resolved)
    return made, Background(tuple(combinations), tuple(resolved), known, chip)


def has_size(request: Request) -> bool:
    """Whether the die has a size of its own, so that a capacity says what it holds."""
    return request.size is not None or request.chip is not None


def _resolve(
    request: Request, chosen: Mapping[str, str], known: Catalogue, wanted: Container[str]
) -> tuple[Inputs, Layered | None, Product | None]:
    names = {**{k: str(v) for k, v in request.fixed.items() if isinstance(v, str)}, **chosen}
    given: dict[str, Any] = {k: v for k, v in request.fixed.items() if not is_wafer_key(k) and k not in ("node", RATE)}
    given |= {k: v for k, v in chosen.items() if k in choices.READERS or k == GRID}
    given |= {a.key: a.at(0) for a in request.axes if not a.is_resolved and not is_wafer_key(a.key)}
    model = choices.yield_model(str(given.get("yield_model", QUANTITIES["yield_model"].default)))
    if any(axis.key in chosen and axis.key in choices.MODELS for axis in request.axes):
        # A fixed alpha belongs to those models of the axis that take one; that some does is checked with the leaves.
        given = {k: v for k, v in given.items() if k not in request.fixed or choices.takes(model, k)}
    if radial.SHAPE in chosen:
        shape = choices.radial_shape(chosen[radial.SHAPE])
        given = {k: v for k, v in given.items() if k not in request.fixed or radial.takes(shape, k)}
    priced: Layered | None = None
    fixed = names.get("node")
    named = _with_own(fixed, chosen, known)
    label, own = apart(named)
    if named is not None:
        names["node"] = named
    names |= {key: str(value) for key, value in own.items() if key in WAFER_NAME_KEYS}
    where = find_node(label, known)
    if choices.wafer_basis(str(given.get("wafer_basis", "price"))) == "cost":
        from .layered import layered

        priced = layered(request, names, where, known)
    node = names.get("node")
    check_own(request, node, own)

    def prepared() -> tuple[Inputs, Product | None]:
        figure, moved = (None, None) if priced is None else (priced.figure, priced.moved)
        return prepare(request.size, node, request.chip, request.strict, known, given, figure, wanted, moved)

    inputs, chip = prepared()
    notes: tuple[str, ...] = ()
    if priced is not None:
        from .layered import exposed

        before, priced = priced, exposed(priced, request, inputs, where, known)
        if priced.figure is not before.figure:
            inputs, chip = prepared()
        notes = priced.notes
    axis = request.axis(DIAMETER)
    quoted = inputs.numbers.get(QUOTED_DIAMETER)
    if axis is not None and quoted is not None:
        other = next((value for value in axis.listed() if value != quoted), quoted)
        if other != given[DIAMETER] == quoted:
            # What is said of the price, and refused where that is strict, holds for the rows where it is scaled.
            given[DIAMETER] = other
            inputs, chip = prepared()
        if other != quoted:
            notes = (*notes, price_note(where, quoted, inputs.names["wafer_basis"]))
    if RATE in request.fixed:
        from nodecalc.question.money import note_of

        notes = (*notes, note_of(request.fixed[RATE]))
    said: Iterable[str] = (*inputs.notes, *notes)
    if named != fixed:  # what an axis says is in its column
        said = (note for note in said if ALONE not in note)
    return inputs._replace(notes=tuple(dict.fromkeys(said))), priced, chip


def _with_own(node: str | None, chosen: Mapping[str, Any], known: Catalogue) -> str | None:
    """Return a node with what the axes that are its own say in this combination."""
    if node is None:
        return None
    name, own = apart(node)
    id_ = known.node(str(name)).id
    for axis, value in chosen.items():
        owner = node_key(axis)
        if owner is not None and owner[0] == id_:
            if owner[1] in own:
                raise InputError(f"node {node}: {owner[1]} is an axis as well; leave one of them out")
            own[owner[1]] = value
    return str(At(id_, tuple(own.items()))) if own else node


def _leaves(request: Request, resolved: Sequence[Inputs], name_axes: Sequence[int], way: str | None) -> dict[str, Leaf]:
    """Return the leaves of everything but wafers: figures and given numbers over the names, and the numeric axes."""
    shape = {key: number(value, key) for key, value in request.fixed.items() if key in SIZE_KEYS}
    rows = _quoted_alike([{**inputs.numbers, **shape} for inputs in resolved])
    leaves = leaves_of(rows, tuple(dict.fromkeys(key for row in rows for key in row)), name_axes, request.shape)
    for place, axis in enumerate(request.axes):
        if not axis.is_resolved and not is_wafer_key(axis.key):
            leaves[axis.key] = Leaf((place,), ())  # its values come from the axis itself, a block at a time
    # What a stage works out anew at every point is no leaf, unless it is given.
    made = keys_of(SIZES[way]) if way is not None else ()
    made = (*made, *(keys_of(quoting()) if all(key in leaves for key in QUOTED) else ()))
    given = {*request.fixed, *(axis.key for axis in request.axes)}
    return {key: leaf for key, leaf in leaves.items() if key not in made or key in given}


def _quoted_alike(rows: list[dict[str, float]]) -> list[dict[str, float]]:
    """Return the rows with a price that is the node's own stated for its own wafer, where others are for another."""
    if not any(key in row for row in rows for key in QUOTED):
        return rows
    return [
        row if QUOTED_DIAMETER in row or PRICE not in row else row | {key: row[own] for key, own in QUOTED.items()}
        for row in rows
    ]


def _keys_behind(request: Request) -> set[str]:
    """Return the keys that the results depend on, and those results that are inputs themselves."""
    keys = {*request.fixed, *(axis.key for axis in request.axes)}
    return keys_behind([_STANDS_FOR.get(key, key) for key in request.outputs], keys)
