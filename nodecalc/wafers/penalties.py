"""What a wafer pays for the tools it does without, each figure with the counterfactual that it is measured against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from nodecalc.errors import NodecalcError
from nodecalc.question.figures import used_figure
from nodecalc_kernels.defects.faults import mean_faults
from nodecalc_kernels.registry import YIELD_MODELS

from .counts import totals
from .stacks import EUV, chosen_stack
from .starts import priced

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Node, Stack

YIELD_MODEL: Final = "murphy"
PHI: Final = "extra_mask_carry"


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
    stack: Stack,
    catalogue: Catalogue,
    given: Mapping[str, float],
    die_area_mm2: float,
    node: Node | None,
) -> tuple[Penalty, ...]:
    """Return the penalties that `stack` has: multi-patterning, and doing without EUV or with it taken away."""
    found = [_multi_patterning(stack, catalogue, given)]
    pair = _euv_pair(node, stack, catalogue)
    if pair is None:
        return tuple(found)
    with_euv, without, counterfactual, denied = pair

    more = [
        one / other
        for one, other in zip(
            costs_over_phi(without, catalogue, given), costs_over_phi(with_euv, catalogue, given), strict=True
        )
    ]
    ratio = _span([each - 1.0 for each in more])
    found.append(Penalty("wafer, EUV denied" if denied else "wafer, layers", *ratio, counterfactual))
    sums, base = totals(without, catalogue), totals(with_euv, catalogue)
    extra = sums.exposures - base.exposures
    d0 = used_figure(node, "d0_per_cm2") if node is not None and denied else None
    if d0 is not None and extra > 0:
        added = catalogue.parameter_range("d0_per_exposure_per_cm2")

        def good(per_exposure: float) -> tuple[float, str, float, float]:
            loss = _yield_loss(d0.value, extra * per_exposure, die_area_mm2)
            return _span([each * loss - 1.0 for each in more])

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
    days = catalogue.parameter_range("days_per_mask")
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
    found.append(_mask_sets(with_euv, without, catalogue, counterfactual))
    return tuple(found)


def _against_peer(node: Node, layers: float, area_mm2: float, catalogue: Catalogue) -> list[Penalty]:
    """What stands between a node and its peer beside the layers: yield, and the fab factor that the price leaves."""
    peer = catalogue.node(node.peer)
    own, theirs = used_figure(node, "d0_per_cm2"), used_figure(peer, "d0_per_cm2")
    found = []
    if own is not None and theirs is not None:
        formula = YIELD_MODELS[YIELD_MODEL].yield_

        def ratio(ours: float) -> float:
            return formula(mean_faults(area_mm2, 1.0, theirs.value)) / formula(mean_faults(area_mm2, 1.0, ours)) - 1.0

        text = (
            f"yield of {peer.id} (D0 {theirs.value:g}) on {area_mm2:g} mm2 against that of {node.id} "
            f"(D0 {own.value:g}, {own.kind})"
        )
        found.append(Penalty("good die, yield", ratio(own.value), "", ratio(own.low), ratio(own.high), text))
    claim = node.range("wafer_price_ratio_tsmc")
    if claim is not None:
        value, low, high = (end / (1.0 + layers) for end in (claim.value, claim.low, claim.high))
        text = (
            f"reported wafer price of {claim.value:g} x {peer.id}'s over what the layers explain; "
            "never spread over the steps"
        )
        found.append(Penalty("fab factor k_fab left", value, "x", low, high, text))
    return found


def _multi_patterning(stack: Stack, catalogue: Catalogue, given: Mapping[str, float]) -> Penalty:
    single = stack._replace(layers=tuple(layer._replace(scheme="se", cuts=0) for layer in stack.layers))
    ours, theirs = (priced(one, catalogue, given).values["patterning_usd"] for one in (stack, single))
    extra = ours - theirs
    ratios = [extra / (cost - extra) for cost in costs_over_phi(stack, catalogue, given)]
    text = "the same masks and layers, each patterned by one exposure with its own tool"
    return Penalty("multi-patterning", *_span(ratios), text)


def _euv_pair(node: Node | None, stack: Stack, catalogue: Catalogue) -> tuple[Stack, Stack, str, bool] | None:
    """The stack with EUV, the one without, what they stand for, and whether both are the same wafer.

    None where there is nothing to compare with.
    """
    if totals(stack, catalogue).euv_exposures:
        try:
            other, origin = chosen_stack(
                catalogue, stack.node, (EUV,), None, None, None if _is_own(stack, catalogue) else stack
            )
        except NodecalcError:
            return None
        return stack, other, f"the same wafer without EUV: {origin}", True
    own = catalogue.stack(stack.node)
    if own is not None and totals(own, catalogue).euv_exposures:
        return own, stack, f"the same wafer with EUV: assumed stack of {own.node}", True
    peer = node.peer if node is not None else ""
    found = catalogue.stack(peer) if peer else None
    return (found, stack, f"{peer} in an equal fab with equal tool prices", False) if found is not None else None


def _is_own(stack: Stack, catalogue: Catalogue) -> bool:
    """Whether it is the catalogue's stack, which has an alternative of its own."""
    return stack == catalogue.stack(stack.node)


def costs_over_phi(stack: Stack, catalogue: Catalogue, given: Mapping[str, float]) -> list[float]:
    """Cost of a wafer, and the same with phi at either end of its range; a phi that the user gave is exact."""
    wafer = priced(stack, catalogue, given)
    costs = [wafer.values["wafer_cost_usd"]]
    if PHI not in given:
        span = catalogue.parameter_range(PHI)
        costs += [wafer.again({PHI: phi})["wafer_cost_usd"] for phi in (span.low, span.high)]
    return costs


def _span(over_phi: Sequence[float]) -> tuple[float, str, float, float]:
    """Value, unit, and the ends of a ratio: `over_phi` begins with the value."""
    return over_phi[0], "", min(over_phi), max(over_phi)


def _yield_loss(d0: float, added: float, area_mm2: float) -> float:
    """Yield with the node's D0 over yield with `added` more, by Murphy."""
    formula = YIELD_MODELS[YIELD_MODEL].yield_
    return formula(mean_faults(area_mm2, 1.0, d0)) / formula(mean_faults(area_mm2, 1.0, d0 + added))


def _mask_sets(with_euv: Stack, without: Stack, catalogue: Catalogue, counterfactual: str) -> Penalty:
    mask, ratio = catalogue.parameter_range("duv_mask_usd"), catalogue.parameter("euv_mask_cost_ratio")

    def units(stack: Stack) -> float:
        sums = totals(stack, catalogue)
        return sums.masks - sums.euv_exposures + ratio * sums.euv_exposures

    more = units(without) - units(with_euv)
    ends = sorted((more * mask.low, more * mask.high))
    text = f"{counterfactual}; an EUV mask counts {ratio:g} of a 193i one"
    return Penalty("mask set", more * mask.value, "USD", ends[0], ends[1], text)
