"""Systems over a product of inputs: the cost at each point, of one system or several, on one node or several."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any, Final

from nodecalc.catalogue import open_catalogue
from nodecalc.doors import names as several_names
from nodecalc.errors import InputError
from nodecalc.progress import doing
from nodecalc.question.axis import Axis
from nodecalc.question.ranges import axis_of_text, read_axis
from nodecalc_kernels.stages import after, behind, settled

from .subject import OUTPUTS, Subject, find_input, is_name, read_outputs, subjects_of, usual_output
from .system import System, refuse_weak

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nodecalc.catalogue import Catalogue
    from nodecalc.catalogue.systems import SystemEntry
    from nodecalc.charts.picture import Picture
    from nodecalc.charts.plot import Plot

    from .reading import Graph

    Array = NDArray[np.float64]

SYSTEM: Final = "system"
NODE: Final = "node"
MOST_GRAPHS: Final = 4096
"""Graphs that are made anew where an input changes more than the stages read, such as a die's size."""
MOST_POINTS: Final = 50_000_000
PLAIN_STEPS: Final = 400_000
"""Stages times points up to which plain Python is the quicker: a loop takes seconds to be compiled."""


class SystemSweep:
    """A product of inputs of systems, and results over it."""

    def __init__(
        self, subjects: Sequence[Subject], axes: Sequence[Axis], outputs: Sequence[str], names: Sequence[str]
    ) -> None:
        """Keep what `sweep_system` read; `names` are the axes that say which of the subjects it is."""
        self.subjects, self.axes, self.outputs = tuple(subjects), tuple(axes), tuple(outputs)
        self.names = tuple(names)

    @property
    def dims(self) -> tuple[str, ...]:
        """Names of the axes, the last fastest: system, node, then inputs such as ``die.gpu:d0_per_cm2``."""
        return tuple(axis.key for axis in self.axes)

    @property
    def coords(self) -> dict[str, Any]:
        """Name of each axis -> its values."""
        return {axis.key: axis.values() for axis in self.axes}

    @property
    def shape(self) -> tuple[int, ...]:
        """How many values each axis has."""
        return tuple(axis.size for axis in self.axes)

    @property
    def points(self) -> int:
        """How many points there are."""
        return prod(self.shape)

    @cached_property
    def arrays(self) -> dict[str, Array]:
        """Result -> float64 array of `shape`; nan where a point lies outside the domain."""
        import numpy as np

        own = [axis for axis in self.axes if axis.key not in self.names]
        with doing(f"working out {self.points:,} points"):
            blocks = [_block(each, own, self.outputs) for each in self.subjects]
        return {key: np.stack([block[key] for block in blocks]).reshape(self.shape) for key in self.outputs}

    def __getitem__(self, key: str) -> Array:
        if key not in self.outputs:
            raise InputError(f"'{key}' is not among the outputs {', '.join(self.outputs)}")
        return self.arrays[key]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield each point as a flat row: axes, then results."""
        arrays = {key: self.arrays[key].reshape(-1) for key in self.outputs}
        lists = [axis.values().tolist() for axis in self.axes]
        for place, values in enumerate(product(*lists)):
            yield {**dict(zip(self.dims, values, strict=True)), **{k: float(a[place]) for k, a in arrays.items()}}

    @cached_property
    def systems(self) -> tuple[System, ...]:
        """Each system at the first point, with its figures and sources."""
        first = {axis.key: axis.at(0) for axis in self.axes if axis.key not in self.names}
        return tuple(
            System(here.entry, here.graph(), here.catalogue, here.whole.get("volume"))
            for here in (each.with_inputs(first) for each in self.subjects)
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know beside the numbers."""
        return tuple(dict.fromkeys(note for each in self.systems for note in each.notes))

    def pictures(self) -> list[Picture]:
        """Return a chart of each result: curves over one input that is a number, a map over two."""
        from nodecalc.charts.picture import picture_of
        from nodecalc.question.axis import Span
        from nodecalc.vocabulary import quantity

        log = [axis.key for axis in self.axes if isinstance(axis.points, Span) and axis.points.log]
        title = "" if SYSTEM in self.dims else self.subjects[0].entry.name
        return [
            picture_of(
                self.dims, self.coords, self.arrays[key], key, title=title, better=quantity(key).better or "lower",
                log=log,
            )
            for key in self.outputs
        ]  # fmt: skip

    @property
    def can_be_drawn(self) -> bool:
        """Whether there is a chart that says more than the rows."""
        return sum(1 for axis in self.axes if not axis.is_names and axis.size > 1) in (1, 2)

    def plot(self, path: str | os.PathLike[str]) -> Plot:
        """Draw `pictures` into FILE.svg or FILE.png. Needs matplotlib."""
        from nodecalc.charts.plot import Plot, check_plot
        from nodecalc.doors import a_path

        target = check_plot(a_path("plot", path, "give the path of an .svg or .png file"))
        drawn = Plot(self.pictures(), "")
        drawn.save(target)
        return drawn

    def __repr__(self) -> str:
        return f"SystemSweep({', '.join(f'{a.key}: {a.size:,}' for a in self.axes)}; {', '.join(self.outputs)})"


def sweep_system(
    name: str | os.PathLike[str] | SystemEntry | Sequence[str],
    over: Mapping[str, Any],
    *,
    node: str | Sequence[str] | None = None,
    outputs: str | Sequence[str] = (),
    values: Iterable[str] | Mapping[str, object] = (),
    convention: str | None = None,
    strict: bool = False,
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
) -> SystemSweep:
    """Return what one unit of a system costs over a product of its inputs.

    Args:
        name: a system, as for `system`, or several, which are the first axis.
        over: inputs and their values, in the order of the axes: ``{"die.gpu.d0": "0.05:0.3:10"}``, ``{"volume":
            [1e4, 1e5]}``; names of one part alone need no part: ``"package_yield"``. A range or a list, as for `sweep`.
        node: process node of the dies instead of their own; several are an axis.
        outputs: results: unit_cost_usd, package_yield, materials_usd, lost_usd; with a volume nre_usd_per_unit,
            total_usd; with a price or a margin unit_price_usd, gross_margin, margin_after_levy.
        values: what is set once, as for `system`; also ``volume=1M``, ``margin=60%``, ``price=30000``, ``levy=25%``.
        convention, strict, catalogue: as for `system`.

    Returns:
        A `SystemSweep`: `arrays` by result, `dims`, `coords`, `rows()`, `pictures()`, `plot(path)`.

    Raises:
        NodecalcError: an unknown system, part, key or result; a missing figure; too many points.

    >>> s = sweep_system("ascend-910c", {"d0": "0.2:0.8:4"}, node=["smic-n+2", "smic-n+3"])
    >>> s.dims, s["unit_cost_usd"].shape
    (('node', 'die.compute:d0_per_cm2'), (2, 4))

    """
    known = open_catalogue(catalogue)
    rows = subjects_of(name, node, known, values, convention)
    subjects = [each for row in rows for each in row]
    axes: list[Axis] = []
    if len(rows) > 1:
        axes.append(_names(SYSTEM, [row[0].entry.id for row in rows]))
    if node is not None:
        axes.append(_names(NODE, [each.node for each in rows[0]]))
    chosen = tuple(axis.key for axis in axes)
    axes += read_axes(over, subjects)
    if not axes:
        raise InputError("no axis; give one with --over, such as --over d0=0.05:0.5:10, or several systems or nodes")
    paths = [axis.key for axis in axes]
    several_out = several_names("outputs", outputs, f"name some of {', '.join(OUTPUTS)}")
    keys = read_outputs(several_out or (usual_output(subjects, paths),), subjects, paths)
    found = SystemSweep(subjects, axes, keys, chosen)
    if strict:
        for each in found.systems:
            refuse_weak(each.graph)
    return found


def _names(key: str, names: Sequence[str]) -> Axis:
    twice = next((name for name in names if list(names).count(name) > 1), None)
    if twice is not None:
        raise InputError(f"{key} {twice} twice; give each once")
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
    if is_name(path):
        words = given.split(",") if isinstance(given, str) else list(given)
        return _names(path, [str(word).strip() for word in words])
    if isinstance(given, str):
        return axis_of_text(key, given)._replace(key=path)
    axis = read_axis(key, given if hasattr(given, "__iter__") else [given])
    assert axis is not None
    return axis._replace(key=path)


def read_axes(over: Mapping[str, Any], subjects: Sequence[Subject]) -> list[Axis]:
    """Return the axes of inputs by name, each once, with no more points than can be worked out."""
    axes = [_axis(key, given, subjects) for key, given in over.items()]
    keys = [axis.key for axis in axes]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise InputError(f"{twice.replace(':', '.')}: two axes of one input; give one")
    points = prod(axis.size for axis in axes)
    if points > MOST_POINTS:
        raise InputError(f"{points:,} points of a system: at most {MOST_POINTS:,}; shorten an axis")
    return axes


def _block(asked: Subject, axes: Sequence[Axis], outputs: Sequence[str]) -> dict[str, Array]:
    """Return the results of one system over its axes."""
    import numpy as np

    first = {axis.key: axis.at(0) for axis in axes}
    plain = [axis for axis in axes if asked.is_plain(axis.key, first[axis.key], _without(first, axis.key))]
    anew = [axis for axis in axes if axis not in plain]
    graphs = prod(axis.size for axis in anew)
    if graphs > MOST_GRAPHS:
        listed = ", ".join(axis.key.replace(":", ".") for axis in anew)
        raise InputError(
            f"{graphs:,} values of {listed}: each is a question anew, at most {MOST_GRAPHS:,}; shorten an axis"
        )
    blocks: dict[str, list[Any]] = {key: [] for key in outputs}
    for values in product(*(axis.values().tolist() for axis in anew)):
        here = {
            **{axis.key: first[axis.key] for axis in plain},
            **dict(zip((a.key for a in anew), values, strict=True)),
        }
        graph = asked.graph(here)
        columns = {asked.start(axis.key, graph): axis.values() for axis in plain}
        for key, found in run_over(graph, columns, outputs).items():
            blocks[key].append(found)
    order = [*anew, *plain]
    back = [order.index(axis) for axis in axes]
    shape = [axis.size for axis in order]
    return {key: np.stack(found).reshape(shape).transpose(back) for key, found in blocks.items()}


def _without(values: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != key}


def run_over(graph: Graph, columns: Mapping[str, Array], outputs: Sequence[str]) -> dict[str, Array]:
    """Return results over the product of what `columns` say of some starts of a graph: plain, or in written loops."""
    import numpy as np

    shape = [len(column) for column in columns.values()]
    grids = dict(zip(columns, np.meshgrid(*columns.values(), indexing="ij", sparse=True), strict=True))
    steps = behind(after(graph.stages, columns), outputs)
    if len(steps) * prod(shape) > PLAIN_STEPS:
        from nodecalc_kernels.compiled import run_points

        found = run_points(graph.stages, {**graph.numbers, **grids}, outputs)
        return {key: np.broadcast_to(array, shape) for key, array in found.items()}
    fixed = settled(graph.stages, graph.numbers, columns)
    lists: dict[str, list[float]] = {k: np.broadcast_to(grid, shape).reshape(-1).tolist() for k, grid in grids.items()}
    count = prod(shape)
    for step in steps:
        inputs = [lists[key] if key in lists else [fixed[key]] * count for key in step.inputs]
        results = [step.function(*values) for values in zip(*inputs, strict=True)]
        if len(step.outputs) == 1:
            lists[step.outputs[0]] = results
        else:
            lists |= {key: [row[i] for row in results] for i, key in enumerate(step.outputs)}
    return {key: np.array(lists[key] if key in lists else [fixed[key]] * count).reshape(shape) for key in outputs}
