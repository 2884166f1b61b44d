"""Bands, Sobol indices and elasticities against values worked out independently (`risk.json`)."""

import json
from pathlib import Path

import numpy as np
import pytest

import nodecalc as nc
from nodecalc.drivers.risk.drawn import Part, of_given
from nodecalc.drivers.risk.plan import Plan
from nodecalc.drivers.risk.sampling import run_worlds
from nodecalc.drivers.risk.statistics import variance_shares
from nodecalc.question.laws import GivenLaw
from nodecalc_kernels.stages import Stage

CASES = json.loads((Path(__file__).parent / "risk.json").read_text(encoding="utf-8"))["cases"]
SHIFTS = range(20)
ENOUGH = 16
"""Of 20 intervals of 95 %: fewer hold the true value by chance once in 400 times."""
NAMES = {"price": "wafer_price_usd", "d0": "d0_per_cm2"}


def cases(group, given=""):
    return [pytest.param(c, id=c["id"]) for c in CASES if c["group"] == group and given in str(c["inputs"])]


def asked(inputs, **words):
    own = {} if inputs["alpha"] is None else {"alpha": inputs["alpha"]}
    vary = {NAMES["price"]: inputs["price_triangular"], NAMES["d0"]: inputs["d0_triangular"]}
    return nc.risk(100 * inputs["area_cm2"], vary=vary, yield_model=inputs["model"], **own, **words)


@pytest.mark.parametrize("case", cases("sobol", "price_triangular"))
def test_sobol_indices_lie_in_their_intervals_as_often_as_these_say(case):
    inputs, expected = dict(case["inputs"]), {key: float(value) for key, value in case["expected"].items()}
    assert inputs.pop("output") == "price / Y(A D0), independent"
    hits = dict.fromkeys(expected, 0)
    for seed in SHIFTS:
        q = asked(inputs, seed=seed)
        assert q.count == 2**14
        drivers = {driver.name: driver for driver in q.drivers}
        dies = q.estimates[0].gross_dies
        for short, name in NAMES.items():
            for key, index in (("S1", drivers[name].first), ("ST", drivers[name].total)):
                hits[f"{key}_{short}"] += index.low <= expected[f"{key}_{short}"] <= index.high
        mean, deviation = q.outcomes[0].mean, q.outcomes[0].deviation
        hits["mean"] += dies * mean.low <= expected["mean"] <= dies * mean.high
        hits["variance"] += (dies * deviation.low) ** 2 <= expected["variance"] <= (dies * deviation.high) ** 2
    assert min(hits.values()) >= ENOUGH, hits


def g_function(*x):
    """The g-function of Saltelli and Sobol with the coefficients of the case."""
    product = 1.0
    for value, a in zip(x, (0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0), strict=True):
        product *= (abs(4.0 * value - 2.0) + a) / (1.0 + a)
    return product


def test_sobol_indices_of_the_g_function():
    (case,) = (c for c in CASES if c["id"] == "sobol-g")
    keys = tuple(f"x{i}" for i in range(8))
    assert case["inputs"] == {"f": "prod (|4x_i-2|+a_i)/(1+a_i)", "a": [0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0]}
    drawn = {key: of_given(GivenLaw("uniform", (0.0, 1.0)), key, key) for key in keys}
    part = Part("", (Stage(("g",), g_function, keys),), dict.fromkeys(keys, 0.5), {}, drawn)
    hits = np.zeros((2, 8), dtype=int)
    for seed in SHIFTS:
        plan = Plan((part,), ("g",), keys, 2**11, seed, True)
        worlds = run_worlds(plan)
        for i, key in enumerate(keys):
            first, second = worlds.first[0, "g"], worlds.second[0, "g"]
            for row, index in enumerate(variance_shares(first, second, worlds.changed[(0, "g"), key])):
                hits[row, i] += index.low <= float(case["expected"][("S1", "ST")[row]][i]) <= index.high
    assert hits.min() >= ENOUGH, hits


@pytest.mark.parametrize("case", cases("band"))
def test_band(case):
    inputs = dict(case["inputs"])
    q = asked({**inputs, "alpha": None}, drivers=False)
    assert q.estimates[0].gross_dies == inputs["gross_dies"]
    for key, value in case["expected"].items():
        found = getattr(q.outcomes[0], key)
        assert found.value == pytest.approx(value, rel=case["rel_tol"]), key
        assert abs(found.value - value) <= 2.0 * found.error, key


def test_the_error_of_p50_is_an_eighth_of_that_of_pseudo_random_worlds():
    """The spread of P50 over seeds, at 2^14 worlds of two figures, against what independent draws have."""
    case = next(c for c in CASES if c["id"] == "band-smic-n+2-107")
    inputs, true = {**case["inputs"], "alpha": None}, case["expected"]["p50"]
    off = [asked(inputs, drivers=False, seed=seed).p50 - true for seed in SHIFTS]
    samples = np.sort(asked(inputs, drivers=False, samples=2**18).samples())
    density = 0.02 / (np.quantile(samples, 0.51) - np.quantile(samples, 0.49))
    pseudo_random = 0.5 / np.sqrt(2**14) / density
    assert np.sqrt(np.mean(np.square(off))) <= pseudo_random / 8.0


@pytest.mark.parametrize("case", cases("elasticity"))
def test_elasticity(case):
    inputs = case["inputs"]
    own = {} if inputs["alpha"] is None else {"alpha": inputs["alpha"]}
    d0 = inputs["mean_faults"]  # of a die of 1 cm2
    q = nc.risk(
        100,
        vary={"d0_per_cm2": (0.5 * d0, 1.5 * d0)},
        wafer_price_usd=10000,
        yield_model=inputs["model"],
        samples=256,
        **own,
    )
    (driver,) = q.drivers
    assert driver.elasticity == pytest.approx(float(case["expected"]["dlnC_dlnD"]), rel=1e-9)


def test_no_case_is_left_out():
    counted = sum(len(cases(group)) for group in ("sobol", "band", "elasticity"))
    assert len(CASES) == counted == 10
