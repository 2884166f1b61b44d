"""Scales and their ticks: round numbers, few enough to be read."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, exp, floor, isfinite, log, log10
from typing import Final, NamedTuple

from nodecalc.vocabulary import find_quantity

STEPS: Final = (1.0, 2.0, 2.5, 5.0)
LOG_STEPS: Final = ((1.0, 2.0, 3.0, 5.0, 7.0), (1.0, 2.0, 5.0), (1.0, 3.0), (1.0,))
"""Mantissas of the ticks of one decade, from many to one."""

LARGE: Final = 1e6
"""Numbers from here on are written with an exponent, unless their format groups thousands."""
SMALL: Final = 1e-4

EQUAL: Final = 1e-9
"""Values that differ by less of their size are drawn as one: no tick could tell them apart."""


class Scale(NamedTuple):
    """A straight or logarithmic line from `low` to `high`."""

    low: float
    high: float
    log: bool

    def at(self, value: float) -> float:
        """Return where `value` lies: 0 at `low`, 1 at `high`; nan where it has no place."""
        if not isfinite(value) or (self.log and value <= 0.0):
            return float("nan")
        if not self.high > self.low:
            return 0.5
        if self.log:
            return log(value / self.low) / log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def value(self, at: float) -> float:
        """Return the value that lies at `at`."""
        if self.log:
            return self.low * exp(at * log(self.high / self.low))
        return self.low + at * (self.high - self.low)

    def ticks(self, most: int) -> list[float]:
        """Return at most `most` round values on the scale, ascending; two or more where there is room for any."""
        return log_ticks(self.low, self.high, most) if self.log else linear_ticks(self.low, self.high, most)


def value_scale(low: float, high: float, log_scale: bool) -> Scale:
    """Return a scale on which the values from `low` to `high` have room; for equal ones there is some on both sides."""
    if not (isfinite(low) and isfinite(high)):
        return Scale(0.0, 1.0, False)
    if high - low <= EQUAL * max(abs(low), abs(high)):
        room = abs(low) * 0.05 or 1.0
        return Scale(low - room, high + room, False)
    return Scale(low, high, log_scale)


def linear_ticks(low: float, high: float, most: int) -> list[float]:
    """Return multiples of 1, 2, 2.5 or 5 times a power of ten between `low` and `high`, at most `most` of them.

    >>> linear_ticks(0.0, 1.0, 6)
    [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]

    """
    if not high > low or most < 1:
        return [low]
    decade = floor(log10((high - low) / most)) - 1
    while True:
        for mantissa in STEPS:
            step = mantissa * 10.0**decade
            # A bound that is a tick but for rounding is one.
            first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
            if last - first + 1 <= most:
                digits = max(0, 1 - decade)
                return [round(i * step, digits) if digits < 300 else i * step for i in range(first, last + 1)]
        decade += 1


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Return round values between `low` and `high` for a logarithmic scale, at most `most` of them.

    >>> log_ticks(0.05, 20.0, 9)
    [0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0]

    """
    first, last = floor(log10(low)), ceil(log10(high))
    inside = (low * (1.0 - 1e-9), high * (1.0 + 1e-9))
    for mantissas in LOG_STEPS:
        found = [
            v for d in range(first, last + 1) for m in mantissas if inside[0] <= (v := float(f"{m}e{d}")) <= inside[1]
        ]
        if len(found) <= most:
            break
    else:
        every = ceil(len(found) / max(most, 1))
        found = found[::every]
    # Less than a decade: round steps say more than one power of ten; over more of them they would crowd at its top.
    decades = len(found) == 2 and found[1] > 9.9 * found[0]
    return found if len(found) >= 3 or decades else linear_ticks(low, high, most)


Ticks = list[tuple[float, str]]
"""Places on a scale with the text that stands there."""


def labelled(scale: Scale, key: str, most: int) -> Ticks:
    """Return at most `most` round values of the quantity `key` on `scale`, each with its text."""
    ticks = scale.ticks(most)
    return list(zip(ticks, tick_texts(ticks, key, even=not scale.log), strict=True))


def apart(ticks: Ticks, scale: Scale, room: float) -> Ticks:
    """Return those of `ticks` that are at least `room` of the scale away from the one kept before."""
    kept: Ticks = []
    for tick in ticks:
        if not kept or scale.at(tick[0]) - scale.at(kept[-1][0]) >= room:
            kept.append(tick)
    return kept


def tick_texts(ticks: Sequence[float], key: str, even: bool) -> list[str]:
    """Return the ticks as text: with as many digits as tell them apart, in per cent where tables show it so.

    `even` ticks, those of a straight scale, all get the same number of decimals.
    """
    q = find_quantity(key)
    form = q.format if q is not None else ""
    factor, sign = (100.0, "%") if form.endswith("%") else (1.0, "")
    comma = "," if "," in form else ""
    values = [v * factor for v in ticks]
    digits = max((_decimals(v) for v in values), default=0)
    return [_text(v, digits if even else _decimals(v), comma) + sign for v in values]


def _decimals(value: float) -> int:
    """How many decimals a round number has."""
    for digits in range(12):
        if abs(round(value, digits) - value) <= 1e-9 * abs(value):
            return digits
    return 12


def _text(value: float, digits: int, comma: str) -> str:
    if value and not (SMALL <= abs(value) < (1e9 if comma else LARGE)):
        return _short(value)
    return f"{value:{comma}.{digits}f}"


def _short(value: float) -> str:
    mantissa, _, exponent = f"{value:.6g}".partition("e")
    if not exponent:
        mantissa, _, exponent = f"{value:.5e}".partition("e")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{mantissa}e{int(exponent)}"
