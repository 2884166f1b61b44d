"""Fits of windows: neighbouring dies of one wafer taken together as larger dies, with intervals over wafers.

Windows of several sizes show how a yield falls with area where there is one die alone. They are made of the same
dies, so that their counts are anything but independent, and binomial intervals would be far too narrow: the wafers are
drawn anew, with replacement, and the interval is where the parameters of these lots lie (B. Efron, Ann. Statist. 7:1,
1979).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Final

from .fit import ALPHA, D0, Count, Fitted, Found, climbed, told

DRAWS: Final = 400
"""Lots of wafers drawn anew: ends of an interval are then good to a tenth of its width."""
SEED: Final = 20_260_101
"""One file has one answer."""


def fit_windows(
    counts: Sequence[Count], model: str, free: Sequence[str], fixed: Mapping[str, float], interval: float
) -> Fitted:
    """Return the most likely parameters, and the intervals in which a share `interval` of redrawn lots has them.

    Args:
        counts: windows that are good all over, one row a wafer and area.
        model: key of `YIELD_MODELS`.
        free: as for `fit`.
        fixed: as for `fit`.
        interval: in (0, 1).

    """
    wafers: dict[object, list[Count]] = {}
    for c in counts:
        wafers.setdefault(c.wafer, []).append(c)
    each = list(wafers.values())
    value, best, names, bounds = climbed(_together(each), model, free, fixed)
    draw = Random(SEED)
    lots = [climbed(_together(draw.choices(each, k=len(each))), model, free, fixed, near=best)[1] for _ in range(DRAWS)]
    found = {}
    for i, name in enumerate(names):
        values = sorted(lot[i] for lot in lots)
        ends = [values[round(share * (DRAWS - 1))] for share in (0.5 - 0.5 * interval, 0.5 + 0.5 * interval)]
        low, high = (None if end in bounds[i] else end for end in ends)
        found[name] = told(name, best[i], low, high, bounds[i])
    return Fitted(_inside(found), value(best))


def _inside(found: Mapping[str, Found]) -> dict[str, Found]:
    """Return intervals that hold their value: a median may lie beside the most likely one."""
    return {
        name: Found(f.value, min(f.low, f.value), max(f.high, f.value)) if name in (D0, ALPHA) else f
        for name, f in found.items()
    }


def _together(wafers: Sequence[Sequence[Count]]) -> list[Count]:
    """Return the counts of all wafers by area."""
    found: dict[float, list[int]] = {}
    for rows in wafers:
        for c in rows:
            both = found.setdefault(c.area_cm2, [0, 0])
            both[0] += c.dies
            both[1] += c.good
    return [Count(area, dies, good) for area, (dies, good) in found.items()]
