"""Answers in worlds: agreement with the bands of single answers, what several nodes share, and the errors."""

import subprocess
import sys

import numpy as np
import pytest
from scipy import stats
from scipy.stats import mstats

import nodecalc as nc
from nodecalc.drivers.risk import compiled_worlds, sampling
from nodecalc.drivers.risk.smooth import below_of
from nodecalc.drivers.risk.statistics import quantiles
from nodecalc.question import laws
from nodecalc.question.evidence import shares_of_price
from nodecalc.question.market import Market
from nodecalc.render.reports.risk import risk_report
from nodecalc.vocabulary import QUANTITIES
from nodecalc_kernels.numbers import draws

BAND = ("good_die_cost_usd_p10", "good_die_cost_usd_p50", "good_die_cost_usd_p90")
BAND_ERROR = 0.002
"""Of P10, P50 and P90 of an answer, relative, as its driver says."""
WAFER_ERROR = 0.006
"""The same of a wafer at the cost of its layers, whose worlds are few."""


def columns(q):
    return {driver.name: driver for driver in q.drivers}


@pytest.mark.parametrize(
    ("size", "words", "error"),
    [
        (107, {"node": "smic-n+2"}, BAND_ERROR),
        (107, {"node": "tsmc-n5"}, BAND_ERROR),
        (665.6, {"node": "smic-n+3", "yield_model": "negative-binomial", "alpha": 2}, BAND_ERROR),
        (100, {"node": "tsmc-n5p"}, BAND_ERROR),
        (100, {"node": "tsmc-n6", "line_yield": 0.9, "systematic_yield": 0.95}, BAND_ERROR),
        (100, {"node": "tsmc-n7", "wafer_diameter_mm": 200}, BAND_ERROR),
        (100, {"node": "smic-n+2", "wafer_diameter_mm": 200}, BAND_ERROR),
        (100, {"node": "tsmc-n5", "d0_per_cm2": 0.1}, BAND_ERROR),
        (100, {"node": "tsmc-n5", "wafer_basis": "cost", "samples": 4096}, WAFER_ERROR),
        (None, {"node": "tsmc-n5", "chip": "h100"}, BAND_ERROR),
    ],
)
def test_quantiles_agree_with_the_band_of_the_answer(size, words, error):
    words = dict(words)
    q = nc.risk(size, drivers=False, **words)
    words.pop("samples", None)
    e = nc.estimate(size, **words)
    first = q.outcomes[0]
    assert first.value == e.good_die_cost_usd
    for key, found in zip(BAND, (first.p10, first.p50, first.p90), strict=True):
        assert abs(found.value - getattr(e, key)) <= 1.5 * found.error + error * found.value, key


def test_an_answer_stands_where_every_figure_does():
    for words in ({"wafer_basis": "cost"}, {"wafer_basis": "cost", "without": ["euv"]}, {"transistors": 1e10}):
        size = None if "transistors" in words else 100
        q = nc.risk(
            size, node="tsmc-n5", samples=256, drivers=False, outputs=["good_die_cost_usd", "gross_dies"], **words
        )
        e = nc.estimate(size, node="tsmc-n5", **words)
        assert q.outcomes[0].value == pytest.approx(e.good_die_cost_usd, rel=1e-12)
        assert q.outcomes[1].value == e.gross_dies


def test_a_price_that_is_a_multiple_of_a_peers_takes_the_peers_draw():
    q = nc.risk(107, node=["smic-n+2", "tsmc-n7"], samples=4096)
    both = {name: [d for d in q.all_drivers if d.name == name] for name in ("tsmc-n7.wafer_price_usd",)}
    assert [d.node for d in both["tsmc-n7.wafer_price_usd"]] == ["smic-n+2", "tsmc-n7"]
    apart = nc.risk(107, node=["smic-n+2", "tsmc-n7"], samples=4096, independent=True)
    assert {d.name for d in q.drivers} == {name.partition(" ")[2] for name in (d.name for d in apart.drivers)}
    together, alone = (np.corrcoef(x.samples(), x.samples(node="n7"))[0, 1] for x in (q, apart))
    assert together > 0.6
    assert abs(alone) < 0.1
    ratio, ratio_alone = (next(o for o in x.outcomes if o.key == "good_die_cost_ratio") for x in (q, apart))
    assert ratio.p90.value / ratio.p10.value < 0.8 * ratio_alone.p90.value / ratio_alone.p10.value


def test_a_variant_draws_its_parents_defects_with_it():
    q = nc.risk(100, node=["tsmc-n5", "tsmc-n5p"], samples=1024, outputs=["die_yield"])
    assert stats.spearmanr(q.samples(), q.samples(node="tsmc-n5p")).statistic == pytest.approx(1.0)


def test_a_statement_of_two_nodes_prices_is_one_draw():
    q = nc.risk(107, node=["smic-n+2", "smic-n+3"], samples=256)
    assert "wafer_price_usd ratio, FT February 2024" in q.plan.names
    assert len(q.plan.names) == 5  # two D0, two peers' prices, one ratio


def test_tools_are_one_draw_for_all_wafers():
    q = nc.risk(100, node=["tsmc-n5", "tsmc-n5:without=euv"], wafer_basis="cost", samples=1024, drivers=False)
    names = [draw.name for part in q.parts for draw in part.drawn.values()]
    assert names.count("arfi_scanner_price_usd") == 2
    assert names.count("tsmc-n5.d0_per_cm2") == 2
    for part in q.parts:
        assert len({draw.name for draw in part.drawn.values()}) == len(part.drawn)  # of the reference wafer too


def test_statements_with_other_prices_beside_a_ratio(tmp_path):
    """The price of a node for which both are stated has the distribution that its evidence says."""
    path = tmp_path / "own.toml"
    path.write_text(
        'schema = 1\n[[node."smic-n+2".evidence]]\nof = "wafer_price"\nusd = 9000\nkind = "reported"\nyear = 2026\n'
        'source = "cset_2020"\norigin = "a rival statement"\nwafer_mm = 300\nadd = true\n'
    )
    catalogue = nc.load_catalogue(path)
    shares = shares_of_price(catalogue.node("smic-n+2"), Market(catalogue=catalogue))
    assert [share.peer.id if share.peer else None for share in shares] == ["tsmc-n7", None]
    assert sum(share.weight for share in shares) == pytest.approx(1.0)
    q = nc.risk(107, node="smic-n+2", catalogue=catalogue, drivers=False, outputs=["wafer_price_usd"], samples=2**15)
    figure = nc.estimate(107, node="smic-n+2", catalogue=catalogue).figures["wafer_price_usd"]
    for share in (0.1, 0.25, 0.5, 0.75, 0.9):
        assert q.quantile(share).value == pytest.approx(figure.quantile(share), rel=0.006)


def test_doing_without_euv_is_the_penalty_of_the_wafer():
    """Both sides drawn together; the penalty's own worlds are 256."""
    words = {"wafer_basis": "cost", "samples": 4096, "drivers": False}
    q = nc.risk(100, node=["tsmc-n5", "tsmc-n5:without=euv"], **words)
    ratio = next(o for o in q.outcomes if o.key == "good_die_cost_ratio")
    fields = q.estimates[0].inputs.layers[1]["fields_per_wafer"]
    wafer = nc.wafer_cost("tsmc-n5", without=["euv"], die_area_mm2=100, fields_per_wafer=fields)
    penalty = next(p for p in wafer.penalties if p.name.startswith("good die"))
    assert ratio.value - 1.0 == pytest.approx(penalty.value, abs=1e-9)
    for ours, theirs in ((ratio.p10, penalty.p10), (ratio.p50, penalty.p50), (ratio.p90, penalty.p90)):
        assert abs(ours.value - 1.0 - theirs) <= ours.error + 0.01


def test_a_density_that_grows_to_the_edge_is_drawn_too():
    words = {"radial": "step", "radial_start": 0.8, "radial_factor": 2}
    q = nc.risk(300, node="tsmc-n5", samples=4096, **words)
    e = nc.estimate(300, node="tsmc-n5", **words)
    first = q.outcomes[0]
    assert first.value == e.good_die_cost_usd
    for key, found in zip(BAND, (first.p10, first.p50, first.p90), strict=True):
        assert abs(found.value - getattr(e, key)) <= 1.5 * found.error + BAND_ERROR * found.value, key
    d0 = columns(q)["tsmc-n5.d0_per_cm2"]
    assert 0.3 < d0.elasticity < 0.4


def test_a_wafer_needs_no_die():
    words = {"wafer_basis": "cost", "outputs": ["wafer_cost_usd", "mask_set_usd"], "samples": 4096, "drivers": False}
    q = nc.risk(node="tsmc-n5", **words)
    w = nc.wafer_cost("tsmc-n5")
    assert q.outcomes[0].value == pytest.approx(w.wafer_cost_usd, rel=1e-12)
    assert q.p10 == pytest.approx(w.wafer_cost_usd_p10, rel=WAFER_ERROR)
    assert q.p90 == pytest.approx(w.wafer_cost_usd_p90, rel=WAFER_ERROR)
    with pytest.raises(nc.NodecalcError, match="no die size"):
        nc.risk(node="tsmc-n5", prob="die_yield > 0.5", **words)
    with pytest.raises(nc.NodecalcError, match="no die size"):
        nc.risk(node="tsmc-n5")


def test_what_two_nodes_share_drops_out_of_their_ratio():
    q = nc.risk(107, node=["tsmc-n5", "smic-n+3"], samples=4096)
    own = {d.name: d for d in q.all_drivers if d.key == "good_die_cost_ratio"}
    assert set(own) == {"smic-n+3.d0_per_cm2", "tsmc-n5.d0_per_cm2", "wafer_price_usd ratio, FT February 2024"}
    assert sum(d.first.value for d in own.values()) == pytest.approx(1.0, abs=0.02)
    assert own["wafer_price_usd ratio, FT February 2024"].elasticity == pytest.approx(1.0, rel=1e-9)
    base = q.outcomes[2].value
    assert own["smic-n+3.d0_per_cm2"].at_low < base < own["smic-n+3.d0_per_cm2"].at_high
    assert own["tsmc-n5.d0_per_cm2"].at_low > base > own["tsmc-n5.d0_per_cm2"].at_high


def test_other_results_have_ratios_too():
    q = nc.risk(100, node=["n5", "n7"], outputs="usd_per_billion_transistors", samples=512, drivers=False)
    ratio = q.outcomes[-1]
    assert (ratio.node, ratio.key) == ("tsmc-n7", "usd_per_billion_transistors_ratio")
    # Counted in many worlds it is what is integrated in few.
    many = nc.risk(100, node=["n5", "n7"], outputs="usd_per_billion_transistors", samples=2**14, drivers=False)
    median = np.median(many.samples(node="n7") / many.samples())
    assert ratio.p50.value == pytest.approx(median, abs=2.0 * ratio.p50.error)
    assert many.outcomes[-1].p50.value == pytest.approx(median, rel=2e-3)


def test_quantiles_are_scipys():
    samples = np.random.default_rng(5).lognormal(size=8 * 512)
    shares = (0.0, 0.001, 0.1, 0.5, 0.9, 1.0)
    expected = mstats.mquantiles(samples, shares, alphap=0.5, betap=0.5)
    assert [q.value for q in quantiles(samples, shares)] == pytest.approx(expected.tolist(), rel=1e-12)
    with_none_good = np.where(samples > 5.0, np.inf, samples)
    assert quantiles(with_none_good, (1.0,))[0].value == np.inf
    assert np.isfinite(quantiles(with_none_good, (0.5,))[0].value)


def test_errors_are_those_of_other_seeds():
    """Nineteen of twenty intervals hold the value; of twenty seeds at least sixteen do."""
    words = {"size": 107, "node": "smic-n+3", "drivers": False}
    true = nc.risk(**words, samples=2**18, seed=99, prob=["cost < 90"])
    hits = dict.fromkeys(("p10", "p50", "p90", "mean", "chance"), 0)
    for seed in range(20):
        q = nc.risk(**words, seed=seed, samples=4096, prob=["cost < 90"])
        for key in ("p10", "p50", "p90", "mean"):
            found, at = getattr(q.outcomes[0], key), getattr(true.outcomes[0], key).value
            hits[key] += found.low <= at <= found.high
        found, at = q.probabilities[0].probability, true.probabilities[0].probability.value
        hits["chance"] += found.low <= at <= found.high
    assert min(hits.values()) >= 16, hits


def test_indices_agree_with_salib():
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as sample

    laws = {"d0_per_cm2": (0.05, 0.4), "wafer_price_usd": (8000.0, 16000.0), "systematic_yield": (0.8, 1.0)}
    problem = {"num_vars": 3, "names": list(laws), "bounds": [list(law) for law in laws.values()]}
    x = sample.sample(problem, 4096, calc_second_order=False, seed=1)
    y = nc.evaluate({"die_area_mm2": 600.0, **{key: x[:, i] for i, key in enumerate(laws)}})["good_die_cost_usd"]
    theirs = analysis.analyze(problem, y, calc_second_order=False, seed=1)
    drivers = columns(nc.risk(600, vary=laws))
    for i, key in enumerate(laws):
        for which, index in (("S1", drivers[key].first), ("ST", drivers[key].total)):
            assert abs(index.value - theirs[which][i]) <= index.error + theirs[f"{which}_conf"][i], (key, which)


def test_elasticities_of_price_and_yields():
    q = nc.risk(600, node="tsmc-n5", vary={"line_yield": (0.8, 0.9)}, samples=256)
    drivers = columns(q)
    assert drivers["tsmc-n5.wafer_price_usd"].elasticity == pytest.approx(1.0, rel=1e-9)
    assert drivers["line_yield"].elasticity == pytest.approx(-1.0, rel=1e-9)
    x = q.estimates[0].mean_faults
    expected = 2.0 * (1.0 - x * np.exp(-x) / -np.expm1(-x))  # of Murphy's model
    assert drivers["tsmc-n5.d0_per_cm2"].elasticity == pytest.approx(expected, rel=1e-9)


def test_a_bar_of_the_tornado_is_an_answer_at_an_inputs_own_quantiles():
    drivers = columns(nc.risk(100, node="tsmc-n5", samples=256))
    figure = nc.estimate(100, node="tsmc-n5").figures["d0_per_cm2"]
    bar = drivers["tsmc-n5.d0_per_cm2"]
    assert (bar.low, bar.high) == (figure.quantile(0.1), figure.quantile(0.9))
    for d0, cost in ((bar.low, bar.at_low), (bar.high, bar.at_high)):
        assert cost == pytest.approx(nc.estimate(100, node="tsmc-n5", d0_per_cm2=d0).good_die_cost_usd, rel=1e-12)


@pytest.mark.parametrize("words", [{"node": "smic-n+2"}, {"node": ["tsmc-n5", "tsmc-n7"], "wafer_basis": "cost"}])
def test_plain_worlds_are_the_compiled_ones_on_any_number_of_threads(monkeypatch, words):
    def found(steps, threads=1):
        monkeypatch.setattr(sampling, "PLAIN_STEPS", steps)
        monkeypatch.setattr(compiled_worlds, "use_threads", lambda parallel, count: threads > 1)
        monkeypatch.setattr(compiled_worlds, "thread_count", lambda: threads)
        return nc.risk(107, samples=2**15 if steps == 0 else 2**12, **words)

    plain, short = found(10**12), found(0)
    monkeypatch.setattr(sampling, "PLAIN_STEPS", 0)
    same = nc.risk(107, samples=2**12, **words)
    np.testing.assert_allclose(same.samples(), plain.samples(), rtol=1e-14)
    theirs = {(d.node, d.name): d.total.value for d in plain.all_drivers}
    assert {(d.node, d.name): d.total.value for d in same.all_drivers} == pytest.approx(theirs, rel=1e-9, abs=1e-15)
    for threads in (2, 8):
        again = found(0, threads)
        assert again.samples().tobytes() == short.samples().tobytes()
        assert [d._replace(draw=None) for d in again.all_drivers] == [d._replace(draw=None) for d in short.all_drivers]


ORDERED = """
import nodecalc as nc
from nodecalc.drivers.risk.compiled_worlds import in_short_runs
for words in ({"wafer_basis": "cost"}, {"transistors": 1e10}, {"chip": "h100"}):
    size = None if len(words) and "wafer_basis" not in words else 100
    part = nc.risk(size, node="tsmc-n5", samples=256, drivers=False, **words).parts[0]
    print(list(part.drawn), list(part.numbers), [step.outputs for step in in_short_runs(part.stages, part.drawn)])
"""


def test_the_same_question_has_the_same_loop_in_every_process(child_environment):
    """A loop is kept by its text, in which keys stand in their order: of a set that would be another every time."""
    told = {
        subprocess.run(
            [sys.executable, "-c", ORDERED], env={**child_environment, "PYTHONHASHSEED": seed}, check=True,
            capture_output=True, text=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(told) == 1


def test_a_seed_gives_the_same_and_another_other_worlds():
    one, same, other = (nc.risk(107, node="n5", samples=256, seed=seed) for seed in (1, 1, 2))
    assert one.samples().tobytes() == same.samples().tobytes()
    assert one.samples().tobytes() != other.samples().tobytes()


def test_samples_are_rounded_up_to_sequences_of_a_power_of_two():
    assert nc.risk(107, node="n5", samples=3000, drivers=False).count == 4096


def test_sizes_are_placed_anew():
    q = nc.risk(node="tsmc-n5", vary={"die_area_mm2": (50, 100, 150)}, outputs=["gross_dies"], samples=1024)
    low, high = (nc.gross_dies(side, side) for side in (np.sqrt(150), np.sqrt(50)))
    assert low <= q.samples().min() < q.samples().max() <= high
    assert q.drivers[0].elasticity is None


def test_a_die_from_transistors_varies_with_what_it_is_sized_by():
    q = nc.risk(node="tsmc-n5", transistors=1e10, outputs=["die_area_mm2"], samples=1024)
    assert {d.name for d in q.drivers} == {"density_utilisation", "tsmc-n5.logic_density_mtr_per_mm2"}


def test_worlds_without_a_good_die_leave_the_quantiles():
    q = nc.risk(
        4000, vary={"d0_per_cm2": ("lognormal", 0.1, 4)}, wafer_price_usd=1e4, yield_model="poisson", samples=1024
    )
    assert np.isinf(q.samples()).any()
    assert np.isfinite(q.p10)
    assert q.drivers[0].total is None


def test_a_result_is_immutable_in_its_worlds_and_says_itself():
    q = nc.risk(107, node="n5", samples=256)
    assert "256 worlds" in repr(q)
    assert (q.p10, q.p50, q.p90) == tuple(q.quantile(share).value for share in (0.1, 0.5, 0.9))
    assert set(q.columns()) == {"tsmc-n5.d0_per_cm2", "tsmc-n5.wafer_price_usd", "tsmc-n5.good_die_cost_usd"}


def test_an_answer_is_immutable_and_draws_itself(tmp_path):
    q = nc.risk(107, node="n5", samples=256)
    with pytest.raises(AttributeError, match="immutable"):
        q.p10 = 3.0
    q.plot(tmp_path / "risk.svg")
    q.save(tmp_path / "worlds.arrow")
    assert (tmp_path / "worlds.arrow").stat().st_size > 3 * 256 * 8
    assert [len(spread.samples) for spread in q.picture().spreads] == [256]


def test_columns_of_draws_give_the_results_again():
    q = nc.risk(107, node="smic-n+2", samples=512)
    found = q.columns()
    price = found["wafer_price_usd ratio, FT February 2024"] * found["tsmc-n7.wafer_price_usd"]
    again = nc.evaluate({"die_area_mm2": 107.0, "d0_per_cm2": found["smic-n+2.d0_per_cm2"], "wafer_price_usd": price})[
        "good_die_cost_usd"
    ]
    np.testing.assert_allclose(again, found["smic-n+2.good_die_cost_usd"], rtol=1e-13)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"vary": {"d0": (3, 2, 1)}}, "do not rise"),
        ({"vary": {"d0": (1, 1)}}, "no width"),
        ({"vary": {"d0": 3}}, "no distribution"),
        ({"vary": {"d0": (1, 2, 3, 4)}}, "4 numbers"),
        ({"vary": {"d0": "lognormal(0, 0.3)"}}, "--d0 0"),
        ({"vary": {"d0": "weird(0, 0.3)"}}, "no distribution"),
        ({"vary": {"d0": "normal(0.1, 0)"}}, "more than 0"),
        ({"vary": {"d0": "lognormal(0.1, 0.3/cm2)"}}, "unknown unit"),
        ({"vary": {"d0": "lognormal(0.1, 1e18)"}}, "outside more than 0 to 50"),
        ({"vary": {"node": (1, 2)}}, "node"),
        ({"vary": {"year": (2020, 2025)}}, "--year"),
        ({"vary": {"d0": (0.1, 0.2)}, "d0_per_cm2": 0.1}, "one of them"),
        ({"vary": {"n7:d0": (0.1, 0.2)}}, "-n"),
        ({"vary": {"euv_scanner_price_usd": (1e8, 2e8)}}, "--wafer-basis cost"),
        ({"vary": ["d0=1:2", "d0_per_cm2=1:2"]}, "given twice"),
        ({"independent": True}, "shares no draw"),
        ({"samples": 10}, "256"),
        ({"seed": 1.5}, "whole number"),
        ({"outputs": []}, "name some"),
        ({"outputs": ["apples"]}, "unknown result"),
        ({"outputs": ["wafer_cost_usd"]}, "no wafer_cost_usd"),
        ({"prob": "cost"}, "compares nothing"),
        ({"prob": "1 < 2"}, "two numbers"),
        ({"prob": "cost < 1.2.3"}, "neither a node"),
        ({"prob": "cost < 3 apples"}, "unknown unit"),
        ({"prob": "3 x 4 < cost"}, "neither a node"),
        ({"prob": "<"}, "compares nothing"),
        ({"prob": "cost < die_yield"}, "different units"),
        ({"prob": "1 < cost > 2"}, "more than one range"),
        ({"prob": "n7 > 3"}, "add -n n7"),
        ({"prob": "cost < 1/cm2"}, "unknown unit"),
        ({"d0_per_cm2": 0.1, "wafer_price_usd": 1e4}, "no figure of this answer"),
        ({"node": ["n5", "n5"]}, "twice"),
    ],
)
def test_bad_input_is_one_line(words, said):
    with pytest.raises(nc.NodecalcError, match=said) as caught:
        nc.risk(100, **{"node": "n5", **words})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("key", ["line_yield", "d0_per_cm2", "wafer_price_usd"])
@pytest.mark.parametrize("deviation", [1e10, 1e14, 1e16, 1e17, 1e18, 1e300])
def test_a_normal_far_wider_than_its_range_is_uniform_there(key, deviation):
    q, shares = QUANTITIES[key], [2.0**-20, 0.1, 0.25, 0.5, 0.9, 1.0 - 2.0**-20]
    law = laws.read_varied(key, ("normal", {"line_yield": 0.9, "d0_per_cm2": 0.1}.get(key, 17e3), deviation)).law
    found = [law.quantile(u) for u in shares]
    assert all(map(q.holds, found))
    assert found == sorted(found)
    if q.high / deviation < 1e-5:
        np.testing.assert_allclose(found, [q.low + u * (q.high - q.low) for u in shares], rtol=1e-9)


@pytest.mark.parametrize("wide", [1.0, 1e3, 0.99e5, 1.01e5, 1e6])
def test_it_is_the_same_on_both_sides_of_flat(wide):
    import mpmath

    law, c = laws.read_varied("line_yield", ("normal", 0.9, 0.9 * wide)).law, mpmath.mpf("0.9")
    with mpmath.workdps(40):
        first, last = (mpmath.ncdf((end - c) / (c * wide)) for end in (0, 1))
        for u in (1e-6, 0.1, 0.5, 0.9, 1.0 - 1e-6):
            z = mpmath.sqrt(2) * mpmath.erfinv(2 * (first + u * (last - first)) - 1)
            assert abs(law.quantile(u) - (c + c * wide * z)) < 2e-11


def test_laws_of_extreme_numbers_are_drawn_or_refused():
    found = nc.risk(100, node="n5", vary={"line_yield": ("normal", 0.9, 1e16)}, samples=256)
    assert 0.0 < found.outcomes[0].p10.value < found.outcomes[0].p90.value < 1e3
    for shape, number in [("lognormal", 50.0), ("lognormal", 1e-300), ("normal", 5e-324)]:
        law = laws.read_varied("d0", (shape, 0.1, number)).law
        drawn = [law.quantile(u) for u in (2.0**-52, 0.1, 0.5, 0.9, 1.0 - 2.0**-52)]
        assert drawn == sorted(drawn)
        assert all(map(QUANTITIES["d0_per_cm2"].holds, drawn))
    for law in [("normal", 1.0, 1e308), (1.0, 1e150, 1e300)]:
        with pytest.raises(nc.NodecalcError, match=r"narrower|no square"):
            laws.read_varied("alpha", law)


def test_statements():
    said = ["20 < cost <= 40", "n5:die_yield > 80%", "smic-n+3 > 2 x tsmc-n5", "smic-n+3 >= tsmc-n5"]
    q = nc.risk(107, node=["smic-n+3", "n5"], samples=1024, prob=[said[1], said[2], said[3]], drivers=False)
    ours, theirs = q.samples(), q.samples(node="n5")
    assert q.probabilities[1].probability.value == np.mean(ours > 2.0 * theirs)
    assert q.probabilities[2].probability.value == np.mean(ours >= theirs)
    alone = nc.risk(107, node="n5", samples=1024, prob=said[0])
    own = alone.samples()
    assert alone.probabilities[0].probability.value == np.mean((own > 20) & (own <= 40))
    several = ["n5 < $40", "n5 < 40 USD", "n5 < 0.04k", "0.5xsmic-n+3 > n5", "n5:wafer_price_usd > 12k", "18a > n5"]
    found = nc.risk(107, node=["smic-n+3", "n5", "intel-18a"], samples=256, prob=several, drivers=False).probabilities
    assert found[0].probability == found[1].probability == found[2].probability
    assert [chance.text for chance in found] == several
    with pytest.raises(nc.NodecalcError, match="of which node"):
        nc.risk(107, node=["smic-n+3", "n5"], samples=256, prob="cost < 3")


@pytest.mark.parametrize(
    "form",
    [
        draws.two_piece_form(0.05, 0.1, 0.3, log_scale=True),
        draws.two_piece_form(-1.0, 2.0, 3.0, log_scale=False),
        draws.two_piece_form(0.1, 0.1, 0.3, log_scale=True),
        draws.triangular_form(1.0, 2.0, 4.0),
        draws.uniform_form(1.0, 4.0),
        draws.normal_form(3.0, 0.5),
        draws.lognormal_form(3.0, 0.5),
        draws.tabled_form([float(np.exp(i / 100.0)) for i in range(257)]),
    ],
)
def test_shares_below_are_the_inverse_of_draws(form):
    shares = np.linspace(0.01, 0.99, 99)
    values = np.array(draws.drawn(form, shares.tolist()))
    moves = values > (values[0] if values[0] == values[1] else -np.inf)  # a step has any share
    np.testing.assert_allclose(below_of(form)(values)[moves], shares[moves], atol=1e-6)
    assert below_of(form)(np.array([-1e9, 1e9])).tolist() == [0.0, 1.0]


@pytest.mark.parametrize("node", ["tsmc-n5", "smic-n+2"])
def test_the_median_is_far_better_than_that_of_pseudo_random_worlds(node):
    found = [nc.risk(107, node=node, samples=2048, seed=seed, drivers=False) for seed in range(8)]
    several = np.concatenate([q.samples() for q in found])
    density = 0.04 / np.diff(np.quantile(several, [0.48, 0.52]))[0]
    for name, share in (("p10", 0.1), ("p50", 0.5), ("p90", 0.9)):
        spread = np.std([getattr(q, name) for q in found], ddof=1)
        window = np.diff(np.quantile(several, [share - 0.02, share + 0.02]))[0]
        pseudo_random = np.sqrt(share * (1.0 - share) / 2048) * window / 0.04
        assert spread <= pseudo_random / 8.0
    assert np.mean([q.p50 for q in found]) == pytest.approx(np.median(several), abs=3.0 / density / np.sqrt(8 * 2048))


def test_a_result_that_is_a_line_of_its_only_draw_has_its_quantiles_without_error():
    q = nc.risk(100, node="n5", d0=0.1, samples=256, drivers=False)
    figure = q.estimates[0].figures["wafer_price_usd"]
    factor = q.outcomes[0].value / figure.value
    for share, found in zip((0.1, 0.5, 0.9), (q.p10, q.p50, q.p90), strict=True):
        assert found == pytest.approx(factor * figure.quantile(share), rel=1e-4)
    assert q.outcomes[0].p50.error < 1e-9


def test_nodes_that_share_a_draw_through_distributions_of_their_own_have_lines_of_it():
    q = nc.risk(107, node=["n5", "n5p"], samples=2048, drivers=False)
    for outcome in q.outcomes[:2]:
        assert outcome.p50.error < 1e-3 * outcome.p50.value


def test_draws_of_nodes_on_their_own_are_told_apart_and_what_drives_is_left_out_where_that_is_asked():
    own = risk_report(nc.risk(107, node=["n5", "n5p"], samples=256, independent=True))
    names = [row[0] for row in own.tables[-1].cells]
    assert len(set(names)) == len(names) == 4
    assert "wafer price of tsmc-n5, drawn for tsmc-n5p" in names
    plain = risk_report(nc.risk(107, node="n5", samples=256, drivers=False))
    assert (len(plain.tables), plain.extra["drivers"]) == (1, [])
