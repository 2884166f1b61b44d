"""The checks that a catalogue file must pass, figure by figure; each failure is one line that says where and what."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from nodecalc.errors import CatalogueError, nearest, one_line

from .fields import AMOUNT, FIRST_YEAR, LAST_YEAR, Field, fields_of
from .figure import KINDS, Figure, make_figure
from .names import shown

SCHEMA: Final = 1
ASSUMED: Final = "assumed"
"""Name of the table of stand-ins inside a node, the kind of its figures, and the id of their source."""
USER_SOURCE: Final = "user"
"""Source of a user's figure that names none."""
BARE_KIND: Final = "reported"
"""Kind of a bare number: the user reports it; nothing says that it was measured or disclosed."""

_FIGURE_KEYS: Final = (
    "value", "unit", "low", "high", "kind", "source", "year", "note", "measured_by", "prefer", "seen", "span",
    "where", "of",
)  # fmt: skip
_TEXT_KEYS: Final = ("unit", "kind", "source", "note", "measured_by", "where", "of")
_FLAG_KEYS: Final = ("prefer", "seen", "span")
_MANY = 16
NO_UNIT: Final = '""'
"""How the unit of what has none is written in a file."""


def hint(given: str, choices: Iterable[str]) -> str:
    """Return what to try instead of `given`: the nearest choices, all where they are few, else how many there are."""
    known = list(choices)
    close = nearest(given, known)
    if close:
        return f"nearest: {', '.join(close)}"
    if len(known) <= _MANY:
        return f"allowed: {', '.join(known)}"
    return f"{len(known)} are known, {', '.join(known[:8])} ... among them"


def type_name(value: object) -> str:
    """Return what TOML calls the type of `value`."""
    if isinstance(value, bool):
        return "a true/false value"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "a text"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "a table"
    return "a date or time"


class Checker:
    """Checks the tables of one file and turns them into figures."""

    def __init__(self, file: str, source_ids: Collection[str]) -> None:
        """Check for the file called `file`, whose figures may name any of `source_ids`."""
        self.file = file
        self.source_ids = source_ids
        self.uses_default_source = False
        """Whether some figure named no source, or the user."""

    def error(self, place: str, problem: str) -> CatalogueError:
        """Build the error for `problem` at `place`, a table or a table and a field."""
        where = f"{shown_path(self.file)}: {place}" if place else shown_path(self.file)
        return CatalogueError(f"{where}: {problem}")

    def table(self, place: str, raw: object) -> dict[str, Any]:
        """Return `raw` if it is a table."""
        if not isinstance(raw, dict):
            raise self.error(place, f"is {type_name(raw)}; must be a table")
        return raw

    def text(self, place: str, raw: object, *, empty: bool = False) -> str:
        """Return `raw` if it is a text on one line, and not an empty one unless `empty`."""
        if not isinstance(raw, str):
            raise self.error(place, f"is {type_name(raw)}; must be a text")
        if not raw.strip() and not empty:
            raise self.error(place, "is empty; must be a text")
        if not raw.isprintable():
            raise self.error(place, "holds a line break or control character; must be a text on one line")
        return raw

    def texts(self, place: str, raw: object) -> tuple[str, ...]:
        """Return `raw` if it is a list of texts."""
        if not isinstance(raw, list):
            raise self.error(place, f"is {type_name(raw)}; must be a list of texts")
        return tuple(self.text(place, item) for item in raw)

    def keys(self, place: str, table: Mapping[str, Any], allowed: Collection[str], what: str = "key") -> None:
        """Refuse a key of `table` that is not among `allowed`."""
        for key in table:
            if key not in allowed:
                raise self.error(place, f"unknown {what} '{shown(key)}'; {hint(key, allowed)}")

    def year(self, place: str, raw: object) -> int:
        """Return `raw` if it is a year."""
        if isinstance(raw, bool) or not isinstance(raw, int):
            raise self.error(place, f"is {type_name(raw)}; must be a whole year such as 2025")
        if not FIRST_YEAR <= raw <= LAST_YEAR:
            raise self.error(place, f"{shown(str_of(raw))} is no year; must be within {FIRST_YEAR} to {LAST_YEAR}")
        return raw

    def whole(self, place: str, raw: object, least: int, greatest: int) -> int:
        """Return `raw` if it is a whole number within least..greatest."""
        if isinstance(raw, bool) or not isinstance(raw, int):
            what = str(raw) if isinstance(raw, float) else type_name(raw)
            raise self.error(place, f"is {what}; must be a whole number")
        if not least <= raw <= greatest:
            allowed = f"{least} to {greatest}"
            raise self.error(place, f"{shown(str_of(raw))} is not allowed; must be a whole number, {allowed}")
        return raw

    def number(self, place: str, raw: object, unit: str) -> float:
        """Return `raw` if it is a finite number above 0."""
        return float(self._number(place, Field("", "", (unit,)), raw))

    def within(self, place: str, field: Field, raw: object) -> float | int:
        """Return `raw` if it is a number that `field` can have."""
        return self._number(place, field, raw)

    def schema(self, given: object) -> None:
        """Refuse a schema that is not ours."""
        if given != SCHEMA or isinstance(given, bool):
            said = type_name(given)
            if isinstance(given, (int, float, str)) and not isinstance(given, bool):
                said = shown(given if isinstance(given, str) else str_of(given))
            raise self.error("", f"unknown schema {said}; known: {SCHEMA}")

    def one_of(self, place: str, key: str, raw: object, choices: Collection[str], what: str = "") -> str:
        """Return `raw` if it is one of `choices`; else an error that calls it an unknown `what`, or `key`."""
        word = self.text(f"{place} {key}", raw)
        if word not in choices:
            raise self.error(place, f"unknown {what or key} '{shown(word)}'; {hint(word, choices)}")
        return word

    def figures(
        self, place: str, table: Mapping[str, Any], owner: str, *, also: tuple[str, ...] = (), stand_ins: bool = False
    ) -> dict[str, tuple[Figure, ...]]:
        """Return by field the figures that `table`, of an `owner` of `fields_of`, states beside the keys `also`."""
        allowed = fields_of(owner)
        self.keys(place, table, (*allowed, *also), "field")
        return {
            name: self._field(f"{place} {name}", allowed[name], raw, stand_ins)
            for name, raw in table.items()
            if name not in also
        }

    def _field(self, place: str, field: Field, raw: object, stand_in: bool) -> tuple[Figure, ...]:
        items = raw if isinstance(raw, list) else [raw]
        if not items:
            raise self.error(place, "is an empty list; must hold at least one figure")
        figures = tuple(self._figure(place, field, item, stand_in) for item in items)
        if sum(figure.prefer for figure in figures) > 1:
            raise self.error(place, "prefer = true on more than one figure; allowed: one")
        units = list(dict.fromkeys(figure.unit for figure in figures))
        if len(units) > 1:
            raise self.error(place, f"figures in different units ({', '.join(units)}); must be one unit")
        return figures

    def _figure(self, place: str, field: Field, raw: object, stand_in: bool) -> Figure:
        if not isinstance(raw, dict):
            value = self._value(place, field, raw)
            self.uses_default_source = True
            return Figure(
                field.name, value, field.units[0], None, None, ASSUMED if stand_in else BARE_KIND, USER_SOURCE, None
            )
        self.keys(place, raw, _FIGURE_KEYS)
        for key in ("value", "unit", "kind"):
            if key not in raw:
                raise self.error(place, f"figure without {key}; {self._needed(key, field)}")
        for key in _TEXT_KEYS:
            if key in raw:
                self.text(f"{place} {key}", raw[key], empty=True)
        for key in _FLAG_KEYS:
            if key in raw and not isinstance(raw[key], bool):
                raise self.error(f"{place} {key}", f"is {type_name(raw[key])}; must be true or false")
        if raw["unit"] not in field.units:
            allowed = ", ".join(unit or f"{NO_UNIT} (none)" for unit in field.units)
            raise self.error(place, f"unit '{shown(raw['unit'])}' does not fit; allowed: {allowed}")
        kind = raw["kind"]
        if kind not in KINDS:
            raise self.error(place, f"unknown kind '{shown(kind)}'; allowed: {', '.join(KINDS)}")
        if stand_in and kind != ASSUMED:
            raise self.error(place, f"kind '{kind}' among stand-ins; must be {ASSUMED}")
        self._range(place, field, self._value(place, field, raw["value"]), raw)
        source = raw.get("source", USER_SOURCE)
        if source not in self.source_ids:
            raise self.error(place, f"unknown source '{shown(source)}'; {hint(source, self.source_ids)}")
        self.uses_default_source |= source == USER_SOURCE
        if "year" in raw:
            self.year(f"{place} year", raw["year"])
        return make_figure(field.name, raw | {"source": source})

    def _needed(self, key: str, field: Field) -> str:
        if key == "unit":
            return f"must be one of: {', '.join(unit or NO_UNIT for unit in field.units)}"
        if key == "kind":
            return f"must be one of: {', '.join(KINDS)}"
        return "must be a text" if field.sort == "text" else "must be a number"

    def _value(self, place: str, field: Field, raw: object) -> float | int | str:
        if field.sort == "text":
            word = self.text(place, raw)
            if field.choices and word not in field.choices:
                raise self.error(place, f"'{shown(word)}' is not allowed; allowed: {', '.join(field.choices)}")
            return word
        if field.sort == "year":
            return self.year(place, raw)
        return self._number(place, field, raw)

    def _number(self, place: str, field: Field, raw: object) -> float | int:
        if isinstance(raw, bool) or not isinstance(raw, (int, float)):
            raise self.error(place, f"is {type_name(raw)}; must be a number in {field.units[0]}")
        try:
            finite = math.isfinite(raw)
        except OverflowError:  # a whole number beyond the floats
            finite = False
        if not finite:
            raise self.error(place, f"{shown(str_of(raw))} is not allowed; must be a finite number")
        if field.sort == "count" and (raw < 0 or raw != int(raw)):
            raise self.error(place, f"{shown(str_of(raw))} is not allowed; must be a whole number, 0 or more")
        if field.sort == AMOUNT and raw < 0:
            raise self.error(place, f"{shown(str_of(raw))} is not allowed; must be 0 or more")
        if field.positive and raw <= 0:
            raise self.error(place, f"{shown(str_of(raw))} is not allowed; must be above 0")
        if field.upper is not None and raw > field.upper:
            raise self.error(place, f"{shown(str_of(raw))} is not allowed; must be at most {field.upper:g}")
        return raw

    def _range(self, place: str, field: Field, value: float | int | str, raw: Mapping[str, Any]) -> None:
        given = [key for key in ("low", "high") if key in raw]
        if not given:
            return
        if isinstance(value, str):
            raise self.error(place, f"a text with {given[0]}; only numbers have a range")
        if len(given) == 1:
            raise self.error(place, f"{given[0]} alone; give both low and high")
        # A bound of a year may lie between two of them, but nowhere that the value itself could not be near.
        as_number = field._replace(sort="number") if field.sort == "year" else field
        low, high = (self._number(f"{place} {key}", as_number, raw[key]) for key in given)
        if low > value:
            raise self.error(place, f"low {low} is above the value {value}; must be low <= value <= high")
        if high < value:
            raise self.error(place, f"high {high} is below the value {value}; must be low <= value <= high")


def str_of(number: float | int) -> str:
    """Return `number` as text, whatever its size: Python refuses to print whole numbers of thousands of digits."""
    try:
        return str(number)
    except ValueError:
        return "a number of thousands of digits"


def shown_path(path: str) -> str:
    """Return a file name fit for a one-line message."""
    return one_line(path)
