"""A curve of roots: the same question at every point of a product of other inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import nan
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.doors import brief
from nodecalc.errors import InputError
from nodecalc.progress import doing
from nodecalc.question.at import At, at, read_node
from nodecalc.question.ranges import keyed_axes, read_axis
from nodecalc.question.units import label
from nodecalc.vocabulary import node_key, quantity

from .question import question
from .solution import Solution, solved

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue
    from nodecalc.question.axis import Axis

NODE = "node"
MOST_SOLUTIONS: Final = 200_000
"""Points of one question; each takes some milliseconds."""


class Along(NamedTuple):
    """An input that takes several values: of everything, or of one node alone."""

    key: str
    axis: Axis
    owner: str
    """Id of the node whose own it is; empty where it is everybody's."""

    @property
    def name(self) -> str:
        """What its values are told under."""
        return f"{self.owner}:{self.key}" if self.owner else self.key


class Solutions(Sequence[Solution]):
    """The solution at every point of a product of axes, the last axis fastest."""

    def __init__(self, axes: Sequence[Along], items: Sequence[Solution]) -> None:
        """Keep what `solve` found."""
        self.axes = tuple(axes)
        self._items = tuple(items)

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, index: Any) -> Any:
        return self._items[index]

    def __iter__(self) -> Iterator[Solution]:
        return iter(self._items)

    @property
    def dims(self) -> tuple[str, ...]:
        """Names of the axes."""
        return tuple(along.name for along in self.axes)

    @property
    def coords(self) -> dict[str, list[Any]]:
        """Name of each axis -> its values."""
        return {along.name: along.axis.listed() for along in self.axes}

    @property
    def shape(self) -> tuple[int, ...]:
        """How many values each axis has."""
        return tuple(along.axis.size for along in self.axes)

    @property
    def values(self) -> list[float]:
        """The roots, nan where there is none; in the order of the points."""
        return [nan if item.value is None else item.value for item in self]

    def __repr__(self) -> str:
        found = sum(item.value is not None for item in self)
        return f"Solutions({', '.join(self.dims)}; {len(self):,} points, {found:,} with a root)"


def axes_of(inputs: Mapping[str, Any], node: object, known: Catalogue) -> tuple[dict[str, Any], list[Along]]:
    """Return the inputs that have one value, under their keys, and those that have several, in their order.

    A name such as ``smic-n+2:d0`` is an input of that node alone.
    """
    axes: list[Along] = []
    fixed: dict[str, Any] = {}
    several = None if node is None else read_axis(NODE, node)
    if several is not None:
        axes.append(Along(NODE, several, ""))
    for name, value in keyed_axes(inputs).items():
        axis = None if value is None else read_axis(name, value)
        owner = node_key(name)
        if axis is None and owner is not None:
            raise InputError(f"{name} {brief(value)}: one value; write it with the node, such as n5:d0=0.07")
        if axis is None:
            fixed[name] = value
        elif owner is not None:
            axes.append(Along(owner[1], axis, known.node(owner[0]).id))
        else:
            axes.append(Along(name, axis, ""))
    return fixed, axes


def solved_along(
    axes: Sequence[Along],
    key: object,
    size: str | float | None,
    node: Any,
    chip: str | None,
    output: str,
    target: float | None,
    to: Any,
    given: Mapping[str, Any],
    span: object,
    strict: bool,
    known: Catalogue,
) -> Solutions:
    """Return the solution at every point; arguments as for `question`."""
    items = []
    if _count(axes) > MOST_SOLUTIONS:
        sizes = " x ".join(f"{along.axis.size:,}" for along in axes)
        raise InputError(f"{sizes} points to solve at, at most {MOST_SOLUTIONS:,}; shorten an axis")
    with doing(f"solving {_count(axes):,} times"):
        for values in product(*(along.axis.listed() for along in axes)):
            here = dict(given)
            first, other = node, to
            for along, value in zip(axes, values, strict=True):
                if along.owner:
                    first, other = (_own(side, along, value, known) for side in (first, other))
                    if first is node and other is to:
                        raise InputError(f"{along.name}: that node is not in question")
                elif along.key == NODE:
                    first = value
                else:
                    here[along.key] = value
            asked = question(key, size, first, chip, output, target, other, here, span, strict, known)
            if any(not along.owner and along.key == asked.key for along in axes):
                raise InputError(f"{label(quantity(asked.key))}: an axis and what is solved for; leave one of them out")
            told = {along.name: value for along, value in zip(axes, values, strict=True)}
            items.append(solved(asked, told))
    return Solutions(axes, items)


def _own(side: Any, along: Along, value: Any, known: Catalogue) -> Any:
    """Return a side with an input of its own, where the axis is of its node."""
    if not isinstance(side, str | At) or side is None:
        return side
    read = read_node(side) if isinstance(side, str) else side
    name = read.node if isinstance(read.node, str) else read.node.id
    try:
        is_it = known.node(name).id == along.owner
    except ValueError:  # a chip
        return side
    return at(read, **{along.key: value}) if is_it else side


def _count(axes: Sequence[Along]) -> int:
    count = 1
    for along in axes:
        count *= along.axis.size
    return count
