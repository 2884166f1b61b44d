"""Questions as files: what commands take to read one, and how their words are put over it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from nodecalc.progress import tell

from .declared import Option

if TYPE_CHECKING:
    from nodecalc.question.scenario import Scenario
    from nodecalc.scenarios.answers import Answers

ScenarioFile = Annotated[
    str | None,
    Option(
        "--scenario",
        metavar="FILE",
        help="TOML file of the question: [die], [axes], [points], a table of the command's name, extends",
        rich_help_panel="Scenario",
    ),
]
Again = Annotated[
    str | None,
    Option("--again", metavar="FILE", help="ask the question of a saved answer again", rich_help_panel="Scenario"),
]


def question_of(
    command: str,
    scenario: str | None,
    again: str | None,
    *,
    size: str | None = None,
    node: Sequence[str] | None = None,
    chip: str | None = None,
    given: Mapping[str, Any],
    own: Mapping[str, Any] | None = None,
    axes: Mapping[str, Any] | None = None,
    strict: bool = False,
    catalog: str | None = None,
    convention: str | None = None,
) -> "Scenario":
    """Return the question that a command's words make, over that of a file, or that of a saved answer.

    `own` are the command's words beside the die; what is None or False is not said.
    """
    from nodecalc.errors import InputError
    from nodecalc.question.at import nodes_of
    from nodecalc.question.scenario import asked, over

    inputs: dict[str, Any] = dict(given)
    if convention is not None:
        from nodecalc.catalogue.conventions import find_convention

        inputs = find_convention(convention).under(inputs)
    words = {key: value for key, value in (own or {}).items() if value is not None and value is not False}
    words |= {"drivers": False} if words.pop("no_drivers", False) else {}
    for name, value in words.items():
        if value == "":
            raise InputError(f"--{name.replace('_', '-')} '': nothing in it; give one, or leave it out")
    made = asked(size, nodes_of(node or ()), chip, inputs, strict, catalog, command, words, axes, convention)
    if again is not None:
        from nodecalc.scenarios.again import saved_question

        if made.is_asked or scenario is not None:
            raise InputError(f"--again {again} with other inputs: the file holds the whole question; leave them out")
        return saved_question(again, command)
    if scenario is not None:
        from nodecalc.files.scenario import read_scenario

        made = over(read_scenario(scenario), made)
    return made.asked_by(command)


def answered(question: "Scenario", again: str | None, client: Any = None) -> "Answers":
    """Return the answers of a question; of a saved one say on standard error what has changed since."""
    from nodecalc.catalogue import open_catalogue
    from nodecalc.scenarios.answers import answer

    answers = answer(question, open_catalogue(question.catalogue), client)
    if again is not None:
        from nodecalc.scenarios.again import changes_since

        for line in changes_since(again, answers.saved):
            tell(f"{again}: {line}")
    return answers


def the_one(answers: "Answers", option: str) -> Any:
    """Return the only answer; `option` has no room for several."""
    from nodecalc.errors import InputError

    if len(answers) != 1:
        raise InputError(f"{option}: of one question; this scenario has {len(answers):,}, ask one of them")
    return answers[0]
