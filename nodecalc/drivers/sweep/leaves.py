"""What a sweep starts from, by key: the numbers of the catalogue and of the user, over the name axes they depend on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from math import isnan, prod
from typing import NamedTuple


class Leaf(NamedTuple):
    """Numbers over some of the grid's axes, given by their places in the order of axes, rising."""

    axes: tuple[int, ...]
    data: tuple[float, ...]
    """A number for each combination of the whole of `axes`, the last of them fastest; none where they are those of an
    axis."""


def leaf_of(values: Iterable[float], axes: Sequence[int], shape: Sequence[int]) -> Leaf:
    """Return the leaf of `values`, one for each combination of `axes`, without the axes along which nothing changes."""
    data = list(values)
    kept = list(axes)
    for place in reversed(range(len(axes))):
        count, inner = shape[axes[place]], prod(shape[a] for a in kept[place + 1 :])
        rows = range(0, len(data), count * inner)
        first = [data[row : row + inner] for row in rows]
        if all(
            _same(data[row + i * inner : row + (i + 1) * inner], one)
            for row, one in zip(rows, first, strict=True)
            for i in range(1, count)
        ):
            data = [value for one in first for value in one]
            del kept[place]
    return Leaf(tuple(kept), tuple(data))


def _same(some: Sequence[float], others: Sequence[float]) -> bool:
    """Whether numbers are equal, each to its own; what is not known is as another that is not."""
    return some == others or all(a == b or (isnan(a) and isnan(b)) for a, b in zip(some, others, strict=True))


def in_order(values: Sequence[float], axes: Sequence[int], shape: Sequence[int]) -> list[float]:
    """Return `values`, which run over `axes` with the last of them fastest, as they run over the axes as they rise."""
    lengths = [shape[a] for a in axes]
    steps = dict(zip(axes, (prod(lengths[i + 1 :]) for i in range(len(lengths))), strict=True))
    walks = [range(0, shape[a] * steps[a], steps[a]) for a in sorted(axes)]
    return [values[sum(place)] for place in product(*walks)]


def leaves_of(
    rows: Sequence[Mapping[str, float]], keys: Sequence[str], axes: Sequence[int], shape: Sequence[int]
) -> dict[str, Leaf]:
    """Return a leaf for each of `keys` that any of `rows` has; nan where a row has none."""
    found: dict[str, Leaf] = {}
    for key in keys:
        if any(key in row for row in rows):
            found[key] = leaf_of([row.get(key, float("nan")) for row in rows], axes, shape)
    return found
