"""One question: the user's inputs over the catalogue's figures over the vocabulary's defaults, whatever asks.

A number, an array, an axis and a distribution are all the same to it: what is given is taken as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.errors import InputError
from nodecalc.vocabulary import find_quantity

from .figures import used_figure
from .ledger import Ledger, UsedFigure
from .market import Market

if TYPE_CHECKING:
    from nodecalc.catalogue import Node

Supply = Callable[[str], UsedFigure | float | None]
"""What a catalogue has for a key: a figure, a plain number such as a count of layers, or nothing."""

QUOTED_DIAMETER: Final = "quoted_diameter_mm"
QUOTED: Final = {"quoted_price_usd": "wafer_price_usd", QUOTED_DIAMETER: "wafer_diameter_mm"}
"""What a node's price is stated as, and for which wafer, by the key that the figure goes by."""


class Resolved(NamedTuple):
    """Everything that stages start from, and where it comes from."""

    numbers: dict[str, Any]
    """What is given and what the catalogue supplies, by key."""
    defaults: dict[str, float]
    """What nobody says, by key: the vocabulary's own values."""
    ledger: Ledger
    """The catalogue's figures among the numbers."""
    missing: tuple[str, ...]
    """Keys for which there is nothing."""


def resolve_starts(starts: Iterable[str], given: Mapping[str, Any], *supplies: Supply) -> Resolved:
    """Return what there is for each of `starts`: given, else from the first of `supplies` that has it, else default."""
    numbers: dict[str, Any] = {}
    defaults: dict[str, float] = {}
    figures: list[UsedFigure] = []
    missing: list[str] = []
    for key in starts:
        if key in given:
            numbers[key] = given[key]
            continue
        found = next((value for value in (supply(key) for supply in supplies) if value is not None), None)
        if isinstance(found, UsedFigure):
            check_range(found)
            numbers[key] = float(found.value)
            figures.append(found)
        elif found is not None:
            numbers[key] = found
        else:
            q = find_quantity(key)
            if q is None or q.default is None:
                missing.append(key)
            else:
                defaults[key] = float(q.default)
    return Resolved(numbers, defaults, Ledger(figures), tuple(missing))


def check_range(figure: UsedFigure) -> None:
    """Refuse a figure that is, or ends, where its quantity cannot be: what files state has the range of an option."""
    q = find_quantity(figure.key)
    wrong = None if q is None else next((x for x in (figure.value, figure.low, figure.high) if not q.holds(x)), None)
    if q is not None and wrong is not None:
        where = ", ".join(dict.fromkeys(part.source for part in figure.figures)) or "the catalogue"
        raise InputError(
            f"{q.key} {wrong:g} by {where}: outside {q.allowed}; mend the catalogue file, or give --{q.option}"
        )


def node_supply(node: Node | None, market: Market) -> Supply:
    """Return what a node's entry in the catalogue has for the keys of a die, its evidence read under `market`."""

    def supply(key: str) -> UsedFigure | float | None:
        name = QUOTED.get(key, key)
        q = find_quantity(name)
        if node is None or q is None or not q.field:
            return None
        # A node that says nothing has wafers of the usual size.
        return used_figure(node, name, market) or (q.default if key == QUOTED_DIAMETER else None)  # type: ignore[return-value]

    return supply
