"""Distributions that a user gives, ``KEY=low:mode:high`` and the like: read, checked, and as what draws come from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import erf, inf, isfinite, log, sqrt
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.doors import a_name, brief, items, names
from nodecalc.errors import InputError
from nodecalc.vocabulary import WAFER_INPUT_KEYS, Quantity, quantity, tool_key, tool_keys
from nodecalc.vocabulary.spelling import key_of
from nodecalc_kernels.numbers import draws

from .graph import STARTS
from .market import YEAR
from .units import end_of_range, label, number, number_of, written

if TYPE_CHECKING:
    from nodecalc_kernels.numbers.draws import Form

FORMS: Final = "KEY=low:mode:high, KEY=low:high, KEY~lognormal(median,s) or KEY~normal(mean,s)"

FLAT: Final = 1e-5
"""Standard deviations that a normal's range may reach from its mean with the density the same all over it: less than
1e-11 of the range off, and what the mass between its ends would lose by cancellation is no less."""
MOST_SPREAD: Final = 50.0
"""Standard deviation of ln x at most: a share of 1e-16 then lies 178 powers of ten off the median."""
TOLD: Final = (2.0**-20, 0.1, 0.5, 0.9, 1.0 - 2.0**-20)
"""Shares below which a distribution must have numbers."""

_CALL: Final = re.compile(r"\s*(normal|lognormal)\s*\((.*)\)\s*")


class GivenLaw(NamedTuple):
    """A distribution that the user gave."""

    shape: str
    """triangular, uniform, normal or lognormal."""
    numbers: tuple[float, ...]
    """Low, mode and high; low and high; mean and standard deviation; median and standard deviation of ln x."""
    first: float = 0.0
    last: float = 1.0
    """Shares of the mass of a normal or lognormal one at the ends of what the quantity may be: it is cut there."""
    low: float = -inf
    high: float = inf
    """Those ends, of a normal one."""

    @property
    def form(self) -> Form:
        """What its draws come from."""
        if self.shape == "triangular":
            return draws.triangular_form(*self.numbers)
        if self.shape == "uniform":
            return draws.uniform_form(*self.numbers)
        middle, deviation = self.numbers
        if self.is_flat:
            return draws.uniform_form(self.low, self.high)
        of = draws.normal_form if self.shape == "normal" else draws.lognormal_form
        return of(middle, deviation, self.first, self.last)

    @property
    def is_flat(self) -> bool:
        """Whether it is a normal one so wide that what is left of it is uniform."""
        if self.shape != "normal":
            return False
        mean, deviation = self.numbers
        return max(mean - self.low, self.high - mean) < FLAT * deviation

    @property
    def median(self) -> float:
        """The value that half of the mass lies below."""
        return self.quantile(0.5)

    def quantile(self, u: float) -> float:
        """Return the value that a share `u`, above 0 and below 1, of the mass lies below."""
        return draws.drawn(self.form, [u])[0]

    def told(self, key: str) -> str:
        """Return it in words, such as ``triangular 0.1, 0.2, 0.4 1/cm2``."""
        unit = quantity(key).unit
        listed = [f"{x:g}" for x in self.numbers]
        behind = f" {unit}" if unit else ""
        if self.shape == "lognormal":
            return f"lognormal, median {listed[0]}{behind}, standard deviation of ln {listed[1]}"
        if self.shape == "normal":
            return f"normal, mean {listed[0]}{behind}, standard deviation {listed[1]}"
        return f"{self.shape} {', '.join(listed)}{behind}"


class Varied(NamedTuple):
    """An input that varies as the user says."""

    key: str
    law: GivenLaw
    node: str = ""
    """The node, as it is called in the question, that it is of; "" is all, in one draw."""

    def as_text(self) -> str:
        """Return it as `read_vary` reads it, to the bit.

        >>> read_vary("d0=0.1:0.2:0.4").as_text()
        'd0_per_cm2=0.1:0.2:0.4'
        >>> read_vary("d0=5/cm2:15/cm2").as_text()
        'd0_per_cm2=5.0:15.0/cm2'
        """
        name = f"{self.node}:{self.key}" if self.node else self.key
        if self.law.shape in ("normal", "lognormal"):
            middle, deviation = self.law.numbers
            return f"{name}~{self.law.shape}({written(middle, self.key)}, {deviation!r})"
        return f"{name}={':'.join(written(each, self.key) for each in self.law.numbers)}"


def read_vary(text: str) -> Varied:
    """Return what a word of ``--vary`` says.

    >>> read_vary("d0=0.1:0.2:0.4").law.numbers, read_vary("n5:wafer-price=15k:17k").node
    ((0.1, 0.2, 0.4), 'n5')
    >>> read_vary("d0~lognormal(0.1/cm2, 0.3)").law.told("d0_per_cm2")
    'lognormal, median 0.1 1/cm2, standard deviation of ln 0.3'
    """
    head, is_call, body = halves(text)
    node, colon, name = head.rpartition(":")
    if colon and not node.strip():
        raise InputError(f"--vary '{text}': no node before the colon; write NODE:KEY or KEY")
    return Varied(key := varied_key(name), read_law(key, body, is_call, f"--vary '{text}'"), node.strip())


def halves(text: str) -> tuple[str, bool, str]:
    """Return what a word of ``--vary`` says of, whether a ~ stands behind it, and what it says."""
    at = min((place for place in (text.find("="), text.find("~")) if place >= 0), default=-1)
    if at < 0 or not text[:at].strip() or not text[at + 1 :].strip():
        raise InputError(f"--vary '{text}': no distribution; write {FORMS}")
    return text[:at], text[at] == "~", text[at + 1 :].strip()


def read_law(key: str, body: str, is_call: bool, where: str) -> GivenLaw:
    """Return the distribution that a text gives the quantity `key`: behind ~ where `is_call`, else behind =."""
    if is_call:
        found = _CALL.fullmatch(body.lower())
        parts = found[2].split(",") if found else []
        if found is None or len(parts) != 2:
            raise InputError(f"{where}: no distribution; write {FORMS}")
        return _bell(key, found[1], parts[0].strip(), parts[1].strip(), where)
    parts = [part.strip() for part in body.split(":")]
    if len(parts) not in (2, 3) or not all(parts):
        raise InputError(f"{where}: {len(parts)} part{'s' if len(parts) > 1 else ''}; write {FORMS}")
    return _between(key, parts, where)


def read_varied(name: str, given: Any) -> Varied:
    """Return the same of Python's ``vary={name: given}``: a text as above behind = or ~, or two or three numbers."""
    name = a_name("vary", name, "name an input, such as d0_per_cm2")
    if isinstance(given, str):
        return read_vary(word_of(name, given))
    node, _, key_name = name.rpartition(":")
    key = varied_key(key_name)
    return Varied(key, law_of_numbers(key, given, f"vary {name}"), node.strip())


def word_of(name: str, text: str) -> str:
    """Return the word of ``--vary`` that ``vary={name: text}`` is.

    >>> word_of("d0", "0.1:0.2"), word_of("d0", "normal(0.1, 0.02)")
    ('d0=0.1:0.2', 'd0~normal(0.1, 0.02)')
    """
    plain = text.strip()
    return f"{name}{plain if plain[:1] in ('=', '~') else ('~' if '(' in plain else '=') + plain}"


def law_of_numbers(key: str, given: Any, where: str) -> GivenLaw:
    """Return the distribution that numbers give `key`: (low, mode, high), (low, high) or ("normal", mean, s)."""
    if not isinstance(given, Sequence) and not hasattr(given, "__iter__"):
        raise InputError(f"{where}: {brief(given)} is no distribution; give (low, mode, high), (low, high) or a text")
    parts = items(where, given, "give (low, mode, high), (low, high) or a text")
    if len(parts) == 3 and isinstance(parts[0], str) and parts[0] in ("normal", "lognormal"):
        return _bell(key, parts[0], parts[1], parts[2], where)
    if len(parts) not in (2, 3):
        raise InputError(f"{where}: {len(parts)} numbers; give (low, mode, high) or (low, high)")
    return _between(key, parts, where)


def read_all(given: Sequence[str] | Mapping[str, Any]) -> tuple[Varied, ...]:
    """Return every input that varies; one that is named twice is an error."""
    if isinstance(given, str):
        given = (given,)
    if not isinstance(given, Mapping):
        given = names("vary", given, "write KEY=LOW:MODE:HIGH, or give a mapping of keys and laws")
    found = (
        [read_varied(name, law) for name, law in given.items()]
        if isinstance(given, Mapping)
        else [read_vary(text) for text in given]
    )
    seen: set[tuple[str, str]] = set()
    for each in found:
        if (each.node, each.key) in seen:
            raise InputError(f"--vary {each.key}: given twice; give it once")
        seen.add((each.node, each.key))
    return tuple(found)


def varied_key(name: str) -> str:
    """Return the key of an input that may vary, which a user calls `name`."""
    plain = name.strip().lower().lstrip("-").replace("-", "_")
    if tool_key(plain):
        return plain
    numbers = (*STARTS, *(key for key in WAFER_INPUT_KEYS if not quantity(key).is_name))
    key = key_of(name, (*numbers, *tool_keys(()), YEAR), "input to vary", "'nodecalc keys' lists all")
    if key == YEAR:
        raise InputError("--vary year: an answer is of one year, for which evidence is weighed; compare several --year")
    return key


def _between(key: str, parts: Sequence[Any], where: str) -> GivenLaw:
    values = tuple(end_of_range(part, key) for part in parts)
    if any(a > b for a, b in pairwise(values)):
        raise InputError(f"{where}: {', '.join(f'{v:g}' for v in values)} do not rise; write {FORMS}")
    if values[0] == values[-1]:
        raise InputError(f"{where}: no width; give it as {label(quantity(key))} {values[0]:g}")
    if max(map(abs, values)) == inf:
        raise InputError(f"{where}: an endless range; give finite ends")
    law = GivenLaw("triangular" if len(values) == 3 else "uniform", values)
    width = values[-1] - values[0]
    if len(values) == 3 and not 0.0 < width * width < inf:
        raise InputError(f"{where}: {values[0]:g} to {values[-1]:g}: its width has no square; give other ends")
    return _drawn(law, quantity(key), where)


def _drawn(law: GivenLaw, q: Quantity, where: str) -> GivenLaw:
    """Return `law` if its quantiles are values of the quantity that rise, and refuse it otherwise."""
    found = [law.quantile(u) for u in TOLD]
    if not all(map(isfinite, found)) or not all(map(q.holds, found)) or any(a > b for a, b in pairwise(found)):
        told = law.told(q.key)
        raise InputError(f"{where}: {told}: draws that are no numbers within {q.allowed}; give a narrower one")
    return law


def _bell(key: str, shape: str, middle: Any, deviation: Any, where: str) -> GivenLaw:
    q = quantity(key)
    centre = number(middle, key)
    # A spread is no value of the quantity: it may be smaller than any, and that of ln x has no unit.
    unit = q.unit if shape == "normal" else ""
    name = f"{where}: standard deviation"
    most = inf if shape == "normal" else MOST_SPREAD
    spread = q._replace(key=name, option="", unit=unit, low=0.0, low_open=True, high=most, bare=None)
    width = number_of(deviation, spread)
    if width == inf:
        raise InputError(f"{where}: an endless standard deviation; give a finite one")
    if shape == "lognormal" and not centre > 0.0:
        raise InputError(f"{where}: median {centre:g}; a lognormal one is above 0")

    def share(end: float) -> float:
        if shape == "lognormal" and not end > 0.0:
            return 0.0
        away = log(end / centre) if shape == "lognormal" else end - centre
        return 0.5 * (1.0 + erf(away / width / sqrt(2.0)))

    ends = (q.low, q.high) if shape == "normal" else ()
    return _drawn(GivenLaw(shape, (centre, width), share(q.low), share(q.high), *ends), q, where)
