"""A question that was asked before, with another D0 or price, is answered as if it were new."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nodecalc as nc
from nodecalc.drivers import remembered as again
from nodecalc.errors import NodecalcError

QUESTIONS = [
    {"size": 100, "node": "tsmc-n5"},
    {"size": "10x12", "node": "smic-n+2", "model": "negative-binomial", "alpha": 3, "placement": "de-vries-exp"},
    {"chip": "h100"},
    {"size": 814.0, "node": "n5", "harvest": "132/144"},
    {"transistors": "15B", "node": "n7", "year": 2022},
    {"size": "8x8", "node": "tsmc-n5", "wafer_diameter": 200, "strict": False},
]


def new(**question):
    again._questions.clear()
    return nc.estimate(**question)


def told(e):
    inputs = e.inputs
    went_in = (inputs.node, inputs.die, dict(inputs.numbers), dict(inputs.names), inputs.given, set(inputs.figures))
    return e.to_dict(), e.notes, went_in, dict(e.results), e.good_die_cost_usd_p90, e.chip, e.sources, repr(e)


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
@given(
    st.lists(st.tuples(st.floats(0.01, 3.0), st.integers(1000, 30000)), min_size=3, max_size=4),
    st.sampled_from((("d0",), ("d0_per_cm2", "wafer_price"), ("wafer_price_usd",), ())),
)
def test_the_same_answer(question, pairs, names):
    for d0, price in pairs:
        values = {name: d0 if "d0" in name else price for name in names}
        quick = nc.estimate(**question, **values)
        said = told(quick)
        fresh = new(**question, **values)
        assert said == told(fresh)
        for _ in range(2):
            nc.estimate(**question, **values)
        assert pickle.loads(pickle.dumps(nc.estimate(**question, **values))) == fresh


@pytest.mark.parametrize("d0", [-1.0, float("nan"), float("inf"), 1e9, 10**400, True, "x", None, [0.1], 900.0])
def test_the_same_refusal(d0):
    for good in (0.1, 0.2, 0.3):
        nc.estimate(800, node="n5", d0=good, model="poisson")
    try:
        found = nc.estimate(800, node="n5", d0=d0, model="poisson")
    except NodecalcError as error:
        said = str(error)
        with pytest.raises(NodecalcError) as raised:
            new(size=800, node="n5", d0=d0, model="poisson")
        assert str(raised.value) == said
    else:
        assert found == new(size=800, node="n5", d0=d0, model="poisson")


def test_each_answer_has_its_own_band():
    for d0 in (0.1, 1.0, 10.0, 100.0):
        e = nc.estimate(100, node="n5", d0=d0)
        assert e.good_die_cost_usd_p10 < e.good_die_cost_usd < e.good_die_cost_usd_p90


def test_alike_is_not_equal():
    for _ in range(3):
        assert nc.estimate(1, node="n5").die_yield > nc.estimate(100, node="n5").die_yield
    with pytest.raises(NodecalcError):
        nc.estimate(True, node="n5")
    assert nc.estimate(100, node="n5", strict=False).node == "tsmc-n5"


def test_what_is_remembered_is_bounded():
    for area in range(10, 10 + 2 * again.REMEMBERED):
        nc.estimate(area, node="n5", placement="de-vries-exp")
    assert len(again._questions) <= again.REMEMBERED


def test_a_catalogue_of_ones_own(tmp_path):
    path = tmp_path / "own.toml"
    for price in (9000, 12000):
        path.write_text(f'schema = 1\n[node."tsmc-n5"]\nwafer_price = {price}\n')
        known = nc.load_catalogue(path)
        for _ in range(3):
            assert nc.estimate(100, node="n5", catalogue=str(path)).inputs.numbers["wafer_price_usd"] == price
            assert nc.estimate(100, node="n5", catalogue=known).inputs.numbers["wafer_price_usd"] == price
