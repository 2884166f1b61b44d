"""`nodecalc die`: what one die costs on one or several nodes."""

from typing import Annotated, Any, Final

from .declared import Option
from .options import (
    CatalogFile,
    Chip,
    Convention,
    Format,
    Size,
    Sources,
    Strict,
    complete_node,
    conventional,
    with_options,
)
from .output import Force, Output, place

NAME: Final = "die"
EXAMPLES: Final = (
    "nodecalc die 10x10 -n tsmc-n5,smic-n+3",
    "nodecalc die 100 -n n5 --d0 0.07/cm2 --explain",
    "nodecalc die --chip kirin-9000s",
    "nodecalc die 100 -n n5 --wafer-basis cost --without euv --margin 40%",
    "nodecalc die 200 -n n5:without=euv,n5 --wafer-basis cost",
    "nodecalc die 100 -n n5 --wafer-price 90000CNY --rate CNY=7.2",
    "nodecalc die 100 -n n5,n3e -o out.json",
    "nodecalc die --again out.json",
)


@with_options("size", "die", "stack", "euv", "wafer", "money")
def run(
    size: Size = None,
    node: Annotated[
        list[str] | None,
        Option(
            "--node",
            "-n",
            metavar="NODE",
            help="process node; n5,n7 compare; n5:d0=0.07 has its own D0",
            autocompletion=complete_node,
            rich_help_panel="Die",
        ),
    ] = None,
    chip: Chip = None,
    *,
    given: dict[str, str],
    explain: Annotated[
        bool,
        Option("--explain", help="show every formula, the numbers put in, the sources", rich_help_panel="Output"),
    ] = False,
    convention: Convention = None,
    strict: Strict = False,
    sources: Sources = False,
    catalog: CatalogFile = None,
    output_format: Format = "table",
    scenario: Annotated[
        str | None,
        Option(
            "--scenario",
            metavar="FILE",
            help="TOML file of the question: [die], [axes], [points], extends",
            rich_help_panel="Scenario",
        ),
    ] = None,
    again: Annotated[
        str | None,
        Option("--again", metavar="FILE", help="ask the question of a saved answer again", rich_help_panel="Scenario"),
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
    given, said = conventional(given, convention)
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
    report = scenario_report(answers, explain)
    where.write(report._replace(notes=[*said, *report.notes]) if said else report)


def _say_what_changed(path: str, now: dict[str, Any]) -> None:
    """Say on standard error where the same question meets another version or other data than in the file."""
    import sys

    from nodecalc.drivers.again import changes_since

    for line in changes_since(path, now):
        print(f"{path}: {line}", file=sys.stderr)
