"""A question to `evaluate` that was asked before is answered without a second look at it, and with the same bits."""

import numpy as np
import pytest

import nodecalc as nc
from nodecalc.drivers import evaluate as driver
from nodecalc.drivers import evaluate_ready as ready

COUNT = 37
DRAWN = np.random.default_rng(7)
AREA, D0, PRICE = (DRAWN.uniform(low, high, COUNT) for low, high in ((20, 800), (0.02, 0.5), (3e3, 2e4)))
CLOSED = {"placement": "de-vries-exp"}
CASES = {
    "arrays": ({"die_area_mm2": AREA, "d0_per_cm2": D0, "wafer_price_usd": PRICE}, CLOSED),
    "numbers beside arrays": ({"die_area_mm2": AREA, "d0_per_cm2": 0.1, "wafer_price_usd": 9000}, CLOSED),
    "numbers alone": ({"die_area_mm2": 100.0, "d0_per_cm2": 0.1, "wafer_price_usd": 9000}, {}),
    "a search for one die": ({"die_area_mm2": 100.0, "d0_per_cm2": D0, "wafer_price_usd": PRICE}, {}),
    "arrays of one": ({"die_area_mm2": AREA[:1], "d0_per_cm2": D0[:1], "wafer_price_usd": PRICE[:1]}, {}),
    "two dimensions": ({"die_area_mm2": 90.0, "d0_per_cm2": D0[:36].reshape(4, 9), "wafer_price_usd": 9e3}, {}),
    "no dimension": ({"die_area_mm2": np.array(90.0), "d0_per_cm2": np.array(0.1), "wafer_price_usd": 9e3}, {}),
    "a list": ({"die_area_mm2": 90.0, "d0_per_cm2": [0.1, 1, 0.3], "wafer_price_usd": 9e3}, {}),
    "other spellings": ({"die-area": AREA, "d0": D0, "wafer_price": np.float64(9e3)}, CLOSED),
    "a node": ({"die_area_mm2": 100, "wafer_price_usd": PRICE}, {"node": "n5", "outputs": ["cost", "die_yield"]}),
    "float32": ({"die_area_mm2": AREA.astype("f4"), "d0_per_cm2": 0.1, "wafer_price_usd": PRICE.astype("f4")},
                {"dtype": "float32", **CLOSED}),
    "what is left aside": ({"die_area_mm2": AREA, "d0_per_cm2": D0, "wafer_price_usd": PRICE},
                           {"outputs": ["die_yield"]}),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _nothing_kept():
    ready._kept.clear()
    yield
    ready._kept.clear()


@pytest.fixture
def looked_at(monkeypatch):
    """How many questions were looked at anew."""
    seen = []
    monkeypatch.setattr(driver, "_complete", lambda *a, own=driver._complete: seen.append(1) or own(*a))
    return seen


@pytest.mark.parametrize("case", CASES)
def test_the_second_answer_has_the_bits_of_the_first(case, looked_at):
    inputs, names = CASES[case]
    first = nc.evaluate(inputs, **names)
    second = nc.evaluate(inputs, **names)
    assert len(looked_at) == (2 if case == "what is left aside" else 1)
    assert list(first) == list(second)
    for key, array in first.items():
        assert (array.dtype, array.shape, array.tobytes()) == (
            second[key].dtype, second[key].shape, second[key].tobytes()
        )  # fmt: skip
        assert not np.may_share_memory(array, second[key])


def test_other_values_and_lengths_are_worked_out(looked_at):
    def ask(area, d0, price):
        given = {"die_area_mm2": area, "d0_per_cm2": d0, "wafer_price_usd": price}
        return nc.evaluate(given, **CLOSED)["good_die_cost_usd"]

    whole = ask(AREA, D0, PRICE)
    for part in (slice(0, 1), slice(3, 20), slice(5, 5)):
        assert ask(AREA[part], D0[part], PRICE[part]).tolist() == whole[part].tolist()
    assert len(looked_at) == 2  # nothing at all is a case of its own
    assert ask(AREA[::2], D0[::2], PRICE[::2]).tolist() == whole[::2].tolist()
    assert ask(AREA[:1], D0, PRICE).tolist() == ask(np.full(COUNT, AREA[0]), D0, PRICE).tolist()
    assert ask(AREA.astype(np.int64), D0, PRICE).tolist() == ask(np.floor(AREA), D0, PRICE).tolist()
    assert ask(AREA.astype(">f8"), D0, PRICE).tolist() == whole.tolist()
    odd = np.where(AREA > 400, np.nan, AREA)
    assert np.isnan(ask(odd, D0, PRICE)).tolist() == np.isnan(odd).tolist()


def test_dies_that_are_numbers_are_counted_anew(looked_at):
    def ask(area):
        return nc.evaluate({"die_area_mm2": area, "d0_per_cm2": D0, "wafer_price_usd": PRICE})["good_die_cost_usd"]

    found = [ask(area) for area in (50.0, 100.0, 50.0, 400.0)]
    assert len(looked_at) == 1
    ready._kept.clear()
    assert [ask(area).tolist() for area in (400.0,)] == [found[3].tolist()]
    assert found[0].tolist() == found[2].tolist() != found[1].tolist()


@pytest.mark.parametrize(("changed", "told"), [
    ({"wafer_price_usd": -1.0}, "outside"),
    ({"wafer_price_usd": float("nan")}, "outside"),
    ({"d0_per_cm2": D0[:5], "die_area_mm2": AREA[:4]}, "do not broadcast"),
])  # fmt: skip
def test_what_is_refused_the_first_time_is_refused_later(changed, told):
    given = {"die_area_mm2": AREA, "d0_per_cm2": D0, "wafer_price_usd": 9e3}
    for _ in range(2):
        nc.evaluate(given, **CLOSED)
    with pytest.raises(nc.NodecalcError, match=told):
        nc.evaluate({**given, **changed}, **CLOSED)


def test_what_a_node_supplies_follows_what_its_evidence_is_read_under():
    def ask(alpha):
        given = {"die_area_mm2": np.array([100.0, 200.0]), "alpha": alpha}
        return nc.evaluate(given, node="smic-n+2", yield_model="negative-binomial", outputs=["die_yield"])["die_yield"]

    again = {alpha: ask(alpha).tolist() for alpha in (2.0, 5.0, 2.0)}
    ready._kept.clear()
    assert ask(5.0).tolist() == again[5.0]
    assert again[2.0] != again[5.0]


def test_lists_of_anything_else_are_refused_or_read_as_before():
    given = {"die_area_mm2": 90.0, "d0_per_cm2": [0.1, 0.2], "wafer_price_usd": 9e3}
    first = nc.evaluate(given)["good_die_cost_usd"].tolist()
    assert nc.evaluate({**given, "d0_per_cm2": [0.1, np.float32(0.5)]})["good_die_cost_usd"][0] == first[0]
    with pytest.raises(nc.NodecalcError, match="texts"):
        nc.evaluate({**given, "d0_per_cm2": [0.1, "0.2"]})
