"""P10, P50 and P90 of the costs of many dies: the roots of `numbers.joint` in one loop, behind that of the costs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from math import exp
from typing import Any, Final

from numba.extending import register_jitable

from nodecalc_kernels.cost_factors import COST, D0, CostFactors, Laws
from nodecalc_kernels.numbers import joint
from nodecalc_kernels.numbers.vecmath import INF, NAN, log
from nodecalc_kernels.numpy_whole import FloatArray, np, npt
from nodecalc_kernels.radial_map import MeanYield
from nodecalc_kernels.tasks import task_of

from .cache import build_loop
from .grid import fill
from .math import JIT_OPTIONS
from .radial import mean_yield_array
from .registration import register
from .threads import in_shares, thread_count, use_threads

Tell = Callable[[int, int], None]

CHUNK: Final = 256
"""Dies whose costs are kept together: 200 kB, which the second-level cache holds."""

WORTH: Final = 512
"""Points of a plain formula that a die is worth."""

TOLD: Final = 1 << 14
"""Dies after which it is told how far it is: some tenths of a second."""

FUNCTIONS: Final = (joint.finite_log, joint.share_and_slope, joint.joint_root, joint.joint_logs)

_registering: Final = threading.Lock()
_registered: list[bool] = []


def joint_loop(costs: Any, weights: Any, law: Any, own: Any, found: Any) -> None:
    """Fill in the ratios of each row of costs, the last of which is that of the figures themselves."""
    parts = len(weights)
    logs = np.empty(parts)
    for i in range(len(found)):
        centre, sound = costs[i, parts], True
        for j in range(parts):
            cost = costs[i, j]
            logs[j] = joint.finite_log(cost, log(cost / centre))
            sound &= cost > 0.0
        if sound and 0.0 < centre < INF:
            p10, p50, p90 = joint.joint_logs(logs, weights, law, own)
            found[i, 0], found[i, 1], found[i, 2] = exp(p10), exp(p50), exp(p90)
        else:
            found[i, 0], found[i, 1], found[i, 2] = NAN, NAN, NAN


@cache
def _loop() -> Any:
    with _registering:
        if not _registered:
            register()
            for function in FUNCTIONS:
                register_jitable(**JIT_OPTIONS)(function)
            _registered.append(True)
    return build_loop(joint_loop, joint_loop.__name__, {}, nogil=True, **JIT_OPTIONS)


def factors_array(
    factors: CostFactors, rows: FloatArray, *, parallel: bool | None = None, tell: Tell | None = None
) -> FloatArray:
    """Return the ratios of many dies, shape (n, 3).

    Args:
        factors: what they are of.
        rows: its inputs, shape (n, inputs).
        parallel: use several threads where that is safe; None decides by the number of dies.
        tell: called with the dies done and those in all, where they are many.

    """
    along = len(factors.along)
    kinds, which = np.unique(rows[:, :along], axis=0, return_inverse=True)
    order = np.argsort(which.reshape(-1), kind="stable")
    ends = np.cumsum(np.bincount(which.reshape(-1), minlength=len(kinds))).tolist()
    found, begin = np.empty((len(rows), 3)), 0
    for kind, end in zip(kinds.tolist(), ends, strict=True):
        laws = factors.laws[tuple(kind)]
        for first in range(begin, end, TOLD):
            at = order[first : min(first + TOLD, end)]
            found[at] = _of_laws(factors, laws, rows[at, along:], parallel)
            if tell is not None and len(rows) > TOLD:
                tell(first + len(at), len(rows))
        begin = end
    return found


def _of_laws(factors: CostFactors, laws: Laws, dies: FloatArray, parallel: bool | None) -> FloatArray:
    """Return the ratios of dies that share their laws."""
    found = np.empty((len(dies), 3))
    if not laws.d0:
        found[:] = np.exp(laws.own)
        return found
    d0, weights, own = np.array(laws.d0), np.array(laws.weights), laws.own
    law = None if laws.price is None else tuple(np.array(each) for each in laws.price)
    costs_of = _costs_of(factors, d0)
    loop = _loop() if law is not None else None

    def work(begin: int, end: int) -> None:
        for first in range(begin, end, CHUNK):
            last = min(first + CHUNK, end)
            costs = costs_of(dies[first:last])
            if loop is not None:
                loop(costs, weights, law, own, found[first:last])
            else:
                with np.errstate(all="ignore"):
                    found[first:last] = costs[:, :-1] / costs[:, -1:]

    count = len(dies)
    if use_threads(parallel, count * WORTH):
        in_shares(work, count, CHUNK, thread_count())
    else:
        work(0, count)
    found[~np.isfinite(found).any(axis=1)] = NAN
    return found


def _costs_of(factors: CostFactors, d0: FloatArray) -> Callable[[FloatArray], FloatArray]:
    """Return what works out the cost of dies at each D0, shape (dies, D0s)."""
    mean = next((step for step in factors.moved if isinstance(step.function, MeanYield)), None)

    def costs(dies: FloatArray) -> FloatArray:
        known = {key: np.ascontiguousarray(dies[:, place]) for place, key in enumerate(factors.keys)}
        tables = {D0: d0[None, :]}
        if mean is not None:
            for key in set(mean.inputs) - set(known):
                tables[key] = _filled(factors, key, known, {D0: d0[None, :]})
            given = [tables[key] if key in tables else known[key][:, None] for key in mean.inputs]
            tables[mean.outputs[0]] = mean_yield_array(mean.function, given)  # type: ignore[arg-type]
        return _filled(factors, COST, known, tables)

    return costs


def _filled(
    factors: CostFactors, key: str, known: Mapping[str, FloatArray], tables: Mapping[str, FloatArray]
) -> FloatArray:
    """Return `key` at each D0, from numbers of each die and tables with a row for each, or one for all."""
    task = task_of(factors.moved, (*tables, *known), (key,), factors.others)
    dies, size = len(next(iter(known.values()))), next(iter(tables.values())).shape[1]
    counts, starts = _rows(dies, size)
    nowhere = np.zeros(dies, np.int64)
    along = {name: (table.reshape(-1), starts if len(table) > 1 else nowhere) for name, table in tables.items()}
    found = np.empty((dies, size))
    fill(task, tuple(along.get(name, known.get(name)) for name in task.inputs), counts, starts, found.reshape(-1))  # type: ignore[misc]
    return found


@lru_cache(maxsize=4)
def _rows(dies: int, size: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return how a table of so many rows is walked: points and starts of each."""
    return np.full(dies, size, np.int64), np.arange(dies, dtype=np.int64) * size
