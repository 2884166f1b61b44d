"""The density yardstick against published pairs of geometry and density; the mix of a whole chip."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nodecalc as nc

# Contacted poly pitch and cell height in nm, diffusion break, MTr/mm2 as published.
PUBLISHED = [
    ("TSMC N7, Angstronomics 2022", 57, 240, "double", 90.64),
    ("TSMC N7, WikiChip 2020", 57, 240, "double", 91.2),
    ("TSMC N5, Angstronomics 2022", 51, 210, "single", 137.6),
    ("TSMC N4, SemiAnalysis 2022", 49, 206, "single", 146.0),
    ("TSMC N3E 2-1 fin, WikiChip 2023", 48, 143, "single", 215.6),
    ("TSMC N3E 2-2 fin, WikiChip 2023", 48, 169, "single", 182.5),
    ("TSMC N3E 3-2 fin, WikiChip 2023", 54, 221, "single", 124.02),
    ("TSMC N2, TrendForce 2025", 48, 130, "single", 236.2),
    ("SMIC N+2, as reported 2025", 63, 250, "single", 93.0),
    ("Samsung 5LPE, WikiChip", 54, 216, "single", 126.9),
    ("Intel 10, Intel's own figure", 54, 272, "single", 100.8),
    ("Intel 3, Synopsys 2025", 50, 210, "single", 140.4),
    ("Intel 18A, TrendForce 2025", 50, 160, "single", 184.2),
]
positive = st.floats(min_value=1.0, max_value=1000.0)


@pytest.mark.parametrize(
    ("cpp", "height", "gap", "published"), [row[1:] for row in PUBLISHED], ids=[r[0] for r in PUBLISHED]
)
def test_published_densities_follow_from_published_geometry(cpp, height, gap, published):
    assert nc.logic_density(cpp, height, gap) == pytest.approx(published, rel=0.007)


def test_smics_n3_comes_to_113_and_not_to_the_120_or_125_of_the_press():
    assert nc.logic_density(cpp_nm=57, cell_height_nm=228, diffusion_break="single") == pytest.approx(113.4, abs=0.05)


@given(positive, positive)
def test_the_yardstick_is_its_formula(cpp, height):
    for gap, n2, nf in (("single", 3, 19), ("double", 4, 20)):
        expected = 1e6 * (0.6 * 4 / (n2 * cpp * height) + 0.4 * 32 / (nf * cpp * height))
        assert nc.logic_density(cpp, height, gap) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(
    "bad", [0, -1, float("nan"), float("inf"), "abc", None, [51], pytest.param(10**400, id="huge")]
)
def test_a_length_that_is_none_is_refused(bad):
    with pytest.raises(nc.NodecalcError):
        nc.logic_density(bad, 210)
    with pytest.raises(nc.NodecalcError):
        nc.logic_density(51, bad)


@pytest.mark.parametrize("gap", ["triple", "", None, "Single break", 1, ["single"]])
def test_an_unknown_diffusion_break_is_refused(gap):
    with pytest.raises(nc.NodecalcError):
        nc.logic_density(51, 210, gap)


shares = st.lists(st.integers(min_value=0, max_value=100), min_size=3, max_size=3).filter(any)


@given(shares)
def test_a_chips_density_is_the_harmonic_mean_of_its_blocks(parts):
    logic, sram, analog = (p / sum(parts) for p in parts)
    found = nc.chip_density(
        logic_mtr_per_mm2=137.6, logic_share=logic, sram_share=sram, analog_share=analog, logic_utilisation=0.8,
        sram_bit_cell_um2=0.021, sram_array_efficiency=0.7, analog_mtr_per_mm2=10,
    )  # fmt: skip
    area = logic / (137.6 * 0.8) + sram / (6 * 0.7 / 0.021) + analog / 10
    assert found == pytest.approx(1 / area, rel=1e-12)


def test_all_logic_is_the_utilised_yardstick():
    assert nc.chip_density(logic_mtr_per_mm2=100, logic_share=1) == pytest.approx(85.0)
    assert nc.chip_density(logic_mtr_per_mm2=100, logic_share=1, logic_utilisation=1) == 100.0


@pytest.mark.parametrize(
    "kwargs",
    [
        {"logic_share": 0.5},
        {"logic_share": 1.1},
        {"logic_share": 0.5, "sram_share": 0.5},
        {"logic_share": 0.5, "analog_share": 0.5},
        {"logic_share": -0.5, "sram_share": 1.5, "sram_bit_cell_um2": 0.02},
        {"logic_share": float("nan")},
        {"logic_share": 1, "logic_mtr_per_mm2": 0},
        {"logic_share": 1, "logic_mtr_per_mm2": -1},
        {"logic_share": 1, "logic_mtr_per_mm2": float("nan")},
        {"logic_share": 1, "logic_mtr_per_mm2": float("inf")},
        {"logic_share": 1, "logic_utilisation": 0},
        {"logic_share": 1, "logic_utilisation": 1.01},
        {"logic_share": 1, "logic_utilisation": float("nan")},
        {"logic_share": 0.5, "sram_share": 0.5, "sram_bit_cell_um2": 0},
        {"logic_share": 0.5, "sram_share": 0.5, "sram_bit_cell_um2": -0.02},
        {"logic_share": 0.5, "sram_share": 0.5, "sram_bit_cell_um2": 0.02, "sram_array_efficiency": 1.5},
        {"logic_share": 0.5, "analog_share": 0.5, "analog_mtr_per_mm2": 0},
    ],
)
def test_shares_that_do_not_add_up_and_densities_that_are_none_are_refused(kwargs):
    with pytest.raises(nc.NodecalcError):
        nc.chip_density(**{"logic_mtr_per_mm2": 100.0} | kwargs)
