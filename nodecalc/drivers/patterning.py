"""Every way to pattern some pitches, and the figures that the answer rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from nodecalc.errors import InputError
from nodecalc.question.ledger import Ledger
from nodecalc.wafers.exposure import read_inputs
from nodecalc.wafers.prices import figure_for, figure_of, priced_exposures
from nodecalc.wafers.schemes import Option, choose, patterning_options

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue


class Pitch(NamedTuple):
    """A pitch with every way to pattern it, cheapest first."""

    pitch_nm: float
    options: Sequence[Option]

    @property
    def chosen(self) -> Option:
        """The cheapest that reaches the pitch."""
        return next(option for option in self.options if option.chosen)


def pitches_of(
    texts: Iterable[str], tools: Iterable[str], feature: str, catalogue: Catalogue, given: Mapping[str, object]
) -> list[Pitch]:
    """Return each pitch of `texts`, such as 36nm, with every way to pattern it; an error where none reaches one.

    Args:
        texts: pitches, in nm where they do not say it.
        tools: ids of the tools that may be used.
        feature: line, via or cut.
        catalogue: tools and model to price with.
        given: wafer inputs of the vocabulary that change the price of an exposure.

    """
    allowed, inputs = list(tools), read_inputs(given, catalogue)
    found = []
    for text in texts:
        width = text.strip().lower().removesuffix("nm").strip()
        try:
            nanometres = float(width)
        except ValueError:
            raise InputError(f"pitch '{text}': not a pitch in nm; allowed: 36, 36nm or 32.5") from None
        options = patterning_options(nanometres, allowed, feature, catalogue, inputs)
        choose(options, nanometres, feature)
        found.append(Pitch(nanometres, options))
    return found


def figures_of(tools: Iterable[str], catalogue: Catalogue, given: Mapping[str, object], feature: str) -> Ledger:
    """Return the figures that patterning a `feature` with `tools` rests on: prices, and the pitch that each reaches."""
    several = tuple(tools)
    found = priced_exposures(several, catalogue, read_inputs(given, catalogue)).figures
    for tool in (tool for name, tool in catalogue.tools.items() if name in several):
        if feature == "line":
            field = "single_pitch_nm"
        elif "via_pitch_nm" in tool.figures:
            field = "via_pitch_nm"
        else:
            found |= Ledger([figure for figure in (figure_for("hole_k1", catalogue),) if figure is not None])
            continue
        found |= Ledger([figure_of(f"{tool.id}_{field}", tool.stated(field))])
    return found
