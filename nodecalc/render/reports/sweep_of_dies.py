"""A sweep of dies as it is told: the die, the node of each row, figures with their sources, nodes beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nodecalc.catalogue.digest import data_digest
from nodecalc.files.proof import SPEC, kept
from nodecalc.question.graph import SIZE_KEYS
from nodecalc.question.ledger import legend
from nodecalc.question.salvage import NUMBERS as UNITS
from nodecalc.question.salvage import TEXTS, is_harvested, sold_with
from nodecalc.render.marks import assumed_cautions
from nodecalc.render.report import Cited, Report, Table
from nodecalc.render.sources import few, figure_sources, replaced_notes
from nodecalc.vocabulary import quantity

from .conditions import conditions, told
from .rows import View, cells_of, columns_of, finite_notes, number_of

if TYPE_CHECKING:
    from nodecalc.drivers.sweep.figures_used import NodeFigures
    from nodecalc.drivers.sweep.sweep import Sweep


class DieView(View):
    """A sweep of dies as it is told."""

    @property
    def title(self) -> str:
        """The product, and everything that its rows have in common."""
        return _title(self.sweep)

    @property
    def leading(self) -> tuple[str, ...]:
        """The node, where that is no axis."""
        return () if "node" in self.sweep.dims else ("node",)

    def row(self, row: dict[str, Any]) -> dict[str, Any]:
        """Return a row behind its node, with the keys of its weak figures."""
        return _with_marks(self.sweep, row)

    def report(self, rows: Sequence[dict[str, Any]], tables: Sequence[Table], notes: Sequence[str]) -> Report:
        """Return the whole report."""
        return _report(self.sweep, rows, tables, notes)

    def beside(self, report: Report, drawn: bool) -> Report:
        """Return a report with the nodes beside the sweep."""
        return _beside(self, report, drawn)


def _beside(view: View, report: Report, drawn: bool) -> Report:
    """Return a report with the nodes beside the sweep: their rows, and where curves meet where no chart said that."""
    sweep = view.sweep
    if not sweep.against:
        return report
    from nodecalc.drivers.sweep.picture import can_be_drawn, pictures

    columns = columns_of(view)
    rows, tables, notes = list(report.rows), list(report.tables), list(report.notes)
    if can_be_drawn(sweep) and not drawn:
        notes += [note for picture in pictures(sweep) for note in picture.notes]
    for reference in sweep.against:
        marked = [_with_marks(reference.sweep, row) for row in reference.rows()]
        rows += marked
        tables.append(Table(f"against {reference.name}", columns, [cells_of(view, row) for row in marked]))
        notes += [*reference.sweep.notes, *finite_notes(reference.sweep, marked)]
    extra = {**(report.extra or {}), "against": [reference.node for reference in sweep.against]}
    return report._replace(rows=rows, tables=tables, notes=list(dict.fromkeys(notes)), extra=extra)


def _with_marks(sweep: Sweep, row: dict[str, Any]) -> dict[str, Any]:
    """Return the row behind its node, and with the keys of its assumed, estimated and unverified figures."""
    inputs = sweep.inputs_at(row)
    node = {"node": inputs.node.id if inputs.node else None}
    for key in sweep.outputs:
        row[key] = number_of(sweep, key, row[key])
    marks: dict[str, list[str]] = {"assumed": [], "estimated": [], "unverified": []}
    for key, figure in inputs.figures.items():
        if figure.kind in marks:
            marks[figure.kind].append(key)
        if not figure.verified:
            marks["unverified"].append(key)
    return node | row | marks


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
        {**kept(SPEC, sweep.request.to_spec()), "points": sweep.points},
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
    varied = {*sweep.dims, *own, *(("die",) if sweep.varies_die else ())}
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
