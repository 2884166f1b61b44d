"""Which exposure prints a site of a map, and where the exposures lie."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from nodecalc_kernels.placement.circle import NM_PER_MM
from nodecalc_kernels.placement.sites import GOOD, SiteRow

from .placing import Placed

DROP_IN: Final = "drop-in"
"""Status of a site that holds a test die."""
NO_FIELD: Final = -1


class Fields:
    """The exposures of a plan, numbered from the lowest row of fields, from left to right."""

    def __init__(self, placed: Placed) -> None:
        """Begin without numbers: an exposure gets its own when its first site is asked for."""
        self.placed, self.plan = placed, placed.plan
        self._numbers: dict[tuple[int, int], int] | None = None

    def _place(self, column: int, row: int) -> tuple[int, int]:
        assert self.plan is not None
        (a, b), (i, j) = self.plan.dies_per_field, self.plan.phase
        return (row - j) // b, (column - i) // a

    def number(self, column: int, row: int) -> int:
        """Return the number of the exposure that prints a site."""
        if self.plan is None:
            return NO_FIELD
        if self._numbers is None:
            self._numbers = {}
        return self._numbers.setdefault(self._place(column, row), len(self._numbers))

    def boxes(self, rows: Iterable[SiteRow]) -> Iterator[tuple[float, float, float, float]]:
        """Yield the edges of all exposures, half a street beyond their dies."""
        if self.plan is None or self.plan.fields_per_die != (1, 1):
            return
        (a, b), (i, j), g, (t, v) = self.plan.dies_per_field, self.plan.phase, self.placed.die, self.placed.offset
        scale = 2.0 * NM_PER_MM
        seen = {
            self._place(column, row.number)
            for row in rows
            for run in row.runs
            if run.status in (GOOD, DROP_IN)
            for column in range(run.first, run.last + 1)
        }
        for up, across in sorted(seen):
            left = t + (i + across * a) * g.p - g.p // 2
            low = v + (j + up * b) * g.q - g.q // 2
            yield left / scale, low / scale, (left + a * g.p) / scale, (low + b * g.q) / scale
