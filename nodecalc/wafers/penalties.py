"""What a wafer pays for the tools it does without, each figure with the counterfactual that it is measured against.

All of them are stages of one graph, in which both wafers stand side by side: a world draws its figures for both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from nodecalc.errors import MissingFigureError, NodecalcError
from nodecalc.question.figures import used_figure
from nodecalc.question.ledger import Ledger, UsedFigure
from nodecalc.question.market import Market
from nodecalc_kernels.defects.faults import mean_faults
from nodecalc_kernels.defects.yields import murphy
from nodecalc_kernels.stages import Stage, stage
from nodecalc_kernels.wafer.penalties import (
    d0_of_exposures,
    good_die_penalty,
    multi_patterning_penalty,
    ratio_less_one,
    share_left,
)

from .counts import totals
from .exposed import FIGURES, Exposed, MovedD0, anchors, exposed, model_figures
from .prices import figure_for, figure_of
from .rule import node_stack
from .sides import sides
from .stacks import EUV, chosen_stack

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Node, Stack

OTHER, SINGLE = "other_", "single_"
"""In front of keys of the wafer that it is measured against, and of the wafer with each layer exposed once."""

D0, PEER_D0, CLAIM = "d0_per_cm2", "other_d0_per_cm2", "wafer_price_ratio_tsmc"
COST: Final = "wafer_cost_usd"


class Row(NamedTuple):
    """One penalty, by the key of its stage."""

    name: str
    key: str
    unit: str
    """Empty for a ratio less 1; else x for a plain ratio, days or USD."""
    counterfactual: str


class Penalties(NamedTuple):
    """All penalties of one wafer, ready to be worked out, once or in many worlds."""

    rows: tuple[Row, ...]
    stages: tuple[Stage, ...]
    starts: Mapping[str, float]
    ledger: Ledger
    """The catalogue's figures that they rest on, those of nodes among them."""
    cost_key: str
    """Key of the cost of the wafer in question."""
    other: str = ""
    """Id of the node whose D0 stands under `PEER_D0`, "" where there is none."""


class _SideD0(NamedTuple):
    """The D0 of the wafers of one side, and the exposures that it goes by."""

    key: str
    value: float
    arfi: int
    euv: int


class Against(NamedTuple):
    """A wafer that another is measured against."""

    stack: Stack
    words: str
    denied: bool
    """Whether it is the same wafer, with EUV or without."""
    own_first: bool
    """Whether the wafer in question is the one that does without."""


def penalties_of(
    stack: Stack,
    catalogue: Catalogue,
    given: Mapping[str, float],
    areas_mm2: Sequence[float],
    node: Node | None,
    year: float,
) -> Penalties:
    """Return the penalties of `stack`: multi-patterning, and doing without EUV or with it taken away.

    Args:
        stack: of the wafer.
        catalogue: figures, tools and nodes.
        given: wafer inputs of the user.
        areas_mm2: dies of the penalties per good die.
        node: that the wafer is of.
        year: of the evidence of D0.

    """
    found = _euv_pair(node, stack, catalogue)
    if found is None:
        made = _Made(stack, None, catalogue, given, year)
        made.multi_patterning()
        return made.all()
    ours, theirs = (stack, found.stack) if found.own_first else (found.stack, stack)
    made = _Made(ours, theirs, catalogue, given, year, stack)
    made.multi_patterning()
    made.wafer("wafer, EUV denied" if found.denied else "wafer, layers", found.words)
    if found.denied:
        made.good_dies(node, node, "EUV denied", found.words, areas_mm2)
    else:
        assert node is not None
        peer = catalogue.node(node.peer)
        made.good_dies(peer, None, "layers", f"{found.words}, D0 of {peer.id} moved by the exposures", areas_mm2)
        made.yields(node, peer, areas_mm2[0])
        made.claim(node, peer)
    made.time_and_masks(found.words)
    return made.all()


def penalties_against(
    stack: Stack,
    other: Stack,
    catalogue: Catalogue,
    given: Mapping[str, float],
    areas_mm2: Sequence[float],
    nodes: tuple[Node | None, Node | None],
    year: float,
) -> Penalties:
    """Return what a wafer costs over any other: per wafer, per good die in an equal fab, cycle time, mask set."""
    made = _Made(stack, other, catalogue, given, year)
    node, theirs = nodes
    words = f"{other.id} in an equal fab with equal tool prices"
    made.wafer(f"wafer, over {other.id}", words)
    if theirs is not None:
        text = f"{words}, D0 of {theirs.id} moved by the exposures"
        made.good_dies(theirs, None, f"over {other.id}, equal fab", text, areas_mm2)
        if node is not None and node.id != theirs.id:
            made.yields(node, theirs, areas_mm2[0])
    made.time_and_masks(words)
    return made.all()


class _Made:
    """Puts stages, numbers and figures of the penalties together."""

    def __init__(
        self,
        stack: Stack,
        other: Stack | None,
        catalogue: Catalogue,
        given: Mapping[str, float],
        year: float,
        patterned: Stack | None = None,
    ) -> None:
        """Begin with `stack` over `other`; `patterned` is the one whose multi-patterning is asked for."""
        self.stack, self.other, self.catalogue = stack, other, catalogue
        self.market = Market(year=year, catalogue=catalogue)
        self.patterned = patterned or stack
        single = self.patterned._replace(
            layers=tuple(
                layer._replace(scheme="se", cuts=0) for layer in self.patterned.layers if layer.feature != "cut"
            )
        )
        stacks = {"": stack, SINGLE: single, **({} if other is None else {OTHER: other})}
        known = sides(stacks, (COST, "mask_set_usd"), catalogue, given)
        self.stages: list[Stage] = list(known.stages)
        self.starts: dict[str, float] = {**known.starts, **given}
        self.ledger = known.ledger
        self.rows: list[Row] = []
        self.other_node = ""
        self.side = OTHER if patterned is not None and patterned == other else ""

    def all(self) -> Penalties:
        return Penalties(
            tuple(self.rows), tuple(self.stages), self.starts, self.ledger, self.side + COST, self.other_node
        )

    def add(self, row: Row, step: Stage) -> None:
        self.rows.append(row)
        self.stages.append(step)

    def uses(self, *figures: UsedFigure | None) -> None:
        for figure in figures:
            if figure is not None:
                self.starts[figure.key] = figure.value
        self.ledger |= Ledger([figure for figure in figures if figure is not None])

    def multi_patterning(self) -> None:
        side = self.side
        row = Row(
            "multi-patterning",
            "multi_patterning",
            "",
            "the same layers, each patterned by one exposure with its own tool",
        )
        self.add(row, stage(row.key, multi_patterning_penalty, wafer_cost_usd=side + COST,
                            patterning_usd=side + "patterning_usd", single_usd=SINGLE + "patterning_usd"))  # fmt: skip

    def wafer(self, name: str, words: str) -> None:
        row = Row(name, "wafer_penalty", "", words)
        self.add(row, stage(row.key, ratio_less_one, ours=COST, theirs=OTHER + COST))

    def good_dies(self, base: Node | None, own: Node | None, name: str, words: str, areas_mm2: Sequence[float]) -> None:
        """Add what a good die costs more; the D0 of `base` is of the wafers it makes, and moves with the exposures.

        `own` where it is the node's own, else None.
        """
        if base is None:
            return
        assert self.other is not None
        d0 = used_figure(base, D0, self.market)
        if d0 is None:
            return
        key = D0 if own is not None else PEER_D0
        if own is None:
            self.other_node = base.id
        self.uses(d0._replace(key=key), *model_figures(self.catalogue))
        self.starts |= anchors(self.catalogue)
        # The figure is of the wafers that its node makes; either side may be exposed otherwise.
        made = exposed(self._made_by(base), self.catalogue)
        ours = self._moved_d0("ours", key, d0.value, exposed(self.stack, self.catalogue), made)
        theirs = self._moved_d0("theirs", key, d0.value, exposed(self.other, self.catalogue), made)
        told = (
            f"D0 {theirs.value:.4g} -> {ours.value:.4g} /cm2 with {ours.arfi - theirs.arfi:+d} immersion, "
            f"{ours.euv - theirs.euv:+d} EUV exposures, which carry {self.catalogue.parameter(FIGURES[0]):g} of it"
        )
        for area in areas_mm2:
            place = f"{area:g}_mm2"
            self.starts[f"die_area_{place}"] = area
            row = Row(
                f"good die {area:g} mm2, {name}",
                f"good_die_{place}",
                "",
                f"{words}; {told}",
            )
            self.good_die(row, "wafer_penalty", f"die_area_{place}", theirs.key, ours.key)

    def _made_by(self, node: Node) -> Stack:
        """Return the stack of a node's own wafers; where its geometry is not known, of those it is measured against."""
        assert self.other is not None
        try:
            return node_stack(node.id, self.catalogue)
        except MissingFigureError:
            return self.other

    def _moved_d0(self, side: str, key: str, d0_per_cm2: float, has: Exposed, made: Exposed) -> _SideD0:
        """Return the D0 of one side, whose wafers have other exposures than the D0 at `key` is of, or the same."""
        if has == made:
            return _SideD0(key, d0_per_cm2, *has)
        more = float(has.arfi - made.arfi), float(has.euv - made.euv)
        arfi, euv, moved = f"{side}_arfi_more", f"{side}_euv_more", f"{side}_d0_per_cm2"
        self.starts |= {arfi: more[0], euv: more[1]}
        self.stages.append(stage(moved, d0_of_exposures, d0_per_cm2=key, arfi_more=arfi, euv_more=euv))
        model = tuple(self.catalogue.parameter(figure) for figure in FIGURES)
        value = MovedD0(*more, model, tuple(anchors(self.catalogue).values()), "").of(d0_per_cm2)
        return _SideD0(moved, value, *has)

    def good_die(self, row: Row, wafer: str, area: str, base_d0: str, own_d0: str) -> None:
        """Add a penalty per good die of an area on a wafer, by Murphy's yield at two defect densities, all by key."""
        keys = []
        for d0 in (base_d0, own_d0):
            faults, good = f"{row.key}_faults_{d0}", f"{row.key}_yield_{d0}"
            self.stages.append(
                stage(faults, mean_faults, die_area_mm2=area, critical_area_fraction="whole", d0_per_cm2=d0)
            )
            self.stages.append(stage(good, murphy, x=faults))
            keys.append(good)
        self.starts["whole"] = 1.0
        self.add(row, stage(row.key, good_die_penalty, wafer_penalty=wafer, base_yield=keys[0], own_yield=keys[1]))

    def yields(self, node: Node, peer: Node, area_mm2: float) -> None:
        """Add what stands between two nodes beside the layers: yield, each with its own D0."""
        own, theirs = (used_figure(one, D0, self.market) for one in (node, peer))
        if own is None or theirs is None:
            return
        self.uses(own, theirs._replace(key=PEER_D0))
        self.other_node = peer.id
        self.starts |= {"no_penalty": 0.0, "yield_area_mm2": area_mm2}
        text = (
            f"yield of {peer.id} (D0 {theirs.value:g}) on {area_mm2:g} mm2 against that of {node.id} "
            f"(D0 {own.value:g}, {own.kind})"
        )
        row = Row(f"good die {area_mm2:g} mm2, yield", "yield_penalty", "", text)
        self.good_die(row, "no_penalty", "yield_area_mm2", PEER_D0, D0)

    def claim(self, node: Node, peer: Node) -> None:
        """Add the fab factor that a reported price leaves beside the layers."""
        figures = node.figures.get(CLAIM)
        if not figures:
            return
        claim = figure_of(CLAIM, figures)
        self.uses(claim)
        text = (
            f"reported wafer price of {claim.value:g} x {peer.id}'s over what the layers explain; no k of the chain, "
            "which also knows the age of the fab and the margin"
        )
        row = Row("price left by layers", "fab_factor_left", "x", text)
        self.add(row, stage(row.key, share_left, ratio=CLAIM, layers="wafer_penalty"))

    def time_and_masks(self, words: str) -> None:
        assert self.other is not None
        days = figure_for("days_per_mask", self.catalogue)
        self.uses(days)
        more = totals(self.stack, self.catalogue).masks - totals(self.other, self.catalogue).masks
        self.starts["masks_more"] = float(more)
        row = Row("cycle time", "cycle_time", "days", f"{words}; {more:+d} masks")
        self.add(row, stage(row.key, _product, one="masks_more", other="days_per_mask"))
        row = Row("mask set", "mask_set_more", "USD", f"{words}; masks by class")
        self.add(row, stage(row.key, _difference, one="mask_set_usd", other=OTHER + "mask_set_usd"))


def _product(one: float, other: float) -> float:
    return one * other


def _difference(one: float, other: float) -> float:
    return one - other


def _euv_pair(node: Node | None, stack: Stack, catalogue: Catalogue) -> Against | None:
    """The stack that `stack` is measured against: itself without EUV or with it, else its peer's; None without any."""
    own = _own(stack, catalogue)
    if totals(stack, catalogue).euv_exposures:
        try:
            given = None if own is not None and own == stack else stack
            other, origin = chosen_stack(catalogue, stack.node, (EUV,), None, None, given)
        except NodecalcError:
            return None
        return Against(other, f"the same wafer without EUV: {origin}", True, False)
    if own is not None and totals(own, catalogue).euv_exposures:
        return Against(own, f"the same wafer with EUV: stack of {own.node}", True, True)
    peer = node.peer if node is not None else ""
    if not peer:
        return None
    return Against(node_stack(peer, catalogue), f"{peer} in an equal fab with equal tool prices", False, True)


def _own(stack: Stack, catalogue: Catalogue) -> Stack | None:
    """Return the stack that the node of `stack` has where nothing is asked of its tools, None where it has none."""
    if not stack.node:
        return None
    try:
        return node_stack(stack.node, catalogue)
    except NodecalcError:
        return None
