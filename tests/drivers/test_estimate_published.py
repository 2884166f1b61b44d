"""`nc.estimate` against what was published, and its own arithmetic against itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nodecalc as nc
from nodecalc.drivers.estimate import OUTPUTS
from nodecalc.drivers.explain import steps

N5_RISK = {"node": "tsmc-n5", "d0_per_cm2": "1.271/cm2"}


def test_tsmcs_n5_test_chip_of_2019_yields_32_percent_at_100_mm2_and_80_at_18():
    # TSMC at IEDM 2019 as AnandTech 15219 worked it out: 17.92 mm2, 80 %, Murphy: 1.271 /cm2; 100 mm2: 32 %.
    assert nc.estimate("100", **N5_RISK).die_yield == pytest.approx(0.320, abs=0.0005)
    assert nc.estimate("17.92mm2", **N5_RISK).die_yield == pytest.approx(0.80, abs=0.0005)


def test_a_wafer_holds_616_dies_of_10_by_10_mm():
    e = nc.estimate("10x10", node="tsmc-n5")
    assert e.gross_dies == 616
    assert isinstance(e.gross_dies, int)
    assert nc.gross_dies(10, 10) == 616


def test_a_closed_formula_is_not_rounded():
    e = nc.estimate("10x10", node="tsmc-n5", placement="de-vries-exp")
    assert isinstance(e.gross_dies, float)
    assert not e.gross_dies.is_integer()


@given(
    st.floats(min_value=0.5, max_value=60.0),
    st.floats(min_value=0.5, max_value=60.0),
    st.floats(min_value=0.0, max_value=5.0),
    st.floats(min_value=100.0, max_value=1e5),
    st.floats(min_value=0.05, max_value=1.0),
    st.floats(min_value=0.05, max_value=1.0),
    st.floats(min_value=0.05, max_value=1.0),
)
def test_the_outputs_agree_with_each_other(width, height, d0, price, line, systematic, critical):
    e = nc.estimate(
        die_width_mm=width, die_height_mm=height, d0_per_cm2=d0, wafer_price_usd=price, line_yield=line,
        systematic_yield=systematic, critical_area_fraction=critical, placement="de-vries-exp",
        logic_density_mtr_per_mm2=100,
    )  # fmt: skip
    assert e.mean_faults == pytest.approx(width * height / 100 * d0 * critical, rel=1e-14)
    assert e.die_yield == pytest.approx(nc.die_yield(e.mean_faults) * systematic, rel=1e-14)
    assert e.good_dies == pytest.approx(e.gross_dies * e.die_yield, rel=1e-14)
    assert e.die_cost_usd == pytest.approx(price / line / e.gross_dies, rel=1e-14)
    assert e.good_die_cost_usd == pytest.approx(price / line / e.good_dies, rel=1e-14)
    assert e.peak_transistors == pytest.approx(1e8 * width * height, rel=1e-14)
    assert e.usd_per_billion_transistors == pytest.approx(e.good_die_cost_usd * 1e9 / e.peak_transistors, rel=1e-14)
    # Everything was given: nothing is uncertain.
    assert e.good_die_cost_usd_p10 is e.good_die_cost_usd_p50 is e.good_die_cost_usd_p90 is None
    assert dict(e.figures) == {}
    assert e.sources == ()
    assert e.node is None


def test_smics_n3_has_its_density_from_its_geometry():
    e = nc.estimate("100", node="smic-n+3")
    assert e.logic_density_mtr_per_mm2 == pytest.approx(113.4, abs=0.05)
    figure = e.figures["logic_density_mtr_per_mm2"]
    assert {120, 125} <= {rival.value for rival in figure.rivals}
    assert all(rival.source for rival in figure.rivals)
    assert {"golem_n3_2025", "insightslake_v042"} <= set(figure.sources)


def test_every_node_of_the_catalogue_answers_or_says_which_option_it_needs():
    catalogue = nc.load_catalogue()
    answered = 0
    for node in catalogue.nodes():
        if node.node_class == "logic":
            e = nc.estimate("50", node=node)
            answered += 1
            assert e.good_die_cost_usd_p10 <= e.good_die_cost_usd_p50 <= e.good_die_cost_usd_p90
        else:
            with pytest.raises(nc.NodecalcError, match=r"--(d0|wafer-price)"):
                nc.estimate("50", node=node)
            e = nc.estimate("50", node=node, d0_per_cm2=0.1, wafer_price_usd=5000)
        assert e.node == node.id
        assert e.good_die_cost_usd > 0
        row = e.to_dict()
        assert all(key in row for key in OUTPUTS)
    assert answered == 48


@pytest.mark.parametrize("name", ["tsmc-n5", "TSMC-N5", " tsmc n5 ", "n5", "N5", "TSMC 5nm", "5ff"])
def test_the_name_of_a_node_may_be_written_as_people_do(name):
    assert nc.estimate("10x10", node=name) == nc.estimate("10x10", node="tsmc-n5")


def test_a_chip_brings_its_die_and_its_node():
    e = nc.estimate(chip="kirin-9000s")
    assert e.chip is not None
    assert (e.chip.id, e.node) == ("kirin-9000s", "smic-n+2")
    assert e.inputs.die.area_mm2 == pytest.approx(107.0)
    assert e.to_dict()["chip"] == "kirin-9000s"
    elsewhere = nc.estimate(chip="kirin-9000s", node="tsmc-n5")
    assert elsewhere.node == "tsmc-n5"
    assert elsewhere.inputs.die == e.inputs.die


def test_a_given_die_area_is_not_passed_off_as_the_chips_figure():
    e = nc.estimate(chip="kirin-9000s", die_area_mm2=50)
    assert e.inputs.die.area_mm2 == 50
    assert "die_area_mm2" not in e.figures
    assert "die_area_mm2" in e.inputs.given


@pytest.mark.parametrize(
    ("question", "are", "count"),
    [
        ({"transistors": "80B", "density_utilisation": 0.67, "node": "tsmc-n4"}, "given", 80e9),
        ({"chip": "h100"}, "chip", 80e9),
        ({"chip": "b200"}, "chip", 104e9),  # 208e9 on two dies
        ({"chip": "mi250x"}, "chip", 29.1e9),
        ({"chip": "h100", "node": "tsmc-n5"}, "peak", None),  # made there it would hold others
        ({"chip": "kirin-9000s"}, "peak", None),  # nobody published its count
        ({"size": "100", "node": "tsmc-n5"}, "peak", None),
    ],
)
def test_transistors_are_paid_for_where_they_are_there(question, are, count):
    e = nc.estimate(**question)
    assert e.transistors_are == e.to_dict()["transistors_are"] == are
    expected = e.good_die_cost_usd * 1e9 / (count or e.peak_transistors)
    assert e.usd_per_billion_transistors == pytest.approx(expected, rel=1e-14)
    step = next(s for s in steps(e) if s.key == "usd_per_billion_transistors")
    assert f"{count or e.peak_transistors:.6g}" in step.put_in
    if are == "chip":
        assert set(e.figures["transistors"].sources) <= {s.id for s in e.sources}


def test_without_a_density_or_a_count_no_transistors_are_paid_for():
    e = nc.estimate("50", node="cxmt-g4", d0_per_cm2=0.1, wafer_price_usd=5000)
    assert e.transistors_are is e.usd_per_billion_transistors is None


def test_a_chip_of_two_dies_is_priced_by_the_die():
    e = nc.estimate(chip="biren-br100")
    assert e.inputs.die.area_mm2 == 537
    assert e.gross_dies == 104
    assert "die_area_mm2" in e.estimated
    assert any("one of 2 dies" in note and "half of the 1074 mm2" in note for note in e.notes)
    assert any("one of 2 dies" in note for note in nc.estimate(chip="b200").notes)
    assert not any("one of" in note for note in nc.estimate(chip="h100").notes)
