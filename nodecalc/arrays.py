"""Many points at once: arrays in, arrays out, through the compiled form of the same stages."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

from nodecalc_kernels.die_size import die_height, die_width
from nodecalc_kernels.registry import PLACEMENTS, YIELD_MODELS
from nodecalc_kernels.stages import OUTPUTS, SIZES, needed, plan, usable_diameter

from . import choices
from .columns import column
from .errors import InputError, MissingFigureError, unknown
from .figures import used_figure
from .units import label, number
from .vocabulary import QUANTITIES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, DTypeLike, NDArray

    from .catalogue import Catalogue, Node

    Array = NDArray[np.floating[Any]]

INPUTS: Final = (
    "die_width_mm",
    "die_height_mm",
    "die_area_mm2",
    "aspect_ratio",
    "scribe_mm",
    "edge_exclusion_mm",
    "wafer_diameter_mm",
    "d0_per_cm2",
    "alpha",
    "critical_layers",
    "critical_area_fraction",
    "systematic_yield",
    "line_yield",
    "wafer_price_usd",
    "logic_density_mtr_per_mm2",
)
_PLACEMENT_INPUTS: Final = ("scribe_mm", "edge_exclusion_mm", "wafer_diameter_mm")


def evaluate(
    inputs: Mapping[str, ArrayLike],
    *,
    outputs: Sequence[str] = ("good_die_cost_usd",),
    node: str | Node | None = None,
    yield_model: str = "murphy",
    placement: str = "best",
    edge_rule: str = "finished-die",
    out: Mapping[str, Array] | None = None,
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
    dtype: DTypeLike = "float64",
) -> dict[str, Array]:
    """Return outputs for arrays of inputs, broadcast against each other and evaluated point by point.

    Args:
        inputs: vocabulary key -> number or array, in the key's own unit: also a column of pandas, polars or pyarrow,
            taken by position (an index is not looked at), what has no value as nan. A die is ``die_width_mm`` and
            ``die_height_mm``, or ``die_area_mm2`` with ``aspect_ratio`` (1 where not given).
        outputs: keys of the wanted results; what only others need is not computed.
        node: a node whose figures stand in for D0, wafer price, diameter and density that `inputs` lacks.
        yield_model, placement, edge_rule: as for `estimate`. An exact placement (``best``, ``center-die``,
            ``center-corner``) is worked out once for each distinct die; closed formulas cost next to nothing.
        out: arrays to fill, by output key: of `dtype`, contiguous, of the broadcast shape. Others are made.
        catalogue: a catalogue, or a file that merges over the built-in one.
        dtype: float64 or float32, the type of the results whatever that of the inputs. With float32 all is worked out
            in it, at less than half the time: float32 inputs are read where they lie, and a result is good to some
            six digits. Only exact placements are still counted in float64, and the count rounded to float32.

    Returns:
        Output key -> array of `dtype` and of the broadcast shape. A point outside a model's domain gives nan; a die
        that fits nowhere gives 0 dies and infinite cost. Ranges that only guard against slips are not checked point
        by point.

    Raises:
        NodecalcError: an unknown key, a missing input, shapes that do not broadcast, an `out` of the wrong shape or
            type, a `dtype` that is neither float64 nor float32.

    >>> found = evaluate({"die_area_mm2": [50, 100], "d0_per_cm2": 0.1, "wafer_price_usd": 10000})
    >>> found["good_die_cost_usd"].round(2).tolist()
    [8.43, 17.93]

    """
    kind = _real(dtype)
    check_apart(out or {})
    if not hasattr(inputs, "keys"):
        raise InputError(f"a {type(inputs).__name__} of inputs: no mapping; give {{'die_area_mm2': column, ...}}")
    for key in inputs:
        if key not in INPUTS:
            raise unknown("input", key, INPUTS)
    for key in outputs:
        if key not in OUTPUTS:
            raise unknown("output", key, OUTPUTS)
    if not outputs:
        raise InputError(f"no outputs; name some of {', '.join(OUTPUTS)}")
    for key in out or {}:
        if key not in outputs:
            raise unknown("output in out", key, outputs)
    model, method, rule = choices.yield_model(yield_model), choices.placement(placement), choices.edge_rule(edge_rule)
    choices.check_parameters(model, inputs)
    choices.check_edge_rule(method, rule)
    from .lookup import find_node

    values = _complete(inputs, outputs, model, method, rule, find_node(node, catalogue), kind)
    return _run(values, list(outputs), model, method, rule, out, kind)


def check_apart(out: Mapping[str, Any]) -> None:
    """Refuse arrays for results that share memory: one result would overwrite another."""
    import numpy as np

    for (key, array), (other, later) in combinations(out.items(), 2):
        if isinstance(array, np.ndarray) and isinstance(later, np.ndarray) and np.may_share_memory(array, later):
            raise InputError(f"out: '{key}' and '{other}' share memory; give each an array of its own")


def _real(dtype: DTypeLike) -> np.dtype[Any]:
    """The type of the results."""
    import numpy as np

    try:
        kind = np.dtype(dtype)
    except (TypeError, ValueError, SyntaxError):
        raise InputError(f"dtype {dtype!r}: no type of numbers; give float64 or float32") from None
    if kind not in (np.float64, np.float32):
        raise InputError(f"dtype {str(kind)!r}: outside what is computed in; give float64 or float32")
    return kind


def _complete(
    inputs: Mapping[str, ArrayLike],
    outputs: Sequence[str],
    model: str,
    method: str,
    rule: str,
    node: Node | None,
    kind: np.dtype[Any],
) -> dict[str, Any]:
    """The inputs, checked where they are single numbers, with everything that the outputs need beside them."""
    import numpy as np

    values: dict[str, Any] = {}
    for key, given in inputs.items():
        values[key] = number(given, key) if isinstance(given, str | int | float) else column(given, key, kind)
    steps = plan(model, method, rule)
    wanted = sorted(needed(steps, outputs) - SIZES)
    per_layer = "critical_layers" in YIELD_MODELS[model].parameters
    for key in wanted:
        if key in values:
            continue
        q = QUANTITIES[key]
        figure = (
            used_figure(node, key) if node is not None and q.field and not (per_layer and key == "d0_per_cm2") else None
        )
        value = figure.value if figure is not None else q.default
        if value is None:
            raise MissingFigureError(
                f"{key} is not among the inputs and {node.id if node else 'no node'} supplies it; add it"
            )
        values[key] = float(value)
    _size(values, PLACEMENTS[method].exact)
    try:
        np.broadcast_shapes(*(np.shape(v) for v in values.values()))
    except ValueError:
        shapes = ", ".join(f"{k} {np.shape(v)}" for k, v in values.items() if np.ndim(v))
        raise InputError(f"arrays that do not broadcast: {shapes}; give equal lengths or length 1") from None
    return values


def _size(values: dict[str, Any], exact: bool) -> None:
    """Bring every way to give a die to width, height and area; a square die of given area is left as its area."""
    import numpy as np

    sides = "die_width_mm" in values, "die_height_mm" in values
    if sides[0] != sides[1]:
        raise InputError("one side of the die alone; give both die_width_mm and die_height_mm, or die_area_mm2")
    aspect = values.pop("aspect_ratio", None)
    if all(sides):
        if aspect is not None:
            raise InputError(f"{label(QUANTITIES['aspect_ratio'])} with both sides given; give an area instead")
        return
    if "die_area_mm2" not in values:
        raise InputError("no die size; give die_area_mm2, or die_width_mm and die_height_mm")
    if aspect is not None:
        from nodecalc_kernels.compiled_grid import mapped

        area = values["die_area_mm2"]
        # Exact counts go by nanometres, which float32 would blur; a closed formula takes what it is given.
        kind = np.float64 if exact else getattr(area, "dtype", np.float64)
        for key, side in (("die_width_mm", die_width), ("die_height_mm", die_height)):
            values[key] = mapped(side, area, aspect).astype(kind, copy=False)


def _run(
    values: dict[str, Any],
    outputs: list[str],
    model: str,
    method: str,
    rule: str,
    out: Mapping[str, Array] | None,
    kind: np.dtype[Any],
) -> dict[str, Array]:
    from nodecalc_kernels.compiled import evaluate_arrays

    place: str | None = method
    if PLACEMENTS[method].exact:
        place = None
        if needed(plan(model, method, rule), outputs).intersection(_PLACEMENT_INPUTS):
            values["gross_dies"] = _dies(values, method, rule)
    for key in ("die_width_mm", "die_height_mm", *_PLACEMENT_INPUTS) if place is None else ():
        if key in values and not (key.startswith("die_") and "die_area_mm2" not in values):
            del values[key]
    try:
        return evaluate_arrays(model, place, values, outputs, out, dtype=kind)
    except (TypeError, ValueError) as error:
        raise InputError(f"out: {error}") from None


def _dies(values: Mapping[str, Any], method: str, rule: str) -> NDArray[np.float64]:
    """Gross dies of every point, each distinct die counted once, in float64 whatever the results are."""
    from nodecalc_kernels.compiled_grid import mapped
    from nodecalc_kernels.compiled_placement import place_array

    if "die_width_mm" in values:
        width, height = values["die_width_mm"], values["die_height_mm"]
    else:
        width = height = mapped(die_width, values["die_area_mm2"], 1.0)
    usable = mapped(usable_diameter, values["wafer_diameter_mm"], values["edge_exclusion_mm"])
    return place_array(method, rule, width, height, values["scribe_mm"], usable)
