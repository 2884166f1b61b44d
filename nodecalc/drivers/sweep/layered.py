"""Wafers of a sweep that are priced from their layers: what is resolved of them, and with how many exposures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from nodecalc.drivers.prepare import d0_of
from nodecalc.drivers.printed import (
    EACH_DIE,
    FIELDS,
    MOST_COUNTED,
    ON_WAFER,
    TOO_MANY,
    USUAL,
    fields_along,
    fields_note,
    fields_of,
)
from nodecalc.drivers.wafer_cost import cost_figure, unused_notes
from nodecalc.errors import InputError
from nodecalc.question.graph import DENSITY, PRICE, SIZE_KEYS
from nodecalc.question.resolve import QUOTED, QUOTED_DIAMETER
from nodecalc.question.units import number
from nodecalc.vocabulary import is_wafer_input
from nodecalc.wafers.exposure import read_inputs
from nodecalc.wafers.remarks import brief_remarks
from nodecalc.wafers.stacks import idle_bans, named_stack

from .layers import WaferPart, wafer_part
from .leaves import Leaf, in_order, leaf_of, leaves_of
from .request import BANDS, Request

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Node, Stack
    from nodecalc.question.inputs import Inputs, Moved
    from nodecalc.question.ledger import UsedFigure

    from .bands import BandFactors


def fields_axes(request: Request) -> tuple[int, ...]:
    """Return the places of the axes of numbers that change a die, or where it stands on its wafer."""
    keys = {*SIZE_KEYS, *ON_WAFER, DENSITY}
    return tuple(i for i, axis in enumerate(request.axes) if axis.key in keys)


def takes_fields(request: Request) -> bool:
    """Whether the exposures of a wafer follow from its dies, and are not given."""
    return FIELDS not in request.fixed and request.axis(FIELDS) is None


def counts_fields(request: Request) -> bool:
    """Whether wafers are priced with the exposures of their dies: not with a number that is given, nor of too many."""
    names = prod(axis.size for axis in request.axes if axis.is_names)
    dies = names * prod(request.axes[i].size for i in fields_axes(request))
    return takes_fields(request) and dies <= MOST_COUNTED


class Layered(NamedTuple):
    """What is resolved of one combination of names."""

    stack: Stack
    origin: str
    numbers: Mapping[str, float]
    """Inputs of the wafer, numeric axes at their first values."""
    figure: UsedFigure
    """What a wafer costs."""
    moved: Moved | None
    """What its stack does to the node's D0."""
    notes: tuple[str, ...]


def layered(request: Request, names: Mapping[str, str], where: Node | None, known: Catalogue) -> Layered:
    """Return what the wafers cost whose node and stack `names` say, with the usual exposures."""
    node = None if where is None else where.id
    stack, origin = named_stack(known, node, names)
    values = {k: v for k, v in request.fixed.items() if is_wafer_input(k)}
    values |= {a.key: a.at(0) for a in request.axes if is_wafer_input(a.key)}
    numbers = read_inputs(values, known)
    figure = cost_figure(stack, origin, numbers, known, _wants_band(request))
    idle = idle_bans(known, node, names)
    taken = numbers | ({FIELDS: USUAL} if counts_fields(request) else {})
    notes = (*brief_remarks(stack, known), *idle, *unused_notes(stack, taken, known))
    return Layered(stack, origin, numbers, figure, d0_of(stack, where, names, known), notes)


def exposed(made: Layered, request: Request, inputs: Inputs, where: Node | None, known: Catalogue) -> Layered:
    """Return `made` with the exposures that the dies of `inputs` take; with another note where they are not counted."""
    if counts_fields(request):
        fields = fields_of(inputs.numbers, inputs.names)
        if fields is None:
            return made
        figure = cost_figure(made.stack, made.origin, {**made.numbers, FIELDS: fields}, known, _wants_band(request))
        note = EACH_DIE if fields_axes(request) else fields_note(fields, "the wafer" if where is None else where.id)
        return made._replace(figure=figure, notes=(*made.notes, note))
    return made._replace(notes=(*made.notes, TOO_MANY)) if takes_fields(request) else made


def _wants_band(request: Request) -> bool:
    return any(key in BANDS for key in request.outputs)


def wafer_leaves(
    request: Request,
    stacks: Sequence[Stack | None],
    known: Catalogue,
    leaves: dict[str, Leaf],
    name_axes: Sequence[int],
    fields: Sequence[Sequence[float]] | None,
) -> WaferPart:
    """Put what wafers start from that are priced from their layers in the place of the leaf of their price."""
    priced = [stack for stack in stacks if stack is not None]
    if len(priced) < len(stacks):
        raise InputError("axis wafer_basis: prices and costs of wafers are two questions; sweep one of them at a time")
    fixed = {k: number(v, k) for k, v in request.fixed.items() if is_wafer_input(k)}
    axes = {axis.key: place for place, axis in enumerate(request.axes) if is_wafer_input(axis.key)}
    part, rows = wafer_part(priced, known, fixed, (*axes, *(() if fields is None else (FIELDS,))))
    if fields is not None:
        order = (*name_axes, *fields_axes(request))
        found = [each for several in fields for each in several]
        leaves[FIELDS] = leaf_of(in_order(found, order, request.shape), sorted(order), request.shape)
    for key in (PRICE, *(key for key in QUOTED if key != QUOTED_DIAMETER)):
        leaves.pop(key, None)
    leaves.update(leaves_of(rows, tuple(dict.fromkeys(key for row in rows for key in row)), name_axes, request.shape))
    leaves.update({key: Leaf((place,), ()) for key, place in axes.items()})
    return part


def fields_of_dies(request: Request, resolved: Sequence[Inputs], way: str) -> list[list[float]] | None:
    """Return the exposures of a pass, for each combination of names over the axes that change a die or where it stands.

    None where they are given, or dies are too many.
    """
    if not counts_fields(request):
        return None
    varied = [(request.axes[i].key, request.axes[i].listed()) for i in fields_axes(request)]
    shape = {key: number(value, key) for key, value in request.fixed.items() if key in SIZE_KEYS}
    return [fields_along([({**inputs.numbers, **shape}, inputs.names)], way, varied) for inputs in resolved]


def with_fields(
    bands: BandFactors,
    request: Request,
    stacks: Sequence[Stack | None],
    known: Catalogue,
    fields: Sequence[Sequence[float]],
) -> BandFactors:
    """Return `bands` with the distribution of a wafer's cost by its exposures, for each combination of names."""
    numbers = read_inputs({key: value for key, value in request.fixed.items() if is_wafer_input(key)}, known)
    prices = [
        {} if stack is None else {f: cost_figure(stack, "", numbers | {FIELDS: f}, known) for f in dict.fromkeys(of)}
        for stack, of in zip(stacks, fields, strict=True)
    ]
    return bands.priced(FIELDS, prices)
