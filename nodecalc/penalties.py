"""What a wafer pays for the tools it does without, each figure with the counterfactual that it is measured against."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from nodecalc_kernels.faults import mean_faults
from nodecalc_kernels.registry import YIELD_MODELS

from .errors import NodecalcError
from .exposure import Tariff
from .figures import used_figure
from .stack_cost import price_stack, totals
from .stacks import chosen_stack

if TYPE_CHECKING:
    import os

    from .catalogue import Catalogue, Node
    from .catalogue.litho import Litho, Stack

PEERS: Final = {"smic-n+3": "tsmc-n5", "smic-n+2": "tsmc-n7"}
"""The foundry node of the same class that a node without EUV is measured against."""

YIELD_MODEL: Final = "murphy"


class Penalty(NamedTuple):
    """One price of doing without."""

    name: str
    value: float
    unit: str
    """Empty for a ratio less 1; else x for a plain ratio, days or USD."""
    low: float
    high: float
    """Over phi from 0 to 1, the layer cost fitted anew each time, and over the figure of its own that a penalty has."""
    counterfactual: str


def penalties_of(
    owner: str,
    stack: Stack,
    litho: Litho,
    given: Mapping[str, float],
    die_area_mm2: float,
    node: Node | None,
    catalogue: Catalogue | str | os.PathLike[str] | None,
) -> tuple[Penalty, ...]:
    """Return the penalties that `stack` has: multi-patterning, and doing without EUV or with it taken away."""
    found = [_multi_patterning(stack, litho, given)]
    pair = _euv_pair(owner, stack, litho)
    if pair is None:
        return tuple(found)
    with_euv, without, counterfactual, denied = pair
    ratio = _over_phi(lambda values: _cost(without, litho, values) / _cost(with_euv, litho, values) - 1.0, given, litho)
    found.append(Penalty("wafer, EUV denied" if denied else "wafer, layers", *ratio, counterfactual))
    sums, base = totals(without, litho), totals(with_euv, litho)
    extra = sums.exposures - base.exposures
    d0 = used_figure(node, "d0_per_cm2") if node is not None and denied else None
    if d0 is not None and extra > 0:
        added = litho.range("d0_per_exposure_per_cm2")

        def good(per_exposure: float) -> tuple[float, str, float, float]:
            loss = _yield_loss(d0.value, extra * per_exposure, die_area_mm2)
            return _over_phi(
                lambda values: _cost(without, litho, values) / _cost(with_euv, litho, values) * loss - 1.0, given, litho
            )

        ends = [good(end) for end in (added.low, added.value, added.high)]
        text = (
            f"{counterfactual}; {die_area_mm2:g} mm2, D0 {d0.value:g} /cm2, {extra} more exposures "
            f"of {added.value:g} /cm2 each"
        )
        low, high = min(end[2] for end in ends), max(end[3] for end in ends)
        found.append(Penalty("good die, EUV denied", ends[1][0], "", low, high, text))
    if not denied and node is not None:
        found += _against_peer(node, ratio[0], die_area_mm2, catalogue)
    masks = sums.masks - base.masks
    days = litho.range("days_per_mask")
    found.append(
        Penalty(
            "cycle time",
            masks * days.value,
            "days",
            masks * days.low,
            masks * days.high,
            f"{counterfactual}; {masks:+d} masks",
        )
    )
    found.append(_mask_sets(with_euv, without, litho, counterfactual))
    return tuple(found)


def _against_peer(
    node: Node, layers: float, area_mm2: float, catalogue: Catalogue | str | os.PathLike[str] | None
) -> list[Penalty]:
    """What stands between a node and its peer beside the layers: yield, and the fab factor that the price leaves."""
    from .lookup import find_node

    peer = find_node(PEERS[node.id], catalogue)
    own, theirs = used_figure(node, "d0_per_cm2"), used_figure(peer, "d0_per_cm2") if peer else None
    found = []
    if own is not None and theirs is not None and peer is not None:
        formula = YIELD_MODELS[YIELD_MODEL].yield_

        def ratio(ours: float) -> float:
            return formula(mean_faults(area_mm2, 1.0, theirs.value)) / formula(mean_faults(area_mm2, 1.0, ours)) - 1.0

        text = (
            f"yield of {peer.id} (D0 {theirs.value:g}) on {area_mm2:g} mm2 against that of {node.id} "
            f"(D0 {own.value:g}, {own.kind})"
        )
        found.append(Penalty("good die, yield", ratio(own.value), "", ratio(own.low), ratio(own.high), text))
    claim = node.range("wafer_price_ratio_tsmc")
    if claim is not None and peer is not None:
        value, low, high = (end / (1.0 + layers) for end in (claim.value, claim.low, claim.high))
        text = (
            f"reported wafer price of {claim.value:g} x {peer.id}'s over what the layers explain; "
            "never spread over the steps"
        )
        found.append(Penalty("fab factor k_fab left", value, "x", low, high, text))
    return found


def _multi_patterning(stack: Stack, litho: Litho, given: Mapping[str, float]) -> Penalty:
    def ratio(values: Mapping[str, float]) -> float:
        prices = Tariff(litho, values)
        single = stack._replace(layers=tuple(layer._replace(scheme="se", cuts=0) for layer in stack.layers))
        extra = (
            price_stack(stack, prices, litho)["patterning_usd"] - price_stack(single, prices, litho)["patterning_usd"]
        )
        return extra / (_cost(stack, litho, values) - extra)

    text = "the same masks and layers, each patterned by one exposure with its own tool"
    return Penalty("multi-patterning", *_over_phi(ratio, given, litho), text)


def _euv_pair(owner: str, stack: Stack, litho: Litho) -> tuple[Stack, Stack, str, bool] | None:
    """The stack with EUV, the one without, what they stand for, and whether both are the same wafer.

    None where there is nothing to compare with.
    """
    if totals(stack, litho).euv_exposures:
        try:
            other, origin = chosen_stack(
                litho, stack.node, ("euv",), None, None, None if _is_own(stack, litho) else stack, None
            )
        except NodecalcError:
            return None
        return stack, other, f"the same wafer without EUV: {origin}", True
    own = litho.stack(stack.node)
    if own is not None and totals(own, litho).euv_exposures:
        return own, stack, f"the same wafer with EUV: assumed stack of {own.node}", True
    peer = PEERS.get(owner)
    found = litho.stack(peer) if peer else None
    return (found, stack, f"{peer} in an equal fab with equal tool prices", False) if found is not None else None


def _is_own(stack: Stack, litho: Litho) -> bool:
    """Whether it is the catalogue's stack, which has an alternative of its own."""
    return stack == litho.stack(stack.node)


def _cost(stack: Stack, litho: Litho, values: Mapping[str, float]) -> float:
    return price_stack(stack, Tariff(litho, values), litho)["wafer_cost_usd"]


def _over_phi(
    ratio: Callable[[Mapping[str, float]], float], given: Mapping[str, float], litho: Litho
) -> tuple[float, str, float, float]:
    """Value, unit, and the ends over phi from 0 to 1; a phi that the user gave is exact."""
    value = ratio(given)
    if "extra_mask_carry" in given:
        return value, "", value, value
    span = litho.range("extra_mask_carry")
    ends = [ratio({**given, "extra_mask_carry": phi}) for phi in (span.low, span.high)]
    return value, "", min(value, *ends), max(value, *ends)


def _yield_loss(d0: float, added: float, area_mm2: float) -> float:
    """Yield with the node's D0 over yield with `added` more, by Murphy."""
    formula = YIELD_MODELS[YIELD_MODEL].yield_
    return formula(mean_faults(area_mm2, 1.0, d0)) / formula(mean_faults(area_mm2, 1.0, d0 + added))


def _mask_sets(with_euv: Stack, without: Stack, litho: Litho, counterfactual: str) -> Penalty:
    mask, ratio = litho.range("duv_mask_usd"), litho.value("euv_mask_cost_ratio")

    def units(stack: Stack) -> float:
        sums = totals(stack, litho)
        return sums.masks - sums.euv_exposures + ratio * sums.euv_exposures

    more = units(without) - units(with_euv)
    ends = sorted((more * mask.low, more * mask.high))
    text = f"{counterfactual}; an EUV mask counts {ratio:g} of a 193i one"
    return Penalty("mask set", more * mask.value, "USD", ends[0], ends[1], text)
