"""The catalogue: nodes, products, tools, stacks and sources, each figure with range, kind, source and year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .catalogue import Catalogue, load_catalogue, load_stack, open_catalogue
from .entries import Node, Product, Source
from .figure import KIND_FACTOR, KINDS, Figure, Range, figure_range

__all__ = [
    "KINDS",
    "KIND_FACTOR",
    "Catalogue",
    "Figure",
    "Layer",
    "Node",
    "Product",
    "Range",
    "Source",
    "Stack",
    "Tool",
    "figure_range",
    "load_catalogue",
    "load_stack",
    "open_catalogue",
]

if TYPE_CHECKING:
    from .wafer_entries import Layer, Stack, Tool


def __getattr__(name: str) -> Any:
    """Load what only wafers need when it is asked for."""
    if name in ("Layer", "Stack", "Tool"):
        from . import wafer_entries

        return getattr(wafer_entries, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
