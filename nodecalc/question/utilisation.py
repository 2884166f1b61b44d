"""How much of a node's peak density whole chips reach: what sizes a die from transistors where nobody says."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from nodecalc.catalogue.figure import Figure
from nodecalc.vocabulary import QUANTITIES

from .caution import Caution
from .ledger import UsedFigure

if TYPE_CHECKING:
    from collections.abc import Mapping

UTILISATION: Final = "density_utilisation"

REACHED: Final[Mapping[str, tuple[float, float, float]]] = MappingProxyType(
    {
        "any": (0.57, float(QUANTITIES[UTILISATION].default or 0.0), 1.0),
        "phone": (0.88, 0.95, 1.0),
        "gpu": (0.45, 0.74, 0.90),
        "cpu": (0.55, 0.68, 0.90),
    }
)
"""Low, value and high by class of chip: transistors over die area of the catalogue's chips, over the density of their
nodes on the yardstick, which a test holds against it. A share above 1, which some counts give, is taken as 1."""

WORDS: Final = MappingProxyType({"any": "most chips", "phone": "phone SoCs", "gpu": "GPUs", "cpu": "CPU chiplets"})


def reached(chip_class: str) -> UsedFigure:
    """Return the share of the peak density that a chip of a class is taken to reach, which is an assumption."""
    low, value, high = REACHED[chip_class]
    note = f"{WORDS[chip_class]} reach {low:g} to {high:g} of the density of their node on the yardstick"
    figure = Figure(UTILISATION, value, "", low, high, "assumed", "assumed", None, note)
    return UsedFigure(UTILISATION, value, low, high, "assumed", None, True, note, (figure,))


def utilisation_note(figure: UsedFigure, owner: str) -> str:
    """Return what is said of a die that was sized by `figure`."""
    return Caution(
        f"{owner}: sized at {figure.value:g} of the peak density, ASSUMED: {figure.basis}; --utilisation or --class "
        "sets another"
    )


def sizes_note(figure: UsedFigure, owner: str) -> str:
    """Return what is said of a band that mixes the sizes of such a die."""
    return f"{owner}: in the band are sizes at {figure.low:g} to {figure.high:g} of the peak density"
