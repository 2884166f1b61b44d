"""What sweeps print, of dies or of systems: rows where they can be read, a summary where they cannot, streams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, TextIO

from nodecalc.errors import InputError
from nodecalc.progress import answered
from nodecalc.render.report import Column, Report, Table
from nodecalc.vocabulary import find_quantity, quantity

if TYPE_CHECKING:
    from nodecalc.drivers.sweep.swept import Swept

TABLE_ROWS: Final = 400
"""Points of a table that somebody may still read; beyond them it is a summary."""

TERMINAL_ROWS: Final = 40
"""The same in a terminal, where a chart stands above it."""

JSON_ROWS: Final = 1_000_000
DRAWN: Final = 10_000_000
"""Points that are held to be drawn without being asked; `--plot` draws any number."""

SUMMED_UP: Final = 100_000_000
"""Points that are summed up without being asked; of more, a slip in a range is likelier than the wish."""

SUMMARY: Final = ("min", "argmin", "p10", "p50", "mean", "p90", "max", "argmax")

NO_NUMBER: Final = "the die fits nowhere, none is good, or it is beyond any number"
"""Where a result is infinite."""


class View:
    """A sweep as it is told: its title, columns and rows, and what stands behind it."""

    def __init__(self, sweep: Swept) -> None:
        """Take the sweep."""
        self.sweep: Any = sweep

    @property
    def leading(self) -> tuple[str, ...]:
        """Keys of columns before the axes."""
        return ()

    @property
    def title(self) -> str:
        """The line above a table."""
        raise NotImplementedError

    def row(self, row: dict[str, Any]) -> dict[str, Any]:
        """Return a row as machines get it."""
        raise NotImplementedError

    def notes(self) -> Sequence[str]:
        """Return what a picture would say, where none is drawn."""
        return ()

    def report(self, rows: Sequence[dict[str, Any]], tables: Sequence[Table], notes: Sequence[str]) -> Report:
        """Return the whole report."""
        raise NotImplementedError

    def beside(self, report: Report, drawn: bool) -> Report:
        """Return a report with what stands beside the sweep, `drawn` under a chart."""
        return report


def rows_of(view: View, output_format: str, drawn: bool = False) -> Report:
    """Return the points as rows, or what they boil down to where a table would be too long; `drawn` under a chart."""
    import sys

    sweep = view.sweep
    name = output_format.lower()
    most = {"json": JSON_ROWS, "csv": JSON_ROWS}.get(
        name, TERMINAL_ROWS if name == "table" and sys.stdout.isatty() else TABLE_ROWS
    )
    if sweep.points > most:
        if name == "json":
            raise InputError(
                f"{sweep.points:,} points as JSON, at most {JSON_ROWS:,}; write them with -o FILE.parquet, or as csv, "
                "or boil them down with --reduce, --best"
            )
        if sweep.points > SUMMED_UP:
            raise InputError(
                f"{sweep.points:,} points: too many to print; boil them down with --reduce min,p50,max or --best KEY, "
                "or write them with -o FILE.parquet"
            )
        return view.beside(_summary(view), drawn)
    rows = list(islice(every_row(view), sweep.points))
    table = Table(view.title, columns_of(view), [cells_of(view, row) for row in rows])
    notes = [*(() if drawn else view.notes()), *finite_notes(sweep, rows)]
    return view.beside(view.report(rows, [table], notes), drawn)


def streams_of(view: View) -> Report:
    """Return reductions, best points and front of a sweep that was streamed."""
    sweep = view.sweep
    rows: list[dict[str, Any]] = []
    tables: list[Table] = []
    notes: list[str] = []
    if sweep.reductions:
        found = [_reduction_row(key, row) for key, row in sweep.reductions.items()]
        rows += found
        tables.append(_reductions_table(view))
        notes += _reduction_notes(sweep)
    for head, points in (("best", sweep.best), ("front", sweep.front)):
        if points:
            marked = [view.row(dict(point)) for point in points]
            rows += [{"part": head, **row} for row in marked] if sweep.reductions else marked
            what = "best points, best first" if head == "best" else f"Pareto front, {len(points):,} points"
            tables.append(Table(f"{view.title}; {what}", columns_of(view), [cells_of(view, row) for row in marked]))
    return view.report(rows, tables, notes)


def write_rows_csv(sweep: Swept, stream: TextIO) -> None:
    """Write every point as CSV, however many there are."""
    from nodecalc.drivers.sweep.table import print_csv

    stream.flush()
    print_csv(sweep, stream.buffer)


def write_chart(sweep: Swept, stream: TextIO) -> bool:
    """Draw charts above the table, where `stream` is a terminal and the sweep has one or two numeric axes."""
    import os

    if not stream.isatty() or os.environ.get("TERM") == "dumb":
        return False
    from nodecalc.charts import terminal as chart
    from nodecalc.drivers.sweep.picture import can_be_drawn, pictures

    if not can_be_drawn(sweep) or sweep.points > DRAWN:
        return False
    drawn = pictures(sweep)
    answered()
    chart.write_charts(drawn, stream)
    stream.write("\n")
    return True


def every_row(view: View) -> Any:
    """Yield every point as a flat row: node, axes, results and marks."""
    from itertools import product

    sweep = view.sweep
    columns = sweep.columns()
    values = [axis.listed() for axis in sweep.request.axes]
    for place, at in enumerate(product(*values)):
        row = dict(zip(sweep.dims, at, strict=True)) | {
            key: number_of(sweep, key, column[place]) for key, column in columns.items()
        }
        yield view.row(row)


def number_of(sweep: Swept, key: str, value: Any) -> Any:
    """Return a result as a number, a count as a whole one."""
    number = float(value)
    return int(number) if isfinite(number) and sweep.is_whole(key) else number


def columns_of(view: View) -> list[Column]:
    """Return the columns of a table of points."""
    sweep = view.sweep
    columns = [Column(key, right=False) for key in view.leading]
    for axis in sweep.request.axes:
        columns.append(Column(_head(axis.key), right=not axis.is_names))
    return columns + [Column(_head(key)) for key in sweep.outputs]


def _head(key: str) -> str:
    q = find_quantity(key)
    if q is None or not q.column:
        unit = f" {q.unit}" if q is not None and q.unit and not key.endswith(("_usd", "_mm", "_mm2", "_w")) else ""
        return f"{key}{unit}"
    return q.column


def cells_of(view: View, row: Mapping[str, Any]) -> list[str]:
    """Return a row as a table shows it."""
    keys = [*view.leading, *view.sweep.dims, *view.sweep.outputs]
    return [_text(key, row[key]) for key in keys]


def _text(key: str, value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    q = quantity(key)
    return q.text(value) if isfinite(value) else str(value)


def _place(at: Mapping[str, Any] | None) -> str:
    return "-" if at is None else ", ".join(f"{_head(key)} {_text(key, value)}" for key, value in at.items())


def _reductions_table(view: View) -> Table:
    sweep = view.sweep
    names = [name for name in next(iter(sweep.reductions.values())) if name != "nans"]
    cells = []
    for key, row in sweep.reductions.items():
        texts = [_place(row[name]) if name.startswith("arg") else _text(key, row[name]) for name in names]
        cells.append([_head(key), *texts])
    columns = [Column("result", right=False)]
    columns += [Column(_heading(name), right=not name.startswith("arg"), wrap=name.startswith("arg")) for name in names]
    return Table(view.title, columns, cells)


def _heading(name: str) -> str:
    return {"argmin": "at the min", "argmax": "at the max"}.get(name, name)


def _reduction_row(key: str, row: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {"output": key}
    for name, value in row.items():
        if name.startswith("arg"):
            flat |= {f"{name}_{axis}": at for axis, at in (value or {}).items()}
        else:
            flat[name] = value
    return flat


def _reduction_notes(sweep: Swept) -> list[str]:
    from nodecalc.drivers.sweep.reduce.reduction import quantile_note

    notes = []
    for key, row in sweep.reductions.items():
        if row.get("nans"):
            notes.append(f"{key}: {row['nans']:,} of {sweep.points:,} points lie outside the model's domain, left out")
        if row.get("max") == float("inf"):
            notes.append(f"{key}: infinite where {NO_NUMBER}; max and mean say so")
    return [*notes, *quantile_note(sweep)]


def finite_notes(sweep: Swept, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Say where results are no finite numbers."""
    notes = []
    for key in sweep.outputs:
        infinite = sum(1 for row in rows if row[key] == float("inf"))
        missing = sum(1 for row in rows if row[key] != row[key])
        if infinite:
            notes.append(f"{key}: inf in {infinite} of {len(rows)} points: {NO_NUMBER}")
        if missing:
            notes.append(f"{key}: nan in {missing} of {len(rows)} points: outside the model's domain")
    return notes


def _summary(view: View) -> Report:
    """Return what the points boil down to, and how to get at all of them."""
    from nodecalc.drivers.sweep.reduce.reduction import reduced

    sweep = view.sweep
    reduced(sweep, SUMMARY, None, 1, None)
    report = streams_of(view)
    told = f"{sweep.points:,} points are too many for a table: -o FILE.parquet keeps them, -f csv prints them"
    return report._replace(notes=[told, *report.notes])
