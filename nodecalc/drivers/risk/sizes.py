"""The sizes that a die may have which was sized from transistors at a share of the peak density that is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from nodecalc.question.graph import COUNT, DENSITY
from nodecalc.question.size import from_transistors
from nodecalc.question.utilisation import UTILISATION

if TYPE_CHECKING:
    from nodecalc.question.inputs import Inputs

PARTS: Final = 7
"""Sizes of equal probability: each is placed on the wafer anew."""


def sizes(inputs: Inputs) -> list[dict[str, float]]:
    """Return the numbers of `inputs` for each size; none where the size is known."""
    figure = inputs.figures.get(UTILISATION)
    if figure is None:
        return []
    count, density = inputs.numbers[COUNT], inputs.numbers[DENSITY]
    die = inputs.die
    aspect = None if die.fitted or die.width_mm == die.height_mm else die.width_mm / die.height_mm
    shares = [figure.quantile((i + 0.5) / PARTS) for i in range(PARTS)]
    return [
        {**inputs.numbers, UTILISATION: share, **from_transistors(count, density, share, aspect).numbers}
        for share in shares
    ]
