"""Worlds in plain Python, a stage in all of them at a time: nothing is loaded or compiled for a small question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import TYPE_CHECKING, Any

from nodecalc_kernels.stages import Stage, after, behind, settled

from .drawn import Draw, draw_all
from .plan import SHIFTS, Place, Plan, Sums, Worlds, cached, changes, shares_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def plain(plan: Plan) -> Worlds:
    """Return the results of all worlds of a plan."""
    import numpy as np

    parts = [part._replace(stages=cached(part.stages)) for part in plan.parts]
    fixed = [settled(part.stages, part.numbers, part.drawn) for part in parts]
    places = [(number, output) for number in range(len(parts)) for output in plan.outputs]
    first: dict[Place, list[Array]] = {place: [] for place in places}
    second: dict[Place, list[Array]] = {place: [] for place in places}
    changed: dict[tuple[Place, str], list[Sums]] = {}
    for turn in range(SHIFTS):
        shares: dict[tuple[int, str], list[float]] = {}

        def column(draw: Draw, half: int, turn: int = turn, shares: Any = shares) -> list[float]:
            if (half, draw.name) not in shares:
                shares[half, draw.name] = shares_of(plan, draw.name, half, turn)
            return draw_all(draw.form, draw.cells, shares[half, draw.name])

        for number, part in enumerate(parts):
            halves = [{key: column(draw, half) for key, draw in part.drawn.items()} for half in range(1 + plan.indices)]
            one = _columns(part.stages, fixed[number], halves[0], plan.length)
            results = {key: np.array(one.get(key) or [fixed[number][key]] * plan.length) for key in plan.outputs}
            for key in plan.outputs:
                first[number, key].append(results[key])
            if not plan.indices:
                continue
            two = _columns(behind(part.stages, plan.outputs), fixed[number], halves[1], plan.length)
            others = {key: np.array(two.get(key) or [fixed[number][key]] * plan.length) for key in plan.outputs}
            for key in plan.outputs:
                second[number, key].append(others[key])
            for name in plan.names:
                keys = part.keys_of(name)
                moved = after(part.stages, keys)
                mixed = _columns(moved, {}, {**one, **{k: halves[1][k] for k in keys}}, plan.length, fixed[number])
                for key in plan.outputs:
                    swapped = np.array(mixed[key]) if key in mixed else results[key]
                    sums = changes(results[key], others[key], swapped)
                    changed.setdefault(((number, key), name), []).append(sums)
    return Worlds(
        {place: np.concatenate(found) for place, found in first.items()},
        {place: np.concatenate(found) for place, found in second.items()} if plan.indices else {},
        {place: np.array(found) for place, found in changed.items()},
    )


def _columns(
    stages: Sequence[Stage],
    fixed: Mapping[str, float],
    drawn: Mapping[str, Sequence[float]],
    count: int,
    beside: Mapping[str, float] | None = None,
) -> dict[str, Sequence[float]]:
    """Return every column that changes with those `drawn`, them too, a stage in all worlds at a time."""
    columns: dict[str, Sequence[float]] = dict(drawn)
    numbers = fixed if beside is None else beside
    for step in after(stages, drawn) if beside is None else stages:
        results = map(step.function, *(columns[k] if k in columns else repeat(numbers[k], count) for k in step.inputs))
        if len(step.outputs) == 1:
            columns[step.outputs[0]] = list(results)
        else:
            columns.update(zip(step.outputs, zip(*results, strict=True), strict=True))
    return columns
