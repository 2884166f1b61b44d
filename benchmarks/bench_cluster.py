"""A thousand million points on two local Dask workers of one thread each, against one process with two threads.

Run it alone: ``python benchmarks/bench_cluster.py``. Both must give the same bits. Starting the cluster and the first,
compiling run are told apart from the runs that take turns.
"""

from __future__ import annotations

import logging
from time import perf_counter

import numba
from bench_evaluate import compared, interleaved, table

from nodecalc.catalogue import open_catalogue
from nodecalc.cluster.ranges import reduce_on
from nodecalc.drivers.sweep.grid import Grid
from nodecalc.drivers.sweep.plan import make_plan
from nodecalc.drivers.sweep.reduce.stats import StatsReducer
from nodecalc.drivers.sweep.request import read_request
from nodecalc.drivers.sweep.run import TravellingGrid, reduce_tiles

WORKERS = 2
ROUNDS = 9
OUTPUT = "good_die_cost_usd"
# Every axis counts: none of the points stands for another one.
INPUTS = {
    "node": "tsmc-n5",
    "d0_per_cm2": "0.01:1:1000",
    "critical_area_fraction": "0.5:1:100",
    "wafer_price_usd": "5000:20000:10000",
}


def run(rounds: int = ROUNDS) -> list[dict[str, float | str]]:
    """Return one row a contender: name, ns_per_point, ratio to one process of as many threads as workers."""
    from distributed import Client, LocalCluster

    plan, _ = make_plan(read_request("10x10", INPUTS), open_catalogue(None))
    grid = Grid(plan, parallel=True)
    reducer = StatsReducer(grid, OUTPUT)
    count = reducer.tiles.points
    numba.set_num_threads(min(WORKERS, numba.get_num_threads()))

    here = f"one process, {numba.get_num_threads()} threads"
    there = f"{WORKERS} Dask workers, one thread each"
    states: dict[str, object] = {}

    begin = perf_counter()
    with (
        LocalCluster(
            n_workers=WORKERS,
            threads_per_worker=1,
            processes=True,
            dashboard_address=":0",
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster) as client,
    ):
        client.wait_for_workers(WORKERS)
        started = perf_counter() - begin

        def alone() -> None:
            states[here] = reduce_tiles(grid, reducer, 0, reducer.tiles.count)

        def together() -> None:
            states[there] = reduce_on(client, TravellingGrid(plan), reducer)

        begin = perf_counter()
        together()
        first = perf_counter() - begin
        taken = interleaved({here: alone, there: together}, rounds)
    if states[here] != states[there]:
        raise AssertionError(f"{states[here]} here, {states[there]} on the workers")
    base = {here: here, there: here}
    # Once for each cluster, whatever is asked of it: as seconds a point of this run.
    for name, seconds in (("starting the workers", started), ("their first run, kernels loaded", first)):
        taken[name], base[name] = (seconds, seconds), here
    return compared(taken, base, count)


if __name__ == "__main__":
    print(table(f"{OUTPUT}: smallest, largest and mean of 10^9 points", run()))
