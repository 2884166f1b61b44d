"""The exact count is proven against every offset where those can all be tried, and against grids where not."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodecalc_kernels.numbers.intmath import sort_slice
from nodecalc_kernels.placement import exact as exact_placement
from nodecalc_kernels.placement.circle import whole_cell
from nodecalc_kernels.placement.exact import best, best_offset, center_corner, center_die, dies_at_offset, search
from nodecalc_kernels.placement.shape import circle
from nodecalc_kernels.placement.shaped import grid, most

Sizes = tuple[float, float, float, float]


def real_sizes(count: int, seed: int) -> Iterator[Sizes]:
    """Dies of 1..800 mm2, aspect 0.4..2.5, on common wafers: width, height, scribe, usable diameter."""
    rng = random.Random(seed)
    for _ in range(count):
        area = math.exp(rng.uniform(0.0, math.log(800.0)))
        width = math.sqrt(area * math.exp(rng.uniform(-0.9, 0.9)))
        diameter = rng.choice([100.0, 150.0, 200.0, 300.0, 450.0]) - 2.0 * rng.uniform(0.0, 5.0)
        yield width, area / width, rng.uniform(0.0, 0.2), diameter


def counts_of_every_offset(w: int, h: int, s: int, d: int) -> np.ndarray:
    """Dies at every integer offset of one whole period, found by looking at all four corners of every die."""
    px, py = 2 * (w + s), 2 * (h + s)
    k = np.arange(-(d // px) - 1, d // px + 2)
    n = np.arange(-(d // py) - 1, d // py + 2)
    x = np.arange(px)[:, None, None, None] + px * k[None, None, :, None]
    y = np.arange(py)[None, :, None, None] + py * n[None, None, None, :]
    inside = np.ones(np.broadcast_shapes(x.shape, y.shape), dtype=bool)
    for corner_x in (x - w, x + w):
        for corner_y in (y - h, y + h):
            inside &= corner_x**2 + corner_y**2 <= d * d
    counts: np.ndarray = inside.sum(axis=(2, 3))
    return counts


def small_cases(count: int, seed: int) -> Iterator[tuple[int, int, int, int]]:
    rng = random.Random(seed)
    made = 0
    while made < count:
        w, h, s = rng.randint(1, 20), rng.randint(1, 20), rng.randint(0, 7)
        d = rng.randint(4, 120)
        if w * w + h * h <= d * d:
            made += 1
            yield w, h, s, d


def test_best_is_the_largest_count_over_every_integer_offset() -> None:
    for w, h, s, d in small_cases(300, seed=1):
        counts = counts_of_every_offset(w, h, s, d)
        dies, t, v = search(w, h, s, d)
        assert dies == counts.max(), (w, h, s, d)
        assert counts[t, v] == dies, (w, h, s, d)


def test_count_at_an_offset_is_the_count_of_dies_with_four_corners_inside() -> None:
    for w, h, s, d in small_cases(40, seed=2):
        counts = counts_of_every_offset(w, h, s, d)
        for t in range(w + s + 1):
            for v in range(h + s + 1):
                assert exact_placement.count_at(w, h, s, d, t, v) == counts[t, v], (w, h, s, d, t, v)


def best_of_grid(w: float, h: float, s: float, d: float, points: int) -> int:
    """Largest count on a grid of offsets over the quarter period that is all there is, in floating point."""
    px, py, r = w + s, h + s, d / 2
    x = np.linspace(0.0, px / 2, points)
    y = np.linspace(0.0, py / 2, points)
    rows = np.arange(-math.ceil(d / py) - 1, math.ceil(d / py) + 2) * py
    corner = np.abs(y[:, None] + rows) + h / 2
    half_chord = np.sqrt(np.maximum(r * r - corner * corner, 0.0)) * (corner <= r) - w / 2
    # A chord shorter than the die holds none at any x: the most negative value that the floors make 0 of.
    reach = np.where(half_chord >= 0.0, half_chord, -1e-12)[:, :, None]
    counts = np.floor((reach - x) / px) + np.floor((reach + x) / px) + 1.0
    return int((counts * (half_chord >= 0.0)[:, :, None]).sum(axis=1).max())


def test_best_is_never_under_a_hundred_by_hundred_grid_of_offsets() -> None:
    larger = 0
    for sizes in real_sizes(300, seed=3):
        dies = best(*sizes)
        on_grid = best_of_grid(*sizes, points=100)
        assert dies >= on_grid, sizes
        larger += dies > on_grid
    assert larger > 0, "a grid that always finds the optimum would prove nothing here"


@pytest.mark.parametrize("count", [best, center_die, center_corner])
def test_width_and_height_can_be_swapped(count: Callable[..., float]) -> None:
    for w, h, s, d in real_sizes(60, seed=4):
        assert count(w, h, s, d) == count(h, w, s, d)


def test_the_offset_that_is_told_holds_the_count_that_is_told() -> None:
    for w, h, s, d in real_sizes(200, seed=5):
        dies, x, y = best_offset(w, h, s, d)
        assert dies == best(w, h, s, d)
        assert dies_at_offset(w, h, s, d, x, y) == dies
        assert 0.0 <= x <= (w + s) / 2 + 1e-6
        assert 0.0 <= y <= (h + s) / 2 + 1e-6


def test_an_offset_counts_modulo_the_pitch_and_mirrored() -> None:
    # Pitches of whole nanometres: any other period is not one of the grid that is counted.
    w, h, s, d = 7.31, 4.2, 0.08, 194.0
    here = dies_at_offset(w, h, s, d, 1.7, 0.9)
    assert here == dies_at_offset(w, h, s, d, 1.7 + 3 * 7.39, 0.9 - 5 * 4.28)
    assert here == dies_at_offset(w, h, s, d, -1.7, 0.9) == dies_at_offset(w, h, s, d, 1.7, -0.9)
    assert dies_at_offset(w, h, s, d, 0.0, 0.0) == center_die(w, h, s, d)
    assert dies_at_offset(w, h, s, d, 7.39 / 2, 4.28 / 2) == center_corner(w, h, s, d)


def test_best_is_at_least_any_fixed_offset() -> None:
    rng = random.Random(6)
    for w, h, s, d in real_sizes(150, seed=6):
        most = best(w, h, s, d)
        assert most >= center_die(w, h, s, d)
        assert most >= center_corner(w, h, s, d)
        assert most >= dies_at_offset(w, h, s, d, rng.uniform(-50.0, 50.0), rng.uniform(-50.0, 50.0))


def test_the_best_of_four_centred_grids_misses_the_optimum_on_most_random_dies() -> None:
    missed = 0
    for w, h, s, d in real_sizes(200, seed=7):
        x, y = (w + s) / 2, (h + s) / 2
        four = max(dies_at_offset(w, h, s, d, i, j) for i in (0.0, x) for j in (0.0, y))
        missed += four < best(w, h, s, d)
    assert 0.57 * 200 <= missed <= 0.85 * 200


def test_a_larger_circle_never_holds_fewer_dies() -> None:
    for w, h, s, d in real_sizes(30, seed=8):
        counts = [best(w, h, s, d + step) for step in (0.0, 1e-6, 0.01, 0.1, 1.0, 3.0)]
        assert all(a <= b for a, b in pairwise(counts))


def test_a_wider_street_never_leaves_more_dies() -> None:
    for w, h, _, d in real_sizes(30, seed=9):
        counts = [best(w, h, s, d) for s in (0.0, 0.05, 0.1, 0.5, 2.0)]
        assert all(a >= b for a, b in pairwise(counts))


@pytest.mark.parametrize("factor", [0.5, 2.0, 3.0])
def test_only_the_proportions_matter(factor: float) -> None:
    for w, h, s, d in [
        (10.0, 10.0, 0.1, 294.0),
        (26.0, 33.0, 0.08, 294.0),
        (4.4, 7.2, 0.06, 196.0),
        (2.0, 3.0, 0.0, 94.0),
    ]:
        assert best(w * factor, h * factor, s * factor, d * factor) == best(w, h, s, d)


@given(
    w=st.integers(1, 30), h=st.integers(1, 30), s=st.integers(0, 8), d=st.integers(43, 200), factor=st.integers(2, 5)
)
@settings(max_examples=150, deadline=None)
def test_finer_steps_never_find_fewer_dies(w: int, h: int, s: int, d: int, factor: int) -> None:
    assert search(w * factor, h * factor, s * factor, d * factor)[0] >= search(w, h, s, d)[0]


@given(st.tuples(st.floats(0.5, 60.0), st.floats(0.5, 60.0), st.floats(0.0, 1.0), st.floats(20.0, 300.0)))
@settings(max_examples=150, deadline=None)
def test_the_dies_never_cover_more_than_the_circle(sizes: Sizes) -> None:
    w, h, _, d = sizes
    assert 0.0 <= best(*sizes) * w * h <= math.pi * d * d / 4 + 1e-3


def test_a_corner_on_the_circle_is_inside_and_one_nanometre_beyond_is_not() -> None:
    # 3-4-5: one die across the diagonal; two, three and four in a row or block make the same rectangle.
    for w, h, dies in [(180.0, 240.0, 1), (90.0, 240.0, 2), (60.0, 240.0, 3), (90.0, 120.0, 4)]:
        assert best(w, h, 0.0, 300.0) >= dies
        nanometre_less = best(w, h, 0.0, 300.0 - 1e-6)
        assert nanometre_less < best(w, h, 0.0, 300.0), (w, h)
    assert best(180.0, 240.0, 0.0, 300.0) == center_die(180.0, 240.0, 0.0, 300.0) == 1.0
    assert best(180.0, 240.000001, 0.0, 300.0) == 0.0
    assert center_corner(90.0, 120.0, 0.0, 300.0) == 4.0
    # Odd numbers of nanometres: the centre of the die lies between two of them.
    assert best(0.300003, 0.400004, 0.1, 0.500005) == 1.0
    assert best(0.300003, 0.400004, 0.1, 0.500004) == 0.0


def test_ties_that_floating_point_misses_are_decided() -> None:
    # 7-24-25 triangles: the one die always fits exactly, and doubles often say that it does not.
    sizes = [(round(0.07 * k, 2), round(0.24 * k, 2), round(0.25 * k, 2)) for k in range(1, 400)]
    assert any(w * w + h * h > d * d for w, h, d in sizes)
    assert {center_die(w, h, 0.0, d) for w, h, d in sizes} == {1.0}


def test_whole_cell_is_the_count_of_cells_with_four_corners_inside() -> None:
    for w, h, s, d in [(9.0, 11.0, 0.5, 200.0), (24.0, 17.0, 1.0, 300.0), (60.0, 45.0, 2.0, 150.0)]:
        px, py, r = w + s, h + s, d / 2
        for count, phase in ((center_die, 0.0), (center_corner, 0.5)):
            inside = sum(
                (abs(i + phase) * px + px / 2) ** 2 + (abs(j + phase) * py + py / 2) ** 2 <= r * r
                for i in range(-60, 60)
                for j in range(-60, 60)
            )
            assert count(*whole_cell(w, h, s), d) == inside
        assert best(*whole_cell(w, h, s), d) <= best(w, h, s, d)


@pytest.mark.parametrize(
    ("sizes", "dies"),
    [
        ((0.05, 0.05, 0.0, 2.0), None),
        ((0.05, 290.0, 0.1, 300.0), None),
        ((290.0, 0.05, 0.1, 300.0), None),
        ((1.0, 1.0, 2000.0, 300.0), 1.0),
        ((1.0, 1.0, 0.0, 2000.0), None),
        ((500.0, 500.0, 0.1, 2000.0), None),
    ],
)
def test_extremes_of_the_domain_are_counted(sizes: Sizes, dies: float | None) -> None:
    found, x, y = best_offset(*sizes)
    assert found == dies_at_offset(*sizes, x, y) > 0.0
    assert dies is None or found == dies
    assert found * sizes[0] * sizes[1] <= math.pi * sizes[3] ** 2 / 4


def test_tiny_dies_are_counted_within_a_die_in_a_thousand_of_the_area() -> None:
    # 0.1 mm dies: some 1500 rows. The edge takes about 1.16 mean pitches off the diameter (de Vries).
    expected = math.pi / 4 * (100.0 - 1.16 * 0.12) ** 2 / 0.12**2
    assert best(0.1, 0.1, 0.02, 100.0) == pytest.approx(expected, rel=1e-3)


NONSENSE = [math.nan, math.inf, -math.inf, -1.0, 0.0, -0.0, 5e-324, 1e300]


@pytest.mark.parametrize("bad", NONSENSE)
@pytest.mark.parametrize("where", [0, 1, 2, 3])
@pytest.mark.parametrize("count", [best, center_die, center_corner])
def test_nonsense_is_nan_or_no_dies_and_never_an_exception(count: Callable[..., float], where: int, bad: float) -> None:
    sizes = [10.0, 10.0, 0.1, 294.0]
    sizes[where] = bad
    found = count(*sizes)
    if where in (0, 1) and bad == 1e300:
        assert found == 0.0
    elif where == 2 and abs(bad) < 1.0:
        assert found > 0.0
    elif where == 3 and bad == 5e-324:
        assert found == 0.0
    else:
        assert math.isnan(found)


def test_offsets_that_are_no_numbers_give_nan() -> None:
    assert math.isnan(dies_at_offset(10.0, 10.0, 0.1, 294.0, math.nan, 0.0))
    assert math.isnan(dies_at_offset(10.0, 10.0, 0.1, 294.0, 0.0, math.inf))
    assert all(math.isnan(number) for number in best_offset(-1.0, 10.0, 0.1, 294.0))
    assert best_offset(400.0, 10.0, 0.1, 294.0) == (0.0, 0.0, 0.0)


def test_few_halvings_prove_the_optimum(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time is the number of half wafers that are laid out: a bound that got loose shows here first."""
    halves = 0

    def counted(keys: list[int], start: int, stop: int, scratch: int) -> None:
        nonlocal halves
        halves += 1
        sort_slice(keys, start, stop, scratch)

    monkeypatch.setattr(exact_placement, "sort_slice", counted)
    spent = []
    for sizes in real_sizes(200, seed=10):
        halves = 0
        best(*sizes)
        spent.append(halves)
    assert np.median(spent) <= 40
    assert max(spent) <= 400


def test_a_die_that_touches_the_circle_with_all_corners_is_where_it_is_said_to_be():
    assert center_die(6.0, 8.0, 0.1, 10.0) == 1.0
    assert center_corner(3.0, 4.0, 0.0, 10.0) == 4.0
    assert dies_at_offset(6.0, 8.0, 0.1, 10.0, 0.0, 0.0) == 1.0
    assert dies_at_offset(6.0, 8.0, 0.1, 10.0, 1e-6, 0.0) == dies_at_offset(6.0, 8.0, 0.1, 10.0, 0.0, 1e-6) == 0.0


@pytest.mark.parametrize("pitches", [-3, -2, -1, 1, 2, 3])
def test_an_offset_of_whole_pitches_is_none(pitches):
    for x, y in ((0.0, 0.0), (3.1, 0.7), (-4.9, 5.8)):
        here = dies_at_offset(10.0, 12.0, 0.1, 100.0, x, y)
        assert dies_at_offset(10.0, 12.0, 0.1, 100.0, x + pitches * 10.1, y) == here
        assert dies_at_offset(10.0, 12.0, 0.1, 100.0, x, y + pitches * 12.1) == here


@pytest.mark.parametrize("seed", range(13, 19))
def test_the_offset_that_is_told_is_the_middle_of_the_widest_stretch_that_holds_as_many(seed: int) -> None:
    # Of the first ones the widest stretch is cut by the axis of symmetry: half of it is narrower than another.
    for w, h, s, d in ((13, 3, 1, 41), (2, 5, 4, 57), (14, 1, 2, 45), *small_cases(30, seed)):
        if d > 60:
            continue
        dies, t, v = search(w, h, s, d)
        whole = counts_of_every_offset(w, h, s, d)[:, v] == dies
        period = len(whole)
        assert whole[t]
        if whole.all():
            continue
        # Offsets go round: where each stretch begins, and how many offsets it has.
        lengths = {}
        for first in np.flatnonzero(whole & ~np.roll(whole, 1)).tolist():
            length = 1
            while whole[(first + length) % period]:
                length += 1
            lengths[first] = length
        own = max(first for first in (*lengths, *(first - period for first in lengths)) if first <= t)
        length = lengths[own % period]
        assert length == max(lengths.values()), (w, h, s, d)
        assert abs(t - (own + (length - 1) / 2)) <= 0.5, (w, h, s, d)


@pytest.mark.parametrize(
    "sizes", [(932439, 2314188, 0, 10**7), (127583, 169394, 0, 10**6), (34924511, 92874058, 0, 3 * 10**8)]
)
def test_a_proof_that_halves_down_to_single_offsets_has_room_to(sizes: tuple[int, int, int, int]) -> None:
    # Of these, bounds stay above the best count until hardly an offset is left; the other search proves the same.
    *die, diameter = sizes
    assert search(*sizes)[0] == most(circle(diameter), grid(*die))[0]
