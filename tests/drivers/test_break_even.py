"""Where curves meet and which is the best where: against exact arithmetic, and against the calculator itself."""

from fractions import Fraction
from math import inf, isclose, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nodecalc as nc
from nodecalc.charts.crossings import best, break_evens, crossings, margins, meetings, same


def test_a_crossing_between_two_points_is_where_the_straight_lines_meet():
    assert crossings([0, 10], [0, 10], [4, 4]) == [4.0]


def test_on_a_logarithmic_axis_power_laws_meet_exactly_where_they_should():
    x = np.geomspace(0.1, 1000, 7)
    (found,) = crossings(x, 2.0 * x, 50.0 / x, log_x=True)  # 2 x = 50 / x at 5
    assert found == pytest.approx(5.0, rel=1e-13)


def test_values_that_have_no_logarithm_are_interpolated_as_they_are_over_the_logarithm_of_the_axis():
    assert crossings([1, 100], [-1, 1], [0, 0], log_x=True) == pytest.approx([10.0], rel=1e-14)


def test_a_crossing_on_a_point_of_the_grid_counts_once():
    assert crossings([1, 2, 3], [1, 2, 3], [3, 2, 1]) == [2.0]
    (found,) = meetings([1, 2, 3], [1, 2, 3], [3, 2, 1])
    assert found.exact
    assert (found.before, found.after) == (-1, 1)


def test_curves_that_touch_meet_but_do_not_change_places():
    (found,) = break_evens([1, 2, 3], [[2, 1, 2], [1, 1, 1]])
    assert found.meeting.start == found.meeting.stop == 2.0
    assert found.leader is None


def test_a_stretch_of_equal_values_gives_its_two_ends():
    x, a, b = [1, 2, 3, 4, 5], [1, 2, 2, 2, 5], [3, 2, 2, 2, 1]
    assert crossings(x, a, b) == [2.0, 4.0]
    (found,) = break_evens(x, [a, b])
    assert (found.meeting.start, found.meeting.stop, found.leader) == (2.0, 4.0, 1)


def test_equal_ends_of_the_axis_are_meetings():
    assert crossings([1, 2, 3], [1, 2, 1], [1, 1, 1]) == [1.0, 3.0]


def test_curves_that_are_the_same_everywhere_never_cross():
    assert crossings([1, 2, 3], [1, nan, 3], [1, 2, 3]) == []
    assert crossings([1, 2, 3], [nan, nan, nan], [1, 2, 3]) == []


@pytest.mark.parametrize("bad", [nan, inf, -inf])
def test_nothing_is_interpolated_next_to_a_value_that_is_not_finite(bad):
    assert crossings([1, 2, 3, 4], [1, bad, 3, 1], [2, 2, 2, 2]) == [3.5]


def test_values_that_differ_in_the_last_bit_only_still_cross_inside_the_step():
    up = np.nextafter(30.0, 31.0)
    for log_x in (False, True):
        (found,) = crossings([1.0, 2.0], [30.0, up], [up, 30.0], log_x)
        assert found == pytest.approx(2.0**0.5 if log_x else 1.5, rel=1e-12)


def test_curves_of_other_lengths_than_the_axis_are_refused():
    with pytest.raises(ValueError, match="axis"):
        crossings([1, 2], [1, 2, 3], [3, 2, 1])


def exact_crossings(x, a, b):
    """The definition in exact arithmetic, a step at a time."""
    found = set()
    d = [Fraction(p) - Fraction(q) for p, q in zip(a, b, strict=True)]
    if not any(d):
        return []
    for i, here in enumerate(d):
        if here == 0 and not (0 < i < len(d) - 1 and d[i - 1] == d[i + 1] == 0):
            found.add(Fraction(x[i]))
        if i and d[i - 1] * here < 0:
            found.add(x[i - 1] + d[i - 1] / (d[i - 1] - here) * (x[i] - x[i - 1]))
    return sorted(found)


CURVES = st.integers(2, 12).flatmap(
    lambda n: st.tuples(*(st.lists(st.integers(-3, 3), min_size=n, max_size=n) for _ in range(2)))
)


@given(CURVES)
def test_crossings_are_those_of_exact_arithmetic(curves):
    a, b = curves
    x = list(range(len(a)))
    found = crossings(x, a, b)
    expected = exact_crossings(x, a, b)
    assert len(found) == len(expected)
    assert all(isclose(f, e, rel_tol=1e-14, abs_tol=1e-14) for f, e in zip(found, expected, strict=True))


@given(CURVES)
def test_crossings_do_not_depend_on_which_curve_comes_first(curves):
    a, b = curves
    x = np.geomspace(1, 2, len(a))
    assert crossings(x, a, b, True) == crossings(x, b, a, True)


@given(CURVES)
def test_the_leader_is_the_better_one_at_the_next_point(curves):
    a, b = (np.asarray(c, dtype=float) for c in curves)
    x = np.arange(len(a), dtype=float)
    for better, sign in (("lower", 1.0), ("higher", -1.0)):
        for found in break_evens(x, [a, b], better=better):
            if found.leader is None:
                continue
            after = int(np.searchsorted(x, found.meeting.stop, side="right"))
            lead, other = (a, b) if found.leader == 0 else (b, a)
            assert sign * lead[after] < sign * other[after]


def test_the_cost_of_two_nodes_is_the_same_at_their_break_even():
    d0 = np.geomspace(0.02, 5.0, 400)

    def cost(price, area, x):
        inputs = {"die_area_mm2": area, "d0_per_cm2": x, "wafer_price_usd": price}
        return nc.evaluate(inputs, placement="de-vries-exp")["good_die_cost_usd"]

    # The dearer wafer with the smaller die wins where defects are many.
    (found,) = break_evens(d0, [cost(17000.0, 100.0, d0), cost(9000.0, 160.0, d0)], log_x=True)
    assert found.leader == 0
    at = np.array([found.meeting.start])
    first, second = float(cost(17000.0, 100.0, at)[0]), float(cost(9000.0, 160.0, at)[0])
    assert first == pytest.approx(second, rel=1e-5)
    assert found.meeting.value == pytest.approx(first, rel=1e-4)


def test_every_pair_of_several_curves_is_looked_at():
    x = np.arange(5.0)
    found = break_evens(x, [x, 4.0 - x, np.full(5, 1.0)])
    assert [(f.first, f.second, f.meeting.start) for f in found] == [(0, 2, 1.0), (0, 1, 2.0), (1, 2, 3.0)]


def test_the_best_is_the_lowest_or_the_highest_finite_value_and_the_first_of_equals():
    series = [[1.0, 5.0, nan, inf, 2.0], [2.0, 4.0, 3.0, nan, 2.0]]
    assert best(series).tolist() == [0, 1, 1, -1, 0]
    assert best(series, "higher").tolist() == [1, 0, 1, -1, 0]


@given(CURVES)
def test_margins_are_negative_exactly_where_a_series_is_the_only_best(curves):
    a, b = (np.asarray(c, dtype=float) for c in curves)
    for better in ("lower", "higher"):
        first, second = margins([a, b], better)
        winner = best([a, b], better)
        assert ((first < 0) == ((winner == 0) & (a != b))).all()
        assert ((second < 0) == (winner == 1)).all()


def test_margins_of_logarithms_are_ratios():
    first, _ = margins([[8.0, 0.0], [2.0, 1.0]], log_values=True)
    assert first[0] == pytest.approx(np.log(4.0))
    assert np.isnan(first[1])


def test_series_that_cover_each_other_are_found():
    a = np.array([1.0, nan, 3.0])
    assert same([a, a + 1.0, a.copy(), a + 1.0, a * 7.0]) == [[0, 2], [1, 3]]
