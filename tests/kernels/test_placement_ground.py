"""Dies on any ground, proven against every offset where those can all be tried: flats, notches, keep-outs, panels."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest

from nodecalc_kernels.placement import fields
from nodecalc_kernels.placement.exact import best, center_corner, center_die
from nodecalc_kernels.placement.fields import Plan, dies_per_field, fewest_over_offsets, pattern_at, phases
from nodecalc_kernels.placement.free_rows import free_rows, free_search
from nodecalc_kernels.placement.ground import TURNS, keep_out, offset_of, panel_ground, round_ground
from nodecalc_kernels.placement.reticle import fits_field, stitched
from nodecalc_kernels.placement.shape import Cut, KeepOut, Shape, circle, span_touched, spans_in_every, spans_in_some
from nodecalc_kernels.placement.shaped import Grid, grid, most
from nodecalc_kernels.placement.sites import count, put, site_rows


def holds(shape: Shape, w: int, h: int, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Whether dies centred at (x, y) lie on the ground, by their corners and by distances."""
    inside = (y - h >= shape.floor) & (abs(y) + h <= shape.half_height) & (abs(x) + w <= shape.half_width)
    if shape.radius:
        for cx in (x - w, x + w):
            for cy in (y - h, y + h):
                inside &= cx**2 + cy**2 <= shape.radius**2
    for cut in shape.cuts:
        for cx in (x - w, x + w):
            for cy in (y - h, y + h):
                inside &= cut.across * cx + cut.up * cy <= cut.most
    for k in shape.keep_outs:
        gap_x = abs(x - k.x) - w - k.half_width
        gap_y = abs(y - k.y) - h - k.half_height
        if k.radius:
            inside &= np.maximum(gap_x, 0) ** 2 + np.maximum(gap_y, 0) ** 2 >= k.radius**2
        else:
            inside &= (gap_x >= 0) | (gap_y >= 0)
    return inside


def dies_of_every_offset(shape: Shape, g: Grid) -> np.ndarray:
    """Return whether each die is whole, over (t, v, column, row), for all integer offsets of a period."""
    reach = 2 * max(shape.half_width, shape.half_height)
    k = np.arange(-(reach // g.p) - 2, reach // g.p + 3)
    n = np.arange(-(reach // g.q) - 2, reach // g.q + 3)
    x = np.arange(g.p)[:, None, None, None] + g.p * k[None, None, :, None]
    y = np.arange(g.q)[None, :, None, None] + g.q * n[None, None, None, :]
    return np.broadcast_to(holds(shape, g.w, g.h, x, y), np.broadcast_shapes(x.shape, y.shape))


def grounds(count: int, seed: int) -> Iterator[tuple[Shape, Grid]]:
    """Small wafers with a flat, a notch, keep-outs, or panels."""
    rng = random.Random(seed)
    for _ in range(count):
        w, h, s = rng.randint(1, 9), rng.randint(1, 9), rng.randint(0, 3)
        d = rng.randint(14, 50)
        blocks = tuple(
            KeepOut(rng.randint(-d, d), rng.randint(-d, d), rng.randint(0, 6), rng.randint(0, 6), rng.choice((0, 3, 9)))
            for _ in range(rng.randint(0, 2))
        )
        notch = (KeepOut(0, -d, 0, 0, rng.randint(1, d // 2)),) if rng.random() < 0.5 else ()
        floor = rng.choice((-d, rng.randint(-d, 0)))
        if rng.random() < 0.2:
            shape = Shape(d, rng.randint(14, 50), 0, -d, blocks)
            shape = shape._replace(floor=-shape.half_height)
        else:
            across, up = rng.choice(list(TURNS.values()))
            cut = Cut(across, up, rng.randint(d // 3, d * (1 + abs(across * up))))
            cuts = (cut,) if rng.random() < 0.5 else ()
            shape = Shape(d, d, d, floor, (*notch, *blocks), cuts)
        yield shape, grid(w, h, s)


def test_the_optimum_with_flat_notch_and_keep_outs_is_that_of_every_integer_offset() -> None:
    for shape, g in grounds(150, seed=1):
        counts = dies_of_every_offset(shape, g).sum(axis=(2, 3))
        dies, t, v = most(shape, g)
        assert dies == counts.max(), (shape, g)
        assert counts[t, v] == dies, (shape, g)


def test_free_rows_are_those_of_every_offset_of_the_rows_each_row_slid_to_its_best() -> None:
    for shape, g in grounds(150, seed=2):
        whole = dies_of_every_offset(shape._replace(keep_outs=()), g)
        shape = shape._replace(keep_outs=())  # noqa: PLW2901 - a keep-out would make two of a row, which slide apart
        best_rows = whole.sum(axis=2).max(axis=0).sum(axis=1)
        dies, _, v = most(shape, g, free=True)
        assert dies == best_rows.max(), (shape, g)
        assert best_rows[v] == dies, (shape, g)


def test_free_rows_of_a_circle_are_proven_and_never_under_best() -> None:
    rng = random.Random(3)
    for _ in range(300):
        w, h, s, d = rng.randint(1, 9), rng.randint(1, 9), rng.randint(0, 3), rng.randint(14, 50)
        g = grid(w, h, s)
        rows = dies_of_every_offset(circle(d), g).sum(axis=2).max(axis=0).sum(axis=1)
        dies, v = free_search(w, h, s, d)
        assert dies == rows.max() == most(circle(d), g, free=True)[0], (w, h, s, d)
        assert rows[v] == dies, (w, h, s, d)
        assert dies >= most(circle(d), g)[0]


def test_free_rows_are_up_to_some_per_cent_above_best_on_real_wafers() -> None:
    rng = random.Random(4)
    for _ in range(60):
        w, h = rng.uniform(3.0, 26.0), rng.uniform(3.0, 33.0)
        free, one_grid = free_rows(w, h, 0.1, 294.0), best(w, h, 0.1, 294.0)
        assert one_grid <= free <= 1.08 * one_grid
    assert free_rows(180.0, 240.000001, 0.1, 300.0) == 0.0
    assert np.isnan(free_rows(0.01, 10.0, 0.1, 300.0))


def test_spans_over_a_band_hold_those_of_each_row_and_are_held_by_all() -> None:
    for shape, g in grounds(120, seed=5):
        for y0 in range(-shape.half_height, shape.half_height, 5):
            y1 = y0 + 7
            rows = [
                {x for a, b in spans_in_some(shape, g.w, g.h, y, y) for x in range(a, b + 1)} for y in range(y0, y1 + 1)
            ]
            some = {x for a, b in spans_in_some(shape, g.w, g.h, y0, y1) for x in range(a, b + 1)}
            every = {x for a, b in spans_in_every(shape, g.w, g.h, y0, y1) for x in range(a, b + 1)}
            assert set.union(*rows) <= some
            assert every <= set.intersection(*rows)


def test_spans_of_one_row_are_where_dies_lie_on_the_ground() -> None:
    for shape, g in grounds(150, seed=8):
        reach = max(shape.half_width, shape.half_height) + 12
        xs = np.arange(-reach, reach + 1)
        for y in {0, *range(-reach, reach + 1, 7), g.h - shape.half_height, shape.half_height - g.h}:
            whole = xs[holds(shape, g.w, g.h, xs, np.array(y))].tolist()
            for spans_of in (spans_in_some, spans_in_every):
                spans = spans_of(shape, g.w, g.h, y, y)
                assert [x for a, b in spans for x in range(a, b + 1)] == whole, (shape, g, y)


@pytest.mark.parametrize(("turn", "angle"), [(45, 225), (90, 180), (135, 135), (180, 90)])
def test_a_second_flat_is_the_chord_of_its_length_on_its_side(turn: int, angle: int) -> None:
    # Clockwise from the lowest point, seen from the front: 90 degrees on it is the leftmost one.
    middle, side = 0.5 * (100.0**2 - 30.0**2) ** 0.5, 0.4 * 30.0
    out = np.array([math.cos(math.radians(angle)), math.sin(math.radians(angle))])
    along = np.array([-out[1], out[0]])
    ground = round_ground(100.0, 96.0, second=(turn, 30.0))
    for shape, edge in ((ground.wafer, middle), (ground.usable, middle - 2.0)):
        for place in (out * (edge - 1e-3) + side * along * way for way in (-1.0, 0.0, 1.0)):
            x, y = np.rint(place * 2e6).astype(np.int64)
            assert holds(shape, 0, 0, x, y)
        for place in (out * (edge + 1e-3) + side * along * way for way in (-1.0, 0.0, 1.0)):
            x, y = np.rint(place * 2e6).astype(np.int64)
            assert not holds(shape, 0, 0, x, y)


def test_a_die_touches_the_wafer_where_some_of_its_points_do() -> None:
    shape = Shape(20, 20, 20, -12)
    for y in range(-30, 31):
        span = span_touched(shape, 3, 4, y)
        for x in range(-30, 31):
            # Any point of the open die on the open ground: the one nearest to the middle is on it first.
            low, high = max(y - 4, -12), min(y + 4, 20)
            near_x, near_y = max(abs(x) - 3, 0), 0 if low <= 0 <= high else min(abs(low), abs(high))
            touches = low < high and near_x**2 + near_y**2 < 400
            assert touches == (span is not None and span[0] <= x <= span[1]), (x, y)


def test_a_die_touches_a_wafer_with_a_second_flat_where_some_of_its_points_do() -> None:
    # By points a quarter of a unit apart, of dies that touch in more than a grain.
    fine = np.arange(-20.0, 20.01, 0.25) + 0.125
    px, py = np.meshgrid(fine, fine, indexing="ij")
    for across, up in TURNS.values():
        for most_ in (13, 17, 19, 24, 27):
            cut = Cut(across, up, most_)
            shape = Shape(20, 20, 20, -18, (), (cut,))
            on = (px**2 + py**2 < 400) & (py > -18) & (across * px + up * py < most_)
            for y in range(-24, 25, 2):
                rows = on[:, (fine > y - 4) & (fine < y + 4)].any(axis=1)
                span = span_touched(shape, 3, 4, y)
                if not rows.any():
                    assert span is None or min(abs(y - 4), abs(y + 4)) >= 16, (cut, y, span)
                    continue
                assert span is not None
                first, last = fine[rows][0], fine[rows][-1]
                assert -1.5 <= span[0] + 3 - first <= 1.5, (cut, y, span)
                assert -1.5 <= span[1] - 3 - last <= 1.5, (cut, y, span)


@pytest.mark.parametrize("turn", [45, 90, 135])
@pytest.mark.parametrize("radius", [10, 17])
def test_a_die_touches_a_wafer_with_a_deep_flat_to_the_last_unit(radius: int, turn: int) -> None:
    across, up = TURNS[turn]

    def reach(below: int, above: int, most_: float) -> int:
        """The largest whole x before the end of the ground: some y has a point of the open ground right of it."""
        for x in range(radius - 1, -radius - 1, -1):
            chord = math.sqrt(radius**2 - max(x, 0) ** 2)
            # The cut leaves what has up y < most - x.
            low, high = (x - most_ if up < 0 else -radius), (most_ - x if up > 0 else radius)
            if max(below, -chord, low) < min(above, chord, high) and (up or x < most_):
                return x
        return -radius - 1

    for most_ in range(radius // 3, radius * 3 // 2):
        shape = Shape(radius, radius, radius, -radius, (), (Cut(across, up, most_),))
        for h in (1, 3):
            for y in range(-radius - h + 1, radius + h):
                below, above = max(y - h, -radius), min(y + h, radius)
                cut, whole = reach(below, above, most_), reach(below, above, math.inf)
                if cut + whole < 0:
                    continue  # nothing of the band is left
                sides = (cut, whole) if across < 0 else (whole, cut)
                assert span_touched(shape, 2, h, y) == (-sides[0] - 2, sides[1] + 2), (most_, h, y)


# Exposures


def brute_fewest(shape: Shape, g: Grid, a: int, b: int) -> int:
    """Return the fewest exposures over every optimal integer offset and every phase."""
    whole = dies_of_every_offset(shape, g)
    counts = whole.sum(axis=(2, 3))
    patterns = {whole[t, v].tobytes(): whole[t, v] for t, v in np.argwhere(counts == counts.max())}
    fewest = 1 << 30
    for pattern in patterns.values():
        columns, rows = np.nonzero(pattern)
        for i in range(a):
            for j in range(b):
                fewest = min(fewest, len(set(zip((columns - i) // a, (rows - j) // b, strict=True))))
    return fewest


@pytest.mark.parametrize("seed", range(4))
def test_fewest_exposures_are_those_of_brute_force_on_round_wafers(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(50):
        g = grid(rng.randint(1, 7), rng.randint(1, 7), rng.randint(0, 2))
        d = rng.randint(12, 40)
        a, b = rng.randint(1, 4), rng.randint(1, 4)
        dies, t, v = most(circle(d), g)
        if dies < 1:
            continue
        plan = fewest_over_offsets(circle(d), g, dies, t, v, a, b)
        assert plan.proven
        assert plan.best.exposures == brute_fewest(circle(d), g, a, b), (g, d, a, b)
        found = pattern_at(circle(d), g, plan.t, plan.t, plan.v, plan.v, True)
        assert phases(found, a, b) == (plan.best, plan.most)


def test_fewest_exposures_are_those_of_brute_force_on_other_grounds() -> None:
    rng = random.Random(9)
    for shape, g in grounds(60, seed=6):
        a, b = rng.randint(1, 4), rng.randint(1, 4)
        dies, t, v = most(shape, g)
        if dies < 1:
            continue
        plan = fewest_over_offsets(shape, g, dies, t, v, a, b)
        assert plan.best.exposures == brute_fewest(shape, g, a, b), (shape, g, a, b)


def test_full_fields_and_exposures_are_counted_field_by_field() -> None:
    for shape, g in grounds(80, seed=7):
        dies, t, v = most(shape, g)
        if dies < 1:
            continue
        pattern = pattern_at(shape, g, t, t, v, v, True)
        sites = [(c, r) for r, runs in pattern.items() for x, y in runs for c in range(x, y + 1)]
        for a, b in ((1, 1), (2, 3), (4, 2), (9, 9)):
            ways = []
            for i in range(a):
                for j in range(b):
                    fields = Counter(((c - i) // a, (r - j) // b) for c, r in sites)
                    ways.append((len(fields), -sum(n == a * b for n in fields.values())))
            best_way, worst = phases(pattern, a, b)
            assert (best_way.exposures, -best_way.full) == min(ways)
            assert worst == max(way[0] for way in ways)


@pytest.mark.parametrize("seed", range(6))
def test_fields_of_any_rows_are_counted_field_by_field(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(40):
        pattern: dict[int, tuple[tuple[int, int], ...]] = {}
        for row in rng.sample(range(-4, 5), rng.randint(1, 6)):
            ends = sorted(rng.sample(range(-9, 10), 2 * rng.randint(1, 2)))
            runs = [(ends[i], ends[i + 1]) for i in range(0, len(ends), 2)]
            pattern[row] = tuple(runs) if len(runs) == 1 or runs[1][0] > runs[0][1] + 1 else (runs[0],)
        sites = [(c, r) for r, runs in pattern.items() for x, y in runs for c in range(x, y + 1)]
        a, b = rng.randint(1, 4), rng.randint(1, 3)
        ways = []
        for j in range(b):
            for i in range(a):
                fields_ = Counter(((c - i) // a, (r - j) // b) for c, r in sites)
                ways.append((len(fields_), -sum(n == a * b for n in fields_.values())))
        best_way, worst = phases(pattern, a, b)
        assert (best_way.exposures, -best_way.full) == min(ways), (pattern, a, b)
        assert worst == max(way[0] for way in ways), (pattern, a, b)


def test_a_search_that_ends_early_says_so() -> None:
    g, shape = grid(3, 4, 1), circle(31)
    dies, t, v = most(shape, g)
    search = fields._Search(
        shape, g, dies, 2, 3, Plan(*phases(pattern_at(shape, g, t, t, v, v, True), 2, 3), t, v, True), fields.MOST_STEPS
    )
    plan = search.run()
    assert search.steps > 0
    assert plan.proven
    assert fewest_over_offsets(shape, g, dies, t, v, 2, 3, search.steps) == plan
    assert not fewest_over_offsets(shape, g, dies, t, v, 2, 3, search.steps - 1).proven


def test_a_field_holds_a_die_either_way_round_and_to_the_nanometre() -> None:
    for die, holds_it in (
        ((26.0, 33.0), True), ((33.0, 26.0), True), ((26.000001, 33.0), False), ((33.000001, 26.0), False),
        ((10.0, 33.000001), False), ((26.5, 27.0), False), ((5.0, 5.0), True),
    ):  # fmt: skip
        assert fits_field(*die, 26.0, 33.0) is fits_field(*die, 33.0, 26.0) is holds_it


def test_dies_larger_than_a_field_take_fields_of_their_own() -> None:
    shape, g = circle(100), grid(20, 30, 1)
    dies, t, v = most(shape, g)
    assert stitched(shape, g, (t, v), 3) == (3 * dies, 3 * dies, 0, 0)


def test_dies_of_a_field_share_their_outer_street() -> None:
    assert dies_per_field(26_000_000, 26_000_000, 100_000) == 1
    assert dies_per_field(26_000_000, 12_950_000, 100_000) == 2
    assert dies_per_field(26_000_000, 12_950_001, 100_000) == 1


# Sites


@pytest.mark.parametrize("placement", ["best", "center-die", "center-corner", "free-rows"])
def test_good_sites_are_as_many_as_the_placement_counts(placement: str) -> None:
    counts = {"best": best, "center-die": center_die, "center-corner": center_corner, "free-rows": free_rows}
    rng = random.Random(11)
    for _ in range(40):
        w, h, s = rng.uniform(1.0, 40.0), rng.uniform(1.0, 40.0), rng.uniform(0.0, 0.3)
        ground = round_ground(200.0, 194.0)
        g = grid(round(w * 1e6), round(h * 1e6), round(s * 1e6))
        t, v = offset_of(placement, ground.usable, g)
        rows = site_rows(ground.usable, ground.wafer, g, t, v, free=placement == "free-rows")
        assert count(rows, "good") == counts[placement](w, h, s, 194.0), (w, h, s)


def test_sites_are_in_three_statuses_by_where_their_dies_lie() -> None:
    ground = round_ground(100.0, 92.0, flat_mm=32.5, keep_outs=(keep_out(10.0, 5.0, 0.0, 0.0, 7.0),))
    g = grid(4_000_000, 5_000_000, 100_000)
    t, v = offset_of("best", ground.usable, g)
    for row in site_rows(ground.usable, ground.wafer, g, t, v):
        for run in row.runs:
            for column in range(run.first, run.last + 1):
                x, y = np.array(row.x + column * g.p), np.array(row.y)
                if holds(ground.usable, g.w, g.h, x, y):
                    assert run.status == "good"
                else:
                    assert run.status == ("excluded" if holds(ground.wafer, g.w, g.h, x, y) else "partial")


@pytest.mark.parametrize("seed", range(4))
def test_sites_are_all_that_touch_the_wafer_rows_of_one_site_too(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(15):
        w, h, s, d = rng.randint(1, 30), rng.randint(1, 30), rng.choice((0, 1, 5, 40, 90)), rng.randint(14, 60)
        shape, g = circle(d), grid(w, h, s)
        t, v = rng.randint(0, g.p // 2), rng.randint(0, g.q // 2)
        rows = site_rows(shape, shape, g, t, v)
        found = {
            (column, row.number, run.status == "good")
            for row in rows
            for run in row.runs
            for column in range(run.first, run.last + 1)
        }
        want = set()
        across, up = (d + w) // g.p + 2, (d + h) // g.q + 2
        for column in range(-across, across + 1):
            for number in range(-up, up + 1):
                x, y = abs(t + column * g.p), abs(v + number * g.q)
                if max(x - w, 0) ** 2 + max(y - h, 0) ** 2 < d * d:
                    want.add((column, number, (x + w) ** 2 + (y + h) ** 2 <= d * d))
        assert found == want
        assert [row.number for row in rows] == sorted({number for _, number, _ in want})


def test_a_site_can_be_put_at_another_status() -> None:
    ground = round_ground(100.0, 94.0)
    g = grid(10_000_000, 10_000_000, 100_000)
    rows = site_rows(ground.usable, ground.wafer, g, 0, 0)
    good = count(rows, "good")
    changed = put(rows, 0, 0, "good", "drop-in")
    assert changed is not None
    assert (count(changed, "good"), count(changed, "drop-in")) == (good - 1, 1)
    assert put(changed, 0, 0, "good", "drop-in") is None
    assert put(rows, 99, 0, "good", "drop-in") is None
    assert put(rows, 0, 99, "good", "drop-in") is None


def test_a_panel_of_whole_pitches_is_filled() -> None:
    ground = panel_ground(510.0, 515.0, 5.0)
    g = grid(50_000_000, 50_500_000, 0)
    assert most(ground.usable, g)[0] == 10 * 10
    assert most(panel_ground(509.9, 515.0, 5.0).usable, g)[0] == 9 * 10


def test_a_keep_out_beyond_the_circle_leaves_it_round() -> None:
    assert round_ground(300.0, 294.0, notch_mm=3.0).usable.is_round
    assert not round_ground(300.0, 294.0, notch_mm=3.1).usable.is_round
    assert round_ground(300.0, 294.0).usable.is_round
    assert not round_ground(150.0, 144.0, flat_mm=57.5).usable.is_round


@pytest.mark.parametrize(("x", "y"), [(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)])
def test_a_rectangle_to_keep_out_of_counts_from_where_its_nearest_edge_reaches_the_circle(x: float, y: float) -> None:
    # 4 mm long towards the middle and 1 mm across, with 1 mm around it: its nearest edge is 3 mm from its own middle.
    sides = (4.0, 1.0) if x else (1.0, 4.0)
    for distance, is_round in ((53.001, True), (52.999, False)):
        block = keep_out(x * distance, y * distance, *sides, 1.0)
        assert round_ground(104.0, 100.0, keep_outs=(block,)).usable.is_round is is_round


def test_the_smallest_flat_and_notch_are_on_the_ground() -> None:
    ground = round_ground(100.0, 100.0, flat_mm=0.2)
    assert ground.wafer.floor == ground.usable.floor == -round((100.0**2 - 0.2**2) ** 0.5 * 1e6)
    assert round_ground(100.0, 99.5, notch_mm=0.3).usable.keep_outs == (KeepOut(0, -100_000_000, 0, 0, 600_000),)
    assert round_ground(100.0, 99.5, notch_mm=0.2).usable.is_round
