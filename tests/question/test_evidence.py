"""From pieces of evidence to D0 and wafer price: weights, readings, medians, bands, peers and variants."""

import pickle
import re

import pytest

import nodecalc as nc
from nodecalc.catalogue import load_catalogue
from nodecalc.catalogue.evidence import make_piece
from nodecalc.question.evidence import evidence_figure
from nodecalc.question.figures import used_figure
from nodecalc.question.market import Market
from nodecalc.question.readings import readings
from nodecalc.question.weights import spread, weights
from nodecalc_kernels.defects.harvest import MIXTURES, harvest
from nodecalc_kernels.numbers.mixtures import Mixture
from nodecalc_kernels.registry import YIELD_MODELS

CATALOGUE = load_catalogue()
LOGIC = [node for node in CATALOGUE.nodes() if node.node_class == "logic"]
MODELS = [("poisson", {}), ("murphy", {}), ("rectangular", {}), ("exponential", {}), ("moore", {}),
          ("negative-binomial", {"alpha": 2.0}), ("negative-binomial", {"alpha": 0.5}),
          ("bose-einstein", {"critical_layers": 12.0})]  # fmt: skip


def piece(**table):
    return make_piece({"of": "d0", "kind": "reported", "year": 2026, "source": "x", **table})


THREE = (
    piece(d0=0.10, low=0.10 / 1.1, high=0.11, kind="disclosed", year=2020, origin="a"),
    piece(d0=0.20, low=0.15, high=0.30, kind="reported", year=2024, origin="b"),
    piece(d0=0.40, kind="estimated", year=2025, origin="c"),
)


def test_weights_are_trust_times_nearness_in_time():
    assert weights(THREE, 2026) == pytest.approx((0.2265, 0.4531, 0.3204), abs=5e-5)


def test_the_mixture_of_three_pieces_has_the_quantiles_worked_out_elsewhere():
    ends = [(0.10 / 1.1, 0.10, 0.11), (0.15, 0.20, 0.30), (0.40 / 1.55, 0.40, 0.62)]
    shares = weights(THREE, 2026)
    still = Mixture([(w, *e) for w, e in zip(shares, ends, strict=True)])
    assert [still.quantile(u) for u in (0.1, 0.5, 0.9)] == pytest.approx((0.099426, 0.209084, 0.438541), rel=1e-5)
    moved = Mixture(
        [(w, e[0] / spread(p, 2026), e[1], e[2] * spread(p, 2026)) for w, e, p in zip(shares, ends, THREE, strict=True)]
    )
    # The first two end at values that 10 % a year moves out; a stated range narrower than its kind's does not count.
    assert [moved.quantile(u) for u in (0.1, 0.5, 0.9)] == pytest.approx((0.096605, 0.213497, 0.447402), rel=5e-3)


def test_pieces_of_one_origin_share_one_weight_and_a_later_statement_replaces_its_earlier_self():
    early = piece(d0=0.3, year=2024, origin="a")
    late, other = early._replace(year=2026, value=0.2), piece(d0=0.1, year=2026, origin="b")
    assert weights((early, late, other), 2026) == pytest.approx((0.0, 0.5, 0.5))
    assert weights((early, late, other), 2023) == pytest.approx((2 / 3, 0.0, 1 / 3))
    stronger = early._replace(kind="disclosed", year=2026)
    shared = weights((late, stronger, other), 2026)
    assert shared[0] + shared[1] == pytest.approx(4 / 6)
    assert shared[1] == pytest.approx(2 * shared[0])


def test_a_stand_in_counts_only_where_there_is_nothing_else():
    ours, theirs = piece(d0=0.5, kind="assumed", origin="ours"), piece(d0=0.1, origin="b")
    assert weights((ours, theirs), 2026) == [0.0, 1.0]
    assert weights((ours, theirs._replace(span=False)), 2026) == [1.0, 0.0]
    assert weights((theirs._replace(span=False),), 2026) == [0.0]


@pytest.mark.parametrize(
    ("share", "murphy", "poisson"), [(0.4, 0.1501, 0.1377), (0.3, 0.2035, 0.1809), (0.2, 0.2858, 0.2418)]
)
def test_a_yield_is_inverted_under_the_model_in_use(share, murphy, poisson):
    told = piece(**{"yield": share, "die_area_mm2": 665.6})
    assert readings(told, Market(model="murphy"))[0].value == pytest.approx(murphy, abs=5e-5)
    assert readings(told, Market(model="poisson"))[0].value == pytest.approx(poisson, abs=5e-5)


def test_salvaged_dies_mean_a_higher_d0_and_where_nobody_says_both_readings_stand():
    table = {"yield": 0.4, "die_area_mm2": 665.6, "need": 20, "total": 25, "core_fraction": 0.6}
    (sold,) = readings(piece(**table, counts="sold"), Market())
    assert sold.value == pytest.approx(0.3734, abs=5e-5)
    (full,) = readings(piece(**table, counts="full"), Market())
    plain, salvaged = readings(piece(**table), Market())
    assert (plain.share, salvaged.share) == (0.5, 0.5)
    assert (plain.value, salvaged.value) == (full.value, sold.value)
    # Without a mixing of D0 there is no salvage to work out.
    assert readings(piece(**table, counts="sold"), Market(model="moore")) == ()
    assert [r.share for r in readings(piece(**table), Market(model="moore"))] == [1.0]


def test_a_limit_is_a_component_on_its_far_side():
    (below,) = readings(piece(d0=0.4, bound="below"), Market())
    assert below[1:] == pytest.approx((0.2, 0.4 / 2**0.5, 0.4))
    (under,) = readings(piece(**{"yield": 0.5, "die_area_mm2": 100, "bound": "below"}), Market())
    at = readings(piece(**{"yield": 0.5, "die_area_mm2": 100}), Market())[0].value
    assert under[1:] == pytest.approx((at, at * 2**0.5, 2 * at))


def test_a_systematic_yield_divides_what_a_product_lost():
    told = piece(**{"yield": 0.4, "die_area_mm2": 665.6, "basis": "product"})
    usual, given = (readings(told, Market(systematic_yield=s))[0].value for s in (1.0, 0.8))
    assert given == pytest.approx(readings(told._replace(value=0.5), Market())[0].value)
    assert given < usual
    assert readings(told, Market(systematic_yield=0.3)) == ()
    company = told._replace(basis="company")
    assert readings(company, Market(systematic_yield=0.8)) == readings(company, Market())


YIELDS = [
    (node.id, place, p) for node in LOGIC for place, p in enumerate(node.evidence) if p.states == "yield" and p.span
]


@pytest.mark.parametrize(("id_", "place", "told"), YIELDS, ids=lambda x: str(x) if not isinstance(x, tuple) else "")
def test_the_yield_of_the_die_of_a_piece_alone_is_that_piece_under_every_model(id_, place, told):
    for model, parameters in MODELS:
        market = Market(model=model, **parameters)
        for reading in readings(told._replace(bound=""), market):
            x = reading.value * told.die_area_mm2 / 100
            plain = YIELD_MODELS[model].yield_(x, *market.parameter)
            found = [plain]
            if told.need and told.need < told.total and model in MIXTURES:
                core = told.core_fraction or 0.6
                rest = x * (1 - core)
                found.append(harvest(told.need, told.total, x * core / told.total, rest, model, market.alpha))
            assert min(abs(share - told.value) for share in found) < 1e-9, (id_, place, model)


@pytest.mark.parametrize("node", LOGIC, ids=lambda node: node.id)
@pytest.mark.parametrize("size", [100, 600])
def test_every_answer_lies_inside_its_own_band_under_every_model(node, size):
    answered = 0
    for model, parameters in MODELS:
        market = Market(model=model, **parameters)
        if used_figure(node, "d0_per_cm2", market) is None:
            continue  # a D0 of the whole process says nothing per layer
        e = nc.estimate(size, node=node, yield_model=model, **parameters)
        assert e.good_die_cost_usd_p10 < e.good_die_cost_usd < e.good_die_cost_usd_p90, model
        for key in ("d0_per_cm2", "wafer_price_usd"):
            figure = e.figures[key]
            assert figure.low <= figure.value <= figure.high
        answered += 1
    assert answered >= 7


@pytest.mark.parametrize(
    ("node", "key", "value", "low", "high"),
    [
        ("tsmc-n5", "wafer_price_usd", 15_647, 11_809, 20_297),
        ("tsmc-n7", "wafer_price_usd", 9_591, 7_016, 13_170),
        ("tsmc-n3e", "wafer_price_usd", 21_308, 16_170, 27_910),
        ("tsmc-n2", "wafer_price_usd", 28_701, 21_534, 37_181),
        ("smic-n+2", "wafer_price_usd", 13_907, 10_106, 19_219),
        ("smic-n+3", "wafer_price_usd", 22_652, 16_964, 29_659),
        ("tsmc-n5", "d0_per_cm2", 0.0957, 0.0533, 0.1379),
        ("tsmc-n7", "d0_per_cm2", 0.0900, 0.0656, 0.1235),
        ("tsmc-n3e", "d0_per_cm2", 0.1278, 0.0797, 0.1906),
        ("tsmc-n2", "d0_per_cm2", 0.2201, 0.0932, 0.3354),
        ("tsmc-n3b", "d0_per_cm2", 0.4532, 0.1900, 0.7642),
        ("samsung-sf2", "d0_per_cm2", 0.6326, 0.4111, 1.0640),
        ("smic-n+2", "d0_per_cm2", 0.3014, 0.1567, 0.6239),
        ("smic-n+3", "d0_per_cm2", 0.8536, 0.6061, 1.2021),
    ],
)
def test_what_the_evidence_comes_to(node, key, value, low, high):
    figure = used_figure(CATALOGUE.node(node), key)
    assert (figure.value, figure.low, figure.high) == pytest.approx((value, low, high), rel=2e-3)


def test_the_year_of_the_answer_moves_the_weights_and_widens_what_is_far():
    n5 = CATALOGUE.node("tsmc-n5")
    then, now = (used_figure(n5, "wafer_price_usd", Market(year=year)) for year in (2020.5, 2026.0))
    assert then.year == 2020
    assert now.year == 2026
    assert then.high / then.low < now.high / now.low
    old = used_figure(CATALOGUE.node("tsmc-n7"), "d0_per_cm2", Market(year=2019.25))
    later = used_figure(CATALOGUE.node("tsmc-n7"), "d0_per_cm2")
    assert old.value == pytest.approx(later.value)
    assert old.high / old.low < later.high / later.low


def test_a_price_that_is_a_ratio_follows_the_evidence_of_its_peer(tmp_path):
    path = tmp_path / "peer.toml"
    path.write_text('schema = 1\n[node."tsmc-n7"]\nwafer_price = 10000\n', encoding="utf-8")
    mine = load_catalogue(path)
    usual = used_figure(CATALOGUE.node("smic-n+2"), "wafer_price_usd")
    moved = used_figure(mine.node("smic-n+2"), "wafer_price_usd", Market(catalogue=mine))
    assert moved.value == pytest.approx(14_500, rel=1e-3)
    assert moved.high / moved.low < usual.high / usual.low
    # What is given for the peer on the command line is a question about the peer.
    assert nc.estimate(100, node="smic-n+2").inputs.numbers["wafer_price_usd"] == usual.value
    assert {w.of for w in usual.weighed} == {"", "tsmc-n7"}


def test_a_variant_takes_its_parents_evidence_one_kind_weaker():
    own, parent = (used_figure(CATALOGUE.node(name), "wafer_price_usd") for name in ("tsmc-n3p", "tsmc-n3e"))
    assert (parent.kind, own.kind) == ("reported", "estimated")
    assert own.value == pytest.approx(parent.value, rel=0.05)
    assert {w.of for w in own.weighed} == {"tsmc-n3e"}
    assert any("variant of tsmc-n3e" in note for note in nc.estimate(100, node="n3p").notes)


def test_a_price_of_another_wafer_is_brought_to_the_nodes_own_and_is_an_estimate():
    figure = used_figure(CATALOGUE.node("tsmc-180"), "wafer_price_usd")
    assert figure.value == pytest.approx(1020 * (200 / 300) ** 2)
    assert figure.kind == "estimated"


def test_stand_ins_are_few():
    for key in ("d0_per_cm2", "wafer_price_usd"):
        kinds = [used_figure(node, key).kind for node in LOGIC if not node.variant_of]
        assert kinds.count("assumed") <= 15


def test_a_figure_travels_with_its_distribution():
    figure = evidence_figure(CATALOGUE.node("smic-n+2"), "wafer_price_usd", Market())
    again = pickle.loads(pickle.dumps(figure))
    assert [again.quantile(u) for u in (0.1, 0.5, 0.9)] == pytest.approx([figure.quantile(u) for u in (0.1, 0.5, 0.9)])
    doubled = figure.times(2.0)
    assert (doubled.value, doubled.quantile(0.9)) == (2 * figure.value, 2 * figure.quantile(0.9))
    assert figure.cdf(figure.quantile(0.3)) == pytest.approx(0.3, abs=1e-6)


def test_a_price_that_is_a_multiple_of_itself_is_refused_in_one_line(tmp_path):
    path = tmp_path / "loop.toml"
    path.write_text(
        'schema = 1\n[[node."tsmc-n7".evidence]]\nratio = 1.2\nratio_of = "smic-n+2"\n'
        '[[node."tsmc-n5".evidence]]\nratio = 1.2\nratio_of = "tsmc-n5"\n',
        encoding="utf-8",
    )
    for node, loop in (("tsmc-n7", "tsmc-n7 -> smic-n+2 -> tsmc-n7"), ("tsmc-n5", "tsmc-n5 -> tsmc-n5")):
        with pytest.raises(nc.NodecalcError, match=re.escape(loop)):
            nc.estimate(100, node=node, catalogue=path)


def test_reading_evidence_anew_for_very_many_values_is_refused():
    asked = {"node": "smic-n+2", "yield_model": "negative-binomial"}
    with pytest.raises(nc.NodecalcError, match="at most 300"):
        nc.sweep(100, **asked, alpha="0.5:5:10000", reduce=["min"])
    with pytest.raises(nc.NodecalcError, match="at most 300"):
        nc.evaluate({"die_area_mm2": 100.0, "alpha": [0.5 + i / 1e4 for i in range(2000)]}, **asked)
    # What reads no yield is no slower for it.
    assert nc.sweep(100, node="tsmc-n5", yield_model="negative-binomial", alpha="0.5:5:10000", reduce=["min"]).points


def test_what_is_left_without_a_ratio_is_a_price_too(tmp_path):
    # Two ratios to one peer: without either the other times the peer's price is left, not the bare ratio.
    path = tmp_path / "own.toml"
    piece = '[[node.tsmc-n6.evidence]]\nratio = {}\nratio_of = "tsmc-n7"\nkind = "reported"\nyear = 2025\n'
    path.write_text("schema = 1\n" + "".join(map(piece.format, (1.2, 2.4))))
    e = nc.estimate("10x10", node="tsmc-n6", catalogue=path)
    (note,) = [note for note in e.notes if "moves it most" in note and "wafer price" in note]
    assert float(note.split("without it ")[1].split(", not")[0].replace(",", "")) > 3000
