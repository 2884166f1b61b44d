"""Ticks of an axis: round, few, inside, told apart by their texts."""

from math import log10

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nodecalc.charts.ticks import Scale, apart, labelled, linear_ticks, log_ticks, tick_texts, value_scale

BOUNDS = st.floats(-1e9, 1e9)


@given(BOUNDS, BOUNDS, st.integers(3, 20))
def test_ticks_of_a_straight_scale_are_round_and_inside_and_few_but_not_too_few(low, high, most):
    assume(high - low > 1e-6 * max(abs(low), abs(high), 1e-6))
    ticks = linear_ticks(low, high, most)
    room = 1e-8 * (high - low)
    assert ticks == sorted(ticks)
    assert most / 3 - 1 <= len(ticks) <= most
    assert all(low - room <= t <= high + room for t in ticks)
    if len(ticks) > 1:
        step = ticks[1] - ticks[0]
        mantissa = step / 10.0 ** round(log10(step) - 0.3)
        assert min(abs(mantissa / m - 1) for m in (0.5, 1, 2, 2.5, 5, 10)) < 1e-6


@given(st.floats(1e-9, 1e9), st.floats(1.01, 1e12), st.integers(3, 20))
def test_ticks_of_a_logarithmic_scale_are_inside_and_few(low, factor, most):
    ticks = log_ticks(low, low * factor, most)
    assert ticks == sorted(ticks)
    assert 1 <= len(ticks) <= most
    assert all(low * (1 - 1e-8) <= t <= low * factor * (1 + 1e-8) for t in ticks)


@given(
    st.floats(1e-4, 1e6),
    st.floats(1.01, 1e6),
    st.booleans(),
    st.sampled_from(["good_die_cost_usd", "die_yield", "alpha"]),
)
def test_texts_of_ticks_are_told_apart_and_say_the_number(low, factor, log, key):
    scale = Scale(low, low * factor, log)
    found = labelled(scale, key, 9)
    texts = [text for _, text in found]
    assert len(set(texts)) == len(texts)
    for value, text in found:
        number = float(text.replace(",", "").rstrip("%")) / (100.0 if text.endswith("%") else 1.0)
        assert number == pytest.approx(value, rel=1e-5)


@pytest.mark.parametrize(
    ("ticks", "key", "even", "texts"),
    [
        ([0.0, 0.25, 0.5], "die_yield", True, ["0%", "25%", "50%"]),
        ([1000.0, 1500.0], "good_die_cost_usd", True, ["1,000", "1,500"]),
        ([0.05, 0.1, 1.0, 10.0], "d0_per_cm2", False, ["0.05", "0.1", "1", "10"]),
        ([0.0, 0.5, 1.0], "d0_per_cm2", True, ["0.0", "0.5", "1.0"]),
        ([1e9, 2e9], "transistors", True, ["1e9", "2e9"]),
        ([1e-5, 1e-3], "d0_per_cm2", False, ["1e-5", "0.001"]),
    ],
)
def test_texts_of_ticks_are_those_of_the_vocabularys_formats(ticks, key, even, texts):
    assert tick_texts(ticks, key, even) == texts


def test_a_scale_finds_back_its_values():
    for scale in (Scale(0.01, 10.0, True), Scale(-5.0, 10.0, False)):
        for at in (0.0, 0.3, 1.0):
            assert scale.at(scale.value(at)) == pytest.approx(at, abs=1e-12)


def test_equal_values_get_room_on_both_sides():
    scale = value_scale(5.0, 5.0, False)
    assert scale.low < 5.0 < scale.high
    assert value_scale(0.0, 0.0, False) == (-1.0, 1.0, False)
    assert value_scale(5.0, 5.000000001, False) == pytest.approx(scale, abs=1e-8)


def test_ticks_too_close_to_each_other_are_dropped():
    assert apart([(0.0, "a"), (0.5, "b"), (5.0, "c")], Scale(0.0, 10.0, False), 0.1) == [(0.0, "a"), (5.0, "c")]
