"""Single precision: as accurate as it can be against the double form, total as that one is, and nowhere a double."""

from __future__ import annotations

import math
import re
from itertools import product

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nodecalc_kernels import PLACEMENTS, YIELD_MODELS
from nodecalc_kernels.compiled import run_points, yield_array
from nodecalc_kernels.compiled.math import JIT_OPTIONS
from nodecalc_kernels.compiled.math32 import NEGLIGIBLE, SINGLE_FORMS, SINGLE_VALUES, SMALLEST_DIVISOR
from nodecalc_kernels.compiled.points import KINDS
from nodecalc_kernels.compiled.single import rebuild, twin
from nodecalc_kernels.compiled.write import written_single
from nodecalc_kernels.cost import die as cost
from nodecalc_kernels.cost import size as die_size
from nodecalc_kernels.defects import faults, yields
from nodecalc_kernels.graphs import die_graph
from nodecalc_kernels.numbers import vecmath
from nodecalc_kernels.tasks import task_of

TOLERANCE_ULP = 4.0
TOLERANCE_PER_LOG_YIELD = 1.5
COUNT = 40
CLOSED = [key for key, row in PLACEMENTS.items() if not row.exact]
LARGEST = float(np.finfo(np.float32).max)
BOUNDS = {"alpha": (0.3, 1e8), "critical_layers": (1.0, 200.0)}


def singles(low: float, high: float):
    return arrays(np.float32, COUNT, elements=st.floats(np.float32(low), np.float32(high), width=32))


def narrowed(values: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore", under="ignore"):
        return values.astype(np.float32)


def assert_close(key: str, kind: str, argument: np.ndarray, own: tuple[np.ndarray, ...]) -> None:
    """Compare with the double form at the same points, in units of the last place of a single."""
    got = yield_array(key, kind, argument, *own, parallel=False)
    assert got.dtype == np.float32
    doubles = [value.astype(float) for value in (argument, *own)]
    want = yield_array(key, kind, *doubles, parallel=False)
    if kind == "inverse":
        log_yield = np.log(np.where(doubles[0] > 0.0, doubles[0], 1.0))
    else:
        log_yield = yield_array(key, "log_yield", *doubles, parallel=False)
    nearest = narrowed(want)
    same = (got == nearest) | (np.isnan(got) & np.isnan(want))
    sane = np.where(np.isfinite(nearest), np.minimum(np.abs(nearest), np.float32(LARGEST / 2.0)), np.float32(1.0))
    allowed = TOLERANCE_ULP + TOLERANCE_PER_LOG_YIELD * np.abs(np.nan_to_num(log_yield, posinf=0.0, neginf=0.0))
    with np.errstate(invalid="ignore"):
        near = np.abs(got.astype(float) - want) <= allowed * np.spacing(sane).astype(float)
    good = same | (near & np.isfinite(got))
    worst = int(np.argmin(good))
    assert good.all(), (key, kind, [value[worst] for value in doubles], got[worst], want[worst])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("key", YIELD_MODELS)
@given(data=st.data())
def test_a_yield_in_float32_is_the_float64_one_to_its_last_places(key: str, kind: str, data: st.DataObject) -> None:
    argument = data.draw(singles(0.0, 1.0 if kind == "inverse" else 80.0))
    own = tuple(data.draw(singles(*BOUNDS[name])) for name in YIELD_MODELS[key].parameters)
    assert_close(key, kind, argument, own)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("key", YIELD_MODELS)
def test_so_it_is_at_a_hundred_thousand_points(key: str, kind: str) -> None:
    random = np.random.default_rng(32)
    x = np.concatenate([random.uniform(0.0, 80.0, 50_000), 10.0 ** random.uniform(-12.0, math.log10(80.0), 50_000)])
    own = tuple(
        narrowed(np.exp(random.uniform(*np.log(BOUNDS[name]), x.size))) for name in YIELD_MODELS[key].parameters
    )
    x = narrowed(x)
    assert_close(key, kind, yield_array(key, "yield", x, *own) if kind == "inverse" else x, own)


VALUES = (
    *(0.0, -0.0, 1.4e-45, 1e-40, 2.0**-126, 1e-30, 1e-9, 3e-8, 0.1, 0.43, 0.4324, 0.5, 0.9, 1.0 - 2.0**-24, 1.0),
    *(1.0 + 2.0**-23, 1.5, 1.999, 2.0, 2.5, 7.0, 40.0, 87.3, 88.7, 100.0, 104.0, 1e5, 1e16, 1e30, LARGEST, math.inf),
    *(-1.4e-45, -0.5, -1.0, -LARGEST, -math.inf, math.nan),
)
PARAMETERS = (1e-3, 0.3, 1.0, 2.0, 12.5, 200.0, 1e12, math.inf, 0.0, -0.0, -1.0, -math.inf, math.nan)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("key", YIELD_MODELS)
def test_special_values_go_where_they_go_in_float64(key: str, kind: str) -> None:
    points = list(product(VALUES, PARAMETERS if YIELD_MODELS[key].parameters else (0.0,)))
    x = np.array([point[0] for point in points], np.float32)
    own = (np.array([point[1] for point in points], np.float32),) if YIELD_MODELS[key].parameters else ()
    assert_close(key, kind, x, own)


def test_a_clustering_too_small_for_float32_is_outside_its_domain() -> None:
    alpha = np.array([0.9 * SMALLEST_DIVISOR, SMALLEST_DIVISOR, 1.4e-45], np.float32)
    x = np.ones(3, np.float32)
    assert np.isnan(yield_array("negative-binomial", "yield", x, alpha)).tolist() == [True, False, True]


@pytest.mark.parametrize("key", CLOSED)
def test_a_closed_form_of_dies_per_wafer_is_the_float64_one(key: str) -> None:
    sizes = (1e-7, 0.5, 7.3, 26.0, 33.0, 180.0, 290.0, 400.0, math.inf, math.nan, -1.0, 0.0)
    wafers = ((0.1, 294.0), (0.0, 1e9), (-0.1, 294.0), (0.1, 0.0), (math.nan, 294.0))
    table = np.array([(w, h, *wafer) for w, h, wafer in product(sizes, sizes, wafers)], np.float32)
    form = twin(PLACEMENTS[key].function)
    for row in table:
        want = PLACEMENTS[key].function(*(float(value) for value in row))
        # A difference of two terms (de Vries' linear form) keeps the rounding of the larger one.
        np.testing.assert_allclose(form(*row), want, rtol=3e-6, atol=1e-4, err_msg=f"{row}")


FIXED = {
    "scribe_mm": 0.1,
    "edge_exclusion_mm": 3.0,
    "wafer_diameter_mm": 300.0,
    "critical_area_fraction": 0.8,
    "systematic_yield": 0.95,
    "line_yield": 0.97,
    "logic_density_mtr_per_mm2": 90.0,
}

NEUTRAL = dict.fromkeys(("aspect_ratio", "critical_area_fraction", "systematic_yield", "line_yield"), 1.0)
OUTPUTS = (
    "gross_dies",
    "mean_faults",
    "die_yield",
    "good_dies",
    "die_cost_usd",
    "good_die_cost_usd",
    "peak_transistors",
    "usd_per_billion_transistors",
)


def evaluate_arrays(yield_key, placement_key, inputs, outputs, out=None, parallel=None, dtype=np.float64):
    """Run the whole graph over arrays, shares that are not given being 1."""
    size = "sides" if "die_width_mm" in inputs else "area"
    graph = die_graph(yield_key, placement_key or "area", size=size)
    return run_points(graph, inputs, outputs, constants=NEUTRAL, out=out, parallel=parallel, dtype=dtype)


def inputs(count: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(5)
    drawn = {
        "die_area_mm2": random.uniform(10.0, 850.0, count),
        "d0_per_cm2": random.uniform(0.0, 0.6, count),
        "alpha": random.uniform(0.3, 9.0, count),
        "critical_layers": random.uniform(5.0, 15.0, count),
        "wafer_price_usd": random.uniform(3e3, 2e4, count),
    }
    return {key: values.astype(np.float32) for key, values in drawn.items()}


@pytest.mark.parametrize(
    ("yield_key", "placement_key"), list(zip(YIELD_MODELS, [*CLOSED, "flynn"][: len(YIELD_MODELS)], strict=True))
)
def test_the_fused_loop_gives_all_its_outputs_in_float32(yield_key: str, placement_key: str) -> None:
    given_inputs = {**inputs(1000), **FIXED}
    got = evaluate_arrays(yield_key, placement_key, given_inputs, OUTPUTS, dtype=np.float32)
    want = evaluate_arrays(yield_key, placement_key, given_inputs, OUTPUTS)
    for key in OUTPUTS:
        assert got[key].dtype == np.float32
        # A yield multiplies the rounding of its mean faults by their number: 46 at most here, in Bose-Einstein's form.
        np.testing.assert_allclose(got[key], want[key], rtol=1e-5 if yield_key == "bose-einstein" else 2e-6)


def test_one_thread_and_several_agree_in_float32() -> None:
    given_inputs = {**inputs(40_000), **FIXED}
    one, several = (
        evaluate_arrays("murphy", "flynn", given_inputs, OUTPUTS, parallel=parallel, dtype=np.float32)
        for parallel in (False, True)
    )
    for key in OUTPUTS:
        np.testing.assert_array_max_ulp(one[key], several[key], 4)


def test_bad_points_are_nan_and_their_neighbours_are_not() -> None:
    drawn = inputs(8)
    for i, (key, value) in enumerate(
        {"die_area_mm2": -1.0, "d0_per_cm2": np.nan, "alpha": 0.0, "wafer_price_usd": -5.0}.items()
    ):
        drawn[key][2 * i] = value
    found = evaluate_arrays(
        "negative-binomial", "de-vries-exp", {**drawn, **FIXED}, ["good_die_cost_usd"], dtype=np.float32
    )
    assert np.isnan(found["good_die_cost_usd"]).tolist() == [True, False] * 4


def test_counts_of_dies_are_whole_up_to_two_to_the_24() -> None:
    dies = np.array([0.0, 616.0, 2.0**24 - 1.0])
    found = evaluate_arrays("murphy", None, {"gross_dies": dies, "wafer_price_usd": 1.0}, ["gross_dies"], dtype="f4")
    assert found["gross_dies"].tolist() == dies.tolist()


def of_numbers(llvm: str) -> str:
    """Return the code without numba's wrappers, which convert between a Python float and the argument."""
    definitions = re.split(r"^(?=define )", llvm, flags=re.MULTILINE)
    return "".join(part for part in definitions if part.startswith("define ") and "cpython" not in part.split("\n")[0])


FORMULAS = {
    **{row.function: 4 for key, row in PLACEMENTS.items() if key in CLOSED},
    **{
        formula: 1 + len(model.parameters)
        for model in YIELD_MODELS.values()
        for formula in (model.yield_, model.log_yield, model.loss, model.inverse)
    },
    **{faults.mean_faults: 3, faults.total_yield: 2, die_size.usable_diameter: 2},
    **{yields.survival: 2},
    **{cost.good_dies: 2, cost.cost_per_die: 3, cost.peak_transistors: 2, cost.usd_per_billion_transistors: 2},
}


@pytest.mark.parametrize("plain", FORMULAS, ids=lambda plain: plain.__name__)
def test_no_formula_meets_a_double_on_its_way(plain) -> None:
    form = numba.njit(error_model="numpy")(twin(plain).py_func)
    assert form.compile((numba.float32,) * FORMULAS[plain]) is not None
    signature = form.nopython_signatures[0]
    assert signature.return_type == numba.float32
    code = of_numbers(form.inspect_llvm(form.signatures[0]))
    assert "float" in code
    assert "double" not in code


def test_the_fused_loop_keeps_whole_registers_of_singles() -> None:
    graph = die_graph("negative-binomial", "de-vries-exp", size="area")
    arrays_of = ("die_area_mm2", "d0_per_cm2", "alpha", "wafer_price_usd")
    numbers = ("scribe_mm", "edge_exclusion_mm", "wafer_diameter_mm")
    task = task_of(graph, (*arrays_of, *numbers), ("good_die_cost_usd",), NEUTRAL)
    loop = numba.njit(**JIT_OPTIONS)(written_single(task).py_func)  # one out of the cache could not be looked into
    some = np.ones(8, np.float32)
    loop(8, tuple(some if key in arrays_of else np.float32(1.0) for key in task.inputs), (some,))
    code = of_numbers(loop.inspect_llvm(loop.signatures[0]))
    assert "double" not in code
    lanes = {int(count) for count in re.findall(r"= f\w+ [\w ]*<(\d+) x float>", code)}
    assert max(lanes) >= 4
    assert re.search(r"fdiv [\w ]*<\d+ x float>", code), "the divisions are not packed"
    assert re.search(r"sqrt\.v\d+f32", code), "the square root is not packed"
    assembly = loop.inspect_asm(loop.signatures[0])
    assert not re.search(r"cvtps2pd|cvtss2sd|cvtpd2ps", assembly)


def test_a_twin_leaves_its_formula_as_it_was() -> None:
    before = yields.murphy.__code__
    assert twin(yields.murphy)(np.float32(1.0)) == pytest.approx(0.39957640089, rel=1e-6)
    assert yields.murphy.__code__ is before
    assert yields.murphy(1.0) == pytest.approx(0.39957640089372803, rel=1e-15)


TOO_SMALL = 2.0**-600


def takes_a_constant_too_small(x: float) -> float:
    return x + TOO_SMALL


def takes_a_literal_too_large(x: float) -> float:
    return x + 1e200


@pytest.mark.parametrize("plain", [takes_a_constant_too_small, takes_a_literal_too_large])
def test_a_constant_that_float32_cannot_hold_is_not_rounded_in_silence(plain) -> None:
    with pytest.raises(ValueError, match="beyond single precision"):
        rebuild(plain)


def test_every_elementary_function_has_its_single_form() -> None:
    own = {
        value
        for value in vars(vecmath).values()
        if callable(value) and getattr(value, "__module__", "") == vecmath.__name__
    }
    assert set(SINGLE_FORMS) == own
    for name, value in (("NEGLIGIBLE", NEGLIGIBLE), ("SMALLEST_DIVISOR", SMALLEST_DIVISOR)):
        assert SINGLE_VALUES[name] == value
        assert getattr(yields, name) is getattr(vecmath, name)
