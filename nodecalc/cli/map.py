"""`nodecalc map`: the wafer of an answer, drawn in the terminal or into a file."""

from typing import Annotated, Any, Final

from nodecalc.progress import tell

from .asking import Again, ScenarioFile, answered, question_of, the_one
from .declared import Option
from .options import (
    CatalogFile,
    Chip,
    Format,
    Size,
    Sources,
    Strict,
    complete_node,
    with_options,
)
from .output import Force, place

NAME: Final = "map"
EXAMPLES: Final = (
    "nodecalc map 10x10 -n tsmc-n5",
    "nodecalc map --chip ascend-910b",
    "nodecalc map 21x31 -n n7 --by yield --radial step --radial-start 0.8 --radial-factor 2",
    "nodecalc map 12.9x16.4 --reticle 26x16.5",
    "nodecalc map 40x30 --stitched 0.95",
    "nodecalc map 5x5 --wafer 150 --flat semi --secondary-flat p100",
    "nodecalc map 20x20 --panel 510x515 --keep-out 0,0,30",
    "nodecalc map 10x10 -n n5 -f csv",
)


def complete_by(incomplete: str) -> list[str]:
    """Return what a map can be coloured by that starts with `incomplete`, for shell completion."""
    from nodecalc.drivers.map_picture import BY

    return [name for name in BY if name.startswith(incomplete.lower())]


@with_options("size", "die", "ground", "money")
def run(
    size: Size = None,
    node: Annotated[
        str | None,
        Option(
            "--node",
            "-n",
            metavar="NODE",
            help="process node; yields come from it",
            autocompletion=complete_node,
            rich_help_panel="Die",
        ),
    ] = None,
    chip: Chip = None,
    reticle: Annotated[
        str | None,
        Option(
            "--reticle",
            metavar="WxH",
            help="exposure field, mm, either way round: 26x33, High-NA 26x16.5 [default: 26x33]",
            show_default=False,
            rich_help_panel="Fields",
        ),
    ] = None,
    secondary_flat: Annotated[
        str | None,
        Option(
            "--secondary-flat",
            metavar="TYPE",
            help="second flat of an older wafer: p100, n100, n111, p111 by SEMI M1, or DEGREES,MM",
            rich_help_panel="Wafer",
        ),
    ] = None,
    panel: Annotated[
        str | None,
        Option("--panel", metavar="WxH", help="a panel instead of a wafer, mm: 510x515", rich_help_panel="Wafer"),
    ] = None,
    offset: Annotated[
        str | None,
        Option(
            "--offset",
            metavar="X,Y",
            help="where a die's centre stands, mm from the middle, instead of a placement",
            rich_help_panel="Wafer",
        ),
    ] = None,
    keep_out: Annotated[
        list[str] | None,
        Option(
            "--keep-out",
            metavar="X,Y,R",
            help="no good die within R mm of a point, or X,Y,WxH: in a rectangle; repeat",
            rich_help_panel="Wafer",
        ),
    ] = None,
    drop_in: Annotated[
        list[str] | None,
        Option(
            "--drop-in",
            metavar="COLUMN,ROW",
            help="a good site that holds a test die; repeat for several",
            rich_help_panel="Wafer",
        ),
    ] = None,
    *,
    given: dict[str, str],
    svg: Annotated[
        str | None, Option("--svg", metavar="FILE", help="draw the map into FILE.svg", rich_help_panel="Output")
    ] = None,
    png: Annotated[
        str | None,
        Option(
            "--png", metavar="FILE", help="draw the map into FILE.png; needs nodecalc[plot]", rich_help_panel="Output"
        ),
    ] = None,
    csv: Annotated[
        str | None,
        Option("--csv", metavar="FILE", help="write every site into FILE.csv", rich_help_panel="Output"),
    ] = None,
    output: Annotated[
        str | None,
        Option(
            "--output",
            "-o",
            metavar="FILE",
            help="into FILE.svg, .png, .csv or .json, by its ending",
            rich_help_panel="Output",
        ),
    ] = None,
    force: Force = False,
    by: Annotated[
        str,
        Option(
            "--by",
            metavar="WHAT",
            help="colour by status or by expected yield, which differs where the defect density does",
            autocompletion=complete_by,
            rich_help_panel="Output",
        ),
    ] = "status",
    strict: Strict = False,
    sources: Sources = False,
    catalog: CatalogFile = None,
    output_format: Format = "table",
    scenario: ScenarioFile = None,
    again: Again = None,
) -> None:
    """Draw the wafer of an answer: dies, edge, exposures.

    Every site by its status or its expected yield; into a picture or a table by -o.
    """
    import sys

    from nodecalc.errors import InputError
    from nodecalc.render.reports.map import files_of, map_report, write_files, write_map
    from nodecalc.render.reports.scenario import scenario_report
    from nodecalc.render.sources import with_sources
    from nodecalc.render.writers.output import WRITERS, write, writer

    form = writer(output_format, sources)
    files = files_of(output, force, svg=svg, png=png, csv=csv, json=None)
    report_file = files.pop("json")
    own: dict[str, Any] = {
        name: given.pop(key, None)
        for name, key in (("flat", "flat_mm"), ("notch", "notch_mm"), ("stitched", "stitching_yield"))
    }
    own |= {"reticle": reticle, "panel": panel, "offset": offset, "keep_out": keep_out, "drop_in": drop_in}
    own |= {"secondary_flat": secondary_flat}
    question = question_of(
        NAME, scenario, again, size=size, node=None if node is None else [node], chip=chip, given=given, own=own,
        strict=strict, catalog=catalog,
    )  # fmt: skip
    answers = answered(question, again)
    if report_file is not None:
        place("table", report_file, force).write(scenario_report(answers))
    if len(answers) > 1:
        named = next((name for name in files.values() if name is not None), None)
        if named is not None:
            the_one(answers, f"-o {named}")
        if report_file is None:
            write(scenario_report(answers), output_format, sources=sources)
        return
    found = answers[0]
    if form is not WRITERS["table"] and by.strip().lower() != "status" and not (files["svg"] or files["png"]):
        raise InputError(f"--by {by} with -f {output_format}: nothing is drawn; leave it out, or give --svg or --png")
    found.picture(by)  # what cannot be drawn or shown is said before anything is written
    report = map_report(found, form in (WRITERS["json"], WRITERS["csv"]), form is WRITERS["table"])
    report = report._replace(saved=lambda: answers.saved)
    if sources:
        report = with_sources(report)
    for line in write_files(found, files, by):
        tell(line)
    if report_file is not None:
        return
    if form is WRITERS["table"]:
        write_map(found, sys.stdout, by)
    write(report, output_format)
