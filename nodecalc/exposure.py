"""What one exposure costs with each tool, under the user's inputs over the catalogue's figures."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from nodecalc_kernels import patterning as kernel

from .catalogue.builtin import tool_ids
from .spelling import keyed
from .units import number
from .vocabulary import WAFER_INPUT_KEYS, tool_keys

if TYPE_CHECKING:
    from .catalogue.litho import Litho

REFERENCE_TOOL: Final = "arfi"
"""Steps beside exposure are priced as a share of an exposure with this tool."""

EUV_KEYS: Final = ("euv_source_power_w", "euv_dose_mj_per_cm2")


@lru_cache(maxsize=1)
def wafer_inputs() -> tuple[str, ...]:
    """Return the keys of a wafer's inputs: the model's, and those of every tool of the catalogue."""
    return (*WAFER_INPUT_KEYS, *tool_keys(tool_ids()))


def read_inputs(given: Mapping[str, object]) -> dict[str, float]:
    """Return the wafer inputs in `given` as numbers, checked; None means not given."""
    values = {}
    for key, value in keyed(given, wafer_inputs(), "wafer input").items():
        if value is not None:
            values[key] = number(value, key)
    return values


class Tariff:
    """Prices of an exposure with each tool and of a step without one, in USD a wafer pass."""

    def __init__(self, litho: Litho, values: Mapping[str, float]) -> None:
        """Price with `litho`'s figures, `values` (vocabulary keys) put over them."""
        self.litho = litho
        self.values = values
        self._exposures: dict[str, float] = {}

    def model(self, key: str) -> float:
        """Return the model parameter `key`: given, else the catalogue's."""
        return self.values[key] if key in self.values else self.litho.value(key)

    def figure(self, tool: str, field: str) -> float:
        """Return the figure `field` of `tool`: given, else the catalogue's."""
        key = f"{tool}_{field}"
        return self.values[key] if key in self.values else self.litho.tools[tool].value(field)

    def throughput(self, tool: str) -> float:
        """Return wafer passes an hour: given, else for EUV from source power and dose where either is given."""
        powered = self.litho.tools[tool].is_euv and any(key in self.values for key in EUV_KEYS)
        if f"{tool}_throughput_wph" in self.values or not powered:
            return self.figure(tool, "throughput_wph")
        power = self.values.get("euv_source_power_w", self.litho.value("euv_source_power_w"))
        return kernel.euv_throughput_wph(
            power,
            self.model("euv_dose_mj_per_cm2"),
            self.litho.value("euv_overhead_s"),
            self.litho.value("euv_exposed_area_cm2"),
            self.litho.value("euv_efficiency"),
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


def tariff(litho: Litho, given: Mapping[str, Any]) -> Tariff:
    """Return the prices under the wafer inputs `given`."""
    return Tariff(litho, read_inputs(given))
