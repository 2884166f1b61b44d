"""Amounts a year, or a month, as people write them."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from sys import float_info
from typing import Final

from nodecalc.doors import brief, real
from nodecalc.errors import InputError
from nodecalc.question.units import label, number
from nodecalc.vocabulary import QUANTITIES

MONTHS: Final = 12.0
PERIODS: Final = {
    "/month": MONTHS, "/mo": MONTHS, "/m": MONTHS, "permonth": MONTHS, "amonth": MONTHS,
    "/year": 1.0, "/yr": 1.0, "/y": 1.0, "/a": 1.0, "peryear": 1.0, "ayear": 1.0,
}  # fmt: skip
"""Endings, and how often they come in a year."""


MOST: Final = float_info.max
MOST_USD: Final = 1e30
"""What a unit of a system costs at most: more is no amount of money, fits no table, and its variance is no number."""


def a_year(value: object, key: str) -> float:
    """Return an amount of the quantity `key` a year: ``1.6M``, ``1.6 million``, ``12000/month``, ``1e6/year``.

    >>> a_year("12000/month", "units_per_year"), a_year("1.6M", "units_per_year")
    (144000.0, 1600000.0)
    """
    if not isinstance(value, str):
        return number(value, key)
    plain = value.strip().lower().replace(" ", "")
    for ending, times in PERIODS.items():
        if plain.endswith(ending):
            return number(plain.removesuffix(ending), key) * times
    return number(value.replace(" ", ""), key)


def a_month(value: object, key: str, option: str) -> float:
    """Return an amount a month; a bare number is one: ``13000``, ``13k``, ``156000/year``."""
    if isinstance(value, str):
        plain = value.strip().lower().replace(" ", "")
        if any(plain.endswith(ending) for ending in PERIODS):
            return named(a_year, plain, key, option) / MONTHS
        value = plain
    return named(number, value, key, option)


def named(read: object, value: object, key: str, option: str) -> float:
    """Return what `read` makes of a value; its error says the option where the key has none."""
    try:
        found: float = read(value, key)  # type: ignore[operator]
    except InputError as error:
        raise InputError(str(error).replace(label(QUANTITIES[key]), option, 1)) from None
    return found


def a_yield(value: object) -> float:
    """Return the share of dies that are good, as `--yield` gives it: of none that are, nothing can be made."""
    found = named(number, value, "die_yield", "--yield")
    if found <= 0.0:
        raise InputError(f"--yield {value if isinstance(value, str) else brief(value)}: outside more than 0 to 1")
    return found


def check_unit_cost(usd: float, share: float, most: float = MOST) -> None:
    """Refuse a cost of a good unit that is no number, or more than `most`, `share` of the units being good."""
    if not usd <= most:
        raise InputError(
            f"{share:.3g} of the units are good: {_no_amount(usd)} is what one costs; give higher yields of packages "
            "and bonds"
        )


def check_one_time_costs(usd: float, volume: float) -> None:
    """Refuse what a unit costs with its share of one-time costs where that is no amount of money."""
    if not usd <= MOST_USD:
        raise InputError(
            f"volume {volume:g}: {_no_amount(usd)} is what one unit costs, one-time costs being spread over so few; "
            "give a larger volume, such as 1000"
        )


def check_sale(found: Mapping[str, float], price: float) -> None:
    """Refuse a margin, before or after a levy, that is no number, as at a price of next to nothing."""
    if not all(abs(value) <= MOST_USD for value in found.values()):
        raise InputError(f"price {price:g} USD: no number is the margin at such a price; give one such as 30000")


def _no_amount(usd: float) -> str:
    return f"{usd:.3g} USD" if isfinite(usd) else "no number"


def a_count(value: object, option: str) -> float:
    """Return a count of dies on a wafer, at least 1."""
    found = real(value)
    if not (1.0 <= found <= 1e7 and found % 1.0 == 0.0):
        raise InputError(f"{option} {brief(value)}: allowed: 1 to 1e7 dies on a wafer, whole ones")
    return found
