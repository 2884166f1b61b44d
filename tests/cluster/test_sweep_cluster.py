"""Sweeps on a Dask cluster of two worker processes: same bits, little traffic, and what comes of trouble."""

import os
import pickle
import signal
import subprocess
import sys
from functools import partial
from itertools import pairwise
from time import process_time, sleep
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nodecalc as nc
from nodecalc.catalogue import open_catalogue
from nodecalc.cluster import client as cluster_client
from nodecalc.cluster import ranges as cluster
from nodecalc.cluster import tasks as cluster_run
from nodecalc.cluster import workers as cluster_workers
from nodecalc.drivers.sweep import walk as walk_module
from nodecalc.drivers.sweep.grid import Grid
from nodecalc.drivers.sweep.plan import make_plan
from nodecalc.drivers.sweep.reduce import front as reduce_front
from nodecalc.drivers.sweep.reduce.best import BestReducer
from nodecalc.drivers.sweep.reduce.front import FrontReducer
from nodecalc.drivers.sweep.reduce.quantiles import QuantileReducer
from nodecalc.drivers.sweep.reduce.stats import StatsReducer
from nodecalc.drivers.sweep.request import read_request
from nodecalc.drivers.sweep.run import TravellingGrid, reduce_tiles
from nodecalc.errors import InputError, OutputError

distributed = pytest.importorskip("distributed")
from distributed.comm import tcp  # noqa: E402 - only where there is dask

COST = "good_die_cost_usd"
OTHER = "peak_transistors"
MODULES = "__import__('sys').modules"

# A worker that is killed on purpose leaves a connection half open, and Dask lets the collector close it.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket.socket:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:unclosed transport:ResourceWarning"),
]


@pytest.fixture(scope="module")
def two_workers():
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
    ) as made:
        yield made


@pytest.fixture
def client(two_workers, guard_s):
    with distributed.Client(two_workers) as made:
        made.wait_for_workers(2, timeout=guard_s)
        yield made


def planned(size="10x10", outputs=(COST,), **inputs):
    return make_plan(read_request(size, inputs, outputs=outputs), open_catalogue(None))[0]


def millions(outputs=(COST, OTHER)):
    """Four million points in some small tiles, every axis of which counts, and no die is best in both results."""
    return planned(
        None,
        outputs,
        node="tsmc-n5",
        die_area_mm2="20:700:200",
        d0_per_cm2="0.01:1:50",
        critical_area_fraction="0.5:1:400",
    )


@pytest.fixture
def small_tiles(monkeypatch):
    """Tiles as small where nothing is stored on the way as where something is: those points are several tiles then."""
    monkeypatch.setattr(walk_module, "LARGE_TILE", walk_module.SMALL_TILE)


def reducers(grid):
    return (
        StatsReducer(grid, COST),
        QuantileReducer(grid, COST, False),
        BestReducer(grid, COST, 100),
        FrontReducer(grid, COST, OTHER),
    )


def bits(state):
    return pickle.dumps([part.tolist() if isinstance(part, np.ndarray) else part for part in state])


def here(grid, reducer, tell=None):
    return reduce_tiles(grid, reducer, 0, reducer.tiles.count, tell)


def by_value(function):
    """Return a function that travels as its code: the workers cannot import this file."""
    import types

    copy = types.FunctionType(function.__code__, {"__builtins__": __builtins__}, function.__name__)
    copy.__qualname__, copy.__module__ = f"<locals>.{function.__name__}", "__main__"
    return copy


# Same bits


@pytest.mark.parametrize("place", range(4), ids=["stats", "quantiles", "best", "front"])
def test_a_cluster_reduces_to_the_bits_of_one_process(client, small_tiles, place):
    plan = millions()
    grid = Grid(plan)
    reducer = reducers(grid)[place]
    seen = []
    state = cluster.reduce_on(client, TravellingGrid(plan), reducer, lambda done, of: seen.append((done, of)))
    assert bits(state) == bits(here(grid, reducer))
    assert len(seen) > 4
    assert all(a < b for a, b in pairwise(seen))
    assert seen[-1] == (reducer.tiles.points, reducer.tiles.points)


@pytest.mark.parametrize(
    "inputs",
    [
        {"size": "10x10", "node": ["tsmc-n5", "tsmc-n7"], "d0_per_cm2": "0.01:1:50"},
        {"size": None, "node": "tsmc-n5", "die_area_mm2": "20:700:60", "yield_model": ["murphy", "poisson"]},
        {"size": "10x10", "node": "tsmc-n5", "placement": ["best", "de-vries-exp"], "scribe_mm": "0.05:0.2:9"},
        {"size": "10x10", "node": "tsmc-n5", "wafer_basis": "cost", "euv_source_power_w": "100:500:40"},
        {"size": None, "node": "tsmc-n5", "die_area_mm2": "100:70000:50", "d0_per_cm2": 0.1},
        {"size": "10x10", "node": "tsmc-n5", "outputs": ["good_die_cost_usd_p10"], "critical_area_fraction": "0.5:1:4"},
        {"size": "10x10", "node": "tsmc-n5"},
    ],
    ids=["nodes", "areas and models", "placements", "layers", "dies that do not fit", "bands", "one point"],
)
def test_every_kind_of_plan_travels(client, inputs):
    ask = partial(nc.sweep, **{"outputs": [COST], **inputs}, reduce=["min", "argmax", "max", "mean", "p50"])
    there = ask(client=client)
    assert there.reductions == ask().reductions


@pytest.fixture(scope="module")
def split():
    """Of each reducer: itself, the state of the whole grid, and the states of its tiles."""
    grid = Grid(millions(), parallel=False)
    return [
        (
            reducer,
            here(grid, reducer),
            [reduce_tiles(grid, reducer, tile, tile + 1) for tile in range(reducer.tiles.count)],
        )
        for reducer in reducers(grid)
    ]


@given(data=st.data())
def test_any_ranges_in_any_order_merge_to_the_same_bits(split, data):
    for reducer, whole, parts in split:
        cuts = sorted({0, len(parts), *data.draw(st.lists(st.integers(0, len(parts)), max_size=6))})
        states = data.draw(st.permutations([cluster_workers.merge(reducer, *parts[a:b]) for a, b in pairwise(cuts)]))
        while len(states) > 1:
            taken = data.draw(st.integers(2, len(states)))
            states = [*states[taken:], cluster_workers.merge(reducer, *states[:taken])]
        assert bits(states[0]) == bits(whole)


def test_ranges_grow_with_speed_and_shrink_towards_the_end(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(cluster, "monotonic", lambda: now[0])
    pace, left, lengths = cluster._Pace(10**6, 1), 10**6, []
    while left:
        length = pace.length(left, 2)
        lengths.append(length)
        left -= length
        now[0] += length * 1e-3 / 2  # two threads, a millisecond a tile
        pace.ended(length)
    assert lengths[0] == 1
    assert all(b <= cluster.GROWTH * max(lengths[: i + 1]) for i, b in enumerate(lengths[1:]))
    assert max(lengths) == pytest.approx(1000 * cluster.RANGE_S, rel=0.05)
    assert lengths[-1] <= 1000 * cluster.SHORTEST_S
    assert min(lengths[10:-1]) >= 0.9 * 1000 * cluster.SHORTEST_S
    assert len(lengths) < 2100


# What travels


def test_a_thousand_million_points_move_less_than_a_megabyte(client, monkeypatch):
    plan = planned(
        node="tsmc-n5",
        d0_per_cm2="0.01:1:1000",
        critical_area_fraction="0.5:1:100",
        wafer_price_usd="5000:20000:10000",
    )
    grid = Grid(plan)
    reducer = StatsReducer(grid, COST)
    assert reducer.tiles.points == 10**9
    moved = [0]
    write, from_frames = tcp.TCP.write, tcp.from_frames

    async def counting_write(self, *args, **options):
        count = await write(self, *args, **options)
        moved[0] += count
        return count

    async def counting_frames(frames, *args, **options):
        moved[0] += sum(memoryview(frame).nbytes for frame in frames)
        return await from_frames(frames, *args, **options)

    def between_workers():
        found = client.run(lambda dask_worker: dask_worker.transfer_outgoing_bytes_total)
        return sum(found.values())

    before = between_workers()
    monkeypatch.setattr(tcp.TCP, "write", counting_write)
    monkeypatch.setattr(tcp, "from_frames", counting_frames)
    state = cluster.reduce_on(client, TravellingGrid(plan), reducer)
    monkeypatch.undo()
    moved[0] += between_workers() - before
    assert state.points == 10**9
    assert 10_000 < moved[0] < 1_000_000


def watched(client):
    """Return a list that gets the size of the arguments of every task that the client sends."""
    sent = []
    submit, each = client.submit, client.map

    def size(args):
        return sum(len(pickle.dumps(a)) for a in args if not isinstance(a, distributed.Future))

    client.submit = lambda function, *args, **options: sent.append(size(args)) or submit(function, *args, **options)
    client.map = lambda function, *columns, **options: (
        sent.extend(map(size, zip(*columns, strict=True))) or each(function, *columns, **options)
    )
    return sent


def test_a_large_plan_travels_once_and_a_task_is_small(client):
    plan = planned(node="tsmc-n5", wafer_price_usd=np.linspace(1e3, 2e4, 40_000), d0_per_cm2="0.01:1:100")
    grid = Grid(plan)
    reducer = StatsReducer(grid, COST)
    carried = cluster_workers.carry(TravellingGrid(plan))
    assert len(carried.data) > 8 * 40_000
    assert len(pickle.dumps(reducer)) < 1_000
    assert len(pickle.dumps(here(grid, reducer))) < 1_000
    sent = watched(client)
    state = cluster.reduce_on(client, TravellingGrid(plan), reducer)
    assert bits(state) == bits(here(grid, reducer))
    assert sorted(sent)[-1] > 8 * 40_000
    assert sum(sorted(sent)[:-1]) < 20_000


def test_a_small_plan_goes_along_with_its_tasks(client, small_tiles):
    plan = millions((COST,))
    assert len(cluster_workers.carry(TravellingGrid(plan)).data) < cluster_run.TASK_BYTES
    sent = watched(client)
    cluster.reduce_on(client, TravellingGrid(plan), StatsReducer(Grid(plan), COST))
    assert len(sent) > 2
    assert max(sent) < 2 * cluster_run.TASK_BYTES
    assert client not in cluster_run._sent


def test_a_long_run_leaves_little_at_the_scheduler(client, monkeypatch, wait_until):
    monkeypatch.setattr(cluster, "FAN_IN", 2)
    monkeypatch.setattr(cluster._Pace, "length", lambda self, left, threads: 1)
    grid = Grid(plan := millions())
    reducer = BestReducer(grid, COST, 5)
    told = []

    def tell(*_):
        # What is merged by now is fetched before the next call, and only then the scheduler is told to let it go.
        wait_until(lambda: not unfinished(client))
        # Of some forty: a range for each tile, merges of two and of four.
        wait_until(lambda: len(tasks_left(client)) < 20)
        told.append(True)

    state = cluster.reduce_on(client, TravellingGrid(plan), reducer, tell)
    assert bits(state) == bits(here(grid, reducer))
    assert len(told) == reducer.tiles.count >= 16
    assert not client.futures


def test_a_worker_keeps_the_grid_of_a_plan(client):
    plan = millions((COST,))
    grid = Grid(plan)
    token = cluster_workers.carry(TravellingGrid(plan)).token
    look = f"id({MODULES}['nodecalc.cluster.workers']._unpacked['{token}'])"
    cluster.reduce_on(client, TravellingGrid(plan), QuantileReducer(grid, COST, False))
    first = client.run(eval, look)
    cluster.reduce_on(client, TravellingGrid(plan), StatsReducer(grid, COST))
    assert client.run(eval, look) == first
    assert len(first) == 2


def test_only_the_last_plans_are_kept():
    tokens = []
    for price in range(1, cluster_workers.CARGO_KEPT + 3):
        carried = cluster_workers.carry(TravellingGrid(planned(node="tsmc-n5", wafer_price_usd=[1e4, 1e4 + price])))
        assert cluster_workers.unpacked(carried) is cluster_workers.unpacked(carried)
        tokens.append(carried.token)
    assert list(cluster_workers._unpacked) == tokens[-cluster_workers.CARGO_KEPT :]


# What goes wrong


def slow_plan():
    """Some ten seconds of walking where nothing stops it: 5 x 10^10 points."""
    return planned(
        node="tsmc-n5",
        d0_per_cm2="0.01:1:5000",
        critical_area_fraction="0.5:1:100",
        wafer_price_usd="5000:20000:100000",
    )


def tasks_left(client):
    """Keys of the tasks that the scheduler still knows, beside the plans."""
    known = client.run_on_scheduler(lambda dask_scheduler: list(map(str, dask_scheduler.tasks)))
    return [key for key in known if key.startswith("nodecalc") and not key.startswith("nodecalc_plan")]


def unfinished(client):
    """Keys of the tasks that wait or run."""
    states = client.run_on_scheduler(lambda dask_scheduler: {str(k): t.state for k, t in dask_scheduler.tasks.items()})
    return [key for key, state in states.items() if key.startswith("nodecalc") and state not in ("memory", "released")]


def processor_time(client):
    """Return the processor time of all workers so far."""
    return sum(client.run(process_time).values())


@pytest.mark.parametrize("task_bytes", [0, cluster_run.TASK_BYTES], ids=["they held the plan", "it went along"])
def test_killed_workers_change_no_bit(client, guard_s, monkeypatch, task_bytes):
    monkeypatch.setattr(cluster_run, "TASK_BYTES", task_bytes)
    plan = planned(
        node="tsmc-n5",
        d0_per_cm2="0.01:1:2000",
        critical_area_fraction="0.5:1:200",
        wafer_price_usd="5000:20000:1000",
    )
    grid = Grid(plan)
    reducer = QuantileReducer(grid, COST, False)
    workers = client.run(os.getpid)
    pids = list(workers.values())
    killed = []

    def tell(done, of):
        # First one, then the other: whoever had the plan, it is lost, and so are states on both.
        if len(killed) < 2 and done > of * (0.2 + 0.4 * len(killed)):
            killed.append(pids[len(killed)])
            os.kill(killed[-1], signal.SIGKILL)

    state = cluster.reduce_on(client, TravellingGrid(plan), reducer, tell)
    assert len(killed) == 2
    assert bits(state) == bits(here(grid, reducer))
    client.wait_for_workers(2, timeout=guard_s)
    assert not set(client.run(os.getpid).values()) & set(killed)


def test_an_interrupt_ends_the_tasks_and_leaves_the_cluster_usable(client, wait_until):
    plan = slow_plan()
    reducer = StatsReducer(Grid(plan), COST)
    told, worked, begin = [], [], processor_time(client)

    def tell(done, of):
        told.append(done / of)
        if len(told) == 8:
            worked.append(processor_time(client))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cluster.reduce_on(client, TravellingGrid(plan), reducer, tell)
    wait_until(lambda: not any(client.processing().values()))
    wait_until(lambda: not tasks_left(client))
    assert told[-1] < 0.5
    rest = (worked[0] - begin) * (1.0 - told[-1]) / told[-1]
    assert processor_time(client) - worked[0] < 0.5 * rest
    plan = millions()
    grid = Grid(plan)
    state = cluster.reduce_on(client, TravellingGrid(plan), StatsReducer(grid, COST))
    assert bits(state) == bits(here(grid, StatsReducer(grid, COST)))


def test_a_front_that_is_too_large_is_the_same_error_as_here(client):
    plan = millions()
    reducer = FrontReducer(Grid(plan), COST, OTHER)
    module = "__import__('nodecalc.drivers.sweep.reduce.front', fromlist=['MOST_POINTS_OF_FRONT'])"
    client.run(eval, f"setattr({module}, 'MOST_POINTS_OF_FRONT', 2)")
    try:
        with pytest.raises(InputError, match="points are on the front; give coarser axes") as caught:
            cluster.reduce_on(client, TravellingGrid(plan), reducer)
    finally:
        client.run(eval, f"setattr({module}, 'MOST_POINTS_OF_FRONT', {reduce_front.MOST_POINTS_OF_FRONT})")
    assert "\n" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("version", "kernels"), [("0.0.1", None), (None, "0123456789abcdef")], ids=["version", "kernels"]
)
def test_workers_with_another_nodecalc_are_refused_before_any_work(client, version, kernels):
    own = cluster_workers.Installed(*cluster_workers.installed())
    other = tuple(own._replace(version=version or own.version, kernels=kernels or own.kernels))
    module = "__import__('nodecalc.cluster.workers', fromlist=['_own'])"
    plan = millions()
    reducer = StatsReducer(Grid(plan), COST)
    told = []
    client.run(eval, f"{module}._own.__setitem__(slice(None), [{module}.Installed(*{other!r})])")
    try:
        with pytest.raises(InputError) as caught:
            cluster.reduce_on(client, TravellingGrid(plan), reducer, lambda *done: told.append(done))
    finally:
        client.run(eval, f"{module}._own.clear()")
    text = str(caught.value)
    assert "\n" not in text
    assert "worker tcp://" in text
    assert f"nodecalc {own.version}, kernels {own.kernels[:8]}" in text
    assert f"nodecalc {other[0]}, kernels {other[1][:8]}" in text
    assert "install the same versions" in text
    assert not told


def test_a_worker_that_comes_later_with_another_nodecalc_does_nothing():
    carried = cluster_workers.carry(TravellingGrid(planned(node="tsmc-n5", wafer_price_usd=[1.0, 2.0, 3.0])))
    strange = carried._replace(token="strange", sender=("0.0.1", *carried.sender[1:]))
    with pytest.raises(InputError, match=r"nodecalc 0\.0\.1"):
        cluster_workers.unpacked(strange)
    assert "strange" not in cluster_workers._unpacked


def hide(gone):
    """Take nodecalc away from a process: its modules, and the way to the one called `gone`."""
    import sys

    class Hidden:
        @staticmethod
        def find_spec(name, *_):
            if name == gone:
                raise ModuleNotFoundError(f"No module named '{name}'", name=name)

    kept = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] == "nodecalc"}
    sys.meta_path.insert(0, Hidden)
    sys.modules["hidden_by_test"] = kept


def show():
    """Give back what `hide` took."""
    import sys

    del sys.meta_path[0]
    sys.modules.update(sys.modules.pop("hidden_by_test"))


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        ("nodecalc", "has no nodecalc"),
        ("nodecalc.cluster", "has another nodecalc, without nodecalc.cluster"),
        ("numba", "cannot load nodecalc: ModuleNotFoundError: No module named 'numba'"),
    ],
)
def test_workers_without_nodecalc_are_told_what_to_install(client, gone, said):
    client.run(by_value(hide), gone)
    if gone == "numba":
        client.run(eval, f"{MODULES}['hidden_by_test'].update(numba={MODULES}.pop('numba'))")
    try:
        with pytest.raises(InputError, match=f"worker tcp://.* {said}; install the same versions"):
            nc.sweep("10x10", node="tsmc-n5", d0_per_cm2="0.1:1:10", reduce="min", client=client)
    finally:
        client.run(by_value(show))


# Jobs


class Job(NamedTuple):
    number: int
    points: int


def jobs_of(count):
    return [Job(number, 10 + number) for number in range(count)]


def test_jobs_give_their_results_in_order_and_say_how_far_they_are(client):
    def slower_first(job):
        sleep(0.1 if job.number == 0 else 0.0)
        return job.number * job.number

    seen = []
    jobs = jobs_of(11)
    found = cluster.run_jobs_on(client, slower_first, jobs, lambda done, of: seen.append((done, of)))
    assert found == [n * n for n in range(11)]
    assert [of for _, of in seen] == [sum(job.points for job in jobs)] * 11
    assert seen[-1][0] == seen[-1][1]
    assert all(a < b for a, b in pairwise(seen))
    assert cluster.run_jobs_on(client, slower_first, []) == []


def test_jobs_share_the_grid_of_a_plan(client):
    def shape(grid, job):
        return job.number, grid.shape, grid.parallel

    found = cluster.run_jobs_on(client, shape, jobs_of(5), cargo=TravellingGrid(millions()))
    assert found == [(n, (200, 50, 400), False) for n in range(5)]


def test_the_error_of_a_job_comes_back_as_it_was(client):
    def refuse(job):
        if job.number == 3:
            raise OutputError("part 3: no room")

    with pytest.raises(OutputError, match=r"^part 3: no room$"):
        cluster.run_jobs_on(client, refuse, jobs_of(6))


def test_interrupted_jobs_are_cancelled(client, tmp_path, wait_until):
    folder = str(tmp_path)

    def touch(job):
        from pathlib import Path
        from time import sleep

        while job.number and not Path(folder, "go on").exists():
            sleep(0.01)
        Path(folder, str(job.number)).touch()

    def tell(done, of):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cluster.run_jobs_on(client, touch, jobs_of(200), tell)
    (tmp_path / "go on").touch()
    wait_until(lambda: not any(client.processing().values()))
    assert len(list(tmp_path.glob("[0-9]*"))) < 12  # no more than were handed out


# Clients and addresses


def ask(client):
    return nc.sweep("10x10", node="tsmc-n5", d0_per_cm2="0.1:1:10", reduce="min", client=client)


def test_what_cannot_be_waited_for_is_no_client(two_workers):
    with pytest.raises(InputError, match=r"client 'tcp://x:1': not a distributed\.Client"):
        ask("tcp://x:1")
    closed = distributed.Client(two_workers)
    closed.close()
    with pytest.raises(InputError, match="client: closed; open one"):
        ask(closed)

    async def asynchronously():
        async with distributed.Client(two_workers.scheduler_address, asynchronous=True) as waiting:
            with pytest.raises(InputError, match="client: asynchronous"):
                ask(waiting)

    import asyncio

    asyncio.run(asynchronously())


def test_without_dask_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    for call in (lambda: cluster_client.connect("local"), lambda: ask(object())):
        with pytest.raises(InputError, match=r"^--dask needs dask: pip install 'nodecalc\[dask\]'$"):
            call()


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "127.0.0.1:1", "no such host", "http://127.0.0.1:1", ""])
def test_an_unreachable_scheduler_is_one_line(address, monkeypatch, capfd):
    import dask

    monkeypatch.setattr(cluster_client, "CONNECT_S", 0.5)
    given = []

    class Client(distributed.Client):
        def __init__(self, *args, timeout, **options):
            given.append(timeout)
            super().__init__(*args, timeout=timeout, **options)

    monkeypatch.setattr(distributed, "Client", Client)
    with pytest.raises(OutputError) as caught:
        cluster_client.connect(address)
    assert set(given) <= {0.5}
    assert len(given) <= 2
    text = str(caught.value)
    assert "\n" not in text
    assert text.startswith(f"--dask {address}: no Dask scheduler answers")
    assert "allowed: tcp://host:8786, host:8786 or local; start one with: dask scheduler" in text
    assert capfd.readouterr() == ("", "")
    assert dask.config.get("scheduler", None) is None, "what is computed with Dask later would go to no client"


def test_the_word_local_is_a_cluster_for_as_long_as_the_client_is_open(monkeypatch):
    import dask.system

    monkeypatch.setattr(dask.system, "CPU_COUNT", 1)
    with cluster_client.connect("local") as own:
        assert sum(own.nthreads().values()) == 1
        assert ask(own).reductions == ask(None).reductions
        address = own.scheduler.address
    monkeypatch.setattr(cluster_client, "CONNECT_S", 0.5)
    with pytest.raises(OutputError):
        cluster_client.connect(address)


def test_an_address_reaches_the_cluster(two_workers):
    for address in (two_workers.scheduler_address, two_workers.scheduler_address.removeprefix("tcp://")):
        with cluster_client.connect(address) as own:
            assert ask(own).reductions == ask(None).reductions


def test_a_cluster_without_workers_is_said_to_have_none(monkeypatch):
    monkeypatch.setattr(cluster_client, "NO_WORKER_S", 0.5)
    with (
        distributed.LocalCluster(n_workers=0, processes=False, dashboard_address=":0", silence_logs=50) as empty,
        distributed.Client(empty) as own,
        pytest.raises(OutputError, match=r"no worker for .* s; start one with: dask worker"),
    ):
        ask(own)


def test_a_scheduler_that_goes_away_ends_the_run_in_one_line():
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0", silence_logs=50
        ) as doomed,
        distributed.Client(doomed.scheduler_address) as own,
        cluster_client.quiet(),
        pytest.raises(OutputError, match="the run was ended by the cluster") as caught,
    ):
        cluster.run_jobs_on(own, lambda job: sleep(0.3), jobs_of(1000), lambda *_: doomed.close())
    assert "\n" not in str(caught.value)


def test_loading_the_module_loads_neither_dask_nor_numba(child_environment):
    code = (
        "import sys, nodecalc.cluster.ranges; print([m for m in ('numba', 'dask', 'distributed') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=child_environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    "words",
    [{"node": ["n5", "smic-n+3"], "samples": 2**9}, {"node": "n5", "samples": 2**12, "d0": 0.1, "drivers": False}],
    ids=["plain", "loops"],
)
def test_worlds_of_a_risk_have_the_same_bits_on_workers_as_here(client, monkeypatch, words):
    from nodecalc.drivers.risk import sampling

    if words["samples"] == 2**12:
        monkeypatch.setattr(sampling, "PLAIN_STEPS", 0)
        for worker_steps in client.run(_with_loops).values():
            assert worker_steps == 0
    here, there = nc.risk(107, **words), nc.risk(107, client=client, **words)
    assert here.samples().tobytes() == there.samples().tobytes()
    assert here.outcomes == there.outcomes
    assert here.drivers == there.drivers
    client.run(_with_loops, 3_000_000)


def _with_loops(steps=0):
    from nodecalc.drivers.risk import sampling

    sampling.PLAIN_STEPS = steps
    return sampling.PLAIN_STEPS
