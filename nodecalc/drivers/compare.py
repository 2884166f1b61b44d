"""Several answers side by side: ratios to the first, and what makes them hard to compare."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nodecalc.question.figures import UNCERTAIN

if TYPE_CHECKING:
    from .estimate import Estimate


def rows(estimates: Sequence[Estimate]) -> list[dict[str, Any]]:
    """Return one flat row an answer; where there are several, with the cost ratio to the first."""
    out = []
    for e in estimates:
        row = e.to_dict()
        if len(estimates) > 1:
            row["good_die_cost_ratio"] = e.good_die_cost_usd / estimates[0].good_die_cost_usd
        out.append(row)
    return out


def notes(estimates: Sequence[Estimate]) -> list[str]:
    """Return what a reader should know about the answers, each note once."""
    found = dict.fromkeys(note for e in estimates for note in e.notes)
    for e in estimates:
        side = _outside(e)
        if side:
            found[_why_outside(e, side)] = None
    return list(found)


def _outside(e: Estimate) -> str:
    """Say on which side of its own band an answer lies, if on any."""
    low, high = e.good_die_cost_usd_p10, e.good_die_cost_usd_p90
    if low is None or high is None or low <= e.good_die_cost_usd <= high:
        return ""
    return "below P10" if e.good_die_cost_usd < low else "above P90"


def _why_outside(e: Estimate, side: str) -> str:
    """Say why an answer lies outside its own band: its figures sit near one end of what their sources span."""
    used = [e.figures[key] for key in UNCERTAIN if key in e.figures]
    ranges = ", ".join(f"{f.key} {f.value:.6g} in {f.low:.6g} to {f.high:.6g}" for f in used)
    return f"{e.node}: the answer lies {side}, its figures near one end of their ranges: {ranges}"
