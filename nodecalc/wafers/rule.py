"""Layer stacks of the catalogue's nodes, made by the one rule from their geometry and the tools allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from nodecalc.catalogue.entries import BUILT_IN
from nodecalc.catalogue.wafer_entries import Layer, Stack
from nodecalc.errors import InputError
from nodecalc_kernels.wafer.stack_rule import Carry, Geometry, NoWay, stack_of

from .geometry import NodeGeometry, geometry_of
from .kept import kept
from .reach import reaches
from .starts import STEP, priced_exposures

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nodecalc.catalogue import Catalogue

BY_MASKS, BY_COST = "masks", "cost"
EUV_BY: Final = (BY_MASKS, BY_COST)
"""What decides whether a layer takes EUV: the masks it saves, as fabs did, or what the layer costs."""


def node_geometry(node_id: str, catalogue: Catalogue) -> NodeGeometry:
    """Return the geometry of a node for the rule; kept."""
    return kept(catalogue, ("geometry", node_id), lambda: geometry_of(node_id, catalogue))


def node_stack(node_id: str, catalogue: Catalogue, tools: Iterable[str] | None = None, euv_by: str = BY_MASKS) -> Stack:
    """Return the stack of a node: a user's own where there is one and no tools are named, else by the rule.

    Args:
        node_id: of a node of the catalogue.
        catalogue: nodes, geometry and tools; schemes are chosen at its own prices.
        tools: ids of the tools that may be used; the process's own where not said.
        euv_by: one of EUV_BY.

    """
    own = catalogue.stack(node_id)
    if own is not None and tools is None:
        return own
    known = node_geometry(node_id, catalogue)
    allowed = frozenset(known.tools if tools is None else tools)

    def make() -> Stack:
        return geometry_stack(node_id, known.geometry, catalogue, allowed, euv_by)

    return kept(catalogue, ("rule", node_id, allowed, euv_by), make)


def geometry_stack(
    node_id: str, geometry: Geometry, catalogue: Catalogue, tools: Iterable[str], euv_by: str = BY_MASKS
) -> Stack:
    """Return the stack that the rule makes of `geometry` with `tools`, which stands for a node."""
    allowed = tuple(tool for tool in catalogue.tools if tool in set(tools))
    prices = priced_exposures(allowed, catalogue, {}).values
    carry = Carry(_carried_usd(catalogue)) if euv_by == BY_COST else None
    try:
        layers = stack_of(geometry, reaches(allowed, catalogue, prices), prices[STEP], carry)
    except NoWay as error:
        raise InputError(
            f"{error.layer} of {node_id}, {error.feature}s at {error.pitch_nm:g} nm: no allowed scheme reaches the pitch "
            f"with {', '.join(allowed)}; allow another tool (--tools) or give a stack of your own (--stack)"
        ) from None
    return Stack(node_id, node_id, (), "assumed", tuple(Layer(*layer) for layer in layers), BUILT_IN)


def _carried_usd(catalogue: Catalogue) -> float:
    """What an extra mask carries of a layer's other processing: phi of the layer cost, as fitted to the reference."""
    from .starts import priced

    reference = node_stack(catalogue.reference_node, catalogue)
    return catalogue.parameter("extra_mask_carry") * priced(reference, catalogue, {}).values["layer_usd"]
