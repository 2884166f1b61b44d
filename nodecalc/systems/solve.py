"""Solve for a system: which input makes its cost what it is asked to be, or that of another system or node."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from itertools import product
from math import nan
from typing import TYPE_CHECKING, Any

from nodecalc.catalogue import open_catalogue
from nodecalc.doors import a_flag, brief, plain
from nodecalc.drivers.solve.along import Along, Solutions
from nodecalc.drivers.solve.band import Band, band_over, start_of_band
from nodecalc.drivers.solve.elsewhere import Elsewhere
from nodecalc.drivers.solve.question import BOTH, FIRST, OTHER, Question, read_span
from nodecalc.drivers.solve.side import Curve
from nodecalc.drivers.solve.solution import Solution, solved
from nodecalc.errors import InputError, NodecalcError, UnknownNameError
from nodecalc.progress import doing
from nodecalc.question.units import number
from nodecalc.vocabulary import quantity
from nodecalc_kernels.stages import after, behind, needed
from nodecalc_kernels.stages import run as run_stages

from .given import AXIS, SOLVED, one_node, refuse_set
from .reading import set_texts
from .subject import Subject, find_input, is_name, read_outputs, subject, usual_output
from .sweep import read_axes
from .system import System, refuse_weak
from .worlds import part_of_graph

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue
    from nodecalc.catalogue.systems import SystemEntry
    from nodecalc.drivers.risk.drawn import Part
    from nodecalc.question.at import At
    from nodecalc.question.ledger import UsedFigure

    from .reading import Graph


class SystemSide:
    """A system as one side of an equation."""

    size = None
    chip = None
    own: Mapping[str, Any] = {}
    is_fixed = False

    def __init__(self, asked: Subject) -> None:
        """Keep the system."""
        self.asked = asked
        self.known = asked.catalogue

    @property
    def label(self) -> str:
        """What the side is called."""
        return self.asked.label

    @property
    def name(self) -> str:
        """The same: its own inputs are in its name."""
        return self.asked.label

    def inputs_node(self) -> str | None:
        """Return what its row says that it is."""
        return self.asked.label

    @cached_property
    def graph(self) -> Graph:
        """Its graph as it is."""
        return self.asked.graph()

    def figure(self, key: str) -> float | None:
        """Return what an input is where it is not looked for; None where nothing says."""
        try:
            return self.graph.numbers.get(self.asked.start(key, self.graph))
        except NodecalcError:
            return None

    def value(self, output: str, moved: Mapping[str, float] | None = None) -> float:
        """Return a result as it is where the inputs `moved` are as they say."""
        graph = self.asked.graph(moved)
        return run_stages(behind(graph.stages, (output,)), graph.numbers)[output]

    def curve(self, key: str, output: str, start: float, moved: Mapping[str, float] | None = None) -> Curve:
        """Return `output` as a function of `key`; nan where there is no such answer."""
        others = dict(moved or {})
        graph = self.asked.graph({**others, key: start})
        if not self.is_plain(key, start, others):
            return _total(lambda x: self.value(output, {**others, key: x}))
        inside = self.asked.start(key, graph)
        values = run_stages(graph.stages, graph.numbers)
        moving = behind(after(graph.stages, (inside,)), (output,))
        made = {name for step in moving for name in step.outputs}
        fixed = {name: value for name, value in values.items() if name not in made and name != inside}
        if not moving:
            return lambda x: values[output]
        return lambda x: run_stages(moving, {**fixed, inside: x})[output]

    def sets_out(self, key: str, output: str, start: float) -> bool:
        """Say whether exposures are counted for each value of `key`: here all of a range's points are looked at."""
        return False

    def is_plain(self, key: str, start: float, others: Mapping[str, float]) -> bool:
        """Say whether nothing but the stages reads an input."""
        return self.asked.is_plain(key, start, others)


def _total(function: Curve) -> Curve:
    """Return `function` with nan where there is no answer."""

    def at(x: float) -> float:
        try:
            return function(x)
        except NodecalcError:
            return nan

    return at


class SystemSolution(Solution):
    """Where the cost of a system is as asked."""

    looks_elsewhere = False

    @property
    def elsewhere(self) -> tuple[Elsewhere, ...]:
        """Nothing: other inputs of a system are asked for by name."""
        return ()

    @property
    def band(self) -> Band | None:
        """P10, P50 and P90 of the root over the figures that are not given; None where all are."""
        if "band" not in self._late:
            self._late["band"] = _band(self)
        found: Band | None = self._late["band"]
        return found

    @cached_property
    def systems(self) -> tuple[System, ...]:
        """Both sides as they are at the root, or where they come nearest."""
        at, asked = start_of_band(self), self.question
        sides = [(asked.first, FIRST), *(((asked.other, OTHER),) if asked.other is not None else ())]
        found = []
        for side, own in sides:
            here: Subject = side.asked.with_inputs(self.moved(at, own))
            found.append(System(here.entry, here.graph(), here.catalogue, here.whole.get("volume")))
        return tuple(found)

    def to_dict(self, band: bool = True) -> dict[str, Any]:
        """Return the row that ``--format json`` prints."""
        row = {key: value for key, value in super().to_dict(band).items() if key != "elsewhere"}
        return {"system" if key == "node" else key: value for key, value in row.items()}


class _Drawn:
    """A system whose figures are others in each world."""

    def __init__(self, side: SystemSide, key: str | None, output: str, start: float) -> None:
        moved = {} if key is None else {key: start}
        graph = side.asked.graph(moved)
        counts = needed(graph.stages, (output,))
        self.figures: Mapping[str, UsedFigure] = {k: f for k, f in graph.uncertain.items() if k in counts}
        self.part: Part = part_of_graph(graph, (output,), side.label, side.known)
        self.is_plain = key is None or side.is_plain(key, start, {})
        self._inside = None if key is None else side.asked.start(key, graph)
        self.is_quick = self._inside is None or not any(step.once for step in after(graph.stages, (self._inside,)))
        self._output = output
        moving = [*self.figures, *(() if self._inside is None else (self._inside,))]
        self._tail = behind(after(graph.stages, moving), (output,))
        made = {name for step in self._tail for name in step.outputs}
        values = run_stages(graph.stages, graph.numbers)
        self._fixed = {
            name: values[name] for name in needed(self._tail, (output,)) if name in values and name not in made
        }

    def curve(self, world: Mapping[str, float]) -> Callable[[float], float]:
        """Return the result over the input looked for in a world."""
        known, inside = {**self._fixed, **world}, self._inside
        if inside is None:
            value = run_stages(self._tail, known).get(self._output, nan)
            return lambda x: value
        return lambda x: run_stages(self._tail, {**known, inside: x}).get(self._output, nan)


def _band(solution: SystemSolution) -> Band | None:
    asked, start = solution.question, start_of_band(solution)
    sides = [(asked.first, FIRST), *(((asked.other, OTHER),) if asked.other is not None else ())]
    drawn = [
        _Drawn(side, asked.key if asked.whose in (own, BOTH) else None, asked.output, start) for side, own in sides
    ]
    return band_over(asked, drawn, start) if all(side.is_plain for side in drawn) else None


def solve_system(
    key: str,
    name: str | os.PathLike[str] | SystemEntry,
    *,
    node: str | At | None = None,
    target: Mapping[str, object] | str | None = None,
    equal: str | os.PathLike[str] | At | None = None,
    output: str | None = None,
    over: Mapping[str, Any] | None = None,
    range: tuple[float, float] | str | None = None,
    values: Iterable[str] | Mapping[str, object] = (),
    convention: str | None = None,
    strict: bool = False,
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
) -> SystemSolution | Solutions:
    """Return where one input of a system makes its cost what it is asked to be.

    Args:
        key: the input looked for: ``"die.gpu.d0"``, or ``"d0"`` where one part takes it, ``"volume"``, ``"margin"``.
        name: a system, as for `system`.
        node: process node of its dies instead of their own.
        target: the result and what it has to be: ``{"unit_cost_usd": 3000}``.
        equal: instead of a target, whom it has to equal: a node, for the same system on it, or another system. A figure
            of a die (D0, wafer price) is then changed of `name` alone, anything else of both.
        output: the result that has to be equal; the cost of a unit where None.
        over: inputs and their values, along which it is solved, as for `sweep_system`.
        range: lowest and highest value that is looked at; where none is given, wherever such an input may lie.
        values, convention, strict, catalogue: as for `sweep_system`.

    Returns:
        A `SystemSolution`, or `Solutions` along the inputs of `over`.

    Raises:
        NodecalcError: an unknown system, part or key; an input that changes nothing of the result.

    >>> found = solve_system("d0", "ascend-910c", node="smic-n+3", equal="smic-n+2")
    >>> found.status, 0.1 < found.value < 0.5
    ('one', True)

    """
    known = open_catalogue(catalogue)
    texts = set_texts(values)
    first = subject(name, known, texts, None, convention)
    if node is not None:
        first = first.with_node(one_node(node))
    path = find_input(key, first)
    if is_name(path):
        raise InputError(f"{key}: a name; solve for a number, such as d0 or assembly.package_yield")
    if (target is None) == (equal is None):
        raise InputError("give a target, such as unit-cost=3000, or whom to equal, a node or a system: one of them")
    other = None if equal is None else _other(equal, first, name, texts, convention, known)
    both = [first, *(() if other is None else (other,))]
    if target is not None:
        result, wanted = _target(target, first, path)
    else:
        result = usual_output(both, (path,)) if output is None else read_outputs([output], both, (path,))[0]
        wanted = 0.0
    whose = FIRST if other is None or quantity(path).field else BOTH
    if whose == BOTH and other is not None and not _has(path, other):
        whose = FIRST
    low, high = read_span(quantity(path), range)
    axes = read_axes({} if over is None else over, both)
    refuse_set(texts, {path: key}, SOLVED, node, [first])
    refuse_set(texts, {a.key: f"--over {name}" for a, name in zip(axes, over or (), strict=True)}, AXIS, node, [first])
    if any(axis.key == path for axis in axes):
        raise InputError(f"{key}: an axis and what is solved for; leave one of them out")

    def at(moved: Mapping[str, Any]) -> Question:
        sides = [SystemSide(each.with_inputs(moved)) for each in both]
        return Question(
            path, whose, result, sides[0], sides[1] if len(sides) > 1 else None, wanted, low, high, range is not None  # type: ignore[arg-type]
        )  # fmt: skip

    if a_flag("strict", strict):
        for each in both:
            refuse_weak(each.graph())
    if not axes:
        found = solved(at({}), made=SystemSolution)
        assert isinstance(found, SystemSolution)
        return found
    items = []
    with doing("solving along other inputs"):
        for point in product(*(axis.values().tolist() for axis in axes)):
            moved = dict(zip((axis.key for axis in axes), point, strict=True))
            items.append(solved(at(moved), moved, SystemSolution))
    return Solutions([Along(axis.key, axis, "") for axis in axes], items)


def _has(path: str, other: Subject) -> bool:
    try:
        return find_input(path.replace(":", "."), other) == path
    except NodecalcError:
        return False


def _other(
    equal: str | os.PathLike[str] | At, first: Subject, name: Any, values: Any, convention: str | None, known: Catalogue
) -> Subject:
    """Return the same system on the node that is named, or the system that is."""
    if not isinstance(equal, str | os.PathLike):
        equal = one_node(equal)
    try:
        known.node(plain(equal))
    except UnknownNameError as error:
        try:
            found = subject(equal, known, (), first.whole, convention)
        except UnknownNameError:
            raise UnknownNameError(f"{error}, nor is it a system ('nodecalc system' lists those)") from None
        return found
    return subject(name, known, values, None, convention).with_node(plain(equal))


def _target(target: Mapping[str, object] | str, asked: Subject, path: str) -> tuple[str, float]:
    if isinstance(target, str):
        key, equals, text = target.partition("=")
        if not equals or not key.strip() or not text.strip():
            raise InputError(f"target '{target}': write KEY=VALUE, such as unit-cost=3000")
        target = {key.strip(): text.strip()}
    if not isinstance(target, Mapping) or len(target) != 1:
        raise InputError(f"target {brief(target)}: give one result, such as {{'unit_cost_usd': 3000}}")
    name, value = next(iter(target.items()))
    result = read_outputs([name], [asked], (path,))[0]
    return result, number(value, result)
