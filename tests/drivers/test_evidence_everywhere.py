"""Evidence in estimate, evaluate and sweeps: one answer whatever asks, and nothing given is passed over."""

from math import inf, nan

import numpy as np
import pytest

import nodecalc as nc

DIE = {"die_width_mm": 10.0, "die_height_mm": 10.0}
NODES = ["smic-n+2", "tsmc-n5", "tsmc-n3p", "samsung-sf2", "tsmc-180"]
BANDS = ["good_die_cost_usd", "good_die_cost_usd_p10", "good_die_cost_usd_p90"]


@pytest.mark.parametrize("node", NODES)
def test_years_give_the_same_answer_wherever_they_are_asked_for(node):
    years = [2019.0, 2022.5, 2026.0]
    answers = [nc.estimate("10x10", node=node, year=year) for year in years]
    swept = nc.sweep("10x10", node=node, year=years, outputs=BANDS)
    for key in BANDS:
        assert swept[key] == pytest.approx([getattr(e, key) for e in answers], rel=1e-14)
    found = nc.evaluate({**DIE, "year": np.array(years)}, node=node)["good_die_cost_usd"]
    assert found == pytest.approx([e.good_die_cost_usd for e in answers], rel=1e-14)


@pytest.mark.parametrize("node", NODES)
def test_what_turns_yields_into_d0_does_too(node):
    alphas, shares = [0.5, 2.0, 7.0], [0.85, 1.0]
    asked = {"node": node, "yield_model": "negative-binomial"}
    rows = [
        [nc.estimate("10x10", **asked, alpha=a, systematic_yield=s).good_die_cost_usd for s in shares] for a in alphas
    ]
    swept = nc.sweep("10x10", **asked, alpha=alphas, systematic_yield=shares)["good_die_cost_usd"]
    assert swept == pytest.approx(np.array(rows), rel=1e-14)
    inputs = {**DIE, "alpha": np.array(alphas)[:, None], "systematic_yield": np.array(shares)}
    assert nc.evaluate(inputs, **asked)["good_die_cost_usd"] == pytest.approx(np.array(rows), rel=1e-14)


@pytest.mark.parametrize(
    ("own", "along"),
    [
        ({"wafer_price_usd": [1000.0, 9000.0]}, {"year": [2000.0, 2026.0]}),
        ({"d0_per_cm2": [0.1, 0.5]}, {"year": [2000.0, 2026.0]}),
        ({"wafer_price_usd": [1000.0, 9000.0]}, {"alpha": [0.5, 2.0], "yield_model": "negative-binomial"}),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_an_axis_of_d0_or_price_counts_beside_one_that_evidence_is_read_along(own, along, turned):
    (key, values), (other, others) = next(iter(own.items())), next(iter(along.items()))
    axes = {other: others, key: values} if turned else {key: values, other: others}
    rest = {k: v for k, v in along.items() if k != other}
    swept = nc.sweep("10x10", node="smic-n+2", **axes, **rest)
    for i, one in enumerate(next(iter(axes.values()))):
        for j, two in enumerate(list(axes.values())[1]):
            point = dict(zip(axes, (one, two), strict=True))
            e = nc.estimate("10x10", node="smic-n+2", **point, **rest)
            assert swept["good_die_cost_usd"][i, j] == pytest.approx(e.good_die_cost_usd, rel=1e-14)


def test_a_price_is_brought_to_the_wafer_in_question_whatever_the_year_is():
    small = nc.estimate("10x10", node="tsmc-n5", wafer_diameter_mm=150, year=2020).good_die_cost_usd
    for year in (2020.0, np.array([2020.0, 2020.0])):
        found = nc.evaluate({**DIE, "wafer_diameter_mm": 150.0, "year": year}, node="tsmc-n5")["good_die_cost_usd"]
        assert found == pytest.approx(np.broadcast_to(small, np.shape(year)))


def test_years_shape_the_answer_even_where_they_change_nothing():
    years = np.array([2000.0, 2010.0, 2020.0])
    for node, more in (("tsmc-n5", {"d0_per_cm2": 0.1, "wafer_price_usd": 1e4}), ("samsung-7lpp", {})):
        out = {"good_die_cost_usd": np.zeros(3)}
        found = nc.evaluate({**DIE, **more, "year": years}, node=node, out=out)["good_die_cost_usd"]
        assert found.shape == (3,)
        assert found is out["good_die_cost_usd"]
        assert (found == found[0]).all()


@pytest.mark.parametrize(
    ("inputs", "bad"),
    [
        ({"year": [nan, 2026.0]}, 0),
        ({"year": [2026.0, nan]}, 1),
        ({"year": [2026.0, 5000.0]}, 1),
        ({"year": [-inf, 2026.0]}, 0),
        ({"year": [1980.0, 2026.0]}, 0),
        ({"alpha": [-1.0, 2.0]}, 0),
        ({"alpha": [2.0, 0.0]}, 1),
        ({"systematic_yield": [0.3, 1.0]}, 0),
        ({"systematic_yield": [1.0, 0.3]}, 1),
        ({"systematic_yield": [nan, 1.0]}, 0),
    ],
)
def test_a_point_outside_gives_nan_and_the_others_their_answer(inputs, bad):
    (key,) = inputs
    model = "negative-binomial" if key == "alpha" else "murphy"
    arrays = {**DIE, **{k: np.array(v) for k, v in inputs.items()}}
    found = nc.evaluate(arrays, node="samsung-sf2", yield_model=model)["good_die_cost_usd"]
    assert np.isnan(found[bad])
    good = inputs[key][1 - bad]
    e = nc.estimate("10x10", node="samsung-sf2", yield_model=model, **{key: good})
    assert found[1 - bad] == pytest.approx(e.good_die_cost_usd)


def test_arrays_that_do_not_broadcast_are_named_by_what_was_given():
    with pytest.raises(nc.NodecalcError, match=r"year \(3,\), systematic_yield \(2,\)"):
        nc.evaluate({**DIE, "year": np.ones(3) * 2020, "systematic_yield": np.ones(2)}, node="smic-n+2")


@pytest.mark.parametrize("years", [[2018.0, 2026.0], [2026.0, 2018.0]])
def test_strict_holds_for_every_year_of_a_sweep(years):
    with pytest.raises(nc.NodecalcError, match=r"d0_per_cm2 .* is estimated"):
        nc.sweep("10x10", node="tsmc-n4", logic_density_mtr_per_mm2=140, strict=True, year=years)


def test_evidence_that_does_not_count_is_not_called_unpublished():
    with pytest.raises(nc.NodecalcError, match="no evidence for d0_per_cm2 of samsung-sf2 counts here"):
        nc.estimate("10x10", node="samsung-sf2", systematic_yield=0.3)


def test_a_multiple_of_a_price_that_nobody_knows_has_no_weight(tmp_path):
    path = tmp_path / "own.toml"
    head = 'schema = 1\n[node."x1"]\nfoundry = "A"\nname = "B"\nclass = "logic"\nd0 = 0.1\n'
    ratio = '[[node."x1".evidence]]\nratio = 1.4\nratio_of = "cxmt-g4"\n'
    path.write_text(head + '[[node."x1".evidence]]\nusd = 9000\n' + ratio, encoding="utf-8")
    e = nc.estimate("10x10", node="x1", catalogue=path)
    assert e.inputs.numbers["wafer_price_usd"] == pytest.approx(9000)
    assert not any("disagree" in note for note in e.notes)
    path.write_text(head + ratio, encoding="utf-8")
    with pytest.raises(nc.NodecalcError, match="--wafer-price"):
        nc.estimate("10x10", node="x1", catalogue=path)


WRONG = [
    ("usd = 1", "must be 10 to"),
    ("usd = 9000\nwafer_mm = 1", "must be 25 to"),
    ('ratio = 1000\nratio_of = "tsmc-n7"', "at most 100"),
    ("yield = 0.4\ndie_area_mm2 = 1e-9", "must be 0.0025 to"),
    ("yield = 0.9\nhigh = 1.0\nlow = 0.8\ndie_area_mm2 = 100", "below 1"),
    ("d0 = 0.1\ndie_area_mm2 = 100", "die_area_mm2 beside d0: it belongs to yield"),
    ("usd = 9000\nneed = 3\ntotal = 4", "need beside usd"),
    ('d0 = 0.1\nbound = "below"\nlow = 0.05\nhigh = 0.2', "bound with low and high"),
    ('d0 = 0.1\nadd = true\n[[node."tsmc-n5".evidence]]\nd0 = 0.2', "add = true on some"),
    ('d0 = 0.1\nsource = "mine"', r"\[source.mine\]"),
    ("d0 = 0.1\nyield = 0.4", "states d0, yield"),
]


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_evidence_of_a_users_file_is_refused_in_one_line(tmp_path, text, said):
    path = tmp_path / "own.toml"
    path.write_text(f'schema = 1\n[[node."tsmc-n5".evidence]]\n{text}\n', encoding="utf-8")
    with pytest.raises(nc.NodecalcError, match=said) as caught:
        nc.load_catalogue(path)
    assert "\n" not in str(caught.value)


def test_a_borrowed_stack_with_euv_serves_a_node_without_one_of_its_own():
    w = nc.wafer_cost("samsung-sf2", like="tsmc-n2")
    assert w.euv_exposures == 17
    assert any("EUV denied" in p.name for p in w.penalties)
