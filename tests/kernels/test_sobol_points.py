"""Sobol points and draws in plain Python against scipy, and the compiled form of both against the plain one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.stats import qmc

from nodecalc_kernels.numbers import draws, sobol
from nodecalc_kernels.numbers.distributions import triangular_quantile, two_piece_quantile

COUNT = 1024
FORMS = {
    "two-piece, ln": draws.two_piece_form(0.1, 0.2, 0.5, True),
    "two-piece": draws.two_piece_form(0.1, 0.2, 0.5, False),
    "an exact side": draws.two_piece_form(0.2, 0.2, 0.5, True),
    "triangular": draws.triangular_form(1.0, 2.0, 4.0),
    "triangular to the right": draws.triangular_form(1.0, 4.0, 4.0),
    "uniform": draws.uniform_form(1.0, 2.0),
    "normal": draws.normal_form(3.0, 1.0),
    "normal, cut": draws.normal_form(3.0, 1.0, 0.2, 0.7),
    "lognormal": draws.lognormal_form(2.0, 0.3),
    "table": draws.tabled_form([1.0 + (i / 256) ** 2 for i in range(257)]),
}
ORACLES = {
    "two-piece, ln": lambda u: two_piece_quantile(u, 0.1, 0.2, 0.5, log=True),
    "two-piece": lambda u: two_piece_quantile(u, 0.1, 0.2, 0.5, log=False),
    "an exact side": lambda u: two_piece_quantile(u, 0.2, 0.2, 0.5, log=True),
    "triangular": lambda u: triangular_quantile(u, 1.0, 2.0, 4.0),
    "triangular to the right": lambda u: triangular_quantile(u, 1.0, 4.0, 4.0),
    "uniform": lambda u: 1.0 + u,
    "normal": stats.norm(3.0, 1.0).ppf,
    "normal, cut": lambda u: stats.norm(3.0, 1.0).ppf(0.2 + 0.5 * u),
    "lognormal": stats.lognorm(0.3, scale=2.0).ppf,
    "table": lambda u: np.exp(np.interp(256 * u, range(257), np.log([1 + (i / 256) ** 2 for i in range(257)]))),
}


def test_points_are_those_of_scipy():
    """scipy's own order is that of the Gray code of the number."""
    theirs = qmc.Sobol(sobol.DIMENSIONS, scramble=False, bits=30).random(COUNT)
    for dimension in range(sobol.DIMENSIONS):
        ours = [sobol.point(i ^ (i >> 1), dimension) * 2.0**-sobol.BITS for i in range(COUNT)]
        assert ours == theirs[:, dimension].tolist(), dimension


@given(st.integers(0, 255), st.integers(0, 12), st.integers(0, 2**20 - 1))
def test_a_run_of_points_is_one_number_exclusive_or_the_first_points(dimension, log_count, place):
    count = 1 << log_count
    first = place * count
    start = sobol.points(dimension, 0, count)
    base = sobol.point(first, dimension)
    assert sobol.points(dimension, first, count) == [base ^ each for each in start]
    assert sobol.point(first + count - 1, dimension) == base ^ start[-1]


def test_every_dimension_under_any_shift_has_one_point_in_each_equal_part():
    for dimension in (0, 1, 17, 255):
        mask = sobol.shift(7, 3, f"figure {dimension}")
        found = sorted(sobol.share(each ^ mask) for each in sobol.points(dimension, 0, COUNT))
        assert [int(u * COUNT) for u in found] == list(range(COUNT))


def test_shifts_hang_on_seed_turn_and_name():
    assert len({sobol.shift(seed, turn, name) for seed in (0, 1) for turn in (0, 1) for name in ("a", "b")}) == 8
    assert sobol.share(0) == 2.0**-53
    assert sobol.share(2**52 - 1) == 1.0 - 2.0**-53


@pytest.mark.parametrize("name", FORMS)
def test_draws_are_quantiles(name):
    shares = [2.0**-53, 1e-9, 0.01, 0.07, 0.25, 0.49999, 0.5, 0.50001, 0.75, 0.93, 0.999, 1.0 - 2.0**-53]
    expected = [float(ORACLES[name](u)) for u in shares]
    assert draws.drawn(FORMS[name], shares) == pytest.approx(expected, rel=1e-13, abs=1e-13)


def test_compiled_draws_are_the_plain_ones():
    from nodecalc_kernels.compiled.draws import BLOCK, Sampler

    forms, count = [*FORMS.values(), FORMS["table"]], 4 * BLOCK
    dimensions, cells = list(range(len(forms))), [0] * (len(forms) - 1) + [16]
    sampler = Sampler(forms, dimensions, cells, count)
    shifts = np.array([sobol.shift(0, 0, str(d)) for d in dimensions])
    out = np.empty((len(forms), sampler.size))
    for block in (0, 3):
        sampler.fill(block, shifts, out)
        for d, form in enumerate(forms):
            digits = sobol.points(d, block * sampler.size, sampler.size)
            shares = [sobol.share(each ^ int(shifts[d])) for each in digits]
            if cells[d]:
                shares = [(int(u * cells[d]) + 0.5) / cells[d] for u in shares]
            np.testing.assert_allclose(out[d], draws.drawn(form, shares), rtol=4e-14, atol=1e-15)
