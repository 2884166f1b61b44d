"""A scenario from a TOML file, what it extends and its CSV of points; what is wrong is a line with the file's name."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from nodecalc.catalogue.tomlfile import load_toml
from nodecalc.doors import a_path, brief, names
from nodecalc.errors import CatalogueError, InputError, NodecalcError, UnknownNameError, unknown
from nodecalc.question.at import nodes_of
from nodecalc.question.ranges import axis_of_text
from nodecalc.question.scenario import CHIP, NAME, NODE, OWN, SIZE, Scenario, key_named, one_value, over

from .saved import csv_rows, read_text

TABLES: Final = ("schema", "extends", "strict", "catalogue", "die", "axes", "points")
"""What a scenario file may hold."""
FILE: Final = "file"
IN_POINTS: Final = (*OWN, NAME)
"""What rows may say beside inputs."""
MOST_ROWS: Final = 200_000


def read_scenario(path: str | os.PathLike[str]) -> Scenario:
    """Return the scenario of a TOML file.

    ``[die]`` holds size, node, chip and inputs under any of their spellings; ``[axes]`` lists or ranges whose product
    is asked; ``[points]`` lists of one length that belong together, or ``file``, a CSV whose columns are keys.
    ``extends`` names another such file, whatever this one says again in its place.
    """
    name = a_path("scenario", path, "give the path of a TOML file")
    if "\0" in name:
        raise InputError(f"scenario {brief(name)}: no file has such a name; give the path of a TOML file")
    return _read(name, ())


def _read(path: str, before: tuple[str, ...]) -> Scenario:
    real = os.path.realpath(path)
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
            raise InputError(f"extends {base!r}: one file's name, as a text")
    except NodecalcError as error:
        raise type(error)(f"{path}: {error}") from None
    return over(_read(str(Path(path).parent / base), (*before, real)), made)


def _scenario(tables: Mapping[str, Any], folder: Path) -> Scenario:
    for name in tables:
        if name not in TABLES:
            raise unknown("key", name, TABLES, f"a scenario holds {', '.join(TABLES)}")
    if tables.get("schema", 1) != 1:
        raise InputError(f"schema {tables['schema']!r}: this version reads schema 1")
    for name in ("die", "axes", "points"):
        if not isinstance(tables.get(name, {}), Mapping):
            raise InputError(f"{name}: it is a table, [{name}]")
    for name, kind in (("strict", bool), ("catalogue", str)):
        if not isinstance(tables.get(name, kind()), kind):
            wanted = "true or false" if kind is bool else "the path of a file"
            raise InputError(f"{name} {tables[name]!r}: give {wanted}")
    fixed = _keyed(tables.get("die", {}))
    nodes = names("node", fixed.pop(NODE, ()), "write a node's name, or a list of them")
    file = tables.get("catalogue")
    return Scenario(
        {key: one_value(key, value) for key, value in fixed.items()},
        tuple(nodes_of(nodes)),
        tuple((key, _values(key, values)) for key, values in _keyed(tables.get("axes", {})).items()),
        _points(tables.get("points", {}), folder),
        tables.get("strict", False),
        None if file is None else os.path.abspath(folder / file),  # noqa: PTH100 - a link stays one
    ).checked()


def _keyed(table: Mapping[str, Any], extra: tuple[str, ...] = OWN) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in table.items():
        key = _key(name, extra)
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


def _values(key: str, given: Any) -> tuple[Any, ...]:
    """Return the values of an axis: a list, or a range as --over writes it."""
    if key in (SIZE, CHIP):
        if not isinstance(given, list) or not given:
            raise InputError(f"axis {key}: give a list of {key}s")
        return tuple(given)
    if isinstance(given, str):
        return tuple(axis_of_text(key, given).values().tolist())
    if not isinstance(given, list) or not given:
        raise InputError(f'axis {key} {given!r}: give a list, or a range such as "0.05:0.5:10"')
    return tuple(one_value(key, value) for value in given)


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
