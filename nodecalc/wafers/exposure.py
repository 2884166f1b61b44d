"""What one exposure costs with each tool, under the user's inputs over the catalogue's figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from nodecalc.question.units import number
from nodecalc.vocabulary import WAFER_INPUT_KEYS, tool_key, tool_keys
from nodecalc.vocabulary.spelling import key_of, keyed
from nodecalc_kernels.wafer import patterning as kernel

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue

REFERENCE_TOOL: Final = "arfi"
"""Steps beside exposure are priced as a share of an exposure with this tool."""

EUV_KEYS: Final = ("euv_source_power_w", "euv_dose_mj_per_cm2")


def wafer_keys(catalogue: Catalogue) -> tuple[str, ...]:
    """Return the keys of all wafer inputs: the model's, and the figures of every tool of `catalogue`."""
    return (*WAFER_INPUT_KEYS, *tool_keys(catalogue.tools))


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


class Tariff:
    """Prices of an exposure with each tool and of a step without one, in USD a wafer pass."""

    def __init__(self, catalogue: Catalogue, values: Mapping[str, float]) -> None:
        """Price with `catalogue`'s figures, `values` (vocabulary keys) put over them."""
        self.catalogue = catalogue
        self.values = values
        self._exposures: dict[str, float] = {}

    def model(self, key: str) -> float:
        """Return the model parameter `key`: given, else the catalogue's."""
        return self.values[key] if key in self.values else self.catalogue.parameter(key)

    def figure(self, tool: str, field: str) -> float:
        """Return the figure `field` of `tool`: given, else the catalogue's."""
        key = f"{tool}_{field}"
        return self.values[key] if key in self.values else self.catalogue.tools[tool].value(field)

    def throughput(self, tool: str) -> float:
        """Return wafer passes an hour: given, else for EUV from source power and dose where either is given."""
        powered = self.catalogue.tools[tool].is_euv and any(key in self.values for key in EUV_KEYS)
        if f"{tool}_throughput_wph" in self.values or not powered:
            return self.figure(tool, "throughput_wph")
        power = self.values.get("euv_source_power_w", self.catalogue.parameter("euv_source_power_w"))
        return kernel.euv_throughput_wph(
            power,
            self.model("euv_dose_mj_per_cm2"),
            self.catalogue.parameter("euv_overhead_s"),
            self.catalogue.parameter("euv_exposed_area_cm2"),
            self.catalogue.parameter("euv_efficiency"),
        )

    def exposure(self, tool: str) -> float:
        """Return what one pass through `tool` costs, USD."""
        if tool not in self._exposures:
            self._exposures[tool] = kernel.exposure_cost_usd(
                self.figure(tool, "scanner_price_usd"),
                self.figure(tool, "track_price_usd"),
                self.model("depreciation_years"),
                self.model("service_fraction"),
                self.figure(tool, "fixed_usd_per_year"),
                self.throughput(tool),
                self.figure(tool, "availability"),
                self.figure(tool, "tool_utilisation"),
                self.figure(tool, "consumables_usd"),
            )
        return self._exposures[tool]

    @property
    def step(self) -> float:
        """Return what one deposition, etch or strip costs, USD."""
        return kernel.step_cost_usd(self.exposure(REFERENCE_TOOL))


def tariff(catalogue: Catalogue, given: Mapping[str, Any]) -> Tariff:
    """Return the prices under the wafer inputs `given`."""
    return Tariff(catalogue, read_inputs(given, catalogue))
