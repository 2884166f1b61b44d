"""A scenario from a TOML file, what it extends and its CSV of points; what is wrong is a line with the file's name."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from nodecalc.catalogue.tomlfile import load_toml
from nodecalc.doors import a_path, brief, names, real_path, whole_path
from nodecalc.errors import CatalogueError, InputError, NodecalcError, UnknownNameError, unknown
from nodecalc.question.asking import DIE, OWN, command_named, own_words
from nodecalc.question.at import nodes_of
from nodecalc.question.ranges import axis_key
from nodecalc.question.scenario import NAME, NODE, SUBJECT, Scenario, axis_of, key_named, one_value, over

from .saved import csv_rows, read_text

COMMANDS: Final = tuple(command for command in OWN if command != DIE)
TABLES: Final = (
    "schema", "extends", "command", "convention", "strict", "catalogue", "die", "axes", "points", *COMMANDS,
)  # fmt: skip
"""What a scenario file may hold."""
FILE: Final = "file"
IN_POINTS: Final = (*SUBJECT, NAME)
"""What rows may say beside inputs."""
MOST_ROWS: Final = 200_000


def read_scenario(path: str | os.PathLike[str]) -> Scenario:
    """Return the scenario of a TOML file.

    ``[die]`` holds size, node, chip and inputs under any of their spellings; ``[axes]`` lists or ranges whose product
    is asked; ``[points]`` lists of one length that belong together, or ``file``, a CSV whose columns are keys.
    A table of the name of a command, such as ``[risk]``, holds what that is asked beside the die, and ``command`` says
    which one answers. ``extends`` names another such file, whatever this one says again in its place.
    """
    name = a_path("scenario", path, "give the path of a TOML file")
    return _read(name, ())


def _read(path: str, before: tuple[str, ...]) -> Scenario:
    if "\0" in path:
        raise InputError(f"scenario {brief(path)}: no file has such a name; give the path of a TOML file")
    real = real_path(path)
    if real in before:
        raise InputError(f"{path}: it extends itself, by way of {' and '.join(before[before.index(real) :])}")
    try:
        tables = load_toml(path, "scenario")
    except CatalogueError as error:
        raise InputError(str(error)) from None
    try:
        made = _scenario(tables, Path(path).parent)
        base = tables.get("extends")
        if base is None:
            return made
        if not isinstance(base, str):
            raise InputError(f"extends {brief(base)}: one file's name, as a text")
        if "\0" in base:
            raise InputError(f"extends {brief(base)}: no file has such a name; give the path of a TOML file")
    except NodecalcError as error:
        raise type(error)(f"{path}: {error}") from None
    return over(_read(str(Path(path).parent / base), (*before, real)), made)


def _scenario(tables: Mapping[str, Any], folder: Path) -> Scenario:
    for name in tables:
        if name not in TABLES:
            raise unknown("key", name, TABLES, f"a scenario holds {', '.join(TABLES)}")
    schema = tables.get("schema", 1)
    if type(schema) is not int or schema != 1:  # true and 1.0 are equal to 1
        raise InputError(f"schema {brief(schema)}: this version reads schema 1")
    for name in ("die", "axes", "points"):
        if not isinstance(tables.get(name, {}), Mapping):
            raise InputError(f"{name}: it is a table, [{name}]")
    for name, kind in (("strict", bool), ("catalogue", str)):
        if not isinstance(tables.get(name, kind()), kind):
            wanted = "true or false" if kind is bool else "the path of a file"
            raise InputError(f"{name} {tables[name]!r}: give {wanted}")
    fixed = _keyed(tables.get("die", {}))
    nodes = names("node", fixed.pop(NODE, ()), "write a node's name, or a list of them")
    fixed = {key: one_value(key, value) for key, value in fixed.items()}
    convention = tables.get("convention")
    if convention is not None:
        from nodecalc.catalogue.conventions import find_convention

        fixed = find_convention(convention).under(fixed)
    file, command = tables.get("catalogue"), tables.get("command")
    return Scenario(
        fixed,
        tuple(nodes_of(nodes)),
        tuple(axis_of(key, values) for key, values in _keyed(tables.get("axes", {}), axes=True).items()),
        _points(tables.get("points", {}), folder),
        tables.get("strict", False),
        None if file is None else whole_path(folder / file),
        "" if command is None else command_named(command),
        {name: own_words(name, tables[name]) for name in COMMANDS if name in tables},
        convention,
    ).checked()


def _keyed(table: Mapping[str, Any], extra: tuple[str, ...] = SUBJECT, axes: bool = False) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in table.items():
        # An axis may be of one node alone: "smic-n+2:d0".
        key = axis_key(name) if axes and ":" in name else _key(name, extra)
        if key in found:
            raise InputError(f"{key}: given twice, once as '{name}'; give it once")
        found[key] = value
    return found


def _key(name: str, extra: tuple[str, ...]) -> str:
    """Return the key of a name; the tools are read where one of them may be meant."""
    try:
        return key_named(name, None, extra)
    except UnknownNameError:
        from nodecalc.catalogue import open_catalogue

        return key_named(name, open_catalogue(None), extra)


def _points(table: Mapping[str, Any], folder: Path) -> tuple[dict[str, Any], ...]:
    """Return the rows of a CSV, or those of lists of one length."""
    if FILE in table:
        others = [name for name in table if name != FILE]
        if others:
            raise InputError(f"points: a file and {others[0]}: rows come from one of them; leave one out")
        if not isinstance(table[FILE], str):
            raise InputError(f"points: file {table[FILE]!r}: give the path of a CSV file")
        return read_points(folder / table[FILE])
    lists = _keyed(table, IN_POINTS)
    lengths = {key: len(values) if isinstance(values, list) else -1 for key, values in lists.items()}
    if len(set(lengths.values())) > 1 or -1 in lengths.values():
        told = ", ".join(f"{key} {'no list' if n < 0 else n}" for key, n in lengths.items())
        raise InputError(f"points: lists of one length, as their values belong together; here {told}")
    count = next(iter(lengths.values()), 0)
    return tuple({key: one_value(key, values[i]) for key, values in lists.items()} for i in range(count))


def read_points(path: str | os.PathLike[str]) -> tuple[dict[str, Any], ...]:
    """Return the rows of a CSV whose columns are keys of inputs, or size, node, chip, name; empty cells say nothing."""
    where = f"points: '{path}'"
    lines = csv_rows(io.StringIO(read_text(path, "points", "give a CSV in UTF-8 with a head of keys")), where)
    head = next(lines, [])
    if not any(cell.strip() for cell in head):
        raise InputError(f"points: '{path}': empty; its first line names the columns, such as node,size,d0")
    keys = [_key(name.strip(), IN_POINTS) for name in head]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise InputError(f"points: '{path}': two columns of {twice}; give one")
    rows = []
    for place, cells in enumerate(lines, 2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(keys):
            raise InputError(
                f"points: '{path}' row {place}: {len(cells)} cells under {len(keys)} columns; give as many"
            )
        rows.append({key: cell.strip() for key, cell in zip(keys, cells, strict=True) if cell.strip()})
    if not rows:
        raise InputError(f"points: '{path}': no rows below its head")
    if len(rows) > MOST_ROWS:
        raise InputError(f"points: '{path}': {len(rows):,} rows, at most {MOST_ROWS:,}")
    return tuple(rows)
