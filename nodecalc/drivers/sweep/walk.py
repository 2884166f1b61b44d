"""How a reduction walks a grid: tables and files keep the order that was asked for, a reduction picks its own.

The order and the boxes follow from what depends on what, how long the axes are and what they are called, never from
where they stand: a mean has the same bits however its axes are given.
"""

from __future__ import annotations

from math import ceil, prod
from typing import TYPE_CHECKING, Final, NamedTuple

from nodecalc.question.blocks import Boxes
from nodecalc_kernels.tasks import PIECE

from .grid import LARGE_TILE, SMALL_TILE
from .layout import SHORTEST_ROW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .grid import Grid

STORED: Final = 1 << 18
"""Values of a key in between that a box stores at most: 2 MB, which the caches hold."""

FEW_POINTS: Final = 1 << 14
"""Points of a grid that are walked in one box: cutting it would take longer."""

LONG_STEP: Final = 16.0
"""What a stage of many steps takes, in steps of few."""

LIGHT: Final = 2.0
"""Steps that every point takes, up to which boxes are as large as where nothing is worked out on the way."""

WIDENING: Final = 4.0
"""What it takes to repeat an operand along an axis that it lacks, for each point, in steps of few."""

STARTING: Final = 64.0
"""What it takes to start a row, in steps of few."""


class Walk(NamedTuple):
    """An order of axes and the boxes that are walked in it."""

    order: tuple[int, ...]
    """Places of the axes; rows run along the last ones."""
    boxes: Boxes


class _Made(NamedTuple):
    """A key that is worked out for each box anew, over the axes it depends on."""

    axes: frozenset[int]
    effort: float
    operands: tuple[tuple[frozenset[int], bool], ...]
    """The axes of what its loop takes, and whether that is kept."""


def walk_of(grid: Grid, keys: Sequence[str], limit: int | None = None, *, every: bool = False) -> Walk:
    """Return how to walk what `keys` depend on, in boxes of at most `limit` points; None for what suits them.

    Along the other axes the first value stands for all, unless `every` axis is wanted.

    Rows run along an axis that is long enough, or several that are together. Of the other axes those are long in a
    box along which something that takes many steps is the same: it is worked out once a box.
    """
    needed = frozenset(range(len(grid.shape)) if every else (axis for key in keys for axis in grid.axes_of(key)))
    shape = tuple(length if axis in needed else 1 for axis, length in enumerate(grid.shape))
    rank = {axis: (shape[axis], grid.plan.axes[axis].key) for axis in range(len(shape))}
    made = _made(grid, keys)
    if limit is None:
        limit = LARGE_TILE if sum(step.effort for step in made if step.axes == needed) <= LIGHT else SMALL_TILE
    apart = {axis for key in keys if not grid.is_kept(key) for axis in grid.apart_along(key)}
    rising = sorted(range(len(shape)), key=lambda axis: (axis not in apart, *rank[axis]))
    one = len(keys) == 1 and not every and grid.is_kept(keys[0])  # all its values are there
    if one or prod(shape) <= min(FEW_POINTS, limit):
        return Walk(tuple(rising), Boxes(shape, rising, shape))
    best: tuple[float, tuple[int, ...], tuple[int, ...]] | None = None
    for last in reversed(rising):
        if shape[last] == 1 or last in apart:
            continue
        row = _row(last, [axis for axis in rising if axis not in apart], shape)
        order = (*(axis for axis in rising if axis not in row), *row)
        sides = _sides(order, row, apart, shape, made, needed, limit)
        effort = _effort(shape, sides, row, made, needed)
        if best is None or effort < best[0]:
            best = effort, order, sides
    if best is None:
        return Walk(
            tuple(rising), Boxes(shape, rising, tuple(1 if a in apart else shape[a] for a in range(len(shape))))
        )
    return Walk(best[1], Boxes(shape, best[1], best[2]))


def _made(grid: Grid, keys: Sequence[str]) -> list[_Made]:
    """Return what is worked out point by point to have `keys`."""
    found: dict[str, _Made] = {}
    left = list(keys)
    while left:
        key = left.pop()
        if key in found or grid.is_kept(key) or key in grid.plan.leaves:
            continue
        inputs = grid.inputs_of(key)
        operands = tuple((frozenset(grid.axes_of(name)), grid.is_kept(name)) for name in inputs)
        effort = LONG_STEP if grid.is_long(key) else 1.0
        found[key] = _Made(frozenset(grid.axes_of(key)), effort, operands)
        left += inputs
    return list(found.values())


def _row(last: int, rising: Sequence[int], shape: Sequence[int]) -> tuple[int, ...]:
    """Return the axes that a row runs along: `last` and, as long as it is short, the longest others before it."""
    row, length = [last], shape[last]
    for axis in reversed(rising):
        if length >= SHORTEST_ROW:
            break
        if axis != last and shape[axis] > 1:
            row.insert(0, axis)
            length *= shape[axis]
    return tuple(row)


def _sides(
    order: Sequence[int],
    row: Sequence[int],
    apart: set[int],
    shape: Sequence[int],
    made: Sequence[_Made],
    needed: frozenset[int],
    limit: int,
) -> tuple[int, ...]:
    """Return how long a box is along each axis."""
    stored = {step.axes for step in made if step.axes != needed}
    sides = [1] * len(shape)
    for axis in reversed(row):
        sides[axis] = min(shape[axis], max(1, min(PIECE, limit) // prod(sides)))

    def room(axis: int) -> bool:
        """Whether a box twice as long along `axis` is still small enough."""
        longer = list(sides)
        longer[axis] = min(2 * sides[axis], shape[axis])
        sizes = [prod(longer[a] for a in axes) for axes in stored]
        return longer != sides and prod(longer) <= limit and max(sizes, default=0) <= STORED

    free = [axis for axis in reversed(order) if axis not in apart]
    while growing := [axis for axis in free if room(axis)]:
        gains = {axis: _again(shape, sides, made, axis) for axis in growing}
        # With nothing to gain a box grows from the inside: fewer of them have to be started.
        best = max(growing, key=lambda axis: gains[axis])
        sides[best] = min(2 * sides[best], shape[best])
    for axis in free:
        around = [limit // (prod(sides) // sides[axis])]
        around += [STORED // prod(sides[a] for a in axes if a != axis) for axes in stored if axis in axes]
        sides[axis] = min(shape[axis], max(sides[axis], min(around)))
    return tuple(sides)


def _again(shape: Sequence[int], sides: Sequence[int], made: Sequence[_Made], axis: int) -> float:
    """Return what is worked out over again in every box along `axis`, in steps a point."""
    return sum(_share(step, shape, sides) for step in made if axis not in step.axes)


def _share(step: _Made, shape: Sequence[int], sides: Sequence[int]) -> float:
    """Return the steps a point of the whole grid that one key takes."""
    again = prod(ceil(shape[a] / sides[a]) / shape[a] for a in range(len(shape)) if a not in step.axes)
    return step.effort * again


def _effort(
    shape: Sequence[int], sides: Sequence[int], row: Sequence[int], made: Sequence[_Made], needed: frozenset[int]
) -> float:
    """Return the steps that a point takes: those of its keys, widened operands and its share of starting a row."""
    inner = frozenset(row)
    effort = STARTING / prod(sides[a] for a in row)
    for step in made:
        share = _share(step, shape, sides)
        effort += share
        along = step.axes & inner
        for axes, kept in step.operands:
            if axes & along and not along <= axes:
                widened = prod(shape[a] for a in axes | along)
                effort += share / step.effort * (WIDENING if not kept or widened > STORED else 0.0)
    return effort
