"""Counts of tested dies from CSV: a table by die area, or maps of wafers as testers write them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Final

from nodecalc.errors import InputError

MAP: Final = ("x", "y", "bin")
TABLE: Final = ("dies", "good")
ALIASES: Final = {
    "area": "area_mm2",
    "die_area_mm2": "area_mm2",
    "wafer_id": "wafer",
    "hardbin": "bin",
    "softbin": "bin",
}
"""Heads that stand for others, in lower case and with underscores."""


def read_lots(
    path: str | os.PathLike[str], area_mm2: Any = None, pass_bins: Sequence[str] = ("1",)
) -> list[dict[str, Any]]:
    """Return the rows of a CSV file: ``area_mm2``, ``dies``, ``good`` and, where the file says it, ``wafer``.

    A map has a line for each test of a die, ``x``, ``y``, ``bin`` and perhaps ``wafer``; of several tests of one die
    the last counts. It becomes one row a wafer, of the area given.
    """
    import csv

    name = os.fspath(path)
    try:
        with open(name, newline="", encoding="utf-8-sig") as stream:  # noqa: PTH123 - a path or a text
            lines = [line for line in stream if line.strip() and not line.startswith("#")]
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "no text in UTF-8"
        raise InputError(f"file '{name}': {why}; give a CSV file with area_mm2,dies,good or x,y,bin") from None
    if not lines:
        raise InputError(f"file '{name}': empty; give a CSV file with area_mm2,dies,good or x,y,bin")
    reader = csv.reader(lines, delimiter=max(",;\t", key=lines[0].count))
    plain = [head.strip().lower().replace(" ", "_") for head in next(reader)]
    heads = [ALIASES.get(head, head) for head in plain]
    rows = [dict(zip(heads, (cell.strip() for cell in row), strict=False)) for row in reader]
    if all(key in heads for key in MAP):
        return _of_map(name, rows, area_mm2, set(pass_bins))
    if not all(key in heads for key in TABLE):
        raise InputError(
            f"file '{name}': columns {', '.join(heads)}; allowed: area_mm2,dies,good[,wafer] or x,y,bin[,wafer]"
        )
    kept = ("area_mm2", *TABLE, "wafer")
    return [{key: row[key] for key in kept if row.get(key)} for row in rows]


def _of_map(name: str, rows: list[dict[str, str]], area_mm2: Any, good: set[str]) -> list[dict[str, Any]]:
    if area_mm2 is None:
        raise InputError(f"file '{name}': a wafer map; its dies' area is needed: give area_mm2 (--area)")
    told = any("wafer" in row for row in rows)
    last: dict[tuple[str | None, str, str], str] = {}
    for place, row in enumerate(rows, 2):
        if not all(row.get(key) for key in MAP):
            raise InputError(f"file '{name}', line {place}: x, y or bin is missing")
        last[row.get("wafer") if told else None, row["x"], row["y"]] = row["bin"]
    found: dict[str | None, list[int]] = {}
    for (wafer, _, _), bin_ in last.items():
        both = found.setdefault(wafer, [0, 0])
        both[0] += 1
        both[1] += bin_ in good
    return [
        {"area_mm2": area_mm2, "dies": dies, "good": passed} | ({} if wafer is None else {"wafer": wafer})
        for wafer, (dies, passed) in found.items()
    ]
