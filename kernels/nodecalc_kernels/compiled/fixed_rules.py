"""Loops over the fixed rules of harvest: what numba is told of them, and the arrays that they take."""

from __future__ import annotations

import threading
from functools import cache, lru_cache
from math import log
from typing import Any, Final, NamedTuple

from numba.extending import register_jitable

from nodecalc_kernels.defects import binomial, fixed_rules, mixing
from nodecalc_kernels.numpy_whole import FloatArray, np

from .cache import build_loop
from .math import JIT_OPTIONS
from .registration import register
from .threads import in_shares, thread_count, use_threads

POINTS_OF_A_SHARE: Final = 4096
"""Points that a thread takes at a time: some milliseconds."""

WORTH: Final = 64
"""Points of a plain formula that one of harvest is worth, at the least."""

SUM_OPTIONS: Final[Any] = {**JIT_OPTIONS, "fastmath": {"contract", "nsz", "reassoc"}}
"""For a sum of positive terms, which may be added in any order."""

FUNCTIONS: Final = (
    binomial.stirling_rest,
    mixing.exp_rest,
    fixed_rules.gamma_rule,
    fixed_rules.gamma_front,
    fixed_rules.gamma_peak,
    fixed_rules.sum_terms,
    fixed_rules.gamma_share,
    fixed_rules.point_share,
    fixed_rules.exponential_share,
    fixed_rules.bounded_share,
)

_registering: Final = threading.Lock()
_registered: list[bool] = []


class Tables(NamedTuple):
    """What the rules of one (need, total) have of their own."""

    terms: FloatArray
    width: float
    fall: float
    ends: tuple[float, float]
    falling: tuple[FloatArray, FloatArray]


@lru_cache(maxsize=64)
def tables_of(need: int, total: int) -> Tables:
    """Return what the loops need for at least `need` of `total`, 0 < need < total."""
    return Tables(
        np.array(fixed_rules.terms_of(need, total)),
        fixed_rules.width_of(need, total),
        log(total / need),
        fixed_rules.ends_of(need, total),
        _panel(fixed_rules.panel_of(need)),
    )


@cache
def _panel(count: int) -> tuple[FloatArray, FloatArray]:
    nodes, weights = fixed_rules.legendre(count)
    return np.array(nodes), np.array(weights)


def point_loop(m: Any, u: Any, need: Any, terms: Any, found: Any) -> None:
    """Fill in the shares without clustering."""
    for i in range(len(found)):
        found[i] = fixed_rules.point_share(m[i], u[i], need, terms)


def exponential_loop(m: Any, u: Any, need: Any, total: Any, found: Any) -> None:
    """Fill in the shares under an exponential distribution."""
    for i in range(len(found)):
        found[i] = fixed_rules.exponential_share(m[i], u[i], need, total)


def bounded_loop(
    m: Any, u: Any, need: Any, triangle: Any, ends: Any, terms: Any, sure: Any, falling: Any, found: Any
) -> None:
    """Fill in the shares under a triangle or uniform distribution."""
    bad: Any = np.empty(len(falling[0]))
    sums: Any = np.empty(len(falling[0]))
    for i in range(len(found)):
        found[i] = fixed_rules.bounded_share(m[i], u[i], need, triangle, ends, terms, sure, falling, bad, sums)


def gamma_loop(
    m: Any, u: Any, alpha: Any, bins: Any, need: Any, total: Any, fall: Any, width: Any, terms: Any, found: Any
) -> None:
    """Fill in the shares under gamma distributions, a rule for each run of one bin; nan where none will do."""
    room = fixed_rules.MOST_NODES
    lengths: Any = np.empty(room)
    rests: Any = np.empty(room)
    weights: Any = np.empty(room)
    bad: Any = np.empty(room)
    sums: Any = np.empty(room)
    first = 0
    while first < len(found):
        last = first + 1
        least = alpha[first]
        most = least
        while last < len(found) and bins[last] == bins[first]:
            least, most = min(least, alpha[last]), max(most, alpha[last])
            last += 1
        count = fixed_rules.gamma_rule(least, most, width, lengths, rests, weights)
        for i in range(first, last):
            found[i] = np.nan
            if count > 0:
                found[i] = fixed_rules.gamma_share(
                    m[i], u[i], alpha[i], need, total, fall, terms, count, lengths, rests, weights, bad, sums
                )
        first = last


def register_rules() -> None:
    """Make the functions of the rules work inside compiled loops, and the formulas; again is nothing."""
    with _registering:
        if not _registered:
            register()
            register_jitable(**SUM_OPTIONS)(fixed_rules.add_up)
            for function in FUNCTIONS:
                register_jitable(**JIT_OPTIONS)(function)
            _registered.append(True)


@cache
def _loop(template: Any) -> Any:
    register_rules()
    return build_loop(template, f"harvest_{template.__name__}", {}, nogil=True, **JIT_OPTIONS)


def single(need: int, total: int, m: FloatArray, u: FloatArray) -> FloatArray:
    """Return the shares without clustering; 0 < need < total <= `MOST_PARTS`, m > 0, all finite."""
    found, terms = np.empty(len(m)), tables_of(need, total).terms
    loop = _loop(point_loop)
    return shared(found, lambda at: loop(m[at], u[at], need, terms, found[at]))


def exponential(need: int, total: int, m: FloatArray, u: FloatArray) -> FloatArray:
    """Return the shares under an exponential distribution; any 0 < need < total."""
    found = np.empty(len(m))
    loop = _loop(exponential_loop)
    return shared(found, lambda at: loop(m[at], u[at], need, total, found[at]))


def bounded(need: int, total: int, m: FloatArray, u: FloatArray, law: str) -> FloatArray:
    """Return the shares under a triangle or uniform distribution."""
    found, own, sure = np.empty(len(m)), tables_of(need, total), _panel(fixed_rules.SURE_PANEL)
    loop, triangle = _loop(bounded_loop), law == mixing.TRIANGULAR
    return shared(
        found, lambda at: loop(m[at], u[at], need, triangle, own.ends, own.terms, sure, own.falling, found[at])
    )


def gamma(need: int, total: int, m: FloatArray, u: FloatArray, alpha: FloatArray) -> FloatArray:
    """Return the shares under gamma distributions; nan where a shape is too small for a rule."""
    own, loop = tables_of(need, total), _loop(gamma_loop)
    # Of 16 bits they are sorted in a time that grows no faster than their number.
    bins = np.floor(fixed_rules.BINS_A_DOUBLING * np.log2(alpha)).astype(np.int16)
    equal = bool((bins == bins[0]).all())
    order = slice(None) if equal else np.argsort(bins, kind="stable")
    m, u, alpha, bins = m[order], u[order], alpha[order], bins[order]
    sorted_ = np.empty(len(m))
    shared(
        sorted_,
        lambda at: loop(m[at], u[at], alpha[at], bins[at], need, total, own.fall, own.width, own.terms, sorted_[at]),
    )
    if equal:
        return sorted_
    found = np.empty(len(m))
    found[order] = sorted_
    return found


def shared(found: FloatArray, work: Any, worth: int = WORTH) -> FloatArray:
    """Fill in `found` by work(slice), on several threads where that is worth it: `worth` plain points each."""
    count = len(found)
    threads = thread_count() if use_threads(None, count * worth) else 1
    if threads == 1:
        work(slice(0, count))
    else:
        in_shares(lambda first, last: work(slice(first, last)), count, POINTS_OF_A_SHARE, threads)
    return found
