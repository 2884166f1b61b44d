"""Amounts in other money than USD: ``90000CNY`` or ``8kEUR``, with the rates that the question gives.

No exchange rate is built in: one would be of some day. A rate is given as the market quotes it, CNY for one USD and USD
for one EUR, or as a pair that says which way round it is. Where a question is taken in, the rate is written into each
amount (`rates.py`), ``90000CNY@USDCNY=7.2``, so that the text says all that it takes to be read, wherever it goes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from nodecalc.doors import NUMBER, items, plain
from nodecalc.errors import InputError


class Currency(NamedTuple):
    """A currency beside USD, and how the market quotes it."""

    code: str
    names: tuple[str, ...]
    """How its unit is written, in lower case."""
    per_usd: bool
    """Whether the market quotes how many there are for one USD, rather than the USD for one."""
    quoted: tuple[float, float]
    """Where the market's quote can lie."""
    plain: float
    """The lowest quote without a pair that cannot be meant the other way round."""
    example: float

    @property
    def pair(self) -> str:
        """The market's name of the quote: the second's amount for one of the first."""
        return f"USD{self.code}" if self.per_usd else f"{self.code}USD"

    @property
    def turned(self) -> str:
        """The pair the other way round."""
        return f"{self.code}USD" if self.per_usd else f"USD{self.code}"

    @property
    def said(self) -> str:
        """What the market's quote is a number of."""
        return f"{self.code} for one USD" if self.per_usd else f"USD for one {self.code}"

    @property
    def said_turned(self) -> str:
        """What the quote the other way round is a number of."""
        return f"USD for one {self.code}" if self.per_usd else f"{self.code} for one USD"

    def usd(self, amount: float, quote: float) -> float:
        """Return what an amount is in USD, at the market's quote."""
        return amount / quote if self.per_usd else amount * quote


CURRENCIES: Final = (
    Currency("CNY", ("cny", "rmb", "yuan"), True, (1.0, 20.0), 1.0, 7.2),
    Currency("EUR", ("eur", "euro", "euros", "€"), False, (0.5, 2.0), 1.0, 1.08),
)
_NAMED: Final = {name: currency for currency in CURRENCIES for name in currency.names}
_SCALES: Final = {"": 1.0, "k": 1e3, "m": 1e6, "million": 1e6}
_UNIT: Final = re.compile(
    rf"({'|'.join(sorted(_SCALES, key=len, reverse=True))})({'|'.join(_NAMED)})(?:@([a-z]+)=({NUMBER}))?"
)
_AMOUNT: Final = re.compile(rf"({NUMBER})([^\d].*)?")
_BEFORE: Final = re.compile(rf"({'|'.join(_NAMED)}|¥)({NUMBER})(k|m|million)?(@.*)?")

ASKED: Final = " or ".join(f"{c.code}={c.example:g} ({c.said})" for c in CURRENCIES)


def usd_of(amount: float, unit: str, what: str) -> float | None:
    """Return what `amount` in `unit`, such as ``kcny@usdcny=7.2``, is in USD; None where that is no money known here.

    `what` begins the error where the rate is missing.
    """
    found = _UNIT.fullmatch(unit)
    if found is None:
        return None
    scale, name, pair, quote = found.groups()
    currency = _NAMED[name]
    if quote is None:
        raise InputError(
            f"{what}: {currency.code} without an exchange rate, and none is built in; "
            f"add --rate {currency.code}={currency.example:g} ({currency.said}, with the rate of your day), "
            f"or write the amount with it, {amount:.15g}{scale}{currency.code}@{currency.code}={currency.example:g}"
        )
    _, market = _read(f"{pair}={quote}")
    return currency.usd(amount * _SCALES[scale], market)


def turned_round(plain: str) -> str:
    """Return an amount with its money behind it, where that stands before it: ``€8k`` is ``8k€``."""
    found = _BEFORE.fullmatch(plain)
    return plain if found is None else f"{found[2]}{found[3] or ''}{found[1]}{found[4] or ''}"


def _read(text: str) -> tuple[Currency, float]:
    """Return the currency and the market's quote that ``CNY=7.2``, or a pair ``USDEUR=0.93``, says."""
    name, equals, number = (part.strip() for part in text.partition("="))
    try:
        quote = float(number)
    except ValueError:
        quote = 0.0
    if not equals or not name or not 0.0 < quote < float("inf"):
        raise InputError(f"--rate '{text}': no exchange rate; write {ASKED}")
    folded = re.sub(r"[/_ -]", "", name.lower())
    for currency in CURRENCIES:
        low, high = currency.quoted
        if folded in currency.names:
            if currency.plain <= quote <= high:
                return currency, quote
            ways = ((currency.pair, currency.said, quote), (currency.turned, currency.said_turned, 1.0 / quote))
            sides = [f"{pair}={number} ({said})" for pair, said, market in ways if low <= market <= high]
            meant = f"; say what is meant: {' or '.join(sides)}" if sides else ""
            raise InputError(
                f"--rate {text}: {currency.code} is quoted as {currency.said}, {currency.plain:g} to {high:g}{meant}"
            )
        if folded in (currency.pair.lower(), currency.turned.lower()):
            is_pair = folded == currency.pair.lower()
            market = quote if is_pair else 1.0 / quote
            if not low <= market <= high:
                said, ends = (currency.said, (low, high)) if is_pair else (currency.said_turned, (1 / high, 1 / low))
                raise InputError(f"--rate {text}: outside {ends[0]:g} to {ends[1]:g} {said}")
            return currency, market
    known = ", ".join(c.code for c in CURRENCIES)
    raise InputError(f"--rate {text}: amounts in {name} are not read; allowed: {known}, such as {ASKED}")


def quoted(currency: Currency, quote: float) -> str:
    """Return a quote as a text that reads back the same."""
    return f"{currency.pair}={f'{quote:g}' if float(f'{quote:g}') == quote else repr(quote)}"


class Rates(NamedTuple):
    """The exchange rates of a question."""

    quotes: tuple[tuple[Currency, float], ...]

    @property
    def text(self) -> str:
        """Return them as `--rate` takes them, unmistakably."""
        return ",".join(quoted(currency, quote) for currency, quote in self.quotes)

    @property
    def note(self) -> str:
        """Return what is said of them beside an answer."""
        listed = " and ".join(f"{quote:.12g} {currency.said}" for currency, quote in self.quotes)
        return f"amounts in {' and '.join(c.code for c, _ in self.quotes)} are in USD at {listed}, as given"


def read_rates(given: Any) -> Rates:
    """Return the rates in ``CNY=7.2,EUR=1.08``, in a list of such texts, or in a mapping {"CNY": 7.2}.

    >>> read_rates("CNY=7.2, USDEUR=0.8").text
    'USDCNY=7.2,EURUSD=1.25'
    """
    if isinstance(given, Mapping):
        texts = [f"{plain(name)}={plain(value)}" for name, value in given.items()]
    elif isinstance(given, str):
        texts = [text.strip() for text in re.split("[,+]", given)]
    else:
        texts = [plain(text) for text in items("--rate", given, f"no exchange rate; write {ASKED}")]
    quotes: dict[Currency, float] = {}
    for text in texts:
        currency, quote = _read(text)
        if currency in quotes:
            raise InputError(f"--rate {text}: {currency.code} twice; give it one rate")
        quotes[currency] = quote
    if not quotes:
        raise InputError(f"--rate '{given}': no exchange rate; write {ASKED}")
    return Rates(tuple(quotes.items()))


def note_of(rate: object) -> str:
    """Return what is said of the rates of a question beside its answer."""
    return read_rates(rate).note


def currency_of(plain: str) -> Currency | None:
    """Return the money that an amount, tidied, names; None for one that names none."""
    amount = _AMOUNT.fullmatch(turned_round(plain))
    unit = _UNIT.fullmatch(amount[2] or "") if amount is not None else None
    return None if unit is None else _NAMED[unit[2]]
