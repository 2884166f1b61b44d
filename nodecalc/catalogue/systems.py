"""Systems: what a unit is put together of, from a built-in file or a user's; strict, as catalogue files are."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import nodecalc_seeds
from nodecalc.doors import a_path, brief
from nodecalc.errors import CatalogueError, nearest, unknown
from nodecalc.vocabulary import QUANTITIES
from nodecalc.vocabulary.package import PART_KEYS

from .builtin import parse
from .figure import KINDS, Figure, Range, figure_range, make_figure
from .names import fold
from .tomlfile import load_toml

if TYPE_CHECKING:
    from .catalogue import Catalogue

FOLDER: Final = "systems"
SCHEMA: Final = 1
PARTS: Final = ("die", "bonded", "memory", "carrier", "nre")
"""Tables of tables: several parts of a kind, each with a name."""
STEPS: Final = ("assembly", "test")
"""Tables of the whole unit."""
ABOUT: Final = ("schema", "version", "name", "aliases", "chip", "note", "published", "beside", "missing")
FIGURE_KEYS: Final = ("value", "unit", "low", "high", "kind", "source", "year", "note", "where", "seen")
REFERENCE: Final = "figure"
"""Key of a figure that stands in a table of the catalogue."""
REFERENCE_KEYS: Final = (REFERENCE, "kind", "note")
PERCENT: Final = "percent"


class SystemFigure(NamedTuple):
    """A figure of a system: value and range in the unit of its quantity, and whose it is."""

    range: Range
    figure: Figure
    rivals: tuple[Figure, ...]
    kind: str
    note: str
    """Why a figure of something else stands in, "" where none does."""


class Part(NamedTuple):
    """A table of a system's file."""

    kind: str
    """One of `PARTS` or `STEPS`."""
    name: str
    """"" for a step."""
    values: Mapping[str, Any]
    """By key of the file: numbers, texts, and `SystemFigure`."""

    @property
    def label(self) -> str:
        """How the part is called on the command line."""
        return f"{self.kind}.{self.name}" if self.name else self.kind

    @property
    def own(self) -> str:
        """What its keys begin with among those of the whole system."""
        return (f"{self.kind}_{self.name}" if self.name else self.kind).replace("-", "_")


class SystemEntry(NamedTuple):
    """A system as its file states it."""

    id: str
    name: str
    chip: str
    """The chip that it is sold as, "" for none."""
    note: str
    published: tuple[str, ...]
    """Groups of the table packages that hold published costs of it."""
    beside: Mapping[str, tuple[Figure, ...]]
    """Published costs of kinds of parts, by the beginning of their labels."""
    missing: str
    """What nobody publishes of it and a user has to give, in words."""
    parts: tuple[Part, ...]

    def of(self, kind: str) -> tuple[Part, ...]:
        """Return the parts of a kind."""
        return tuple(part for part in self.parts if part.kind == kind)

    def step(self, kind: str) -> Part:
        """Return a step of the whole unit; one without values where the file has none."""
        return next((part for part in self.parts if part.kind == kind), Part(kind, "", {}))


class SystemName(NamedTuple):
    """A line of the index of built-in systems."""

    id: str
    name: str
    aliases: tuple[str, ...]


@lru_cache(maxsize=1)
def system_names() -> tuple[SystemName, ...]:
    """Return the built-in systems, in the order in which they are listed.

    >>> system_names()[0].id
    'h100'
    """
    lines = nodecalc_seeds.read(f"{FOLDER}/index.txt").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return tuple(SystemName(id_, name, tuple(other.split(" | ")) if other else ()) for id_, name, other in rows)


MOST: Final = 1e300
"""Beyond every figure."""


def find_system(name: str | os.PathLike[str], catalogue: Catalogue) -> SystemEntry:
    """Return the built-in system called `name`, or the one in the file at that path."""
    given = a_path("system", name, "give a system's name, such as h100, or the path of a TOML file")
    wanted = fold(given)
    for row in system_names():
        if wanted in {fold(text) for text in (row.id, row.name, *row.aliases)}:
            where = f"system {row.id}"
            return _entry(row.id, parse(nodecalc_seeds.read(f"{FOLDER}/{row.id}.toml")), where, catalogue)
    if names_file(given):
        return _entry(given, load_toml(given, "system"), given, catalogue)
    raise unknown("system", given, [row.id for row in system_names()], "'nodecalc system' lists all; or give a file")


def names_file(name: str) -> bool:
    """Whether what a system is called by is the path of a file; built-in ones go before."""
    return name.lower().endswith(".toml") or os.sep in name


def _entry(id_: str, tables: Mapping[str, Any], where: str, catalogue: Catalogue) -> SystemEntry:
    if tables.get("schema") != SCHEMA:
        raise CatalogueError(f"{where}: schema {brief(tables.get('schema'))}: write schema = {SCHEMA}")
    parts: list[Part] = []
    for key, table in tables.items():
        if key in ABOUT:
            continue
        if key not in (*PARTS, *STEPS):
            raise _unknown_key(where, key, (*ABOUT, *PARTS, *STEPS))
        if not isinstance(table, dict):
            raise CatalogueError(f"{where}: {key}: no table; write [{key}{'.NAME' if key in PARTS else ''}]")
        if key in STEPS:
            parts.append(Part(key, "", _values(table, f"{where}: {key}", catalogue)))
            continue
        for name, values in table.items():
            if not isinstance(values, dict):
                raise CatalogueError(f"{where}: {key}.{name}: no table; write [{key}.NAME]")
            if not name.replace("-", "_").isidentifier():
                raise CatalogueError(f"{where}: {key}.{name}: a name is letters, digits, - and _")
            part = Part(key, name, _values(values, f"{where}: {key}.{name}", catalogue))
            twin = next((other for other in parts if other.own == part.own), None)
            if twin is not None:
                raise CatalogueError(f"{where}: {part.label} and {twin.label}: one name to the calculation; rename one")
            parts.append(part)
    texts = {key: tables.get(key, "") for key in ("name", "chip", "note", "missing")}
    for key, text in texts.items():
        if not isinstance(text, str):
            raise CatalogueError(f"{where}: {key} {brief(text)}: write a text")
    published = tables.get("published", [])
    if not isinstance(published, list):
        raise CatalogueError(f"{where}: published {brief(published)}: write a list of groups of packages.toml")
    known = catalogue.tables("packages")
    for group in published:
        if not isinstance(group, str) or group not in known:
            raise _unknown_key(f"{where}: published", str(group), tuple(known))
    return SystemEntry(
        id_,
        texts["name"] or id_,
        texts["chip"],
        texts["note"],
        tuple(published),
        _beside(tables, where, catalogue),
        texts["missing"],
        tuple(parts),
    )


def _beside(tables: Mapping[str, Any], where: str, catalogue: Catalogue) -> dict[str, tuple[Figure, ...]]:
    """Return the published costs that stand beside kinds of parts."""
    found = {}
    beside = tables.get("beside", {})
    if not isinstance(beside, dict):
        raise CatalogueError(f"{where}: beside: no table; write [beside]")
    for what, path in beside.items():
        if what not in (*PARTS, *STEPS):
            raise _unknown_key(f"{where}: beside", what, (*PARTS, *STEPS))
        used = _referred({REFERENCE: path}, f"{where}: beside: {what}", catalogue)
        found[what] = (used.figure, *used.rivals)
    return found


def _values(table: Mapping[str, Any], where: str, catalogue: Catalogue) -> dict[str, Any]:
    return {key: _value(raw, key, f"{where}: {key}", catalogue) for key, raw in table.items()}


def _value(raw: Any, key: str, where: str, catalogue: Catalogue) -> Any:
    if isinstance(raw, dict):
        return _referred(raw, where, catalogue) if REFERENCE in raw else _stated(raw, key, where, catalogue)
    if isinstance(raw, str | bool):
        return raw
    if isinstance(raw, int | float):
        if not -MOST < raw < MOST:  # nan neither
            raise CatalogueError(f"{where}: {brief(raw)}: no number that anything could be")
        return float(raw)
    raise CatalogueError(f"{where}: {brief(raw)}: write a number, a text or a figure {{ value = ..., kind = ... }}")


def _stated(raw: Mapping[str, Any], key: str, where: str, catalogue: Catalogue) -> SystemFigure:
    """Return a figure that the file states itself."""
    for name in raw:
        if name not in FIGURE_KEYS:
            raise _unknown_key(where, name, (*FIGURE_KEYS, *REFERENCE_KEYS))
    for name in ("value", *(name for name in ("low", "high", "year") if name in raw)):
        number = raw.get(name)
        if isinstance(number, bool) or not isinstance(number, int | float) or not -MOST < number < MOST:
            raise CatalogueError(f"{where}: {name} {brief(number)}: write a number")
    full = {"unit": "", "kind": "reported", "source": "user", **raw}
    for name in ("unit", "kind", "source", "note"):
        if not isinstance(full.get(name, ""), str):
            raise CatalogueError(f"{where}: {name} {brief(full[name])}: write a text")
    units = _units_of(key)
    if units and full["unit"] not in units:
        allowed = ", ".join([*sorted(units - {""}), "none"])
        raise CatalogueError(f"{where}: unit {brief(full['unit'])}: allowed: {allowed}")
    if full["kind"] not in KINDS:
        raise _unknown_key(f"{where}: kind", str(full["kind"]), KINDS)
    if full["source"] != "user":
        catalogue.source(full["source"])
    figure = make_figure(key, full)
    bare = figure.source == "user" and figure.low is None and figure.high is None
    found = Range(figure.number, figure.number, figure.number, "as given") if bare else figure_range((figure,))
    if not found.low <= found.value <= found.high:
        raise CatalogueError(f"{where}: {found.value:g} lies outside {found.low:g} to {found.high:g}; mend low or high")
    return SystemFigure(_in_parts(found, figure.unit), figure, (), figure.kind, "")


def _units_of(key: str) -> set[str]:
    """Return the units that a figure under a key of a part may be said to have; none where it is no number."""
    spelled = key.replace("-", "_")
    keys = {keys[spelled] for keys in PART_KEYS.values() if spelled in keys} or {spelled}
    known = [QUANTITIES[each] for each in keys if each in QUANTITIES]
    shares = {"ratio", PERCENT} if any(q.is_share for q in known) else set()
    return {"", *shares, *(q.unit for q in known)} if known else set()


def _referred(raw: Mapping[str, Any], where: str, catalogue: Catalogue) -> SystemFigure:
    """Return a figure of a table or of a chip: "packages/scheme.cowos_s/wafer_price", "chips/amd-mi300x/xcd_area"."""
    for name in raw:
        if name not in REFERENCE_KEYS:
            raise _unknown_key(where, name, REFERENCE_KEYS)
    path = str(raw[REFERENCE])
    table, _, rest = path.partition("/")
    group, _, key = rest.partition("/")
    if table == "chips":
        entry: Any = catalogue.product(group)
    else:
        groups = catalogue.tables(table)
        if group not in groups:
            raise _unknown_key(f"{where}: {path}", group, tuple(groups))
        entry = groups[group]
    figures = entry.figures.get(key)
    if not figures:
        raise _unknown_key(f"{where}: {path}", key, tuple(entry.figures))
    chosen = entry.preferred(key)
    found = entry.range(key)
    kind = str(raw.get("kind", chosen.kind))
    if kind not in KINDS:
        raise _unknown_key(f"{where}: kind", kind, KINDS)
    rivals = tuple(figure for figure in figures if figure is not chosen)
    # What is said of all figures of a group, such as that they are contested, goes with each of them.
    note = "; ".join(str(part) for part in (raw.get("note", ""), getattr(entry, "note", "")) if part)
    return SystemFigure(_in_parts(found, chosen.unit), chosen, rivals, kind, note)


def table_figure(path: str, catalogue: Catalogue) -> SystemFigure:
    """Return a figure that stands in a table, such as "packages/scheme.fan_out/wafer_cost"."""
    return _referred({REFERENCE: path}, path, catalogue)


def _in_parts(found: Range, unit: str) -> Range:
    """Return a range of a share as parts of one, where it is stated in per cent."""
    if unit != PERCENT:
        return found
    return Range(found.low / 100.0, found.value / 100.0, min(found.high / 100.0, 1.0), found.basis)


def _unknown_key(where: str, given: str, known: tuple[str, ...]) -> CatalogueError:
    close = nearest(given, known)
    hint = f"nearest: {', '.join(close)}" if close else f"known: {', '.join(known)}"
    return CatalogueError(f"{where}: unknown '{given}'; {hint}")
