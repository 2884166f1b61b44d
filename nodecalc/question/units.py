"""Numbers and sizes as people write them, brought to the units of the vocabulary.

100 mm2 = 1 cm2 = 0.155 in2; 1 in2 = 6.4516 cm2. A slip here is a factor of 100 in D0, so every unit is spelled out
and an unknown one is an error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import isfinite
from typing import Final, NamedTuple

from nodecalc.doors import LONGEST, NUMBER, brief, is_complex, is_masked
from nodecalc.errors import InputError, nearest
from nodecalc.vocabulary import QUANTITIES, Quantity, find_quantity, quantity

from .bits import CAPACITY, gigabits_of
from .grids import grid_figure, is_named

CM2_PER_IN2: Final = 6.4516

_TO_MM: Final = {"mm": 1.0, "cm": 10.0, "um": 1e-3, "in": 25.4, "inch": 25.4, "mil": 0.0254, "mils": 0.0254}
_TO_MM2: Final = {"mm2": 1.0, "cm2": 100.0, "um2": 1e-6, "in2": 100.0 * CM2_PER_IN2, "mil2": 6.4516e-4}
_PER_CM2: Final = {"/cm2": 1.0, "/mm2": 100.0, "/in2": 1.0 / CM2_PER_IN2}
_TO_PER_CM2: Final = {
    **_PER_CM2,
    **{f"{unit[1:-1]}-2": factor for unit, factor in _PER_CM2.items()},
    **{f"{what}{unit}": factor for what in ("defects", "defect", "def", "faults") for unit, factor in _PER_CM2.items()},
}
_TO_COUNT: Final = {
    "k": 1e3,
    "m": 1e6,
    "b": 1e9,
    "bn": 1e9,
    "t": 1e12,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
}
_TO_FRACTION: Final = {"%": 0.01}
_TO_USD: Final = {
    **{f"{scale}{unit}": factor for unit in ("usd", "$", "") for scale, factor in (("", 1.0), ("k", 1e3), ("m", 1e6))},
    "million": 1e6,
}

_GRIDS: Final = (("g", "kwh", 1.0), ("kg", "kwh", 1000.0), ("kg", "mwh", 1.0), ("t", "mwh", 1000.0))

_UNITS: Final[Mapping[str, Mapping[str, float]]] = {
    "mm": _TO_MM,
    "mm2": _TO_MM2,
    "1/cm2": _TO_PER_CM2,
    "USD": _TO_USD,
    "MTr/mm2": {"mtr/mm2": 1.0},
    "W": {"w": 1.0, "kw": 1e3},
    "mJ/cm2": {"mj/cm2": 1.0},
    "years": {"y": 1.0, "yr": 1.0, "year": 1.0, "years": 1.0},
    "1/h": {"/h": 1.0, "wph": 1.0},
    "USD/year": _TO_USD,
    "GB": {"gb": 1.0, "tb": 1000.0, "mb": 0.001},
    "s": {"s": 1.0, "sec": 1.0, "ms": 1e-3, "min": 60.0, "h": 3600.0},
    "kWh": {"kwh": 1.0, "mwh": 1000.0},
    "g/kWh": {
        f"{mass}{gas}/{energy}": factor for gas in ("", "co2", "co2e", "co2eq") for mass, energy, factor in _GRIDS
    },
}

LONGEST_TEXT: Final = 1000
"""Characters of a number at most: every double takes fewer, also digit by digit."""
MOST_FORMS: Final = 3
"""Units, the first of each quantity, that are offered where a number without one can hardly be meant."""
MOST_UNITS: Final = 6
"""Units that an error lists."""

_TEXT: Final = re.compile(rf"({NUMBER}|[-+]?inf|nan)(.*)")
_TWO: Final = re.compile(rf"({NUMBER})([a-z%$/]*[0-9]?)\s*(?:-|–|—|~|…|\.{{2,3}}|:|to|and)\s*({NUMBER})(.*)")
"""A range, where one number is asked."""
_GAP: Final = re.compile(r"[\d.]\s+[\d.]")
"""White space between digits: closing it up would make "0.1 1/cm2" 0.11 and "1 2" 12."""
_SIDES: Final = re.compile(rf"({NUMBER})({'|'.join(_TO_MM)})?[x*]({NUMBER})(.*)")


_TIDY: Final = (
    ("⁻²", "-2"), ("²", "2"), ("^", ""), ("×", "x"), ("µm", "um"), ("μm", "um"), ("per", "/"), (" ", ""),
)  # fmt: skip
"""Spellings that are one before anything is read."""


class Size(NamedTuple):
    """A die as given: both sides, or only an area."""

    width_mm: float | None
    height_mm: float | None
    area_mm2: float | None


def tidy(text: str) -> str:
    """Return `text` in the one spelling that the patterns know: lower case, no spaces, plain ASCII units."""
    plain = text.strip().lower()
    for given, meant in _TIDY:
        plain = plain.replace(given, meant)
    return plain


def number(value: object, key: str) -> float:
    """Return `value` in the unit of the quantity `key`, checked against its range.

    A number is taken in the key's own unit. A text may carry a unit (``0.001/mm2``, ``95%``, ``15.3B``); a D0
    given as text without one must lie where real processes do.
    """
    return number_of(value, quantity(key))


_ZERO: Final = re.compile(r"0+(?:\.0*)?|\.0+")


def end_of_range(value: object, key: str) -> float:
    """Return an end of a range likewise: zero needs no unit there, as the other end says which is meant."""
    return number(0.0 if isinstance(value, str) and _ZERO.fullmatch(value.strip()) else value, key)


def written(value: float, key: str) -> str:
    """Return a number of the quantity `key` as a text that reads back the same, with a unit where it needs one.

    >>> written(0.1, "d0_per_cm2"), written(15.0, "d0_per_cm2")
    ('0.1', '15.0/cm2')
    """
    q = find_quantity(key)
    if q is None or q.bare is None or q.bare[0] <= value <= q.bare[1]:
        return repr(value)
    return f"{value!r}{next(unit for unit, factor in units_of(q).items() if factor == 1.0)}"


def number_of(value: object, q: Quantity) -> float:
    """Return the same for a quantity that may be no row of the vocabulary, such as the spread of one."""
    if isinstance(value, bool) or value is None:
        raise InputError(f"{label(q)} {brief(value)}: not a number; allowed: {q.allowed}")
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        raise InputError(f"{label(q)} {brief(value)}: {len(value):,} characters; allowed: {q.allowed}")
    if is_named(q.key, value):
        return grid_figure(str(value)).number
    if q.key == CAPACITY and isinstance(value, str):
        result = gigabits_of(value)
    else:
        result = _parse(value, q) if isinstance(value, str) else _as_float(value, q)
    if not q.holds(result):
        raise InputError(f"{label(q)} {value}: outside {q.allowed}{'' if '%' in str(value) else _hint(q, result)}")
    return result + 0.0  # zero has no sign


def label(q: Quantity) -> str:
    """Return the name under which a user knows `q`: its option where it has one, else its key."""
    return f"--{q.option}" if q.option else q.key


def size(text: str) -> Size:
    """Read SIZE: ``100``, ``100mm2``, ``1cm2`` (an area) or ``10x12``, ``10x12mm`` (sides)."""
    if len(text) > LONGEST_TEXT:
        raise _size_error(f"{text[:LONGEST]}...", f"{len(text):,} characters")
    if _GAP.search(text):
        raise _size_error(text, "a space inside a number")
    plain = tidy(text)
    sides = _SIDES.fullmatch(plain)
    if sides:
        width, first, height, last = sides.groups()
        unit = last or first or "mm"
        if unit not in _TO_MM or (first and last and first != last):
            raise _size_error(text, f"'{last or first}' is no length here")
        return Size(
            _side(_times(float(width), _TO_MM[unit]), "die_width_mm", text),
            _side(_times(float(height), _TO_MM[unit]), "die_height_mm", text),
            None,
        )
    match = _TEXT.fullmatch(plain)
    if not match:
        raise _size_error(text, "not a size")
    unit = match[2] or "mm2"
    ends = range_ends(text, QUANTITIES["die_area_mm2"])
    if ends:
        raise _size_error(text, f"a range, where one size stands; give {' or '.join(ends)}")
    if unit in _TO_MM:
        raise _size_error(text, f"{unit} is a length; for a square die write {match[1]}x{match[1]}{unit}")
    if unit not in _TO_MM2:
        raise _size_error(text, f"unknown unit '{unit}'")
    return Size(None, None, _side(_times(float(match[1]), _TO_MM2[unit]), "die_area_mm2", text))


def _side(value: float, key: str, text: str) -> float:
    q = QUANTITIES[key]
    if not isfinite(value) or not q.holds(value):
        raise _size_error(text, f"{q.key} is {value:g}, outside {q.allowed}")
    return value


def _size_error(text: str, problem: str) -> InputError:
    return InputError(f"size '{text}': {problem}; allowed: 100, 100mm2 or 1cm2 for an area, 10x12 or 10x12mm for sides")


def _as_float(value: object, q: Quantity) -> float:
    try:
        if is_masked(value) or is_complex(value):
            raise TypeError
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise InputError(f"{label(q)} {brief(value)}: not a number; allowed: {q.allowed}") from None
    except OverflowError:
        raise InputError(f"{label(q)}: an integer beyond any float; allowed: {q.allowed}") from None


def _parse(text: str, q: Quantity) -> float:
    plain = tidy(text)
    meant = dict(q.misnamed).get(plain)
    if meant is not None:
        raise InputError(f"{label(q)} {text}: a nominal size, not the {q.meaning}; write {meant:g} ({q.unit})")
    if re.fullmatch(r"0\d\d", plain):
        raise InputError(
            f"{label(q)} '{text}': zeros in front, as behind a comma in a number; write it without separators: 17000"
        )
    if "," in plain:
        raise InputError(
            f"{label(q)} '{text}': a comma in a number; write decimals with a point, no separators: 0.1 or 17000"
        )
    if _GAP.search(text):
        raise InputError(f"{label(q)} '{text}': a space inside a number; write it without: 17000")
    # A dollar sign stands before the number.
    is_money = q.unit.startswith("USD")
    match = _TEXT.fullmatch(plain.removeprefix("$") if is_money else plain)
    if not match and is_money:
        from .money import turned_round

        match = _TEXT.fullmatch(turned_round(plain))
    if not match:
        raise InputError(f"{label(q)} '{text}': not a number; allowed: {q.allowed}")
    value, unit = float(match[1]), match[2]
    units = units_of(q)
    if is_money and unit not in units:
        from .money import usd_of

        in_usd = usd_of(value, unit, f"{label(q)} '{text}'")
        if in_usd is not None:
            return in_usd
    if unit and unit not in units:
        ends = range_ends(text, q)
        if ends is not None:
            give = f"give {' or '.join(ends)}" if ends else f"allowed: one number, {q.allowed}"
            raise InputError(f"{label(q)} '{text}': a range, where one number stands; {give}")
        if "¥" in unit:
            raise InputError(f"{label(q)} '{text}': ¥ is yen or yuan; write CNY for yuan")
        named = [name for name in units if name]
        allowed = ", ".join(named[:MOST_UNITS]) + (" ..." if len(named) > MOST_UNITS else "") or "none"
        close = nearest(unit, units)
        hint = f"; did you mean {close[0]}" if close else ""
        raise InputError(f"{label(q)} '{text}': unknown unit '{unit}'; allowed: {allowed}{hint}")
    # Zero is zero in any unit, but no process has none of D0: that one is to be meant.
    is_plain = not unit and isfinite(value) and (value != 0.0 or q.unit == "1/cm2")
    if q.bare is not None and is_plain and not q.bare[0] <= value <= q.bare[1]:
        low, high = q.bare
        several = list(units.items())[:MOST_FORMS]
        forms = [f"{text}{unit}" for unit, factor in several if q.holds(_times(value, factor))]
        if not forms:
            raise InputError(f"{label(q)} {text}: outside {q.allowed}")
        listed = " or ".join((", ".join(forms[:-1]), forms[-1])) if len(forms) > 1 else forms[0]
        raise InputError(
            f"{label(q)} {text}: without a unit it must be {low:g} to {high:g} {q.unit.removeprefix('1')}; "
            f"if that is what you mean give the unit: {listed}"
        )
    return _times(value, units.get(unit, 1.0))


def range_ends(text: str, q: Quantity) -> list[str] | None:
    """Return the two numbers of a range, each with the unit of both; None where it is none, [] where q holds neither.

    >>> from nodecalc.vocabulary import QUANTITIES
    >>> range_ends("20-50%", QUANTITIES["line_yield"]), range_ends("20%", QUANTITIES["line_yield"])
    (['20%', '50%'], None)
    """
    match = _TWO.fullmatch(tidy(text))
    if not match:
        return None
    first, unit, second, last = match.groups()
    ends = [f"{first}{unit or last}", f"{second}{last or unit}"]
    try:
        return [end for end in ends if number_of(end, q) is not None]
    except InputError:
        return []


def _times(value: float, factor: float) -> float:
    """Over the inverse where the factor is a decimal part: 95 / 100 is 0.95, 95 * 0.01 is not."""
    inverse = round(1.0 / factor, 4)
    return value / inverse if factor < 1.0 and abs(inverse * factor - 1.0) < 1e-12 else value * factor


def units_of(q: Quantity) -> Mapping[str, float]:
    """Return the units that may stand behind a number of `q`, and what one of each is in its own."""
    if q.is_share:
        return _TO_FRACTION
    if q.counted:
        return _TO_COUNT
    return _UNITS.get(q.unit, {})


def _hint(q: Quantity, value: float) -> str:
    if q.is_share and 1.0 < value <= 100.0:
        return f"; a percentage is written {value:g}% or {value / 100:g}"
    return ""
