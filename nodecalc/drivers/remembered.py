"""The same question with another D0 or price: resolved once, and from then on a function of those numbers.

Only what resolves to the same inputs, whatever the number, goes this way; everything else is resolved anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.catalogue import Catalogue
from nodecalc.question.graph import D0, PRICE
from nodecalc.vocabulary import QUANTITIES
from nodecalc_kernels.stages import after, keys_of, run

if TYPE_CHECKING:
    from .estimate import Estimate

REMEMBERED: Final = 256
"""Questions that are remembered; then all are forgotten, the plainest rule that bounds them."""

_PLAIN: Final = frozenset((str, int, float, bool, type(None), Catalogue))
"""What a question may hold that is remembered: compared by value, and nothing that can change."""

_FILES: Final = frozenset(("stack",))
"""Inputs that name a file."""

_MOST: Final = 1 << 53
"""Integers up to it are floats too; beyond every range, the reader of numbers says so."""

_FREE: Final = {
    spelling: key
    for key in (D0, PRICE)
    for spelling in (key, QUANTITIES[key].option.replace("-", "_"), *QUANTITIES[key].also)
}
"""Spellings of the inputs that may differ from one question to the next."""


class Remembered(NamedTuple):
    """A question that has been asked before."""

    first: Estimate
    keys: tuple[str, ...]
    """Inputs that may differ, in the order given."""
    moved: tuple[str, ...]
    """Results that differ with them."""
    function: Callable[..., Any]
    """Gives those results, or None where there is something to be said against the inputs."""


_questions: Final[dict[tuple[Any, ...], Remembered | None]] = {}
"""None for a question that was asked once: most are never asked again, and a function takes its time to write."""


def ask(question: tuple[Any, ...], inputs: Mapping[str, object], anew: Callable[[], Estimate]) -> Estimate:
    """Return the answer of `anew`, or the same from what is remembered of the question."""
    where = question[1]
    if not _FILES.isdisjoint(inputs) or (where.__class__ is str and ":" in where):
        return anew()  # a file may change, and an input of the node's own goes before one that is given for all
    free: list[float] = []
    rest: list[Any] = []
    for key, value in inputs.items():
        if key in _FREE and (value.__class__ is float or (value.__class__ is int and -_MOST < value < _MOST)):
            free.append(float(value))
            rest.append(key)
        elif value.__class__ in _PLAIN:
            rest.append((key, value, value.__class__))
        else:
            return anew()
    for value in question:
        if value.__class__ not in _PLAIN:
            return anew()
    whole = (question, question[0].__class__, *rest)
    if whole not in _questions:
        answer = anew()
        _remember(whole, None)
        return answer
    known = _questions[whole]
    if known is None:
        answer = anew()
        _remember(whole, _written(answer, tuple(_FREE[key] for key in rest if key.__class__ is str)))
        return answer
    moved = known.function(*free)
    if moved is None:
        return anew()  # it says what is wrong
    return known.first.moved(dict(zip(known.keys, free, strict=True)), dict(zip(known.moved, moved, strict=True)))


def _remember(whole: tuple[Any, ...], what: Remembered | None) -> None:
    if len(_questions) >= REMEMBERED:
        _questions.clear()
    _questions[whole] = what


def _written(answer: Estimate, keys: tuple[str, ...]) -> Remembered:
    from .straight import straight

    stages = answer.inputs.stages()
    numbers = answer.inputs.numbers
    results = run(stages, numbers)
    moved = tuple(key for key in keys_of(after(stages, keys)) if key in results and key not in numbers)
    fixed = {key: value for key, value in numbers.items() if key not in keys}
    return Remembered(answer, keys, moved, straight(stages, fixed, keys, moved, lambda *_: None))
