"""`nodecalc die`: what one die costs on one or several nodes."""

from typing import Annotated, Any, Final

import typer

from .options import CatalogFile, Format, Sources, complete_chip, complete_node, with_options
from .output import Force, Output, place

NAME: Final = "die"
EPILOG: Final = (
    "--scenario takes a question from a file, many rows too; --again asks once more what -o FILE wrote. "
    "Examples: nodecalc die 10x10 -n tsmc-n5 -n smic-n+3; nodecalc die 100 -n n5 --d0 0.07/cm2 --explain; "
    "nodecalc die --chip kirin-9000s; nodecalc die 100 -n n5 --wafer-basis cost --without euv --margin 40%"
)


@with_options("size", "die", "stack", "euv", "wafer")
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
            "--node",
            "-n",
            metavar="NODE",
            help="process node; n5,n7 compare; n5:d0=0.07 has its own D0",
            autocompletion=complete_node,
        ),
    ] = None,
    chip: Annotated[
        str | None,
        typer.Option("--chip", metavar="CHIP", help="a real chip instead of SIZE", autocompletion=complete_chip),
    ] = None,
    *,
    given: dict[str, str],
    explain: Annotated[
        bool, typer.Option("--explain", help="show every formula, the numbers put in, the sources")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="refuse estimated and assumed figures")] = False,
    sources: Sources = False,
    catalog: CatalogFile = None,
    output_format: Format = "table",
    scenario: Annotated[
        str | None,
        typer.Option("--scenario", metavar="FILE", help="TOML file of the question: [die], [axes], [points], extends"),
    ] = None,
    again: Annotated[
        str | None, typer.Option("--again", metavar="FILE", help="ask the question of a saved answer again")
    ] = None,
    output: Output = None,
    force: Force = False,
) -> None:
    """Say what a die costs on some nodes: dies, yield, cost, range.

    With what every figure rests on, and how sure the answer is.
    """
    from nodecalc.catalogue import open_catalogue
    from nodecalc.drivers.scenario import answer
    from nodecalc.errors import InputError
    from nodecalc.question.at import nodes_of
    from nodecalc.question.scenario import asked, over
    from nodecalc.render.reports.scenario import scenario_report

    where = place(output_format, output, force, sources=sources)
    if explain and where.rows_alone:
        raise InputError(
            f"--explain with csv: {where.rows_alone} holds the rows alone; use table, markdown or json, or leave it out"
        )
    question = asked(size, nodes_of(node or ()), chip, given, strict, catalog)
    if again is not None:
        from nodecalc.drivers.again import saved_question

        if question.is_asked or scenario is not None:
            raise InputError(f"--again {again} with other inputs: the file holds the whole question; leave them out")
        question = saved_question(again)
    elif scenario is not None:
        from nodecalc.files.scenario import read_scenario

        question = over(read_scenario(scenario), question)
    answers = answer(question, open_catalogue(question.catalogue))
    if again is not None:
        _say_what_changed(again, answers.saved)
    where.write(scenario_report(answers, explain))


def _say_what_changed(path: str, now: dict[str, Any]) -> None:
    """Say on standard error where the same question meets another version or other data than in the file."""
    import sys

    from nodecalc.drivers.again import changes_since

    for line in changes_since(path, now):
        print(f"{path}: {line}", file=sys.stderr)
