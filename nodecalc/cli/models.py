"""`nodecalc models`: yield models and placements with formula, use and reference."""

from typing import Annotated, Final

from .declared import Argument
from .options import Format, listed_all
from .output import Force, Output, place

NAME: Final = "models"
EXAMPLES: Final = (
    "nodecalc models",
    "nodecalc models murphy",
    "nodecalc models -f json",
)


def run(
    model: Annotated[list[str] | None, Argument(metavar="[MODEL]...", help="only these")] = None,
    output_format: Format = "table",
    output: Output = None,
    force: Force = False,
) -> None:
    """List the yield models and the ways to count dies.

    Formula, when to use which, reference.
    """
    from nodecalc.render.reports.models import models_report

    where = place(output_format, output, force)
    where.write(models_report(listed_all(model)))
