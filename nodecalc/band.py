"""How sure an answer is: the figures' ranges carried through the same stages to P10, P50 and P90."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final

from nodecalc_kernels.sampling import sobol, triangular_quantile
from nodecalc_kernels.stages import Stage

from .figures import UNCERTAIN, UsedFigure

POINTS: Final = 512
"""Sobol points of the one-shot band: quantiles within about 0.3 % of their limit, which a test holds."""

OUTPUT: Final = "good_die_cost_usd"


def cost_band(
    stages: Iterable[Stage], values: Mapping[str, float], figures: Mapping[str, UsedFigure]
) -> tuple[float, float, float]:
    """Return P10, P50 and P90 of the good-die cost, in USD, over the ranges of `figures`.

    Each uncertain figure is triangular on its low, value and high, independent of the others; inputs that the user
    gave are exact. The same points serve every node, so that two bands differ by their figures alone.
    """
    sampled = [(dimension, figures[key]) for dimension, key in enumerate(UNCERTAIN) if key in figures]
    if not sampled:
        value = values[OUTPUT]
        return value, value, value
    affected = _downstream(stages, {f.key for _, f in sampled})
    columns = [
        [triangular_quantile(u, f.low, f.value, f.high) for u in _coordinates(dimension)] for dimension, f in sampled
    ]
    keys = [f.key for _, f in sampled]
    known = dict(values)
    results = []
    for point in zip(*columns, strict=True):
        known.update(zip(keys, point, strict=True))
        for stage in affected:
            known.update(zip(stage.outputs, stage.function(*[known[k] for k in stage.inputs]), strict=True))
        results.append(known[OUTPUT])
    results.sort()
    return quantile(results, 0.1), quantile(results, 0.5), quantile(results, 0.9)


def quantile(ordered: list[float], share: float) -> float:
    """Return the value below which `share` of the `ordered` values lie, linear between the midpoints of their steps."""
    position = min(max(share * len(ordered) - 0.5, 0.0), len(ordered) - 1.0)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (position - below) * (ordered[above] - ordered[below])


@cache
def _coordinates(dimension: int) -> tuple[float, ...]:
    return tuple(sobol(index, dimension) for index in range(POINTS))


def _downstream(stages: Iterable[Stage], changed: set[str]) -> list[Stage]:
    """The stages between the `changed` keys and the cost: the only ones that need running again."""
    affected = []
    for stage in stages:
        if changed.intersection(stage.inputs):
            affected.append(stage)
            changed = changed.union(stage.outputs)
        if OUTPUT in stage.outputs:
            break
    return affected
