"""The answer of a sweep: axes, results over them or what they were boiled down to, and where the numbers come from."""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nodecalc.catalogue import open_catalogue
from nodecalc.doors import a_path, items
from nodecalc.errors import InputError
from nodecalc.question.at import At, nodes_of
from nodecalc.question.evidence_notes import evidence_notes
from nodecalc.question.figures import UNCERTAIN
from nodecalc.question.graph import SIZE_KEYS
from nodecalc.question.market import YEAR
from nodecalc.question.size import SIDE_KEYS, notes_of_dies, shape_notes
from nodecalc.question.utilisation import UTILISATION

from .plan import Background, Plan, make_plan, with_ids
from .provenance import Provenance, provenance_of
from .request import BANDS, DEFAULT_RESULTS, WAFER_COUNTS, Request, read_request

if TYPE_CHECKING:
    import pyarrow as pa
    import xarray as xr

    from nodecalc.catalogue import Catalogue
    from nodecalc.charts.plot import Plot
    from nodecalc.files.table import Table
    from nodecalc.question.inputs import Inputs

    from .against import Reference
    from .dependence import Dependence
    from .few import Few
    from .grid import Grid
    from .layout import Array
    from .run import Tell

TOP: int = 10
"""Best points that are kept where no number is given."""


class Sweep:
    """A product of input axes and the results over it. Arrays are worked out when they are first asked for."""

    is_read = False
    """Whether the results were read from a file, so that nothing is worked out."""

    def __init__(self, request: Request, plan: Plan, background: Background, parallel: bool | None = None) -> None:
        """Keep what `sweep` resolved."""
        self.request = request
        self.plan = plan
        self.background = background
        self.parallel = parallel
        self.tell: Tell | None = None
        self._grid: Grid | None = None
        self._few: Few | None = None
        self._arrays: dict[str, Array] | None = None
        self._by_names: dict[tuple[str, ...], Inputs] | None = None
        self.against: Sequence[Reference] = ()
        """Nodes beside it, which keep their own figures where these are axes; drawn and printed with it."""
        self.reductions: Mapping[str, Mapping[str, Any]] = {}
        """Output -> reduction -> number; argmin and argmax are the values of the axes at that point."""
        self.best: Sequence[Mapping[str, Any]] = ()
        """The best points, best first: axis keys, ``index`` and outputs."""
        self.front: Sequence[Mapping[str, Any]] = ()
        """The Pareto front, in the order of its first result."""

    def __getstate__(self) -> dict[str, Any]:
        # What is worked out on the way belongs to this process, and whoever is told of progress does too.
        return {**self.__dict__, "_grid": None, "_few": None, "tell": None}

    @property
    def grid(self) -> Grid:
        """The plan, ready to be evaluated."""
        if self._grid is None:
            from .grid import Grid

            self._grid = Grid(self.plan, self.parallel)
        return self._grid

    @property
    def few(self) -> Few:
        """The plan, ready to be evaluated in lists, where it holds few enough points."""
        if self._few is None:
            from .few import Few

            self._few = Few(self.plan)
        return self._few

    @property
    def dependence(self) -> Dependence:
        """What depends on what."""
        return self.few if self._grid is None else self._grid

    @property
    def dims(self) -> tuple[str, ...]:
        """Keys of the axes, in the order given; the last varies fastest."""
        return tuple(axis.key for axis in self.request.axes)

    @property
    def shape(self) -> tuple[int, ...]:
        """How many values each axis has."""
        return self.request.shape

    @property
    def points(self) -> int:
        """How many points the product of the axes has."""
        return self.request.points

    @property
    def outputs(self) -> tuple[str, ...]:
        """Keys of the results."""
        return self.request.outputs

    @property
    def coords(self) -> dict[str, Any]:
        """Key -> values of that axis: an array of numbers or names."""
        return {axis.key: axis.values() for axis in self.request.axes}

    @property
    def arrays(self) -> dict[str, Array]:
        """Output -> float64 array of `shape`."""
        if self._arrays is None:
            self.fill()
        assert self._arrays is not None
        return self._arrays

    def columns(self) -> dict[str, list[float]]:
        """Return output -> its value at every point, in their order; few points take no arrays."""
        if self._arrays is None and self.few.holds(self.outputs):
            return {key: self.few.column(key) for key in self.outputs}
        return {key: array.ravel().tolist() for key, array in self.arrays.items()}

    @property
    def is_filled(self) -> bool:
        """Whether the arrays are there already."""
        return self._arrays is not None

    def __getitem__(self, key: str) -> Array:
        if key not in self.outputs:
            raise InputError(f"'{key}' is not among the outputs {', '.join(self.outputs)}")
        return self.arrays[key]

    def is_whole(self, key: str) -> bool:
        """Whether all values of a result are whole numbers."""
        return key in WAFER_COUNTS or self.dependence.is_counted(key)

    def fill(self, out: Mapping[str, Array] | None = None) -> dict[str, Array]:
        """Work the results out, into the arrays of `out` where it has some: float64, contiguous, of `shape`."""
        from .run import fill_arrays

        self._arrays = fill_arrays(self.grid, self.outputs, out, self.tell)
        return self._arrays

    def point(self, index: Sequence[int] | int) -> dict[str, Any]:
        """Return one point, by its place in the row-major order or along each axis: the axes' values and the outputs.

        Raises InputError where there is no such point.
        """
        from .reduce.reduction import point_rows

        return point_rows(self, [self._place(index)])[0]

    def _place(self, index: Any) -> tuple[int, ...]:
        """Return an index along each axis; nothing wraps around."""
        from operator import index as whole

        from nodecalc.question.blocks import unravel

        try:
            if hasattr(index, "__iter__"):
                place = tuple(whole(i) for i in index)
                inside = len(place) == len(self.shape) and all(
                    0 <= i < n for i, n in zip(place, self.shape, strict=False)
                )
            else:
                flat = -1 if isinstance(index, bool) else whole(index)
                inside = 0 <= flat < self.points
                place = unravel(flat, self.shape) if inside else ()
        except TypeError:
            inside, place = False, ()
        if not inside:
            raise InputError(
                f"point {index!r}: none there; allowed: 0 to {self.points - 1:,}, or one index along each axis of "
                f"{self.shape}"
            )
        return place

    def inputs_at(self, row: Mapping[str, Any]) -> Inputs:
        """Return what was resolved for the names in `row`: the figures of its node among them."""
        background = self.background
        if self._by_names is None:
            names = [tuple(combination.values()) for combination in background.combinations]
            self._by_names = dict(zip(names, background.inputs, strict=True))
        return self._by_names[tuple(row[key] for key in background.combinations[0])]

    @property
    def provenance(self) -> Provenance:
        """The figures, sources, marks and notes behind the numbers."""
        from .figures_used import figures_used

        return provenance_of(self.request, self.background, figures_used(self), self._notes())

    def _notes(self) -> list[str]:
        """Return the notes of every combination; of dies that vary, what holds for the largest of them."""
        from .figures_used import read_along

        several = {key: read_along(self, key) for key in UNCERTAIN}
        alike = [key for key, along in several.items() if not along]
        notes = [note for i in self.background.inputs for note in (*i.notes, *_of_evidence(i, alike))]
        if any(UTILISATION in inputs.figures for inputs in self.background.inputs) and set(self.request.outputs) & {
            *BANDS
        }:
            notes.append(f"P10-P90 of a sweep leave out the range of {UTILISATION}")
        notes += _before_volume(self)
        for key, along in several.items():
            if along:
                notes.append(f"{key} is read for each row's {', '.join(along)}; its evidence is told for the first row")
        if not any(axis.key in SIZE_KEYS for axis in self.request.axes):
            return notes
        first = {note for i in self.background.inputs for note in shape_notes(i.die)}
        notes = [note for note in notes if note not in first]
        found = (self.few if self.few.holds(SIDE_KEYS) else self.grid).extreme_dies()
        given_by_area = any(graph.way in ("area", "count") for graph in self.plan.graphs)
        return notes if found is None else [*notes_of_dies(*found, given_by_area), *notes]

    # What others read

    def _table(self) -> Table:
        """Return the rows as files take them."""
        from .table import table_of

        return table_of(self)

    def to_xarray(self) -> xr.Dataset:
        """Return an xarray Dataset: labelled dims, units and meanings, figures and sources in its attributes."""
        from nodecalc.files.xarray import dataset

        return dataset(self._table())

    def to_arrow(self, expand: bool = True) -> pa.Table:
        """Return a pyarrow Table of all points; `expand` puts the axes beside the results, names dictionary-encoded."""
        from nodecalc.files.arrow import arrow_table

        return arrow_table(self._table(), expand)

    def to_reader(self, expand: bool = True) -> pa.RecordBatchReader:
        """Return a pyarrow RecordBatchReader that works the points out as they are read; memory stays flat."""
        from nodecalc.files.arrow import reader

        return reader(self._table(), expand)

    def to_pandas(self) -> Any:
        """Return a pandas DataFrame of all points, axes beside results; names are categories."""
        try:
            import pandas  # noqa: F401 - pyarrow makes the frame; without pandas it says less
        except ImportError:
            raise InputError("to_pandas needs pandas: pip install pandas") from None
        return self.to_arrow().to_pandas()

    def to_polars(self) -> Any:
        """Return a polars DataFrame of all points, axes beside results; names are categories."""
        try:
            import polars
        except ImportError:
            raise InputError("to_polars needs polars: pip install polars") from None
        return polars.from_arrow(self.to_arrow())

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Hand all points over as an Arrow stream, to whatever takes one, such as ``polars.DataFrame(s)``.

        Each batch is worked out when it is read.
        """
        stream: object = self.to_reader().__arrow_c_stream__(requested_schema)
        return stream

    def save(
        self,
        path: str | os.PathLike[str],
        *,
        expand: bool = False,
        compact: bool = False,
        resume: bool = False,
        client: Any = None,
    ) -> str:
        """Write the results to a file by its ending, or in parts to a folder; see `nodecalc.files.saving.save`."""
        from nodecalc.files.saving import save

        return save(self._table(), path, expand=expand, compact=compact, resume=resume, client=client)

    def plot(self, path: str | os.PathLike[str] | None = None, output: Sequence[str] | str | None = None) -> Plot:
        """Draw the results: a line chart over one numeric axis, a heat map over two, a panel for each output.

        Args:
            path: an .svg or .png file to write; without one nothing is written.
            output: the outputs to draw, all of them where None. P10 and P90 beside the cost are its band, a shaded
                area.

        Returns:
            A `Plot`, which a notebook shows; its `figure()` is matplotlib's, to be changed at will.

        Raises:
            NodecalcError: no or more than two numeric axes, another ending, or matplotlib is not installed.

        >>> s = sweep(100, node=["n5", "n7"], year="2020:2026:7", outputs=["cost", "band"])
        >>> s.plot()
        Plot(good die cost (USD) by year; die 10 x 10 mm, 100 mm2)

        """
        from nodecalc.charts.plot import MISSING, Plot, can_plot, check_plot

        from .picture import pictures

        target = None if path is None else check_plot(a_path("plot", path, "give the path of an .svg or .png file"))
        if not can_plot():
            raise InputError(MISSING)
        beside = [f"{each.node}{each.sweep.provenance.behind}" for each in self.against]
        drawn = Plot(pictures(self, output), "\n".join((self.provenance.line, *beside)))
        if target is not None:
            drawn.save(target)
        return drawn

    def __repr__(self) -> str:
        axes = ", ".join(f"{axis.key}: {axis.size:,}" for axis in self.request.axes)
        state = "reduced" if self.reductions or self.best or self.front else ", ".join(self.outputs)
        return f"Sweep({axes or 'one point'}; {self.points:,} points; {state})"

    def _repr_html_(self) -> str:
        from nodecalc.drivers.notebook.sweep import page

        return page(self)


def _before_volume(sweep: Sweep) -> Iterator[str]:
    """Say of which nodes some rows ask for a year before their volume production."""
    axis = sweep.request.axis(YEAR)
    if axis is None:
        return
    first = axis.ends[0]
    for node in {i.node.id: i.node for i in sweep.background.inputs if i.node is not None}.values():
        volume = node.preferred("volume_year")
        if volume is not None and first < volume.number:
            yield f"{node.id}: its volume production began in {volume.number:g}, after the year of some rows"


def _of_evidence(inputs: Inputs, keys: Container[str]) -> tuple[str, ...]:
    """Return what is said of the evidence behind `keys` of one combination of names."""
    year = inputs.numbers.get(YEAR)
    figures = {key: figure for key, figure in inputs.figures.items() if key in keys}
    return () if year is None else tuple(evidence_notes(inputs.node, figures, year))


def sweep(
    size: str | float | None = None,
    *,
    chip: str | None = None,
    outputs: Sequence[str] | str = DEFAULT_RESULTS,
    reduce: Sequence[str] | str | None = None,
    best: str | None = None,
    top: int | None = None,
    pareto: Sequence[str] | None = None,
    out: Mapping[str, Array] | None = None,
    against: Sequence[str | At] | str | At | None = None,
    strict: bool = False,
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
    parallel: bool | None = None,
    progress: bool | Callable[[int, int], None] = False,
    client: Any = None,
    **inputs: Any,
) -> Sweep:
    """Return the product of any input axes: results over it, or what they boil down to.

    Args:
        size: as for `estimate`; leave it out where the die is an axis.
        chip: a real chip instead of a size.
        outputs: keys of the wanted results; what a good die costs where not given, with harvest or bins one that sells.
        reduce: ``"min"``, ``"argmin"``, ``"max"``, ``"argmax"``, ``"mean"`` or quantiles such as ``"p50"``, of every
            output. The points stream: no array of results is ever held. The same bits on any number of threads or
            workers. A quantile of more than 524,288 different values is within 2^-12 of its own value.
        best: rank the points by this output, in the direction that is better; `top` of them are kept.
        top: how many best points, 10 where not given.
        pareto: two outputs; the points that none other equals or beats in both are kept.
        out: output -> float64 array of the sweep's shape to fill.
        against: nodes that keep their own D0, wafer price and density, and inputs of their own, where these are axes:
            level lines in the pictures, whose break-even points are those with the other nodes. `Sweep.against` holds
            them, each as a sweep of its own.
        strict: refuse figures of kind estimated or assumed.
        catalogue: a catalogue, or a file that merges over the built-in one.
        parallel: True or False to choose; None uses several threads where there are points enough.
        progress: True for a bar on a terminal, or a function of points done and points in all; where very many
            different dies have to be counted first, or their bands worked out, it is told of those before.
        client: a ``distributed.Client``; reductions then run on its workers. Ranges travel, arrays do not.
        **inputs: any input key of the vocabulary, or the command line's spelling of it, and ``node``. A list, tuple,
            array, series or a text such as ``"0.05:0.5:10"``, ``"1:100:5:log"`` or ``"a,b,c"`` is an axis, in the
            order given, the last fastest; anything else is fixed. No value comes twice; a set has no order and is
            refused.

    Returns:
        A `Sweep`.

    Raises:
        NodecalcError: an axis that is no input, an empty or reversed range, an unknown output, a missing figure.

    >>> s = sweep("10x10", node=["tsmc-n7", "tsmc-n5"], d0_per_cm2=[0.05, 0.1, 0.2], outputs=["die_yield"])
    >>> s.dims, s["die_yield"].round(3).tolist()[0]
    (('node', 'd0_per_cm2'), [0.951, 0.906, 0.821])
    >>> s = sweep("10x10", node="tsmc-n5", d0_per_cm2="0.01:1:1000", reduce=["min", "argmax"], outputs="die_yield")
    >>> round(s.reductions["die_yield"]["min"], 4), s.reductions["die_yield"]["argmax"]
    (0.3996, {'d0_per_cm2': 0.01})

    """
    beside: Sequence[str | At] = (
        ()
        if against is None
        else [against]
        if isinstance(against, str | At)
        else items("against", against, "name nodes")
    )
    request = read_request(
        size, inputs, chip=chip, outputs=outputs, strict=strict, catalogue=catalogue,
        against=[each for node in beside for each in ([node] if isinstance(node, At) else nodes_of([node]))],
    )  # fmt: skip
    if top is not None and best is None:
        raise InputError(f"top {top}: of what? give best=, such as best='good_die_cost_usd'")
    if parallel not in (None, True, False):
        raise InputError(f"parallel {parallel!r}: allowed: True, False or None")
    if not callable(progress) and progress not in (True, False):
        raise InputError(f"progress {progress!r}: allowed: True, False or a function of points done and points in all")
    streams = reduce is not None or best is not None or pareto is not None
    if client is not None and not streams:
        raise InputError("client: arrays do not travel; give reduce, best or pareto, or save(folder, client=...)")
    if streams and out is not None:
        raise InputError("out: a sweep that is reduced holds no arrays; leave out one of them")
    if streams and against is not None:
        raise InputError("against: a sweep that is reduced is not drawn; leave out one of them")
    made = asked(request, catalogue, parallel)
    with told(progress) as tell:
        made.tell = tell
        if streams:
            from .reduce.reduction import reduced

            reduced(made, reduce, best, TOP if top is None else top, pareto, client)
        elif out is not None:
            made.fill(out)
    return made


class told:  # noqa: N801 - it is used as a function in a with statement
    """Whoever is to be told of progress: a function as it is, a bar for True, nobody for False."""

    def __init__(self, progress: bool | Callable[[int, int], None]) -> None:
        """Take what `sweep` was given."""
        self._progress = progress
        self._bar: Any = None

    def __enter__(self) -> Tell | None:
        if callable(self._progress):
            return self._progress
        if not self._progress:
            return None
        from nodecalc.progress import Bar

        self._bar = Bar()
        tell: Tell = self._bar.tell
        return tell

    def __exit__(self, *raised: object) -> None:
        if self._bar is not None:
            self._bar.close()


def asked(
    request: Request, catalogue: Catalogue | str | os.PathLike[str] | None = None, parallel: bool | None = None
) -> Sweep:
    """Return the sweep of a request, ready to be worked out; `catalogue` where it is more than the request's path."""
    known = open_catalogue(catalogue if catalogue is not None else request.catalogue)
    settled = with_ids(request, known)
    made = Sweep(settled, *make_plan(settled, known), parallel)
    made.against = _references(made, known)
    return made


def _references(made: Sweep, known: Catalogue) -> Sequence[Reference]:
    """Return the nodes beside a sweep, each as a sweep of its own."""
    if not made.request.against:
        return ()
    from .against import Reference, check_against, request_against

    asked_for = [request_against(made.request, node) for node in made.request.against]
    found = [Reference(Sweep(one, *make_plan(one, known), made.parallel), own) for one, own in asked_for]
    check_against(made, found)
    return tuple(found)
