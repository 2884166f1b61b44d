"""Notes of two kinds: what a reader should know, and what a reader could be refuted with."""

from __future__ import annotations

from collections.abc import Iterable


class Caution(str):
    """A note to be read first: a figure is assumed, a model extrapolated, a sign uncertain, an input without effect.

    It is a text like any other note, so that whoever does not care need not tell them apart.

    >>> cautions_first(["sources disagree", Caution("the stack is assumed"), "sources disagree"])
    ['the stack is assumed', 'sources disagree']
    """

    __slots__ = ()


def cautions_first(notes: Iterable[str]) -> list[str]:
    """Return `notes`, each once, cautions before the others."""
    return sorted(dict.fromkeys(notes), key=lambda note: not isinstance(note, Caution))


def prefixed(prefix: str, note: str) -> str:
    """Return `note` behind `prefix`, a caution as a caution."""
    return type(note)(prefix + note)
