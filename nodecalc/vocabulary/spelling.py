"""What a user calls an input: its key in the vocabulary, or the command line's spelling of it; everywhere the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from keyword import iskeyword
from typing import Any, Final

from nodecalc.doors import brief
from nodecalc.errors import InputError, UnknownNameError, nearest, unknown

from . import QUANTITIES, Quantity


def key_of(name: object, known: Collection[str], what: str = "input", hint: str = "") -> str:
    """Return the key, one of `known`, that `name` means: a key or an option, with dashes or underscores.

    A spelling of something that is not among `known` is an error that names the key.

    >>> key_of("--d0", ("d0_per_cm2",)), key_of("D0-per-cm2", ("d0_per_cm2",))
    ('d0_per_cm2', 'd0_per_cm2')
    """
    if not isinstance(name, str):
        raise InputError(f"{what} {brief(name)}: no name; give a key, such as d0_per_cm2, or an option's name, d0")
    if name in known:
        return name
    plain = name.strip().lower().lstrip("-").replace("-", "_")
    if plain in known:
        return plain
    meant = meant_by(plain, known) or plain
    if meant in known:
        return meant
    if meant not in QUANTITIES:
        raise _unknown(what, name, known, hint)
    q = QUANTITIES[meant]
    called = meant if meant == plain else f"that is {meant}"
    raise UnknownNameError(
        f"unknown {what} '{name}': {called} ({q.meaning}), which is not taken here; {_listed(known)}"
    )


def meant_by(plain: str, known: Collection[str] = ()) -> str | None:
    """Return the key that a name with underscores stands for, one of `known` before others; None where there is none.

    It is an option's name, one that people use beside it, a key without its unit, or the plural of any of them.

    >>> meant_by("d0"), meant_by("area"), meant_by("die_cost"), meant_by("alphas"), meant_by("apples")
    ('d0_per_cm2', 'die_area_mm2', 'die_cost_usd', 'alpha', None)
    """
    # What is a key itself is no plural of another: masks beside mask_usd.
    for name in (plain,) if plain in QUANTITIES else (plain, plain.removesuffix("s")):
        found = _options().get(name) or _others().get(name)
        if found is None and name != plain and (name in known or name in QUANTITIES):
            found = name
        if found is not None:
            return found
    return None


def keyed(given: Mapping[str, Any], known: Collection[str], what: str = "input", hint: str = "") -> dict[str, Any]:
    """Return `given` under its keys, in its order; two spellings of one key are an error, whatever they say."""
    if not hasattr(given, "items"):
        raise InputError(f"{brief(given)} as inputs: no mapping; give {{'d0_per_cm2': 0.1, ...}}")
    found: dict[str, Any] = {}
    spelled: dict[str, str] = {}
    for name, value in given.items():
        key = key_of(name, known, what, hint)
        if key in found:
            raise InputError(f"{what} {key}: given twice, as '{spelled[key]}' and as '{name}'; give it once")
        found[key], spelled[key] = value, name
    return found


def _unknown(what: str, name: str, known: Collection[str], hint: str) -> UnknownNameError:
    """Build the error for what is neither key nor option: the keys whose name or option is nearest."""
    if name.strip().lower() in ("nodes", "chips"):
        return UnknownNameError(f"unknown {what} '{name}'; one is given as {name.strip().lower()[:-1]}=")
    options = {option: key for option, key in _options().items() if key in known}
    close = dict.fromkeys(options.get(c, c) for c in nearest(name.replace("-", "_"), [*options, *known]))
    if not close:
        return unknown(what, name, known, hint)
    return UnknownNameError(f"unknown {what} '{name}'; nearest: {', '.join(close)}" + (f"; {hint}" if hint else ""))


def keywords(q: Quantity) -> list[str]:
    """Return the names of an input in Python: its option's where Python takes it, and its key.

    >>> keywords(QUANTITIES["d0_per_cm2"]), keywords(QUANTITIES["chip_class"])
    (['d0', 'd0_per_cm2'], ['chip_class'])
    """
    names = (q.option.replace("-", "_"), q.key)
    return [name for name in dict.fromkeys(names) if name.isidentifier() and not iskeyword(name)]


@cache
def _options() -> Mapping[str, str]:
    """Option of the command line, with underscores -> key."""
    return {q.option.replace("-", "_"): q.key for q in QUANTITIES.values() if q.option}


@cache
def _others() -> Mapping[str, str]:
    """Name that people use, or key without its unit, where that is nobody else's -> key."""
    found = {name: q.key for q in QUANTITIES.values() for name in q.also}
    for q in QUANTITIES.values():
        short = q.key.removesuffix(_SUFFIXES.get(q.unit, ""))
        if short != q.key and short not in QUANTITIES and f"{short}s" not in _options():
            found.setdefault(short, q.key)
    return found


_SUFFIXES: Final = {
    "mm": "_mm", "mm2": "_mm2", "1/cm2": "_per_cm2", "USD": "_usd", "MTr/mm2": "_mtr_per_mm2", "W": "_w",
    "mJ/cm2": "_mj_per_cm2", "years": "_years",
}  # fmt: skip
"""How a key carries its unit."""


def _listed(known: Collection[str]) -> str:
    listed = sorted(known)
    return f"known: {', '.join(listed)}" if len(listed) <= 24 else f"{len(listed)} others are known"
