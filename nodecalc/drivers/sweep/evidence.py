"""D0 and price along the axes that evidence is read under: the year, and what turns a yield into a D0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from math import isnan, prod
from typing import TYPE_CHECKING, Final, NamedTuple

from nodecalc.catalogue.figure import KINDS
from nodecalc.errors import InputError
from nodecalc.question.evidence import axes_behind
from nodecalc.question.figures import UNCERTAIN, used_figure
from nodecalc.question.graph import D0, PRICE
from nodecalc.question.ledger import Ledger
from nodecalc.question.market import BEHIND_D0, YEAR, market_of
from nodecalc.question.resolve import QUOTED

from .leaves import Leaf, in_order, leaf_of

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue
    from nodecalc.question.inputs import Inputs
    from nodecalc.question.ledger import UsedFigure

    from .request import Request

MOST_VALUES: Final = 20_000
"""Combinations of nodes, models and axis values for which evidence is read anew."""


class Along(NamedTuple):
    """Figures from evidence for each combination of names and of the values of some numeric axes."""

    places: tuple[int, ...]
    """Places of those axes; none where no figure depends on any."""
    keys: tuple[str, ...]
    figures: tuple[Mapping[tuple[float, ...], Mapping[str, UsedFigure]], ...]
    """By the axes' values, one mapping for each combination of names."""

    def at(self, combination: int, values: tuple[float, ...]) -> Mapping[str, UsedFigure]:
        """Return the figures of one combination of names at some values of the axes."""
        return self.figures[combination][values]


def figures_along(request: Request, resolved: Sequence[Inputs], known: Catalogue) -> Along:
    """Return the figures from evidence of each combination of names along the numeric axes they depend on."""
    numeric = {axis.key: place for place, axis in enumerate(request.axes) if axis.key in BEHIND_D0}
    found: set[str] = set()
    if numeric:
        for inputs in resolved:
            for key in _from_evidence(inputs):
                assert inputs.node is not None
                market = market_of(inputs.numbers, inputs.names["yield_model"], known)
                found |= axes_behind(inputs.node, key, market).intersection(numeric)
    keys = tuple(key for key in numeric if key in found)
    places = tuple(numeric[key] for key in keys)
    values = [request.axes[place] for place in places]
    if keys:
        _check_many(keys, len(resolved) * prod(axis.size for axis in values))
    grids = list(product(*(map(float, axis.listed()) for axis in values)))
    several = []
    for inputs in resolved:
        usual = {key: inputs.figures[key] for key in _from_evidence(inputs)}
        several.append({at: _at(inputs, dict(zip(keys, at, strict=True)), usual, known) for at in grids})
    return Along(places, keys, tuple(several))


def _check_many(keys: Sequence[str], count: int) -> None:
    """Refuse evidence that is read anew more often than anybody waits for."""
    from nodecalc.question.evidence_arrays import MOST_INVERSIONS

    most = MOST_VALUES if set(keys) <= {YEAR} else MOST_INVERSIONS
    if count > most:
        raise InputError(
            f"axis {keys[-1]}: D0 and price would be read from their evidence {count:,} times, at most "
            f"{most:,}; give --d0 and --wafer-price, or fewer values"
        )


def _from_evidence(inputs: Inputs) -> list[str]:
    return [key for key in UNCERTAIN if key in inputs.figures and inputs.figures[key].weighed]


def _at(
    inputs: Inputs, values: Mapping[str, float], usual: Mapping[str, UsedFigure], known: Catalogue
) -> dict[str, UsedFigure]:
    if not values:
        return dict(usual)
    assert inputs.node is not None
    market = market_of({**inputs.numbers, **values}, inputs.names["yield_model"], known)
    found = {}
    for key, first in usual.items():
        figure = used_figure(inputs.node, key, market)
        if figure is None:
            raise InputError(
                f"{inputs.node.id}: no evidence for {key} counts at "
                f"{', '.join(f'{k} {v:g}' for k, v in values.items())}; give it, or leave that value out"
            )
        # A price brought to a wafer of another diameter stays so.
        before = used_figure(inputs.node, key, market_of(inputs.numbers, inputs.names["yield_model"], known))
        if key == D0 and inputs.moved is not None:
            figure, before = inputs.moved(figure), None if before is None else inputs.moved(before)
        factor = 1.0 if before is None or before.value == first.value else first.value / before.value
        found[key] = figure if factor == 1.0 else _scaled(figure, factor)
    return found


def _scaled(figure: UsedFigure, factor: float) -> UsedFigure:
    """Return a price brought to a wafer of another diameter, which is an estimate at best."""
    return figure.times(factor)._replace(kind=max(figure.kind, "estimated", key=KINDS.index))


def marked(along: Along, resolved: Sequence[Inputs], strict: bool) -> list[Inputs]:
    """Return `resolved` with the kinds that hold for every row; refuse a weak one of any row where that is strict."""
    found = []
    for inputs, table in zip(resolved, along.figures, strict=True):
        figures = dict(inputs.figures)
        for several in table.values():
            if strict:
                Ledger(several).refuse_weak({})
            for key, figure in several.items():
                kind = max(figures[key].kind, figure.kind, key=KINDS.index)
                figures[key] = figures[key]._replace(kind=kind, verified=figures[key].verified and figure.verified)
        found.append(inputs._replace(figures=figures))
    return found


def leaves_along(
    along: Along, resolved: Sequence[Inputs], name_axes: Sequence[int], shape: Sequence[int]
) -> dict[str, Leaf]:
    """Return the leaves of the keys that evidence supplies, over names and the axes that it is read along."""
    if not along.places:
        return {}
    axes = (*name_axes, *along.places)
    found = {}
    read = {key for table in along.figures for figures in table.values() for key in figures}
    for key in UNCERTAIN:
        if key not in read:
            continue  # given, or an axis of its own
        for name in (key, *(quoted for quoted, own in QUOTED.items() if own == key == PRICE)):
            values = [
                _number(inputs, figures.get(key), name)
                for inputs, table in zip(resolved, along.figures, strict=True)
                for figures in table.values()
            ]
            if not all(map(isnan, values)):
                found[name] = leaf_of(in_order(values, axes, shape), sorted(axes), shape)
    return found


def _number(inputs: Inputs, figure: UsedFigure | None, name: str) -> float:
    """Return what a figure says for a key: a price as it was quoted, or as it is for the wafer in question."""
    if name not in inputs.numbers:
        return float("nan")
    if figure is None:
        return inputs.numbers[name]
    own = inputs.figures[figure.key].value
    return figure.value if own == inputs.numbers[name] else figure.value * (inputs.numbers[name] / own)
