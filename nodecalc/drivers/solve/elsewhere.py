"""Where a question has no answer: at which other input it would have one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.errors import NodecalcError
from nodecalc.question.graph import SIZE_KEYS
from nodecalc.question.resize import AREA
from nodecalc.vocabulary import QUANTITIES, quantity

from .question import BOTH, Question, read_span
from .scan import points, scan

if TYPE_CHECKING:
    from .solution import Solution

POINTS: Final = 60
"""Points of the range of another input that are looked at."""


class Elsewhere(NamedTuple):
    """Another input with which there would be an answer."""

    key: str
    value: float
    own: float | None
    """What it is otherwise."""
    whose: str
    at: float | None
    """The input looked for where this holds: where it comes nearest; None is at what it is otherwise."""

    def to_dict(self) -> dict[str, Any]:
        """Return it as a flat object."""
        return self._asdict()


def elsewhere(solution: Solution) -> tuple[Elsewhere, ...]:
    """Return other inputs that would make it so: with the input looked for as it is, and where it comes nearest."""
    asked = solution.question
    found = []
    for at in (None, solution.found.nearest[0]):
        moved = {} if at is None else {asked.key: at}
        for key in _candidates(asked):
            root = _root(asked, key, moved)
            if root is not None:
                found.append(Elsewhere(key, root[0], root[1], asked.whose_is(key), at))
    return tuple(found)


def _candidates(asked: Question) -> Iterator[str]:
    """Yield the figures of the node that the result may depend on, and the die's area."""
    for key, q in QUANTITIES.items():
        if q.role == "input" and q.field and not q.default and key != asked.key:
            yield key
    if asked.key not in SIZE_KEYS and asked.first.chip is None:
        yield AREA


def _root(asked: Question, key: str, moved: Mapping[str, float]) -> tuple[float, float | None] | None:
    """Return the root in another input nearest to what it is, and what it is; None where there is none."""
    q = quantity(key)
    low, high = read_span(q, None)
    whose = BOTH if key in SIZE_KEYS else asked.whose_is(key)
    own = asked.first.figure(key)
    start = own if own is not None else points(low, high, q.is_share, 3)[1]
    try:
        first, second = asked.curves(key, whose, start, moved)
        found = scan(first, second, points(low, high, q.is_share, POINTS))
    except NodecalcError:
        return None
    if found is None or not found.roots:
        return None
    roots = [root.at for root in found.roots]
    return (min(roots, key=lambda x: abs(x - own)) if own is not None else roots[0]), own
