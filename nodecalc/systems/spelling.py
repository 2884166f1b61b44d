"""What the inputs of a system's parts are called, and messages about them with the names that ``--set`` takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from nodecalc.catalogue.systems import PARTS, STEPS, Part
from nodecalc.errors import NodecalcError
from nodecalc.question.graph import KEYWORDS
from nodecalc.vocabulary.package import PART_KEYS
from nodecalc.vocabulary.spelling import key_of
from nodecalc_kernels.graphs import EDGE_RULES
from nodecalc_kernels.registry import D0_MEANINGS, PLACEMENTS, RADIAL_SHAPES, YIELD_MODELS

AREA: Final = "die_area_mm2"

TEXTS: Final[Mapping[str, tuple[str, ...]]] = {
    "die": ("size", "node", "chip"),
    "carrier": ("joined", "scheme", "panel"),
    "bonded": ("top", "bottom", "method"),
    "assembly": ("method",),
}

_OPTION: Final = re.compile(r"--([a-z][a-z0-9-]*)(?:([ =])('[^']*'|(?!--)[^\s,;:)]+))?")
"""An option in a message, and the word behind it."""
_VALUE: Final = re.compile(r"'.*'|.*\d.*|[A-Z][A-Z/=]*")
"""A word that is an option's value: quoted, with a digit, or standing for one, such as NEED/TOTAL."""
_NAMED: Final = frozenset(
    {*YIELD_MODELS, *PLACEMENTS, *EDGE_RULES, *RADIAL_SHAPES, *D0_MEANINGS, "price", "cost", "semi"}
)
"""Names among the values of a die's options."""


def key_in(kind: str, name: str) -> str | None:
    """Return the key that a part of a kind knows a name by, None where it knows none.

    >>> key_in("test", "seconds"), key_in("test", "test_seconds"), key_in("die", "d0"), key_in("test", "d0")
    ('test_seconds', 'test_seconds', 'd0_per_cm2', None)
    """
    if kind not in (*PARTS, *STEPS):
        return None
    spelled = name.strip().replace("-", "_")
    if kind == "die" and spelled == "size":
        return AREA
    if spelled in TEXTS.get(kind, ()):
        return spelled
    keys = PART_KEYS[kind]
    if spelled in keys or spelled in keys.values():
        return keys.get(spelled, spelled)
    if kind != "die":
        return None
    try:
        return key_of(name, tuple(KEYWORDS), "input")
    except NodecalcError:
        return None


def as_set(text: str, part: Part) -> str:
    """Return what is said of a part with its options as a system takes them: ``--set die.gpu.model=poisson``."""

    def told(found: re.Match[str]) -> str:
        path, gap, word = f"--set {part.label}.{found[1].replace('-', '_')}", found[2], found[3]
        if word is None:
            return f"{path}=X"
        if not _VALUE.fullmatch(word) and word not in _NAMED:
            return f"{path}=X{gap}{word}"
        return f"{path}={word if ' ' in word else word.strip(chr(39))}"

    return _OPTION.sub(told, text)
