"""`nc.die_yield` and `nc.evaluate` under xarray and dask: labels kept, every scheduler, the values of plain numbers."""

import threading

import dask
import dask.array as da
import numba
import numpy as np
import pytest
import xarray as xr

import nodecalc as nc
from nodecalc_kernels.compiled import points as compiled_points
from nodecalc_kernels.compiled.threads import PARALLEL_FROM
from nodecalc_kernels.defects.yields import murphy, negative_binomial

FAULTS = xr.DataArray(
    np.linspace(0.0, 6.0, 7), dims="d0", coords={"d0": np.linspace(0.0, 6.0, 7)}, name="faults", attrs={"unit": "1"}
)
ALPHA = xr.DataArray([1.0, 2.5, np.inf], dims="alpha", coords={"alpha": [1.0, 2.5, np.inf]})
SCHEDULERS = ["synchronous", "threads"]
MANY = 4 * PARALLEL_FROM
"""Points enough that each of four chunks would be worth several threads to a caller on the main thread."""


def clustered(x, alpha):
    return nc.die_yield(x, model="negative-binomial", alpha=alpha)


def cost(area, d0):
    found = nc.evaluate(
        {"die_area_mm2": area, "d0_per_cm2": d0}, node="tsmc-n5", outputs=["gross_dies", "good_die_cost_usd"]
    )
    return found["gross_dies"], found["good_die_cost_usd"]


def assert_murphy(found, faults):
    np.testing.assert_allclose(found, [murphy(float(x)) for x in np.ravel(faults)], rtol=1e-14)


@pytest.mark.parametrize("model", ["murphy", "poisson", "moore"])
def test_apply_ufunc_keeps_labels_and_gives_the_values_of_numbers(model):
    found = xr.apply_ufunc(nc.die_yield, FAULTS, kwargs={"model": model}, keep_attrs=True)
    assert found.dims == FAULTS.dims
    assert found.name == FAULTS.name
    assert found.attrs == FAULTS.attrs
    xr.testing.assert_equal(found["d0"], FAULTS["d0"])
    for i, x in enumerate(FAULTS.values):
        assert float(found[i]) == pytest.approx(nc.die_yield(float(x), model=model), rel=1e-14)


def test_apply_ufunc_takes_arrays_without_dimensions_and_whole_datasets():
    single = xr.apply_ufunc(nc.die_yield, FAULTS.sel(d0=1.0))
    assert single.dims == ()
    assert float(single) == nc.die_yield(1.0)
    both = xr.apply_ufunc(nc.die_yield, xr.Dataset({"memory": FAULTS, "logic": 2.0 * FAULTS}))
    assert_murphy(both["memory"], FAULTS)
    assert_murphy(both["logic"], 2.0 * FAULTS)


@pytest.mark.parametrize("chunks", [None, {"d0": 3}])
def test_two_labelled_arrays_broadcast_by_name(chunks):
    x, alpha = (FAULTS, ALPHA) if chunks is None else (FAULTS.chunk(chunks), ALPHA.chunk({"alpha": 2}))
    found = xr.apply_ufunc(clustered, x, alpha, dask="parallelized", output_dtypes=[float])
    assert found.dims == ("d0", "alpha")
    assert (found.chunks is None) == (chunks is None)
    with dask.config.set(scheduler="threads"):
        for faults in FAULTS.values:
            for own in ALPHA.values:
                got = float(found.sel(d0=faults, alpha=own))
                assert got == pytest.approx(negative_binomial(float(faults), float(own)), rel=1e-14)


@pytest.mark.parametrize("scheduler", SCHEDULERS)
def test_apply_ufunc_stays_lazy_over_dask_and_answers_the_same(scheduler):
    found = xr.apply_ufunc(nc.die_yield, FAULTS.chunk({"d0": 2}), dask="parallelized", output_dtypes=[float])
    assert found.chunks == ((2, 2, 2, 1),)
    done = found.compute(scheduler=scheduler)
    xr.testing.assert_equal(done["d0"], FAULTS["d0"])
    assert_murphy(done, FAULTS)


@pytest.mark.parametrize("chunked", [False, True])
def test_evaluate_over_two_labelled_axes_is_estimate_at_each_point(chunked):
    area = xr.DataArray([50.0, 100.0, 400.0], dims="area", coords={"area": [50.0, 100.0, 400.0]})
    d0 = xr.DataArray([0.07, 0.2], dims="d0", coords={"d0": [0.07, 0.2]})
    if chunked:
        area, d0 = area.chunk({"area": 2}), d0.chunk({"d0": 1})
    dies, usd = xr.apply_ufunc(
        cost, area, d0, output_core_dims=[(), ()], dask="parallelized", output_dtypes=[float, float]
    )
    dies, usd = dask.compute(dies, usd, scheduler="threads")
    assert usd.dims == ("area", "d0")
    for mm2 in area.coords["area"].values:
        for defects in d0.coords["d0"].values:
            e = nc.estimate(die_area_mm2=mm2, d0_per_cm2=defects, node="tsmc-n5")
            assert dies.sel(area=mm2, d0=defects).item() == e.gross_dies
            assert usd.sel(area=mm2, d0=defects).item() == pytest.approx(e.good_die_cost_usd, rel=1e-13)


def test_gross_dies_go_point_by_point_with_vectorize():
    width = xr.DataArray([8.0, 10.0, 26.0], dims="width")
    found = xr.apply_ufunc(nc.gross_dies, width, 10.0, vectorize=True)
    assert found.values.tolist() == [nc.gross_dies(w, 10.0) for w in (8.0, 10.0, 26.0)]


@pytest.mark.parametrize("scheduler", SCHEDULERS)
def test_map_blocks_gives_the_same_bits_as_one_array(scheduler):
    faults = np.linspace(0.0, 6.0, MANY)
    found = da.from_array(faults, chunks=MANY // 4).map_blocks(nc.die_yield, model="moore")
    assert found.dtype == np.float64  # asked on an array without points
    np.testing.assert_array_equal(found.compute(scheduler=scheduler), nc.die_yield(faults, model="moore"))


@pytest.mark.parametrize("scheduler", SCHEDULERS)
def test_map_blocks_and_gufunc_broadcast_chunked_parameters(scheduler):
    x, alpha = da.from_array(FAULTS.values, chunks=3), da.from_array(ALPHA.values, chunks=2)
    want = [[negative_binomial(float(a), float(b)) for b in ALPHA.values] for a in FAULTS.values]
    blocks = da.map_blocks(clustered, x[:, None], alpha[None, :], dtype=float)
    gufunc = da.apply_gufunc(clustered, "(),()->()", x[:, None], alpha[None, :], output_dtypes=float)
    for found in (blocks, gufunc):
        assert found.shape == (7, 3)
        np.testing.assert_allclose(found.compute(scheduler=scheduler), want, rtol=1e-14)


@pytest.mark.parametrize("scheduler", SCHEDULERS)
def test_dask_threads_run_serial_loops_and_only_the_main_thread_parallel_ones(scheduler, monkeypatch):
    # dask's own threads are several already: a call of one of them must not start more.
    chosen = []
    choose = compiled_points.use_threads

    def spy(parallel, count):
        several = choose(parallel, count)
        if count:  # dask asks what comes back with an array of no points first
            chosen.append((threading.current_thread() is threading.main_thread(), several))
        return several

    monkeypatch.setattr(compiled_points, "use_threads", spy)
    da.linspace(0.0, 6.0, MANY, chunks=MANY // 4).map_blocks(nc.die_yield, dtype=float).compute(scheduler=scheduler)
    several = numba.get_num_threads() > 1
    assert set(chosen) == ({(True, several)} if scheduler == "synchronous" else {(False, False)})
    assert len(chosen) == 4


def test_the_process_scheduler_answers_the_same(run_script):
    assert run_script(PROCESSES) == ["same"]


PROCESSES = """
import dask.array as da
import numpy as np
import nodecalc as nc

if __name__ == "__main__":
    x = np.linspace(0.0, 6.0, 101)
    want = nc.die_yield(x)
    found = da.from_array(x, chunks=51).map_blocks(nc.die_yield, dtype=float)
    np.testing.assert_array_equal(found.compute(scheduler="processes", num_workers=1), want)
    print("same")
"""


def test_an_array_of_dask_or_xarray_itself_is_computed_to_a_plain_array():
    for given in (FAULTS, FAULTS.chunk({"d0": 2}), da.from_array(FAULTS.values, chunks=2)):
        found = nc.die_yield(given)
        assert type(found) is np.ndarray
        assert_murphy(found, FAULTS)
