"""Cost of a good die for four million points: the compiled loop against gcc and NumPy, all in one interleaved run.

Run it alone: ``python benchmarks/bench_evaluate.py``. It builds its C on the spot and checks every result.
A ratio above 1 says how many times longer the other one takes. All is float64 but the rows that say float32; those
stand against NumPy in float64, which is what they are there to replace.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

import numba
import numpy as np

from nodecalc_kernels.compiled import run_points
from nodecalc_kernels.graphs import die_graph

GRAPH = die_graph("negative-binomial", "de-vries-exp", size="area and aspect")
NEUTRAL = dict.fromkeys(("aspect_ratio", "critical_area_fraction", "systematic_yield", "line_yield"), 1.0)
POINTS = 4_000_000
ROUNDS = 30
TOLERANCE = 1e-12
TOLERANCE_FLOAT32 = 2e-6
SCRIBE_MM = 0.1
EDGE_MM = 3.0
WAFER_MM = 300.0
GCC = ["gcc", "-O3", "-march=native", "-ffast-math", "-fopenmp", "-shared", "-fPIC"]
WIDE = "-mprefer-vector-width=512"
SOURCES = Path(__file__).parent / "c"
# Reassociation would undo the rounding to a whole exponent: its results are off by up to the root of 2.
BY_HAND = (WIDE, "-fno-associative-math")
# Nothing is nan or infinite to -ffast-math, and a quotient may be a product with an inverse.
CAREFULLY = (*BY_HAND, "-fno-finite-math-only", "-fno-reciprocal-math")
OUTPUT = "good_die_cost_usd"

Inputs = dict[str, np.ndarray]


def interleaved(contenders: dict[str, Callable[[], object]], rounds: int = ROUNDS) -> dict[str, tuple[float, float]]:
    """Median and best seconds of each, taking turns, so that whatever else the machine does hits all alike."""
    for run_once in contenders.values():
        run_once()
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    order = list(contenders.items())
    for turn in range(rounds):
        # Each round starts with another one, so that nobody always follows the same neighbour.
        first = turn % len(order)
        for name, run_once in order[first:] + order[:first]:
            # Untimed, for the one before may have left its threads waiting in a busy loop, or ours asleep: on a virtual
            # machine a processor that sleeps takes some milliseconds to come back, as long as the whole run.
            run_once()
            start = perf_counter()
            run_once()
            seconds[name].append(perf_counter() - start)
    return {name: (median(taken), min(taken)) for name, taken in seconds.items()}


def compared(taken: dict[str, tuple[float, float]], base: dict[str, str], count: int) -> list[dict[str, float | str]]:
    """One row a contender: median and best nanoseconds a point, each with the ratio to its base."""
    rows: list[dict[str, float | str]] = []
    for name, (usual, best) in taken.items():
        base_usual, base_best = taken[base[name]]
        per_point = {"ns_per_point": usual / count * 1e9, "ratio": usual / base_usual}
        rows.append({"name": name, **per_point, "best_ns": best / count * 1e9, "best_ratio": best / base_best})
    return rows


def table(title: str, rows: list[dict[str, float | str]]) -> str:
    lines = [title, f"{'':58} {'ns/point':>9} {'ratio':>7} {'best ns':>9} {'ratio':>7}"]
    lines += [
        f"{row['name']:58} {row['ns_per_point']:9.2f} {row['ratio']:7.2f} "
        f"{row['best_ns']:9.2f} {row['best_ratio']:7.2f}"
        for row in rows
    ]
    return "\n".join(lines)


def points(count: int) -> Inputs:
    random = np.random.default_rng(20)
    return {
        "die_area_mm2": random.uniform(20.0, 800.0, count),
        "d0_per_cm2": random.uniform(0.02, 0.5, count),
        "alpha": random.uniform(1.0, 5.0, count),
        "wafer_price_usd": random.uniform(3e3, 2e4, count),
    }


def by_numpy(inputs: Inputs) -> np.ndarray:
    diameter = WAFER_MM - 2.0 * EDGE_MM
    area, alpha = inputs["die_area_mm2"], inputs["alpha"]
    pitch = np.sqrt(area) + SCRIBE_MM
    dies = np.pi * diameter**2 / (4.0 * pitch * pitch) * np.exp(-2.32 * pitch / diameter)
    die_yield = np.exp(-alpha * np.log1p(area * 0.01 * inputs["d0_per_cm2"] / alpha))
    return inputs["wafer_price_usd"] / (dies * die_yield)


def build(folder: Path, source: str, *flags: str) -> ctypes.CDLL:
    library = folder / f"{source}{len(flags)}.so"
    subprocess.run([*GCC, *flags, "-o", str(library), str(SOURCES / f"{source}.c"), "-lm"], check=True)
    return ctypes.CDLL(str(library))


def by_c(library: ctypes.CDLL, function: str, inputs: Inputs, out: np.ndarray, threads: int) -> Callable[[], object]:
    call = getattr(library, function)
    call.restype = None
    pointers = [ctypes.c_void_p(array.ctypes.data) for array in (*inputs.values(), out)]
    size, scribe = ctypes.c_ssize_t(out.size), ctypes.c_double(SCRIBE_MM)
    diameter, team = ctypes.c_double(WAFER_MM - 2.0 * EDGE_MM), ctypes.c_int(threads)
    return lambda: call(size, *pointers[:4], scribe, diameter, pointers[4], team)


def run(count: int = POINTS, rounds: int = ROUNDS) -> list[dict[str, float | str]]:
    """Return one row a contender: name, ns_per_point, ratio to our loop on as many threads."""
    threads = numba.get_num_threads()
    inputs = points(count)
    singles = {key: values.astype(np.float32) for key, values in inputs.items()}
    fixed = {"scribe_mm": SCRIBE_MM, "edge_exclusion_mm": EDGE_MM, "wafer_diameter_mm": WAFER_MM}
    reference = by_numpy(inputs)
    outs: dict[str, np.ndarray] = {}

    def ours(name: str, given: Inputs, parallel: bool) -> Callable[[], object]:
        kind = given["die_area_mm2"].dtype
        out = {OUTPUT: outs.setdefault(name, np.empty(count, kind))}
        return lambda: run_points(
            GRAPH, {**given, **fixed}, [OUTPUT], constants=NEUTRAL, out=out, parallel=parallel, dtype=kind
        )

    all_threads, one_thread = f"nodecalc, {threads} threads", "nodecalc, one thread"
    contenders = {all_threads: ours(all_threads, inputs, True)}
    base = {all_threads: all_threads}
    checked = [all_threads, one_thread]
    with tempfile.TemporaryDirectory() as folder:
        if shutil.which("gcc"):
            flags = " ".join(GCC[1:4])
            plain, wide = build(Path(folder), "good_die_cost"), build(Path(folder), "good_die_cost", WIDE)
            by_hand, carefully = build(Path(folder), "limit", *BY_HAND), build(Path(folder), "limit", *CAREFULLY)
            both = {all_threads: (f"{threads} threads", threads), one_thread: ("one thread", 1)}
            for rival, (team, workers) in both.items():
                for name, library, function in (
                    (f"gcc {flags}, {team}", plain, "good_die_cost"),
                    (f"the same with {WIDE}, {team}", wide, "good_die_cost"),
                    (f"C by hand, one exponential in all, no domain, {team}", by_hand, "limit"),
                    (f"C by hand, as accurate as ours, with its domain, {team}", carefully, "careful"),
                    (f"memory traffic alone, gcc, {team}", wide, "traffic"),
                ):
                    out = outs.setdefault(name, np.empty(count))
                    contenders[name] = by_c(library, function, inputs, out, workers)
                    base[name] = rival
                    if function != "traffic":
                        checked.append(name)
                if rival == all_threads:
                    contenders[one_thread], base[one_thread] = ours(one_thread, inputs, False), one_thread
        contenders.setdefault(one_thread, ours(one_thread, inputs, False))
        numpy = "NumPy, one thread"
        contenders[numpy] = lambda: by_numpy(inputs)
        base |= {one_thread: one_thread, numpy: one_thread}
        in_float32 = {f"nodecalc in float32, {threads} threads": True, "nodecalc in float32, one thread": False}
        for name, parallel in in_float32.items():
            contenders[name], base[name] = ours(name, singles, parallel), name
        taken = interleaved(contenders, rounds)
    for name in checked:
        np.testing.assert_allclose(outs[name], reference, rtol=TOLERANCE, err_msg=name)
    reference = by_numpy({key: values.astype(np.float64) for key, values in singles.items()})
    rows = {}
    for name in contenders:
        rows[name] = taken[name]
        if name in in_float32:
            np.testing.assert_allclose(outs[name], reference, rtol=TOLERANCE_FLOAT32, err_msg=name)
            against = f"NumPy in float64, one thread, against {name.removeprefix('nodecalc in ')}"
            rows[against], base[against] = taken[numpy], name
    return compared(rows, base, count)


if __name__ == "__main__":
    print(table(f"good_die_cost_usd, negative-binomial, de-vries-exp, {POINTS} points", run()))
