"""Many threads ask at once, the first of them while nothing is compiled, and the main thread runs parallel loops."""

RACE = """
import threading

import numpy as np

import nodecalc as nc

THREADS = 8
ROUNDS = 8
MANY = 200_000  # enough for the main thread to start others
x = np.linspace(0.0, 6.0, MANY)
inputs = {"die_area_mm2": np.linspace(20.0, 400.0, 64), "d0_per_cm2": 0.1, "wafer_price_usd": 1e4}
gate = threading.Barrier(THREADS + 1)
found, problems, done = [None] * THREADS, [], threading.Event()


def ask():
    from nodecalc_kernels.compiled import yield_array

    return (
        nc.die_yield(x),
        nc.evaluate(inputs, placement="flynn")["good_die_cost_usd"],
        nc.evaluate(inputs)["good_die_cost_usd"],
        # Even a thread that asks for the parallel loop gets the serial one.
        yield_array("murphy", "yield", x, parallel=True),
        nc.gross_dies(8.0, 12.0),
        nc.estimate("10x12", node="tsmc-n5").good_die_cost_usd,
    )


def same(a, b):
    return all(np.array_equal(p, q) for p, q in zip(a, b, strict=True))


def work(i):
    try:
        gate.wait()
        found[i] = ask()
        for _ in range(ROUNDS):
            if not same(ask(), found[i]):
                problems.append(f"thread {i} changes its answer")
    except BaseException as error:
        problems.append(repr(error))


threads = [threading.Thread(target=work, args=(i,)) for i in range(THREADS)]
for thread in threads:
    thread.start()
gate.wait()
own = ask()
while any(thread.is_alive() for thread in threads):
    if not same(ask(), own):
        problems.append("the main thread changes its answer")
for thread in threads:
    thread.join()
assert not problems, problems
assert all(same(f, own) for f in found)

from nodecalc_kernels import murphy

points = range(0, MANY, 999)
np.testing.assert_allclose(own[0][::999], [murphy(float(x[i])) for i in points], rtol=1e-14)
for i in range(0, 64, 21):
    area = float(inputs["die_area_mm2"][i])
    for k, placement in ((1, "flynn"), (2, "best")):
        e = nc.estimate(die_area_mm2=area, d0_per_cm2=0.1, wafer_price_usd=1e4, placement=placement)
        np.testing.assert_allclose(own[k][i], e.good_die_cost_usd, rtol=1e-13)
print("same")
"""


def test_threads_compile_and_compute_beside_those_of_the_main_thread(run_script, one_cache):
    assert run_script(RACE, env=one_cache) == ["same"]


def test_a_process_that_gets_no_more_threads_goes_on_with_its_own(run_script):
    run_script("""
import tempfile
import threading

import numpy as np

import nodecalc as nc
from nodecalc.drivers.sweep import run

start, given = threading.Thread.start, [0]


def few(thread):
    if not given[0]:
        raise RuntimeError("can't start new thread")
    given[0] -= 1
    start(thread)


asked = dict(node=["tsmc-n5", "smic-n+2"], d0_per_cm2="0.05:0.5:400", line_yield="0.5:1:400")
x = np.linspace(0.0, 6.0, 400_000)
wanted = nc.die_yield(x), nc.sweep("10x10", **asked).arrays["good_die_cost_usd"]
threading.Thread.start = few
for given[0] in (0, 1):
    assert list(run.in_threads(lambda item: item * item, range(40), 4)) == [n * n for n in range(40)]
given[0] = 0
assert np.array_equal(nc.die_yield(x), wanted[0])
swept = nc.sweep("10x10", **asked)
assert np.array_equal(swept.arrays["good_die_cost_usd"], wanted[1])
with tempfile.TemporaryDirectory() as folder:
    swept.save(f"{folder}/it.npz")
    assert np.array_equal(np.load(f"{folder}/it.npz")["good_die_cost_usd"], wanted[1])
""")
