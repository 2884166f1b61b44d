"""What a command is asked beside the die: the keys of its own table in a scenario, as strict as the inputs are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from nodecalc.doors import brief
from nodecalc.errors import InputError, unknown
from nodecalc.vocabulary import PORT_KEYS

DIE: Final = "die"
SWEEP: Final = "sweep"
RISK: Final = "risk"
SOLVE: Final = "solve"
COMPARE: Final = "compare"
WAFER: Final = "wafer"
CAPACITY: Final = "capacity"
MEMORY: Final = "memory"
CARBON: Final = "carbon"
SPLIT: Final = "split"
SYSTEM: Final = "system"
MAP: Final = "map"

TEXT: Final = "a text"
TEXTS: Final = "a text, or a list of texts"
TABLE: Final = "a text, a list of texts, or a table"
VALUE: Final = "a number, or a text with a unit"
VALUES: Final = "a value, or a list of values"
FLAG: Final = "true or false"

OWN: Final[Mapping[str, Mapping[str, str]]] = {
    DIE: {},
    SWEEP: {
        "keys": TEXTS, "against": TEXTS, "reduce": TEXTS, "best": TEXT, "top": VALUE, "pareto": TEXTS,
    },
    RISK: {
        "vary": TABLE, "prob": TEXTS, "keys": TEXTS, "samples": VALUE, "seed": VALUE, "independent": FLAG,
        "drivers": FLAG,
    },
    SOLVE: {"key": TEXT, "target": TABLE, "equal": TEXTS, "to": TEXT, "range": TEXT},
    COMPARE: {"port": FLAG, "of": TEXT, "order": TEXTS, **dict.fromkeys(PORT_KEYS, VALUE)},
    WAFER: {"compare": TEXT, "area": VALUE},
    CAPACITY: {
        **dict.fromkeys(("units", "wafers_per_month", "yield", "gross_dies", "dies_per_unit", "package_yield"), VALUES),
        **dict.fromkeys(("stacks_per_unit", "stack_supply", "package_capacity"), VALUE),
    },
    MEMORY: {
        "capacity": VALUES, "test_between": FLAG,
        **dict.fromkeys(
            ("yield", "area", "spares", "repairable", "second_wafer", "wafer_bond", "bit_density", "dies_per_package",
             "base", "bond", "bond_yield"), VALUE,
        ),
    },
    CARBON: {"grid": VALUE, "wafer_kwh": VALUE, "direct_emissions": VALUE},
    SPLIT: {
        "chiplets": VALUES, "package_yield": VALUES,
        **dict.fromkeys(("overhead", "single_yield", "bond_yield", "carrier", "ratio"), VALUE),
    },
    MAP: {
        **dict.fromkeys(("reticle", "panel", "offset"), TEXT), **dict.fromkeys(("keep_out", "drop_in"), TEXTS),
        **dict.fromkeys(("secondary_flat", "flat", "notch", "stitched"), VALUE),
    },
    SYSTEM: {
        "system": TEXT, "set": TABLE, "convention": TEXT,
        **dict.fromkeys(("volume", "margin", "price", "levy"), VALUE),
    },
}  # fmt: skip
"""For each command that a scenario may be asked of what its table holds, and of which kind that is."""

TARGETS: Final = ("target", "equal", "to")
"""What says together what a solve is to reach."""
ALONG: Final = (SWEEP, SOLVE)
"""Commands that have axes of their own; of the others each point of an axis is a question."""
APART: Final = (DIE, WAFER)
"""Commands that answer one node at a time."""


def command_named(name: object) -> str:
    """Return the command that a scenario is asked of."""
    if not isinstance(name, str):
        raise InputError(f"command {brief(name)}: give one of {', '.join(OWN)}")
    if name.strip().lower() not in OWN:
        raise unknown("command of a scenario", name, OWN, f"it is one of {', '.join(OWN)}")
    return name.strip().lower()


def own_words(command: str, table: object) -> dict[str, Any]:
    """Return what a command's own table says, under its keys and each of its kind.

    >>> own_words("risk", {"samples": 4096, "independent": True})
    {'samples': 4096, 'independent': True}
    """
    if not isinstance(table, Mapping):
        raise InputError(f"{command}: it is a table, [{command}]")
    known = OWN[command]
    found: dict[str, Any] = {}
    for name, value in table.items():
        key = str(name).strip().lower().replace("-", "_")
        if key not in known:
            allowed = f"[{command}] holds {', '.join(known)}; inputs go into [die]"
            raise unknown(f"key of [{command}]", str(name), known, allowed)
        if key in found:
            raise InputError(f"{command}: {key} given twice, once as '{name}'; give it once")
        if not _is(known[key], value):
            raise InputError(f"{command}: {key} {brief(value)}: give {known[key]}")
        found[key] = value
    return found


def _is(kind: str, value: object) -> bool:
    """Whether a value is of a kind."""
    if kind == FLAG:
        return isinstance(value, bool)
    if isinstance(value, bool):
        return False
    if kind == VALUE:
        return isinstance(value, str | int | float)
    if isinstance(value, str):
        return True
    if kind == VALUES:
        return isinstance(value, int | float) or (
            isinstance(value, list) and bool(value) and all(isinstance(each, str | int | float) for each in value)
        )
    if kind == TABLE and isinstance(value, Mapping):
        return bool(value)
    return kind != TEXT and isinstance(value, list) and bool(value) and all(isinstance(each, str) for each in value)
