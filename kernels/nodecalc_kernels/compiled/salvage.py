"""Salvage for arrays: the shares of many dies at once, through the array form of harvest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nodecalc_kernels.defects.salvage import Sold, groups_needed, groups_of
from nodecalc_kernels.numpy_whole import FloatArray, np, npt

from .harvest import harvest_array
from .kinds import each_kind


def sold_array(sold: Sold, given: Sequence[npt.ArrayLike]) -> tuple[FloatArray, ...]:
    """Return what `sold` gives over broadcast arrays of its inputs: the shares, and with bins the earnings."""
    where, own = given[: sold.places], given[sold.places :]
    if not sold.bins:
        return (_shares(sold, where, own),)
    shares = [_shares(sold, where, (need, *own)) for need, _ in sold.bins]
    earned = np.zeros(shares[0].shape)
    for step, share in zip(sold.steps, shares, strict=True):
        earned += step * share
    return shares[-1], earned


def _shares(sold: Sold, where: Sequence[npt.ArrayLike], own: Sequence[npt.ArrayLike]) -> FloatArray:
    """Return the shares; wafers and units are few different ones, faults and shapes many."""
    units, others = own[:3], own[3:]
    count = len(where)

    def work(kind: tuple[float, ...], rest: tuple[Any, ...]) -> FloatArray:
        spread = ((1.0, 1.0),) if sold.over is None else sold.over.spread(*kind[:count])
        need, total, group = kind[count:]
        return _mean(sold.model, need, total, group, spread, *rest)

    return each_kind((*where, *units), others, work)


def _mean(
    model: str,
    units_needed: float,
    units_total: float,
    unit_group: float,
    spread: Sequence[tuple[float, float]],
    fraction: FloatArray,
    faults: FloatArray,
    *alpha: FloatArray,
) -> FloatArray:
    groups, least = groups_of(units_total, unit_group, 1.0, 0.0), groups_needed(units_needed, unit_group)
    if groups is None or not 0 <= least <= groups.total:
        return np.full(faults.shape, np.nan)
    cores = np.where((fraction >= 0.0) & (fraction <= 1.0), fraction, np.nan)
    core, rest, own = faults * cores / groups.total, faults * (1.0 - cores), alpha[0] if alpha else 2.0
    if len(spread) == 1 and spread[0][0] == 1.0:
        return harvest_array(least, groups.total, core, rest, model, own)
    found = np.zeros(faults.shape)
    for g, part in spread:
        found += part * harvest_array(least, groups.total, core * g, rest * g, model, own)
    return found
