"""How sure a wafer's cost is: the ranges of the model's and the tools' figures, sampled and refitted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from nodecalc.vocabulary import WAFER_INPUT_KEYS, is_wafer_input
from nodecalc.wafers.exposure import EUV_KEYS, REFERENCE_TOOL, Tariff
from nodecalc.wafers.stack_cost import price_stack, tools_of
from nodecalc_kernels.numbers.distributions import triangular_quantile

from .band import SHARES, quantile

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Stack
    from nodecalc.catalogue.figure import Range

SAMPLES: Final = 2048
"""A Latin hypercube: each figure's range in that many equal shares, each share once. The cost is nearly a sum of its
figures, for which that is within 0.5 % of many independent draws; a test holds it."""

SEED: Final = 0


def uncertain(stack: Stack, catalogue: Catalogue, given: Mapping[str, float]) -> dict[str, Range]:
    """Return the ranges that a stack's cost rests on, by vocabulary key; what the user gave is exact."""
    # A source's power and dose, where given, set the throughput, and its published range then says nothing. Where
    # neither is given it is the other way round: in no sample may a drawn power take the place of a tool's throughput.
    powered = any(k in given for k in EUV_KEYS)
    model = (*WAFER_INPUT_KEYS, "reference_wafer_usd")
    keys = (key for key in catalogue.model if key in model and (powered or key not in EUV_KEYS))
    ranges = {key: catalogue.parameter_range(key) for key in keys}
    used = {REFERENCE_TOOL, *tools_of(stack)}
    reference = catalogue.stack(catalogue.reference_node)
    if reference is not None:
        used |= tools_of(reference)
    for tool in sorted(used):
        for field in catalogue.tools[tool].figures:
            replaced = powered and field == "throughput_wph" and catalogue.tools[tool].is_euv
            if is_wafer_input(f"{tool}_{field}") and not replaced:
                ranges[f"{tool}_{field}"] = catalogue.tools[tool].range(field)
    return {key: span for key, span in ranges.items() if key not in given and span.low < span.high}


def cost_samples(stack: Stack, catalogue: Catalogue, given: Mapping[str, float]) -> list[float]:
    """Return sampled costs of the wafer, USD, in order.

    All ranges are triangular and independent. Each sample is one world: the layer cost is fitted in it anew, so that
    a figure which the reference wafer shares cancels to the extent that it really does.
    """
    from random import Random

    ranges = uncertain(stack, catalogue, given)
    random = Random(SEED)
    columns = []
    for span in ranges.values():
        order = list(range(SAMPLES))
        random.shuffle(order)
        columns.append([triangular_quantile((i + 0.5) / SAMPLES, span.low, span.value, span.high) for i in order])
    costs: list[float] = []
    for point in zip(*columns, strict=True):
        world = dict(zip(ranges, point, strict=True))
        costs.append(price_stack(stack, Tariff(catalogue, {**world, **given}), world)["wafer_cost_usd"])
    costs.sort()
    return costs


def cost_band(stack: Stack, catalogue: Catalogue, given: Mapping[str, float]) -> dict[str, float]:
    """Return P10, P50 and P90 of the wafer's cost, USD, under their vocabulary keys."""
    costs = cost_samples(stack, catalogue, given)
    names = ("wafer_cost_usd_p10", "wafer_cost_usd_p50", "wafer_cost_usd_p90")
    return {name: quantile(costs, share) for name, share in zip(names, SHARES, strict=True)}
