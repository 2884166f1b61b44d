"""Bringing long axes down to a screen loses no gap, no spike and no end."""

from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodecalc.charts.resample import BLOCK, ascending, edges, extent, few, is_geometric, pick, picked, positions, thin


def test_the_extent_counts_what_is_not_finite_over_all_arrays():
    found = extent([np.array([[1.0, inf], [nan, 5.0]]).T, [2.0, -inf, -3.0]])
    assert found == (-3.0, 5.0, 7, 2, 1)
    assert np.isnan(extent([[nan, inf]]).low)


def test_the_extent_of_more_than_a_block_is_that_of_all_of_it():
    values = np.ones((3, BLOCK // 2 + 7))
    values[0, 0], values[1, 3], values[2, -1] = nan, -4.0, 9.0
    assert extent([values]) == (-4.0, 9.0, values.size, 0, 1)
    assert extent([values.T]) == (-4.0, 9.0, values.size, 0, 1)


@given(st.integers(1, 60), st.integers(0, 2**32 - 1))
def test_a_thinned_curve_keeps_ends_extremes_and_gaps_of_every_column(columns, seed):
    rng = np.random.default_rng(seed)
    count = 20 * columns + int(rng.integers(0, 50))
    at = np.sort(rng.random(count))
    at[0], at[-1] = 0.0, 1.0
    values = np.where(rng.random(count) < 0.05, nan, rng.normal(size=count))
    x, y = thin(at, values, columns)
    assert len(x) <= 5 * columns
    assert (np.diff(x) >= 0).all()
    column, kept = (np.minimum((v * columns).astype(int), columns - 1) for v in (at, x))
    for c in range(columns):
        before, after = values[column == c], y[kept == c]
        if not len(before):
            continue
        np.testing.assert_equal((after[0], after[-1]), (before[0], before[-1]))
        assert np.isnan(after).any() == np.isnan(before).any()
        if np.isfinite(before).any():
            assert (np.nanmin(after), np.nanmax(after)) == (np.nanmin(before), np.nanmax(before))


def test_a_short_curve_is_left_as_it_is():
    x, y = thin([0.0, 0.5, 1.0], [1, 2, 3], 10)
    assert x.tolist() == [0.0, 0.5, 1.0]
    assert y.tolist() == [1.0, 2.0, 3.0]


def test_positions_are_even_on_an_axis_of_the_right_kind():
    assert positions([1, 10, 100], 1, 100, log=True) == pytest.approx([0, 0.5, 1])
    assert positions([0, 5, 10], 0, 10, log=False) == pytest.approx([0, 0.5, 1])
    assert positions([3], 3, 3, log=False).tolist() == [0.5]


def test_cells_reach_half_way_to_their_neighbours():
    assert edges([1, 2, 4], log=False).tolist() == [0.5, 1.5, 3.0, 5.0]
    assert edges([1, 100], log=True) == pytest.approx([0.1, 10, 1000])


@given(st.lists(st.integers(1, 10**6), min_size=2, max_size=40, unique=True), st.integers(1, 200), st.booleans())
def test_every_pixel_shows_the_nearest_value(values, pixels, log):
    axis = np.sort(np.asarray(values, dtype=float))
    border = edges(axis, log)
    line, scaled = (np.log(v) if log else v for v in (axis, border))
    centres = scaled[0] + (np.arange(pixels) + 0.5) * (scaled[-1] - scaled[0]) / pixels
    off = np.abs(line[picked(axis, log, pixels)] - centres)
    nearest = np.abs(line[:, None] - centres).min(axis=0)
    # The outermost cells reach as far out as in; there and everywhere else no other value is nearer.
    assert off == pytest.approx(nearest, rel=1e-9, abs=1e-9)


def test_as_many_pixels_as_even_values_show_each_once():
    assert picked(np.linspace(1, 2, 50), False, 50) == list(range(50))
    assert picked(np.geomspace(0.01, 10, 50), True, 50) == list(range(50))


def test_picking_reads_rows_and_columns():
    values = np.arange(12).reshape(3, 4)
    assert pick(values, [2, 0], [1, 1, 3]).tolist() == [[9, 9, 11], [1, 1, 3]]


def test_few_values_keep_both_ends():
    assert few(range(5), 10) == [0, 1, 2, 3, 4]
    found = few(range(10_001), 100)
    assert len(found) == 100
    assert (found[0], found[-1]) == (0, 10_000)


@pytest.mark.parametrize(
    ("axis", "log"),
    [
        (np.geomspace(0.01, 10, 100), True),
        (np.geomspace(1, 1.5, 9), True),
        ([1, 2, 4], True),
        ([0.1, 0.2, 0.5, 1, 2, 5], True),
        (np.linspace(0.01, 10, 100), False),
        ([0, 1, 10, 100], False),
        ([1, 2, 3, 4], False),
        ([1, 1000], False),
        ([100, 200, 300, 400, 600, 800], False),
        (np.linspace(100, 100.001, 5), False),
    ],
)
def test_an_axis_is_logarithmic_where_its_values_are_spaced_by_a_factor(axis, log):
    assert is_geometric(axis) is log


def test_an_axis_that_ascends_is_left_and_another_one_is_sorted_without_its_repetitions():
    assert ascending([1, 2, 3]) is None
    assert ascending([3, 1, 2, 1]) == [1, 2, 0]
