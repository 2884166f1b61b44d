"""A price belongs to the wafer it was stated for: another diameter takes it by area, and says so."""

import numpy as np
import pytest

import nodecalc as nc
from nodecalc.catalogue import load_catalogue
from nodecalc.drivers.printed import fields_of_area
from nodecalc.drivers.sweep.figures_used import figures_used
from nodecalc.question.figures import used_figure
from nodecalc.question.market import Market


@pytest.mark.parametrize(("node", "own"), [("tsmc-n5", 300.0), ("tsmc-180", 200.0)])
@pytest.mark.parametrize("diameter", [200.0, 300.0, 450.0])
def test_a_price_is_scaled_by_area_to_another_diameter_and_marked(node, own, diameter):
    plain, other = nc.estimate(100, node=node), nc.estimate(100, node=node, wafer_diameter_mm=diameter)
    price = other.to_dict()["wafer_price_usd"]
    assert price == pytest.approx(plain.to_dict()["wafer_price_usd"] * (diameter / own) ** 2, rel=1e-15)
    assert other.good_die_cost_usd == pytest.approx(price / other.good_dies, rel=1e-15)
    scaled = diameter != own
    weak = {*other.estimated, *other.assumed}
    assert ("wafer_price_usd" in weak) >= scaled
    assert any(f"of a {own:g} mm wafer" in note for note in other.notes) is scaled
    if not scaled:
        assert other.good_die_cost_usd == plain.good_die_cost_usd
    ratio = other.good_die_cost_usd / plain.good_die_cost_usd * other.gross_dies / plain.gross_dies
    assert other.good_die_cost_usd_p10 / plain.good_die_cost_usd_p10 == pytest.approx(
        ratio * plain.gross_dies / other.gross_dies, rel=1e-6
    )


def test_sweeps_and_arrays_scale_it_as_an_answer_does():
    diameters = [200.0, 300.0, 450.0]
    nodes = ["tsmc-n5", "tsmc-180"]
    keys = ["wafer_price_usd", "good_die_cost_usd", "gross_dies"]
    swept = nc.sweep("10x10", node=nodes, wafer_diameter_mm=diameters, outputs=keys)
    for i, node in enumerate(nodes):
        found = nc.evaluate(
            {"die_width_mm": 10.0, "die_height_mm": 10.0, "wafer_diameter_mm": np.array(diameters)}, node=node
        )
        for j, diameter in enumerate(diameters):
            one = nc.estimate("10x10", node=node, wafer_diameter_mm=diameter)
            assert swept["good_die_cost_usd"][i, j] == pytest.approx(one.good_die_cost_usd, rel=1e-14)
            assert swept["wafer_price_usd"][i, j] == pytest.approx(one.to_dict()["wafer_price_usd"], rel=1e-14)
            assert found["good_die_cost_usd"][j] == pytest.approx(one.good_die_cost_usd, rel=1e-14)
    assert any("of a 300 mm wafer" in note for note in swept.provenance.notes)


def test_a_price_that_is_given_is_of_the_wafer_in_question():
    one = nc.estimate(100, node="tsmc-n5", wafer_diameter_mm=200, wafer_price_usd=5000)
    assert one.to_dict()["wafer_price_usd"] == 5000.0
    assert not any("scaled" in note for note in one.notes)


def test_the_cost_of_layers_is_scaled_too():
    whole = nc.estimate(100, node="tsmc-n5", wafer_basis="cost")
    small = nc.estimate(100, node="tsmc-n5", wafer_basis="cost", wafer_diameter_mm=200)
    assert small.to_dict()["wafer_price_usd"] == pytest.approx(whole.to_dict()["wafer_price_usd"] * 4 / 9, rel=1e-14)
    swept = nc.sweep(100, node="tsmc-n5", wafer_basis="cost", wafer_diameter_mm=[200.0, 300.0])
    assert swept["good_die_cost_usd"] == pytest.approx([small.good_die_cost_usd, whole.good_die_cost_usd], rel=1e-13)


def test_a_footnote_holds_for_every_row(capsys):
    from nodecalc.cli.program import run

    assert run(["sweep", "100", "-n", "n5", "--over", "wafer=450,300"]) == 0
    out = capsys.readouterr().out
    assert "wafer price 15,647 to 35,206 USD over the rows" in out


def known(node, key):
    return used_figure(load_catalogue().node(node), key, Market()) is not None


@pytest.mark.parametrize("node", [n for n in load_catalogue().node_ids if known(n, "wafer_price_usd")])
def test_every_node_with_a_price_has_wafers_of_some_diameter(node):
    sure = {} if known(node, "d0_per_cm2") else {"d0_per_cm2": 0.1}
    plain, own = nc.estimate("10x10", node=node, **sure), nc.estimate("10x10", node=node, wafer=300, **sure)
    if plain.inputs.numbers["wafer_diameter_mm"] == 300.0:
        assert own.good_die_cost_usd == plain.good_die_cost_usd
        assert own.figures["wafer_price_usd"].kind == plain.figures["wafer_price_usd"].kind
    given = {"die_width_mm": 10.0, "die_height_mm": 10.0, "wafer_diameter_mm": 450.0, **sure}
    larger = nc.estimate("10x10", node=node, wafer=450, **sure).good_die_cost_usd
    assert float(nc.evaluate(given, node=node)["good_die_cost_usd"]) == pytest.approx(larger, rel=1e-14)


def test_what_layers_cost_is_of_a_usual_wafer_also_where_the_nodes_own_are_smaller():
    asked = {"node": "tsmc-180", "wafer_basis": "cost", "like": "tsmc-n7"}
    cost = nc.wafer_cost("tsmc-n7", fields_per_wafer=fields_of_area(100.0)).wafer_cost_usd
    for given in ({}, {"wafer": 200}):
        e = nc.estimate("10x10", **asked, **given)
        assert e.inputs.numbers["wafer_price_usd"] == pytest.approx(cost * (200 / 300) ** 2, rel=1e-14)
        assert any("scaled by area" in note for note in e.notes)
    several = {**asked, "node": ["tsmc-180", "tsmc-n7"], "d0_per_cm2": [0.05, 0.07]}
    found = nc.sweep("10x10", **several, outputs="wafer_price_usd")["wafer_price_usd"]
    assert found[:, 0] == pytest.approx([cost * (200 / 300) ** 2, cost], rel=1e-14)


@pytest.mark.parametrize("diameters", [[300, 450], [450, 300], "300:450:4"])
def test_a_price_scaled_in_any_row_is_refused_where_that_is_strict(diameters):
    with pytest.raises(nc.NodecalcError, match="estimated"):
        nc.sweep("10x10", node="tsmc-n5", wafer=diameters, strict=True)
    (node,) = figures_used(nc.sweep("10x10", node="tsmc-n5", wafer=diameters))
    assert node.figures["wafer_price_usd"].kind == "estimated"
