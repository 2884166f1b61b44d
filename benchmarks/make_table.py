"""Run all benchmarks, one after the other, and write their table: ``python benchmarks/make_table.py``.

Use the Python of an environment where nodecalc is installed from its wheel with the ``test`` extra; gcc must be there.
"""

import importlib.util
import platform
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

HERE = Path(__file__).parent
TABLE = HERE / "README.md"

SECTIONS = (
    (
        "bench_evaluate",
        "Arrays: cost of a good die for 4 million points",
        "Area, D0, alpha and price in, good-die cost out, negative binomial, de-vries-exp. Every result is checked "
        "against the others. The ratio says how many times longer the other takes than nodecalc on as many threads; "
        "of the float32 rows, how many times NumPy in float64 takes. C by hand is what this one formula allows: both "
        "exponentials in one, no division by the cell's area, no domain, no second part of the logarithm, good to "
        "1e-14; ours stays within 4 + 1.5 |ln Y| units in the last place and is nan where it should be. Both are "
        "vectors of 512 bits throughout. On Zen 4 a division (9 cycles) and a root (16) hold up the products, and each "
        "loop takes about what they add up to: by hand 2 divisions, a root and 34 products for eight points, ours 3, a "
        "root, some 60 and 14 comparisons.",
    ),
    (
        "bench_small",
        "Small arrays: what a call costs beside its points",
        "The same question, asked again and again with other values, in processor time on one thread. The ratio says "
        "how many times longer the other takes than `nc.evaluate`.",
    ),
    (
        "bench_estimate",
        "One answer at a time, against two published cost models",
        "The formulas of Chiplet Actuary and LLMCompass, written from their papers, with another D0 in each call. The "
        "ratio is to the faster of the two. The function of `nc.estimator` holds what its inputs change and no more, "
        "with the bits of `nc.estimate`: dies that stay the same are counted once, and what the ranges of its inputs "
        "settle is not tested again.",
    ),
    (
        "bench_sweep",
        "Sweeps: axes to an array, and streams of a billion points",
        "The array is there before and both fill it: the ratio is np.fill's time over ours. The streams take min, max "
        "and mean over nodes, D0, critical area and line yield, none of which stands for another; NumPy on one thread. "
        "The same axes are given in all 24 orders.",
    ),
    (
        "bench_tops",
        "Sweeps: best points, Pareto fronts and bands",
        "The ratios of the first rows are to the stream of a single result, of the last to the bands of a sweep, whose "
        "time is that of a die.",
    ),
    (
        "bench_files",
        "Sweeps to files, against pyarrow alone",
        "Ours works the column out and writes it; pyarrow writes the same column, with the same options, from memory.",
    ),
    (
        "bench_cluster",
        "A billion points on two local Dask workers, against one process with two threads",
        "Both give the same bits.",
    ),
    (
        "bench_yield",
        "Yield models over arrays",
        "Against the plain NumPy expression of the same formula, one thread.",
    ),
    (
        "bench_placement",
        "Dies per wafer: the proven optimum against a grid of 100 x 100 offsets",
        "300 dies of 1 to 800 mm2 and bands of them; all compiled but the last. Ratio to the grid; `short` counts dies "
        "for which a method misses the optimum.",
    ),
    (
        "bench_salvage",
        "Salvage and radial yield over arrays",
        "Shares of dies with 132 of 144 units good under a gamma density, and mean yields of a wafer's dies whose "
        "density steps up towards the edge, in processor time; NumPy on one thread.",
    ),
    (
        "bench_wafer",
        "Wafers: one million points of EUV source power and phi",
        "The N5 stack under a thousand source powers and a thousand phi, the layer cost fitted anew for each, against "
        "the vectorised NumPy expression of the same formula.",
    ),
    (
        "bench_risk",
        "Risk: a million worlds, draws included",
        "Against NumPy with its Philox generator and the same distributions, two threads against one. The error is "
        "that of P50 at 16,384 worlds, pseudo-random over ours; at an equal error pseudo-random worlds need its square "
        "more.",
    ),
    (
        "bench_cold_start",
        "Cold start: whole processes",
        "Ratio to a bare interpreter. `nodecalc die` into a pipe, installed from the wheel, loads neither numpy, numba "
        "nor pydantic.",
    ),
)


def load(name: str) -> ModuleType:
    """Return the benchmark script `name` as a module."""
    sys.path.insert(0, str(HERE))
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def machine() -> str:
    """Return what the figures were measured on."""
    import numba
    import numpy as np

    model = ""
    cpu = Path("/proc/cpuinfo")
    if cpu.exists():
        lines = cpu.read_text(encoding="utf-8").splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    gcc = subprocess.run(["gcc", "-dumpfullversion"], capture_output=True, text=True, check=False).stdout.strip()
    return (
        f"{model or platform.processor()}, {numba.get_num_threads()} threads; Python {platform.python_version()}, "
        f"numba {numba.__version__}, NumPy {np.__version__}, gcc {gcc}"
    )


def text(value: Any) -> str:
    """Return a cell."""
    return (
        f"{value:.3g}"
        if isinstance(value, float) and value < 100
        else f"{value:.0f}"
        if isinstance(value, float)
        else str(value)
    )


def main() -> None:
    """Write the table."""
    parts = [
        "# Benchmarks",
        "Made by `python benchmarks/make_table.py`. Each section is one run in which all contenders take turns; only "
        "ratios mean anything, and they move by some 10 % from run to run on a shared machine.",
        f"Measured on {machine()}.",
    ]
    for name, title, about in SECTIONS:
        print(name, flush=True)
        rows = load(name).run()
        heads = list(rows[0])
        table = ["| " + " | ".join(head.replace("_", " ") for head in heads) + " |"]
        table.append("|" + "|".join(" --- " if head == "name" else " ---: " for head in heads) + "|")
        table += ["| " + " | ".join(text(row[head]) for head in heads) + " |" for row in rows]
        parts += [f"## {title}", f"{about} (`{name}.py`)", "\n".join(table)]
    TABLE.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
