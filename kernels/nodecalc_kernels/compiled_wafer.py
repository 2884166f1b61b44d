"""Wafer costs over arrays: exposure prices and stacks, point by point, in compiled loops."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

import numpy as np
from numba import prange
from numpy.typing import ArrayLike, NDArray

from . import compiled
from .compiled_cache import build_loop
from .compiled_loops import get
from .compiled_math import JIT_OPTIONS
from .patterning import euv_throughput_wph, exposure_cost_usd, fitted_layer_usd, wafer_cost_usd
from .vecmath import NAN

FloatArray = NDArray[np.float64]

EXPOSURE: Final = (
    "scanner_price_usd",
    "track_price_usd",
    "depreciation_years",
    "service_fraction",
    "fixed_usd_per_year",
    "throughput_wph",
    "availability",
    "tool_utilisation",
    "consumables_usd",
)
"""Arguments of `exposure_cost_usd`, in order; None for the throughput takes that of an EUV source."""


def exposure_loop(
    power: Any, dose: Any, overhead: float, area: float, efficiency: float,
    scanner: Any, track: Any, years: Any, service: Any, fixed: Any, throughput: Any, availability: Any,
    utilisation: Any, consumables: Any, out: Any,
) -> None:  # fmt: skip
    """Fill out with the price of an exposure; the throughput is that of the source where none is given."""
    for i in prange(out.shape[0]):
        wafers = euv_throughput_wph(get(power, i, NAN), get(dose, i, NAN), overhead, area, efficiency)
        out[i] = exposure_cost_usd(
            get(scanner, i, NAN), get(track, i, NAN), get(years, i, NAN), get(service, i, NAN), get(fixed, i, NAN),
            get(throughput, i, wafers), get(availability, i, NAN), get(utilisation, i, NAN), get(consumables, i, NAN),
        )  # fmt: skip


def wafer_loop(
    substrate: Any,
    patterning: Any,
    passes: float,
    exposure: Any,
    layer: Any,
    phi: Any,
    layers: float,
    masks: float,
    reference_usd: float,
    reference_substrate: float,
    reference_patterning: float,
    reference_layers: float,
    reference_masks: float,
    out: Any,
) -> None:
    """Fill out with the wafer's cost; the layer cost is fitted to the reference wafer where none is given."""
    for i in prange(out.shape[0]):
        carry = get(phi, i, NAN)
        fitted = fitted_layer_usd(
            reference_usd, reference_substrate, reference_patterning, reference_layers, reference_masks, carry
        )
        steps = get(patterning, i, NAN) + passes * get(exposure, i, 0.0)
        out[i] = wafer_cost_usd(get(substrate, i, NAN), steps, get(layer, i, fitted), layers, masks, carry)


@cache
def _kernel(which: str, parallel: bool) -> Any:
    templates: dict[str, Callable[..., None]] = {"exposure": exposure_loop, "wafer": wafer_loop}
    template = templates[which]
    name = f"{which}_{'parallel' if parallel else 'serial'}"
    return build_loop(template, name, {}, nogil=True, parallel=parallel, **JIT_OPTIONS)


def _flat(value: ArrayLike | None, shape: tuple[int, ...]) -> Any:
    return None if value is None else compiled._flat(value, shape)


def exposure_cost_array(
    shape: tuple[int, ...], source: tuple[ArrayLike | None, ArrayLike | None], euv: tuple[float, float, float],
    figures: tuple[ArrayLike | None, ...],
) -> FloatArray:  # fmt: skip
    """Return the price of an exposure at every point.

    Args:
        shape: the shape that all inputs broadcast to.
        source: source power (W) and dose (mJ/cm2), used where the throughput among `figures` is None.
        euv: overhead (s), exposed area (cm2) and efficiency of the throughput formula.
        figures: the arguments of `exposure_cost_usd` in the order of `EXPOSURE`; numbers or arrays.

    """
    out = np.empty(shape)
    kernel = _kernel("exposure", compiled._use_threads(None, out.size))
    kernel(*(_flat(s, shape) for s in source), *euv, *(_flat(f, shape) for f in figures), out.reshape(-1))
    return out


def wafer_cost_array(
    shape: tuple[int, ...],
    substrate: ArrayLike,
    patterning: tuple[ArrayLike, float, ArrayLike],
    layer: ArrayLike | None,
    phi: ArrayLike,
    counts: tuple[float, float],
    reference: tuple[float, float, float, float, float],
    out: FloatArray | None = None,
) -> FloatArray:
    """Return the wafer's cost at every point.

    Args:
        shape: the shape that all inputs broadcast to.
        substrate: USD.
        patterning: USD without the passes through one tool, their number, and the price of each.
        layer: process cost of a layer, USD; None fits it to the reference wafer at each phi.
        phi: share of it that each further mask carries.
        counts: design layers and masks of the stack.
        reference: cost, substrate, patterning (USD), layers and masks of the reference wafer.
        out: array to fill.

    """
    result = np.empty(shape) if out is None else out
    kernel = _kernel("wafer", compiled._use_threads(None, result.size))
    base, passes, price = patterning
    kernel(
        _flat(substrate, shape),
        _flat(base, shape),
        float(passes),
        _flat(price, shape),
        _flat(layer, shape),
        _flat(phi, shape),
        *(float(c) for c in counts),
        *(float(r) for r in reference),
        result.reshape(-1),
    )
    return result
