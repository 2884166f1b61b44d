"""What a sweep's question is refused for: inputs that mean nothing together, or that the figures do not allow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from nodecalc.errors import InputError, MissingFigureError
from nodecalc.question import choices
from nodecalc.question.axis import Span
from nodecalc.question.size import AREA_TOLERANCE
from nodecalc.question.units import label, number, size
from nodecalc.vocabulary import find_quantity
from nodecalc_kernels.registry import YIELD_MODELS

from .request import BANDS, WAFER_RESULTS, is_wafer_key

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from nodecalc.question.axis import Axis
    from nodecalc.question.inputs import Inputs

    from .request import Request


def is_layered(request: Request) -> bool:
    """Whether any wafer is priced from its layers."""
    given = request.fixed.get("wafer_basis", "price")
    bases = next((a.values().tolist() for a in request.axes if a.key == "wafer_basis"), [given])
    return any(choices.wafer_basis(str(basis)) == "cost" for basis in bases)


def check_together(request: Request) -> None:
    """Refuse inputs that mean nothing together, rather than ignore one of them."""
    keys = {*request.fixed, *(axis.key for axis in request.axes)}
    for axis in request.axes:
        if axis.key in request.fixed:
            raise InputError(f"axis {axis.key} and {_label_of(axis.key)} {request.fixed[axis.key]}: give one of them")
    wafer = sorted(key for key in keys if is_wafer_key(key))
    if wafer and not is_layered(request):
        raise InputError(f"{wafer[0]}: it prices a wafer from its layers; add --wafer-basis cost")
    if not is_layered(request):
        asked = [key for key in request.outputs if key in WAFER_RESULTS]
        if asked:
            raise InputError(f"output {asked[0]}: it comes from a wafer's layers; add --wafer-basis cost")
    band = next((key for key in request.outputs if key in BANDS), None)
    if wafer and band is not None:
        raise InputError(f"output {band} with {wafer[0]}: no band over wafer inputs; leave one out")
    for axis in request.axes:
        models = axis.values().tolist() if axis.key == "yield_model" else []
        per_layer = [m for m in models if "critical_layers" in YIELD_MODELS[m].parameters]
        for own in ("alpha", "critical_layers"):
            without = [m for m in models if own not in YIELD_MODELS[m].parameters]
            as_axis = any(other.key == own for other in request.axes)
            if without and (as_axis or (own in request.fixed and len(without) == len(models))):
                owner = next(m.key for m in YIELD_MODELS.values() if own in m.parameters)
                raise InputError(
                    f"axis yield_model={','.join(models)} with {_label_of(own)}: {without[0]} takes none, it belongs "
                    f"to {owner}; sweep {owner} alone, or leave {_label_of(own)} out"
                )
        if per_layer and len(models) > 1:
            raise InputError(
                f"axis yield_model={','.join(models)}: {per_layer[0]} takes D0 per critical layer, the others per "
                "process; sweep it alone"
            )


def check_parameters_used(request: Request, resolved: Sequence[Inputs]) -> None:
    """Refuse a fixed parameter that no yield model in use takes."""
    for key in ("alpha", "critical_layers"):
        if key in request.fixed and not any(key in inputs.numbers for inputs in resolved):
            choices.check_parameters(resolved[0].names["yield_model"], (key,))


LARGEST: Final = ("die_area_mm2",)
"""What may be smaller than the product of the sides and not larger."""


def check_area_inside(request: Request) -> None:
    """Refuse a defect-sensitive area above the smallest die that the sides make."""
    if not any(axis.key in LARGEST for axis in request.axes) and not any(key in LARGEST for key in request.fixed):
        return
    extremes = {}
    for key, pick in (("die_width_mm", min), ("die_height_mm", min), ("die_area_mm2", max)):
        axis = next((a for a in request.axes if a.key == key), None)
        if axis is not None:
            extremes[key] = pick(axis.at(0), axis.at(axis.size - 1), *_ends(axis))
        elif key in request.fixed:
            extremes[key] = number(request.fixed[key], key)
        else:
            read = size(str(request.size))
            extremes[key] = float((read.width_mm if key == "die_width_mm" else read.height_mm) or 0.0)
    room = extremes["die_width_mm"] * extremes["die_height_mm"]
    if extremes["die_area_mm2"] > room * (1.0 + AREA_TOLERANCE):
        raise InputError(
            f"die_area_mm2 up to {extremes['die_area_mm2']:g}: more than the smallest width x height, {room:g}; "
            "it is the part of the die that defects can kill"
        )


def check_present(axes: Sequence[Axis], wanted: Container[str], resolved: Sequence[Inputs]) -> None:
    """Refuse a result that needs a figure which a node does not have."""
    key = "logic_density_mtr_per_mm2"
    if key not in wanted or any(axis.key == key for axis in axes):
        return
    for inputs in resolved:
        if key not in inputs.numbers:
            where = f"{inputs.node.id} has no" if inputs.node else "there is no node, and so no"
            raise MissingFigureError(f"{where} high-density logic figure; give --density (MTr/mm2), or other outputs")


def _ends(axis: Axis) -> tuple[float, float]:
    if isinstance(axis.points, Span):
        return axis.points.start, axis.points.stop
    values = axis.values()
    return float(values.min()), float(values.max())


def _label_of(key: str) -> str:
    """Return the name under which a user knows a key or a node."""
    q = find_quantity(key)
    return label(q) if q else key
