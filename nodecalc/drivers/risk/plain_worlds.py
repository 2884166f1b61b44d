"""Worlds in plain Python, a stage in all of them at a time: nothing is loaded or compiled for a small question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import TYPE_CHECKING, Any

from nodecalc_kernels.stages import Stage, after, settled

from .drawn import Draw, Part, draw_all, names_of
from .plan import SHIFTS, Place, Plan, Slice, Sums, cached, changes, shares_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def plain(plan: Plan, turns: Sequence[int] = range(SHIFTS)) -> Slice:
    """Return the results of some sequences of worlds of a plan."""
    from nodecalc_kernels.numpy_whole import np

    parts = [part._replace(stages=cached(part.stages)) for part in plan.parts]
    fixed = [settled(part.stages, part.numbers, part.drawn) for part in parts]
    first: dict[Place, list[Array]] = {place: [] for place in plan.places}
    second: dict[Place, list[Array]] = {place: [] for place in plan.places}
    changed: dict[tuple[Place, str], list[Sums]] = {(p, name): [] for p in plan.places for name in plan.names}
    for turn in turns:
        shares: dict[tuple[int, str], list[float]] = {}

        def column(draw: Draw, half: int, turn: int = turn, shares: Any = shares) -> list[float]:
            if (half, draw.name) not in shares:
                shares[half, draw.name] = shares_of(plan, draw.name, half, turn)
            return draw_all(draw.form, draw.cells, shares[half, draw.name])

        ones: list[dict[str, Array]] = []
        twos: list[dict[str, Array]] = []
        mixed: dict[str, list[dict[str, Array]]] = {name: [] for name in plan.names if plan.indices}
        for number, part in enumerate(parts):

            def arrays(columns: Mapping[str, Sequence[float]], number: int = number) -> dict[str, Array]:
                still = fixed[number]
                return {key: np.array(columns.get(key) or [still[key]] * plan.length) for key in plan.outputs}

            halves = [{key: column(draw, half) for key, draw in part.drawn.items()} for half in range(1 + plan.indices)]
            one = _columns(after(part.stages, halves[0]), halves[0], fixed[number], plan.length)
            ones.append(arrays(one))
            if plan.indices:
                twos.append(arrays(_columns(after(part.stages, halves[1]), halves[1], fixed[number], plan.length)))
            for name, several in mixed.items():
                keys = part.keys_of(name)
                swapped = {**one, **{key: halves[1][key] for key in keys}}
                moved = after(part.stages, keys)
                several.append(arrays(_columns(moved, swapped, fixed[number], plan.length)) if keys else dict(ones[-1]))
        for found in (ones, twos, *mixed.values()):
            plan.add_ratios(found)
        for place in plan.places:
            number, key = place
            first[place].append(ones[number][key])
            if plan.indices:
                second[place].append(twos[number][key])
            for name, several in mixed.items():
                changed[place, name].append(changes(ones[number][key], twos[number][key], several[number][key]))
    return Slice(
        {place: np.concatenate(found) for place, found in first.items()},
        {place: np.concatenate(found) for place, found in second.items()} if plan.indices else {},
        {place: np.array(found) for place, found in changed.items()} if plan.indices else {},
    )


def columns_of(parts: Sequence[Part], keys: Sequence[Sequence[str]], worlds: int) -> list[dict[str, list[float]]]:
    """Return what some keys of each part are in the same worlds, a draw that several parts share drawn once.

    `worlds` are `SHIFTS` times a power of 2. Nothing is loaded or compiled.
    """
    plan = Plan(tuple(parts), (), names_of(parts), worlds // SHIFTS, 0, indices=False)
    found: list[dict[str, list[float]]] = [{key: [] for key in own} for own in keys]
    for turn in range(SHIFTS):
        for part, own in zip(parts, found, strict=True):
            drawn: dict[str, Sequence[float]] = {
                key: draw_all(draw.form, draw.cells, shares_of(plan, draw.name, 0, turn))
                for key, draw in part.drawn.items()
            }
            still = settled(part.stages, part.numbers, drawn)
            made = _columns(after(part.stages, drawn), drawn, still, plan.length)
            for key, column in own.items():
                column.extend(made[key] if key in made else [still[key]] * plan.length)
    return found


def _columns(
    stages: Sequence[Stage], columns: Mapping[str, Sequence[float]], fixed: Mapping[str, float], count: int
) -> dict[str, Sequence[float]]:
    """Return `columns` with those that `stages` make, a stage in all worlds at a time."""
    found: dict[str, Sequence[float]] = dict(columns)
    for step in stages:
        results = map(step.function, *(found[k] if k in found else repeat(fixed[k], count) for k in step.inputs))
        if len(step.outputs) == 1:
            found[step.outputs[0]] = list(results)
        else:
            found.update(zip(step.outputs, zip(*results, strict=True), strict=True))
    return found
