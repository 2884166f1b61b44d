"""`nodecalc split`: into how many chiplets a unit is best divided."""

from typing import Annotated, Final

from .declared import Argument, Option
from .of_system import check_plot, draw, save
from .options import (
    CatalogFile,
    Convention,
    Format,
    NoChart,
    Nodes,
    Sources,
    conventional,
    several,
    with_options,
)
from .output import Force, Output, place

NAME: Final = "split"
EXAMPLES: Final = (
    "nodecalc split 800 -n smic-n+2,smic-14 --package-yield 0.75:0.99:9",
    "nodecalc split 777 -n gf-14lpp --chiplets 1,4 --overhead 9.65% --ratio 0.59",
)


@with_options("die")
def run(
    area: Annotated[str, Argument(metavar="MM2", help="area of the unit as one die: 800, 800mm2, 8cm2")],
    node: Nodes = None,
    *,
    given: dict[str, str],
    chiplets: Annotated[
        str | None,
        Option(
            "--chiplets",
            metavar="N,N",
            help="numbers of chiplets [default: 1,2,3,4,5,6,8,10,12,16,20]",
            rich_help_panel="Split",
        ),
    ] = None,
    overhead: Annotated[
        str,
        Option(
            "--overhead",
            metavar="F",
            help="area that several dies take more, for interfaces",
            rich_help_panel="Split",
        ),
    ] = "0.1",
    shares: Annotated[
        str,
        Option(
            "--package-yield",
            metavar="F,F",
            help="share of good packages of several dies; also 0.75:0.99:9",
            rich_help_panel="Split",
        ),
    ] = "0.9",
    single: Annotated[
        str,
        Option(
            "--single-yield",
            metavar="F",
            help="share of good packages of one die",
            rich_help_panel="Split",
        ),
    ] = "1",
    held: Annotated[
        str | None,
        Option(
            "--bond-yield",
            metavar="F",
            help="share of bonds that hold, of one die [default: 0.99]",
            rich_help_panel="Split",
        ),
    ] = None,
    carrier: Annotated[
        str,
        Option(
            "--carrier",
            metavar="USD",
            help="interposer and assembly of several dies",
            rich_help_panel="Split",
        ),
    ] = "0",
    ratio: Annotated[
        str | None,
        Option(
            "--ratio",
            metavar="F",
            help="also find the D0 at which the most chiplets cost F x one die",
            rich_help_panel="Split",
        ),
    ] = None,
    plot: Annotated[
        str | None,
        Option(
            "--plot", metavar="FILE", help="draw FILE.svg or FILE.png; needs nodecalc[plot]", rich_help_panel="Output"
        ),
    ] = None,
    no_chart: NoChart = False,
    convention: Convention = None,
    sources: Sources = False,
    catalog: CatalogFile = None,
    output_format: Format = "table",
    output: Output = None,
    force: Force = False,
) -> None:
    """Find into how many chiplets a unit is best divided.

    Silicon, bonds and packages over the number of dies: the whole curve, for several nodes and package yields.
    """
    from nodecalc.catalogue import open_catalogue
    from nodecalc.errors import InputError
    from nodecalc.question.at import nodes_of
    from nodecalc.render.reports.split import split_report
    from nodecalc.systems.split import d0_of_ratio, split, usual_bond_yield
    from nodecalc.systems.split_picture import split_picture

    where = place(output_format, output, force and (output is not None or plot is None), sources=sources)
    check_plot(plot, force)
    nodes = nodes_of(node or ())
    if not nodes:
        raise InputError("no node; name one with -n, such as -n smic-n+2 ('nodecalc nodes' lists them)")
    catalogue = open_catalogue(catalog)
    given, conventions = conventional(given, convention)
    counts = {} if chiplets is None else {"chiplets": chiplets}
    rows = [
        row
        for at in nodes
        for row in split(
            area,
            node=at,
            overhead=overhead,
            package_yields=_yields(shares),
            single_yield=single,
            bond_yield=held,
            carrier_usd=carrier,
            catalogue=catalogue,
            **counts,
            **given,
        )
    ]
    most = max(row.chiplets for row in rows)
    notes = [*conventions]
    if held is None:
        figure = usual_bond_yield(catalogue)
        notes.append(
            f"bonds hold with {figure.number:g} a die, {figure.kind} ({figure.source}); --bond-yield sets another"
        )
    if carrier == "0":
        notes.append("interposer and assembly are not counted; --carrier gives their USD a package of several dies")
    notes.append(f"several dies take {overhead} more area in all; --overhead sets another")
    if ratio is not None:
        for at in nodes:
            d0 = d0_of_ratio(ratio, area, node=at, chiplets=most, overhead=overhead, catalogue=catalogue, **given)
            said = "at no D0" if d0 is None else f"at D0 {d0:.4g} /cm2"
            notes.insert(0, f"{at}: the silicon of {most} dies costs {ratio} x that of one die {said}, packages apart")
    picture = split_picture(rows)
    draw([] if picture is None else [picture], where, no_chart)
    if plot is not None:
        from nodecalc.charts.plot import save_plot

        if picture is None:
            raise InputError("--plot of one number of chiplets: no curve; give several with --chiplets")
        drawn = picture
        save(lambda path: save_plot(drawn, path), plot)
    where.write(split_report(rows, catalogue, notes))


def _yields(text: str) -> "list[str] | str":
    return text if ":" in text else several("--package-yield", text) or []
