"""Axes and fixed inputs as files hold them, checked as those that somebody types: a file may come from anywhere."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import inf
from typing import Any, Final

from nodecalc.doors import brief
from nodecalc.errors import InputError
from nodecalc.vocabulary import node_key

from .axis import Axis, Span
from .graph import RATE
from .grids import GRID
from .ranges import LONGEST_LIST, MOST_POINTS, NAME_KEYS, axis_keys
from .salvage import TEXTS
from .units import number

LONGEST_TEXT: Final = 10_000
"""Characters of an input that is a text; the longest one that means anything is a list of a few hundred nodes."""


def axis_of_spec(spec: Any, any_key: bool = False) -> Axis:
    """Return the axis that `Axis.to_spec` described; with `any_key` of whatever goes by that key."""
    if not isinstance(spec, dict):
        raise InputError(f"an axis {brief(spec)}; allowed: an object with key and values")
    key = text_of_spec("axis", spec.get("key")) if any_key else _input(spec.get("key"), ())
    if "values" in spec:
        words = isinstance(spec["values"], list) and any(isinstance(x, str) for x in spec["values"])
        listed = words and (any_key or key == GRID)
        return Axis(key, _values(key, spec["values"], listed or key in NAME_KEYS))
    if key in NAME_KEYS:
        raise InputError(f"axis {key}: no values; allowed: a list of names")
    start, stop = (_plain_number(key, end, spec.get(end)) for end in ("start", "stop"))
    count, log = spec.get("count"), spec.get("log")
    if type(count) is not int or not 0 < count <= MOST_POINTS or type(log) is not bool:
        given = f"count {brief(count)}, log {brief(log)}"
        raise InputError(f"axis {key}: {given}; allowed: 1 to 2^63 points, true or false")
    if start > stop or (start == stop) != (count == 1) or (log and start <= 0.0):
        given = f"from {start:g} to {stop:g} in {count:,} points"
        raise InputError(f"axis {key}: {given}; allowed: upwards, both ends apart")
    return Axis(key, Span(start, stop, count, log))


def _values(key: str, given: Any, names: bool) -> tuple[Any, ...]:
    if not isinstance(given, list) or not 0 < len(given) <= LONGEST_LIST:
        raise InputError(f"axis {key}: values {brief(given)}; allowed: a list of at least one")
    if not names:
        return tuple(_plain_number(key, "values", value) for value in given)
    for item in given:
        if not isinstance(item, str) or not 0 < len(item) <= LONGEST_TEXT:
            raise InputError(f"axis {key}: {brief(item)}; allowed: names")
    return tuple(given)


def fixed_of_spec(given: Any) -> dict[str, Any]:
    """Return the inputs that have one value each, by their keys."""
    if not isinstance(given, dict):
        raise InputError(f"fixed inputs {brief(given)}; allowed: an object of keys and values")
    found: dict[str, Any] = {}
    for key, value in given.items():
        _input(key, TEXTS)
        if isinstance(value, str):
            found[key] = text_of_spec(key, value)
        elif isinstance(value, bool) or key in NAME_KEYS:
            if not isinstance(value, bool):
                raise InputError(f"{key} {brief(value)}; allowed: a text")
            found[key] = value
        else:
            found[key] = _plain_number(key, "value", value)
    return found


def text_of_spec(what: str, given: Any) -> str:
    """Return a text that is no longer than anything that means something."""
    if not isinstance(given, str) or len(given) > LONGEST_TEXT:
        raise InputError(f"{what} {brief(given)}; allowed: a text of up to {LONGEST_TEXT:,} characters")
    return given


def _input(key: Any, more: Collection[str]) -> str:
    owned = node_key(key) if isinstance(key, str) else None
    plain = key if owned is None else owned[1]
    if not isinstance(key, str) or (plain not in (*more, RATE) and plain not in axis_keys((plain,))):
        raise InputError(f"input {brief(key)}: not known; 'nodecalc keys' lists them")
    return key


def _plain_number(key: str, what: str, given: Any) -> float:
    if given == "inf":  # JSON has no infinity; a report writes it as a text
        given = inf
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise InputError(f"{key}, {what} {brief(given)}; allowed: a number")
    try:
        return number(float(given), key)
    except OverflowError:
        raise InputError(f"{key}, {what} {brief(given)}: too large a number") from None


def as_object(what: str, given: Any) -> Mapping[str, Any]:
    """Return a JSON object."""
    if not isinstance(given, dict):
        raise InputError(f"{what} {brief(given)}; allowed: an object")
    return given
