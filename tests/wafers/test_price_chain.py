"""From a wafer's cost to its price: vintage, margin by company and year, and what is left."""

import pytest

import nodecalc as nc
from nodecalc.catalogue import load_catalogue
from nodecalc.catalogue.margins import margin_of, start_of
from nodecalc.errors import NodecalcError


@pytest.mark.parametrize(
    ("node", "v", "margin"),
    [("tsmc-n16", 0.693, 0.29), ("tsmc-n10", 0.762, 0.39), ("tsmc-n7", 0.899, 0.50), ("tsmc-n5", 1.145, 0.59)],
)
def test_cset_s_nodes_in_2020(node, v, margin):
    chain = nc.wafer_cost(node, year=2020).chain
    assert chain.vintage_factor == pytest.approx(v, abs=0.0005)
    assert chain.gross_margin == 0.531
    # The margins of CSET's own prices of that year.
    price = {"tsmc-n16": 3984, "tsmc-n10": 5992, "tsmc-n7": 9346, "tsmc-n5": 16988}[node]
    assert 1 - chain.cost_usd * chain.vintage_factor / price == pytest.approx(margin, abs=0.012)


@pytest.mark.parametrize("node", [n.id for n in load_catalogue().nodes() if n.node_class == "logic"])
@pytest.mark.parametrize("year", [None, 2021])
def test_the_chain_closes_as_printed_for_every_node_with_a_stack_and_a_price(node, year):
    try:
        chain = nc.wafer_cost(node, year=year).chain
    except NodecalcError:
        return
    if chain is None:
        return
    printed = (round(chain.cost_usd, 1), round(chain.vintage_factor, 4), round(chain.fab_factor, 4))
    cost, v, k = printed
    g, price = round(chain.gross_margin, 4), round(chain.price_usd)
    assert cost * v * k / (1 - g) == pytest.approx(price, rel=1e-3)
    assert chain.price_usd == pytest.approx(chain.catalogue_price_usd, rel=1e-12)
    assert 0.45 <= chain.vintage_factor <= 1.15
    if not 0.5 <= chain.fab_factor <= 2.0:
        assert any(remark.startswith(f"k = {chain.fab_factor:.3g}: ") for remark in chain.remarks), chain


def test_what_is_given_stands():
    chain = nc.wafer_cost("smic-n+2", vintage_factor=1, gross_margin=0.2).chain
    assert chain.fab_factor == pytest.approx(chain.catalogue_price_usd * 0.8 / 5188)
    assert (chain.vintage_factor, chain.gross_margin, chain.margin_words) == (1, 0.2, "given")
    assert chain.age_years is None
    own = nc.wafer_cost("smic-n+2", fab_factor=1.5).chain
    assert own.fab_factor_is == "given"
    assert own.price_usd == pytest.approx(5188 * own.vintage_factor * 1.5 / (1 - own.gross_margin))


def test_what_is_left_is_the_fabs_and_stays_where_tools_are_ruled_out():
    with_euv, without = nc.wafer_cost("tsmc-n5"), nc.wafer_cost("tsmc-n5", without="euv")
    assert without.chain.fab_factor == with_euv.chain.fab_factor
    ratio = without.wafer_cost_usd / with_euv.wafer_cost_usd
    assert without.chain.price_usd / with_euv.chain.price_usd == pytest.approx(ratio)


def test_a_margin_far_from_the_companys_is_said_and_a_stand_in_is_not_held_against_anybody():
    assert any("leave a margin of" in r and "TSMC's of 2025: 60%" in r for r in nc.wafer_cost("tsmc-n5").chain.remarks)
    given = nc.wafer_cost("tsmc-n5", gross_margin=0.3).chain.remarks
    assert any("the margin given, 30%, is not TSMC's of 2025: 60%" in remark for remark in given)
    assert not any("is not TSMC's" in r for r in nc.wafer_cost("tsmc-n5", gross_margin=0.55).chain.remarks)
    samsung = nc.wafer_cost("samsung-5lpe", gross_margin=0.1).chain
    assert not any("margin" in remark for remark in samsung.remarks)
    assert "assumed: Samsung discloses none" in nc.wafer_cost("samsung-5lpe").chain.margin_words


@pytest.mark.parametrize(
    ("foundry", "year", "value"),
    [("TSMC", 2020, 0.531), ("TSMC", 2020.5, 0.516), ("TSMC", 2020.4, 0.531),
     ("TSMC", 2030, 0.599), ("SMIC", 2022, 0.380), ("SMIC", 2010, 0.305),
     ("GlobalFoundries", 2020, -0.147), ("Intel", 2021, 0.516), ("Nobody", 2019, 0.460)],
)  # fmt: skip
def test_margins_by_company_and_year(foundry, year, value):
    found = margin_of(foundry, year)
    assert found.figure.value == value
    assert found.stands_in is (foundry in ("Intel", "Nobody"))


def test_starts_of_fabs():
    assert start_of("tsmc-n5").value == 2020.0
    assert start_of("tsmc-n3e") is None
    assert nc.wafer_cost("tsmc-n3e", year=2026).chain.age_years == 2.5
    assert nc.wafer_cost("tsmc-n3e", year=2021).chain.age_years == 0.0
    assert nc.wafer_cost("tsmc-n5p", year=2024).chain.age_years == 4.0


def test_a_wafer_of_no_node_has_no_chain():
    assert nc.wafer_cost(stack=nc.wafer_cost("tsmc-n7").stack_layers).chain is None


def test_compared_prices_and_penalties():
    from nodecalc.drivers.wafer_compare import compare

    found = compare(nc.wafer_cost("smic-n+2"), nc.wafer_cost("tsmc-n7"))
    assert found.ratio == pytest.approx(1.0)
    assert (found.p10, found.p90) == pytest.approx((1.0, 1.0))
    (die,) = [p for p in found.penalties if p.name == "good die 814 mm2, over tsmc-n7, equal fab"]
    assert die.value == pytest.approx(0.0, abs=1e-12)
