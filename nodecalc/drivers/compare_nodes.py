"""Compare: the same die, or the same design, on several nodes, and what makes the difference."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from nodecalc.catalogue import open_catalogue
from nodecalc.doors import a_flag, items
from nodecalc.errors import InputError
from nodecalc.question.at import At, apart, read_node, read_nodes
from nodecalc.question.graph import ANSWER, SIZE_KEYS
from nodecalc.question.market import YEAR
from nodecalc.question.resize import AREA, ASPECT, SIDES, measures
from nodecalc.question.salvage import cost_asked, refuse_unsold
from nodecalc.vocabulary import PORT_KEYS
from nodecalc.vocabulary.spelling import key_of

from .bridge import OUTPUTS, Bridge, bridge
from .estimate import Estimate, estimate
from .port import mix_of, ported

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Node


class _Asked(NamedTuple):
    """One side as `estimate` is asked for it."""

    size: str | float | None
    node: At | None
    chip: str | None
    given: Mapping[str, Any]

    def answer(self, strict: bool, known: Catalogue, year: float | None = None) -> Estimate:
        """Return the answer, for another year where one is named."""
        node, given = self.node, dict(self.given)
        if year is not None:
            own = () if node is None else tuple((key, value) for key, value in node.own if key != YEAR)
            node = None if node is None else At(node.node, (*own, (YEAR, year)))
        return estimate(self.size, node=node, chip=self.chip, strict=strict, catalogue=known, **given)


def compare(
    size: str | float | None = None,
    *,
    node: Sequence[str | Node | At] | str,
    chip: str | None = None,
    output: str | None = None,
    order: Sequence[str] | str | None = None,
    port: bool = False,
    strict: bool = False,
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
    **inputs: Any,
) -> tuple[Bridge, ...]:
    """Return what makes a die on other nodes dearer or cheaper than on the first, a bridge for each of them.

    Args:
        size, chip: the die, as for `estimate`.
        node: two nodes or more; the first is the base. With a chip its own node stands before a single one.
        output: ``good_die_cost_usd``, ``usd_per_billion_transistors``, or with harvest or bins, or a chip whose units
            are known, ``sellable_die_cost_usd``, which is meant where harvest is given and nothing else.
        order: the steps that are to come first, such as ``"yield,price"``; the usual order is year, patterning, price,
            dies, yield, whatever else differs.
        port: the same design: its logic moves by density, its SRAM by the area of a bit cell, analog and IO keep
            their area. ``sram_share`` and ``analog_share`` say how much of the first die they are, where the chip's
            own mix is not known.
        strict, catalogue, **inputs: as for `estimate`; they hold on all nodes.

    Returns:
        A `Bridge` for each node after the first: ``start`` and the ``usd`` of all ``steps`` add up to ``end``.

    Raises:
        NodecalcError: fewer than two nodes, a mix that is not known, a node without a density or bit cell.

    >>> (found,) = compare(100, node=["tsmc-n7", "tsmc-n5"])
    >>> abs(found.start + sum(step.usd for step in found.steps) - found.end) < 1e-12
    True
    >>> found.order
    ('patterning', 'wafer_price_usd', 'gross_dies', 'die_yield')

    """
    known = open_catalogue(catalogue)
    given = {key: value for key, value in inputs.items() if value is not None}
    output = key_of(cost_asked(given, ANSWER) if output is None else output, OUTPUTS, "result to compare")
    refuse_unsold(given, (output,), f"a bridge of {output}")
    shares = {key_of(name, PORT_KEYS): given.pop(name) for name in list(given) if _is_share(name)}
    product = None if chip is None else known.product(chip)
    nodes = _nodes(node)
    if len(nodes) == 1 and product is not None and product.node:
        nodes = [At(product.node), *nodes]
    if len(nodes) < 2:
        raise InputError("one node alone; give two or more to compare, such as -n tsmc-n7 -n smic-n+2")
    if shares and not port:
        raise InputError(f"{next(iter(shares))}: it is of a design that moves to another node; add --port")
    first = _Asked(size, nodes[0], chip, given)
    base = first.answer(strict, known)
    mix = mix_of(shares, product) if a_flag("port", port) else None
    found = []
    for other in nodes[1:]:
        asked, notes = first._replace(node=other), []
        if mix is not None:
            moved = ported(base, known.node(str(_name(other))), mix)
            asked = _resized(asked, base, moved.area_mm2)
            notes = [moved.note, *mix.notes]
        answer = asked.answer(strict, known)
        again = _again(first, base, asked, strict, known)
        made = bridge(base, answer, again, output, order)
        found.append(made._replace(notes=(*notes, *made.notes)))
    return tuple(found)


def _again(
    first: _Asked, base: Estimate, other: _Asked, strict: bool, known: Catalogue
) -> Callable[[Estimate, float], Estimate]:
    """Return what asks either side once more, for another year."""
    return lambda e, year: (first if e is base else other).answer(strict, known, year)


def _is_share(name: str) -> bool:
    return name.strip().lower().replace("-", "_") in PORT_KEYS


def _nodes(node: Any) -> list[At]:
    if isinstance(node, str):
        return read_nodes(node)
    one = isinstance(node, At) or not hasattr(node, "__iter__")
    several = (node,) if one else items("node", node, "give a node, or a list of nodes")
    return [
        each if isinstance(each, At) else read_node(each) if isinstance(each, str) else At(each) for each in several
    ]


def _name(node: At) -> str:
    name = apart(node)[0]
    return name if isinstance(name, str) else "" if name is None else name.id


def _resized(asked: _Asked, base: Estimate, area_mm2: float) -> _Asked:
    """Return the question with a die of another area, of the same shape where that was given."""
    known = measures(asked.size)
    given = {key: value for key, value in asked.given.items() if key not in SIZE_KEYS}
    if ASPECT in asked.given:
        given[ASPECT] = asked.given[ASPECT]
    elif all(side in known for side in SIDES) or (asked.chip is not None and not base.inputs.die.fitted):
        given[ASPECT] = base.inputs.die.width_mm / base.inputs.die.height_mm
    return asked._replace(size=None, chip=None, given={**given, AREA: area_mm2})
