"""Finding an id from what a person writes: case, spaces, hyphens and a missing foundry do not matter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from nodecalc.errors import UnknownNameError, nearest, one_line, unknown

_SHOWN_LENGTH = 60


class Named(NamedTuple):
    """The names under which one node or product can be found."""

    id: str
    maker: str
    """Foundry or vendor; several separated by slashes."""
    name: str
    aliases: tuple[str, ...] = ()


def shown(text: str) -> str:
    """Return `text` fit for a one-line message: control characters escaped, cut where it is very long."""
    cut = text if len(text) <= _SHOWN_LENGTH else text[:_SHOWN_LENGTH] + "..."
    return one_line(cut)


def fold(name: str) -> str:
    """Return `name` without what does not matter: case, white space, hyphens, underscores.

    >>> fold("TSMC_N7+"), fold("Tsmc n7 +"), fold("0.18 µm")
    ('tsmcn7+', 'tsmcn7+', '0.18um')
    """
    # casefold turns the micro sign into the Greek letter; people write either, or a plain u.
    plain = name.casefold().replace("\u03bc", "u")
    return "".join(c for c in plain if c not in "-_" and not c.isspace())


def _parts(name: str) -> list[str]:
    """Return a name and, where it lists several ("H100 / H200 (GH100)"), each of them."""
    pieces = name.replace("(", "/").replace(")", "/").replace(",", "/").split("/")
    return [name, *pieces]


def _keys(entry: Named) -> set[str]:
    prefixes = {fold(part) for part in entry.maker.split("/")} | {fold(entry.id.partition("-")[0])}
    prefixes.discard("")
    bare = {fold(text) for text in (entry.id.partition("-")[2], *_parts(entry.name), *entry.aliases)}
    # "SMIC 7nm" is also "7nm", so that the bare name is seen to be ambiguous where another foundry has one.
    bare |= {key[len(prefix) :] for key in bare for prefix in prefixes if key.startswith(prefix)}
    bare.discard("")
    return bare | {prefix + key for prefix in prefixes for key in bare} | {fold(entry.id)}


def find(what: str, given: str, entries: Sequence[Named], where: str, *, size_names: bool) -> str:
    """Return the id of the one entry that `given` names.

    what: "node" or "chip", for messages; where: how to list them all, for messages.
    size_names: whether a trailing number may stand for a feature size, "TSMC 5" for "TSMC 5nm"; a number alone is then
    also every node of that size, so that it is refused as ambiguous and not taken for the one node called so.
    Raises UnknownNameError that names the nearest ids, or all candidates where there are several.
    """
    wanted = fold(given)
    match [entry.id for entry in entries if fold(entry.id) == wanted]:
        case [exact]:
            return exact
    keys = {entry.id: _keys(entry) for entry in entries}

    def named(key: str) -> list[str]:
        return [id_ for id_, known in keys.items() if key in known]

    only_number = wanted.replace(".", "", 1).isdigit()
    hits = named(wanted) if wanted and (size_names or not only_number) else []
    if size_names and wanted[-1:].isdigit() and (only_number or not hits):
        hits += [id_ for id_ in named(wanted + "nm") if id_ not in hits]
    match hits:
        case [only]:
            return only
    if hits:
        raise UnknownNameError(f"{what} '{shown(given)}' is ambiguous; it can be: {', '.join(hits)}; {where}")
    raise _unknown(what, given, keys, where)


def _unknown(what: str, given: str, keys: dict[str, set[str]], where: str) -> UnknownNameError:
    if nearest(given, keys):
        return unknown(what, shown(given), keys, where)
    # Written without the foundry it looks like no id at all; compare with all names instead.
    owner = {key: id_ for id_, known in keys.items() for key in sorted(known)}
    close = _unique(owner[key] for key in nearest(fold(given), owner))
    if close:
        return UnknownNameError(f"unknown {what} '{shown(given)}'; nearest: {', '.join(close)}; {where}")
    return unknown(what, shown(given), keys, where)


def _unique(ids: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(ids))
