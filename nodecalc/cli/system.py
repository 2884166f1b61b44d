"""`nodecalc system`: what a packaged system costs, part by part."""

from typing import Annotated, Final

from .asking import Again, ScenarioFile, answered, question_of
from .declared import Argument, Option
from .options import (
    CatalogFile,
    Convention,
    Format,
    Sources,
    Strict,
    complete_system,
)
from .output import Force, Output, place

NAME: Final = "system"
EXAMPLES: Final = (
    "nodecalc system h100",
    "nodecalc system ascend-910c --set assembly.package_yield=0.9",
    "nodecalc system b200 --volume 1M --margin 75%",
    "nodecalc system h200 --price 30000 --levy 25%",
    "nodecalc system kunlun-p800 --set die.compute.size=600 --set die.compute.node=smic-n+2 "
    "--set memory.hbm.usd_per_gbyte=15",
)


def run(
    name: Annotated[
        str | None,
        Argument(
            metavar="[NAME]",
            help="a built-in system, or the path of a TOML file; without one they are listed",
            show_default=False,
            autocompletion=complete_system,
        ),
    ] = None,
    values: Annotated[
        list[str] | None,
        Option(
            "--set",
            metavar="PART.KEY=VALUE",
            help="a value of a part, such as die.gpu.count=2; repeat",
            rich_help_panel="System",
        ),
    ] = None,
    volume: Annotated[
        str | None,
        Option(
            "--volume",
            metavar="N",
            help="units made in all: masks and design spread over them",
            rich_help_panel="System",
        ),
    ] = None,
    margin: Annotated[
        str | None,
        Option(
            "--margin",
            metavar="F",
            help="share of the price that is not cost: the price follows",
            rich_help_panel="System",
        ),
    ] = None,
    price: Annotated[
        str | None,
        Option(
            "--price",
            metavar="USD",
            help="selling price: the margin follows",
            rich_help_panel="System",
        ),
    ] = None,
    levy: Annotated[
        str | None,
        Option(
            "--levy",
            metavar="F",
            help="share of the price that goes to others, with --price",
            rich_help_panel="System",
        ),
    ] = None,
    convention: Convention = None,
    strict: Strict = False,
    sources: Sources = False,
    catalog: CatalogFile = None,
    output_format: Format = "table",
    scenario: ScenarioFile = None,
    again: Again = None,
    output: Output = None,
    force: Force = False,
) -> None:
    """Say what a packaged system costs, part by part.

    Dies, memory, interposer, substrate, assembly, test, losses, with yields, shares and bands, beside published totals.
    """
    from nodecalc.catalogue.systems import system_names
    from nodecalc.errors import InputError
    from nodecalc.render.reports.scenario import scenario_report
    from nodecalc.render.reports.system import systems_report

    where = place(output_format, output, force, sources=sources)
    if name is None and scenario is None and again is None:
        if strict or any(word is not None for word in (values, volume, margin, price, levy, convention, catalog)):
            raise InputError("options of a system without one; name it, such as nodecalc system h100")
        where.write(systems_report(system_names()))
        return
    own = {"system": name, "set": values, "volume": volume, "margin": margin, "price": price, "levy": levy}
    own |= {"convention": convention}
    question = question_of(NAME, scenario, again, given={}, own=own, strict=strict, catalog=catalog)
    where.write(scenario_report(answered(question, again)))
