"""What a loop is written for, and what the plain stages carry out where there are too few points for a loop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from .stages import Stage, behind, needed


class Task(NamedTuple):
    """What a loop is written for."""

    stages: tuple[Stage, ...]
    """Those that are needed, in the order they run."""
    inputs: tuple[str, ...]
    """Keys of the operands, in their order."""
    constants: tuple[tuple[str, float], ...]
    """Keys whose numbers are written into the text."""
    outputs: tuple[str, ...]


def task_of(
    stages: Sequence[Stage], given: Sequence[str], outputs: Sequence[str], constants: Mapping[str, float] | None = None
) -> Task:
    """Return what working out `outputs` from the keys `given` and the numbers of `constants` takes, and no more.

    Raises KeyError where `stages` need a key that is neither.

    """
    fixed = constants or {}
    known = {*given, *fixed}
    used = behind(stages, outputs, known)
    wanted = needed(used, outputs, known)  # a result that is given is copied
    missing = sorted(wanted - known)
    if missing:
        raise KeyError(f"{', '.join(missing)}: needed for {', '.join(outputs)}")
    return Task(
        used,
        tuple(key for key in given if key in wanted),
        tuple((key, value) for key, value in fixed.items() if key in wanted and key not in given),
        tuple(outputs),
    )


AS_IS: Final = Task((), ("value",), (), ("value",))
"""The task of a result that needs no further step."""

FEW_PLAIN: Final = 32
"""Up to this many different combinations of what takes a search the plain functions are used."""

FEW_COUNTS: Final = 2048
"""Dies that a process counts by the plain functions, unless a compiled count is there already: some tenths of a
millisecond each, where loading the compiled one takes half a second and compiling it three. The counts are the same."""

PIECE: Final = 4096
"""Points of a piece of a grid at most: enough to hide what starting one costs, few enough for the first-level cache."""

GROUP: Final = 8
"""Pieces that share a sum."""

HISTOGRAM_BITS: Final = 11
"""Bits of the fraction that a bin of a histogram keeps: a bin is 2^-11 of its value wide."""
