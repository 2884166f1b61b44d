"""A cluster's client: connected, and refused where it cannot be waited for or its workers would give other bits."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from nodecalc.doors import brief
from nodecalc.errors import InputError, OutputError
from nodecalc_kernels.loading import load_whole

from .workers import INSTALL, Installed, check_same, ignore_interrupts, installed

if TYPE_CHECKING:
    from types import ModuleType

CONNECT_S: Final = 5.0
"""Time that a scheduler has to answer."""

START_S: Final = 60.0
"""Time that a cluster on this machine has to start: on a busy one, or from a slow disk, a worker takes many seconds."""

NO_WORKER_S: Final = 60.0
"""Time that a cluster may be without any worker."""

LOCAL: Final = "local"
"""The address that means a cluster on this machine, for as long as the client is open."""

_NOISY: Final = ("distributed", "tornado", "asyncio")

_PROBE: Final = "__import__('nodecalc.cluster.workers', fromlist=['installed']).installed()"
"""Text, as a worker may have no nodecalc: a function of ours could not be sent to it, and this says what is missing."""

_checked: Final[WeakKeyDictionary[Any, set[str]]] = WeakKeyDictionary()
"""Client -> addresses of the workers that have what is installed here."""


# Whether a client can be used


def _distributed() -> ModuleType:
    try:
        distributed: ModuleType = load_whole("distributed")
    except ModuleNotFoundError:
        raise InputError("--dask needs dask: pip install 'nodecalc[dask]'") from None
    return distributed


def check_client(client: Any) -> None:
    """Refuse what is no client, or one that cannot be waited for."""
    if not isinstance(client, _distributed().Client):
        raise InputError(f"client {brief(client)}: not a distributed.Client; make one with distributed.Client(address)")
    if client.asynchronous:
        raise InputError("client: asynchronous, or used from its own event loop; give one that waits: Client(address)")
    if client.status != "running":
        raise InputError(f"client: {client.status}; open one with distributed.Client(address)")


def check_workers(client: Any) -> None:
    """Refuse workers that would give other bits, or none at all, before they are given anything to do."""
    addresses = set(client.nthreads())
    if not addresses:
        # A cluster that grows by itself does so when it has something to do.
        ask = client.submit(int, pure=False)
        try:
            client.wait_for_workers(1, timeout=NO_WORKER_S)
        except TimeoutError:
            raise no_worker(client) from None
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
            check_same(here, answer, f"worker {address}")
            known.add(address)
        elif not isinstance(answer, OSError):  # lost since; what comes in its place is asked with its first task
            raise not_installed(f"worker {address}", answer)


def not_installed(who: str, error: BaseException) -> InputError:
    """Return the error of a worker that cannot load what it is to run, in the words of what to install."""
    name = getattr(error, "name", None) or ""
    if name in ("nodecalc", "nodecalc_kernels"):
        return InputError(f"{who} has no nodecalc; {INSTALL}")
    if name.startswith(("nodecalc.", "nodecalc_kernels.")):
        return InputError(f"{who} has another nodecalc, without {name}; {INSTALL}")
    return InputError(f"{who} cannot load nodecalc: {type(error).__name__}: {error}; {INSTALL}")


def no_worker(client: Any) -> OutputError:
    """Return the error of a cluster that has been without any worker for too long."""
    where = client.scheduler.address
    return OutputError(f"dask {where}: no worker for {NO_WORKER_S:.0f} s; start one with: dask worker {where}")


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


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """Give the client that `connect` returns, and close it; all that time Dask's own words stay off standard error."""
    client = connect(address)
    with quiet(), closing(client):
        yield client


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
    from distributed.comm.addressing import get_address_host_port

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
                made.run(ignore_interrupts, on_error="ignore")
                return made
            # A client refuses what is no address too, but stays half open, as Dask's scheduler for all of this process.
            get_address_host_port(given)
            try:
                return api.Client(given, timeout=CONNECT_S)
            except AssertionError:
                # Two messages of a busy scheduler that come at once: a client takes that for an error.
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
