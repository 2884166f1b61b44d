"""`nodecalc wafer`: what a wafer costs by its layers, and what doing without EUV costs."""

from typing import Annotated, Any, Final

from nodecalc.catalogue.builtin_wafers import tool_ids
from nodecalc.vocabulary import QUANTITIES

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
    euv_by: Annotated[str, quantity_option(QUANTITIES["euv_by"])] = "masks",
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
    output: OutputOrToml = None,
    force: Force = False,
) -> None:
    """Price a wafer by its layers: exposures, masks, penalties.

    And what multi-patterning and doing without tools cost, each against its counterfactual.
    """
    import sys

    from nodecalc.catalogue import open_catalogue
    from nodecalc.charts.bars import has_blocks
    from nodecalc.drivers.wafer_cost import wafer_cost
    from nodecalc.errors import InputError
    from nodecalc.question.at import apart, note_of_own, read_node
    from nodecalc.question.caution import Caution
    from nodecalc.render.reports.wafer import wafer_report
    from nodecalc.wafers.stacks import idle_bans

    where = place(output_format, output, force, template=True, sources=sources)
    for wanted, option in ((explain, "--explain"), (power_curve, "--power-curve")):
        if wanted and where.rows_alone:
            raise InputError(
                f"{option} with csv: {where.rows_alone} holds the rows alone; use table, markdown or json, or leave "
                "it out"
            )
    catalogue = open_catalogue(catalog)
    inputs: dict[str, Any] = dict(given)
    if area is not None:
        inputs["die_area_mm2"] = area
    beside_it = [] if compare is None else [compare]
    asked_of = [dict(inputs) for _ in (node, *beside_it)]
    if "rate" in inputs:
        from nodecalc.question.rates import shared_rate

        asked_of = shared_rate(asked_of, [name and read_node(name) for name in (node, *beside_it)])
    answer = wafer_cost(
        node,
        without=() if without is None else without,
        tools=tools,
        like=like,
        stack=stack,
        euv_by=euv_by,
        year=year,
        product_wafers=product_wafers,
        catalogue=catalogue,
        **asked_of[0],
    )
    if where.format == TOML:
        asked_too = {"--compare": compare, "--power-curve": power_curve, "--explain": explain, "--layers": layers}
        asked_too |= {"--area": area, "--year": year}
        priced = ("gross_margin", "vintage_factor", "fab_factor")
        asked_too |= {f"--{QUANTITIES[key].option}": key in given for key in priced}
        unused = [option for option, value in asked_too.items() if value]
        if unused:
            raise InputError(f"{unused[0]} with TOML: it is the layer stack alone; leave it out")
        from nodecalc.catalogue.template import stack_toml

        where.write_text(stack_toml(answer.stack_layers))
        return
    other = None
    if compare is not None:
        inputs = asked_of[1]
        inputs.pop("fab_factor", None)  # of one fab; all else is equal, as the note says
        from nodecalc.drivers.wafer_compare import compare as beside

        other = beside(
            answer, wafer_cost(compare, year=year, product_wafers=product_wafers, catalogue=catalogue, **inputs)
        )
    asked = ((answer.node, node), *([(other.wafer.node, compare)] if other else []))
    notes = [note_of_own(id_ or "", own, given) for id_, word in asked if (own := apart(word)[1])]
    names = {"without": without, "tools": tools, "like": like, "stack": stack, "euv_by": euv_by, **apart(node)[1]}
    notes += idle_bans(catalogue, answer.node, names)
    wafers = [answer, *([other.wafer] if other else [])]
    printed = "fields_per_wafer" not in given and any("fields_per_wafer" in w.inputs for w in wafers)
    if area is not None and not printed and not any(p.name.startswith("good die") for w in wafers for p in w.penalties):
        notes.append(Caution("--area changes nothing here: no penalty of this wafer is per good die"))
    if answer.gives_euv and not power_curve and not any(w.sees_euv for w in wafers):
        notes.append(Caution("--euv-power and --dose change nothing here: nothing that is priced uses EUV"))
    if power_curve:
        from nodecalc.drivers.power_curve import curve_of
    where.write(
        wafer_report(
            answer,
            other,
            curve_of(answer) if power_curve else None,
            explain,
            layers or explain or where.format == "markdown",
            # A chart belongs into the table for people; a document gets the numbers alone.
            has_blocks(sys.stdout) if where.format == "table" else None,
            notes,
        )
    )
