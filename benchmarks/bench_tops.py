"""Best points, fronts and bands of sweeps: against a stream that keeps the extremes alone, NumPy, and one by one.

Run it alone: ``python benchmarks/bench_tops.py``. Results are checked against each other.
"""

from time import perf_counter

import numba
import numpy as np
from bench_evaluate import interleaved, table
from bench_sweep import AXES

import nodecalc as nc

POINTS = 10**8
GRID = {**AXES, "line_yield": "0.5:1:1000"}
TURNED = dict(reversed(GRID.items()))
NUMPY_POINTS = 4_000_000
COST, YIELD = "good_die_cost_usd", "die_yield"
BAND = (f"{COST}_p10", f"{COST}_p50", f"{COST}_p90")
DIES, ONE_BY_ONE, BY_NUMPY = 100_000, 50, 200
PRICES, D0S = 256, 102
ROUNDS = 5


def front(cost: np.ndarray, good: np.ndarray) -> np.ndarray:
    """Places of the points that none beats, as it is usually done: sorted by one, then the best so far of the other."""
    order = np.lexsort((-good, cost))
    rising = good[order]
    before = np.concatenate([[-np.inf], np.maximum.accumulate(rising)[:-1]])
    return order[rising > before]


def given() -> tuple[np.ndarray, np.ndarray]:
    """Cost and yield of a part of the grid, as columns."""
    d0, fraction, through = np.meshgrid(
        np.linspace(0.05, 0.5, 80), np.linspace(0.5, 1, 50), np.linspace(0.5, 1, 1000), indexing="ij"
    )
    return (d0 * fraction).ravel(), through.ravel()


def ranked(x: np.ndarray, through: np.ndarray, pareto: bool) -> np.ndarray:
    """The ten best, or the front, of a mesh in memory."""
    good = (-np.expm1(-x) / x) ** 2
    cost = 16_000.0 / (through * 600.0 * good)
    return front(cost, good) if pareto else np.argpartition(cost, 10)[:10]


def sampled(areas: np.ndarray, d0: np.ndarray, price: np.ndarray) -> np.ndarray:
    """P10, P50 and P90 of each area over all pairs of quantiles of D0 and price, per good area of the wafer."""
    found = np.empty((len(areas), 3))
    for i, area in enumerate(areas.tolist()):
        x = area / 100.0 * d0
        costs = np.multiply.outer((x / -np.expm1(-x)) ** 2, price).ravel()
        found[i] = np.quantile(costs, (0.1, 0.5, 0.9))
    return found


def rows_of(taken: dict[str, tuple[float, float]], counts: dict[str, int], base: str) -> list[dict[str, float | str]]:
    """One row a contender, its time a point or die and the ratio to `base`."""
    usual, best = (seconds / counts[base] for seconds in taken[base])
    return [
        {
            "name": name,
            "ns_per_point": seconds[0] / counts[name] * 1e9,
            "ratio": seconds[0] / counts[name] / usual,
            "best_ns": seconds[1] / counts[name] * 1e9,
            "best_ratio": seconds[1] / counts[name] / best,
        }
        for name, seconds in taken.items()
    ]


def ranking(rounds: int) -> list[dict[str, float | str]]:
    """Best points and fronts of 10^8 points."""
    both = {"outputs": [COST, YIELD], "pareto": [COST, YIELD]}
    assert nc.sweep("10x10", **GRID, **both).front[0][COST] == nc.sweep("10x10", **TURNED, best=COST).best[0][COST]
    small = {**GRID, "line_yield": "0.5:1:20"}
    whole = nc.sweep("10x10", **small, outputs=[COST, YIELD])
    places = front(whole[COST].ravel(), whole[YIELD].ravel())
    assert [row[COST] for row in nc.sweep("10x10", **small, **both).front] == whole[COST].ravel()[places].tolist()
    x, through = given()
    stream = f"stream of 10^8 points, min, max, mean, {numba.get_num_threads()} threads"
    contenders = {
        stream: lambda: nc.sweep("10x10", **GRID, reduce=["min", "max", "mean"]),
        "the ten best of 10^8": lambda: nc.sweep("10x10", **GRID, best=COST, top=10),
        "the Pareto front of cost and yield of 10^8": lambda: nc.sweep("10x10", **GRID, **both),
        "the same, axes in the other order": lambda: nc.sweep("10x10", **TURNED, **both),
        "NumPy, the ten best of a mesh in memory, one thread": lambda: ranked(x, through, False),
        "NumPy, the front of a mesh in memory, one thread": lambda: ranked(x, through, True),
    }
    counts = {name: NUMPY_POINTS if name.startswith("NumPy") else POINTS for name in contenders}
    return rows_of(interleaved(contenders, rounds), counts, stream)


def bands(rounds: int) -> list[dict[str, float | str]]:
    """P10, P50 and P90 of many die areas; a closed formula counts the dies, so that the band is what takes the time."""
    question = {"node": "tsmc-n5", "placement": "de-vries-exp"}
    areas = np.linspace(20.0, 800.0, DIES)
    few = areas[:: DIES // ONE_BY_ONE].tolist()
    some = areas[:: DIES // BY_NUMPY]
    figures = nc.estimate(100, **question).figures
    shares = (np.arange(D0S) + 0.5) / D0S, (np.arange(PRICES) + 0.5) / PRICES
    d0, price = (
        np.array([figures[key].quantile(u) for u in each.tolist()])
        for key, each in zip(("d0_per_cm2", "wafer_price_usd"), shares, strict=True)
    )
    swept = nc.sweep(die_area_mm2=areas, **question, outputs=[COST, *BAND])
    alone = nc.estimate(few[7], **question)
    assert np.isclose(swept[BAND[0]][7 * (DIES // ONE_BY_ONE)], alone.good_die_cost_usd_p10, rtol=1e-12)
    spread = sampled(some, d0, price)
    ours = swept[BAND[2]][:: DIES // BY_NUMPY] / swept[BAND[0]][:: DIES // BY_NUMPY]
    assert np.allclose(spread[:, 2] / spread[:, 0], ours, rtol=5e-3)
    base = f"P10, P50, P90 of 10^5 die areas in a sweep, {numba.get_num_threads()} threads; time a die"
    contenders = {
        base: lambda: nc.sweep(die_area_mm2=areas, **question, outputs=[COST, *BAND]).fill(),
        "nc.estimate and its band, die by die": lambda: [
            nc.estimate(area, **question).good_die_cost_usd_p10 for area in few
        ],
        f"NumPy, quantiles over {D0S} x {PRICES} pairs of D0 and price": lambda: sampled(some, d0, price),
    }
    counts = dict(zip(contenders, (DIES, len(few), len(some)), strict=True))
    return rows_of(interleaved(contenders, rounds), counts, base)


def run(rounds: int = ROUNDS) -> list[dict[str, float | str]]:
    """Return one row a contender: name, ns a point or die, ratio to what it is set against."""
    return [*ranking(rounds), *bands(rounds)]


if __name__ == "__main__":
    begin = perf_counter()
    print(table("best points, fronts and bands", run()))
    print(f"{perf_counter() - begin:.0f} s")
