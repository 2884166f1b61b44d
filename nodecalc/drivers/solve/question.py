"""The question of a solution: which input is looked for and for whom, what has to equal what, in which range."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import inf
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.doors import brief
from nodecalc.drivers.estimate import Estimate
from nodecalc.errors import InputError, NodecalcError, UnknownNameError
from nodecalc.question.at import At, read_node
from nodecalc.question.graph import ALL_OUTPUTS, ANSWER, DENSITY, KEYWORDS, PRICE, SIZE_KEYS
from nodecalc.question.salvage import WHOLE, refuse_unsold
from nodecalc.question.units import end_of_range, label, number
from nodecalc.vocabulary import QUANTITIES, WAFER_INPUT_KEYS, Quantity, quantity, tool_key, tool_keys
from nodecalc.vocabulary.spelling import key_of, keyed, meant_by

from .side import WAFER_OUTPUTS, Curve, Side

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue

OUTPUTS: Final = (*ALL_OUTPUTS, *Estimate.BAND, PRICE, *WAFER_OUTPUTS)
"""What can be asked to be something: results of a die, its wafer's price where other figures make that, and results of
a wafer by its layers."""

LEAST: Final = 1e-6
"""Where a range begins whose end is not allowed itself, as a share of it."""

FIRST: Final = "first"
OTHER: Final = "other"
BOTH: Final = "both"


class Question(NamedTuple):
    """What is solved: `key` of one side or of both, so that `output` of the first is a number or that of the other."""

    key: str
    whose: str
    """FIRST, OTHER or BOTH: the side of which `key` changes."""
    output: str
    first: Side
    other: Side | None
    """None where a number is the target."""
    target: float
    low: float
    high: float
    is_given: bool
    """Whether the range was given."""

    @property
    def q(self) -> Quantity:
        """The input looked for."""
        return quantity(self.key)

    def curves(
        self, key: str, whose: str, start: float, moved: Mapping[str, float] | None = None
    ) -> tuple[Curve, Curve]:
        """Return both sides as functions of `key`, where the input looked for and others are as `moved` says."""
        found = []
        for side, own in ((self.first, FIRST), (self.other, OTHER)):
            if side is None:
                found.append(_constant(self.target))
                continue
            here = {name: x for name, x in (moved or {}).items() if name != self.key or self.whose in (own, BOTH)}
            if whose in (own, BOTH):
                found.append(side.curve(key, self.output, start, here))
            else:
                found.append(_constant(side.value(self.output, here)))
        return found[0], found[1]

    def sets_out(self, start: float) -> bool:
        """Say whether at each value of the input looked for, such as `start`, some side's dies are set out anew."""
        sides = ((self.first, FIRST), (self.other, OTHER))
        return any(
            side.sets_out(self.key, self.output, start)
            for side, own in sides
            if side is not None and self.whose in (own, BOTH)
        )

    def whose_is(self, key: str) -> str:
        """Return whose `key` is where nothing says so: a figure of a node is the first's, the rest is everybody's."""
        if self.other is None:
            return FIRST
        has_size = self.first.size is not None or self.first.chip is not None
        return FIRST if quantity(key).field or (key in SIZE_KEYS and has_size) else BOTH

    def subject(self, whose: str) -> str:
        """Return whose an input is, as a sentence says it."""
        if whose == BOTH or self.other is None:
            return ""
        side = self.first if whose == FIRST else self.other
        return side.name or "the die"


def _constant(value: float) -> Curve:
    return lambda x: value


def read_key(text: object, known: Catalogue) -> tuple[str | None, str]:
    """Return the node that an input is said to be of, if any, and the key of the input that is looked for.

    ``d0``, ``d0_per_cm2`` and ``smic-n+2:d0`` are ways to write it.
    """
    node, key = None, text
    if isinstance(text, str) and ":" in text:
        node, _, key = text.partition(":")
    names = (*KEYWORDS, DENSITY, *WAFER_INPUT_KEYS, *tool_keys(known.tools))
    hint = "the input comes first, then the size, as in d0 600; 'nodecalc keys' lists all"
    found = key_of(key, names, "input to solve for", hint)
    if found in WHOLE:
        raise InputError(f"{found}: whole numbers alone, which no curve joins; sweep it, such as --over {found}=1,2,3")
    if tool_key(found) is None and QUANTITIES[found].is_name:
        raise InputError(f"{found}: it is a name; solve for a number, such as d0, wafer-price or area")
    return node, found


def read_output(name: object) -> str:
    """Return the key of the result that is asked to be something."""
    return key_of(name, OUTPUTS, "result", f"all: {', '.join(OUTPUTS)}")


def is_output(name: object) -> bool:
    """Whether a word is a result rather than a node or a chip."""
    if not isinstance(name, str):
        return False
    plain = name.strip().lower().lstrip("-").replace("-", "_")
    return plain in OUTPUTS or meant_by(plain, OUTPUTS) in OUTPUTS


def read_target(target: object) -> tuple[str, float]:
    """Return result and number of a target: ``{"good_die_cost_usd": 30}`` or ``"good-die-cost=30"``."""
    if isinstance(target, str):
        name, equals, text = target.partition("=")
        if not equals or not name.strip() or not text.strip():
            raise InputError(f"target '{target}': write KEY=VALUE, such as good-die-cost=30")
        target = {name.strip(): text.strip()}
    if not isinstance(target, Mapping) or len(target) != 1:
        raise InputError(f"target {brief(target)}: give one result, such as {{'good_die_cost_usd': 30}}")
    name, value = next(iter(target.items()))
    key = read_output(name)
    return key, number(value, key)


def question(
    key: object,
    size: str | float | None,
    node: Any,
    chip: str | None,
    output: str,
    target: float | None,
    to: object,
    inputs: Mapping[str, Any],
    span: object,
    strict: bool,
    known: Catalogue,
) -> Question:
    """Return the question, checked in itself; `to` a node or a chip, `inputs` under their keys."""
    whom, name = read_key(key, known)
    given = {key: value for key, value in inputs.items() if value is not None}
    if given.get(name) is not None:
        raise InputError(f"{label(quantity(name))} {brief(given[name])}: it is what is solved for; leave it out")
    refuse_unsold(given, (output,), f"a solve for {output}")
    node = read_node(node) if isinstance(node, str) else node
    if not (node is None or isinstance(node, At) or hasattr(node, "id")):
        raise InputError(f"node {brief(node)}: no name; give one node's id or name, such as tsmc-n5")
    first = Side(size, node, chip, given, strict, known)
    other = None if to is None else _other(to, size, chip, given, strict, known)
    made = Question(name, FIRST, output, first, other, 0.0 if target is None else target, 0.0, inf, span is not None)
    whose = made.whose_is(name) if whom is None else _side_called(whom, made, known)
    for side, own in ((first, FIRST), (other, OTHER)):
        if side is not None and whose in (own, BOTH) and name in _own_keys(side):
            raise InputError(f"node {side.node}: {name} is what is solved for; leave it out there")
    if name in SIZE_KEYS and other is None and (size is not None or chip is not None):
        given_size = f"size '{size}'" if size is not None else f"--chip {chip}"
        raise InputError(f"{given_size} and {name} to solve for: it is the size that is looked for; leave it out")
    low, high = read_span(quantity(name), span)
    return made._replace(whose=whose, low=low, high=high)


def _own_keys(side: Side) -> Collection[str]:
    return keyed(side.own, (*KEYWORDS, *WAFER_INPUT_KEYS, *side.own)) if side.own else ()


def _other(
    to: object, size: str | float | None, chip: str | None, given: Mapping[str, Any], strict: bool, known: Catalogue
) -> Side:
    """Return the side of the node or chip that the first is set against."""
    if isinstance(to, str) and ":" not in to:
        try:
            known.node(to)
        except UnknownNameError as error:
            try:
                product = known.product(to)
            except NodecalcError:
                raise UnknownNameError(f"{error}, nor is it a chip ('nodecalc chips' lists those)") from None
            return Side(None, None, product.id, {k: v for k, v in given.items() if k not in SIZE_KEYS}, strict, known)
    where = read_node(to) if isinstance(to, str) else to
    if not isinstance(where, At) and not hasattr(where, "id"):
        raise InputError(f"to {brief(to)}: no node and no chip; give a name, such as tsmc-n7")
    return Side(size, where, chip, given, strict, known)  # type: ignore[arg-type]


def _side_called(name: str, asked: Question, known: Catalogue) -> str:
    wanted = known.node(name).id
    sides = {FIRST: asked.first, OTHER: asked.other}
    ids = {own: side.inputs_node() for own, side in sides.items() if side is not None}
    for own, id_ in ids.items():
        if id_ == wanted:
            return own
    raise InputError(f"'{name}:': that node is not in question; allowed: {', '.join(i for i in ids.values() if i)}")


def read_span(q: Quantity, span: object) -> tuple[float, float]:
    """Return the range that is looked in: given as ``LOW:HIGH`` or a pair, else where such a figure may lie."""
    if span is None:
        low, high = q.searched or (q.low, q.high)
        high = high if high < inf else 1e3 * max(float(q.default or 0.0), low, 1.0)
        return (low if q.holds(low) else low + LEAST * (high - low)), high
    parts: Any = span.split(":") if isinstance(span, str) else span
    try:
        first, last = parts
    except (TypeError, ValueError):
        raise InputError(f"range {brief(span)}: write LOW:HIGH, such as 0.01:1") from None
    low, high = end_of_range(first, q.key), end_of_range(last, q.key)
    if not low < high:
        raise InputError(f"range {brief(span)}: {low:g} is not below {high:g}; write LOW:HIGH")
    return low, high


DEFAULT_OUTPUT: Final = ANSWER
PER_TRANSISTOR: Final = "usd_per_billion_transistors"
