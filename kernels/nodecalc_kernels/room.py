"""Whether the process may have what a library needs to be loaded, and which limits it lives under.

A library that finds too little memory while it is loaded does not always say so: some end the program, some wait for
ever. So what each needs is asked of the system first, where there is a limit at all.
"""

from __future__ import annotations

import os
from typing import Final

MB: Final = 1 << 20
NEEDS: Final = {"hashlib": 6, "numpy": 60, "numba": 400, "scipy": 60, "pyarrow": 220, "matplotlib": 120}
"""Megabytes of address space with which a library is loaded and its work begun; numba's with a loop being compiled."""
WITH_THREADS: Final = ("numpy", "scipy")
"""Those that come with OpenBLAS, which has a thread and its room ready for every processor."""
A_THREAD: Final = 42
"""Megabytes of each."""
MOST_THREADS: Final = 64
FEW_FILES: Final = 64
"""Open files below which their limit is worth telling."""


class NoRoomError(MemoryError):
    """The process may not have the memory that a library needs to be loaded; the text is one line."""


def check_room(name: str) -> None:
    """Raise `NoRoomError` where the library `name` would find too little memory under the limit of this process."""
    limit = memory_limit()
    if limit is None or name not in NEEDS:
        return
    from mmap import mmap

    needed = NEEDS[name] + (A_THREAD * _threads() if name in WITH_THREADS else 0)
    try:
        mmap(-1, needed * MB).close()  # pages that nobody touches take no memory
    except OSError:
        told = f"{name} needs about {needed} MB of memory beside what is in use, the limit is {limit // MB} MB in all"
        raise NoRoomError(f"{told} (ulimit -v); raise it{_fewer_threads(name)}") from None


def memory_limit() -> int | None:
    """Return how many bytes of address space this process may have, None where nothing limits it."""
    return _soft("RLIMIT_AS")


def limits() -> str:
    """Return the limits that are low, in a bracket to be put behind an error; "" where none is."""
    memory, files = memory_limit(), _soft("RLIMIT_NOFILE")
    told = [f"memory: {memory // MB} MB (ulimit -v)"] if memory is not None else []
    told += [f"open files: {files} (ulimit -n)"] if files is not None and files < FEW_FILES else []
    return f"; limits of this process: {', '.join(told)}" if told else ""


def cause(error: BaseException) -> str:
    """Return on one line what went wrong first, and the limits: those who pass it on say only that it did."""
    while isinstance(error, ImportError | OSError) and (before := error.__cause__ or error.__context__) is not None:
        error = before
    return (" ".join(str(error).split()).rstrip(".") or type(error).__name__) + limits()


def _soft(name: str) -> int | None:
    try:
        import resource
    except ImportError:
        return None  # a system without limits of this kind
    if not hasattr(resource, name):
        return None
    found = resource.getrlimit(getattr(resource, name))[0]
    return None if found in (resource.RLIM_INFINITY, -1) else found


def _threads() -> int:
    found = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        asked = os.environ.get(name, "")
        if asked.isascii() and asked.isdigit() and int(asked):
            return min(found, int(asked), MOST_THREADS)
    return min(found, MOST_THREADS)


def _fewer_threads(name: str) -> str:
    less = name in WITH_THREADS and _threads() > 1
    return ", or set OPENBLAS_NUM_THREADS=1, with which it needs less" if less else ""
