"""`nodecalc die`: what one die costs on one or several nodes."""

from typing import Annotated, Final

from nodecalc.vocabulary import BESIDE_KEYS

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

NAME: Final = "die"
EXAMPLES: Final = (
    "nodecalc die 10x10 -n tsmc-n5,smic-n+3",
    "nodecalc die 100 -n n5 --d0 0.07/cm2 --explain",
    "nodecalc die --chip kirin-9000s",
    "nodecalc die 100 -n n5 --wafer-basis cost --without euv --margin 40%",
    "nodecalc die 200 -n n5:without=euv,n5 --wafer-basis cost",
    "nodecalc die 100 -n n5 --wafer-price 90000CNY --rate CNY=7.2",
    "nodecalc die 100 -n n5,n3e -o out.json",
    "nodecalc die --again out.json",
)


@with_options("size", "die", "stack", "euv", "wafer", "money", *BESIDE_KEYS, "bit_density")
def run(
    size: Size = None,
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
    chip: Chip = None,
    *,
    given: dict[str, str],
    explain: Annotated[
        bool,
        Option("--explain", help="show every formula, the numbers put in, the sources", rich_help_panel="Output"),
    ] = False,
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
    """Say what a die costs on some nodes: dies, yield, cost, range.

    With what every figure rests on, and how sure the answer is.
    """
    from nodecalc.errors import InputError
    from nodecalc.render.reports.scenario import scenario_report

    where = place(output_format, output, force, sources=sources)
    if explain and where.rows_alone:
        raise InputError(
            f"--explain with csv: {where.rows_alone} holds the rows alone; use table, markdown or json, or leave it out"
        )
    question = question_of(
        NAME, scenario, again, size=size, node=node, chip=chip, given=given, strict=strict, catalog=catalog,
        convention=convention,
    )  # fmt: skip
    where.write(scenario_report(answered(question, again), explain))
