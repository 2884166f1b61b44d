"""Nodes beside a sweep that keep their own figures where these are axes: level lines that its curves may meet."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from nodecalc.charts.words import named
from nodecalc.errors import InputError
from nodecalc.question.at import apart
from nodecalc.question.figures import UNCERTAIN
from nodecalc.question.graph import DENSITY
from nodecalc.vocabulary import node_key

from .figures_used import read_along

if TYPE_CHECKING:
    from .layout import Array
    from .request import Request
    from .sweep import Sweep
    from .swept import Swept

OWN: tuple[str, ...] = (*UNCERTAIN, DENSITY)
"""What the catalogue knows of a node: an axis of it is left to the others."""


class Reference(NamedTuple):
    """One node beside a sweep."""

    sweep: Sweep
    """Its own answers, over the axes that it shares with the others."""
    own: tuple[str, ...]
    """The axes that it does not share: of these it has figures of its own, or they are of another node alone."""

    @property
    def node(self) -> str:
        """The node, with its own inputs."""
        return str(self.sweep.request.fixed["node"])

    @property
    def name(self) -> str:
        """What it is called in a legend: its node, and the figures of its own where these are one for all rows."""
        found = {key.rpartition(":")[2]: value for key, value in self.figures.items() if value is not None}
        figures = [named(key, value) for key, value in found.items()]
        return f"{self.node} ({', '.join(figures)})" if figures and ":" not in self.node else self.node

    @property
    def figures(self) -> Mapping[str, float | None]:
        """The node's own figures by key; None where they are another in other rows."""
        found: dict[str, float | None] = {}
        for key in self.own:
            plain = _its_own(key, self.node)
            values = {None if plain is None else i.numbers.get(plain) for i in self.sweep.background.inputs}
            alone = plain is not None and len(values) == 1 and not read_along(self.sweep, plain)
            found[key] = values.pop() if alone else None
        return found

    @property
    def differs(self) -> bool:
        """Whether an axis is of figures that it has of its own: else it is the same node as among the others."""
        return any(_its_own(key, self.node) is not None for key in self.own)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield its points as flat rows: the axes of the sweep it stands beside, its own figures there, results."""
        from itertools import product

        s = self.sweep
        columns = s.columns()
        for place, at in enumerate(product(*(axis.listed() for axis in s.request.axes))):
            shared = dict(zip(s.dims, at, strict=True))
            yield {**shared, **self.figures, **{key: values[place] for key, values in columns.items()}}


def request_against(request: Request, node: str) -> tuple[Request, tuple[str, ...]]:
    """Return the question of one node beside `request`, and the axes that it has figures of its own for."""
    own = apart(node)[1]
    dropped = tuple(axis.key for axis in request.axes if _is_left(axis.key, node, own))
    axes = tuple(axis for axis in request.axes if axis.key not in (*dropped, "node"))
    return request._replace(axes=axes, fixed={**request.fixed, "node": node}, against=()), dropped


def _its_own(key: str, node: str) -> str | None:
    """Return the input of an axis where that is everybody's or the node's own; None where it is another node's alone.

    >>> _its_own("smic-n+2:d0_per_cm2", "tsmc-n7"), _its_own("smic-n+2:d0_per_cm2", "smic-n+2:alpha=3")
    (None, 'd0_per_cm2')
    """
    owned = node_key(key)
    if owned is None:
        return key
    return owned[1] if owned[0] == str(apart(node)[0]) else None


def _is_left(key: str, node: str, own: Container[str]) -> bool:
    """Whether an axis is left to the others: it has a figure of its own there, or the axis is of another node."""
    plain = _its_own(key, node)
    return plain is None or plain in own or plain in OWN


def check_against(sweep: Sweep, references: Iterable[Reference]) -> None:
    """Refuse a node that would be drawn twice as the same line."""
    nodes = sweep.request.names_of("node", "")
    for reference in references:
        if not reference.differs and reference.node in nodes:
            raise InputError(
                f"against {reference.node}: it is among the nodes, and no axis is a figure of it (D0, wafer price); "
                "leave it out"
            )


def with_references(sweep: Swept, key: str) -> tuple[tuple[str, ...], dict[str, Any], Array]:
    """Return axes, their values and the array of one result, with the nodes beside the sweep behind its own."""
    from nodecalc_kernels.numpy_whole import np

    dims, coords, values = sweep.dims, sweep.coords, sweep[key]
    if not sweep.against:
        return dims, coords, values
    if "node" not in dims:
        node = sweep.request.fixed.get("node", "given figures")
        dims, coords, values = ("node", *dims), {"node": [str(node)], **coords}, values[np.newaxis]
    place = dims.index("node")
    parts = [values]
    for reference in sweep.against:
        shared = reference.sweep.dims
        lengths = [len(coords[d]) if d in shared else 1 for d in dims]
        whole = (*values.shape[:place], 1, *values.shape[place + 1 :])
        parts.append(np.broadcast_to(reference.sweep[key].reshape(lengths), whole))
    names = [*(str(name) for name in coords["node"]), *(reference.name for reference in sweep.against)]
    return dims, {**coords, "node": names}, np.concatenate(parts, axis=place)
