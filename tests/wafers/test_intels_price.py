"""Intel sells no wafers: in the place of a price stands the cost of its own layers at a foundry's margin."""

import pytest

import nodecalc as nc
from nodecalc.wafers.price import chain_of

CATALOGUE = nc.load_catalogue()
INTELS = [
    node
    for node in CATALOGUE.nodes()
    if node.foundry == "Intel" and any(p.of == "wafer_price" and p.source == "derived" for p in node.evidence)
]


def test_six_of_seven_nodes_have_one_and_all_are_called_estimated():
    assert len(INTELS) == 6
    assert all(nc.estimate(100, node=node).estimated.count("wafer_price_usd") == 1 for node in INTELS)


@pytest.mark.parametrize("node", INTELS, ids=lambda node: node.id)
def test_it_is_what_the_chain_gives_with_nothing_left(node):
    cost = nc.wafer_cost(node.id).wafer_cost_usd
    chain = chain_of(node, cost, {"fab_factor": 1.0}, 2026.0, CATALOGUE)
    (piece,) = (p for p in node.evidence if p.of == "wafer_price")
    assert piece.value == pytest.approx(chain.price_usd, rel=2e-3)
    assert f"{cost:,.0f} USD" in piece.note
