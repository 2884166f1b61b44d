"""What depends on what in a sweep: which stages give a key under which names, and over which axes it changes."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, Protocol

from nodecalc_kernels.registry import is_count

from .leaves import Leaf, leaf_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nodecalc.question.axis import Axis
    from nodecalc_kernels.stages import Stage


class Planned(Protocol):
    """All that evaluating a product takes, of dies or of systems."""

    @property
    def axes(self) -> tuple[Axis, ...]:
        """In the order given, the last fastest."""

    @property
    def leaves(self) -> Mapping[str, Leaf]:
        """Numbers that are there from the start, by key; empty data where they are those of an axis."""

    @property
    def name_axes(self) -> tuple[int, ...]:
        """Places of the axes each value of which is a combination of its own."""

    @property
    def shape(self) -> tuple[int, ...]:
        """How many values each axis has."""

    def stages(self) -> list[tuple[Stage, ...]]:
        """Return the stages of each combination, the last of those axes fastest."""


class Dependence:
    """The stages of a plan, key by key. Nothing is worked out here, and no array is made."""

    def __init__(self, plan: Planned, order: tuple[int, ...] | None = None) -> None:
        """Take `plan`, and the `order` in which its axes are walked where that is another than its own."""
        self.plan = plan
        self.shape = plan.shape
        self.every_axis = tuple(range(len(self.shape))) if order is None else order
        self._rank = {axis: place for place, axis in enumerate(self.every_axis)}
        self._stages = plan.stages()
        self._makers = [{key: step for step in stages for key in step.outputs} for stages in self._stages]
        self._axes: dict[str, tuple[int, ...]] = {}

    def axes_of(self, key: str) -> tuple[int, ...]:
        """Return the places of the axes that `key` depends on, in the order of the walk."""
        if key not in self._axes:
            self._axes[key] = tuple(sorted(self._find_axes(key), key=self._rank.__getitem__))
        return self._axes[key]

    def size_of(self, key: str) -> int:
        """Return how many different values `key` can have: the product of the axes it depends on."""
        return prod(self.shape[a] for a in self.axes_of(key))

    def is_counted(self, key: str) -> bool:
        """Whether all values of `key` are counts, whole numbers that a search finds."""
        makers = self._makers_of(key)
        return bool(makers) and all(is_count(step.function) for step in makers)

    def _find_axes(self, key: str) -> set[int]:
        if key in self.plan.leaves:
            return set(self.plan.leaves[key].axes)
        if not self._makers_of(key):
            raise KeyError(key)
        return self._differs(key).union(*(self.axes_of(name) for name in self.inputs_of(key)))

    def _differs(self, key: str) -> set[int]:
        """Return the axes of names along which another stage gives `key`."""
        numbers: dict[Any, int] = {}
        which = [numbers.setdefault(makers.get(key), len(numbers)) for makers in self._makers]
        return set(leaf_of(which, self.plan.name_axes, self.shape).axes) if len(numbers) > 1 else set()

    def _makers_of(self, key: str) -> tuple[Stage, ...]:
        """Return the stages that give `key`, one where it is the same for all names."""
        return tuple(dict.fromkeys(makers[key] for makers in self._makers if key in makers))

    def inputs_of(self, key: str) -> tuple[str, ...]:
        """Return the keys that the stages of `key` take, in any combination of names."""
        return tuple(dict.fromkeys(name for step in self._makers_of(key) for name in step.inputs))

    def is_long(self, key: str) -> bool:
        """Whether a stage of many steps, or a search, gives `key`."""
        return any(step.long or step.once for step in self._makers_of(key))

    def _is_once(self, key: str) -> bool:
        return any(step.once for step in self._makers_of(key))

    def _combination(self, index: dict[int, int]) -> int:
        """Return the number of a combination of names; axes that are not given stand at their first name."""
        number = 0
        for axis in self.plan.name_axes:
            number = number * self.shape[axis] + index.get(axis, 0)
        return number
