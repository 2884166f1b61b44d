"""D0 and price from evidence where the year, or what turns yields into D0, is an array."""

from __future__ import annotations

from collections.abc import Mapping
from math import isnan
from typing import TYPE_CHECKING, Any, Final

from nodecalc.errors import InputError

from .evidence import axes_behind
from .figures import used_figure
from .market import YEAR, market_of

if TYPE_CHECKING:
    from nodecalc.catalogue import Node

    from .ledger import UsedFigure
    from .market import Market

MOST_VALUES: Final = 5_000
"""Different values for which evidence is read anew."""
MOST_INVERSIONS: Final = 1_000
"""The same where yields are inverted anew, each of which takes up to ten milliseconds."""


def read_along(
    node: Node, figures: Mapping[str, UsedFigure], values: Mapping[str, Any], market: Market
) -> dict[str, Any]:
    """Return arrays in the place of those of `figures` that come from evidence and depend on an array in `values`."""
    import numpy as np

    found = {}
    for key, figure in figures.items():
        behind = sorted(k for k in axes_behind(node, key, market) if np.ndim(values.get(k, 0.0)))
        if not behind or not figure.weighed:
            continue
        arrays = np.broadcast_arrays(*(np.asarray(values[k], dtype=np.float64) for k in behind))
        rows, place = np.unique(np.stack([a.ravel() for a in arrays]), axis=1, return_inverse=True)
        most = MOST_VALUES if behind == [YEAR] else MOST_INVERSIONS
        if rows.shape[1] > most:
            raise InputError(
                f"{', '.join(behind)}: {rows.shape[1]:,} different values, for each of which {key} would be read from "
                f"its evidence, at most {most:,}; give {key}"
            )
        several = [_value(node, key, dict(zip(behind, row, strict=True)), market) for row in rows.T.tolist()]
        found[key] = np.asarray(several)[np.ravel(place)].reshape(arrays[0].shape)
    return found


def _value(node: Node, key: str, changed: Mapping[str, float], market: Market) -> float:
    own = {k: v for k, v in market._asdict().items() if k not in ("model", "catalogue")}
    if any(map(isnan, changed.values())):
        return float("nan")
    figure = used_figure(node, key, market_of({**own, **changed}, market.model, market.catalogue))
    return float("nan") if figure is None else figure.value
