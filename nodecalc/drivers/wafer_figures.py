"""The figures behind wafers and their layers: what they are priced by, and what that is set against."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nodecalc.question.ledger import Ledger, given_figure
from nodecalc.wafers.kept import kept
from nodecalc.wafers.penalties import PEER_D0
from nodecalc.wafers.prices import priced_exposures

if TYPE_CHECKING:
    from nodecalc.wafers.penalties import Penalties

    from .wafer_cost import LayerCost, WaferCost


def figures_behind(
    wafers: Sequence[WaferCost], curve: Ledger | None = None, compared: Penalties | None = None
) -> Ledger:
    """Return all figures that `wafers`, their penalties and, where asked for, a power curve rest on."""
    found = Ledger()
    for w in wafers:
        found |= w.priced.figures
        basis = w.penalty_basis
        found |= Ledger([given_figure(key, value) for key, value in w.inputs.items() if key in basis.starts])
        found |= _told(basis, w)
    if compared is not None:
        found |= _told(compared, wafers[0])
    if curve is not None:
        found |= curve
    return found


def _told(basis: Penalties, w: WaferCost) -> Ledger:
    """Figures of penalties by keys that people read: the other node's carry its id."""
    other = basis.other or w.peer
    return Ledger([f._replace(key=f"{other}.d0_per_cm2") if f.key == PEER_D0 else f for f in basis.ledger.values()])


def row_figures(w: WaferCost, row: LayerCost) -> Ledger:
    """Return the figures that what patterning one layer costs rests on."""
    tools = frozenset((row.tool, *([row.cut_tool] if row.cuts else [])))
    asked = frozenset(w.inputs.items())

    def make() -> Ledger:
        return priced_exposures(tools, w.catalogue, w.inputs).figures

    return kept(w.catalogue, ("figures of exposures", tools, asked), make)
