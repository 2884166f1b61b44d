"""`nodecalc sources`: where figures come from."""

from typing import Annotated, Final

from .declared import Argument
from .options import CatalogFile, Format, listed_all
from .output import Force, Output, place

NAME: Final = "sources"
EXAMPLES: Final = (
    "nodecalc sources",
    "nodecalc sources cset_2020",
    "nodecalc sources -f csv",
)


def complete_source(incomplete: str) -> list[str]:
    """Return the source ids that start with `incomplete`, for shell completion."""
    from nodecalc.catalogue import open_catalogue

    return [s.id for s in open_catalogue(None).sources() if s.id.startswith(incomplete)]


def run(
    source: Annotated[
        list[str] | None, Argument(metavar="[ID]...", help="only these", autocompletion=complete_source)
    ] = None,
    catalog: CatalogFile = None,
    output_format: Format = "table",
    output: Output = None,
    force: Force = False,
) -> None:
    """List the sources, or show some.

    What each is, how far it was read, which figures rest on it.
    """
    from nodecalc.catalogue import open_catalogue
    from nodecalc.render.reports.sources import sources_report

    where = place(output_format, output, force)
    where.write(sources_report(listed_all(source), open_catalogue(catalog)))
