"""Defects that exposures carry: the D0 of a node whose wafers are exposed otherwise than it does itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from nodecalc_kernels.wafer.penalties import d0_of_exposures

from .counts import work_of
from .kept import kept
from .rule import node_stack
from .starts import IMMERSION_ABOVE, figure_for

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Stack
    from nodecalc.question.ledger import UsedFigure

FIGURES: Final = ("exposure_defect_share", "exposed_d0_n7_per_cm2", "exposed_d0_n5_per_cm2")
"""Of the model, what the defects of exposures take."""

ANCHORS: Final = ("tsmc-n7", "tsmc-n5")
"""Nodes whose D0 says what an exposure carries, see `FIGURES`."""


class Exposed(NamedTuple):
    """Exposures that defects go by."""

    arfi: int
    """Immersion."""
    euv: int


def exposed(stack: Stack, catalogue: Catalogue) -> Exposed:
    """Return the exposures of a stack that defects go by."""
    arfi = euv = 0
    for id_, count in work_of(stack).passes.items():
        tool = catalogue.tools[id_]
        if tool.is_euv:
            euv += count
        elif tool.numerical_aperture > IMMERSION_ABOVE:
            arfi += count
    return Exposed(arfi, euv)


def anchors(catalogue: Catalogue) -> dict[str, float]:
    """Return the exposures of the nodes whose D0 says what one carries, by key."""

    def make() -> dict[str, float]:
        n7, n5 = (exposed(node_stack(node, catalogue), catalogue) for node in ANCHORS)
        return {"n7_arfi": float(n7.arfi), "n5_arfi": float(n5.arfi), "n5_euv": float(n5.euv)}

    return kept(catalogue, ("anchors",), make)


def moved_d0(figure: UsedFigure, stack: Stack, own: Stack, catalogue: Catalogue) -> UsedFigure:
    """Return a node's D0 where its wafers have `stack` and not its `own`: part of it goes with the exposures.

    The ends of its range move as its value does, at the model's preferred share.
    """
    ours, theirs = exposed(stack, catalogue), exposed(own, catalogue)
    if ours == theirs:
        return figure
    model = [catalogue.parameter(key) for key in FIGURES]
    points = tuple(anchors(catalogue).values())
    more = (float(ours.arfi - theirs.arfi), float(ours.euv - theirs.euv))
    value, low, high = (d0_of_exposures(d0, *more, *model, *points) for d0 in (figure.value, figure.low, figure.high))
    note = (
        f"{figure.value:g} with {theirs.arfi} immersion and {theirs.euv} EUV exposures, here {ours.arfi} and {ours.euv}; "
        f"exposures carry {model[0]:g} of D0"
    )
    basis = f"{figure.basis}; {note}" if figure.basis else note
    return figure._replace(value=value, low=low, high=high, basis=basis, kind="estimated")


def model_figures(catalogue: Catalogue) -> list[UsedFigure]:
    """Return the figures of the model that defects of exposures take."""
    return [figure for figure in (figure_for(key, catalogue) for key in FIGURES) if figure is not None]
