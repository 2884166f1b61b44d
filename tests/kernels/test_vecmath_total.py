"""The elementary functions: total in Python, SIMD when compiled, right in both, and the fits as good as they say."""

from __future__ import annotations

import math
import random
from fractions import Fraction

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

import nodecalc_kernels.compiled  # noqa: F401 - registers the compiled forms where the distribution is not installed
from nodecalc_kernels.compiled import math as compiled_math
from nodecalc_kernels.compiled import powers
from nodecalc_kernels.compiled.math import JIT_OPTIONS
from nodecalc_kernels.numbers import vecmath
from nodecalc_kernels.numbers.vecmath import (
    EXP_OVERFLOW,
    LARGEST_S,
    LOG_SERIES,
    NEGLIGIBLE,
    SMALLEST_DIVISOR,
    binary_decay,
    clustered_parts,
    clustered_power,
    decay,
    expm1,
    falling_parts,
    falling_power,
    fma,
    least,
    log,
    log1p,
    log1p_quotient_parts,
    log_parts,
    scaled_log1p,
    sqrt,
    sum_parts,
)

SPECIAL = (0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan, 5e-324, -5e-324, 2.2e-308, 1.797e308, -1.797e308)
NOT_NEGATIVE = (0.0, 5e-324, 1e-310, 2.2e-308, 1e-17, 0.3, 1.0, 700.0, 744.4, 745.2, 746.0, 1e9, 1.797e308, math.inf)
PAYLOADS = np.array([0x7FF00000000007A2, 0x7FF8000000000001, -1, 0x7FF0000000000001, -(1 << 51)], np.int64)
"""Bit patterns of nan, R's missing value and ones of either sign and of all kinds of low bits among them."""

EXACT = {"expm1": mp.expm1, "log": mp.log, "log1p": mp.log1p, "sqrt": mp.sqrt}
COMPILED_ULP = 1.25


@numba.njit(**JIT_OPTIONS)
def all_of(x: np.ndarray, out: np.ndarray) -> None:
    for i in range(x.size):
        out[0, i] = expm1(x[i])
        out[1, i] = log(x[i])
        out[2, i] = log1p(x[i])
        out[3, i] = sqrt(x[i])


@numba.njit(**JIT_OPTIONS)
def parts_of(x: np.ndarray, a: np.ndarray, out: np.ndarray) -> None:
    for i in range(x.size):
        out[0, i], out[1, i] = log_parts(x[i])
        out[2, i], out[3, i] = log1p_quotient_parts(x[i], a[i])


@numba.njit(**JIT_OPTIONS)
def decays_of(x: np.ndarray, out: np.ndarray) -> None:
    for i in range(x.size):
        out[i] = decay(x[i])


@numba.njit(**JIT_OPTIONS)
def scaled_of(x: np.ndarray, a: np.ndarray, out: np.ndarray) -> None:
    for i in range(x.size):
        out[i] = scaled_log1p(x[i], a[i], a[i], x[i])


@numba.njit(**JIT_OPTIONS)
def least_and_sum_of(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> None:
    for i in range(a.size):
        out[0, i] = least(a[i], b[i])
        out[1, i], out[2, i], out[3, i] = sum_parts(a[i], b[i])


@numba.njit(**JIT_OPTIONS)
def powers_of(x: np.ndarray, a: np.ndarray, out: np.ndarray) -> None:
    for i in range(x.size):
        out[0, i], out[1, i] = clustered_parts(x[i], a[i])
        out[2, i], out[3, i] = falling_parts(x[i], a[i])
        out[4, i] = clustered_power(x[i], a[i])
        out[5, i] = binary_decay(out[0, i], out[1, i])
        out[6, i] = falling_power(x[i], a[i])
        out[7, i] = binary_decay(out[2, i], out[3, i])


def compiled_powers(x: np.ndarray, a: np.ndarray) -> np.ndarray:
    out = np.empty((8, x.size))
    powers_of(x, a, out)
    return out


def compiled_decays(points: np.ndarray) -> np.ndarray:
    out = np.empty(points.size)
    decays_of(points, out)
    return out


def compiled_scaled(x: np.ndarray, a: np.ndarray) -> np.ndarray:
    out = np.empty(x.size)
    scaled_of(x, a, out)
    return out


def compiled_values(points: list[float]) -> np.ndarray:
    out = np.empty((4, len(points)))
    all_of(np.array(points), out)
    return out


def test_what_math_raises_for_has_a_value_here() -> None:
    assert decay(-1000.0) == expm1(1000.0) == math.inf
    assert decay(1000.0) == 0.0
    assert expm1(-1000.0) == -1.0
    assert log(0.0) == log1p(-1.0) == -math.inf
    assert decay(-vecmath.EXP_OVERFLOW) < math.inf
    for outside in (
        log(-1.0),
        log1p(-2.0),
        sqrt(-1.0),
        log(math.nan),
        decay(math.nan),
        expm1(math.nan),
        sqrt(math.nan),
    ):
        assert math.isnan(outside)


def test_special_values_are_the_same_compiled() -> None:
    compiled = compiled_values(list(SPECIAL))
    for row, function in zip(compiled, (expm1, log, log1p, sqrt), strict=True):
        plain = [function(x) for x in SPECIAL]
        np.testing.assert_allclose(row, plain, rtol=3e-16, atol=0.0, err_msg=function.__name__)


@pytest.mark.parametrize("index", range(4))
def test_compiled_functions_are_within_one_and_a_quarter_ulp_of_50_digits(index: int) -> None:
    name = list(EXACT)[index]
    source = random.Random(name)
    points = []
    for _ in range(3000):
        sign = -1.0 if name == "expm1" and source.random() < 0.7 else 1.0
        near_one = 1.0 + source.uniform(-0.5, 0.5) if name == "log" else source.uniform(-0.45, 0.45)
        largest = 709.7 if name == "expm1" else 1e308
        points.append(
            source.choice((sign * 10.0 ** source.uniform(-308.0, math.log10(largest)), near_one, source.uniform(0, 5)))
        )
    if name == "log":
        points += [source.uniform(0.0, 1e-307) for _ in range(300)]
    if name == "sqrt":
        points = [abs(x) for x in points]
    with mp.workdps(50):
        for x, got in zip(points, compiled_values(points)[index], strict=True):
            want = EXACT[name](mpf(x))
            assert abs(mpf(float(got)) - want) <= COMPILED_ULP * mpf(math.ulp(float(want))), (name, x)


def test_decay_is_within_one_and_a_quarter_ulp_of_50_digits() -> None:
    source = random.Random("decay")
    points = [10.0 ** source.uniform(-308.0, 2.87) for _ in range(1500)]
    points += [source.uniform(0.0, 5.0) for _ in range(1500)] + [source.uniform(700.0, 746.0) for _ in range(600)]
    points += [k * math.log(2.0) / 2.0 for k in range(2150)]
    with mp.workdps(50):
        for x, got in zip(points, compiled_decays(np.array(points)), strict=True):
            want = mp.exp(-mpf(x))
            assert abs(mpf(float(got)) - want) <= COMPILED_ULP * mpf(math.ulp(float(want))), x


def test_decay_is_that_of_math_at_the_edges() -> None:
    for x, got in zip(NOT_NEGATIVE, compiled_decays(np.array(NOT_NEGATIVE)), strict=True):
        assert decay(x) == math.exp(-x)
        assert got == pytest.approx(math.exp(-x), rel=3e-16, abs=0.0 if math.exp(-x) else 5e-324)
    assert compiled_decays(np.array([0.0]))[0] == 1.0
    assert compiled_decays(np.array([746.0, math.inf])).tolist() == [0.0, 0.0]
    assert math.isnan(decay(math.nan))
    assert np.isnan(compiled_decays(PAYLOADS.view(np.float64))).all()
    assert isinstance(decay(-1e5), float)


def test_a_scaled_logarithm_is_rounded_once_and_compiled_good_to_51_bits_where_it_is_nearly_its_argument() -> None:
    source = random.Random("scaled")
    a = [10.0 ** source.uniform(-3.0, 13.0) for _ in range(3000)]
    x = [each * 10.0 ** source.uniform(-19.0, 6.0) for each in a[:1500]]
    x += [each * 2.0 ** -source.uniform(48.0, 56.0) for each in a[1500:2500]] + [each * 5e-324 for each in a[2500:]]
    out = compiled_scaled(np.array(x), np.array(a))
    with mp.workdps(60):
        for i, (xi, ai) in enumerate(zip(x, a, strict=True)):
            want = mpf(ai) * mp.log1p(mpf(xi) / mpf(ai))
            plain, compiled = mpf(scaled_log1p(xi, ai, ai, xi)), mpf(float(out[i]))
            once = mpf(2) ** -53 + mpf(2) ** -55
            assert abs(plain - want) <= want * once, (xi, ai)
            assert abs(compiled - want) <= want * (mpf(2) ** -51 if xi < 2.0**-49 * ai else once), (xi, ai)


def test_a_scaled_logarithm_at_the_edges() -> None:
    edges = [(x, a) for x in NOT_NEGATIVE for a in (SMALLEST_DIVISOR, 0.3, 1.0, 1e15, 1.797e308, math.inf)]
    x, a = (np.array(column) for column in zip(*edges, strict=True))
    out = compiled_scaled(x, a)
    for i, (xi, ai) in enumerate(edges):
        plain = scaled_log1p(xi, ai, ai, xi)
        assert out[i] == pytest.approx(plain, rel=3e-16, abs=0.0), (xi, ai)
        if xi <= NEGLIGIBLE * ai or xi == math.inf:
            assert plain == out[i] == xi
    nans = PAYLOADS.view(np.float64)
    assert np.isnan(compiled_scaled(nans, np.full(nans.size, 2.0))).all()
    assert math.isnan(scaled_log1p(math.nan, 2.0, 2.0, math.nan))


def test_the_least_of_two_is_the_second_where_either_is_nan() -> None:
    first, second = (np.array(column) for column in zip(*((a, b) for a in SPECIAL for b in SPECIAL), strict=True))
    out = np.empty((4, first.size))
    least_and_sum_of(first, second, out)
    for a, b, compiled in zip(first.tolist(), second.tolist(), out[0].tolist(), strict=True):
        for got in (least(a, b), compiled):
            want = b if math.isnan(a) or math.isnan(b) else min(a, b)
            assert got == want or (math.isnan(got) and math.isnan(want))


@given(a=st.floats(-1e300, 1e300), b=st.floats(-1e300, 1e300))
def test_a_sum_and_what_it_lost_are_exact(a: float, b: float) -> None:
    out = np.empty((4, 1))
    least_and_sum_of(np.array([a]), np.array([b]), out)
    for total, lost, back in (sum_parts(a, b), out[1:, 0].tolist()):
        assert total == a + b
        assert Fraction(total) + Fraction(lost) == Fraction(a) + Fraction(b)
        assert back == total - a


def test_both_parts_of_a_logarithm_are_good_to_55_bits() -> None:
    source = random.Random(55)
    x = np.array(
        [10.0 ** source.uniform(-30.0, 12.0) for _ in range(1500)]
        + [1.0 + source.uniform(-1e-3, 1e-3) for _ in range(500)]
    )
    a = np.array([10.0 ** source.uniform(-3.0, 13.0) for _ in range(1000)] + [1.0] * 1000)
    out = np.empty((4, x.size))
    parts_of(x, a, out)
    with mp.workdps(50):
        for i in range(x.size):
            xi, ai = float(x[i]), float(a[i])
            for parts, want in (
                (log_parts(xi), mp.log(mpf(xi))),
                (out[:2, i], mp.log(mpf(xi))),
                (log1p_quotient_parts(xi, ai), mp.log1p(mpf(xi) / ai)),
                (out[2:, i], mp.log1p(mpf(xi) / ai)),
            ):
                assert abs(mpf(float(parts[0])) + mpf(float(parts[1])) - want) <= abs(want) * mpf(2) ** -55, (xi, ai)


def test_both_parts_of_a_binary_exponent_are_good_to_the_last_bit_of_a_double() -> None:
    source = random.Random("log2")
    a = [10.0 ** source.uniform(-3.0, 12.0) for _ in range(1500)] + [1.0] * 1500
    x = [each * 10.0 ** source.uniform(-18.0, 6.0) for each in a[:1000]]
    x += [each * source.uniform(0.2, 0.55) for each in a[1000:2000]]
    x += [each * 2.0 ** source.uniform(-4.0, 4.0) for each in a[2000:]]
    out = compiled_powers(np.array(x), np.array(a))
    with mp.workdps(50):
        for i, (xi, ai) in enumerate(zip(x, a, strict=True)):
            clustered = ai * mp.log1p(mpf(xi) / ai) / mp.log(2)
            falling = ai * mp.log1p(mpf(xi)) / mp.log(2)
            for parts, exact, bits in (
                (out[:2, i], clustered, 52.5),
                (out[2:4, i], falling, 53.0),
                (clustered_parts(xi, ai), clustered, 54.0),
                (falling_parts(xi, ai), falling, 54.0),
            ):
                if exact < 1000.0:  # from 1080 on any number does
                    assert abs(mpf(float(parts[0])) + mpf(float(parts[1])) - exact) <= exact * mpf(2) ** -bits, (xi, ai)


def test_a_power_is_that_of_its_two_halves_and_of_the_plain_text() -> None:
    edges = [(x, a) for x in NOT_NEGATIVE for a in (SMALLEST_DIVISOR, 1e-3, 0.3, 1.0, 12.0, 1e7, 1e15, 1e290)]
    source = random.Random("powers")
    edges += [(10.0 ** source.uniform(-9.0, 3.0), 10.0 ** source.uniform(-3.0, 9.0)) for _ in range(300)]
    out = compiled_powers(*(np.array(column) for column in zip(*edges, strict=True)))
    assert out[4].tolist() == out[5].tolist()
    assert out[6].tolist() == out[7].tolist()
    for i, (x, a) in enumerate(edges):
        for got, plain in ((out[4, i], clustered_power(x, a)), (out[6, i], falling_power(x, a))):
            far = 4.0 + 1.5 * (-math.log(plain) if plain > 0.0 else 0.0)
            assert abs(got - plain) <= far * math.ulp(plain), (x, a)
    x = np.array([0.0, 1e-20, 0.3, 700.0, 1e300, math.inf])
    endless = compiled_powers(x, np.full(x.size, math.inf))[4]
    np.testing.assert_allclose(endless, np.exp(-x), rtol=1e-13)
    assert [clustered_power(each, math.inf) for each in x.tolist()] == [math.exp(-each) for each in x.tolist()]


def test_powers_never_raise() -> None:
    for x in SPECIAL:
        for a in SPECIAL:
            assert isinstance(falling_power(x, a), float)
            assert isinstance(clustered_power(x, a), float)
            assert isinstance(binary_decay(x, a), float)
            assert all(isinstance(part, float) for part in (*clustered_parts(x, a), *falling_parts(x, a)))


@given(a=st.floats(-1e150, 1e150), b=st.floats(-1e150, 1e150))
def test_fma_gives_the_exact_rounding_error_of_a_product(a: float, b: float) -> None:
    product = a * b
    if abs(product) > 1e-280:
        with mp.workdps(700):
            assert fma(a, b, -product) == float(mpf(a) * mpf(b) - mpf(product))


def test_fma_is_total() -> None:
    for a in SPECIAL:
        for b in SPECIAL:
            for c in SPECIAL:
                assert isinstance(fma(a, b, c), float)
    assert fma(1e300, 1e300, -math.inf) in {-math.inf, math.inf} or math.isnan(fma(1e300, 1e300, -math.inf))


@pytest.mark.parametrize("power", [0, 600, 988, 989])
def test_what_a_product_of_large_numbers_loses_is_put_back(power: int) -> None:
    a, b = math.ldexp(1.0 + 2.0**-30, power), 1.0 + 2.0**-30
    # (1 + 2^-30)^2 is 2^-60 more than its rounding.
    assert fma(a, b, -(a * b)) == fma(b, a, -(a * b)) == math.ldexp(1.0, power - 60)


def polynomial(coefficients: tuple[float, ...], x: mpf) -> mpf:
    return sum((mpf(c) * x**i for i, c in enumerate(coefficients)), mpf(0))


def test_the_fitted_series_are_as_good_as_their_text_says() -> None:
    with mp.workdps(40):
        for i in range(1, 400):
            s = mpf(LARGEST_S) * i / 400
            want = (2 * mp.atanh(s) - 2 * s) / s**3
            got = polynomial(LOG_SERIES, s * s)
            assert abs(got - want) * s * s / 2 < mpf(2) ** -60
        for i in range(1, 400):
            s = mpf("0.2") * i / 400
            want = (2 * mp.atanh(s) - 2 * s) / s**3 / mp.log(2)
            got = polynomial(powers.LOG2_SERIES, s * s)
            assert abs(got - want) * mp.log(2) * s * s / 2 < mpf(2) ** -60
        for i in range(-200, 201):
            r = (mpf(i) + mpf("0.5")) / 401
            got = 1 + r * polynomial(powers.POWER_SERIES, r)
            assert abs(got - 2**r) < mpf(2) ** -55
        for i in range(-200, 201):
            r = mp.log(2) / 2 * (mpf(i) + mpf("0.5")) / 201
            want = (mp.expm1(r) - r) / r**2
            got = polynomial(compiled_math.EXPM1_SERIES, r)
            assert abs(got - want) * abs(r) < mpf(2) ** -60
            got = polynomial(compiled_math.DECAY_SERIES, r)
            assert abs(got - want) * r * r < mpf(2) ** -56


def test_the_plain_and_the_bitwise_choice_of_exponent_stay_inside_the_series() -> None:
    # log2 of a number less the integer that its bits suggest: at most half, and 0.0861 for reading a line as a curve.
    farthest = 2.0 ** (0.5 + 0.0861)
    assert (farthest - 1.0) / (farthest + 1.0) < LARGEST_S


def test_exponentials_are_finite_up_to_the_largest_argument_and_infinite_beyond():
    beyond = math.nextafter(EXP_OVERFLOW, math.inf)
    assert expm1(EXP_OVERFLOW) == pytest.approx(1.7976931348622732e308, rel=1e-14)
    assert decay(-EXP_OVERFLOW) == pytest.approx(1.7976931348622732e308, rel=1e-14)
    assert expm1(beyond) == decay(-beyond) == math.inf
