"""`nodecalc memory`: what a gigabit of DRAM or NAND costs."""

from typing import Annotated, Any, Final

from .declared import Argument, Option
from .options import CatalogFile, Format, Sources, Strict, complete_node, several, with_options
from .output import Force, Output, place

NAME: Final = "memory"
EXAMPLES: Final = (
    "nodecalc memory cxmt-g4 --capacity 16Gb,24Gb --wafer-price 5000 --d0 0.2",
    "nodecalc memory ymtc-270l --capacity 1Tb --wafer-price 3000 --second-wafer 1500 --yield 80%",
    "nodecalc memory cxmt-g4 --capacity 12Gb --wafer-price 5000 --d0 0.2 --dies-per-package 8 --bond-yield 99%",
)


@with_options("die", "memory")
def run(
    node: Annotated[
        str, Argument(metavar="NODE", help="a DRAM or NAND node, such as cxmt-g4", autocompletion=complete_node)
    ],
    *,
    given: dict[str, str],
    area: Annotated[
        str | None,
        Option(
            "--area",
            metavar="MM2",
            help="area of the die, mm2, in the place of capacity over density",
            rich_help_panel="Memory",
        ),
    ] = None,
    die_yield: Annotated[
        str | None,
        Option(
            "--yield",
            metavar="F",
            help="share of dies that are good, in the place of D0 and model",
            rich_help_panel="Memory",
        ),
    ] = None,
    base: Annotated[
        str | None,
        Option(
            "--base",
            metavar="USD",
            help="base die of a stack; with --dies-per-package",
            rich_help_panel="Memory",
        ),
    ] = None,
    bond: Annotated[
        str | None,
        Option(
            "--bond",
            metavar="USD",
            help="one bond; with --dies-per-package",
            rich_help_panel="Memory",
        ),
    ] = None,
    held: Annotated[
        str | None,
        Option(
            "--bond-yield",
            metavar="F",
            help="share of bonds that hold; with --dies-per-package",
            rich_help_panel="Memory",
        ),
    ] = None,
    test_between: Annotated[
        bool,
        Option(
            "--test-between",
            help="each bond is tested: no more dies go on a bad stack",
            rich_help_panel="Memory",
        ),
    ] = False,
    strict: Strict = False,
    sources: Sources = False,
    catalog: CatalogFile = None,
    output_format: Format = "table",
    output: Output = None,
    force: Force = False,
) -> None:
    """Say what a gigabit of DRAM or NAND costs.

    Area from capacity and density, dies and bits a wafer, USD per Gb and GB, packages and stacks, beside market prices.
    """
    from nodecalc.catalogue import open_catalogue
    from nodecalc.errors import InputError
    from nodecalc.question.bits import CAPACITY
    from nodecalc.render.reports.memory import memory_report
    from nodecalc.systems.memory import AREA, memory

    where = place(output_format, output, force, sources=sources)
    capacities = several("--capacity", given.pop(CAPACITY, None))
    if not capacities:
        raise InputError("no capacity; give --capacity 16Gb, or several with commas")
    if area is not None:
        given[AREA] = area
    stack: dict[str, Any] = {"base_usd": base, "bond_usd": bond, "bond_yield": held}
    asked: dict[str, Any] = {key: value for key, value in stack.items() if value is not None}
    catalogue = open_catalogue(catalog)
    answers = [
        memory(
            node,
            capacity,
            die_yield=die_yield,
            test_between=test_between,
            strict=strict,
            catalogue=catalogue,
            **asked,
            **given,
        )
        for capacity in capacities
    ]
    where.write(memory_report(answers))
