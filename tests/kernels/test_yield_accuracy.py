"""Yield models against mpmath with 50 digits: plain scalars and compiled arrays, all four functions of each."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

from nodecalc_kernels import YIELD_MODELS
from nodecalc_kernels.compiled import yield_array
from nodecalc_kernels.compiled.points import KINDS
from nodecalc_kernels.defects import yields

DIGITS = 50
TOLERANCE_ULP = 4.0
TOLERANCE_PER_LOG_YIELD = 1.5
LARGEST_X = 600.0

LOG_YIELD = {
    "poisson": lambda x: -x,
    "murphy": lambda x: 2 * mp.log(-mp.expm1(-x) / x) if x else mpf(0),
    "rectangular": lambda x: mp.log(-mp.expm1(-2 * x) / (2 * x)) if x else mpf(0),
    "exponential": lambda x: -mp.log1p(x),
    "moore": lambda x: -mp.sqrt(x),
    "negative-binomial": lambda x, alpha: -x if alpha == mp.inf else -alpha * mp.log1p(x / alpha),
    "bose-einstein": lambda x, n: -n * mp.log1p(x),
}


def mean_inverse(u: mpf) -> mpf:
    """z with (1-e^-z)/z = u, by Newton from the right, where the curve is convex."""
    z = 1 / u if u < mpf("0.4") else 3 * (1 - u) + 10 * (1 - u) ** 3
    for _ in range(300):
        step = (u * z + mp.expm1(-z)) / (u - mp.exp(-z))
        z -= step
        if abs(step) <= abs(z) * mpf(10) ** -40:
            return z
    raise AssertionError(f"no root for {u}")


INVERSE = {
    "poisson": lambda y: -mp.log(y),
    "murphy": lambda y: mean_inverse(mp.sqrt(y)),
    "rectangular": lambda y: mean_inverse(y) / 2,
    "exponential": lambda y: (1 - y) / y,
    "moore": lambda y: mp.log(y) ** 2,
    "negative-binomial": lambda y, alpha: -mp.log(y) if alpha == mp.inf else alpha * mp.expm1(-mp.log(y) / alpha),
    "bose-einstein": lambda y, n: mp.expm1(-mp.log(y) / n),
}


def exact(key: str, kind: str, value: float, parameters: tuple[float, ...]) -> tuple[mpf, mpf]:
    """The exact value of one of a model's functions, and the log-yield that belongs to the point."""
    # Newton near u = 1 loses twice the digits that 1 - u does.
    with mp.workdps(DIGITS + 40):
        own = [mpf(p) for p in parameters]
        if kind == "inverse":
            return INVERSE[key](mpf(value), *own), mp.log(mpf(value))
        log_yield = LOG_YIELD[key](mpf(value), *own)
        return {"yield": mp.exp, "log_yield": lambda v: v, "loss": lambda v: -mp.expm1(v)}[kind](log_yield), log_yield


def off(got: float, want: mpf, log_yield: mpf) -> float:
    """How far off, as a share of the tolerance. An ulp is that of the exact value; of a subnormal one 2^-1074."""
    with mp.workdps(DIGITS):
        if want > mpf("1.797e308"):
            return 0.0 if got == math.inf or got > 1.79e308 else math.inf
        ulps = abs(mpf(got) - want) / mpf(math.ulp(float(want)))
        return float(ulps / (TOLERANCE_ULP + TOLERANCE_PER_LOG_YIELD * abs(log_yield)))


def parameter_choices(key: str, source: random.Random) -> tuple[float, ...]:
    if key == "negative-binomial":
        picks = (0.3, 1.0, 1e12, math.inf, source.uniform(0.3, 5.0), 10.0 ** source.uniform(-0.5228, 12.0))
        return (source.choice(picks),)
    if key == "bose-einstein":
        return (source.choice((1.0, 7.5, 200.0, source.uniform(1.0, 20.0), source.uniform(1.0, 200.0))),)
    return ()


def grid(key: str, kind: str, count: int = 700) -> list[tuple[float, tuple[float, ...]]]:
    """Points over the whole domain, dense where a formula changes its form; the same ones on every run."""
    source = random.Random(f"{key} {kind}")
    points = []
    for i in range(count):
        share = (i + source.random()) / count
        if kind == "inverse":
            value = source.choice((share, math.exp(-share * 30.0), 1.0 - 10.0 ** (-16.0 * share), 0.43 + 0.01 * share))
            value = min(max(value, 5e-324), 1.0 - 2.0**-53)
        else:
            value = source.choice(
                (
                    share * LARGEST_X,
                    10.0 ** (-18.0 + share * 20.7),
                    share * 4.0,
                    0.99 + share * 0.02,
                    1.99 + share * 0.02,
                )
            )
        points.append((value, parameter_choices(key, source)))
    return points


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("key", YIELD_MODELS)
def test_plain_and_compiled_values_are_within_tolerance_of_50_digits(key: str, kind: str) -> None:
    points = grid(key, kind)
    model = YIELD_MODELS[key]
    plain = dict(zip(KINDS, (model.yield_, model.log_yield, model.loss, model.inverse), strict=True))[kind]
    values = np.array([value for value, _ in points])
    parameter = np.array([own[0] for _, own in points]) if model.parameters else None
    compiled = yield_array(key, kind, values, parameter, parallel=False)
    for (value, own), from_array in zip(points, compiled, strict=True):
        want, log_yield = exact(key, kind, value, own)
        assert off(plain(value, *own), want, log_yield) <= 1.0, ("plain", value, own)
        assert off(float(from_array), want, log_yield) <= 1.0, ("compiled", value, own)


@settings(max_examples=150, deadline=None)
@given(
    x=st.floats(0.0, LARGEST_X),
    alpha=st.one_of(st.floats(0.3, 1e12), st.just(math.inf)),
    kind=st.sampled_from(["yield", "log_yield", "loss"]),
)
def test_negative_binomial_is_within_tolerance_everywhere(x: float, alpha: float, kind: str) -> None:
    model = YIELD_MODELS["negative-binomial"]
    plain = dict(zip(KINDS, (model.yield_, model.log_yield, model.loss, model.inverse), strict=True))[kind]
    want, log_yield = exact("negative-binomial", kind, x, (alpha,))
    assert off(plain(x, alpha), want, log_yield) <= 1.0


@settings(max_examples=150, deadline=None)
@given(y=st.floats(1e-300, 1.0, exclude_max=True), alpha=st.floats(0.3, 1e12))
def test_negative_binomial_inverse_is_within_tolerance_everywhere(y: float, alpha: float) -> None:
    want, log_yield = exact("negative-binomial", "inverse", y, (alpha,))
    assert off(YIELD_MODELS["negative-binomial"].inverse(y, alpha), want, log_yield) <= 1.0


def test_a_logarithm_that_has_two_parts_is_rounded_once() -> None:
    source = random.Random(16)
    for _ in range(150):
        x, n = 10.0 ** source.uniform(-3.0, 2.7), source.choice((1.0, 7.5, source.uniform(1.0, 200.0)))
        for key, own in (("bose-einstein", n), ("negative-binomial", 10.0 ** source.uniform(-0.5, 6.0))):
            want, _ = exact(key, "log_yield", x, (own,))
            with mp.workdps(DIGITS):
                assert abs(mpf(YIELD_MODELS[key].log_yield(x, own)) - want) <= 0.7 * mpf(math.ulp(float(want)))


def test_a_subnormal_yield_is_rounded_once() -> None:
    n = 200.0
    for x in np.linspace(34.2, 40.8, 60):
        want, log_yield = exact("bose-einstein", "yield", float(x), (n,))
        for got in (
            YIELD_MODELS["bose-einstein"].yield_(float(x), n),
            float(yield_array("bose-einstein", "yield", x, n)),
        ):
            assert abs(mpf(got) - want) <= 3 * mpf(2) ** -1074
            assert off(got, want, log_yield) <= 1.0


def test_the_naive_forms_are_as_wrong_as_the_documents_say() -> None:
    def ulps(got: float, want: mpf) -> float:
        return float(abs(mpf(got) - want) / mpf(math.ulp(float(want))))

    x = 1e-17
    naive = ((1.0 - math.exp(-x)) / x) ** 2
    assert ulps(naive, exact("murphy", "yield", x, ())[0]) > 1e15
    x, alpha = 0.5, 1e15
    naive = (1.0 + x / alpha) ** -alpha
    assert ulps(naive, exact("negative-binomial", "yield", x, (alpha,))[0]) > 1e12
    y, alpha = 1e-8, 0.3
    naive = alpha * math.expm1(-math.log(y) / alpha)
    want, log_yield = exact("negative-binomial", "inverse", y, (alpha,))
    worst = max(
        off(alpha * math.expm1(-math.log(y) / alpha), exact("negative-binomial", "inverse", y, (alpha,))[0], mp.log(y))
        for y in np.geomspace(1e-12, 1e-3, 400)
    )
    assert worst > 1.0, "the one-part logarithm would have done"
    assert off(YIELD_MODELS["negative-binomial"].inverse(y, alpha), want, log_yield) <= 1.0


def test_the_series_of_a_mean_is_bernoullis_and_its_split_where_both_forms_meet() -> None:
    with mp.workdps(DIGITS):
        for k, ours in enumerate(yields.LOG_SINH_SERIES, 1):
            assert ours == float(mp.bernoulli(2 * k) / (2 * k * mp.factorial(2 * k)))
        k = len(yields.LOG_SINH_SERIES) + 1
        left_out = mp.bernoulli(2 * k) / (2 * k * mp.factorial(2 * k)) * mpf(yields.MEAN_SPLIT) ** (2 * k)
        assert abs(left_out) < 1e-18
        mean = -mp.expm1(-mpf(yields.MEAN_SPLIT)) / mpf(yields.MEAN_SPLIT)
        assert pytest.approx(float(mean), rel=1e-15) == yields.MEAN_AT_SPLIT
        assert pytest.approx(float(-2 * mp.log(mean)), rel=1e-15) == yields.LOG_MEAN_SPLIT


def test_newtons_iteration_starts_from_where_its_polynomial_says_it_does() -> None:
    with mp.workdps(DIGITS):
        for z in (0.001, 0.1, 0.5, 1.0, 1.5, 1.9, 2.0):
            y = -2 * mp.log(-mp.expm1(-mpf(z)) / mpf(z))
            start = mp.fsum(mpf(c) * y**power for power, c in enumerate(yields.START_SERIES))
            assert abs(start * y / z - 1) < 2.0**-18
            assert yields.murphy_inverse(math.exp(-y)) == pytest.approx(z, rel=1e-12)
