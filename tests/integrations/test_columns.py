"""Columns of pandas, polars and pyarrow, lists and ranges: in as they are, out as columns again."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import nodecalc as nc

AREA = [20.0, 50.0, 100.0, 400.0]
D0 = [0.05, 0.1, 0.5, 1.0]
PRICE = [3000, 9000, 17000, 24000]
OUTPUTS = ["gross_dies", "die_yield", "good_die_cost_usd"]

ROWS = [nc.estimate(die_area_mm2=a, d0_per_cm2=d, wafer_price_usd=p) for a, d, p in zip(AREA, D0, PRICE, strict=True)]
WANT = {key: [getattr(row, key) for row in ROWS] for key in OUTPUTS}
"""What `nc.estimate` says of each row."""

PANDAS = {
    "plain": {"die_area_mm2": "float64", "d0_per_cm2": "float64", "wafer_price_usd": "int64"},
    "nullable": {"die_area_mm2": "Float64", "d0_per_cm2": "Float64", "wafer_price_usd": "Int64"},
    "arrow": {"die_area_mm2": "double[pyarrow]", "d0_per_cm2": "double[pyarrow]", "wafer_price_usd": "int32[pyarrow]"},
    "object": {"die_area_mm2": "object", "d0_per_cm2": "object", "wafer_price_usd": "object"},
}


def assert_rows(found, rtol=1e-13):
    assert list(found) == OUTPUTS
    for key in OUTPUTS:
        assert type(found[key]) is np.ndarray
        np.testing.assert_allclose(found[key], WANT[key], rtol=rtol)


@pytest.mark.parametrize("kind", PANDAS)
@pytest.mark.parametrize("index", [range(4), [7, 3, 3, 0], list("abcd")])
def test_pandas_columns_of_any_kind_and_index_are_taken_in_their_order(kind, index):
    frame = pd.DataFrame({"die_area_mm2": AREA, "d0_per_cm2": D0, "wafer_price_usd": PRICE}, index=index)
    frame = frame.astype(PANDAS[kind])
    assert_rows(nc.evaluate({key: frame[key] for key in frame}, outputs=OUTPUTS))
    assert_rows(nc.evaluate(frame, outputs=OUTPUTS))  # a frame maps names to columns
    frame["usd"] = nc.evaluate(frame)["good_die_cost_usd"]
    assert frame["usd"].tolist() == pytest.approx(WANT["good_die_cost_usd"], rel=1e-13)
    joined = frame.assign(**nc.evaluate(frame[["die_area_mm2", "d0_per_cm2", "wafer_price_usd"]], outputs=OUTPUTS))
    assert joined.index.tolist() == list(index)
    assert joined["gross_dies"].tolist() == WANT["gross_dies"]


def test_rows_sorted_and_filtered_meet_their_own_neighbours():
    frame = pd.DataFrame({"die_area_mm2": AREA, "d0_per_cm2": D0, "wafer_price_usd": PRICE})
    turned = frame[frame["d0_per_cm2"] > 0.05].sort_values("d0_per_cm2", ascending=False)
    found = nc.evaluate(turned)["good_die_cost_usd"]
    assert found.tolist() == pytest.approx(WANT["good_die_cost_usd"][:0:-1], rel=1e-13)


@pytest.mark.parametrize("dtype", ["float64", "Float64", "Float32", "double[pyarrow]", "object"])
def test_what_pandas_has_no_value_for_is_nan_and_alone(dtype):
    d0 = pd.Series([0.1, None, 0.5], dtype=dtype)
    found = nc.evaluate({"die_area_mm2": 100.0, "d0_per_cm2": d0, "wafer_price_usd": 1e4})["good_die_cost_usd"]
    assert np.isnan(found).tolist() == [False, True, False]
    rtol = 1e-6 if dtype == "Float32" else 1e-13
    for i in (0, 2):
        e = nc.estimate(100, d0_per_cm2=float(d0[i]), wafer_price_usd=1e4)
        np.testing.assert_allclose(found[i], e.good_die_cost_usd, rtol=rtol)
    assert np.isnan(nc.die_yield(d0)).tolist() == [False, True, False]


@pytest.mark.parametrize("dtype", ["Int64", "int64[pyarrow]"])
def test_whole_numbers_with_gaps_are_numbers_with_nan(dtype):
    found = nc.die_yield(pd.Series([1, None, 3], dtype=dtype))
    assert np.isnan(found[1])
    np.testing.assert_allclose(found[[0, 2]], [nc.die_yield(1.0), nc.die_yield(3.0)], rtol=1e-14)


def test_pandas_own_ways_to_apply_a_function():
    frame = pd.DataFrame({"faults": [0.1, 0.5, 1.271, 3.0], "node": ["a", "b", "a", "b"]}, index=[4, 5, 6, 7])
    want = [nc.die_yield(x) for x in frame["faults"].tolist()]
    for found in (
        frame["faults"].map(nc.die_yield),
        frame["faults"].pipe(nc.die_yield),
        frame["faults"].transform(nc.die_yield),
        frame.assign(y=lambda rows: nc.die_yield(rows["faults"]))["y"],
    ):
        np.testing.assert_allclose(found, want, rtol=1e-14)


@pytest.mark.parametrize("floats", [pl.Float64, pl.Float32])
@pytest.mark.parametrize("whole", [pl.Int64, pl.UInt16, pl.Float32])
def test_polars_columns_of_any_number_type(floats, whole):
    frame = pl.DataFrame(
        {"die_area_mm2": AREA, "d0_per_cm2": D0, "wafer_price_usd": PRICE},
        schema={"die_area_mm2": floats, "d0_per_cm2": floats, "wafer_price_usd": whole},
    )
    inputs = {name: frame[name] for name in frame.columns}
    assert_rows(nc.evaluate(inputs, outputs=OUTPUTS), rtol=1e-13 if floats == pl.Float64 else 1e-6)
    assert_rows(nc.evaluate(frame.to_dict(), outputs=OUTPUTS), rtol=1e-13 if floats == pl.Float64 else 1e-6)
    wider = frame.with_columns(**nc.evaluate(inputs, outputs=OUTPUTS))
    assert wider["gross_dies"].to_list() == WANT["gross_dies"]
    assert wider.columns == [*frame.columns, *OUTPUTS]


@pytest.mark.parametrize("dtype", [pl.Float64, pl.Float32, pl.Int64, pl.Int8])
def test_polars_nulls_are_nan_and_alone(dtype):
    d0 = pl.Series("d0", [1, None, 3], dtype=dtype)
    found = nc.evaluate({"die_area_mm2": 100.0, "d0_per_cm2": d0, "wafer_price_usd": 1e4}, placement="flynn")
    usd = found["good_die_cost_usd"]
    assert np.isnan(usd).tolist() == [False, True, False]
    for i, d in ((0, 1.0), (2, 3.0)):
        e = nc.estimate(100, d0_per_cm2=d, wafer_price_usd=1e4, placement="flynn")
        np.testing.assert_allclose(usd[i], e.good_die_cost_usd, rtol=1e-13)
    assert np.isnan(nc.die_yield(d0)).tolist() == [False, True, False]


def test_polars_chunks_slices_and_empty_columns():
    parts = pl.concat([pl.Series([0.1, 0.5]), pl.Series([1.271])], rechunk=False)
    assert parts.n_chunks() == 2
    np.testing.assert_allclose(nc.die_yield(parts), [nc.die_yield(x) for x in (0.1, 0.5, 1.271)], rtol=1e-14)
    np.testing.assert_allclose(nc.die_yield(parts[1:]), [nc.die_yield(x) for x in (0.5, 1.271)], rtol=1e-14)
    assert nc.die_yield(pl.Series([], dtype=pl.Float64)).shape == (0,)


@pytest.mark.parametrize("lazy", [False, True])
def test_polars_expressions_call_it_batch_by_batch(lazy):
    frame = pl.DataFrame({"faults": [0.1, 0.5, None, 1.271]})
    ask = pl.col("faults").map_batches(nc.die_yield, return_dtype=pl.Float64).alias("y")
    found = frame.lazy().select(ask).collect() if lazy else frame.select(ask)
    want = [nc.die_yield(0.1), nc.die_yield(0.5), np.nan, nc.die_yield(1.271)]
    np.testing.assert_allclose(found["y"].to_numpy(), want, rtol=1e-14)


@pytest.mark.parametrize("make", [pa.array, lambda v: pa.chunked_array([v[:1], v[1:]])], ids=["array", "chunked"])
def test_pyarrow_arrays_are_columns_too(make):
    inputs = {"die_area_mm2": make(AREA), "d0_per_cm2": make(D0), "wafer_price_usd": make(PRICE)}
    found = nc.evaluate(inputs, outputs=OUTPUTS)
    assert_rows(found)
    table = pa.table({**inputs, **found})
    assert table["gross_dies"].to_pylist() == WANT["gross_dies"]
    assert np.isnan(nc.die_yield(make([0.5, None]))).tolist() == [False, True]
    assert np.isnan(nc.die_yield(make([1, None]))).tolist() == [False, True]


@pytest.mark.parametrize("make", [list, tuple, np.array, pd.Index])
def test_lists_and_tuples_are_columns_too(make):
    inputs = {"die_area_mm2": make(AREA), "d0_per_cm2": make(D0), "wafer_price_usd": make(PRICE)}
    assert_rows(nc.evaluate(inputs, outputs=OUTPUTS))


def test_a_range_is_a_column_of_whole_numbers():
    found = nc.evaluate({"die_area_mm2": range(50, 201, 50), "d0_per_cm2": 0.1, "wafer_price_usd": 1e4})
    want = [nc.estimate(a, d0_per_cm2=0.1, wafer_price_usd=1e4).good_die_cost_usd for a in range(50, 201, 50)]
    np.testing.assert_allclose(found["good_die_cost_usd"], want, rtol=1e-13)
    np.testing.assert_allclose(nc.die_yield(range(4)), [nc.die_yield(x) for x in range(4)], rtol=1e-14)


def test_columns_that_are_no_contiguous_float64_are_taken_by_value():
    d0 = np.array(D0)
    strided, turned, swapped = np.repeat(d0, 2)[::2], d0[::-1].copy()[::-1], d0.astype(">f8")
    fixed = d0.copy()
    fixed.setflags(write=False)
    want = nc.die_yield(d0)
    for given in (strided, turned, swapped, fixed):
        np.testing.assert_array_equal(nc.die_yield(given), want)
        usd = nc.evaluate({"die_area_mm2": np.array(AREA), "d0_per_cm2": given, "wafer_price_usd": np.array(PRICE)})
        np.testing.assert_allclose(usd["good_die_cost_usd"], WANT["good_die_cost_usd"], rtol=1e-13)


TEXTS = {
    "pandas": pd.Series(["low", "high"]),
    "pandas category": pd.Series(["low", "high"], dtype="category"),
    "polars": pl.Series(["low", "high"]),
    "pyarrow": pa.array(["low", "high"]),
    "numpy": np.array(["low", "high"]),
    "list": ["low", "high"],
    "polars expression": pl.col("d0"),
    "generator": (x for x in D0),
    "lists of different length": [[0.1, 0.2], [0.3]],
}


@pytest.mark.parametrize("given", TEXTS.values(), ids=TEXTS)
def test_a_column_of_no_numbers_is_one_line_of_error_that_names_the_input(given):
    with pytest.raises(nc.NodecalcError, match="d0_per_cm2: not numbers") as caught:
        nc.evaluate({"die_area_mm2": 100.0, "d0_per_cm2": given, "wafer_price_usd": 1e4})
    assert "\n" not in str(caught.value)
    with pytest.raises(nc.NodecalcError, match="not numbers") as caught:
        nc.die_yield(given)
    assert "\n" not in str(caught.value)


def test_columns_of_different_length_are_named_in_the_error():
    with pytest.raises(nc.NodecalcError, match=r"do not broadcast: die_area_mm2 \(4,\), d0_per_cm2 \(3,\)"):
        nc.evaluate({"die_area_mm2": pd.Series(AREA), "d0_per_cm2": pl.Series(D0[:3]), "wafer_price_usd": 1e4})
