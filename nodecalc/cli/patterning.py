"""`nodecalc patterning`: every way to pattern a pitch, with cost, and which is the cheapest that reaches it."""

from typing import Annotated, Final

from .declared import Argument, Option
from .options import CatalogFile, Format, Sources, listed_all, with_options
from .output import Force, Output, place
from .wafer import Tools

NAME: Final = "patterning"
EXAMPLES: Final = (
    "nodecalc patterning 80 52 40 36 32.5",
    "nodecalc patterning 36 --tools arfi,euv",
    "nodecalc patterning 30 --feature via --tools arfi,euv --euv-power 100",
)
DEFAULT_TOOLS: Final = "arfi"


def complete_feature(incomplete: str) -> list[str]:
    """Return the features that start with `incomplete`, for shell completion."""
    from nodecalc.wafers.schemes import FEATURES

    return [feature for feature in FEATURES if feature.startswith(incomplete.lower())]


@with_options("euv")
def run(
    pitch: Annotated[list[str], Argument(metavar="PITCH...", help="pitch of the layer, nm: 36 or 36nm")],
    tools: Tools = DEFAULT_TOOLS,
    feature: Annotated[
        str,
        Option(
            "--feature",
            metavar="FEATURE",
            help="line, via or cut",
            autocompletion=complete_feature,
            rich_help_panel="Pitches",
        ),
    ] = "line",
    *,
    given: dict[str, str],
    sources: Sources = False,
    catalog: CatalogFile = None,
    output_format: Format = "table",
    output: Output = None,
    force: Force = False,
) -> None:
    """Show every way to pattern a pitch, and the cheapest.

    Cost, exposures, masks, what is allowed and why.
    """
    from nodecalc.catalogue import open_catalogue
    from nodecalc.drivers.patterning import pitches_of
    from nodecalc.render.reports.patterning import patterning_report
    from nodecalc.wafers.schemes import several

    where = place(output_format, output, force, sources=sources)
    catalogue = open_catalogue(catalog)
    wanted = feature.strip().lower()
    pitches = pitches_of(listed_all(pitch), several(tools or ""), wanted, catalogue, given)
    where.write(patterning_report(pitches, wanted, catalogue, given))
