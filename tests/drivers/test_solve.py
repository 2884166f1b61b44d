"""Which input makes a result what it is asked to be: proven roots, no root with what else would do, curves, bands."""

import math

import pytest

import nodecalc as nc
from nodecalc.drivers.solve.scan import difference, points, scan

COST, PER_TRANSISTOR = "good_die_cost_usd", "usd_per_billion_transistors"
PAIRS = [("smic-n+2", "tsmc-n7"), ("smic-n+3", "tsmc-n5")]


# Where two curves meet


def test_every_root_between_points_is_found_and_bracketed():
    found = scan(math.sin, lambda x: 0.0, [0.5 + 0.3 * i for i in range(40)])
    assert [root.at for root in found.roots] == pytest.approx([math.pi * n for n in (1, 2, 3)], rel=1e-12)
    assert all(root.low <= root.at <= root.high and root.below * root.above == -1 for root in found.roots)


def test_two_roots_within_one_step_are_found_where_the_curves_come_near_and_turn():
    found = scan(lambda x: 10.0 + (x - 5.05) ** 2, lambda x: 10.0001, [float(i) for i in range(1, 11)])
    assert [root.at for root in found.roots] == pytest.approx([5.04, 5.06], rel=1e-9)


def test_curves_that_touch_have_a_root_without_a_change_of_sign():
    found = scan(lambda x: 1.0 + (x - 3.0) ** 2, lambda x: 1.0, [1.0, 2.0, 3.0, 4.0])
    assert [(root.at, root.below, root.above) for root in found.roots] == [(3.0, 1, 1)]


def test_a_jump_is_no_equality():
    found = scan(lambda x: 1.0 if x < 2.5 else 3.0, lambda x: 2.0, [1.0, 2.0, 3.0, 4.0])
    (root,) = found.roots
    assert root.jumps
    assert root.low < 2.5 <= root.high


def test_no_root_says_where_the_curves_end_and_come_nearest():
    found = scan(lambda x: 2.0 + x, lambda x: 1.0, [0.0, 1.0, 2.0])
    assert found.roots == ()
    assert found.nearest == (0.0, 2.0, 1.0)
    assert found.ends == ((0.0, 2.0, 1.0), (2.0, 4.0, 1.0))


def test_differences_are_relative_and_keep_their_sign():
    assert difference(1.0 + 2**-52, 1.0) > 0.0 > difference(1.0, 1.0 + 2**-52)
    assert difference(3.0, 0.0) == math.inf
    assert math.isnan(difference(math.inf, math.inf))
    assert points(0.0, 1000.0)[:2] == [0.0, pytest.approx(1e-4)]
    assert points(0.0, 1.0, share=True, count=3) == [0.0, 0.5, 1.0]


# The library


@pytest.mark.parametrize(("node", "to"), PAIRS)
@pytest.mark.parametrize("output", [COST, PER_TRANSISTOR])
@pytest.mark.parametrize("size", [100, 300, 600])
@pytest.mark.parametrize("key", ["d0_per_cm2", "wafer_price_usd"])
def test_every_root_put_back_into_the_estimate_is_equal(node, to, output, size, key):
    found = nc.solve(key, size, node=node, equal=output, to=to)
    other = getattr(nc.estimate(size, node=to), output)
    for root in found.meetings:
        assert root.below * root.above == -1
        back = getattr(nc.estimate(size, node=node, **{key: root.at}), output)
        assert back == pytest.approx(other, rel=1e-9)
    if found.value is None:  # not even dies without a defect are cheap enough
        assert getattr(nc.estimate(size, node=node, **{key: found.question.low}), output) > other


def test_smic_n2_can_equal_n7_by_its_d0_on_large_dies_alone():
    found = {size: nc.solve("d0", size, node="smic-n+2", equal=COST, to="tsmc-n7") for size in (100, 300, 600)}
    assert [found[size].status for size in (100, 300, 600)] == ["none", "none", "one"]
    small = found[100]
    assert small.value is None
    assert small.found.nearest[0] == 0.0
    prices = {e.at: e for e in small.elsewhere if e.key == "wafer_price_usd"}
    for at, e in prices.items():
        more = {} if at is None else {"d0_per_cm2": at}
        there = nc.estimate(100, node="smic-n+2", wafer_price_usd=e.value, **more)
        assert there.good_die_cost_usd == pytest.approx(nc.estimate(100, node="tsmc-n7").good_die_cost_usd, rel=1e-9)
    (area,) = (e for e in small.elsewhere if e.key == "die_area_mm2")
    there = nc.estimate(area.value, node="smic-n+2", d0_per_cm2=0.0).good_die_cost_usd
    assert there == pytest.approx(nc.estimate(area.value, node="tsmc-n7").good_die_cost_usd, rel=1e-9)


def test_a_size_beside_the_area_is_that_of_the_other_die():
    found = nc.solve("area", 600, node="smic-n+3", equal=COST, to="tsmc-n5")
    there = nc.estimate(found.value, node="smic-n+3").good_die_cost_usd
    assert there == pytest.approx(nc.estimate(600, node="tsmc-n5").good_die_cost_usd, rel=1e-9)


def test_without_a_size_the_area_is_that_of_both():
    found = nc.solve(
        "area", node="tsmc-n5", d0=0.3, wafer_price=9000, equal=PER_TRANSISTOR, to="tsmc-n7", range="20:800"
    )
    if found.value is not None:
        a, b = (
            nc.estimate(found.value, node=n, d0=0.3, wafer_price=9000).usd_per_billion_transistors
            for n in ("tsmc-n5", "tsmc-n7")
        )
        assert a == pytest.approx(b, rel=1e-9)
    else:
        assert found.elsewhere or found.found.nearest


@pytest.mark.parametrize(
    ("key", "given", "target"),
    [
        ("d0", {"node": "n5"}, {"good_die_cost_usd": 40}),
        ("alpha", {"node": "n5", "model": "negative-binomial", "d0": 0.5}, {"die_yield": 0.65}),
        ("line_yield", {"node": "n5"}, {"good_die_cost_usd": 31}),
        ("critical_area_fraction", {"node": "n5"}, {"die_yield": 0.95}),
        ("systematic_yield", {"node": "n5"}, {"good_die_cost_usd": 31}),
        ("year", {"node": "n5"}, {"good_die_cost_usd": nc.estimate(100, node="n5", year=2023.3).good_die_cost_usd}),
        ("gross_margin", {"node": "n5", "wafer_basis": "cost", "d0": 0.1}, {"good_die_cost_usd": 25}),
        ("euv_source_power_w", {"node": "n5", "wafer_basis": "cost", "d0": 0.1}, {"wafer_price_usd": 6000}),
        ("core_fraction", {"node": "n5", "d0": 0.5, "harvest": "7/8"}, {"sellable_yield": 0.85}),
    ],
)
def test_any_input_for_any_result(key, given, target):
    found = nc.solve(key, 100, target=target, **given)
    ((output, wanted),) = target.items()
    assert found.value is not None, found.found.nearest
    e = nc.estimate(100, **given, **{key: found.value})
    there = e.inputs.numbers[output] if output == "wafer_price_usd" else getattr(e, output)
    assert there == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize(
    ("key", "target"),
    [
        ("euv_source_power_w", {"wafer_cost_usd": 6000}),
        ("euv_dose_mj_per_cm2", {"patterning_usd": 2500}),
        ("layer_usd", {"wafer_cost_usd": 7000}),
        ("euv_scanner_price_usd", {"wafer_cost_usd": 6100}),
    ],
)
def test_a_wafer_by_its_layers_needs_no_die(key, target):
    found = nc.solve(key, node="n5", target=target)
    ((output, wanted),) = target.items()
    assert getattr(nc.wafer_cost("n5", **{key: found.value}), output) == pytest.approx(wanted, rel=1e-9)
    even = nc.solve("layer_usd", node="smic-n+3", equal="wafer_cost_usd", to=nc.at("n5", euv_power=100))
    assert even.question.whose == "both"


def test_a_band_is_a_result_too():
    found = nc.solve("wafer_price", 100, node="n5", target={"good_die_cost_usd_p90": 40})
    assert nc.estimate(100, node="n5", wafer_price=found.value).good_die_cost_usd_p90 == pytest.approx(40, rel=1e-9)


def test_a_chip_can_be_equalled():
    found = nc.solve("d0", 300, node="n5", equal=COST, to="h100")
    there = nc.estimate(300, node="n5", d0=found.value).good_die_cost_usd
    assert there == pytest.approx(nc.estimate(chip="h100").good_die_cost_usd, rel=1e-9)


def test_one_nodes_own_input_is_looked_for_alone():
    found = nc.solve("tsmc-n7:d0", 100, node="smic-n+2", equal=COST, to="tsmc-n7")
    there = nc.estimate(100, node="tsmc-n7", d0=found.value).good_die_cost_usd
    assert there == pytest.approx(nc.estimate(100, node="smic-n+2").good_die_cost_usd, rel=1e-9)
    share = nc.solve("smic-n+2:line-yield", 100, node="smic-n+2", equal=COST, to="tsmc-n7")
    assert share.status == "none"


def test_a_jump_says_that_it_never_is_equal():
    found = nc.solve("area", node="n5", target={"gross_dies": 600.5})
    assert found.status == "jump"
    (root,) = found.meetings
    sides = [nc.estimate(x, node="n5").gross_dies for x in (root.low, root.high)]
    assert min(sides) < 600.5 < max(sides)
    assert root.at == root.low  # more dies are better, and there are more up to there
    cost = nc.solve("area", node="n5", target={COST: 60}).meetings[0]
    assert cost.value < 60 < cost.beyond
    assert cost.at == cost.low


def test_ends_that_are_not_allowed_and_values_that_no_evidence_has_are_left_out():
    assert nc.solve("critical_area", 600, node="smic-n+2", equal=COST, to="tsmc-n7").value is None
    found = nc.solve("smic-n+2:systematic-yield", 600, node="smic-n+2", equal=COST, to="tsmc-n7")
    assert found.status == "none"
    assert nc.solve("d0", 100, node="n5", target={"die_yield": 0.0}).found.nearest[0] == 1000.0


def test_no_band_where_the_evidence_follows_the_input():
    assert nc.solve("year", 100, node="n5", target={COST: 27.6}).band is None
    assert nc.solve("d0", chip="h100", target={"sellable_yield": 0.85}).band is None


def test_several_roots_are_all_told():
    # Per transistor a die costs more where it is small, so that streets weigh, and where it is large and yields badly.
    d0, price = 0.1, 15000
    lowest = min(
        (nc.estimate(a, node="n5", d0=d0, wafer_price=price).usd_per_billion_transistors, a) for a in (5, 20, 40)
    )
    found = nc.solve("area", node="n5", d0=d0, wafer_price=price, target={PER_TRANSISTOR: lowest[0] * 1.05})
    assert found.status == "several"
    assert found.roots[0] < lowest[1] < found.roots[-1]


def test_a_curve_along_another_input_is_the_same_question_at_each_value():
    curve = nc.solve("d0", node="smic-n+2", equal=COST, to="tsmc-n7", die_area_mm2=[300, 600, 800])
    alone = [nc.solve("d0", a, node="smic-n+2", equal=COST, to="tsmc-n7").value for a in (300, 600, 800)]
    assert [s.value for s in curve] == alone
    assert curve.dims == ("die_area_mm2",)
    assert math.isnan(curve.values[0])
    several = nc.solve("d0", 600, node=["smic-n+2", "smic-n+3"], equal=COST, to="tsmc-n5")
    assert [s.at["node"] for s in several] == ["smic-n+2", "smic-n+3"]


def test_one_nodes_axis_leaves_the_other_alone():
    curve = nc.solve("wafer_price", 600, node="smic-n+2", equal=COST, to="tsmc-n7", **{"smic-n+2:d0": [0.1, 0.3]})
    other = nc.estimate(600, node="tsmc-n7").good_die_cost_usd
    for s, d0 in zip(curve, (0.1, 0.3), strict=True):
        there = nc.estimate(600, node="smic-n+2", d0=d0, wafer_price=s.value).good_die_cost_usd
        assert there == pytest.approx(other, rel=1e-9)


def test_the_band_of_a_root_follows_the_evidence():
    found = nc.solve("wafer_price", 600, node="smic-n+2", d0=0.3, equal=COST, to=nc.at("tsmc-n7", d0=0.09))
    # With both D0 given, the root is proportional to the other's price.
    other = nc.estimate(600, node="tsmc-n7", d0=0.09)
    price = other.figures["wafer_price_usd"]
    scale = found.value / price.value
    band = found.band
    assert band.share == 1.0
    assert (band.p10, band.p90) == pytest.approx((scale * price.low, scale * price.high), rel=0.02)
    exact = nc.solve("d0", 600, node=nc.at("n5", wafer_price=15000), target={COST: 300})
    assert exact.band is None


def test_worlds_without_a_root_count_on_their_side():
    band = nc.solve("d0", 450, node="smic-n+2", equal=COST, to="tsmc-n7").band
    assert band.p10 is None
    assert 0.1 < band.share < 0.9
    assert band.p90 > 0.0
    # Its price is a multiple of the other's, drawn once for both: small dies never meet.
    assert nc.solve("d0", 100, node="smic-n+2", equal=COST, to="tsmc-n7").band.share == 0.0


def test_worlds_are_those_of_risk():
    band = nc.solve("d0", 600, node="smic-n+2", equal=COST, to="tsmc-n7").band
    vary = {"smic-n+2:d0": (0.0001, 0.0002)}
    nodes = ["smic-n+2", "tsmc-n7"]
    odds = nc.risk(600, node=nodes, vary=vary, prob="smic-n+2 < tsmc-n7", samples=4096, drivers=False).probabilities[0]
    assert band.share == pytest.approx(odds.probability.value, abs=0.04)


@pytest.mark.parametrize(
    ("words", "given", "said"),
    [
        (("d0", 100), {"node": "n5"}, "give a target"),
        (("d0", 100), {"node": "n5", "target": {COST: 30}, "to": "n7"}, "one of them"),
        (("d0", 100), {"node": "n5", "target": {COST: 30}, "d0": 0.1}, "solved for"),
        (("d0", 100), {"node": "n5:d0=0.1", "target": {COST: 30}}, "solved for"),
        (("area", 100), {"node": "n5", "target": {COST: 30}}, "the size that is looked for"),
        (("model", 100), {"node": "n5", "target": {COST: 30}}, "it is a name"),
        (("d0", 100), {"node": "n5", "target": {"gross_dies": 30}}, "changes nothing"),
        (("d0", 100), {"node": "n5", "target": {"good_die_cost": "thirty"}}, "not a number"),
        (("dzero", 100), {"node": "n5", "target": {COST: 30}}, "unknown input to solve for"),
        (("d0", 100), {"node": "n5", "target": {COST: 30}, "range": "1:0.1"}, "not below"),
        (("d0", 100), {"node": "n5", "target": {COST: 30}, "range": "1"}, "LOW:HIGH"),
        (("d0", 100), {"node": "n5", "equal": COST}, "to what"),
        (("d0", 100), {"node": "n5", "to": "nosuch"}, "nor is it a chip"),
        (("alpha", 100), {"node": "n5", "target": {COST: 30}}, "alpha"),
        (("600", "d0"), {"node": "n5", "target": {COST: 30}}, "the input comes first"),
        (("units-needed",), {"chip": "h100", "target": {"sellable_yield": 0.9}}, "whole numbers"),
        (("samsung-sf3:d0", 100), {"node": "n5", "to": "n7"}, "not in question"),
        (("d0", 100), {"node": "n5", "to": "n7", "d0_per_cm2": [0.1, 0.2]}, "solved for"),
    ],
)
def test_what_cannot_be_solved_is_refused_in_a_line(words, given, said):
    with pytest.raises(nc.NodecalcError, match=said):
        nc.solve(*words, **given)


def test_a_wafer_that_is_solved_for_prints_the_die_that_is_given():
    asked = {"node": "n5", "target": {"wafer_cost_usd": 5900.0}}
    plain = nc.solve("euv_dose", **asked).value
    assert nc.solve("euv_dose", 814, fields=96, **asked).value == pytest.approx(plain, rel=1e-9)
    found = nc.solve("euv_dose", 814, edge=5, **asked).value
    die = nc.estimate(814, node="n5", edge=5, wafer_basis="cost", euv_dose=found)
    assert die.figures["wafer_price_usd"].value == pytest.approx(5900.0, rel=1e-9)
    jumping = nc.solve("area", node="n5", target="wafer_cost_usd=6000")
    assert all(root.jumps for root in jumping.meetings)


def test_more_points_than_anybody_reads_are_refused_before_any_is_solved():
    with pytest.raises(nc.NodecalcError, match="100,000,000,000 points to solve at, at most 200,000"):
        nc.solve("d0", 100, node="n5", target="cost=30", line_yield="0.5:1:100000000000")


def test_the_band_of_a_root_that_lays_out_dies_anew_takes_few_layouts(monkeypatch):
    from nodecalc_kernels.placement import exact

    laid_out = []
    real = exact.search
    monkeypatch.setattr(exact, "search", lambda *given: laid_out.append(given) or real(*given))
    found = nc.solve("edge", 100, node="n7", target="cost=30")
    assert found.band is not None
    assert 0 < len(laid_out) < 2500
