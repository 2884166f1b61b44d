"""A question made ready for sampling: each node's graph, and every figure of it that has a distribution as a draw."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.errors import InputError
from nodecalc.question.bits import BIT_DENSITY, CAPACITY
from nodecalc.question.evidence import owner_of, shares_of_price
from nodecalc.question.graph import (
    COUNT,
    D0,
    DENSITY,
    PRICE,
    SIDES,
    check_beyond,
    is_counted,
    quoted_price,
    quoting,
    stages_of,
    way_of,
)
from nodecalc.question.market import market_of
from nodecalc.question.resolve import QUOTED
from nodecalc.question.salvage import is_harvested
from nodecalc.question.units import label
from nodecalc.question.utilisation import UTILISATION
from nodecalc.vocabulary import find_quantity, quantity
from nodecalc_kernels.cost.size import SIZES
from nodecalc_kernels.numbers.distributions import either, times
from nodecalc_kernels.stages import Stage, after, behind, keys_of, merged, stage, starts_of
from nodecalc_kernels.wafer.penalties import d0_of_exposures
from nodecalc_kernels.wafer_graph import REFERENCE

from .risk.drawn import Draw, Part, is_heavy, of_choice, of_figure, of_given, of_law

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Node
    from nodecalc.question.inputs import Inputs
    from nodecalc.question.laws import Varied
    from nodecalc.question.market import Market
    from nodecalc_kernels.numbers.draws import Form

MOST_CELLS: Final = 256
"""Equal parts of a distribution by whose middles a die's size enters: each size is placed on the wafer anew."""
MOST_SIZES: Final = 1024
"""Sizes where several draws make them together."""

UNMOVED: Final = "unmoved_d0_per_cm2"
"""Key of a node's own D0, where its wafers are exposed otherwise than it does itself."""


class Built(NamedTuple):
    """Stages in front of a graph, what they start from, and what of it is drawn."""

    stages: tuple[Stage, ...]
    numbers: Mapping[str, float]
    drawn: Mapping[str, Draw]


def part_of(
    inputs: Inputs,
    catalogue: Catalogue,
    varied: Sequence[Varied],
    outputs: Collection[str],
    label_: str,
    alone: bool,
) -> Part:
    """Return the graph of one answer towards `outputs` and its draws.

    Args:
        inputs: the question, what varies given at its median.
        catalogue: where peers, tools and the model's figures are.
        varied: inputs that vary as the user says.
        outputs: keys wanted.
        label_: what the question calls the node.
        alone: whether this node shares no draw with others.

    """
    given = {each.key: each for each in varied}
    fronts = fronts_of(inputs, catalogue, given)
    way = _way(inputs, given)
    die = stages_of(inputs.names, way, counted=is_counted(inputs.numbers), harvested=is_harvested(inputs.numbers))
    stages = (*(step for front in fronts for step in front.stages), *die)
    for key in outputs:
        if key not in keys_of(stages) and key not in inputs.numbers:
            raise InputError(f"no {key} in this answer; it has {', '.join(_results(stages))}")
    check_beyond(outputs, inputs.numbers)
    # A die that is sized has the area that it was given, which need not be that of its sides.
    stages = behind(stages, outputs, ("die_area_mm2",) if way == SIDES else ())
    # In a fixed order: what a loop is kept by holds its keys as they come.
    starts = (*starts_of(stages), *(key for key in outputs if key not in keys_of(stages)))
    numbers = {key: value for front in fronts for key, value in front.numbers.items() if key in starts}
    numbers = {key: inputs.numbers[key] for key in starts if key in inputs.numbers} | numbers
    drawn = {key: draw for front in fronts for key, draw in front.drawn.items() if key in starts}
    for key in starts:
        plain = key.removeprefix(REFERENCE)
        if key in drawn:
            continue
        if plain != key and any(plain in front.drawn for front in fronts):
            # The reference wafer takes the same figure of a tool as the wafer beside it.
            drawn[key] = next(front.drawn[plain] for front in fronts if plain in front.drawn)
        elif key in given:
            own = given[key]
            name = f"{own.node}:{key}" if own.node else key
            drawn[key] = of_given(own.law, key, name, own.node)
        elif key in inputs.figures and inputs.figures[key].is_uncertain:
            node = whose(inputs, key, catalogue)
            drawn[key] = of_figure(inputs.figures[key], f"{node}.{key}" if node else key, node)
    unused = [key for key in given if key not in drawn]
    if unused:
        name = label(quantity(unused[0])).removeprefix("--")
        raise InputError(f"--vary {name}: nothing that is asked of {label_ or 'this die'} takes it; leave it out")
    if alone:
        drawn = {key: draw._replace(name=f"{label_} {draw.name}", alone=label_) for key, draw in drawn.items()}
    same = _same(numbers, drawn)
    stages = merged(stages, same, outputs)
    drawn = {key: draw for key, draw in drawn.items() if key not in same or key in outputs}
    # A median of products is not the product of medians; what layers cost is what their stages say.
    linked = inputs.layers is None and any(PRICE in step.outputs for step in stages)
    stated = {PRICE: inputs.numbers[PRICE]} if linked else {}
    return Part(label_, stages, numbers, stated, _in_cells(stages, drawn))


def _same(numbers: Mapping[str, float], drawn: Mapping[str, Draw]) -> dict[str, str]:
    """Return keys that always have the number of another: figures that the reference wafer shares with this one."""
    found: dict[str, str] = {}
    firsts: dict[tuple[str, Form], str] = {}
    for key, draw in drawn.items():
        first = firsts.setdefault((draw.name, draw.form), key)
        if first != key:
            found[key] = first
    for key, value in numbers.items():
        plain = key.removeprefix(REFERENCE)
        if plain != key and key not in drawn and plain not in drawn and numbers.get(plain) == value:
            found[key] = plain
    return found


def _results(stages: Sequence[Stage]) -> list[str]:
    return [key for key in keys_of(stages) if find_quantity(key) is not None]


def _way(inputs: Inputs, varied: Collection[str]) -> str:
    """Return how the die is given: by its sides, which are known, unless what says its size varies."""
    known = {*inputs.given, *varied}
    if COUNT in known and (UTILISATION in inputs.figures or not {COUNT, DENSITY, UTILISATION}.isdisjoint(varied)):
        return way_of(known)
    if BIT_DENSITY in inputs.numbers and (
        BIT_DENSITY in inputs.figures or not {CAPACITY, BIT_DENSITY}.isdisjoint(varied)
    ):
        return way_of(known)
    sizes = {*starts_of(SIZES["area and aspect"]), *starts_of(SIZES[SIDES])}
    return SIDES if sizes.isdisjoint(varied) else way_of(known)


def _market(inputs: Inputs, catalogue: Catalogue) -> Market:
    return market_of(inputs.numbers, inputs.names["yield_model"], catalogue)


def fronts_of(inputs: Inputs, catalogue: Catalogue, varied: Collection[str] = ()) -> list[Built]:
    """Return what makes an answer's price and D0 from what they rest on, so that answers share what they share.

    Args:
        inputs: the question.
        catalogue: where peers, tools and the model's figures are.
        varied: keys that vary as the user says.

    """
    return [_price(inputs, catalogue, varied), _d0(inputs, catalogue, varied)]


def whose(inputs: Inputs, key: str, catalogue: Catalogue) -> str:
    """Return the id of the node whose figure it is, or whose evidence; "" for figures of no node."""
    q = find_quantity(key)
    if inputs.node is None or q is None or not q.field:
        return ""
    return owner_of(inputs.node, key, _market(inputs, catalogue)) if key in (D0, PRICE) else inputs.node.id


def _price(inputs: Inputs, catalogue: Catalogue, varied: Collection[str]) -> Built:
    """Return what makes the wafer's price: its layers, or a multiple of a peer's price, drawn once for both."""
    if inputs.layers is not None:
        return _on_this_wafer(_layers(inputs, catalogue, varied), inputs)
    figure = inputs.figures.get(PRICE)
    linked = figure is not None and any(w.piece.states == "ratio" and w.weight > 0.0 for w in figure.weighed)
    if inputs.node is None or not linked or PRICE in varied:
        return Built((), {}, {})
    found = _of_peers(inputs.node, PRICE, _market(inputs, catalogue))
    return _on_this_wafer(found, inputs)


def _on_this_wafer(found: Built, inputs: Inputs) -> Built:
    """Return stages that end in a price with that brought to this answer's diameter, where it is of another."""
    stated, own = (inputs.numbers.get(key) for key in (tuple(QUOTED)[1], QUOTED[tuple(QUOTED)[1]]))
    if stated is None or stated == own:
        return found
    return found._replace(stages=(*quoted_price(found.stages), *quoting()))


def _of_peers(node: Node, key: str, market: Market) -> Built:
    """Return the stages that make the price of `node` under `key` from ratios to peers' prices, and their draws."""
    shares = shares_of_price(node, market)
    owner = owner_of(node, PRICE, market)
    stages: list[Stage] = []
    numbers: dict[str, float] = {}
    drawn: dict[str, Draw] = {}
    made = []
    for place, share in enumerate(shares):
        own = key if len(shares) == 1 else f"{key}_{place}"
        if share.peer is None:
            drawn[own] = of_law(share.law, f"{owner}.{PRICE}", PRICE, owner, share.law.median)
        else:
            ratio, price = f"{own}_ratio", f"{own}_peer"
            words = f"price ratio {owner} / {share.peer.id}"
            drawn[ratio] = of_law(share.law, f"{PRICE} ratio, {share.origin}", ratio, owner, share.law.median, words)
            peer = _of_peers(share.peer, price, market)
            stages += peer.stages
            numbers |= peer.numbers
            drawn |= peer.drawn
            stages.append(stage(own, times, a=ratio, b=price))
        made.append((share.weight, own))
    if len(made) > 1:
        choice = f"{key}_statement"
        drawn[choice] = of_choice(
            f"{owner}.{PRICE} statement", choice, owner, f"which statement of the price of {owner} holds"
        )
        whole = sum(weight for weight, _ in made)
        below, edge = made[0][1], made[0][0] / whole
        for place, (weight, own) in enumerate(made[1:], 1):
            to = key if place == len(made) - 1 else f"{key}_up_to_{place}"
            numbers[f"{key}_edge_{place}"] = edge
            stages.append(stage(to, either, u=choice, edge=f"{key}_edge_{place}", below=below, above=own))
            below, edge = to, edge + weight / whole
    numbers |= {k: draw.value for k, draw in drawn.items()}
    return Built(tuple(stages), numbers, drawn)


def _layers(inputs: Inputs, catalogue: Catalogue, varied: Collection[str]) -> Built:
    """Return the stages of a wafer's layers, with the figures of tools and of the model as draws of nobody."""
    from nodecalc.wafers.prices import Start
    from nodecalc.wafers.starts import wafer_start

    assert inputs.layers is not None
    stack, numbers = inputs.layers
    start: Start = wafer_start(stack, catalogue, numbers)
    drawn = {key: of_figure(figure, key) for key, figure in start.ledger.uncertain.items() if key not in varied}
    return Built(start.stages, {**start.numbers, **numbers}, drawn)


def _d0(inputs: Inputs, catalogue: Catalogue, varied: Collection[str]) -> Built:
    """Return what moves a node's D0 where its wafers are exposed otherwise than it does itself."""
    figure = inputs.figures.get(D0)
    law: Any = None if figure is None else figure.law
    if getattr(law, "moved", None) is None or D0 in varied or inputs.node is None:
        return Built((), {}, {})
    # Not at the head: most dies are on wafers as their node exposes them.
    from nodecalc.wafers.exposed import FIGURES, MovedD0, anchors, model_figures

    moved: MovedD0 = law.moved
    own = law.law
    node = owner_of(inputs.node, D0, _market(inputs, catalogue))
    counts = {"arfi_more": moved.arfi_more, "euv_more": moved.euv_more, **anchors(catalogue)}
    step = Stage((D0,), d0_of_exposures, (UNMOVED, "arfi_more", "euv_more", *FIGURES, *anchors(catalogue)))
    model = model_figures(catalogue)
    drawn = {UNMOVED: of_law(own, f"{node}.{D0}", D0, node, own.median)}
    drawn |= {each.key: of_figure(each, each.key) for each in model if each.is_uncertain}
    numbers = {UNMOVED: own.median, **counts, **{each.key: each.value for each in model}}
    return Built((step,), numbers, drawn)


def _in_cells(stages: Sequence[Stage], drawn: Mapping[str, Draw]) -> dict[str, Draw]:
    """Return the draws, those that move a search, dies placed on a wafer, by the middles of parts of their mass."""
    searched = [key for key in drawn if any(step.once and not is_heavy(step) for step in after(stages, (key,)))]
    if not searched:
        return dict(drawn)
    cells = min(MOST_CELLS, int(MOST_SIZES ** (1.0 / len(searched))))
    return {key: draw._replace(cells=cells) if key in searched else draw for key, draw in drawn.items()}
