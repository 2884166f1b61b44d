"""Radial yield: exact areas, integrals against mpmath, and where the dies stand."""

from itertools import pairwise
from math import hypot, nan, pi

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nodecalc as nc
from nodecalc_kernels.defects.radial import in_disc, over_area
from nodecalc_kernels.placement.positions import positions
from nodecalc_kernels.registry import PLACEMENTS

PLACES = st.floats(-1.2, 1.2)
SIDES = st.floats(0.01, 0.7)


@given(PLACES, PLACES, SIDES, SIDES, st.floats(0.05, 1.0))
def test_the_area_in_a_disc_is_that_of_thin_strips(x, y, w, h, r):
    def height(t):
        half = mpmath.sqrt(max(r * r - t * t, 0))
        return max(min(half, y + h) - max(-half, y), 0)

    cuts = {x, x + w, *(c for c in (-r, r) if x < c < x + w)}
    for edge in (y, y + h):
        if abs(edge) < r:
            turn = (r * r - edge * edge) ** 0.5
            cuts |= {c for c in (-turn, turn) if x < c < x + w}
    strips = mpmath.quad(height, sorted(cuts))
    assert in_disc((x, x + w), (y, y + h), r) == pytest.approx(float(strips), abs=1e-9)


def test_pieces_of_a_disc_add_up_to_it():
    cuts = [-1.0, -0.3, 0.0, 0.2, 1.0]
    parts = list(pairwise(cuts))
    assert sum(in_disc(x, y, 0.9) for x in parts for y in parts) == pytest.approx(0.81 * pi, rel=1e-14)


@pytest.mark.parametrize("p", [0.5, 1.0, 2.0, 3.7, 6.0])
@pytest.mark.parametrize(
    ("x", "y"), [((0.2, 0.5), (0.1, 0.3)), ((-0.1, 0.1), (-0.1, 0.1)), ((0.0003, 0.2), (-0.2, 0.1))]
)
def test_the_mean_of_a_power_is_its_integral(p, x, y):
    mpmath.mp.dps = 20
    xs, ys = ([x[0], 0, x[1]] if x[0] < 0 < x[1] else list(x)), ([y[0], 0, y[1]] if y[0] < 0 < y[1] else list(y))

    def line(u):
        return mpmath.quad(lambda v: (u * u + v * v) ** mpmath.mpf(p / 2), ys)

    want = 1 + 2 * mpmath.quad(line, xs) / ((x[1] - x[0]) * (y[1] - y[0]))
    assert over_area("power", (2.0, p), x, y) == pytest.approx(float(want), rel=1e-7 if p < 1 else 1e-9)


@pytest.mark.parametrize(("shape", "parameters"), [("step", (0.7, 3.0)), ("power", (2.0, 2.0)), ("power", (1.5, 3.7))])
@pytest.mark.parametrize(
    ("x", "y"), [((0.1, 0.6), (0.3, 0.5)), ((-0.1, 0.72), (-0.3, 0.05)), ((-0.05, 0.6), (0.2, 0.4))]
)
def test_the_mean_over_a_mirrored_die_is_the_same(shape, parameters, x, y):
    want = over_area(shape, parameters, x, y)
    ways = [(x, y), ((-x[1], -x[0]), y), (x, (-y[1], -y[0])), ((-x[1], -x[0]), (-y[1], -y[0]))]
    for one, other in ways:
        assert over_area(shape, parameters, one, other) == pytest.approx(want, rel=1e-12)
        assert over_area(shape, parameters, other, one) == pytest.approx(want, rel=1e-12)
    if shape == "step":  # by a fine grid of points
        xs, ys = (a + (b - a) * (np.arange(400) + 0.5) / 400 for a, b in (x, y))
        beyond = (xs[:, None] ** 2 + ys[None, :] ** 2 > 0.7**2).mean()
        assert want == pytest.approx(1.0 + 2.0 * beyond, abs=0.01)


@given(st.floats(3.0, 60.0), st.floats(3.0, 60.0), st.sampled_from([0.0, 0.1, 0.08]), st.sampled_from([200.0, 294.0]))
def test_as_many_dies_stand_on_the_wafer_as_are_counted_and_all_inside(w, h, s, d):
    for placement in (key for key, one in PLACEMENTS.items() if one.exact):
        found = positions(placement, w, h, s, d)
        assert len(found) == len(set(found)) == PLACEMENTS[placement].function(w, h, s, d)
        assert all(hypot(abs(x) + w / 2, abs(y) + h / 2) <= d / 2 + 2e-6 for x, y in found)


GIVEN = {"d0_per_cm2": 0.1, "shape": "step"}


def test_a_flat_density_is_the_plain_yield_and_the_meanings_of_d0_differ():
    plain = nc.estimate("10x12", d0=0.1, wafer_price=1e4, systematic_yield=0.9)
    flat = nc.radial_yield(10, 12, d0_per_cm2=0.1, systematic_yield=0.9)
    assert flat.good_dies == pytest.approx(plain.good_dies, rel=1e-14)
    assert flat.gross_dies == plain.gross_dies
    centre, disc, die = (
        nc.radial_yield(10, 12, **GIVEN, parameters=(0.8, 2), d0_is=d0_is)
        for d0_is in ("centre", "disc-mean", "die-mean")
    )
    assert centre.good_dies < centre.flat_good_dies < die.good_dies < disc.good_dies


def test_a_step_at_the_edge_that_no_centre_sees_costs_dies_by_area():
    by_centre = nc.radial_yield(21.32, 31.22, **GIVEN, parameters=(0.9, 4), sampling="centre", placement="center-die")
    by_area = nc.radial_yield(21.32, 31.22, **GIVEN, parameters=(0.9, 4), placement="center-die")
    assert by_centre.good_dies == by_centre.flat_good_dies
    assert by_area.good_dies < 0.95 * by_centre.good_dies


@pytest.mark.parametrize(
    "wrong",
    [
        {"shape": "cone"},
        {"parameters": (0.8,)},
        {"parameters": (1.2, 2)},
        {"parameters": "ab"},
        {"shape": "power", "parameters": (1, 0)},
        {"parameters": (0.8, 2), "d0_is": "edge"},
        {"parameters": (0.8, 2), "sampling": "corner"},
        {"parameters": (0.8, 2), "placement": "flynn"},
        {"parameters": (0.8, 2), "alpha": 2},
        {"parameters": (0.8, 2), "edge_exclusion_mm": 50, "wafer_diameter_mm": 100},
    ],
)
def test_what_means_nothing_is_one_line(wrong):
    with pytest.raises(nc.NodecalcError) as caught:
        nc.radial_yield(10, 10, **GIVEN | wrong)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("shape", "parameters", "d0_is"),
    [
        ("step", (0, 0), "disc-mean"),
        ("step", (0, 0), "die-mean"),
        ("power", (1e308, 1), "disc-mean"),
        ("power", (nan, 1), "centre"),
    ],
)
def test_a_mean_that_no_number_tells_is_an_error(shape, parameters, d0_is):
    with pytest.raises(nc.NodecalcError, match=r"give other parameters|allowed: 0 to 1e.06"):
        nc.radial_yield(10, 10, d0_per_cm2=0.1, shape=shape, parameters=parameters, d0_is=d0_is)
