"""`nodecalc capacity`: wafer starts for units, and units of wafer starts."""

from typing import Annotated, Any, Final

from .asking import Again, ScenarioFile, answered, question_of
from .declared import Option
from .options import (
    CatalogFile,
    Chip,
    Convention,
    Format,
    Size,
    Sources,
    Strict,
    complete_node,
    with_options,
)
from .output import Force, Output, place

NAME: Final = "capacity"
EXAMPLES: Final = (
    "nodecalc capacity 21.32x31.22 -n smic-n+2 --units 1.6M --yield 20%,40% --gross-dies 78,85 --dies-per-unit 1,2",
    "nodecalc capacity --chip ascend-910b --wafers-per-month 13000 --dies-per-unit 2 --package-yield 0.75 "
    "--stacks-per-unit 8 --stack-supply 2M",
)


@with_options("size", "die", "capacity")
def run(
    size: Size = None,
    node: Annotated[
        str | None,
        Option(
            "--node",
            "-n",
            metavar="NODE",
            help="process node; D0 comes from it",
            autocompletion=complete_node,
            rich_help_panel="Die",
        ),
    ] = None,
    chip: Chip = None,
    *,
    given: dict[str, str],
    wafers: Annotated[
        str | None,
        Option(
            "--wafers-per-month",
            metavar="N",
            help="wafer starts a month instead of --units: what do they give",
            rich_help_panel="Capacity",
        ),
    ] = None,
    die_yield: Annotated[
        str | None,
        Option(
            "--yield",
            metavar="F,F",
            help="share of gross dies that are used, in the place of D0 and model",
            rich_help_panel="Capacity",
        ),
    ] = None,
    gross: Annotated[
        str | None,
        Option(
            "--gross-dies",
            metavar="N,N",
            help="dies on one wafer, in the place of a placement",
            rich_help_panel="Capacity",
        ),
    ] = None,
    stacks: Annotated[
        str | None,
        Option(
            "--stacks-per-unit",
            metavar="N",
            help="memory stacks in one unit; with --stack-supply",
            rich_help_panel="Capacity",
        ),
    ] = None,
    supply: Annotated[
        str | None,
        Option(
            "--stack-supply",
            metavar="N",
            help="memory stacks to be had a year, or 200k/month: a limit",
            rich_help_panel="Capacity",
        ),
    ] = None,
    packaged: Annotated[
        str | None,
        Option(
            "--package-capacity",
            metavar="N",
            help="units that can be packaged a month, or 1M/year: a limit",
            rich_help_panel="Capacity",
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
    """Say how many wafers units take, or how many units wafers give.

    Beside published capacities, what limits the units, and a check against revenue. Lists with commas: a row each.
    """
    from nodecalc.render.reports.scenario import scenario_report
    from nodecalc.systems.capacity import DIES, PACKAGE, UNITS

    from .options import several

    where = place(output_format, output, force, sources=sources)
    own: dict[str, Any] = {
        "yield": several("--yield", die_yield),
        "gross_dies": several("--gross-dies", gross),
        "dies_per_unit": several("--dies-per-unit", given.pop(DIES, None)),
        "package_yield": several("--package-yield", given.pop(PACKAGE, None)),
        "wafers_per_month": several("--wafers-per-month", wafers),
        "units": several("--units", given.pop(UNITS, None)),
        "stacks_per_unit": stacks,
        "stack_supply": supply,
        "package_capacity": packaged,
    }
    question = question_of(
        NAME, scenario, again, size=size, node=None if node is None else [node], chip=chip, given=given, own=own,
        strict=strict, catalog=catalog, convention=convention,
    )  # fmt: skip
    where.write(scenario_report(answered(question, again)))
