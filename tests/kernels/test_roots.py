"""The one root finder: what it finds, how many values that takes, and what it refuses."""

from math import copysign, cos, exp, inf, isfinite, nan, ulp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodecalc_kernels.numbers.roots import Search, find_root


@pytest.mark.parametrize(
    ("function", "low", "high", "root"),
    [
        (lambda x: x * x - 2.0, 0.0, 2.0, 2.0**0.5),
        (lambda x: cos(x) - x, 0.0, 2.0, 0.7390851332151607),
        (lambda x: exp(x) - 5.0, 0.0, 3.0, 1.6094379124341003),
        (lambda x: x - 1e-300, -1.0, 1.0, 1e-300),
        (lambda x: 3.0 - x, -5.0, 3.0, 3.0),
    ],
)
def test_roots_are_found_as_far_as_doubles_allow(function, low, high, root):
    found = find_root(function, low, high)
    assert found.done
    assert abs(found.root - root) <= 2.0 * ulp(root)
    assert found.low <= found.root <= found.high


def test_a_jump_over_zero_is_narrowed_to_neighbouring_numbers():
    found = find_root(lambda x: -2.0 if x < 1.0 / 3.0 else 1.0, 0.0, 1.0)
    assert found.low < 1.0 / 3.0 <= found.high
    assert found.high - found.low <= 4.0 * ulp(1.0 / 3.0)


@pytest.mark.parametrize("beyond", [inf, nan])
def test_values_that_are_not_finite_bound_the_root(beyond):
    found = find_root(lambda x: x - 0.25 if x < 0.5 else beyond, 0.0, 1.0, above=inf)
    assert found.root == 0.25


def test_one_sign_is_no_bracket():
    with pytest.raises(ValueError, match="no sign change"):
        find_root(lambda x: x + 1.0, 0.0, 1.0)
    with pytest.raises(ValueError, match="no sign change"):
        find_root(lambda x: nan, 0.0, 1.0)


@pytest.mark.parametrize(
    ("below", "above", "root"), [(0.0, 1.0, 2.0), (0.0, -1.0, 2.0), (1.0, 0.0, 3.0), (-1.0, 0.0, 3.0)]
)
def test_a_root_may_be_an_end(below, above, root):
    def function(x):
        return below + (above - below) * (x - 2.0)

    assert find_root(function, 2.0, 3.0, below=below, above=above).root == root


def test_a_tolerance_ends_the_search_sooner():
    asked = []

    def function(x):
        asked.append(x)
        return exp(x) - 5.0

    near = find_root(function, 0.0, 3.0, tolerance=1e-3)
    few = len(asked)
    assert abs(near.root - 1.6094379124341003) < 1e-3
    find_root(function, 0.0, 3.0)
    assert few < len(asked) - few


def test_a_bracket_as_wide_as_the_tolerance_is_narrow_enough():
    assert Search(0.0, -1.0, 1.0, 2.0, tolerance=1.0).done
    assert not Search(0.0, -1.0, 1.0, 2.0, tolerance=0.999).done


def test_two_neighbours_next_to_0_are_as_narrow_as_doubles_allow():
    found = find_root(lambda x: -1.0 if x <= 0.0 else 2.0, 0.0, 1e-318)
    assert found.done
    assert (found.low, found.high) == (0.0, 5e-324)


def test_many_searches_can_be_told_at_once():
    searches = [Search(0.0, -n, n + 1.0, 1.0 + n * n + n) for n in (1.0, 2.0, 3.0)]
    goals = [n**0.5 for n in (1.0, 2.0, 3.0)]
    for _ in range(60):
        for search, goal in zip(searches, goals, strict=True):
            if not search.done:
                search.tell(search.at * search.at - goal * goal)
    assert [s.root for s in searches] == pytest.approx(goals, rel=1e-15)


@given(
    st.floats(-50.0, 50.0).filter(lambda x: abs(x) > 1e-3),
    st.floats(0.1, 9.0),
    st.sampled_from([1.0, -1.0]),
    st.booleans(),
)
def test_the_bracket_holds_the_root_of_any_rising_or_falling_curve(root, power, way, jumps):
    def function(x):
        height = copysign(abs(x - root) ** power, x - root) * way
        return height + (copysign(1.0, height) if jumps and height else 0.0)

    found = find_root(function, -60.0, 60.0)
    below, above = function(found.low), function(found.high)
    assert below * above <= 0.0
    assert isfinite(found.root)
    assert found.high - found.low <= 8.0 * ulp(max(abs(found.low), abs(found.high))) or function(found.root) == 0.0
