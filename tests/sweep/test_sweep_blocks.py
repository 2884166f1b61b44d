"""Long axes, short axes, odd lengths: walking a grid in tiles gives what walking it at once gives, to the last bit."""

import threading
from math import prod
from unittest.mock import patch

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nodecalc as nc
from nodecalc.drivers.sweep import grid as grid_module
from nodecalc.drivers.sweep import layout as layout_module
from nodecalc.drivers.sweep import run as run_module
from nodecalc.drivers.sweep.run import fill_arrays, in_threads
from nodecalc.question.blocks import Tiles, ravel, unravel

SHAPES = st.lists(st.integers(1, 9), min_size=0, max_size=5)


@given(SHAPES, st.integers(1, 200))
def test_tiles_cover_the_grid_once_and_in_order(shape, limit):
    tiles = Tiles(shape, limit)
    seen = np.zeros(shape, int)
    end = 0
    for tile in range(tiles.count):
        block = tiles.block(tile)
        assert block.points <= limit
        assert tiles.start(tile) == end
        assert ravel(block.first, shape) == end
        seen[tuple(slice(a, b) for a, b in zip(block.first, block.last, strict=True))] += 1
        end += block.points
    assert end == tiles.start(tiles.count) == prod(shape)
    assert (seen == 1).all()


def test_tiles_of_a_grid_beyond_any_array():
    tiles = Tiles((10**9, 9 * 10**9), 1 << 24)
    block = tiles.block(tiles.count - 1)
    assert block.last == (10**9, 9 * 10**9)
    assert tiles.start(tiles.count - 1) + block.points == 9 * 10**18


@given(SHAPES.filter(len), st.data())
def test_flat_indices_and_back(shape, data):
    flat = data.draw(st.integers(0, prod(shape) - 1))
    assert unravel(flat, shape) == tuple(int(i) for i in np.unravel_index(flat, shape))
    assert ravel(unravel(flat, shape), shape) == flat


def sweep_with(kept, large, small, row, inputs, keys):
    with (
        patch.object(grid_module, "KEPT", kept),
        patch.object(grid_module, "LARGE_TILE", large),
        patch.object(grid_module, "SMALL_TILE", small),
        patch.object(layout_module, "SHORTEST_ROW", row),
    ):
        swept = nc.sweep(outputs=keys, **inputs)
        return {key: array.copy() for key, array in swept.arrays.items()}


KEYS = ("gross_dies", "die_yield", "good_die_cost_usd", "usd_per_billion_transistors")


@settings(max_examples=20)
@given(
    st.permutations(
        [
            ("node", ["tsmc-n5", "smic-n+2", "tsmc-n7"]),
            ("die_area_mm2", np.linspace(20, 400, 7)),
            ("d0_per_cm2", np.geomspace(0.01, 1.0, 11)),
            ("yield_model", ["murphy", "poisson"]),
            ("wafer_price_usd", np.linspace(5e3, 2e4, 5)),
        ]
    ),
    st.sampled_from([1, 8, 100, 10**6]),
    st.sampled_from([1, 30, 500, 10**6]),
    st.sampled_from([1, 4, 16, 10**6]),
    st.sampled_from([0, 100, grid_module.FEW]),
)
def test_the_way_a_grid_is_cut_changes_nothing(axes, kept, tile, row, few):
    inputs = dict(axes)
    with patch.object(grid_module, "FEW", few):
        plain = nc.sweep(outputs=KEYS, **inputs)
        plain = {key: plain[key] for key in KEYS}
        cut = sweep_with(kept, 4 * tile, tile, row, inputs, KEYS)
    for key in KEYS:
        np.testing.assert_array_equal(cut[key], plain[key])


def test_an_axis_longer_than_everything_that_is_kept():
    swept = nc.sweep("10x10", node="tsmc-n5", d0_per_cm2="0.01:1:1000003", outputs=["die_yield", "good_die_cost_usd"])
    d0 = np.linspace(0.01, 1.0, 1000003)
    direct = nc.evaluate(
        {"die_area_mm2": 100.0, "d0_per_cm2": d0}, node="tsmc-n5", outputs=["die_yield", "good_die_cost_usd"]
    )
    for key, values in direct.items():
        np.testing.assert_allclose(swept[key], values, rtol=1e-14)


def test_results_go_into_arrays_that_are_given():
    out = np.full((2, 3), np.nan)
    swept = nc.sweep("10x10", node=["n5", "n7"], d0_per_cm2=[0.1, 0.2, 0.3], out={"good_die_cost_usd": out})
    assert swept["good_die_cost_usd"] is out
    assert np.isfinite(out).all()
    for wrong in (np.empty((3, 2)), np.empty((2, 3), np.float32), np.empty((2, 6))[:, ::2], np.empty((2, 3)).T):
        with pytest.raises(nc.NodecalcError, match="out: 'good_die_cost_usd' must be"):
            nc.sweep("10x10", node=["n5", "n7"], d0_per_cm2=[0.1, 0.2, 0.3], out={"good_die_cost_usd": wrong})
    with pytest.raises(nc.NodecalcError, match="not among the outputs"):
        nc.sweep("10x10", node=["n5", "n7"], out={"die_yield": np.empty(2)})


def test_a_result_beyond_memory_is_refused_before_it_swaps():
    swept = nc.sweep("10x10", node="n5", d0_per_cm2="0.01:1:1000000", wafer_price_usd="5000:20000:10000000")
    with pytest.raises(nc.NodecalcError, match=r"GB of results.*reduce or best.*file"):
        swept.fill()


def test_threads_that_fill_one_array_change_nothing():
    inputs = {
        "node": "tsmc-n5",
        "line_yield": "0.5:1:90",
        "wafer_price_usd": "5000:20000:100",
        "d0_per_cm2": [0.1, 0.2],
    }
    swept = nc.sweep("10x10", **inputs)
    one, several = np.zeros(swept.shape), np.zeros(swept.shape)
    fill_arrays(swept.grid, swept.outputs, {"good_die_cost_usd": one})
    workers = set()

    def watched(work, items, threads):
        def noted(tile):
            workers.add(threading.current_thread())
            return work(tile)

        assert len(items) > 3
        yield from in_threads(noted, items, threads)

    with patch.object(run_module, "FILL_TILE", 1000), patch.object(run_module, "in_threads", watched):
        fill_arrays(swept.grid, swept.outputs, {"good_die_cost_usd": several})
    assert np.array_equal(one, several)
    assert one.all()
    if numba.get_num_threads() > 1:
        assert threading.main_thread() not in workers
