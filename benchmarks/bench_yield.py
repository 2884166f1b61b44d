"""Yield models over arrays on one thread: the compiled loop against NumPy's form of the same model.

Run it alone: ``python benchmarks/bench_yield.py``. Results are checked; a ratio above 1 is how many times longer
NumPy takes. Rows without a rival (log-yield, loss, inverse) have ratio 1.
"""

from __future__ import annotations

from collections.abc import Callable

import numba
import numpy as np
from bench_evaluate import compared, interleaved, table

import nodecalc_kernels
from nodecalc_kernels import YIELD_MODELS
from nodecalc_kernels.compiled import yield_array
from nodecalc_kernels.compiled.points import KINDS

POINTS = 1_000_000
ROUNDS = 9
TOLERANCE = 1e-12
PARAMETER = {"alpha": 2.5, "critical_layers": 12.0}

BY_NUMPY: dict[str, Callable[..., np.ndarray]] = {
    "poisson": lambda x: np.exp(-x),
    "murphy": lambda x: np.square(np.expm1(-x) / x),
    "rectangular": lambda x: -np.expm1(-2.0 * x) / (2.0 * x),
    "exponential": lambda x: 1.0 / (1.0 + x),
    "moore": lambda x: np.exp(-np.sqrt(x)),
    "negative-binomial": lambda x, alpha: np.exp(-alpha * np.log1p(x / alpha)),
    "bose-einstein": lambda x, layers: np.exp(-layers * np.log1p(x)),
}


@numba.njit(error_model="numpy")
def users_loop(x: np.ndarray, alpha: float, out: np.ndarray) -> None:
    """What anyone would write: the plain scalar function inside their own compiled loop."""
    for i in range(x.size):
        out[i] = nodecalc_kernels.negative_binomial(x[i], alpha)


def run(count: int = POINTS, rounds: int = ROUNDS) -> list[dict[str, float | str]]:
    """Return one row a contender: name, ns_per_point, ratio to our yield of the same model."""
    x = np.random.default_rng(21).uniform(1e-3, 5.0, count)
    out = np.empty(count)
    contenders: dict[str, Callable[[], object]] = {}
    base: dict[str, str] = {}
    for key, model in YIELD_MODELS.items():
        parameters = tuple(PARAMETER[name] for name in model.parameters)
        for which in KINDS:
            name = f"{key} {which}"
            argument = yield_array(key, "yield", x, *parameters) if which == "inverse" else x

            def ours(
                key: str = key,
                which: str = which,
                argument: np.ndarray = argument,
                parameters: tuple[float, ...] = parameters,
            ) -> np.ndarray:
                return yield_array(key, which, argument, *parameters, out=out, parallel=False)

            contenders[name], base[name] = ours, name
            if which == "inverse":
                # A steep end of the inverse multiplies the rounding of its argument.
                np.testing.assert_allclose(ours(), x, rtol=1e-10, err_msg=name)

        def theirs(key: str = key, parameters: tuple[float, ...] = parameters) -> np.ndarray:
            return BY_NUMPY[key](x, *parameters)

        np.testing.assert_allclose(yield_array(key, "yield", x, *parameters), theirs(), rtol=TOLERANCE, err_msg=key)
        contenders[f"{key} yield, NumPy"], base[f"{key} yield, NumPy"] = theirs, f"{key} yield"
    own = "negative-binomial in a user's own @njit loop"
    contenders[own], base[own] = lambda: users_loop(x, 2.5, out), "negative-binomial yield"
    taken = interleaved(contenders, rounds)
    return compared(taken, base, count)


if __name__ == "__main__":
    print(table(f"yield models, one thread, {POINTS} points", run()))
