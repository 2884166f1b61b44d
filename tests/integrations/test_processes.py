"""Other processes: spawned pools get the same answers and errors, a fork after a parallel loop does not hang."""

import copy
import os
import pickle

import pytest

import nodecalc as nc
from nodecalc.systems.sweep import SystemSweep

SPAWN = """
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np

import nodecalc as nc

SIZES = ["50", "100mm2", "10x12", 400.0]
MANY = 40_000  # enough for the parallel loop, which a spawned process may well use


def column(low):
    return {"die_area_mm2": np.linspace(low, 400.0, MANY), "d0_per_cm2": 0.1, "wafer_price_usd": 1e4}


def refused(ask, pool_map):
    try:
        list(pool_map(ask, ["100", "-5"]))
    except nc.NodecalcError as error:
        return type(error).__name__, str(error)


def main():
    one = partial(nc.estimate, node="tsmc-n5", yield_model="negative-binomial", alpha=3.0)
    many = partial(nc.evaluate, placement="de-vries-exp", outputs=["gross_dies", "good_die_cost_usd"])
    columns = [column(low) for low in (20.0, 30.0)]
    context = multiprocessing.get_context("spawn")
    with context.Pool(2) as pool:  # two, which meet while they compile the same loops
        found = [(pool.map(one, SIZES), pool.map(many, columns), refused(one, pool.map))]
        pool.close()
        pool.join()
    with ProcessPoolExecutor(1, mp_context=context) as executor:
        found += [(list(executor.map(one, SIZES)), list(executor.map(many, columns)), refused(one, executor.map))]
    here = [one(size) for size in SIZES], [many(inputs) for inputs in columns], refused(one, map)
    assert here[2] is not None
    for estimates, arrays, error in found:
        assert estimates == here[0]
        assert [e.to_dict() for e in estimates] == [e.to_dict() for e in here[0]]
        assert [e.sources for e in estimates] == [e.sources for e in here[0]]
        for got, want in zip(arrays, here[1], strict=True):
            assert list(got) == list(want)
            assert all(np.array_equal(got[key], want[key]) for key in want)
        assert error == here[2], (error, here[2])
    e = nc.estimate(die_area_mm2=30.0, d0_per_cm2=0.1, wafer_price_usd=1e4, placement="de-vries-exp")
    assert abs(here[1][1]["good_die_cost_usd"][0] / e.good_die_cost_usd - 1.0) < 1e-13
    print("same")


if __name__ == "__main__":
    main()
"""


def test_spawned_pools_answer_as_this_process_does_and_hand_errors_back(run_script):
    assert run_script(SPAWN) == ["same"]


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_answers_and_errors_survive_a_pickle(protocol):
    e = nc.estimate("10x12", node="smic-n+2")
    again = pickle.loads(pickle.dumps(e, protocol))
    assert type(again) is type(e)
    assert again == e
    assert again.to_dict() == e.to_dict()
    assert again.sources == e.sources
    for call in (lambda: nc.estimate("-5"), lambda: nc.estimate("100", node="tsmc-n55"), lambda: nc.die_yield(-1.0)):
        with pytest.raises(nc.NodecalcError) as caught:
            call()
        error = pickle.loads(pickle.dumps(caught.value, protocol))
        assert type(error) is caught.type
        assert str(error) == str(caught.value)


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_a_wafer_cost_survives_a_pickle(protocol):
    wafer = nc.wafer_cost("tsmc-n5", without=["euv"], euv_source_power_w=100.0)
    again = pickle.loads(pickle.dumps(wafer, protocol))
    assert type(again) is type(wafer)
    assert again.to_dict() == wafer.to_dict()
    assert again.to_rows() == wafer.to_rows()
    for part in ("penalties", "notes", "inputs", "stack_layers", "stack_origin"):
        assert getattr(again, part) == getattr(wafer, part)


def _answers_of(folder, text):
    path = folder / "asked.toml"
    path.write_text(text, encoding="utf-8")
    return nc.run_scenario(path)


def _told(answer):
    """Return all that an answer says, as text: rows, spread, drivers, odds, notes."""
    if isinstance(answer, nc.Answers):
        return [_told(each) for each in answer]
    if isinstance(answer, nc.Risk):
        drivers = [driver._replace(draw=None) for driver in answer.all_drivers]
        drawn = {name: column.tolist() for name, column in answer.columns().items()}
        return repr((answer.outcomes, drivers, answer.probabilities, answer.notes, drawn))
    if isinstance(answer, nc.Sweep | SystemSweep):
        return repr((answer.coords, answer.columns()))
    return repr((answer, answer.to_dict() if hasattr(answer, "to_dict") else ""))


PUBLIC = {
    "estimate": lambda _: nc.estimate(100, node="n5"),
    "risk": lambda _: nc.risk(100, node=["n5", "n7"], samples=256, prob="n5 > n7", vary={"d0": "0.1:0.2:0.3"}),
    "risk of a system": lambda _: nc.risk_system("h100", samples=256, prob="cost < 3000"),
    "system": lambda _: nc.system("h100", volume=1e6),
    "sweep": lambda _: nc.sweep(100, node=["n5", "n7"], d0=[0.1, 0.2]),
    "sweep of a system": lambda _: nc.sweep_system("h100", {"d0": [0.1, 0.2]}),
    "solution": lambda _: nc.solve("d0", 100, node="n5", target="cost=30"),
    "solutions": lambda _: nc.solve("d0", 80, node="n5", target="cost=30", year=[2020, 2024]),
    "solution of a system": lambda _: nc.solve_system("d0", "h100", target="unit_cost_usd=3000"),
    "map": lambda _: nc.wafer_map("10x10"),
    "wafer": lambda _: nc.wafer_cost("n5"),
    "fit": lambda _: nc.fit([{"area_mm2": 100, "dies": 90, "good": 50}]),
    "memory": lambda _: nc.memory("cxmt-g4", "16Gb", wafer_price_usd=3000, d0=0.1),
    "capacity": lambda _: nc.capacity(100, node="n5", wafers_per_month=1000),
    "bridges": lambda _: nc.compare(100, node=["n5", "n7"]),
    "bins": lambda _: nc.bins(144, 0.004, 0.1, bins={"full": (144, 40000), "cut": (132, 30000)}),
    "reticle": lambda _: nc.reticle_plan(10, 10),
    "split": lambda _: nc.split(800, node="n5"),
    "answers": lambda folder: _answers_of(folder, '[die]\nsize = 100\nnode = "n5"\n'),
    "answers with a risk": lambda folder: _answers_of(
        folder, '[die]\nsize = 100\nnode = "n5"\n[risk]\nsamples = 256\n'
    ),
}
WAYS = (copy.copy, copy.deepcopy, lambda answer: pickle.loads(pickle.dumps(answer)))


@pytest.mark.parametrize("kind", PUBLIC)
def test_every_answer_can_be_copied_and_pickled_before_and_after_it_is_looked_at(kind, tmp_path):
    answer = PUBLIC[kind](tmp_path)
    fresh = [way(answer) for way in WAYS]
    told = _told(answer)
    for again in (*fresh, *(way(answer) for way in WAYS)):
        assert type(again) is type(answer)
        assert _told(again) == told


def test_a_copy_of_a_risk_is_immutable_too():
    again = copy.copy(nc.risk(100, node="n5", samples=256))
    with pytest.raises(AttributeError, match="immutable"):
        again.plan = None


FORK = """
import multiprocessing
import os
import sys
from functools import partial

import numpy as np

import nodecalc as nc
from nodecalc_kernels import compiled
from nodecalc_kernels.compiled import threads

x = np.linspace(0.0, 6.0, 4 * threads.PARALLEL_FROM)
inputs = {"die_area_mm2": 10.0 + x, "d0_per_cm2": 0.1, "wafer_price_usd": 1e4}
assert threads.use_threads(None, x.size)
parallel = nc.die_yield(x)
cost = nc.evaluate(inputs, placement="flynn")["good_die_cost_usd"]

child = os.fork()
if child == 0:
    status = 1
    try:
        same = np.array_equal(nc.die_yield(x), parallel)
        same &= np.array_equal(compiled.yield_array("murphy", "yield", x, parallel=True), parallel)
        same &= np.array_equal(nc.evaluate(inputs, placement="flynn")["good_die_cost_usd"], cost)
        status = 0 if same else 2
    finally:
        os._exit(status)
assert os.waitpid(child, 0)[1] == 0

with multiprocessing.get_context("fork").Pool(2) as pool:
    found = pool.map(nc.die_yield, [x, x])
    pool.close()
    pool.join()
assert all(np.array_equal(f, parallel) for f in found)

assert np.array_equal(nc.die_yield(x), parallel)  # the parent's own threads still work
assert threads.use_threads(None, x.size)
print('same')
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_fork_after_several_threads_goes_on_with_one(run_script, one_cache):
    # Python 3.12 and later warn of any fork in a process with threads; here it is done on purpose.
    flags = ["-W", "ignore:This process:DeprecationWarning"]
    assert run_script(FORK, flags=flags, env=one_cache) == ["same"]
