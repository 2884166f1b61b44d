"""How much each piece of evidence counts: by its kind, by its distance in time, and once for each origin."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from nodecalc.catalogue.figure import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nodecalc.catalogue.evidence import Piece

TRUST: Final[Mapping[str, float]] = MappingProxyType(
    {"measured": 4.0, "disclosed": 4.0, "reported": 2.0, "estimated": 1.0, "assumed": 0.0}
)
"""Weight of a piece of the answer's own year; a stand-in counts only where there is nothing else. nodecalc's choice."""

HALF_LIFE_YEARS: Final = 2.0
"""Distance in time at which a piece counts half. nodecalc's choice."""

MOVES_A_YEAR: Final = MappingProxyType({"d0": 1.10, "wafer_price": 1.05})
"""Factor by which a year's distance moves the ends of a piece out, each way."""
MOST_YEARS: Final = MappingProxyType({"d0": 5.0})
"""Years after which they move no further, where there are such."""

WEAKER: Final = MappingProxyType(
    {"measured": "disclosed", "disclosed": "reported", "reported": "estimated", "estimated": "estimated",
     "assumed": "assumed"}
)  # fmt: skip
"""Kind of what a parent's figure is for a variant without evidence of its own."""


def years_off(piece: Piece, year: float) -> float:
    """Return how far a piece is from `year`; what is assumed, and what has no year, is of any."""
    return 0.0 if piece.year is None or piece.kind == "assumed" else abs(piece.year - year)


def spread(piece: Piece, year: float) -> float:
    """Return the factor by which the distance in time moves each end of a piece out."""
    return float(MOVES_A_YEAR[piece.of] ** min(years_off(piece, year), MOST_YEARS.get(piece.of, float("inf"))))


def weights(pieces: Sequence[Piece], year: float) -> list[float]:
    """Return the weight of each of `pieces` in an answer of `year`; 0 where it does not count, their sum 1.

    weight = trust(kind) * 0.5^(years / 2). Pieces of one origin share the largest of their weights, in proportion; of
    those of one kind only the nearest in time counts. nan-free: all are 0 where no piece counts.
    """
    counting = [piece for piece in pieces if piece.span]
    if any(TRUST[piece.kind] > 0.0 for piece in counting):
        counting = [piece for piece in counting if TRUST[piece.kind] > 0.0]
    raw = {
        id(piece): (TRUST[piece.kind] or 1.0) * 0.5 ** (years_off(piece, year) / HALF_LIFE_YEARS) for piece in counting
    }
    origins: dict[str, list[Piece]] = {}
    for piece in counting:
        origins.setdefault(piece.origin, []).append(piece)
    found: dict[int, float] = {}
    for several in origins.values():
        kept = [piece for piece in several if _is_nearest(piece, several, year)]
        share = max(raw[id(piece)] for piece in kept) / sum(raw[id(piece)] for piece in kept)
        found |= {id(piece): raw[id(piece)] * share for piece in kept}
    total = sum(found.values())
    return [found.get(id(piece), 0.0) / total if total else 0.0 for piece in pieces]


def _is_nearest(piece: Piece, several: Sequence[Piece], year: float) -> bool:
    nearest = min(years_off(other, year) for other in several if other.kind == piece.kind)
    return years_off(piece, year) <= nearest + 1e-9


def kind_of(shares: Sequence[tuple[str, float]]) -> str:
    """Return the kind of a mixture of (kind, weight): adding from the best down, where the sum first passes a half."""
    total, sum_ = sum(weight for _, weight in shares), 0.0
    for kind in KINDS:
        sum_ += sum(weight for own, weight in shares if own == kind)
        if sum_ > 0.5 * total:
            return kind
    return KINDS[-1]
