"""The report of `nodecalc map`: the picture, the sites by status, the exposures; every site for machines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, TextIO

from nodecalc.drivers.map import plan_row
from nodecalc.drivers.reported import reported_note
from nodecalc.errors import InputError
from nodecalc.question.ledger import legend
from nodecalc.question.radial import INPUTS as RADIAL
from nodecalc.render.marks import assumed_cautions
from nodecalc.render.report import Column, Report, Table
from nodecalc.render.sources import few, figure_name, figure_sources, replaced_notes
from nodecalc.vocabulary import QUANTITIES

from .conditions import conditions

if TYPE_CHECKING:
    from nodecalc.drivers.map import WaferMap
    from nodecalc.question.ledger import UsedFigure

MISSING: Final = "-"
RESULTS: Final = ("die_yield", "good_dies", "good_die_cost_usd")
SOLD: Final = ("sellable_yield", "sellable_dies", "sellable_die_cost_usd")
"""Results beside them where dies with some units bad sell."""
SAID: Final = ("edge_exclusion_mm", "scribe_mm", "placement", *RADIAL)
"""Inputs that the title of the map has said."""
SILENT: Final = ("wafer_diameter_mm", "logic_density_mtr_per_mm2")
"""Figures that the map does not rest on, or that its title has said."""
PIPE_WIDTH: Final = 80
PIPE_HEIGHT: Final = 40
"""Characters and rows of a map where there is no terminal to ask."""
BELOW: Final = 12
"""Rows of a terminal that what is said about the map takes."""
LEAST_HEIGHT: Final = 16


def map_report(m: WaferMap, sites: bool = True, drawn: bool = False) -> Report:
    """Return what `nodecalc map` says: every one of the `sites`, or what is said beside the picture that is `drawn`."""
    rows: list[dict[str, Any]] = site_rows(m) if sites else []
    used = {key: figure for key, figure in m.figures.items() if key not in SILENT}
    return Report(
        "map",
        rows,
        _tables(m, drawn),
        [*assumed_cautions([m]), *m.notes, *reported_note(m), *replaced_notes(m.catalogue)],
        lambda: figure_sources([m], m.catalogue),
        {"map": m.to_dict()} if sites else None,
        [(m.node or "", _cited(used))] if used else [],
        legend(figure.marks for figure in used.values()),
    )


def site_rows(m: WaferMap) -> list[dict[str, Any]]:
    """Return a flat row for every site."""
    keys = ("x_mm", "y_mm", "column", "row", "field", "status", "expected_yield")
    return [dict(zip(keys, site, strict=True)) for site in m.sites]


def _cited(used: Mapping[str, UsedFigure]) -> str:
    """Return the figures behind the yield and the cost, with their marks and where they come from."""
    return ", ".join(
        f"{figure_name(key)} {' '.join(filter(None, (QUANTITIES[key].text(f.value), f.unit, f.marks)))} "
        f"({few(f.sources)}{'' if f.year is None else f', {f.year:g}'})"
        for key, f in used.items()
    )


def _tables(m: WaferMap, drawn: bool) -> list[Table]:
    counts = m.counts
    room = {"drop-in": 2, "excluded": 3, "partial": 3}
    heads = [Column("node", right=False), *(Column(s, keep=room.get(s, 0)) for s in counts), Column("sites", keep=1)]
    cells = [m.node or MISSING, *(f"{count:,}" for count in counts.values()), f"{sum(counts.values()):,}"]
    for key in (*RESULTS, *(key for key in SOLD if getattr(m, key) is not None)):
        value = getattr(m, key)
        heads.append(Column("expected good" if key == "good_dies" else QUANTITIES[key].column))
        cells.append(MISSING if value is None else QUANTITIES[key].text(value))
    title = "; ".join([*([] if drawn else [m.title]), *conditions(m.inputs, SAID)])
    tables = [Table(title, heads, [cells])]
    if m.plan is not None:
        tables.append(_exposures(m))
    return tables


def _exposures(m: WaferMap) -> Table:
    plan = m.plan
    assert plan is not None
    row = plan_row(plan)
    stitched = plan.fields_per_die != (1, 1)
    held = "fields a die" if stitched else "dies a field"
    heads = ["field mm", held, "exposures", "full", "partial", "field used"]
    sides = plan.fields_per_die if stitched else plan.dies_per_field
    cells = [
        "{:g} x {:g}".format(*plan.field_mm),
        "{} x {}".format(*sides),
        f"{row['exposures']:,}",
        f"{row['full_exposures']:,}",
        f"{row['partial_exposures']:,}",
        f"{plan.utilisation:.1%}",
    ]
    return Table("", [Column(heads[0], right=False), *(Column(head) for head in heads[1:])], [cells])


def write_map(m: WaferMap, stream: TextIO, by: str = "status") -> None:
    """Draw the map to `stream`, as large as its terminal; in colour only where it is one and NO_COLOR is not set."""
    from nodecalc.charts.bars import has_blocks
    from nodecalc.charts.screen import has_colour, terminal_height, terminal_width
    from nodecalc.charts.wafer_terminal import wafer_text

    width, height = PIPE_WIDTH, PIPE_HEIGHT
    if stream.isatty():
        width, height = terminal_width(stream), max(terminal_height(stream) - BELOW, LEAST_HEIGHT)
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")  # a chip's name may have letters that the terminal lacks
    stream.write(wafer_text(m.picture(by), width, height, has_colour(stream), has_blocks(stream)) + "\n")


def files_of(output: str | None, force: bool = False, **named: str | None) -> dict[str, str | None]:
    """Return the files to write by their kind, `output` by its ending; a wrong name is said before any work is done."""
    from nodecalc.files.atomic import check_free

    if force and output is None and not any(named.values()):
        raise InputError("--force: nothing is written; add -o FILE")
    if output is not None:
        ending = output.lower().rpartition(".")[2]
        if ending not in named:
            kinds = ", ".join(f".{kind}" for kind in named)
            raise InputError(f"--output '{output}': allowed: a name that ends in {kinds}")
        if named[ending] is not None:
            raise InputError(f"--output '{output}' with --{ending} '{named[ending]}': two files of a kind; give one")
        named[ending] = output
    for ending, name in named.items():
        if name is None:
            continue
        if not name.lower().endswith(f".{ending}"):
            stem = name.rpartition(".")[0] or name or "wafer"
            raise InputError(f"--{ending} '{name}': its name ends in .{ending}; try {stem}.{ending}")
        check_free(name, force)
    if named.get("png"):
        from nodecalc.charts.wafer_png import check_png

        check_png()
    return named


def write_files(m: WaferMap, files: Mapping[str, str | None], by: str = "status") -> list[str]:
    """Write the files that are named, each whole or not at all; return a line for each."""
    from nodecalc.files.atomic import Beside

    done = []
    for ending, name in files.items():
        if name is None:
            continue
        content = _content(m, ending, by)
        with Beside(name) as file:
            file.write(content)
        done.append(f"{'written' if ending == 'csv' else 'drawn'}: {name}")
    return done


def _content(m: WaferMap, ending: str, by: str) -> bytes:
    if ending == "svg":
        return m.to_svg(by).encode()
    if ending == "png":
        from nodecalc.charts.wafer_png import wafer_png

        return wafer_png(m.picture(by))
    from io import StringIO

    from nodecalc.render.writers.machine import write_csv

    text = StringIO()
    write_csv(Report("map", site_rows(m), ()), text)
    return text.getvalue().encode()
