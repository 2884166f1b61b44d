"""Defects that exposures carry: the D0 of a node whose wafers are exposed otherwise than it does itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from nodecalc.catalogue.figure import KINDS
from nodecalc_kernels.wafer.penalties import d0_of_exposures

from .counts import work_of
from .kept import kept
from .prices import IMMERSION_ABOVE, figure_for
from .rule import node_stack

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Stack
    from nodecalc.question.ledger import UsedFigure
    from nodecalc_kernels.numbers.joint import Pieces
    from nodecalc_kernels.numbers.tabled import Law

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


class MovedD0(NamedTuple):
    """What becomes of a node's D0 where its wafers are exposed otherwise than it does itself: part of it goes along."""

    arfi_more: float
    euv_more: float
    model: tuple[float, ...]
    """`FIGURES`, at their values."""
    anchored: tuple[float, ...]
    """Exposures of `ANCHORS`."""
    words: str

    def of(self, d0_per_cm2: float) -> float:
        """Return the defect density with the other exposures, 1/cm2."""
        return d0_of_exposures(d0_per_cm2, self.arfi_more, self.euv_more, *self.model, *self.anchored)

    def __call__(self, figure: UsedFigure) -> UsedFigure:
        """Return a D0 moved, its range and its distribution with it."""
        basis = (
            f"{figure.basis}; {figure.value:.4g} {self.words}" if figure.basis else f"{figure.value:.4g} {self.words}"
        )
        law = None if figure.law is None else MovedLaw(figure.law, self)
        value, low, high = map(self.of, (figure.value, figure.low, figure.high))
        kind = max(figure.kind, "estimated", key=KINDS.index)
        return figure._replace(value=value, low=low, high=high, kind=kind, basis=basis, law=law)


class MovedLaw(NamedTuple):
    """The distribution of a D0 that was moved."""

    law: Law
    moved: MovedD0

    @property
    def median(self) -> float:
        """The value that half of the mass lies below."""
        return self.moved.of(self.law.median)

    def quantile(self, u: float) -> float:
        """Return the value that a share `u`, 0..1, of the mass lies below."""
        return self.moved.of(self.law.quantile(u))

    def cdf(self, x: float) -> float:
        """Return the share of the mass at or below `x`, by bisection."""
        low, high = 0.0, 1.0
        for _ in range(BISECTIONS):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if self.quantile(middle) <= x else (low, middle)
        return 0.5 * (low + high)

    def pieces(self) -> Pieces:
        """Return the distribution function over ln x, straight between some of its quantiles."""
        from nodecalc_kernels.numbers.tabled import tabled

        return tabled(self).pieces()

    def gaps(self) -> tuple[float, ...]:
        """Return the shares at which the quantile jumps."""
        return self.law.gaps()


BISECTIONS: Final = 50


def moved_d0(stack: Stack, node_id: str, catalogue: Catalogue) -> MovedD0 | None:
    """Return what becomes of the D0 of a node whose wafers have `stack`; None where they are exposed as it does."""
    own = node_stack(node_id, catalogue)
    ours, theirs = exposed(stack, catalogue), exposed(own, catalogue)
    if ours == theirs:
        return None
    model = tuple(catalogue.parameter(key) for key in FIGURES)
    words = (
        f"with the {theirs.arfi} immersion and {theirs.euv} EUV exposures of {node_id}, here {ours.arfi} and "
        f"{ours.euv}; exposures carry {model[0]:g} of D0"
    )
    more = (float(ours.arfi - theirs.arfi), float(ours.euv - theirs.euv))
    return MovedD0(*more, model, tuple(anchors(catalogue).values()), words)


def model_figures(catalogue: Catalogue) -> list[UsedFigure]:
    """Return the figures of the model that defects of exposures take."""
    return [figure for figure in (figure_for(key, catalogue) for key in FIGURES) if figure is not None]
