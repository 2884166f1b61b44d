"""Walking a grid: into arrays or through a reducer, on several threads, with word of how far it is."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from math import prod
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from nodecalc.drivers.evaluate import arrays_given, check_apart
from nodecalc.errors import InputError
from nodecalc.interrupts import check, heard
from nodecalc.question.blocks import Tiles, ravel
from nodecalc_kernels.numpy_whole import np

from .grid import SMALL_TILE, Grid

if TYPE_CHECKING:
    from .dependence import Planned
    from .layout import Array
    from .reduce.base import Reducer

FILL_TILE: Final = 1 << 22
"""Points of an array that are filled in one call: some milliseconds, so that an interrupt is soon heard."""

T = TypeVar("T")
Tell = Callable[[int, int], None]
"""Called with the points done and the points in all."""


def check_room(points: int, outputs: Sequence[str]) -> None:
    """Refuse arrays that the machine has no memory for, before it starts to swap."""
    import os

    needed = 8 * points * len(outputs)
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return
    if needed > memory:
        raise InputError(
            f"{points:,} points: {needed / 1e9:,.0f} GB of results, more than this machine's memory; "
            "give reduce or best to stream them, or write them to a file"
        )


def check_out(out: Mapping[str, Array], outputs: Sequence[str], shape: tuple[int, ...]) -> None:
    """Refuse arrays that the results cannot go into."""
    for key, array in out.items():
        if key not in outputs:
            raise InputError(f"out: '{key}' is not among the outputs {', '.join(outputs)}")
        if not isinstance(array, np.ndarray) or array.dtype != np.float64 or array.shape != shape:
            raise InputError(f"out: '{key}' must be a float64 array of shape {shape}")
        if not (array.flags.c_contiguous and array.flags.writeable):
            raise InputError(f"out: '{key}' must be contiguous and writable")
    check_apart(out)


@heard()
def fill_arrays(
    grid: Grid, outputs: Sequence[str], out: Mapping[str, Array] | None = None, tell: Tell | None = None
) -> dict[str, Array]:
    """Return `outputs` over the whole grid, in `out` where that has an array for them."""
    into = dict(arrays_given(out))
    check_out(into, outputs, grid.shape)
    points = prod(grid.shape)
    check_room(points, [key for key in outputs if key not in into])
    arrays = {key: into[key] if key in into else np.empty(grid.shape) for key in outputs}
    flat = {key: array.reshape(-1) for key, array in arrays.items()}
    tiles = Tiles(grid.shape, min(grid.tile_points(tuple(outputs)), FILL_TILE))
    fill_tiles(grid, tiles, 0, tiles.count, flat, tell)
    return arrays


def fill_tiles(
    grid: Grid, tiles: Tiles, first: int, last: int, out: Mapping[str, Array], tell: Tell | None = None
) -> None:
    """Fill flat arrays, by output key, with the tiles from `first` up to, without, `last`."""
    begin, total = tiles.start(first), tiles.start(last) - tiles.start(first)
    grid.prepare(tuple(out), tell)

    def work(tile: int) -> int:
        memo: dict[str, Any] = {}
        block, start, stop = tiles.block(tile), tiles.start(tile) - begin, tiles.start(tile + 1) - begin
        for key, array in out.items():
            grid.fill(key, grid.every_axis, block, array[start:stop], memo)
        return stop

    # Small tiles of what comes as fast as memory takes it only crowd the threads.
    worth_it = not all(grid.is_light(key) for key in out) or tiles.points >= tiles.count * (FILL_TILE // 2)
    threads = threads_for(grid) if worth_it and last - first > 1 else 1
    for done in in_threads(work, range(first, last), threads):
        if tell is not None:
            tell(done, total)


def reduce_tiles(grid: Grid, reducer: Reducer, first: int, last: int, tell: Tell | None = None) -> Any:
    """Return the state of `reducer` after the tiles from `first` up to, without, `last`."""
    state = reducer.start()
    tiles = reducer.tiles
    begin, total = tiles.start(first), tiles.start(last) - tiles.start(first)
    grid.prepare(reducer.keys, tell)
    threads = threads_for(grid) if last - first > 1 else 1  # asking loads what compiles
    parts = in_threads(lambda tile: (tile, reducer.part(grid, tile, state)), range(first, last), threads)
    for tile, part in parts:
        state = reducer.merge(state, part)
        if tell is not None:
            tell(tiles.start(tile + 1) - begin, total)
    return state


class TravellingGrid(NamedTuple):
    """The grid of a plan on its way to a worker of a cluster, which keeps it, and with it what it has worked out."""

    plan: Planned

    def unpacked(self) -> Grid:
        """Return the grid, for one thread: a worker's threads are several."""
        return Grid(self.plan, parallel=False)


def threads_for(grid: Grid) -> int:
    """Return how many threads walk a grid: those of numba, one where the caller's own thread is one of several."""
    from nodecalc_kernels.compiled.threads import thread_count

    several = threading.current_thread() is threading.main_thread() if grid.parallel is None else grid.parallel
    return thread_count() if several else 1


def in_threads(work: Callable[[int], T], items: range, threads: int) -> Iterator[T]:
    """Yield work(item) for each of `items`, in their order, worked out by several threads.

    Every thread takes the next item when it is done with one, so that none waits for another; what is worked out
    ahead is at most two items a thread. The caller's thread only waits: an interrupt reaches it at once.
    """
    if threads == 1 or len(items) < 2:
        for item in items:
            check()
            yield work(item)
        return
    ahead: deque[Future[T]] = deque()
    pool = ThreadPoolExecutor(threads, "nodecalc-sweep")
    given = 0
    try:
        for item in items:
            check()
            if len(ahead) == 2 * threads:
                yield ahead.popleft().result()
            try:
                ahead.append(pool.submit(work, item))
            except RuntimeError:
                break  # the system gives this process no more threads
            given += 1
        while ahead:
            check()
            yield ahead.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    if given < len(items):
        yield from in_threads(work, items[given:], 1)


FEW_POINTS: Final = 64
"""Points that are worked out one by one; of more, whole tiles are, and the points picked from them."""


def values_at(grid: Grid, keys: Sequence[str], places: Sequence[tuple[int, ...]]) -> dict[str, Array]:
    """Return the results at points given by their indices along the axes, with the same bits as anywhere else."""
    found = {key: np.empty(len(places)) for key in keys}
    tiles = Tiles(grid.shape, SMALL_TILE if len(places) > FEW_POINTS else 1)
    flat = [ravel(place, grid.shape) for place in places]
    of_tile: dict[int, list[int]] = {}
    for number, place in enumerate(flat):
        of_tile.setdefault(tiles.tile_of(place), []).append(number)
    for tile, numbers in of_tile.items():
        memo: dict[str, Any] = {}
        block, start = tiles.block(tile), tiles.start(tile)
        out = np.empty(tiles.start(tile + 1) - start)
        inside = [flat[number] - start for number in numbers]
        for key, values in found.items():
            grid.fill(key, grid.every_axis, block, out, memo)
            values[numbers] = out[inside]
    return found
