"""What `nodecalc sweep` prints, of dies or of systems."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .rows import View, rows_of, streams_of, write_chart, write_rows_csv

if TYPE_CHECKING:
    from nodecalc.drivers.sweep.swept import Swept
    from nodecalc.render.report import Report

__all__ = ["rows_report", "streams_report", "write_chart", "write_rows_csv"]


def rows_report(sweep: Swept, output_format: str, drawn: bool = False) -> Report:
    """Return the points as rows, or what they boil down to where a table would be too long; `drawn` under a chart."""
    return rows_of(_view(sweep), output_format, drawn)


def streams_report(sweep: Swept) -> Report:
    """Return reductions, best points and front of a sweep that was streamed."""
    return streams_of(_view(sweep))


def _view(sweep: Swept) -> View:
    """Return how a sweep is told: each of the two loads what the other does without."""
    if sweep.request.systems is None:
        from .sweep_of_dies import DieView

        return DieView(sweep)
    from .of_system import SystemView

    return SystemView(sweep)
