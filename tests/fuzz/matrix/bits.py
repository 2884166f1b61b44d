"""One question worked out in every way that there is: threads, processes, clusters, several writers; one table of bits.

Each way works out an array, all points of a sweep and sums of it, or writes a file; its digest is that of one thread.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import nodecalc as nc
from nodecalc.errors import OutputError

QUESTION: dict[str, Any] = {
    "size": "10x10",
    "node": ["tsmc-n5", "smic-n+2"],
    "d0_per_cm2": "0.05:0.5:500",
    "line_yield": "0.5:1:400",
}
LARGE = {**QUESTION, "wafer_price_usd": "9000:15000:25"}
"""Of several parts in a folder, and of several tasks on a cluster."""
SUMS = ("min", "argmin", "mean", "p50")
ENDINGS = (".npz", ".csv", ".parquet", ".arrow", "/")
WRITERS = 4


class Way(NamedTuple):
    """A way to work something out, what that is, and whether it has the usual bits."""

    name: str
    what: str
    same: bool
    said: str = ""


def digest(parallel: bool | None = None) -> str:
    """Return a digest of an array, of all points of a sweep and of sums."""
    found = hashlib.blake2b(digest_size=8)
    found.update(nc.die_yield(np.linspace(0.0, 6.0, 400_000)).tobytes())
    found.update(nc.sweep(**QUESTION, parallel=parallel).arrays["good_die_cost_usd"].tobytes())
    found.update(_sums(parallel=parallel))
    return found.hexdigest()


def _sums(**how: Any) -> bytes:
    return repr(nc.sweep(**LARGE, reduce=SUMS, **how).reductions).encode()


def _of_files(path: Path) -> str:
    found = hashlib.blake2b(digest_size=8)
    for file in sorted(path.iterdir()) if path.is_dir() else [path]:
        found.update(file.name.encode() + file.read_bytes())
    return found.hexdigest()


def _in_a_process(threads: int) -> str:
    code = "from tests.fuzz.matrix.bits import digest; print(digest())"
    environment = os.environ | {"NUMBA_NUM_THREADS": str(threads), "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    ).stdout.strip()


def _in_a_pool(method: str) -> list[str]:
    with multiprocessing.get_context(method).Pool(2) as pool:
        return pool.map(digest, [None, False])


def _in_threads(count: int) -> list[str]:
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(digest())) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found if len(found) == count else []


def _ways_here() -> Iterator[Way]:
    usual = digest(parallel=False)
    answers = "array, sweep, sums"
    for count in (1, 2, 8):
        yield Way(f"{count} threads", answers, _in_a_process(count) == usual)
    yield Way("here, several threads", answers, digest() == usual)
    yield Way("8 threads at once", answers, set(_in_threads(8)) == {usual})
    for method in ("spawn", "fork", "forkserver"):
        if method in multiprocessing.get_all_start_methods():
            yield Way(f"processes, {method}", answers, set(_in_a_pool(method)) == {usual})


def _writer(path: str, question: dict[str, Any]) -> None:
    nc.sweep(**question, parallel=False).save(path, resume=path.endswith("/"))


def _ways_to_write(folder: Path) -> Iterator[Way]:
    for ending in ENDINGS:
        for place in ("alone", "together"):
            (folder / f"{place}{ending.strip('/.')}").mkdir()
        alone, together = (folder / f"{place}{ending.strip('/.')}" for place in ("alone", "together"))
        question = LARGE if ending == "/" else QUESTION
        _writer(f"{alone}/it{ending}", question)
        context = multiprocessing.get_context("spawn")
        children = [context.Process(target=_writer, args=(f"{together}/it{ending}", question)) for _ in range(WRITERS)]
        for child in children:
            child.start()
        for child in children:
            child.join()
        codes = [child.exitcode for child in children]
        same = _of_files(alone / "it" if ending == "/" else alone) == _of_files(
            together / "it" if ending == "/" else together
        )
        yield Way(
            f"{WRITERS} writers at once", f"it{ending}", same and not any(codes), "" if not any(codes) else f"{codes}"
        )


def _ways_on_a_cluster(folder: Path) -> Iterator[Way]:
    try:
        import distributed
    except ImportError:
        yield Way("Dask", "sums, folder", True, "not installed, not tried")
        return
    usual = _sums(parallel=False)
    nc.sweep(**LARGE).save(f"{folder}/here/")
    parts = _of_files(folder / "here")
    room: dict[str, Any] = {"threads_per_worker": 1, "dashboard_address": ":0", "silence_logs": 50}

    def two_workers() -> Any:
        return distributed.LocalCluster(n_workers=2, processes=True, **room)

    with two_workers() as cluster, distributed.Client(cluster) as client:
        client.wait_for_workers(2)
        yield Way("Dask, 2 workers", "sums", _sums(client=client) == usual)
        nc.sweep(**LARGE).save(f"{folder}/there/", client=client)
        yield Way("Dask, 2 workers", "folder", _of_files(folder / "there") == parts)
        killed = _soon(lambda: os.kill(next(iter(client.run(os.getpid).values())), 9))
        nc.sweep(**LARGE).save(f"{folder}/killed/", client=client)
        killed.join()
        yield Way("Dask, a worker killed", "folder", _of_files(folder / "killed") == parts)
        killed = _soon(lambda: os.kill(next(iter(client.run(os.getpid).values())), 9))
        found = [_sums(client=client) for _ in range(3)]
        killed.join()
        yield Way("Dask, a worker killed", "sums", set(found) == {usual})
    cluster = two_workers()
    client = distributed.Client(cluster)
    client.wait_for_workers(2)
    lost = _soon(cluster.close)
    said = "it was done before"
    try:
        nc.sweep(**LARGE).save(f"{folder}/lost/", client=client)
    except (OutputError, nc.NodecalcError) as error:
        said = str(error)
    lost.join()
    client.close()
    nc.sweep(**LARGE).save(f"{folder}/lost/", resume=True)
    same = _of_files(folder / "lost") == parts and "\n" not in said
    yield Way("Dask, scheduler lost, then resumed here", "folder", same, said[-90:])


def _soon(call: Callable[[], object]) -> threading.Thread:
    thread = threading.Timer(0.3, call)
    thread.start()
    return thread


def ways() -> Iterator[Way]:
    """Work everything out in every way."""
    yield from _ways_here()
    with tempfile.TemporaryDirectory() as folder:
        yield from _ways_to_write(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        yield from _ways_on_a_cluster(Path(folder))
