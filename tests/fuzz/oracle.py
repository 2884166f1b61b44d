"""What must hold whatever was asked."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from .runner import Fault

SHARES = re.compile(r"(^|_)yield$|_fraction$|^utilisation$")
WHOLE = ("best", "center-die", "center-corner", "free-rows")
"""Placements that count; formulas give parts of dies."""
NO_NUMBER = re.compile(r"(?<![\w-])(None|NaN|Infinity)(?![\w-])")


def check_row(row: Mapping[str, Any]) -> None:
    """Refuse a row whose numbers cannot be."""
    for key, value in row.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        if math.isnan(value):
            raise Fault(f"nan in a row: {key}")
        if SHARES.search(key) and not 0.0 <= value <= 1.0:
            raise Fault(f"a share outside 0 to 1: {key} {value!r}")
        if key == "gross_dies" and value != int(value) and row.get("placement") in WHOLE:
            raise Fault(f"dies that are not whole: {value!r}")
        if key.endswith("_usd") and value < 0.0:
            raise Fault(f"a negative cost: {key} {value!r}")
    for key in [key for key in row if f"{key}_p10" in row]:
        low, value, high = (row[name] for name in (f"{key}_p10", key, f"{key}_p90"))
        if None not in (low, value, high) and not low <= value * (1 + 1e-9) <= high * (1 + 2e-9):
            raise Fault(f"a band that does not hold its value: {key} {low!r} {value!r} {high!r}")


def check_printed(text: str, what: str) -> None:
    """Refuse what a terminal would not show as it is."""
    for character in text:
        if character != "\n" and unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp", "Cs"):
            raise Fault(f"a control character in {what}: {character!r} in {text[:300]!r}")


def check_table(text: str) -> None:
    """Refuse a table that shows a number which is none."""
    shown = NO_NUMBER.search(text)
    if shown:
        raise Fault(f"no number in a table: {shown[0]} in {text[:600]!r}")


def strict_json(text: str) -> Any:
    """Return what a JSON text holds; numbers that JSON does not have are a fault."""

    def refuse(word: str) -> None:
        raise Fault(f"{word} in JSON: {text[:300]!r}")

    try:
        return json.loads(text, parse_constant=refuse)
    except ValueError as error:
        raise Fault(f"no JSON: {error} in {text[:300]!r}") from None
