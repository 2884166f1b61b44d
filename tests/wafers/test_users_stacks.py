"""Stacks of a user's own, the six that version 0.1 wrote by hand: used as given, derived where tools are ruled out."""

from pathlib import Path

import pytest

import nodecalc as nc
from nodecalc.catalogue import load_catalogue
from nodecalc.wafers.rule import node_stack

BY_HAND = Path(__file__).parents[1] / "golden" / "stacks_by_hand.toml"
COUNTS = {
    "tsmc-n16": (50, 60, 0),
    "tsmc-n7": (61, 87, 0),
    "tsmc-n5": (72, 81, 14),
    "smic-n+2": (61, 87, 0),
    "smic-n+3": (65, 91, 0),
}


@pytest.fixture(scope="module")
def mine(tmp_path_factory):
    text = BY_HAND.read_text(encoding="utf-8")
    path = tmp_path_factory.mktemp("stacks") / "mine.toml"
    path.write_text("schema = 1\n" + text[text.index("[stack]") :], encoding="utf-8")
    return load_catalogue(path)


@pytest.mark.parametrize("node", COUNTS)
def test_a_stack_that_is_given_is_used_as_given(mine, node):
    wafer = nc.wafer_cost(node, catalogue=mine)
    assert (wafer.design_layers, wafer.masks, wafer.euv_exposures) == COUNTS[node]
    assert wafer.stack_origin == f"stack of {node} in mine.toml"
    assert not any("made by one rule" in note for note in wafer.notes)
    assert node_stack(node, mine) == mine.stack(node)
    parts = wafer.substrate_usd + wafer.patterning_usd + wafer.process_usd
    assert parts == pytest.approx(wafer.wafer_cost_usd)


def test_the_reference_is_the_users_too_and_the_layer_cost_is_fitted_to_it(mine):
    assert nc.wafer_cost("tsmc-n7", catalogue=mine).wafer_cost_usd == pytest.approx(5188)
    assert nc.wafer_cost("tsmc-n5", catalogue=mine).layer_usd != nc.wafer_cost("tsmc-n5").layer_usd


def test_an_alternative_of_the_file_goes_before_one_that_is_derived(mine):
    without = nc.wafer_cost("tsmc-n5", without="euv", catalogue=mine)
    assert (without.stack, without.masks) == ("tsmc-n5-without-euv", 116)
    derived = nc.wafer_cost("tsmc-n5", tools=["iline", "krf", "arf", "arfi"], catalogue=mine)
    assert "derived from tsmc-n5 by the scheme rule" in derived.stack_origin
    assert derived.euv_exposures == 0
    assert derived.masks == pytest.approx(116, rel=0.2)
    (denied,) = [p for p in nc.wafer_cost("tsmc-n5", catalogue=mine).penalties if p.name == "wafer, EUV denied"]
    assert "tsmc-n5-without-euv" in denied.counterfactual


def test_a_node_that_the_file_does_not_touch_has_the_rules(mine):
    assert nc.wafer_cost("tsmc-n28", catalogue=mine).masks == 45


def test_a_row_of_cuts_adds_masks_and_no_layer(tmp_path):
    path = tmp_path / "cuts.toml"
    text = """
[[layer]]
name = "M1"
feature = "line"
scheme = "sadp"
tool = "arfi"
[[layer]]
name = "M1 cut"
feature = "cut"
count = 2
scheme = "se"
tool = "euv"
"""
    path.write_text(text, encoding="utf-8")
    wafer = nc.wafer_cost(stack=path)
    assert (wafer.design_layers, wafer.masks, wafer.euv_exposures) == (1, 3, 2)
    values = wafer.priced.values
    assert values["weighted_layers"] == pytest.approx(1.2)
    assert values["weighted_extra_masks"] == pytest.approx(2 * 1.2)
    assert wafer.process_usd == pytest.approx(wafer.layer_usd * (1.2 + 0.1 * 2.4))


def test_euv_by_is_no_question_about_a_stack_of_ones_own():
    stack = nc.wafer_cost("tsmc-n7").stack_layers
    with pytest.raises(nc.NodecalcError, match="--euv-by with --stack"):
        nc.wafer_cost("tsmc-n7", stack=stack, euv_by="cost")
