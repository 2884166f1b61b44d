"""The picture of a split: what a unit costs by the number of its dies, or at the best number by package yield."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from nodecalc.charts.picture import Picture

    from .split import Split

MOST_YIELDS: Final = 4
"""Package yields of which each is a curve of its own; of more the best number of dies is drawn over them."""
CHIPLETS: Final = "chiplets"


def split_picture(rows: Sequence[Split]) -> Picture | None:
    """Return the cost of a unit by the number of its dies, or over many package yields that of the best number.

    None where there is neither a curve over the one nor over the other.
    """
    from nodecalc.charts.picture import picture_of

    keys = [(row.node or "", row.package_yield_given, row.chiplets) for row in rows]
    nodes = list(dict.fromkeys(node for node, _, _ in keys))
    yields = list(dict.fromkeys(share for _, share, _ in keys))
    counts = list(dict.fromkeys(count for _, _, count in keys))
    by = dict(zip(keys, rows, strict=True))
    if len(yields) > MOST_YIELDS:
        ways = {"one die": [1]} if 1 in counts and len(counts) > 1 else {}
        ways |= {"best split": counts}
        values = [
            [[min(by[node, share, n].unit_cost_usd for n in several) for share in yields] for several in ways.values()]
            for node in nodes
        ]
        coords = {"node": nodes, "as": list(ways), "package_yield": yields}
        return picture_of(("node", "as", "package_yield"), coords, values, "unit_cost_usd")
    if len(counts) < 2:
        return None
    values = [[[by[node, share, n].unit_cost_usd for n in counts] for share in yields] for node in nodes]
    # A share that names a curve is a name here.
    named = [f"package yield {share:.4g}" for share in yields]
    coords = {"node": nodes, "package": named, CHIPLETS: [float(n) for n in counts]}
    drawn = picture_of(("node", "package", CHIPLETS), coords, values, "unit_cost_usd")
    # Curves of one node meet where there is one die, which says nothing.
    return drawn._replace(breaks=(), notes=()) if len(yields) > 1 else drawn
