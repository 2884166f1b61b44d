"""Salvage and radial yield over arrays: the compiled loops against NumPy.

Run it alone: ``python benchmarks/bench_salvage.py``. Shares of dies with 132 of 144 units good, under a gamma density
whose shape is one for all points or another at each; and the mean yield of a wafer's dies whose density steps up
towards the edge. Results are checked, those of salvage against the adaptive integral too. Times are the processor's, of
all threads that run: a ratio above 1 is how many times longer NumPy takes on one thread.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import process_time

import numpy as np
from bench_evaluate import compared, table

import nodecalc as nc
from nodecalc_kernels.compiled.harvest import harvest_array
from nodecalc_kernels.defects import fixed_rules
from nodecalc_kernels.defects.harvest import harvest

NEED, TOTAL = 132, 144
SHAPES = (0.5, 8.0)
COUNT = 1_000_000
SAMPLE = 2_000
"""Points that NumPy takes: with many nodes a million would not fit into memory."""
ROUNDS = 5
TOLERANCE = 1e-9
STEP = {"radial_start": 0.8, "radial_factor": 2.0}


def numpy_shares(m: np.ndarray, u: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Return the shares by one rule for all shapes, points by nodes at once."""
    lengths, rests, weights = ([0.0] * fixed_rules.MOST_NODES for _ in range(3))
    width = fixed_rules.width_of(NEED, TOTAL)
    count = fixed_rules.gamma_rule(*SHAPES, width, lengths, rests, weights)
    density, rest, weight = (np.array(column[:count]) for column in (lengths, rests, weights))
    front = np.exp([fixed_rules.gamma_front(a) for a in alpha.tolist()])
    bad = -np.expm1(-m[:, None] * density)
    sums = np.zeros_like(bad)
    for term in reversed(fixed_rules.terms_of(NEED, TOTAL)):
        sums = sums * bad + term
    decays = np.exp(-alpha[:, None] * rest - (u + NEED * m)[:, None] * density)
    return front * ((sums * decays) @ weight)


def in_turns(contenders: dict[str, tuple[Callable[[], object], int]], rounds: int) -> dict[str, tuple[float, float]]:
    """Return median and least seconds of the processor for `COUNT` points of each, taking turns."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for run_once, _ in contenders.values():
        run_once()
    for _ in range(rounds):
        for name, (run_once, count) in contenders.items():
            start = process_time()
            run_once()
            seconds[name].append((process_time() - start) * COUNT / count)
    return {name: (median(taken), min(taken)) for name, taken in seconds.items()}


def run(count: int = COUNT, rounds: int = ROUNDS) -> list[dict[str, float | str]]:
    """Return one row a contender: name, ns_per_point, ratio to ours of the same kind."""
    rng = np.random.default_rng(21)
    x = rng.uniform(0.1, 2.0, count)
    m, u = 0.6 * x / TOTAL, 0.4 * x
    each, one = rng.uniform(*SHAPES, count), np.full(count, 2.0)
    few = slice(0, min(count, SAMPLE))
    ours = harvest_array(NEED, TOTAL, m, u, "negative-binomial", each)
    np.testing.assert_allclose(ours[few], numpy_shares(m[few], u[few], each[few]), rtol=TOLERANCE)
    exact = [harvest(NEED, TOTAL, m[i], u[i], "negative-binomial", each[i]) for i in range(20)]
    np.testing.assert_allclose(ours[:20], exact, rtol=TOLERANCE)

    wafer = nc.wafer_map("10x10", d0=0.1, model="poisson", radial_shape="step", **STEP)
    good = wafer.status == "good"
    densities = -np.log(wafer.expected_yield[good]) / 0.1
    d0 = rng.uniform(0.01, 1.0, count)

    def radial() -> np.ndarray:
        given = {"die_width_mm": 10.0, "die_height_mm": 10.0, "wafer_price_usd": 1e4, "d0_per_cm2": d0, **STEP}
        return nc.evaluate(given, outputs=("die_yield",), yield_model="poisson", radial_shape="step")["die_yield"]

    def radial_numpy() -> np.ndarray:
        return np.array([np.exp(-each_d0 * densities).mean() for each_d0 in d0[few]])

    np.testing.assert_allclose(radial()[few], radial_numpy(), rtol=TOLERANCE)
    some = len(d0[few])
    contenders: dict[str, tuple[Callable[[], object], int]] = {
        "132 of 144, another alpha at each point": (
            lambda: harvest_array(NEED, TOTAL, m, u, "negative-binomial", each),
            count,
        ),
        "132 of 144, one alpha": (lambda: harvest_array(NEED, TOTAL, m, u, "negative-binomial", one), count),
        "132 of 144, another alpha at each, NumPy": (lambda: numpy_shares(m[few], u[few], each[few]), some),
        "mean yield of 616 dies": (radial, count),
        "mean yield of 616 dies, NumPy": (radial_numpy, some),
    }
    names = list(contenders)
    base = dict(zip(names, (names[0], names[0], names[0], names[3], names[3]), strict=True))
    return compared(in_turns(contenders, rounds), base, COUNT)


if __name__ == "__main__":
    print(table(f"salvage and radial yield, processor time, {COUNT} points", run()))
