"""`nodecalc compare`: what makes a die on another node dearer or cheaper, step by step."""

from typing import Annotated, Final

import typer

from .options import CatalogFile, Format, Sources, complete_chip, complete_node, with_options
from .output import Force, Output, place

NAME: Final = "compare"
EPILOG: Final = (
    "The first node is the base; the steps add up. Examples: nodecalc compare 600 -n tsmc-n7 -n smic-n+2; "
    "nodecalc compare 100 -n n5:year=2021 -n n5; nodecalc compare 300 -n n7 -n n5,n3e --port --sram-share 30% "
    "--analog-share 20%; nodecalc compare --chip h100 -n smic-n+3"
)


@with_options("size", "die", "stack", "euv", "wafer", "port")
def run(
    size: Annotated[
        str | None, typer.Argument(metavar="[SIZE]", help="the die: 100 (mm2), 10x12 (mm)", show_default=False)
    ] = None,
    node: Annotated[
        list[str] | None,
        typer.Option(
            "--node",
            "-n",
            metavar="NODE",
            help="process node; the first is the base, each other is set against it",
            autocompletion=complete_node,
        ),
    ] = None,
    chip: Annotated[
        str | None,
        typer.Option("--chip", metavar="CHIP", help="a real chip instead of SIZE", autocompletion=complete_chip),
    ] = None,
    *,
    given: dict[str, str],
    port: Annotated[
        bool, typer.Option("--port", help="the same design: logic by density, SRAM by bit cell, the rest as it is")
    ] = False,
    of: Annotated[
        str | None,
        typer.Option("--of", metavar="KEY", help="good_die_cost_usd [default] or usd_per_billion_transistors"),
    ] = None,
    order: Annotated[
        str | None, typer.Option("--order", metavar="STEP,STEP", help="steps that come first, such as yield,price")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="refuse estimated and assumed figures")] = False,
    sources: Sources = False,
    catalog: CatalogFile = None,
    output_format: Format = "table",
    output: Output = None,
    force: Force = False,
) -> None:
    """Say what makes a die dearer on one node than on another.

    A bridge of steps that add up: year, patterning, price, dies, yield; and what another order would say.
    """
    from nodecalc.catalogue import open_catalogue
    from nodecalc.drivers.compare_nodes import compare
    from nodecalc.question.at import nodes_of
    from nodecalc.question.graph import ANSWER
    from nodecalc.render.reports.compare import compare_report

    where = place(output_format, output, force, sources=sources)
    known = open_catalogue(catalog)
    found = compare(
        size,
        node=nodes_of(node or ()),
        chip=chip,
        output=of or ANSWER,
        order=order,
        port=port,
        strict=strict,
        catalogue=known,
        **given,
    )
    where.write(compare_report(found, known))
