"""`nodecalc memory`: what a gigabit of DRAM or NAND costs."""

from typing import Annotated, Any, Final

from .asking import Again, ScenarioFile, answered, question_of
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
        str | None,
        Argument(
            metavar="[NODE]",
            help="a DRAM or NAND node, such as cxmt-g4",
            show_default=False,
            autocompletion=complete_node,
        ),
    ] = None,
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
    scenario: ScenarioFile = None,
    again: Again = None,
    output: Output = None,
    force: Force = False,
) -> None:
    """Say what a gigabit of DRAM or NAND costs.

    Area from capacity and density, dies and bits a wafer, USD per Gb and GB, packages and stacks, beside market prices.
    """
    from nodecalc.render.reports.scenario import scenario_report
    from nodecalc.vocabulary import QUANTITIES

    where = place(output_format, output, force, sources=sources)
    beside = [key for key in given if QUANTITIES[key].group == "memory"]
    own: dict[str, Any] = {QUANTITIES[key].option.replace("-", "_"): given.pop(key) for key in beside}
    own |= {"capacity": several("--capacity", own.get("capacity")), "yield": die_yield, "area": area}
    own |= {"base": base, "bond": bond, "bond_yield": held, "test_between": test_between}
    question = question_of(
        NAME, scenario, again, node=None if node is None else [node], given=given, own=own, strict=strict,
        catalog=catalog,
    )  # fmt: skip
    where.write(scenario_report(answered(question, again)))
