"""`nodecalc die`: what one die costs on one or several nodes."""

from typing import Annotated, Final

import typer

from .options import CatalogFile, Format, complete_chip, complete_node, quantity_option

NAME: Final = "die"
EPILOG: Final = (
    "Examples: nodecalc die 10x10 -n tsmc-n5 -n smic-n+3; nodecalc die 100 -n n5 --d0 0.07/cm2 --explain; "
    "nodecalc die --chip kirin-9000s"
)


def complete_model(incomplete: str) -> list[str]:
    """Return the yield models that start with `incomplete`, for shell completion."""
    from nodecalc_kernels import YIELD_MODELS

    return [key for key in YIELD_MODELS if key.startswith(incomplete.lower())]


def complete_placement(incomplete: str) -> list[str]:
    """Return the placements that start with `incomplete`, for shell completion."""
    from nodecalc_kernels import PLACEMENTS

    return [key for key in PLACEMENTS if key.startswith(incomplete.lower())]


def run(
    size: Annotated[
        str | None,
        typer.Argument(
            metavar="[SIZE]", help="the die: 100, 100mm2 or 1cm2 (area), 10x12 or 10x12mm (sides)", show_default=False
        ),
    ] = None,
    node: Annotated[
        list[str] | None,
        typer.Option(
            "--node", "-n", metavar="NODE", help="process node; give several to compare", autocompletion=complete_node
        ),
    ] = None,
    chip: Annotated[
        str | None,
        typer.Option("--chip", metavar="CHIP", help="a real chip instead of SIZE", autocompletion=complete_chip),
    ] = None,
    transistors: Annotated[str | None, quantity_option("transistors", metavar="N")] = None,
    utilisation: Annotated[str | None, quantity_option("density_utilisation", metavar="F")] = None,
    aspect: Annotated[str | None, quantity_option("aspect_ratio", metavar="R")] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            metavar="ID",
            help="yield model; 'nodecalc models' lists them [default: murphy]",
            autocompletion=complete_model,
        ),
    ] = None,
    d0: Annotated[str | None, quantity_option("d0_per_cm2")] = None,
    alpha: Annotated[str | None, quantity_option("alpha")] = None,
    layers: Annotated[str | None, quantity_option("critical_layers", metavar="N")] = None,
    critical_area: Annotated[str | None, quantity_option("critical_area_fraction", metavar="F")] = None,
    systematic_yield: Annotated[str | None, quantity_option("systematic_yield", metavar="F")] = None,
    line_yield: Annotated[str | None, quantity_option("line_yield", metavar="F")] = None,
    wafer_price: Annotated[str | None, quantity_option("wafer_price_usd")] = None,
    wafer_basis: Annotated[str | None, quantity_option("wafer_basis", metavar="BASIS")] = None,
    wafer: Annotated[str | None, quantity_option("wafer_diameter_mm", metavar="MM")] = None,
    edge: Annotated[str | None, quantity_option("edge_exclusion_mm", metavar="MM")] = None,
    scribe: Annotated[str | None, quantity_option("scribe_mm", metavar="MM")] = None,
    placement: Annotated[
        str | None,
        typer.Option(
            "--placement",
            metavar="ID",
            help="how dies are counted; 'nodecalc models' lists the ways [default: best]",
            autocompletion=complete_placement,
        ),
    ] = None,
    edge_rule: Annotated[str | None, quantity_option("edge_rule", metavar="RULE")] = None,
    density: Annotated[str | None, quantity_option("logic_density_mtr_per_mm2")] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="show every formula, the numbers put in, the sources")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="refuse estimated and assumed figures")] = False,
    catalog: CatalogFile = None,
    output_format: Format = "table",
) -> None:
    """Say what one die costs on one or several nodes: dies per wafer, yield, cost, band, sources."""
    from ..answer import estimate
    from ..errors import InputError
    from ..lookup import builtin
    from ..render.die import die_report
    from ..render.output import WRITERS, write, writer

    if explain and writer(output_format) is WRITERS["csv"]:
        raise InputError("--explain with csv: CSV holds the rows alone; use table, markdown or json, or leave it out")
    writer(output_format)
    catalogue = builtin()
    if catalog is not None:
        from ..catalogue import load_catalogue

        catalogue = load_catalogue(catalog)
    given = {
        "transistors": transistors,
        "density_utilisation": utilisation,
        "aspect_ratio": aspect,
        "yield_model": model,
        "d0_per_cm2": d0,
        "alpha": alpha,
        "critical_layers": layers,
        "critical_area_fraction": critical_area,
        "systematic_yield": systematic_yield,
        "line_yield": line_yield,
        "wafer_price_usd": wafer_price,
        "wafer_basis": wafer_basis,
        "wafer_diameter_mm": wafer,
        "edge_exclusion_mm": edge,
        "scribe_mm": scribe,
        "placement": placement,
        "edge_rule": edge_rule,
        "logic_density_mtr_per_mm2": density,
    }
    given_only = {key: value for key, value in given.items() if value is not None}
    names: list[str | None] = list(node) if node else [None]
    estimates = [
        estimate(size, node=name, chip=chip, strict=strict, catalogue=catalogue, **given_only) for name in names
    ]
    write(die_report(estimates, catalogue, explain), output_format)
