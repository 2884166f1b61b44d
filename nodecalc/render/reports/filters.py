"""Filters of the lists: names that must exist, years as one, a range or an open range."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from nodecalc.errors import InputError, unknown


def name_filter(what: str, wanted: str | None, known: Iterable[str]) -> Callable[[str], bool]:
    """Return a test whether a name is `wanted`, case aside; all pass where it is None, an unknown one is an error.

    A figure made by several ("Samsung / SK hynix / Micron") is found under each of them.
    """
    if wanted is None:
        return lambda name: True
    single = sorted({part.strip() for name in known for part in name.split("/") if part.strip()})
    folded = wanted.strip().casefold()
    if folded not in {name.casefold() for name in single}:
        raise unknown(what, wanted, single)
    return lambda name: folded in {part.strip().casefold() for part in name.split("/")}


def year_filter(wanted: str | None) -> Callable[[float | None], bool]:
    """Return a test whether a year lies in `wanted`: ``2020``, ``2018:2022``, ``2020:`` or ``:2015``."""
    if wanted is None:
        return lambda year: True
    first, colon, last = wanted.partition(":")
    try:
        low = int(first) if first else 0
        high = (int(last) if last else 9999) if colon else low
    except ValueError:
        raise _bad_years(wanted) from None
    if not (first or last) or low > high:
        raise _bad_years(wanted)
    return lambda year: year is not None and low <= year <= high


def _bad_years(wanted: str) -> InputError:
    return InputError(f"--year '{wanted}': not years; allowed: 2020, 2018:2022, 2020: or :2015")
