"""A system's graph with its figures as draws: what runs in the worlds of its band, of a risk and of a solution."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from nodecalc.catalogue.systems import Part as TableOfPart
from nodecalc.drivers.risk.drawn import Draw, Part, of_figure, of_given
from nodecalc.drivers.risk_model import Built, fronts_of, whose
from nodecalc.question.figures import UNCERTAIN
from nodecalc.question.graph import PRICE
from nodecalc_kernels.stages import Stage, behind, keys_of, merged, starts_of

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue
    from nodecalc.question.inputs import Inputs
    from nodecalc.question.laws import GivenLaw

    from .reading import Graph


def part_of_graph(
    graph: Graph,
    outputs: Collection[str],
    label: str,
    catalogue: Catalogue,
    varied: Mapping[str, tuple[str, GivenLaw]] | None = None,
) -> Part:
    """Return a system's graph towards `outputs` and its draws.

    What dies share is one draw, as in a risk of dies: a node's D0, the price that others are multiples of, a tool.

    Args:
        graph: the system.
        outputs: results.
        label: what the question calls it.
        catalogue: where peers and tools are.
        varied: what varies as a user says, by key of the graph: its name and distribution.

    """
    given = varied or {}
    stages = behind(graph.stages, outputs)
    starts = starts_of(stages)
    numbers = {key: graph.numbers[key] for key in starts if key in graph.numbers}
    drawn: dict[str, Draw] = {}
    stated: dict[str, float] = {}
    in_front: list[Stage] = []
    built_here: set[str] = set()
    for own, inputs in _dies(graph):
        for built in fronts_of(inputs, catalogue, [key for key in UNCERTAIN if f"{own}{key}" not in graph.uncertain]):
            made = [key for key in keys_of(built.stages) if f"{own}{key}" in starts and f"{own}{key}" not in given]
            if not made:
                continue
            in_front += _renamed(built, own)
            numbers |= {f"{own}{key}": value for key, value in built.numbers.items()}
            drawn |= {f"{own}{key}": draw for key, draw in built.drawn.items()}
            built_here |= {f"{own}{key}" for key in made}
            if inputs.layers is None:  # what layers cost is what their stages say
                # A median of products is not the product of medians.
                stated |= {f"{own}{key}": graph.numbers[f"{own}{key}"] for key in made if key == PRICE}
    for key in starts:
        if key in given:
            name, law = given[key]
            owner, _, plain = name.rpartition(":")
            drawn[key] = of_given(law, plain, name, owner)
        elif key in graph.uncertain and key not in built_here:
            figure = graph.uncertain[key]
            owner, _, plain = figure.key.rpartition(".")
            owner = _owner(graph, key, plain, catalogue) or owner
            drawn[key] = of_figure(figure, f"{owner}.{plain}", owner)._replace(key=plain)
    stages = behind((*in_front, *stages), outputs)
    starts = starts_of(stages)
    drawn = {key: draw for key, draw in drawn.items() if key in starts or key in outputs}
    numbers = {key: value for key, value in numbers.items() if key in starts or key in outputs}
    return _without_twins(Part(label, stages, numbers, stated, drawn), outputs)


def _dies(graph: Graph) -> Iterator[tuple[str, Inputs]]:
    """Yield what keys of each kind of die begin with, and its question."""
    for name, die in graph.dies.items():
        yield f"{TableOfPart('die', name, {}).own}__", die.inputs


def _renamed(built: Built, own: str) -> list[Stage]:
    return [
        step._replace(
            outputs=tuple(f"{own}{key}" for key in step.outputs), inputs=tuple(f"{own}{key}" for key in step.inputs)
        )
        for step in built.stages
    ]


def _owner(graph: Graph, key: str, plain: str, catalogue: Catalogue) -> str:
    """Return the node whose figure or evidence a start of a die is; "" for any other."""
    if plain not in UNCERTAIN:
        return ""
    found = next((inputs for own, inputs in _dies(graph) if key == f"{own}{plain}"), None)
    return "" if found is None else whose(found, plain, catalogue)


def _without_twins(part: Part, outputs: Collection[str]) -> Part:
    """Return a part without stages that work out again what one before them does, as for two dies on one node."""
    firsts: dict[tuple[str, Any], str] = {}
    same: dict[str, str] = {}
    for key, draw in part.drawn.items():
        first = firsts.setdefault((draw.name, draw.form), key)
        if first != key:
            same[key] = first
    stages = merged(part.stages, same, outputs)
    return part._replace(stages=stages, drawn={key: draw for key, draw in part.drawn.items() if key not in same})
