"""The catalogue: nodes, products, tools, stacks and sources, each figure with range, kind, source and year."""

from .catalogue import Catalogue, load_catalogue, load_stack, open_catalogue
from .entries import Layer, Node, Product, Source, Stack, Tool
from .figure import KIND_HALF_WIDTH, KINDS, Figure, Range, figure_range

__all__ = [
    "KINDS",
    "KIND_HALF_WIDTH",
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
