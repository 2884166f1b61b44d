"""Evaluation of any block of a sweep: each key only over the axes it depends on, small ones once and for all."""

from __future__ import annotations

import threading
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from nodecalc_kernels.compiled_grid import Operand, as_is, fill, fill_yield
from nodecalc_kernels.compiled_placement import place_array
from nodecalc_kernels.die_size import rectangle_area

from ..die import Die
from .bands import DEPENDS as BAND_INPUTS
from .bands import FACTORS, check_size
from .blocks import Block, whole
from .layout import Known, Layout, inner_axes, lay, operand, widened
from .plan import Choice, Plan

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .layout import Array

KEPT: Final = 1 << 19
"""Values of a key that are worked out once and kept, at most: 4 MB."""

LARGE_TILE: Final = 1 << 22
"""Points walked in one call where nothing has to be stored on the way."""

SMALL_TILE: Final = 1 << 18
"""Points walked in one call where a key in between is stored for each of them: 2 MB, which the caches hold."""

_NAMES_OF_WAFERS: Final = ("node", "tools", "without")


class Grid:
    """A plan that can be evaluated. It keeps what is worked out once; several threads may use it."""

    def __init__(self, plan: Plan, parallel: bool | None = None) -> None:
        """Take `plan`; `parallel` False keeps it to one thread, None uses several where that is safe."""
        self.plan = plan
        self.shape = plan.shape
        self.parallel = parallel
        self.every_axis = tuple(range(len(self.shape)))
        self._steps = plan.steps
        self._axes: dict[str, tuple[int, ...]] = {}
        self._kept: dict[Any, Known] = {}
        self._lock = threading.RLock()
        self._tell: Callable[[int, int], None] | None = None

    # What depends on what

    def axes_of(self, key: str) -> tuple[int, ...]:
        """Return the places of the axes that `key` depends on, rising."""
        if key not in self._axes:
            self._axes[key] = tuple(sorted(self._find_axes(key)))
        return self._axes[key]

    def size_of(self, key: str) -> int:
        """Return how many different values `key` can have: the product of the axes it depends on."""
        return prod(self.shape[a] for a in self.axes_of(key))

    def _find_axes(self, key: str) -> set[int]:
        plan = self.plan
        if key in plan.leaves:
            return set(plan.leaves[key].axes)
        if key == "wafer_cost_usd":
            return {i for i, axis in enumerate(plan.axes) if axis.key in (*_NAMES_OF_WAFERS, *plan.wafer_inputs)}
        if key in FACTORS:
            assert plan.bands is not None
            over_die = [set(self.axes_of(k)) for k in BAND_INPUTS] if plan.bands.d0_varies else []
            return set(plan.name_axes).union(*over_die)
        found: set[int] = set()
        for name in self._steps[key].inputs:
            found.update(self.axes_of(name))
        chosen = {"gross_dies": (plan.placements, plan.rules), "die_yield": (plan.models,)}.get(key, ())
        return found.union(c.axis for c in chosen if c.axis is not None)

    def stores(self, key: str) -> bool:
        """Whether walking `key` stores something for every point of a tile: then tiles are small."""
        if self.is_kept(key):
            return not self._joins(key, self.axes_of(key))
        if not self._is_plain(key):
            return True
        return any(
            self._is_long_axis(k) or not self.is_kept(k) or not self._joins(k, self.axes_of(key))
            for k in self._steps[key].inputs
        )

    def is_kept(self, key: str) -> bool:
        """Whether all values of `key` are worked out once and kept."""
        return self.size_of(key) <= KEPT

    def _is_plain(self, key: str) -> bool:
        return key in self._steps and self._steps[key].function is not None

    def _is_long_axis(self, key: str) -> bool:
        return key in self.plan.leaves and not self.is_kept(key)

    def _joins(self, key: str, axes: tuple[int, ...]) -> bool:
        """Whether `key` can run along rows over `axes`, as it is or widened and kept."""
        own, inner = set(self.axes_of(key)), set(inner_axes(axes, self.shape))
        if not own & inner or inner <= own:
            return True
        return prod(self.shape[a] for a in own | inner) <= KEPT

    # Values

    def value(self, key: str, block: Block, memo: dict[str, Known]) -> Known:
        """Return values of `key` that cover `block`; `memo` holds what was worked out for this block."""
        if self.is_kept(key):
            with self._lock:
                if key not in self._kept:
                    self._kept[key] = self._work_out(key, whole(self.shape), {})
                return self._kept[key]
        if key not in memo:
            memo[key] = self._work_out(key, block, memo)
        return memo[key]

    def _work_out(self, key: str, block: Block, memo: dict[str, Known]) -> Known:
        axes = self.axes_of(key)
        first = tuple(block.first[a] for a in axes)
        leaf = self.plan.leaves.get(key)
        if leaf is not None:
            if leaf.data.size:
                return Known(axes, (0,) * len(axes), leaf.data)
            return Known(axes, first, self.plan.axes[axes[0]].values(first[0], block.last[axes[0]]))
        data = np.empty([block.last[a] - block.first[a] for a in axes])
        if key == "gross_dies":
            self._place(block, axes, data, memo)
        elif key == "die_yield":
            self._yield(block, axes, data, memo)
        elif key == "wafer_cost_usd":
            self._price_layers(block, axes, data, memo)
        elif key in FACTORS:
            return self._band_factors(key, axes, data)
        else:
            layout = lay(axes, self.shape, block)
            step = self._steps[key]
            assert step.function is not None
            fill(
                step.function,
                self._operands(step.inputs, layout, memo),
                layout.counts,
                layout.starts,
                data.reshape(-1),
            )
        return Known(axes, first, data)

    def _operands(self, keys: tuple[str, ...], layout: Layout, memo: dict[str, Known]) -> tuple[Operand, ...]:
        return tuple(self._operand(key, layout, memo) for key in keys)

    def _operand(self, key: str, layout: Layout, memo: dict[str, Known]) -> Operand:
        known = self.value(key, layout.block, memo)
        own, inner = set(known.axes), set(layout.inner)
        if own & inner and not inner <= own and self.is_kept(key) and self._joins(key, layout.axes):
            with self._lock:
                name = (key, layout.inner)
                if name not in self._kept:
                    everything = Layout(whole(self.shape), layout.axes, layout.inner, layout.counts, layout.starts, 1)
                    self._kept[name] = widened(known, everything)
                known = self._kept[name]
        return operand(known, layout)

    def _each(self, block: Block, *choices: Choice) -> Any:
        """Yield, for every combination of names in `block`, the names and the part of the block that has them."""
        for names in product(
            *(
                [(c.names[0], None)]
                if c.axis is None
                else [(c.names[i], i) for i in range(block.first[c.axis], block.last[c.axis])]
                for c in choices
            )
        ):
            part = block
            for choice, (_, index) in zip(choices, names, strict=True):
                if choice.axis is not None and index is not None:
                    part = part.at(choice.axis, index)
            yield tuple(name for name, _ in names), part

    def _yield(self, block: Block, axes: tuple[int, ...], data: Array, memo: dict[str, Known]) -> None:
        for (model,), part in self._each(block, self.plan.models):
            target = data if part == block else np.empty([part.last[a] - part.first[a] for a in axes])
            self._fill_yield(model, lay(axes, self.shape, part), target.reshape(-1), memo)
            if target is not data:
                _put(data, target, axes, block, part)

    def _fill_yield(self, model: str, layout: Layout, out: Array, memo: dict[str, Known]) -> None:
        faults, systematic, parameter = self._operands(self._steps["die_yield"].inputs, layout, memo)
        fill_yield(model, (faults, systematic, parameter), layout.counts, layout.starts, out)

    def _place(self, block: Block, axes: tuple[int, ...], data: Array, memo: dict[str, Known]) -> None:
        for (method, rule), part in self._each(block, self.plan.placements, self.plan.rules):
            sides = [self.value(k, block, memo).over(axes, part) for k in self._steps["gross_dies"].inputs]
            dies = place_array(method, rule, *sides, parallel=self.parallel, tell=self._tell)
            _put(data, dies, axes, block, part)

    def _price_layers(self, block: Block, axes: tuple[int, ...], data: Array, memo: dict[str, Known]) -> None:
        plan = self.plan
        assert plan.wafer is not None
        names = [a for a in axes if a in plan.name_axes]
        values = {key: self.value(key, block, memo) for key in plan.wafer_inputs}
        for index in product(*(range(block.first[a], block.last[a]) for a in names)):
            part = block
            for axis, i in zip(names, index, strict=True):
                part = part.at(axis, i)
            usd = plan.wafer.usd(
                self._combination(dict(zip(names, index, strict=True))),
                {key: known.over(axes, part) for key, known in values.items()},
            )
            _put(data, np.asarray(usd), axes, block, part)

    def _combination(self, index: dict[int, int]) -> int:
        """Return the number of a combination of names; axes that are not given stand at their first name."""
        number = 0
        for axis in self.plan.name_axes:
            number = number * self.shape[axis] + index.get(axis, 0)
        return number

    def _band_factors(self, key: str, axes: tuple[int, ...], data: Array) -> Known:
        bands = self.plan.bands
        assert bands is not None
        check_size(data.size)
        block, none = whole(self.shape), (0,) * len(axes)
        # Without an uncertain D0 there is nothing in the ratio that a die could change: any will do.
        given = [
            np.broadcast_to(self.value(name, block, {}).over(axes, block) if bands.d0_varies else 1.0, data.shape)
            for name in BAND_INPUTS
        ]
        tables = {name: np.empty(data.shape) for name in FACTORS}
        for index in np.ndindex(*data.shape):
            place = {axis: i for axis, i in zip(axes, index, strict=True) if axis in self.plan.name_axes}
            area, fraction, parameter = (float(values[index]) for values in given)
            factors = bands.at(self._combination(place), area, fraction, parameter)
            for name, factor in zip(FACTORS, factors, strict=True):
                tables[name][index] = factor
        with self._lock:
            self._kept.update({name: Known(axes, none, table) for name, table in tables.items()})
        return self._kept[key]

    def largest_die(self) -> Die | None:
        """Return the die of the longest side, of equal ones the largest; None where there are too many to look at."""
        sides = ("die_width_mm", "die_height_mm")
        axes = tuple(sorted({axis for key in sides for axis in self.axes_of(key)}))
        if prod(self.shape[a] for a in axes) > KEPT:
            return None
        everything = whole(self.shape)
        width, height = np.broadcast_arrays(*(self.value(key, everything, {}).over(axes, everything) for key in sides))
        at = np.lexsort(((width * height).ravel(), np.maximum(width, height).ravel()))[-1]
        w, h = float(width.ravel()[at]), float(height.ravel()[at])
        return Die(w, h, rectangle_area(w, h))

    # Walking a block

    def formula(
        self, key: str, axes: tuple[int, ...], block: Block, memo: dict[str, Known]
    ) -> tuple[Callable[..., float], tuple[Operand, ...], Layout]:
        """Return the last formula of `key`, its operands and the layout to walk `block` over `axes` with them."""
        layout = lay(axes, self.shape, block)
        step = self._steps.get(key)
        if step is not None and step.function is not None and not self.is_kept(key):
            return step.function, self._operands(step.inputs, layout, memo), layout
        return as_is, (self._operand(key, layout, memo),), layout

    def fill(self, key: str, axes: tuple[int, ...], block: Block, out: Array, memo: dict[str, Known]) -> None:
        """Fill `out`, flat, with `key` over `block`, in the block's row-major order over `axes`."""
        models = self.plan.models
        if key == "die_yield" and not self.is_kept(key) and models.axis is None and self.axes_of(key) == axes:
            self._fill_yield(models.names[0], lay(axes, self.shape, block), out, memo)
            return
        function, operands, layout = self.formula(key, axes, block, memo)
        fill(function, operands, layout.counts, layout.starts, out)

    def prepare(self, keys: Sequence[str], tell: Callable[[int, int], None] | None = None) -> None:
        """Work out what `keys` need once and for all, here and now: counting dies takes all threads for itself.

        `tell` is told of different dies that are counted, and those in all, where they are many.
        """
        self._tell = tell
        try:
            self._prepare(keys)
        finally:
            self._tell = None

    def _prepare(self, keys: Sequence[str]) -> None:
        for key in keys:
            if self.is_kept(key):
                self.value(key, whole(self.shape), {})
            elif key not in self.plan.leaves:
                self._prepare(self._steps[key].inputs if key in self._steps else self.plan.wafer_inputs)

    def tile_points(self, keys: tuple[str, ...]) -> int:
        """Return how many points a tile may have that walks `keys` without storing them."""
        return SMALL_TILE if any(self.stores(key) for key in keys) else LARGE_TILE


def _put(data: Array, part: Array, axes: tuple[int, ...], block: Block, where: Block) -> None:
    """Store the values of a part of a block in their place."""
    data[tuple(slice(where.first[a] - block.first[a], where.last[a] - block.first[a]) for a in axes)] = part
