"""A wafer's cost step by step, and where the model misses what has been published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.catalogue.figure import preferred_figure
from nodecalc.wafers.exposure import EUV_KEYS, REFERENCE_TOOL, Tariff
from nodecalc.wafers.stack_cost import layer_patterning_usd, patterning_usd, price_stack, tools_of, totals
from nodecalc_kernels.wafer import patterning as kernel
from nodecalc_kernels.wafer.patterning import SCHEMES

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Layer, Stack
    from nodecalc.catalogue.entries import Published
    from nodecalc.drivers.wafer_cost import WaferCost


class Step(NamedTuple):
    """One number of a wafer's cost and how it came about."""

    quantity: str
    value: float
    unit: str
    formula: str
    put_in: str


class Miss(NamedTuple):
    """What the model answers beside what has been published of the same quantity."""

    quantity: str
    model: float
    published: float
    unit: str
    standing: str
    """Whether the model was made to meet the figure, or is tested by it."""
    kind: str
    source: str
    verified: bool
    note: str

    @property
    def off(self) -> float:
        """How far the model is off, relative to what is published."""
        return self.model / self.published - 1.0


STANDINGS: Final = {"set": "the model was set by it", "built": "the stack was built to meet it", "": ""}
"""What a published figure is to the model, in words."""

QUANTITY_WORDS: Final = {"wafer_cost_usd": "wafer cost", "masks": "masks", "euv_exposures": "EUV exposures"}
MISSED: Final = 0.1
"""Relative distance from which a figure that the model was not set by counts as missed: the half-width that the
catalogue gives to a disclosed figure without a range."""


def steps(w: WaferCost) -> list[Step]:
    """Return every step of the cost of `w`, exposures first."""
    prices, catalogue = w.tariff, w.catalogue
    tools = {REFERENCE_TOOL, *tools_of(w.stack_layers)}
    found = [step for tool in catalogue.tools if tool in tools for step in _exposure(prices, tool)]
    found.append(
        Step(
            "auxiliary step",
            prices.step,
            "USD",
            "s = c(arfi) / 3",
            f"{prices.exposure(REFERENCE_TOOL):.6g} / {kernel.EXPOSURES_PER_STEP:g}",
        )
    )
    for text, layer in {scheme_text(layer): layer for layer in w.stack_layers.layers}.items():
        found.append(_scheme(prices, text, layer))
    found.append(
        Step(
            "patterning",
            w.patterning_usd,
            "USD",
            "sum of n_i C_i over the layers",
            f"{w.design_layers} layers, {w.masks} masks and exposures, {w.euv_exposures} of them EUV",
        )
    )
    found.append(_layer_usd(w))
    carried = w.extra_mask_carry
    found += [
        Step(
            "wafer cost",
            w.wafer_cost_usd,
            "USD",
            "C = C_0 + patterning + c_L (L + phi (M - L))",
            f"{w.substrate_usd:.6g} + {w.patterning_usd:.6g} + {w.layer_usd:.6g} x "
            f"({w.design_layers} + {carried:g} x ({w.masks} - {w.design_layers}))",
        ),
        Step(
            "wafer cost, P50",
            w.wafer_cost_usd_p50,
            "USD",
            "triangular ranges of all figures below, drawn together; the layer cost fitted anew in each draw",
            f"P10 {w.wafer_cost_usd_p10:.6g}, P90 {w.wafer_cost_usd_p90:.6g} USD",
        ),
    ]
    factors = {key: w.inputs.get(key) for key in ("vintage_factor", "fab_factor", "gross_margin")}
    vintage, fab = (1.0 if f is None else f for f in (factors["vintage_factor"], factors["fab_factor"]))
    margin = factors["gross_margin"] or 0.0
    found.append(
        Step(
            "wafer price",
            w.wafer_price_usd,
            "USD",
            "P = C vintage k_fab / (1 - margin)",
            f"{w.wafer_cost_usd:.6g} x {vintage:g} x {fab:g} / (1 - {margin:g})"
            + ("" if any(f is not None for f in factors.values()) else "; none of the three given: the bare cost"),
        )
    )
    return found


def digits(value: float) -> str:
    """Return `value` with six digits, and never with a power of ten where it is a sum of money.

    >>> digits(63e6), digits(0.06), digits(15.570383)
    ('63,000,000', '0.06', '15.5704')
    """
    return f"{value:,.0f}" if abs(value) >= 1e4 else f"{value:.6g}"


def scheme_text(layer: Layer) -> str:
    """Return how `layer` is patterned, such as ``arfi-saqp + 3 euv cuts``."""
    if not layer.cuts:
        return f"{layer.tool}-{layer.scheme}"
    other = "" if layer.cut_tool == layer.tool else f"{layer.cut_tool} "
    return f"{layer.tool}-{layer.scheme} + {layer.cuts} {other}cut{'s' if layer.cuts > 1 else ''}"


def _exposure(prices: Tariff, tool: str) -> list[Step]:
    found = []
    wph = prices.throughput(tool)
    powered = any(key in prices.values for key in EUV_KEYS) and f"{tool}_throughput_wph" not in prices.values
    if prices.catalogue.tools[tool].is_euv and powered:
        found.append(
            Step(
                f"{tool} throughput",
                wph,
                "1/h",
                "w = 3600 / (t_oh + A d / (eta P))",
                f"3600 / ({prices.model('euv_overhead_s'):g} + {prices.model('euv_exposed_area_cm2'):g} x "
                f"{prices.model('euv_dose_mj_per_cm2') / 1000:g} / "
                f"({prices.model('euv_efficiency'):g} x {prices.model('euv_source_power_w'):g}))",
            )
        )
    names = ("scanner_price_usd", "track_price_usd", "fixed_usd_per_year")
    scanner, track, fixed = (digits(prices.figure(tool, name)) for name in names)
    up = f"{prices.figure(tool, 'availability'):g} x {prices.figure(tool, 'tool_utilisation'):g}"
    found.append(
        Step(
            f"{tool} exposure",
            prices.exposure(tool),
            "USD",
            "c = ((P_s + P_t) / L + v P_s + F) / (8760 w A U) + m",
            f"(({scanner} + {track}) / {prices.model('depreciation_years'):g} + "
            f"{prices.model('service_fraction'):g} x {scanner} + {fixed}) / "
            f"({kernel.HOURS_PER_YEAR:g} x {wph:.6g} x {up}) + {prices.figure(tool, 'consumables_usd'):g}",
        )
    )
    return found


def _scheme(prices: Tariff, text: str, layer: Layer) -> Step:
    scheme = SCHEMES[layer.scheme]
    c, s = prices.exposure(layer.tool), prices.step
    put_in = f"{scheme.exposures} x {c:.6g} + {scheme.aux_steps} x {s:.6g}"
    formula = "C = n_e c + n_a s"
    if layer.cuts:
        formula += " + n_c (c_c + s)"
        put_in += f" + {layer.cuts} x ({prices.exposure(layer.cut_tool):.6g} + {s:.6g})"
    return Step(text, layer_patterning_usd(layer, prices), "USD a layer", formula, put_in)


def _layer_usd(w: WaferCost) -> Step:
    quantity, unit = "process of a layer, c_L", "USD"
    if "layer_usd" in w.inputs:
        return Step(quantity, w.layer_usd, unit, "given", "taken as exact")
    catalogue = w.catalogue
    reference = catalogue.stack(catalogue.reference_node)
    if reference is None:
        return Step(quantity, w.layer_usd, unit, "fitted", "")
    sums = totals(reference, catalogue)
    put_in = (
        f"({catalogue.parameter('reference_wafer_usd'):.6g} - {catalogue.parameter('substrate_usd'):.6g} - "
        f"{patterning_usd(reference, Tariff(catalogue, {})):.6g}) / "
        f"({sums.design_layers} + {w.extra_mask_carry:g} x ({sums.masks} - {sums.design_layers})); "
        f"the {reference.id} wafer, with the catalogue's figures"
    )
    return Step(quantity, w.layer_usd, unit, "c_L = (C_ref - C_0 - patterning) / (L + phi (M - L))", put_in)


def misses(catalogue: Catalogue) -> list[Miss]:
    """Return what the model answers, with the catalogue's own figures, beside what has been published.

    What the model was set by is listed too and says so: it is no test.
    """
    prices = Tariff(catalogue, {})
    found = _relative(catalogue, prices)
    for row in catalogue.published:
        figure = preferred_figure(catalogue.model[row.field])
        quantity, model = _answer_to(row, prices)
        standing = STANDINGS[row.standing]
        found.append(
            Miss(
                quantity,
                model,
                figure.number,
                figure.unit,
                standing,
                figure.kind,
                figure.source,
                figure.verified,
                figure.note,
            )
        )
    return found


def _answer_to(row: Published, prices: Tariff) -> tuple[str, float]:
    """What of the model answers to a published figure, in words and as a number."""
    if row.quantity == "exposure_ratio":
        one, other = row.tools
        return row.words, prices.exposure(one) / prices.exposure(other)
    stack = prices.catalogue.stack_by_id(row.stack)
    if row.quantity == "exposures_share":
        share = _exposures_usd(stack, prices) / price_stack(stack, prices)["wafer_cost_usd"]
        return f"{row.stack}: exposures' share of the wafer's cost", share
    return f"{row.stack}: {QUANTITY_WORDS[row.quantity]}", price_stack(stack, prices)[row.quantity]


def _relative(catalogue: Catalogue, prices: Tariff) -> list[Miss]:
    found = []
    single = prices.exposure(REFERENCE_TOOL) + prices.step
    for key, figures in catalogue.relative_cost.items():
        figure = preferred_figure(figures)
        tool, _, name = key.partition("-")
        scheme = SCHEMES[name]
        cost = kernel.scheme_cost_usd(scheme.exposures, scheme.aux_steps, 0.0, prices.exposure(tool), 0.0, prices.step)
        found.append(
            Miss(
                f"cost of {key} over arfi-se, no cuts",
                cost / single,
                figure.number,
                "ratio",
                # The 193i rows gave the weights of exposure and step.
                STANDINGS["set"] if tool == REFERENCE_TOOL else "",
                figure.kind,
                figure.source,
                figure.verified,
                figure.note,
            )
        )
    return found


def _exposures_usd(stack: Stack, prices: Tariff) -> float:
    """What the exposures of a stack cost, without the steps beside them: what published shares call lithography."""
    total = 0.0
    for layer in stack.layers:
        each = SCHEMES[layer.scheme].exposures * prices.exposure(layer.tool)
        if layer.cuts:
            each += layer.cuts * prices.exposure(layer.cut_tool)
        total += layer.count * each
    return total


def step_dict(step: Step, node: str) -> dict[str, Any]:
    """Return a step as a flat object."""
    return {"node": node, **step._asdict()}


def miss_dict(miss: Miss) -> dict[str, Any]:
    """Return a comparison as a flat object, with how far the model is off and whether that is a miss."""
    return {**miss._asdict(), "off": miss.off, "missed": is_missed(miss)}


def is_missed(miss: Miss) -> bool:
    """Whether the model is off by more than a tenth from a figure that it was not set by."""
    return not miss.standing and abs(miss.off) > MISSED
