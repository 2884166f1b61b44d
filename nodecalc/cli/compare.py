"""`nodecalc compare`: what makes a die on another node dearer or cheaper, step by step."""

from typing import Annotated, Final

from nodecalc.vocabulary import BESIDE_KEYS

from .asking import Again, ScenarioFile, answered, question_of
from .declared import Argument, Option
from .options import (
    CatalogFile,
    Chip,
    Format,
    Sources,
    Strict,
    complete_node,
    with_options,
)
from .output import Force, Output, place

NAME: Final = "compare"
EXAMPLES: Final = (
    "nodecalc compare 600 -n tsmc-n7 -n smic-n+2",
    "nodecalc compare 100 -n n5:year=2021 -n n5",
    "nodecalc compare 300 -n n7 -n n5,n3e --port --sram-share 30% --analog-share 20%",
    "nodecalc compare --chip h100 -n smic-n+3",
)


@with_options("size", "die", "stack", "euv", "wafer", "money", *BESIDE_KEYS, "bit_density", "port")
def run(
    size: Annotated[
        str | None, Argument(metavar="[SIZE]", help="the die: 100 (mm2), 10x12 (mm)", show_default=False)
    ] = None,
    node: Annotated[
        list[str] | None,
        Option(
            "--node",
            "-n",
            metavar="NODE",
            help="process node; the first is the base, each other is set against it",
            autocompletion=complete_node,
            rich_help_panel="Die",
        ),
    ] = None,
    chip: Chip = None,
    *,
    given: dict[str, str],
    port: Annotated[
        bool,
        Option(
            "--port",
            help="the same design: logic by density, SRAM by bit cell, the rest as it is",
            rich_help_panel="Compare",
        ),
    ] = False,
    of: Annotated[
        str | None,
        Option(
            "--of",
            metavar="KEY",
            help="good_die_cost_usd [default], usd_per_billion_transistors or sellable_die_cost_usd",
            rich_help_panel="Compare",
        ),
    ] = None,
    order: Annotated[
        str | None,
        Option(
            "--order", metavar="STEP,STEP", help="steps that come first, such as yield,price", rich_help_panel="Compare"
        ),
    ] = None,
    strict: Strict = False,
    sources: Sources = False,
    catalog: CatalogFile = None,
    output_format: Format = "table",
    scenario: ScenarioFile = None,
    again: Again = None,
    output: Output = None,
    force: Force = False,
) -> None:
    """Say what makes a die dearer on one node than on another.

    The first node is the base. A bridge of steps that add up: year, patterning, price, dies, yield; and what another
    order would say.
    """
    from nodecalc.render.reports.scenario import scenario_report
    from nodecalc.vocabulary import PORT_KEYS

    where = place(output_format, output, force, sources=sources)
    own = {"port": port, "of": of, "order": order, **{key: given.pop(key, None) for key in PORT_KEYS}}
    question = question_of(
        NAME, scenario, again, size=size, node=node, chip=chip, given=given, own=own, strict=strict, catalog=catalog
    )
    where.write(scenario_report(answered(question, again)))
