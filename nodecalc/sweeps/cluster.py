"""Sweeps on a Dask cluster: the plan travels once, ranges of tiles after it, and states are merged on the workers.

No array of results ever travels. Every state merges to the same bits in any order, so that neither the number of
workers, nor the ranges, nor a worker that is lost and whose ranges are done again, shows in a result.
"""

from __future__ import annotations

import logging
import pickle
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from ..errors import InputError, NodecalcError, OutputError
from .plan import Plan

if TYPE_CHECKING:
    from types import ModuleType

    from .grid import Grid
    from .reducers import Reducer
    from .run import Tell

RANGE_S: Final = 0.5
"""Time that a range is meant to take a thread: a thousand times what Dask needs for a task, and yet soon done again."""

SHORTEST_S: Final = 0.04
"""Time that even the last ranges are meant to take: ten times what a task costs beside its work."""

IN_FLIGHT: Final = 2
"""Tasks a thread has before it: one that runs and one that waits, so that it never waits for the scheduler."""

GROWTH: Final = 8
"""How many times larger than any before a range may be, as the first ones also wait for loops to be loaded."""

FAN_IN: Final = 16
"""States merged by one task."""

RETRIES: Final = 2
"""Times that a failed task is tried again. Tasks of a lost worker are done again besides."""

CONNECT_S: Final = 5.0
"""Time that a scheduler has to answer."""

START_S: Final = 60.0
"""Time that a cluster on this machine has to start: on a busy one, or from a slow disk, a worker takes many seconds."""

NO_WORKER_S: Final = 60.0
"""Time that a cluster may be without any worker."""

GRIDS_KEPT: Final = 4
"""Plans that a worker process keeps what it has worked out of."""

LOCAL: Final = "local"
"""The address that means a cluster on this machine, for as long as the client is open."""

_POLL_S: Final = 0.5
_COUNT_S: Final = 5.0
_NOISY: Final = ("distributed", "tornado", "asyncio")
_PROBE: Final = "__import__('nodecalc.sweeps.cluster', fromlist=['installed']).installed()"
# It returns nothing, as the handler that was there before cannot travel.
_DEAF: Final = "(lambda s: s.signal(s.SIGINT, s.SIG_IGN))(__import__('signal')) and None"
_INSTALL: Final = "install the same versions of nodecalc, numba, numpy and Python on the workers as here"

Job = TypeVar("Job")
Result = TypeVar("Result")


# What runs on the workers


class Installed(NamedTuple):
    """What decides the bits of a result."""

    version: str
    kernels: str
    """Hash of the formulas and their compilers."""
    others: str
    """In words, what the hash is made from besides the formulas."""

    def __str__(self) -> str:
        return f"nodecalc {self.version}, kernels {self.kernels[:8]} ({self.others})"


class Carried(NamedTuple):
    """A plan on its way."""

    token: str
    """Of its bytes."""
    data: bytes
    sender: tuple[str, ...]
    """What is installed where it comes from."""


class Reduction(NamedTuple):
    """A reducer on its way: small enough for every task to have it."""

    token: str
    """Of one run alone."""
    data: bytes


_mine: Final = threading.local()
"""The reducer that this thread used last: its token and itself, as it keeps a large histogram to count into."""

_grids: Final[OrderedDict[str, Grid]] = OrderedDict()
_grids_lock: Final = threading.Lock()
_own: Final[list[Installed]] = []


def installed() -> tuple[str, ...]:
    """Return what of `Installed` this process has, as a plain tuple: other versions must be able to read it."""
    if not _own:
        import platform

        import numba
        import numpy as np

        from nodecalc_kernels import compiled_cache

        from .._version import __version__

        others = f"Python {platform.python_version()}, numba {numba.__version__}, numpy {np.__version__}"
        # The folder is named after the sources as they were loaded, which a file may no longer be by now.
        _own.append(Installed(__version__, compiled_cache.SOURCE_HASH or "unknown", others))
    return tuple(_own[0])


def carry(plan: Plan) -> Carried:
    """Return `plan` as bytes, with what is installed here."""
    from hashlib import blake2b

    data = pickle.dumps(plan)
    return Carried(blake2b(data, digest_size=16).hexdigest(), data, installed())


def grid_of(carried: Carried) -> Grid:
    """Return the grid of a plan, the same one for all tasks of this process, as it keeps what it has worked out."""
    from .grid import Grid

    with _grids_lock:
        grid = _grids.pop(carried.token, None)
        if grid is None:
            # Also for workers that come when the others have been asked.
            _check_same(Installed(*carried.sender), installed(), "a worker")
            grid = Grid(pickle.loads(carried.data), parallel=False)
        _grids[carried.token] = grid
        while len(_grids) > GRIDS_KEPT:
            _grids.popitem(last=False)
        return grid


def _reduce_range(carried: Carried, reduction: Reduction, first: int, last: int) -> Any:
    from .run import reduce_tiles

    grid = grid_of(carried)
    # Taken out while it is used: one that an error left half way would count twice.
    token, reducer = _mine.__dict__.pop("reducer", (None, None))
    if token != reduction.token:
        reducer = pickle.loads(reduction.data)
    state = reduce_tiles(grid, reducer, first, last)
    _mine.reducer = reduction.token, reducer
    return state


def _merge(reducer: Reducer, *states: Any) -> Any:
    merged = states[0]
    for state in states[1:]:
        merged = reducer.merge(merged, state)
    return merged


def _do(function: Callable[..., Any], carried: Carried | None, job: Any) -> Any:
    return function(job) if carried is None else function(grid_of(carried), job)


# Reductions and jobs


def reduce_on(client: Any, plan: Plan, reducer: Reducer, tell: Tell | None = None) -> Any:
    """Return the final state of `reducer` over the whole grid of `plan`, worked out on the workers of `client`.

    Ranges of tiles are handed out as threads get free, each meant to take `RANGE_S`. Their states are merged on the
    workers, `FAN_IN` at a time; what `FAN_IN` such merges give is fetched, so that a lost worker costs no more.
    """
    tiles, ended, first = reducer.tiles, 0, 0
    with _Run(client) as run:
        carried = run.send(plan)
        reduction = Reduction(run.token, pickle.dumps(reducer))
        tree, pace = _Tree(run, reducer), _Pace(tiles.count)
        lengths: dict[str, tuple[int, int]] = {}
        while first < tiles.count or lengths:
            while first < tiles.count and len(lengths) < IN_FLIGHT * run.threads():
                last = first + pace.length(tiles.count - first, run.threads())
                future = run.submit(_reduce_range, carried, reduction, first, last, name="range", watch=True)
                lengths[future.key] = (first, last)
                tree.add(future)
                first = last
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
    plan: Plan | None = None,
) -> list[Result]:
    """Return the result of every job, in the order of `jobs`, done on the workers of `client`.

    Args:
        client: a ``distributed.Client``.
        function: of a module that the workers have; called with a job, or with the grid of `plan` and a job. A job
            whose worker is lost is done again: to do one twice must do no harm.
        jobs: each has ``points``.
        tell: called with the points done and the points in all.
        plan: travels once; each worker process keeps its grid.

    """
    results: dict[int, Result] = {}
    points = sum(job.points for job in jobs)  # type: ignore[attr-defined]
    ended = 0
    with _Run(client) as run:
        carried = None if plan is None else run.send(plan)
        numbers: dict[str, int] = {}
        waiting = deque(range(len(jobs)))
        while waiting or numbers:
            while waiting and len(numbers) < IN_FLIGHT * run.threads():
                number = waiting.popleft()
                future = run.submit(_do, function, carried, jobs[number], name="job", watch=True)
                numbers[future.key] = number
            done = run.next()
            number = numbers.pop(done.key)
            results[number] = run.fetch(done)
            ended += jobs[number].points  # type: ignore[attr-defined]
            if tell is not None:
                tell(ended, points)
    return [results[number] for number in range(len(jobs))]


class _Pace:
    """How many tiles to put into a range, from how fast ranges came in."""

    def __init__(self, count: int) -> None:
        self._seen: deque[tuple[float, int]] = deque()
        self._largest = 0
        self._count = count

    def ended(self, tiles: int) -> None:
        self._seen.append((monotonic(), tiles))
        self._largest = max(self._largest, tiles)

    def length(self, left: int, threads: int) -> int:
        """Return the tiles of the next range where `left` are left."""
        if not self._largest:
            return 1
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

    def __init__(self, run: _Run, reducer: Reducer) -> None:
        self._run = run
        self._reducer = reducer
        self._ranges: list[Any] = []
        self._merges: list[Any] = []
        self._roots: deque[Any] = deque()
        self._states: list[Any] = []

    def add(self, future: Any) -> None:
        """Take the state of a range, done or not."""
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
        return self._run.submit(_merge, self._reducer, *futures, name="merge", priority=1)

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
        self._states = [_merge(self._reducer, *self._states, state)]


class _Run:
    """The tasks of one reduction on a client. They are cancelled where it ends early."""

    def __init__(self, client: Any) -> None:
        from uuid import uuid4

        _check_client(client)
        _check_workers(client)
        self._client = client
        self.token = uuid4().hex
        self._tasks = 0
        self._ended: SimpleQueue[Any] = SimpleQueue()
        self._open: dict[str, Any] = {}
        self._threads = 0
        self._counted = self._had_workers = monotonic()
        self._count_threads()

    def __enter__(self) -> _Run:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is not None and self._open and self._client.status == "running":
            try:
                self._client.cancel(list(self._open.values()), force=True)
            except Exception:  # the error that ended the run is the one to be seen
                logging.getLogger(__name__).debug("tasks were not cancelled", exc_info=True)
        self._open.clear()

    def send(self, plan: Plan) -> Any:
        """Return the future of `plan` as `Carried`, the same one for all runs of the client.

        A task gives it, which is done again where all workers that had it are lost.
        """
        import dask

        carried = carry(plan)
        sent = _sent.setdefault(self._client, OrderedDict())
        future = sent.pop(carried.token, None)
        if future is None or future.status not in ("pending", "finished"):
            # An axis of a million given values is large for a task, and still sent once.
            with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 TB"}):
                future = self._client.submit(
                    Carried, *carried, key=f"nodecalc_plan-{self.token}", retries=RETRIES, priority=2
                )
        sent[carried.token] = future
        while len(sent) > GRIDS_KEPT:
            sent.popitem(last=False)
        return future

    def submit(
        self, function: Callable[..., Any], *args: Any, name: str, priority: int = 0, watch: bool = False
    ) -> Any:
        """Return the future of a task; `next` gives those that are watched."""
        self._tasks += 1
        # A key of this run alone: one that another run shares would be cancelled with it.
        key = f"nodecalc_{name}-{self.token}-{self._tasks}"
        future = self._client.submit(function, *args, key=key, retries=RETRIES, priority=priority)
        self._open[key] = future
        if watch:
            future.add_done_callback(self._ended.put)
        return future

    def next(self) -> Any:
        """Return the next watched future that is done, in the order in which they get done."""
        while True:
            try:
                future = self._ended.get(timeout=_POLL_S)
            except Empty:
                if self._client.status != "running":
                    raise _gone(self._client) from None
                self.threads()
                continue
            if future.status != "finished":
                self.fetch(future)
            self._open.pop(future.key, None)
            return future

    def fetch(self, future: Any) -> Any:
        """Return the result of a future; its error as a user can read it."""
        from asyncio import CancelledError as Cancelled
        from concurrent.futures import CancelledError

        from distributed.scheduler import KilledWorker

        try:
            result = future.result()
        except NodecalcError as error:
            raise error.with_traceback(None) from None
        except KilledWorker as error:
            raise OutputError(
                f"dask: {error.allowed_failures + 1} workers died while they did one task, which is what too little "
                "memory does; give workers more, or fewer threads each"
            ) from None
        except ModuleNotFoundError as error:
            raise _not_installed("a worker", error) from None
        except (CancelledError, Cancelled):
            raise _gone(self._client) from None
        self._open.pop(future.key, None)
        return result

    def let_go(self, futures: Sequence[Any]) -> None:
        """Leave futures to what is made from them: where that has been fetched, the cluster forgets them all."""
        for future in futures:
            self._open.pop(future.key, None)

    def threads(self) -> int:
        """Return how many threads the workers have by now."""
        if monotonic() - self._counted > _COUNT_S:
            self._count_threads()
        # Tasks are handed out even where there is no worker: a cluster that grows by itself looks at them.
        return max(self._threads, 1)

    def _count_threads(self) -> None:
        self._threads = sum(self._client.nthreads().values())
        self._counted = monotonic()
        if self._threads:
            self._had_workers = self._counted
        elif self._counted - self._had_workers > NO_WORKER_S:
            raise _no_worker(self._client)


_sent: Final[WeakKeyDictionary[Any, OrderedDict[str, Any]]] = WeakKeyDictionary()
"""Client -> token of a plan -> its future. Let go with the client, or for later plans."""


# Whether a client can be used


_checked: Final[WeakKeyDictionary[Any, set[str]]] = WeakKeyDictionary()
"""Client -> addresses of the workers that have what is installed here."""


def _distributed() -> ModuleType:
    try:
        import distributed
    except ImportError:
        raise InputError("--dask needs dask: pip install 'nodecalc[dask]'") from None
    return distributed


def _check_client(client: Any) -> None:
    """Refuse what is no client, or one that cannot be waited for."""
    if not isinstance(client, _distributed().Client):
        raise InputError(f"client {client!r}: not a distributed.Client; make one with distributed.Client(address)")
    if client.asynchronous:
        raise InputError("client: asynchronous, or used from its own event loop; give one that waits: Client(address)")
    if client.status != "running":
        raise InputError(f"client: {client.status}; open one with distributed.Client(address)")


def _check_workers(client: Any) -> None:
    """Refuse workers that would give other bits, or none at all, before they are given anything to do."""
    addresses = set(client.nthreads())
    if not addresses:
        # A cluster that grows by itself does so when it has something to do.
        ask = client.submit(int, pure=False)
        try:
            client.wait_for_workers(1, timeout=NO_WORKER_S)
        except TimeoutError:
            raise _no_worker(client) from None
        finally:
            ask.release()
        addresses = set(client.nthreads())
    known = _checked.setdefault(client, set())
    if not addresses - known:
        return
    answers = client.run(eval, _PROBE, workers=sorted(addresses - known), on_error="return")
    here = Installed(*installed())
    for address, answer in sorted(answers.items()):
        if isinstance(answer, tuple):
            _check_same(here, answer, f"worker {address}")
            known.add(address)
        elif not isinstance(answer, OSError):  # lost since; what comes in its place is asked with its first task
            raise _not_installed(f"worker {address}", answer)


def _check_same(wanted: Installed, found: Sequence[str], who: str) -> None:
    there = Installed(*found)
    if (there.version, there.kernels) != (wanted.version, wanted.kernels):
        raise InputError(f"{who} has {there}, here is {wanted}; {_INSTALL}")


def _not_installed(who: str, error: BaseException) -> InputError:
    name = getattr(error, "name", None) or ""
    if name in ("nodecalc", "nodecalc_kernels"):
        return InputError(f"{who} has no nodecalc; {_INSTALL}")
    if name.startswith(("nodecalc.", "nodecalc_kernels.")):
        return InputError(f"{who} has another nodecalc, without {name}; {_INSTALL}")
    return InputError(f"{who} cannot load nodecalc: {type(error).__name__}: {error}; {_INSTALL}")


def _no_worker(client: Any) -> OutputError:
    where = client.scheduler.address
    return OutputError(f"dask {where}: no worker for {NO_WORKER_S:.0f} s; start one with: dask worker {where}")


def _gone(client: Any) -> OutputError:
    return OutputError(
        f"dask: the run was ended by the cluster, or the connection to it was lost (client {client.status}); "
        "see whether the scheduler still runs, and start again"
    )


# For the command line


@contextmanager
def quiet() -> Iterator[None]:
    """Keep Dask's own words off standard error: what matters of them comes as an error of one line."""
    import warnings

    known = logging.Logger.manager.loggerDict
    silenced = [
        logger
        for name, logger in list(known.items())
        if name.partition(".")[0] in _NOISY and isinstance(logger, logging.Logger) and not logger.disabled
    ]
    for logger in silenced:
        logger.disabled = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger in silenced:
            logger.disabled = False


def connect(address: str) -> Any:
    """Return a ``distributed.Client`` of the scheduler at `address`, or of a cluster on this machine for `LOCAL`.

    Args:
        address: ``tcp://host:8786``, ``host:8786``, or ``local``: a process a core, while the client is open.

    Raises:
        OutputError: nothing answers there, within `CONNECT_S`.
        InputError: Dask is not installed.

    """
    api = _distributed()
    from dask.system import CPU_COUNT

    given = address.strip()
    with quiet():
        try:
            if given == LOCAL:
                made = api.Client(
                    timeout=START_S,
                    processes=True,
                    n_workers=CPU_COUNT,
                    threads_per_worker=1,
                    dashboard_address=":0",
                    silence_logs=logging.CRITICAL,
                )
                # Ctrl-C goes to all processes of a terminal; the workers are ended by this one.
                made.run(eval, _DEAF, on_error="ignore")
                return made
            return api.Client(given, timeout=CONNECT_S)
        except Exception as error:  # whatever stands at that address may answer anything
            raise OutputError(_unreachable(given, error)) from None


def _unreachable(address: str, error: Exception) -> str:
    if address == LOCAL:
        return f"--dask {LOCAL}: no cluster could be started here ({_line(error)}); leave --dask out"
    return (
        f"--dask {address}: no Dask scheduler answers there within {CONNECT_S:.0f} s ({_line(error)}); allowed: "
        f"tcp://host:8786, host:8786 or {LOCAL}; start one with: dask scheduler"
    )


def _line(error: Exception) -> str:
    """Return the root of an error in one line."""
    root: BaseException = error
    while root.__cause__ is not None:
        root = root.__cause__
    return " ".join(f"{type(root).__name__}: {root}".split())[:200]
