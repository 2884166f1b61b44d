"""A system that is asked about: its inputs by name, and its graph with some of them as they are wanted.

An input is called by its part and its key, ``die.gpu.d0``, by its key alone where one part takes it, ``d0``; of the
whole system there are volume, margin, price and levy. Inside, it goes by ``die.gpu:d0_per_cm2``.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.catalogue.conventions import Convention, find_convention
from nodecalc.catalogue.systems import STEPS, Part, SystemEntry, find_system
from nodecalc.doors import brief, items
from nodecalc.errors import InputError, NodecalcError, nearest
from nodecalc.question.graph import SIZE_KEYS, band_of, keys_behind
from nodecalc.question.salvage import WHOLE as WHOLE_UNITS
from nodecalc.question.units import number
from nodecalc.vocabulary import find_quantity, node_key, quantity
from nodecalc.vocabulary.package import PART_KEYS
from nodecalc.vocabulary.spelling import key_of

from .given import plain_nodes
from .graph import LEVY, LOST, MARGIN, NRE, PACKAGE, SOLD_AT, SUM, TOTAL, UNIT, Builder
from .idle import GROSS
from .reading import INSTEAD, WHOLE, Graph, set_texts, set_values
from .spelling import TEXTS, key_in

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue
    from nodecalc.question.at import At

VOLUME: Final = "volume"
OUTPUTS: Final = (UNIT, PACKAGE, SUM, LOST, NRE, TOTAL, SOLD_AT, MARGIN, "margin_after_levy")
"""What may be asked of a system."""
SWEPT: Final = (*OUTPUTS, *band_of(UNIT), *band_of(TOTAL))
"""What may be asked of it point by point."""
COUNTED: Final = frozenset({*SIZE_KEYS, *keys_behind((GROSS,), {})})
"""Inputs of a die that change how many a wafer holds, which is worked out before the graph is made."""


BESIDE: Final = 0.9


class Subject(NamedTuple):
    """A system as it is asked about."""

    entry: SystemEntry
    catalogue: Catalogue
    whole: Mapping[str, float]
    """Inputs of the whole system that are given, by key."""
    convention: Convention | None
    label: str
    """What the question calls it."""
    node: str = ""
    """Id of the node that its dies were put on, "" where they are on their own."""

    def graph(self, moved: Mapping[str, Any] | None = None) -> Graph:
        """Return its graph, inputs of `moved` as they say."""
        here = self.with_inputs(moved or {})
        sale = {key: value for key, value in here.whole.items() if key != VOLUME}
        return Builder(here.entry, here.catalogue, here.convention).build(here.whole.get(VOLUME), sale)

    def with_inputs(self, moved: Mapping[str, Any]) -> Subject:
        """Return it with inputs set, by the keys that `find_input` gives."""
        whole = {**self.whole, **{key: float(value) for key, value in moved.items() if ":" not in key}}
        parts = {part.label: dict(part.values) for part in self.entry.parts}
        for step in STEPS:
            parts.setdefault(step, {})
        for path, value in moved.items():
            found = node_key(path)
            if found is None:
                continue
            label, key = found
            kind = label.partition(".")[0]
            values = parts[label]
            for name in [name for name in values if key_in(kind, name) == key or name in INSTEAD.get(key, ())]:
                del values[name]
            short = next((name for name, meant in PART_KEYS[kind].items() if meant == key), key)
            values[short] = value
        rows = []
        for label, values in parts.items():
            kind, _, name = label.partition(".")
            rows.append(Part(kind, name, values))
        return self._replace(entry=self.entry._replace(parts=tuple(rows)), whole=whole)

    def with_node(self, node: str) -> Subject:
        """Return it with its dies on another node: of several they must be on one node so far."""
        name = self.catalogue.node(node).id
        dies = self.entry.of("die")
        if not dies:
            raise InputError(f"node {node}: {self.entry.id} has no die")
        if len(dies) > 1:
            made = {found.node for found in self.graph().dies.values()}
            if len(made) > 1:
                listed = " or ".join(f"{die.label}.node={node}" for die in dies)
                raise InputError(
                    f"node {node}: {self.entry.id} has dies on {', '.join(sorted(map(str, made)))}; say which: {listed}"
                )
        label = f"{self.label} on {name}"
        return self.with_inputs({f"{die.label}:node": name for die in dies})._replace(label=label, node=name)

    def start(self, path: str, graph: Graph) -> str:
        """Return the key by which an input goes in the graph, whether or not that has it."""
        found = node_key(path)
        if found is None:
            return path
        kind, _, name = found[0].partition(".")
        return f"{Part(kind, name, {}).own}__{found[1]}"

    def is_plain(self, path: str, value: Any, others: Mapping[str, Any]) -> bool:
        """Say whether nothing but the stages reads an input, so that arrays and curves need no graph anew.

        Seen at a value of it, and at another: everything else that the graph starts from has to be the same at both.
        """
        found = node_key(path)
        if isinstance(value, str) or (found is not None and found[0].startswith("die.") and found[1] in COUNTED):
            return False
        one = self.graph({**others, path: value})
        try:
            two = self.graph({**others, path: beside(path, value)})
        except NodecalcError:
            return False
        key = self.start(path, one)
        kept = [{k: v for k, v in graph.numbers.items() if k != key} for graph in (one, two)]
        return key in one.numbers and one.stages == two.stages and kept[0] == kept[1]


def beside(path: str, value: float) -> float:
    """Return another value that an input may have."""
    q = quantity(path)
    shifted = (value - 1.0, value + 1.0) if path.rpartition(":")[2] in WHOLE_UNITS else (BESIDE * value,)
    others = (*shifted, value / BESIDE, 0.5, 1.0, 2.0, q.high)
    return float(next(x for x in others if x != value and q.holds(x)))


def subject(
    name: str | os.PathLike[str] | SystemEntry,
    catalogue: Catalogue,
    values: Iterable[str] | Mapping[str, object] = (),
    whole: Mapping[str, float] | None = None,
    convention: str | None = None,
) -> Subject:
    """Return a system ready to be asked about; `values` are set of its parts, as for `system`."""
    entry = name if isinstance(name, SystemEntry) else find_system(name, catalogue)
    inside, given = [], dict(whole or {})
    for text in set_texts(values):
        left, equals, value = text.partition("=")
        key = WHOLE.get(left.strip().lstrip("-")) if equals else None
        if key is None:
            inside.append(text)
        elif key in given:
            raise InputError(f"--set {text}: {left.strip()} is set already; set it once")
        else:
            given[key] = number(value.strip(), key)
    if MARGIN in given and SOLD_AT in given:
        raise InputError("margin and price: one gives the other; leave one of them out")
    if LEVY in given and SOLD_AT not in given:
        raise InputError("levy without a price: it is a share of the price; give price=30000")
    counted = None if convention is None else find_convention(convention)
    return Subject(set_values(entry, tuple(inside)), catalogue, given, counted, entry.id)


def systems_named(name: Any) -> list[Any]:
    """Return the systems that are named, one or several, in their order."""
    if isinstance(name, str | os.PathLike | SystemEntry):
        return [name]
    if isinstance(name, set | frozenset | Mapping):
        raise InputError(f"system: a {type(name).__name__}, whose order is not fixed; give a list of systems")
    if getattr(name, "ndim", 1) == 0 and isinstance(name.item(), str):  # of a long double it is one again
        return [name.item()]
    several = list(items("system", name, "give a system's name, or a list of them"))
    if not several:
        raise InputError("no system; name one, such as h100")
    return several


def subjects_of(
    name: Any,
    node: str | At | Iterable[str | At] | None,
    catalogue: Catalogue,
    values: Iterable[str] | Mapping[str, object],
    convention: str | None,
) -> list[list[Subject]]:
    """Return each system that is named, on each node that is: a row a system."""
    texts = set_texts(values)
    found = [subject(each, catalogue, texts, None, convention) for each in systems_named(name)]
    if node is None:
        return [[each] for each in found]
    words = plain_nodes(node)
    return [[each.with_node(word) for word in words] for each in found]


def find_input(text: str, asked: Subject) -> str:
    """Return the key of an input that a user calls ``die.gpu.d0``, ``d0`` or ``volume``: ``die.gpu:d0_per_cm2``."""
    if not isinstance(text, str) or not text.strip():
        raise InputError(f"input {brief(text)}: no name; write PART.KEY, such as assembly.package_yield")
    plain = text.strip().lstrip("-")
    whole = WHOLE.get(plain.lower(), plain.lower().replace("-", "_"))
    if whole in WHOLE.values():
        return whole
    label, dot, name = plain.replace(":", ".").rpartition(".")
    labels = [part.label for part in asked.entry.parts]
    labels += [step for step in STEPS if step not in labels]
    if dot:
        if label not in labels:
            close = sorted(nearest(label, labels), key=lambda each: not each.startswith("die."))
            hint = f"nearest: {', '.join(close)}" if close else f"it has {', '.join(labels)}"
            raise InputError(f"'{text}': {asked.entry.id} has no part '{label}'; {hint}")
        return f"{label}:{_known(label.partition('.')[0], name, label)}"
    takers = [(label, key) for label in labels if (key := key_in(label.partition(".")[0], name)) is not None]
    # What several kinds of parts have is meant of the dies: D0, a count.
    takers = [(label, key) for label, key in takers if label.startswith("die.")] or takers
    if len(takers) == 1:
        return ":".join(takers[0])
    if takers:
        raise InputError(
            f"'{text}': {', '.join(f'{label}.{name}' for label, _ in takers)} of {asked.entry.id}; say which"
        )
    kinds = dict.fromkeys(label.partition(".")[0] for label in labels)
    known = [*WHOLE, *(f"{kind}.{key}" for kind in kinds for key in PART_KEYS[kind])]
    close = nearest(name, [each.rpartition(".")[2] for each in known])
    hint = f"nearest: {', '.join(close)}" if close else f"write PART.KEY, with one of its parts: {', '.join(labels)}"
    raise InputError(f"'{text}': no input of {asked.entry.id}; {hint}")


def _known(kind: str, name: str, label: str) -> str:
    found = key_in(kind, name)
    if found is not None:
        return found
    known = (*TEXTS.get(kind, ()), *PART_KEYS[kind])
    close = nearest(name.replace("-", "_"), known)
    hint = f"nearest: {', '.join(close)}" if close else f"known: {', '.join(known)}"
    raise InputError(f"{label}: unknown '{name}'; {hint}")


def is_name(path: str) -> bool:
    """Whether the values of an input are names."""
    key = path.rpartition(":")[2]
    q = find_quantity(key)
    return q is None or q.is_name


def read_outputs(
    names: Iterable[str], subjects: Iterable[Subject], axes: Iterable[str] = (), known: Sequence[str] = OUTPUTS
) -> tuple[str, ...]:
    """Return the keys of the results that are asked for, among those `known`, each one that these systems have."""
    hint, several, varied = f"all: {', '.join(known)}", tuple(subjects), set(axes)
    meant = [usual_output(several, varied) if is_cost(name) else name for name in names]
    found = tuple(dict.fromkeys(key_of(name, known, "result of a system", hint) for name in meant))
    for asked in several:
        given = {*asked.whole, *varied}
        for key in found:
            if key in (NRE, TOTAL, *band_of(TOTAL)) and VOLUME not in given:
                raise InputError(f"{key} of {asked.label}: no volume; give --set volume=1M, or ask for {UNIT}")
            if key in (SOLD_AT, MARGIN, "margin_after_levy") and not {MARGIN, SOLD_AT} & given:
                raise InputError(
                    f"{key} of {asked.label}: no price and no margin; give --set margin=60% or price=30000"
                )
    return found


def is_cost(name: object) -> bool:
    """Whether a name means what a unit costs, with a volume in all."""
    return isinstance(name, str) and name.strip().lower() == "cost"


def usual_output(subjects: Iterable[Subject], axes: Iterable[str] = ()) -> str:
    """Return the result that is asked for where none is named: with one-time costs where there is a volume."""
    varied = set(axes)
    return TOTAL if all(VOLUME in {*asked.whole, *varied} for asked in subjects) else UNIT
