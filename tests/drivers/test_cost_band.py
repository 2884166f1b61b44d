"""P10, P50 and P90 of the good-die cost against independent ways to work them out."""

import pickle
import subprocess
import sys
from itertools import pairwise
from math import inf

import numpy as np
import pytest
from scipy import optimize

import nodecalc as nc
from nodecalc.drivers.risk.band import cost_band
from nodecalc_kernels.numbers.tabled import tabled
from nodecalc_kernels.stages import stage

KEYS = ("good_die_cost_usd_p10", "good_die_cost_usd_p50", "good_die_cost_usd_p90")
SHARES = (0.1, 0.5, 0.9)

MODELS = {
    "murphy": lambda x: np.where(x > 0, (-np.expm1(-x) / np.where(x > 0, x, 1)) ** 2, 1.0),
    "poisson": lambda x: np.exp(-x),
    "exponential": lambda x: 1 / (1 + x),
    "moore": lambda x: np.exp(-np.sqrt(x)),
    "negative-binomial": lambda x: (1 + x / 2) ** -2.0,
}


def band(e):
    return tuple(getattr(e, key) for key in KEYS)


def drawn(generator, figure, count):
    """Draws from a figure's distribution, by its quantiles at many shares."""
    shares = np.linspace(0.0, 1.0, 20_001)
    return np.interp(generator.random(count), shares, [figure.quantile(u) for u in shares.tolist()])


@pytest.mark.parametrize("node", ["tsmc-n5", "smic-n+3", "tsmc-n7", "smic-n+2", "samsung-5lpe"])
@pytest.mark.parametrize(("size", "model"), [("10x10", "murphy"), ("25x25", "poisson"), ("25x25", "negative-binomial"),
                                             ("8x8", "moore"), ("20x30", "exponential")])  # fmt: skip
def test_the_band_is_that_of_a_million_independent_draws(node, size, model):
    e = nc.estimate(size, node=node, yield_model=model)
    d0, price = e.figures["d0_per_cm2"], e.figures["wafer_price_usd"]
    generator = np.random.default_rng(20240601)
    count = 1_000_000
    x = e.inputs.die.area_mm2 / 100 * drawn(generator, d0, count)
    cost = drawn(generator, price, count) / (e.gross_dies * MODELS[model](x))
    assert list(band(e)) == pytest.approx(np.quantile(cost, SHARES).tolist(), rel=0.005)


@pytest.mark.parametrize("node", ["tsmc-n5", "smic-n+3", "samsung-5lpe", "samsung-sf3"])
@pytest.mark.parametrize(
    ("size", "model"), [("10x10", "murphy"), ("25x25", "poisson"), ("20x30", "exponential"), ("20x40", "murphy")]
)
def test_the_band_is_within_half_a_thousandth_of_the_exact_double_integral(node, size, model):
    """P(cost < C) is the mean over D0 of F_price(C N Y(D)), inverted by Brent's method."""
    e = nc.estimate(size, node=node, yield_model=model)
    d0, price = e.figures["d0_per_cm2"], e.figures["wafer_price_usd"]
    shares = (np.arange(2000) + 0.5) / 2000
    area = e.inputs.die.area_mm2 / 100
    good_dies = e.gross_dies * MODELS[model](area * np.array([d0.quantile(u) for u in shares.tolist()]))

    def share_below(cost):
        return float(np.mean([price.law.cdf(cost * g) for g in good_dies.tolist()]))

    for key, share in zip(KEYS, SHARES, strict=True):
        found = getattr(e, key)
        exact = optimize.brentq(lambda c, s=share: share_below(c) - s, 0.9 * found, 1.1 * found, rtol=1e-6)
        assert found == pytest.approx(exact, rel=5e-4)


def test_with_one_uncertain_figure_the_band_is_its_exact_quantile():
    e = nc.estimate("10x10", node="smic-n+3", wafer_price_usd=24000)
    exact = np.array([e.figures["d0_per_cm2"].quantile(u) for u in SHARES])
    assert band(e) == pytest.approx(24000 / (616 * MODELS["murphy"](exact)), rel=1e-9)
    e = nc.estimate("10x10", node="smic-n+3", d0_per_cm2=0.5)
    exact = np.array([e.figures["wafer_price_usd"].quantile(u) for u in SHARES])
    assert band(e) == pytest.approx(exact / (616 * e.die_yield), rel=1e-9)


def test_what_is_all_given_has_no_band_and_says_why():
    e = nc.estimate("10x10", node="smic-n+3", d0_per_cm2=0.5, wafer_price_usd=24000)
    assert band(e) == (None,) * 3
    assert [e.to_dict()[key] for key in KEYS] == [None] * 3
    assert sum("no P10-P90" in note for note in e.notes) == 1
    assert "[" not in repr(e)
    for one in ({"d0_per_cm2": 0.5}, {"wafer_price_usd": 24000}):
        e = nc.estimate("10x10", node="smic-n+3", **one)
        assert None not in band(e)
        assert not any("no P10-P90" in note for note in e.notes)


def test_the_band_is_worked_out_once_and_only_when_asked_for(monkeypatch):
    from nodecalc.drivers import estimate as answer

    asked = []
    monkeypatch.setattr(answer, "cost_band", lambda *args: asked.append(args) or cost_band(*args))
    e = nc.estimate("10x10", node="smic-n+3")
    assert e.good_die_cost_usd > 0
    again = pickle.loads(pickle.dumps(e))
    assert not asked
    first = band(e)
    assert (len(asked), band(e), [e.to_dict()[key] for key in KEYS]) == (1, first, list(first))
    assert band(again) == first
    assert len(asked) == 2


def test_giving_one_figure_leaves_the_width_of_the_other_alone():
    both = band(nc.estimate("10x10", node="smic-n+3"))
    for given in ({"d0_per_cm2": 0.5}, {"wafer_price_usd": 24000}):
        one = band(nc.estimate("10x10", node="smic-n+3", **given))
        assert one[2] - one[0] < both[2] - both[0]


def estimate_with(tmp_path, low, high):
    path = tmp_path / f"{low}-{high}.toml"
    path.write_text(
        f'schema = 1\n[node."tsmc-n5"]\nd0 = {{ value = 0.5, low = {low}, high = {high}, unit = "per_cm2", '
        'kind = "measured" }\n',
        encoding="utf-8",
    )
    return nc.estimate("10x10", node="tsmc-n5", wafer_price_usd=10000, catalogue=path)


def test_a_narrower_range_lies_inside_a_wider_one(tmp_path):
    ranges = [(0.48, 0.52), (0.45, 0.55), (0.4, 0.6), (0.3, 0.9), (0.2, 1.5)]
    bands = [band(estimate_with(tmp_path, *r)) for r in ranges]
    for inner, outer in pairwise(bands):
        assert outer[0] <= inner[0] <= inner[2] <= outer[2]


class Even:
    """A figure that is evenly likely between two ends."""

    def __init__(self, low, high):
        self.low, self.high, self.value = low, high, 0.5 * (low + high)

    @property
    def has_width(self):
        return self.low < self.high

    def quantile(self, share):
        assert 0.0 <= share <= 1.0
        return self.low + share * (self.high - self.low)

    def quantiles(self, shares):
        return [self.quantile(share) for share in shares]

    def gaps(self):
        return ()

    def pieces(self):
        return tabled(self).pieces()


def _good_die_cost(d0_per_cm2, wafer_price_usd):
    return wafer_price_usd / (500.0 * (1.0 - d0_per_cm2))


def band_of(d0, price):
    """P10, P50 and P90 of a cost that is price / (500 (1 - D0))."""
    stages = (stage("good_die_cost_usd", _good_die_cost),)
    values = {"d0_per_cm2": d0.value, "wafer_price_usd": price.value}
    values["good_die_cost_usd"] = _good_die_cost(**values)
    return cost_band(stages, values, {"d0_per_cm2": d0, "wafer_price_usd": price})


@pytest.mark.parametrize("width", [1e-12, 1e-9, 1e-6, 1e-4])
def test_a_range_of_d0_next_to_nothing_leaves_the_band_of_the_price(width):
    price = Even(8000.0, 12000.0)
    want = [price.quantile(share) / 250.0 for share in SHARES]
    assert band_of(Even(0.5 - width, 0.5 + width), price) == pytest.approx(want, rel=2e-3)


@pytest.mark.parametrize("width", [1e-6, 1e-3, 1.0])
def test_a_range_of_the_price_next_to_nothing_leaves_the_band_of_d0(width):
    d0 = Even(0.2, 0.6)
    want = [20.0 / (1.0 - d0.quantile(share)) for share in SHARES]
    assert band_of(d0, Even(10000.0 - width, 10000.0 + width)) == pytest.approx(want, rel=5e-3)


@pytest.mark.parametrize("width", [1e-12, 1e-9, 1e-6, 1e-3])
def test_two_ranges_next_to_nothing_leave_a_band_next_to_nothing(width):
    p10, p50, p90 = band_of(Even(0.5 - width, 0.5 + width), Even(10000.0 * (1 - width), 10000.0 * (1 + width)))
    assert p10 <= p50 <= p90
    assert (p10, p50, p90) == pytest.approx((40.0,) * 3, rel=1e-5 + 3 * width)


@pytest.mark.parametrize(
    ("d0", "price", "was"),
    [((0.2, 0.6), (8000.0, 12000.0), (25.00029870276, 33.33332644571, 46.37921243277)),
     ((0.1, 0.9), (5.0, 20.0), (0.0227124763766, 0.0499998954773, 0.1403949634772)),
     ((0.3, 0.31), (9000.0, 9010.0), (25.76540389794, 25.91366906475, 26.06365525633)),
     ((0.4999999, 0.5000001), (0.9, 0.9000001), (0.003599999619457, 0.0036000002, 0.003600000780544)),
     ((0.49, 0.51), (0.9, 1.2), (0.00371999950844, 0.004199999564468, 0.004679999609156)),
     ((0.0, 0.95), (9999.0, 10001.0), (22.07575050302, 37.74333169533, 138.8760650994))],
)  # fmt: skip
def test_bands_are_what_they_were(d0, price, was):
    # How right they are is shown above: here a change of their parts shows, which a version has to tell.
    assert band_of(Even(*d0), Even(*price)) == pytest.approx(was, rel=1e-11)


def test_a_band_over_sizes_is_that_of_all_their_combinations():
    d0, price, sizes = Even(0.2, 0.6), Even(8000.0, 12000.0), (0.8, 1.0, 1.3)
    stages = (
        stage("good_die_cost_usd", lambda d0_per_cm2, wafer_price_usd, dies: wafer_price_usd / dies / (1 - d0_per_cm2)),
    )
    values = [{"d0_per_cm2": 0.4, "wafer_price_usd": 1e4, "dies": 500.0 * size} for size in sizes]
    for one in values:
        one["good_die_cost_usd"] = stages[0].function(0.4, 1e4, one["dies"])
    parts = [(i + 0.5) / 24 for i in range(24)]
    costs = [
        price.quantile(p) / (500.0 * size) / (1.0 - d0.quantile(u)) for size in sizes for u in parts for p in parts
    ]
    ordered = np.sort(costs)
    want = [np.interp(share * len(ordered) - 0.5, np.arange(len(ordered)), ordered) for share in SHARES]
    figures = {"d0_per_cm2": d0, "wafer_price_usd": price}
    assert cost_band(stages, values[1], figures, values) == pytest.approx(want, rel=1e-12)
    of_price = cost_band(stages, values[1], {"wafer_price_usd": price}, values)
    ordered = np.sort([price.quantile(p) / (500.0 * size) / 0.6 for size in sizes for p in parts])
    want = [np.interp(share * len(ordered) - 0.5, np.arange(len(ordered)), ordered) for share in SHARES]
    assert of_price == pytest.approx(want, rel=1e-12)
    of_d0 = cost_band(stages, values[1], {"d0_per_cm2": d0}, values)
    ordered = np.sort([20.0 / size / (1.0 - d0.quantile(u)) for size in sizes for u in parts])
    want = [np.interp(share * len(ordered) - 0.5, np.arange(len(ordered)), ordered) for share in SHARES]
    assert of_d0 == pytest.approx(want, rel=1e-12)


def test_a_band_of_nothing_uncertain_is_not_asked_for():
    stages, values = (stage("good_die_cost_usd", _good_die_cost),), {"d0_per_cm2": 0.4, "wafer_price_usd": 1e4}
    with pytest.raises(ValueError, match="exact"):
        cost_band(stages, {**values, "good_die_cost_usd": 1e4 / 300}, {})


def test_a_bare_number_of_a_users_file_is_exact(tmp_path):
    path = tmp_path / "exact.toml"
    path.write_text('schema = 1\n[node."tsmc-n5"]\nd0 = 0.5\n', encoding="utf-8")
    e = nc.estimate("10x10", node="tsmc-n5", wafer_price_usd=10000, catalogue=path)
    assert band(e) == pytest.approx((e.good_die_cost_usd,) * 3, rel=1e-12)


def test_a_price_that_a_file_states_exactly_leaves_the_exact_quantiles_of_d0(tmp_path):
    path = tmp_path / "exact.toml"
    path.write_text('schema = 1\n[node."smic-n+3"]\nwafer_price = 24000\n', encoding="utf-8")
    e = nc.estimate("10x10", node="smic-n+3", catalogue=path)
    exact = np.array([e.figures["d0_per_cm2"].quantile(u) for u in SHARES])
    assert band(e) == pytest.approx(24000 / (616 * MODELS["murphy"](exact)), rel=1e-12)
    e = nc.estimate("10x10", node="smic-n+3", d0_per_cm2=0.5, catalogue=path)
    assert band(e) == pytest.approx((e.good_die_cost_usd,) * 3, rel=1e-12)


@pytest.mark.parametrize("exact", ["", "d0 = 0.6", "wafer_price = 24000"])
@pytest.mark.parametrize("axis", [{"die_area_mm2": [50, 400]}, {"d0_per_cm2": [0.2, 0.9]},
                                  {"wafer_price_usd": [9e3, 3e4]}])  # fmt: skip
def test_a_sweep_has_the_bands_of_single_answers(tmp_path, exact, axis):
    path = tmp_path / "own.toml"
    path.write_text(f'schema = 1\n[node."smic-n+3"]\n{exact}\n', encoding="utf-8")
    ((key, values),) = axis.items()
    asked = {"node": "smic-n+3", "catalogue": path, **({} if key == "die_area_mm2" else {"die_area_mm2": 100})}
    swept = nc.sweep(outputs=KEYS, **asked, **axis)
    for place, value in enumerate(values):
        alone = nc.estimate(**asked, **{key: value})
        assert [swept[k].ravel()[place] for k in KEYS] == pytest.approx(band(alone), rel=1e-9)


def test_a_sweep_over_what_is_all_given_has_no_band():
    given = {"node": "smic-n+3", "die_area_mm2": 100, "outputs": KEYS}
    with pytest.raises(nc.NodecalcError, match="what is given is exact; leave it out"):
        nc.sweep(d0_per_cm2=[0.2, 0.9], wafer_price_usd=24000, **given)
    assert nc.sweep(d0_per_cm2=[0.2, 0.9], **given)[KEYS[0]].shape == (2,)


def test_the_band_never_leaves_what_the_ends_of_the_ranges_give():
    e = nc.estimate("10x10", node="smic-n+3")
    d0, price = e.figures["d0_per_cm2"], e.figures["wafer_price_usd"]
    ends = [
        nc.estimate("10x10", node="smic-n+3", d0_per_cm2=d, wafer_price_usd=p).good_die_cost_usd
        for d, p in ((d0.quantile(u), price.quantile(u)) for u in (0.0, 1.0))
    ]
    assert ends[0] <= band(e)[0] <= band(e)[2] <= ends[1]


def test_the_band_ignores_what_does_not_touch_the_cost():
    # The density's range is wide, but the cost of a die of given size does not depend on it.
    e = nc.estimate("10x10", node="smic-n+3", d0_per_cm2=0.5)
    assert e.figures["logic_density_mtr_per_mm2"].low < e.figures["logic_density_mtr_per_mm2"].high
    exact = nc.estimate("10x10", node="smic-n+3", d0_per_cm2=0.5, logic_density_mtr_per_mm2=100)
    assert band(e) == band(exact)


def test_a_die_sized_by_an_uncertain_density_has_an_uncertain_cost_or_says_that_it_is_left_out():
    e = nc.estimate(transistors=1e10, node="smic-n+3", d0_per_cm2=0.5, wafer_price_usd=24000)
    assert e.figures["logic_density_mtr_per_mm2"].low < e.figures["logic_density_mtr_per_mm2"].high
    assert e.good_die_cost_usd_p10 < e.good_die_cost_usd < e.good_die_cost_usd_p90
    assert any("in the band" in note for note in e.notes)
    assert any("whose own range P10-P90 leave out" in note for note in e.notes)
    given = nc.estimate(transistors=1e10, density_utilisation=0.8, node="smic-n+3", d0=0.5, wafer_price=24000)
    assert given.good_die_cost_usd_p10 is None


def test_an_infinite_alpha_has_the_band_of_poisson():
    nb = nc.estimate("10x10", node="tsmc-n5", yield_model="negative-binomial", alpha=inf)
    assert band(nb) == pytest.approx(band(nc.estimate("10x10", node="tsmc-n5", yield_model="poisson")), rel=1e-12)


def test_the_same_question_gives_the_same_bits_in_every_process(child_environment):
    code = (
        "import nodecalc as nc; e = nc.estimate('10x10', node='smic-n+3');"
        "print(e.good_die_cost_usd_p10.hex(), e.good_die_cost_usd_p50.hex(), e.good_die_cost_usd_p90.hex())"
    )
    here = " ".join(value.hex() for value in band(nc.estimate("10x10", node="smic-n+3")))
    for seed in ("0", "1"):
        env = child_environment | {"PYTHONHASHSEED": seed}
        done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == here
