"""A system's graph with its figures as draws: what runs in the worlds of a risk and of a solution's band."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from nodecalc.drivers.risk.drawn import Draw, Part, of_figure, of_given
from nodecalc_kernels.stages import behind, starts_of

if TYPE_CHECKING:
    from nodecalc.question.laws import GivenLaw

    from .reading import Graph


def part_of_graph(
    graph: Graph, outputs: Collection[str], label: str, varied: Mapping[str, tuple[str, GivenLaw]] | None = None
) -> Part:
    """Return a system's graph towards `outputs` and its draws; figures of one node are one draw for all its parts.

    Args:
        graph: the system.
        outputs: results.
        label: what the question calls it.
        varied: what varies as a user says, by key of the graph: its name and distribution.

    """
    given = varied or {}
    stages = behind(graph.stages, outputs)
    starts = starts_of(stages)
    drawn: dict[str, Draw] = {}
    for key in starts:
        if key in given:
            name, law = given[key]
            owner, _, plain = name.rpartition(":")
            drawn[key] = of_given(law, plain, name, owner)
        elif key in graph.uncertain:
            figure = graph.uncertain[key]
            owner, _, plain = figure.key.rpartition(".")
            drawn[key] = of_figure(figure, figure.key, owner)._replace(key=plain)
    numbers = {key: graph.numbers[key] for key in starts if key in graph.numbers}
    return Part(label, stages, numbers, {}, drawn)
