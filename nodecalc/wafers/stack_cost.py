"""The cost of a layer stack: patterning by its schemes, process by its layers, fitted to one known wafer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from nodecalc.errors import MissingFigureError
from nodecalc.vocabulary import QUANTITIES, is_wafer_input
from nodecalc_kernels.wafer import patterning as kernel
from nodecalc_kernels.wafer.patterning import SCHEMES

from .exposure import Tariff

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Layer, Stack


PRICE_KEYS: Final = ("vintage_factor", "fab_factor", "gross_margin")
"""What makes a price of a cost; without any of them there is only the cost."""


def is_cost_input(key: str) -> bool:
    """Whether `key` is an input of a wafer's cost itself, and not of its price alone."""
    return is_wafer_input(key) and key not in PRICE_KEYS


class Totals(NamedTuple):
    """What a stack adds up to."""

    design_layers: int
    masks: int
    exposures: int
    euv_exposures: int


def totals(stack: Stack, catalogue: Catalogue) -> Totals:
    """Return layers, masks and exposures of `stack`."""
    passes = work_of(stack).passes
    exposures = sum(passes.values())
    euv = sum(count for tool, count in passes.items() if catalogue.tools[tool].is_euv)
    return Totals(sum(layer.count for layer in stack.layers), exposures, exposures, euv)


def layer_patterning_usd(layer: Layer, prices: Tariff) -> float:
    """Return what patterning one layer costs, USD."""
    scheme = SCHEMES[layer.scheme]
    cut = prices.exposure(layer.cut_tool) if layer.cuts else 0.0
    return kernel.scheme_cost_usd(
        scheme.exposures, scheme.aux_steps, layer.cuts, prices.exposure(layer.tool), cut, prices.step
    )


def tools_of(stack: Stack) -> set[str]:
    """Return the ids of the tools that a wafer of `stack` passes."""
    return set(work_of(stack).passes)


class Work(NamedTuple):
    """What patterning a wafer of a stack takes: its cost is linear in these."""

    passes: Mapping[str, int]
    """Exposures by tool."""
    steps: int
    """Depositions, etches and strips, one with each cut mask among them."""


@lru_cache(maxsize=64)
def work_of(stack: Stack) -> Work:
    """Return the passes and steps of `stack`, all layers and cut masks together."""
    passes: dict[str, int] = {}
    steps = 0
    for layer in stack.layers:
        scheme = SCHEMES[layer.scheme]
        passes[layer.tool] = passes.get(layer.tool, 0) + layer.count * scheme.exposures
        if layer.cuts:
            passes[layer.cut_tool] = passes.get(layer.cut_tool, 0) + layer.count * layer.cuts
        steps += layer.count * (scheme.aux_steps + layer.cuts)
    return Work(passes, steps)


def patterning_usd(stack: Stack, prices: Tariff) -> float:
    """Return what patterning all layers of `stack` costs, USD: the sum of `layer_patterning_usd`, added up by tool."""
    work = work_of(stack)
    return work.steps * prices.step + sum(count * prices.exposure(tool) for tool, count in work.passes.items())


def fitted_layer_usd(catalogue: Catalogue, extra_mask_carry: float, world: Mapping[str, float] | None = None) -> float:
    """Return the process cost of a layer that makes the reference wafer cost what is known of it.

    The reference is one wafer (TSMC N7, from CSET's price). phi belongs to the model, so that the fit is made anew
    for each; a user's tool prices are a question about another wafer and leave it alone.

    Args:
        catalogue: figures to fit with.
        extra_mask_carry: phi.
        world: figures of the catalogue that are taken otherwise, such as a sample of their ranges.

    """
    reference = catalogue.stack(catalogue.reference_node)
    if reference is None:
        raise MissingFigureError(
            f"the stack of the reference node {catalogue.reference_node} is missing; give --layer-usd"
        )
    prices = Tariff(catalogue, world or {})
    sums = totals(reference, catalogue)
    return kernel.fitted_layer_usd(
        prices.model("reference_wafer_usd"),
        prices.model("substrate_usd"),
        patterning_usd(reference, prices),
        sums.design_layers,
        sums.masks,
        extra_mask_carry,
    )


def price_stack(stack: Stack, prices: Tariff, world: Mapping[str, float] | None = None) -> dict[str, float]:
    """Return the cost of `stack` and its parts under vocabulary keys; `world` as for `fitted_layer_usd`."""
    catalogue = prices.catalogue
    phi = prices.model("extra_mask_carry")
    layer_usd = prices.values.get("layer_usd")
    if layer_usd is None:
        layer_usd = fitted_layer_usd(catalogue, phi, world)
    substrate, sums, patterning = prices.model("substrate_usd"), totals(stack, catalogue), patterning_usd(stack, prices)
    cost = kernel.wafer_cost_usd(substrate, patterning, layer_usd, sums.design_layers, sums.masks, phi)
    defaults = {key: float(QUANTITIES[key].default or 0.0) for key in PRICE_KEYS}
    factors = [prices.values.get(key, default) for key, default in defaults.items()]
    return {
        "wafer_cost_usd": cost,
        "wafer_price_usd": kernel.price_from_cost_usd(cost, *factors),
        "patterning_usd": patterning,
        "process_usd": cost - substrate - patterning,
        "substrate_usd": substrate,
        "layer_usd": layer_usd,
        "extra_mask_carry": phi,
        **sums._asdict(),
    }
