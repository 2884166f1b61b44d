"""The cost of a layer stack: patterning by its schemes, process by its layers, fitted to one known wafer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from nodecalc_kernels import patterning as kernel
from nodecalc_kernels.registry import SCHEMES

from .errors import MissingFigureError
from .exposure import Tariff
from .vocabulary import QUANTITIES

if TYPE_CHECKING:
    from .catalogue.litho import Layer, Litho, Stack


REFERENCE_NODE: Final = "tsmc-n7"
"""The node whose known wafer cost fits the process cost of a layer."""


class Totals(NamedTuple):
    """What a stack adds up to."""

    design_layers: int
    masks: int
    exposures: int
    euv_exposures: int


def totals(stack: Stack, litho: Litho) -> Totals:
    """Return layers, masks and exposures of `stack`."""
    design = masks = euv = 0
    for layer in stack.layers:
        exposures = SCHEMES[layer.scheme].exposures
        design += layer.count
        masks += layer.count * (exposures + layer.cuts)
        euv += layer.count * exposures * litho.tools[layer.tool].is_euv
        if layer.cuts:
            euv += layer.count * layer.cuts * litho.tools[layer.cut_tool].is_euv
    return Totals(design, masks, masks, euv)


def layer_patterning_usd(layer: Layer, prices: Tariff) -> float:
    """Return what patterning one layer costs, USD."""
    scheme = SCHEMES[layer.scheme]
    cut = prices.exposure(layer.cut_tool) if layer.cuts else 0.0
    return kernel.scheme_cost_usd(
        scheme.exposures, scheme.aux_steps, layer.cuts, prices.exposure(layer.tool), cut, prices.step
    )


def patterning_usd(stack: Stack, prices: Tariff) -> float:
    """Return what patterning all layers of `stack` costs, USD."""
    return sum(layer.count * layer_patterning_usd(layer, prices) for layer in stack.layers)


def fitted_layer_usd(litho: Litho, extra_mask_carry: float, world: Mapping[str, float] | None = None) -> float:
    """Return the process cost of a layer that makes the reference wafer cost what is known of it.

    The reference is one wafer (TSMC N7, from CSET's price). phi belongs to the model, so that the fit is made anew
    for each; a user's tool prices are a question about another wafer and leave it alone.

    Args:
        litho: figures to fit with.
        extra_mask_carry: phi.
        world: figures of the catalogue that are taken otherwise, such as a sample of their ranges.

    """
    reference = litho.stack(REFERENCE_NODE)
    if reference is None:
        raise MissingFigureError(f"the stack of the reference node {REFERENCE_NODE} is missing; give --layer-usd")
    prices = Tariff(litho, world or {})
    sums = totals(reference, litho)
    return kernel.fitted_layer_usd(
        prices.model("reference_wafer_usd"),
        prices.model("substrate_usd"),
        patterning_usd(reference, prices),
        sums.design_layers,
        sums.masks,
        extra_mask_carry,
    )


def price_stack(
    stack: Stack, prices: Tariff, litho: Litho, world: Mapping[str, float] | None = None
) -> dict[str, float]:
    """Return the cost of `stack` and its parts under vocabulary keys."""
    phi = prices.model("extra_mask_carry")
    layer_usd = prices.values.get("layer_usd")
    if layer_usd is None:
        layer_usd = fitted_layer_usd(litho, phi, world)
    substrate, sums, patterning = prices.model("substrate_usd"), totals(stack, litho), patterning_usd(stack, prices)
    cost = kernel.wafer_cost_usd(substrate, patterning, layer_usd, sums.design_layers, sums.masks, phi)
    price = {
        key: prices.values.get(key, QUANTITIES[key].default) for key in ("vintage_factor", "fab_factor", "gross_margin")
    }
    return {
        "wafer_cost_usd": cost,
        "wafer_price_usd": kernel.price_from_cost_usd(cost, *(float(v or 0.0) for v in price.values())),
        "patterning_usd": patterning,
        "process_usd": cost - substrate - patterning,
        "substrate_usd": substrate,
        "layer_usd": layer_usd,
        "extra_mask_carry": phi,
        **sums._asdict(),
    }
