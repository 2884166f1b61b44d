"""Statements about answers, such as ``smic-n+3 > 2 x tsmc-n5``: read, and true or not in a world."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.errors import InputError
from nodecalc.question.units import number
from nodecalc.vocabulary import quantity
from nodecalc.vocabulary.spelling import meant_by

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FORM: Final = "write 'good_die_cost_usd < 40', 'smic-n+3 > tsmc-n5', 'smic-n+3 > 2 x tsmc-n5' or 'n5:die_yield > 80%'"

_COMPARED: Final = re.compile(r"(<=|>=|<|>|≤|≥)")
_NUMBER: Final = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[-+]?[0-9]+)?"
_BARE: Final = re.compile(rf"[-+]?{_NUMBER}", re.IGNORECASE)
_FIGURE: Final = re.compile(rf"[-+]?\$?\s*{_NUMBER}\s*[a-z%$/][a-z0-9/^$²-]*|\$\s*{_NUMBER}", re.IGNORECASE)
_TIMES: Final = re.compile(rf"({_NUMBER})\s*[x*×]\s*(.+)", re.IGNORECASE)


class Asked(NamedTuple):
    """How a question calls what its statements are about."""

    form: str = FORM
    """What to write."""
    what: str = "node"
    """What the question is of."""
    cost: str = ""
    """Key of the result that ``cost`` means; "" for that of dies."""


OF_DIES: Final = Asked()


class Side(NamedTuple):
    """What stands on one side: a result of a node, times a factor, or a number."""

    factor: float
    key: str = ""
    """"" for a number, which is the factor."""
    node: int = 0


class Statement(NamedTuple):
    """Sides, and how each compares to the next."""

    text: str
    sides: tuple[Side, ...]
    signs: tuple[str, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The results that it is about."""
        return tuple(side.key for side in self.sides if side.key)

    def true_in(self, worlds: Mapping[tuple[int, str], Any]) -> NDArray[np.bool_]:
        """Return in which worlds it is true."""
        from nodecalc_kernels.numpy_whole import np

        found: Any = None
        for left, sign, right in zip(self.sides, self.signs, self.sides[1:], strict=False):
            a, b = (side.factor * worlds[side.node, side.key] if side.key else side.factor for side in (left, right))
            holds = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}[sign](a, b)
            found = holds if found is None else found & holds
        return found  # type: ignore[no-any-return]


def read_statement(
    text: str,
    usual: str,
    results: Collection[str],
    nodes: Sequence[str],
    node: Callable[[str], int | None],
    asked: Asked = OF_DIES,
) -> Statement:
    """Return what a statement says.

    Args:
        text: the statement.
        usual: key of the result that is meant where only a node is named.
        results: keys that may be results.
        nodes: the nodes of the question; where there are several, a result without a node is of each of them.
        node: the number of the node that a word means, None for none.
        asked: how the question calls all of these.

    """
    parts = [part.strip() for part in _COMPARED.split(text)]
    words, signs = parts[::2], tuple({"≤": "<=", "≥": ">="}.get(sign, sign) for sign in parts[1::2])
    if not signs or not all(words):
        raise InputError(f"--prob '{text}': compares nothing; {asked.form}")
    if len(signs) > 2 or len({sign[0] for sign in signs}) > 1:
        raise InputError(f"--prob '{text}': more than one range; {asked.form}")
    sides = [_side(word, usual, results, nodes, node, text, asked) for word in words]
    keys = list(dict.fromkeys(side.key for side in sides if isinstance(side, Side)))
    if not keys:
        raise InputError(f"--prob '{text}': two numbers; {asked.form}")
    units = {quantity(key).unit for key in keys}
    if len(units) > 1:
        raise InputError(f"--prob '{text}': {' and '.join(keys)} have different units; compare like with like")
    whole = tuple(side if isinstance(side, Side) else Side(_number(side, keys[0], text)) for side in sides)
    return Statement(text, whole, signs)


def _side(
    word: str,
    usual: str,
    results: Collection[str],
    nodes: Sequence[str],
    node: Callable[[str], int | None],
    text: str,
    asked: Asked,
) -> Side | str:
    """Return a side, or the text of a number."""
    word, factor = word.strip(), 1.0
    if word not in nodes and _BARE.fullmatch(word):
        return word  # a node may be called by its length alone, and here it is a number
    number_ = node(word)
    if number_ is None and (found := _TIMES.fullmatch(word)) is not None:
        factor, word = float(found[1]), found[2].strip()
        number_ = node(word)
    if number_ is not None:
        return Side(factor, usual, number_)
    head, colon, tail = word.rpartition(":")
    key = asked.cost if asked.cost and tail.strip().lower() == "cost" else _key(tail, results)
    if key is None:
        if factor == 1.0 and _FIGURE.fullmatch(word):
            return word
        raise InputError(
            f"--prob '{text}': '{word}' is neither a {asked.what} of this question, a result nor a number; {asked.form}"
        )
    if colon:
        at = node(head.strip())
        if at is None:
            raise InputError(f"--prob '{text}': unknown {asked.what} '{head.strip()}'; {asked.form}")
        return Side(factor, key, at)
    if len(nodes) > 1:
        raise InputError(f"--prob '{text}': of which {asked.what}? write {nodes[0]}:{tail.strip()}")
    return Side(factor, key)


def _key(name: str, results: Collection[str]) -> str | None:
    plain = name.strip().lower().lstrip("-").replace("-", "_")
    found = plain if plain in results else meant_by(plain, results)
    return found if found in results else None


def _number(word: str, key: str, text: str) -> float:
    try:
        return number(word, key)
    except InputError as error:
        raise InputError(f"--prob '{text}': {error}") from None
