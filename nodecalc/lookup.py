"""The catalogue that a call means, and the node that a name means in it."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING

from .doors import a_name

if TYPE_CHECKING:
    from .catalogue import Catalogue, Node


def find_node(node: str | Node | None, catalogue: Catalogue | str | os.PathLike[str] | None) -> Node | None:
    """Return the node that a name means in `catalogue`; None stays None, and a node itself."""
    if node is None:
        return None
    from .catalogue import Node

    if isinstance(node, Node):
        return node
    name = a_name(
        "node",
        node,
        "give one node's id or name, such as tsmc-n5 ('nodecalc nodes' lists them); nodecalc.sweep takes several",
    )
    return open_catalogue(catalogue).node(name)


def open_catalogue(given: Catalogue | str | os.PathLike[str] | None) -> Catalogue:
    """Return the catalogue given, the one in the file given, or the built-in one."""
    from .catalogue import Catalogue, load_catalogue

    if isinstance(given, Catalogue):
        return given
    return builtin() if given is None else load_catalogue(given)


@lru_cache(maxsize=1)
def builtin() -> Catalogue:
    """Return the built-in catalogue, read once."""
    from .catalogue import load_catalogue

    return load_catalogue()
