"""The answers of a scenario: each of its questions answered by its command, and what they were asked with."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from nodecalc.catalogue import open_catalogue
from nodecalc.errors import InputError, NodecalcError
from nodecalc.progress import doing
from nodecalc.question.asking import ALONG, DIE, RISK, SWEEP, SYSTEM, command_named
from nodecalc.question.at import check_counted, read_node
from nodecalc.question.axis import Axis, Span
from nodecalc.question.graph import RATE
from nodecalc.question.salvage import TEXTS
from nodecalc.question.scenario import CHIP, NAME, NODE, SIZE, Scenario, apart, asked, nodes_given, over
from nodecalc.vocabulary.spelling import keyed

from .commands import COMMANDS, sweep_request

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Node
    from nodecalc.drivers.sweep.request import Request
    from nodecalc.question.at import At


SYSTEM_DIGEST: Final = "system_digest"
"""Under what a saved answer says the hash of the file that its system is in."""


class Answers(Sequence[Any]):
    """The answers of a scenario, in its order: points, nodes, axes, the last axis fastest."""

    def __init__(self, scenario: Scenario, catalogue: Catalogue, items: Sequence[Any]) -> None:
        """Keep what was asked and answered."""
        self.scenario = scenario
        self.catalogue = catalogue
        self._items = tuple(items)

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, index: Any) -> Any:
        return self._items[index]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)

    @property
    def command(self) -> str:
        """The command that answered."""
        return self.scenario.asked_of

    @property
    def questions(self) -> list[dict[str, Any]]:
        """What was asked for each answer: its inputs by key."""
        return list(self.scenario.questions(along_of(self.scenario)))

    @property
    def varied(self) -> tuple[str, ...]:
        """Keys by which the answers differ."""
        return tuple(key for key in self.scenario.varied if key not in along_of(self.scenario))

    @property
    def names(self) -> list[str | None]:
        """What the points call the answers, None where they say nothing."""
        return [question.get(NAME) for question in self.questions]

    @property
    def question(self) -> dict[str, Any]:
        """The scenario in its one form, by which it can be asked again."""
        return self.scenario.spec(self.catalogue)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be said of how it was asked."""
        if self.scenario.convention is None:
            return ()
        from nodecalc.catalogue.conventions import find_convention

        return (find_convention(self.scenario.convention).note,)

    @property
    def saved(self) -> dict[str, Any]:
        """What a saved answer says beside its rows: the question, the data that it rests on, what draws come from."""
        from nodecalc.catalogue.digest import data_digest, file_digest
        from nodecalc.files.proof import QUESTION, kept

        file = system_file(self.scenario)
        return {
            **kept(QUESTION, self.question),
            "data": data_digest(),
            "catalogue_digest": file_digest(self.scenario.catalogue),
            "seed": self[0].seed if self.command == RISK else None,
            **({} if file is None else {SYSTEM_DIGEST: file_digest(file)}),
        }

    def rows(self) -> list[dict[str, Any]]:
        """Return the flat rows of `nodecalc die`, one an answer, behind its name where the points have one."""
        if self.command != DIE:
            raise InputError(f"rows of {self.command}: save_answers writes them; its answers are the items of this")
        return [({} if name is None else {NAME: name}) | e.to_dict() for name, e in zip(self.names, self, strict=True)]

    def __repr__(self) -> str:
        return f"Answers({len(self):,} of {self.command}{'; ' if self.varied else ''}{', '.join(self.varied)})"


def system_file(scenario: Scenario) -> str | None:
    """Return the path of the file that a scenario's system is in; None of a built-in one, and of no system."""
    name = scenario.own.get(scenario.asked_of, {}).get(SYSTEM)
    if name is None:
        return None
    from nodecalc.catalogue.systems import names_file

    return name if names_file(name) else None


def along_of(scenario: Scenario) -> tuple[str, ...]:
    """Return the keys of the axes that the command itself takes."""
    if scenario.asked_of not in ALONG:
        return ()
    return tuple(axis.key for axis in scenario.axes if axis.key not in (SIZE, CHIP, *TEXTS))


def answer(scenario: Scenario, catalogue: Catalogue | None = None, client: Any = None) -> Answers:
    """Return the answers of a scenario; `catalogue` where it is more than the scenario's path, `client` for risks."""
    known = open_catalogue(scenario.catalogue) if catalogue is None else catalogue
    name = scenario.asked_of
    command = COMMANDS[name]
    settled = command.settle(scenario.own.get(name, {}), known)
    scenario = scenario._replace(command=name, own={name: settled})
    _check_counted(scenario)
    along = along_of(scenario)
    of_one = next((axis.key for axis in scenario.axes if ":" in axis.key), None)
    if of_one is not None and name not in ALONG:
        raise InputError(f"axis {of_one}: of one node alone; {' and '.join(ALONG)} take such; or list the nodes apart")
    ranges = {axis.key: axis for axis in scenario.axes if axis.key in along}
    on = {} if client is None else {"client": client}
    items = []
    count = sum(1 for _ in scenario.questions(along))
    with doing(f"answering {count:,} questions") if name == DIE else doing(f"asking {name}"):
        questions = list(scenario.questions(along))
        if name == DIE:
            questions = _at_one_rate(questions)
        for place, question in enumerate(questions, 1):
            try:
                items.append(command.ask(asked_with(question, ranges), settled, scenario.strict, known, **on))
            except NodecalcError as error:
                if count == 1 or not scenario.is_varied:
                    raise
                raise type(error)(f"answer {place} of {count:,}: {error}") from None
    return Answers(scenario, known, items)


def _check_counted(scenario: Scenario) -> None:
    """Refuse an input given for all nodes that counts for none of them; a convention's own may go unused."""
    from nodecalc.catalogue.conventions import find_convention

    if not any(node.own for node in scenario.nodes):
        return
    own = scenario.own.get(scenario.asked_of, {})
    beside = [read_node(own[word]) for word in ("to", "compare") if word in own]
    usual = {} if scenario.convention is None else find_convention(scenario.convention).inputs
    given = {key: value for key, value in scenario.fixed.items() if usual.get(key) != value}
    check_counted([*scenario.nodes, *beside], given | dict.fromkeys(scenario.varied, "in several values"))


def requests_of(scenario: Scenario) -> list[tuple[Request, dict[str, Any]]]:
    """Return the sweeps that a scenario asks for, none of them worked out, each with its own words."""
    known = open_catalogue(scenario.catalogue)
    own = COMMANDS[SWEEP].settle(scenario.own.get(SWEEP, {}), known)
    along = along_of(scenario)
    ranges = {axis.key: axis for axis in scenario.axes if axis.key in along}
    return [
        (sweep_request(asked_with(question, ranges), own, scenario.strict, known), own)
        for question in scenario.questions(along)
    ]


def asked_with(question: Mapping[str, Any], ranges: Mapping[str, Axis]) -> dict[str, Any]:
    """Return a question without its name and with the axes that its command takes, beside which no input is a list."""
    plain = {key: value for key, value in question.items() if key != NAME}
    if not ranges:
        return plain
    axes = {key: axis if isinstance(axis.points, Span) else _listed(axis) for key, axis in ranges.items()}
    return {k: "+".join(v) if isinstance(v, list) and k != NODE else v for k, v in plain.items()} | axes


def _listed(axis: Axis) -> list[Any]:
    """Return the values of an axis as given: texts with units are yet to be read, with the rates beside them."""
    return ["+".join(value) if isinstance(value, list) else value for value in axis.listed()]


def _at_one_rate(questions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return questions with amounts in other money at the rate that one of them gives."""
    parts = [apart(question) for question in questions]
    inputs: Sequence[Mapping[str, Any]] = [given for *_, given in parts]
    if not any(RATE in given for given in inputs):
        return list(questions)
    from nodecalc.question.rates import shared_rate

    shared = shared_rate(inputs, [node for _, node, *_ in parts])
    subjects = [
        {k: v for k, v in question.items() if k not in given} for question, given in zip(questions, inputs, strict=True)
    ]
    return [{**subject, **given} for subject, given in zip(subjects, shared, strict=True)]


def run_scenario(
    scenario: str | os.PathLike[str],
    size: str | float | None = None,
    *,
    command: str | None = None,
    node: str | Node | At | Sequence[str] | None = None,
    chip: str | None = None,
    strict: bool = False,
    catalogue: str | None = None,
    **inputs: Any,
) -> Answers:
    """Return the answers of a scenario file.

    Args:
        scenario: TOML file: ``[die]`` with size, node, chip and inputs; ``[axes]`` with lists or ranges whose product
            is asked; ``[points]`` with lists of one length, or ``file``, a CSV whose columns are keys; ``extends``;
            ``command``, and a table of its name, such as ``[risk]``, with what that is asked beside the die.
        size, node, chip, strict, catalogue, **inputs: as for `estimate`; what is given goes before the file.
        command: die, sweep, risk, solve, compare, wafer, capacity, memory, carbon, split, map or system; where it is
            not given the one that the file names, or has a table for, else die.

    Returns:
        `Answers`: an `Estimate`, `Sweep`, `Risk` and so on for each question, and ``question``, by which it can be
        asked again. Of sweeps and solves axes are their own; of others each point of an axis is a question.

    Raises:
        NodecalcError: an unknown key, lists of several lengths, a file that extends itself, whatever the command's
            own function raises.

    """
    from nodecalc.files.scenario import read_scenario
    from nodecalc.question.scenario import key_named

    known = open_catalogue(catalogue)
    names = {key_named(name, known, ()) for name in inputs}
    given = keyed({k: v for k, v in inputs.items() if v is not None}, tuple(names))
    made = read_scenario(scenario)
    whose = made.asked_of if command is None else command_named(command)
    return answer(over(made, asked(size, nodes_given(node), chip, given, strict, catalogue, whose)).asked_by(whose))
