"""What is set of a system beside what moves it: an input that is set and varies has two values, and is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from nodecalc.doors import brief, items
from nodecalc.errors import InputError
from nodecalc.question.at import At, read_nodes

from .graph import MARGIN, SOLD_AT
from .reading import INSTEAD, path_set, set_texts

if TYPE_CHECKING:
    from .subject import Subject

NAME_SOME: Final = "give nodes, such as tsmc-n5"
AXIS: Final = "it is an axis and fixed; give one of them"
VARIED: Final = "it varies and is fixed; give one of them"
SOLVED: Final = "it is what is solved for; leave it out"


def plain_nodes(node: Any) -> tuple[str, ...]:
    """Return the nodes that the dies of a system are put on, by name.

    A node may come as `at` gives it; inputs of its own are those of one die, and which of a system's is not said.
    """
    if isinstance(node, set | frozenset | Mapping):
        raise InputError(f"node: a {type(node).__name__}, whose order is not fixed; give a list of nodes")
    if getattr(node, "ndim", 1) == 0:
        node = node.item()
    alone = isinstance(node, str | At) or hasattr(node, "id")
    several: list[At] = []
    for each in (node,) if alone else items("node", node, NAME_SOME):
        if isinstance(each, At):
            several.append(each)
        else:
            several += [At(each)] if hasattr(each, "id") else read_nodes(each)
    if not several:
        raise InputError(f"node {brief(node)}: none is named; {NAME_SOME}, or leave it out")
    for each in several:
        if each.own:
            pair = str(each).partition(":")[2].split(",")[0]
            raise InputError(
                f"node {each}: inputs of its own, and a system has several parts; give the node alone, and its inputs "
                f"by part, such as --set die.NAME.{pair}"
            )
    return tuple(each.node if isinstance(each.node, str) else each.node.id for each in several)


def one_node(node: Any) -> str:
    """Return the node that the dies of a system are put on, where one is taken."""
    several = plain_nodes(node)
    if len(several) > 1:
        raise InputError(f"node {brief(node)}: several nodes where one is taken; give one")
    return several[0]


def refuse_set(
    values: Iterable[str] | Mapping[str, object],
    moved: Mapping[str, str],
    why: str,
    node: object = None,
    subjects: Sequence[Subject] = (),
) -> None:
    """Refuse what is set and moves too: paths of `moved` are called as its values say, `node` those of all dies."""
    dies = {f"{die.label}:node" for each in subjects for die in each.entry.of("die")} if node is not None else set()
    for path, called in moved.items():
        if path in dies:
            raise InputError(f"{called} and -n: both say the node of a die; give one of them")
    for text in set_texts(values):
        mine = path_set(text)
        if mine is None:
            continue  # what is wrong with it is for whoever reads it to say
        if mine in dies:
            raise InputError(f"--set {brief(text)} and -n: both say the node of a die; give one of them")
        for other, called in moved.items():
            if are_one(mine, other):
                raise InputError(f"{called} and --set {text.strip()}: {why}")


def are_one(path: str, other: str) -> bool:
    """Whether two inputs say the same: they are one, or either takes the place of the other, as price and margin."""
    if path == other or {path, other} == {MARGIN, SOLD_AT}:
        return True
    (label, _, key), (whose, _, meant) = path.rpartition(":"), other.rpartition(":")
    return bool(label) and label == whose and (meant in INSTEAD.get(key, ()) or key in INSTEAD.get(meant, ()))
