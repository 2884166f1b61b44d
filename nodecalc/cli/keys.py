"""`nodecalc keys`: every input, axis and output, with unit, range, default, meaning and spellings."""

from typing import Annotated, Final

from .declared import Argument
from .options import CatalogFile, Format, complete_key, listed_all
from .output import Force, Output, place

NAME: Final = "keys"
EXAMPLES: Final = (
    "nodecalc keys",
    "nodecalc keys d0 wafer-price",
    "nodecalc keys -f json",
)


def run(
    key: Annotated[
        list[str] | None,
        Argument(metavar="[KEY]...", help="only these, in any spelling", autocompletion=complete_key),
    ] = None,
    catalog: CatalogFile = None,
    output_format: Format = "table",
    output: Output = None,
    force: Force = False,
) -> None:
    """List every input, axis and output, with its spellings.

    Unit, range, default and meaning.
    """
    from nodecalc.catalogue import open_catalogue
    from nodecalc.render.reports.keys import keys_report

    where = place(output_format, output, force)
    where.write(keys_report(listed_all(key), open_catalogue(catalog)))
