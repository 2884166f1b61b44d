"""Notes of several systems, or of one at several points: each once, with whose it is and where it holds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from nodecalc.question.caution import prefixed

MOST_NAMED: Final = 3
"""Systems that a note names; of more it says how many."""


def told_of(systems: Sequence[tuple[str, Sequence[str]]]) -> tuple[str, ...]:
    """Return the notes of systems, given with their labels, each once; one that not all have says whose it is.

    >>> told_of([("h100", ["ready", "one total"]), ("h200", ["ready"])])
    ('ready', 'h100: one total')
    """
    whose: dict[str, dict[str, None]] = {}
    for label, notes in systems:
        for note in notes:
            whose.setdefault(note, {})[label] = None
    every = len(dict(systems))
    return tuple(
        note if len(labels) == every else prefixed(f"{_listed(list(labels))}: ", note) for note, labels in whose.items()
    )


def held_at(notes: Sequence[str], others: Sequence[tuple[str, Collection[str]]]) -> tuple[str, ...]:
    """Return notes of a point; before each the inputs that change it: `others` are what they are, and notes without.

    >>> held_at(["ready", "-3 USD to the 8"], [("volume=10000", ["ready", "-2 USD to the 8"])])
    ('ready', 'at volume=10000: -3 USD to the 8')
    """
    found = []
    for note in notes:
        changing = ", ".join(place for place, elsewhere in others if note not in elsewhere)
        found.append(prefixed(f"at {changing}: ", note) if changing else note)
    return tuple(found)


def at_value(path: str, value: str | float) -> str:
    """Return an input and its value as a note names them.

    >>> at_value("die.gpu:d0_per_cm2", 0.05)
    'die.gpu.d0_per_cm2=0.05'
    """
    return f"{path.replace(':', '.')}={value if isinstance(value, str) else format(value, '.6g')}"


def _listed(labels: list[str]) -> str:
    if len(labels) <= MOST_NAMED:
        return ", ".join(labels)
    return f"{', '.join(labels[:MOST_NAMED])} and {len(labels) - MOST_NAMED} more"
