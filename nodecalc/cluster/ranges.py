"""Ranges of tiles, and jobs, on a Dask cluster: a cargo and ranges travel, and states are merged on the workers.

No array of results ever travels. Every state merges to the same bits in any order, so that neither the number of
workers, nor the ranges, nor a worker that is lost and whose ranges are done again, shows in a result.
"""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeVar

from .tasks import Run
from .workers import do, merge, reduce_range

if TYPE_CHECKING:
    from .workers import Cargo, Reducer

RANGE_S: Final = 0.5
"""Time that a range is meant to take a thread: a thousand times what Dask needs for a task, and yet soon done again."""

SHORTEST_S: Final = 0.04
"""Time that even the last ranges are meant to take: ten times what a task costs beside its work."""

IN_FLIGHT: Final = 2
"""Tasks a thread has before it: one that runs and one that waits, so that it never waits for the scheduler."""

GROWTH: Final = 8
"""How many times larger than any before a range may be, as the first ones also wait for loops to be loaded."""

MOST_AT_FIRST: Final = 64
"""Tiles of a first range at most, where they are quick: some hundredths of a second."""

FAN_IN: Final = 16
"""States merged by one task."""

Tell = Callable[[int, int], None]
"""Called with the points done and the points in all."""

Job = TypeVar("Job")
Result = TypeVar("Result")


def reduce_on(client: Any, cargo: Cargo, reducer: Reducer, tell: Tell | None = None) -> Any:
    """Return the final state of `reducer` over all of its tiles, walked by what workers of `client` make of `cargo`.

    Ranges of tiles are handed out as threads get free, each meant to take `RANGE_S`. Their states are merged on the
    workers, `FAN_IN` at a time; what `FAN_IN` such merges give is fetched, so that a lost worker costs no more.
    """
    tiles, ended, first = reducer.tiles, 0, 0
    with Run(client) as run:
        carried = run.send(cargo)
        data = pickle.dumps(reducer)
        tree, pace = _Tree(run, reducer), _Pace(tiles.count, _begin(reducer, run.threads()))
        lengths: dict[str, tuple[int, int]] = {}
        while first < tiles.count or lengths:
            ranges: list[tuple[int, int]] = []
            while first < tiles.count and len(lengths) + len(ranges) < IN_FLIGHT * run.threads():
                last = first + pace.length(tiles.count - first, run.threads())
                ranges.append((first, last))
                first = last
            if ranges:
                futures = run.submit_each(reduce_range, [(carried, data, *ends) for ends in ranges], "range")
                lengths.update(zip([future.key for future in futures], ranges, strict=True))
                tree.add(futures)
                if first == tiles.count:
                    tree.close()
            done = run.next()
            begin, end = lengths.pop(done.key)
            pace.ended(end - begin)
            tree.fetch()
            if tell is not None:
                ended += tiles.start(end) - tiles.start(begin)
                tell(ended, tiles.points)
        return tree.result()


def run_jobs_on(
    client: Any,
    function: Callable[..., Result],
    jobs: Sequence[Job],
    tell: Tell | None = None,
    *,
    cargo: Cargo | None = None,
) -> list[Result]:
    """Return the result of every job, in the order of `jobs`, done on the workers of `client`.

    Args:
        client: a ``distributed.Client``.
        function: of a module that the workers have; called with a job, or with what `cargo` was unpacked to and a job.
            A job whose worker is lost is done again: to do one twice must do no harm.
        jobs: each has ``points``.
        tell: called with the points done and the points in all.
        cargo: travels once where it is large; each worker process keeps what it makes of it.

    """
    results: dict[int, Result] = {}
    points = sum(job.points for job in jobs)  # type: ignore[attr-defined]
    ended = 0
    with Run(client) as run:
        carried = None if cargo is None else run.send(cargo)
        numbers: dict[str, int] = {}
        waiting = deque(range(len(jobs)))
        while waiting or numbers:
            given = [waiting.popleft() for _ in range(min(len(waiting), IN_FLIGHT * run.threads() - len(numbers)))]
            if given:
                futures = run.submit_each(do, [(function, carried, jobs[number]) for number in given], "job")
                numbers.update(zip([future.key for future in futures], given, strict=True))
            done = run.next()
            number = numbers.pop(done.key)
            results[number] = run.fetch(done)
            ended += jobs[number].points  # type: ignore[attr-defined]
            if tell is not None:
                tell(ended, points)
    return [results[number] for number in range(len(jobs))]


def _begin(reducer: Reducer, threads: int) -> int:
    """Return the tiles of the first ranges: several where they are known to be quick, else one."""
    if not reducer.quick:
        return 1
    return max(1, min(MOST_AT_FIRST, reducer.tiles.count // (2 * IN_FLIGHT * max(threads, 1))))


class _Pace:
    """How many tiles to put into a range, from how fast ranges came in."""

    def __init__(self, count: int, begin: int) -> None:
        self._begin = begin
        self._seen: deque[tuple[float, int]] = deque()
        self._largest = 0
        self._count = count

    def ended(self, tiles: int) -> None:
        self._seen.append((monotonic(), tiles))
        self._largest = max(self._largest, tiles)

    def length(self, left: int, threads: int) -> int:
        """Return the tiles of the next range where `left` are left."""
        if not self._largest:
            return min(self._begin, left)
        while len(self._seen) > 4 * IN_FLIGHT * threads:
            self._seen.popleft()
        seconds = self._seen[-1][0] - self._seen[0][0]
        # What came in at the first of these moments was worked out before it.
        tiles = sum(n for _, n in self._seen) - self._seen[0][1]
        most = GROWTH * self._largest
        meant = min(most, RANGE_S * tiles / (seconds * threads)) if seconds > 0.0 else most
        # The last ranges get shorter, so that all threads end together.
        shared = max(left / (IN_FLIGHT * threads), meant * SHORTEST_S / RANGE_S)
        return min(max(round(min(meant, shared)), 1), left)


class _Tree:
    """States of ranges on their way to one: merged on the workers, and what many have become fetched and kept here."""

    def __init__(self, run: Run, reducer: Reducer) -> None:
        self._run = run
        self._reducer = reducer
        self._ranges: list[Any] = []
        self._merges: list[Any] = []
        self._roots: deque[Any] = deque()
        self._states: list[Any] = []

    def add(self, futures: Sequence[Any]) -> None:
        """Take the states of ranges, done or not."""
        for future in futures:
            self._ranges.append(future)
            if len(self._ranges) == FAN_IN:
                self._merges.append(self._merged(self._ranges))
                self._ranges = []
            if len(self._merges) == FAN_IN:
                self._roots.append(self._merged(self._merges))
                self._run.let_go(self._merges)
                self._merges = []

    def close(self) -> None:
        """Merge what is left: there are no more ranges."""
        if self._ranges:
            self._merges.append(self._merged(self._ranges))
        if self._merges:
            self._roots.append(self._merged(self._merges))
        self._ranges, self._merges = [], []

    def _merged(self, futures: Sequence[Any]) -> Any:
        if len(futures) == 1:
            return futures[0]
        # Before any range that waits: the states that it merges can then be let go.
        return self._run.submit(merge, self._reducer, *futures, name="merge", priority=1)

    def fetch(self) -> None:
        """Fetch what is done. Its futures are let go with it, and with them all that they came from."""
        while self._roots and self._roots[0].done():
            self._keep(self._run.fetch(self._roots.popleft()))

    def result(self) -> Any:
        """Return the one state of all ranges."""
        while self._roots:
            self._keep(self._run.fetch(self._roots.popleft()))
        return self._states[0]

    def _keep(self, state: Any) -> None:
        self._states = [merge(self._reducer, *self._states, state)]
