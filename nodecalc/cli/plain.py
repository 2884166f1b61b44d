"""A command line that names a command, its options in full and its words: read without typer, which takes longest.

Whatever is not as plain as that (help, completion, a shortened or unknown option, one given twice, a value that starts
with a dash, a missing word) is left to typer, so that help and errors have one author.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from .declared import REQUIRED, Argument, Parameter, parameters


def words_of(run: Callable[..., None], words: list[str]) -> dict[str, Any] | None:
    """Return what a command is called with for `words`, which follow its name; None where typer is to read them.

    >>> from nodecalc.cli import keys
    >>> words_of(keys.run, ["d0", "-f", "json"])["key"], words_of(keys.run, ["--help"])
    (['d0'], None)
    """
    if "_NODECALC_COMPLETE" in os.environ:
        return None
    rows = parameters(run)
    options = {name: row for row in rows for name in row.declared.names}
    places = [row for row in rows if isinstance(row.declared, Argument)]
    values: dict[str, Any] = {}
    rest = iter(words)
    for word in rest:
        row, value = _row_of(word, options, places, rest)
        if row is None or value is None or not _take(row, value, values):
            return None
        if row in places and not row.several:
            places.remove(row)
    called = {row.name: values.get(row.name, row.default) for row in rows}
    return None if REQUIRED in called.values() else called


def _row_of(
    word: str, options: dict[str, Parameter], places: list[Parameter], rest: Any
) -> tuple[Parameter | None, str | bool | None]:
    """Return the parameter that a word belongs to, and its value; None for what is not plain."""
    if word and not word.startswith("-"):
        return (places[0], word) if places else (None, None)
    name, equals, value = word.partition("=") if word.startswith("--") else (word, "", "")
    row = options.get(name)
    if row is None:
        return None, None
    if row.type is bool:
        return row, None if equals else True
    if equals:
        return row, value
    following = next(rest, "-")
    return row, None if following.startswith("-") else following


def _take(row: Parameter, value: str | bool, values: dict[str, Any]) -> bool:
    """Put a value in its place; False where its type is not plain text or a flag, or it has one already."""
    if row.several:
        values[row.name] = [*values.get(row.name, ()), value]
    elif row.type is bool or (row.type in (str, str | None) and row.name not in values):
        values[row.name] = value
    else:
        return False
    return True
