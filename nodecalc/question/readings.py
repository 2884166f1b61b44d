"""What a piece of evidence means for D0 or price: its value and ends, a yield inverted under the model in use."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import sqrt
from typing import TYPE_CHECKING, Final, NamedTuple

from nodecalc.catalogue.evidence import CORE_FRACTION, USUAL_WAFER_MM
from nodecalc.catalogue.figure import KIND_FACTOR
from nodecalc_kernels.cost.die import price_on_diameter
from nodecalc_kernels.defects.faults import mean_faults
from nodecalc_kernels.registry import YIELD_MODELS

if TYPE_CHECKING:
    from nodecalc.catalogue.evidence import Piece

    from .market import Market

AREA_SLACK: Final = 1.15
"""Factor on the area of a die whose size is recalled or our own guess, each way."""
LIMIT: Final = sqrt(2.0)
"""A limit stands for values up to twice it, with the middle at this factor."""


class Reading(NamedTuple):
    """One component of a mixture: D0 in 1/cm2, or USD a wafer."""

    share: float
    """Of the piece's weight."""
    low: float
    value: float
    high: float


def readings(piece: Piece, market: Market, diameter_mm: float = USUAL_WAFER_MM) -> tuple[Reading, ...]:
    """Return what `piece` means under `market`; nothing where the model in use cannot take it.

    Args:
        piece: a statement of D0, yield, price or ratio.
        market: year, model and its parameters; ends do not yet move out with the distance in time.
        diameter_mm: wafer that a price is wanted for; one stated for another is brought there by area.

    """
    if piece.states == "yield":
        return _of_yield(piece, market)
    if piece.states == "d0" and "critical_layers" in YIELD_MODELS[market.model].parameters:
        return ()  # of the whole process, which per layer says nothing
    scale = price_on_diameter(1.0, piece.wafer_mm, diameter_mm) if piece.states == "usd" else 1.0
    value, low, high = (None if x is None else x * scale for x in (piece.value, piece.low, piece.high))
    assert value is not None
    if piece.exact:
        return (Reading(1.0, value, value, value),)
    if piece.bound:
        return (Reading(1.0, *_limit(value, piece.bound == "below")),)
    keeps = piece.states == "ratio" and low is not None
    return (Reading(1.0, *_ends(piece.kind, value, low, high, widened=not keeps)),)


def _ends(
    kind: str, value: float, low: float | None, high: float | None, *, widened: bool = True
) -> tuple[float, float, float]:
    """Return low, value, high: what is stated only widens what its kind alone would give, but for ratios."""
    factor = KIND_FACTOR[kind]
    usual_low, usual_high = value / factor, value * factor
    if not widened:
        return (usual_low if low is None else low), value, (usual_high if high is None else high)
    return (
        usual_low if low is None else min(low, usual_low),
        value,
        usual_high if high is None else max(high, usual_high),
    )


def _limit(limit: float, below: bool) -> tuple[float, float, float]:
    """Return low, value, high of something that is only known to lie below, or above, `limit`."""
    return (limit / 2.0, limit / LIMIT, limit) if below else (limit, limit * LIMIT, 2.0 * limit)


def _of_yield(piece: Piece, market: Market) -> tuple[Reading, ...]:
    if piece.die_area_mm2 is None:
        return ()
    divisor = market.systematic_yield if piece.basis == "product" else 1.0
    if max(piece.value, piece.high or 0.0) / divisor >= 1.0:
        return ()  # more than the losses that are left can explain
    whole: Callable[[float], float] = lambda share: implied_plain(share / divisor, piece.die_area_mm2, market)  # noqa: E731
    counted = piece.need is not None and piece.total is not None and piece.need < piece.total
    if not counted or piece.counts == "full":
        return (Reading(1.0, *_inverted(piece, whole)),)
    plain = Reading(0.5, *_inverted(piece, whole)) if piece.counts == "unsaid" else None
    # Few pieces count dies with some units bad: what takes part of a die apart is imported where one does.
    from nodecalc_kernels.defects.harvest import MIXTURES

    if market.model not in MIXTURES:
        # Without a mixing of D0 there is no salvage to work out: the plain reading stands alone, if it may.
        return () if plain is None else (plain._replace(share=1.0),)
    at = CORE_FRACTION[1] if piece.core_fraction is None else piece.core_fraction
    salvaged = _inverted(piece, lambda share: implied_harvested(share / divisor, piece, at, market))
    if piece.core_fraction is None:
        ends = [implied_harvested(piece.value / divisor, piece, end, market) for end in CORE_FRACTION[::2]]
        salvaged = (min(salvaged[0], *ends), salvaged[1], max(salvaged[2], *ends))
    sold = Reading(1.0 if plain is None else 0.5, *salvaged)
    return (sold,) if plain is None else (plain, sold)


def _inverted(piece: Piece, inverse: Callable[[float], float]) -> tuple[float, float, float]:
    """Return low, value, high of D0 from a share and its ends; a higher share is a lower D0."""
    area = 1.0 if piece.area_is == "public" else AREA_SLACK
    value = inverse(piece.value)
    if piece.bound:
        low, value, high = _limit(value, piece.bound == "above")
        return low / area, value, high * area
    factor = KIND_FACTOR[piece.kind]
    low = value / factor if piece.high is None else inverse(piece.high)
    high = value * factor if piece.low is None else inverse(piece.low)
    return _ends(piece.kind, value, low / area, high * area)


def _d0(faults: float, area_mm2: float) -> float:
    return faults / mean_faults(area_mm2, 1.0, 1.0)


@lru_cache(maxsize=4096)
def _plain_faults(share: float, model: str, parameter: tuple[float, ...]) -> float:
    return YIELD_MODELS[model].inverse(share, *parameter)


@lru_cache(maxsize=4096)
def _harvested_faults(share: float, need: int, total: int, core: float, model: str, alpha: float) -> float:
    from nodecalc_kernels.defects.harvest import implied_faults

    return implied_faults(share, need, total, core, model, alpha)


def implied_plain(share: float, area_mm2: float | None, market: Market) -> float:
    """Return the D0 at which a share of dies of `area_mm2` has no fault."""
    return _d0(_plain_faults(share, market.model, market.parameter), area_mm2 or 0.0)


def implied_harvested(share: float, piece: Piece, core_fraction: float, market: Market) -> float:
    """Return the D0 at which a share of the piece's dies can be sold."""
    need, total = piece.need or 0, piece.total or 0
    return _d0(
        _harvested_faults(share, need, total, core_fraction, market.model, market.alpha), piece.die_area_mm2 or 0.0
    )
