"""What the rows of a table have in common beside the die: edge, scribe, placement, yield model, shares."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import TYPE_CHECKING

from nodecalc.question.radial import D0_IS, OF, SHAPE, radial_of
from nodecalc.question.salvage import NUMBERS as UNITS
from nodecalc.vocabulary import QUANTITIES, Quantity, is_wafer_key, quantity
from nodecalc.vocabulary.digits import significant

if TYPE_CHECKING:
    from nodecalc.question.inputs import Inputs


def conditions(inputs: Inputs, varied: Container[str] = (), sold: bool = False) -> list[str]:
    """Return the parts of a title, without the keys that the rows vary; `sold` where layers' cost becomes a price."""
    n, names = inputs.numbers, inputs.names
    model = f"yield {names['yield_model']}" if "yield_model" not in varied else ""
    rest = {q.key: q for q in _numbers(inputs) if q.key not in varied}
    for key in ("alpha", "critical_layers"):
        if key in rest:
            model += f" {rest.pop(key).option} {n[key]:g}"
    lengths = [q for q in rest.values() if q.unit == "mm"]
    rule = "" if names["edge_rule"] == QUANTITIES["edge_rule"].default else f" ({names['edge_rule']})"
    parts = [
        ", ".join(f"{q.option} {n[q.key]:g} mm" for q in lengths),
        f"placement {names['placement']}{rule}" if "placement" not in varied else "",
        model.strip(),
        _radial(names, varied),
        _layers(inputs, varied, sold) if names["wafer_basis"] == "cost" else "",
        *(
            f"{q.option.replace('-', ' ')} {significant(n[key])}{' ' if q.unit else ''}{q.unit}"
            for key, q in rest.items()
            if q not in lengths and n[key] != q.default
        ),
    ]
    return [part for part in parts if part]


def _radial(names: Mapping[str, str], varied: Container[str]) -> str:
    if radial_of(names) is None:
        return ""
    parts = (f"radial {names[SHAPE]}" if SHAPE not in varied else "", f"D0 {OF[names[D0_IS]]}")
    return ", ".join(part for part, key in zip(parts, (SHAPE, D0_IS), strict=True) if part and key not in varied)


def _layers(inputs: Inputs, varied: Container[str], sold: bool) -> str:
    """Return that a wafer counts its layers, and under which inputs of theirs."""
    own = {key: text for key, text in inputs.names.items() if is_wafer_key(key) and not _is_default(key, text)}
    own |= {key: significant(value) for key, value in inputs.numbers.items() if is_wafer_key(key)}
    own = {key: text for key, text in own.items() if key not in varied}
    if not own:
        return "wafer at a price made of its layers' cost" if sold else "wafer at the cost of its layers, not a price"
    said = (f"{quantity(key).option.replace('-', ' ') or key} {text}" for key, text in own.items())
    return f"wafer from its layers, {', '.join(said)}"


def told(inputs: Inputs) -> set[str]:
    """Return the keys that `conditions` speaks of; what stands at its default goes without saying."""
    return {*inputs.names, *(q.key for q in _numbers(inputs))}


def _numbers(inputs: Inputs) -> list[Quantity]:
    """Return what is the same for all rows, unlike sizes of dies and figures of nodes, in the order of the table."""
    return [
        q
        for q in QUANTITIES.values()
        if q.group == "die" and q.role == "input" and q.key in inputs.numbers and not q.field and q.key not in UNITS
    ]


def _is_default(key: str, text: object) -> bool:
    return isinstance(text, str) and text.strip().lower() == quantity(key).default
