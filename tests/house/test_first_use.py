"""What the first array call of each kind costs where nothing is compiled yet.

Counted is the processor time of a child process with an empty cache of compiled loops, less that of a child which only
imports numpy and numba: a busy machine makes it no longer.
"""

import sys

import pytest

from nodecalc_kernels.defects.harvest import MIXTURES
from nodecalc_kernels.registry import PLACEMENTS, YIELD_MODELS

resource = pytest.importorskip("resource")  # POSIX alone

FORMULA_S = 3.0
"""For one formula over an array."""
DRIVER_S = 6.0
"""For one question to a driver, which runs several formulas."""
STOP_S = 30
"""Processor time at which the system stops a child: so far beyond every budget, it need not be known how far."""

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
            yield f"{function} {key}", f'nc.{function}([0.5], model="{key}"{parameters})', FORMULA_S
    for key in PLACEMENTS:
        code = f'counted(PLACEMENTS["{key}"].function, ([10.0], [10.0], [0.1], [294.0]), parallel=None, tell=None)'
        yield (
            f"gross_dies {key}",
            f"{ARRAYS}; {code}",
            FORMULA_S,
        )
    for key in MIXTURES:
        many = f'import numpy as np; nc.harvest_yield(20, 25, np.linspace(0.0, 0.06, 1000), 1.0, "{key}")'
        yield f"harvest_yield {key}", many, FORMULA_S
    yield "evaluate", EVALUATE.format('"die_yield"'), DRIVER_S
    yield "evaluate cost", EVALUATE.format('"good_die_cost_usd"'), DRIVER_S
    sizes = "(np.linspace(9.0, 12.0, 64), [10.0], [0.1], [294.0])"
    many = f"counted(PLACEMENTS['best'].function, {sizes}, parallel=None, tell=None)"
    yield "gross_dies of many sizes", f"{ARRAYS}; import numpy as np; {many}", DRIVER_S
    for long, text in (("", SWEEP), (" of long axes", LONG)):
        yield f"sweep{long}", text.format(ONE, "parallel=None") + ".arrays", DRIVER_S
        for name, asked in REDUCERS.items():
            yield f"reduce {name}{long}", text.format(*asked), DRIVER_S


@pytest.fixture(scope="module")
def processor_seconds(child_environment, children_seconds, tmp_path_factory):
    """Run code in a child with an empty cache of compiled loops and return its processor time."""

    def call(code):
        limited = f"import resource; resource.setrlimit(resource.RLIMIT_CPU, ({STOP_S}, {STOP_S}))\n{code}"
        environment = child_environment | {"NODECALC_CACHE_DIR": str(tmp_path_factory.mktemp("cache"))}
        done, seconds = children_seconds([sys.executable, "-c", limited], env=environment)
        if done.returncode < 0:
            pytest.fail(f"stopped after {STOP_S} s of processor time: {code}")
        assert done.returncode == 0, done.stderr
        return seconds

    return call


@pytest.fixture(scope="module")
def bare_seconds(processor_seconds):
    """Of a child that has only what every array needs."""
    processor_seconds("import nodecalc, numpy, numba")  # what this writes, byte code, is no part of any call's time
    return processor_seconds("import numpy, numba")


@pytest.mark.parametrize(("code", "budget"), [pytest.param(*rest, id=name) for name, *rest in calls()])
def test_the_first_call_compiles_little(processor_seconds, bare_seconds, code, budget):
    took = processor_seconds(f"import nodecalc as nc\n{code}") - bare_seconds
    print(f"first use: {took:.2f} s")
    assert took <= budget, f"{took:.1f} s of processor time: {code}"
