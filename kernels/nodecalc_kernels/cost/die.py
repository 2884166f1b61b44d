"""From a wafer's price to the cost of a die: plain scalar arithmetic, total over all floats.

Where no die comes out of a wafer the cost is infinite, not an error: a sweep may well pass through such points.
"""

from __future__ import annotations

from functools import lru_cache
from math import inf, nan
from typing import Final

from nodecalc_kernels.numbers.quotients import not_negative, share, some_share
from nodecalc_kernels.numbers.vecmath import least
from nodecalc_kernels.stages import Factor, Product, Stage, stage

TRANSISTORS_PER_MTR: Final = 1e6
"""Transistors in one MTr, the unit of logic density (MTr/mm2)."""

TRANSISTORS_PER_BILLION: Final = 1e9


def good_dies(gross_dies: float, die_yield: float) -> float:
    """Return the expected good dies on a wafer, G = N Y, as a float that is never truncated.

    Args:
        gross_dies: N, whole dies on one wafer, >= 0.
        die_yield: Y, share of them that is good, 0..1.

    """
    inside = least(least(gross_dies, die_yield), 1.0 - die_yield) >= 0.0
    return gross_dies * die_yield if inside else nan


def dies_per_start(line_yield: float, dies: float) -> float:
    """Return the dies that one started wafer gives on the average, Y_line N: both >= 0, Y_line at most 1."""
    return line_yield * dies if least(line_yield, dies) >= 0.0 and line_yield <= 1.0 else nan


def cost_per_die(wafer_price_usd: float, line_yield: float, dies: float) -> float:
    r"""Return what one of a wafer's dies costs, C = P / (Y_line N).

    The same division gives the cost of any die (N gross dies) and of a good one (N good dies).

    Args:
        wafer_price_usd: P, price of one processed wafer, USD, >= 0.
        line_yield: Y_line, wafers out over wafers in, in (0, 1].
        dies: N, dies on one wafer, >= 0; 0 gives inf.

    Returns:
        USD per die; nan outside the domain.

    Reference:
        Hennessy and Patterson, Computer Architecture, 6th ed., section 1.6, with line yield made explicit.

    >>> cost_per_die(500.0, 1.0, 148 * 0.36)  # IBM Power5, their case study 1.2a
    9.384384384384385

    """
    inside = least(wafer_price_usd, dies) >= 0.0 and 0.0 < line_yield <= 1.0
    wafers_out = line_yield * dies
    # A price that is nan stays nan where no die comes out.
    return (wafer_price_usd / wafers_out if wafers_out > 0.0 else wafer_price_usd + inf) if inside else nan


def price_on_diameter(quoted_price_usd: float, quoted_diameter_mm: float, wafer_diameter_mm: float) -> float:
    r"""Return the price of a wafer of another diameter than the one a price was quoted for, by area.

    .. math:: P = P_q \left(\frac{D}{D_q}\right)^2

    Args:
        quoted_price_usd: P_q, USD, >= 0.
        quoted_diameter_mm: D_q, diameter that it was quoted for, mm, > 0.
        wafer_diameter_mm: D, mm, > 0.

    An estimate: a wafer's cost grows somewhat slower than its area. Where both are one diameter it is the price itself.

    >>> price_on_diameter(16000.0, 300.0, 150.0)
    4000.0

    """
    inside = quoted_price_usd >= 0.0 and quoted_diameter_mm > 0.0 and wafer_diameter_mm > 0.0
    ratio = wafer_diameter_mm / quoted_diameter_mm if inside else nan
    return quoted_price_usd * (ratio * ratio)


def scaled(cost_usd: float, factor: float) -> float:
    """Return a cost times a factor, such as that from an answer to the end of its band, USD."""
    return cost_usd * factor if cost_usd >= 0.0 and factor >= 0.0 else nan


def peak_transistors(logic_density_mtr_per_mm2: float, die_area_mm2: float) -> float:
    """Return the transistors that the area would hold at the node's full logic density, T = 1e6 D A.

    Args:
        logic_density_mtr_per_mm2: D, MTr/mm2, >= 0.
        die_area_mm2: A, mm2, >= 0.

    Whole chips reach less: about 0.9-1.0 of it for phone processors, 0.7-0.9 for GPUs, 0.6-0.8 for CPU chiplets.

    """
    inside = logic_density_mtr_per_mm2 >= 0.0 and die_area_mm2 >= 0.0
    return TRANSISTORS_PER_MTR * logic_density_mtr_per_mm2 * die_area_mm2 if inside else nan


def die_area_for(transistors: float, logic_density_mtr_per_mm2: float, density_utilisation: float) -> float:
    """Return the area that holds so many transistors, A = T / (1e6 D u), mm2: `peak_transistors` solved for the area.

    Args:
        transistors: T, >= 0.
        logic_density_mtr_per_mm2: D, MTr/mm2, > 0.
        density_utilisation: u, share of it that the chip reaches, in (0, 1].

    """
    inside = transistors >= 0.0 and logic_density_mtr_per_mm2 > 0.0 and 0.0 < density_utilisation <= 1.0
    per_mm2 = TRANSISTORS_PER_MTR * logic_density_mtr_per_mm2 * density_utilisation if inside else 1.0
    return transistors / per_mm2 if inside and per_mm2 > 0.0 else nan


def usd_per_billion_transistors(good_die_cost_usd: float, transistors: float) -> float:
    """Return the cost of 10^9 transistors on good dies, c = 1e9 C / T, in USD; inf where T is 0.

    Args:
        good_die_cost_usd: C, USD per good die, >= 0.
        transistors: T, transistors per die, >= 0.

    """
    inside = good_die_cost_usd >= 0.0 and transistors >= 0.0
    billions = transistors / TRANSISTORS_PER_BILLION
    return (good_die_cost_usd / billions if billions > 0.0 else inf) if inside else nan


def revenue_per_wafer(
    line_yield: float, gross_dies: float, systematic_yield: float, revenue_per_die_usd: float
) -> float:
    """Return what the dies of one bought wafer earn, R = Y_line N Ys r, USD: to be set beside the wafer's price.

    Args:
        line_yield: Y_line, wafers out over wafers in, in (0, 1].
        gross_dies: N, whole dies on one wafer, >= 0.
        systematic_yield: Ys, 0..1.
        revenue_per_die_usd: r, what a die earns on the average as far as random defects go, USD, >= 0.

    """
    inside = least(least(gross_dies, revenue_per_die_usd), 1.0 - systematic_yield) >= 0.0
    inside = inside and 0.0 < line_yield <= 1.0 and systematic_yield >= 0.0
    return line_yield * gross_dies * systematic_yield * revenue_per_die_usd if inside else nan


def _cost_of(dies: str) -> Product:
    """Return the factors of `cost_per_die` of so many dies."""
    return Product(
        over=(Factor("wafer_price_usd", not_negative),),
        under=(Factor("line_yield", some_share), Factor(dies, not_negative)),
    )


QUOTED_PRICE: Final = stage(
    "wafer_price_usd",
    price_on_diameter,
    formula="P = P_q (D / D_q)^2",
    put_in="{quoted_price_usd} USD x ({wafer_diameter_mm} mm / {quoted_diameter_mm} mm)^2",
)

STAGES: Final = (
    stage(
        "good_dies",
        good_dies,
        formula="G = N Y",
        put_in="{gross_dies} x {die_yield}",
        product=Product((Factor("gross_dies", not_negative), Factor("die_yield", share))),
    ),
    stage(
        "die_cost_usd",
        cost_per_die,
        formula="C = P / (Y_line N)",
        put_in="{wafer_price_usd} USD / ({line_yield} x {gross_dies})",
        product=_cost_of("gross_dies"),
        dies="gross_dies",
    ),
    stage(
        "good_die_cost_usd",
        cost_per_die,
        formula="C = P / (Y_line G)",
        put_in="{wafer_price_usd} USD / ({line_yield} x {good_dies})",
        product=_cost_of("good_dies"),
        dies="good_dies",
    ),
    stage(
        "peak_transistors",
        peak_transistors,
        formula="T = 1e6 D A",
        put_in="1e6 x {logic_density_mtr_per_mm2} MTr/mm2 x {die_area_mm2} mm2",
    ),
)
"""What a die costs at a wafer's price, in the order in which it is worked out."""


STARTED: Final = (
    STAGES[0],
    stage(
        "dies_per_start",
        dies_per_start,
        formula="S = Y_line G",
        put_in="{line_yield} x {good_dies}",
        dies="good_dies",
    ),
)
"""The good dies of a wafer that is started."""


SALVAGED: Final = (
    stage(
        "sellable_dies",
        good_dies,
        formula="S = N Y_s",
        put_in="{gross_dies} x {sellable_yield}",
        die_yield="sellable_yield",
    ),
    stage(
        "sellable_die_cost_usd",
        cost_per_die,
        formula="C = P / (Y_line S)",
        put_in="{wafer_price_usd} USD / ({line_yield} x {sellable_dies})",
        product=_cost_of("sellable_dies"),
        dies="sellable_dies",
    ),
)
"""What a die costs that may sell with some units bad: every sold die carries the same share of the wafer."""

REVENUE: Final = stage(
    "revenue_per_wafer_usd",
    revenue_per_wafer,
    formula="R = Y_line N Ys r",
    put_in="{line_yield} x {gross_dies} x {systematic_yield} x {revenue_per_die_usd} USD",
)
"""What the dies of a wafer earn that are sold in bins with prices."""


@lru_cache(maxsize=2)
def per_transistors(count: str) -> Stage:
    """Return the stage of what a billion transistors cost, where `count` is the key of the transistors on a die."""
    return stage(
        "usd_per_billion_transistors",
        usd_per_billion_transistors,
        formula="c = C / (T / 1e9)",
        put_in=f"{{good_die_cost_usd}} USD / ({{{count}}} / 1e9)",
        transistors=count,
    )
