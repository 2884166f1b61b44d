"""The loops that numba compiles: one body each, its formulas put in by name, its arguments arrays, numbers or None.

numba compiles a version for each combination that is met. A number stays in a register, and whatever only an
absent output would need is never computed: LLVM removes it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import prange, types
from numba.extending import overload

from .compiled_math import FORMULA_OPTIONS, is_scalar
from .cost import cost_per_die, good_dies, peak_transistors, usd_per_billion_transistors
from .stages import mean_faults, total_yield, usable_diameter
from .vecmath import NAN, sqrt


def get(values: Any, i: int, default: float) -> Any:
    """Return element i of an array, a number itself, or the default for None."""
    if values is None:
        return default
    return values[i] if isinstance(values, np.ndarray) else values


def put(out: Any, i: int, value: float) -> None:
    """Store element i of an array; None takes nothing."""
    if out is not None:
        out[i] = value


@overload(get, jit_options=FORMULA_OPTIONS, strict=False)
def _compiled_get(values: Any, i: Any, default: Any) -> Any:
    if isinstance(values, types.Array):
        return lambda values, i, default: values[i]
    if isinstance(values, types.NoneType):
        return lambda values, i, default: default
    return (lambda values, i, default: values) if is_scalar(values) else None


@overload(put, jit_options=FORMULA_OPTIONS, strict=False)
def _compiled_put(out: Any, i: Any, value: Any) -> Any:
    if isinstance(out, types.NoneType):
        return lambda out, i, value: None

    def store(out: Any, i: Any, value: Any) -> None:
        out[i] = value

    return store


def no_placement(width: float, height: float, scribe: float, diameter: float) -> float:
    """Stand where a closed form would, in a loop that is given its gross dies."""
    return NAN


def with_unused(formula: Callable[[float], float]) -> Callable[[float, float], float]:
    """Return `formula` as a function of two numbers that ignores the second."""

    def two(x: float, unused: float) -> float:
        return formula(x)

    return two


# Placeholders for what `build_loop` puts in; the loops below are never run with them.
formula: Any = None
random_yield: Any = None
place: Any = None


def map_loop(x: Any, parameter: Any, out: Any) -> None:
    """Fill out with formula(x, parameter)."""
    for i in prange(out.shape[0]):
        out[i] = formula(get(x, i, NAN), get(parameter, i, NAN))


def evaluate_loop(
    count: int,
    die_width_mm: Any,
    die_height_mm: Any,
    die_area_mm2: Any,
    scribe_mm: Any,
    edge_exclusion_mm: Any,
    wafer_diameter_mm: Any,
    d0_per_cm2: Any,
    critical_area_fraction: Any,
    systematic_yield: Any,
    parameter: Any,
    line_yield: Any,
    wafer_price_usd: Any,
    logic_density_mtr_per_mm2: Any,
    gross_dies_given: Any,
    out_gross_dies: Any,
    out_mean_faults: Any,
    out_die_yield: Any,
    out_good_dies: Any,
    out_die_cost_usd: Any,
    out_good_die_cost_usd: Any,
    out_peak_transistors: Any,
    out_usd_per_billion_transistors: Any,
) -> None:
    """Run all stages on each of `count` points and fill the outputs that are not None."""
    for i in prange(count):
        width = get(die_width_mm, i, sqrt(get(die_area_mm2, i, NAN)))
        height = get(die_height_mm, i, width)
        area = get(die_area_mm2, i, width * height)

        usable = usable_diameter(get(wafer_diameter_mm, i, NAN), get(edge_exclusion_mm, i, NAN))
        gross = get(gross_dies_given, i, place(width, height, get(scribe_mm, i, NAN), usable))
        put(out_gross_dies, i, gross)

        faults = mean_faults(area, get(critical_area_fraction, i, 1.0), get(d0_per_cm2, i, NAN))
        put(out_mean_faults, i, faults)
        die_yield = total_yield(random_yield(faults, get(parameter, i, NAN)), get(systematic_yield, i, 1.0))
        put(out_die_yield, i, die_yield)

        price = get(wafer_price_usd, i, NAN)
        through = get(line_yield, i, 1.0)
        good = good_dies(gross, die_yield)
        put(out_good_dies, i, good)
        put(out_die_cost_usd, i, cost_per_die(price, through, gross))
        good_cost = cost_per_die(price, through, good)
        put(out_good_die_cost_usd, i, good_cost)

        transistors = peak_transistors(get(logic_density_mtr_per_mm2, i, NAN), area)
        put(out_peak_transistors, i, transistors)
        put(out_usd_per_billion_transistors, i, usd_per_billion_transistors(good_cost, transistors))
