"""Counts of tested dies from CSV: a table by die area, or maps of wafers as testers write them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from math import isfinite
from typing import Any, Final

from nodecalc.doors import regular_text
from nodecalc.errors import InputError

from .saved import csv_rows

MAP: Final = ("x", "y", "bin")
TABLE: Final = ("dies", "good")
WHOSE: Final = ("lot", "wafer")
"""Columns that together tell one wafer from another."""
ALIASES: Final = {
    "area": "area_mm2",
    "die_area_mm2": "area_mm2",
    **dict.fromkeys(("wafer_id", "waferid", "wafer_no", "wafer_number", "wafer_num"), "wafer"),
    **dict.fromkeys(("lot_id", "lotid", "lot_no", "lot_number"), "lot"),
    **dict.fromkeys(("die_x", "diex", "x_coord", "xcoord", "x_coordinate"), "x"),
    **dict.fromkeys(("die_y", "diey", "y_coord", "ycoord", "y_coordinate"), "y"),
    **dict.fromkeys(("hardbin", "hard_bin", "hbin", "softbin", "soft_bin", "sbin"), "bin"),
    **dict.fromkeys(("bin_code", "bincode", "bin_number"), "bin"),
}
"""Heads that stand for others, in lower case and with underscores."""
INSTEAD: Final = {"column": "x", "col": "x", "row": "y", "result": "bin", "pass_fail": "bin"}
"""Heads that stand for others where no head says those: beside x and y, a column is another thing."""
PASS: Final = ("1",)
"""Bins of a map that are good where nobody says."""

Line = tuple[int, dict[str, str]]
"""Number of a line in the file, and its cells by their head; empty ones are left out."""


def read_lots(
    path: str | os.PathLike[str], area_mm2: Any = None, pass_bins: Sequence[str] | None = None, windows: int = 1
) -> list[dict[str, Any]]:
    """Return the rows of a CSV file: ``area_mm2``, ``dies``, ``good`` and, where the file says it, ``wafer``.

    A map has a line for each test of a die, ``x``, ``y``, ``bin`` and perhaps ``lot`` and ``wafer``; of several tests
    of one die the last counts. It becomes one row a wafer, of the area given or of its own column. Other columns, such
    as a tester's site or temperature, are left aside. With `windows` above 1 neighbouring dies are taken together too,
    up to so many, without overlap: one row a wafer and size of window, good where all of its dies are.
    """
    name = os.fspath(path)
    heads, lines = _lines(name)
    if all(key in heads for key in MAP):
        return _of_map(name, lines, area_mm2, [_plain(bin_) for bin_ in pass_bins or PASS], windows)
    if windows > 1:
        raise InputError(f"file '{name}': it counts dies and has no places; windows (--windows) need x, y and bin")
    if not all(key in heads for key in TABLE):
        raise InputError(
            f"file '{name}': columns {', '.join(heads)}; allowed: area_mm2,dies,good[,wafer] or x,y,bin[,wafer]"
        )
    if pass_bins is not None:
        raise InputError(f"file '{name}': it counts dies and has no bins; leave pass_bins (--pass) out")
    kept = ("area_mm2", *TABLE)
    return [{key: row[key] for key in kept if key in row} | _whose(row) for _, row in lines]


def _lines(name: str) -> tuple[list[str], list[Line]]:
    """Return the heads, and the lines below them; comments and empty lines are none."""
    try:
        lines = regular_text(name).splitlines(keepends=True)
        numbered = [(at, text) for at, text in enumerate(lines, 1) if text.strip() and not text.startswith("#")]
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "no text in UTF-8"
        raise InputError(f"file '{name}': {why}; give a CSV file with area_mm2,dies,good or x,y,bin") from None
    if not numbered:
        raise InputError(f"file '{name}': empty; give a CSV file with area_mm2,dies,good or x,y,bin")
    first = numbered[0][1]
    reader = csv_rows((text for _, text in numbered), f"file '{name}'", max(",;\t", key=first.count))
    plain = [head.strip().lower().replace(" ", "_") for head in next(reader)]
    heads = [ALIASES.get(head, head) for head in plain]
    heads = [meant if (meant := INSTEAD.get(head, head)) == head or meant not in heads else head for head in heads]
    twice = next((head for head in (*MAP, *TABLE, *WHOSE, "area_mm2") if heads.count(head) > 1), None)
    if twice is not None:
        named = " and ".join(head for head, meant in zip(plain, heads, strict=True) if meant == twice)
        raise InputError(f"file '{name}': columns {named} both are {twice}; leave one of them out")
    cells = ({head: cell.strip() for head, cell in zip(heads, row, strict=False) if cell.strip()} for row in reader)
    return heads, [(at, row) for (at, _), row in zip(numbered[1:], cells, strict=False)]


def _whose(row: dict[str, str]) -> dict[str, str]:
    """Return the wafer of a row, with its lot where that is told, if it is told at all."""
    told = [row[key] for key in WHOSE if key in row]
    return {"wafer": " ".join(told)} if told else {}


def _of_map(name: str, lines: list[Line], area_mm2: Any, good: list[str], windows: int) -> list[dict[str, Any]]:
    last: dict[tuple[str | None, str, str], tuple[Any, str]] = {}
    for at, row in lines:
        if not all(key in row for key in MAP):
            raise InputError(f"file '{name}', line {at}: x, y or bin is missing")
        area = row.get("area_mm2", area_mm2)
        if area is None:
            raise InputError(f"file '{name}': a wafer map; its dies' area is needed: give area_mm2 (--area)")
        last[_whose(row).get("wafer"), _plain(row["x"]), _plain(row["y"])] = area, _plain(row["bin"])
    bins = sorted({bin_ for _, bin_ in last.values()})
    if last and not any(bin_ in good for bin_ in bins):
        raise InputError(
            f"file '{name}': none of its {len(last):,} dies is in bin {' or '.join(good)}; it has "
            f"{', '.join(bins[:9])}; name those that are good in pass_bins (--pass)"
        )
    found: dict[tuple[str | None, Any], list[int]] = {}
    if windows > 1:
        if area_mm2 is not None and all("area_mm2" in row for _, row in lines):
            raise InputError(f"area_mm2 {area_mm2}: every row says its own; leave it (--area) out")
        _add_windows(name, last, good, windows, found)
    else:
        for (wafer, _, _), (area, bin_) in last.items():
            _add(found, wafer, area, bin_ in good)
    return [
        {"area_mm2": area, "dies": dies, "good": passed} | ({} if wafer is None else {"wafer": wafer})
        for (wafer, area), (dies, passed) in found.items()
    ]


Counts = dict[tuple[str | None, Any], list[int]]


def _add(found: Counts, wafer: str | None, area: Any, good: bool) -> None:
    both = found.setdefault((wafer, area), [0, 0])
    both[0] += 1
    both[1] += good


SHAPES: Final = ((1, 1), (2, 1), (2, 2), (3, 2), (3, 3), (4, 3), (4, 4))
"""Columns and rows of windows."""


def _add_windows(
    name: str,
    dies: dict[tuple[str | None, str, str], tuple[Any, str]],
    good: Sequence[str],
    most: int,
    found: Counts,
) -> None:
    """Add whole windows of each shape up to `most` dies: a tiling from the lowest column and row of each wafer."""
    from nodecalc.question.units import number

    wafers: dict[str | None, dict[tuple[int, int], tuple[float, bool]]] = {}
    for (wafer, x, y), (area, bin_) in dies.items():
        try:
            place = int(x), int(y)
        except ValueError:
            raise InputError(
                f"file '{name}': die {x}, {y}: windows (--windows) need columns and rows; give whole numbers"
            ) from None
        wafers.setdefault(wafer, {})[place] = number(area, "die_area_mm2"), bin_ in good
    for wafer, each in wafers.items():
        left, low = min(x for x, _ in each), min(y for _, y in each)
        for across, up in SHAPES:
            if across * up > most:
                break
            tiles: dict[tuple[int, int], list[tuple[float, bool]]] = {}
            for (column, row), die in each.items():
                tiles.setdefault(((column - left) // across, (row - low) // up), []).append(die)
            for tile in tiles.values():
                if len(tile) == across * up:
                    _add(found, wafer, tile[0][0] * len(tile), all(passed for _, passed in tile))


def _plain(text: str) -> str:
    """Return a bin or a coordinate so that one number is one text however it is written; other texts as they are.

    >>> [_plain(text) for text in ("1", "01", "1.0", "F")]
    ['1', '1', '1', 'F']
    """
    try:
        number = float(text)
    except ValueError:
        return text
    return f"{number:g}" if isfinite(number) else text
