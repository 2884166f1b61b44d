"""A die with one of its own measures changed: what is left of the size that was given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .graph import SIZE_KEYS
from .units import size as read_size

AREA: Final = "die_area_mm2"
SIDES: Final = ("die_width_mm", "die_height_mm")
ASPECT: Final = "aspect_ratio"


def measures(size: str | float | None) -> dict[str, float]:
    """Return what a SIZE says, by key.

    >>> measures("10x12"), measures(100), measures(None)
    ({'die_width_mm': 10.0, 'die_height_mm': 12.0}, {'die_area_mm2': 100.0}, {})
    """
    if size is None:
        return {}
    read = read_size(size if isinstance(size, str) else f"{size!r}")
    found = dict(zip((*SIDES, AREA), read, strict=True))
    return {key: value for key, value in found.items() if value is not None}


def resized(size: str | float | None, given: Mapping[str, Any], key: str) -> tuple[str | float | None, dict[str, Any]]:
    """Return size and inputs without what `key`, a measure of the die, takes the place of.

    A die whose sides were given keeps their ratio where its area changes, and its other side where one does.

    >>> resized("10x12", {}, "die_area_mm2")[1]["aspect_ratio"] == 10 / 12
    True
    >>> resized("10x12", {"alpha": 3}, "die_width_mm")
    (None, {'alpha': 3, 'die_height_mm': 12.0})
    >>> resized("100", {}, "d0_per_cm2")
    ('100', {})
    """
    if key not in SIZE_KEYS:
        return size, dict(given)
    known = measures(size)
    left = {name: value for name, value in given.items() if name != key}
    if key in SIDES:
        return None, {**left, **{name: value for name, value in known.items() if name != key}}
    if key == ASPECT:
        return size, left
    if all(side in known for side in SIDES):
        left[ASPECT] = known[SIDES[0]] / known[SIDES[1]]
    return None, left
