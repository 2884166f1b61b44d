"""The different points among many."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


def different(given: Sequence[npt.ArrayLike]) -> tuple[FloatArray, npt.NDArray[np.intp], tuple[int, ...]]:
    """Return the different combinations of broadcast arrays, a row each, which one each point has, and the shape."""
    arrays = np.broadcast_arrays(*(np.asarray(a, np.float64) for a in given))
    if arrays[0].size and all((a == a.flat[0]).all() for a in arrays):  # sorting a million equal rows takes seconds
        one = np.array([[a.flat[0] for a in arrays]], np.float64)
        return one, np.zeros(arrays[0].size, np.intp), arrays[0].shape
    table = np.stack([a.ravel() for a in arrays], axis=1)
    sizes, where = np.unique(table, axis=0, return_inverse=True)
    return sizes, where.reshape(-1), arrays[0].shape
