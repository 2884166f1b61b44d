"""What the workers of a cluster run: tasks are functions of this module, sent by reference, and their cargo as bytes.

What the cargo is, and what a worker makes of it, whoever sends it defines; nothing here knows more than these methods.
"""

from __future__ import annotations

import pickle
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from nodecalc.errors import InputError

if TYPE_CHECKING:
    from nodecalc.question.blocks import Cut

CARGO_KEPT: Final = 4
"""Cargoes that a worker process keeps what it has made of."""

INSTALL: Final = "install the same versions of nodecalc, numba, numpy and Python on the workers as here"

_unpacked: Final[OrderedDict[str, Any]] = OrderedDict()
_unpacked_lock: Final = threading.Lock()
_own: Final[list[Installed]] = []


class Cargo(Protocol):
    """What is sent to workers; it can be pickled, and equal ones give equal bytes."""

    def unpacked(self) -> Any:
        """Return what a worker makes of it and keeps for all tasks; several threads may use that."""
        ...


class Reducer(Protocol):
    """What walks ranges of tiles and merges what it has found, to the same bits in any order."""

    tiles: Cut

    @property
    def quick(self) -> bool:
        """Whether a tile, however large, takes some milliseconds."""
        ...

    def walk(self, unpacked: Any, first: int, last: int) -> Any:
        """Return the state after the tiles from `first` up to, without, `last`, by what a cargo was unpacked to."""
        ...

    def merge(self, one: Any, other: Any) -> Any:
        """Return the state of the tiles of both."""
        ...


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
    """A cargo on its way."""

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

        from nodecalc._version import __version__
        from nodecalc_kernels.compiled import cache as compiled_cache
        from nodecalc_kernels.numpy_whole import np

        others = f"Python {platform.python_version()}, numba {numba.__version__}, numpy {np.__version__}"
        # The folder is named after the sources as they were loaded, which a file may no longer be by now.
        _own.append(Installed(__version__, compiled_cache.SOURCE_HASH or "unknown", others))
    return tuple(_own[0])


def check_same(wanted: Installed, found: Sequence[str], who: str) -> None:
    """Refuse what would give other bits than `wanted`; `found` is that of `who`."""
    there = Installed(*found)
    if (there.version, there.kernels) != (wanted.version, wanted.kernels):
        raise InputError(f"{who} has {there}, here is {wanted}; {INSTALL}")


def carry(cargo: Cargo) -> Carried:
    """Return `cargo` as bytes, with what is installed here."""
    from hashlib import blake2b

    data = pickle.dumps(cargo)
    return Carried(blake2b(data, digest_size=16).hexdigest(), data, installed())


def unpacked(carried: Carried) -> Any:
    """Return what a cargo was unpacked to, the same for all tasks of this process: it keeps what it has worked out."""
    with _unpacked_lock:
        made = _unpacked.pop(carried.token, None)
        if made is None:
            # Also for workers that come when the others have been asked.
            check_same(Installed(*carried.sender), installed(), "a worker")
            made = pickle.loads(carried.data).unpacked()
        _unpacked[carried.token] = made
        while len(_unpacked) > CARGO_KEPT:
            _unpacked.popitem(last=False)
        return made


def reduce_range(carried: Carried, reducer: bytes, first: int, last: int) -> Any:
    """Return the state of a pickled reducer after the tiles from `first` up to, without, `last`."""
    made = unpacked(carried)
    # Only now: other versions have been refused by then, and with them loading this could fail in other words.
    return pickle.loads(reducer).walk(made, first, last)


def merge(reducer: Reducer, *states: Any) -> Any:
    """Return the one state of all that `states` are of."""
    merged = states[0]
    for state in states[1:]:
        merged = reducer.merge(merged, state)
    return merged


def do(function: Callable[..., Any], carried: Carried | None, job: Any) -> Any:
    """Return the result of a job; `function` is called first with what a cargo was unpacked to, where one travelled."""
    return function(job) if carried is None else function(unpacked(carried), job)


def ignore_interrupts() -> None:
    """Leave Ctrl-C, which goes to all processes of a terminal, to the process that started this one."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
