"""A wafer's cost over arrays of its inputs: source power, dose, tool prices, phi, at the speed of compiled loops."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from nodecalc.errors import InputError
from nodecalc.question.columns import column
from nodecalc.question.units import number
from nodecalc.vocabulary.spelling import keyed
from nodecalc.wafers.exposure import cost_keys
from nodecalc.wafers.stacks import chosen_stack
from nodecalc.wafers.starts import wafer_start
from nodecalc_kernels.stages import after, behind, settled

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from nodecalc.catalogue import Catalogue, Stack

    Array = NDArray[np.float64]


def evaluate_wafer(
    inputs: Mapping[str, ArrayLike],
    *,
    node: str | None,
    without: Iterable[str] = (),
    tools: Iterable[str] | None = None,
    stack: Stack | str | os.PathLike[str] | None = None,
    out: Array | None = None,
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
) -> Array:
    """Return the cost of a wafer of `node`, USD, for arrays of wafer inputs, broadcast and point by point.

    Args:
        inputs: wafer input keys of the vocabulary -> numbers or arrays, such as ``euv_source_power_w``,
            ``euv_dose_mj_per_cm2``, ``extra_mask_carry``, ``euv_scanner_price_usd``.
        node, without, tools, stack, catalogue: as for `wafer_cost`; with a stack no node is needed.
        out: float64 array of the broadcast shape to fill.

    Points outside a formula's domain give nan.

    >>> powers = [50.0, 250.0]
    >>> evaluate_wafer({"euv_source_power_w": powers}, node="tsmc-n5").round(-2).tolist()
    [9300.0, 6300.0]

    """
    from nodecalc.catalogue import open_catalogue
    from nodecalc.catalogue.lookup import find_node
    from nodecalc.question.graph import RATE
    from nodecalc.question.rates import rated
    from nodecalc_kernels.compiled import run_points
    from nodecalc_kernels.numpy_whole import np

    known = open_catalogue(catalogue)
    where = find_node(node, known)
    layers, _ = chosen_stack(known, where.id if where else None, without, tools, None, stack)
    values: dict[str, Any] = {}
    taken = keyed(inputs, (*cost_keys(known), RATE), "input of a wafer's cost")
    for key, given in rated(taken).inputs.items():
        values[key] = number(given, key) if isinstance(given, str | int | float) else column(given, key)
    try:
        shape = np.broadcast_shapes(*(np.shape(v) for v in values.values()))
    except ValueError:
        raise InputError("arrays that do not broadcast; give equal lengths or length 1") from None
    fits = isinstance(out, np.ndarray) and out.shape == shape and out.dtype == np.float64
    if out is not None and not (fits and out.flags.c_contiguous and out.flags.writeable):
        raise InputError(f"out: must be a contiguous, writable float64 array of shape {shape}")
    start = wafer_start(layers, known, values)
    stages = behind(start.stages, ("wafer_cost_usd",), values)
    # What no array changes, which is nearly all of two wafers, is worked out once.
    arrays = {key: value for key, value in values.items() if np.ndim(value)}
    numbers = {**start.numbers, **{key: value for key, value in values.items() if key not in arrays}}
    rest, starts = after(stages, arrays), settled(stages, numbers, arrays) | arrays
    found = run_points(
        rest, starts, ("wafer_cost_usd",), out=None if out is None or not shape else {"wafer_cost_usd": out}
    )["wafer_cost_usd"]
    result: Array = np.broadcast_to(found, shape).copy() if found.shape != shape else found
    if out is not None and result is not out:
        out[...] = result
        return out
    return result
