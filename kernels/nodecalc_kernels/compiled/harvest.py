"""Harvest for arrays: each different point worked out once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nodecalc_kernels.defects.harvest import harvest

FloatArray = npt.NDArray[np.float64]


def harvest_array(
    need: int,
    total: int,
    core_faults: npt.ArrayLike,
    rest_faults: npt.ArrayLike,
    model: str,
    alpha: npt.ArrayLike = 2.0,
) -> FloatArray:
    """Return `harvest` for broadcast arrays of faults and shapes, float64; ValueError where they do not broadcast."""
    given = np.broadcast_arrays(*(np.asarray(a, np.float64) for a in (core_faults, rest_faults, alpha)))
    table = np.stack([a.ravel() for a in given], axis=1)
    points, where = np.unique(table, axis=0, return_inverse=True)
    found = np.array([harvest(need, total, m, u, model, shape) for m, u, shape in points.tolist()], np.float64)
    result: FloatArray = found[where.reshape(-1)].reshape(given[0].shape)
    return result
