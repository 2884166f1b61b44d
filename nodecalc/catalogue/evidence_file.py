"""Evidence of a user's file: checked pieces, and the plain figures of D0 and price that files always could hold."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from .evidence import AREAS, BASES, BOUNDS, COUNTS, STATED, SUBJECTS, Piece, make_piece
from .fields import Field
from .figure import KINDS, Figure
from .names import shown
from .schema import ASSUMED, BARE_KIND, USER_SOURCE, hint, type_name

if TYPE_CHECKING:
    from .schema import Checker

OF: Final = {"d0": "d0", "yield": "d0", "usd": "wafer_price", "ratio": "wafer_price"}
"""What each statement is evidence of."""

_NUMBERS: Final = {"d0": (0.0, 1000.0), "yield": (0.0, 1.0), "usd": (10.0, 1e6), "ratio": (0.01, 100.0)}
"""Statements and the range of each that makes sense."""
_WORDS: Final = {"kind": KINDS, "bound": BOUNDS, "basis": BASES, "area_is": AREAS, "counts": COUNTS, "of": SUBJECTS}
_TEXTS: Final = ("source", "origin", "product", "ratio_of", "why", "note")
_SIZES: Final = {"die_area_mm2": (0.0025, 160000.0), "core_fraction": (0.0, 1.0), "wafer_mm": (25.0, 450.0)}
_ALONE: Final = {
    **dict.fromkeys(("die_area_mm2", "area_is", "need", "total", "core_fraction", "counts", "product"), ("yield",)),
    "basis": ("d0", "yield"),
    "ratio_of": ("ratio",),
    "wafer_mm": ("usd",),
}
"""Keys that mean something for some statements only."""
_FLAGS: Final = ("span", "seen", "add")
_KEYS: Final = (
    *STATED, *_WORDS, *_TEXTS, *_SIZES, *_FLAGS, "year", "low", "high", "need", "total",
)  # fmt: skip


def read_evidence(check: Checker, place: str, raw: object, nodes: Collection[str]) -> list[tuple[Piece, bool]]:
    """Return the pieces in a node's list of evidence, each with whether it stands beside what is there already."""
    if not isinstance(raw, list):
        raise check.error(place, f"is {type_name(raw)}; must be tables [[{place.strip('[]')}]]")
    found = [_piece(check, place, item, nodes) for item in raw]
    for subject in SUBJECTS:
        if len({add for piece, add in found if piece.of == subject}) > 1:
            raise check.error(place, f"add = true on some of the evidence for {subject} and not on all of it; give one")
    return found


def _piece(check: Checker, place: str, raw: object, nodes: Collection[str]) -> tuple[Piece, bool]:
    table = check.table(place, raw)
    check.keys(place, table, _KEYS)
    stated = [key for key in STATED if key in table]
    if len(stated) != 1:
        given = ", ".join(stated) or "none of them"
        raise check.error(place, f"evidence that states {given}; must be one of: {', '.join(STATED)}")
    (states,) = stated
    limits = _NUMBERS[states]
    for key in table:
        if key in _ALONE and states not in _ALONE[key]:
            raise check.error(place, f"{key} beside {states}: it belongs to {' or '.join(_ALONE[key])}; leave it out")
    if "bound" in table and ("low" in table or "high" in table):
        raise check.error(place, "bound with low and high: a limit has no ends; give one of them")
    value = _number(check, f"{place} {states}", table[states], limits)
    for key, words in _WORDS.items():
        if key in table:
            check.one_of(place, key, table[key], words)
    if table.get("of", OF[states]) != OF[states]:
        raise check.error(place, f"{states} is evidence of {OF[states]}, not of {table['of']}")
    for key in _TEXTS:
        if key in table:
            check.text(f"{place} {key}", table[key], empty=True)
    for key in _FLAGS:
        if not isinstance(table.get(key, True), bool):
            raise check.error(f"{place} {key}", f"is {type_name(table[key])}; must be true or false")
    for key, span in _SIZES.items():
        if key in table:
            _number(check, f"{place} {key}", table[key], span)
    ends = [_number(check, f"{place} {key}", table[key], limits) for key in ("low", "high") if key in table]
    if len(ends) == 1:
        raise check.error(place, f"{'low' if 'low' in table else 'high'} alone; give both low and high")
    if ends and not ends[0] <= value <= ends[1]:
        raise check.error(place, f"{states} {value:g} outside {ends[0]:g} to {ends[1]:g}; must be low <= value <= high")
    if ("need" in table) != ("total" in table):
        raise check.error(place, f"{'need' if 'need' in table else 'total'} alone; give both need and total")
    if "need" in table:
        total = check.whole(f"{place} total", table["total"], 1, 100_000)
        check.whole(f"{place} need", table["need"], 1, total)
    if states == "yield" and table.get("span", True) and "die_area_mm2" not in table:
        raise check.error(place, "a yield without die_area_mm2 says nothing of D0; add it, or span = false")
    if states == "yield" and max(value, *ends, 0.0) >= 1.0:
        raise check.error(
            place, f"yield {max(value, *ends, 0.0):g} is not allowed; must be a share below 1, such as 0.4"
        )
    if states == "ratio":
        check.one_of(place, "ratio_of", table.get("ratio_of", ""), nodes, "node in ratio_of")
    if "year" in table:
        _year(check, f"{place} year", table["year"])
    source = table.get("source", USER_SOURCE)
    if source not in check.source_ids:
        close = hint(source, check.source_ids)
        raise check.error(place, f"unknown source '{shown(source)}'; {close}; or add a table [source.{shown(source)}]")
    check.uses_default_source |= source == USER_SOURCE
    made = make_piece(
        {
            "kind": BARE_KIND,
            "basis": "product" if states == "yield" else "company",
            **table,
            "of": OF[states],
            "source": source,
        }
    )
    return made, bool(table.get("add", False))


def _number(check: Checker, place: str, raw: object, limits: tuple[float, float]) -> float:
    found = float(check.within(place, Field("", "", ("",), upper=limits[1]), raw))
    if found < limits[0]:
        raise check.error(place, f"{found:g} is not allowed; must be {limits[0]:g} to {limits[1]:g}")
    return found


def _year(check: Checker, place: str, raw: object) -> None:
    if isinstance(raw, float) and isfinite(raw):
        check.year(place, int(raw))
    else:
        check.year(place, raw)


def pieces_of_figures(figures: Mapping[str, tuple[Figure, ...]], wafer_mm: float) -> dict[str, tuple[Piece, ...]]:
    """Return what plain figures of D0 and price say as pieces, by what they are of; a price is of the node's wafer."""
    states = {"d0": "d0", "wafer_price": "usd"}
    return {
        field: tuple(
            Piece(
                field,
                states[field],
                f.number,
                f.kind,
                None if f.kind == ASSUMED else f.year,
                f.source,
                f.source if f.source != USER_SOURCE else f"{f.source} {place}",
                f.low,
                f.high,
                wafer_mm=wafer_mm,
                span=f.span,
                note=f.note,
                verified=f.verified,
                exact=f.low is None and f.year is None and f.source == USER_SOURCE and f.kind in (BARE_KIND, ASSUMED),
            )
            for place, f in enumerate(several)
        )
        for field, several in figures.items()
        if field in states
    }


def laid_over(
    old: tuple[Piece, ...], stated: Mapping[str, tuple[Piece, ...]], listed: list[tuple[Piece, bool]]
) -> tuple[Piece, ...]:
    """Return a node's evidence with a user's over it: it replaces what is there of a subject, or stands beside it."""
    new: dict[str, Any] = {subject: list(pieces) for subject, pieces in stated.items()}
    for piece, _ in listed:
        new.setdefault(piece.of, []).append(piece)
    beside = {subject: True for subject in new if subject not in stated}
    for piece, add in listed:
        beside[piece.of] = beside.get(piece.of, False) and add
    kept = [piece for piece in old if piece.of not in new or beside.get(piece.of, False)]
    return (*kept, *(piece for pieces in new.values() for piece in pieces))
