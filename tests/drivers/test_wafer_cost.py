"""A wafer priced by its layers: published totals, penalties with their counterfactuals, bands."""

import pickle
from random import Random

import numpy as np
import pytest

import nodecalc as nc
from nodecalc.catalogue import load_catalogue
from nodecalc.drivers.printed import fields_of_area
from nodecalc.drivers.risk.worlds import ERROR, compiled_samples, plain_samples, sampled, sampled_band
from nodecalc.question.resolve import resolve_starts
from nodecalc.wafers.prices import priced_exposures
from nodecalc.wafers.rule import node_stack
from nodecalc.wafers.schemes import power_curve
from nodecalc.wafers.stacks import chosen_stack
from nodecalc.wafers.starts import wafer_stages, wafer_supply
from nodecalc_kernels.stages import run, starts_of


def penalty(wafer, name):
    (found,) = [p for p in wafer.penalties if p.name == name]
    return found


@pytest.mark.parametrize(
    ("node", "usd", "masks"), [("tsmc-n7", 5188, 87), ("tsmc-n5", 6134, 81), ("tsmc-n16", 4116, 62)]
)
def test_the_stacks_meet_the_published_totals(node, usd, masks):
    wafer = nc.wafer_cost(node)
    assert wafer.wafer_cost_usd == pytest.approx(usd, rel=0.001)
    assert wafer.masks == masks
    assert wafer.euv_exposures == (14 if node == "tsmc-n5" else 0)


def test_the_parts_of_a_wafer_add_up():
    wafer = nc.wafer_cost("tsmc-n5")
    parts = wafer.substrate_usd + wafer.patterning_usd + wafer.process_usd
    assert parts == pytest.approx(wafer.wafer_cost_usd)
    assert sum(row.usd for row in wafer.rows) == pytest.approx(wafer.patterning_usd)
    assert sum(row.masks for row in wafer.rows) == wafer.masks
    assert sum(row.count for row in wafer.rows if row.feature != "cut") == wafer.design_layers
    assert sum(row.share for row in wafer.rows) == pytest.approx(wafer.patterning_usd / wafer.wafer_cost_usd)


def test_n5_without_euv():
    wafer = nc.wafer_cost("tsmc-n5", without=["euv"])
    assert (wafer.stack, wafer.masks, wafer.euv_exposures) == ("tsmc-n5", 114, 0)
    assert "with iline, krf, arf, arfi" in wafer.stack_origin
    again = penalty(wafer, "wafer, EUV denied")
    denied = penalty(nc.wafer_cost("tsmc-n5"), "wafer, EUV denied")
    assert again[1:6] == denied[1:6]
    assert "with EUV" in again.counterfactual
    assert denied.value == pytest.approx(0.032, abs=0.001)
    assert (denied.p10, denied.p50, denied.p90) == pytest.approx((-0.034, 0.036, 0.110), abs=0.01)
    assert not denied.sign_is_certain
    assert "without EUV" in denied.counterfactual


def test_ruling_a_tool_out_and_naming_the_others_is_one_question():
    one = nc.wafer_cost("tsmc-n5", without=["euv"])
    other = nc.wafer_cost("tsmc-n5", tools=["arfi", "arf", "krf", "iline"])
    assert one == other
    assert one.penalties == other.penalties


@pytest.mark.parametrize(("area", "value"), [(100, 0.0325), (814, 0.0372)])
def test_a_good_die_pays_more_than_a_wafer(area, value):
    usual = nc.wafer_cost("tsmc-n5", die_area_mm2=area, fields_per_wafer=96)
    found = penalty(usual, f"good die {area} mm2, EUV denied")
    assert found.value == pytest.approx(value, abs=0.0005)
    assert found.p10 < found.value < found.p90
    assert "+47 immersion, -14 EUV exposures" in found.counterfactual
    assert found == penalty(nc.wafer_cost("tsmc-n5"), f"good die {area} mm2, EUV denied")


def test_a_wafer_for_a_die_is_that_of_the_die():
    for size in (50, "814mm2", "26x31"):
        wafer, die = nc.wafer_cost("n5", die_area_mm2=size), nc.estimate(size, node="n5", wafer_basis="cost")
        assert wafer.wafer_cost_usd == die.figures["wafer_price_usd"].value
        assert any("as the fewest exposures print this die" in note for note in wafer.notes)
        # A foundry asks one price for all dies of a node.
        assert wafer.chain.price_usd == pytest.approx(nc.wafer_cost("n5").chain.price_usd, rel=1e-12)
    assert nc.wafer_cost("n5", die_area_mm2="40x40").wafer_cost_usd == nc.wafer_cost("n5").wafer_cost_usd
    given = nc.wafer_cost("n5", die_area_mm2=814, fields_per_wafer=96)
    assert given.wafer_cost_usd == nc.wafer_cost("n5").wafer_cost_usd


def test_a_die_of_wafers_without_euv_pays_what_the_penalty_says():
    with_euv, without = (
        nc.estimate("814mm2", node="tsmc-n5", wafer_basis="cost", **more) for more in ({}, {"without": "euv"})
    )
    own = nc.wafer_cost("tsmc-n5", die_area_mm2=814.0)
    found = penalty(own, "good die 814 mm2, EUV denied")
    assert without.good_die_cost_usd / with_euv.good_die_cost_usd - 1 == pytest.approx(found.value, rel=1e-9)
    moved = without.figures["d0_per_cm2"]
    assert moved.value == pytest.approx(with_euv.figures["d0_per_cm2"].value + 0.5 * 0.0015, rel=1e-9)
    assert moved.kind == "estimated"
    assert "exposures carry 0.5 of D0" in moved.basis
    given = nc.estimate("814mm2", node="tsmc-n5", wafer_basis="cost", without="euv", d0_per_cm2=0.1)
    assert given.inputs.numbers["d0_per_cm2"] == 0.1
    # Along years, where the evidence is another at each, every point is that of a single die.
    swept = nc.sweep("814mm2", node="tsmc-n5", wafer_basis="cost", without=["none", "euv"], year=[2021, 2024])
    for i, tools in enumerate(("none", "euv")):
        for j, year in enumerate((2021, 2024)):
            one = nc.estimate("814mm2", node="tsmc-n5", wafer_basis="cost", without=tools, year=year)
            assert swept["good_die_cost_usd"][i, j] == pytest.approx(one.good_die_cost_usd, rel=1e-12)


def test_time_and_masks_of_doing_without_euv():
    wafer = nc.wafer_cost("tsmc-n5")
    days = penalty(wafer, "cycle time")
    assert days.value == pytest.approx(33 * 1.25)
    assert 33 < days.p10 < days.value < days.p90 < 33 * 1.5
    # 15.5 against 16.6 million: a difference that the factor of 2 in every mask's cost swamps.
    masks = penalty(wafer, "mask set")
    assert masks.value == pytest.approx(-1.1e6)
    assert not masks.sign_is_certain


@pytest.mark.parametrize(
    ("node", "without", "usd"), [("tsmc-n7", (), 12.8e6), ("tsmc-n5", (), 16.6e6), ("tsmc-n5", ("euv",), 15.5e6)]
)
def test_mask_sets_by_class_and_a_wafer_of_the_product(node, without, usd):
    wafer = nc.wafer_cost(node, without=without, product_wafers="10k")
    assert wafer.mask_set_usd == pytest.approx(usd, abs=0.05e6)
    assert wafer.mask_set_per_wafer_usd == pytest.approx(wafer.mask_set_usd / 10_000)
    assert nc.wafer_cost(node, without=without).mask_set_per_wafer_usd is None


def test_smic_n3_against_n5_is_split_and_the_rest_is_a_fab_factor():
    wafer = nc.wafer_cost("smic-n+3")
    layers = penalty(wafer, "wafer, layers")
    assert 1 + layers.value == pytest.approx(0.869, abs=0.0005)
    assert (1 + layers.p10, 1 + layers.p90) == pytest.approx((0.812, 0.927), abs=0.02)
    for area, ratio in ((100, 0.861), (814, 0.815)):
        assert 1 + penalty(wafer, f"good die {area} mm2, layers").value == pytest.approx(ratio, abs=0.002)
    rest = penalty(wafer, "price left by layers")
    assert rest.value == pytest.approx(1.45 / (1 + layers.value))
    assert "no k of the chain" in rest.counterfactual
    assert penalty(wafer, "good die 100 mm2, yield").value > 0
    assert wafer.wafer_price_usd == wafer.wafer_cost_usd  # no margin, vintage or k_fab unless given
    assert "wafer_price_usd" not in wafer.to_dict()


def test_a_price_is_cost_with_margin_vintage_and_fab_factor():
    wafer = nc.wafer_cost("smic-n+3", gross_margin="20%", vintage_factor=1.1, fab_factor=1.5)
    assert wafer.wafer_price_usd == pytest.approx(wafer.wafer_cost_usd * 1.1 * 1.5 / 0.8)
    assert wafer.wafer_cost_usd == nc.wafer_cost("smic-n+3").wafer_cost_usd


def test_multi_patterning_is_measured_against_single_exposures():
    found = penalty(nc.wafer_cost("smic-n+3"), "multi-patterning")
    assert found.value == pytest.approx(0.22, abs=0.005)
    assert 0.05 < found.p10 < found.value < found.p90 < 0.5
    assert "one exposure" in found.counterfactual


def test_the_layer_cost_is_fitted_anew_for_each_phi():
    for phi, layer_usd in ((0.1, 66.91), (0.0, 72.4), (0.25, 60.1), (0.5, 51.5)):
        wafer = nc.wafer_cost("tsmc-n7", extra_mask_carry=phi)
        assert wafer.layer_usd == pytest.approx(layer_usd, abs=0.05)
        assert wafer.wafer_cost_usd == pytest.approx(5188)


def test_a_users_tool_price_is_a_question_about_this_wafer_alone():
    dear = nc.wafer_cost("tsmc-n7", arfi_scanner_price_usd=126e6)
    assert dear.wafer_cost_usd > 5188 * 1.05
    assert dear.layer_usd == nc.wafer_cost("tsmc-n7").layer_usd


def test_source_power_sets_the_price_of_euv():
    costs = [nc.wafer_cost("tsmc-n5", euv_source_power_w=p).wafer_cost_usd for p in (50, 100, 250, 500)]
    assert costs == sorted(costs, reverse=True)
    # A tool's own power and dose change nothing; both together are of every tool.
    own = nc.wafer_cost("tsmc-n5").wafer_cost_usd
    assert nc.wafer_cost("tsmc-n5", euv_source_power_w=350).wafer_cost_usd == pytest.approx(own, rel=1e-12)
    assert nc.wafer_cost("tsmc-n5", euv_dose_mj_per_cm2=30).wafer_cost_usd == pytest.approx(own, rel=1e-12)


@pytest.mark.parametrize(
    ("tool", "power", "dose", "wph", "rel"),
    [
        *(("euv", None, None, 160, 1e-12), ("euv3800", None, None, 220, 1e-12), ("hna", None, None, 185, 1e-12)),
        *(("euv3400", 250, 20, 170, 0.005), ("euv3400", 250, 30, 136, 0.04), ("euv", 350, 30, 160, 1e-12)),
    ],
)
def test_published_throughputs_come_back(tool, power, dose, wph, rel):
    assert nc.euv_throughput_wph(power, dose, tool=tool) == pytest.approx(wph, rel=rel)


def test_a_throughput_is_asked_of_euv_tools():
    with pytest.raises(nc.NodecalcError, match="tool 'arfi': not an EUV tool; allowed: euv3400"):
        nc.euv_throughput_wph(tool="arfi")


def test_a_pass_of_the_3600d_costs_82_usd():
    usd = priced_exposures(("euv",), load_catalogue(), {}).values["euv_exposure_usd"]
    assert usd == pytest.approx(82, rel=0.03)


def test_the_band_follows_a_given_source_power():
    weak = nc.wafer_cost("tsmc-n5", euv_source_power_w=50)
    assert weak.wafer_cost_usd_p10 < weak.wafer_cost_usd < weak.wafer_cost_usd_p90
    assert weak.wafer_cost_usd_p10 > nc.wafer_cost("tsmc-n5").wafer_cost_usd_p90


def test_ruling_out_a_tool_rules_it_out_of_the_alternative_too():
    with pytest.raises(nc.NodecalcError, match="fin of tsmc-n5, lines at 28 nm: iline, krf, arf cannot make it"):
        nc.wafer_cost("tsmc-n5", without=["euv", "arfi"])


def test_break_even_powers():
    _, found = power_curve()
    powers = {b.scheme: b.source_power_w for b in found}
    assert powers["arfi-saqp"] == pytest.approx(112, abs=0.5)
    assert powers["arfi-le4"] == pytest.approx(298, abs=0.5)
    assert powers["arfi-le3"] == pytest.approx(566, abs=0.5)


def test_the_band_holds_the_answer_and_follows_the_ranges():
    wafer = nc.wafer_cost("tsmc-n5")
    assert wafer.wafer_cost_usd_p10 < wafer.wafer_cost_usd < wafer.wafer_cost_usd_p90
    again = nc.wafer_cost("tsmc-n5")
    assert again.wafer_cost_usd_p10 == wafer.wafer_cost_usd_p10
    narrower = nc.wafer_cost("tsmc-n5", extra_mask_carry=0.1, substrate_usd=120, euv_field=0.77)
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
        world = {key: r.quantile(random.random()) for key, r in ranges.items()}
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


@pytest.mark.parametrize("asked", ["tsmc-n16", "tsmc-n7", "tsmc-n5", "tsmc-n5-without-euv", "smic-n+3", "tsmc-n2"])
@pytest.mark.parametrize("given", QUESTIONS, ids=", ".join)
def test_the_ends_of_a_band_are_those_of_many_worlds_within_the_error_that_is_stated(asked, given):
    node, _, without = asked.partition("-without-")
    wafer = nc.wafer_cost(node, without=[without] if without else (), **given)
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
    stack = node_stack("tsmc-n7", catalogue)
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
    assert resolved.missing == ("product_wafers",)  # asked for only where the mask set is told a wafer
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
    assert "extra_mask_carry" in wafer.estimated
    assert "via_weight" in wafer.assumed
    with pytest.raises(AttributeError, match="a WaferCost is immutable"):
        wafer.masks = 3
    with pytest.raises(AttributeError, match="a WaferCost has no 'mask'"):
        _ = wafer.mask


def test_a_node_without_a_stack_says_how_to_supply_one():
    with pytest.raises(nc.NodecalcError, match=r"no layer stack of samsung-sf3: its cpp is not public.*--like NODE"):
        nc.wafer_cost("samsung-sf3")
    borrowed = nc.wafer_cost("samsung-sf3", like="tsmc-n5")
    assert borrowed.node == "samsung-sf3"
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
    cost = nc.wafer_cost("tsmc-n5", fields_per_wafer=fields_of_area(100.0)).wafer_cost_usd
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
    assert stack == node_stack("tsmc-n7", catalogue)
    assert origin == "made by rule from the geometry of tsmc-n7"
    assert stack.kind == "assumed"


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
    own = {"fields_per_wafer": fields_of_area(100.0)}
    wafers = [nc.wafer_cost("smic-28", catalogue=ldp, ldp_scanner_price_usd=p, **own).wafer_cost_usd for p in prices]
    assert wafers[0] < wafers[1]
    arrays = nc.evaluate_wafer({"ldp_scanner_price_usd": np.array(prices), **own}, node="smic-28", catalogue=ldp)
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


@pytest.mark.parametrize("asked", [{}, {"euv_by": "cost"}])
def test_a_penalty_per_good_die_and_a_die_at_cost_take_the_same_d0(asked):
    # Whichever wafer is asked for, the D0 of a node is of the wafers that it makes itself.
    told = penalty(nc.wafer_cost("tsmc-n5", **asked), "good die 100 mm2, EUV denied").counterfactual
    with_euv, denied = told.split("D0 ")[1].split(" /cm2")[0].split(" -> ")
    for way, said in ((asked, with_euv), ({**asked, "without": "euv"}, denied)):
        e = nc.estimate("10x10", node="tsmc-n5", wafer_basis="cost", **way)
        assert e.inputs.numbers["d0_per_cm2"] == pytest.approx(float(said), rel=1e-3)
