"""Two saved answers side by side: which inputs, figures and results changed, and which rows came or went."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import isfinite
from typing import Any, Final, NamedTuple

from nodecalc.doors import a_path
from nodecalc.errors import InputError
from nodecalc.files.proof import check_report
from nodecalc.files.saved import read_json
from nodecalc.question.market import YEAR
from nodecalc.vocabulary import find_quantity

from .diff_question import BEYOND, Asked, asked, changed

PARTS: Final = ("program", "input", "data", "result", "row", "note")
"""What can have changed, in the order in which it is told."""
WHOSE: Final = ("node", "chip", "base", "step", "layer", "of", "to", "output", "key", "model", "id")
"""Columns that say what a row is about; rows that share them are told apart by their order."""
YEAR_OF: Final = "_year"
"""How the key of a figure's own year ends."""
A_YEAR: Final = "_per_year"
"""How that of an amount in a year does."""
TRY: Final = "give a file that nodecalc wrote with -o FILE.json"
Saved = Mapping[str, Any] | str | os.PathLike[str]
MARKS: Final = ("assumed", "estimated", "unverified")


class Change(NamedTuple):
    """One thing that is another in the new answer."""

    part: str
    """One of PARTS: the program or its data; an input; a figure of the catalogue; a result; a row; a note."""
    row: str
    """Which row it is of, "" of all."""
    key: str
    base: Any
    new: Any

    @property
    def ratio(self) -> float | None:
        """New over old less 1; None where one of them is no number, and of years."""
        if self.key == YEAR or _is_year(self.key):
            return None
        if not (_is_number(self.base) and _is_number(self.new)) or self.base == 0:
            return None
        return float(self.new / self.base - 1.0)

    def to_dict(self) -> dict[str, Any]:
        """Return it as a flat object."""
        return {**self._asdict(), "change": self.ratio}


def diff(
    base: Mapping[str, Any] | str | os.PathLike[str], new: Mapping[str, Any] | str | os.PathLike[str]
) -> list[Change]:
    """Return what changed from one saved answer to another: JSON files of one command, or what they hold.

    Each change says its part (program, input, data, result, row or note), its row, its key, what it was and what it is.

    Raises:
        NodecalcError: a file that is no answer of nodecalc, or answers of two commands.

    >>> first = {"command": "die", "rows": [{"node": "n5", "line_yield": 1.0, "good_die_cost_usd": 20.0}]}
    >>> second = {"command": "die", "rows": [{"node": "n5", "line_yield": 0.9, "good_die_cost_usd": 22.2}]}
    >>> [(change.part, change.key, change.new) for change in diff(first, second)]
    [('input', 'line_yield', 0.9), ('result', 'good_die_cost_usd', 22.2)]

    """
    old, fresh = (_document(each) for each in (base, new))
    if old["command"] != fresh["command"]:
        raise InputError(
            f"answers of 'nodecalc {old['command']}' and of 'nodecalc {fresh['command']}': give two of one command"
        )
    questions = asked(old), asked(fresh)
    words = [Change("input", "", key, before, now) for key, before, now in changed(*questions)]
    found = [
        *_program(old, fresh), *words, *_rows(old, fresh, *questions), *_figures(old, fresh, *questions),
        *_notes(old, fresh),
    ]  # fmt: skip
    return sorted(found, key=lambda change: PARTS.index(change.part))


def _document(given: Any) -> Mapping[str, Any]:
    """Return what a file holds, or the mapping itself."""
    name = "an answer"
    document: Any = given
    if not isinstance(given, Mapping):
        name = a_path("answer", given, "give the path of a JSON file that nodecalc wrote (-o FILE.json)")
        document = read_json(name, "answer", TRY)
    rows = document.get("rows") if isinstance(document, Mapping) else None
    sound = isinstance(rows, list) and all(isinstance(row, Mapping) for row in rows)
    sound = sound and _is_told(document.get("notes", [])) and _is_listed(document.get("sources", []))
    if not sound or not isinstance(document.get("command"), str):
        raise InputError(f"'{name}': no answer of nodecalc; {TRY}")
    found: Mapping[str, Any] = document
    check_report(found, f"'{name}'")
    return found


def _is_told(notes: Any) -> bool:
    return isinstance(notes, list) and all(isinstance(note, str) for note in notes)


def _is_listed(sources: Any) -> bool:
    """Whether it is a list of sources, each with a list of figures, of which each is of one node or none."""
    return isinstance(sources, list) and all(
        isinstance(source, Mapping)
        and isinstance(source.get("figures", []), list)
        and all(isinstance(f, Mapping) and isinstance(f.get("node"), str | None) for f in source.get("figures", []))
        for source in sources
    )


def _program(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for key in ("version", "data"):
        if old.get(key) != new.get(key):
            yield Change("program", "", key, old.get(key), new.get(key))


def _rows(old: Mapping[str, Any], new: Mapping[str, Any], was: Asked, now: Asked) -> Iterator[Change]:
    from_catalogue = _from_catalogue(old) | _from_catalogue(new)
    keys = _axes(old) & _axes(new)
    first, second = (_named(document["rows"], keys) for document in (old, new))
    for name, row in first.items():
        other = second.get(name)
        if other is None:
            yield Change("row", name, "", "there", None)
            continue
        for key in dict.fromkeys((*row, *other)):
            if row.get(key) != other.get(key):
                word, given = was.given(key), was.given(key) or now.given(key)
                part = "input" if given else _part(key, row.get("node"), from_catalogue, was.command)
                if was.command in BEYOND and word is not None and word == now.given(key):
                    if was.words[word] != now.words[word]:
                        continue  # said once, by the question
                    part = "data"  # the same word, such as a country's grid, stands for another figure
                yield Change(part, name, key, row.get(key), other.get(key))
    for name in second:
        if name not in first:
            yield Change("row", name, "", None, "there")


def _axes(document: Mapping[str, Any]) -> set[str]:
    """Return the axes that tell rows of a sweep apart."""
    spec = document.get("spec")
    axes = spec.get("axes", ()) if isinstance(spec, Mapping) else ()
    return {str(axis["key"]) for axis in axes if isinstance(axis, Mapping) and "key" in axis}


def _named(rows: Sequence[Mapping[str, Any]], axes: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """Return rows by what they are about; those about the same are numbered."""
    keys = tuple(dict.fromkeys((*WHOSE, *sorted(axes))))
    seen: Counter[str] = Counter()
    found = {}
    for row in rows:
        parts = [_told(row[key]) for key in keys if row.get(key) is not None]
        name = " ".join(parts)
        seen[name] += 1
        found[name if seen[name] == 1 else f"{name} #{seen[name]}"] = row
    return found


def _told(value: Any) -> str:
    return f"{value:g}" if _is_number(value) else str(value)


def _is_year(key: str) -> bool:
    return key.endswith(YEAR_OF) and not key.endswith(A_YEAR)


def _part(key: str, node: Any, from_catalogue: set[tuple[Any, str]], command: str) -> str:
    if key in MARKS or _is_year(key) or (node, key) in from_catalogue:
        return "data"
    if command in BEYOND:
        return "result"
    q = find_quantity(key)
    return "input" if q is not None and q.role == "input" else "result"


def _from_catalogue(document: Mapping[str, Any]) -> set[tuple[Any, str]]:
    return {(node, key) for node, key, _ in _stated(document)}


def _stated(document: Mapping[str, Any]) -> dict[tuple[Any, str, str], Any]:
    """Return the figures that the sources of an answer state, by node, key and source."""
    found: dict[tuple[Any, str, str], Any] = {}
    for source in document.get("sources", ()):
        for figure in source.get("figures", ()) if isinstance(source, Mapping) else ():
            found[figure.get("node"), str(figure.get("key")), str(source.get("id"))] = figure.get("value")
    return found


def _figures(old: Mapping[str, Any], new: Mapping[str, Any], was: Asked, now: Asked) -> Iterator[Change]:
    given = was.die | now.die  # in whose place no source is asked
    first, second = _stated(old), _stated(new)
    for place in dict.fromkeys((*first, *second)):
        node, key, source = place
        if first.get(place) != second.get(place) and key not in given:
            yield Change("data", node or "", f"{key} ({source})", first.get(place), second.get(place))


def _notes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    first, second = (dict.fromkeys(document.get("notes", ())) for document in (old, new))
    for note in first:
        if note not in second:
            yield Change("note", "", "gone", note, None)
    for note in second:
        if note not in first:
            yield Change("note", "", "new", None, note)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
