"""What a user calls an input: its key in the vocabulary, or the command line's spelling of it; everywhere the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from keyword import iskeyword
from typing import Any

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
    meant = _options().get(plain)
    if meant is None:
        meant = plain
    if meant in known:
        return meant
    if meant not in QUANTITIES:
        raise _unknown(what, name, known, hint)
    q = QUANTITIES[meant]
    called = meant if meant == plain else f"that is {meant}"
    raise UnknownNameError(
        f"unknown {what} '{name}': {called} ({q.meaning}), which is not taken here; {_listed(known)}"
    )


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


def _listed(known: Collection[str]) -> str:
    listed = sorted(known)
    return f"known: {', '.join(listed)}" if len(listed) <= 24 else f"{len(listed)} others are known"
