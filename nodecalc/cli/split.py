"""`nodecalc split`: into how many chiplets a unit is best divided."""

from typing import Annotated, Final

from .asking import Again, ScenarioFile, answered, question_of, the_one
from .declared import Argument, Option
from .of_system import check_plot, draw, save
from .options import (
    CatalogFile,
    Convention,
    Format,
    NoChart,
    Nodes,
    Sources,
    several,
    with_options,
)
from .output import Force, Output, place

NAME: Final = "split"
EXAMPLES: Final = (
    "nodecalc split 800 -n smic-n+2,smic-14 --package-yield 0.75:0.99:9",
    "nodecalc split 777 -n gf-14lpp --chiplets 1,4 --overhead 9.65% --ratio 0.59",
)


@with_options("die")
def run(
    area: Annotated[
        str | None,
        Argument(metavar="[MM2]", help="area of the unit as one die: 800, 800mm2, 8cm2", show_default=False),
    ] = None,
    node: Nodes = None,
    *,
    given: dict[str, str],
    chiplets: Annotated[
        str | None,
        Option(
            "--chiplets",
            metavar="N,N",
            help="numbers of chiplets [default: 1,2,3,4,5,6,8,10,12,16,20]",
            rich_help_panel="Split",
        ),
    ] = None,
    overhead: Annotated[
        str | None,
        Option(
            "--overhead",
            metavar="F",
            help="area that several dies take more, for interfaces [default: 0.1]",
            rich_help_panel="Split",
        ),
    ] = None,
    shares: Annotated[
        str | None,
        Option(
            "--package-yield",
            metavar="F,F",
            help="share of good packages of several dies; also 0.75:0.99:9 [default: 0.9]",
            rich_help_panel="Split",
        ),
    ] = None,
    single: Annotated[
        str | None,
        Option(
            "--single-yield",
            metavar="F",
            help="share of good packages of one die [default: 1]",
            rich_help_panel="Split",
        ),
    ] = None,
    held: Annotated[
        str | None,
        Option(
            "--bond-yield",
            metavar="F",
            help="share of bonds that hold, of one die [default: 0.99]",
            rich_help_panel="Split",
        ),
    ] = None,
    carrier: Annotated[
        str | None,
        Option(
            "--carrier",
            metavar="USD",
            help="interposer and assembly of several dies [default: 0]",
            rich_help_panel="Split",
        ),
    ] = None,
    ratio: Annotated[
        str | None,
        Option(
            "--ratio",
            metavar="F",
            help="also find the D0 at which the most chiplets cost F x one die",
            rich_help_panel="Split",
        ),
    ] = None,
    plot: Annotated[
        str | None,
        Option(
            "--plot", metavar="FILE", help="draw FILE.svg or FILE.png; needs nodecalc[plot]", rich_help_panel="Output"
        ),
    ] = None,
    no_chart: NoChart = False,
    convention: Convention = None,
    sources: Sources = False,
    catalog: CatalogFile = None,
    output_format: Format = "table",
    scenario: ScenarioFile = None,
    again: Again = None,
    output: Output = None,
    force: Force = False,
) -> None:
    """Find into how many chiplets a unit is best divided.

    Silicon, bonds and packages over the number of dies: the whole curve, for several nodes and package yields.
    """
    from nodecalc.errors import InputError
    from nodecalc.render.reports.scenario import scenario_report
    from nodecalc.systems.split_picture import split_picture

    where = place(output_format, output, force and (output is not None or plot is None), sources=sources)
    check_plot(plot, force)
    own = {
        "chiplets": chiplets,
        "overhead": overhead,
        "package_yield": shares if shares is None or ":" in shares else several("--package-yield", shares),
        "single_yield": single,
        "bond_yield": held,
        "carrier": carrier,
        "ratio": ratio,
    }
    question = question_of(
        NAME, scenario, again, size=area, node=node, given=given, own=own, catalog=catalog, convention=convention
    )
    answers = answered(question, again)
    pictures = [picture for each in answers if (picture := split_picture(each.answers)) is not None]
    draw(pictures, where, no_chart)
    if plot is not None:
        from nodecalc.charts.plot import save_plot

        if len(answers) != 1:
            the_one(answers, "--plot")
        if not pictures:
            raise InputError("--plot of one number of chiplets: no curve; give several with --chiplets")
        save(lambda path: save_plot(pictures[0], path), plot)
    where.write(scenario_report(answers))
