"""The catalogue of process nodes, products and sources, each figure with range, kind, source and year."""

from nodecalc.catalogue.catalogue import Catalogue, load_catalogue
from nodecalc.catalogue.entries import Node, Product, Source
from nodecalc.catalogue.figure import KIND_HALF_WIDTH, KINDS, Figure, Range, figure_range

__all__ = [
    "KINDS",
    "KIND_HALF_WIDTH",
    "Catalogue",
    "Figure",
    "Node",
    "Product",
    "Range",
    "Source",
    "figure_range",
    "load_catalogue",
]
