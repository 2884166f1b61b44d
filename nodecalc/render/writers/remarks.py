"""What stands below the tables for people: warnings first and set apart, then notes, sources and legend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from nodecalc.question.caution import Caution
from nodecalc.render.report import Report

WARNING: Final = "warning:"
CITED: Final = "sources (in full with --sources):"


def remarks(report: Report, left_out: Sequence[str] = ()) -> list[list[str]]:
    """Return the lines below the tables, in groups; `left_out` are the heads of columns that did not fit."""
    warnings = [f"{WARNING} {note}" for note in report.notes if isinstance(note, Caution)]
    rest = [note for note in report.notes if not isinstance(note, Caution)]
    if left_out:
        heads = ", ".join(dict.fromkeys(left_out))
        rest.append(f"left out for want of width: {heads} (a wider terminal or -f json shows them)")
    if report.cited:
        rest.append(CITED)
        rest += [f"  {of}: {sources}" if of else f"  {sources}" for of, sources in report.cited]
    if report.legend:
        rest.append(report.legend)
    return [part for part in (warnings, rest) if part]
