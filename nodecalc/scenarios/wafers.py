"""The wafer of a scenario, another beside it, and what is to be said of how they were asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from nodecalc.drivers.printed import FIELDS
from nodecalc.drivers.wafer_compare import Compared
from nodecalc.drivers.wafer_compare import compare as beside
from nodecalc.drivers.wafer_cost import WaferCost, wafer_cost
from nodecalc.question.at import apart, note_of_own, read_node
from nodecalc.question.caution import Caution
from nodecalc.question.graph import RATE
from nodecalc.vocabulary import WAFER_NAME_KEYS
from nodecalc.wafers.stacks import idle_bans

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue

OF_ONE = (*WAFER_NAME_KEYS, "fab_factor")
"""Inputs that say which tools and layers a wafer has, and whose fab it is: not those of the wafer set beside it."""


class Wafers(NamedTuple):
    """A wafer, and another beside it where one was asked for."""

    wafer: WaferCost
    other: Compared | None
    notes: tuple[str, ...]


def ask_wafer(node: Any, given: Mapping[str, Any], own: Mapping[str, Any], known: Catalogue) -> Wafers:
    """Return the wafer of `node` under inputs by key; `own` may name another to compare, and the area of a die."""
    compared, area = own.get("compare"), own.get("area")
    inputs = dict(given) | ({} if area is None else {"die_area_mm2": area})
    nodes = [node, *([] if compared is None else [read_node(compared)])]
    several: list[Mapping[str, Any]] = [dict(inputs) for _ in nodes]
    if RATE in inputs:
        from nodecalc.question.rates import shared_rate

        several = list(shared_rate(several, nodes))
    wafer = wafer_cost(node, catalogue=known, **several[0])
    other = None
    if compared is not None:
        # All else is equal, as the note says.
        plain = {key: value for key, value in several[1].items() if key not in OF_ONE}
        other = beside(wafer, wafer_cost(nodes[1], catalogue=known, **plain))
    asked = ((wafer.node, node), *([(other.wafer.node, nodes[1])] if other else []))
    notes: list[str] = [note_of_own(id_ or "", mine, given) for id_, at in asked if (mine := apart(at)[1])]
    names = {key: given[key] for key in WAFER_NAME_KEYS if key in given}
    notes += idle_bans(known, wafer.node, {**names, **apart(node)[1]})
    wafers = [wafer, *([other.wafer] if other else [])]
    printed = FIELDS not in given and any(FIELDS in w.inputs for w in wafers)
    if area is not None and not printed and not any(p.name.startswith("good die") for w in wafers for p in w.penalties):
        notes.append(Caution("--area changes nothing here: no penalty of this wafer is per good die"))
    return Wafers(wafer, other, tuple(notes))


def unused_euv(found: Wafers) -> list[str]:
    """Say where figures of EUV were given and nothing that is priced uses any."""
    wafers = [found.wafer, *([found.other.wafer] if found.other else [])]
    if not found.wafer.gives_euv or any(w.sees_euv for w in wafers):
        return []
    return [Caution("--euv-power and --dose change nothing here: nothing that is priced uses EUV")]
