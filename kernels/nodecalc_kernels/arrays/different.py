"""The different points among many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from nodecalc_kernels.numpy_whole import FloatArray, np, npt
from nodecalc_kernels.tasks import FEW_PLAIN

SAMPLE: Final = 8 * FEW_PLAIN
"""Points that are looked at first: where they are many different ones, sorting all would be the longest step."""


def are_many(given: Sequence[npt.ArrayLike]) -> bool:
    """Whether some evenly spaced points alone are more different combinations than `FEW_PLAIN`; False says nothing."""
    arrays = np.broadcast_arrays(*(np.asarray(a, np.float64) for a in given))
    size = arrays[0].size
    if size <= SAMPLE:
        return False
    places = np.unravel_index(np.linspace(0, size - 1, SAMPLE).astype(np.intp), arrays[0].shape)
    return len(np.unique(np.stack([a[places] for a in arrays], axis=1), axis=0)) > FEW_PLAIN


def different(given: Sequence[npt.ArrayLike]) -> tuple[FloatArray, npt.NDArray[np.intp], tuple[int, ...]]:
    """Return the different combinations of broadcast arrays, a row each, which one each point has, and the shape."""
    arrays = np.broadcast_arrays(*(np.asarray(a, np.float64) for a in given))
    if arrays[0].size and all((a == a.flat[0]).all() for a in arrays):  # sorting a million equal rows takes seconds
        one = np.array([[a.flat[0] for a in arrays]], np.float64)
        return one, np.zeros(arrays[0].size, np.intp), arrays[0].shape
    table = np.stack([a.ravel() for a in arrays], axis=1)
    sizes, where = np.unique(table, axis=0, return_inverse=True)
    return sizes, where.reshape(-1), arrays[0].shape
