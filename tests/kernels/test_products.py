"""Results that are products of others, multiplied out for loops: what the stages give, at every point and edge."""

from __future__ import annotations

from itertools import combinations
from math import inf, isnan, nan
from random import Random

import numba
import numpy as np
import pytest
from mpmath import mp, mpf

from nodecalc_kernels import stages
from nodecalc_kernels.compiled import run_points
from nodecalc_kernels.compiled.math import JIT_OPTIONS
from nodecalc_kernels.compiled.operands import BLOCK
from nodecalc_kernels.graphs import die_graph
from nodecalc_kernels.numbers.quotients import grown, grown_bits
from nodecalc_kernels.numbers.vecmath import GROWTH_UNIT, binary_growth, growth
from nodecalc_kernels.products import multiplied_out

SHARES = dict.fromkeys(("aspect_ratio", "critical_area_fraction", "systematic_yield", "line_yield"), 1.0)
USUAL = {
    "die_area_mm2": 150.0,
    "d0_per_cm2": 0.2,
    "alpha": 2.5,
    "critical_layers": 9.0,
    "wafer_price_usd": 9000.0,
    "scribe_mm": 0.1,
    "edge_exclusion_mm": 3.0,
    "wafer_diameter_mm": 300.0,
    "line_yield": 0.97,
    "systematic_yield": 0.95,
}
ALL = {**SHARES, **USUAL}
COST, GOOD = "good_die_cost_usd", "good_dies"
EDGES = {
    "die_area_mm2": (0.0, 1e-13, 1e-11, 43217.9, 43218.1, 1e300, inf, -1.0, nan),
    "d0_per_cm2": (0.0, 1e-300, 1e4, 1e300, inf, -0.1, nan),
    "alpha": (2.0**-900, 1e-300, 1e15, 1e308, inf, 0.0, -1.0, nan),
    "wafer_price_usd": (0.0, 1e-300, inf, -1.0, nan),
    "scribe_mm": (0.0, 2000.0, 2001.0, -0.1, nan),
    "edge_exclusion_mm": (0.0, 150.0, 151.0, -1.0, nan),
    "line_yield": (1e-280, 1.0, 0.0, 1.5, -0.1, nan),
    "systematic_yield": (0.0, 1.0, 1.5, -0.1, nan),
}


def keys_of(graph, outputs, given) -> set[str]:
    return {key for step in multiplied_out(graph, outputs, given) for key in step.outputs}


def test_what_nobody_asks_for_is_spared() -> None:
    graph = die_graph("negative-binomial", "de-vries-exp", size="area")
    between = {"gross_dies", "random_yield", "die_yield", "good_dies"}
    assert between.isdisjoint(keys_of(graph, (COST,), USUAL))
    assert between.isdisjoint(keys_of(graph, ("usd_per_billion_transistors",), {*USUAL, "logic_density_mtr_per_mm2"}))
    # A yield that is wanted is worked out, and taken.
    assert keys_of(graph, (COST, "die_yield"), USUAL) & between == {"random_yield", "die_yield"}
    # Counted dies are taken as they are given.
    counted = keys_of(die_graph("poisson", "best"), (COST,), {"gross_dies", *USUAL, "die_width_mm", "die_height_mm"})
    assert "gross_dies" not in counted


def test_alone_a_product_stays_a_stage() -> None:
    graph = die_graph("negative-binomial", "de-vries-exp", size="area")
    for output in ("die_yield", "gross_dies", "mean_faults"):
        assert multiplied_out(graph, (output,), USUAL) == stages.behind(graph, (output,), USUAL)
    graph = die_graph("murphy", "flynn", size="area")
    assert multiplied_out(graph, (COST,), USUAL) == stages.behind(graph, (COST,), USUAL)


def columns_of(points: list[dict[str, float]]) -> dict[str, np.ndarray]:
    return {key: np.array([point[key] for point in points]) for key in points[0]}


@pytest.mark.parametrize(
    ("model", "placement", "outputs"),
    [
        ("negative-binomial", "de-vries-exp", (COST,)),
        ("negative-binomial", "de-vries-exp", (GOOD,)),
        ("murphy", "ferris-prabhu", ("die_cost_usd", COST)),
    ],
)
def test_a_quotient_is_what_the_stages_give(model: str, placement: str, outputs: tuple[str, ...]) -> None:
    graph = die_graph(model, placement, size="area and aspect")
    random = np.random.default_rng(7)
    points = [{key: value * random.uniform(0.3, 1.0) for key, value in ALL.items()} for _ in range(2 * BLOCK + 5)]
    found = run_points(graph, columns_of(points), outputs)
    for i in range(0, len(points), 7):
        want = stages.run(graph, points[i])
        for key in outputs:
            assert found[key][i] == pytest.approx(want[key], rel=1e-13), (key, i)


def test_a_quotient_has_the_domain_of_its_stages() -> None:
    """Two inputs at a time on their edges."""
    graph = die_graph("negative-binomial", "de-vries-exp", size="area and aspect")
    points = [{**ALL, key: value} for key, values in EDGES.items() for value in values]
    points += [{**ALL, one: a, two: b} for one, two in combinations(EDGES, 2) for a in EDGES[one] for b in EDGES[two]]
    found = {key: run_points(graph, columns_of(points), (key,))[key].tolist() for key in (COST, GOOD)}
    for i, point in enumerate(points):
        want = stages.run(graph, point)
        for key, values in found.items():
            same = values[i] == want[key] or (isnan(values[i]) and isnan(want[key]))
            assert same or values[i] == pytest.approx(want[key], rel=1e-12, abs=1e-300), point


@numba.njit(**JIT_OPTIONS)
def growths_of(x: np.ndarray, low: np.ndarray, out: np.ndarray) -> None:
    for i in range(x.size):
        out[0, i] = growth(x[i])
        out[1, i] = binary_growth(x[i], low[i])


def test_what_decays_are_divided_by_grows_as_far_as_they_fall() -> None:
    source = Random("growth")
    x = [source.uniform(0.0, 745.9) for _ in range(400)] + [source.uniform(0.0, 3.0) for _ in range(400)]
    x += [0.0, 745.13]
    low = [source.uniform(-0.2, 0.2) * each for each in x]
    out = np.empty((2, len(x)))
    growths_of(np.array(x), np.array(low), out)
    with mp.workdps(50):
        for i, (high, rest) in enumerate(zip(x, low, strict=True)):
            natural, binary = mp.exp(mpf(high)) * GROWTH_UNIT, mpf(2) ** (mpf(high) + mpf(rest)) * GROWTH_UNIT
            for got, want in ((out[0, i], natural), (growth(high), natural), (out[1, i], binary)):
                assert abs(mpf(float(got)) / want - 1) <= 4 * mpf(2) ** -53, high
            assert abs(mpf(binary_growth(high, rest)) / binary - 1) <= 4 * mpf(2) ** -53, high
    growths_of(np.array([nan, nan]), np.array([0.0, nan]), out)
    assert np.isnan(out[:, :2]).all()
    assert isnan(growth(nan))
    assert isnan(binary_growth(nan, 0.0))


def test_a_cost_is_good_to_some_units_in_the_last_place() -> None:
    """Of N and of Y a few each, as before, although neither is there any more."""
    graph = die_graph("negative-binomial", "de-vries-exp", size="area and aspect")
    source = Random(3)
    one = dict.fromkeys(SHARES, 1.0)
    points = [
        ALL
        | one
        | {
            "die_area_mm2": source.uniform(0.5, 800.0),
            "d0_per_cm2": 10.0 ** source.uniform(-3.0, 1.5),
            "alpha": 10.0 ** source.uniform(-0.5, 6.0),
        }
        for _ in range(600)
    ]
    found = run_points(graph, columns_of(points), (COST,))[COST].tolist()
    with mp.workdps(40):
        for cost, point in zip(found, points, strict=True):
            area, d0, alpha = (mpf(point[key]) for key in ("die_area_mm2", "d0_per_cm2", "alpha"))
            pitch, diameter = mp.sqrt(area) + mpf(point["scribe_mm"]), mpf(294.0)
            exponent = alpha * mp.log1p(area / 100 * d0 / alpha)
            dies = mp.pi * diameter**2 / (4 * pitch**2) * mp.exp(-mpf(2.32) * pitch / diameter)
            want = point["wafer_price_usd"] / dies * mp.exp(exponent)
            assert abs(mpf(cost) / want - 1) <= (6 + 1.5 * exponent) * mpf(2) ** -52


@pytest.mark.parametrize("over", [3.0, 0.1, 1e-300, 1e280])
def test_a_quotient_that_nothing_grows_is_the_plain_one_to_the_last_bit(over):
    for under in (1.0, 7.0, 0.3, 1e-5):
        assert grown_bits(over, under, 0.0, 0.0, 0.0) == grown(over, under, 0.0, 0.0) == over / under


def test_a_quotient_is_infinite_from_where_its_decay_is_none():
    # 2^-1075 rounds to 0; 2^-1074 is the smallest double.
    assert grown_bits(1e-300, 1.0, 1075.0, 0.0, 0.0) == grown_bits(1e-300, 1.0, 1080.0, 0.5, 0.0) == inf
    assert grown_bits(2.0**-1000, 1.0, 1074.0, 0.0, 0.0) == 2.0**74
