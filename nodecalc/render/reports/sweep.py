"""What `nodecalc sweep` prints: rows where they can be read, a summary where they cannot, and what streams came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, TextIO

from nodecalc.catalogue.digest import data_digest
from nodecalc.errors import InputError
from nodecalc.progress import answered
from nodecalc.question.graph import SIZE_KEYS
from nodecalc.question.ledger import legend
from nodecalc.question.salvage import NUMBERS as UNITS
from nodecalc.question.salvage import TEXTS, is_harvested, sold_with
from nodecalc.render.marks import assumed_cautions
from nodecalc.render.report import Cited, Column, Report, Table
from nodecalc.render.sources import few, figure_sources, replaced_notes
from nodecalc.vocabulary import find_quantity, quantity

from .conditions import conditions, told

if TYPE_CHECKING:
    from nodecalc.drivers.sweep.figures_used import NodeFigures
    from nodecalc.drivers.sweep.sweep import Sweep

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


def rows_report(sweep: Sweep, output_format: str, drawn: bool = False) -> Report:
    """Return the points as rows, or what they boil down to where a table would be too long; `drawn` under a chart."""
    import sys

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
        return _beside(sweep, _summary(sweep), drawn)
    rows = list(islice(every_row(sweep), sweep.points))
    table = Table(_title(sweep), _columns(sweep), [_cells(sweep, row) for row in rows])
    return _beside(sweep, _report(sweep, rows, [table], _finite_notes(sweep, rows)), drawn)


def _beside(sweep: Sweep, report: Report, drawn: bool) -> Report:
    """Return a report with the nodes beside the sweep: their rows, and where curves meet where no chart said that."""
    if not sweep.against:
        return report
    from nodecalc.drivers.sweep.picture import can_be_drawn, pictures

    columns = _columns(sweep)
    rows, tables, notes = list(report.rows), list(report.tables), list(report.notes)
    if can_be_drawn(sweep) and not drawn:
        notes += [note for picture in pictures(sweep) for note in picture.notes]
    for reference in sweep.against:
        marked = [_with_marks(reference.sweep, row) for row in reference.rows()]
        rows += marked
        tables.append(Table(f"against {reference.name}", columns, [_cells(sweep, row) for row in marked]))
        notes += [*reference.sweep.notes, *_finite_notes(reference.sweep, marked)]
    extra = {**(report.extra or {}), "against": [reference.node for reference in sweep.against]}
    return report._replace(rows=rows, tables=tables, notes=list(dict.fromkeys(notes)), extra=extra)


def streams_report(sweep: Sweep) -> Report:
    """Return reductions, best points and front of a sweep that was streamed."""
    rows: list[dict[str, Any]] = []
    tables: list[Table] = []
    notes: list[str] = []
    if sweep.reductions:
        found = [_reduction_row(key, row) for key, row in sweep.reductions.items()]
        rows += found
        tables.append(_reductions_table(sweep))
        notes += _reduction_notes(sweep)
    for head, points in (("best", sweep.best), ("front", sweep.front)):
        if points:
            marked = [_with_marks(sweep, dict(point)) for point in points]
            rows += [{"part": head, **row} for row in marked] if sweep.reductions else marked
            what = "best points, best first" if head == "best" else f"Pareto front, {len(points):,} points"
            tables.append(Table(f"{_title(sweep)}; {what}", _columns(sweep), [_cells(sweep, row) for row in marked]))
    return _report(sweep, rows, tables, notes)


def write_rows_csv(sweep: Sweep, stream: TextIO) -> None:
    """Write every point as CSV, however many there are."""
    from nodecalc.drivers.sweep.table import print_csv

    stream.flush()
    print_csv(sweep, stream.buffer)


def write_chart(sweep: Sweep, stream: TextIO) -> bool:
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


def every_row(sweep: Sweep) -> Any:
    """Yield every point as a flat row: node, axes, results and marks."""
    from itertools import product

    columns = sweep.columns()
    values = [axis.listed() for axis in sweep.request.axes]
    for place, at in enumerate(product(*values)):
        row = dict(zip(sweep.dims, at, strict=True)) | {
            key: _number(sweep, key, column[place]) for key, column in columns.items()
        }
        yield _with_marks(sweep, row)


def _with_marks(sweep: Sweep, row: dict[str, Any]) -> dict[str, Any]:
    """Return the row behind its node, and with the keys of its assumed, estimated and unverified figures."""
    inputs = sweep.inputs_at(row)
    node = {"node": inputs.node.id if inputs.node else None}
    for key in sweep.outputs:
        row[key] = _number(sweep, key, row[key])
    marks: dict[str, list[str]] = {"assumed": [], "estimated": [], "unverified": []}
    for key, figure in inputs.figures.items():
        if figure.kind in marks:
            marks[figure.kind].append(key)
        if not figure.verified:
            marks["unverified"].append(key)
    return node | row | marks


def _number(sweep: Sweep, key: str, value: Any) -> Any:
    number = float(value)
    return int(number) if isfinite(number) and sweep.is_whole(key) else number


def _report(sweep: Sweep, rows: Sequence[dict[str, Any]], tables: Sequence[Table], notes: Sequence[str]) -> Report:
    from nodecalc.drivers.sweep.figures_used import figures_used, is_cost

    known = sweep.background.catalogue
    everyone = (sweep, *(reference.sweep for reference in sweep.against))
    answers = [answer for one in everyone for answer in figures_used(one)]
    costs = is_cost(sweep.background.inputs[0])
    said = [*assumed_cautions(answers, costs), *sweep.notes, *notes, *replaced_notes(known)]
    return Report(
        "sweep",
        rows,
        tables,
        list(dict.fromkeys(said)),
        lambda: figure_sources(answers, known),
        {"spec": sweep.request.to_spec(), "points": sweep.points},
        [line for one in everyone for line in _cited(one, figures_used(one))],
        legend(figure.marks for answer in answers for figure in answer.figures.values()),
        lambda: {"data": data_digest(), "catalogue_digest": sweep.provenance.catalogue_digest},
    )


def _cited(sweep: Sweep, answers: Sequence[NodeFigures]) -> list[Cited]:
    """Return a line a node: what the catalogue supplied, with marks and sources; it holds for all of its rows."""
    from nodecalc.drivers.sweep.figures_used import is_cost, is_sold, read_along

    costs = is_cost(sweep.background.inputs[0])
    sold = costs and is_sold(sweep)
    lines: list[Cited] = []
    for answer in answers:
        parts = []
        for key, figure in answer.figures.items():
            if key == "wafer_diameter_mm":
                continue  # a standard size; JSON names its source
            q = quantity(key)
            mark = f" {figure.marks}" if figure.marks else ""
            unit = f" {q.unit}" if q.unit else ""
            name = q.field.replace("_", " ").replace("d0", "D0") or key
            value = f"{q.text(figure.value)}{unit}"
            if key == "wafer_price_usd":
                name = "wafer cost" if costs and not sold else name
                if answer.cost_varies:
                    span = f"{q.text(figure.low)} to {q.text(figure.high)}{unit} over the rows"
                    value = (
                        span if figure.low < figure.high else f"by each row's own {'tools' if costs else 'diameter'}"
                    )
            along = read_along(sweep, key)
            if along:
                value = f"by each row's {', '.join(along)}"
            date = "" if figure.year is None else f", {figure.year:g}"
            parts.append(f"{name} {value}{mark} ({few(figure.sources)}{date})")
        if parts:
            rows = f", {answer.rows}" if answer.rows else ""
            lines.append((f"{answer.node}{rows}", "; ".join(parts)))
    return lines


def _title(sweep: Sweep) -> str:
    """Return the line above a table: the product, and everything that its rows have in common."""
    from nodecalc.drivers.sweep.figures_used import is_sold

    request, inputs = sweep.request, sweep.background.inputs[0]
    own = {key for resolved in sweep.background.inputs for key, _ in resolved.own}
    varied = {*sweep.dims, *own, *(("die",) if set(sweep.dims) & set(SIZE_KEYS) else ())}
    product = " x ".join(f"{axis.key} {axis.size:,}" for axis in request.axes)
    points = f"{sweep.points:,} point{'' if sweep.points == 1 else 's'}" + (f" = {product}" if product else "")
    chip = sweep.background.chip
    die = f"die {inputs.die.width_mm:.4g} x {inputs.die.height_mm:.4g} mm, {inputs.die.area_mm2:.5g} mm2"
    what = [] if "die" in varied or _dies_differ(sweep) else [f"{chip.name}: {die}" if chip else die]
    said = {"node", *told(inputs)}
    said |= set() if "die" in varied else set(SIZE_KEYS) - {"transistors", "density_utilisation"}
    said |= {*UNITS, *TEXTS} if is_harvested(inputs.numbers) else set()
    if is_harvested(inputs.numbers) and not varied.intersection(UNITS):
        what.append(f"sold with {sold_with(inputs.numbers, inputs.figures)}")
    left = {key: value for key, value in request.fixed.items() if key not in said}
    fixed = [f"{key} {value:g}" if isinstance(value, float) else f"{key} {value}" for key, value in left.items()]
    return "; ".join((points, *what, *conditions(inputs, varied, is_sold(sweep)), *fixed))


def _dies_differ(sweep: Sweep) -> bool:
    """Whether nodes have different dies, as they do where transistors are given."""
    return len({inputs.die for inputs in sweep.background.inputs}) > 1


def _columns(sweep: Sweep) -> list[Column]:
    columns = [] if "node" in sweep.dims else [Column("node", right=False)]
    for axis in sweep.request.axes:
        columns.append(Column(_head(axis.key), right=not axis.is_names))
    return columns + [Column(_head(key)) for key in sweep.outputs]


def _head(key: str) -> str:
    q = find_quantity(key)
    if q is None or not q.column:
        unit = f" {q.unit}" if q is not None and q.unit and not key.endswith(("_usd", "_mm", "_mm2", "_w")) else ""
        return f"{key}{unit}"
    return q.column


def _cells(sweep: Sweep, row: Mapping[str, Any]) -> list[str]:
    keys = [*([] if "node" in sweep.dims else ["node"]), *sweep.dims, *sweep.outputs]
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


def _reductions_table(sweep: Sweep) -> Table:
    names = [name for name in next(iter(sweep.reductions.values())) if name != "nans"]
    cells = []
    for key, row in sweep.reductions.items():
        texts = [_place(row[name]) if name.startswith("arg") else _text(key, row[name]) for name in names]
        cells.append([_head(key), *texts])
    columns = [Column("result", right=False)]
    columns += [Column(_heading(name), right=not name.startswith("arg"), wrap=name.startswith("arg")) for name in names]
    return Table(_title(sweep), columns, cells)


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


def _reduction_notes(sweep: Sweep) -> list[str]:
    from nodecalc.drivers.sweep.reduce.reduction import quantile_note

    notes = []
    for key, row in sweep.reductions.items():
        if row.get("nans"):
            notes.append(f"{key}: {row['nans']:,} of {sweep.points:,} points lie outside the model's domain, left out")
        if row.get("max") == float("inf"):
            notes.append(f"{key}: infinite where the die fits nowhere or none is good; max and mean say so")
    return [*notes, *quantile_note(sweep)]


def _finite_notes(sweep: Sweep, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    notes = []
    for key in sweep.outputs:
        infinite = sum(1 for row in rows if row[key] == float("inf"))
        missing = sum(1 for row in rows if row[key] != row[key])
        if infinite:
            notes.append(f"{key}: inf in {infinite} of {len(rows)} points: the die fits nowhere, or none is good")
        if missing:
            notes.append(f"{key}: nan in {missing} of {len(rows)} points: outside the model's domain")
    return notes


def _summary(sweep: Sweep) -> Report:
    """Return what the points boil down to, and how to get at all of them."""
    from nodecalc.drivers.sweep.reduce.reduction import reduced

    reduced(sweep, SUMMARY, None, 1, None)
    report = streams_report(sweep)
    told = f"{sweep.points:,} points are too many for a table: -o FILE.parquet keeps them, -f csv prints them"
    return report._replace(notes=[told, *report.notes])
