"""One figure with its provenance, and the range that a set of figures of the same quantity implies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

KINDS: Final = ("measured", "disclosed", "reported", "estimated", "assumed")
"""How a figure came about, best first: a teardown, the company itself, press or analysts, derived, a stand-in."""

KIND_FACTOR: Final[Mapping[str, float]] = MappingProxyType(
    {"measured": 1.03, "disclosed": 1.10, "reported": 1.45, "estimated": 1.55, "assumed": 1.75}
)
"""Factor from a figure that states no range to its ends, each way. nodecalc's own choice: 80 % of the reported pairs of
sources in the catalogue lie within 25 % of each other, of the estimated ones within 29 %."""

PITCH_FACTOR: Final[Mapping[str, float]] = MappingProxyType(
    {"measured": 1.03, "disclosed": 1.05, "reported": 1.10, "estimated": 1.10, "assumed": 1.25}
)
"""The same of lengths in nm, on which sources agree better: all pairs in the catalogue lie within 10 %."""


class Figure(NamedTuple):
    """A value of one field, with unit, range, and who says so."""

    field: str
    value: float | int | str
    unit: str
    low: float | None
    high: float | None
    kind: str
    """One of KINDS."""
    source: str
    """Id of a source of the catalogue."""
    year: float | None
    """Year that the figure is of, or was published in; None where a user's file does not say."""
    note: str = ""
    measured_by: str = ""
    prefer: bool = False
    """True for the one to use among several."""
    verified: bool = True
    """False where the figure was recalled from the named source and not read there again."""
    span: bool = True
    """False for a figure that is kept and shown but is no rival statement of the same quantity."""
    where: str = ""
    """Place in the source: a table, page, section or file that a reader can find; "" where it is not kept."""
    of: str = ""
    """What it is of, where a field has figures of several things: the product that a die is sold as."""

    @property
    def number(self) -> float:
        """Return the value as a float, in `unit`; TypeError where the figure is a text."""
        if isinstance(self.value, str):
            raise TypeError(f"{self.field} is a text, not a number")
        return float(self.value)


class Range(NamedTuple):
    """What is known of a quantity: the value to use, and how far it may be off."""

    low: float
    value: float
    high: float
    basis: str
    """Where the width comes from, in a few words."""


def make_figure(field: str, table: Mapping[str, Any]) -> Figure:
    """Return the figure that an inline table of a catalogue file, already known to be sound, states for `field`."""
    get = table.get
    return Figure(
        field,
        table["value"],
        table["unit"],
        get("low"),
        get("high"),
        table["kind"],
        table["source"],
        get("year"),
        get("note", ""),
        get("measured_by", ""),
        get("prefer", False),
        get("seen", True),
        get("span", True),
        get("where", ""),
        get("of", ""),
    )


def preferred_figure(figures: Sequence[Figure]) -> Figure:
    """Return the figure to use: the one marked as preferred, else the first."""
    for figure in figures:
        if figure.prefer:
            return figure
    return figures[0]


def figure_range(figures: Sequence[Figure]) -> Range:
    """Return value and range that `figures`, all alternatives of one field, imply.

    value = the preferred figure's; low, high = its own range, or where it states none its value divided and multiplied
    by the factor of its kind; then widened to hold all other figures that are rival statements (`span`), their own
    ranges included. A second source can so only widen what one source alone would give: two that nearly agree do not
    make a figure certain, and the value never lies at the very end of its range for want of a third source. A nominal
    value (a year, a wafer diameter) gets no range, and no share passes its upper limit for the factor's sake.

    figures: at least one figure, with numbers, all in the same unit.
    Returns numbers in that unit; a quantity that must be positive stays above zero.
    TypeError where the field is a text.

    >>> d0 = Figure("d0", 0.1, "per_cm2", None, None, "disclosed", "x", 2020)
    >>> figure_range([d0._replace(low=0.08, high=0.12)])
    Range(low=0.08, value=0.1, high=0.12, basis="source's range")
    >>> figure_range([d0._replace(value=0.5), d0._replace(value=0.3)])
    Range(low=0.3, value=0.5, high=0.55, basis='a factor 1.1 each way for disclosed, other sources')
    >>> figure_range([d0._replace(value=0.5)])
    Range(low=0.45454545454545453, value=0.5, high=0.55, basis='a factor 1.1 each way for disclosed')
    """
    from .fields import FIELDS

    chosen = preferred_figure(figures)
    value = chosen.number
    field = FIELDS.get(chosen.field)
    if chosen.low is not None or chosen.high is not None:
        low = value if chosen.low is None else float(chosen.low)
        high = value if chosen.high is None else float(chosen.high)
        basis = "our range" if chosen.kind == "assumed" else "source's range"
    elif field is not None and field.nominal:
        low, high, basis = value, value, "nominal"
    else:
        factor = (PITCH_FACTOR if chosen.unit == "nm" else KIND_FACTOR)[chosen.kind]
        low, high, basis = value / factor, value * factor, f"a factor {factor:g} each way for {chosen.kind}"
    least, greatest = low, high
    for other in figures:
        if other is not chosen and other.span:
            least = min(least, other.number, other.number if other.low is None else other.low)
            greatest = max(greatest, other.number, other.number if other.high is None else other.high)
    if least < low or greatest > high:
        basis += ", other sources"
    if field is not None and field.upper is not None and greatest > field.upper:
        greatest = field.upper
        basis += f", at most {field.upper:g}"
    return Range(float(least), value, float(greatest), basis)
