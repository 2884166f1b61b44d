"""A stage: one step of a calculation, which says by vocabulary keys what it takes and what it gives.

Every driver reads what it needs to know from a list of stages: which keys there are, what depends on what, in which
order, what is worth a loop of its own. A stage never knows its driver; a driver never holds a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

NOTHING: Final[frozenset[str]] = frozenset()


class Stage(NamedTuple):
    """One step: `function(*inputs)` gives the `outputs`; all are keys, of the vocabulary or of a step in between."""

    outputs: tuple[str, ...]
    function: Callable[..., Any]
    inputs: tuple[str, ...]
    formula: str = ""
    """The equation, for people."""
    put_in: str = ""
    """The same with the inputs' values to be put in, by key."""
    long: bool = False
    """A formula of many steps: a loop over many points ends behind it, or none sees the next point past it."""
    once: bool = False
    """A search: it is worked out once for each different combination of inputs, not point by point."""
    within: tuple[float, float] | None = None
    """Of one result: between which numbers it is, and never nan, where the inputs are in their ranges."""
    halves: tuple[Callable[..., tuple[float, float]], Callable[..., float]] | None = None
    """Of a formula too long for one loop: two functions that are, one behind the other, what `function` is."""


def stage(
    outputs: str | tuple[str, ...],
    function: Callable[..., Any],
    *,
    formula: str = "",
    put_in: str = "",
    long: bool = False,
    once: bool = False,
    **keys: str,
) -> Stage:
    """Return the stage of `function`, whose parameters are the keys it takes, but for those that `keys` rename."""
    code = function.__code__
    names = code.co_varnames[: code.co_argcount]
    inputs = tuple(keys.get(name, name) for name in names)
    given = (outputs,) if isinstance(outputs, str) else outputs
    return Stage(given, function, inputs, formula, put_in, long, once)


def behind(stages: Iterable[Stage], outputs: Iterable[str], given: Collection[str] = NOTHING) -> tuple[Stage, ...]:
    """Return those of `stages` that `outputs` depend on, in their order; what is `given` is not worked out again."""
    wanted = set(outputs).difference(given)
    used = []
    for step in reversed(tuple(stages)):
        if not wanted.isdisjoint(step.outputs):
            used.append(step)
            wanted.difference_update(step.outputs)
            wanted.update(key for key in step.inputs if key not in given)
    return tuple(reversed(used))


def needed(stages: Iterable[Stage], outputs: Iterable[str], given: Collection[str] = NOTHING) -> set[str]:
    """Return the keys that `stages` must start from to work out `outputs`; those that are `given` among them."""
    wanted = set(outputs)
    for step in reversed(tuple(stages)):
        made = wanted.intersection(step.outputs).difference(given)
        if made:
            wanted = wanted.difference(made).union(step.inputs)
    return wanted


def keys_of(stages: Iterable[Stage]) -> tuple[str, ...]:
    """Return every key that `stages` give, in the order in which they give it."""
    return tuple(dict.fromkeys(key for step in stages for key in step.outputs))


def starts_of(stages: Iterable[Stage]) -> tuple[str, ...]:
    """Return every key that some of `stages` takes and none gives, in the order in which they are asked for."""
    several = tuple(stages)
    made = set(keys_of(several))
    return tuple(dict.fromkeys(key for step in several for key in step.inputs if key not in made))


def after(stages: Iterable[Stage], changed: Iterable[str]) -> tuple[Stage, ...]:
    """Return those of `stages` whose results change with any of the keys `changed`, in their order."""
    moved, found = set(changed), []
    for step in stages:
        if not moved.isdisjoint(step.inputs):
            found.append(step)
            moved.update(step.outputs)
    return tuple(found)


def settled(stages: Sequence[Stage], numbers: Mapping[str, float], changed: Iterable[str]) -> dict[str, float]:
    """Return `numbers` with the results of those of `stages` that no key of `changed` changes."""
    moved = {key for step in after(stages, changed) for key in step.outputs}
    return run((step for step in stages if moved.isdisjoint(step.outputs)), numbers)


def merged(stages: Iterable[Stage], same: Mapping[str, str], kept: Collection[str] = NOTHING) -> tuple[Stage, ...]:
    """Return `stages` without those that work out again what one before them does.

    Args:
        stages: in the order they run.
        same: keys that they start from, and for each another that always has the same number.
        kept: results that stay under their own key.

    >>> from math import sqrt
    >>> several = (Stage(("x",), sqrt, ("a",)), Stage(("y",), sqrt, ("b",)), Stage(("z",), max, ("x", "y")))
    >>> [(step.outputs, step.inputs) for step in merged(several, {"b": "a"})]
    [(('x',), ('a',)), (('z',), ('x', 'x'))]

    """
    stands_for, found = dict(same), []
    seen: dict[tuple[Any, tuple[str, ...]], tuple[str, ...]] = {}
    for step in stages:
        inputs = tuple(stands_for.get(key, key) for key in step.inputs)
        before = seen.setdefault((step.function, inputs), step.outputs)
        if before is step.outputs or not set(kept).isdisjoint(step.outputs):
            found.append(step._replace(inputs=inputs))
        else:
            stands_for |= dict(zip(step.outputs, before, strict=True))
    return tuple(found)


def run(stages: Iterable[Stage], values: Mapping[str, float]) -> dict[str, float]:
    """Run `stages` on `values` (key -> number) and return `values` with every result added.

    What is among `values` stands: a stage all of whose results are given is passed over. So is one whose inputs are
    not all there, and with it whatever needs its results: a memory node has no logic density, and still has a cost.
    """
    known = dict(values)
    for outputs, function, inputs, *_ in stages:
        if len(outputs) == 1:
            if outputs[0] not in known and all(key in known for key in inputs):
                known[outputs[0]] = function(*[known[key] for key in inputs])
        elif not all(key in known for key in outputs) and all(key in known for key in inputs):
            for key, value in zip(outputs, function(*[known[key] for key in inputs]), strict=True):
                known.setdefault(key, value)
    return known
