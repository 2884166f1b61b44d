"""Mixtures of two-piece laws: a worked example, exact quantiles, steps, gaps, and products."""

from math import exp, expm1, log, log1p, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodecalc_kernels.numbers.distributions import two_piece_cdf, two_piece_quantile
from nodecalc_kernels.numbers.joint import share_and_slope
from nodecalc_kernels.numbers.mixtures import Mixture, _root, product_quantiles
from nodecalc_kernels.numbers.tabled import Scaled

EVIDENCE = [
    # trust x 0.5^(age / 2): disclosed of 6 years ago, reported of 2, estimated of 1
    (4 * 0.5**3, 0.10 / 1.10, 0.10, 0.10 * 1.10),
    (2 * 0.5**1, 0.15, 0.20, 0.30),
    (1 * 0.5**0.5, 0.40 / 1.55, 0.40, 0.40 * 1.55),
]
"""Three pieces of evidence of a defect density, per cm2."""

factors = st.one_of(st.just(1.0), st.floats(min_value=1.001, max_value=2.0))
pieces = st.lists(
    st.tuples(st.floats(0.01, 4.0), factors, st.floats(0.01, 10.0), factors).map(
        lambda p: (p[0], p[2] / p[1], p[2], p[2] * p[3])
    ),
    min_size=1,
    max_size=20,
)
shares = st.floats(min_value=0.0, max_value=1.0)


def plain_cdf(given_pieces, x):
    total = sum(piece[0] for piece in given_pieces)
    return sum(w * two_piece_cdf(x, low, value, high, log=True) for w, low, value, high in given_pieces) / total


def test_the_worked_example():
    mixture = Mixture(EVIDENCE)
    total = sum(piece[0] for piece in EVIDENCE)
    assert [round(piece[0] / total, 4) for piece in EVIDENCE] == [0.2265, 0.4531, 0.3204]
    assert [round(mixture.quantile(u), 6) for u in (0.1, 0.5, 0.9)] == [0.099426, 0.209084, 0.438541]
    assert mixture.median == mixture.quantile(0.5)


@given(pieces, st.floats(0.001, 30.0))
def test_the_distribution_function_is_the_weighted_sum(given_pieces, x):
    assert Mixture(given_pieces).cdf(x) == pytest.approx(plain_cdf(given_pieces, x), abs=1e-12)


@given(pieces, shares)
def test_a_quantile_is_where_the_distribution_function_passes_its_share(given_pieces, u):
    mixture = Mixture(given_pieces)
    x = mixture.quantile(u)
    assert mixture.low <= x <= mixture.high
    assert plain_cdf(given_pieces, x * (1.0 - 1e-9)) - 1e-12 <= u <= plain_cdf(given_pieces, x * (1.0 + 1e-9)) + 1e-12


@given(pieces, shares, shares)
def test_quantiles_rise_and_the_order_of_pieces_is_nothing(given_pieces, u, v):
    mixture = Mixture(given_pieces)
    u, v = sorted((u, v))
    assert mixture.quantile(u) <= mixture.quantile(v) * (1.0 + 1e-13)
    assert Mixture(given_pieces[::-1]).quantile(u) == pytest.approx(mixture.quantile(u), rel=1e-6)


@given(pieces, st.floats(0.1, 50.0))
def test_weights_are_shares_of_their_sum(given_pieces, factor):
    scaled = [(w * factor, *rest) for w, *rest in given_pieces]
    assert Mixture(scaled).cdf(1.0) == pytest.approx(Mixture(given_pieces).cdf(1.0), abs=1e-12)


@given(shares)
def test_one_piece_is_its_own_law(u):
    corners = (0.15, 0.2, 0.3)
    assert Mixture([(7.0, *corners)]).quantile(u) == pytest.approx(two_piece_quantile(u, *corners, log=True), rel=1e-7)
    assert Mixture([(7.0, *corners)]).median == 0.2


def test_an_exact_number_is_a_step():
    exact = Mixture([(2.0, 0.1, 0.1, 0.1)])
    assert [exact.quantile(u) for u in (0.0, 0.3, 0.5, 1.0)] == [0.1] * 4
    assert (exact.cdf(0.0999), exact.cdf(0.1)) == (0.0, 1.0)
    mixed = Mixture([(1.0, 0.05, 0.1, 0.2), (1.0, 0.1, 0.1, 0.1)])
    assert mixed.cdf(0.1) == pytest.approx(0.75)
    assert [mixed.quantile(u) for u in (0.26, 0.5, 0.74)] == [0.1] * 3
    assert mixed.quantile(0.24) < 0.1 < mixed.quantile(0.76)
    half = Mixture([(1.0, 0.1, 0.1, 0.2)])
    assert half.quantile(0.4) == 0.1 < half.quantile(0.6)


def test_a_median_in_a_gap_is_the_mean_of_its_ends():
    gap = Mixture([(1.0, 0.1, 0.12, 0.2), (1.0, 0.8, 0.9, 1.0)])
    assert gap.median == pytest.approx(sqrt(0.2 * 0.8))
    uneven = Mixture([(0.1, 0.1, 0.1, 0.1), (0.2, 0.2, 0.2, 0.2), (0.3, 0.8, 0.9, 1.0)])
    assert uneven.median == pytest.approx(sqrt(0.2 * 0.8))
    assert gap.quantile(0.49) < 0.2
    assert gap.quantile(0.51) > 0.8


def test_a_table_of_quantiles():
    mixture = Mixture(EVIDENCE)
    table = mixture.table()
    assert len(table) == 257
    assert (table[0], table[128], table[256]) == (0.10 / 1.10, mixture.median, 0.40 * 1.55)
    assert list(table) == sorted(table)
    assert mixture.table() is table
    assert len(mixture.table(5)) == 5


def test_pieces_of_no_weight_are_none_and_others_must_be_laws():
    assert Mixture([(0.0, 9.0, 9.0, 9.0), (1.0, 0.1, 0.2, 0.3)]).high == 0.3
    for bad in (
        [],
        [(0.0, 0.1, 0.2, 0.3)],
        [(-1.0, 0.1, 0.2, 0.3), (3.0, 0.1, 0.2, 0.3)],
        [(1.0, 0.3, 0.2, 0.4)],
        [(1.0, 0.0, 0.2, 0.4)],
        [(1.0, 0.1, float("nan"), 0.4)],
        [(float("inf"), 0.1, 0.2, 0.4)],
    ):
        with pytest.raises(ValueError, match="mixture"):
            Mixture(bad)


def cells(given_pieces, count):
    """The ln x in the middle of cells of equal mass."""
    mixture = Mixture(given_pieces)
    return np.log([mixture.quantile((i + 0.5) / count) for i in range(count)])


def share_below(first, second, z, count=20000):
    """The distribution function of a product at ln z: the second's at every cell of the first."""
    y = z - cells(first, count)
    total = sum(piece[0] for piece in second)
    found = np.zeros_like(y)
    for weight, *corners in second:
        low, value, high = np.log(corners)
        rising = 0.5 * ((y - low) / max(value - low, 1e-300)) ** 2
        falling = 1.0 - 0.5 * ((high - y) / max(high - value, 1e-300)) ** 2
        inner = np.where(y < value, rising, falling)
        found += weight / total * np.where(y < low, 0.0, np.where(y >= high, 1.0, inner))
    return found.mean()


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # squares of what is not chosen
@pytest.mark.parametrize("seed", range(6))
def test_quantiles_of_products_against_twenty_thousand_cells(seed):
    draw = np.random.default_rng(seed)

    def some(count):
        values = draw.uniform(0.1, 3.0, count)
        wide = 1.0 + 10.0 ** draw.uniform(-3.0, 0.0, (2, count))
        wide[:, draw.random(count) < 0.1] = 1.0
        columns = (draw.random(count), values / wide[0], values, values * wide[1])
        return list(zip(*(column.tolist() for column in columns), strict=True))

    first, second = some(int(draw.integers(1, 11))), some(int(draw.integers(1, 11)))
    asked = (0.01, 0.1, 0.5, 0.9, 0.99)
    found = product_quantiles(Mixture(first), Mixture(second), asked)
    for share, x in zip(asked, found, strict=True):
        under, over = (share_below(first, second, log(x) + d) for d in (-1e-6, 1e-6))
        assert under - 5e-5 <= share <= over + 5e-5


def test_a_product_with_an_exact_number_is_a_scale():
    mixture = Mixture(EVIDENCE)
    exact = Mixture([(1.0, 2.5, 2.5, 2.5)])
    asked = (0.05, 0.3, 0.5, 0.95)
    expected = [2.5 * mixture.quantile(u) for u in asked]
    assert product_quantiles(exact, mixture, asked) == pytest.approx(expected, rel=1e-6)
    assert product_quantiles(mixture, exact, asked) == pytest.approx(expected, rel=1e-3)
    assert product_quantiles(exact, exact, (0.0, 0.5, 1.0)) == pytest.approx([6.25] * 3)


@given(pieces, pieces, shares)
def test_a_product_lies_inside_and_either_factor_may_be_the_first(one, other, u):
    first, second = Mixture(one), Mixture(other)
    (x,) = product_quantiles(first, second, (u,))
    assert first.low * second.low * (1 - 1e-9) <= x <= first.high * second.high * (1 + 1e-9)
    (y,) = product_quantiles(second, first, (u,))
    low, high = product_quantiles(second, first, (max(0.0, u - 1e-6), min(1.0, u + 1e-6)))
    assert low * exp(-2e-4) <= x <= high * exp(2e-4)
    assert low * exp(-2e-4) <= y <= high * exp(2e-4)


def test_a_product_ends_where_both_of_its_numbers_do():
    one, other = Mixture([(1.0, 2.0, 3.0, 4.0)]), Mixture(EVIDENCE)
    ends = [2.0 * other.low, 4.0 * other.high]
    assert product_quantiles(one, other, (0.0, 1.0, -0.5, 1.5)) == ends + ends
    near = product_quantiles(one, other, (1e-9, 1.0 - 1e-9))
    assert ends[0] < near[0] < 1.05 * ends[0]
    assert 0.95 * ends[1] < near[1] < ends[1]


def test_gaps_are_the_shares_at_which_no_number_has_mass():
    gap = Mixture([(1.0, 0.1, 0.12, 0.2), (3.0, 0.8, 0.9, 1.0)])
    assert gap.gaps() == pytest.approx((0.25,), rel=1e-12)
    assert Mixture([(1.0, 0.1, 0.2, 0.3), (1.0, 0.15, 0.25, 0.4)]).gaps() == ()
    assert Mixture([(1.0, 0.1, 0.1, 0.1)]).gaps() == ()
    steps = Mixture([(0.1, 0.1, 0.1, 0.1), (0.2, 0.2, 0.2, 0.2), (0.7, 0.8, 0.9, 1.0)])
    assert steps.gaps() == pytest.approx((0.1, 0.3), rel=1e-12)


@pytest.mark.parametrize("count", range(1, 30))
def test_all_of_a_mixture_lies_at_or_below_its_highest_number(count):
    # Shares of 1/n that are added up one by one are not always 1.
    mixture = Mixture([(1.0, 0.5 / n, 1.0, 2.0) for n in range(1, count + 1)])
    assert mixture.cdf(mixture.high) == 1.0


@pytest.mark.parametrize("share", [1e-4, 0.02, 0.5, 0.98])
@pytest.mark.parametrize("steep", [1.0, 5.0, 20.0])
def test_a_share_of_a_bent_curve_is_found_in_few_steps(steep, share):
    def rising(x):
        asked.append(x)
        return expm1(steep * x) / expm1(steep)

    for way in (1.0, -1.0):  # bent up, and down
        asked = []
        ends = [(0.0, 0.0), (1.0, 1.0)]
        found = _root(lambda x: rising(x) if way > 0.0 else 1.0 - rising(1.0 - x), share, ends)  # noqa: B023
        want = log1p((share if way > 0.0 else 1.0 - share) * expm1(steep)) / steep
        assert found == pytest.approx(want if way > 0.0 else 1.0 - want, abs=1e-8)
        assert len(asked) < 40


@pytest.mark.parametrize("factor", [0.25, 1.0, 3.0])
def test_a_law_times_a_factor_has_the_same_shares_at_values_times_it(factor):
    law = Mixture(EVIDENCE)
    scaled = Scaled(law, factor)
    for x in (0.05, 0.1, 0.16, 0.2, 0.31, 0.5, 0.7):
        share, _ = share_and_slope(log(x * factor), [0.0], [1.0], scaled.pieces())
        assert share == pytest.approx(law.cdf(x), abs=1e-12)
        assert scaled.cdf(x * factor) == pytest.approx(law.cdf(x), abs=1e-12)


def test_parts_may_stand_in_any_order():
    law = Mixture(EVIDENCE).pieces()
    logs, weights = [-0.9, -0.2, 0.0, 0.4, 1.1], [0.1, 0.3, 0.25, 0.15, 0.2]
    for x in (0.1, 0.2, 0.5):
        rising = share_and_slope(log(x), logs, weights, law)
        assert share_and_slope(log(x), logs[::-1], weights[::-1], law) == pytest.approx(rising, rel=1e-14)
