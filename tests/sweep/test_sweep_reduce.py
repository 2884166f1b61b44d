"""Streams: what a sweep boils down to is what its array would give, with the same bits on any number of threads."""

import threading
from contextlib import ExitStack
from fractions import Fraction
from itertools import pairwise
from types import SimpleNamespace
from unittest.mock import patch

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nodecalc as nc
from nodecalc.drivers.sweep import grid as grid_module
from nodecalc.drivers.sweep import walk as walk_module
from nodecalc.drivers.sweep.asking import asked
from nodecalc.drivers.sweep.grid import Grid
from nodecalc.drivers.sweep.layout import lay
from nodecalc.drivers.sweep.reduce import best as best_module
from nodecalc.drivers.sweep.reduce import front as front_module
from nodecalc.drivers.sweep.reduce import quantiles as reduce_quantiles
from nodecalc.drivers.sweep.reduce import reduction as reduction_module
from nodecalc.drivers.sweep.reduce.base import direction
from nodecalc.drivers.sweep.reduce.best import BestReducer
from nodecalc.drivers.sweep.reduce.front import Front, FrontReducer
from nodecalc.drivers.sweep.reduce.names import parse_quantile
from nodecalc.drivers.sweep.reduce.quantiles import Counts, QuantileReducer
from nodecalc.drivers.sweep.reduce.stats import StatsReducer
from nodecalc.drivers.sweep.request import read_request
from nodecalc.drivers.sweep.run import reduce_tiles
from nodecalc.question.blocks import Block
from nodecalc.vocabulary import QUANTITIES
from nodecalc_kernels.arrays.ranking import Places
from nodecalc_kernels.compiled import ranking
from nodecalc_kernels.tasks import AS_IS, GROUP

ALL = ["min", "argmin", "max", "argmax", "mean", "p0", "p10", "p50", "p99.9", "p100"]
KEYS = ("gross_dies", "die_yield", "good_die_cost_usd")
AXES = {
    "node": ["tsmc-n5", "smic-n+2"],
    "die_area_mm2": [50.0, 99.0, 400.0],
    "d0_per_cm2": np.linspace(0.05, 0.5, 37),
    "wafer_price_usd": np.linspace(5e3, 2e4, 41),
}


@pytest.fixture(scope="module")
def whole():
    return nc.sweep(outputs=KEYS, **AXES)


def in_terms(swept, flat):
    index = np.unravel_index(flat, swept.shape)
    return {key: swept.coords[key][i].item() for key, i in zip(swept.dims, index, strict=True)}


@pytest.mark.parametrize("tile", [100, 1 << 18])
def test_reductions_are_those_of_the_array(whole, tile):
    with (
        patch.object(walk_module, "FEW_POINTS", tile),
        patch.object(walk_module, "SMALL_TILE", tile),
        patch.object(walk_module, "LARGE_TILE", tile),
        patch.object(reduce_quantiles, "SMALL_TILE", tile),
    ):
        streamed = nc.sweep(outputs=KEYS, reduce=ALL, **AXES)
    for key in KEYS:
        array, found = whole[key], streamed.reductions[key]
        assert found["min"] == array.min()
        assert found["max"] == array.max()
        assert found["argmin"] == in_terms(whole, array.argmin())
        assert found["argmax"] == in_terms(whole, array.argmax())
        exact = sum(map(Fraction, array.ravel().tolist())) / array.size
        assert found["mean"] == pytest.approx(float(exact), rel=1e-15)
        for name, share in (("p0", 0.0), ("p10", 0.1), ("p50", 0.5), ("p99.9", 0.999), ("p100", 1.0)):
            assert found[name] == np.quantile(array, share, method="inverted_cdf")
        assert "nans" not in found


def test_the_histogram_keeps_its_promise(whole):
    assert reduce_quantiles.QUANTILE_ERROR == 2.0**-12
    grid = whole.grid
    for key in KEYS:
        reducer = QuantileReducer(grid, key, key == "gross_dies")
        shares = np.linspace(0.0, 1.0, 101)
        with patch.object(reduce_quantiles, "KEPT", 0):
            state = reduce_tiles(grid, reducer, 0, reducer.tiles.count)
            found = np.array(reducer.finish(grid, state, shares.tolist()))
        exact = np.quantile(whole[key], shares, method="inverted_cdf")
        if key == "gross_dies":
            np.testing.assert_array_equal(found, exact)
        else:
            assert np.max(np.abs(found / exact - 1.0)) <= reduce_quantiles.QUANTILE_ERROR


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("top", [1, 7, 5000])
def test_the_best_points_are_the_first_of_a_stable_sort(whole, key, top):
    streamed = nc.sweep(outputs=KEYS, best=key, top=top, **AXES)
    sign = 1.0 if QUANTITIES[key].better == "lower" else -1.0
    order = np.argsort(sign * whole[key].ravel(), kind="stable")[:top]
    assert len(streamed.best) == min(top, whole.points)
    for row, flat in zip(streamed.best[:50], order[:50], strict=False):
        assert row == in_terms(whole, flat) | {k: whole[k].ravel()[flat] for k in KEYS}


NO_FRONT = (np.empty(0), np.empty(0), np.empty(0, np.int64))


def in_order(count, first=0):
    """Where points stand whose walk is the grid's own."""
    return Places(np.array([count]), np.array([1]), first)


def test_the_best_points_of_many_small_tiles_are_those_of_one(whole):
    for key in ("die_yield", "good_die_cost_usd"):
        with patch.multiple(walk_module, SMALL_TILE=50, LARGE_TILE=50):
            found = nc.sweep(outputs=KEYS, best=key, top=7, **AXES).best
        assert found == nc.sweep(outputs=KEYS, best=key, top=7, **AXES).best


def test_one_point_has_its_answer_for_everything():
    found = nc.sweep("10x10", node="n5", d0_per_cm2=[0.1], reduce=["min", "mean", "max"]).reductions[
        "good_die_cost_usd"
    ]
    assert found["min"] == found["mean"] == found["max"] == nc.estimate("10x10", node="n5", d0=0.1).good_die_cost_usd


def test_counts_of_tiles_add_up_and_nothing_adds_nothing(whole):
    reducer = QuantileReducer(whole.grid, "good_die_cost_usd", False)
    start = Counts(0, np.empty(0, np.int64), np.inf, -np.inf)
    one = Counts(7, np.array([1, 0, 2, 4]), 0.5, 2.0)
    other = Counts(one.first + one.counts.size + 3, np.array([2, 0, 5]), one.high + 1.0, one.high + 9.0)
    for both in (reducer.merge(start, one), reducer.merge(one, start)):
        assert both.first == one.first
        assert both.counts.tolist() == one.counts.tolist()
    both = reducer.merge(one, other)
    last = max(one.first + one.counts.size, other.first + other.counts.size)
    assert (both.first, both.counts.size) == (min(one.first, other.first), last - both.first)
    assert both.counts.sum() == one.counts.sum() + other.counts.sum()
    assert (both.low, both.high) == (min(one.low, other.low), max(one.high, other.high))


def test_quantiles_reach_from_none_to_all_points():
    assert [parse_quantile(name) for name in ("p0", "p12.5", "p100", "mean")] == [0, Fraction(1, 8), 1, None]
    for name in ("p100.1", "p101", "p150"):
        with pytest.raises(nc.NodecalcError, match="allowed: p0 to p100"):
            parse_quantile(name)


def test_many_points_in_few_tiles_are_quick_ones():
    def tiles(points, count):
        reducer = object.__new__(StatsReducer)
        reducer.tiles = SimpleNamespace(points=points, count=count)
        return reducer

    assert tiles(3 * (1 << 18) + 1, 3).quick
    assert not tiles(3 * (1 << 18), 3).quick
    assert not tiles(100, 1).quick


def brute_front(xs, ys):
    """Places of the points that none other equals or beats in both; less is better; first of equals."""
    kept = []
    for i, (x, y) in enumerate(zip(xs, ys, strict=True)):
        beaten = (xs <= x) & (ys <= y) & ((xs < x) | (ys < y) | (np.arange(len(xs)) < i))
        if not (beaten.any() or np.isnan(x) or np.isnan(y)):
            kept.append(i)
    return sorted(kept, key=lambda i: xs[i])


@settings(max_examples=50)
@given(st.integers(0, 2**32 - 1), st.integers(1, 300), st.integers(1, 8), st.integers(1, 60))
def test_a_front_is_that_of_all_pairs_however_it_is_cut(seed, count, values, tile):
    random = np.random.default_rng(seed)
    xs, ys = (random.integers(0, values + 1, count).astype(float) for _ in range(2))
    xs[random.random(count) < 0.05] = np.nan
    fronts = Front(np.empty(0), np.empty(0), np.empty(0, np.int64))
    merge = FrontReducer.merge
    reducer = object.__new__(FrontReducer)
    reducer.keys, reducer.signs = ("a", "b"), (1.0, 1.0)
    for first in range(0, count, tile):
        part = slice(first, first + tile)
        counts = np.full(1, len(xs[part]))
        given = tuple(((values[part].copy(), np.zeros(1, np.int64)),) for values in (xs, ys))
        new = ranking.front((AS_IS, AS_IS), given, counts, in_order(len(xs[part]), first), (1.0, 1.0), tuple(fronts))
        fronts = merge(reducer, fronts, Front(*new))
    assert fronts.places.tolist() == brute_front(xs, ys)


@pytest.mark.parametrize("kind", ["random", "steps", "rising", "falling", "all of them"])
def test_a_front_of_many_points_is_that_of_a_walk_along_them(kind, monkeypatch):
    monkeypatch.setattr(ranking, "ROOM", 16)
    random, count = np.random.default_rng(7), 20_000
    xs = {"random": random.random(count), "steps": random.integers(1, 40, count).astype(float)}.get(
        kind, np.linspace(1.0, 2.0, count)
    )
    ys = {"rising": np.sin(40.0 * xs), "falling": 9.0 - np.floor(9.0 * xs), "all of them": 1.0 / xs}.get(
        kind, random.integers(0, 500, count) / 7.0
    )
    xs[::97], ys[5::101], ys[7::103], xs[11::1009] = np.inf, np.nan, -np.inf, -np.inf
    counts = np.array([1000, 3, 2997, 4096, 4096, 4096, 3712])
    begins = np.cumsum(counts) - counts
    given = ((xs, begins),), ((-ys, begins),)
    # As it is walked, and as one that is walked along its first axis: 20,000 are 125 times 160.
    for places in (in_order(count), Places(np.array([160, 125]), np.array([1, 160]), 0)):
        *_, found = ranking.front((AS_IS, AS_IS), given, counts, places, (1.0, -1.0), NO_FRONT)
        stand = places.of(np.arange(count))
        expected, lowest = [], np.inf
        for i in np.lexsort((stand, ys, xs)).tolist():
            if np.isfinite(xs[i]) and np.isfinite(ys[i]) and ys[i] < lowest:
                expected.append(stand[i])
                lowest = ys[i]
        assert found.tolist() == expected
        for kept in (1, 50, 3000):
            values, found = ranking.best(AS_IS, ((ys, begins),), counts, places, -1.0, kept)
            first = np.lexsort((stand, -ys))[:kept]
            assert found[np.lexsort((found, values))].tolist() == stand[first].tolist()


@pytest.mark.parametrize("tile", [7, 1 << 18])
def test_a_front_of_a_sweep(tile):
    inputs = {"node": "tsmc-n5", "die_area_mm2": np.linspace(20, 800, 200), "d0_per_cm2": [0.1, 0.2]}
    keys = ["good_die_cost_usd", "peak_transistors"]
    swept = nc.sweep(outputs=keys, **inputs)
    with patch.multiple(walk_module, SMALL_TILE=tile, LARGE_TILE=tile):
        streamed = nc.sweep(outputs=keys, pareto=keys, **inputs)
    cost, transistors = swept[keys[0]].ravel(), swept[keys[1]].ravel()
    places = brute_front(cost, -transistors)
    assert [row[keys[0]] for row in streamed.front] == cost[places].tolist()
    assert [row["die_area_mm2"] for row in streamed.front] == [swept.coords["die_area_mm2"][p // 2] for p in places]
    assert all(row["d0_per_cm2"] == 0.1 for row in streamed.front)  # a dirtier line is beaten everywhere


def states(grid, parallel):
    grid = Grid(grid.plan, parallel)
    found = []
    for reducer in (
        StatsReducer(grid, "good_die_cost_usd"),
        QuantileReducer(grid, "good_die_cost_usd", False),
        BestReducer(grid, "good_die_cost_usd", 20),
        FrontReducer(grid, "good_die_cost_usd", "die_yield"),
    ):
        count = reducer.tiles.count
        forwards = reduce_tiles(grid, reducer, 0, count)
        cuts = [0, count // 3, count // 2, count]
        parts = [reduce_tiles(grid, reducer, a, b) for a, b in pairwise(cuts)]
        shuffled = reducer.merge(parts[2], reducer.merge(parts[0], parts[1]))
        found += [forwards, shuffled]
    return found


def same(one, other):
    return all(np.array_equal(np.asarray(a), np.asarray(b)) for a, b in zip(one, other, strict=True))


def test_the_same_bits_on_any_number_of_threads_and_in_any_order():
    swept = asked_big()
    parallel, serial = states(swept.grid, True), states(swept.grid, False)
    numba.set_num_threads(1)
    try:
        one = states(swept.grid, None)
    finally:
        numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)
    in_thread = []
    thread = threading.Thread(target=lambda: in_thread.extend(states(swept.grid, None)))
    thread.start()
    thread.join()
    for forwards, shuffled in zip(parallel[::2], parallel[1::2], strict=True):
        assert same(forwards, shuffled)
    for a, b, c, d in zip(parallel, serial, one, in_thread, strict=True):
        assert same(a, b)
        assert same(a, c)
        assert same(a, d)


def asked_big():
    inputs = {
        "node": ["tsmc-n5", "smic-n+2"],
        "d0_per_cm2": "0.01:1:1501",
        "critical_area_fraction": "0.5:1:11",
        "wafer_price_usd": "5000:20000:53",
    }
    return asked(read_request("10x10", inputs, outputs=["good_die_cost_usd", "die_yield"]))


def test_points_without_an_answer_are_counted_and_left_out():
    inputs = {"node": "tsmc-n5", "wafer_diameter_mm": [50.0, 300.0], "edge_exclusion_mm": [3.0, 30.0]}
    swept = nc.sweep("10x10", **inputs)
    assert np.isnan(swept["good_die_cost_usd"]).sum() == 1
    streamed = nc.sweep("10x10", reduce=["min", "mean", "p50", "max"], best="good_die_cost_usd", **inputs)
    found, array = streamed.reductions["good_die_cost_usd"], swept["good_die_cost_usd"]
    assert found["nans"] == 1
    assert found["mean"] == pytest.approx(np.nanmean(array), rel=1e-15)
    assert found["max"] == np.nanmax(array)
    assert len(streamed.best) == 3


def test_points_without_an_answer_are_counted_along_axes_that_do_not_matter_too():
    inputs = {"wafer_diameter_mm": [50.0, 300.0], "edge_exclusion_mm": [3.0, 30.0], "d0_per_cm2": [0.1, 0.2, 0.3]}
    found = nc.sweep("10x10", node="n5", outputs=["gross_dies"], reduce=["min"], **inputs).reductions["gross_dies"]
    assert found["nans"] == 3


def test_infinite_costs_are_said_and_do_not_hide():
    found = nc.sweep(node="tsmc-n5", die_area_mm2=[100.0, 120000.0], reduce=["min", "mean", "max", "p50", "p100"])
    row = found.reductions["good_die_cost_usd"]
    assert row["max"] == row["mean"] == row["p100"] == float("inf")
    assert row["min"] == row["p50"] == nc.estimate("100", node="tsmc-n5").good_die_cost_usd


def test_a_result_is_walked_over_its_own_axes_only():
    swept = nc.sweep(
        "10x10",
        node="n5",
        d0_per_cm2="0.01:1:100",
        wafer_price_usd="5000:20000:100000",
        reduce="mean",
        outputs=["die_yield"],
    )
    assert StatsReducer(swept.grid, "die_yield").tiles.points == 100


def test_progress_is_told_and_ends_at_all_points():
    told = []
    nc.sweep(
        "10x10",
        node="n5",
        d0_per_cm2="0.01:1:2000",
        reduce=["mean", "p50"],
        best="good_die_cost_usd",
        progress=lambda done, total: told.append((done, total)),
    )
    assert told[-1][0] == told[-1][1] == 6000
    assert told == sorted(told)


@pytest.mark.parametrize("count", [25, 50, 100, 200])
def test_ranks_are_those_of_the_share_as_it_is_written(count):
    names = [f"p{n}" for n in range(101)] + ["p99.9", "p0.1", "p12.5"]
    swept = nc.sweep("10x10", node="n5", d0_per_cm2=f"0.1:0.3:{count}", reduce=names)
    rising = np.sort(nc.sweep("10x10", node="n5", d0_per_cm2=f"0.1:0.3:{count}")["good_die_cost_usd"])
    for name in names:
        rank = max(-(-Fraction(name[1:]) * count // 100), 1)
        assert swept.reductions["good_die_cost_usd"][name] == rising[int(rank) - 1]


def test_many_best_points_are_the_points_they_say():
    inputs = {"node": ["tsmc-n5", "tsmc-n7"], "d0_per_cm2": "0.05:0.5:300", "wafer_price_usd": "5000:20000:1000"}
    keys = ["good_die_cost_usd", "die_yield"]
    swept = nc.sweep("10x10", outputs=keys, best=keys[0], top=500, **inputs)
    for row in swept.best[::50]:
        one = nc.sweep("10x10", outputs=keys, **{key: row[key] for key in inputs})
        assert {key: one[key].item() for key in keys} == {key: row[key] for key in keys}


def test_there_is_no_best_point_where_none_is_finite():
    for ask in ({"best": "good_die_cost_usd"}, {"pareto": ["good_die_cost_usd", "die_yield"]}):
        named = "best good_die_cost_usd" if "best" in ask else "front good_die_cost_usd,die_yield"
        with pytest.raises(nc.NodecalcError, match=f"^{named}: no point is finite"):
            nc.sweep(100000, node="n5", d0_per_cm2=[0.1, 0.2], outputs=["good_die_cost_usd", "die_yield"], **ask)


MANY = {
    "d0_per_cm2": ["0/cm2", *np.linspace(0.05, 0.5, 12).tolist()],
    "critical_area_fraction": np.linspace(0.5, 1.0, 9),
    "die_area_mm2": [120000.0, 50.0, 400.0],
    "wafer_price_usd": np.linspace(5e3, 2e4, 24),
}
"""Costs that are infinite where no die fits, and the same whatever the critical area where there are no defects."""


def few_are_kept(tile):
    """Results are worked out tile by tile, as those of many points are."""
    stack = ExitStack()
    stack.enter_context(patch.multiple(grid_module, KEPT=32, FEW=32))
    stack.enter_context(patch.multiple(walk_module, FEW_POINTS=tile, SMALL_TILE=tile, LARGE_TILE=tile))
    stack.enter_context(patch.multiple(reduce_quantiles, KEPT=32, SMALL_TILE=tile))
    for module in (best_module, front_module):
        stack.enter_context(patch.object(module, "FEW", 32))
    return stack


@pytest.mark.parametrize("tile", [400, 2000, 1 << 18])
@pytest.mark.parametrize("turned", [False, True])
def test_what_is_kept_of_tiles_is_what_the_array_has(tile, turned):
    inputs = dict(reversed(MANY.items())) if turned else MANY
    key = "good_die_cost_usd"
    whole = nc.sweep(node="tsmc-n5", outputs=[key, "die_yield"], **inputs)
    array = whole[key]
    with few_are_kept(tile):
        grid = asked(read_request(None, {"node": "tsmc-n5", **inputs}, outputs=[key, "die_yield"])).grid
        assert not grid.is_kept(key)
        reducer = StatsReducer(grid, key)
        assert (reducer.tiles.count > 1) is (tile < 1 << 18)
        found = reducer.finish(grid, reduce_tiles(grid, reducer, 0, reducer.tiles.count))
        assert (found["min"], found["max"], found["mean"], found["nans"]) == (array.min(), np.inf, np.inf, 0)
        assert found["argmin"] == np.unravel_index(array.argmin(), array.shape)
        assert found["argmax"] == np.unravel_index(array.argmax(), array.shape)
        best = BestReducer(grid, key, 40)
        state = reduce_tiles(grid, best, 0, best.tiles.count)
        assert state.places.tolist() == np.argsort(array, axis=None, kind="stable")[:40].tolist()
        quantiles = QuantileReducer(grid, key, False)
        shares = [Fraction(n, 20) for n in range(21)]
        near = quantiles.finish(grid, reduce_tiles(grid, quantiles, 0, quantiles.tiles.count), shares)
        exact = np.quantile(array, np.array(shares, float), method="inverted_cdf")
        for ours, right in zip(near, exact.tolist(), strict=True):
            assert ours == right or abs(ours / right - 1.0) <= 2.0**-12


@pytest.mark.parametrize("tile", [90, 1 << 18])
def test_tiles_without_an_answer_are_counted_and_have_no_extremes(tile):
    inputs = {
        "wafer_diameter_mm": [300.0, 70.0, 50.0],
        "edge_exclusion_mm": [26.0, 26.5, 27.0, 35.5, 36.0, 36.5, 37.0],
        "d0_per_cm2": np.linspace(0.1, 0.4, 90),
        "line_yield": [0.8, 0.9],
    }
    key = "good_die_cost_usd"
    array = nc.sweep("10x10", node="tsmc-n5", outputs=[key], **inputs)[key]
    assert 0 < np.isnan(array).sum() < array.size
    with few_are_kept(tile):
        grid = asked(read_request("10x10", {"node": "tsmc-n5", **inputs}, outputs=[key])).grid
        reducer = StatsReducer(grid, key)
        state = reduce_tiles(grid, reducer, 0, reducer.tiles.count)
        found = reducer.finish(grid, state)
        assert (state.points, found["nans"]) == (array.size, np.isnan(array).sum())
        assert type(found["nans"]) is int
        assert (found["min"], found["max"]) == (np.nanmin(array), np.nanmax(array))
        assert found["argmin"] == np.unravel_index(np.nanargmin(array), array.shape)
        assert found["argmax"] == np.unravel_index(np.nanargmax(array), array.shape)
        exact = sum(map(Fraction, array[~np.isnan(array)].tolist())) / int((~np.isnan(array)).sum())
        assert found["mean"] == pytest.approx(float(exact), rel=1e-15)
        quantiles = QuantileReducer(grid, key, False)
        tiles = [np.isnan(quantiles.filled(grid, number)) for number in range(quantiles.tiles.count)]
        assert any(missing.all() for missing in tiles) is (tile < 1000)
        assert quantiles.finish(grid, quantiles.start(), [Fraction(1, 3)]) == [None]
        (ours,) = quantiles.finish(grid, reduce_tiles(grid, quantiles, 0, quantiles.tiles.count), [Fraction(1, 3)])
        assert ours == pytest.approx(np.nanquantile(array, 1 / 3, method="inverted_cdf"), rel=2.0**-12)


@pytest.mark.parametrize("tile", [100, 700])
def test_each_point_stands_in_one_tile_at_its_place_in_the_grid(tile):
    with few_are_kept(tile):
        grid = asked(read_request(None, {"node": "tsmc-n5", **MANY}, outputs=["good_die_cost_usd"])).grid
        reducer = BestReducer(grid, "good_die_cost_usd", 1)
        found = []
        for number in range(reducer.tiles.count):
            block = reducer.tiles.block(number)
            places = reducer.places(block).of(np.arange(block.points))
            sides = [np.arange(a, b) for a, b in zip(block.first, block.last, strict=True)]
            inside = np.ravel_multi_index(np.meshgrid(*sides, indexing="ij"), grid.shape)
            assert sorted(places.tolist()) == sorted(inside.ravel().tolist())
            assert places[0] == inside.min()
            found += places.tolist()
        assert sorted(found) == list(range(np.prod(grid.shape)))


def test_few_points_of_a_tile_are_ranked_without_compiled_loops():
    inputs = {"die_area_mm2": np.linspace(20, 800, 16), "d0_per_cm2": [0.1, 0.2]}
    keys = ("good_die_cost_usd", "die_yield")
    grid = asked(read_request(None, {"node": "tsmc-n5", **inputs}, outputs=keys)).grid
    ways = ((best_module, BestReducer(grid, keys[0], 3), "best"), (front_module, FrontReducer(grid, *keys), "front"))
    for module, reducer, name in ways:
        assert (reducer.tiles.count, reducer.tiles.points) == (1, 32)
        usual = reduce_tiles(grid, reducer, 0, 1)
        with patch.object(ranking, name, side_effect=AssertionError):
            with patch.object(module, "FEW", 32):
                assert same(reduce_tiles(grid, reducer, 0, 1), usual)
            with patch.object(module, "FEW", 31), pytest.raises(AssertionError):
                reduce_tiles(grid, reducer, 0, 1)
        with patch.object(module, "FEW", 31):
            assert same(reduce_tiles(grid, reducer, 0, 1), usual)


def test_a_front_of_the_most_points_is_an_answer_and_of_one_more_is_not():
    reducer = object.__new__(FrontReducer)
    reducer.keys, reducer.signs = ("a", "b"), (1.0, 1.0)
    xs = np.arange(5.0)
    full = Front(xs, xs[::-1].copy(), np.arange(5))
    half, rest = (Front(*(part[side] for part in full)) for side in (slice(0, 2), slice(2, 5)))
    with patch.object(front_module, "MOST_POINTS_OF_FRONT", 5):
        assert same(reducer.merge(half, rest), full)
    with (
        patch.object(front_module, "MOST_POINTS_OF_FRONT", 4),
        pytest.raises(nc.NodecalcError, match="pareto a,b: more"),
    ):
        reducer.merge(half, rest)
    with patch.object(front_module, "MOST_ROWS", 5):
        assert reducer.finish(full) is full
    with patch.object(front_module, "MOST_ROWS", 4), pytest.raises(nc.NodecalcError, match="more than 4 points"):
        reducer.finish(full)


def test_quantiles_from_a_histogram_say_how_near_they_are():
    with few_are_kept(1 << 18), patch.object(reduction_module, "FEW", 32):
        asked_for = {"outputs": KEYS, "reduce": ["p50", "mean"], "node": "tsmc-n5", **MANY}
        swept = nc.sweep(**asked_for)
        said = "quantiles of die_yield, good_die_cost_usd are within 0.02% of their values (2^-12)"
        assert reduction_module.quantile_note(swept) == [said]
        assert reduction_module.quantile_note(nc.sweep(**asked_for | {"reduce": ["mean", "max"]})) == []
    assert reduction_module.quantile_note(nc.sweep(**asked_for)) == []


def test_results_are_ranked_from_their_better_end_and_a_million_points_are_kept_at_most():
    assert [direction(key) for key in ("good_die_cost_usd", "die_yield", "gross_dies")] == [1.0, -1.0, -1.0]
    with pytest.raises(nc.NodecalcError, match="neither more nor less of it is better"):
        direction("die_area_mm2")
    assert best_module.check_kept(1) == 1
    assert best_module.check_kept(1_000_000) == 1_000_000
    for wrong in (0, -1, 1_000_001, 2.5, "3"):
        with pytest.raises(nc.NodecalcError, match=r"allowed: 1 to 1,000,000$"):
            best_module.check_kept(wrong)


@pytest.mark.parametrize("turned", [False, True])
def test_of_equal_points_in_many_tiles_the_first_are_the_best_and_infinite_ones_never(turned):
    inputs = {
        "die_area_mm2": [120000.0, 50.0],
        "d0_per_cm2": ["0/cm2", 0.1],
        "wafer_price_usd": np.linspace(5e3, 6e3, 5),
        "critical_area_fraction": np.linspace(0.5, 1.0, 33),
    }
    inputs = dict(reversed(inputs.items())) if turned else inputs
    key = "good_die_cost_usd"
    array = nc.sweep(node="tsmc-n5", outputs=[key], **inputs)[key]
    order = np.argsort(array, axis=None, kind="stable")
    assert (array == array.min()).sum() == 33
    with few_are_kept(40):
        grid = asked(read_request(None, {"node": "tsmc-n5", **inputs}, outputs=[key])).grid
        for kept in (1, 2, 7, 32, 40, 700):
            best = BestReducer(grid, key, kept)
            assert best.tiles.count > 8
            found = reduce_tiles(grid, best, 0, best.tiles.count)
            assert found.places.tolist() == order[: min(kept, np.isfinite(array).sum())].tolist()


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 0, 1), (0, 2, 1)])
@pytest.mark.parametrize("shape", [(4, 6, 70), (70, 80, 3), (2, 80, 70), (15, 7, 70)])
def test_no_point_of_a_group_of_pieces_stands_before_the_place_that_is_told(shape, order):
    reducer = object.__new__(StatsReducer)
    reducer.order, reducer.tiles = order, SimpleNamespace(shape=shape)
    slab = Block((0, 0, 1), (*shape[:2], 2))  # pieces of few points, so that a group may end anywhere
    for block in (Block((0, 0, 0), shape), Block((1, 0, 2), shape), Block((1, 1, 1), (2, 6, 3)), slab):
        layout = lay(order, shape, block)
        lengths = tuple(block.last[axis] - block.first[axis] for axis in order)
        places = reducer.places(block).of(np.arange(block.points))
        walked = np.unravel_index(np.arange(block.points), lengths)
        inside = {axis: block.first[axis] + step for axis, step in zip(order, walked, strict=True)}
        assert places.tolist() == np.ravel_multi_index([inside[axis] for axis in range(3)], shape).tolist()
        ends = [*layout.starts[GROUP::GROUP].tolist(), block.points]
        for group, (first, last) in enumerate(pairwise([0, *ends])):
            told = reducer._least(layout, lengths, group)
            assert told <= places[first:last].min()
            if first == 0:
                assert told == places[0]
            differ = [i != j for i, j in zip(*(np.unravel_index(p, lengths) for p in (first, last - 1)), strict=True)]
            inner = lengths[differ.index(True) + 1 :] if any(differ) else ()
            if first % int(np.prod(inner, dtype=int)) == 0:  # it begins where all that runs within begins
                assert told == places[first]
