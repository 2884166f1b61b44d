"""`nodecalc examples`: files to start from, listed, or one of them written out."""

from typing import Annotated, Final

from .declared import Argument
from .options import Format
from .output import Force, Output, place, place_text

NAME: Final = "examples"
EXAMPLES: Final = (
    "nodecalc examples",
    "nodecalc examples own-node -o my-node.toml",
    "nodecalc examples notebook",
)


def complete_example(incomplete: str) -> list[str]:
    """Return the examples that start with `incomplete`, for shell completion."""
    from nodecalc.catalogue.examples import examples

    return [e.name for e in examples() if e.name.startswith(incomplete.lower())]


def run(
    name: Annotated[
        str | None, Argument(metavar="[NAME]", help="write this one out", autocompletion=complete_example)
    ] = None,
    output_format: Format = "table",
    output: Output = None,
    force: Force = False,
) -> None:
    """List files to start from, or write one out.

    Nodes, stacks, tools and evidence of one's own, a sweep, a notebook.
    """
    from nodecalc.catalogue.examples import example, examples
    from nodecalc.errors import InputError
    from nodecalc.render.reports.examples import examples_report

    if name is None:
        place(output_format, output, force).write(examples_report(examples()))
        return
    if output_format != "table":
        raise InputError(f"--format {output_format} with an example: it is written out as it is; leave one of them out")
    found = example(name)
    place_text(output, force).write_text(found.text)
