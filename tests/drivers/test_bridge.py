"""From one answer to another in steps that add up, over every order; and a design that moves to another node."""

import math
import random

import pytest

import nodecalc as nc
from nodecalc.catalogue import load_catalogue, open_catalogue

PRICE, DIES, YIELD = "wafer_price_usd", "gross_dies", "die_yield"


def priced_nodes():
    known = []
    for node in open_catalogue(None).node_ids:
        try:
            nc.estimate(100, node=node)
        except nc.NodecalcError:
            continue
        known.append(node)
    return known


def test_the_steps_of_a_thousand_random_pairs_add_up_within_4_ulp():
    nodes, chance = priced_nodes(), random.Random(14)
    assert len(nodes) > 40
    for _ in range(1000):
        first, second = chance.sample(nodes, 2)
        first += f":year={chance.randint(2016, 2030)}" if chance.random() < 0.3 else ""
        size = round(10.0 ** chance.uniform(0.7, 2.9), 3)
        (found,) = nc.compare(size, node=[first, second], placement="de-vries-exp")
        assert found.start == found.base.good_die_cost_usd
        assert found.end == found.other.good_die_cost_usd
        total = math.fsum((found.start, *(step.usd for step in found.steps)))
        assert abs(total - found.end) <= 4.0 * math.ulp(found.end)


def test_each_step_puts_one_figure_of_the_other_node_in_place():
    (found,) = nc.compare(600, node=["smic-n+2", "tsmc-n5"])
    by_key = {step.key: step for step in found.steps}
    assert found.order == ("patterning", PRICE, DIES, YIELD)
    other = nc.estimate(600, node="tsmc-n5")
    priced = nc.estimate(600, node="smic-n+2", wafer_price=other.figures[PRICE].value)
    assert by_key[PRICE].after == pytest.approx(priced.good_die_cost_usd, rel=1e-12)
    assert by_key[DIES].usd == 0.0
    assert by_key[YIELD].after == other.good_die_cost_usd
    first, second = (nc.wafer_cost(node, die_area_mm2=600) for node in ("smic-n+2", "tsmc-n5"))
    share = (second.patterning_usd - first.patterning_usd) / first.wafer_cost_usd
    assert by_key["patterning"].usd == pytest.approx(found.start * share, rel=1e-9)


def test_the_order_is_the_readers_and_what_it_changes_is_said():
    first, second = (nc.compare(600, node=["n7", "smic-n+2"], order=order)[0] for order in ("price", "yield,price"))
    assert second.order[:2] == (YIELD, PRICE)
    for key in (PRICE, YIELD):
        one, two = ({step.key: step for step in b.steps}[key] for b in (first, second))
        assert (one.low, one.high, one.mean) == (two.low, two.high, two.mean)
        for step in (one, two):
            assert step.low <= step.usd <= step.high
    assert math.fsum(step.mean for step in first.steps) == pytest.approx(first.end - first.start, rel=1e-12)


def test_a_year_is_a_step_of_its_own():
    (found,) = nc.compare(100, node="n5:year=2021,smic-n+2:year=2025")
    year = found.steps[0]
    assert (year.key, year.start, year.end) == ("year", 2021.0, 2025.0)
    assert year.after == pytest.approx(nc.estimate(100, node="n5", year=2025).good_die_cost_usd, rel=1e-12)


def test_per_transistor_the_density_is_a_step():
    (found,) = nc.compare(100, node="n7,n5", output="usd_per_billion_transistors")
    assert found.order[-1] == "peak_transistors"
    assert found.steps[-1].usd < 0.0
    assert found.end == nc.estimate(100, node="n5").usd_per_billion_transistors


def test_a_node_without_a_stack_has_no_step_of_patterning(tmp_path):
    file = tmp_path / "mine.toml"
    mine = 'foundry = "Mine"\nname = "M1"\nclass = "logic"\nd0 = 0.1\nwafer_price = 9000'
    file.write_text(f'schema = 1\n[node."mine"]\n{mine}\n')
    (found,) = nc.compare(100, node=["n7", "mine"], catalogue=load_catalogue(file))
    assert "patterning" not in found.order
    assert any("patterning is part of the price" in note for note in found.notes)


def test_a_design_moves_by_the_rule_of_each_of_its_parts():
    (found,) = nc.compare(100, node="n7,n5", port=True, sram_share="30%", analog_share=0.2)
    dense = [nc.estimate(100, node=n).logic_density_mtr_per_mm2 for n in ("n7", "n5")]
    area = 100 * (0.5 * dense[0] / dense[1] + 0.3 * 0.021 / 0.027 + 0.2)
    assert found.other.inputs.die.area_mm2 == pytest.approx(area, rel=1e-12)
    assert found.end == nc.estimate(area, node="n5").good_die_cost_usd
    analog = nc.compare(100, node="n7,n5", port=True, sram_share=0, analog_share=1)[0]
    assert analog.other.inputs.die.area_mm2 == 100.0
    sides = nc.compare("20x10", node="n7,n5", port=True, sram_share=0, analog_share=0)[0].other.inputs.die
    assert sides.width_mm / sides.height_mm == pytest.approx(2.0)


def test_a_chips_own_mix_serves_where_the_catalogue_has_it(tmp_path):
    file = tmp_path / "mix.toml"
    file.write_text(
        'schema = 1\n[product."nvidia-gh100"]\n'
        'sram_share = { value = 0.25, kind = "estimated", unit = "ratio", source = "own", year = 2026 }\n'
        'analog_share = { value = 0.15, kind = "estimated", unit = "ratio", source = "own", year = 2026 }\n'
        '[source.own]\ntitle = "a count of ours"\npublisher = "us"\nyear = 2026\n'
    )
    (found,) = nc.compare(chip="h100", node="smic-n+3", port=True, catalogue=load_catalogue(file))
    assert found.base.chip is not None
    assert any("sram_share 0.25, estimated (own)" in note for note in found.notes)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"node": "n7"}, "one node alone"),
        ({"node": "n7,n5", "port": True}, "give --sram-share and --analog-share"),
        ({"node": "n7,n5", "sram_share": 0.1}, "add --port"),
        ({"node": "n7,n5", "port": True, "sram_share": 0.7, "analog_share": 0.6}, "more than the die"),
        ({"node": "n7,n5", "order": "yield,yield"}, "twice"),
        ({"node": "n7,n5", "order": "luck"}, "unknown step of the bridge"),
        ({"node": "n7,n5", "output": "gross_dies"}, "gross_dies"),
        (
            {"node": "n7,samsung-sf3", "port": True, "sram_share": 0.7, "analog_share": 0.1},
            "no published SRAM bit cell",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused_in_a_line(given, said):
    with pytest.raises(nc.NodecalcError, match=said):
        nc.compare(100, **given)
