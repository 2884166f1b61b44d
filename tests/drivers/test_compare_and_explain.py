"""Several answers side by side, and one answer step by step."""

import re

import pytest

import nodecalc as nc
from nodecalc.drivers.compare import notes, rows
from nodecalc.drivers.estimate import OUTPUTS
from nodecalc.drivers.explain import steps
from nodecalc.vocabulary import QUANTITIES

NUMBER = r"[-+]?\d+\.?\d*(?:e[-+]?\d+)?"


@pytest.fixture(scope="module")
def n5():
    return nc.estimate("10x10", node="tsmc-n5")


@pytest.fixture(scope="module")
def n3():
    return nc.estimate("10x10", node="smic-n+3")


def test_ratios_are_to_the_first(n5, n3):
    found = rows([n5, n3])
    assert [r["node"] for r in found] == ["tsmc-n5", "smic-n+3"]
    assert found[0]["good_die_cost_ratio"] == 1.0
    assert found[1]["good_die_cost_ratio"] == n3.good_die_cost_usd / n5.good_die_cost_usd
    assert "good_die_cost_ratio" not in rows([n5])[0]
    assert {k: v for k, v in found[1].items() if k != "good_die_cost_ratio"} == n3.to_dict()


def test_a_price_or_d0_of_another_time_is_called_so():
    old = nc.estimate("10x10", node="tsmc-n7")
    note = next(line for line in old.notes if "nearest D0" in line)
    for word in ("tsmc-n7", "2019.25", "6.8 years from 2026"):
        assert word in note
    assert not any("nearest wafer price" in line for line in old.notes)
    assert not any("nearest D0" in line for line in nc.estimate("10x10", node="tsmc-n7", year=2019).notes)
    assert not any(
        "nearest D0" in line for line in nc.estimate("10x10", node="tsmc-n7", d0=0.1, wafer_price=9000).notes
    )


def test_the_piece_of_evidence_that_moves_an_answer_most_is_named_where_sources_disagree():
    e = nc.estimate("10x10", node="smic-n+2")
    (note,) = (line for line in e.notes if "disagree" in line)
    for word in ("a factor of 2.6", "digitimes_910c_2025", "without it 0.3222, not 0.3014"):
        assert word in note
    assert not any("disagree" in line for line in nc.estimate("10x10", node="tsmc-n7").notes)


def test_a_die_far_larger_than_those_of_the_evidence_is_called_an_extrapolation():
    assert any("yield models differ" in line for line in nc.estimate("600", node="samsung-sf2").notes)
    assert not any("yield models differ" in line for line in nc.estimate("100", node="samsung-sf2").notes)


def test_a_note_is_said_once(n5, n3):
    big = [nc.estimate("30x34", node=n) for n in ("tsmc-n5", "smic-n+3")]
    assert sum("reticle" in line for line in notes(big)) == 1


def test_an_answer_lies_inside_its_own_band_however_skewed_its_evidence(tmp_path):
    path = tmp_path / "skewed.toml"
    path.write_text(
        'schema = 1\n[node."tsmc-n5"]\n'
        'd0 = { value = 0.1, low = 0.1, high = 2.0, unit = "per_cm2", kind = "measured" }\n',
        encoding="utf-8",
    )
    e = nc.estimate("10x10", node="tsmc-n5", wafer_price_usd=10000, catalogue=path)
    assert e.good_die_cost_usd_p10 < e.good_die_cost_usd < e.good_die_cost_usd_p90


MODELS = [
    {},
    {"yield_model": "negative-binomial", "alpha": 3},
    {"yield_model": "bose-einstein", "d0_per_cm2": 0.02, "critical_layers": 11},
    {"placement": "de-vries-exp", "edge_rule": "finished-die"},
    {"wafer_price_usd": 20000, "d0_per_cm2": 0.3, "logic_density_mtr_per_mm2": 100, "wafer_diameter_mm": 200},
    {"systematic_yield": 0.9, "line_yield": 0.95, "critical_area_fraction": 0.7},
]


@pytest.mark.parametrize("kwargs", MODELS)
def test_every_output_is_explained_with_its_value(kwargs):
    e = nc.estimate("10x12", node="smic-n+3", **kwargs)
    found = {}
    for s in steps(e):
        found.setdefault(s.key, s)  # the evidence for a figure stands behind it
    text = " ".join(s.put_in for s in found.values())
    for key in OUTPUTS:
        if getattr(e, key) is None:
            assert key.startswith("good_die_cost_usd_p")
            assert not e.has_band
            continue
        if key in ("good_die_cost_usd_p10", "good_die_cost_usd_p90"):
            assert f"{getattr(e, key):.6g}" in text
            continue
        step = found[key]
        assert step.value == getattr(e, key)
        assert step.unit == QUANTITIES[key].unit
        assert step.formula
    for key in ("die_area_mm2", "d0_per_cm2", "wafer_price_usd", "wafer_diameter_mm"):
        assert found[key].value == e.inputs.numbers[key]


@pytest.mark.parametrize("kwargs", MODELS)
def test_the_numbers_put_in_give_the_value(kwargs):
    """Whoever types the printed arithmetic into a pocket calculator gets the printed answer."""
    e = nc.estimate("10x12", node="smic-n+3", **kwargs)
    plain = ("mean_faults", "good_dies", "die_cost_usd", "good_die_cost_usd", "peak_transistors",
             "usd_per_billion_transistors")  # fmt: skip
    found = {s.key: s for s in steps(e)}
    for key in plain:
        arithmetic = re.sub(r"/cm2|MTr/mm2|mm2|USD", "", found[key].put_in).replace(" x ", " * ")
        assert re.fullmatch(rf"(?:{NUMBER}|[\s()*/])+", arithmetic), arithmetic
        assert eval(arithmetic) == pytest.approx(found[key].value, rel=2e-5)


@pytest.mark.parametrize("kwargs", MODELS)
def test_the_yield_step_names_the_model_and_each_of_its_numbers(kwargs):
    e = nc.estimate("10x12", node="smic-n+3", **kwargs)
    step = next(s for s in steps(e) if s.key == "die_yield")
    names = (
        e.inputs.names["yield_model"],
        f"x = {e.mean_faults:.6g}",
        f"Ys = {e.inputs.numbers['systematic_yield']:.6g}",
    )
    for word in names:
        assert word in step.formula + step.put_in
    for key in ("alpha", "critical_layers"):
        assert (f"{key} = {kwargs[key]}" in step.put_in) is (key in kwargs) if key in kwargs else True


def test_the_dies_step_names_the_placement_and_every_length():
    e = nc.estimate("10x12", node="tsmc-n5", placement="center-die", edge_rule="whole-cell", scribe_mm=0.07)
    step = next(s for s in steps(e) if s.key == "gross_dies")
    for word in ("center-die", "10 x 12", "0.07", "300", "edge 3 ", "whole-cell"):
        assert word in step.formula + step.put_in


def test_figures_come_with_range_kind_year_and_rivals(n3):
    found = {s.key: s for s in steps(n3)}
    several = [s for s in steps(n3) if s.key == "d0_per_cm2"]
    assert "estimated, 2024.1" in several[0].formula
    assert "0.60613 to 1.2021" in several[0].put_in
    assert "weight 100 %" in several[1].formula
    assert "35 % good of 136 mm2" in several[1].put_in
    prices = [s for s in steps(n3) if s.key == "wafer_price_usd"]
    assert "reported, 2024.1" in prices[0].formula
    assert "1.45 x the price of tsmc-n5" in prices[1].put_in
    assert all("of tsmc-n5" in s.formula for s in prices[2:])
    density = found["logic_density_mtr_per_mm2"]
    for word in ("57", "228", "single", "120 (reported", "125 (reported", "sinodefence_n3_2026"):
        assert word in density.put_in
    assert density.sources == n3.figures["logic_density_mtr_per_mm2"].sources


def test_given_inputs_are_called_given():
    e = nc.estimate("10x10", node="smic-n+3", d0_per_cm2=0.3, wafer_diameter_mm=200)
    found = {s.key: s for s in steps(e)}
    assert found["d0_per_cm2"].formula == found["wafer_diameter_mm"].formula == "given"
    assert found["d0_per_cm2"].sources == ()


def test_a_die_sized_from_transistors_says_how():
    e = nc.estimate(transistors=1e10, density_utilisation=0.8, node="tsmc-n5")
    step = next(s for s in steps(e) if s.key == "die_area_mm2")
    assert "1e+10" in step.put_in
    assert "0.8" in step.put_in


def test_steps_are_flat_objects(n3):
    for step in steps(n3):
        flat = step.to_dict()
        assert all(isinstance(v, (str, int, float, list)) for v in flat.values())
        assert flat["key"] in QUANTITIES
