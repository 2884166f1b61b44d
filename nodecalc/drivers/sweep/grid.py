"""Evaluation of any block of a sweep: each key only over the axes it depends on, small ones once and for all."""

from __future__ import annotations

import threading
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any, Final

from nodecalc.progress import doing
from nodecalc.question.axis import FEW
from nodecalc.question.blocks import Block, whole
from nodecalc.question.size import SIDE_KEYS
from nodecalc.vocabulary import find_quantity
from nodecalc_kernels.arrays.once import once_array
from nodecalc_kernels.cost.size import FIELD_SHORT_MM
from nodecalc_kernels.numpy_whole import np
from nodecalc_kernels.stages import run
from nodecalc_kernels.tasks import AS_IS, Task, task_of

from .bands import FACTORS
from .dependence import Dependence, Planned
from .layout import Known, Layout, inner_axes, lay, operand, widened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from nodecalc_kernels.compiled.grid import Operand

    from .layout import Array

KEPT: Final = 1 << 19
"""Values of a key that are worked out once and kept, at most: 4 MB."""

LARGE_TILE: Final = 1 << 22
"""Points walked in one call where nothing is stored on the way and little is worked out."""

SMALL_TILE: Final = 1 << 18
"""Points walked in one call where each takes longer, or where a key in between is stored for each: 2 MB, which the
caches hold."""


class Grid(Dependence):
    """A plan that can be evaluated. It keeps what is worked out once; several threads may use it.

    A key is worked out over the axes that it depends on. Few enough values are worked out once and kept. Of the others,
    stages between keys over the same axes run in one loop, so that nothing in between is stored; what depends on fewer
    axes is worked out for a block first.
    """

    def __init__(
        self,
        plan: Planned,
        parallel: bool | None = None,
        order: tuple[int, ...] | None = None,
        source: Grid | None = None,
    ) -> None:
        """Take `plan`; `parallel` False keeps it to one thread, None uses several where that is safe.

        With an `order` of its axes it is walked in that, and what is kept is taken from `source`.
        """
        super().__init__(plan, order)
        self.parallel = parallel
        self._source = source
        self._walked: dict[tuple[int, ...], Grid] = {}
        self._kept: dict[Any, Known] = {}
        self._tasks: dict[tuple[str, int], Task] = {}
        self._fusions: dict[str, tuple[str, ...]] = {}
        self._apart: dict[str, tuple[int, ...]] = {}
        self._lock = threading.RLock()
        self._tell: Callable[[int, int], None] | None = None

    def stores(self, key: str) -> bool:
        """Whether walking `key` stores something for every point of a tile: then tiles are small."""
        if self.is_kept(key):
            return not self._joins(key, self.axes_of(key))
        if key in self.plan.leaves:
            return True
        if self._is_once(key) or any(self.shape[axis] > 1 for axis in self.apart_along(key)):
            return True
        axes = self.axes_of(key)
        return any(self._stores_operand(name, axes) for name in self.inputs_of(key))

    def is_light(self, key: str) -> bool:
        """Whether walking `key` is at most one stage of what is kept: it comes nearly as fast as memory takes it."""
        return not self.stores(key) and (self.is_kept(key) or len(self._fused(key)) == 1)

    def _stores_operand(self, key: str, axes: tuple[int, ...]) -> bool:
        """Whether something is stored for every point so that a loop over `axes` can take `key`."""
        if self._runs_along(key, axes):
            return self.stores(key)
        return not self.is_kept(key) or not self._joins(key, axes)

    def is_kept(self, key: str) -> bool:
        """Whether all values of `key` are worked out once and kept."""
        return self.size_of(key) <= max(KEPT, FEW)

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
                    self._kept.update(self._turned(key) or self._work_out(key, whole(self.shape), {}))
                return self._kept[key]
        if key not in memo:
            memo.update(self._work_out(key, block, memo))
        return memo[key]

    def _turned(self, key: str) -> dict[str, Known]:
        """Return what another grid keeps of `key`, in the order of this walk; nothing where there is none."""
        if self._source is None:
            return {}
        known, axes = self._source.value(key, whole(self.shape), {}), self.axes_of(key)
        data = np.asarray(known.data.transpose([known.axes.index(axis) for axis in axes]), order="C")
        return {key: Known(axes, (0,) * len(axes), data)}

    def _work_out(self, key: str, block: Block, memo: dict[str, Known]) -> dict[str, Known]:
        """Return values of `key` over `block`, and of what its stage gives besides."""
        axes = self.axes_of(key)
        first = tuple(block.first[a] for a in axes)
        leaf = self.plan.leaves.get(key)
        if leaf is not None:
            if leaf.data:
                data = np.array(leaf.data, dtype=np.float64).reshape([self.shape[a] for a in leaf.axes])
                data = data.transpose([leaf.axes.index(axis) for axis in axes])
                return {key: Known(axes, (0,) * len(axes), np.asarray(data, order="C"))}
            return {key: Known(axes, first, self.plan.axes[axes[0]].values(first[0], block.last[axes[0]]))}
        lengths = [block.last[a] - block.first[a] for a in axes]
        if self._is_once(key):
            return self._search(key, axes, block, lengths, memo)
        data = np.empty(lengths)
        self._fill(key, axes, block, data, memo)
        return {key: Known(axes, first, data)}

    def _search(
        self, key: str, axes: tuple[int, ...], block: Block, lengths: Sequence[int], memo: dict[str, Known]
    ) -> dict[str, Known]:
        """Return the results of a stage that is worked out once for each different combination of inputs."""
        found: dict[str, Array] = {}
        for number, part in self._parts(key, block):
            step = self._makers[number].get(key)
            if step is not None and step.once:
                given = [self.value(k, block, memo).over(axes, part) for k in step.inputs]
                # A worker is no main thread: it takes one by itself, and few sizes are counted without compiling.
                with doing(f"working out {_meant(step.outputs[0])}"):
                    made = once_array(
                        step, given, parallel=self.parallel or None, tell=self._tell, of=self.size_of(key)
                    )
            else:
                target = np.empty([part.last[a] - part.first[a] for a in axes])
                self._fill_part(key, number, axes, part, target.reshape(-1), memo)
                made = {key: target}
            for name, values in made.items():
                _put(found.setdefault(name, np.empty(lengths)), values, axes, block, part)
        first = tuple(block.first[a] for a in axes)
        return {name: Known(axes, first, data) for name, data in found.items()}

    def _fill(self, key: str, axes: tuple[int, ...], block: Block, data: Array, memo: dict[str, Known]) -> None:
        """Fill `data`, which has one dimension for each of `axes`, with `key` over `block`."""
        for number, part in self._parts(key, block):
            if part == block:
                self._fill_part(key, number, axes, part, data.reshape(-1), memo)
            else:
                target = np.empty([part.last[a] - part.first[a] for a in axes])
                self._fill_part(key, number, axes, part, target.reshape(-1), memo)
                _put(data, target, axes, block, part)

    def _fill_part(
        self, key: str, number: int, axes: tuple[int, ...], part: Block, out: Array, memo: dict[str, Known]
    ) -> None:
        if key not in self._makers[number]:
            out[...] = np.nan  # these names work nothing out from it
            return
        task = self._task(key, number)
        if self.size_of(key) <= FEW:
            out[...] = self._plain(task, axes, part, memo)
            return
        from nodecalc_kernels.compiled.grid import fill  # few points do without compiled loops

        layout = lay(axes, self.shape, part)
        fill(task, self._operands(task.inputs, layout, memo), layout.counts, layout.starts, out)

    def _plain(self, task: Task, axes: tuple[int, ...], part: Block, memo: dict[str, Known]) -> list[float]:
        """Return the result of `task` at every point of `part`, from the plain stages."""
        lengths = [part.last[a] - part.first[a] for a in axes]
        columns = [
            np.broadcast_to(self.value(name, part, memo).over(axes, part), lengths).ravel().tolist()
            for name in task.inputs
        ]
        rows = zip(*columns, strict=True) if columns else [()] * prod(lengths)
        return [run(task.stages, dict(zip(task.inputs, row, strict=True)))[task.outputs[0]] for row in rows]

    def _parts(self, key: str, block: Block) -> Iterator[tuple[int, Block]]:
        """Yield the parts of `block` for which the same stages give `key`, each with the number of a combination."""
        apart = self.apart_along(key)
        for index in product(*(range(block.first[a], block.last[a]) for a in apart)):
            part = block
            for axis, i in zip(apart, index, strict=True):
                part = part.at(axis, i)
            yield self._combination(dict(zip(apart, index, strict=True))), part

    def apart_along(self, key: str) -> tuple[int, ...]:
        """Return the axes of names along which other stages work `key` out, in the loop that it is worked out in."""
        if key not in self._apart:
            self._apart[key] = tuple(sorted(set().union(*(self._differs(k) for k in self._fused(key)))))
        return self._apart[key]

    def _fused(self, key: str) -> tuple[str, ...]:
        """Return `key` and the keys behind it that are worked out in one loop with it, in any combination of names."""
        if key not in self._fusions:
            axes, found, left = self.axes_of(key), {key: None}, [key]
            while left:
                for name in self.inputs_of(left.pop()):
                    if name not in found and self._runs_along(name, axes):
                        found[name] = None
                        left.append(name)
            self._fusions[key] = tuple(found)
        return self._fusions[key]

    def _runs_along(self, key: str, axes: tuple[int, ...]) -> bool:
        """Whether `key` is worked out in the loop of a key over `axes` that needs it."""
        return key not in self.plan.leaves and self.axes_of(key) == axes and not self._is_once(key)

    def _task(self, key: str, number: int) -> Task:
        """Return what works out `key` for one combination of names, from what is kept or stored for a block."""
        found = self._tasks.get((key, number))
        if found is None:
            makers, fused = self._makers[number], self._fused(key)
            steps = tuple(step for step in self._stages[number] if any(makers.get(k) is step for k in fused))
            made = {k for step in steps for k in step.outputs}
            given = tuple(dict.fromkeys(k for step in steps for k in step.inputs if k not in made))
            found = self._tasks[key, number] = task_of(steps, given, (key,))
        return found

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

    def extreme_dies(self) -> tuple[float, float, bool] | None:
        """Return what `notes_of_dies` takes of all dies that there are; None where there are too many to look at."""
        axes = tuple(sorted({axis for key in SIDE_KEYS for axis in self.axes_of(key)}))
        if prod(self.shape[a] for a in axes) > KEPT:
            return None
        everything = whole(self.shape)
        sides = (self.value(key, everything, {}).over(axes, everything) for key in SIDE_KEYS)
        width, height = (side.ravel() for side in np.broadcast_arrays(*sides))
        last = np.lexsort((width * height, np.maximum(width, height)))[-1]
        fitted = (width == FIELD_SHORT_MM) & (height > FIELD_SHORT_MM)
        return float(width[last]), float(height[last]), bool(fitted.any())

    # Walking a block

    def walked(self, order: tuple[int, ...]) -> Grid:
        """Return the same grid, walked along its axes in another order, with the same bits at every point."""
        if order == self.every_axis:
            return self
        with self._lock:
            if order not in self._walked:
                self._walked[order] = Grid(self.plan, self.parallel, order, self)
            return self._walked[order]

    def formula(
        self, key: str, axes: tuple[int, ...], block: Block, memo: dict[str, Known]
    ) -> tuple[Task, tuple[Operand, ...], Layout]:
        """Return the steps that are left to `key`, their operands and the layout to walk `block` over `axes` with them.

        Where other names mean other steps, the values are worked out before.
        """
        layout = lay(axes, self.shape, block)
        if key not in self.plan.leaves and not self.is_kept(key) and not self._is_once(key):
            parts = list(self._parts(key, block))
            if len(parts) == 1:
                task = self._task(key, parts[0][0])
                return task, self._operands(task.inputs, layout, memo), layout
        return AS_IS, (self._operand(key, layout, memo),), layout

    def fill(self, key: str, axes: tuple[int, ...], block: Block, out: Array, memo: dict[str, Known]) -> None:
        """Fill `out`, flat, with `key` over `block`, in the block's row-major order over `axes`."""
        if (out.size <= KEPT and self.is_kept(key)) or (out.size <= FEW and self._is_once(key)):
            lengths = [block.last[a] - block.first[a] for a in axes]
            out[...] = np.broadcast_to(self.value(key, block, memo).over(axes, block), lengths).ravel()
            return
        from nodecalc_kernels.compiled.grid import fill

        task, operands, layout = self.formula(key, axes, block, memo)
        fill(task, operands, layout.counts, layout.starts, out)

    def prepare(self, keys: Sequence[str], tell: Callable[[int, int], None] | None = None) -> None:
        """Work out what `keys` need once and for all, here and now: counting dies takes all threads for itself.

        `tell` is told of different dies that are counted, or bands of them, and those in all, where they are many.
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
                self._prepare(self.inputs_of(key))

    def tile_points(self, keys: tuple[str, ...]) -> int:
        """Return how many points a tile may have that walks `keys` without storing them."""
        return LARGE_TILE if all(self.is_light(key) for key in keys) else SMALL_TILE


def _meant(key: str) -> str:
    """Return what an output is, in words."""
    if key in FACTORS or key.endswith("_p10"):
        return "P10 to P90"
    q = find_quantity(key)
    return key if q is None else q.meaning


def _put(data: Array, part: Array, axes: tuple[int, ...], block: Block, where: Block) -> None:
    """Store the values of a part of a block in their place."""
    data[tuple(slice(where.first[a] - block.first[a], where.last[a] - block.first[a]) for a in axes)] = part
