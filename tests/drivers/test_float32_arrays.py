"""Arrays in single precision: asked for by `dtype` in `nc.evaluate`, by the arrays themselves in the yields."""

import tracemalloc

import numpy as np
import pytest

import nodecalc as nc
from nodecalc.drivers.evaluate import OUTPUTS

AREAS = np.array([20.0, 50.0, 100.0, 400.0], np.float32)
D0 = np.array([0.05, 0.1, 0.5, 1.2], np.float32)
PRICE = np.array([3000.0, 9000.0, 17000.0, 24000.0], np.float32)
BASE = {"die_area_mm2": AREAS, "d0_per_cm2": D0, "wafer_price_usd": PRICE}
WIDE = {key: values.astype(np.float64) for key, values in BASE.items()}
CLOSE = {"rtol": 3e-6}


@pytest.mark.parametrize("given", [BASE, WIDE, {key: values.tolist() for key, values in BASE.items()}])
@pytest.mark.parametrize("placement", ["best", "center-die", "de-vries-exp", "flynn"])
@pytest.mark.parametrize("more", [{}, {"aspect_ratio": 2.0, "scribe_mm": 0.08, "line_yield": 0.9}])
def test_results_are_float32_whatever_the_inputs_are(given, placement, more):
    found = nc.evaluate(given | more, node="tsmc-n5", placement=placement, outputs=OUTPUTS, dtype=np.float32)
    want = nc.evaluate(WIDE | more, node="tsmc-n5", placement=placement, outputs=OUTPUTS)
    for key in OUTPUTS:
        assert found[key].dtype == np.float32
        np.testing.assert_allclose(found[key], want[key], **CLOSE)


def test_without_dtype_results_stay_float64_to_the_last_bit():
    found = nc.evaluate(BASE, placement="flynn", outputs=["die_yield", "good_die_cost_usd"])
    want = nc.evaluate(WIDE, placement="flynn", outputs=["die_yield", "good_die_cost_usd"], dtype=np.float64)
    for key, values in found.items():
        assert values.dtype == np.float64
        np.testing.assert_array_equal(values, want[key])


@pytest.mark.parametrize("rule", ["finished-die", "whole-cell"])
def test_exact_counts_are_those_of_float64(rule):
    sides = np.linspace(2.0, 30.0, 57).astype(np.float32)
    given = {"die_width_mm": sides, "die_height_mm": sides[::-1], "scribe_mm": np.float32(0.1)}
    found = nc.evaluate(given, outputs=["gross_dies"], edge_rule=rule, dtype="float32")["gross_dies"]
    assert found.dtype == np.float32
    for dies, width, height in zip(found, sides, sides[::-1], strict=True):
        assert dies == nc.gross_dies(float(width), float(height), scribe_mm=float(np.float32(0.1)), edge_rule=rule)


def test_a_corner_on_the_circle_is_still_decided_in_nanometres():
    # 180 x 240 fits a circle of 300 to the nanometre; the square root of an area in float32 would not know.
    corner = {"die_area_mm2": np.float32(43200.0), "aspect_ratio": 0.75, "edge_exclusion_mm": 0.0, "scribe_mm": 0.0}
    found = nc.evaluate(corner, outputs=["gross_dies"], dtype=np.float32)["gross_dies"]
    assert found == nc.evaluate(corner, outputs=["gross_dies"])["gross_dies"] == 1.0


def test_float32_inputs_are_read_where_they_lie():
    count = 1_000_000
    given = {"die_area_mm2": np.full(count, 100.0, np.float32), "d0_per_cm2": np.full(count, 0.1, np.float32)}
    out = {"die_yield": np.empty(count, np.float32)}
    ask = {"outputs": ["die_yield"], "placement": "flynn", "out": out, "dtype": np.float32}
    nc.evaluate(given, **ask)
    tracemalloc.start()
    try:
        nc.evaluate(given, **ask)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < count


def test_out_is_filled_in_float32():
    out = np.zeros(4, np.float32)
    found = nc.evaluate(BASE, out={"good_die_cost_usd": out}, dtype=np.float32)["good_die_cost_usd"]
    assert np.shares_memory(found, out)
    np.testing.assert_allclose(out, nc.evaluate(BASE)["good_die_cost_usd"], **CLOSE)


@pytest.mark.parametrize(
    ("out", "dtype"), [(np.zeros(4), np.float32), (np.zeros(4, np.float32), np.float64), (np.zeros(3, "f4"), "f4")]
)
def test_an_out_of_another_type_or_shape_is_refused(out, dtype):
    with pytest.raises(nc.NodecalcError, match=r"float32 array|float64 array|shape") as caught:
        nc.evaluate(BASE, out={"good_die_cost_usd": out}, dtype=dtype)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "dtype",
    [np.float16, np.longdouble, int, "i4", complex, bool, object, str, ">f4", "single-ish", 5, "(", [("x", "f4")]],
)
def test_another_dtype_is_refused_in_one_line_that_says_what_there_is(dtype):
    with pytest.raises(nc.NodecalcError, match="give float64 or float32") as caught:
        nc.evaluate(BASE, dtype=dtype)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("dtype", [np.float64, float, "float64", "d", np.dtype("f8")])
def test_every_name_of_float64_is_understood(dtype):
    assert nc.evaluate(BASE, dtype=dtype)["good_die_cost_usd"].dtype == np.float64


def test_shapes_broadcast_and_points_outside_are_nan_in_float32_too():
    d0 = np.array([0.1, -1.0, np.nan, np.inf], np.float32)
    found = nc.evaluate(
        {"die_area_mm2": AREAS[:2, None], "d0_per_cm2": d0, "wafer_price_usd": 1e4}, placement="area", dtype="f4"
    )["good_die_cost_usd"]
    want = nc.evaluate({"die_area_mm2": AREAS[:2, None], "d0_per_cm2": d0, "wafer_price_usd": 1e4}, placement="area")[
        "good_die_cost_usd"
    ]
    assert found.shape == (2, 4)
    np.testing.assert_allclose(found, want, **CLOSE)
    point = nc.evaluate({"die_area_mm2": 100, "d0_per_cm2": 0.1, "wafer_price_usd": 1e4}, dtype="f4")
    assert point["good_die_cost_usd"].shape == ()
    empty = nc.evaluate({"die_area_mm2": [], "d0_per_cm2": 0.1, "wafer_price_usd": 1e4}, dtype="f4")
    assert empty["good_die_cost_usd"].shape == (0,)


def test_a_number_beyond_float32_is_infinite_in_it_and_no_warning():
    given = {"die_area_mm2": 100.0, "d0_per_cm2": [0.1, 1e300], "wafer_price_usd": [1e300, 1e4]}
    found = nc.evaluate(given, placement="area", outputs=["die_cost_usd", "die_yield"], dtype=np.float32)
    assert found["die_cost_usd"][0] == np.inf
    assert found["die_yield"][1] == 0.0


X = np.array([0.0, 1e-9, 0.5, 1.271, 30.0], np.float32)
YIELDS = [nc.die_yield, nc.log_yield, nc.yield_loss]


@pytest.mark.parametrize("call", YIELDS)
@pytest.mark.parametrize("model", ["murphy", "poisson", "negative-binomial", "moore"])
def test_float32_in_gives_float32_out(call, model):
    found = call(X, model=model)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, call(X.astype(np.float64), model=model), **CLOSE)
    back = nc.mean_faults(nc.die_yield(X[2:4], model=model), model=model)
    assert back.dtype == np.float32
    np.testing.assert_allclose(back, X[2:4], rtol=1e-5)


@pytest.mark.parametrize(
    ("x", "alpha", "kind"),
    [
        (X, 2, np.float32),
        (X, 2.5, np.float32),
        (X, X + np.float32(1.0), np.float32),
        (X, np.float32(2.5), np.float32),
        (0.5, X + np.float32(1.0), np.float32),
        (X, np.float64(2.5), np.float64),
        (X, np.full(5, 2.5), np.float64),
        (X, np.full(5, 2), np.float64),
        (X, [2.5] * 5, np.float64),
        (X.astype(np.float64), np.float32(2.5), np.float64),
        (X.tolist(), 2.5, np.float64),
        (np.arange(5), 2.5, np.float64),
    ],
)
def test_the_type_is_the_one_that_numpy_would_give(x, alpha, kind):
    found = nc.die_yield(x, model="negative-binomial", alpha=alpha)
    assert found.dtype == kind
    want = nc.die_yield(np.asarray(x, float), model="negative-binomial", alpha=np.asarray(alpha, float))
    np.testing.assert_allclose(found, want, **CLOSE)


def test_out_is_one_of_the_arrays_that_decide():
    narrow, wide = np.empty(5, np.float32), np.empty(5)
    assert nc.die_yield(X, out=narrow) is narrow
    assert nc.die_yield(X, out=wide) is wide
    np.testing.assert_array_equal(wide, nc.die_yield(X.astype(np.float64)))
    with pytest.raises(nc.NodecalcError, match="float64 array"):
        nc.die_yield(X.astype(np.float64), out=narrow)


def test_numpys_float32_number_is_a_number():
    assert nc.die_yield(np.float32(0.5)) == nc.die_yield(0.5)
    assert isinstance(nc.die_yield(np.float32(0.5)), float)
