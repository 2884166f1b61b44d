"""The shape of a question as a file holds it: every key known and of its kind, so that nothing in it goes unread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from nodecalc.doors import brief
from nodecalc.errors import InputError

LATER: Final = ("command", "own", "convention")
"""Keys that the first files with questions did not have."""


class Kind(NamedTuple):
    """What a key of a question may hold."""

    holds: Callable[[Any], bool]
    allowed: str


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_text_or_none(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _is_one(value: Any) -> bool:
    """Whether it is one value of an input: a number, a text, or the texts of one that takes several."""
    if isinstance(value, list):
        return bool(value) and all(map(_is_text, value))
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _is_die(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_one, value.values()))


def _are_axes(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) or _is_listed_axis(each) for each in value)


def _is_listed_axis(value: Any) -> bool:
    if not isinstance(value, list) or len(value) != 2:
        return False
    key, values = value
    return isinstance(key, str) and isinstance(values, list) and bool(values) and all(map(_is_one, values))


def _are_columns(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value)) and len(set(value)) == len(value)


def _are_points(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(row, list) and all(cell is None or _is_one(cell) for cell in row) for row in value
    )


KINDS: Final[Mapping[str, Kind]] = {
    "command": Kind(_is_text, "a text"),
    "own": Kind(_is_object, "an object"),
    "convention": Kind(_is_text_or_none, "a text, or null"),
    "die": Kind(_is_die, "an object of inputs, one value each"),
    "axes": Kind(_are_axes, "a list of keys and their values, or of ranges"),
    "columns": Kind(_are_columns, "a list of different keys"),
    "points": Kind(_are_points, "a list of rows, each a list of values"),
    "strict": Kind(lambda value: isinstance(value, bool), "true or false"),
    "catalogue": Kind(_is_text_or_none, "a path, or null"),
}
"""Everything that a question holds."""


def check_shape(spec: Any) -> None:
    """Refuse what is not as `Scenario.spec` writes it; that an input is known and in its range is for others to say."""
    if not isinstance(spec, dict):
        raise InputError(f"question {brief(spec)}; allowed: an object")
    missing = next((key for key in KINDS if key not in spec and key not in LATER), None)
    if missing is not None:
        raise InputError(f"question without {missing}")
    for key, value in spec.items():
        if key not in KINDS:
            raise InputError(f"question with {brief(key)}; allowed: {', '.join(KINDS)}")
        if not KINDS[key].holds(value):
            raise InputError(f"{key} {brief(value)}; allowed: {KINDS[key].allowed}")
    columns, points = spec["columns"], spec["points"]
    if bool(columns) != bool(points) or any(len(row) != len(columns) for row in points):
        raise InputError(f"points {brief(points)} under columns {brief(columns)}; allowed: a value under each column")
