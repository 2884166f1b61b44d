"""What was worked out from a catalogue, kept for as long as it lives: a catalogue's data never change."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, Final, TypeVar
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue

T = TypeVar("T")

MOST: Final = 4096
"""Things kept of one catalogue; where there are more, all are forgotten."""

_kept: Final[WeakKeyDictionary[Any, dict[Hashable, Any]]] = WeakKeyDictionary()


def kept(catalogue: Catalogue, key: Hashable, make: Callable[[], T]) -> T:
    """Return what `make` gives, which is called for a `catalogue` and a `key` once; it must not hold the catalogue."""
    things = _kept.get(catalogue)
    if things is None:
        things = _kept.setdefault(catalogue, {})
    if key not in things:
        made = make()
        if len(things) >= MOST:
            things.clear()
        things[key] = made
        return made
    found: T = things[key]
    return found
