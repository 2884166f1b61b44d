"""The kernels under every door of numba that a user may come through; plain loops are tested with the kernels."""

import ctypes
import os
import tomllib
from pathlib import Path

import numba
import numpy as np
import pytest
from numba.experimental import jitclass

import nodecalc_kernels as kernels
from nodecalc_kernels import compiled, cost_per_die, good_dies, moore, murphy, negative_binomial

compiled.register()  # numba calls it itself where the distribution is installed; the last tests are about that

X = np.linspace(0.0, 6.0, 301)
ALPHA = 2.5
WANT = np.array([negative_binomial(float(x), ALPHA) for x in X])
TARGETS = ["cpu", "parallel"]


def close(found, want=WANT):
    np.testing.assert_allclose(found, want, rtol=1e-14)


def test_a_vectorize_without_signatures():
    @numba.vectorize
    def ufunc(x, alpha):
        return negative_binomial(x, alpha)

    close(ufunc(X, ALPHA))
    close(ufunc(X[:, None], np.array([ALPHA, ALPHA])), WANT[:, None].repeat(2, 1))
    assert ufunc(0.5, ALPHA) == pytest.approx(negative_binomial(0.5, ALPHA), rel=1e-14)


@pytest.mark.parametrize("target", TARGETS)
def test_a_vectorize_with_signatures_in_both_widths(target):
    @numba.vectorize(["float32(float32, float32)", "float64(float64, float64)"], target=target)
    def ufunc(x, alpha):
        return negative_binomial(x, alpha)

    close(ufunc(X, ALPHA))
    narrow = ufunc(X.astype(np.float32), np.float32(ALPHA))
    assert narrow.dtype == np.float32
    np.testing.assert_allclose(narrow, WANT, rtol=2e-6)


@pytest.mark.parametrize("target", TARGETS)
def test_a_guvectorize(target):
    @numba.guvectorize(["void(float64[:], float64, float64[:])"], "(n),()->(n)", target=target)
    def rows(x, alpha, out):
        for i in range(x.size):
            out[i] = negative_binomial(x[i], alpha)

    close(rows(np.stack([X, X]), ALPHA), np.stack([WANT, WANT]))


def test_a_c_callback():
    @numba.cfunc("float64(float64, float64)")
    def callback(x, alpha):
        return negative_binomial(x, alpha)

    close([callback.ctypes(float(x), ALPHA) for x in X])
    pointer = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double, ctypes.c_double)(callback.address)
    close(pointer(1.5, ALPHA), negative_binomial(1.5, ALPHA))


@jitclass([("alpha", numba.float64), ("price", numba.float64)])
class Wafer:
    def __init__(self, alpha, price):
        self.alpha = alpha
        self.price = price

    def usd(self, x, gross):
        return cost_per_die(self.price, 1.0, good_dies(gross, negative_binomial(x, self.alpha)))


def test_a_method_of_a_jitclass():
    wafer = Wafer(ALPHA, 1e4)
    close([wafer.usd(x, 500.0) for x in X], 1e4 / (500.0 * WANT))


class Line:
    """A class of Python's own around a compiled static method."""

    def __init__(self, alpha):
        self.alpha = alpha

    @staticmethod
    @numba.njit
    def one(x, alpha):
        return negative_binomial(x, alpha)

    def many(self, xs):
        return [self.one(x, self.alpha) for x in xs]


def test_a_compiled_static_method_called_from_a_plain_one():
    close(Line(ALPHA).many(X))


def test_a_formula_compiled_by_itself_and_handed_to_compiled_code():
    own = numba.njit(murphy)

    @numba.njit
    def total(formula, x):
        found = 0.0
        for i in range(x.size):
            found += formula(x[i])
        return found

    want = sum(murphy(float(x)) for x in X)
    assert total(own, X) == pytest.approx(want, rel=1e-14)
    assert total(numba.njit(moore), X) == pytest.approx(sum(moore(float(x)) for x in X), rel=1e-14)


def test_a_choice_between_models_inside_the_loop():
    @numba.njit
    def pick(code, x, out):
        for i in range(x.size):
            if code == 0:
                out[i] = kernels.poisson(x[i])
            elif code == 1:
                out[i] = kernels.murphy(x[i])
            else:
                out[i] = kernels.negative_binomial(x[i], ALPHA)

    for code, plain in enumerate([kernels.poisson, murphy, lambda x: negative_binomial(x, ALPHA)]):
        out = np.empty_like(X)
        pick(code, X, out)
        close(out, [plain(float(x)) for x in X])


def test_the_whole_chain_from_die_to_cost_in_one_users_loop():
    import nodecalc as nc

    @numba.njit
    def usd(width, height, d0, price):
        usable = kernels.usable_diameter(300.0, 3.0)
        x = kernels.mean_faults(width * height, 1.0, d0)
        return cost_per_die(price, 1.0, good_dies(kernels.best(width, height, 0.1, usable), murphy(x)))

    e = nc.estimate("8x12", d0_per_cm2=0.2, wafer_price_usd=9000.0)
    assert usd(8.0, 12.0, 0.2, 9000.0) == pytest.approx(e.good_die_cost_usd, rel=1e-14)


SCRIPT = """
import sys
import numba, numpy as np
from nodecalc_kernels import murphy, negative_binomial

@numba.njit(cache=True)
def serial(x, out):
    for i in range(x.size):
        out[i] = murphy(x[i]) - negative_binomial(x[i], 2.5)

@numba.njit(cache=True, parallel=True)
def parallel(x, out):
    for i in numba.prange(x.size):
        out[i] = murphy(x[i]) - negative_binomial(x[i], 2.5)

x = np.linspace(0.0, 6.0, 301)
want = [murphy(v) - negative_binomial(v, 2.5) for v in x.tolist()]
for loop in serial, parallel:
    out = np.empty_like(x)
    loop(x, out)
    np.testing.assert_allclose(out, want, rtol=0.0, atol=2e-15)
    print(sum(loop.stats.cache_hits.values()))
"""


@pytest.fixture
def entry_point(tmp_path, child_environment):
    """Environment in which the packages look installed, with the entry points that the project declares.

    Beside no project, these are the tests of an installed wheel, which has its own.
    """
    declared = Path(__file__).parents[2] / "pyproject.toml"
    if not declared.exists():
        return {"PYTHONPATH": child_environment["PYTHONPATH"]}
    project = tomllib.loads(declared.read_text(encoding="utf-8"))["project"]
    marker = tmp_path / "installed" / "nodecalc-0.dist-info"
    marker.mkdir(parents=True)
    (marker / "METADATA").write_text("Metadata-Version: 2.1\nName: nodecalc\nVersion: 0\n", encoding="utf-8")
    lines = [
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in names.items())
        for group, names in project["entry-points"].items()
    ]
    (marker / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")

    return {"PYTHONPATH": f"{marker.parent}{os.pathsep}{child_environment['PYTHONPATH']}"}


def test_a_users_script_needs_no_more_than_the_import_and_may_be_cached(run_script, entry_point):
    assert run_script(SCRIPT, env=entry_point) == ["0", "0"]
    assert run_script(SCRIPT, env=entry_point) == ["1", "1"]
