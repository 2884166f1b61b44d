"""What a catalogue holds: process nodes, products and the sources of their figures."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from nodecalc.catalogue.figure import Figure, Range, figure_range, preferred_figure

BUILT_IN = "built-in"


def _rebuild(entry: Any, fields: dict[str, Any]) -> Any:
    return entry(**{**fields, "figures": MappingProxyType(fields["figures"])})


class Node(NamedTuple):
    """A process node of one foundry with every figure known of it."""

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
        return _rebuild, (type(self), {**self._asdict(), "figures": dict(self.figures)})


class Product(NamedTuple):
    """A real chip with every figure known of it."""

    id: str
    name: str
    vendor: str
    node: str
    """Id of the node it is made on; "" = not known."""
    kind: str
    """What sort of chip it is, in words."""
    figures: Mapping[str, tuple[Figure, ...]]
    origin: str = BUILT_IN

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
        return _rebuild, (type(self), {**self._asdict(), "figures": dict(self.figures)})


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
