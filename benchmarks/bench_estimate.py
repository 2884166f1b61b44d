"""One answer at a time: `nc.estimator` and `nc.estimate` against two published cost models in plain Python.

Run it alone: ``python benchmarks/bench_estimate.py``. The models are written here from their papers, each as the fewest
lines that give its numbers: Chiplet Actuary (Y. Feng and K. Ma, DAC 2022) and LLMCompass (H. Zhang et al., ISCA 2024).
Both have the yield of Stapper and the dies of the textbook's formula; ours is asked in the same convention, and every
answer is checked. Each call has another argument. The ratio is to the faster of the two.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isclose, pi, sqrt
from statistics import median
from time import process_time

import nodecalc as nc

CALLS = 4000
ROUNDS = 41
TOLERANCE = 1e-12
AREA_MM2, ALPHA, PRICE_USD = 500.0, 10.0, 16988.0
DIAMETER_MM, EDGE_MM, SCRIBE_MM = 300.0, 5.0, 0.2

CONVENTION = {
    "yield_model": "negative-binomial",
    "alpha": ALPHA,
    "placement": "hennessy-patterson",
    "edge_exclusion_mm": EDGE_MM,
    "scribe_mm": SCRIBE_MM,
}


def actuary(area_mm2: float, d0_per_cm2: float, wafer_usd: float) -> float:
    """Return what a known good die costs by Chiplet Actuary, USD: dies with their scribe inside the usable circle."""
    usable = DIAMETER_MM - 2.0 * EDGE_MM
    cell = area_mm2 + 2.0 * SCRIBE_MM * sqrt(area_mm2) + SCRIBE_MM**2
    dies = pi * (usable / 2.0) ** 2 / cell - pi * usable / sqrt(2.0 * cell)
    good = (1.0 + d0_per_cm2 * area_mm2 / 100.0 / ALPHA) ** -ALPHA
    return wafer_usd / dies / good


def llmcompass(area_mm2: float, d0_per_cm2: float, wafer_usd: float) -> float:
    """Return what a good die costs by LLMCompass, USD: dies without scribe or edge."""
    dies = pi * (DIAMETER_MM / 2.0) ** 2 / area_mm2 - pi * DIAMETER_MM / sqrt(2.0 * area_mm2)
    good = (1.0 + area_mm2 / 100.0 * d0_per_cm2 / ALPHA) ** -ALPHA
    return wafer_usd / (dies * good)


def run(calls: int = CALLS, rounds: int = ROUNDS) -> list[dict[str, float | str]]:
    """Return one row a contender: name, microseconds a call, ratio to the faster of the two models."""
    of_d0 = nc.estimator(AREA_MM2, vary="d0", wafer_price=PRICE_USD, **CONVENTION)
    of_three = nc.estimator(vary=["die_area_mm2", "d0", "wafer_price"], **CONVENTION)
    as_usual = nc.estimator(AREA_MM2, vary="d0", wafer_price=PRICE_USD)
    on_node = nc.estimator(AREA_MM2, vary="d0", node="tsmc-n5")
    bare = nc.estimator(
        vary=["die_area_mm2", "d0", "wafer_price"], **{**CONVENTION, "edge_exclusion_mm": 0.0, "scribe_mm": 0.0}
    )
    d0 = [0.01 + 0.5 * i / calls for i in range(calls)]
    for one in d0[:: calls // 7]:
        theirs = actuary(AREA_MM2, one, PRICE_USD)
        assert isclose(of_d0(one), theirs, rel_tol=TOLERANCE)
        assert isclose(of_three(AREA_MM2, one, PRICE_USD), theirs, rel_tol=TOLERANCE)
        assert isclose(bare(AREA_MM2, one, PRICE_USD), llmcompass(AREA_MM2, one, PRICE_USD), rel_tol=TOLERANCE)

    def each(function: Callable[..., object]) -> None:
        for one in d0:
            function(one)

    def each_of_three(function: Callable[..., object]) -> None:
        for one in d0:
            function(AREA_MM2, one, PRICE_USD)

    def estimates() -> None:
        for one in d0[: calls // 20]:
            nc.estimate(AREA_MM2, d0=one, wafer_price=PRICE_USD, **CONVENTION).good_die_cost_usd  # noqa: B018

    def empty(area_mm2: float, d0_per_cm2: float, wafer_usd: float) -> float:
        return d0_per_cm2

    contenders: dict[str, tuple[Callable[[], None], int]] = {
        "Chiplet Actuary's formula": (lambda: each_of_three(actuary), calls),
        "LLMCompass's formula": (lambda: each_of_three(llmcompass), calls),
        "nc.estimator of D0, their convention": (lambda: each(of_d0), calls),
        "nc.estimator of D0, murphy, best placement": (lambda: each(as_usual), calls),
        "nc.estimator of D0 on a node": (lambda: each(on_node), calls),
        "nc.estimator of area, D0 and price, their convention": (lambda: each_of_three(of_three), calls),
        "nc.estimate, everything told and checked": (estimates, calls // 20),
        "a function that does nothing": (lambda: each_of_three(empty), calls),
    }
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, (work, count) in contenders.items():
            start = process_time()
            work()
            seconds[name].append((process_time() - start) / count)
    usual = {name: median(taken) for name, taken in seconds.items()}
    faster = min(usual["Chiplet Actuary's formula"], usual["LLMCompass's formula"])
    return [{"name": name, "us_per_call": taken * 1e6, "ratio": taken / faster} for name, taken in usual.items()]


if __name__ == "__main__":
    for row in run():
        print(f"{row['name']:56} {row['us_per_call']:8.3f} us {row['ratio']:7.2f} x")
