"""Salvage for arrays: the shares of many dies at once, through the array form of harvest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from nodecalc_kernels.defects.salvage import Sold, groups_needed, groups_of

from .harvest import harvest_array

FloatArray = npt.NDArray[np.float64]


def sold_array(sold: Sold, given: Sequence[npt.ArrayLike]) -> tuple[FloatArray, ...]:
    """Return what `sold` gives over broadcast arrays of its inputs: the shares, and with bins the earnings."""
    if not sold.bins:
        return (_shares(sold.model, given),)
    shares = [_shares(sold.model, (need, *given)) for need, _ in sold.bins]
    earned = np.zeros(shares[0].shape)
    for step, share in zip(sold.steps, shares, strict=True):
        earned += step * share
    return shares[-1], earned


def _shares(model: str, given: Sequence[npt.ArrayLike]) -> FloatArray:
    """Return `Sold.share` over broadcast arrays; units are few different numbers, faults and shapes many."""
    arrays = [np.asarray(a, np.float64) for a in given]
    shape = np.broadcast_shapes(*(a.shape for a in arrays))
    units = np.broadcast_arrays(*arrays[:3])
    fraction, faults, *alpha = (np.broadcast_to(a, shape) for a in arrays[3:])
    if units[0].size == 1:
        need, total, group = (float(a.reshape(())) for a in units)
        return _of(model, need, total, group, fraction, faults, *alpha)
    kinds, where = _kinds(units)
    where = np.broadcast_to(where.reshape(units[0].shape), shape).reshape(-1)
    order = np.argsort(where, kind="stable")
    begins = np.searchsorted(where[order], np.arange(len(kinds) + 1))
    found = np.full(where.size, np.nan)
    flat = [a.reshape(-1) for a in (fraction, faults, *alpha)]
    for i, kind in enumerate(kinds):
        at = order[begins[i] : begins[i + 1]]
        found[at] = _of(model, *kind, *(a[at] for a in flat))
    return found.reshape(shape)


def _kinds(units: Sequence[FloatArray]) -> tuple[list[tuple[float, float, float]], npt.NDArray[np.intp]]:
    """Return the different combinations of units, and which one each point has; by numbers of one column at a time."""
    where = np.zeros(units[0].size, np.intp)
    for column in units:
        values, own = np.unique(column.reshape(-1), return_inverse=True)
        _, first, where = np.unique(where * len(values) + own.reshape(-1), return_index=True, return_inverse=True)
        where = where.reshape(-1)
    need, total, group = (column.reshape(-1)[first].tolist() for column in units)
    return list(zip(need, total, group, strict=True)), where


def _of(
    model: str,
    units_needed: float,
    units_total: float,
    unit_group: float,
    fraction: FloatArray,
    faults: FloatArray,
    *alpha: FloatArray,
) -> FloatArray:
    groups, least = groups_of(units_total, unit_group, 1.0, 0.0), groups_needed(units_needed, unit_group)
    if groups is None or not 0 <= least <= groups.total:
        return np.full(faults.shape, np.nan)
    cores = np.where((fraction >= 0.0) & (fraction <= 1.0), fraction, np.nan)
    return harvest_array(
        least, groups.total, faults * cores / groups.total, faults * (1.0 - cores), model, alpha[0] if alpha else 2.0
    )
