"""`nodecalc nodes`: the process nodes, or every figure of some."""

from typing import Annotated, Final

from .declared import Argument, Option
from .options import CatalogFile, FormatOrToml, Sources, complete_node, listed_all
from .output import TOML, Force, OutputOrToml, place

NAME: Final = "nodes"
EXAMPLES: Final = (
    "nodecalc nodes --foundry smic",
    "nodecalc nodes smic-n+3",
    "nodecalc nodes --year 2020: --class logic",
    "nodecalc nodes n5 -f toml",
)


def run(
    node: Annotated[
        list[str] | None, Argument(metavar="[NODE]...", help="show every figure", autocompletion=complete_node)
    ] = None,
    foundry: Annotated[
        str | None, Option("--foundry", metavar="NAME", help="only this foundry", rich_help_panel="Filters")
    ] = None,
    node_class: Annotated[
        str | None,
        Option("--class", metavar="CLASS", help="only this class: logic, dram or nand", rich_help_panel="Filters"),
    ] = None,
    year: Annotated[
        str | None,
        Option(
            "--year",
            metavar="YEARS",
            help="volume production in 2020, 2018:2022, 2020: or :2015",
            rich_help_panel="Filters",
        ),
    ] = None,
    sources: Sources = False,
    catalog: CatalogFile = None,
    output_format: FormatOrToml = "table",
    output: OutputOrToml = None,
    force: Force = False,
) -> None:
    """List the process nodes, or every figure of some.

    Each figure with its range, kind, source and year.
    """
    from nodecalc.catalogue import open_catalogue
    from nodecalc.render.reports.nodes import node_report, nodes_report

    where = place(output_format, output, force, template=True, sources=sources)
    catalogue = open_catalogue(catalog)
    if node:
        from nodecalc.errors import InputError

        if any(given is not None for given in (foundry, node_class, year)):
            raise InputError("filters and node names together; give names, or --foundry, --class and --year")
        chosen = [catalogue.node(name) for name in listed_all(node)]
        if where.format == TOML:
            from nodecalc.catalogue.template import nodes_toml

            where.write_text(nodes_toml(chosen, catalogue))
            return
        report = node_report(chosen, catalogue)
    else:
        if where.format == TOML:
            from nodecalc.errors import InputError

            raise InputError("--format toml: of which node? name one, such as nodecalc nodes tsmc-n5 -f toml")
        report = nodes_report(catalogue, foundry, node_class, year)
    where.write(report)
