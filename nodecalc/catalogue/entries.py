"""What a catalogue holds of dies: process nodes, products, and the sources of all figures."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from .evidence import Piece
from .figure import Figure, Range, figure_range, preferred_figure

BUILT_IN = "built-in"


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
    """Id of the node that it is a variant of, whose evidence stands in where it has none; "" where of none."""


class Node(Entry, _Node):
    """A process node of one foundry with every figure known of it."""

    __slots__ = ()


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
