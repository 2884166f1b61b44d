"""The node that a name means in a catalogue."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from nodecalc.doors import a_name

from . import Node, open_catalogue

if TYPE_CHECKING:
    from . import Catalogue


def find_node(node: str | Node | None, catalogue: Catalogue | str | os.PathLike[str] | None) -> Node | None:
    """Return the node that a name means in `catalogue`; None stays None, and a node itself."""
    if node is None or isinstance(node, Node):
        return node
    name = a_name(
        "node",
        node,
        "give one node's id or name, such as tsmc-n5 ('nodecalc nodes' lists them); nodecalc.sweep takes several",
    )
    return open_catalogue(catalogue).node(name)
