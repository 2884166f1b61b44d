"""A die at what its wafer's layers cost takes every input of the wafer; at a price it refuses them."""

import pytest

import nodecalc as nc
from nodecalc.catalogue import load_catalogue
from nodecalc.drivers import explain
from nodecalc.drivers.printed import fields_of_area
from nodecalc.drivers.sweep.figures_used import figures_used
from nodecalc.vocabulary import QUANTITIES, WAFER_INPUT_KEYS, is_wafer_key, quantity, tool_keys
from nodecalc.wafers.rule import node_stack

OTHER = {
    "fields_per_wafer": 120.0,
    "exposing_share": 0.55,
    "euv_source_power_w": 100.0,
    "euv_dose_mj_per_cm2": 60.0,
    "extra_mask_carry": 0.6,
    "implant_weight": 0.7,
    "via_weight": 1.0,
    "line_weight": 1.0,
    "other_weight": 1.3,
    "step_usd": 8.0,
    "layer_usd": 60.0,
    "substrate_usd": 180.0,
    "depreciation_years": 7.0,
    "service_fraction": 0.1,
    "gross_margin": 0.5,
    "vintage_factor": 0.7,
    "fab_factor": 1.4,
    "without": "euv",
    "tools": "arfi+arf+krf+iline",
    "like": "smic-n+3",
    "euv_by": "cost",
    "arfi_throughput_wph": 200.0,
    "euv_scanner_price_usd": 2.5e8,
}
OWN = {"fields_per_wafer": fields_of_area(100.0)}
"""Exposures that the die of 100 mm2 takes."""
STACK = """
[[layer]]
name = "everything"
feature = "other"
scheme = "se"
tool = "krf"
count = 30
"""


def at_cost(**inputs):
    return nc.estimate(100, node="tsmc-n5", wafer_basis="cost", **inputs)


def test_the_table_above_knows_every_input_of_a_wafer():
    of_wafers = {key for key, q in QUANTITIES.items() if is_wafer_key(key) and q.role == "input"}
    assert of_wafers | {"arfi_throughput_wph", "euv_scanner_price_usd"} == {*OTHER, "stack"}
    assert set(WAFER_INPUT_KEYS) < set(OTHER)


@pytest.mark.parametrize("key", OTHER)
def test_a_die_counts_it_as_its_wafer_does(key):
    value = OTHER[key]
    e = at_cost(**{key: value})
    wafer = nc.wafer_cost("tsmc-n5", **OWN | {key: value.split("+") if key in ("tools", "without") else value})
    assert e.inputs.numbers["wafer_price_usd"] == wafer.wafer_price_usd
    assert e.good_die_cost_usd != at_cost().good_die_cost_usd
    assert e.good_die_cost_usd == pytest.approx(wafer.wafer_price_usd / e.good_dies)
    assert e.good_die_cost_usd_p10 < e.good_die_cost_usd < e.good_die_cost_usd_p90
    assert e.to_dict()[key] == value
    assert key in e.inputs.given
    assert not any("changes nothing" in note for note in e.notes)


@pytest.mark.parametrize("key", OTHER)
def test_a_sweep_counts_it_as_a_single_die_does(key):
    fixed = nc.sweep(100, node="tsmc-n5", wafer_basis="cost", **{key: OTHER[key]}, d0_per_cm2=[0.1, 0.2])
    one = at_cost(**{key: OTHER[key]}, d0_per_cm2=0.2).good_die_cost_usd
    assert fixed["good_die_cost_usd"][-1] == pytest.approx(one, rel=1e-12)


@pytest.mark.parametrize("key", OTHER)
def test_at_a_price_it_is_refused_with_what_to_add(key):
    option = quantity(key).option
    with pytest.raises(nc.NodecalcError, match="add --wafer-basis cost") as caught:
        nc.estimate(100, node="tsmc-n5", **{key: OTHER[key]})
    assert (f"--{option} {OTHER[key]}" if option else key) in str(caught.value)


def test_a_stack_of_ones_own(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(STACK)
    e, wafer = at_cost(stack=path), nc.wafer_cost("tsmc-n5", stack=path, **OWN)
    assert e.inputs.numbers["wafer_price_usd"] == wafer.wafer_cost_usd
    assert e.to_dict()["stack"] == str(path)
    # With a stack no node is needed, but for what is the node's.
    alone = nc.estimate(100, wafer_basis="cost", stack=str(path), d0_per_cm2=0.1)
    assert alone.inputs.numbers["wafer_price_usd"] == wafer.wafer_cost_usd
    swept = nc.sweep(100, node="tsmc-n5", wafer_basis="cost", stack=str(path), d0_per_cm2=[0.1, 0.2])
    assert swept["good_die_cost_usd"][0] == pytest.approx(alone.good_die_cost_usd, rel=1e-12)
    with pytest.raises(nc.NodecalcError, match="two stacks"):
        at_cost(stack=path, like="tsmc-n7")


def test_tools_are_given_as_names_or_as_one_text():
    costs = {
        at_cost(without=without).good_die_cost_usd
        for without in (["euv", "hna"], ("euv", "hna"), "euv+hna", "euv,hna", "EUV + hna")
    }
    assert len(costs) == 1
    assert at_cost(without="none", tools="all") != at_cost()  # asked for in words, and the same wafer
    assert at_cost(without="none", tools="all").good_die_cost_usd == at_cost().good_die_cost_usd


def test_a_sweep_has_the_band_of_a_single_die():
    band = ("good_die_cost_usd_p10", "good_die_cost_usd_p90")
    given = {"gross_margin": 0.4, "euv_source_power_w": 100, "critical_area_fraction": 0.8}
    swept = nc.sweep(
        100, node="tsmc-n5", wafer_basis="cost", without=["none", "euv"], **given, outputs=band, line_yield=[0.9, 1.0]
    )
    for i, without in enumerate(("none", "euv")):
        one = at_cost(without=without, **given, line_yield=0.9)
        assert [swept[key][i, 0] for key in band] == pytest.approx([getattr(one, key) for key in band], rel=1e-9)
    with pytest.raises(nc.NodecalcError, match="no band over wafer inputs"):
        nc.sweep(100, node="tsmc-n5", wafer_basis="cost", euv_source_power_w=[100, 200], outputs=band)


def test_what_no_layer_takes_is_said():
    e = nc.estimate(100, node="tsmc-n7", wafer_basis="cost", euv_source_power_w=100)
    said = "--euv-power: changes nothing here, as no layer of tsmc-n7 takes it"
    assert said in e.notes
    swept = nc.sweep(100, node=["tsmc-n5", "tsmc-n7"], wafer_basis="cost", euv_source_power_w=[100, 200])
    assert [note for note in swept.provenance.notes if "changes nothing" in note] == [said]


def test_keys_of_tools_are_those_of_the_catalogue():
    known = load_catalogue()
    for key in tool_keys(known.tools):
        assert key in at_cost(**{key: 0.5 if quantity(key).high <= 1 else 1e6 if "price" in key else 50.0}).to_dict()
    with pytest.raises(nc.NodecalcError, match="nearest: arfi_scanner_price_usd"):
        at_cost(arfi_scaner_price_usd=1e8)


@pytest.mark.parametrize("output", ["wafer_cost_usd", "masks"])
def test_a_sweep_of_a_wafers_cost_alone_says_that_it_is_assumed(output):
    asked = {"node": "tsmc-n5", "wafer_basis": "cost", "phi": [0.0, 1.0], "outputs": [output]}
    (node,) = figures_used(nc.sweep("10x10", **asked))
    assert node.figures["wafer_price_usd"].kind == "assumed"
    with pytest.raises(nc.NodecalcError, match="in the place of --wafer-basis cost"):
        nc.sweep("10x10", strict=True, **asked)


def test_what_a_wafers_cost_rests_on_is_said_once():
    e = nc.estimate("10x10", node="tsmc-n5", wafer_basis="cost", without=["euv"])
    assert (
        e.figures["wafer_price_usd"].basis
        == "cost, not price: made by rule from the geometry of tsmc-n5, with iline, krf, arf, arfi"
    )
    (step,) = [step for step in explain.steps(e) if step.key == "wafer_price_usd"]
    assert step.put_in.count("made by rule") == 1


@pytest.mark.parametrize("node", [None, "samsung-d1z"])
def test_a_missing_price_is_missed_once(node):
    with pytest.raises(nc.NodecalcError) as caught:
        nc.estimate("10x10", node=node)
    assert str(caught.value).count("wafer_price_usd") == 1


@pytest.mark.parametrize("given", [{"hna_throughput_wph": 100.0}, {"euv_power": 100.0, "euv_throughput_wph": 100.0}])
def test_a_wafer_says_what_no_layer_takes_as_its_die_does(given):
    said = [note for note in nc.wafer_cost("tsmc-n5", **given).notes if "changes nothing here" in note]
    die = nc.estimate("10x10", node="tsmc-n5", wafer_basis="cost", **given)
    assert said
    assert said == [note for note in die.notes if "changes nothing here" in note]


def test_a_wafer_of_no_node_is_no_node_named_none():
    stack = node_stack("tsmc-n7", load_catalogue())
    asked = {"d0": 0.1, "wafer_basis": "cost", "stack": stack, "wafer": 200}
    assert "the wafer cost is of a 300 mm wafer" in " ".join(nc.estimate("10x10", **asked).notes)


@pytest.mark.parametrize("node", ["tsmc-n16", "tsmc-n7", "tsmc-n5", "smic-n+3"])
@pytest.mark.parametrize("given", [{}, {"euv_power": 100.0}, {"without": ["euv"]}])
def test_where_the_wafer_alone_is_uncertain_its_die_has_the_wafers_band(node, given):
    wafer = nc.wafer_cost(node, **given, **OWN)
    e = nc.estimate("10x10", node=node, d0=0.1, wafer_basis="cost", **given)
    for part, near in (("p10", 1e-9), ("p50", 0.015), ("p90", 1e-9)):
        of_wafer = getattr(wafer, f"wafer_cost_usd_{part}")
        assert getattr(e, f"good_die_cost_usd_{part}") * e.good_dies == pytest.approx(of_wafer, rel=near)
