"""What is first among points: the best by one result, the front of two; equal ones are settled by their place."""

from __future__ import annotations

from math import inf
from typing import NamedTuple

from nodecalc_kernels.numpy_whole import FloatArray, np, npt

IntArray = npt.NDArray[np.int64]

Front = tuple[FloatArray, FloatArray, IntArray]
"""sign * x, rising, sign * y, falling, and the places of the points of a front."""


class Places(NamedTuple):
    """Where the points of a box stand in the grid's own order."""

    lengths: IntArray
    """Points of the box along each axis, in the order in which it is walked."""
    strides: IntArray
    """How far apart neighbours along each of those axes stand."""
    base: int
    """Where its first point stands."""

    def of(self, positions: IntArray) -> IntArray:
        """Return the places of points by their positions in the walk."""
        places = np.full(positions.size, self.base, np.int64)
        for length, stride in zip(self.lengths[::-1].tolist(), self.strides[::-1].tolist(), strict=True):
            positions, along = np.divmod(positions, length)
            places += along * stride
        return places


def first_of(values: FloatArray, places: IntArray, kept: int) -> npt.NDArray[np.intp]:
    """Return which `kept` values are the smallest, in no order; of equal ones those that stand first."""
    if values.size <= kept:
        return np.arange(values.size)
    last = np.partition(values, kept - 1)[kept - 1]
    under, equal = np.flatnonzero(values < last), np.flatnonzero(values == last)
    return np.concatenate([under, equal[np.argsort(places[equal])[: kept - under.size]]])


def joined(one: Front, other: Front) -> Front:
    """Return the front of the points of both, which need be none themselves; of equal points the first."""
    xs, ys, places = (np.concatenate(pair) for pair in zip(one, other, strict=True))
    order = np.lexsort((places, ys, xs))
    falling = ys[order]
    before = np.concatenate([[inf], np.minimum.accumulate(falling)[:-1]]) if falling.size else falling
    kept = order[falling < before]
    return xs[kept], ys[kept], places[kept]
