"""Numbers as people read them: more than nothing never looks like nothing, less than all never looks like all.

A table's format fixes decimals; small dies and bad yields fall below them. There, and only there, are more digits: at
least three count, so that what is printed is within half a per cent of what was worked out.
"""

from __future__ import annotations

from math import floor, isfinite, log10
from typing import Final

COUNTING: Final = 3
"""Digits that count, at least."""
MOST_PLACES: Final = 6
"""Decimals at most; what takes more is written with a power of ten."""
LEAST_LOSS: Final = 1e-6
"""Smallest loss that is spelled out in a percentage; of less it is said that there is some."""


def shown(value: float, spec: str) -> str:
    """Return `value` in the format `spec`, with more digits where it would lose all of them.

    >>> shown(0.0034, ",.2f"), shown(0.0148, ",.2f"), shown(12.3456, ",.2f"), shown(0.0, ",.2f")
    ('0.0034', '0.0148', '12.35', '0.00')
    >>> shown(0.99962, ".1%"), shown(0.00012, ".1%"), shown(1.0, ".1%"), shown(0.5, ".1%"), shown(1 - 1e-9, ".1%")
    ('99.962%', '0.012%', '100.0%', '50.0%', '>99.9999%')
    """
    decimals = _decimals(spec)
    if decimals is None or value == 0.0 or not isfinite(value):
        return format(value, spec)
    return _percent(value, spec, decimals) if spec.endswith("%") else _fixed(value, spec, decimals)


def significant(value: float, count: int = 6, whole: float = 1.0) -> str:
    """Return `value` to so many significant digits, more where less than the `whole` would look like it.

    >>> significant(0.62590213), significant(0.99999998), significant(1.0), significant(99.99999, 4, 100.0)
    ('0.625902', '0.99999998', '1', '99.99999')
    """
    text = f"{value:.{count}g}"
    while value < whole and float(text) == whole and count < 17:
        count += 1
        text = f"{value:.{count}g}"
    return text


def digits(value: float) -> str:
    """Return `value` with six digits, and never with a power of ten where it is a large sum of money.

    >>> digits(63e6), digits(0.06), digits(15.570383)
    ('63,000,000', '0.06', '15.5704')
    """
    return f"{value:,.0f}" if abs(value) >= 1e4 else f"{value:.6g}"


def _decimals(spec: str) -> int | None:
    """How many decimals the format has, or None where it counts significant digits."""
    head, point, tail = spec.rpartition(".")
    return int(tail[:-1]) if point and tail[-1:] in ("f", "%") and not head.strip("+,") else None


def _fixed(value: float, spec: str, decimals: int) -> str:
    if abs(value) >= 10.0 ** (COUNTING - 1 - decimals):
        return format(value, spec)
    places = COUNTING - 1 - floor(log10(abs(value)))
    if places > MOST_PLACES:
        return format(value, f"{_sign(spec)}.{COUNTING}g")
    text = format(value, f"{_sign(spec)}.{places}f")
    if abs(float(text) - value) > 1e-12 * abs(value):
        return text
    # Of a number that has no more digits, such as 0.39, none is made up.
    spare = len(text) - len(text.rstrip("0"))
    return text[: len(text) - min(spare, places - decimals)].removesuffix(".")


def _percent(value: float, spec: str, decimals: int) -> str:
    step = 10.0 ** -(decimals + 2)
    if abs(value) < 10.0 ** (COUNTING - 3 - decimals):
        return f"{_fixed(100.0 * value, f'{_sign(spec)}.{decimals}f', decimals)}%"
    loss = 1.0 - value
    if not 0.0 < loss < step:
        return format(value, spec)
    if loss < LEAST_LOSS:
        return ">99.9999%"
    return format(value, f"{_sign(spec)}.{-1 - floor(log10(loss))}%")


def _sign(spec: str) -> str:
    return "+" if spec.startswith("+") else ""
