"""One function of a few numbers, written from the stages between them and the results: no mapping, no loop, no look-up.

What none of the numbers changes is worked out once. The functions are those of the stages, so the bits are those of
every other driver.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from nodecalc.question.units import number
from nodecalc.vocabulary import quantity
from nodecalc_kernels.stages import Stage, after, behind, settled

REMEMBERED: Final = 4096
"""Dies whose placement is remembered, of one function."""


def straight(
    stages: Sequence[Stage],
    numbers: Mapping[str, float],
    varied: Sequence[str],
    outputs: str | Sequence[str],
    otherwise: Callable[..., Any],
    inlined: bool = False,
) -> Callable[..., Any]:
    """Return the function ``f(*numbers)`` of the keys `varied`, which gives an output, or a tuple of several.

    Args:
        stages: the question, in order.
        numbers: key -> number, for everything that is not varied.
        varied: keys, as the function takes them.
        outputs: key of the result, or several keys.
        otherwise: called with the numbers where they leave a wafer without dies, yield or a finite cost; it says so.
        inlined: write the formulas themselves into the function, which takes some milliseconds and halves its time.

    """
    known = settled(stages, numbers, varied)
    several = (outputs,) if isinstance(outputs, str) else tuple(outputs)
    steps = _steps(behind(after(stages, varied), several, known), {*known, *varied})
    bound: dict[str, Any] = {"number": number, "otherwise": otherwise, "INF": float("inf")}
    lines = [*_worked_out(steps, known, varied, bound, inlined)]
    made = {key for step in steps for key in step.outputs}
    results = [_name(key, {*made, *varied}, known, bound) for key in several]
    doubts = [
        text.format(_name(key, made, known, bound))
        for key, text in (("gross_dies", "{} > 0.0"), ("die_yield", "{} > 0.0"), ("good_die_cost_usd", "{} < INF"))
        if key in made or key in known
    ]
    if doubts:
        lines += [f"if not ({' and '.join(doubts)}):", f"    return otherwise({', '.join(varied)})"]
    lines.append(
        f"return {results[0]}" if isinstance(outputs, str) else f"return ({''.join(f'{r}, ' for r in results)})"
    )
    if inlined:
        lines = _folded(lines, steps, known, varied, bound)
    lines = [*_checked(varied), *lines]
    text = "\n".join(
        (
            f"def maker({', '.join(bound)}):",
            f"    def function({', '.join(varied)}):",
            *(f"        {line}" for line in lines),
            "    return function",
        )
    )
    space: dict[str, Any] = {}
    exec(compile(text, "<a function of stages>", "exec"), space)
    function: Callable[..., Any] = space["maker"](**bound)
    function.written = text  # type: ignore[attr-defined]
    return function


def _checked(varied: Sequence[str]) -> Iterator[str]:
    """Yield the lines that let plain numbers in their range pass, and leave the rest to the one reader of numbers."""
    for key in varied:
        q = quantity(key)
        inside = f"{q.low!r} {'<' if q.low_open else '<='} {key}" + (f" <= {q.high!r}" if q.high < float("inf") else "")
        yield f"if {key}.__class__ is not float or not {inside}:"
        yield f"    {key} = number({key}, {key!r})"


def _folded(
    lines: Sequence[str],
    steps: Sequence[Stage],
    known: Mapping[str, float],
    varied: Sequence[str],
    bound: Mapping[str, Any],
) -> list[str]:
    """Return the lines without what follows from the range of each input."""
    from .folded import folded

    bounds = {key: (quantity(key).low, quantity(key).high) for key in varied}
    gives = {
        step.outputs[0]: ([f"c_{key}" if key in known else key for key in step.inputs], step.within)
        for step in steps
        if step.within is not None
    }
    return folded(lines, bound, bounds, gives)


def _steps(steps: Sequence[Stage], there: set[str]) -> list[Stage]:
    """Return those of `steps` whose inputs are all there, as `run` carries them out."""
    found = []
    for step in steps:
        if all(key in there for key in step.inputs) and not all(key in there for key in step.outputs):
            found.append(step)
            there.update(step.outputs)
    return found


def _worked_out(
    steps: Sequence[Stage], known: Mapping[str, float], varied: Sequence[str], bound: dict[str, Any], inlined: bool
) -> Iterator[str]:
    made = set(varied)
    write = None
    if inlined:
        from .inlined import Inliner

        write = Inliner(bound).call
    for place, step in enumerate(steps):
        operands = [_name(key, made, known, bound) for key in step.inputs]
        # What is given stands, whatever a stage makes of it.
        names = [key if key not in known and key not in varied else "_" for key in step.outputs]
        if write is not None and not step.once:
            yield from write(step.function, operands, names)
        else:
            bound[f"f{place}"] = lru_cache(maxsize=REMEMBERED)(step.function) if step.once else step.function
            yield f"{', '.join(names)} = f{place}({', '.join(operands)})"
        made.update(key for key in step.outputs if key not in known)


def _name(key: str, made: set[str], known: Mapping[str, float], bound: dict[str, Any]) -> str:
    """Return what a key is called in the text: itself where it is worked out there, else a number that is bound."""
    if key in made:
        return key
    bound[f"c_{key}"] = known[key]
    return f"c_{key}"
