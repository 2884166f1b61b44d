"""The built-in tools, model parameters and stacks: sound by a user's checks, and true to the published counts."""

import pickle
import tomllib

import pytest

import nodecalc_seeds
from nodecalc.catalogue import Catalogue, load_catalogue
from nodecalc.catalogue.builtin_wafers import tool_ids
from nodecalc.catalogue.fields import TOOL_OPTIONAL, fields_of
from nodecalc.catalogue.schema import Checker
from nodecalc.catalogue.stackfile import read_layers
from nodecalc.catalogue.wafer_entries import FEATURES, split_stack_id
from nodecalc.errors import MissingFigureError, UnknownNameError
from nodecalc_kernels.wafer.patterning import (
    SCHEMES,
    exposure_cost_usd,
    fitted_layer_usd,
    rayleigh_k1,
    scheme_cost_usd,
    step_cost_usd,
    wafer_cost_usd,
)

DATA = tomllib.loads(nodecalc_seeds.read("litho.toml"))
STACKS = tomllib.loads(nodecalc_seeds.read("stacks.toml"))["stack"]
SOURCES = tomllib.loads(nodecalc_seeds.read("sources.toml"))["source"]
CATALOGUE = load_catalogue()
TOOLS = ("iline", "krf", "arf", "arfi", "euv", "euv3800", "hna")
FIGURES = [
    *(figure for tool in CATALOGUE.tools.values() for group in tool.figures.values() for figure in group),
    *(figure for group in CATALOGUE.model.values() for figure in group),
    *(figure for group in CATALOGUE.relative_cost.values() for figure in group),
]

# Masks and EUV exposures of each stack; see [model] of litho.toml for the published ones.
COUNTS = {
    "tsmc-n16": (50, 60, 0),
    "tsmc-n7": (61, 87, 0),
    "tsmc-n5": (72, 81, 14),
    "tsmc-n5-without-euv": (72, 116, 0),
    "smic-n+2": (61, 87, 0),
    "smic-n+3": (65, 91, 0),
}
COST_OF_A_TOOL = (
    *("scanner_price_usd", "track_price_usd", "depreciation_years", "service_fraction", "fixed_usd_per_year"),
    *("throughput_wph", "availability", "tool_utilisation", "consumables_usd"),
)


def exposure(tool: str) -> float:
    own, fields = CATALOGUE.tools[tool], fields_of("tool")
    return exposure_cost_usd(*(own.value(k) if k in fields else CATALOGUE.parameter(k) for k in COST_OF_A_TOOL))


def stack_sums(stack_id: str) -> tuple[float, int, int, int, float]:
    """Patterning cost, layers, masks, EUV exposures and cost of exposures alone of one stack, one row at a time."""
    step = step_cost_usd(exposure("arfi"))
    usd = litho_usd = 0.0
    layers = masks = euv = 0
    for layer in CATALOGUE.stack_by_id(stack_id).layers:
        row = SCHEMES[layer.scheme]
        cut = exposure(layer.cut_tool) if layer.cuts else 0.0
        each = scheme_cost_usd(row.exposures, row.aux_steps, layer.cuts, exposure(layer.tool), cut, step)
        usd += layer.count * each
        litho_usd += layer.count * (row.exposures * exposure(layer.tool) + layer.cuts * cut)
        layers += layer.count
        masks += layer.count * (row.exposures + layer.cuts)
        euv += layer.count * row.exposures * CATALOGUE.tools[layer.tool].is_euv
        euv += layer.count * layer.cuts * bool(layer.cuts and CATALOGUE.tools[layer.cut_tool].is_euv)
    return usd, layers, masks, euv, litho_usd


def wafer(stack_id: str, phi: float) -> float:
    substrate = CATALOGUE.parameter("substrate_usd")
    reference = stack_sums(CATALOGUE.reference_node)
    layer_usd = fitted_layer_usd(CATALOGUE.parameter("reference_wafer_usd"), substrate, *reference[:3], phi)
    usd, layers, masks, *_ = stack_sums(stack_id)
    return wafer_cost_usd(substrate, usd, layer_usd, layers, masks, phi)


# Sound


def test_there_are_seven_tools_and_six_stacks():
    assert tuple(CATALOGUE.tools) == tuple(DATA["tool"]) == tuple(tool_ids()) == TOOLS
    assert CATALOGUE.stack_ids == tuple(STACKS) == tuple(COUNTS)


@pytest.mark.parametrize("tool", TOOLS)
def test_every_tool_passes_the_checks_of_a_users_file_and_states_what_its_cost_takes(tool):
    checked = Checker("built-in", SOURCES).figures(tool, DATA["tool"][tool], "tool", also=("name",))
    assert checked == dict(CATALOGUE.tools[tool].figures)
    assert set(fields_of("tool")) - TOOL_OPTIONAL <= set(checked)
    own = CATALOGUE.tools[tool]
    assert (own.wavelength_nm, own.numerical_aperture) == (own.value("wavelength_nm"), own.value("numerical_aperture"))
    assert own.name


def test_the_model_passes_the_checks_of_a_users_file_and_the_table_holds_nothing_else():
    checked = Checker("built-in", SOURCES).figures("model", DATA["model"], "model")
    assert checked == dict(CATALOGUE.model)
    assert set(fields_of("model")) == set(CATALOGUE.model)


@pytest.mark.parametrize("stack_id", COUNTS)
def test_every_stack_passes_the_checks_of_a_users_file(stack_id):
    checked = read_layers(Checker("built-in", SOURCES), stack_id, STACKS[stack_id], CATALOGUE.tools)
    stack = CATALOGUE.stack_by_id(stack_id)
    assert checked == stack.layers
    assert stack.kind == "assumed"
    assert stack.origin == "built-in"
    assert (stack.node, stack.without) == split_stack_id(stack_id)
    assert stack.node in Catalogue().node_ids
    for layer in stack.layers:
        assert layer.feature in FEATURES
        assert isinstance(layer.pitch_nm, float | None)
        assert bool(layer.cuts) == bool(layer.cut_tool)


def test_every_figure_has_a_known_source_a_year_and_a_range_that_holds_its_value():
    for figure in FIGURES:
        assert figure.source in SOURCES
        assert figure.year is not None
        assert (figure.kind == "assumed") == (figure.source == "assumed"), figure
        if figure.kind in {"assumed", "estimated"} and figure.source in {"assumed", "derived"}:
            assert figure.note, figure
    for tool in CATALOGUE.tools.values():
        for field in tool.figures:
            found = tool.range(field)
            assert 0.0 <= found.low <= found.value <= found.high, (tool.id, field)
            assert found.value == tool.value(field)
    for key in CATALOGUE.model:
        found = CATALOGUE.parameter_range(key)
        assert 0.0 <= found.low <= found.value <= found.high, key


def test_no_range_of_a_share_passes_one():
    for tool in CATALOGUE.tools.values():
        assert tool.range("availability").high <= 1.0
        assert tool.range("tool_utilisation").high <= 1.0
    assert CATALOGUE.parameter_range("extra_mask_carry")[:3] == (0.0, 0.25, 1.0)


def test_what_is_recalled_and_not_read_is_marked():
    assert not CATALOGUE.model["euv_source_power_w"][0].verified
    assert not CATALOGUE.relative_cost["euv-le2"][0].verified
    assert CATALOGUE.relative_cost["euv-sadp"][0].verified


def test_a_chosen_value_has_no_width():
    assert CATALOGUE.parameter_range("euv_dose_mj_per_cm2") == (30.0, 30.0, 30.0, "nominal")
    assert CATALOGUE.tools["euv"].range("wavelength_nm") == (13.5, 13.5, 13.5, "nominal")


# Consistent with itself


@pytest.mark.parametrize("tool", TOOLS)
def test_k1_is_that_of_the_pitch_of_one_exposure(tool):
    own = CATALOGUE.tools[tool]
    k1 = rayleigh_k1(own.value("single_pitch_nm"), own.wavelength_nm, own.numerical_aperture)
    assert k1 == pytest.approx(own.value("k1"), abs=0.0006)
    assert k1 >= 0.25, "no single exposure prints lines below it"


def test_euv_is_what_exposes_at_13_5_nm():
    assert [tool.id for tool in CATALOGUE.tools.values() if tool.is_euv] == ["euv", "euv3800", "hna"]


def test_every_published_figure_names_what_answers_to_it():
    for row in CATALOGUE.published:
        assert row.field in CATALOGUE.model
        assert row.standing in {"", "set", "built"}
        assert (row.quantity == "exposure_ratio") == bool(row.tools)
        assert set(row.tools) <= set(CATALOGUE.tools)
        assert row.tools or row.stack in CATALOGUE.stack_ids
    (met,) = [row for row in CATALOGUE.published if row.standing == "set"]
    assert (met.field, met.stack) == ("reference_wafer_usd", CATALOGUE.reference_node)
    assert {row.field for row in CATALOGUE.published} >= {
        key for key, field in fields_of("model").items() if field.meaning.startswith("published")
    }


@pytest.mark.parametrize(
    ("key", "capital"),
    [("reference_wafer_usd", 14267), ("reference_wafer_n5_usd", 16746), ("reference_wafer_n16_usd", 11220)],
)
def test_the_cost_of_reference_wafers_recomputes_from_capital_per_wafer(key, capital):
    # Capital for a yearly wafer, USD, as CSET's table 9 has it.
    yearly = capital / CATALOGUE.parameter("depreciation_years")
    low, value, high, _ = CATALOGUE.parameter_range(key)
    for found, share in ((value, 0.55), (low, 0.60), (high, 0.50)):
        assert found == pytest.approx(yearly / share, abs=1.0)


def test_the_exposed_area_is_96_full_fields():
    assert CATALOGUE.parameter("euv_exposed_area_cm2") == pytest.approx(96 * 2.6 * 3.3, rel=1e-12)


def test_a_193i_mask_costs_a_sixth_of_an_euv_mask():
    low, value, high, _ = CATALOGUE.parameter_range("duv_mask_usd")
    ratio = CATALOGUE.parameter("euv_mask_cost_ratio")
    for found, euv_usd in ((low, 0.5e6), (value, 0.75e6), (high, 1.0e6)):
        assert found == pytest.approx(euv_usd / ratio, rel=0.005)


def test_the_defects_of_one_more_exposure_are_those_of_n7_over_its_immersion_exposures():
    exposures = sum(
        layer.count * (SCHEMES[layer.scheme].exposures + layer.cuts)
        for layer in CATALOGUE.stack("tsmc-n7").layers
        if layer.tool == "arfi"
    )
    assert exposures == 56
    assert CATALOGUE.parameter("d0_per_exposure_per_cm2") == pytest.approx(0.09 / exposures, rel=0.01)


# True to what is published


@pytest.mark.parametrize("stack_id", COUNTS)
def test_layers_masks_and_euv_exposures_of_a_stack(stack_id):
    assert stack_sums(stack_id)[1:4] == COUNTS[stack_id]


@pytest.mark.parametrize(("key", "stack_id"), [("n16", "tsmc-n16"), ("n7", "tsmc-n7"), ("n5", "tsmc-n5")])
def test_masks_meet_the_published_counts(key, stack_id):
    assert COUNTS[stack_id][1] == CATALOGUE.parameter(f"masks_{key}")


def test_n5_has_the_published_euv_exposures_and_without_euv_one_mask_more_than_published():
    assert COUNTS["tsmc-n5"][2] == CATALOGUE.parameter("euv_exposures_n5")
    assert COUNTS["tsmc-n5-without-euv"][1] == CATALOGUE.parameter("masks_n5_without_euv") + 1


def test_a_stack_without_euv_uses_none_and_has_the_same_layers():
    with_euv, without = CATALOGUE.stack("tsmc-n5"), CATALOGUE.stack("tsmc-n5", ["euv"])
    names = [(layer.name, layer.feature, layer.count, layer.pitch_nm) for layer in with_euv.layers]
    assert [(layer.name, layer.feature, layer.count, layer.pitch_nm) for layer in without.layers] == names
    assert not any("euv" in (layer.tool, layer.cut_tool) for layer in without.layers)


@pytest.mark.parametrize(("stack_id", "usd"), [("tsmc-n7", 5188), ("tsmc-n5", 5902), ("tsmc-n16", 3789)])
def test_wafer_costs_are_the_documented_ones(stack_id, usd):
    assert wafer(stack_id, CATALOGUE.parameter("extra_mask_carry")) == pytest.approx(usd, abs=1.0)


@pytest.mark.parametrize(
    ("phi", "layer_usd", "denied", "smic"),
    [(0.0, 54.5, 0.038, 0.877), (0.25, 49.2, 0.113, 0.913), (0.5, 44.9, 0.180, 0.945), (1.0, 38.2, 0.294, 1.001)],
)
def test_the_fit_moves_with_phi_and_with_it_what_losing_euv_costs(phi, layer_usd, denied, smic):
    reference = stack_sums("tsmc-n7")
    known = (CATALOGUE.parameter("reference_wafer_usd"), CATALOGUE.parameter("substrate_usd"))
    fitted = fitted_layer_usd(*known, *reference[:3], phi)
    assert fitted == pytest.approx(layer_usd, abs=0.05)
    assert wafer("tsmc-n5-without-euv", phi) / wafer("tsmc-n5", phi) - 1.0 == pytest.approx(denied, abs=0.001)
    assert wafer("smic-n+3", phi) / wafer("tsmc-n5", phi) == pytest.approx(smic, abs=0.001)


def test_lithography_is_a_fifth_of_an_n7_wafer_where_27_percent_is_published():
    # A miss that the output names: exposures alone are 20 %, with the steps of patterning 34 %.
    usd, _, _, _, litho_usd = stack_sums("tsmc-n7")
    assert CATALOGUE.parameter("litho_share_n7") == 0.27
    assert litho_usd / wafer("tsmc-n7", 0.25) == pytest.approx(0.203, abs=0.001)
    assert usd / wafer("tsmc-n7", 0.25) == pytest.approx(0.336, abs=0.001)


# Asking


def test_a_stack_is_found_by_node_and_what_it_does_without_and_by_nothing_else():
    assert CATALOGUE.stack("TSMC-N5 ").id == "tsmc-n5"
    assert CATALOGUE.stack("tsmc-n5", ("euv",)).id == "tsmc-n5-without-euv"
    assert CATALOGUE.stack("tsmc-n5", ("arfi",)) is None
    assert CATALOGUE.stack("tsmc-n7", ("euv",)) is None
    assert CATALOGUE.stack("tsmc-n3e") is None
    assert [id_ for id_ in CATALOGUE.stack_ids if split_stack_id(id_)[1]] == ["tsmc-n5-without-euv"]


def test_unknown_names_are_answered_with_the_nearest():
    with pytest.raises(UnknownNameError, match="unknown tool 'arfy'; nearest: arf"):
        CATALOGUE.tool("arfy")
    with pytest.raises(UnknownNameError, match="unknown parameter 'substrate'; nearest: substrate_usd"):
        CATALOGUE.parameter("substrate")
    with pytest.raises(UnknownNameError, match="unknown stack 'tsmc-n55'"):
        CATALOGUE.stack_by_id("tsmc-n55")
    with pytest.raises(MissingFigureError, match=r"tool euv has no via_pitch_nm; give it in a catalogue file"):
        CATALOGUE.tools["euv"].value("via_pitch_nm")
    assert CATALOGUE.tools["euv"].preferred("via_pitch_nm") is None
    assert CATALOGUE.tool(" ArFi ").preferred("via_pitch_nm").number == 100


def test_the_built_in_data_are_read_once_and_cannot_be_changed():
    assert load_catalogue() is CATALOGUE is pickle.loads(pickle.dumps(CATALOGUE))
    with pytest.raises(TypeError):
        CATALOGUE.tools["arfi"] = None
    with pytest.raises(TypeError):
        CATALOGUE.tools["arfi"].figures["k1"] = ()


def test_tools_and_stacks_can_be_sent_to_other_processes():
    copy: Catalogue = pickle.loads(pickle.dumps(CATALOGUE))
    assert dict(copy.tools) == dict(CATALOGUE.tools)
    assert dict(copy.model) == dict(CATALOGUE.model)
    assert copy.stack_ids == CATALOGUE.stack_ids
    assert copy.stack("smic-n+3") == CATALOGUE.stack("smic-n+3")
