"""The answers of a scenario: each of its questions answered, and what they were asked with."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nodecalc.catalogue import open_catalogue
from nodecalc.errors import NodecalcError
from nodecalc.progress import doing
from nodecalc.question.graph import RATE
from nodecalc.question.scenario import NAME, Scenario, apart, asked, nodes_given, over
from nodecalc.vocabulary.spelling import keyed

from .estimate import Estimate, estimate

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Node
    from nodecalc.question.at import At


class Answers(Sequence[Estimate]):
    """The answers of a scenario, in its order: points, nodes, axes, the last axis fastest."""

    def __init__(self, scenario: Scenario, catalogue: Catalogue, items: Sequence[Estimate]) -> None:
        """Keep what was asked and answered."""
        self.scenario = scenario
        self.catalogue = catalogue
        self._items = tuple(items)

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, index: Any) -> Any:
        return self._items[index]

    def __iter__(self) -> Iterator[Estimate]:
        return iter(self._items)

    @property
    def names(self) -> list[str | None]:
        """What the points call the rows, None where they say nothing."""
        return [question.get(NAME) for question in self.scenario.questions()]

    @property
    def question(self) -> dict[str, Any]:
        """The scenario in its one form, by which it can be asked again."""
        return self.scenario.spec(self.catalogue)

    @property
    def saved(self) -> dict[str, Any]:
        """What a saved answer says beside its rows: the question, the data that it rests on, that nothing was drawn."""
        from nodecalc.catalogue.digest import data_digest, file_digest

        return {
            "question": self.question,
            "data": data_digest(),
            "catalogue_digest": file_digest(self.scenario.catalogue),
            "seed": None,
        }

    def rows(self) -> list[dict[str, Any]]:
        """Return one flat row an answer, behind its name where the points have one."""
        return [({} if name is None else {NAME: name}) | e.to_dict() for name, e in zip(self.names, self, strict=True)]

    def __repr__(self) -> str:
        return f"Answers({len(self):,} of {', '.join(self.scenario.varied) or 'one die'})"


def answer(scenario: Scenario, catalogue: Catalogue | None = None) -> Answers:
    """Return the answers of a scenario; `catalogue` where it is more than the scenario's path."""
    known = open_catalogue(scenario.catalogue) if catalogue is None else catalogue
    items = []
    with doing(f"answering {scenario.answers:,} questions"):
        questions = [apart(question) for question in scenario.questions()]
        inputs: Sequence[Mapping[str, Any]] = [given for *_, given in questions]
        if any(RATE in given for given in inputs):
            from nodecalc.question.rates import shared_rate

            inputs = shared_rate(inputs, [node for _, node, *_ in questions])
        for place, ((size, node, chip, _), given) in enumerate(zip(questions, inputs, strict=True), 1):
            try:
                items.append(estimate(size, node=node, chip=chip, strict=scenario.strict, catalogue=known, **given))
            except NodecalcError as error:
                if scenario.answers == 1 or not scenario.is_varied:
                    raise
                raise type(error)(f"answer {place} of {scenario.answers:,}: {error}") from None
    return Answers(scenario, known, items)


def run_scenario(
    scenario: str | os.PathLike[str],
    size: str | float | None = None,
    *,
    node: str | Node | At | Sequence[str] | None = None,
    chip: str | None = None,
    strict: bool = False,
    catalogue: str | None = None,
    **inputs: Any,
) -> Answers:
    """Return the answers of a scenario file.

    Args:
        scenario: TOML file: ``[die]`` with size, node, chip and inputs; ``[axes]`` with lists or ranges whose product
            is asked; ``[points]`` with lists of one length, or ``file``, a CSV whose columns are keys; ``extends``.
        size, node, chip, strict, catalogue, **inputs: as for `estimate`; what is given goes before the file.

    Returns:
        `Answers`: an `Estimate` each, ``rows()``, and ``question``, by which it can be asked again.

    Raises:
        NodecalcError: an unknown key, lists of several lengths, a file that extends itself, whatever `estimate` raises.

    """
    from nodecalc.files.scenario import read_scenario
    from nodecalc.question.scenario import key_named

    known = open_catalogue(catalogue)
    names = {key_named(name, known, ()) for name in inputs}
    given = keyed({k: v for k, v in inputs.items() if v is not None}, tuple(names))
    nodes = nodes_given(node)
    return answer(over(read_scenario(scenario), asked(size, nodes, chip, given, strict, catalogue)))
