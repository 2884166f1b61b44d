"""What saved answers were asked with: which columns of a row were given, and which words of the question changed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from nodecalc.question.asking import CAPACITY, CARBON, MEMORY, SPLIT, SYSTEM
from nodecalc.question.scenario import NODE

BEYOND: Final = (CAPACITY, MEMORY, CARBON, SPLIT, SYSTEM)
"""Commands whose rows hold results under the names of inputs, and of what was given little; those of the others all."""
AMOUNTS: Final = {"units": ("units_per_year", "units_per_month"), "wafers_per_month": ("wafer_starts_per_month",)}
DIES: Final = {"yield": ("die_yield",), "capacity": ("capacity_gb",), "area": ("die_area_mm2",)}
WHOLES: Final = {"grid": ("grid_g_per_kwh",), "package_yield": ("package_yield_given",), "system": ("name",)}
REPEATED: Final[Mapping[str, tuple[str, ...]]] = AMOUNTS | DIES | WHOLES
"""Under what columns rows repeat a word, where it is not its own name."""
WORKED_OUT: Final[Mapping[str, tuple[str, ...]]] = {SPLIT: ("package_yield",)}
"""Columns that are results although a word has their name: of all dies together, where the word is of one bond."""
SET: Final = "set"
"""The word of a system that holds several: PART.KEY=VALUE each."""
ABOUT: Final = ("convention", "strict", "catalogue", "axes", "points")
FILES: Final = ("system_digest", "catalogue_digest")
"""Hashes of the files that a question names."""


class Asked(NamedTuple):
    """What a saved answer was asked with."""

    command: str
    words: Mapping[str, Any]
    """Inputs and the command's own words, one value each; without the nodes, which rows are told apart by."""
    die: frozenset[str]
    """Keys of the inputs among them."""
    own: frozenset[str] = frozenset()
    """The command's own among them, without what is set of single parts."""

    def given(self, key: str) -> str | None:
        """Return the word that gave a column of the rows, None where it was worked out or looked up."""
        if key in self.die:
            return key
        if self.command not in BEYOND:
            return None
        if key in self.own and key not in WORKED_OUT.get(self.command, ()):
            return key
        return next((word for word in self.own if key in REPEATED.get(word, ())), None)


def asked(document: Mapping[str, Any]) -> Asked:
    """Return what an answer was asked with; nothing where the file holds no question."""
    question = document.get("question")
    question = question if isinstance(question, Mapping) else {}
    die, own = (part if isinstance(part := question.get(key), Mapping) else {} for key in ("die", "own"))
    words: dict[str, Any] = {key: value for key, value in die.items() if key != NODE}
    for key, value in own.items():
        words |= _set(value) if key == SET else {key: _plain(value)}
    words |= {key: _plain(question[key]) for key in ABOUT if question.get(key)}
    words |= {key: document[key] for key in FILES if document.get(key) is not None}
    return Asked(str(document["command"]), words, frozenset(die) - {NODE}, frozenset(own) - {SET})


def changed(old: Asked, new: Asked) -> Iterator[tuple[str, Any, Any]]:
    """Yield the words that differ, with both values; None of a word that one question does not have."""
    if old.command not in BEYOND:
        return
    for key in dict.fromkeys((*old.words, *new.words)):
        if old.words.get(key) != new.words.get(key):
            yield key, old.words.get(key), new.words.get(key)


def _set(value: Any) -> dict[str, Any]:
    if isinstance(value, Mapping):
        return {str(key): each for key, each in value.items()}
    several = value if isinstance(value, list | tuple) else [value]
    parts = (str(each).partition("=") for each in several)
    return {key.strip(): text.strip() for key, _, text in parts}


def _plain(value: Any) -> Any:
    """Return a value as one: the only one of a list, and of what is nested its text."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        if len(value) == 1 and isinstance(value[0], str | int | float):
            return value[0]
        if all(isinstance(each, str | int | float) for each in value):
            return ",".join(map(str, value))
    return (
        json.dumps(value, default=str)
        if isinstance(value, Mapping | Sequence) and not isinstance(value, str)
        else value
    )
