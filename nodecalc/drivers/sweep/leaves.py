"""What a sweep starts from, by key: the numbers of the catalogue and of the user, over the name axes they depend on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Leaf(NamedTuple):
    """Numbers over some of the grid's axes, given by their places in the order of axes, rising."""

    axes: tuple[int, ...]
    data: NDArray[np.float64]
    """One dimension for each of `axes`, full length."""


def leaf_of(values: Sequence[float], axes: Sequence[int], shape: Sequence[int]) -> Leaf:
    """Return the leaf of `values`, one for each combination of `axes`, without the axes along which nothing changes."""
    import numpy as np

    data = np.asarray(values, dtype=np.float64).reshape([shape[a] for a in axes])
    kept = list(axes)
    for place in reversed(range(data.ndim)):
        first = np.take(data, [0], axis=place)
        if np.array_equal(np.broadcast_to(first, data.shape), data, equal_nan=True):
            data = np.take(data, 0, axis=place)
            del kept[place]
    return Leaf(tuple(kept), np.array(data, order="C"))


def leaves_of(
    rows: Sequence[Mapping[str, float]], keys: Sequence[str], axes: Sequence[int], shape: Sequence[int]
) -> dict[str, Leaf]:
    """Return a leaf for each of `keys` that any of `rows` has; nan where a row has none."""
    found: dict[str, Any] = {}
    for key in keys:
        if any(key in row for row in rows):
            found[key] = leaf_of([row.get(key, float("nan")) for row in rows], axes, shape)
    return found
