"""`nodecalc fit`: defect density from counted dies, or from one reported yield."""

from typing import Annotated, Final

from nodecalc.progress import tell

from .declared import Argument, Option
from .options import Format, complete_model, listed
from .output import Force, Output, place

NAME: Final = "fit"
EXAMPLES: Final = (
    "nodecalc fit lots.csv --model negative-binomial --free d0,alpha",
    "nodecalc fit map.csv --area 665.6 --pass 1",
    "nodecalc fit --yield 40% --area 665.6 --harvest 20/25 --core-fraction 0.6",
)


def run(
    file: Annotated[
        str | None,
        Argument(
            metavar="[FILE]",
            help="CSV: area_mm2,dies,good[,wafer], or a wafer map: x,y,bin[,lot,wafer]",
            show_default=False,
        ),
    ] = None,
    reported: Annotated[
        str | None,
        Option(
            "--yield",
            metavar="F",
            help="one reported yield instead of FILE: D0 under every model",
            rich_help_panel="Counts",
        ),
    ] = None,
    area: Annotated[
        str | None,
        Option("--area", metavar="MM2", help="area of the die, mm2, where FILE does not say", rich_help_panel="Counts"),
    ] = None,
    model: Annotated[
        str | None,
        Option(
            "--model",
            metavar="ID",
            help="defect yield model [default: murphy]",
            autocompletion=complete_model,
            rich_help_panel="Defects",
        ),
    ] = None,
    free: Annotated[
        str | None,
        Option(
            "--free",
            metavar="KEY,KEY",
            help="what is fitted: d0, alpha, systematic_yield [default: d0]",
            rich_help_panel="Defects",
        ),
    ] = None,
    interval: Annotated[
        str | None,
        Option("--interval", metavar="F", help="confidence of the intervals [default: 0.9]", rich_help_panel="Defects"),
    ] = None,
    alpha: Annotated[
        str | None,
        Option(
            "--alpha",
            metavar="X",
            help="clustering, where it is not fitted; negative-binomial only",
            rich_help_panel="Defects",
        ),
    ] = None,
    layers: Annotated[
        str | None,
        Option("--layers", metavar="N", help="critical layers, bose-einstein only", rich_help_panel="Defects"),
    ] = None,
    systematic: Annotated[
        str | None,
        Option(
            "--systematic-yield", metavar="F", help="gross losses, where they are not fitted", rich_help_panel="Defects"
        ),
    ] = None,
    passed: Annotated[
        str | None,
        Option(
            "--pass", metavar="BIN,BIN", help="bins of a wafer map that are good [default: 1]", rich_help_panel="Counts"
        ),
    ] = None,
    windows: Annotated[
        str | None,
        Option(
            "--windows",
            metavar="N",
            help="of a wafer map: up to N neighbouring dies as larger ones; 4: 2 x 2",
            rich_help_panel="Counts",
        ),
    ] = None,
    harvest: Annotated[
        str | None,
        Option(
            "--harvest",
            metavar="NEED/TOTAL",
            help="with --yield: units of the dies that count",
            rich_help_panel="Salvage",
        ),
    ] = None,
    core_fraction: Annotated[
        str | None,
        Option(
            "--core-fraction",
            metavar="F",
            help="with --harvest: share of the die they cover",
            rich_help_panel="Salvage",
        ),
    ] = None,
    plot: Annotated[
        str | None,
        Option(
            "--plot",
            metavar="FILE",
            help="draw yield by die area into FILE.svg or FILE.png",
            rich_help_panel="Output",
        ),
    ] = None,
    output_format: Format = "table",
    output: Output = None,
    force: Force = False,
) -> None:
    """Find the D0 behind counted dies or one reported yield.

    Of counted dies with an interval; of one yield under every model.
    """
    from nodecalc.drivers.fit import fit, implied_band
    from nodecalc.errors import InputError
    from nodecalc.question.salvage import spelled
    from nodecalc.question.units import number
    from nodecalc.render.reports.fit import fit_report, implied_report

    where = place(output_format, output, force and (output is not None or plot is None))
    if plot is not None:
        from nodecalc.charts.plot import check_plot
        from nodecalc.files.atomic import check_free

        check_plot(plot)
        check_free(plot, force)
    if (file is None) == (reported is None):
        raise InputError("give FILE, a CSV of counted dies, or --yield with --area: one of them")
    if reported is not None:
        if area is None:
            raise InputError(
                f"--yield {reported} without --area: a yield is of a die's area; give it, such as --area 665.6"
            )
        beside = {
            "--plot": plot,
            "--model": model,
            "--free": free,
            "--interval": interval,
            "--alpha": alpha,
            "--layers": layers,
        }
        unused = next((key for key, value in {**beside, "--pass": passed}.items() if value is not None), None)
        if unused is not None:
            raise InputError(f"{unused} with --yield: one yield is turned into D0 under every model; leave it out")
        if (harvest is None) != (core_fraction is None):
            given, other = (
                ("--harvest", "--core-fraction 0.6")
                if core_fraction is None
                else ("--core-fraction", "--harvest 20/25")
            )
            raise InputError(f"{given} without the other: which units, and on how much of the die; add {other}")
        units = spelled({} if harvest is None else {"harvest": harvest})
        whole = {key: int(value) for key, value in zip(("need", "total"), units.values(), strict=False)}
        fraction = None if core_fraction is None else number(core_fraction, "core_fraction")
        share = number(systematic or "1", "systematic_yield")
        rows = implied_band(reported, area, **whole, core_fraction=fraction, systematic_yield=share)
        sold = "" if harvest is None else f", sold with {harvest} units good on {fraction:g} of it"
        size = number(area, "die_area_mm2")
        where.write(implied_report(rows, f"yield {reported} of a die of {size:.6g} mm2{sold}"))
        return
    for option, value in (("--harvest", harvest), ("--core-fraction", core_fraction)):
        if value is not None:
            raise InputError(f"{option} {value} with FILE: counts are of dies that are good as a whole; leave it out")
    found = fit(
        str(file),
        "murphy" if model is None else model,
        free=("d0",) if free is None else listed(free) or (),
        interval=0.9 if interval is None else interval,
        alpha=None if alpha is None else number(alpha, "alpha"),
        critical_layers=None if layers is None else number(layers, "critical_layers"),
        systematic_yield=1.0 if systematic is None else number(systematic, "systematic_yield"),
        area_mm2=area,
        pass_bins=listed(passed),
        windows=1 if windows is None else int(windows) if windows.strip().isdigit() else windows,  # type: ignore[arg-type]
    )
    if plot is not None:
        found.plot(plot)
        tell(f"drawn: {plot}")
    where.write(fit_report(found))
