"""A system over arrays is the system at each point; what cannot vary is refused."""

import numpy as np
import pytest

import nodecalc as nc

RNG = np.random.default_rng(5)


def test_every_point_is_the_system_there():
    d0, held = RNG.uniform(0.3, 1.2, 40), RNG.uniform(0.9, 1.0, 40)
    found = nc.evaluate_system("kirin-9030", {"die.soc.d0": d0, "assembly.bond_yield": held})["unit_cost_usd"]
    assert found.shape == (40,)
    for place in (0, 17, 39):
        values = [f"die.soc.d0={float(d0[place])!r}/cm2", f"assembly.bond_yield={float(held[place])!r}"]
        assert found[place] == pytest.approx(nc.system("kirin-9030", values=values).unit_cost_usd, rel=1e-12)


def test_arrays_broadcast():
    given = {"die.soc.d0": np.array([[0.3], [0.9]]), "assembly.bond_yield": np.array([0.9, 0.95, 1.0])}
    found = nc.evaluate_system("kirin-9030", given)["unit_cost_usd"]
    assert found.shape == (2, 3)
    assert np.all(np.diff(found, axis=0) > 0)
    assert np.all(np.diff(found, axis=1) < 0)


def test_outside_the_domain_a_point_is_nan():
    found = nc.evaluate_system(
        "kirin-9030", {"die.soc.d0": np.array([0.5, 0.5]), "assembly.bond_yield": np.array([0.5, 1.5])}
    )["unit_cost_usd"]
    assert np.isfinite(found[0])
    assert np.isnan(found[1])


@pytest.mark.parametrize(
    ("varied", "said"),
    [
        ({"die.soc.size": [100.0]}, "'die.soc.size': no number that may vary"),
        ({"assembly.bond_yeld": [1.0]}, "assembly: unknown 'bond_yeld'; nearest: bond_yield"),
        ({"die.cpu.d0": [1.0]}, "has no part 'die.cpu'; nearest: die.soc"),
        ({"die.soc.node": [1.0]}, "a name"),
        ({"die.soc.die_area_mm2": [100.0, 120.0]}, "as more follows it, such as dies a wafer"),
    ],
)
def test_what_cannot_vary_is_refused(varied, said):
    with pytest.raises(nc.NodecalcError, match=said):
        nc.evaluate_system("kirin-9030", varied)
    for values in (["die.soc.d0=0.2"], {"die.soc.d0_per_cm2": 0.2}):
        with pytest.raises(nc.NodecalcError, match="it varies and is fixed; give one of them"):
            nc.evaluate_system("kirin-9030", {"d0": [0.1]}, values=values)
    with pytest.raises(nc.NodecalcError, match="unknown result of a system 'x'"):
        nc.evaluate_system("kirin-9030", {}, outputs=("x",))


def test_harvested_dies_are_worked_out_without_sorting_all_points():
    """Many different points show in a few of them; few different ones stay with the plain function's bits."""
    from nodecalc_kernels.arrays.different import FEW_PLAIN, SAMPLE, are_many

    d0 = np.linspace(0.05, 1.0, 3 * SAMPLE)
    assert are_many([d0, 1.0])
    assert not are_many([np.repeat([0.1, 0.2], SAMPLE)])
    assert not are_many([np.linspace(0.1, 0.2, FEW_PLAIN)])
    found = nc.evaluate_system("ascend-910c", {"d0": d0})["unit_cost_usd"]
    for place in (0, SAMPLE, -1):
        one = nc.system("ascend-910c", values=[f"die.compute.d0={float(d0[place])!r}/cm2"]).unit_cost_usd
        assert found[place] == pytest.approx(one, rel=1e-10)


BANDED = [
    ("h100", []),
    ("ascend-910c", []),
    ("kirin-9030", ["die.soc.node=smic-n+2"]),
    ("h100", ["die.gpu.d0=0/cm2"]),
    ("ascend-910c", ["die.compute.d0=0/cm2"]),
]


@pytest.mark.parametrize(("name", "values"), BANDED)
def test_the_band_of_a_system_is_that_of_its_risk(name, values):
    from nodecalc.drivers.risk.quick import ERROR

    band = nc.system(name, values=values).band
    risk = nc.risk_system(name, values=values, drivers=False)
    assert band == pytest.approx((risk.p10, risk.p50, risk.p90), rel=ERROR)


def test_a_yield_that_is_an_integral_is_interpolated_closely_enough(monkeypatch):
    from nodecalc.drivers.risk import quick

    interpolated = nc.system("h100").band
    monkeypatch.setattr(quick, "_interpolated", lambda *given: None)
    assert interpolated == pytest.approx(nc.system("h100").band, rel=1e-4)


def test_the_band_of_a_line_of_one_figure_is_that_figures_own():
    made = nc.system("h100")
    row = next(row for row in made.rows if row.part == "memory.hbm3")
    figure = made.figures["memory.hbm3.usd_per_gbyte"]
    assert (row.p10, row.p90) == pytest.approx((80 * figure.quantile(0.1), 80 * figure.quantile(0.9)), rel=5e-4)
