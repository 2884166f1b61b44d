"""One piece of evidence for a node's D0 or wafer price: what somebody stated, when, of what die, on what basis.

Its annotations are types and not texts on purpose, as in the vocabulary: a named tuple compiles every text.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from nodecalc.vocabulary import QUANTITIES

from .figure import Figure

SUBJECTS: Final = ("d0", "wafer_price")
"""What evidence can be of: fields of a node, whose value is then the median of all of it."""

STATED: Final = ("d0", "yield", "usd", "ratio")
"""What a piece states: a defect density, a share of good dies, a price, or a price as a multiple of a peer's."""

BASES: Final = ("company", "product")
"""What a yield or D0 covers: random defects as a company counts them, or all losses of one product."""
COUNTS: Final = ("full", "sold", "unsaid")
"""What a reported share counts: fully working dies, salvaged ones too, or nobody says."""
BOUNDS: Final = ("below", "above")
AREAS: Final = ("public", "recalled", "ours")
"""Where the die's area comes from."""

UNITS: Final[Mapping[str, str]] = {"d0": "per_cm2", "yield": "", "usd": "USD", "ratio": "ratio"}

USUAL_WAFER_MM: Final = 300.0
"""Diameter of the wafer that a price is of, and of a node's wafers, where nobody says."""

CORE_FRACTION: Final = (0.4, float(QUANTITIES["core_fraction"].default or 0.0), 0.8)
"""Share of a die that its units cover where nobody says: low, value, high. An estimate of nodecalc's."""


class Piece(NamedTuple):
    """What somebody stated; nothing is inverted or weighed here."""

    of: str
    """One of SUBJECTS."""
    states: str
    """One of STATED."""
    value: float
    """1/cm2, a share, USD a wafer, or a multiple of the peer's price."""
    kind: str
    year: float | None
    """When it held, in parts of a year; None where a user's file does not say."""
    source: str
    origin: str
    """Who said it first: pieces of one origin share one weight."""
    low: float | None = None
    high: float | None = None
    bound: str = ""
    """One of BOUNDS where the value is only a limit, else empty."""
    basis: str = "company"
    die_area_mm2: float | None = None
    area_is: str = "public"
    product: str = ""
    """Id of the chip that a yield is of."""
    need: int | None = None
    """Units that must work for a die to be sold."""
    total: int | None = None
    """Units on the die."""
    core_fraction: float | None = None
    """Share of the die that its units cover; None where not public."""
    counts: str = "unsaid"
    ratio_of: str = ""
    """Id of the node whose price a ratio multiplies."""
    wafer_mm: float = USUAL_WAFER_MM
    """Diameter of the wafer that a price is of."""
    span: bool = True
    """False for a piece that is shown and has no weight; `why` says on which ground."""
    why: str = ""
    note: str = ""
    verified: bool = True
    """False where it was recalled, or its source's own text was not read."""
    exact: bool = False
    """True for a bare number of a user's file: no range is put around it."""

    @property
    def unit(self) -> str:
        """Unit of the value as stated."""
        return UNITS[self.states]

    def figure(self) -> Figure:
        """Return the piece as a figure of the field that it is of, the value as stated."""
        weight = f"no weight: {self.why}" if self.why else ""
        # Of a yield of no die the note is what is told; it is said once.
        note = "; ".join(dict.fromkeys(text for text in (self.told, self.note, weight) if text))
        return Figure(
            self.of,
            self.value,
            self.unit,
            self.low,
            self.high,
            self.kind,
            self.source,
            self.year,
            note,
            verified=self.verified,
            span=self.span,
        )

    @property
    def told(self) -> str:
        """What it states, in words, where the number alone does not say it."""
        limit = {"below": "under ", "above": "over ", "": ""}[self.bound]
        if self.states == "ratio":
            return f"{limit}{self.value:g} x the price of {self.ratio_of}"
        if self.states != "yield":
            return f"{limit}{self.value:g}" if limit else ""
        if not self.die_area_mm2 and self.note:
            return self.note  # what was said, where no die is known that a share could be of
        die = f" of {self.die_area_mm2:g} mm2" if self.die_area_mm2 else ""
        named = f" ({self.product})" if self.product else ""
        part = f", {self.need} of {self.total} units ({self.counts})" if self.total else ""
        if part and self.need != self.total:
            share = (
                f"{self.core_fraction:g}"
                if self.core_fraction
                else "{1:g} ({0:g} to {2:g}, ours)".format(*CORE_FRACTION)
            )
            part += f" on {share} of the die"
        return f"{limit}{100 * self.value:g} % good{die}{named}{part}"


def make_piece(table: Mapping[str, Any]) -> Piece:
    """Return the piece that a table of a catalogue file, already known to be sound, states."""
    get = table.get
    states, value = next((key, table[key]) for key in STATED if key in table)
    return Piece(
        table["of"],
        states,
        float(value),
        table["kind"],
        get("year"),
        table["source"],
        get("origin") or table["source"],
        get("low"),
        get("high"),
        get("bound", ""),
        get("basis", "company"),
        get("die_area_mm2"),
        get("area_is", "public"),
        get("product", ""),
        get("need"),
        get("total"),
        get("core_fraction"),
        get("counts", "unsaid"),
        get("ratio_of", ""),
        get("wafer_mm", USUAL_WAFER_MM),
        get("span", True),
        get("why", ""),
        get("note", ""),
        get("seen", True),
        get("exact", False),
    )
