"""Which inputs a wafer's cost takes: the model's, and the figures of every tool of a catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from nodecalc.question.units import number
from nodecalc.vocabulary import WAFER_INPUT_KEYS, tool_key, tool_keys
from nodecalc.vocabulary.spelling import key_of, keyed

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue

PRICE_KEYS: Final = ("vintage_factor", "fab_factor", "gross_margin")
"""What makes a price of a cost; without any of them there is only the cost."""

EUV_KEYS: Final = ("euv_source_power_w", "euv_dose_mj_per_cm2")


def wafer_keys(catalogue: Catalogue) -> tuple[str, ...]:
    """Return the keys of all wafer inputs: the model's, and the figures of every tool of `catalogue`."""
    return (*WAFER_INPUT_KEYS, *tool_keys(catalogue.tools))


def cost_keys(catalogue: Catalogue) -> tuple[str, ...]:
    """Return the keys of the inputs of a wafer's cost itself, and not of its price alone."""
    return tuple(key for key in wafer_keys(catalogue) if key not in PRICE_KEYS)


def check_inputs(keys: Iterable[str], catalogue: Catalogue) -> None:
    """Refuse a key that is no wafer input, or one of a tool that the catalogue does not hold."""
    for key in keys:
        key_of(key, wafer_keys(catalogue), "wafer input", _tools_hint((key,), catalogue))


def _tools_hint(keys: Iterable[object], catalogue: Catalogue) -> str:
    strange = any(own[0] not in catalogue.tools for own in map(tool_key, map(str, keys)) if own)
    return f"tools: {', '.join(catalogue.tools)}" if strange else ""


def read_inputs(given: Mapping[str, object], catalogue: Catalogue) -> dict[str, float]:
    """Return the wafer inputs in `given` as numbers, checked; None means not given."""
    values = {}
    for key, value in keyed(given, wafer_keys(catalogue), "wafer input", _tools_hint(given, catalogue)).items():
        if value is not None:
            values[key] = number(value, key)
    return values
