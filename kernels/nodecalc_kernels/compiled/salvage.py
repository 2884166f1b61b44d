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
    arrays = np.broadcast_arrays(*(np.asarray(a, np.float64) for a in given))
    need, total, group, *rest = (a.reshape(-1) for a in arrays)
    fraction, faults, *alpha = rest
    found = np.full(need.size, np.nan)
    table, where = np.unique(np.stack([need, total, group], axis=1), axis=0, return_inverse=True)
    for number, (units_needed, units_total, unit_group) in enumerate(table.tolist()):
        groups, least = groups_of(units_total, unit_group, 1.0, 0.0), groups_needed(units_needed, unit_group)
        if groups is None or not 0 <= least <= groups.total:
            continue
        at = np.flatnonzero(where.reshape(-1) == number)
        cores = np.where((fraction[at] >= 0.0) & (fraction[at] <= 1.0), fraction[at], np.nan)
        found[at] = harvest_array(
            least,
            groups.total,
            faults[at] * cores / groups.total,
            faults[at] * (1.0 - cores),
            model,
            alpha[0][at] if alpha else 2.0,
        )
    return found.reshape(arrays[0].shape)
