"""How many threads a loop over points takes, and how they share the points."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from typing import Any, Final

import numba

PARALLEL_FROM: Final = 1 << 17
"""Points above which a second thread earns its start; about 0.3 ms of work."""

SHARE: Final = 1 << 16
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
    shares: Iterator[int] = iter(range(0, count, share))
    lock = threading.Lock()
    failed: list[BaseException] = []

    def go_on() -> None:
        try:
            while not failed:
                with lock:
                    first = next(shares, None)
                if first is None:
                    return
                work(first, min(first + share, count))
        except BaseException as error:
            failed.append(error)

    others = [threading.Thread(target=go_on, name="nodecalc", daemon=True) for _ in range(threads - 1)]
    for other in others:
        other.start()
    go_on()
    for other in others:
        other.join()
    if failed:
        raise failed[0]
