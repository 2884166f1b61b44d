"""The answer of a sweep of dies: axes, results over them or what they came to, and where the numbers come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nodecalc.question.graph import SIZE_KEYS

from .plan import Background, Plan
from .provenance import Provenance, provenance_of
from .request import Request
from .swept import Swept

if TYPE_CHECKING:
    from nodecalc.question.inputs import Inputs


class Sweep(Swept):
    """A product of input axes and the results over it. Arrays are worked out when they are first asked for."""

    plan: Plan

    def __init__(self, request: Request, plan: Plan, background: Background, parallel: bool | None = None) -> None:
        """Keep what `sweep` resolved."""
        super().__init__(request, plan, parallel)
        self.background = background
        self._by_names: dict[tuple[str, ...], Inputs] | None = None

    def inputs_at(self, row: Mapping[str, Any]) -> Inputs:
        """Return what was resolved for the names in `row`: the figures of its node among them."""
        background = self.background
        if self._by_names is None:
            names = [tuple(combination.values()) for combination in background.combinations]
            self._by_names = dict(zip(names, background.inputs, strict=True))
        return self._by_names[tuple(row[key] for key in background.combinations[0])]

    @property
    def varies_die(self) -> bool:
        """Whether an axis makes another die."""
        keys = set(self.dims)
        return not keys.isdisjoint(SIZE_KEYS) or self.plan.graphs[0].way.startswith("bits")

    @property
    def provenance(self) -> Provenance:
        """The figures, sources, marks and notes behind the numbers."""
        from .figures_used import figures_used

        return provenance_of(self.request, self.background.catalogue, figures_used(self), self.notes)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is said of the numbers, each once."""
        from .notes import notes_of

        return tuple(dict.fromkeys(notes_of(self)))

    @property
    def title(self) -> str:
        """The die, and inputs that were given."""
        from .title import title_of

        return title_of(self)
