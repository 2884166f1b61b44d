"""Sweeps: axes to a full array against filling the same array, and streams of 10^9 and 10^10 points against NumPy.

Run it alone: ``python benchmarks/bench_sweep.py``. Results are checked; the memory of a stream is taken in a process of
its own, as the growth of its peak over what it had after a small sweep of the same kind.
"""

import json
import subprocess
import sys
from time import perf_counter

import numba
import numpy as np
from bench_evaluate import compared, interleaved, table

import nodecalc as nc

AXES = {"node": ["tsmc-n5", "smic-n+2"], "d0_per_cm2": "0.05:0.5:1000", "critical_area_fraction": "0.5:1:50"}
PRICES = "5000:20000:{}"
NUMPY_POINTS = 4_000_000
ROUNDS = 7
STREAMED = ["min", "max", "mean"]

_MEMORY = """
import json, resource, sys
from time import perf_counter
import nodecalc as nc
axes, big = json.loads(sys.argv[1]), json.loads(sys.argv[2])
nc.sweep("10x10", **axes, reduce=["min", "max", "mean"])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
start = perf_counter()
found = nc.sweep("10x10", **big, reduce=["min", "max", "mean"])
seconds = perf_counter() - start
growth = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(json.dumps([found.points, seconds, growth / 1024]))
"""


def axes(prices: int) -> dict[str, object]:
    return {**AXES, "wafer_price_usd": PRICES.format(prices)}


def alone(prices: int) -> tuple[int, float, float]:
    """Points, seconds and growth of the peak memory in MB of a stream in a process of its own."""
    small, big = json.dumps(axes(20)), json.dumps(axes(prices))
    done = subprocess.run([sys.executable, "-c", _MEMORY, small, big], capture_output=True, text=True, check=True)
    points, seconds, growth = json.loads(done.stdout)
    return points, seconds, growth


def numpy_points() -> dict[str, np.ndarray]:
    """A part of the same grid as columns of numbers, as somebody without stages would hold it."""
    count = NUMPY_POINTS // 2000
    d0, fraction, price = np.meshgrid(
        np.linspace(0.05, 0.5, count), np.linspace(0.5, 1, 20), np.linspace(5e3, 2e4, 100), indexing="ij"
    )
    return {"d0": d0.ravel(), "fraction": fraction.ravel(), "price": price.ravel()}


def by_numpy(given: dict[str, np.ndarray], dies: float) -> tuple[float, float, float]:
    """Min, max and mean of the cost of a good die, Murphy's yield at every point."""
    x = given["d0"] * given["fraction"]
    cost = given["price"] / (dies * (-np.expm1(-x) / x) ** 2)
    return float(cost.min()), float(cost.max()), float(cost.mean())


def by_numpy_factored(dies: float, prices: int) -> tuple[float, float, float]:
    """The same with the yield worked out once for all prices, by hand: a block of d0 and fraction times all prices."""
    d0, fraction, price = np.linspace(0.05, 0.5, 40), np.linspace(0.5, 1, 50), np.linspace(5e3, 2e4, prices)
    x = np.outer(d0, fraction).ravel()
    good = dies * (-np.expm1(-x) / x) ** 2
    low, high, total = np.inf, -np.inf, 0.0
    for rows in np.array_split(good, 20):
        cost = price / rows[:, None]
        low, high, total = min(low, cost.min()), max(high, cost.max()), total + cost.sum()
    return low, high, total / (good.size * prices)


def run(rounds: int = ROUNDS) -> list[dict[str, float | str]]:
    """Return one row a contender: name, ns a point, ratio to what it is set against."""
    rows: list[dict[str, float | str]] = []
    swept = nc.sweep("10x10", **axes(200))
    out = np.empty(swept.shape)
    taken = interleaved(
        {
            "np.fill of the same array": lambda: out.fill(1.0),
            "axes to a full array, factored": lambda: swept.fill({"good_die_cost_usd": out}),
        },
        3 * rounds,
    )
    rows += compared(taken, dict.fromkeys(taken, "axes to a full array, factored"), out.size)

    points = 10**9
    dies = nc.gross_dies(10, 10)
    given = numpy_points()
    stream = f"stream of 10^9 points, min, max, mean, {numba.get_num_threads()} threads"
    found = nc.sweep("10x10", **axes(10_000), reduce=STREAMED).reductions["good_die_cost_usd"]
    check = nc.sweep("10x10", **axes(50))["good_die_cost_usd"]
    assert np.isclose(found["min"], check.min(), rtol=1e-12)
    assert np.isclose(found["max"], check.max(), rtol=1e-12)
    taken = interleaved(
        {
            stream: lambda: nc.sweep("10x10", **axes(10_000), reduce=STREAMED),
            "NumPy, every point of a mesh in memory, one thread": lambda: by_numpy(given, dies),
            "NumPy, factored by hand, block by block, one thread": lambda: by_numpy_factored(dies, 2000),
        },
        rounds,
    )
    for (name, (usual, best)), count in zip(taken.items(), (points, given["d0"].size, 4_000_000), strict=True):
        each = {"ns_per_point": usual / count * 1e9, "best_ns": best / count * 1e9}
        base, base_best = (t / points for t in taken[stream])
        rows.append(
            {
                "name": name,
                "ns_per_point": each["ns_per_point"],
                "ratio": usual / count / base,
                "best_ns": each["best_ns"],
                "best_ratio": best / count / base_best,
            }
        )
    for prices in (10_000, 100_000):
        count, seconds, growth = alone(prices)
        name = f"10^{len(str(count)) - 1} points in a process of their own: {seconds:.2f} s, peak memory +{growth:.0f} MB"
        ns = seconds / count * 1e9
        base = taken[stream][0] / points * 1e9
        rows.append({"name": name, "ns_per_point": ns, "ratio": ns / base, "best_ns": ns, "best_ratio": ns / base})
    return rows


if __name__ == "__main__":
    begin = perf_counter()
    print(table("sweeps", run()))
    print(f"{perf_counter() - begin:.0f} s")
