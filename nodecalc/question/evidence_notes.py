"""What a reader should know of the evidence behind an answer: who disagrees, how far off it is, how far it is taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from nodecalc.vocabulary import QUANTITIES

from .caution import Caution
from .evidence import without
from .figures import DERIVED

if TYPE_CHECKING:
    from nodecalc.catalogue import Node

    from .evidence import Weighed
    from .ledger import UsedFigure

DISAGREE: Final = 1.5
"""Factor between the values of two pieces from which the piece that moves the figure most is named."""
FAR_YEARS: Final = 2.0
"""Distance of the nearest piece from the year of the answer from which it is said."""
LARGE: Final = 3.0
"""A die this many times the largest of the evidence is an extrapolation that yield models do not agree on."""


ONE_IS_LITTLE: Final = ("reported", "estimated")
"""Kinds of which one statement alone is told."""


def evidence_notes(
    node: Node | None, figures: Mapping[str, UsedFigure], year: float, area_mm2: float | None = None
) -> Iterator[str]:
    """Return the notes on the figures that come from evidence, a line each."""
    volume = None if node is None else node.preferred("volume_year")
    if node is not None and volume is not None and year < volume.number and any(f.weighed for f in figures.values()):
        yield Caution(
            f"{node.id}: its volume production began in {volume.number:g}, after the year {year:g} that was asked for"
        )
    for figure in figures.values():
        if node is None or not figure.weighed:
            continue
        name = QUANTITIES[figure.key].field.replace("_", " ").replace("d0", "D0")
        own = [w for w in figure.weighed if w.weight > 0.0 and w.piece.of == QUANTITIES[figure.key].field]
        parents = dict.fromkeys(w.of for w in own if w.of == node.variant_of and w.of)
        yield from _disagreement(node, name, figure, [w for w in own if not w.of or w.of in parents])
        if figure.year is not None and abs(figure.year - year) > FAR_YEARS:
            yield (
                f"{node.id}: its nearest {name} is of {figure.year:g}, {abs(figure.year - year):.2g} years from "
                f"{year:g}; its range is wider for it"
            )
        if len(own) == 1 and own[0].piece.kind in ONE_IS_LITTLE and own[0].piece.source != DERIVED:
            piece = own[0].piece
            date = "" if piece.year is None else f", {piece.year:g}"
            yield (
                f"{node.id}: its {name} rests on one statement alone, {piece.source} ({piece.kind}{date}); its range "
                "says how far such statements are usually off, and nothing of this one"
            )
        if len(own) == 1 and own[0].piece.source == DERIVED and own[0].piece.kind == "estimated":
            yield f"{node.id}: its {name} is worked out, by nobody published: {own[0].piece.note}"
        if figure.key == "d0_per_cm2" and area_mm2 is not None:
            yield from _extrapolation(node, own, area_mm2)


def _disagreement(node: Node, name: str, figure: UsedFigure, own: list[Weighed]) -> Iterator[str]:
    values = [w.value for w in own]
    if len(own) < 2 or max(values) <= DISAGREE * min(values):
        return
    # Of the evidence as it stands: the figure in use may have been moved, by area or by exposures.
    base = without(figure, None)
    left = {w: without(figure, w) for w in own}
    most = max(own, key=lambda w: abs(left[w] / base - 1.0))
    text = QUANTITIES[figure.key].text
    date = "" if most.piece.year is None else f", {most.piece.year:g}"
    yield (
        f"{node.id}: sources for {name} disagree by a factor of {max(values) / min(values):.2g}; "
        f"{most.piece.source} ({text(most.value)}{date}, weight {100 * most.weight:.0f} %) moves it most: "
        f"without it {text(left[most])}, not {text(base)}"
    )


def _extrapolation(node: Node, own: list[Weighed], area_mm2: float) -> Iterator[str]:
    areas = [w.piece.die_area_mm2 for w in own if w.piece.states == "yield" and w.piece.die_area_mm2]
    if areas and len(areas) == len(own) and area_mm2 > LARGE * max(areas):
        yield Caution(
            f"{node.id}: its D0 comes from dies of at most {max(areas):g} mm2; for {area_mm2:g} mm2 yield models "
            "differ, compare --model poisson and negative-binomial"
        )
