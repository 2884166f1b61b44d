"""`nodecalc chips`: real chips, or every figure of some beside what the calculator answers."""

from typing import Annotated, Final

from .declared import Argument, Option
from .options import CatalogFile, Format, Sources, complete_chip, complete_node, listed_all
from .output import Force, Output, place

NAME: Final = "chips"
EXAMPLES: Final = (
    "nodecalc chips huawei",
    "nodecalc chips phone",
    "nodecalc chips kirin-9000s",
    "nodecalc chips snapdragon -f csv",
)


def run(
    chip: Annotated[
        list[str] | None,
        Argument(
            metavar="[CHIP]...",
            help="show every figure; a vendor, a family or a word of a class lists its chips",
            autocompletion=complete_chip,
        ),
    ] = None,
    vendor: Annotated[
        str | None, Option("--vendor", metavar="NAME", help="only this vendor", rich_help_panel="Filters")
    ] = None,
    foundry: Annotated[
        str | None, Option("--foundry", metavar="NAME", help="only this foundry", rich_help_panel="Filters")
    ] = None,
    node: Annotated[
        str | None,
        Option(
            "--node",
            "-n",
            metavar="NODE",
            help="only chips on this node",
            autocompletion=complete_node,
            rich_help_panel="Filters",
        ),
    ] = None,
    kind: Annotated[
        str | None,
        Option(
            "--class",
            metavar="CLASS",
            help="only chips whose class contains this: GPU, phone, AI ...",
            rich_help_panel="Filters",
        ),
    ] = None,
    year: Annotated[
        str | None,
        Option("--year", metavar="YEARS", help="figures of 2020, 2018:2022, 2020: or :2015", rich_help_panel="Filters"),
    ] = None,
    sources: Sources = False,
    catalog: CatalogFile = None,
    output_format: Format = "table",
    output: Output = None,
    force: Force = False,
) -> None:
    """List real chips, or every figure of some.

    Beside what the calculator answers for the same die.
    """
    from nodecalc.catalogue import open_catalogue
    from nodecalc.render.reports.chips import chips_report, named_report

    where = place(output_format, output, force, sources=sources)
    catalogue = open_catalogue(catalog)
    if chip:
        from nodecalc.errors import InputError

        if any(given is not None for given in (vendor, foundry, node, kind, year)):
            raise InputError("filters and chip names together; give names, or the filters")
        report = named_report(listed_all(chip), catalogue)
    else:
        report = chips_report(catalogue, vendor, foundry, node, kind, year)
    where.write(report)
