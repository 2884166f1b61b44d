"""A sweep of systems as a plan: each combination of names a graph, each other axis a number that it starts from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.drivers.sweep.leaves import Leaf, leaves_of
from nodecalc.errors import InputError
from nodecalc.progress import doing
from nodecalc.question.graph import band_of
from nodecalc_kernels.numbers.distributions import as_is
from nodecalc_kernels.stages import Stage, behind, keys_of, starts_of

from .graph import LEVY, MARGIN, SOLD_AT, TOTAL, UNIT
from .subject import VOLUME

if TYPE_CHECKING:
    from nodecalc.drivers.risk.drawn import Part
    from nodecalc.drivers.risk.quick import Quick
    from nodecalc.question.axis import Axis

    from .reading import Graph
    from .subject import Subject

SYSTEM: Final = "system"
NODE: Final = "node"
MOST_GRAPHS: Final = 4096
"""Graphs that are made anew where an input changes more than the stages read, such as a die's size."""
MOST_BANDS: Final = 50_000
"""Bands of one sweep: each takes some hundredths of a second."""
BANDED: Final = (UNIT, TOTAL)
"""Results that have P10, P50 and P90."""


FOLLOWS: Final[Mapping[str, str]] = {VOLUME: TOTAL, MARGIN: SOLD_AT, SOLD_AT: MARGIN, LEVY: "margin_after_levy"}
"""Inputs of the whole system, by the result that each changes."""


class SystemPlan(NamedTuple):
    """All that evaluating a sweep of systems takes."""

    axes: tuple[Axis, ...]
    leaves: Mapping[str, Leaf]
    name_axes: tuple[int, ...]
    steps: tuple[tuple[Stage, ...], ...]
    """Of each combination."""

    @property
    def shape(self) -> tuple[int, ...]:
        """How many values each axis has."""
        return tuple(axis.size for axis in self.axes)

    def stages(self) -> list[tuple[Stage, ...]]:
        """Return the stages of each combination."""
        return list(self.steps)


class SystemBand:
    """P10, P50 and P90 of what a unit costs, as the function of a stage."""

    def __init__(self, part: Part, output: str, inputs: tuple[str, ...]) -> None:
        """Keep a graph with its draws, and which of its starts come from outside."""
        self.part, self.output, self.inputs = part, output, inputs
        self._quick: Quick | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_quick": None}

    def __call__(self, *given: float) -> tuple[float, ...]:
        """Return the three of `inputs` in their order."""
        if self._quick is None:
            from nodecalc.drivers.risk.quick import Quick

            self._quick = Quick(self.part, (self.output,), (self.output,), self.inputs)
        return self._quick.bands(dict(zip(self.inputs, given, strict=True)))[self.output]


def make_plan(
    rows: Sequence[Sequence[Subject]], axes: Sequence[Axis], chosen: Sequence[str], outputs: Sequence[str]
) -> SystemPlan:
    """Return the plan of systems, a row each, on nodes; `chosen` are the axes that say which of them it is."""
    subjects = [each for row in rows for each in row]
    own = [axis for axis in axes if axis.key not in chosen]
    first = {axis.key: axis.at(0) for axis in own}
    anew = [axis for axis in own if not all(_is_plain(each, axis, first) for each in subjects)]
    graphs = prod(axis.size for axis in anew)
    if graphs * len(subjects) > MOST_GRAPHS:
        listed = ", ".join(axis.key.replace(":", ".") for axis in anew)
        raise InputError(
            f"{graphs * len(subjects):,} values of {listed}: each is a question anew, at most {MOST_GRAPHS:,}; shorten "
            "an axis"
        )
    plain = [axis for axis in own if axis not in anew]
    name_axes = tuple(i for i, axis in enumerate(axes) if axis.key in chosen or axis in anew)
    places = {axis.key: i for i, axis in enumerate(axes)}
    made: list[Graph] = []
    mine: list[Subject] = []
    with doing(f"putting {graphs * len(subjects):,} systems together"):
        for index in product(*(range(axes[i].size) for i in name_axes)):
            at = dict(zip((axes[i].key for i in name_axes), index, strict=True))
            subject = rows[at.get(SYSTEM, 0) if SYSTEM in chosen else 0][at.get(NODE, 0) if NODE in chosen else 0]
            moved = {axis.key: axis.at(at[axis.key]) for axis in anew}
            made.append(subject.graph({**first, **moved}))
            mine.append(subject)
    starts = {axis.key: mine[0].start(axis.key, made[0]) for axis in plain}
    banded = [key for key in BANDED if any(name in outputs for name in band_of(key))]
    wanted = {key for key in outputs if not any(key in band_of(cost) for cost in BANDED)} | set(banded)
    steps, numbers = _apart([behind(graph.stages, wanted) for graph in made], made, wanted, set(starts.values()))
    _refuse_idle(starts, steps, wanted, outputs)
    for key in banded:
        for place, (subject, graph) in enumerate(zip(mine, made, strict=True)):
            steps[place] = (*steps[place], *_band(subject, graph, key, starts))
    keys = tuple(dict.fromkeys(key for row in numbers for key in row))
    leaves = leaves_of(numbers, keys, name_axes, [axis.size for axis in axes])
    leaves |= {start: Leaf((places[path],), ()) for path, start in starts.items()}
    plan = SystemPlan(tuple(axes), leaves, name_axes, tuple(steps))
    if banded:
        from nodecalc.drivers.sweep.dependence import Dependence

        known = Dependence(plan)
        bands = sum(known.size_of(band_of(key)[0]) for key in banded)
        if bands > MOST_BANDS:
            raise InputError(
                f"{bands:,} bands, at most {MOST_BANDS:,}: each is of many worlds; shorten an axis, or leave band out"
            )
    return plan


def _is_plain(subject: Subject, axis: Axis, first: Mapping[str, Any]) -> bool:
    others = {key: value for key, value in first.items() if key != axis.key}
    return subject.is_plain(axis.key, first[axis.key], others)


def _apart(
    steps: list[tuple[Stage, ...]], graphs: Sequence[Graph], wanted: set[str], axes: set[str]
) -> tuple[list[tuple[Stage, ...]], list[dict[str, float]]]:
    """Return the stages and starting numbers of each combination, no key among both in different combinations."""
    numbers = [
        {key: graph.numbers[key] for key in (*starts_of(own), *wanted) if key in graph.numbers and key not in axes}
        for own, graph in zip(steps, graphs, strict=True)
    ]
    worked_out = {key for own in steps for key in keys_of(own)}
    both = worked_out.intersection(key for row in numbers for key in row)
    for place, row in enumerate(numbers):
        given = [key for key in row if key in both]
        fronts = tuple(Stage((key,), as_is, (f"{key}__given",)) for key in given)
        steps[place] = (*fronts, *steps[place])
        numbers[place] = {f"{key}__given" if key in given else key: value for key, value in row.items()}
    return steps, numbers


def _refuse_idle(
    starts: Mapping[str, str], steps: Sequence[Sequence[Stage]], wanted: set[str], outputs: Sequence[str]
) -> None:
    """Refuse an axis that no result follows."""
    used = {key for own in steps for key in starts_of(own)} | wanted
    idle = next((path for path, start in starts.items() if start not in used), None)
    if idle is not None:
        follows = FOLLOWS.get(idle)
        hint = f", or ask for {follows} with --keys" if follows else ""
        raise InputError(f"{idle.replace(':', '.')}: it changes nothing of {', '.join(outputs)}; leave it out{hint}")


def _band(subject: Subject, graph: Graph, key: str, starts: Mapping[str, str]) -> tuple[Stage, ...]:
    from .worlds import part_of_graph

    part = part_of_graph(graph, (key,), subject.label, subject.catalogue)
    if not part.drawn:
        raise InputError(
            f"output {band_of(key)[0]} of {subject.label}: no band where every figure is given, as what is given is "
            "exact; leave it out"
        )
    used = {*starts_of(part.stages)}
    inputs = tuple(start for start in starts.values() if start in used)
    return (Stage(band_of(key), SystemBand(part, key, inputs), inputs, once=True),)
