"""The stages: what they name, what they skip, and formulas that give nan or infinity but never raise."""

from math import inf, isnan, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodecalc.vocabulary import QUANTITIES
from nodecalc_kernels import (
    PLACEMENTS,
    YIELD_MODELS,
    cost_per_die,
    good_dies,
    mean_faults,
    peak_transistors,
    total_yield,
    usable_diameter,
    usd_per_billion_transistors,
)
from nodecalc_kernels.cost.density import chip_density, logic_density, sram_density
from nodecalc_kernels.cost.die import STARTED
from nodecalc_kernels.cost.size import SIZES
from nodecalc_kernels.graphs import EDGE_RULES, die_graph
from nodecalc_kernels.stages import run

DIE = {"die_width_mm": 10.0, "die_height_mm": 10.0, "die_area_mm2": 100.0}
WAFER = {"scribe_mm": 0.1, "edge_exclusion_mm": 3.0, "wafer_diameter_mm": 300.0}
DEFECTS = {"critical_area_fraction": 1.0, "d0_per_cm2": 0.1, "systematic_yield": 1.0}
PRICE = {"wafer_price_usd": 10000.0, "line_yield": 1.0}
DENSITY = {"logic_density_mtr_per_mm2": 100.0}
STAGES = die_graph("murphy", "best")


@pytest.mark.parametrize("model", YIELD_MODELS)
@pytest.mark.parametrize("placement", PLACEMENTS)
def test_every_plan_speaks_the_vocabulary_and_runs_in_order(model, placement):
    for size in SIZES:
        known = set()
        for stage in die_graph(model, placement, size=size):
            named = [key for key in (*stage.inputs, *stage.outputs) if key in QUANTITIES]
            between = set(stage.inputs).difference(named)
            assert between <= known  # what has no name in the vocabulary is made by a stage before
            asked = {k for k in named if QUANTITIES[k].role == "output"} - {"logic_density_mtr_per_mm2"}
            assert asked.difference(stage.outputs) <= known
            known.update(stage.outputs)
    assert {"gross_dies", "die_yield", "good_die_cost_usd", "usd_per_billion_transistors"} <= known


def test_all_inputs_give_all_outputs_and_leave_the_inputs_alone():
    values = DIE | WAFER | DEFECTS | PRICE | DENSITY
    before = dict(values)
    known = run(STAGES, values)
    assert values == before
    assert known["gross_dies"] == 616
    assert known["good_die_cost_usd"] == pytest.approx(10000 / (616 * known["die_yield"]))
    assert known["peak_transistors"] == pytest.approx(1e10)


def test_a_stage_without_its_inputs_is_passed_over_and_so_is_what_needs_it():
    no_density = run(STAGES, DIE | WAFER | DEFECTS | PRICE)
    assert "good_die_cost_usd" in no_density
    assert "peak_transistors" not in no_density
    no_price = run(STAGES, DIE | WAFER | DEFECTS | DENSITY)
    assert no_price["good_dies"] == no_price["gross_dies"] * no_price["die_yield"]  # no price is needed to count
    assert not {"die_cost_usd", "good_die_cost_usd", "usd_per_billion_transistors"} & set(no_price)
    no_defects = run(STAGES, DIE | WAFER | PRICE)
    assert no_defects["gross_dies"] == 616
    assert "die_yield" not in no_defects
    assert run(STAGES, {}) == {}


def test_an_unknown_edge_rule_or_model_has_no_plan():
    assert set(EDGE_RULES) == {"finished-die", "whole-cell"}
    for arguments in (("murphy", "best", "none"), ("murphy", "none"), ("none", "best")):
        with pytest.raises(KeyError):
            die_graph(*arguments)


SCALARS = {
    mean_faults: 3, total_yield: 2, usable_diameter: 2, good_dies: 2, cost_per_die: 3, peak_transistors: 2,
    usd_per_billion_transistors: 2, logic_density: 4, sram_density: 2, chip_density: 6,
}  # fmt: skip
anything = st.one_of(
    st.floats(), st.sampled_from([0.0, -0.0, 1.0, -1.0, inf, -inf, nan, 5e-324, 1.7976931348623157e308, 1e-308])
)


@pytest.mark.parametrize("function", SCALARS, ids=lambda f: f.__name__)
@given(st.data())
def test_the_formulas_are_total(function, data):
    arguments = data.draw(st.tuples(*[anything] * SCALARS[function]))
    result = function(*arguments)
    assert isinstance(result, float)
    assert isnan(result) or result >= 0.0
    if any(isnan(a) for a in arguments) and function is not chip_density:
        assert isnan(result)


def test_no_die_costs_infinity_and_nonsense_costs_nan():
    assert cost_per_die(10000.0, 1.0, 0.0) == inf
    assert cost_per_die(10000.0, 1.0, 5e-324) == inf
    assert isnan(cost_per_die(10000.0, 0.0, 600.0))
    assert isnan(cost_per_die(10000.0, 1.1, 600.0))
    assert isnan(cost_per_die(-1.0, 1.0, 600.0))
    assert isnan(good_dies(-1.0, 0.5))
    assert isnan(good_dies(600.0, 1.5))
    assert usd_per_billion_transistors(10.0, 0.0) == inf
    assert cost_per_die(0.0, 1.0, 600.0) == 0.0


def test_nothing_is_left_of_a_wafer_that_is_all_edge():
    assert isnan(usable_diameter(300.0, 150.0))
    assert isnan(usable_diameter(300.0, -1.0))
    assert usable_diameter(300.0, 3.0) == 294.0


def test_dies_of_a_started_wafer_are_its_good_dies_and_the_wafers_that_come_out():
    found = run(STARTED, {"gross_dies": 600.0, "die_yield": 0.75, "line_yield": 0.9})
    assert (found["good_dies"], found["dies_per_start"]) == (450.0, 405.0)
