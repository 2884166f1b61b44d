"""How many threads a loop over points takes, and how they share the points."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from typing import Any, Final

import numba

PARALLEL_FROM: Final = 1 << 17
"""Points above which a second thread earns its start; about 0.3 ms of work."""

SHARE: Final = 1 << 18
"""Points that a thread takes at a time, at most: one slow core then holds up little."""

_numba_config: Final[Any] = numba.config
_home_process: Final = os.getpid()


def thread_count() -> int:
    """Return how many threads to use: as many as numba would. Its own, which we do not need, are not started."""
    from numba.np.ufunc import parallel

    return int(numba.get_num_threads() if parallel._is_initialized else _numba_config.NUMBA_NUM_THREADS)


def use_threads(parallel: bool | None, count: int) -> bool:
    """Tell whether a loop over `count` points should use several threads.

    Only the main thread of the process that loaded this module starts any: a caller's own thread is one of several,
    and so is a forked process.
    """
    if parallel is False or (parallel is None and count < PARALLEL_FROM):
        return False
    return threading.current_thread() is threading.main_thread() and os.getpid() == _home_process and thread_count() > 1


def in_shares(work: Callable[[int, int], None], count: int, share: int, threads: int) -> None:
    """Call work(first, last) for all of `count` points in shares, the caller's thread one of `threads`.

    Each takes the next share when it is done with one. `work` must let go of the interpreter's lock to gain by it.
    """
    job = _Job(work, count, share)
    for _ in range(threads - 1 - len(_crew)):
        helper = threading.Thread(target=_serve, name="nodecalc", daemon=True)
        try:
            helper.start()
        except RuntimeError:
            break  # the system gives this process no more threads: those that there are do it
        _crew.append(helper)
    for _ in range(min(threads - 1, len(_crew))):
        _asked.put(job)
    job.go_on()
    job.end()


class _Job:
    """Points in shares, and whoever works on them."""

    def __init__(self, work: Callable[[int, int], None], count: int, share: int) -> None:
        self.work, self.count, self.share = work, count, share
        self.shares: Iterator[int] = iter(range(0, count, share))
        self.failed: list[BaseException] = []
        self.lock = threading.Lock()
        self.helpers, self.over = 0, False
        self.left = threading.Semaphore(0)

    def go_on(self) -> None:
        """Take shares until there is none; what goes wrong in one ends it for all."""
        try:
            while not self.failed:
                with self.lock:
                    first = next(self.shares, None)
                if first is None:
                    return
                self.work(first, min(first + self.share, self.count))
        except BaseException as error:
            self.failed.append(error)

    def help(self) -> None:
        """Do the same as one of the crew, unless it is over before this one woke."""
        with self.lock:
            if self.over:
                return
            self.helpers += 1
        self.go_on()
        self.left.release()

    def end(self) -> None:
        """Wait for those who came, and raise what went wrong."""
        with self.lock:
            self.over = True
        for _ in range(self.helpers):
            self.left.acquire()
        if self.failed:
            raise self.failed[0]


# Threads that wait for work, and cost nothing while they do: starting one takes as long as 50,000 points. They are the
# main thread's alone, and so never in a forked process, where they would be missing.
_crew: Final[list[threading.Thread]] = []
_asked: Final[SimpleQueue[_Job]] = SimpleQueue()


def _serve() -> None:
    while True:
        _asked.get().help()
