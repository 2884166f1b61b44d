"""A sweep as a table of rows, which is all that files know of it; and what workers of a cluster make rows from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from nodecalc.files.table import Table

if TYPE_CHECKING:
    from nodecalc.files.table import Columns, Tell
    from nodecalc.question.blocks import Tiles

    from .dependence import Planned
    from .grid import Grid
    from .layout import Array
    from .swept import Swept


class GridRows:
    """Rows that are worked out, unless they are held already. The grid is made when it is first asked for."""

    def __init__(self, grid: Callable[[], Grid], held: Callable[[], Mapping[str, Array] | None] = lambda: None) -> None:
        """Take where the grid comes from, and the arrays that there are by then, if any."""
        self._grid = grid
        self._held = held

    def fill(self, tiles: Tiles, first: int, last: int, room: Columns) -> Columns:
        """Return the results of the tiles from `first` up to, without, `last`."""
        from .run import fill_tiles

        begin, end = tiles.start(first), tiles.start(last)
        arrays = self._held()
        if arrays is not None:
            return {key: arrays[key].reshape(-1)[begin:end] for key in room}
        fill_tiles(self._grid(), tiles, first, last, room)
        return {key: array[: end - begin] for key, array in room.items()}

    def size_of(self, key: str) -> int:
        """Return how many different values a result can have."""
        return self._grid().size_of(key)

    def tile_points(self, keys: Sequence[str]) -> int:
        """Return how many points a tile may have in which those results are worked out."""
        return self._grid().tile_points(tuple(keys))


class TravellingRows(NamedTuple):
    """The rows of a plan on their way to a worker, which keeps what it makes of them."""

    plan: Planned

    def unpacked(self) -> GridRows:
        """Return rows that are worked out by the thread that asks for them: a worker's threads are several."""
        from .grid import Grid

        grid = Grid(self.plan, parallel=False)
        return GridRows(lambda: grid)


def table_of(sweep: Swept) -> Table:
    """Return the table of `sweep`."""

    def on_workers(client: Any, function: Callable[..., Any], jobs: Sequence[Any], tell: Tell | None) -> Any:
        from nodecalc.cluster.ranges import run_jobs_on

        return run_jobs_on(client, function, jobs, tell, cargo=TravellingRows(sweep.plan))

    def metadata() -> str:
        return sweep.provenance.to_json()

    return Table(
        axes=sweep.request.axes,
        outputs=sweep.outputs,
        rows=GridRows(lambda: sweep.grid, lambda: sweep._arrays),
        metadata=metadata,
        arrays=lambda: sweep.arrays,
        # They would work out anew what was read, with the figures of today under the provenance of the file.
        on_workers=None if sweep.is_read else on_workers,
        tell=sweep.tell,
    )


def print_csv(sweep: Swept, file: BinaryIO) -> None:
    """Write every point of `sweep` as CSV to an open stream, however many there are."""
    if not sweep.is_filled and sweep.few.holds(sweep.outputs):
        from nodecalc.files.csvtext import few_rows

        file.write(few_rows(sweep.request.axes, sweep.columns()).encode())
        return
    from nodecalc.files import saving

    saving.print_csv(table_of(sweep), file)
