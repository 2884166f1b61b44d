"""What has to be said of a stack that the rule made: what is assumed of its geometry, and where it may tip over."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import TYPE_CHECKING, Final

from nodecalc.catalogue.entries import BUILT_IN
from nodecalc.errors import NodecalcError
from nodecalc.question.caution import Caution
from nodecalc_kernels.wafer.patterning import TIE
from nodecalc_kernels.wafer.ways import MOST_EXPOSURES, SPACERS, Reach

from .counts import totals, work_of
from .geometry import with_figure
from .prices import priced_exposures
from .reach import reaches
from .rule import geometry_stack, node_geometry, node_stack
from .starts import priced

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Layer, Node, Stack

NEAR: Final = 0.03
"""A pitch nearer to a step than this share is named: so well are pitches known, and so well the steps."""

CAPITAL: Final = {
    "tsmc-n3e": "reference_wafer_n3_usd",
    "tsmc-n3b": "reference_wafer_n3_usd",
    "tsmc-n2": "reference_wafer_n2_usd",
}
"""Published cost of wafers below 5 nm from the capital of their fabs, by node."""


def rule_remarks(stack: Stack, node: Node | None, catalogue: Catalogue) -> Iterator[str]:
    """Yield what has to be said of `stack`, which stands for `node`; nothing of a user's own."""
    if stack.origin != BUILT_IN or not stack.node:
        return
    known = node_geometry(stack.node, catalogue)
    yield Caution(
        f"the layer stack of {stack.node} is assumed: made by one rule from its geometry, as no foundry publishes one; "
        "five whole numbers of the rule and the tie rule were set to eleven published totals"
    )
    if known.assumed:
        told = (f"{one.field} {one.text}" + (f" ({one.why})" if one.why else "") for one in known.assumed)
        yield Caution(f"geometry assumed: {'; '.join(told)}")
    if known.is_extrapolated:
        yield _extrapolated(stack, catalogue)
    near: dict[tuple[float, str], list[str]] = {}
    for pitch, name, words in _near(stack, catalogue):
        near.setdefault((pitch, words), []).append(name)
    if near:
        named = (f"{pitch:g} nm ({', '.join(names)}) {words}" for (pitch, words), names in near.items())
        yield f"pitches within {NEAR:.0%} of a step of the rule, where the masks of a way jump: {'; '.join(named)}"
    for one in known.assumed:
        if one.low < one.high:
            ends = [
                geometry_stack(stack.node, with_figure(known.geometry, one.field, end), catalogue, known.tools)
                for end in (one.low, one.high)
            ]
            results = ", ".join(
                f"{end:g} gives {totals(each, catalogue).masks} masks and {_cost(each, catalogue):,.0f} USD"
                for end, each in zip((one.low, one.high), ends, strict=True)
            )
            yield f"{one.field} is not public: {results}"
    if node is not None and node.peer:
        yield from _as_peer(stack, node, catalogue)


def brief_remarks(stack: Stack, catalogue: Catalogue) -> tuple[str, ...]:
    """Return what has to be said of `stack` wherever a die is at the cost of its layers; nothing of a user's own."""
    if stack.origin != BUILT_IN or not stack.node:
        return ()
    assumed = f"ASSUMED: no foundry publishes a layer stack; that of {stack.node} is made by rule from its geometry"
    return (
        assumed,
        *([_extrapolated(stack, catalogue)] if node_geometry(stack.node, catalogue).is_extrapolated else []),
    )


def _cost(stack: Stack, catalogue: Catalogue) -> float:
    return priced(stack, catalogue, {}).values["wafer_cost_usd"]


def _extrapolated(stack: Stack, catalogue: Catalogue) -> str:
    text = f"EXTRAPOLATED: below 5 nm the model is set to nothing ({stack.node})"
    key = CAPITAL.get(stack.node)
    if key is not None:
        cost = _cost(node_stack(stack.node, catalogue), catalogue)
        capital = catalogue.parameter(key)
        text += f"; layers explain {cost:,.0f} USD a wafer, the capital of such fabs stands for {capital:,.0f}"
    return Caution(text)


def _as_peer(stack: Stack, node: Node, catalogue: Catalogue) -> Iterator[str]:
    """Say where the masks of a stack are its peer's: a result of both geometries, and by which balance."""
    try:
        peer = node_stack(node.peer, catalogue)
    except NodecalcError:
        return
    if work_of(stack).passes != work_of(peer).passes:
        return
    other = {layer.name: layer for layer in _split(peer)}
    differ = [
        f"{layer.name} {_masks(layer):d} masks against {_masks(other[layer.name]):d}"
        for layer in _split(stack)
        if layer.name in other and _masks(layer) != _masks(other[layer.name])
    ]
    yield (
        f"its {totals(stack, catalogue).masks} masks are as many as {peer.id}'s: a result of its own pitches"
        + (f", by a balance ({', '.join(differ)})" if differ else "")
    )


def _split(stack: Stack) -> Iterator[Layer]:
    """Yield the layers of `stack` one by one, so that runs of different length can be compared."""
    for layer in stack.layers:
        head, dash, last = layer.name.partition("-")
        if not dash or not last.isdecimal():
            yield layer
            continue
        letters = head.rstrip("0123456789")
        first = int(head.removeprefix(letters))
        for level in range(first, int(last) + 1):
            yield layer._replace(name=f"{letters}{level}", count=1)


def _masks(layer: Layer) -> int:
    from nodecalc_kernels.registry import SCHEMES

    return SCHEMES[layer.scheme].exposures + layer.cuts


def _near(stack: Stack, catalogue: Catalogue) -> Iterator[tuple[float, str, str]]:
    """Yield each pitch near a step, its layer, and the step in words."""
    tools = tuple(work_of(stack).passes)
    several = [
        tool for tool in reaches(tools, catalogue, priced_exposures(tools, catalogue, {}).values) if tool.aligned
    ]
    for layer in stack.layers:
        pitch = layer.pitch_nm
        if pitch is None:
            continue
        for step, words in _steps(layer, several):
            if abs(pitch / step - 1.0) <= NEAR:
                yield pitch, layer.name, f"by {step:.3g}, {words}"


def _steps(layer: Layer, tools: list[Reach]) -> Iterator[tuple[float, str]]:
    """Yield the pitches at which a layer's masks jump, and what happens there."""
    holes = layer.feature in ("via", "cut") or layer.scheme in SPACERS or layer.cuts > 0
    for tool in tools:
        if holes and (layer.feature != "cut" or tool.euv):
            for n in range(1, MOST_EXPOSURES):
                yield tool.hole_nm / (n + TIE), f"{n} or {n + 1} exposures of holes with {tool.tool}"
        if layer.feature == "line":
            floors = (("se", tool.line_nm), ("le2", tool.le2_nm), ("sadp", tool.sadp_nm), ("saqp", tool.saqp_nm))
            yield from ((floor, f"the floor of {tool.tool}-{name}") for name, floor in floors if floor < inf)
