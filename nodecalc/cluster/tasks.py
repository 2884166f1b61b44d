"""The tasks of one run on a cluster: handed out, waited for, fetched, cancelled where it ends early."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any, Final
from weakref import WeakKeyDictionary

from nodecalc.errors import NodecalcError, OutputError
from nodecalc.interrupts import check

from .client import NO_WORKER_S, check_client, check_workers, no_worker, not_installed
from .workers import CARGO_KEPT, Cargo, Carried, carry

RETRIES: Final = 2
"""Times that a failed task is tried again. Tasks of a lost worker are done again besides."""

TASK_BYTES: Final = 16384
"""A cargo up to this size goes along with every task. As a task of its own it has to be fetched by each worker, and
until others have it Dask gives all that depends on it to the one that does, for a tenth of a second."""

_POLL_S: Final = 0.5
_COUNT_S: Final = 5.0

_sent: Final[WeakKeyDictionary[Any, OrderedDict[str, Any]]] = WeakKeyDictionary()
"""Client -> token of a cargo -> its future. Let go with the client, or for later ones."""


class Run:
    """The tasks of one run on a client. They are cancelled where it ends early."""

    def __init__(self, client: Any) -> None:
        """Take `client`, checked."""
        from uuid import uuid4

        check_client(client)
        check_workers(client)
        self._client = client
        self.token = uuid4().hex
        self._tasks = 0
        self._ended: SimpleQueue[Any] = SimpleQueue()
        self._open: dict[str, Any] = {}
        self._threads = 0
        self._counted = self._had_workers = monotonic()
        self._count_threads()

    def __enter__(self) -> Run:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is not None and self._open and self._client.status == "running":
            try:
                self._client.cancel(list(self._open.values()), force=True)
            except Exception:  # the error that ended the run is the one to be seen
                logging.getLogger(__name__).debug("tasks were not cancelled", exc_info=True)
        self._open.clear()

    def send(self, cargo: Cargo) -> Any:
        """Return `cargo` as `Carried`, or the future of that where it is large: one for all runs of the client.

        A task gives a large one, which is done again where all workers that had it are lost.
        """
        import dask

        carried = carry(cargo)
        if len(carried.data) <= TASK_BYTES:
            return carried
        sent = _sent.setdefault(self._client, OrderedDict())
        future = sent.pop(carried.token, None)
        if future is None or future.status not in ("pending", "finished"):
            # An axis of a million given values is large for a task, and still sent once.
            with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 TB"}):
                future = self._client.submit(
                    Carried, *carried, key=f"nodecalc_cargo-{self.token}", retries=RETRIES, priority=2
                )
        sent[carried.token] = future
        while len(sent) > CARGO_KEPT:
            sent.popitem(last=False)
        return future

    def submit(self, function: Callable[..., Any], *args: Any, name: str, priority: int = 0) -> Any:
        """Return the future of a task."""
        key = self._key(name)
        future = self._client.submit(function, *args, key=key, retries=RETRIES, priority=priority)
        self._open[key] = future
        return future

    def submit_each(self, function: Callable[..., Any], rows: Sequence[tuple[Any, ...]], name: str) -> list[Any]:
        """Return the futures of a task for each row of arguments; `next` gives those that are done.

        In one message: of several that follow each other, a client keeps all but the first back for 10 ms.
        """
        keys = [self._key(name) for _ in rows]
        futures: list[Any] = self._client.map(function, *zip(*rows, strict=True), key=keys, retries=RETRIES)
        for key, future in zip(keys, futures, strict=True):
            self._open[key] = future
            future.add_done_callback(self._ended.put)
        return futures

    def _key(self, name: str) -> str:
        """Return a key of this run alone: one that another run shares would be cancelled with it."""
        self._tasks += 1
        return f"nodecalc_{name}-{self.token}-{self._tasks}"

    def next(self) -> Any:
        """Return the next future of `submit_each` that is done, in the order in which they get done."""
        while True:
            check()
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
            raise not_installed("a worker", error) from None
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
            raise no_worker(self._client)


def _gone(client: Any) -> OutputError:
    return OutputError(
        f"dask: the run was ended by the cluster, or the connection to it was lost (client {client.status}); "
        "see whether the scheduler still runs, and start again"
    )
