"""The built-in tools, model parameters and geometry: sound by a user's checks, true to what they are derived from."""

import pickle
import re
import tomllib

import pytest

import nodecalc_seeds
from nodecalc.catalogue import Catalogue, load_catalogue
from nodecalc.catalogue.builtin_wafers import Model, Tools, tool_ids
from nodecalc.catalogue.fields import REPLACED, TOOL_OPTIONAL, fields_of
from nodecalc.catalogue.figure import preferred_figure
from nodecalc.catalogue.schema import Checker
from nodecalc.errors import MissingFigureError, UnknownNameError
from nodecalc_kernels.wafer.patterning import (
    exposure_cost_usd,
    overhead_of_throughput_s,
    rayleigh_k1,
    throughput_of_source_wph,
)

DATA = tomllib.loads(nodecalc_seeds.read("litho.toml"))
GEOMETRY = tomllib.loads(nodecalc_seeds.read("geometry.toml"))["geometry"]
SOURCES = tomllib.loads(nodecalc_seeds.read("sources.toml"))["source"]
CATALOGUE = load_catalogue()
TOOLS = ("iline", "krf", "arf", "arfi", "euv3400", "euv", "euv3800", "hna")
EUV_TOOLS = TOOLS[4:]
FIGURES = [
    *(figure for tool in CATALOGUE.tools.values() for group in tool.figures.values() for figure in group),
    *(figure for group in CATALOGUE.model.values() for figure in group),
    *(figure for group in CATALOGUE.relative_cost.values() for figure in group),
    *(figure for node in GEOMETRY for group in CATALOGUE.geometry(node).values() for figure in group),
]


def exposing_wph(tool: str, dose: float) -> float:
    own = CATALOGUE.tools[tool]
    area, efficiency = (CATALOGUE.parameter(key) for key in ("euv_exposed_area_cm2", "euv_efficiency"))
    wph, power, own_dose = (own.value(k) for k in ("throughput_wph", "stated_power_w", "stated_dose_mj_per_cm2"))
    overhead = overhead_of_throughput_s(wph, power, own_dose, area, efficiency)
    return throughput_of_source_wph(power, dose, overhead, area, efficiency)


def exposure(tool: str, dose: float) -> float:
    own = CATALOGUE.tools[tool]
    money = (own.value("scanner_price_usd"), own.value("track_price_usd"))
    model = (CATALOGUE.parameter("depreciation_years"), CATALOGUE.parameter("service_fraction"))
    rest = (own.value(k) for k in ("field", "availability", "tool_utilisation", "consumables_usd"))
    return exposure_cost_usd(*money, *model, own.value("fixed_usd_per_year"), exposing_wph(tool, dose), *rest)


# Sound


def test_there_are_eight_tools_and_no_stack_that_the_rule_does_not_make():
    assert tuple(CATALOGUE.tools) == tuple(DATA["tool"]) == tuple(tool_ids()) == TOOLS
    assert CATALOGUE.stack_ids == ()


@pytest.mark.parametrize("tool", TOOLS)
def test_every_tool_passes_the_checks_of_a_users_file_and_states_what_its_cost_takes(tool):
    checked = Checker("built-in", SOURCES).figures(tool, DATA["tool"][tool], "tool", also=("name",))
    assert checked == dict(CATALOGUE.tools[tool].figures)
    assert set(fields_of("tool")) - TOOL_OPTIONAL - set(REPLACED) <= set(checked)
    own = CATALOGUE.tools[tool]
    assert (own.wavelength_nm, own.numerical_aperture) == (own.value("wavelength_nm"), own.value("numerical_aperture"))
    assert own.name


def test_the_model_passes_the_checks_of_a_users_file_and_the_table_holds_nothing_else():
    checked = Checker("built-in", SOURCES).figures("model", {**DATA["model"], **DATA["anchor"]}, "model")
    assert checked == dict(CATALOGUE.model)
    assert set(fields_of("model")) - set(REPLACED) == set(CATALOGUE.model)
    assert len(CATALOGUE.model) == len(list(CATALOGUE.model)) == len(checked)


def test_a_published_figure_is_read_when_it_is_asked_for():
    fresh = Model()
    assert "masks_n7" in fresh
    assert fresh.get("arfi_passes") is None
    assert preferred_figure(fresh["masks_n7"]).value == 87


@pytest.mark.parametrize("node", GEOMETRY)
def test_the_geometry_of_a_node_passes_the_checks_of_a_users_file(node):
    checked = Checker("built-in", SOURCES).figures(node, GEOMETRY[node], "node")
    assert checked == dict(CATALOGUE.geometry(node))
    own = CATALOGUE.node(node).figures
    assert not set(checked) & set(own), "the node's own figure would hide it"
    if "parent" in checked:
        assert preferred_figure(checked["parent"]).value in CATALOGUE.node_ids


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
    assert tool.figures.get("field") is None or tool.range("field").high <= 1.0
    assert CATALOGUE.parameter_range("extra_mask_carry")[:3] == (0.0, 0.1, 0.5)


def test_what_is_recalled_and_not_read_is_marked():
    assert not CATALOGUE.model["euv_source_power_w"][0].verified
    assert not CATALOGUE.relative_cost["euv-le2"][0].verified
    assert CATALOGUE.relative_cost["euv-sadp"][0].verified


def test_a_chosen_value_has_no_width():
    assert CATALOGUE.parameter_range("euv_dose_mj_per_cm2") == (30.0, 30.0, 30.0, "nominal")
    assert CATALOGUE.tools["euv"].range("wavelength_nm") == (13.5, 13.5, 13.5, "nominal")


# Consistent with itself


@pytest.mark.parametrize("tool", TOOLS)
def test_a_single_exposure_stays_above_the_limit_of_optics(tool):
    own = CATALOGUE.tools[tool]
    k1 = rayleigh_k1(own.value("single_pitch_nm"), own.wavelength_nm, own.numerical_aperture)
    assert k1 >= 0.25, "no single exposure prints lines below it"
    stated = re.search(r"with k1 = ([\d.]+)", own.preferred("single_pitch_nm").note)
    assert stated is None or k1 == pytest.approx(float(stated[1]), abs=0.0006)


def test_euv_is_what_exposes_at_13_5_nm():
    assert [tool.id for tool in CATALOGUE.tools.values() if tool.is_euv] == list(EUV_TOOLS)


def test_every_published_figure_names_what_answers_to_it():
    assert {row.field for row in CATALOGUE.published} == {"reference_wafer_usd", *DATA["anchor"]}
    for row in CATALOGUE.published:
        assert row.standing in {"", "set"}
        assert (row.quantity in {"exposure_ratio", "throughput"}) == bool(row.tools)
        assert set(row.tools) <= set(CATALOGUE.tools)
        assert row.tools or row.node in CATALOGUE.node_ids
    (cost,) = [row for row in CATALOGUE.published if row.standing == "set" and row.quantity == "wafer_cost_usd"]
    assert (cost.field, cost.node) == ("reference_wafer_usd", CATALOGUE.reference_node)


@pytest.mark.parametrize(
    ("key", "capital"),
    [
        *(("reference_wafer_usd", 14267), ("reference_wafer_n5_usd", 16746)),
        *(("reference_wafer_n16_usd", 11220), ("reference_wafer_n10_usd", 13170)),
    ],
)
def test_the_cost_of_reference_wafers_recomputes_from_capital_per_wafer(key, capital):
    # Capital for a yearly wafer, USD, as CSET's table 9 has it.
    yearly = capital / CATALOGUE.parameter("depreciation_years")
    low, value, high, _ = CATALOGUE.parameter_range(key)
    for found, share in ((value, 0.55), (low, 0.60), (high, 0.50)):
        assert found == pytest.approx(yearly / share, abs=1.0)


def test_the_exposed_area_is_96_full_fields():
    assert CATALOGUE.parameter("euv_exposed_area_cm2") == pytest.approx(96 * 2.6 * 3.3, abs=0.05)


def test_a_mask_is_known_within_a_factor_of_2():
    for tool in ("iline", "krf", "arf", "arfi", "euv"):
        low, value, high, _ = CATALOGUE.parameter_range(f"{tool}_mask_usd")
        assert (low, high) == pytest.approx((value / 2, value * 2))


@pytest.mark.parametrize(("tool", "overhead"), [("euv3400", 10.6), ("euv", 11.1), ("euv3800", 9.7), ("hna", 15.0)])
def test_each_euv_tool_has_its_own_overhead_and_its_own_dose_changes_nothing(tool, overhead):
    own = CATALOGUE.tools[tool]
    area, efficiency = (CATALOGUE.parameter(key) for key in ("euv_exposed_area_cm2", "euv_efficiency"))
    stated = (own.value("throughput_wph"), own.value("stated_power_w"), own.value("stated_dose_mj_per_cm2"))
    assert overhead_of_throughput_s(*stated, area, efficiency) == pytest.approx(overhead, abs=0.06)
    assert exposing_wph(tool, stated[2]) == pytest.approx(stated[0], rel=1e-14)


def test_high_na_is_set_to_the_ratio_that_was_published():
    ratio = exposure("hna", 50.0) / exposure("euv", 50.0)
    assert ratio == pytest.approx(CATALOGUE.parameter("high_na_cost_ratio"), rel=0.02)


def test_a_step_is_a_third_of_a_193i_exposure():
    arfi = CATALOGUE.tools["arfi"]
    money = (arfi.value("scanner_price_usd"), arfi.value("track_price_usd"))
    model = (CATALOGUE.parameter("depreciation_years"), CATALOGUE.parameter("service_fraction"))
    rest = (arfi.value(k) for k in ("availability", "tool_utilisation", "consumables_usd"))
    usd = exposure_cost_usd(*money, *model, arfi.value("fixed_usd_per_year"), arfi.value("throughput_wph"), 1.0, *rest)
    assert CATALOGUE.parameter("step_usd") == pytest.approx(usd / 3, rel=0.005)


# Asking


def test_unknown_names_are_answered_with_the_nearest():
    with pytest.raises(UnknownNameError, match="unknown tool 'arfy'; nearest: arf"):
        CATALOGUE.tool("arfy")
    with pytest.raises(UnknownNameError, match="unknown parameter 'substrate'; nearest: substrate_usd"):
        CATALOGUE.parameter("substrate")
    with pytest.raises(MissingFigureError, match=r"tool euv has no via_pitch_nm; give it in a catalogue file"):
        CATALOGUE.tools["euv"].value("via_pitch_nm")
    assert CATALOGUE.tools["euv"].preferred("via_pitch_nm") is None
    assert CATALOGUE.tool(" ArFi ").preferred("single_pitch_nm").number == 76


def test_the_built_in_data_are_read_once_and_cannot_be_changed():
    assert load_catalogue() is CATALOGUE is pickle.loads(pickle.dumps(CATALOGUE))
    with pytest.raises(TypeError):
        CATALOGUE.tools["arfi"] = None
    with pytest.raises(TypeError):
        CATALOGUE.tools["arfi"].figures["k1"] = ()


def test_tools_and_geometry_can_be_sent_to_other_processes():
    copy: Catalogue = pickle.loads(pickle.dumps(CATALOGUE))
    assert dict(copy.tools) == dict(CATALOGUE.tools)
    assert dict(copy.model) == dict(CATALOGUE.model)
    assert copy.stack_ids == CATALOGUE.stack_ids
    assert dict(copy.geometry("smic-n+3")) == dict(CATALOGUE.geometry("smic-n+3"))


def test_parameters_and_published_figures_are_read_when_the_first_of_them_is_asked_for():
    for first in ("substrate_usd", next(iter(DATA["anchor"]))):
        model = Model()
        assert first in model
        assert "no_such" not in model
        assert model[first] == CATALOGUE.model[first]
        assert {key: model[key] for key in model} == dict(CATALOGUE.model)
        assert len(model) == len(DATA["model"]) + len(DATA["anchor"])
        with pytest.raises(KeyError):
            model["no_such"]
    tools = Tools()
    assert ("arfi" in tools, "no_such" in tools, len(tools)) == (True, False, len(list(tools)))
    assert {id_: tools[id_] for id_ in tools} == dict(CATALOGUE.tools)
