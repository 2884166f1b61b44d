"""What a public function is handed as a name, as several names or as a path: one check, for every door."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any, Final

from .errors import InputError

LONGEST: Final = 60
"""Characters of a value that an error repeats."""


def a_name(what: str, given: object, allowed: str) -> str:
    """Return `given`, a text that names one `what`; `allowed` says in the error what to give instead."""
    if isinstance(given, str):
        return given
    if isinstance(given, Iterable) and not isinstance(given, bytes | bytearray):
        raise InputError(f"{what} {brief(given)}: not one name; {allowed}")
    raise InputError(f"{what} {brief(given)}: no name; {allowed}")


def names(what: str, given: object, allowed: str) -> tuple[str, ...]:
    """Return `given`, one name or several, as a tuple of them."""
    found: Any = (given,) if isinstance(given, str) else given
    try:
        items = () if isinstance(found, bytes | bytearray) else tuple(found)
    except TypeError:
        found = b""
    if isinstance(found, bytes | bytearray):
        raise InputError(f"{what} {brief(given)}: no names; {allowed}")
    for item in items:
        if not isinstance(item, str):
            raise InputError(f"{what}: {brief(item)} is no name; {allowed}")
    return items


def a_path(what: str, given: object, allowed: str) -> str:
    """Return `given`, a path, as text."""
    if isinstance(given, str | os.PathLike):
        path = os.fspath(given)
        if isinstance(path, str):
            return path
    if isinstance(given, bytes):
        return os.fsdecode(given)
    raise InputError(f"{what} {brief(given)}: no path; {allowed}")


def brief(given: object) -> str:
    """Return `given` as an error repeats it: on one line, and not for ever."""
    try:
        text = " ".join(repr(given).split())
    except ValueError:  # an integer of more digits than Python prints
        return f"an enormous {type(given).__name__}"
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
