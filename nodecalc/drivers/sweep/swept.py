"""A product of axes and results over it, whatever graphs they are of: arrays, reductions, files, pictures."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nodecalc.doors import a_flag, brief
from nodecalc.errors import InputError
from nodecalc_kernels.loading import load_whole

from .provenance import Provenance
from .request import WAFER_COUNTS, Request

if TYPE_CHECKING:
    import pyarrow as pa
    import xarray as xr

    from nodecalc.charts.plot import Plot
    from nodecalc.files.table import Table

    from .against import Reference
    from .dependence import Dependence, Planned
    from .few import Few
    from .grid import Grid
    from .layout import Array
    from .run import Tell


class Swept:
    """A product of input axes and the results over it. Arrays are worked out when they are first asked for."""

    is_read = False
    """Whether the results were read from a file, so that nothing is worked out."""

    def __init__(self, request: Request, plan: Planned, parallel: bool | None = None) -> None:
        """Keep what was resolved."""
        self.request = request
        self.plan = plan
        self.parallel = parallel
        self.tell: Tell | None = None
        self._grid: Grid | None = None
        self._few: Few | None = None
        self._arrays: dict[str, Array] | None = None
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

    def meant(self, name: str) -> str:
        """Return what a result is called where it has a short name of its own here."""
        return name

    @property
    def is_filled(self) -> bool:
        """Whether the arrays are there already."""
        return self._arrays is not None

    def __getitem__(self, key: str) -> Array:
        if not isinstance(key, str) or key not in self.outputs:
            called = f"'{key}'" if isinstance(key, str) else brief(key)
            raise InputError(f"{called} is not among the outputs {', '.join(self.outputs)}")
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
                f"point {brief(index)}: none there; allowed: 0 to {self.points - 1:,}, or one index along each axis of "
                f"{self.shape}"
            )
        return place

    @property
    def provenance(self) -> Provenance:
        """The figures, sources, marks and notes behind the numbers."""
        raise NotImplementedError

    @property
    def notes(self) -> tuple[str, ...]:
        """What is said of the numbers, each once."""
        raise NotImplementedError

    @property
    def title(self) -> str:
        """What all points have in common and a picture cannot do without."""
        raise NotImplementedError

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

        return arrow_table(self._table(), a_flag("expand", expand))

    def to_reader(self, expand: bool = True) -> pa.RecordBatchReader:
        """Return a pyarrow RecordBatchReader that works the points out as they are read; memory stays flat."""
        from nodecalc.files.arrow import reader

        return reader(self._table(), a_flag("expand", expand))

    def to_pandas(self) -> Any:
        """Return a pandas DataFrame of all points, axes beside results; names are categories."""
        try:
            load_whole("pandas")  # pyarrow makes the frame; without pandas it says less
        except ModuleNotFoundError:
            raise InputError("to_pandas needs pandas: pip install pandas") from None
        return self.to_arrow().to_pandas()

    def to_polars(self) -> Any:
        """Return a polars DataFrame of all points, axes beside results; names are categories."""
        try:
            polars = load_whole("polars")
        except ModuleNotFoundError:
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

        expand, compact, resume = a_flag("expand", expand), a_flag("compact", compact), a_flag("resume", resume)
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

        >>> import nodecalc as nc
        >>> s = nc.sweep(100, node=["n5", "n7"], year="2020:2026:7", outputs=["cost", "band"])
        >>> s.plot()
        Plot(good die cost (USD) by year; die 10 x 10 mm, 100 mm2)

        """
        from nodecalc.charts.plot import MISSING, Plot, can_plot, check_plot

        from .picture import pictures

        target = None if path is None else check_plot(path)
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
        return f"{type(self).__name__}({axes or 'one point'}; {self.points:,} points; {state})"

    def _repr_html_(self) -> str:
        from nodecalc.drivers.notebook.sweep import page

        return page(self)
