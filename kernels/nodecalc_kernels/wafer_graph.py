"""The calculation as one graph, continued: the stages from exposure tools and a layer stack to what a wafer costs.

A stack is numbers: how many passes through each tool, how many other steps, layers and masks. So one graph serves all
stacks, and a tool that a stack does not use costs it nothing, whatever a pass through it would.

The layer cost is fitted to a reference wafer of known cost, whose stack is priced beside the stack in question. Its
keys begin with `REFERENCE`: a tool's figure may be one number there, the catalogue's, and the user's own here.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from .stages import Stage, stage
from .wafer.patterning import (
    cost_of_some,
    euv_throughput_wph,
    exposure_cost_usd,
    fitted_layer_usd,
    price_from_cost_usd,
    process_cost_usd,
    step_cost_usd,
    sum_usd,
    wafer_cost_usd,
)

REFERENCE: Final = "reference_"
"""In front of the keys of the wafer that the layer cost is fitted to."""

STEP_TOOL: Final = "arfi"
"""Steps beside exposure are priced as a share of an exposure with this tool."""

SHARED: Final = frozenset(("depreciation_years", "service_fraction"))
"""Of the inputs of an exposure's cost, those that are no figures of the tool."""


@lru_cache(maxsize=64)
def wafer_graph(
    tools: tuple[str, ...], powered: tuple[str, ...] = (), reference: tuple[str, ...] | None = None
) -> tuple[Stage, ...]:
    """Return the stages from figures of tools and counts of a stack to a wafer's cost and price, in the order they run.

    Args:
        tools: ids of the exposure tools; `STEP_TOOL` among them.
        powered: those of them whose throughput follows from the power and dose of an EUV source.
        reference: ids of the tools of the reference wafer, `STEP_TOOL` among them; the same where not said.

    """
    return (
        *_patterning(tools, powered, ""),
        *_patterning(tools if reference is None else reference, (), REFERENCE),
        stage(
            "layer_usd",
            fitted_layer_usd,
            formula="c_L = (C_ref - C_0 - patterning) / (L + phi (M - L)), of the reference wafer",
            put_in="({reference_wafer_usd} - {reference_substrate_usd} - {reference_patterning_usd} USD) / "
            "({reference_design_layers} + {extra_mask_carry} x ({reference_masks} - {reference_design_layers}))",
            substrate_usd=REFERENCE + "substrate_usd",
            patterning_usd=REFERENCE + "patterning_usd",
            design_layers=REFERENCE + "design_layers",
            masks=REFERENCE + "masks",
        ),
        stage(
            "wafer_cost_usd",
            wafer_cost_usd,
            formula="C = C_0 + patterning + c_L (L + phi (M - L))",
            put_in="{substrate_usd} + {patterning_usd} + {layer_usd} x "
            "({design_layers} + {extra_mask_carry} x ({masks} - {design_layers})) USD",
        ),
        stage(
            "process_usd",
            process_cost_usd,
            formula="process = C - C_0 - patterning",
            put_in="{wafer_cost_usd} - {substrate_usd} - {patterning_usd} USD",
        ),
        stage(
            "wafer_price_usd",
            price_from_cost_usd,
            formula="P = C v k / (1 - g)",
            put_in="{wafer_cost_usd} USD x {vintage_factor} x {fab_factor} / (1 - {gross_margin})",
        ),
    )


def _patterning(tools: tuple[str, ...], powered: tuple[str, ...], side: str) -> tuple[Stage, ...]:
    """Return the stages of one wafer's patterning; `side` stands in front of all its keys."""
    found: list[Stage] = []
    for tool in tools:
        own = f"{side}{tool}_"
        if tool in powered:
            found.append(
                stage(
                    f"{own}throughput_wph",
                    euv_throughput_wph,
                    formula="wph = 3600 / (t_oh + A d / (eta P))",
                    put_in="3600 / ({euv_overhead_s} s + {euv_exposed_area_cm2} cm2 x {euv_dose_mj_per_cm2} / 1000 "
                    "J/cm2 / ({euv_efficiency} x {euv_source_power_w} W))",
                    source_power_w="euv_source_power_w",
                    dose_mj_per_cm2="euv_dose_mj_per_cm2",
                    overhead_s="euv_overhead_s",
                    exposed_area_cm2="euv_exposed_area_cm2",
                    efficiency="euv_efficiency",
                )
            )
        keys = exposure_keys(tool, side)
        shown = dict(zip(EXPOSURE_INPUTS, (f"{{{key}}}" for key in keys), strict=True))
        found.append(
            Stage(
                (f"{own}exposure_usd",),
                exposure_cost_usd,
                keys,
                "c = ((P_s + P_t)/L + v P_s + F) / (8760 w A U) + m",
                "(({scanner_price_usd} + {track_price_usd})/{depreciation_years} + "
                "{service_fraction} x {scanner_price_usd} + {fixed_usd_per_year}) / (8760 x {throughput_wph} x "
                "{availability} x {tool_utilisation}) + {consumables_usd} USD".format(**shown),
            )
        )
    found.append(
        stage(
            f"{side}step_usd",
            step_cost_usd,
            formula="s = c / 3, of the 193i tool",
            put_in=f"{{{side}{STEP_TOOL}_exposure_usd}} USD / 3",
            arfi_exposure_usd=f"{side}{STEP_TOOL}_exposure_usd",
        )
    )
    parts = []
    for what, count, each in (
        *((f"{side}{tool}_passes_usd", f"{side}{tool}_passes", f"{side}{tool}_exposure_usd") for tool in tools),
        (f"{side}steps_usd", f"{side}steps", f"{side}step_usd"),
    ):
        found.append(stage(what, cost_of_some, formula="n c", put_in=f"{{{count}}} x {{{each}}} USD",
                           count=count, each_usd=each))  # fmt: skip
        parts.append(what)
    total = parts[0]
    for number, part in enumerate(parts[1:], 1):
        to = f"{side}patterning_usd" if number == len(parts) - 1 else f"{side}patterning_{number}_usd"
        whole = number == len(parts) - 1
        text = " + ".join(f"{{{one}}}" for one in parts) + " USD"
        found.append(Stage((to,), sum_usd, (total, part), *(("sum of passes and steps", text) if whole else ())))
        total = to
    return tuple(found)


EXPOSURE_INPUTS: Final = exposure_cost_usd.__code__.co_varnames[: exposure_cost_usd.__code__.co_argcount]
"""Parameters of the cost of an exposure, in order."""


def exposure_keys(tool: str, side: str = "") -> tuple[str, ...]:
    """Return the keys that the cost of an exposure with `tool` takes."""
    return tuple(f"{side}{name}" if name in SHARED else f"{side}{tool}_{name}" for name in EXPOSURE_INPUTS)
