"""What a catalogue holds of dies: process nodes, products, and the sources of all figures."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from .evidence import Piece
from .figure import Figure, Range, figure_range, preferred_figure

BUILT_IN = "built-in"
OF_ONE_NODE = frozenset(("volume_year", "risk_year", "density_ratio_n7", "density_ratio_n5", "density_ratio_n3e"))
"""Fields that a node's variant does not take over: when it came, and how it compares with others."""


def _rebuild(entry: Any, fields: dict[str, Any]) -> Any:
    return entry(**{**fields, "figures": MappingProxyType(fields["figures"])})


class Entry:
    """What everything with figures can be asked."""

    __slots__ = ()

    figures: Mapping[str, tuple[Figure, ...]]

    def preferred(self, field: str) -> Figure | None:
        """Return the figure of `field` to use, None where there is none."""
        figures = self.figures.get(field)
        return preferred_figure(figures) if figures else None

    def range(self, field: str) -> Range | None:
        """Return value and range of `field` in its unit, None where there is no figure; see `figure_range`."""
        figures = self.figures.get(field)
        return figure_range(figures) if figures else None

    def __reduce__(self) -> tuple[Any, ...]:
        """Let the entry be copied and sent to other processes, which its read-only mapping alone cannot."""
        fields: dict[str, Any] = self._asdict()  # type: ignore[attr-defined]  # of the tuple that it is mixed into
        return _rebuild, (type(self), {**fields, "figures": dict(self.figures)})


class _Node(NamedTuple):
    id: str
    foundry: str
    name: str
    aliases: tuple[str, ...]
    node_class: str
    """logic, dram or nand."""
    figures: Mapping[str, tuple[Figure, ...]]
    """By field name; several where sources disagree. Stand-ins of kind "assumed" fill fields nobody publishes."""
    origin: str = BUILT_IN
    """Where the node comes from: built-in, a user's file, or both."""
    peer: str = ""
    """Id of another foundry's node of the same class that it is measured against, "" where it is against none."""
    wafer_note: str = ""
    """What has to be said wherever a wafer of the node is priced from its layers."""
    evidence: tuple[Piece, ...] = ()
    """What has been stated of its D0 and wafer price."""
    variant_of: str = ""
    """Id of the node of which it is a variant, "" where it is none."""
    from_parent: frozenset[str] = frozenset()
    """Fields of which nothing is published of a variant itself, so that its parent's figures stand in."""


class Node(Entry, _Node):
    """A process node of one foundry with every figure known of it."""

    __slots__ = ()

    @property
    def variant_note(self) -> str:
        """What has to be said of every answer that rests on a variant, "" for a node that is none."""
        if not self.variant_of:
            return ""
        return f"{self.id} is a variant of {self.variant_of}, whose figures and evidence stand in where it has none"

    def with_parent(self, parent: Node) -> Node:
        """Return the node with the figures of `parent` in the fields of which it has none, but for `OF_ONE_NODE`.

        Asked again with another state of the parent, it gives up what it had from the first one.
        """
        own = {field: figures for field, figures in self.figures.items() if field not in self.from_parent}
        taken = {f: figures for f, figures in parent.figures.items() if f not in own and f not in OF_ONE_NODE}
        return self._replace(
            figures=MappingProxyType({**own, **taken}),
            from_parent=frozenset(taken),
            peer=self.peer or parent.peer,
            wafer_note=self.wafer_note or parent.wafer_note,
        )


class _Product(NamedTuple):
    id: str
    name: str
    vendor: str
    node: str
    """Id of the node it is made on; "" = not known."""
    kind: str
    """What sort of chip it is, in words."""
    figures: Mapping[str, tuple[Figure, ...]]
    origin: str = BUILT_IN
    aliases: tuple[str, ...] = ()


class Product(Entry, _Product):
    """A real chip with every figure known of it."""

    __slots__ = ()


class Source(NamedTuple):
    """Where figures come from, and how far its own text was seen."""

    id: str
    title: str
    publisher: str
    year: int | None
    address: str = ""
    read: str = ""
    """How the source was read when its figures were taken, in words."""
    verified: bool = False
    """True where the source's own text, or an excerpt of it, was read; False where only others' reports of it were."""
    origin: str = BUILT_IN
