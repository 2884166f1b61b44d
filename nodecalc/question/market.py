"""What a node's evidence is read under: the year of the answer, and the yield model that turns yields into D0."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.vocabulary import QUANTITIES
from nodecalc_kernels.registry import YIELD_MODELS

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue

YEAR: Final = "year"
BEHIND_D0: Final = (YEAR, "alpha", "critical_layers", "systematic_yield")
"""Inputs that change the D0 that evidence implies, beside the yield model."""


class Market(NamedTuple):
    """The question as evidence sees it."""

    year: float = float(QUANTITIES[YEAR].default or 0.0)
    model: str = str(QUANTITIES["yield_model"].default)
    alpha: float = float(QUANTITIES["alpha"].default or 0.0)
    critical_layers: float | None = None
    systematic_yield: float = 1.0
    catalogue: Catalogue | None = None
    """Where peers and parents are looked up; None is the built-in one."""

    @property
    def parameter(self) -> tuple[float, ...]:
        """The yield model's own parameter, where it has one."""
        given = (getattr(self, key) for key in YIELD_MODELS[self.model].parameters)
        return tuple(1.0 if value is None else value for value in given)


def market_of(numbers: Mapping[str, Any], model: str, catalogue: Catalogue | None) -> Market:
    """Return the market of a question that gives `numbers`; what it does not give is as usual."""
    known: dict[str, Any] = {key: float(numbers[key]) for key in BEHIND_D0 if numbers.get(key) is not None}
    return Market(model=model, catalogue=catalogue, **known)
