"""A node with inputs of its own: ``n5:d0=0.07,wafer-price=15000``, or ``at("n5", d0=0.07)`` in Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isnan
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.doors import brief, real
from nodecalc.errors import InputError
from nodecalc.vocabulary import QUANTITIES, WAFER_NAME_KEYS, find_quantity, tool_key
from nodecalc.vocabulary.spelling import key_of

from .graph import KEYWORDS

if TYPE_CHECKING:
    from nodecalc.catalogue import Node

FORM: Final = "write NODE:KEY=VALUE,KEY=VALUE, such as n5:d0=0.07,wafer-price=15000"


ALONE: Final = "given for this node alone"
"""What is said of a node's own inputs."""


class At(NamedTuple):
    """A node, and inputs that are given for it alone."""

    node: str | Node
    own: tuple[tuple[str, Any], ...] = ()
    """Vocabulary key and value, as given."""

    def __str__(self) -> str:
        """Return it as the command line writes it."""
        name = self.node if isinstance(self.node, str) else self.node.id
        listed = ",".join(f"{_spelling(key)}={_text(key, value)}" for key, value in self.own)
        return f"{name}:{listed}" if listed else name


def at(node: str | Node | At, **inputs: Any) -> At:
    """Return `node` with inputs of its own, for ``node=`` of `estimate`, `sweep`, `evaluate` and `wafer_cost`.

    Args:
        node: id or name of a process node.
        **inputs: any input key of the vocabulary, or the command line's spelling of it; one value each. They go before
            what is given for all nodes, and are taken as exact.

    Raises:
        NodecalcError: an unknown input, an input given twice, several values.

    >>> import nodecalc as nc
    >>> str(nc.at("tsmc-n5", d0=0.07, wafer_price=15000))
    'tsmc-n5:d0=0.07,wafer-price=15000'
    >>> nc.estimate(100, node=nc.at("n5", d0=0.07)) == nc.estimate(100, node="n5", d0=0.07)
    True

    """
    first = node if isinstance(node, At) else read_node(node) if isinstance(node, str) else At(node)
    found = dict(first.own)
    for name, value in inputs.items():
        key = _key(name)
        if key in found:
            raise InputError(f"node {first}: {key} given twice; give it once")
        if key not in WAFER_NAME_KEYS and hasattr(value, "__iter__") and not isinstance(value, str):
            raise InputError(f"node {first.node}: {key} {brief(value)}: several values; a node's own input has one")
        found[key] = value
    return At(first.node, tuple(found.items()))


def read_node(text: str) -> At:
    """Return the node, and its own inputs, that a text means: ``n5`` or ``n5:d0=0.07,wafer-price=15000``."""
    several = read_nodes(text)
    if len(several) != 1:
        raise InputError(f"node '{text}': several nodes where one is taken; give one")
    return several[0]


def read_nodes(text: str) -> list[At]:
    """Return the nodes in a list with commas, each with its own inputs.

    >>> [str(node) for node in read_nodes("n7,n5:d0=0.07,wafer-price=15k")]
    ['n7', 'n5:d0=0.07,wafer-price=15k']
    """
    nodes: list[At] = []
    if not isinstance(text, str):
        raise InputError(f"node {brief(text)}: no name; {FORM}")
    for part in text.split(","):
        head, colon, pair = part.partition(":")
        if colon:
            nodes.append(_with(At(head.strip()), pair, text))
        elif "=" in part:
            if not nodes or not nodes[-1].own:
                raise InputError(f"node '{text}': '{part}' follows no node with a colon; {FORM}")
            nodes[-1] = _with(nodes[-1], part, text)
        else:
            nodes.append(At(part.strip()))
    if len(nodes) > 1 and any(node.node == "" for node in nodes):
        raise InputError(f"node '{text}': an empty name between commas; {FORM}")
    return nodes


def nodes_of(texts: Iterable[str]) -> list[At]:
    """Return the nodes of several words, each a node or a list of them."""
    return [node for text in texts for node in read_nodes(text)]


def apart(node: str | Node | At | None) -> tuple[str | Node | None, dict[str, Any]]:
    """Return a node without its own inputs, and those by key."""
    if isinstance(node, str) and (":" in node or "," in node):
        node = read_node(node)
    return (node.node, dict(node.own)) if isinstance(node, At) else (node, {})


def _with(node: At, pair: str, text: str) -> At:
    name, equals, value = pair.partition("=")
    if not equals or not name.strip() or not value.strip():
        raise InputError(f"node '{text}': '{pair}' is no input of a node; {FORM}")
    if ":" in value:
        raise InputError(f"node '{text}': {name}={value}: a range; a node's own input has one value, --over has ranges")
    if name.strip().lower() in ("node", "nodes"):
        raise InputError(f"node '{text}': a node of a node; name it alone, or both with a comma")
    return at(node, **{name.strip(): value.strip()})


def _key(name: str) -> str:
    plain = name.strip().lower().lstrip("-").replace("-", "_")
    if tool_key(plain):
        return plain  # whether there is such a tool is for the catalogue to say
    known = (*KEYWORDS, *WAFER_NAME_KEYS, *(key for key, q in QUANTITIES.items() if q.group in _OF_WAFER))
    return key_of(name, known, "input of a node", "'nodecalc keys' lists all")


_OF_WAFER: Final = ("wafer", "euv", "product")


def _spelling(key: str) -> str:
    q = QUANTITIES.get(key)
    return q.option if q is not None and q.option else key.replace("_", "-")


def _text(key: str, value: Any) -> str:
    """Return a value as a word that reads back the same."""
    if isinstance(value, str):
        return value.replace(",", "+")
    if key in WAFER_NAME_KEYS and isinstance(value, list | tuple):
        return "+".join(map(str, value))
    number = real(value)
    if isnan(number):
        return brief(value)  # given for all, where it is refused or not looked at
    q = find_quantity(key)
    if q is not None and q.bare is not None and not q.bare[0] <= number <= q.bare[1]:
        from .units import written

        return written(number, key)
    return f"{number:g}" if float(f"{number:g}") == number else repr(number)


def check_counted(nodes: Sequence[str | Node | At], given: Mapping[str, Any]) -> None:
    """Refuse an input that is given for all `nodes` and counts for none, as each of them has its own."""
    owns = [apart(node)[1] for node in nodes]
    for key, value in given.items():
        if owns and value is not None and all(key in own for own in owns):
            from .units import label

            q = find_quantity(key)
            name, said = key if q is None else label(q), value if isinstance(value, str) else brief(value)
            whose = str(nodes[0]) if len(nodes) == 1 else "each node"
            raise InputError(
                f"{name} {said}: {whose} has its own, so that it counts for nothing; leave one of them out"
            )


def described(own: Mapping[str, Any]) -> str:
    """Return a node's own inputs as a note says them."""
    return ", ".join(f"{_spelling(key)} {_text(key, value)}" for key, value in own.items())


def note_of_own(node_id: str, own: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    """Return what is said of a node's own inputs, and of those of the same keys in `given`, which it goes before."""
    passed = {key: value for key, value in given.items() if key in own and value is not None}
    instead = f", before {described(passed)} given for all" if passed else ""
    return f"{node_id}: {described(own)}, {ALONE}{instead}"
