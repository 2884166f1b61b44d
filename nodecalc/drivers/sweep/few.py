"""A sweep of few points, worked out by the plain stages in lists: nothing has to be loaded or compiled for it."""

from __future__ import annotations

from itertools import product
from math import nan, prod
from typing import TYPE_CHECKING

from nodecalc.question.axis import FEW
from nodecalc.question.size import SIDE_KEYS
from nodecalc_kernels.cost.size import FIELD_SHORT_MM
from nodecalc_kernels.tasks import FEW_COUNTS, FEW_PLAIN

from .dependence import Dependence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nodecalc_kernels.stages import Stage

    from .dependence import Planned


class Few(Dependence):
    """A plan, each key of which is worked out once, over the axes that it depends on."""

    def __init__(self, plan: Planned) -> None:
        """Take `plan`."""
        super().__init__(plan)
        self._found: dict[str, list[float]] = {}

    def holds(self, outputs: Sequence[str]) -> bool:
        """Whether `outputs` are worked out here: few points, and of what takes a search no more than is quickly done.

        The bits are those of a grid, which works few values out by the same stages.
        """
        if prod(self.shape) > FEW:
            return False
        left, seen = [*outputs], set(outputs)
        while left:
            key = left.pop()
            if self._is_once(key) and self.size_of(key) > (FEW_COUNTS if self.is_counted(key) else FEW_PLAIN):
                return False
            fresh = () if key in self.plan.leaves else tuple(k for k in self.inputs_of(key) if k not in seen)
            left += fresh
            seen.update(fresh)
        return True

    def values(self, key: str) -> list[float]:
        """Return `key` over its own axes, the last of them fastest."""
        if key not in self._found:
            self._found |= self._work_out(key)
        return self._found[key]

    def column(self, key: str) -> list[float]:
        """Return `key` at every point of the sweep, in their order."""
        return list(self._along(key, self.every_axis))

    def under(self, key: str, number: int) -> list[float]:
        """Return the different values of `key` under one combination of names, given by its number."""
        own, at = self.axes_of(key), {}
        for axis in reversed(self.plan.name_axes):
            number, at[axis] = divmod(number, self.shape[axis])
        steps = self._steps(own)
        walks = [range(0, self.shape[a] * steps[a], steps[a]) if a not in at else (at[a] * steps[a],) for a in own]
        values = self.values(key)
        return [values[sum(place)] for place in product(*walks)]

    def extreme_dies(self) -> tuple[float, float, bool]:
        """Return what `notes_of_dies` takes of all dies that there are."""
        dies = set(zip(*map(self.column, SIDE_KEYS), strict=True))
        width, height = max(dies, key=lambda die: (max(die), die[0] * die[1], die))
        return width, height, any(wide == FIELD_SHORT_MM and tall > FIELD_SHORT_MM for wide, tall in dies)

    def _along(self, key: str, axes: tuple[int, ...]) -> Iterator[float]:
        """Yield `key` along the whole of `axes`, among which its own are."""
        values, own = self.values(key), self.axes_of(key)
        if own == axes:
            return iter(values)
        if not own:
            return iter(values * prod(self.shape[a] for a in axes))
        return (values[place] for place in self._places(own, axes))

    def _places(self, own: tuple[int, ...], axes: tuple[int, ...]) -> Iterator[int]:
        """Yield where the values over `own` lie, for every point along `axes`."""
        steps = self._steps(own)
        walks = [range(0, self.shape[a] * steps[a], steps[a]) if a in steps else (0,) * self.shape[a] for a in axes]
        return map(sum, product(*walks))

    def _steps(self, own: tuple[int, ...]) -> dict[int, int]:
        """Return how far apart neighbours along each of `own` lie."""
        return {axis: prod(self.shape[a] for a in own[i + 1 :]) for i, axis in enumerate(own)}

    def _work_out(self, key: str) -> dict[str, list[float]]:
        """Return values of `key`, and of what its stage gives besides."""
        leaf = self.plan.leaves.get(key)
        if leaf is not None:
            return {key: list(leaf.data) if leaf.data else self.plan.axes[leaf.axes[0]].listed()}
        axes, makers = self.axes_of(key), self._makers_of(key)
        given = {name: list(self._along(name, axes)) for name in self.inputs_of(key)}
        if not self._differs(key):
            return self._alike(makers[0], makers, given, prod(self.shape[a] for a in axes))
        found = []
        for place, index in enumerate(product(*(range(self.shape[a]) for a in axes))):
            step = self._makers[self._combination(dict(zip(axes, index, strict=True)))].get(key)
            if step is None:
                found.append(nan)  # these names work nothing out from it
                continue
            value = step.function(*[given[name][place] for name in step.inputs])
            found.append(float(value if len(step.outputs) == 1 else value[step.outputs.index(key)]))
        return {key: found}

    def _alike(
        self, step: Stage, makers: tuple[Stage, ...], given: dict[str, list[float]], count: int
    ) -> dict[str, list[float]]:
        """Return what one stage gives for all names, under each of its keys that no other stage gives for some."""
        columns = [given[name] for name in step.inputs]
        rows = zip(*columns, strict=True) if columns else [()] * count
        if len(step.outputs) == 1:
            return {step.outputs[0]: [float(step.function(*row)) for row in rows]}
        several = zip(*(step.function(*row) for row in rows), strict=True)
        return {
            key: list(map(float, values))
            for key, values in zip(step.outputs, several, strict=True)
            if key not in self.plan.leaves and self._makers_of(key) == makers
        }
