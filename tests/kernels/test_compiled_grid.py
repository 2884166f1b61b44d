"""The loops of sweeps give what the plain formulas give, however operands lie, for every special value."""

from math import inf, isnan, nan
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodecalc_kernels import YIELD_MODELS
from nodecalc_kernels.arrays.ranking import Places
from nodecalc_kernels.compiled import grid as compiled_grid
from nodecalc_kernels.compiled.grid import fill
from nodecalc_kernels.compiled.ranking import best, front
from nodecalc_kernels.compiled.reduce import (
    BINS,
    bin_edges,
    bin_of,
    histogram,
    histogram_table,
    stats,
)
from nodecalc_kernels.cost.die import cost_per_die, die_area_for, good_dies, scaled, usd_per_billion_transistors
from nodecalc_kernels.cost.size import die_height, die_width, rectangle_area, usable_diameter
from nodecalc_kernels.defects.faults import mean_faults, total_yield
from nodecalc_kernels.graphs import die_graph
from nodecalc_kernels.stages import stage
from nodecalc_kernels.tasks import AS_IS, GROUP, HISTOGRAM_BITS, PIECE, task_of
from nodecalc_kernels.wafer.patterning import price_from_cost_usd

SPECIAL = [0.0, -0.0, 5e-324, 1e-310, 1e-300, 0.3, 1.0, 2.5, 1e300, inf, -1.0, -inf, nan]
FORMULAS = [
    (die_width, 2),
    (die_height, 2),
    (rectangle_area, 2),
    (good_dies, 2),
    (scaled, 2),
    (usable_diameter, 2),
    (usd_per_billion_transistors, 2),
    (mean_faults, 3),
    (cost_per_die, 3),
    (die_area_for, 3),
    (price_from_cost_usd, 4),
]


@pytest.mark.parametrize(("formula", "arity"), FORMULAS, ids=lambda v: getattr(v, "__name__", ""))
def test_a_compiled_formula_is_the_plain_one_for_every_special_value(formula, arity):
    grids = np.meshgrid(*[SPECIAL] * min(arity, 3), indexing="ij")
    columns = [g.ravel() for g in grids] + [np.full(grids[0].size, 0.4)] * (arity - len(grids))
    step = stage("result", formula)
    found, starts = np.empty(columns[0].size), np.zeros(1, np.int64)
    task = task_of((step,), step.inputs, ("result",))
    fill(task, tuple((column, starts) for column in columns), np.array([found.size]), starts, found)
    for values, value in zip(zip(*columns, strict=True), found, strict=True):
        expected = formula(*map(float, values))
        assert value == expected or (isnan(value) and isnan(expected)), values


@pytest.mark.parametrize("model", YIELD_MODELS)
def test_yields_are_the_plain_ones_for_every_special_value(model):
    parameters = YIELD_MODELS[model].parameters
    x, parameter = (a.ravel() for a in np.meshgrid(SPECIAL, SPECIAL if parameters else [nan], indexing="ij"))
    out = np.empty(x.size)
    starts = np.zeros(1, np.int64)
    counts = np.array([x.size])
    given = ("mean_faults", *parameters, "systematic_yield")
    task = task_of(die_graph(model, "area"), given, ("die_yield",))
    operands = ((x, starts), *([(parameter, starts)] if parameters else []), 0.75)
    fill(task, operands, counts, starts, out)
    for faults, own, value in zip(x, parameter, out, strict=True):
        plain = YIELD_MODELS[model].yield_(float(faults), *([float(own)] if parameters else []))
        expected = total_yield(plain, 0.75)
        if isnan(expected):
            assert isnan(value)
        else:
            ulps = 4.0 + 1.5 * abs(np.log(plain)) if plain > 0.0 else 0.0
            assert abs(value - expected) <= ulps * np.spacing(expected), (faults, own)


@given(st.integers(1, 7), st.integers(1, 2 * PIECE + 3), st.integers(0, 5))
def test_operands_may_stand_still_a_piece_or_run_along_from_anywhere(rows, row, offset):
    begins = np.arange(0, row, PIECE, dtype=np.int64)
    lengths = np.minimum(begins + PIECE, row) - begins
    counts = np.tile(lengths, rows)
    starts = (np.arange(rows)[:, None] * row + begins).ravel()
    prices = np.linspace(1e3, 2e4, rows)
    dies = np.linspace(1.0, 600.0, row + offset)
    out = np.empty(rows * row)
    places = np.tile(begins, rows) + offset
    step = stage("result", cost_per_die)
    task = task_of((step,), step.inputs, ("result",))
    fill(task, (np.repeat(prices, len(begins)), 0.9, (dies, places)), counts, starts, out)
    np.testing.assert_array_equal(out.reshape(rows, row), prices[:, None] / (0.9 * dies[offset:]))
    in_one_loop = np.empty_like(out)
    with patch.object(compiled_grid, "FEW_PIECES", 0):
        fill(task, (np.repeat(prices, len(begins)), 0.9, (dies, places)), counts, starts, in_one_loop)
    np.testing.assert_array_equal(out, in_one_loop)


def pieces_of(values):
    begins = np.arange(0, values.size, PIECE, dtype=np.int64)
    return (values, begins), np.minimum(begins + PIECE, values.size) - begins


@given(st.integers(0, 2**32 - 1), st.integers(1, 3 * GROUP * PIECE))
def test_sums_and_extremes(seed, size):
    random = np.random.default_rng(seed)
    values = random.lognormal(0.0, 2.0, size)
    values[random.random(size) < random.choice([0.0, 0.01, 1.0])] = nan
    operand, counts = pieces_of(values)
    sums, lows, highs, nans = stats(AS_IS, (operand,), counts)
    assert nans.sum() == np.isnan(values).sum()
    if nans.sum() == size:
        assert sums.sum() == 0.0
        assert lows.min() == inf
        return
    assert sums.sum() == pytest.approx(np.nansum(values), rel=1e-13)
    assert lows.min() == np.nanmin(values)
    assert highs.max() == np.nanmax(values)


@given(st.lists(st.floats(0.0, allow_infinity=True) | st.sampled_from([nan, -0.0]), min_size=1, max_size=50))
def test_every_value_falls_into_the_bin_that_holds_it(values):
    array = np.array(values)
    table = histogram_table()
    histogram(array, table)
    kept = array[~np.isnan(array)]
    assert table.sum() == kept.size
    for value in kept.tolist():
        place = bin_of(value)
        assert 0 <= place < BINS
        low, high = bin_edges(place), bin_edges(place + 1)
        assert low <= value < high or value == inf
        if 1e-300 < value < 1e308:
            assert high - low <= low * 2.0**-HISTOGRAM_BITS


@given(st.integers(0, 2**32 - 1), st.integers(1, 5000), st.integers(1, 50), st.sampled_from([1.0, -1.0]))
def test_candidates_hold_the_best(seed, size, kept, sign):
    random = np.random.default_rng(seed)
    values = random.integers(0, 40, size).astype(float) if seed % 2 else random.random(size)
    if seed % 3 == 0:
        values = np.sort(values)[::-1] * sign  # every value beats those before it
    values[random.random(size) < 0.02] = nan
    counts = np.array([min(size, 1000), max(size - 1000, 0)])
    places = Places(np.array([size]), np.array([1]), 0)
    found, where = best(AS_IS, ((values, np.array([0, 1000])),), counts, places, sign, kept)
    order = np.lexsort((where, found))[:kept]
    valid = np.flatnonzero(~np.isnan(values))
    expected = valid[np.argsort(sign * values[valid], kind="stable")[:kept]]
    assert where[order].tolist() == expected.tolist()
    assert (found == sign * values[where]).all()


def test_only_points_that_no_point_of_the_front_goes_before_get_through():
    seen = (np.array([1.0, 3.0]), np.array([5.0, 2.0]), np.array([100, 2]))
    xs = np.array([0.5, 1.0, 2.0, 2.0, 3.0, 4.0, nan, 4.0, inf])
    ys = np.array([9.0, 5.0, 5.0, 4.0, 2.0, 1.0, 0.0, nan, 0.0])
    given = (((xs, np.array([0])),), ((ys, np.array([0])),))
    *_, places = front((AS_IS, AS_IS), given, np.array([9]), Places(np.array([9]), np.array([1]), 10), (1.0, 1.0), seen)
    assert places.tolist() == [10, 11, 13, 15]
