"""Published capacities and revenues beside wafers that an answer takes; each with its scope and date."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from nodecalc.catalogue.figure import preferred_figure
from nodecalc.errors import NodecalcError
from nodecalc.question.caution import Caution
from nodecalc.wafers.counts import totals
from nodecalc.wafers.stacks import chosen_stack

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue
    from nodecalc.catalogue.figure import Figure

TABLE: Final = "capacity"
FABS: Final = "fab."
REVENUES: Final = "revenue."
A_YEAR: Final = 12.0
DAYS: Final = "days_per_mask"
BILLION: Final = 1e9
MOST_OF_ONE_NODE: Final = 0.5
"""Share of a foundry's revenue above which one node's wafers are said to be too many."""
PER_MONTH: Final = {"wafers/month": 1.0, "wafers/year": A_YEAR}
"""Units in which capacities stand, and how many months each is of."""


class Published(NamedTuple):
    """A capacity that was published."""

    fab: str
    """Group of the table, such as "fab.smic_advanced"."""
    when: str
    """Key in it: its date, or what of the fab it is."""
    wafers_per_month: float
    low: float
    high: float
    of: str
    """What all of the fab's figures are of."""
    figure: Figure


def published_capacities(node_id: str, catalogue: Catalogue) -> tuple[Published, ...]:
    """Return what was published of the wafers a month of the fabs that make a node, its own or shared with others."""
    return tuple(_capacities(node_id, catalogue))


def _capacities(node_id: str, catalogue: Catalogue) -> Iterator[Published]:
    for id_, group in catalogue.tables(TABLE).items():
        if not id_.startswith(FABS) or node_id not in group.nodes:
            continue
        for key, figures in group.figures.items():
            for figure in figures:
                months = PER_MONTH.get(figure.unit)
                if months is None:
                    continue
                value, low, high = (
                    end / months for end in (figure.number, figure.low or figure.number, figure.high or figure.number)
                )
                yield Published(id_, key, value, low, high, group.note, figure)


def revenue_of(foundry: str, year: float, catalogue: Catalogue) -> Figure | None:
    """Return the revenue of a foundry in the year nearest to `year`, USD; None where none is known."""
    for id_, group in catalogue.tables(TABLE).items():
        if id_.startswith(REVENUES) and group.company == foundry:
            every = [figure for figures in group.figures.values() for figure in figures]
            return min(every, key=lambda figure: (abs((figure.year or 0.0) - year), -(figure.year or 0.0)))
    return None


class RevenueCheck(NamedTuple):
    """Wafers at their price beside what the company that makes them earns."""

    wafers_per_month: float
    price_usd: float
    company: str
    revenue: Figure

    @property
    def sales_usd(self) -> float:
        """What the wafers of a year sell for."""
        return A_YEAR * self.wafers_per_month * self.price_usd

    @property
    def share(self) -> float:
        """That over the company's revenue."""
        return self.sales_usd / self.revenue.number

    @property
    def told(self) -> str:
        """The check in words; a warning where one node would be most of the company."""
        text = (
            f"revenue check: {self.wafers_per_month:,.0f} wafers a month at the node's {self.price_usd:,.0f} USD are "
            f"{self.sales_usd / BILLION:.3g} billion USD a year, {self.share:.0%} of {self.company}'s "
            f"{self.revenue.number / BILLION:.4g} billion of {self.revenue.year:g} ({self.revenue.source})"
        )
        if self.share > MOST_OF_ONE_NODE:
            return Caution(f"{text}: hardly all of that from one node, so wafers, price or yield are off")
        return text


def revenue_check(
    foundry: str, wafers_per_month: float, price_usd: float, year: float, catalogue: Catalogue
) -> RevenueCheck | None:
    """Return what so many wafers a month at a price are of the foundry's revenue; None where that is not known."""
    revenue = revenue_of(foundry, year, catalogue)
    return None if revenue is None else RevenueCheck(wafers_per_month, price_usd, foundry, revenue)


class CycleTime(NamedTuple):
    """Days that a wafer is in the fab, by the masks of the node's stack."""

    node: str
    masks: int
    low: float
    days: float
    high: float
    source: str

    @property
    def told(self) -> str:
        """The time in words."""
        return (
            f"{self.node}: a wafer is {self.low:.0f} to {self.high:.0f} days in the fab, {self.masks} masks by the "
            f"rule for stacks at {self.low / self.masks:g} to {self.high / self.masks:g} days each ({self.source})"
        )


def cycle_time(node_id: str, catalogue: Catalogue) -> CycleTime | None:
    """Return how long a wafer of a node takes; None where it has no stack."""
    try:
        stack, _ = chosen_stack(catalogue, node_id, (), None, None, None)
    except NodecalcError:
        return None
    masks = totals(stack, catalogue).masks
    each = catalogue.parameter_range(DAYS)
    source = preferred_figure(catalogue.model[DAYS]).source
    return CycleTime(node_id, masks, masks * each.low, masks * each.value, masks * each.high, source)
