"""A wafer priced by its layers: published totals, penalties with their counterfactuals, bands."""

from random import Random

import numpy as np
import pytest

import nodecalc as nc
from nodecalc.catalogue.litho import load_litho
from nodecalc.exposure import Tariff
from nodecalc.patterning import power_curve
from nodecalc.stack_cost import fitted_layer_usd, price_stack, totals
from nodecalc.stacks import chosen_stack, derive
from nodecalc.wafer_band import uncertain


def penalty(wafer, name):
    (found,) = [p for p in wafer.penalties if p.name == name]
    return found


@pytest.mark.parametrize(
    ("node", "usd", "masks"), [("tsmc-n7", 5188, 87), ("tsmc-n5", 5902, 81), ("tsmc-n16", 3789, 60)]
)
def test_the_stacks_meet_the_published_totals(node, usd, masks):
    wafer = nc.wafer_cost(node)
    assert wafer.wafer_cost_usd == pytest.approx(usd, rel=0.02)
    assert wafer.masks == masks
    assert wafer.euv_exposures == (14 if node == "tsmc-n5" else 0)


def test_the_parts_of_a_wafer_add_up():
    wafer = nc.wafer_cost("tsmc-n5")
    parts = wafer.substrate_usd + wafer.patterning_usd + wafer.process_usd
    assert parts == pytest.approx(wafer.wafer_cost_usd)
    assert sum(row.usd for row in wafer.rows) == pytest.approx(wafer.patterning_usd)
    assert sum(row.masks for row in wafer.rows) == wafer.masks
    assert sum(row.count for row in wafer.rows) == wafer.design_layers
    assert sum(row.share for row in wafer.rows) == pytest.approx(wafer.patterning_usd / wafer.wafer_cost_usd)


def test_n5_without_euv():
    wafer = nc.wafer_cost("tsmc-n5", without=["euv"])
    assert (wafer.stack, wafer.masks, wafer.euv_exposures) == ("tsmc-n5-without-euv", 116, 0)
    assert "own stack" in wafer.stack_origin
    again = penalty(wafer, "wafer, EUV denied")
    denied = penalty(nc.wafer_cost("tsmc-n5"), "wafer, EUV denied")
    assert again[1:5] == denied[1:5]
    assert "with EUV" in again.counterfactual
    assert denied.value == pytest.approx(0.11, abs=0.005)
    assert (denied.low, denied.high) == pytest.approx((0.04, 0.29), abs=0.01)
    assert "without EUV" in denied.counterfactual


@pytest.mark.parametrize(("area", "value"), [(100, 0.18), (666, 0.53)])
def test_a_good_die_pays_more_than_a_wafer(area, value):
    found = penalty(nc.wafer_cost("tsmc-n5", die_area_mm2=area), "good die, EUV denied")
    assert found.value == pytest.approx(value, abs=0.01)
    assert "35 more exposures" in found.counterfactual


def test_time_and_masks_of_doing_without_euv():
    wafer = nc.wafer_cost("tsmc-n5")
    assert penalty(wafer, "cycle time").value == pytest.approx(35 * 1.25)
    assert (penalty(wafer, "cycle time").low, penalty(wafer, "cycle time").high) == (35, 52.5)
    # 116 masks against 67 and 14 EUV masks that count six each: fewer mask dollars, not more.
    assert penalty(wafer, "mask set").value < 0


def test_smic_n3_against_n5_is_split_and_the_rest_is_a_fab_factor():
    wafer = nc.wafer_cost("smic-n+3")
    layers = penalty(wafer, "wafer, layers")
    assert (1 + layers.low, 1 + layers.high) == pytest.approx((0.88, 1.00), abs=0.01)
    rest = penalty(wafer, "fab factor k_fab left")
    assert rest.value == pytest.approx(1.45 / (1 + layers.value))
    assert "never spread" in rest.counterfactual
    assert penalty(wafer, "good die, yield").value > 0
    assert wafer.wafer_price_usd == wafer.wafer_cost_usd  # no margin, vintage or k_fab unless given
    assert "wafer_price_usd" not in wafer.to_dict()


def test_a_price_is_cost_with_margin_vintage_and_fab_factor():
    wafer = nc.wafer_cost("smic-n+3", gross_margin="20%", vintage_factor=1.1, fab_factor=1.5)
    assert wafer.wafer_price_usd == pytest.approx(wafer.wafer_cost_usd * 1.1 * 1.5 / 0.8)
    assert wafer.wafer_cost_usd == nc.wafer_cost("smic-n+3").wafer_cost_usd


def test_multi_patterning_is_measured_against_single_exposures():
    found = penalty(nc.wafer_cost("smic-n+3"), "multi-patterning")
    assert 0.05 < found.low <= found.value <= found.high < 0.5
    assert "one exposure" in found.counterfactual


def test_the_layer_cost_is_fitted_anew_for_each_phi():
    litho = load_litho()
    assert fitted_layer_usd(litho, 0.25) == pytest.approx(49.2, rel=0.01)
    assert fitted_layer_usd(litho, 0.0) == pytest.approx(54.5, rel=0.01)
    assert fitted_layer_usd(litho, 1.0) == pytest.approx(38.2, rel=0.01)
    for phi in (0.0, 0.25, 1.0):
        assert nc.wafer_cost("tsmc-n7", extra_mask_carry=phi).wafer_cost_usd == pytest.approx(5188)


def test_a_users_tool_price_is_a_question_about_this_wafer_alone():
    dear = nc.wafer_cost("tsmc-n7", arfi_scanner_price_usd=126e6)
    assert dear.wafer_cost_usd > 5188 * 1.05
    assert dear.layer_usd == nc.wafer_cost("tsmc-n7").layer_usd


def test_source_power_sets_the_price_of_euv():
    costs = [nc.wafer_cost("tsmc-n5", euv_source_power_w=p).wafer_cost_usd for p in (50, 100, 250, 500)]
    assert costs == sorted(costs, reverse=True)
    assert [round(nc.euv_throughput_wph(p)) for p in (50, 100, 250, 500)] == [40, 71, 136, 194]


def test_the_band_follows_a_given_source_power():
    weak = nc.wafer_cost("tsmc-n5", euv_source_power_w=50)
    assert weak.wafer_cost_usd_p10 < weak.wafer_cost_usd < weak.wafer_cost_usd_p90
    assert weak.wafer_cost_usd_p10 > nc.wafer_cost("tsmc-n5").wafer_cost_usd_p90


def test_ruling_out_a_tool_rules_it_out_of_the_alternative_too():
    with pytest.raises(nc.NodecalcError, match="limit"):
        nc.wafer_cost("tsmc-n5", without=["euv", "arfi"])


def test_break_even_powers():
    _, found = power_curve()
    powers = {b.scheme: b.source_power_w for b in found}
    assert powers["arfi-saqp"] == pytest.approx(119, abs=1)
    assert powers["arfi-le4"] == pytest.approx(188, abs=1)
    assert powers["arfi-le3"] == pytest.approx(308, abs=1.5)


def test_the_band_holds_the_answer_and_follows_the_ranges():
    wafer = nc.wafer_cost("tsmc-n5")
    assert wafer.wafer_cost_usd_p10 < wafer.wafer_cost_usd < wafer.wafer_cost_usd_p90
    again = nc.wafer_cost("tsmc-n5")
    assert again.wafer_cost_usd_p10 == wafer.wafer_cost_usd_p10
    narrower = nc.wafer_cost("tsmc-n5", extra_mask_carry=0.25, substrate_usd=120, euv_scanner_price_usd=189e6)
    width = wafer.wafer_cost_usd_p90 - wafer.wafer_cost_usd_p10
    assert narrower.wafer_cost_usd_p90 - narrower.wafer_cost_usd_p10 < width


@pytest.mark.parametrize("node", ["tsmc-n5", "smic-n+3"])
def test_the_band_is_that_of_independent_draws(node):
    wafer = nc.wafer_cost(node)
    litho = load_litho()
    ranges = uncertain(wafer.stack_layers, litho, {})
    assert {"extra_mask_carry", "substrate_usd", "reference_wafer_usd", "arfi_scanner_price_usd"} <= set(ranges)
    random = Random(7)
    costs = []
    for _ in range(6000):
        world = {key: random.triangular(r.low, r.high, r.value) for key, r in ranges.items()}
        costs.append(price_stack(wafer.stack_layers, Tariff(litho, world), litho, world)["wafer_cost_usd"])
    band = (wafer.wafer_cost_usd_p10, wafer.wafer_cost_usd_p50, wafer.wafer_cost_usd_p90)
    assert band == pytest.approx(np.quantile(costs, (0.1, 0.5, 0.9)), rel=0.005)


def test_the_rules_n5_is_close_to_the_alternative_stack():
    litho = load_litho()
    rule = derive(litho.stack("tsmc-n5"), {"iline", "krf", "arf", "arfi"}, litho)
    own = litho.stack("tsmc-n5", ("euv",))
    assert totals(rule, litho).euv_exposures == 0
    assert totals(rule, litho).masks == pytest.approx(totals(own, litho).masks, rel=0.15)
    by_rule = nc.wafer_cost("tsmc-n5", tools=["iline", "krf", "arf", "arfi"])
    assert "derived" in by_rule.stack_origin
    assert by_rule.wafer_cost_usd == pytest.approx(nc.wafer_cost("tsmc-n5", without="euv").wafer_cost_usd, rel=0.06)


def test_a_node_without_a_stack_says_how_to_supply_one():
    with pytest.raises(nc.NodecalcError, match="--like NODE"):
        nc.wafer_cost("intel-18a")
    borrowed = nc.wafer_cost("intel-18a", like="tsmc-n5")
    assert borrowed.node == "intel-18a"
    assert "borrowed" in borrowed.stack_origin


def test_bad_wafer_inputs_are_one_line():
    for bad in (
        {"node": "tsmc-n5", "d0": 100},
        {"node": "tsmc-n5", "euv_power": 100, "euv_source_power_w": 100},
        {"node": "tsmc-n5", "euv_source_power_w": -1},
        {"node": "tsmc-n5", "without": ["evu"]},
        {"node": "tsmc-n5", "tools": ["arfy"]},
        {"node": "tsmc-n5", "extra_mask_carry": 2},
        {},
    ):
        with pytest.raises(nc.NodecalcError) as caught:
            nc.wafer_cost(**bad)
        assert "\n" not in str(caught.value)


def test_arrays_agree_with_single_wafers():
    powers, phi = np.array([50.0, 100.0, 250.0]), np.array([[0.0], [0.25], [1.0]])
    found = nc.evaluate_wafer({"euv_source_power_w": powers, "extra_mask_carry": phi}, node="tsmc-n5")
    for i, carry in enumerate(phi[:, 0]):
        for j, power in enumerate(powers):
            one = nc.wafer_cost("tsmc-n5", euv_source_power_w=power, extra_mask_carry=carry).wafer_cost_usd
            assert found[i, j] == pytest.approx(one, rel=1e-13)
    prices = np.array([5e7, 6.3e7, 1e8])
    found = nc.evaluate_wafer({"arfi_scanner_price_usd": prices}, node="smic-n+3")
    for price, usd in zip(prices, found, strict=True):
        assert usd == pytest.approx(nc.wafer_cost("smic-n+3", arfi_scanner_price_usd=price).wafer_cost_usd, rel=1e-13)


def test_a_die_can_count_the_wafers_cost_instead_of_its_price():
    e = nc.estimate("10x10", node="tsmc-n5", wafer_basis="cost")
    cost = nc.wafer_cost("tsmc-n5").wafer_cost_usd
    assert e.inputs.numbers["wafer_price_usd"] == pytest.approx(cost)
    assert e.good_die_cost_usd == pytest.approx(cost / e.good_dies)
    assert "wafer_price_usd" in e.assumed
    with pytest.raises(nc.NodecalcError, match="--strict"):
        nc.estimate("10x10", node="tsmc-n5", wafer_basis="cost", strict=True)
    with pytest.raises(nc.NodecalcError, match="two wafers"):
        nc.estimate("10x10", node="tsmc-n5", wafer_basis="cost", wafer_price_usd=1e4)


def test_a_tariff_takes_the_users_figures_over_the_catalogues():
    litho = load_litho()
    assert Tariff(litho, {"euv_throughput_wph": 80.0}).exposure("euv") > Tariff(litho, {}).exposure("euv")
    assert Tariff(litho, {"depreciation_years": 10.0}).exposure("arfi") < Tariff(litho, {}).exposure("arfi")


def test_a_stack_that_uses_only_allowed_tools_is_left_alone():
    litho = load_litho()
    stack, origin = chosen_stack(litho, "tsmc-n7", ("euv",), None, None, None, None)
    assert stack.id == "tsmc-n7"
    assert "assumed" in origin
