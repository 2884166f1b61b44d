"""Test, stacks, packages, bonding, one-time costs, memory and capacity: against many digits, and at their limits."""

from inspect import signature
from math import inf, isnan, nan, nextafter, ulp

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodecalc_kernels.compiled import run_points
from nodecalc_kernels.cost import capacity, memory
from nodecalc_kernels.defects.layers import independent_layers, shared_layers
from nodecalc_kernels.package import assembly, bonding, nre, sorting, stack
from nodecalc_kernels.registry import YIELD_MODELS
from nodecalc_kernels.stages import run
from nodecalc_kernels.wafer import carbon

MONEY = st.one_of(st.just(0.0), st.floats(1e-9, 1e6))
SHARE = st.floats(0.05, 1.0)
ABOVE = nextafter(1.0, 2.0)
COUNT = st.integers(1, 64)
MODULES = (sorting, stack, assembly, bonding, nre, capacity, memory, carbon)
FORMULAS = [
    value
    for module in MODULES
    for value in vars(module).values()
    if callable(value) and getattr(value, "__module__", "") == module.__name__
]


def exact(work_out):
    with mp.workdps(50):
        return float(work_out())


@given(MONEY, MONEY, MONEY, SHARE, SHARE, COUNT)
def test_stacks_keep_their_digits(base, core, bond, bond_yield, quality, high):
    def whole():
        p = mp.mpf(bond_yield) * quality
        return (mp.mpf(base) + high * (mp.mpf(core) + bond)) / p**high

    def step_by_step():
        cost, p = mp.mpf(base), mp.mpf(bond_yield) * quality
        for _ in range(high):
            cost = (cost + core + mp.mpf(bond)) / p
        return cost

    wanted = (base, core, bond, bond_yield, quality, float(high))
    assert stack.stack_cost(*wanted) == pytest.approx(exact(whole), rel=2e-14, abs=1e-300)
    assert stack.tested_stack_cost(*wanted) == pytest.approx(exact(step_by_step), rel=2e-14, abs=1e-300)
    assert stack.tested_stack_cost(*wanted) <= stack.stack_cost(*wanted) * (1 + 1e-14)


@pytest.mark.parametrize("loss", [0.0, 2.0**-53, 1e-15, 1e-9, 1e-6])
def test_a_stack_of_bonds_that_hardly_fail_costs_its_parts(loss):
    found = stack.tested_stack_cost(40.0, 15.0, 2.0, 1.0 - loss, 1.0, 8.0)
    assert found == pytest.approx(176.0 + loss * (40.0 * 8 + 17.0 * 36), rel=1e-9)
    assert found >= 176.0


@given(st.sampled_from(["poisson", "murphy", "exponential"]), st.floats(1e-12, 20.0), st.floats(0.0, 1.0))
def test_escapes_keep_their_digits(model, x, coverage):
    log_yield = YIELD_MODELS[model].log_yield
    good, passing = log_yield(x), log_yield(sorting.detected_faults(x, coverage))
    found = sorting.escapes(good, passing)
    assert found == pytest.approx(exact(lambda: 1 - mp.e ** (mp.mpf(good) - mp.mpf(passing))), rel=4e-16, abs=1e-300)
    assert 0.0 <= found <= 1.0
    if model == "poisson":
        assert found == pytest.approx(
            exact(lambda: -mp.expm1(-mp.mpf(x) * (1 - mp.mpf(coverage)))), rel=1e-9, abs=1e-15
        )


@given(SHARE, SHARE, SHARE, COUNT)
def test_chip_first_costs_more_than_chip_last_where_carriers_fail(carrier, bond, share, bonds):
    last = assembly.chip_last(100.0, 50.0, carrier, bond, float(bonds))
    first = assembly.chip_first(100.0, 50.0, carrier, bond, float(bonds))
    assert first >= last * (1 - 1e-14)
    assert last == pytest.approx(exact(lambda: (100 + 50 / mp.mpf(carrier)) / mp.mpf(bond) ** bonds), rel=1e-13)


@given(SHARE, SHARE, SHARE)
def test_known_good_dies_beat_whole_wafers_where_placing_costs_what_bonding_does(top, bottom, bond):
    sites = 300.0
    wafers = bonding.wafer_to_wafer(8000.0, 6000.0, 300.0, sites, top, bottom, bond)
    dies = bonding.die_to_wafer(8000.0, 6000.0, 1.0, sites, top, bottom, bond)
    assert dies <= wafers * (1 + 1e-14)


def test_wafers_and_units_undo_each_other():
    each = capacity.units_per_wafer(85.0 * 0.4 * 0.95, 2.0, 0.75)
    assert capacity.units_made(capacity.wafer_starts(1.2e6, each), each) == pytest.approx(1e5, rel=4e-16)
    assert capacity.wafer_starts(1.0, 0.0) == inf
    found = run(capacity.STARTS, {"gross_dies": 85.0, "die_yield": 0.4, "line_yield": 0.95, "dies_per_unit": 2.0,
                                  "package_yield": 0.75, "units_per_year": 1.2e6})  # fmt: skip
    assert found["wafer_starts_per_month"] == pytest.approx(capacity.wafer_starts(1.2e6, each), rel=4e-16)


def test_memory_is_bits_over_density():
    assert memory.memory_area(16.0, 0.239) == pytest.approx(66.945, abs=1e-3)
    assert memory.cost_per_gbyte(memory.cost_per_gb(4.0, 16.0)) == 2.0
    assert memory.bonded_wafer(5000.0, 2000.0, 400.0) == 7400.0
    assert memory.bits_per_wafer(1000.0, 16.0, 0.9) == 14400.0


@pytest.mark.parametrize("formula", FORMULAS, ids=lambda f: f.__name__)
def test_outside_its_domain_a_formula_is_nan_and_never_raises(formula):
    count = len(signature(formula).parameters)
    for bad in (-1.0, nan, -inf):
        for place in range(count):
            arguments = [0.5] * count
            arguments[place] = bad
            found = formula(*arguments)
            # The logarithm of a yield is negative where all is well.
            assert isnan(found) or formula is sorting.escapes
    for value in (0.0, 1.0, inf, 1e308):
        formula(*([value] * count))


# Arguments inside the domain that lie on its edges, and what the formula gives there.
AT_EDGES = [
    (sorting.detected_faults, (0.0, 0.0), 0.0),
    (sorting.detected_faults, (0.3, 1.0), 0.3),
    (sorting.escapes, (0.0, 0.0), 0.0),
    (sorting.escapes, (-inf, -0.5), 1.0),
    (sorting.passing_share, (0.0, 0.0), 1.0),
    (sorting.passing_share, (0.0, 1.0), 0.0),
    (sorting.passing_share, (1.0, 0.5), 1.0),
    (sorting.good_of_passing, (0.0, 0.0), 1.0),
    (sorting.good_of_passing, (0.0, 0.5), 0.0),
    (sorting.good_of_passing, (0.2, 0.25), 0.8),
    (sorting.good_of_passing, (1.0, 1.0), 1.0),
    (sorting.kept_quality, (0.0,), 1.0),
    (sorting.kept_quality, (1.0,), 0.0),
    (sorting.passing_of_quality, (0.0, 0.5), 0.0),
    (sorting.passing_of_quality, (1.0, 1.0), 1.0),
    (sorting.passing_of_quality, (0.9, 0.5), 1.0),
    (sorting.passing_of_quality, (0.2, 0.8), 0.25),
    (sorting.tester_cost, (0.0, 200.0, 1.0), 0.0),
    (sorting.tester_cost, (30.0, 0.0, 1.0), 0.0),
    (sorting.tester_cost, (36.0, 200.0, 0.5), 4.0),
    (sorting.tested_cost, (0.0, 0.0, 1.0), 0.0),
    (sorting.tested_cost, (0.0, 2.0, 0.5), 4.0),
    (sorting.tested_cost, (3.0, 0.0, 0.5), 6.0),
    (sorting.tested_cost, (3.0, 1.0, 0.0), inf),
    (bonding.wafer_to_wafer, (0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0), 0.0),
    (bonding.wafer_to_wafer, (8.0, 4.0, 2.0, 0.5, 0.5, 0.5, 0.5), 224.0),
    (bonding.wafer_to_wafer, (8.0, 4.0, 2.0, 0.0, 1.0, 1.0, 1.0), inf),
    (bonding.wafer_to_wafer, (8.0, 4.0, 2.0, 9.0, 0.0, 1.0, 1.0), inf),
    (bonding.wafer_to_wafer, (8.0, 4.0, 2.0, 9.0, 1.0, 0.0, 1.0), inf),
    (bonding.wafer_to_wafer, (8.0, 4.0, 2.0, 9.0, 1.0, 1.0, 0.0), inf),
    (bonding.die_to_wafer, (0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0), 0.0),
    (bonding.die_to_wafer, (8.0, 4.0, 2.0, 0.5, 0.5, 0.25, 0.5), 132.0),
    (bonding.die_to_wafer, (8.0, 4.0, 2.0, 0.0, 1.0, 1.0, 1.0), inf),
    (bonding.die_to_wafer, (8.0, 4.0, 2.0, 9.0, 0.0, 1.0, 1.0), inf),
    (bonding.die_to_wafer, (8.0, 4.0, 2.0, 9.0, 1.0, 0.0, 1.0), inf),
    (bonding.die_to_wafer, (8.0, 4.0, 2.0, 9.0, 1.0, 1.0, 0.0), inf),
    (stack.stack_yield, (0.0, 1.0, 2.0), 0.0),
    (stack.stack_yield, (1.0, 0.0, 0.0), 1.0),
    (stack.stack_yield, (0.5, 0.5, 0.5), 0.5),
    (stack.stack_cost, (0.0, 0.0, 0.0, 1.0, 1.0, 2.0), 0.0),
    (stack.stack_cost, (8.0, 1.0, 1.0, 0.5, 1.0, 0.0), 8.0),
    (stack.stack_cost, (8.0, 1.0, 3.0, 0.5, 0.5, 0.5), 20.0),
    (stack.stack_cost, (8.0, 1.0, 1.0, 0.0, 1.0, 2.0), inf),
    (stack.tested_stack_cost, (0.0, 0.0, 0.0, 1.0, 1.0, 2.0), 0.0),
    (stack.tested_stack_cost, (8.0, 1.0, 1.0, 1.0, 0.0, 2.0), inf),
    (stack.tested_stack_cost, (8.0, 1.0, 1.0, 1.0, 1.0, 2.0), 12.0),
    (stack.tested_stack_cost, (8.0, 1.0, 1.0, 0.5, 1.0, 2.0), 44.0),
    (assembly.power, (0.0, 0.0), 1.0),
    (assembly.power, (1.0, 3.0), 1.0),
    (assembly.power, (0.25, 0.5), 0.5),
    (assembly.product, (0.0, 1.0), 0.0),
    (assembly.product, (1.0, 0.0), 0.0),
    (assembly.product, (0.5, 0.5), 0.25),
    (assembly.with_more, (0.0, 0.0, 0.0), 0.0),
    (assembly.with_more, (1.0, 0.5, 4.0), 3.0),
    (assembly.times, (0.0, 5.0), 0.0),
    (assembly.times, (3.0, 0.0), 0.0),
    (assembly.times, (0.5, 0.5), 0.25),
    (assembly.lost, (5.0, 0.0), 5.0),
    (assembly.lost, (5.0, 5.0), 0.0),
    (assembly.lost, (4.0, 5.0), nan),
    (assembly.per_good, (0.0, 0.5), 0.0),
    (assembly.per_good, (3.0, 0.0), inf),
    (assembly.per_good, (3.0, 1.0), 3.0),
    (assembly.share_out, (0.0, 4.0), 0.0),
    (assembly.share_out, (1.0, 0.5), 2.0),
    (assembly.share_out, (1.0, 0.0), inf),
    (nre.nre_per_unit, (0.0, 3.0, 0.5), 6.0),
    (nre.nre_per_unit, (3.0, 0.0, 0.5), 6.0),
    (nre.nre_per_unit, (1.0, 1.0, 0.0), nan),
    (capacity.units_per_wafer, (0.0, 1.0, 1.0), 0.0),
    (capacity.units_per_wafer, (1.0, 0.5, 0.5), 1.0),
    (capacity.units_per_wafer, (1.0, 1.0, 0.0), 0.0),
    (capacity.units_per_wafer, (1.0, 0.0, 1.0), nan),
    (capacity.wafer_starts, (0.0, 0.5), 0.0),
    (capacity.wafer_starts, (0.0, 0.0), inf),
    (capacity.wafer_starts, (12.0, 0.5), 2.0),
    (capacity.units_made, (0.0, 1.0), 0.0),
    (capacity.units_made, (1.0, 0.0), 0.0),
    (memory.memory_area, (0.0, 0.5), 0.0),
    (memory.memory_area, (1.0, 0.0), nan),
    (memory.cost_per_gb, (0.0, 0.5), 0.0),
    (memory.cost_per_gb, (1.0, 0.0), nan),
    (memory.cost_per_gbyte, (0.0,), 0.0),
    (memory.cost_per_gbyte, (0.5,), 4.0),
    (memory.bits_per_wafer, (0.0, 1.0, 1.0), 0.0),
    (memory.bits_per_wafer, (1.0, 0.0, 1.0), 0.0),
    (memory.bits_per_wafer, (1.0, 1.0, 0.0), 0.0),
    (memory.bits_per_wafer, (0.5, 0.5, 1.0), 0.25),
    (memory.bits_per_wafer, (1.0, 1.0, ABOVE), nan),
    (memory.bonded_wafer, (0.0, 1.0, 2.0), 3.0),
    (memory.bonded_wafer, (1.0, 0.0, 2.0), 3.0),
    (memory.bonded_wafer, (1.0, 2.0, 0.0), 3.0),
    (carbon.wafer_area, (0.5,), pytest.approx(mp.pi / 1600, rel=1e-15)),
    (carbon.wafer_area, (0.0,), nan),
    (carbon.wafer_emissions, (0.0, 1.0, 2.0, 500.0), 1.0),
    (carbon.wafer_emissions, (1.0, 0.0, 2.0, 500.0), 1.0),
    (carbon.wafer_emissions, (2.0, 500.0, 0.0, 1.0), 1.0),
    (carbon.wafer_emissions, (2.0, 500.0, 1.0, 0.0), 1.0),
    (carbon.per_good_die, (0.0, 0.5), 0.0),
    (carbon.per_good_die, (1.0, 0.5), 2.0),
    (carbon.per_good_die, (0.0, 0.0), inf),
]


@pytest.mark.parametrize(
    ("formula", "arguments", "want"), AT_EDGES, ids=[f"{f.__name__}{arguments}" for f, arguments, _ in AT_EDGES]
)
def test_on_the_edges_of_its_domain_a_formula_is_what_its_letters_say(formula, arguments, want):
    assert formula(*arguments) == want or (isnan(want) and isnan(formula(*arguments)))


@pytest.mark.parametrize(
    ("formula", "place"),
    [(sorting.detected_faults, 1), (sorting.passing_share, 0), (sorting.passing_share, 1), (sorting.kept_quality, 0),
     (sorting.good_of_passing, 1), (sorting.passing_of_quality, 0), (sorting.passing_of_quality, 1),
     (sorting.tested_cost, 2), (bonding.wafer_to_wafer, 4), (bonding.wafer_to_wafer, 5), (bonding.wafer_to_wafer, 6),
     (bonding.die_to_wafer, 4), (bonding.die_to_wafer, 5), (bonding.die_to_wafer, 6), (stack.stack_yield, 0),
     (stack.stack_yield, 1), (stack.stack_cost, 3), (stack.tested_stack_cost, 4), (assembly.power, 0),
     (assembly.product, 0), (assembly.product, 1), (assembly.per_good, 1), (capacity.units_per_wafer, 2)],
)  # fmt: skip
def test_the_next_number_above_one_is_no_share(formula, place):
    arguments = [0.5] * len(signature(formula).parameters)
    arguments[place] = 1.0
    assert not isnan(formula(*arguments))
    arguments[place] = ABOVE
    assert isnan(formula(*arguments))


def test_a_share_above_one_is_outside():
    assert isnan(stack.stack_cost(1.0, 1.0, 1.0, 1.1, 1.0, 2.0))
    assert isnan(sorting.passing_share(0.5, 1.1))
    assert isnan(assembly.per_good(1.0, 1.1))
    assert isnan(bonding.wafer_to_wafer(1.0, 1.0, 1.0, 1.0, 0.5, 1.1, 0.5))
    assert isnan(capacity.units_per_wafer(1.0, 1.0, 1.1))
    assert isnan(sorting.escapes(-0.1, -0.2))


@given(st.lists(st.floats(0.0, 2.0), min_size=1, max_size=12))
def test_layers_that_share_clusters_yield_more_and_under_poisson_the_same(faults):
    apart = independent_layers(faults, "negative-binomial", 2.0)
    together = shared_layers(faults, "negative-binomial", 2.0)
    assert together >= apart * (1 - 1e-14)
    assert independent_layers(faults, "poisson") == pytest.approx(shared_layers(faults, "poisson"), rel=1e-14)
    assert shared_layers([0.5], "murphy") == pytest.approx(independent_layers([0.5], "murphy"), abs=4 * ulp(1.0))


def test_written_loops_are_the_plain_formulas_at_each_point():
    rng = np.random.default_rng(3)
    given_ = {"gross_dies": rng.uniform(1, 900, 500), "die_yield": rng.uniform(0, 1, 500), "line_yield": 0.95,
              "dies_per_unit": 2.0, "package_yield": rng.uniform(0.5, 1, 500), "units_per_year": 1e6}  # fmt: skip
    (found,) = run_points(capacity.STARTS, given_, ("wafer_starts_per_month",)).values()
    for place in (0, 17, 499):
        point = {key: float(np.broadcast_to(value, 500)[place]) for key, value in given_.items()}
        assert found[place] == pytest.approx(run(capacity.STARTS, point)["wafer_starts_per_month"], rel=4e-16)


def test_sale_split_and_bins_outside_their_domain_are_nan():
    from nodecalc_kernels.package.binned import joint_cost, share_of_sold
    from nodecalc_kernels.package.sale import margin_after_levy, margin_at_price, price_at_margin
    from nodecalc_kernels.package.split import chiplet_area, chiplet_units

    assert margin_at_price(30.0, price_at_margin(30.0, 0.6)) == pytest.approx(0.6)
    assert margin_after_levy(30.0, 100.0, 0.15) == pytest.approx(0.55)
    assert margin_at_price(150.0, 100.0) == -0.5
    assert chiplet_area(800.0, 1.0, 0.1) == 800.0
    assert share_of_sold(0.25, 0.5) == 0.5
    for bad in (-1.0, nan):
        assert isnan(price_at_margin(bad, 0.5))
        assert isnan(margin_at_price(bad, 10.0))
        assert isnan(margin_after_levy(1.0, 2.0, bad))
        assert isnan(chiplet_area(bad, 2.0, 0.1))
        assert isnan(joint_cost(bad, 1.0, 1.0))
        assert isnan(share_of_sold(bad, 1.0))
        assert isnan(chiplet_units(bad, 2.0, 1.0)[0])
    assert isnan(price_at_margin(1.0, 1.0))
    assert isnan(margin_at_price(1.0, 0.0))
    assert isnan(chiplet_units(3.0, 10.0, 3.0)[0])
    assert isnan(joint_cost(1.0, 1.0, 0.0))


def test_shares_of_masks_ports_and_limits_outside_their_domain_are_nan():
    from nodecalc_kernels.cost.port import ported_area
    from nodecalc_kernels.wafer.price import repatterned_price

    assert ported_area(100.0, 0.0, 0.0, 0.5, nan) != ported_area(100.0, 0.0, 0.0, 0.5, 1.0) == 50.0
    assert repatterned_price(100.0, 50.0, 20.0, 20.0) == 100.0
    assert nre.multi_project(8.0, 2.0, 5.0, 5.0) == 10.0
    assert capacity.units_of_stacks(16.0, 8.0, 0.5) == 1.0
    assert carbon.in_proportion(3.0, 2.0, 1.0) == 6.0
    for bad in (-1.0, nan):
        assert isnan(ported_area(bad, 0.1, 0.1, 1.0, 1.0))
        assert isnan(ported_area(1.0, bad, 0.1, 1.0, 1.0))
        assert isnan(repatterned_price(bad, 1.0, 0.5, 0.5))
        assert isnan(nre.multi_project(bad, 0.0, 1.0, 2.0))
        assert isnan(capacity.units_packaged(bad, 0.5))
        assert isnan(capacity.units_of_stacks(1.0, bad, 0.5))
        assert isnan(carbon.energy_of_area(bad, 1.0))
        assert isnan(carbon.in_proportion(bad, 1.0, 1.0))
    assert isnan(nre.multi_project(1.0, 1.0, 3.0, 2.0))
    assert isnan(carbon.in_proportion(1.0, 1.0, 0.0))
    assert isnan(repatterned_price(1.0, 0.0, 0.0, 0.0))
