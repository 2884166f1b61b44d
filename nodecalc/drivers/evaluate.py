"""Many points at once: arrays in, arrays out, through the compiled form of the same stages."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

from nodecalc.doors import brief, names
from nodecalc.errors import InputError, MissingFigureError, unknown
from nodecalc.question import choices
from nodecalc.question.at import apart
from nodecalc.question.columns import column
from nodecalc.question.evidence_arrays import read_along
from nodecalc.question.graph import ALL_OUTPUTS, OUTPUTS, SIZE_KEYS, STARTS, is_counted, is_quoted, stages_of, way_of
from nodecalc.question.market import YEAR, market_of
from nodecalc.question.radial import D0_IS, FLAT, SHAPE, check_radial
from nodecalc.question.resolve import QUOTED, Resolved, node_supply, resolve_starts
from nodecalc.question.salvage import (
    BINS,
    TEXTS,
    check_results,
    completed,
    core_supply,
    is_harvested,
    mixed_model,
    spelled,
)
from nodecalc.question.size import AREA_TOLERANCE, NO_COUNT
from nodecalc.question.units import label, number
from nodecalc.question.utilisation import UTILISATION
from nodecalc.vocabulary import quantity
from nodecalc.vocabulary.spelling import key_of, keyed
from nodecalc_kernels.stages import Stage, needed

from .evaluate_ready import answered, asked_of, keep

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, DTypeLike, NDArray

    from nodecalc.catalogue import Catalogue, Node
    from nodecalc.question.at import At

    Array = NDArray[np.floating[Any]]


def evaluate(
    inputs: Mapping[str, ArrayLike],
    *,
    outputs: Sequence[str] = ("good_die_cost_usd",),
    node: str | Node | At | None = None,
    yield_model: str = "murphy",
    placement: str = "best",
    edge_rule: str = "finished-die",
    radial_shape: str = "flat",
    d0_is: str = "centre",
    out: Mapping[str, Array] | None = None,
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
    dtype: DTypeLike = "float64",
) -> dict[str, Array]:
    """Return outputs for arrays of inputs, broadcast against each other and evaluated point by point.

    Args:
        inputs: vocabulary key -> number or array, in the key's own unit: also a column of pandas, polars or pyarrow,
            taken by position (an index is not looked at), what has no value as nan. A die is ``die_width_mm`` and
            ``die_height_mm``, or ``die_area_mm2`` (square where the reticle field holds that) and ``aspect_ratio``.
        outputs: keys of the wanted results; what only others need is not computed.
        node: a node whose figures stand in for D0, wafer price, diameter and density that `inputs` lacks.
        yield_model, placement, edge_rule: as for `estimate`. An exact placement (``best``, ``center-die``,
            ``center-corner``) is worked out once for each distinct die; closed formulas cost next to nothing.
        radial_shape, d0_is: as for `estimate`; yields are then summed over the dies of an exact placement.
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
    asked = None
    if out is None and (catalogue is None or not isinstance(catalogue, str | os.PathLike)):
        wanted = tuple(outputs) if isinstance(outputs, list | tuple) else outputs
        asked = asked_of(inputs, wanted, node, yield_model, placement, edge_rule, radial_shape, d0_is, catalogue, dtype)
        again = None if asked is None else answered(asked, inputs)
        if again is not None:
            return again
    kind = _real(dtype)
    into = arrays_given(out)
    check_apart(into)
    given: Any = inputs
    given_as = inputs
    if isinstance(given, type) or not hasattr(given, "keys"):
        raise InputError(f"a {type(inputs).__name__} of inputs: no mapping; give {{'die_area_mm2': column, ...}}")
    name, own = apart(node)
    from nodecalc.question.graph import RATE
    from nodecalc.question.rates import rated

    known = (*STARTS, YEAR, *TEXTS)
    given, (own,), _ = rated(keyed(inputs, (*known, RATE)), keyed(own, known))
    both = next((key for key in own if key in given), None)
    if both is not None:
        raise InputError(f"{label(quantity(both))}: the node's own and among the inputs; leave one of them out")
    inputs, _ = completed(spelled({**given, **own}))
    bins = inputs.pop(BINS, None)
    outputs = names("outputs", outputs, f"give keys of results: {', '.join(OUTPUTS)}")
    outputs = tuple(key_of(key, ALL_OUTPUTS, "output") for key in outputs)
    if not outputs:
        raise InputError(f"no outputs; name some of {', '.join(OUTPUTS)}")
    for key in into:
        if key not in outputs:
            raise unknown("output in out", key, outputs)
    model, method, rule = choices.yield_model(yield_model), choices.placement(placement), choices.edge_rule(edge_rule)
    choices.check_parameters(model, inputs)
    choices.check_edge_rule(method, rule)
    chosen = {"yield_model": model, "placement": method, "edge_rule": rule}
    chosen |= {SHAPE: choices.radial_shape(radial_shape), D0_IS: choices.d0_is(d0_is)}
    check_radial(chosen, inputs)
    harvested = is_harvested(inputs)
    check_results(outputs, inputs, bins)
    if harvested:
        mixed_model(model, "harvest")

    from nodecalc.catalogue.lookup import find_node
    from nodecalc_kernels.compiled import run_points

    where = find_node(name, catalogue)
    values = {
        key: number(given, key) if isinstance(given, str | int | float) else column(given, key, kind)
        for key, given in inputs.items()
    }
    if UTILISATION in values and not is_counted(values):
        raise InputError(NO_COUNT)
    stages = stages_of(
        chosen | ({} if bins is None else {BINS: bins}),
        way_of(values),
        counted=is_counted(values),
        quoted=where is not None and is_quoted(values),
        harvested=harvested,
    )
    _check_area(values, kind)
    _check_shapes(values)
    found = _complete(values, stages, outputs, model, where, catalogue)
    supplied = {key: value for key, value in found.numbers.items() if key not in values}
    points = values | supplied
    _spread_year(points, needed(stages, outputs))
    try:
        results = run_points(stages, points, list(outputs), constants=found.defaults, out=into or None, dtype=kind)
    except (TypeError, ValueError) as error:
        raise InputError(f"out: {error}") from None
    if asked is not None and not own and not harvested and chosen[SHAPE] == FLAT:
        keep(asked, given_as, values, stages, outputs, found, kind)
    return results


def _spread_year(values: dict[str, Any], used: Collection[str]) -> None:
    """Take the year out of `values`, which no stage knows; what it is an array over, one of those used is then too."""
    from nodecalc_kernels.numpy_whole import np

    year = values.pop(YEAR, None)
    if not np.ndim(year):
        return
    key = next(key for key in values if key in used)
    shape = np.broadcast_shapes(np.shape(year), *(np.shape(value) for value in values.values()))
    values[key] = np.array(np.broadcast_to(values[key], shape))


def _check_shapes(values: Mapping[str, Any]) -> None:
    """Refuse inputs that do not broadcast."""
    from nodecalc_kernels.numpy_whole import np

    try:
        np.broadcast_shapes(*(np.shape(v) for v in values.values()))
    except ValueError:
        shapes = ", ".join(f"{k} {np.shape(v)}" for k, v in values.items() if np.ndim(v))
        raise InputError(f"arrays that do not broadcast: {shapes}; give equal lengths or length 1") from None


def _check_area(values: Mapping[str, Any], kind: np.dtype[Any]) -> None:
    """Refuse a defect-sensitive area above that of the sides, where both are given."""
    from nodecalc_kernels.numpy_whole import np

    keys = ("die_area_mm2", "die_width_mm", "die_height_mm")
    if any(key not in values for key in keys):
        return
    area, width, height = (values[key] for key in keys)
    # A product that was rounded to single precision may lie a little above.
    tolerance = max(AREA_TOLERANCE, 4.0 * float(np.finfo(kind).eps))
    try:
        beyond = np.asarray(area) > np.multiply(width, height) * (1.0 + tolerance)
    except ValueError:
        return  # they do not broadcast, which is said further on
    if np.any(beyond):
        raise InputError(
            f"die_area_mm2: more than width x height at {int(np.count_nonzero(beyond))} of {np.size(beyond)} points; "
            "it is the part defects can kill"
        )


_REALS: Final = ("float64", "float32", "double", "single", "float", "f8", "f4", "<f8", "<f4", "=f8", "=f4", "d", "f")
"""Texts that mean a type of the results."""


def arrays_given(out: object) -> Mapping[str, Any]:
    """Return `out`, arrays to fill by the key of their result; empty where there are none."""
    if out is None:
        return {}
    if not isinstance(out, Mapping):
        raise InputError(f"out {brief(out)}: no mapping; give arrays by output key, such as {{'die_yield': array}}")
    for key, array in out.items():
        if not isinstance(key, str) or not hasattr(array, "__array__"):
            raise InputError(f"out: {brief(key)}: {brief(array)}; give arrays by output key")
    return out


def check_apart(out: Mapping[str, Any]) -> None:
    """Refuse arrays for results that share memory: one result would overwrite another."""
    from nodecalc_kernels.numpy_whole import np

    for (key, array), (other, later) in combinations(out.items(), 2):
        if isinstance(array, np.ndarray) and isinstance(later, np.ndarray) and np.may_share_memory(array, later):
            raise InputError(f"out: '{key}' and '{other}' share memory; give each an array of its own")


def _real(dtype: DTypeLike) -> np.dtype[Any]:
    """The type of the results."""
    from nodecalc_kernels.numpy_whole import np

    try:
        # numpy reads more texts and objects as types than anyone means, some of them with a warning.
        known = dtype is None or isinstance(dtype, type | np.dtype) or (isinstance(dtype, str) and dtype in _REALS)
        kind = np.dtype(dtype) if known else None
    except (TypeError, ValueError, SyntaxError):
        kind = None
    if kind is None:
        raise InputError(f"dtype {brief(dtype)}: no type of numbers; give float64 or float32")
    if kind not in (np.float64, np.float32):
        raise InputError(f"dtype {str(kind)!r}: outside what is computed in; give float64 or float32")
    return kind


def _complete(
    values: Mapping[str, Any],
    stages: Sequence[Stage],
    outputs: Sequence[str],
    model: str,
    node: Node | None,
    catalogue: Catalogue | str | os.PathLike[str] | None,
) -> Resolved:
    """Return what `outputs` need, from `values`, the node and defaults; an error where anything is missing."""
    from nodecalc.catalogue import open_catalogue

    # What is an array is read for each of its values; here it is as usual.
    scalars = {key: value for key, value in values.items() if isinstance(value, int | float)}
    market = market_of(scalars, model, open_catalogue(catalogue))
    found = resolve_starts(sorted(needed(stages, outputs, values)), values, node_supply(node, market), core_supply)
    if node is not None:
        for key, several in read_along(node, found.ledger, values, market).items():
            # A price is told for the wafer that it was stated for, where that may be another.
            quoted = next((name for name, own in QUOTED.items() if own == key and name in found.numbers), key)
            found.numbers[quoted] = several
    for key in found.missing:
        if key in SIZE_KEYS:
            raise InputError("no die size; give die_area_mm2, or die_width_mm and die_height_mm")
        raise MissingFigureError(
            f"{QUOTED.get(key, key)} is not among the inputs and "
            f"{f'{node.id} does not supply' if node else 'no node supplies'} it; add it"
        )
    return found
