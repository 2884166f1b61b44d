"""The xarray Dataset of a sweep: labelled, with units, and with the figures and sources behind it."""

import json
import sys

import numpy as np
import pytest
import xarray as xr

import nodecalc as nc
from nodecalc.drivers.sweep.opening import open_sweep
from nodecalc.drivers.sweep.request import from_spec
from nodecalc.errors import InputError


@pytest.fixture(scope="module")
def sweep():
    return nc.sweep(
        "10x10",
        node=["tsmc-n5", "smic-n+2"],
        d0_per_cm2="0.05:0.5:10",
        outputs=["good_die_cost_usd", "gross_dies"],
    )


def test_results_are_selected_by_the_values_of_the_axes(sweep):
    data = sweep.to_xarray()
    assert dict(data.sizes) == {"node": 2, "d0_per_cm2": 10}
    found = data["good_die_cost_usd"].sel(node="smic-n+2", d0_per_cm2=0.5)
    assert float(found) == sweep["good_die_cost_usd"][1, -1]
    for key in sweep.outputs:
        np.testing.assert_array_equal(data[key], sweep[key])
        assert data[key].dims == sweep.dims


def test_arrays_and_coordinates_say_unit_and_meaning(sweep):
    data = sweep.to_xarray()
    assert data["good_die_cost_usd"].attrs["units"] == "USD"
    assert data["d0_per_cm2"].attrs["units"] == "1/cm2"
    assert "units" not in data["gross_dies"].attrs
    assert data["gross_dies"].attrs["long_name"]
    assert data["node"].attrs == {"long_name": "process node"}
    assert [type(name) for name in data["node"].values.tolist()] == [str, str]


def test_the_dataset_says_where_its_numbers_come_from(sweep):
    attrs = sweep.to_xarray().attrs
    assert attrs["nodecalc_version"] == nc.__version__
    assert from_spec(json.loads(attrs["spec"])).to_spec() == sweep.request.to_spec()
    assert json.loads(attrs["figures"]) == [dict(figure) for figure in sweep.provenance.figures]
    assert [line.split(":")[0] for line in attrs["sources"].splitlines()] == [s["id"] for s in sweep.provenance.sources]
    assert attrs["estimated"] == ", ".join(sweep.provenance.estimated)
    assert {type(value) for value in attrs.values()} == {str}  # what every file format of xarray takes


def test_it_is_written_by_a_format_of_xarray_and_read_back(sweep, tmp_path):
    data = sweep.to_xarray().drop_vars("node")  # scipy's format is from before texts of any length
    data.to_netcdf(tmp_path / "it.nc", engine="scipy")
    with xr.open_dataset(tmp_path / "it.nc", engine="scipy") as read:
        xr.testing.assert_equal(read.load(), data)
        assert read.attrs["spec"] == data.attrs["spec"]


def test_names_are_written_by_scipys_format_too(sweep, tmp_path):
    sweep.to_xarray().to_netcdf(tmp_path / "it.nc", engine="scipy")
    with xr.open_dataset(tmp_path / "it.nc", engine="scipy") as read:
        assert read["node"].values.astype(str).tolist() == sweep.coords["node"].tolist()


def test_one_point_and_an_output_that_is_an_axis():
    one = nc.sweep("10x10", node="tsmc-n5").to_xarray()
    assert one["good_die_cost_usd"].shape == ()
    both = nc.sweep("10x10", node="tsmc-n5", wafer_price_usd=[1e4, 2e4], outputs=["wafer_price_usd", "die_cost_usd"])
    data = both.to_xarray()
    assert list(data.data_vars) == ["die_cost_usd"]
    assert data["wafer_price_usd"].values.tolist() == [1e4, 2e4]


def test_an_opened_file_says_what_the_file_said(sweep, tmp_path):
    sweep.save(tmp_path / "it.parquet")
    xr.testing.assert_identical(open_sweep(tmp_path / "it.parquet").to_xarray(), sweep.to_xarray())


def test_without_xarray_one_line_says_what_to_install(sweep, monkeypatch):
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(InputError, match=r"^to_xarray needs xarray: pip install 'nodecalc\[xarray\]'$"):
        sweep.to_xarray()
