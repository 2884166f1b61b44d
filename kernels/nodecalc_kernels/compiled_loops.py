"""The loops that numba compiles: one body each, its formulas put in by name, its arguments arrays, numbers or None.

numba compiles a version for each combination that is met. A number stays in a register, and whatever only an
absent output would need is never computed: LLVM removes it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

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


def part(values: Any, first: int, last: int) -> Any:
    """Return a view of an array from first to last; a number or None is its own part."""
    return values[first:last] if isinstance(values, np.ndarray) else values


def wanted(*outs: Any) -> bool:
    """Tell whether any of the outputs is an array to fill; decided when the loop is compiled."""
    return any(out is not None for out in outs)


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


@overload(part, jit_options=FORMULA_OPTIONS, strict=False)
def _compiled_part(values: Any, first: Any, last: Any) -> Any:
    if isinstance(values, types.Array):
        return lambda values, first, last: values[first:last]
    return lambda values, first, last: values


@overload(wanted, jit_options=FORMULA_OPTIONS, strict=False)
def _compiled_wanted(*outs: Any) -> Any:
    if any(isinstance(kind, types.Array) for kind in outs):
        return lambda *outs: True
    return lambda *outs: False


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


BLOCK: Final = 256
"""Points that a thread takes through one stage at a time: three results a point stay in 6 kB, and with the pieces of
five arrays in the first-level cache. Twice as many are a few per cent slower, half as many no faster."""

REAL: Final = np.float64
"""Type of those results. Where a loop is rebuilt for single precision, this becomes `np.float32` with all the rest."""


def as_given(x: float, parameter: float) -> tuple[float, float]:
    """Return both arguments: the first step of a yield model that has only one."""
    return x, parameter


# Placeholders for what `build_loop` puts in; the loops below are never run with them.
formula: Any = None
begin_yield: Any = None
end_yield: Any = None
place: Any = None


def map_loop(x: Any, parameter: Any, out: Any) -> None:
    """Fill out with formula(x, parameter)."""
    for i in prange(out.shape[0]):
        out[i] = formula(get(x, i, NAN), get(parameter, i, NAN))


def evaluate_loop(
    count: int,
    shares: int,
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
    """Run all stages on each of `count` points and fill the outputs that are not None.

    Stage by stage over a block that stays in the first-level cache: one loop over all stages is so long that the
    processor cannot see the next points past it, and waits for each one's chain of dependent steps.
    """
    blocks = (count + BLOCK - 1) // BLOCK
    each = (blocks + shares - 1) // shares
    for share in prange(shares):
        gross_of, yield_of, low_of = np.empty(BLOCK, REAL), np.empty(BLOCK, REAL), np.empty(BLOCK, REAL)
        for block in range(share * each, min((share + 1) * each, blocks)):
            first = block * BLOCK
            last = min(first + BLOCK, count)
            points = last - first
            width_mm, height_mm = part(die_width_mm, first, last), part(die_height_mm, first, last)
            area_mm2 = part(die_area_mm2, first, last)

            scribe, edge = part(scribe_mm, first, last), part(edge_exclusion_mm, first, last)
            diameter, given = part(wafer_diameter_mm, first, last), part(gross_dies_given, first, last)
            to_gross = part(out_gross_dies, first, last)
            if wanted(
                out_gross_dies, out_good_dies, out_die_cost_usd, out_good_die_cost_usd, out_usd_per_billion_transistors
            ):
                for i in range(points):
                    width = get(width_mm, i, sqrt(get(area_mm2, i, NAN)))
                    height = get(height_mm, i, width)
                    usable = usable_diameter(get(diameter, i, NAN), get(edge, i, NAN))
                    gross = get(given, i, place(width, height, get(scribe, i, NAN), usable))
                    gross_of[i] = gross
                    put(to_gross, i, gross)

            fraction, d0 = part(critical_area_fraction, first, last), part(d0_per_cm2, first, last)
            own, systematic = part(parameter, first, last), part(systematic_yield, first, last)
            to_faults, to_yield = part(out_mean_faults, first, last), part(out_die_yield, first, last)
            if wanted(
                out_mean_faults, out_die_yield, out_good_dies, out_good_die_cost_usd, out_usd_per_billion_transistors
            ):
                for i in range(points):
                    area = get(area_mm2, i, get(width_mm, i, NAN) * get(height_mm, i, NAN))
                    faults = mean_faults(area, get(fraction, i, 1.0), get(d0, i, NAN))
                    put(to_faults, i, faults)
                    yield_of[i], low_of[i] = begin_yield(faults, get(own, i, NAN))
                for i in range(points):
                    die_yield = total_yield(end_yield(yield_of[i], low_of[i]), get(systematic, i, 1.0))
                    yield_of[i] = die_yield
                    put(to_yield, i, die_yield)

            price, through = part(wafer_price_usd, first, last), part(line_yield, first, last)
            density = part(logic_density_mtr_per_mm2, first, last)
            to_good, to_cost = part(out_good_dies, first, last), part(out_die_cost_usd, first, last)
            to_good_cost = part(out_good_die_cost_usd, first, last)
            to_transistors = part(out_peak_transistors, first, last)
            to_per_billion = part(out_usd_per_billion_transistors, first, last)
            if wanted(
                out_good_dies,
                out_die_cost_usd,
                out_good_die_cost_usd,
                out_peak_transistors,
                out_usd_per_billion_transistors,
            ):
                for i in range(points):
                    wafer_price, wafers_out = get(price, i, NAN), get(through, i, 1.0)
                    good = good_dies(gross_of[i], yield_of[i])
                    put(to_good, i, good)
                    put(to_cost, i, cost_per_die(wafer_price, wafers_out, gross_of[i]))
                    good_cost = cost_per_die(wafer_price, wafers_out, good)
                    put(to_good_cost, i, good_cost)
                    area = get(area_mm2, i, get(width_mm, i, NAN) * get(height_mm, i, NAN))
                    transistors = peak_transistors(get(density, i, NAN), area)
                    put(to_transistors, i, transistors)
                    put(to_per_billion, i, usd_per_billion_transistors(good_cost, transistors))
