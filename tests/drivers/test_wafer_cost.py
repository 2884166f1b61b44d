"""A wafer priced by its layers: published totals, penalties with their counterfactuals, bands."""

import pickle
from random import Random

import numpy as np
import pytest

import nodecalc as nc
from nodecalc.catalogue import load_catalogue
from nodecalc.drivers.risk.worlds import ERROR, compiled_samples, plain_samples, sampled, sampled_band
from nodecalc.question.resolve import resolve_starts
from nodecalc.wafers.counts import totals
from nodecalc.wafers.prices import priced_exposures
from nodecalc.wafers.schemes import power_curve
from nodecalc.wafers.stacks import chosen_stack, derive
from nodecalc.wafers.starts import wafer_stages, wafer_supply
from nodecalc_kernels.stages import run, starts_of


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
    for phi, layer_usd in ((0.25, 49.2), (0.0, 54.5), (1.0, 38.2)):
        wafer = nc.wafer_cost("tsmc-n7", extra_mask_carry=phi)
        assert wafer.layer_usd == pytest.approx(layer_usd, rel=0.01)
        assert wafer.wafer_cost_usd == pytest.approx(5188)


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
    ranges = wafer.ledger.uncertain
    assert {"extra_mask_carry", "substrate_usd", "reference_wafer_usd", "arfi_scanner_price_usd"} <= set(ranges)
    random = Random(7)
    costs = []
    for _ in range(6000):
        world = {key: random.triangular(r.low, r.high, r.value) for key, r in ranges.items()}
        starts = {key: world.get(key.removeprefix("reference_"), v) for key, v in wafer.priced.starts.items()}
        costs.append(run(wafer.priced.stages, starts | world)["wafer_cost_usd"])
    band = (wafer.wafer_cost_usd_p10, wafer.wafer_cost_usd_p50, wafer.wafer_cost_usd_p90)
    assert band == pytest.approx(np.quantile(costs, (0.1, 0.5, 0.9)), rel=0.005)


QUESTIONS = [
    {},
    {"euv_source_power_w": 100},
    {"extra_mask_carry": 0.25},
    {"arfi_scanner_price_usd": 9e7},
    {"layer_usd": 50},
]


def samples_asked(wafer):
    return wafer.priced.stages, wafer.priced.starts, wafer.ledger.uncertain, "wafer_cost_usd"


@pytest.mark.parametrize("stack", load_catalogue().stack_ids)
@pytest.mark.parametrize("given", QUESTIONS, ids=", ".join)
def test_the_ends_of_a_band_are_those_of_many_worlds_within_the_error_that_is_stated(stack, given):
    node, _, without = stack.partition("-without-")
    wafer = nc.wafer_cost(node, without=[without] if without else (), **given)
    assert wafer.stack == stack
    few, many = (sampled_band(*samples_asked(wafer), worlds=worlds) for worlds in (256, 65536))
    assert few == (wafer.wafer_cost_usd_p10, wafer.wafer_cost_usd_p50, wafer.wafer_cost_usd_p90)
    assert few == pytest.approx(many, rel=ERROR)


def test_compiled_worlds_are_the_plain_ones():
    for given in QUESTIONS:
        wafer = nc.wafer_cost("tsmc-n5", **given)
        asked = samples_asked(wafer)
        drawn = {
            key: plain
            for key in starts_of(wafer.priced.stages)
            for plain in (key, key.removeprefix("reference_"))
            if plain in wafer.ledger.uncertain
        }
        plain, compiled = (one(*asked[:3], drawn, asked[3], 256) for one in (plain_samples, compiled_samples))
        assert compiled == pytest.approx(plain, rel=1e-15)
        assert plain == sampled(*asked)


def test_a_figure_of_both_wafers_is_one_draw_unless_the_user_gave_it_for_one():
    catalogue = load_catalogue()
    stack = catalogue.stack("tsmc-n7")
    # The reference wafer priced by its own figures cancels them: what is left is what is known of its cost.
    wafer = nc.wafer_cost("tsmc-n7")
    figure = wafer.ledger["reference_wafer_usd"]
    assert figure.low < wafer.wafer_cost_usd_p10 < wafer.wafer_cost_usd_p90 < figure.high
    key = "arfi_scanner_price_usd"
    assert key in wafer.ledger
    assert f"reference_{key}" not in wafer.ledger
    given = nc.wafer_cost("tsmc-n7", arfi_scanner_price_usd=63e6)
    assert given.wafer_cost_usd == pytest.approx(wafer.wafer_cost_usd, rel=1e-12)
    assert key not in given.ledger
    assert given.ledger[f"reference_{key}"].value == wafer.ledger[key].value
    # A dearer scanner behind the known cost leaves less for the layers, and here it is known: the band moves down.
    assert given.wafer_cost_usd_p50 < wafer.wafer_cost_usd_p50
    stages = wafer_stages((stack,), catalogue, {})
    resolved = resolve_starts(starts_of(stages), {key: 63e6}, wafer_supply(stack, catalogue, {key}))
    assert resolved.missing == ()
    assert resolved.numbers[f"reference_{key}"] == wafer.ledger[key].value


def test_a_wafer_answers_at_once_and_the_rest_when_it_is_asked_for(monkeypatch):
    from nodecalc.drivers.risk import worlds

    asked = []
    monkeypatch.setattr(worlds, "sampled_band", lambda *a: asked.append(a) or sampled_band(*a))
    wafer = nc.wafer_cost("tsmc-n5")
    again = pickle.loads(pickle.dumps(wafer))
    assert again.masks == 81
    assert not asked
    band = wafer.wafer_cost_usd_p10, wafer.wafer_cost_usd_p90
    assert (again.wafer_cost_usd_p10, again.wafer_cost_usd_p90) == band
    assert len(asked) == 2
    assert again == wafer
    assert hash(again) == hash(wafer)
    assert again.penalties == wafer.penalties
    assert again.rows == wafer.rows
    assert again.notes == wafer.notes
    for name in ("assumed", "estimated", "unverified", "sources"):
        assert getattr(again, name) == getattr(wafer, name)
    assert "extra_mask_carry" in wafer.assumed
    with pytest.raises(AttributeError, match="a WaferCost is immutable"):
        wafer.masks = 3
    with pytest.raises(AttributeError, match="a WaferCost has no 'mask'"):
        _ = wafer.mask


def test_the_rules_n5_is_close_to_the_alternative_stack():
    catalogue = load_catalogue()
    rule = derive(catalogue.stack("tsmc-n5"), {"iline", "krf", "arf", "arfi"}, catalogue)
    own = catalogue.stack("tsmc-n5", ("euv",))
    assert totals(rule, catalogue).euv_exposures == 0
    assert totals(rule, catalogue).masks == pytest.approx(totals(own, catalogue).masks, rel=0.15)
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


def test_an_exposure_takes_the_users_figures_over_the_catalogues():
    catalogue = load_catalogue()

    def usd(tool, **given):
        return priced_exposures((tool,), catalogue, given).values[f"{tool}_exposure_usd"]

    assert usd("euv", euv_throughput_wph=80.0) > usd("euv")
    assert usd("euv", euv_throughput_wph=80.0) == usd("euv", euv_throughput_wph=80.0, euv_source_power_w=500.0)
    assert usd("arfi", depreciation_years=10.0) < usd("arfi")


def test_a_stack_that_uses_only_allowed_tools_is_left_alone():
    catalogue = load_catalogue()
    stack, origin = chosen_stack(catalogue, "tsmc-n7", ("euv",), None, None, None)
    assert stack.id == "tsmc-n7"
    assert "assumed" in origin


LDP = """schema = 1
[tool.ldp]
name = "scanner with an LDP source"
wavelength_nm = 13.5
numerical_aperture = 0.33
scanner_price_usd = { value = 8e7, low = 3e7, high = 2e8, unit = "USD", kind = "estimated" }
track_price_usd = 8e6
throughput_wph = { value = 60, low = 20, high = 120, unit = "1/h", kind = "estimated" }
availability = { value = 0.6, low = 0.3, high = 0.9, unit = "", kind = "estimated" }
tool_utilisation = 0.7
consumables_usd = 10
fixed_usd_per_year = 2e6
single_pitch_nm = 32
"""
LAYERS = """
[[stack."smic-28"]]
name = "fin"
feature = "line"
scheme = "se"
tool = "ldp"
pitch_nm = 90
count = 20
[[stack."smic-28"]]
name = "wells"
feature = "implant"
scheme = "se"
tool = "krf"
count = 20
"""


@pytest.fixture
def ldp(tmp_path):
    path = tmp_path / "ldp.toml"
    path.write_text(LDP + LAYERS)
    return path


def test_the_band_of_a_users_tool_holds_its_throughput_and_all_its_ranges(ldp):
    wafer = nc.wafer_cost("smic-28", catalogue=ldp, layer_usd=50)
    assert wafer.wafer_cost_usd_p10 < wafer.wafer_cost_usd < wafer.wafer_cost_usd_p90
    ranges = wafer.ledger.uncertain
    fields = ("scanner_price_usd", "throughput_wph", "availability", "consumables_usd")
    assert {f"ldp_{field}" for field in fields} <= set(ranges)
    # One narrow figure less is a narrower band.
    known = nc.wafer_cost("smic-28", catalogue=ldp, layer_usd=50, ldp_throughput_wph=60)
    assert known.wafer_cost_usd == pytest.approx(wafer.wafer_cost_usd, rel=1e-12)
    assert known.wafer_cost_usd_p90 < wafer.wafer_cost_usd_p90


def test_a_throughput_without_a_range_is_that_of_every_sample(ldp):
    # The power of the source has a range; drawn, it must not set the throughput of a tool that states its own.
    exact = ldp.read_text().replace("low = 20, high = 120", "low = 60, high = 60")
    ldp.write_text(exact)
    wafer = nc.wafer_cost("smic-28", catalogue=ldp, layer_usd=50)
    assert wafer.wafer_cost_usd_p10 < wafer.wafer_cost_usd < wafer.wafer_cost_usd_p90


def test_a_die_of_a_users_tool_has_a_band_around_its_cost(ldp):
    e = nc.estimate(100, node="smic-28", wafer_basis="cost", catalogue=ldp, d0_per_cm2=0.1)
    assert e.good_die_cost_usd_p10 < e.good_die_cost_usd < e.good_die_cost_usd_p90
    figure = e.inputs.figures["wafer_price_usd"]
    assert figure.low <= figure.value <= figure.high


def test_without_euv_is_without_every_euv_tool(ldp):
    wafer = nc.wafer_cost("smic-28", without=["euv"], catalogue=ldp)
    assert wafer.euv_exposures == 0
    assert not {row.tool for row in wafer.rows} & {"ldp", "euv"}
    one = nc.wafer_cost("smic-28", without=["ldp"], catalogue=ldp)
    assert "ldp" not in {row.tool for row in one.rows}


def test_a_figure_of_a_users_tool_is_a_key_like_any_other(ldp):
    prices = [5e7, 1e8]
    wafers = [nc.wafer_cost("smic-28", catalogue=ldp, ldp_scanner_price_usd=p).wafer_cost_usd for p in prices]
    assert wafers[0] < wafers[1]
    arrays = nc.evaluate_wafer({"ldp_scanner_price_usd": np.array(prices)}, node="smic-28", catalogue=ldp)
    assert arrays == pytest.approx(wafers, rel=1e-13)
    swept = nc.sweep(
        100,
        node="smic-28",
        wafer_basis="cost",
        catalogue=ldp,
        ldp_scanner_price_usd=prices,
        ldp_availability="60%",
        d0_per_cm2=0.1,
        outputs="wafer_cost_usd",
    )
    assert swept["wafer_cost_usd"] == pytest.approx(wafers, rel=1e-13)
    assert swept.provenance.axes[0]["unit"] == "USD"


@pytest.mark.parametrize("asked", ["lpd_scanner_price_usd", "ldp_scaner_price_usd"])
def test_a_key_of_no_tool_or_no_figure_names_the_nearest(ldp, asked):
    for call in (
        lambda: nc.wafer_cost("smic-28", catalogue=ldp, **{asked: 1e8}),
        lambda: nc.evaluate_wafer({asked: [1e8]}, node="smic-28", catalogue=ldp),
    ):
        with pytest.raises(nc.NodecalcError, match="nearest: ldp_scanner_price_usd"):
            call()
    with pytest.raises(nc.NodecalcError, match=r"nearest: .*scanner_price_usd"):
        nc.sweep(100, node="smic-28", wafer_basis="cost", catalogue=ldp, **{asked: [1e8, 2e8]})
    with pytest.raises(nc.NodecalcError, match="unknown"):
        nc.wafer_cost("tsmc-n5", ldp_scanner_price_usd=1e8)
