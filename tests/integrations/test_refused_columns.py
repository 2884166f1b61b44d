"""Columns that hold something else than numbers are refused or nan, never turned into a plausible wrong number."""

import datetime

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import nodecalc as nc

DAY = datetime.date(2024, 1, 1)
NOT_NUMBERS = {
    "numpy dates": np.array(["2024-01-01"], dtype="datetime64[D]"),
    "numpy durations": np.array([3], dtype="timedelta64[s]"),
    "pandas dates": pd.Series(pd.to_datetime(["2024-01-01"])),
    "pandas dates with a zone": pd.Series(pd.to_datetime(["2024-01-01"]).tz_localize("UTC")),
    "polars dates": pl.Series([DAY]),
    "pyarrow dates": pa.array([DAY]),
    "numpy truths": np.array([True, False]),
    "pandas truths": pd.Series([True, False]),
    "nullable truths": pd.Series([True, None], dtype="boolean"),
    "polars truths": pl.Series([True, False]),
    "list of truths": [True, False],
    "complex": np.array([1.0 + 1.0j]),
    # A text may carry a unit, and the text "0.6" as a D0 is checked against what processes have: one by one only.
    "numpy texts of numbers": np.array(["0.1"]),
    "pandas texts of numbers": pd.Series(["0.1", "0.5"]),
    "polars texts of numbers": pl.Series(["0.1", "0.5"]),
    "pyarrow texts of numbers": pa.array(["0.1", "0.5"]),
    "list of texts": ["0.1", 0.5],
    "bytes": b"0.1",
}


@pytest.mark.parametrize("given", NOT_NUMBERS.values(), ids=NOT_NUMBERS)
def test_evaluate_refuses_what_are_no_numbers_and_names_the_input(given):
    with pytest.raises(nc.NodecalcError, match="d0_per_cm2: not numbers") as caught:
        nc.evaluate({"die_area_mm2": 100.0, "d0_per_cm2": given, "wafer_price_usd": 1e4})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("given", NOT_NUMBERS.values(), ids=NOT_NUMBERS)
@pytest.mark.parametrize("key", ["mean_faults", "alpha"])
def test_yields_refuse_what_are_no_numbers_and_name_the_input(given, key):
    with pytest.raises(nc.NodecalcError, match=f"{key}: not numbers") as caught:
        nc.die_yield(**{"mean_faults": 0.5, "alpha": 2.0} | {key: given}, model="negative-binomial")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "given",
    [np.datetime64("2024-01-01"), np.timedelta64(3, "s"), np.str_("0.5"), np.array("0.5"), np.complex128(1), np.True_],
    ids=repr,
)
def test_numpys_own_scalars_that_are_no_numbers_are_refused_like_any(given):
    with pytest.raises(nc.NodecalcError) as caught:
        nc.die_yield(given)
    assert "\n" not in str(caught.value)


def test_masked_values_are_nan_and_not_what_stands_behind_the_mask():
    masked = np.ma.masked_array([0.1, 9.0, 0.5], mask=[False, True, False])
    whole = np.ma.masked_array([1, 9, 2], mask=[False, True, False])
    for given in (masked, whole):
        usd = nc.evaluate({"die_area_mm2": 100.0, "d0_per_cm2": given, "wafer_price_usd": 1e4})["good_die_cost_usd"]
        assert np.isnan(usd).tolist() == [False, True, False]
        found = nc.die_yield(given)
        assert type(found) is np.ndarray
        assert np.isnan(found).tolist() == [False, True, False]
        assert found[0] == pytest.approx(nc.die_yield(float(given[0])), rel=1e-14)


@pytest.mark.parametrize("call", [lambda s: nc.gross_dies(s, s), lambda s: nc.estimate(die_area_mm2=s, node="tsmc-n5")])
@pytest.mark.parametrize("given", [pd.Series([10.0, 12.0]), pl.Series([10.0, 12.0]), np.zeros((3, 3)), pa.array([1.0])])
def test_a_column_where_one_number_belongs_is_one_line_of_error(call, given):
    with pytest.raises(nc.NodecalcError) as caught:
        call(given)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("make", [pl.DataFrame, pa.table])
def test_a_table_that_is_no_mapping_is_refused_in_one_line_that_says_what_to_give(make):
    table = make({"die_area_mm2": [100.0], "d0_per_cm2": [0.1], "wafer_price_usd": [1e4]})
    with pytest.raises(nc.NodecalcError, match="mapping") as caught:
        nc.evaluate(table)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("alpha", [-2.0, 0.0, float("nan"), "two", True])
def test_a_single_parameter_beside_a_column_is_checked_as_beside_a_number(alpha):
    for x in (0.5, pl.Series([0.5, 1.0])):
        with pytest.raises(nc.NodecalcError, match="alpha"):
            nc.die_yield(x, model="negative-binomial", alpha=alpha)
    np.testing.assert_array_equal(
        nc.die_yield([0.5], model="negative-binomial", alpha="2"), nc.die_yield([0.5], model="negative-binomial")
    )
