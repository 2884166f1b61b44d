"""Plain scalar, compiled scalar, array on one thread and on several: the same numbers, for every registered model."""

from __future__ import annotations

import math
from itertools import product

import numba
import numpy as np
import pytest

from nodecalc_kernels import PLACEMENTS, YIELD_MODELS
from nodecalc_kernels.compiled import yield_array
from nodecalc_kernels.compiled.points import KINDS
from nodecalc_kernels.compiled.registration import FORMULAS
from nodecalc_kernels.cost import density
from nodecalc_kernels.cost import die as cost
from nodecalc_kernels.cost import size as die_size
from nodecalc_kernels.defects import faults

VALUES = (
    *(0.0, -0.0, 5e-324, 1e-310, 2.0**-1022, 1e-200, 1e-17, 1e-9, 0.1, 0.43, 0.4324, 0.5, 0.9, 1.0 - 2.0**-53, 1.0),
    *(1.0 + 2.0**-52, 1.5, 1.999, 2.0, 2.5, 7.0, 40.0, 600.0, 745.0, 1e5, 1e16, 1e200, 1e308, math.inf),
    *(-5e-324, -0.5, -1.0, -1e308, -math.inf, math.nan),
)
PARAMETERS = (1e-3, 0.3, 1.0, 2.0, 12.5, 200.0, 1e12, 1e308, math.inf, 0.0, -0.0, -1.0, -math.inf, math.nan, 5e-324)
TOLERANCE_ULP = 4.0
TOLERANCE_PER_LOG_YIELD = 1.5


def assert_same(got: float, want: float, log_yield: float, where: object) -> None:
    if math.isnan(want) or math.isinf(want):
        assert got == want or (math.isnan(got) and math.isnan(want)), (where, got, want)
        return
    allowed = TOLERANCE_ULP + TOLERANCE_PER_LOG_YIELD * min(abs(log_yield), 1e6)
    assert abs(got - want) <= allowed * math.ulp(want), (where, got, want)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("key", YIELD_MODELS)
def test_all_forms_of_a_yield_model_agree(key: str, kind: str) -> None:
    model = YIELD_MODELS[key]
    plain = dict(zip(KINDS, (model.yield_, model.log_yield, model.loss, model.inverse), strict=True))[kind]
    if model.parameters:

        @numba.njit
        def scalar(x: float, parameter: float) -> float:
            return plain(x, parameter)

        points = list(product(VALUES, PARAMETERS))
    else:

        @numba.njit
        def scalar(x: float, parameter: float) -> float:
            return plain(x)

        points = [(x, 0.0) for x in VALUES]
    x = np.array([point[0] for point in points])
    parameter = np.array([point[1] for point in points]) if model.parameters else None
    serial = yield_array(key, kind, x, parameter, parallel=False)
    parallel = yield_array(key, kind, x, parameter, parallel=True)
    for i, (value, own) in enumerate(points):
        arguments = (value, own) if model.parameters else (value,)
        want = plain(*arguments)
        log_yield = math.log(value) if kind == "inverse" and value > 0.0 else model.log_yield(*arguments)
        log_yield = 0.0 if math.isnan(log_yield) else log_yield
        for form, got in (("scalar", scalar(value, own)), ("serial", serial[i]), ("parallel", parallel[i])):
            assert_same(float(got), want, log_yield, (form, key, kind, arguments))


@pytest.mark.parametrize("key", [key for key, row in PLACEMENTS.items() if not row.exact])
def test_a_closed_form_of_dies_per_wafer_is_the_same_compiled(key: str) -> None:
    plain = PLACEMENTS[key].function

    @numba.njit
    def scalar(width: float, height: float, scribe: float, diameter: float) -> float:
        return plain(width, height, scribe, diameter)

    sizes = (1e-7, 0.5, 7.3, 26.0, 33.0, 180.0, 290.0, 400.0, math.inf, math.nan, -1.0, 0.0)
    for width, height in product(sizes, sizes):
        for scribe, diameter in ((0.1, 294.0), (0.0, 1e9), (-0.1, 294.0), (0.1, 0.0), (math.nan, 294.0)):
            want = plain(width, height, scribe, diameter)
            got = scalar(width, height, scribe, diameter)
            # A difference of two terms (de Vries' linear form) keeps the rounding of the larger one.
            np.testing.assert_allclose(got, want, rtol=1e-13, atol=1e-9, err_msg=f"{width} x {height}")


ARGUMENTS = {
    faults.mean_faults: 3,
    faults.total_yield: 2,
    die_size.usable_diameter: 2,
    cost.good_dies: 2,
    cost.cost_per_die: 3,
    cost.peak_transistors: 2,
    cost.usd_per_billion_transistors: 2,
    density.logic_density: 4,
}


@pytest.mark.parametrize("plain", ARGUMENTS, ids=lambda plain: plain.__name__)
def test_cost_density_and_stage_formulas_are_the_same_compiled(plain) -> None:
    assert plain in FORMULAS

    @numba.njit
    def compiled(*arguments: float) -> float:
        return plain(*arguments)

    for arguments in product((0.0, 0.3, 1.0, 95.0, 1e4, -1.0, math.inf, math.nan), repeat=ARGUMENTS[plain]):
        want = plain(*arguments)
        np.testing.assert_allclose(compiled(*arguments), want, rtol=1e-15, atol=0.0, err_msg=str(arguments))
