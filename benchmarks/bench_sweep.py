"""Sweeps: axes to a full array against filling the same array, and streams of 10^9 and 10^10 points against NumPy.

Run it alone: ``python benchmarks/bench_sweep.py``. Results are checked; the memory of a stream is taken in a process of
its own, as the growth of its peak over what it had after a small sweep of the same kind.
"""

import json
import subprocess
import sys
from itertools import permutations
from time import perf_counter

import numba
import numpy as np
from bench_evaluate import compared, interleaved, table

import nodecalc as nc

# Every axis matters: nodes by their wafer prices, D0 and critical area in the yield, line yield in the cost.
AXES = {"node": ["tsmc-n5", "smic-n+2"], "d0_per_cm2": "0.05:0.5:1000", "critical_area_fraction": "0.5:1:50"}
LINE_YIELDS = "0.5:1:{}"
NUMPY_POINTS = 4_000_000
ROUNDS = 7
STREAMED = ["min", "max", "mean"]

_MEMORY = """
import json, sys
from pathlib import Path
from time import perf_counter
import nodecalc as nc
axes, big = json.loads(sys.argv[1]), json.loads(sys.argv[2])
def memory(key):
    status = Path("/proc/self/status").read_text()
    return int(status.partition(key + ":")[2].split()[0])
nc.sweep("10x10", **axes, reduce=["min", "max", "mean"])
Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
before = memory("VmRSS")
start = perf_counter()
found = nc.sweep("10x10", **big, reduce=["min", "max", "mean"])
seconds = perf_counter() - start
growth = memory("VmHWM") - before
print(json.dumps([found.points, seconds, growth / 1024]))
"""


def axes(line_yields: int) -> dict[str, object]:
    return {**AXES, "line_yield": LINE_YIELDS.format(line_yields)}


def alone(line_yields: int) -> tuple[int, float, float]:
    """Points, seconds and growth of the peak memory in MB of a stream in a process of its own."""
    small, big = json.dumps(axes(20)), json.dumps(axes(line_yields))
    done = subprocess.run([sys.executable, "-c", _MEMORY, small, big], capture_output=True, text=True, check=True)
    points, seconds, growth = json.loads(done.stdout)
    return points, seconds, growth


def numpy_points() -> dict[str, np.ndarray]:
    """A part of the same grid as columns of numbers, as somebody without stages would hold it."""
    count = NUMPY_POINTS // 2000
    d0, fraction, through = np.meshgrid(
        np.linspace(0.05, 0.5, count), np.linspace(0.5, 1, 20), np.linspace(0.5, 1, 100), indexing="ij"
    )
    return {"d0": d0.ravel(), "fraction": fraction.ravel(), "through": through.ravel()}


def by_numpy(given: dict[str, np.ndarray], price: float, dies: float) -> tuple[float, float, float]:
    """Min, max and mean of the cost of a good die, Murphy's yield at every point."""
    x = given["d0"] * given["fraction"]
    cost = price / (given["through"] * dies * (-np.expm1(-x) / x) ** 2)
    return float(cost.min()), float(cost.max()), float(cost.mean())


def by_numpy_factored(price: float, dies: float, line_yields: int) -> tuple[float, float, float]:
    """The same with each yield worked out once, by hand: blocks of D0 and critical area times all line yields."""
    d0, fraction, through = np.linspace(0.05, 0.5, 40), np.linspace(0.5, 1, 50), np.linspace(0.5, 1, line_yields)
    x = np.outer(d0, fraction).ravel()
    good = dies * (-np.expm1(-x) / x) ** 2
    low, high, total = np.inf, -np.inf, 0.0
    for rows in np.array_split(good, 20):
        cost = price / (through * rows[:, None])
        low, high, total = min(low, cost.min()), max(high, cost.max()), total + cost.sum()
    return low, high, total / (good.size * line_yields)


def run(rounds: int = ROUNDS) -> list[dict[str, float | str]]:
    """Return one row a contender: name, ns a point, ratio to what it is set against."""
    rows: list[dict[str, float | str]] = []
    swept = nc.sweep("10x10", **axes(1000))
    out = np.empty(swept.shape)
    taken = interleaved(
        {
            "np.fill of the same array": lambda: out.fill(1.0),
            "axes to a full array, factored": lambda: swept.fill({"good_die_cost_usd": out}),
        },
        2 * rounds,
    )
    rows += compared(taken, dict.fromkeys(taken, "axes to a full array, factored"), out.size)

    points = 10**9
    dies, price = nc.gross_dies(10, 10), nc.estimate("10x10", node="tsmc-n5").inputs.numbers["wafer_price_usd"]
    given = numpy_points()
    stream = f"stream of 10^9 points, min, max, mean, {numba.get_num_threads()} threads"
    found = nc.sweep("10x10", **axes(10_000), reduce=STREAMED).reductions["good_die_cost_usd"]
    check = nc.sweep("10x10", **axes(50))["good_die_cost_usd"]
    assert np.isclose(
        by_numpy_factored(price, dies, 2000)[0], nc.sweep("10x10", **axes(2))["good_die_cost_usd"][0].min()
    )
    assert np.isclose(found["min"], check.min(), rtol=1e-12)
    assert np.isclose(found["max"], check.max(), rtol=1e-12)
    taken = interleaved(
        {
            stream: lambda: nc.sweep("10x10", **axes(10_000), reduce=STREAMED),
            "NumPy, every point of a mesh in memory, one thread": lambda: by_numpy(given, price, dies),
            "NumPy, factored by hand, block by block, one thread": lambda: by_numpy_factored(price, dies, 2000),
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
    given_axes = axes(10_000)
    orders = {
        order: lambda order=order: nc.sweep("10x10", **{key: given_axes[key] for key in order}, reduce=STREAMED)
        for order in permutations(given_axes)
    }
    assert len({run_once().reductions["good_die_cost_usd"]["mean"] for run_once in orders.values()}) == 1
    by_time = sorted(interleaved(orders, 3).values())
    base, base_best = by_time[0][0], min(best for _, best in by_time)
    for name, (usual, best) in (("fastest", by_time[0]), ("slowest", by_time[-1])):
        rows.append(
            {
                "name": f"the {name} of the 24 orders of the axes",
                "ns_per_point": usual / points * 1e9,
                "ratio": usual / base,
                "best_ns": best / points * 1e9,
                "best_ratio": best / base_best,
            }
        )
    for line_yields in (10_000, 100_000):
        count, seconds, growth = alone(line_yields)
        name = (
            f"10^{len(str(count)) - 1} points in a process of their own: {seconds:.2f} s, peak memory +{growth:.0f} MB"
        )
        ns = seconds / count * 1e9
        base = taken[stream][0] / points * 1e9
        rows.append({"name": name, "ns_per_point": ns, "ratio": ns / base, "best_ns": ns, "best_ratio": ns / base})
    return rows


if __name__ == "__main__":
    begin = perf_counter()
    print(table("sweeps", run()))
    print(f"{perf_counter() - begin:.0f} s")
