"""`nodecalc carbon`: electricity and emissions of a wafer and a good die."""

from typing import Annotated, Final

from .asking import Again, ScenarioFile, answered, question_of
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


@with_options("die", "wafer_kwh", "direct_emissions", "grid_g_per_kwh")
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
    scenario: ScenarioFile = None,
    again: Again = None,
    output: Output = None,
    force: Force = False,
) -> None:
    """Say what a wafer or a good die takes in energy and emits.

    By every published reading of the node's class, and of nodes without EUV by their masks.
    """
    from nodecalc.render.reports.scenario import scenario_report

    where = place(output_format, output, force, sources=sources)
    own = {
        "grid": given.pop("grid_g_per_kwh", None),
        **{key: given.pop(key, None) for key in ("wafer_kwh", "direct_emissions")},
    }
    question = question_of(NAME, scenario, again, size=size, node=node, given=given, own=own, catalog=catalog)
    where.write(scenario_report(answered(question, again)))
