"""A wafer's cost over arrays of its inputs: source power, dose, tool prices, phi, at the speed of compiled loops."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from nodecalc_kernels import patterning as kernel

from .catalogue.litho import REFERENCE_NODE
from .columns import column
from .errors import InputError, unknown
from .exposure import EUV_KEYS, REFERENCE_TOOL, Tariff
from .stack_cost import COST_KEYS, patterning_usd, totals, work_of
from .stacks import chosen_stack
from .units import number

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from .catalogue import Catalogue
    from .catalogue.litho import Litho, Stack

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
    litho: Litho | str | os.PathLike[str] | None = None,
) -> Array:
    """Return the cost of a wafer of `node`, USD, for arrays of wafer inputs, broadcast and point by point.

    Args:
        inputs: wafer input keys of the vocabulary -> numbers or arrays, such as ``euv_source_power_w``,
            ``euv_dose_mj_per_cm2``, ``extra_mask_carry``, ``euv_scanner_price_usd``.
        node, without, tools, stack, catalogue, litho: as for `wafer_cost`; with a stack no node is needed.
        out: float64 array of the broadcast shape to fill.

    Points outside a formula's domain give nan.

    >>> powers = [50.0, 250.0]
    >>> evaluate_wafer({"euv_source_power_w": powers}, node="tsmc-n5").round(-2).tolist()
    [8300.0, 6000.0]

    """
    import numpy as np

    from nodecalc_kernels.compiled_wafer import wafer_cost_array

    from .catalogue.litho import Litho as LithoType
    from .catalogue.litho import load_litho
    from .lookup import find_node

    known = litho if isinstance(litho, LithoType) else load_litho(litho)
    where = find_node(node, catalogue)
    layers, _ = chosen_stack(known, where.id if where else None, without, tools, None, stack, catalogue)
    values: dict[str, Any] = {}
    for key, given in inputs.items():
        if key not in COST_KEYS:
            raise unknown("input of a wafer's cost", key, COST_KEYS)
        values[key] = number(given, key) if isinstance(given, str | int | float) else column(given, key)
    try:
        shape = np.broadcast_shapes(*(np.shape(v) for v in values.values()))
    except ValueError:
        raise InputError("arrays that do not broadcast; give equal lengths or length 1") from None
    if out is not None and (out.shape != shape or out.dtype != np.float64 or not out.flags.c_contiguous):
        raise InputError(f"out: must be a contiguous float64 array of shape {shape}")
    single = Tariff(known, {})
    reference = known.stack(REFERENCE_NODE)
    if reference is None:
        raise InputError(f"the stack of the reference node {REFERENCE_NODE} is missing; give layer_usd")
    sums, base = totals(layers, known), totals(reference, known)
    return wafer_cost_array(
        shape,
        values.get("substrate_usd", known.value("substrate_usd")),
        _patterning(layers, known, values, shape),
        values.get("layer_usd"),
        values.get("extra_mask_carry", known.value("extra_mask_carry")),
        (sums.design_layers, sums.masks),
        (
            known.value("reference_wafer_usd"),
            known.value("substrate_usd"),
            patterning_usd(reference, single),
            base.design_layers,
            base.masks,
        ),
        out,
    )


def _patterning(
    stack: Stack, litho: Litho, values: Mapping[str, Any], shape: tuple[int, ...]
) -> tuple[Any, float, Any]:
    """Patterning of a stack: all but the passes through one tool, their number, and the price of each.

    The tool set apart is one whose price is an array, where there is one: its passes then cost no loop of their own.
    """
    passes, steps = work_of(stack)
    prices = {tool: _exposure(tool, litho, values, shape) for tool in {*passes, REFERENCE_TOOL}}
    apart = next((tool for tool in passes if getattr(prices[tool], "shape", ())), next(iter(passes)))
    # A step is priced as a share of an exposure with the reference tool.
    total: Any = steps * kernel.step_cost_usd(1.0) * prices[REFERENCE_TOOL]
    for tool, count in passes.items():
        if tool != apart:
            total = total + count * prices[tool]
    return total, float(passes[apart]), prices[apart]


def _exposure(tool: str, litho: Litho, values: Mapping[str, Any], shape: tuple[int, ...]) -> Any:
    from nodecalc_kernels.compiled_wafer import EXPOSURE, exposure_cost_array

    shared = ("depreciation_years", "service_fraction", *(EUV_KEYS if litho.tools[tool].is_euv else ()))
    concerned = {k: v for k, v in values.items() if k.startswith(f"{tool}_") or k in shared}
    if not any(getattr(v, "shape", ()) for v in concerned.values()):
        return Tariff(litho, {k: float(v) for k, v in concerned.items()}).exposure(tool)
    prices = Tariff(litho, values)
    powered = litho.tools[tool].is_euv and any(k in values for k in EUV_KEYS) and f"{tool}_throughput_wph" not in values
    source = (
        values.get("euv_source_power_w", litho.value("euv_source_power_w")),
        values.get("euv_dose_mj_per_cm2", litho.value("euv_dose_mj_per_cm2")),
    )
    figures: list[Any] = []
    for name in EXPOSURE:
        if name in ("depreciation_years", "service_fraction"):
            figures.append(prices.model(name))
        else:
            figures.append(None if name == "throughput_wph" and powered else prices.figure(tool, name))
    model = tuple(litho.value(k) for k in ("euv_overhead_s", "euv_exposed_area_cm2", "euv_efficiency"))
    return exposure_cost_array(shape, source, (model[0], model[1], model[2]), tuple(figures))
