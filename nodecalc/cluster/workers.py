"""What the workers of a cluster run: tasks are functions of this module, sent by reference, and the plan as bytes."""

from __future__ import annotations

import pickle
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.errors import InputError

if TYPE_CHECKING:
    from nodecalc.drivers.sweep.grid import Grid
    from nodecalc.drivers.sweep.plan import Plan
    from nodecalc.drivers.sweep.reduce.base import Reducer

GRIDS_KEPT: Final = 4
"""Plans that a worker process keeps what it has worked out of."""

INSTALL: Final = "install the same versions of nodecalc, numba, numpy and Python on the workers as here"

_grids: Final[OrderedDict[str, Grid]] = OrderedDict()
_grids_lock: Final = threading.Lock()
_own: Final[list[Installed]] = []


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


def installed() -> tuple[str, ...]:
    """Return what of `Installed` this process has, as a plain tuple: other versions must be able to read it."""
    if not _own:
        import platform

        import numba
        import numpy as np

        from nodecalc._version import __version__
        from nodecalc_kernels.compiled import cache as compiled_cache

        others = f"Python {platform.python_version()}, numba {numba.__version__}, numpy {np.__version__}"
        # The folder is named after the sources as they were loaded, which a file may no longer be by now.
        _own.append(Installed(__version__, compiled_cache.SOURCE_HASH or "unknown", others))
    return tuple(_own[0])


def check_same(wanted: Installed, found: Sequence[str], who: str) -> None:
    """Refuse what would give other bits than `wanted`; `found` is that of `who`."""
    there = Installed(*found)
    if (there.version, there.kernels) != (wanted.version, wanted.kernels):
        raise InputError(f"{who} has {there}, here is {wanted}; {INSTALL}")


def carry(plan: Plan) -> Carried:
    """Return `plan` as bytes, with what is installed here."""
    from hashlib import blake2b

    data = pickle.dumps(plan)
    return Carried(blake2b(data, digest_size=16).hexdigest(), data, installed())


def grid_of(carried: Carried) -> Grid:
    """Return the grid of a plan, the same one for all tasks of this process, as it keeps what it has worked out."""
    from nodecalc.drivers.sweep.grid import Grid

    with _grids_lock:
        grid = _grids.pop(carried.token, None)
        if grid is None:
            # Also for workers that come when the others have been asked.
            check_same(Installed(*carried.sender), installed(), "a worker")
            grid = Grid(pickle.loads(carried.data), parallel=False)
        _grids[carried.token] = grid
        while len(_grids) > GRIDS_KEPT:
            _grids.popitem(last=False)
        return grid


def reduce_range(carried: Carried, reducer: bytes, first: int, last: int) -> Any:
    """Return the state of a pickled reducer after the tiles from `first` up to, without, `last`."""
    from nodecalc.drivers.sweep.run import reduce_tiles

    grid = grid_of(carried)
    # Only now: where other versions are installed, the grid refused them, and loading this could fail in other words.
    return reduce_tiles(grid, pickle.loads(reducer), first, last)


def merge(reducer: Reducer, *states: Any) -> Any:
    """Return the one state of all that `states` are of."""
    merged = states[0]
    for state in states[1:]:
        merged = reducer.merge(merged, state)
    return merged


def do(function: Callable[..., Any], carried: Carried | None, job: Any) -> Any:
    """Return the result of a job; `function` is called with the grid of the plan first, where one travelled."""
    return function(job) if carried is None else function(grid_of(carried), job)


def ignore_interrupts() -> None:
    """Leave Ctrl-C, which goes to all processes of a terminal, to the process that started this one."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
