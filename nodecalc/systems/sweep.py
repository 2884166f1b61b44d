"""Systems over a product of inputs: results at each point, of one system or several, on one node or several."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any

from nodecalc.catalogue import Catalogue, open_catalogue
from nodecalc.catalogue.digest import file_digest
from nodecalc.catalogue.systems import SystemEntry, names_file
from nodecalc.doors import a_flag, brief, items, whole_path
from nodecalc.doors import names as several_names
from nodecalc.drivers.sweep.asking import carry_out, check_streams
from nodecalc.drivers.sweep.figures_used import NodeFigures
from nodecalc.drivers.sweep.provenance import Provenance, provenance_of
from nodecalc.drivers.sweep.request import BAND_NAMES, Request, Systems, check_axes
from nodecalc.drivers.sweep.swept import Swept
from nodecalc.errors import InputError, NodecalcError
from nodecalc.question.at import At
from nodecalc.question.axis import Axis
from nodecalc.question.graph import band_of
from nodecalc.question.ranges import axis_of_text, check_order, read_axis
from nodecalc.question.units import label
from nodecalc.vocabulary import quantity

from .given import AXIS, refuse_set
from .notes import at_value, held_at, told_of
from .plan import BANDED, NODE, SYSTEM, make_plan
from .reading import set_texts
from .subject import (
    SWEPT,
    Subject,
    find_input,
    is_cost,
    is_name,
    read_outputs,
    subjects_of,
    systems_named,
    usual_output,
)
from .system import System, refuse_weak

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nodecalc.charts.picture import Picture
    from nodecalc.drivers.sweep.dependence import Planned

    Array = NDArray[np.float64]


class SystemSweep(Swept):
    """A product of inputs of systems and the results over it; as a `Sweep`, its nodes being systems."""

    def __init__(
        self, request: Request, plan: Planned, subjects: Sequence[Subject], parallel: bool | None = None
    ) -> None:
        """Keep what `sweep_system` resolved: each system on each node."""
        super().__init__(request, plan, parallel)
        self.subjects = tuple(subjects)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield each point as a flat row: axes, then results."""
        columns = self.columns()
        for place, values in enumerate(product(*(axis.listed() for axis in self.request.axes))):
            at = dict(zip(self.dims, values, strict=True))
            yield {**at, **{key: float(column[place]) for key, column in columns.items()}}

    def meant(self, name: str) -> str:
        """Return what a result is called: ``cost`` is what a unit costs, with a volume in all."""
        return usual_output(self.subjects, self.dims) if is_cost(name) else name

    @cached_property
    def systems(self) -> tuple[System, ...]:
        """Each system at the first point, with its figures and sources."""
        first = {axis.key: axis.at(0) for axis in self._own_axes()}
        return tuple(_system_at(each, first) for each in self.subjects)

    def _own_axes(self) -> list[Axis]:
        return [axis for axis in self.request.axes if axis.key not in (SYSTEM, NODE)]

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know beside the numbers: what an axis changes with the point at which it is true."""
        told = []
        axes = self._own_axes()
        long = [(at_value(axis.key, axis.at(0)), axis) for axis in axes if axis.size > 1]
        for subject, system in zip(self.subjects, self.systems, strict=True):
            others = [(at, _notes_at_last(subject, axes, axis)) for at, axis in long]
            told.append((subject.label, held_at(system.notes, [(at, n) for at, n in others if n is not None])))
        return told_of(told)

    @property
    def provenance(self) -> Provenance:
        """The figures of every part, their sources and marks, at the first point."""
        supplied = [
            NodeFigures(subject.label, "", system.figures, False)
            for subject, system in zip(self.subjects, self.systems, strict=True)
        ]
        return provenance_of(self.request, self.subjects[0].catalogue, supplied, self.notes)

    @property
    def title(self) -> str:
        """The system, where it is one, and what is set of it."""
        entries = dict.fromkeys(each.entry.name for each in self.subjects)
        asked = self.request.systems
        return "; ".join((*(entries if len(entries) == 1 else ()), *(asked.values if asked is not None else ())))

    def pictures(self) -> list[Picture]:
        """Return a chart of each result: curves over one input that is a number, a map over two."""
        from nodecalc.drivers.sweep.picture import pictures

        return pictures(self)

    @property
    def can_be_drawn(self) -> bool:
        """Whether there is a chart that says more than the rows."""
        from nodecalc.drivers.sweep.picture import can_be_drawn

        return can_be_drawn(self)


def sweep_system(
    name: str | os.PathLike[str] | SystemEntry | Sequence[str],
    over: Mapping[str, Any],
    *,
    node: str | At | Sequence[str | At] | None = None,
    outputs: str | Sequence[str] = (),
    values: Iterable[str] | Mapping[str, object] = (),
    convention: str | None = None,
    reduce: Sequence[str] | str | None = None,
    best: str | None = None,
    top: int | None = None,
    pareto: Sequence[str] | None = None,
    out: Mapping[str, Array] | None = None,
    strict: bool = False,
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
    progress: bool | Callable[[int, int], None] = False,
    client: Any = None,
) -> SystemSweep:
    """Return results of a system over a product of its inputs, or what they boil down to.

    Args:
        name: a system, as for `system`, or several, which are the first axis.
        over: inputs and their values, in the order of the axes: ``{"die.gpu.d0": "0.05:0.3:10"}``, ``{"volume":
            [1e4, 1e5]}``; names of one part alone need no part: ``"package_yield"``. A range or a list, as for `sweep`.
        node: process node of the dies instead of their own; several are an axis.
        outputs: results: unit_cost_usd, package_yield, materials_usd, lost_usd; with a volume nre_usd_per_unit,
            total_usd; with a price or a margin unit_price_usd, gross_margin, margin_after_levy; ``"band"`` is P10, P50
            and P90 of what a unit costs, with a volume of all that it costs, over the figures that are not given.
        values: what is set once, as for `system`; also ``volume=1M``, ``margin=60%``, ``price=30000``, ``levy=25%``.
        reduce, best, top, pareto, out, progress, client: as for `sweep`.
        convention, strict, catalogue: as for `system`.

    Returns:
        A `SystemSweep`: `arrays` by result, `dims`, `coords`, `rows()`, `reductions`, `best`, `front`, `save(path)`,
        `pictures()`, `plot(path)`.

    Raises:
        NodecalcError: an unknown system, part, key or result; a missing figure; too many points.

    >>> s = sweep_system("ascend-910c", {"d0": "0.2:0.8:4"}, node=["smic-n+2", "smic-n+3"])
    >>> s.dims, s["unit_cost_usd"].shape
    (('node', 'die.compute:d0_per_cm2'), (2, 4))

    """
    check_streams(reduce, best, top, pareto, client, out, progress)
    known = open_catalogue(catalogue)
    several, texts = systems_named(name), set_texts(values)
    rows = subjects_of(several, node, known, texts, convention)
    subjects = [each for row in rows for each in row]
    axes: list[Axis] = []
    if len(rows) > 1:
        axes.append(_names(SYSTEM, [row[0].entry.id for row in rows]))
    if node is not None:
        axes.append(_names(NODE, [each.node for each in rows[0]]))
    axes += (own := read_axes(over, subjects))
    refuse_set(texts, {a.key: f"--over {text}" for a, text in zip(own, over, strict=True)}, AXIS, node, subjects)
    if not axes:
        raise InputError("no axis; give one with --over, such as --over d0=0.05:0.5:10, or several systems or nodes")
    words = [*several_names("outputs", outputs, f"name some of {', '.join(SWEPT)}"), *_ranked(best, pareto)]
    request = Request(
        None, None, {}, tuple(axes), _outputs(words, subjects, axes), a_flag("strict", strict), _path(catalogue),
        systems=Systems(named := tuple(map(_name_of, several)), texts, convention, _digests(named)),
    )  # fmt: skip
    made = _made(request, rows)
    carry_out(made, reduce, best, top, pareto, client, out, progress)
    return made


def asked(request: Request, catalogue: Catalogue | None = None) -> SystemSweep:
    """Return the sweep of a request for systems, ready to be worked out."""
    assert request.systems is not None
    known = catalogue if catalogue is not None else open_catalogue(request.catalogue)
    nodes = request.axis(NODE)
    names: Any = list(request.systems.names)
    if _digests(names) != request.systems.digests:
        files = ", ".join(filter(names_file, names))
        raise InputError(f"{files}: gone, or changed since this was asked; bring it back, or ask anew")
    rows = subjects_of(
        names, None if nodes is None else nodes.listed(), known, request.systems.values, request.systems.convention
    )
    subjects = [each for row in rows for each in row]
    own = {axis.key: axis for axis in request.axes if axis.key not in (SYSTEM, NODE)}
    for key in own:
        for subject in subjects:
            find_input(key.replace(":", "."), subject)
    outputs = _outputs(request.outputs, subjects, request.axes)
    return _made(request._replace(outputs=outputs), rows)


def _system_at(subject: Subject, moved: Mapping[str, Any]) -> System:
    here = subject.with_inputs(moved)
    return System(here.entry, here.graph(), here.catalogue, here.whole.get("volume"))


def _notes_at_last(subject: Subject, axes: Sequence[Axis], moving: Axis) -> tuple[str, ...] | None:
    """Return the notes where one axis is at its last value, the others at their first; None where no system is."""
    at = {axis.key: axis.at(axis.size - 1 if axis is moving else 0) for axis in axes}
    try:
        return _system_at(subject, at).notes
    except NodecalcError:
        return None


def _made(request: Request, rows: Sequence[Sequence[Subject]]) -> SystemSweep:
    check_axes(request.axes)
    chosen = [axis.key for axis in request.axes if axis.key in (SYSTEM, NODE)]
    plan = make_plan(rows, request.axes, chosen, request.outputs)
    found = SystemSweep(request, plan, [each for row in rows for each in row])
    if request.strict:
        for each in found.systems:
            refuse_weak(each.graph)
    return found


def _outputs(words: Sequence[str], subjects: Sequence[Subject], axes: Sequence[Axis]) -> tuple[str, ...]:
    """Return the keys of results; ``band`` is of the first cost among them, else of the usual one."""
    paths = [axis.key for axis in axes]
    plain = [word for word in words if word.strip().lower() not in BAND_NAMES]
    keys = read_outputs(plain, subjects, paths, SWEPT)
    usual = usual_output(subjects, paths)
    cost = next((key for key in keys if key in BANDED), usual)
    found: list[str] = []
    for word in words or (usual,):
        banded = word.strip().lower() in BAND_NAMES
        found += band_of(cost) if banded else read_outputs([word], subjects, paths, SWEPT)
    return tuple(dict.fromkeys(found))


def _ranked(best: str | None, pareto: Sequence[str] | None) -> list[str]:
    """Return results that are ranked by, which are worked out too."""
    several = pareto.split(",") if isinstance(pareto, str) else () if pareto is None else pareto
    several = several_names("pareto", several, "give the keys of two results")
    return [key for key in (best, *several) if isinstance(key, str) and key.strip()]


def _name_of(name: str | os.PathLike[str] | SystemEntry) -> str:
    """Return what a system is found again by; an entry of the caller's own is not."""
    if isinstance(name, SystemEntry):
        return f"{name.id} (an entry of the caller's)"
    path = os.fspath(name)
    return whole_path(path) if names_file(path) else path


def _digests(names: Sequence[str]) -> tuple[str, ...]:
    """Return what tells the files among the names of systems from others; "" of one that is gone."""
    return tuple(_digest(name) for name in names if names_file(name))


def _digest(path: str) -> str:
    try:
        return file_digest(path) or ""
    except OSError:
        return ""


def _path(catalogue: Catalogue | str | os.PathLike[str] | None) -> str | None:
    path = catalogue.path if isinstance(catalogue, Catalogue) else catalogue
    return None if path is None else whole_path(path)


def _names(key: str, names: Sequence[str]) -> Axis:
    twice = next((name for name in names if list(names).count(name) > 1), None)
    if twice is not None:
        raise InputError(f"{key} {twice} twice; give each once")
    if not names or not all(names):
        raise InputError(f"{key.replace(':', '.')}: {'an empty name' if names else 'no values'}; give names")
    return Axis(key, tuple(names))


def _axis(text: str, given: Any, subjects: Sequence[Subject]) -> Axis:
    """Return the axis of an input, which every system has to have."""
    paths = {find_input(text, each) for each in subjects}
    if len(paths) > 1:
        raise InputError(
            f"'{text}' is of another part in each of {', '.join(each.label for each in subjects)}; sweep one"
        )
    path = paths.pop()
    key = path.rpartition(":")[2]
    if getattr(given, "ndim", 1) == 0:
        given = given.item()  # an array without dimensions is its one value
    if is_name(path):
        check_order(text, given)
        given = [given] if isinstance(given, At) else given
        words = given.split(",") if isinstance(given, str) else items(text, given, "give names, such as ['n5', 'n7']")
        return _names(path, [str(word).strip() for word in words])
    try:
        if isinstance(given, str):
            return axis_of_text(key, given)._replace(key=path)
        axis = read_axis(key, given if hasattr(given, "__iter__") else [given])
    except InputError as error:
        raise InputError(str(error).replace(label(quantity(key)), text, 1)) from None
    if axis is None:
        raise InputError(f"{text} {brief(given)}: no values of an axis; give numbers, such as [0.1, 0.2]")
    return axis._replace(key=path)


def read_axes(over: Mapping[str, Any], subjects: Sequence[Subject]) -> list[Axis]:
    """Return the axes of inputs by name, each once."""
    if not isinstance(over, Mapping):
        raise InputError(
            f"over {brief(over)}: give a mapping of inputs to their values, such as {{'die.gpu.d0': [...]}}"
        )
    axes = [_axis(key, given, subjects) for key, given in over.items()]
    keys = [axis.key for axis in axes]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise InputError(f"{twice.replace(':', '.')}: two axes of one input; give one")
    return axes
