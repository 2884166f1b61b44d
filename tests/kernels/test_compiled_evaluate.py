"""The fused loop against the scalar stages, and the manners of the array functions: shapes, out, threads, errors."""

from __future__ import annotations

import multiprocessing
import threading
import warnings

import numpy as np
import pytest

from nodecalc_kernels import PLACEMENTS, YIELD_MODELS, stages
from nodecalc_kernels.compiled import run_points, yield_array
from nodecalc_kernels.compiled.threads import PARALLEL_FROM
from nodecalc_kernels.graphs import die_graph
from nodecalc_kernels.wafer.patterning import sum_usd

CLOSED = [key for key, row in PLACEMENTS.items() if not row.exact]
FIXED = {
    "scribe_mm": 0.1,
    "edge_exclusion_mm": 3.0,
    "wafer_diameter_mm": 300.0,
    "critical_area_fraction": 0.8,
    "systematic_yield": 0.95,
    "line_yield": 0.97,
    "logic_density_mtr_per_mm2": 90.0,
}
COUNT = 37

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


def arrays(count: int = COUNT, seed: int = 0) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    return {
        "die_area_mm2": random.uniform(10.0, 850.0, count),
        "d0_per_cm2": random.uniform(0.0, 0.6, count),
        "alpha": random.uniform(0.3, 9.0, count),
        "critical_layers": random.uniform(5.0, 15.0, count),
        "wafer_price_usd": random.uniform(3e3, 2e4, count),
    }


def by_stages(yield_key: str, placement_key: str, inputs: dict[str, float]) -> dict[str, float]:
    return stages.run(die_graph(yield_key, placement_key, size="area"), inputs)


def point(inputs: dict[str, np.ndarray], i: int) -> dict[str, float]:
    return {key: float(values[i]) for key, values in inputs.items()}


@pytest.mark.parametrize(
    ("yield_key", "placement_key"),
    [*((key, "de-vries-exp") for key in YIELD_MODELS), *(("murphy", key) for key in CLOSED if key != "de-vries-exp")],
)
def test_the_fused_loop_gives_what_the_stages_give(yield_key: str, placement_key: str) -> None:
    inputs = arrays()
    results = evaluate_arrays(yield_key, placement_key, {**inputs, **FIXED}, OUTPUTS)
    for i in range(COUNT):
        want = by_stages(yield_key, placement_key, {**point(inputs, i), **FIXED})
        for key in OUTPUTS:
            assert results[key][i] == pytest.approx(want[key], rel=1e-13), (key, i)


def test_one_thread_and_several_agree_to_the_last_bits() -> None:
    inputs = arrays(PARALLEL_FROM + 7)
    serial = evaluate_arrays("negative-binomial", "flynn", {**inputs, **FIXED}, OUTPUTS, parallel=False)
    parallel = evaluate_arrays("negative-binomial", "flynn", {**inputs, **FIXED}, OUTPUTS, parallel=True)
    for key in OUTPUTS:
        np.testing.assert_array_max_ulp(serial[key], parallel[key], 4)


def test_bad_points_are_nan_and_their_neighbours_are_not() -> None:
    inputs = arrays(8)
    bad = {"die_area_mm2": -1.0, "d0_per_cm2": np.nan, "alpha": 0.0, "wafer_price_usd": -5.0}
    for i, (key, value) in enumerate(bad.items()):
        inputs[key][2 * i] = value
    cost = evaluate_arrays("negative-binomial", "de-vries-exp", {**inputs, **FIXED}, ["good_die_cost_usd"])
    assert np.isnan(cost["good_die_cost_usd"]).tolist() == [True, False] * 4


def test_inputs_broadcast_and_numbers_stay_numbers() -> None:
    area = np.array([[50.0], [100.0], [400.0]])
    d0 = np.array([0.05, 0.1, 0.2, 0.4])
    inputs = {"die_area_mm2": area, "d0_per_cm2": d0, "wafer_price_usd": 9000, **FIXED}
    cost = evaluate_arrays("murphy", "ferris-prabhu", inputs, ["good_die_cost_usd"])["good_die_cost_usd"]
    assert cost.shape == (3, 4)
    for i, j in np.ndindex(3, 4):
        single = {**inputs, "die_area_mm2": float(area[i, 0]), "d0_per_cm2": float(d0[j])}
        one = evaluate_arrays("murphy", "ferris-prabhu", single, ["good_die_cost_usd"])["good_die_cost_usd"]
        assert one.shape == ()
        assert cost[i, j] == pytest.approx(float(one), rel=1e-14)


def test_width_and_height_shape_the_pitch_and_area_the_defects() -> None:
    inputs = {"d0_per_cm2": 0.1, "wafer_price_usd": 9000.0, **FIXED}
    sides = {"die_width_mm": np.array([8.0, 20.0]), "die_height_mm": np.array([12.5, 5.0])}
    from_sides = evaluate_arrays("murphy", "flynn", {**inputs, **sides}, ["mean_faults", "gross_dies"])
    np.testing.assert_allclose(from_sides["mean_faults"], 0.08)
    for i in range(2):
        want = PLACEMENTS["flynn"].function(sides["die_width_mm"][i], sides["die_height_mm"][i], 0.1, 294.0)
        assert from_sides["gross_dies"][i] == pytest.approx(want, rel=1e-14)
    both = evaluate_arrays("murphy", "flynn", {**inputs, **sides, "die_area_mm2": 50.0}, ["mean_faults", "gross_dies"])
    np.testing.assert_allclose(both["mean_faults"], 0.04)
    np.testing.assert_array_equal(both["gross_dies"], from_sides["gross_dies"])


def test_counted_dies_take_the_place_of_a_formula() -> None:
    inputs = {"die_area_mm2": 100.0, "d0_per_cm2": 0.1, "wafer_price_usd": np.array([5e3, 1e4])}
    given = evaluate_arrays("poisson", "best", {**inputs, "gross_dies": 600.0}, ["die_cost_usd", "good_dies"])
    np.testing.assert_allclose(given["die_cost_usd"], [5e3 / 600.0, 1e4 / 600.0])
    np.testing.assert_allclose(given["good_dies"], 600.0 * np.exp(-0.1))
    assert evaluate_arrays("poisson", None, {"gross_dies": 600.0, "wafer_price_usd": 6e3}, ["die_cost_usd"])[
        "die_cost_usd"
    ] == pytest.approx(10.0)


def test_results_go_into_the_arrays_given() -> None:
    inputs = {**arrays(), **FIXED}
    out = {"good_die_cost_usd": np.full(COUNT, -1.0)}
    results = evaluate_arrays("murphy", "flynn", inputs, ["good_die_cost_usd", "die_yield"], out)
    assert results["good_die_cost_usd"] is out["good_die_cost_usd"]
    assert (out["good_die_cost_usd"] > 0.0).all()
    again = np.empty(COUNT)
    x = np.linspace(0.0, 3.0, COUNT)
    assert yield_array("murphy", "yield", x, out=again) is again
    np.testing.assert_array_equal(again, yield_array("murphy", "yield", x))
    in_place = x.copy()
    yield_array("murphy", "yield", in_place, out=in_place)
    np.testing.assert_array_equal(in_place, again)


def test_an_out_that_cannot_be_filled_is_refused() -> None:
    x = np.linspace(0.0, 3.0, 6)
    frozen = np.empty(6)
    frozen.flags.writeable = False
    for bad, error in (
        (np.empty(5), ValueError),
        (np.empty(12)[::2], ValueError),
        (frozen, ValueError),
        (np.empty(6, np.float32), TypeError),
        ([0.0] * 6, TypeError),
    ):
        with pytest.raises(error, match="out for 'yield'"):
            yield_array("murphy", "yield", x, out=bad)


def test_strided_transposed_and_integer_arrays_are_read_right() -> None:
    x = np.arange(24).reshape(4, 6)
    want = yield_array("exponential", "yield", np.ascontiguousarray(x.T, dtype=float))
    np.testing.assert_array_equal(yield_array("exponential", "yield", x.T), want)
    np.testing.assert_array_equal(yield_array("exponential", "yield", x[:, ::2]), want.T[:, ::2])
    assert yield_array("exponential", "yield", np.empty((0, 3))).shape == (0, 3)


def test_what_is_missing_or_unknown_is_named() -> None:
    inputs = {**arrays(), **FIXED}
    without = {key: value for key, value in inputs.items() if key != "wafer_price_usd"}
    assert "good_dies" in evaluate_arrays("murphy", "flynn", without, ["good_dies"])
    with pytest.raises(KeyError, match=r"wafer_price_usd: needed for good_die_cost_usd"):
        evaluate_arrays("murphy", "flynn", without, ["good_die_cost_usd"])
    with pytest.raises(KeyError, match="alpha"):
        evaluate_arrays("negative-binomial", "flynn", {k: v for k, v in inputs.items() if k != "alpha"}, ["die_yield"])
    with pytest.raises(KeyError, match="profit"):
        evaluate_arrays("murphy", "flynn", inputs, ["profit"])
    with pytest.raises(KeyError, match="die_height_mm"):
        evaluate_arrays("murphy", "flynn", {**inputs, "die_width_mm": 3.0}, ["gross_dies"])
    with pytest.raises(TypeError, match="takes alpha"):
        yield_array("negative-binomial", "yield", 0.5)
    with pytest.raises(TypeError, match="takes no parameter"):
        yield_array("murphy", "yield", 0.5, 2.0)


def test_two_threads_may_ask_for_parallel_loops_at_once() -> None:
    x = np.linspace(0.0, 5.0, 4 * PARALLEL_FROM)
    want = yield_array("murphy", "yield", x)
    wrong: list[int] = []

    def work() -> None:
        for _ in range(20):
            if not np.array_equal(yield_array("murphy", "yield", x, parallel=True), want):
                wrong.append(1)

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    work()
    for worker in workers:
        worker.join()
    assert not wrong


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="no fork on this system")
def test_a_forked_child_does_not_hang_on_its_parents_threads(guard_s: float) -> None:
    x = np.linspace(0.0, 5.0, 2 * PARALLEL_FROM)
    want = float(yield_array("murphy", "yield", x, parallel=True).sum())
    context = multiprocessing.get_context("fork")
    queue = context.SimpleQueue()

    def child() -> None:
        queue.put(float(yield_array("murphy", "yield", x, parallel=True).sum()))

    process = context.Process(target=child)
    with warnings.catch_warnings():
        # Python warns of exactly what is tested here: a fork beside running threads.
        warnings.simplefilter("ignore", DeprecationWarning)
        process.start()
    process.join(guard_s)
    alive = process.is_alive()
    if alive:
        process.kill()
    assert not alive
    assert queue.get() == pytest.approx(want, rel=1e-14)


def test_a_result_kept_in_the_place_of_another_leaves_that_readable_in_the_same_run():
    """The third stage reads `a` after the second has a result to keep, which takes the place of `a`."""
    both = [
        stages.Stage(("a",), sum_usd, ("x", "x"), long=True),
        stages.Stage(("b",), sum_usd, ("a", "a")),
        stages.Stage(("c",), sum_usd, ("a", "b"), long=True),
        stages.Stage(("d",), sum_usd, ("b", "c")),
    ]
    x = np.arange(1000.0)
    found = run_points(both, {"x": x}, ("d",))["d"]
    assert found.tolist() == (10.0 * x).tolist()
