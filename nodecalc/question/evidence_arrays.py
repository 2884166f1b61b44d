"""D0 and price from evidence where the year, or what turns yields into D0, is an array."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from nodecalc.errors import InputError
from nodecalc.vocabulary import QUANTITIES

from .evidence import axes_behind
from .figures import used_figure
from .market import YEAR, market_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nodecalc.catalogue import Node

    from .ledger import UsedFigure
    from .market import Market

MOST_VALUES: Final = 5_000
"""Different values for which evidence is read anew."""
MOST_INVERSIONS: Final = 300
"""The same where yields are inverted anew, each of which takes some ten milliseconds."""


def read_along(
    node: Node, figures: Mapping[str, UsedFigure], values: Mapping[str, Any], market: Market
) -> dict[str, Any]:
    """Return arrays in the place of those of `figures` that come from evidence and depend on an array in `values`."""
    from nodecalc_kernels.numpy_whole import np

    found = {}
    for key, figure in figures.items():
        behind = sorted(k for k in axes_behind(node, key, market) if np.ndim(values.get(k, 0.0)))
        if not behind or not figure.weighed:
            continue
        arrays = np.broadcast_arrays(*(np.asarray(values[k], dtype=np.float64) for k in behind))
        rows, place = _different(arrays)
        most = MOST_VALUES if behind == [YEAR] else MOST_INVERSIONS
        if len(rows) > most:
            raise InputError(
                f"{', '.join(behind)}: {len(rows):,} different values, for each of which {key} would be read from "
                f"its evidence, at most {most:,}; give {key}"
            )
        several = [_value(node, key, dict(zip(behind, row, strict=True)), market) for row in rows]
        found[key] = np.asarray(several)[place].reshape(arrays[0].shape)
    return found


def _different(arrays: Sequence[NDArray[np.float64]]) -> tuple[list[tuple[float, ...]], NDArray[np.intp]]:
    """Return the different combinations in arrays of one shape, and which of them each point has."""
    from nodecalc_kernels.numpy_whole import np

    code = np.zeros(arrays[0].size, dtype=np.int64)
    values = []
    for array in arrays:
        own, place = np.unique(array.ravel(), return_inverse=True)
        values.append(own)
        code = code * own.size + place.ravel()
    kinds, place = np.unique(code, return_inverse=True)
    columns = []
    for own in reversed(values):
        kinds, left = np.divmod(kinds, own.size)
        columns.append(own[left].tolist())
    return list(zip(*reversed(columns), strict=True)), place.ravel()


def _value(node: Node, key: str, changed: Mapping[str, float], market: Market) -> float:
    own = {k: v for k, v in market._asdict().items() if k not in ("model", "catalogue")}
    if not all(isfinite(value) and QUANTITIES[name].holds(value) for name, value in changed.items()):
        return float("nan")
    figure = used_figure(node, key, market_of({**own, **changed}, market.model, market.catalogue))
    return float("nan") if figure is None else figure.value
