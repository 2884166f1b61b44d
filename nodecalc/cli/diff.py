"""`nodecalc diff`: what changed from one saved answer to another."""

from typing import Annotated, Final

from .declared import Argument
from .options import Format
from .output import Force, Output, place

NAME: Final = "diff"
EXAMPLES: Final = (
    "nodecalc die 100 -n n5 -o a.json",
    "nodecalc die 100 -n n5 --line-yield 95% -o b.json",
    "nodecalc diff a.json b.json",
)


def run(
    base: Annotated[str, Argument(metavar="BASE.json", help="an answer saved before", show_default=False)],
    new: Annotated[str, Argument(metavar="NEW.json", help="the answer now", show_default=False)],
    output_format: Format = "table",
    output: Output = None,
    force: Force = False,
) -> None:
    """Say what changed from one saved answer to another.

    Both files are JSON of one command. Program and data, inputs, figures of the catalogue, results, rows, notes: the
    causes before their effects.
    """
    from nodecalc.drivers.diff import diff
    from nodecalc.render.reports.diff import diff_report

    where = place(output_format, output, force)
    where.write(diff_report(diff(base, new), base, new))
