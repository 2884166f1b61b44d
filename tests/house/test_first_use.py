"""What the first array call of each kind compiles where nothing is compiled yet.

Counted are the instructions that numba hands to LLVM in a child process with an empty cache of compiled loops: a busy
machine makes them no more, and ten thousand take about two seconds of processor time.
"""

import subprocess
import sys

import pytest

from nodecalc_kernels.defects.harvest import MIXTURES
from nodecalc_kernels.registry import PLACEMENTS, YIELD_MODELS

FORMULA = 11_000
"""For one formula over an array."""
DRIVER = 14_000
"""For one question to a driver, which runs several formulas."""

COUNTED = """
from numba.core.codegen import CPUCodeLibrary

handed = CPUCodeLibrary.add_ir_module
instructions = 0


def count(self, module):
    global instructions
    instructions += sum(len(block.instructions) for function in module.functions for block in function.blocks)
    return handed(self, module)


CPUCodeLibrary.add_ir_module = count
import nodecalc as nc
{code}
print("instructions", instructions)
"""

ARRAYS = "from nodecalc_kernels.compiled.placement import counted; from nodecalc_kernels.registry import PLACEMENTS"
PARAMETERS = {"alpha": 2.0, "critical_layers": 10}
EVALUATE = 'nc.evaluate({{"die_area_mm2": [100.0], "d0_per_cm2": [0.1], "wafer_price_usd": [1e4]}}, outputs=[{}])'
SWEEP = 'nc.sweep("10x10", node="tsmc-n5", d0_per_cm2=[0.1, 0.2], wafer_price_usd=[9000, 10000], outputs={}, {})'
LONG = 'nc.sweep("10x10", node="tsmc-n5", d0_per_cm2="0.05:0.5:2000", line_yield="0.5:1:2000", outputs={}, {})'
ONE, TWO = ["good_die_cost_usd"], ["good_die_cost_usd", "peak_transistors"]
REDUCERS = {"min": (ONE, 'reduce="min"'), "mean": (ONE, 'reduce="mean"'), "p50": (ONE, 'reduce="p50"'),
            "best": (ONE, 'best="good_die_cost_usd", top=2'), "pareto": (TWO, f"pareto={TWO}")}  # fmt: skip


def calls():
    """Return name, code and budget of each call."""
    for function in ("die_yield", "log_yield", "yield_loss", "mean_faults"):
        for key, model in YIELD_MODELS.items():
            parameters = "".join(f", {name}={PARAMETERS[name]}" for name in model.parameters)
            yield f"{function} {key}", f'nc.{function}([0.5], model="{key}"{parameters})', FORMULA
    for key in PLACEMENTS:
        code = f'counted(PLACEMENTS["{key}"].function, ([10.0], [10.0], [0.1], [294.0]), parallel=None, tell=None)'
        yield (
            f"gross_dies {key}",
            f"{ARRAYS}; {code}",
            FORMULA,
        )
    for key in MIXTURES:
        many = f'import numpy as np; nc.harvest_yield(20, 25, np.linspace(0.0, 0.06, 1000), 1.0, "{key}")'
        yield f"harvest_yield {key}", many, FORMULA
    yield "evaluate", EVALUATE.format('"die_yield"'), DRIVER
    yield "evaluate cost", EVALUATE.format('"good_die_cost_usd"'), DRIVER
    sizes = "(np.linspace(9.0, 12.0, 64), [10.0], [0.1], [294.0])"
    many = f"counted(PLACEMENTS['best'].function, {sizes}, parallel=None, tell=None)"
    yield "gross_dies of many sizes", f"{ARRAYS}; import numpy as np; {many}", DRIVER
    for long, text in (("", SWEEP), (" of long axes", LONG)):
        yield f"sweep{long}", text.format(ONE, "parallel=None") + ".arrays", DRIVER
        for name, asked in REDUCERS.items():
            yield f"reduce {name}{long}", text.format(*asked), DRIVER


@pytest.mark.parametrize(("code", "budget"), [pytest.param(*rest, id=name) for name, *rest in calls()])
def test_the_first_call_compiles_little(child_environment, guard_s, tmp_path, code, budget):
    environment = child_environment | {"NODECALC_CACHE_DIR": str(tmp_path)}
    words = [sys.executable, "-c", COUNTED.format(code=code)]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=guard_s, check=False)
    assert done.returncode == 0, done.stderr
    instructions = int(done.stdout.split()[-1])
    print(f"first use: {instructions} instructions")
    assert instructions <= budget, f"{instructions} instructions: {code}"
