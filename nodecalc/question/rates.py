"""A question's exchange rates, written into its amounts where it is taken in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from nodecalc.errors import InputError, NodecalcError
from nodecalc.vocabulary import QUANTITIES, find_quantity, quantity
from nodecalc.vocabulary.spelling import key_of

from .at import At, read_node, read_nodes
from .graph import RATE
from .money import Currency, Rates, currency_of, quoted, read_rates
from .salvage import BETWEEN, BINS
from .units import label, tidy


class Rated(NamedTuple):
    """Inputs whose amounts say their rates."""

    inputs: dict[str, Any]
    """Without the rate itself."""
    owns: tuple[dict[str, Any], ...]
    """Inputs of single nodes, likewise."""
    rates: Rates | None


def rated(inputs: Mapping[str, Any], *owns: Mapping[str, Any]) -> Rated:
    """Return inputs, and those of single nodes, with the rates written into every amount that names its money.

    Raises:
        InputError: a rate that nothing uses; amounts in other money and in none side by side.

    >>> rated({"wafer_price": "90000CNY", "rate": "CNY=7.2"}).inputs
    {'wafer_price': '90000CNY@USDCNY=7.2'}
    """
    if inputs.get(RATE) is None:
        return Rated({k: v for k, v in inputs.items() if k != RATE}, tuple(dict(own) for own in owns), None)
    rates = read_rates(inputs[RATE])
    quotes = dict(rates.quotes)
    used: set[str] = set()
    found = [
        {key: _with(key, value, quotes, used) for key, value in each.items() if key != RATE} for each in (inputs, *owns)
    ]
    idle = [currency.code for currency in quotes if currency.code not in used]
    if idle:
        raise InputError(
            f"--rate of {' and '.join(idle)}: nothing is given in {' or '.join(idle)}; write an amount such as "
            f"--wafer-price 90000{idle[0]}, or leave it out"
        )
    return Rated(found[0], tuple(found[1:]), rates)


def rated_nodes(inputs: Mapping[str, Any], beside: Sequence[At] = ()) -> tuple[dict[str, Any], str, list[At]]:
    """Return the inputs of several points likewise, nodes' own among them, their rates as a text, and nodes beside."""
    node = inputs.get("node")
    if isinstance(node, str):
        nodes: list[Any] | None = read_nodes(node)
    else:
        nodes = [node] if isinstance(node, At) else list(node) if isinstance(node, list | tuple) else None
    others = [dict(each.own) for each in beside]
    if nodes is None:
        found = rated(inputs, *others)
        return found.inputs, "" if found.rates is None else found.rates.text, _with_owns(beside, found.owns)
    apart_ = [read_node(each) if isinstance(each, str) else each for each in nodes]
    owns = [dict(each.own) if isinstance(each, At) else {} for each in apart_]
    found = rated(inputs, *owns, *others)
    made = [
        each._replace(own=tuple(own.items())) if isinstance(each, At) else each
        for each, own in zip(apart_, found.owns, strict=False)
    ]
    same = ",".join(map(str, made)) if isinstance(node, str) else made[0] if isinstance(node, At) else made
    text = "" if found.rates is None else found.rates.text
    return {**found.inputs, "node": same}, text, _with_owns(beside, found.owns[len(owns) :])


def _with_owns(nodes: Sequence[At], owns: Sequence[Mapping[str, Any]]) -> list[At]:
    return [node._replace(own=tuple(own.items())) for node, own in zip(nodes, owns, strict=True)]


def is_foreign(inputs: Mapping[str, Any]) -> bool:
    """Whether an amount among the inputs names other money than USD."""
    used: set[str] = set()
    for key, value in inputs.items():
        _with(key, value, {}, used)
    return bool(used)


def _with(key: str, value: Any, quotes: Mapping[Currency, float], used: set[str]) -> Any:
    """Return a value with the rates in its amounts; `used` takes the codes of the money that they name."""
    if isinstance(value, list | tuple) and not hasattr(value, "_fields"):
        return type(value)(_with(key, each, quotes, used) for each in value)
    if not isinstance(value, str) or not _is_money(key):
        return value
    bins = _key(key) == BINS
    parts = re.split(f"(:|{BETWEEN})" if bins else "([,:])", value)
    is_range = not bins and ":" in parts
    amounts = [place for place in range(0, len(parts), 2) if _holds_amount(place // 2, parts, place, bins, is_range)]
    named = {place: name for place in amounts if (name := currency_of(tidy(parts[place]))) is not None}
    if not named:
        return value
    if len(named) < len(amounts):
        bare = next(parts[place].strip() for place in amounts if place not in named)
        raise InputError(
            f"{label(quantity(_key(key)))} '{value}': {bare} names no money beside others that do; "
            "write a unit behind each"
        )
    for place, currency in named.items():
        used.add(currency.code)
        if currency in quotes and "@" not in parts[place]:
            parts[place] = f"{parts[place].strip()}@{quoted(currency, quotes[currency])}"
    return "".join(parts)


def _is_money(key: str) -> bool:
    try:
        q = find_quantity(_key(key))
    except NodecalcError:  # a key that is known nowhere is refused where keys are read
        return False
    return q is not None and (q.unit.startswith("USD") or q.key == BINS)


def _key(name: str) -> str:
    return name if find_quantity(name) is not None else key_of(name, QUANTITIES)


def _holds_amount(index: int, parts: list[str], place: int, bins: bool, is_range: bool) -> bool:
    if bins:
        return place > 0 and parts[place - 1] == ":"
    return index < 2 if is_range else True


def shared_rate(questions: Sequence[Mapping[str, Any]], nodes: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the inputs of several questions, each about a node: an exchange rate only where an amount asks for one.

    Where none asks for it, it stays with the first, which says so.
    """
    several = [dict(inputs) for inputs in questions]
    if all(inputs.get(RATE) is None for inputs in several):
        return several
    asks = [
        is_foreign({**inputs, **dict(getattr(node, "own", ()))}) for inputs, node in zip(several, nodes, strict=True)
    ]
    for place, (each, is_asked) in enumerate(zip(several, asks, strict=True)):
        if not is_asked and (place or any(asks)):
            each.pop(RATE, None)
    return several
