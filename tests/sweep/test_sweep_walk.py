"""Reductions walk a grid in an order of their own, and find what the array has in the order that was asked for."""

from itertools import permutations
from math import prod
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nodecalc as nc
from nodecalc.drivers.sweep import grid as grid_module
from nodecalc.drivers.sweep import walk as walk_module
from nodecalc.drivers.sweep.asking import asked
from nodecalc.drivers.sweep.reduce import quantiles as quantiles_module
from nodecalc.drivers.sweep.reduce.stats import StatsReducer
from nodecalc.drivers.sweep.request import read_request
from nodecalc.question.blocks import Boxes

ALL = ("min", "argmin", "max", "argmax", "mean", "p10", "p50")
KEYS = ("gross_dies", "die_yield", "good_die_cost_usd")
AXES = (
    ("node", ["tsmc-n5", "smic-n+2", "tsmc-n7"]),
    ("die_area_mm2", [50.0, 99.0, 400.0, 90000.0]),
    ("d0_per_cm2", np.geomspace(0.01, 1.0, 11)),
    ("yield_model", ["murphy", "poisson"]),
    ("wafer_price_usd", np.linspace(5e3, 2e4, 5)),
)


@given(st.data())
def test_boxes_cover_a_grid_once_and_count_their_points(data):
    shape = data.draw(st.lists(st.integers(1, 6), min_size=1, max_size=4))
    sides = [data.draw(st.integers(1, length)) for length in shape]
    boxes = Boxes(shape, data.draw(st.permutations(range(len(shape)))), sides)
    seen, end = np.zeros(shape, int), 0
    for box in range(boxes.count):
        block = boxes.block(box)
        assert boxes.start(box) == end
        seen[tuple(map(slice, block.first, block.last))] += 1
        end += block.points
    assert end == boxes.start(boxes.count) == prod(shape)
    assert (seen == 1).all()


def walked(axes, kept=1 << 19, few=1 << 14, stored=1 << 18, limit=1 << 22, row=64):
    with (
        patch.object(grid_module, "KEPT", kept),
        patch.object(quantiles_module, "SMALL_TILE", limit),
        patch.object(walk_module, "LARGE_TILE", limit),
        patch.object(walk_module, "SMALL_TILE", limit),
        patch.object(walk_module, "FEW_POINTS", few),
        patch.object(walk_module, "STORED", stored),
        patch.object(walk_module, "SHORTEST_ROW", row),
    ):
        return nc.sweep(outputs=KEYS, reduce=ALL, **axes).reductions


@settings(max_examples=8)
@given(
    st.permutations(AXES),
    st.sampled_from([1, 40, 1 << 19]),
    st.sampled_from([1, 30, 1 << 18]),
    st.sampled_from([1, 50, 700]),
    st.sampled_from([1, 4, 64]),
)
def test_any_order_and_any_boxes_give_what_the_array_has(axes, kept, stored, limit, row):
    axes = dict(axes)
    found = walked(axes, kept, 1, stored, limit, row)
    swept = nc.sweep(outputs=KEYS, **axes)
    for key in KEYS:
        array, row_ = swept[key], found[key]
        assert row_["min"] == np.nanmin(array)
        assert row_["max"] == np.nanmax(array)
        for name, flat in (("argmin", np.nanargmin(array)), ("argmax", np.nanargmax(array))):
            index = np.unravel_index(flat, array.shape)
            assert row_[name] == {k: swept.coords[k][i].item() for k, i in zip(swept.dims, index, strict=True)}
        assert row_.get("nans", 0) == np.isnan(array).sum()
        assert row_["mean"] == pytest.approx(np.nanmean(array), rel=1e-14)
        for name, share in (("p10", 0.1), ("p50", 0.5)):
            assert row_[name] == np.nanquantile(array, share, method="inverted_cdf")


def test_the_order_of_the_axes_shows_in_no_bit():
    axes = {
        "wafer_price_usd": "5000:20000:4",
        "d0_per_cm2": "0.05:0.5:97",
        "critical_area_fraction": "0.5:1:5",
        "line_yield": "0.5:1:31",
    }
    found = [
        nc.sweep("10x10", node="tsmc-n5", reduce=ALL, **{key: axes[key] for key in order}).reductions
        for order in permutations(axes)
    ]
    assert all(one == found[0] for one in found)


def test_an_axis_along_which_the_yield_is_the_same_is_long_in_every_box():
    axes = {
        "die_area_mm2": "20:800:500",
        "d0_per_cm2": "0.05:0.5:500",
        "alpha": "1:5:50",
        "wafer_price_usd": "5000:9000:4",
    }
    for order in permutations(axes):
        inputs = {key: axes[key] for key in order} | {"yield_model": "negative-binomial"}
        swept = asked(read_request(None, inputs, outputs=["good_die_cost_usd"]))
        reducer = StatsReducer(swept.grid, "good_die_cost_usd")
        assert reducer.tiles.sides[order.index("wafer_price_usd")] == 4
        assert order[reducer.order[-1]] in {"die_area_mm2", "d0_per_cm2"}
