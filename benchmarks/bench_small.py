"""Small arrays: what a call of `nc.evaluate` costs beside its points, against NumPy and numexpr.

Run it alone: ``python benchmarks/bench_small.py``. The question is that of `bench_evaluate`, asked again and again with
other values; every result is checked. numexpr is left out where it is not installed, and takes one thread, as all here.
A ratio above 1 says how many times longer the other takes.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import process_time

import numpy as np
from bench_evaluate import EDGE_MM, OUTPUT, SCRIBE_MM, TOLERANCE, WAFER_MM, by_numpy, points

import nodecalc as nc

COUNTS = (1, 10, 100, 1_000, 10_000)
ROUNDS = 21
NAMES = {"yield_model": "negative-binomial", "placement": "de-vries-exp"}
GIVEN = {"aspect_ratio": 1.0, "scribe_mm": SCRIBE_MM, "edge_exclusion_mm": EDGE_MM, "wafer_diameter_mm": WAFER_MM}
TEXT = (
    "price / (p * d**2 / (4 * (sqrt(a) + s)**2) * exp(-2.32 * (sqrt(a) + s) / d) * exp(-c * log1p(a * 0.01 * d0 / c)))"
)


def by_numexpr(inputs: dict[str, np.ndarray]) -> Callable[[], np.ndarray] | None:
    """Return the same by numexpr, None where that is not installed."""
    try:
        import numexpr
    except ImportError:
        return None
    numexpr.set_num_threads(1)
    keys = {"a": "die_area_mm2", "d0": "d0_per_cm2", "c": "alpha", "price": "wafer_price_usd"}
    names = {name: inputs[key] for name, key in keys.items()}
    names |= {"s": SCRIBE_MM, "d": WAFER_MM - 2.0 * EDGE_MM, "p": np.pi}
    return lambda: numexpr.evaluate(TEXT, names)


def run(rounds: int = ROUNDS) -> list[dict[str, float | str]]:
    """Return one row a length and contender: name, microseconds a call, ratio to ours of the same length."""
    rows: list[dict[str, float | str]] = []
    for count in COUNTS:
        inputs = points(count)
        given = {**inputs, **GIVEN}
        contenders: dict[str, Callable[[], np.ndarray]] = {
            "nc.evaluate": lambda given=given: nc.evaluate(given, **NAMES)[OUTPUT],
            "NumPy": lambda inputs=inputs: by_numpy(inputs),
        }
        rival = by_numexpr(inputs)
        if rival is not None:
            contenders["numexpr"] = rival
        for work in contenders.values():
            np.testing.assert_allclose(work(), by_numpy(inputs), rtol=TOLERANCE)
            work()
        seconds: dict[str, list[float]] = {name: [] for name in contenders}
        calls = max(3, 20_000 // (count + 100))
        for _ in range(rounds):
            for name, work in contenders.items():
                start = process_time()
                for _ in range(calls):
                    work()
                seconds[name].append((process_time() - start) / calls)
        usual = {name: median(taken) for name, taken in seconds.items()}
        for name, taken in usual.items():
            shown = f"{count:,} point{'' if count == 1 else 's'}, {name}"
            rows.append({"name": shown, "us_per_call": taken * 1e6, "ratio": taken / usual["nc.evaluate"]})
    return rows


if __name__ == "__main__":
    for row in run():
        print(f"{row['name']:32} {row['us_per_call']:10.2f} us {row['ratio']:7.2f} x")
