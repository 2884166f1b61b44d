"""The elementary functions: total in Python, SIMD when compiled, right in both, and the fits as good as they say."""

from __future__ import annotations

import math
import random

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

import nodecalc_kernels.compiled  # noqa: F401 - registers the compiled forms where the distribution is not installed
from nodecalc_kernels import compiled_math, vecmath
from nodecalc_kernels.compiled_math import JIT_OPTIONS
from nodecalc_kernels.vecmath import (
    LARGEST_S,
    LOG_SERIES,
    exp,
    expm1,
    fma,
    log,
    log1p,
    log1p_quotient_parts,
    log_parts,
    sqrt,
)

SPECIAL = (0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan, 5e-324, -5e-324, 2.2e-308, 1.797e308, -1.797e308)
EXACT = {"exp": mp.exp, "expm1": mp.expm1, "log": mp.log, "log1p": mp.log1p, "sqrt": mp.sqrt}
COMPILED_ULP = 1.25


@numba.njit(**JIT_OPTIONS)
def all_of(x: np.ndarray, out: np.ndarray) -> None:
    for i in range(x.size):
        out[0, i] = exp(x[i])
        out[1, i] = expm1(x[i])
        out[2, i] = log(x[i])
        out[3, i] = log1p(x[i])
        out[4, i] = sqrt(x[i])


@numba.njit(**JIT_OPTIONS)
def parts_of(x: np.ndarray, a: np.ndarray, out: np.ndarray) -> None:
    for i in range(x.size):
        out[0, i], out[1, i] = log_parts(x[i])
        out[2, i], out[3, i] = log1p_quotient_parts(x[i], a[i])


def compiled_values(points: list[float]) -> np.ndarray:
    out = np.empty((5, len(points)))
    all_of(np.array(points), out)
    return out


def test_what_math_raises_for_has_a_value_here() -> None:
    assert exp(1000.0) == expm1(1000.0) == math.inf
    assert exp(-1000.0) == 0.0
    assert expm1(-1000.0) == -1.0
    assert log(0.0) == log1p(-1.0) == -math.inf
    assert exp(vecmath.EXP_OVERFLOW) < math.inf
    for outside in (log(-1.0), log1p(-2.0), sqrt(-1.0), log(math.nan), exp(math.nan), expm1(math.nan), sqrt(math.nan)):
        assert math.isnan(outside)


def test_special_values_are_the_same_compiled() -> None:
    compiled = compiled_values(list(SPECIAL))
    for row, function in zip(compiled, (exp, expm1, log, log1p, sqrt), strict=True):
        plain = [function(x) for x in SPECIAL]
        np.testing.assert_allclose(row, plain, rtol=3e-16, atol=0.0, err_msg=function.__name__)


@pytest.mark.parametrize("index", range(5))
def test_compiled_functions_are_within_one_and_a_quarter_ulp_of_50_digits(index: int) -> None:
    name = list(EXACT)[index]
    source = random.Random(name)
    points = []
    for _ in range(3000):
        sign = -1.0 if name in {"exp", "expm1"} and source.random() < 0.7 else 1.0
        near_one = 1.0 + source.uniform(-0.5, 0.5) if name == "log" else source.uniform(-0.45, 0.45)
        largest = 709.7 if name in {"exp", "expm1"} else 1e308
        points.append(
            source.choice((sign * 10.0 ** source.uniform(-308.0, math.log10(largest)), near_one, source.uniform(0, 5)))
        )
    if name == "exp":
        points += [source.uniform(-746.0, -700.0) for _ in range(300)]
    if name == "log":
        points += [source.uniform(0.0, 1e-307) for _ in range(300)]
    if name == "sqrt":
        points = [abs(x) for x in points]
    with mp.workdps(50):
        for x, got in zip(points, compiled_values(points)[index], strict=True):
            want = EXACT[name](mpf(x))
            assert abs(mpf(float(got)) - want) <= COMPILED_ULP * mpf(math.ulp(float(want))), (name, x)


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


def polynomial(coefficients: tuple[float, ...], x: mpf) -> mpf:
    return sum((mpf(c) * x**i for i, c in enumerate(coefficients)), mpf(0))


def test_the_fitted_series_are_as_good_as_their_text_says() -> None:
    with mp.workdps(40):
        for i in range(1, 400):
            s = mpf(LARGEST_S) * i / 400
            want = (2 * mp.atanh(s) - 2 * s) / s**3
            got = polynomial(LOG_SERIES, s * s)
            assert abs(got - want) * s * s / 2 < mpf(2) ** -60
        for i in range(-200, 201):
            r = mp.log(2) / 2 * (mpf(i) + mpf("0.5")) / 201
            want = (mp.expm1(r) - r) / r**2
            got = polynomial(compiled_math.EXP_SERIES, r)
            assert abs(got - want) * abs(r) < mpf(2) ** -60


def test_the_plain_and_the_bitwise_choice_of_exponent_stay_inside_the_series() -> None:
    # log2 of a number less the integer that its bits suggest: at most half, and 0.0861 for reading a line as a curve.
    farthest = 2.0 ** (0.5 + 0.0861)
    assert (farthest - 1.0) / (farthest + 1.0) < LARGEST_S
