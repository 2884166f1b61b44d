"""`nodecalc wafer`: what a wafer costs by its layers, and what doing without EUV costs."""

from typing import Annotated, Any, Final

from nodecalc.catalogue.builtin_wafers import tool_ids
from nodecalc.vocabulary import QUANTITIES

from .asking import Again, ScenarioFile, answered, question_of, the_one
from .declared import Argument, Option
from .options import CatalogFile, FormatOrToml, Sources, complete_node, quantity_option, with_options
from .output import TOML, Force, OutputOrToml, place

NAME: Final = "wafer"
EXAMPLES: Final = (
    "nodecalc wafer tsmc-n5",
    "nodecalc wafer tsmc-n5 --without euv --area 666",
    "nodecalc wafer smic-n+3 --compare tsmc-n5 --explain",
    "nodecalc wafer tsmc-n16 --year 2020",
    "nodecalc wafer tsmc-n5 --power-curve --dose 40",
    "nodecalc wafer tsmc-n5 -f toml",
)


def complete_tool(ctx: Any, incomplete: str) -> list[str]:
    """Return the exposure tools that a list ending in `incomplete` can go on with, for shell completion."""
    from nodecalc.catalogue import open_catalogue
    from nodecalc.errors import NodecalcError

    try:
        known = open_catalogue(ctx.params.get("catalog"))
    except NodecalcError:  # of a file that cannot be read there is nothing to say while a word is typed
        known = open_catalogue(None)
    before, comma, last = incomplete.lower().rpartition(",")
    return [f"{before}{comma}{tool}" for tool in known.tools if tool.startswith(last)]


Tools = Annotated[
    str | None,
    Option(
        "--tools",
        metavar="TOOL,TOOL",
        help=lambda: (
            f"only these exposure tools: {', '.join(tool_ids())}, those of --catalog, or duv, every one but EUV"
        ),
        autocompletion=complete_tool,
        rich_help_panel="Layers",
    ),
]


@with_options("euv", "wafer", "money")
def run(
    node: Annotated[
        str | None,
        Argument(metavar="[NODE]", help="process node; may be left out with --stack", autocompletion=complete_node),
    ] = None,
    without: Annotated[
        str | None,
        Option(
            "--without",
            metavar="TOOL,TOOL",
            help="the same wafer without these tools; euv is every EUV tool, duv every other",
            autocompletion=complete_tool,
            rich_help_panel="Layers",
        ),
    ] = None,
    tools: Tools = None,
    *,
    given: dict[str, str],
    stack: Annotated[
        str | None,
        Option("--stack", metavar="FILE", help="TOML file with a layer stack of your own", rich_help_panel="Layers"),
    ] = None,
    like: Annotated[
        str | None,
        Option(
            "--like",
            metavar="NODE",
            help="borrow this node's layer stack",
            autocompletion=complete_node,
            rich_help_panel="Layers",
        ),
    ] = None,
    euv_by: Annotated[str | None, quantity_option(QUANTITIES["euv_by"])] = None,
    year: Annotated[str | None, quantity_option(QUANTITIES["year"])] = None,
    product_wafers: Annotated[str | None, quantity_option(QUANTITIES["product_wafers"])] = None,
    compare: Annotated[
        str | None,
        Option(
            "--compare",
            metavar="NODE",
            help="set another node's wafer beside it",
            autocompletion=complete_node,
            rich_help_panel="Wafer",
        ),
    ] = None,
    area: Annotated[
        str | None,
        Option(
            "--area",
            metavar="MM2",
            help="die it is made for, with its exposures: 100, 1cm2 or 10x12mm [default: none, 96 full fields]",
            rich_help_panel="Wafer",
        ),
    ] = None,
    power_curve: Annotated[
        bool,
        Option("--power-curve", help="show what one EUV layer costs against source power", rich_help_panel="Output"),
    ] = False,
    layers: Annotated[
        bool, Option("--layers", help="show each layer: scheme, exposures, masks, USD", rich_help_panel="Output")
    ] = False,
    explain: Annotated[
        bool,
        Option(
            "--explain", help="show every formula, every figure, and where the model misses", rich_help_panel="Output"
        ),
    ] = False,
    sources: Sources = False,
    catalog: CatalogFile = None,
    output_format: FormatOrToml = "table",
    scenario: ScenarioFile = None,
    again: Again = None,
    output: OutputOrToml = None,
    force: Force = False,
) -> None:
    """Price a wafer by its layers: exposures, masks, penalties.

    And what multi-patterning and doing without tools cost, each against its counterfactual.
    """
    import sys

    from nodecalc.charts.bars import has_blocks
    from nodecalc.errors import InputError
    from nodecalc.render.reports.scenario import scenario_report
    from nodecalc.render.reports.wafer import wafer_report
    from nodecalc.scenarios.wafers import unused_euv

    where = place(output_format, output, force, template=True, sources=sources)
    for wanted, option in ((explain, "--explain"), (power_curve, "--power-curve")):
        if wanted and where.rows_alone:
            raise InputError(
                f"{option} with csv: {where.rows_alone} holds the rows alone; use table, markdown or json, or leave "
                "it out"
            )
    named = {"without": without, "tools": tools, "stack": stack, "like": like, "euv_by": euv_by}
    named |= {"year": year, "product_wafers": product_wafers}
    inputs = given | {key: value for key, value in named.items() if value is not None}
    if where.format == TOML:
        asked_too = {"--compare": compare, "--power-curve": power_curve, "--explain": explain, "--layers": layers}
        asked_too |= {"--area": area, "--year": year}
        priced = ("gross_margin", "vintage_factor", "fab_factor")
        asked_too |= {f"--{QUANTITIES[key].option}": key in given for key in priced}
        unused = [option for option, value in asked_too.items() if value]
        if unused:
            raise InputError(f"{unused[0]} with TOML: it is the layer stack alone; leave it out")
    own = {"compare": compare, "area": area}
    nodes = None if node is None else [node]
    answers = answered(question_of(NAME, scenario, again, node=nodes, given=inputs, own=own, catalog=catalog), again)
    if where.format == TOML:
        from nodecalc.catalogue.template import stack_toml

        where.write_text(stack_toml(the_one(answers, "-f toml").wafer.stack_layers))
        return
    if len(answers) > 1:
        for wanted, option in ((explain, "--explain"), (power_curve, "--power-curve"), (layers, "--layers")):
            if wanted:
                the_one(answers, option)
        where.write(scenario_report(answers))
        return
    found = answers[0]
    if power_curve:
        from nodecalc.drivers.power_curve import curve_of
    report = wafer_report(
        found.wafer,
        found.other,
        curve_of(found.wafer) if power_curve else None,
        explain,
        layers or explain or where.format == "markdown",
        # A chart belongs into the table for people; a document gets the numbers alone.
        has_blocks(sys.stdout) if where.format == "table" else None,
        [*found.notes, *([] if power_curve else unused_euv(found))],
    )
    where.write(report._replace(saved=lambda: answers.saved))
