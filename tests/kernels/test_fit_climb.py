"""The highest point of a smooth function within bounds, its derivatives, and where it falls to a level."""

from math import exp, sqrt

import numpy as np
import pytest

from nodecalc_kernels.defects.fit_climb import ENOUGH, climb, crossing, derivatives, profile, solve, stride

WIDE = [(-9.0, 9.0)] * 3


def hill(at):
    """A smooth hill with its top of 5 at (1, -2, 0.5), tilted and steeper on one side."""
    x, y, z = at[0] - 1.0, at[1] + 2.0, at[2] - 0.5
    return 5.0 - (2.0 * x * x + y * y + 3.0 * z * z + x * y - 1.5 * y * z) - 0.2 * (exp(x) - 1.0 - x)


def test_slope_and_bend_are_those_by_formulas():
    at = [0.3, 0.7, -0.4]
    slope, bend = derivatives(hill, at, [0, 1, 2], WIDE)
    x, y, z = at[0] - 1.0, at[1] + 2.0, at[2] - 0.5
    want = [-(4.0 * x + y) - 0.2 * (exp(x) - 1.0), -(2.0 * y + x - 1.5 * z), -(6.0 * z - 1.5 * y)]
    assert slope == pytest.approx(want, rel=1e-6)
    rows = [[-4.0 - 0.2 * exp(x), -1.0, 0.0], [-1.0, -2.0, 1.5], [0.0, 1.5, -6.0]]
    np.testing.assert_allclose(bend, rows, rtol=1e-5, atol=1e-5)
    slope, bend = derivatives(hill, at, [2, 0], WIDE)
    assert slope == pytest.approx([want[2], want[0]], rel=1e-6)
    np.testing.assert_allclose(bend, [[-6.0, 0.0], [0.0, rows[0][0]]], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("at", [0.0, 4.0])
def test_slopes_at_a_bound_are_taken_inside_and_told_of_the_bound(at):
    seen = []

    def parabola(point):
        seen.append(point[0])
        return -((point[0] - 1.5) ** 2)

    (slope,), ((bend,),) = derivatives(parabola, [at], [0], [(0.0, 4.0)])
    assert (slope, bend) == pytest.approx((-2.0 * (at - 1.5), -2.0), rel=1e-6)
    assert 0.0 <= min(seen) <= max(seen) <= 4.0


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_linear_systems_are_solved_as_numpy_does(size):
    rng = np.random.default_rng(size)
    for _ in range(20):
        matrix, right = rng.normal(size=(size, size)), rng.normal(size=size)
        if size > 1:
            matrix[0, 0] = 0.0  # needs a pivot
        assert solve(matrix.tolist(), right.tolist()) == pytest.approx(np.linalg.solve(matrix, right), rel=1e-9)
    assert solve([[0.0]], [1.0]) == [0.0]
    assert solve([[1.0, 2.0], [2.0, 4.0]], [1.0, 1.0]) == [0.0, 0.0]
    assert solve([[float("inf")]], [1.0]) == [0.0]
    assert solve([], []) == []


@pytest.mark.parametrize("start", [(0.0, 0.0, 0.0), (5.0, 5.0, -5.0), (-8.0, 8.0, 8.0), (99.0, -99.0, 0.5)])
def test_a_climb_ends_at_the_top_and_within_bounds(start):
    seen = []

    def told(at):
        seen.append(tuple(at))
        return hill(at)

    assert climb(told, start, WIDE, ()) == pytest.approx([1.0, -2.0, 0.5], abs=3e-4)
    assert all(low <= x <= high for at in seen for x, (low, high) in zip(at, WIDE, strict=True))
    held = climb(hill, (*start[:2], 2.0), WIDE, (2,))
    assert held[2] == 2.0
    slope, _ = derivatives(hill, held, [0, 1], WIDE)
    assert slope == pytest.approx([0.0, 0.0], abs=2e-3)


def test_a_climb_goes_along_a_bound_and_leaves_it_where_that_is_higher():
    bounds = [(1.5, 9.0), (-9.0, 9.0), (-9.0, 0.25)]
    at = climb(hill, (1.5, 3.0, 0.25), bounds, ())
    assert (at[0], at[2]) == (1.5, 0.25)
    (slope,), _ = derivatives(hill, at, [1], bounds)
    assert slope == pytest.approx(0.0, abs=2e-3)
    assert climb(hill, (9.0, -9.0, -9.0), [(-9.0, 9.0), (-9.0, 9.0), (-9.0, 9.0)], ()) == pytest.approx(
        [1.0, -2.0, 0.5], abs=3e-4
    )


def test_a_climb_over_a_bend_the_wrong_way_finds_the_top():
    # Beside the top of 1/(1 + x^2) the bend is upwards: a plain Newton step leads away.
    (at,) = climb(lambda x: 1.0 / (1.0 + (x[0] - 3.0) ** 2), (-4.0,), [(-20.0, 20.0)], ())
    assert at == pytest.approx(3.0, abs=3e-3)


@pytest.mark.parametrize(("start", "limit"), [(0.0, 50.0), (0.0, -6.0), (0.0, 2.5), (0.0, -2.5)])
@pytest.mark.parametrize("step", [1e-3, 0.7, 40.0])
def test_a_crossing_is_where_the_profile_falls_to_its_level(start, limit, step):
    root = crossing(lambda x: 4.0 - x * x - 0.1 * x**3, start, limit, step)
    assert abs(4.0 - root * root - 0.1 * root**3) <= ENOUGH
    assert 0.0 < root * limit <= limit * limit
    roots = np.roots([-0.1, -1.0, 0.0, 4.0]).real
    assert root == pytest.approx(min((x for x in roots if x * limit > 0.0), key=abs), rel=1e-7)


def test_a_profile_that_never_falls_so_far_has_no_crossing():
    assert crossing(lambda x: 4.0 - x * x, 0.0, 1.9, 0.5) is None
    assert crossing(lambda x: 4.0 - x * x, 0.0, -1.9, 0.5) is None
    assert crossing(lambda x: 4.0 - x * x, 1.0, 1.0, 0.5) is None
    assert crossing(lambda x: 4.0 - x * x, 0.0, 2.0, 0.5) == pytest.approx(2.0, abs=1e-6)
    assert crossing(lambda x: -1.0 - x * x, 0.5, 2.0, 0.5) == 0.5  # below its level from the start


def test_a_stride_is_a_standard_deviation_and_a_profile_the_top_of_what_is_left():
    best = [1.0, -2.0, 0.5]
    assert stride(hill, best, WIDE, 1) == pytest.approx(1.0 / sqrt(2.0), rel=1e-5)
    assert stride(hill, best, WIDE, 2) == pytest.approx(1.0 / sqrt(6.0), rel=1e-5)
    assert stride(lambda at: -exp(3.0 * at[0]), [0.0], [(0.0, 1.0)], 0) == pytest.approx(1.0 / 3.0, rel=1e-3)
    assert stride(lambda at: at[0], [0.0], [(0.0, 1.0)], 0) == pytest.approx(1000.0)  # no bend: very far
    at = profile(hill, best, WIDE, 2)
    for z in (0.9, 0.1, 3.0):
        point = at(z)
        assert point[2] == z
        slope, _ = derivatives(hill, point, [0, 1], WIDE)
        assert slope == pytest.approx([0.0, 0.0], abs=2e-3)
    assert profile(lambda point: -(point[0] ** 2), [0.0], [(-1.0, 1.0)], 0)(0.3) == [0.3]
