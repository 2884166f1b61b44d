"""Layer stacks of the catalogue's nodes, made by the one rule from their geometry and the tools allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from nodecalc.catalogue.entries import BUILT_IN
from nodecalc.catalogue.wafer_entries import Layer, Stack
from nodecalc.errors import InputError
from nodecalc_kernels.wafer.stack_rule import Carry, Geometry, NoWayError, stack_of

from .geometry import NodeGeometry, geometry_of
from .kept import kept
from .prices import STEP, priced_exposures
from .reach import reaches

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nodecalc.catalogue import Catalogue


def node_geometry(node_id: str, catalogue: Catalogue) -> NodeGeometry:
    """Return the geometry of a node for the rule; kept."""
    return kept(catalogue, ("geometry", node_id), lambda: geometry_of(node_id, catalogue))


def node_stack(
    node_id: str, catalogue: Catalogue, tools: Iterable[str] | None = None, carried_usd: float | None = None
) -> Stack:
    """Return the stack of a node: a user's own where there is one and no tools are named, else by the rule.

    Args:
        node_id: of a node of the catalogue.
        catalogue: nodes, geometry and tools; schemes are chosen at its own prices.
        tools: ids of the tools that may be used; the process's own where not said.
        carried_usd: as for `geometry_stack`.

    """
    own = catalogue.stack(node_id)
    if own is not None and tools is None:
        return own
    known = node_geometry(node_id, catalogue)
    allowed = frozenset(known.tools if tools is None else tools)

    def make() -> Stack:
        return geometry_stack(node_id, known.geometry, catalogue, allowed, carried_usd)

    return kept(catalogue, ("rule", node_id, allowed, carried_usd), make)


SPACED: Final = ("fin", "sheet", "gate")
"""Layers that EUV does not print, but cuts."""


def geometry_stack(
    node_id: str, geometry: Geometry, catalogue: Catalogue, tools: Iterable[str], carried_usd: float | None = None
) -> Stack:
    """Return the stack that the rule makes of `geometry` with `tools`, which stands for a node.

    With `carried_usd`, USD, EUV takes a layer where it is cheaper, each mask counting that beside its exposure; else
    where it saves masks enough.
    """
    allowed = tuple(tool for tool in catalogue.tools if tool in set(tools))
    prices = priced_exposures(allowed, catalogue, {}).values
    carry = None if carried_usd is None else Carry(carried_usd)
    try:
        layers = stack_of(geometry, reaches(allowed, catalogue, prices), prices[STEP], carry)
    except NoWayError as error:
        kept_by = " (fins and gates are printed with DUV, cut with EUV)" if error.layer in SPACED else ""
        more = _enough(geometry, catalogue, allowed)
        allow = f"allow {more} as well (in --tools where that is given, not in --without), or " if more else ""
        raise InputError(
            f"{error.layer} of {node_id}, {error.feature}s at {error.pitch_nm:g} nm: {', '.join(allowed)} cannot make "
            f"it{kept_by}; {allow}give a stack of your own (--stack)"
        ) from None
    return Stack(node_id, node_id, (), "assumed", tuple(Layer(*layer) for layer in layers), BUILT_IN)


def _enough(geometry: Geometry, catalogue: Catalogue, tools: tuple[str, ...]) -> str:
    """Return a tool with which `tools` can make every layer, "" where no single one is enough."""
    for more in (tool for tool in catalogue.tools if tool not in tools):
        together = (*tools, more)
        prices = priced_exposures(together, catalogue, {}).values
        try:
            stack_of(geometry, reaches(together, catalogue, prices), prices[STEP], None)
        except NoWayError:
            continue
        return more
    return ""
