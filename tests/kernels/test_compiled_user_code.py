"""The plain functions inside other people's compiled code, and that the loops really are SIMD."""

from __future__ import annotations

import platform
import re

import numba
import numpy as np
import pytest

import nodecalc_kernels as kernels
from nodecalc_kernels import murphy, negative_binomial
from nodecalc_kernels.compiled.math import JIT_OPTIONS

X = np.linspace(0.0, 6.0, 4001)


@numba.njit
def users_serial(x: np.ndarray, alpha: float, out: np.ndarray) -> None:
    for i in range(x.size):
        out[i] = negative_binomial(x[i], alpha) - murphy(x[i])


@numba.njit(parallel=True, fastmath=True)
def users_parallel(x: np.ndarray, alpha: float, out: np.ndarray) -> None:
    for i in numba.prange(x.size):
        out[i] = kernels.negative_binomial(x[i], alpha) - kernels.murphy(x[i])


@pytest.mark.parametrize("loop", [users_serial, users_parallel], ids=["serial", "parallel and fastmath"])
def test_plain_functions_work_in_a_users_loop(loop) -> None:
    out = np.empty_like(X)
    loop(X, 2.5, out)
    want = [negative_binomial(x, 2.5) - murphy(x) for x in X]
    np.testing.assert_allclose(out, want, rtol=0.0, atol=2e-15)


def test_a_users_fastmath_does_not_reach_into_the_formulas() -> None:
    @numba.njit(fastmath=True, error_model="python")
    def careless(x: float, alpha: float) -> float:
        return negative_binomial(x, alpha)

    assert careless(np.inf, 2.0) == 0.0
    assert careless(3.0, np.inf) == kernels.poisson(3.0)


def test_whole_numbers_and_mixed_kinds_are_taken() -> None:
    @numba.njit
    def mixed() -> tuple[float, float, float]:
        return murphy(1), negative_binomial(2, 2.0), kernels.cost_per_die(500, 1, 50)

    assert mixed() == pytest.approx((murphy(1.0), 0.25, 10.0), rel=1e-15)


def test_exact_placement_works_in_users_code_too() -> None:
    @numba.njit
    def count(width: float) -> float:
        return kernels.best(width, 20.0, 0.1, 294.0)

    assert count(15.0) == kernels.best(15.0, 20.0, 0.1, 294.0)


def test_an_array_where_a_number_belongs_is_a_typing_error() -> None:
    @numba.njit
    def wrong(x: np.ndarray) -> float:
        return murphy(x)

    with pytest.raises(numba.core.errors.TypingError):
        wrong(X)


PACKED = re.compile(r"\bv?(?:fn?m(?:add|sub)\d+|div|mul)pd\s")
X86 = platform.machine().lower() in {"x86_64", "amd64"}


@pytest.mark.skipif(not X86, reason="looks for x86 instructions")
@pytest.mark.parametrize("key", ["murphy", "negative-binomial", "bose-einstein"])
def test_yield_loops_contain_packed_instructions(key: str) -> None:
    plain = kernels.YIELD_MODELS[key].yield_
    own = len(kernels.YIELD_MODELS[key].parameters)

    def one(x: np.ndarray, parameter: float, out: np.ndarray) -> None:
        for i in range(x.size):
            out[i] = plain(x[i])

    def two(x: np.ndarray, parameter: float, out: np.ndarray) -> None:
        for i in range(x.size):
            out[i] = plain(x[i], parameter)

    # Compiled here and not taken from the cache, where there is no listing to look at.
    loop = numba.njit(**JIT_OPTIONS)(two if own else one)
    loop(X, 2.0, np.empty_like(X))
    assembly = "".join(loop.inspect_asm().values())
    assert len(PACKED.findall(assembly)) > 15
    assert not re.search(r"\bcallq?\s+\*?\S*(?:exp|log)", assembly), "a call into the C library, one point at a time"


@pytest.mark.skipif(not X86, reason="looks for x86 instructions")
def test_the_fused_loop_contains_packed_instructions(monkeypatch: pytest.MonkeyPatch) -> None:
    from nodecalc_kernels.compiled import cache as compiled_cache
    from nodecalc_kernels.compiled.write import written
    from nodecalc_kernels.graphs import die_graph
    from nodecalc_kernels.tasks import task_of

    monkeypatch.setattr(compiled_cache, "_folder", None)
    arrays = ("die_area_mm2", "d0_per_cm2", "alpha", "wafer_price_usd")
    numbers = ("scribe_mm", "edge_exclusion_mm", "wafer_diameter_mm")
    neutral = dict.fromkeys(("aspect_ratio", "critical_area_fraction", "systematic_yield", "line_yield"), 1.0)
    graph = die_graph("negative-binomial", "de-vries-exp", size="area")
    task = task_of(graph, (*arrays, *numbers), ("good_die_cost_usd",), neutral)
    kernel = written.__wrapped__(task).of(9)  # one out of the cache could not be looked into
    kernel(9, tuple(np.full(9, 2.0) if key in arrays else 3.0 for key in task.inputs), (np.empty(9),))
    assembly = "".join(kernel.inspect_asm().values())
    assert len(PACKED.findall(assembly)) > 40
