"""What a sweep's question is refused for: inputs that mean nothing together, or that the figures do not allow."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

from nodecalc.errors import InputError, MissingFigureError
from nodecalc.question import choices, radial
from nodecalc.question.at import apart
from nodecalc.question.graph import DIAMETER, PRICE, SIZE_KEYS, check_beyond, check_idle, is_per_layer
from nodecalc.question.salvage import BINS, NEEDED, NUMBERS, RESULTS, UNITS, check_results
from nodecalc.question.size import AREA_TOLERANCE
from nodecalc.question.units import label, number, size
from nodecalc.vocabulary import find_quantity, is_wafer_input, is_wafer_key, node_key

from .request import BANDS, WAFER_RESULTS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Container, Iterable, Sequence

    from nodecalc.question.axis import Axis
    from nodecalc.question.inputs import Inputs

    from .request import Request


def is_layered(request: Request) -> bool:
    """Whether any wafer is priced from its layers."""
    return any(choices.wafer_basis(basis) == "cost" for basis in request.names_of("wafer_basis", "price"))


def check_together(request: Request) -> None:
    """Refuse inputs that mean nothing together, rather than ignore one of them."""
    keys = {*request.fixed, *(axis.key for axis in request.axes)}
    for axis in request.axes:
        if axis.key in request.fixed:
            raise InputError(f"axis {axis.key} and {_label_of(axis.key)} {request.fixed[axis.key]}: give one of them")
    wafer = sorted(key for key in keys if is_wafer_key(key))
    if wafer and not is_layered(request):
        raise InputError(f"{_label_of(wafer[0])}: it prices a wafer from its layers; add --wafer-basis cost")
    if not is_layered(request):
        asked = [key for key in request.outputs if key in WAFER_RESULTS]
        if asked:
            raise InputError(f"output {asked[0]}: it comes from a wafer's layers; add --wafer-basis cost")
    band = next((key for key in request.outputs if key in BANDS), None)
    varied = next((axis.key for axis in request.axes if is_wafer_input(axis.key)), None)
    if varied is not None and band is not None:
        raise InputError(f"output {band} with the axis {varied}: no band over wafer inputs; fix it, or leave one out")
    _check_models(request)


def check_salvage(request: Request, resolved: Sequence[Inputs]) -> None:
    """Refuse results of salvage where nothing is known of units, units where no result asks for them, and too many."""
    for inputs in resolved:
        check_results(request.outputs, inputs.numbers, inputs.names.get(BINS))
        has_size = request.size is not None or request.chip is not None
        check_idle(request.outputs, {*request.fixed, *(axis.key for axis in request.axes)}, has_size)
        check_beyond(request.outputs, {*inputs.numbers, *(axis.key for axis in request.axes)})
    keys = [key for key in (*request.fixed, *(axis.key for axis in request.axes)) if key in (*NUMBERS, BINS)]
    if keys and not any(key in RESULTS for key in request.outputs):
        raise InputError(f"{keys[0]}: no result here depends on it; ask for {', '.join(RESULTS)} (--keys)")
    least, most = (_extreme(request, key, pick) for key, pick in ((UNITS, min), (NEEDED, max)))
    if least is not None and most is not None and most > least:
        raise InputError(f"{NEEDED} up to {most:g} of {UNITS} {least:g}; allowed: no more than there are")


def _check_models(request: Request) -> None:
    """Refuse an axis of yield models with a parameter that some of them do not take, or with two kinds of D0."""
    axis = request.axis("yield_model")
    models = [] if axis is None else axis.listed()
    for own in choices.PARAMETERS:
        without = [m for m in models if not choices.takes(m, own)]
        if without and (request.axis(own) is not None or (own in request.fixed and len(without) == len(models))):
            owner = choices.owner_of(own)
            raise InputError(
                f"axis yield_model={','.join(models)} with {_label_of(own)}: {without[0]} takes none, it belongs "
                f"to {owner}; sweep {owner} alone, or leave {_label_of(own)} out"
            )
    per_layer = [m for m in models if is_per_layer(m)]
    if per_layer and len(models) > 1:
        raise InputError(
            f"axis yield_model={','.join(models)}: {per_layer[0]} takes D0 per critical layer, the others per "
            "process; sweep it alone"
        )


def check_own(request: Request, node: str | None, own: Collection[str]) -> None:
    """Refuse inputs of a node's own that a product of axes cannot hold for one node alone."""
    for key in own:
        if request.axis(key) is not None:
            raise InputError(
                f"node {node}: {key} is an axis as well; leave one of them out, or set the others against it: "
                f"--against {node}"
            )
        if key in SIZE_KEYS:
            raise InputError(f"node {node}: {key} sizes the die, which all nodes of a sweep share; ask 'nodecalc die'")
        if key in choices.OF_ALL_WAFERS or is_wafer_input(key):
            raise InputError(
                f"node {node}: {key} prices the wafers of all nodes of a sweep alike; give it for all, or ask "
                "'nodecalc die'"
            )
        if key == PRICE and request.axis(DIAMETER) is not None:
            raise InputError(f"node {node}: {key} is of one wafer, and {DIAMETER} is an axis; leave one of them out")


MOST_RESOLVED: Final = 100_000
"""Combinations of names and values of one node's own that are looked up, one after the other."""


def check_resolved(request: Request) -> None:
    """Refuse an axis of a node that is not there, and more of them than can be looked up one by one."""
    nodes = {str(apart(name)[0]) for name in request.names_of("node", "")}
    for axis in request.axes:
        own = node_key(axis.key)
        if own is not None and own[0] not in nodes:
            raise InputError(f"axis {axis.key}: {own[0]} is not among the nodes; add -n {own[0]}")
    count = prod(axis.size for axis in request.axes if axis.is_resolved)
    if any(":" in axis.key for axis in request.axes) and count > MOST_RESOLVED:
        raise InputError(
            f"{count:,} values of one node's own, each looked up by itself, at most {MOST_RESOLVED:,}; give fewer, or "
            "sweep that node alone with an axis of everybody's"
        )


def check_parameters_used(request: Request, resolved: Sequence[Inputs]) -> None:
    """Refuse a fixed parameter that no yield model in use takes."""
    for key in choices.PARAMETERS:
        if key in request.fixed and not any(key in inputs.numbers for inputs in resolved):
            choices.check_parameters(resolved[0].names["yield_model"], (key,))
    for key in radial.NUMBERS:
        if key in request.fixed and not any(key in inputs.numbers for inputs in resolved):
            radial.check_radial(resolved[0].names, (key,))


def check_area_inside(request: Request) -> None:
    """Refuse a defect-sensitive area above the smallest die that the sides make, where both are given."""
    largest = _extreme(request, "die_area_mm2", max)
    if largest is None:
        return
    read = size(request.size) if isinstance(request.size, str) else None
    width = _extreme(request, "die_width_mm", min) or (read.width_mm if read else None) or 0.0
    height = _extreme(request, "die_height_mm", min) or (read.height_mm if read else None) or 0.0
    room = width * height
    if largest > room * (1.0 + AREA_TOLERANCE):
        raise InputError(
            f"die_area_mm2 up to {largest:g}: more than the smallest width x height, {room:g}; "
            "it is the part of the die that defects can kill"
        )


def _extreme(request: Request, key: str, pick: Callable[[Iterable[float]], float]) -> float | None:
    """Return the smallest or largest value that an input takes, None where it is not given."""
    axis = request.axis(key)
    if axis is not None:
        return pick((axis.at(0), axis.at(axis.size - 1), *axis.ends))
    return number(request.fixed[key], key) if key in request.fixed else None


def check_present(axes: Sequence[Axis], wanted: Container[str], resolved: Sequence[Inputs]) -> None:
    """Refuse a result that needs a figure which a node does not have."""
    key = "logic_density_mtr_per_mm2"
    if key not in wanted or any(axis.key == key for axis in axes):
        return
    for inputs in resolved:
        if key not in inputs.numbers:
            where = f"{inputs.node.id} has no" if inputs.node else "there is no node, and so no"
            raise MissingFigureError(f"{where} high-density logic figure; give --density (MTr/mm2), or other outputs")


def _label_of(key: str) -> str:
    """Return the name under which a user knows a key or a node."""
    q = find_quantity(key)
    return label(q) if q else key
