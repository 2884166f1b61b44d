"""Both sides of every limit of a formula: on the allowed side a number, beyond it none, and never the wrong one."""

from __future__ import annotations

import math
from itertools import product
from math import inf, isnan, nan, nextafter

import pytest

from nodecalc_kernels.cost.density import chip_density, logic_density, sram_density
from nodecalc_kernels.cost.die import die_area_for, peak_transistors, price_on_diameter, scaled
from nodecalc_kernels.defects.faults import faults_margin
from nodecalc_kernels.numbers.vecmath import SMALLEST_DIVISOR, log1p_quotient_parts
from nodecalc_kernels.placement.circle import die_fits, is_die, is_wafer
from nodecalc_kernels.placement.exact import dies_at_offset
from nodecalc_kernels.wafer.patterning import cost_of_some, price_from_cost_usd, scheme_cost_usd
from nodecalc_kernels.wafer.price import implied_fab_factor, implied_margin, vintage_factor

JUST_ONE = nextafter(1.0, 0.0)
LEAST = 5e-324


@pytest.mark.parametrize("place", range(3))
def test_a_price_is_made_of_factors_from_nothing_up(place: int) -> None:
    given = [5000.0, 0.9, 1.5]
    given[place] = 0.0
    assert price_from_cost_usd(*given, 0.5) == 0.0
    given[place] = -LEAST
    assert isnan(price_from_cost_usd(*given, 0.5))
    given[place] = nan
    assert isnan(price_from_cost_usd(*given, 0.5))


def test_a_margin_is_below_all_of_the_price() -> None:
    assert price_from_cost_usd(1.0, 1.0, 1.0, JUST_ONE) == 2.0**53
    assert isnan(price_from_cost_usd(1.0, 1.0, 1.0, 1.0))
    assert isnan(price_from_cost_usd(1.0, 1.0, 1.0, 1.5))
    assert price_from_cost_usd(6000.0, 0.5, 2.0, -1.0) == 3000.0


def test_what_a_price_leaves_unexplained_needs_something_to_explain() -> None:
    assert implied_fab_factor(9000.0, 3000.0, 1.5, 0.5) == 1.0
    for place in range(3):
        given = [9000.0, 3000.0, 1.5]
        given[place] = 0.0
        assert isnan(implied_fab_factor(*given, 0.5))
    assert isnan(implied_fab_factor(9000.0, 3000.0, 1.5, 1.0))
    assert implied_fab_factor(9000.0, 3000.0, 1.5, JUST_ONE) > 0.0
    assert implied_margin(8000.0, 3000.0, 2.0) == 0.25
    assert implied_margin(8000.0, 0.0, 2.0) == implied_margin(8000.0, 3000.0, 0.0) == 1.0
    assert isnan(implied_margin(0.0, 3000.0, 2.0))
    assert isnan(implied_margin(8000.0, -LEAST, 2.0))
    assert isnan(implied_margin(8000.0, 3000.0, -LEAST))


def test_a_fab_ages_from_its_first_day() -> None:
    assert vintage_factor(0.0, 1.0) == 1.2645
    assert vintage_factor(1.0, 1.0) == pytest.approx(1.2645 * 0.7471, rel=1e-15)
    assert vintage_factor(5.0, 0.0) == 1.0
    for age, share in ((-LEAST, 0.5), (1.0, -LEAST), (1.0, nextafter(1.0, 2.0)), (nan, 0.5)):
        assert isnan(vintage_factor(age, share))


def test_the_yardstick_wants_a_cell_with_width_and_height() -> None:
    cell = (51.0, 210.0, 3.0, 19.0)
    exact = 1e6 * (0.6 * 4 / 3 + 0.4 * 32 / 19) / (51 * 210)
    assert logic_density(*cell) == pytest.approx(exact, rel=1e-15)
    for place in range(4):
        for wrong in (0.0, -1.0, nan):
            given = list(cell)
            given[place] = wrong
            assert isnan(logic_density(*given)), (place, wrong)
    # Widths below one pitch count: a limit of 1 would be a slip.
    assert logic_density(51.0, 210.0, 0.5, 0.5) == pytest.approx(1e6 * (0.6 * 8 + 0.4 * 64) / (51 * 210), rel=1e-15)
    assert isnan(logic_density(1e-200, 1e-200, 3.0, 19.0))  # an area below the smallest float


def test_a_macro_and_a_chip_of_parts() -> None:
    assert sram_density(0.03, 1.0) == pytest.approx(200.0, rel=1e-15)
    for cell, share in ((0.0, 0.7), (0.02, 0.0), (0.02, nextafter(1.0, 2.0)), (-1.0, 0.7)):
        assert isnan(sram_density(cell, share))
    assert chip_density(0.5, 100.0, 0.25, 200.0, 0.25, 50.0) == pytest.approx(1 / (0.005 + 0.00125 + 0.005), rel=1e-15)
    assert chip_density(1.0, 100.0, 0.0, nan, 0.0, 0.0) == 100.0  # a share of 0 leaves its density unused
    assert isnan(chip_density(0.5, 100.0, 0.5, 0.0, 0.0, 1.0))
    assert chip_density(0.5, 0.5, 0.25, 0.5, 0.25, 0.5) == 0.5  # sparser than one MTr/mm2
    for place in range(3):
        shares, densities = [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]
        shares[place], densities[place] = 1.0, 0.25
        given = [value for pair in zip(shares, densities, strict=True) for value in pair]
        assert chip_density(*given) == 0.25
        given[2 * place] = -1.0
        given[(2 * place + 2) % 6] = 2.0
        assert isnan(chip_density(*given))
    assert isnan(chip_density(0.5, 100.0, 0.4, 200.0, 0.0, 1.0))


def test_a_price_follows_the_area_of_its_wafer() -> None:
    assert price_on_diameter(9000.0, 300.0, 200.0) == pytest.approx(4000.0, rel=1e-15)
    assert price_on_diameter(9000.0, 300.0, 300.0) == 9000.0
    assert price_on_diameter(0.0, 300.0, 200.0) == 0.0
    for wrong in ((-LEAST, 300.0, 200.0), (9000.0, 0.0, 200.0), (9000.0, 300.0, 0.0)):
        assert isnan(price_on_diameter(*wrong))


def test_a_cost_is_scaled_by_a_factor() -> None:
    assert scaled(12.5, 0.8) == 10.0
    assert scaled(12.5, 1.0) == 12.5
    assert scaled(0.0, 3.0) == 0.0
    assert scaled(inf, 0.5) == inf
    assert isnan(scaled(nan, 1.0))


def test_transistors_and_the_area_that_holds_them() -> None:
    assert peak_transistors(100.0, 50.0) == 5e9
    assert peak_transistors(0.0, 50.0) == peak_transistors(100.0, 0.0) == 0.0
    assert isnan(peak_transistors(-LEAST, 50.0))
    assert isnan(peak_transistors(100.0, -LEAST))
    assert die_area_for(5e9, 100.0, 1.0) == 50.0
    assert die_area_for(5e9, 100.0, 0.5) == 100.0
    assert die_area_for(0.0, 100.0, 0.5) == 0.0
    for wrong in ((-1.0, 100.0, 0.5), (5e9, 0.0, 0.5), (5e9, 100.0, 0.0), (5e9, 100.0, nextafter(1.0, 2.0))):
        assert isnan(die_area_for(*wrong))


def test_some_of_what_costs_nothing_and_none_of_what_costs_without_end() -> None:
    assert cost_of_some(0.0, inf) == 0.0
    assert cost_of_some(3.0, 0.0) == 0.0
    assert cost_of_some(0.5, 4.0) == 2.0
    assert isnan(cost_of_some(-LEAST, 4.0))
    assert isnan(cost_of_some(1.0, -LEAST))
    assert scheme_cost_usd(2.0, 3.0, 1.0, 10.0, 20.0, 5.0) == 2 * 10 + 3 * 5 + (20 + 5)
    assert scheme_cost_usd(2.0, 0.0, 0.0, 10.0, inf, 5.0) == 20.0


@pytest.mark.parametrize(
    ("x", "a", "want"),
    [
        (inf, 1.0, inf),
        (-1.0, 1.0, -inf),
        (nextafter(-1.0, -2.0), 1.0, nan),
        (1.0, inf, nan),
        (1.0, nan, nan),
        (nan, 1.0, nan),
        (inf, inf, nan),
        (1.0, nextafter(SMALLEST_DIVISOR, 0.0), nan),
        (-inf, 1.0, nan),
        (-SMALLEST_DIVISOR, SMALLEST_DIVISOR, -inf),
    ],
)
def test_the_logarithm_of_a_quotient_at_its_guards(x: float, a: float, want: float) -> None:
    high, low = log1p_quotient_parts(x, a)
    assert (isnan(high) and isnan(want)) or high == want
    assert low == 0.0


def test_the_logarithm_of_a_quotient_just_inside_its_guards() -> None:
    high, low = log1p_quotient_parts(SMALLEST_DIVISOR, SMALLEST_DIVISOR)
    assert high + low == math.log(2.0)
    high, low = log1p_quotient_parts(nextafter(-1.0, 0.0), 1.0)
    assert high + low == pytest.approx(math.log(2.0**-53), rel=1e-15)


def test_a_die_is_a_nanometre_at_least_and_a_circle_two_metres_at_most() -> None:
    assert is_die(1e-6, 1e-6)
    assert is_die(1e300, 1e300)
    for side in (nextafter(1e-6, 0.0), 0.0, -1.0, inf, nan):
        assert not is_die(side, 1.0)
        assert not is_die(1.0, side)
    assert is_wafer(0.0, LEAST)
    assert is_wafer(2000.0, 2000.0)
    for scribe, diameter in (
        (-LEAST, 300.0),
        (nextafter(2000.0, inf), 300.0),
        (0.1, 0.0),
        (0.1, nextafter(2000.0, inf)),
    ):
        assert not is_wafer(scribe, diameter)


def test_a_product_that_vanishes_divides_nothing() -> None:
    assert isnan(die_area_for(1.0, 1e-300, 1e-300))
    assert die_area_for(1.0, 1e-6, 1.0) == pytest.approx(1.0, rel=1e-15)


def test_a_die_fits_by_its_diagonal_in_whole_nanometres() -> None:
    for w, h, fits in ((180.0, 240.0, True), (180.0, 240.000001, False), (299.0, 50.0, False), (300.0, 1e-6, False),
                       (1e-3, 299.9, True), (300.000001, 1e-6, False), (1e300, 1.0, False)):  # fmt: skip
        assert die_fits(w, h, 300.0) is die_fits(h, w, 300.0) is fits


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_offsets_reach_two_metres_either_way(sign: float) -> None:
    sides = (10.0, 8.0, 0.0, 100.0)
    assert dies_at_offset(*sides, sign * 2000.0, 0.0) == dies_at_offset(*sides, 0.0, sign * 2000.0)
    assert dies_at_offset(*sides, sign * 2000.0, 0.0) == dies_at_offset(*sides, 0.0, 0.0) > 0.0
    beyond = nextafter(sign * 2000.0, sign * inf)
    assert isnan(dies_at_offset(*sides, beyond, 0.0))
    assert isnan(dies_at_offset(*sides, 0.0, beyond))


def test_the_margin_of_faults_tells_inside_from_outside() -> None:
    for figures in product((-1.0, 0.0, 3.0, inf), (-0.1, 0.0, 0.5, 1.0, nextafter(1.0, 2.0), inf), (-1e-9, 0.0, 0.1)):
        assert (faults_margin(*figures) >= 0.0) == (min(figures) >= 0.0 and figures[1] <= 1.0), figures
