"""What a wafer's cost by its layers starts from: the model's inputs, what chooses the stack, the figures of a tool."""

from __future__ import annotations

from typing import Final

from .row import Quantity

WAFER: Final = (
    Quantity(
        "euv_source_power_w", "W", "EUV source power at intermediate focus; sets the throughput of EUV tools",
        1.0, 10000.0, group="euv", option="euv-power", metavar="W",
    ),
    Quantity("euv_dose_mj_per_cm2", "mJ/cm2", "EUV exposure dose", 1.0, 1000.0, group="euv", option="dose"),
    Quantity(
        "fields_per_wafer", "", "exposures of a pass, as full fields; those of the die's map, 96 where no die is known",
        1.0, 1e5, group="wafer", format=".4g", option="fields", metavar="N",
    ),
    Quantity(
        "exposing_share", "", "share of a wafer's time in a DUV scanner that goes with the exposures",
        0.0, 1.0, group="wafer", option="exposing-share", metavar="F",
    ),
    Quantity(
        "extra_mask_carry", "", "phi: share of a layer's process cost that each mask beyond its first carries",
        0.0, 1.0, group="wafer", option="phi", metavar="F",
    ),
    *(
        Quantity(
            f"{name}_weight", "", f"share of a full layer's other processing that {words} takes", 0.0, 10.0,
            group="wafer", option=f"{name}-weight", metavar="W",
        )
        for name, words in (
            ("implant", "an implant"), ("via", "a contact or via"), ("line", "a layer of lines"), ("other", "any other")
        )
    ),
    Quantity(
        "step_usd", "USD", "one auxiliary step: a deposition, an etch, a strip", 0.0, 1e4,
        group="wafer", format=",.2f", option="step",
    ),
    Quantity(
        "layer_usd", "USD", "process cost of a design layer beside its patterning; fitted to N7 where not given",
        0.0, 1e5, group="wafer", format=",.2f", option="layer-usd",
    ),
    Quantity("substrate_usd", "USD", "blank wafer", 0.0, 1e5, group="wafer", format=",.0f", option="substrate"),
    Quantity(
        "depreciation_years", "years", "years over which tools are written off", 0.5, 50.0,
        group="wafer", option="depreciation",
    ),
    Quantity(
        "service_fraction", "", "yearly service as a share of the scanner's price", 0.0, 1.0,
        group="wafer", option="service", metavar="F",
    ),
    Quantity(
        "gross_margin", "", "share of the wafer price that is not its cost", 0.0, 0.95,
        default=0.0, group="wafer", option="margin", metavar="F",
    ),
    Quantity(
        "vintage_factor", "", "price of this year over that of the node's first years", 0.01, 10.0,
        default=1.0, group="wafer", option="vintage",
    ),
    Quantity(
        "fab_factor", "", "k_fab: what a fab costs beyond what its layers explain", 0.1, 10.0,
        default=1.0, group="wafer", option="k-fab",
    ),
)  # fmt: skip

PRODUCT: Final = (
    Quantity(
        "product_wafers", "", "wafers that the product's mask set makes; the set is then told a wafer",
        1.0, 1e12, group="product", option="product-wafers", metavar="N", counted=True,
    ),
)  # fmt: skip
"""What is asked of one product beside its wafer."""

STACK: Final = (
    Quantity(
        "tools", "", "exposure tools that may be used, joined by + or commas; duv is every one but EUV",
        default="all", group="stack", format="", option="tools", metavar="TOOL+TOOL",
    ),
    Quantity(
        "without", "", "exposure tools that are ruled out, joined by + or commas: euv is every EUV tool, duv the rest",
        default="none", group="stack", format="", option="without", metavar="TOOL+TOOL",
    ),
    Quantity(
        "like", "", "node whose layer stack is borrowed",
        default="own", group="stack", format="", option="like", metavar="NODE",
    ),
    Quantity(
        "stack", "", "TOML file with a layer stack; the node's own is the catalogue's",
        default="own", group="stack", format="", option="stack", metavar="FILE",
    ),
    Quantity(
        "euv_by", "", "what decides which layers take EUV: the masks that it saves, or what a layer costs",
        default="masks", group="stack", format="", option="euv-by", metavar="masks|cost",
    ),
)  # fmt: skip

TOOL_FIELDS: Final = (
    Quantity("scanner_price_usd", "USD", "price of a scanner", 1e4, 1e10, group="tool", format=".6g"),
    Quantity("track_price_usd", "USD", "price of its track", 0.0, 1e10, group="tool", format=".6g"),
    Quantity("throughput_wph", "1/h", "wafer passes an hour", 0.1, 1e4, group="tool", format=".6g"),
    Quantity(
        "field", "", "share of that throughput that product wafers see over weeks", 0.01, 1.0, group="tool",
        format=".6g",
    ),
    Quantity(
        "stated_power_w", "W", "power of the source at which its throughput is stated", 1.0, 10000.0, group="tool",
        format=".6g",
    ),
    Quantity(
        "stated_dose_mj_per_cm2", "mJ/cm2", "dose at which its throughput is stated", 1.0, 1000.0, group="tool",
        format=".6g",
    ),
    Quantity("availability", "", "share of the year that the tool is up", 0.01, 1.0, group="tool", format=".6g"),
    Quantity(
        "tool_utilisation", "", "share of its up time that the tool runs wafers", 0.01, 1.0, group="tool", format=".6g"
    ),
    Quantity("consumables_usd", "USD", "resist and other consumables a pass", 0.0, 1e5, group="tool", format=".6g"),
    Quantity(
        "fixed_usd_per_year", "USD/year", "yearly cost beside depreciation and service", 0.0, 1e10,
        group="tool", format=".6g",
    ),
)  # fmt: skip
"""Figures of any exposure tool; the key of a tool's own stands behind the tool's id: ``arfi_scanner_price_usd``."""
