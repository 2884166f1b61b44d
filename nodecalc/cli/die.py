"""`nodecalc die`: what one die costs on one or several nodes."""

from typing import Annotated, Final

from .declared import Argument, Option
from .options import CatalogFile, Format, Sources, complete_chip, complete_node, with_options
from .output import Force, Output, place

NAME: Final = "die"
EXAMPLES: Final = (
    "nodecalc die 10x10 -n tsmc-n5,smic-n+3",
    "nodecalc die 100 -n n5 --d0 0.07/cm2 --explain",
    "nodecalc die --chip kirin-9000s",
    "nodecalc die 100 -n n5 --wafer-basis cost --without euv --margin 40%",
    "nodecalc die 200 -n n5:without=euv,n5 --wafer-basis cost",
    "nodecalc die 100 -n n5 --wafer-price 90000CNY --rate CNY=7.2",
)


@with_options("size", "die", "stack", "euv", "wafer", "money")
def run(
    size: Annotated[
        str | None,
        Argument(
            metavar="[SIZE]", help="the die: 100, 100mm2 or 1cm2 (area), 10x12 or 10x12mm (sides)", show_default=False
        ),
    ] = None,
    node: Annotated[
        list[str] | None,
        Option(
            "--node",
            "-n",
            metavar="NODE",
            help="process node; n5,n7 compare; n5:d0=0.07 has its own D0",
            autocompletion=complete_node,
            rich_help_panel="Die",
        ),
    ] = None,
    chip: Annotated[
        str | None,
        Option(
            "--chip",
            metavar="CHIP",
            help="a real chip instead of SIZE",
            autocompletion=complete_chip,
            rich_help_panel="Die",
        ),
    ] = None,
    *,
    given: dict[str, str],
    explain: Annotated[
        bool,
        Option("--explain", help="show every formula, the numbers put in, the sources", rich_help_panel="Output"),
    ] = False,
    strict: Annotated[
        bool, Option("--strict", help="refuse estimated and assumed figures", rich_help_panel="Figures")
    ] = False,
    sources: Sources = False,
    catalog: CatalogFile = None,
    output_format: Format = "table",
    output: Output = None,
    force: Force = False,
) -> None:
    """Say what a die costs on some nodes: dies, yield, cost, range.

    With what every figure rests on, and how sure the answer is.
    """
    from nodecalc.catalogue import open_catalogue
    from nodecalc.drivers.estimate import estimate
    from nodecalc.errors import InputError
    from nodecalc.question.at import At, nodes_of
    from nodecalc.render.reports.die import die_report

    where = place(output_format, output, force, sources=sources)
    if explain and where.rows_alone:
        raise InputError(
            f"--explain with csv: {where.rows_alone} holds the rows alone; use table, markdown or json, or leave it out"
        )
    catalogue = open_catalogue(catalog)
    nodes: list[At | None] = [*nodes_of(node or ())] or [None]
    asked = [given] * len(nodes)
    if "rate" in given:
        from nodecalc.question.rates import shared_rate

        asked = shared_rate(given, nodes)
    estimates = [
        estimate(size, node=at, chip=chip, strict=strict, catalogue=catalogue, **inputs)
        for at, inputs in zip(nodes, asked, strict=True)
    ]
    where.write(die_report(estimates, catalogue, explain))
