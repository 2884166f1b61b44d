"""The figures behind a sweep, so that each holds for every row that it is said of: a wafer's cost has a range."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from nodecalc.question.blocks import whole
from nodecalc.question.figures import UNCERTAIN
from nodecalc.question.graph import PRICE
from nodecalc.question.resolve import QUOTED_DIAMETER
from nodecalc.wafers.exposure import PRICE_KEYS

if TYPE_CHECKING:
    from nodecalc.question.inputs import Inputs
    from nodecalc.question.ledger import UsedFigure

    from .grid import Grid
    from .sweep import Sweep


class NodeFigures(NamedTuple):
    """A node and the figures that it supplied."""

    node: str | None
    rows: str
    """Which of the node's rows they are of, by their names; empty where of all."""
    figures: Mapping[str, UsedFigure]
    cost_varies: bool
    """Whether its wafers' cost is another in other rows: its range is then theirs, where that is known."""


def figures_used(sweep: Sweep) -> list[NodeFigures]:
    """Return the figures of each node; where they differ between names on axes, those of each of the names."""
    groups: dict[tuple[str | None, tuple[tuple[str, float], ...]], list[int]] = {}
    background = sweep.background
    for place, inputs in enumerate(background.inputs):
        said = tuple((k, f.value) for k, f in inputs.figures.items() if not (k == PRICE and is_cost(inputs)))
        groups.setdefault((inputs.node.id if inputs.node else None, said), []).append(place)
    nodes = [node for node, _ in groups]
    found = []
    for (node, _), places in groups.items():
        names = {k: v for k, v in background.combinations[places[0]].items() if k != "node" or ":" in v}
        rows = "" if nodes.count(node) == 1 else ", ".join(f"{key} {name}" for key, name in names.items())
        found.append(NodeFigures(node, rows, *_over_rows(sweep, places)))
    return found


def is_cost(inputs: Inputs) -> bool:
    """Whether a wafer counts what its layers cost, not its price."""
    return inputs.names["wafer_basis"] == "cost"


def is_sold(sweep: Sweep) -> bool:
    """Whether a margin, vintage or k_fab, fixed or as an axis, makes a price of what layers cost."""
    return any(key in PRICE_KEYS for key in (*sweep.request.fixed, *sweep.dims))


def read_along(sweep: Sweep, key: str) -> tuple[str, ...]:
    """Return the axes along which a figure is read anew from its evidence, none where it is one for a node."""
    if key not in UNCERTAIN or key not in sweep.plan.leaves or key in sweep.dims:
        return ()
    places = set(sweep.plan.leaves[key].axes).difference(sweep.plan.name_axes)
    return tuple(sweep.request.axes[place].key for place in sorted(places))


def _over_rows(sweep: Sweep, places: list[int]) -> tuple[Mapping[str, UsedFigure], bool]:
    """Return the figures of some combinations of names, a wafer's cost with its range over their rows if it has one."""
    inputs = sweep.background.inputs[places[0]]
    if PRICE not in inputs.figures:
        return inputs.figures, False  # given, or not known and not asked for
    varies = len(places) > 1 or bool(set(sweep.dependence.axes_of(PRICE)).difference(sweep.plan.name_axes))
    # A cost may be another with every tool; a price is the node's alone, but for wafers of other diameters.
    varies = varies and (is_cost(inputs) or QUOTED_DIAMETER in inputs.numbers)
    if not varies:
        return inputs.figures, False
    used, span = inputs.figures[PRICE], _cost_range(sweep, places)
    if span is None:
        return {**inputs.figures, PRICE: used._replace(low=used.value, high=used.value)}, True
    low, high = span
    if low == high:
        return inputs.figures, False
    note = f"{used.basis}; of the first row, {low:.6g} to {high:.6g} over all"
    behind = tuple(figure._replace(low=low, high=high, note=note) for figure in used.figures)
    return {**inputs.figures, PRICE: used._replace(low=low, high=high, basis=note, figures=behind)}, True


def _cost_range(sweep: Sweep, places: list[int]) -> tuple[float, float] | None:
    """Return the least and the greatest cost of a wafer over all rows of some names; None where it is not kept."""
    if sweep.few.holds((PRICE,)):
        costs_of = [sweep.few.under(PRICE, place) for place in places]
        return min(map(min, costs_of)), max(map(max, costs_of))
    grid = sweep.grid
    if not grid.is_kept(PRICE):
        return None
    block = whole(grid.shape)
    costs = grid.value(PRICE, block, {}).over(grid.every_axis, block)
    found = [costs[_index(grid, place, costs.shape)] for place in places]
    return min(float(part.min()) for part in found), max(float(part.max()) for part in found)


def _index(grid: Grid, place: int, lengths: tuple[int, ...]) -> tuple[int | slice, ...]:
    """Return where the rows of a combination of names lie, in an array of length 1 where nothing changes."""
    index: list[int | slice] = [slice(None)] * len(lengths)
    for axis in reversed(grid.plan.name_axes):
        place, name = divmod(place, grid.shape[axis])
        index[axis] = name if lengths[axis] > 1 else 0
    return tuple(index)
