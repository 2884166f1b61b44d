"""Calls of `evaluate` that are asked alike again and again: what the first of them found out serves the others.

Alike are calls with the same keys in the same order, arrays and numbers in the same places, and the same names. What is
left to look at is each value: numbers are held to their ranges, arrays to one shape and the type of the results.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.question.market import BEHIND_D0, YEAR
from nodecalc.vocabulary import quantity

if TYPE_CHECKING:
    import numpy as np

    from nodecalc.question.resolve import Resolved
    from nodecalc_kernels.compiled.ready import Ready
    from nodecalc_kernels.stages import Stage

KEPT: Final = 256
"""Different questions that are kept ready."""

AREAS: Final = frozenset(("die_area_mm2", "die_width_mm", "die_height_mm"))
"""Where all three are given, each point is looked at."""

Asked = tuple[Any, ...]
"""What calls that are alike have in common, keys and types of the inputs last."""


class _Kept(NamedTuple):
    """A question that is ready."""

    ready: Ready
    holds: tuple[Callable[[float], bool] | None, ...]
    """Whether a number is in its range, for each input that is one."""
    market: tuple[int, ...]
    """Places of numbers that decide which figures the node supplies."""
    numbers: tuple[float, ...]
    """Those numbers, where `ready` holds."""


_kept: Final[dict[Asked, _Kept]] = {}


def asked_of(inputs: Any, *names: Any) -> Asked | None:
    """Return what a question has in common with others that are alike; None where each has to be looked at anew."""
    if inputs.__class__ is not dict:
        return None
    asked = (*names, *inputs, *map(type, inputs.values()))
    try:
        hash(asked)
    except TypeError:
        return None
    return asked


def answered(asked: Asked, inputs: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the results where the question is ready; None where it is not, or a value is out of the common."""
    kept = _kept.get(asked)
    if kept is None:
        return None
    values = [*inputs.values()]
    for place, holds in enumerate(kept.holds):
        value = values[place]
        if holds is not None:
            if not holds(value):
                return None
            values[place] = float(value)
        elif value.__class__ is list:
            values[place] = _array(value)
    if kept.market and tuple([values[place] for place in kept.market]) != kept.numbers:
        return None
    return kept.ready(values)


def _array(given: list[Any]) -> Any:
    """Return a list of plain numbers as an array; anything else as it is, which nothing is ready for."""
    from nodecalc_kernels.numpy_whole import np

    return np.array(given, np.float64) if set(map(type, given)) <= {float, int} else given


def keep(
    asked: Asked,
    inputs: Mapping[str, Any],
    values: Mapping[str, Any],
    stages: Sequence[Stage],
    outputs: Sequence[str],
    found: Resolved,
    kind: np.dtype[Any],
) -> None:
    """Make a question ready that was answered.

    Args:
        asked: from `asked_of`.
        inputs: as they were given.
        values: the same as numbers and arrays by key, in the same order.
        stages: what is worked out.
        outputs: keys of the results.
        found: what the node and defaults supply.
        kind: type of the results.

    """
    from nodecalc_kernels.compiled.ready import Ready
    from nodecalc_kernels.numpy_whole import np

    types = [type(value) for value in inputs.values()]
    arrays = [one in (np.ndarray, list) for one in types]
    if asked in _kept or not all(one in (float, int, np.float64, np.ndarray, list) for one in types):
        return
    if len(values) != len(types) or set(values) >= AREAS or set(values) & {YEAR, *outputs}:
        return
    supplied = {key: number for key, number in found.numbers.items() if key not in values}
    if any(type(number) not in (float, int) for number in supplied.values()):
        return  # it is read anew for each point
    try:
        ready = Ready(stages, tuple(values), arrays, supplied, found.defaults, outputs, kind)
    except ValueError:
        return
    market = [place for place, key in enumerate(values) if key in BEHIND_D0 and supplied and not arrays[place]]
    holds = (None if is_array else quantity(key).holds for key, is_array in zip(values, arrays, strict=True))
    numbers = [*values.values()]
    if len(_kept) >= KEPT:
        _kept.clear()
    _kept[asked] = _Kept(ready, tuple(holds), tuple(market), tuple(numbers[place] for place in market))
