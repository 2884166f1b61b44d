"""The same question with another D0 or price: resolved once, and from then on a function of those numbers.

Only what resolves to the same inputs, whatever the number, goes this way; everything else is resolved anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import itemgetter
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


class Form(NamedTuple):
    """Questions whose inputs have the same names, in the same order, and values of the same classes."""

    free: tuple[int, ...]
    """Places of the inputs that may differ from one question to the next."""
    integers: bool
    """Whether some of those are integers."""
    rest: Callable[[tuple[Any, ...]], Any]
    """Gives the values of the other inputs."""


_forms: Final[dict[tuple[Any, ...], Form | None]] = {}
"""By the names and the classes of the inputs; None where the question may change that they ask."""

_questions: Final[dict[tuple[Any, ...], Remembered | None]] = {}
"""None for a question that was asked once: most are never asked again, and a function takes its time to write."""


def ask(question: tuple[Any, ...], inputs: Mapping[str, object], anew: Callable[[], Estimate]) -> Estimate:
    """Return the answer of `anew`, or the same from what is remembered of the question."""
    names, values = tuple(inputs), tuple[Any, ...](inputs.values())
    kind = (names, *map(type, values), *map(type, question))
    try:
        form = _forms[kind]
    except KeyError:
        form = _form(names, values, question)
        _put(_forms, kind, form)
    where = question[1]
    if form is None or (where.__class__ is str and ":" in where):
        return anew()  # an input of the node's own goes before one that is given for all
    free = [values[place] for place in form.free]
    if form.integers:
        if not all(-_MOST < value < _MOST for value in free if value.__class__ is int):
            return anew()
        free = [float(value) for value in free]
    whole = (question, form.rest(values), kind)
    try:
        known = _questions[whole]
    except KeyError:
        answer = anew()
        _put(_questions, whole, None)
        return answer
    if known is None:
        answer = anew()
        _put(_questions, whole, _written(answer, tuple(_FREE[names[place]] for place in form.free)))
        return answer
    moved = known.function(*free)
    if moved is None:
        return anew()  # it says what is wrong
    return known.first.moved(known.keys, free, known.moved, moved)


def _form(names: tuple[str, ...], values: tuple[Any, ...], question: tuple[Any, ...]) -> Form | None:
    """Return how questions are kept that are alike in names and classes; None where they are not."""
    if not _FILES.isdisjoint(names) or not all(value.__class__ in _PLAIN for value in (*values, *question)):
        return None  # a file may change
    free = tuple(
        place
        for place, (name, value) in enumerate(zip(names, values, strict=True))
        if name in _FREE and value.__class__ in (float, int)
    )
    others = [place for place in range(len(names)) if place not in free]
    rest = itemgetter(*others) if others else _nothing
    return Form(free, any(values[place].__class__ is int for place in free), rest)


def _nothing(values: tuple[Any, ...]) -> None:
    """Stand for the other inputs where there are none."""


def _put(kept: dict[tuple[Any, ...], Any], key: tuple[Any, ...], what: Any) -> None:
    if len(kept) >= REMEMBERED:
        kept.clear()
    kept[key] = what


def _written(answer: Estimate, keys: tuple[str, ...]) -> Remembered:
    from .straight import straight

    stages = answer.inputs.stages()
    numbers = answer.inputs.numbers
    results = run(stages, numbers)
    moved = tuple(key for key in keys_of(after(stages, keys)) if key in results and key not in numbers)
    fixed = {key: value for key, value in numbers.items() if key not in keys}
    return Remembered(answer, keys, moved, straight(stages, fixed, keys, moved, lambda *_: None))
