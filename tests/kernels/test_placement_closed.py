"""The closed formulas are what their sources print, total, and as far from exact counts as their descriptions say."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

from nodecalc_kernels.placement import closed as placement
from nodecalc_kernels.placement.exact import best
from nodecalc_kernels.registry import PLACEMENTS

Formula = Callable[[mpf, mpf, mpf, mpf], mpf]

CLOSED = [key for key, entry in PLACEMENTS.items() if not entry.exact]

# As printed, with nothing shared with the code under test: S the cell, a the mean pitch, d the diameter.
PRINTED: dict[str, Callable[[mpf, mpf, mpf], mpf]] = {
    "area": lambda cell, a, d: mp.pi * d**2 / (4 * cell),
    "hennessy-patterson": lambda cell, a, d: mp.pi * d**2 / (4 * cell) - mp.pi * d / mp.sqrt(2 * cell),
    "ferris-prabhu": lambda cell, a, d: mp.pi * d**2 / (4 * cell) * mp.exp(-2 * a / d),
    "flynn": lambda cell, a, d: mp.pi / (4 * cell) * (d - a) ** 2,
    "de-vries-linear": lambda cell, a, d: mp.pi * d**2 / (4 * cell) - mpf("0.58") * mp.pi * d / a,
    "de-vries-exp": lambda cell, a, d: mp.pi * d**2 / (4 * cell) * mp.exp(-mpf("2.32") * a / d),
    "de-vries-square": lambda cell, a, d: mp.pi * d**2 / (4 * cell) * (1 - mpf("1.16") * a / d) ** 2,
}


def test_every_closed_formula_has_a_printed_form() -> None:
    assert set(CLOSED) == set(PRINTED)
    assert set(PLACEMENTS) == {*PRINTED, "best", "center-die", "center-corner", "free-rows"}


@pytest.mark.parametrize("key", CLOSED)
@given(w=st.floats(0.05, 40.0), h=st.floats(0.05, 40.0), s=st.floats(0.0, 0.5), d=st.floats(90.0, 450.0))
def test_a_closed_formula_is_its_printed_form(key: str, w: float, h: float, s: float, d: float) -> None:
    with mp.workdps(40):
        px, py = mpf(w) + mpf(s), mpf(h) + mpf(s)
        printed = PRINTED[key](px * py, (px + py) / 2, mpf(d))
        area = PRINTED["area"](px * py, (px + py) / 2, mpf(d))
        found = PLACEMENTS[key].function(w, h, s, d)
        # Where two terms nearly cancel, a rounding of the larger is what may remain.
        assert abs(found - max(printed, mpf(0))) <= 8 * 2.0**-52 * area


@pytest.mark.parametrize("key", CLOSED)
def test_a_closed_formula_does_not_know_width_from_height(key: str) -> None:
    count = PLACEMENTS[key].function
    assert count(7.0, 13.0, 0.1, 294.0) == pytest.approx(count(13.0, 7.0, 0.1, 294.0), rel=1e-15)


@pytest.mark.parametrize("key", CLOSED)
def test_no_dies_where_the_die_does_not_fit_as_the_exact_rule_has_it(key: str) -> None:
    count = PLACEMENTS[key].function
    for w, h, d in [(180.0, 240.000001, 300.0), (300.1, 1.0, 300.0), (1e300, 1.0, 300.0), (1.0, 1.0, 1e-300)]:
        assert count(w, h, 0.0, d) == 0.0
        assert best(w, h, 0.0, d) == 0.0
    assert PLACEMENTS["area"].function(180.0, 240.0, 0.0, 300.0) > 1.0
    assert best(180.0, 240.0, 0.0, 300.0) == 1.0


@pytest.mark.parametrize("key", PLACEMENTS)
def test_no_dies_are_never_fewer_than_none(key: str) -> None:
    rng = random.Random(11)
    for _ in range(100):
        d = rng.uniform(10.0, 450.0)
        w, h, s = rng.uniform(0.2, 1.0) * d, rng.uniform(0.2, 1.0) * d, rng.choice([0.0, 0.1, 2.0 * d, 1999.0])
        assert 0.0 <= PLACEMENTS[key].function(w, h, s, d) < 100.0
        # The squared edge terms of two formulas would grow again beyond their zero.
        if s > d:
            assert PLACEMENTS[key].function(w, h, s, d) <= 1.0


@pytest.mark.parametrize("key", CLOSED)
@pytest.mark.parametrize("where", [0, 1, 2, 3])
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, -1.0, -5e-324])
def test_nonsense_gives_nan(key: str, where: int, bad: float) -> None:
    sizes = [10.0, 10.0, 0.1, 294.0]
    sizes[where] = bad
    assert math.isnan(PLACEMENTS[key].function(*sizes))


@pytest.mark.parametrize("key", CLOSED)
@given(st.tuples(*[st.floats(allow_nan=True, allow_infinity=True)] * 4))
def test_a_closed_formula_never_raises(key: str, sizes: tuple[float, float, float, float]) -> None:
    assert isinstance(PLACEMENTS[key].function(*sizes), float)


def test_formulas_are_as_far_from_exact_counts_as_their_descriptions_say() -> None:
    """300 mm wafers, 0.1 mm streets, 3 mm edge, aspect ratio 0.5..2; mean deviation from `best` in per cent."""
    rng = random.Random(12)
    bands: dict[str, tuple[float, float]] = {
        "about 50": (40.0, 60.0),
        "below 100": (1.0, 100.0),
        "100 to 400": (100.0, 400.0),
        "above 400": (400.0, 800.0),
        "all": (1.0, 800.0),
    }
    mean: dict[tuple[str, str], float] = {}
    for band, (low, high) in bands.items():
        off: dict[str, list[float]] = {key: [] for key in CLOSED}
        for _ in range(150):
            area = math.exp(rng.uniform(math.log(low), math.log(high)))
            w = math.sqrt(area * math.exp(rng.uniform(-0.7, 0.7)))
            sizes = (w, area / w, 0.1, 294.0)
            exact = best(*sizes)
            for key in CLOSED:
                off[key].append(100.0 * (PLACEMENTS[key].function(*sizes) / exact - 1.0))
        for key, deviations in off.items():
            mean[key, band] = sum(deviations) / len(deviations)

    assert mean["hennessy-patterson", "about 50"] == pytest.approx(-1.5, abs=0.5)
    assert mean["hennessy-patterson", "above 400"] == pytest.approx(-8.0, abs=1.0)
    assert mean["hennessy-patterson", "all"] == pytest.approx(-2.5, abs=1.0)
    assert mean["area", "above 400"] == pytest.approx(20.0, abs=2.0)
    assert 0.8 < mean["ferris-prabhu", "100 to 400"] < mean["ferris-prabhu", "above 400"] < 2.2
    assert mean["flynn", "above 400"] == pytest.approx(1.0, abs=0.5)
    assert mean["de-vries-linear", "below 100"] == pytest.approx(0.0, abs=0.3)
    assert mean["de-vries-linear", "above 400"] == pytest.approx(-2.3, abs=0.7)
    assert mean["de-vries-exp", "above 400"] == pytest.approx(-1.0, abs=0.5)
    assert mean["de-vries-square", "above 400"] == pytest.approx(-2.0, abs=0.5)
    nearest = min(CLOSED, key=lambda key: abs(mean[key, "all"]))
    assert nearest == "de-vries-exp"


def test_the_package_gives_out_what_placement_names() -> None:
    for name in placement.__all__:
        assert callable(getattr(placement, name))
