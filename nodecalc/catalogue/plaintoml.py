"""A quick reader of the built-in files, which are all written in one plain form of TOML.

Plain is a file of tables, ``key = value`` a line, whose values are numbers, truths, texts between double quotes without
escapes, and lists and inline tables of these. That is JSON but for its punctuation, and JSON is read ten times as
fast as TOML. What is not plain is left to `tomllib`; the tests hold every built-in file to the same result.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

_COMMENT: Final = re.compile(r"^#.*\n?", re.M)
_LIST: Final = re.compile(r"\[[^\[\]{}]*\]")
_HEADER: Final = re.compile(r"^\[(\[?)([^\[\],\n]+)\]\]?$", re.M)
_DOTTED: Final = re.compile(r"\.[A-Za-z0-9_-]+ = ")
_MARK: Final = "\0"
"""Stands for a text while punctuation is changed, so that none inside of it is."""

_PUNCTUATION: Final = (
    (" = ", '": '),
    ("{ ", '{ "'),
    (", ", ', "'),
    ("\n", '\n,"'),
    ('\n,"[', "\n["),
    ('\n,"]', "\n]"),
    ('\n,"  {', "\n  {"),
    (f'"{_MARK}', _MARK),
    (f'{_MARK}":', f"{_MARK}:"),
    (",\n]", "\n]"),
)
"""What stands in TOML, and what in JSON: keys are quoted there, and lines end with a comma."""


def read(text: str) -> dict[str, Any]:
    """Return the tables of a file; ValueError where it is not plain."""
    texts = (_COMMENT.sub("", text) if "#" in text else text).split('"')
    outside = _MARK.join(texts[::2])
    if "\\" in text or _MARK in text or "#" in outside or "'" in outside or "\n" in "".join(texts[1::2]):
        raise ValueError("escapes, comments behind values, or texts over several lines")
    if _DOTTED.search(outside):
        raise ValueError("a dotted key")
    while "\n\n" in outside:
        outside = outside.replace("\n\n", "\n")
    outside = "\n" + outside.strip("\n")
    for ours, theirs in _PUNCTUATION:
        outside = outside.replace(ours, theirs)
    outside = _LIST.sub(_unquoted, outside)
    texts[::2] = outside.split(_MARK)
    first, *parts = _HEADER.split('"'.join(texts))
    bodies = (body.lstrip("\n,") for body in (first, *parts[2::3]))
    tables = json.loads("[{" + "},{".join(bodies) + "}]")
    found: dict[str, Any] = tables[0]
    for several, header, table in zip(parts[::3], parts[1::3], tables[1:], strict=True):
        _put(found, header.replace('"', "").split(".") if header.count('"') != 2 else _names(header), several, table)
    return found


def _unquoted(several: re.Match[str]) -> str:
    """Return a list of values, which have no keys."""
    return several[0].replace(', "', ", ")


def _names(header: str) -> list[str]:
    """Return the names in a header of which one is quoted, such as ``product."kirin-9000s.v2"``."""
    before, quoted, after = header.split('"')
    return [*before.split(".")[:-1], quoted, *after.split(".")[1:]]


def _put(found: dict[str, Any], names: list[str], several: str, table: dict[str, Any]) -> None:
    """Put a table where its header says; of `several` behind the others."""
    where: Any = found
    for name in names[:-1]:
        inner = where.setdefault(name, {})
        where = inner[-1] if isinstance(inner, list) else inner
    if several:
        where.setdefault(names[-1], []).append(table)
    else:
        where.setdefault(names[-1], {}).update(table)
