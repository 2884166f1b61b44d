"""What a start costs: whole processes against a bare interpreter, medians of alternating rounds.

Run ``python benchmarks/bench_cold_start.py`` with the Python of an environment that holds nodecalc's wheel.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 31
NODES = ("tsmc-n5", "tsmc-n7", "smic-n+2", "smic-n+3")
PROGRAM = str(Path(sys.executable).with_name("nodecalc"))
MUST_NOT_LOAD = ("numpy", "numba", "pydantic")

COMMANDS = {
    "bare interpreter": [sys.executable, "-c", "pass"],
    "import nodecalc": [sys.executable, "-c", "import nodecalc"],
    "nodecalc --help": [PROGRAM, "--help"],
    "nodecalc die, one node": [PROGRAM, "die", "10x10", "-n", "tsmc-n5"],
    "nodecalc die, four nodes": [PROGRAM, "die", "10x10", *(word for node in NODES for word in ("-n", node))],
    "nodecalc die at cost": [PROGRAM, "die", "10x10", "-n", "tsmc-n5", "--wafer-basis", "cost"],
    "nodecalc sweep, four rows": [PROGRAM, "sweep", "100", "-n", "tsmc-n5", "--over", "d0=0.05:0.2:4"],
    "nodecalc wafer": [PROGRAM, "wafer", "tsmc-n5"],
    "nodecalc nodes": [PROGRAM, "nodes"],
    "nodecalc chips": [PROGRAM, "chips"],
    "import typer": [sys.executable, "-c", "import typer"],
    "import numba": [sys.executable, "-c", "import numba"],
}


def loaded_by_die() -> list[str]:
    """Return which of the heavy packages a `die` command loads; there should be none."""
    code = (
        "import sys; from nodecalc.cli.program import run; run(['die', '10x10', '-n', 'tsmc-n5']); "
        f"print(*[m for m in {MUST_NOT_LOAD} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stderr.split()


def run() -> list[dict[str, object]]:
    """Return a row a command: name, milliseconds, and the ratio to the bare interpreter."""
    heavy = loaded_by_die()
    if heavy:
        raise SystemExit(f"nodecalc die loads {heavy}")
    # As a user's shell has it: byte code is written and reused.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(ROUNDS):
        for name, command in COMMANDS.items():
            start = time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, env=environment, check=True)
            seconds[name].append(time.perf_counter() - start)
    bare = statistics.median(seconds["bare interpreter"])
    rows: list[dict[str, object]] = []
    for name, taken in seconds.items():
        median = statistics.median(taken)
        rows.append({"name": name, "ms": median * 1e3, "ratio": median / bare})
    return rows


if __name__ == "__main__":
    for row in run():
        print(f"{row['name']:28s}{row['ms']:9.1f} ms{row['ratio']:8.2f} x")
