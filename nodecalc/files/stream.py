"""Results in the order of their rows, a group at a time: worked out here while another thread writes the last one."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final, TypeVar

from nodecalc.interrupts import check
from nodecalc.question.blocks import Tiles
from nodecalc_kernels.numpy_whole import np

if TYPE_CHECKING:
    from .table import Array, Columns, Rows, Table, Tell

T = TypeVar("T")

ROOMS: Final = 2
"""Groups that are in memory at once: one is worked out, one is written."""


def tiles_of(table: Table, outputs: Sequence[str], group_rows: int) -> Tiles:
    """Return the tiles for groups of about `group_rows` rows."""
    return Tiles(table.shape, tile_limit(table.rows, outputs, group_rows))


def tile_limit(rows: Rows, outputs: Sequence[str], group_rows: int) -> int:
    """Return the points of a tile at most: a group is made of whole tiles."""
    return min(rows.tile_points(outputs), group_rows)


def first_tile_at(tiles: Tiles, row: int) -> int:
    """Return the first tile that begins at `row` or after it."""
    return bisect_left(range(tiles.count), row, key=tiles.start)


def groups(tiles: Tiles, group_rows: int, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Cut the tiles from `first` up to `last` where they pass a multiple of `group_rows`; none reaches twice that."""
    while first < last:
        end = first_tile_at(tiles, (tiles.start(first) // group_rows + 1) * group_rows)
        yield first, min(end, last)
        first = min(end, last)


def room_for(tiles: Tiles, outputs: Sequence[str], group_rows: int, first: int, last: int) -> dict[str, Array]:
    """Return arrays that any group of those tiles fits into; pages that are never used take no memory."""
    size = min(2 * group_rows, tiles.start(last) - tiles.start(first))
    return {key: np.empty(size) for key in outputs}


def pump(
    rows: Rows,
    outputs: Sequence[str],
    tiles: Tiles,
    group_rows: int,
    write: Callable[[int, Columns], None],
    first: int = 0,
    last: int | None = None,
    tell: Tell | None = None,
) -> None:
    """Give `write` the rows of the tiles from `first` up to, without, `last`: their first row and their results.

    `write` runs in a thread of its own, one call at a time, in order: it writes a group while the next one is worked
    out here, where compiled loops may use several threads. `tell` is told the rows written, and those in all.
    """
    end = tiles.count if last is None else last
    rooms = [room_for(tiles, outputs, group_rows, first, end) for _ in range(ROOMS)]
    begin, total = tiles.start(first), tiles.start(end) - tiles.start(first)
    waiting: deque[tuple[Future[None], int]] = deque()

    def written() -> None:
        future, row = waiting.popleft()
        future.result()
        check()
        if tell is not None:
            tell(row - begin, total)

    writer = _writer()
    try:
        for turn, (start, stop) in enumerate(groups(tiles, group_rows, first, end)):
            if len(waiting) == ROOMS:
                written()  # and its room is free again
            columns = rows.fill(tiles, start, stop, rooms[turn % ROOMS])
            waiting.append((writer.submit(write, tiles.start(start), columns), tiles.start(stop)))
        while waiting:
            written()
    finally:
        # Nobody may close the file while the other thread is writing to it.
        writer.shutdown(wait=True, cancel_futures=True)


class _Here(Executor):
    """Does what it is given at once, where the system has no thread for it."""

    def submit(self, call: Callable[..., T], /, *args: Any, **words: Any) -> Future[T]:
        """Call it, and return what came of it."""
        future: Future[T] = Future()
        try:
            future.set_result(call(*args, **words))
        except BaseException as error:
            future.set_exception(error)
        return future


def _writer() -> Executor:
    """Return what writes: a thread that has started, or this one where the system gives this process no more."""
    pool = ThreadPoolExecutor(1, "nodecalc-write")
    try:
        pool.submit(int)
    except RuntimeError:
        pool.shutdown(wait=False, cancel_futures=True)
        return _Here()
    return pool


class Closing:
    """A writer that is closed whatever happens, and what it says then does not hide what happened before."""

    def __init__(self, writer: Any) -> None:
        """Take the writer."""
        self._writer = writer

    def __enter__(self) -> Any:
        return self._writer

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        try:
            self._writer.close()
        except Exception:
            # Left open, it would try again when it is collected, on a file that is closed by then.
            if kind is None:
                raise
