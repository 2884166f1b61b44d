"""The letters that mark a figure's reservations, and what is said of figures that nobody publishes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nodecalc.question.caution import Caution
from nodecalc.vocabulary import quantity

from .report import Column
from .sources import Answered


def marked(columns: Sequence[Column], cells: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return `cells` with room for marks in the right-aligned columns that have any, so that digits stay in line."""
    out = [list(row) for row in cells]
    for i, column in enumerate(columns):
        if not column.right:
            continue
        room = max((len(_mark(row[i])) for row in out), default=0)
        for row in out:
            row[i] += " " * (room - len(_mark(row[i])))
    return out


def assumed_cautions(answers: Iterable[Answered], of_layers: bool = False) -> list[str]:
    """Return the warning that names the assumed D0 and prices of `answers`, if there are any.

    `of_layers` where a wafer is at what its layers cost: also those of a user's own stack rest on assumed figures.
    """
    owners: dict[str, dict[str, None]] = {}
    for answer in answers:
        for key, figure in answer.figures.items():
            if figure.kind == "assumed" and quantity(key).field:
                layers = of_layers and key == "wafer_price_usd"
                name = "costs of layers" if layers else quantity(key).field.replace("_", " ").replace("d0", "D0")
                owners.setdefault(name, {})[(figure.owner if layers else "") or answer.node or "the die"] = None
    if not owners:
        return []
    named = "; ".join(f"{name} of {', '.join(nodes)}" for name, nodes in owners.items())
    return [Caution(f"assumed, as nobody publishes it: {named}")]


def _mark(cell: str) -> str:
    """The mark at the end of a cell with the space before it, or nothing."""
    _, space, tail = cell.rpartition(" ")
    return space + tail if space and tail and set(tail) <= set("aeu") else ""
