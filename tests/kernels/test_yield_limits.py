"""What every yield model must do whatever its formula: limits, order, monotony, round trips, and never raise."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodecalc_kernels import (
    YIELD_MODELS,
    bose_einstein,
    exponential,
    murphy,
    negative_binomial,
    negative_binomial_inverse,
    negative_binomial_log,
    negative_binomial_loss,
    poisson,
    rectangular,
)
from nodecalc_kernels.defects.yields import negative_binomial_parts

PARAMETER = {"alpha": 2.0, "critical_layers": 10.0}
KEYS = list(YIELD_MODELS)
ANY = st.floats(allow_nan=True, allow_infinity=True)
X_TINY_TO_HUGE = (
    0.0,
    5e-324,
    1e-300,
    1e-16,
    1e-3,
    0.5,
    0.999,
    1.0,
    1.999,
    2.0,
    2.001,
    10.0,
    600.0,
    1e6,
    1e300,
    math.inf,
)


def own(key: str) -> tuple[float, ...]:
    return tuple(PARAMETER[name] for name in YIELD_MODELS[key].parameters)


def test_the_registry_has_the_seven_documented_models() -> None:
    assert KEYS == [
        "poisson",
        "murphy",
        "rectangular",
        "exponential",
        "moore",
        "negative-binomial",
        "bose-einstein",
    ]
    for model in YIELD_MODELS.values():
        assert model.formula
        assert model.mixing
        assert model.when
        assert model.reference


@pytest.mark.parametrize("key", KEYS)
def test_no_defects_yield_one_and_infinitely_many_yield_none(key: str) -> None:
    model = YIELD_MODELS[key]
    assert model.yield_(0.0, *own(key)) == 1.0
    assert model.log_yield(0.0, *own(key)) == 0.0
    assert model.loss(0.0, *own(key)) == 0.0
    assert model.inverse(1.0, *own(key)) == 0.0
    assert math.copysign(1.0, model.inverse(1.0, *own(key))) == 1.0
    assert model.yield_(math.inf, *own(key)) == 0.0
    assert model.log_yield(math.inf, *own(key)) == -math.inf
    assert model.loss(math.inf, *own(key)) == 1.0
    assert model.inverse(0.0, *own(key)) == math.inf


@pytest.mark.parametrize("key", KEYS)
def test_yield_never_rises_with_defects(key: str) -> None:
    model = YIELD_MODELS[key]
    yields = [model.yield_(x, *own(key)) for x in X_TINY_TO_HUGE]
    assert yields == sorted(yields, reverse=True)
    assert all(0.0 <= y <= 1.0 for y in yields)
    logs = [model.log_yield(x, *own(key)) for x in X_TINY_TO_HUGE]
    assert logs == sorted(logs, reverse=True)
    assert len(set(logs)) == len(logs), "the logarithm still tells where the yield has underflowed or is 1"
    losses = [model.loss(x, *own(key)) for x in X_TINY_TO_HUGE]
    assert losses == sorted(losses)


@settings(deadline=None)
@given(x=st.floats(1e-3, 30.0))
def test_clustering_raises_the_yield_in_the_known_order(x: float) -> None:
    assert poisson(x) < murphy(x) < rectangular(x) < exponential(x)


@settings(deadline=None)
@given(x=st.floats(0.0, 600.0))
def test_negative_binomial_meets_its_two_limits(x: float) -> None:
    assert negative_binomial(x, 1.0) == pytest.approx(exponential(x), rel=1e-13)
    assert negative_binomial(x, math.inf) == poisson(x)
    # (1 + x/a)^-a = e^-x (1 + x^2/(2a) ...): at 1e15 still more than a rounding for large x, and no less exact for it.
    assert negative_binomial(x, 1e15) == pytest.approx(poisson(x) * (1.0 + x * x / 2e15), rel=1e-12)
    assert negative_binomial(x, 1e300) == poisson(x)
    assert bose_einstein(x, 1.0) == pytest.approx(exponential(x), rel=1e-13)


def test_small_loss_is_not_lost_to_cancellation() -> None:
    x = 1e-20
    for key, per_x in (("poisson", 1), ("murphy", 1), ("rectangular", 1), ("exponential", 1), ("negative-binomial", 1)):
        model = YIELD_MODELS[key]
        assert model.loss(x, *own(key)) == pytest.approx(x * per_x, rel=1e-14)
        assert model.log_yield(x, *own(key)) == pytest.approx(-x * per_x, rel=1e-14)
    assert YIELD_MODELS["bose-einstein"].loss(x, 10.0) == pytest.approx(1e-19, rel=1e-14)
    assert YIELD_MODELS["moore"].loss(x) == pytest.approx(1e-10, rel=1e-9)


@pytest.mark.parametrize("key", KEYS)
@settings(deadline=None, max_examples=60)
@given(x=st.floats(1e-9, 20.0))
def test_inverse_of_the_yield_gives_back_the_faults(key: str, x: float) -> None:
    model = YIELD_MODELS[key]
    y = model.yield_(x, *own(key))
    # The yield near 1 has only the bits of 1 - Y, and where it is steep its rounding weighs more.
    loss = model.loss(x, *own(key))
    assert model.inverse(y, *own(key)) == pytest.approx(x, rel=1e-14 + 1e-14 * abs(math.log(y)) + 4e-16 / loss)


@pytest.mark.parametrize("key", KEYS)
@given(a=ANY, b=ANY)
def test_no_number_whatever_makes_a_model_raise(key: str, a: float, b: float) -> None:
    model = YIELD_MODELS[key]
    parameter = (b,) if model.parameters else ()
    y = model.yield_(a, *parameter)
    assert isinstance(y, float)
    assert math.isnan(y) or 0.0 <= y <= 1.0
    log_yield = model.log_yield(a, *parameter)
    assert math.isnan(log_yield) or log_yield <= 0.0
    loss = model.loss(a, *parameter)
    assert math.isnan(loss) or 0.0 <= loss <= 1.0
    x = model.inverse(a, *parameter)
    assert math.isnan(x) or x >= 0.0
    assert math.isnan(y) == math.isnan(log_yield) == math.isnan(loss)


@pytest.mark.parametrize("key", KEYS)
def test_outside_the_domain_is_nan(key: str) -> None:
    model = YIELD_MODELS[key]
    functions = (model.yield_, model.log_yield, model.loss, model.inverse)
    for function in functions:
        for bad in (math.nan, -1.0, -5e-324, -math.inf):
            assert math.isnan(function(bad, *own(key)))
    for bad in (math.nextafter(1.0, 2.0), 2.0, math.inf):
        assert math.isnan(model.inverse(bad, *own(key)))
    if model.parameters:
        for function in functions:
            for bad in (math.nan, 0.0, -1.0, -math.inf):
                assert math.isnan(function(0.5, bad))
    assert not math.isnan(model.yield_(-0.0, *own(key)))


def test_extreme_parameters_give_the_right_number_and_not_an_overflow() -> None:
    assert negative_binomial_log(1e308, 0.3) == pytest.approx(-0.3 * (math.log(1e308) - math.log(0.3)), rel=1e-15)
    assert negative_binomial_log(1.5, 1e308) == -1.5
    assert negative_binomial_log(1e308, 1e308) == pytest.approx(-1e308 * math.log(2.0), rel=1e-15)
    assert negative_binomial_loss(1e-310, 2.0) == 1e-310
    assert negative_binomial_inverse(0.5, 1e308) == pytest.approx(math.log(2.0), rel=1e-15)
    assert math.isnan(negative_binomial(1.0, 1e-300)), "below 2^-900, said in its docstring"
    assert negative_binomial(1.0, 1e-200) == 1.0


def test_the_smallest_alpha_has_a_yield_in_parts() -> None:
    # x/alpha is 2^900, next to which 1 is nothing.
    assert negative_binomial_parts(1.0, 2.0**-900)[0] == 900.0 * 2.0**-900
    assert math.isnan(negative_binomial_parts(1.0, math.nextafter(2.0**-900, 0.0))[0])


@pytest.mark.parametrize("y", [1e-3, 1e-7, 1e-30, 1e-300])
def test_faults_behind_next_to_no_yield(y: float) -> None:
    # e^-z is nothing there: 1/(2 x) and 1/x^2 are the yields.
    assert YIELD_MODELS["rectangular"].inverse(y) == pytest.approx(0.5 / y, rel=1e-15)
    if y < 1e-6:
        assert YIELD_MODELS["murphy"].inverse(y) == pytest.approx(1.0 / math.sqrt(y), rel=1e-15)
