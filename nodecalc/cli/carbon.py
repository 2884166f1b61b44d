"""`nodecalc carbon`: electricity and emissions of a wafer and a good die."""

from typing import Annotated, Final

from .declared import Argument
from .options import (
    CatalogFile,
    Format,
    Nodes,
    Sources,
    with_options,
)
from .output import Force, Output, place

NAME: Final = "carbon"
EXAMPLES: Final = (
    "nodecalc carbon -n smic-n+3,tsmc-n5 --grid china",
    "nodecalc carbon 100 -n tsmc-n5 --grid taiwan",
    "nodecalc carbon 10x10 -n n7 --grid 500 --wafer-kwh 1400",
)


@with_options("die", "wafer_kwh", "grid_g_per_kwh")
def run(
    size: Annotated[
        str | None,
        Argument(metavar="[SIZE]", help="the die, for what a good one carries: 100 or 10x10", show_default=False),
    ] = None,
    node: Nodes = None,
    *,
    given: dict[str, str],
    sources: Sources = False,
    catalog: CatalogFile = None,
    output_format: Format = "table",
    output: Output = None,
    force: Force = False,
) -> None:
    """Say what a wafer or a good die takes in energy and emits.

    By every published reading of the node's class, and of nodes without EUV by their masks.
    """
    from nodecalc.catalogue import open_catalogue
    from nodecalc.errors import InputError
    from nodecalc.question.at import nodes_of
    from nodecalc.render.reports.carbon import carbon_report
    from nodecalc.systems.carbon import carbon

    grid = given.pop("grid_g_per_kwh", None)
    where = place(output_format, output, force, sources=sources)
    catalogue = open_catalogue(catalog)
    nodes = nodes_of(node or ())
    if not nodes:
        raise InputError("no node; name one with -n, such as -n tsmc-n5 ('nodecalc nodes' lists them)")
    where.write(carbon_report([carbon(at, size, grid=grid, catalogue=catalogue, **given) for at in nodes]))
