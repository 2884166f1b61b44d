"""The calculation as one graph, continued: the stages from exposure tools and a layer stack to what a wafer costs.

A stack is numbers: how many passes through each tool, how many other steps, layers and masks. So one graph serves all
stacks, and a tool that a stack does not use costs it nothing, whatever a pass through it would.

The layer cost is fitted to a reference wafer of known cost, whose stack is priced beside the stack in question. Its
keys begin with `REFERENCE`: a tool's figure may be one number there, the catalogue's, and the user's own here.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from .stages import Stage, stage
from .wafer.patterning import (
    cost_of_some,
    exposed_area_cm2,
    exposure_cost_usd,
    fitted_layer_usd,
    overhead_of_throughput_s,
    price_from_cost_usd,
    process_cost_usd,
    sum_usd,
    throughput_of_fields_wph,
    throughput_of_source_wph,
    wafer_cost_usd,
    weighted_layers,
)
from .wafer.penalties import mask_set_usd, per_wafer_usd

REFERENCE: Final = "reference_"
"""In front of the keys of the wafer that the layer cost is fitted to."""

SHARED: Final = frozenset(("depreciation_years", "service_fraction"))
"""Of the inputs of an exposure's cost, those that are no figures of the tool."""


POWER, DOSE = "euv_source_power_w", "euv_dose_mj_per_cm2"
"""Of every EUV tool, where they are given; else each has its own."""

FIELDS = "fields_per_wafer"
"""Of all tools, where the die is known: else each exposes the fields at which its throughput is stated."""

EXPOSED_AREA: Final = "exposed_area_cm2"
"""What the fields of a wafer of known dies cover."""

STATED: Final = {POWER: "stated_power_w", DOSE: "stated_dose_mj_per_cm2"}
"""Field of a tool that stands where power or dose is not given: those at which its throughput is stated."""

CLASSES: Final = ("implant", "via", "line", "other")
"""Classes of layers, each with its own share of a layer's other processing."""


MASK_CLASSES: Final = ("iline", "krf", "arf", "arfi", "euv")
"""Classes of masks by what one costs."""


class Moved(NamedTuple):
    """Tools whose throughput is another than stated, as power, dose or the number of fields is given."""

    tools: tuple[str, ...] = ()
    """EUV tools, whose throughput follows from power, dose and exposed area."""
    keys: frozenset[str] = frozenset()
    """Of POWER, DOSE and FIELDS, those that are given."""
    others: tuple[str, ...] = ()
    """Tools whose time a wafer goes with its fields, all but a share."""


NOT_MOVED: Final = Moved()


@lru_cache(maxsize=64)
def wafer_graph(
    tools: tuple[str, ...], moved: Moved = NOT_MOVED, reference: tuple[str, ...] | None = None
) -> tuple[Stage, ...]:
    """Return the stages from figures of tools and counts of a stack to a wafer's cost and price, in the order they run.

    Args:
        tools: ids of the exposure tools.
        moved: those of them whose throughput follows from the power and dose of an EUV source.
        reference: ids of the tools of the reference wafer; the same where not said.

    """
    exposed = (stage(EXPOSED_AREA, exposed_area_cm2, formula="A = n x 8.58 cm2", put_in=f"{{{FIELDS}}} x 8.58 cm2"),)
    return (
        *(exposed if FIELDS in moved.keys else ()),
        *_patterning(tools, moved, ""),
        *_patterning(tools if reference is None else reference, NOT_MOVED, REFERENCE),
        *_layers(""),
        *_layers(REFERENCE),
        stage(
            "layer_usd",
            fitted_layer_usd,
            formula="c_L = (C_ref - C_0 - patterning) / (W + phi X), of the reference wafer",
            put_in="({reference_wafer_usd} - {reference_substrate_usd} - {reference_patterning_usd} USD) / "
            "({reference_weighted_layers} + {extra_mask_carry} x {reference_weighted_extra_masks})",
            substrate_usd=REFERENCE + "substrate_usd",
            patterning_usd=REFERENCE + "patterning_usd",
            layers=REFERENCE + "weighted_layers",
            extra_masks=REFERENCE + "weighted_extra_masks",
        ),
        stage(
            "wafer_cost_usd",
            wafer_cost_usd,
            formula="C = C_0 + patterning + c_L (W + phi X)",
            put_in="{substrate_usd} + {patterning_usd} + {layer_usd} x "
            "({weighted_layers} + {extra_mask_carry} x {weighted_extra_masks}) USD",
            layers="weighted_layers",
            extra_masks="weighted_extra_masks",
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
        stage(
            "mask_set_usd",
            mask_set_usd,
            formula="masks of each class x what one costs",
            put_in=" + ".join(f"{{{name}_masks}} x {{{name}_mask_usd}}" for name in MASK_CLASSES) + " USD",
        ),
        stage(
            "mask_set_per_wafer_usd",
            per_wafer_usd,
            formula="mask set / wafers of the product",
            put_in="{mask_set_usd} USD / {product_wafers}",
        ),
    )


def _layers(side: str) -> tuple[Stage, ...]:
    """Return the stages of one wafer's layers and extra masks, weighted by class."""
    weights = tuple(f"{name}_weight" for name in CLASSES)
    found = []
    for what, symbol in (("layers", "W"), ("extra_masks", "X")):
        counts = tuple(f"{side}{name}_{what}" for name in CLASSES)
        text = " + ".join(f"{{{weight}}} x {{{count}}}" for weight, count in zip(weights, counts, strict=True))
        found.append(
            Stage((f"{side}weighted_{what}",), weighted_layers, (*counts, *weights), f"{symbol} = sum of w n", text)
        )
    return tuple(found)


def _patterning(tools: tuple[str, ...], moved: Moved, side: str) -> tuple[Stage, ...]:
    """Return the stages of one wafer's patterning; `side` stands in front of all its keys."""
    found: list[Stage] = []
    for tool in tools:
        own = f"{side}{tool}_"
        if tool in moved.tools:
            found += _exposing(tool, moved.keys, own)
        elif tool in moved.others:
            found.append(_of_fields(own))
        keys = exposure_keys(tool, side)
        if tool in moved.tools or tool in moved.others:
            keys = tuple(f"{own}exposing_wph" if key == f"{own}throughput_wph" else key for key in keys)
        shown = dict(zip(EXPOSURE_INPUTS, (f"{{{key}}}" for key in keys), strict=True))
        found.append(
            Stage(
                (f"{own}exposure_usd",),
                exposure_cost_usd,
                keys,
                "c = ((P_s + P_t)/L + v P_s + F) / (8760 w f A U) + m",
                "(({scanner_price_usd} + {track_price_usd})/{depreciation_years} + "
                "{service_fraction} x {scanner_price_usd} + {fixed_usd_per_year}) / (8760 x {throughput_wph} x "
                "{field} x {availability} x {tool_utilisation}) + {consumables_usd} USD".format(**shown),
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


def _of_fields(own: str) -> Stage:
    """Return the stage of a tool's throughput at another number of fields than stated."""
    return stage(
        f"{own}exposing_wph",
        throughput_of_fields_wph,
        formula="w' = w / (1 + s (n / 96 - 1))",
        put_in=f"{{{own}throughput_wph}} / (1 + {{exposing_share}} x ({{{FIELDS}}} / 96 - 1))",
        throughput_wph=f"{own}throughput_wph",
    )


def _exposing(tool: str, given: frozenset[str], own: str) -> list[Stage]:
    """Return the stages of a tool's throughput under another power or dose than stated."""
    stated = {key: f"{own}{field}" for key, field in STATED.items()}
    power, dose = (key if key in given else stated[key] for key in (POWER, DOSE))
    area = EXPOSED_AREA if FIELDS in given else "euv_exposed_area_cm2"
    return [
        stage(
            f"{own}overhead_s",
            overhead_of_throughput_s,
            formula="t_oh = 3600 / wph - A d / (eta P), as the throughput is stated",
            put_in=f"3600 / {{{own}throughput_wph}} - {{euv_exposed_area_cm2}} cm2 x {{{stated[DOSE]}}} / 1000 J/cm2 / "
            f"({{euv_efficiency}} x {{{stated[POWER]}}} W)",
            throughput_wph=f"{own}throughput_wph",
            source_power_w=stated[POWER],
            dose_mj_per_cm2=stated[DOSE],
            exposed_area_cm2="euv_exposed_area_cm2",
            efficiency="euv_efficiency",
        ),
        stage(
            f"{own}exposing_wph",
            throughput_of_source_wph,
            formula="wph = 3600 / (t_oh + A d / (eta P))",
            put_in=f"3600 / ({{{own}overhead_s}} s + {{{area}}} cm2 x {{{dose}}} / 1000 "
            f"J/cm2 / ({{euv_efficiency}} x {{{power}}} W))",
            source_power_w=power,
            dose_mj_per_cm2=dose,
            overhead_s=f"{own}overhead_s",
            exposed_area_cm2=area,
            efficiency="euv_efficiency",
        ),
    ]
