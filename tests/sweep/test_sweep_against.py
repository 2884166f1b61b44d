"""Nodes beside a sweep: their own figures where the others have axes, and where the curves meet."""

import numpy as np
import pytest

import nodecalc as nc
from nodecalc.drivers.sweep.request import from_spec


def test_a_node_keeps_its_own_d0_and_the_curves_meet_where_the_calculator_says():
    s = nc.sweep(600, node="smic-n+2", d0="0.01:0.1:60", against="n7")
    alone = nc.estimate(600, node="n7")
    (reference,) = s.against
    assert reference.own == ("d0_per_cm2",)
    assert reference.sweep["good_die_cost_usd"].tolist() == alone.good_die_cost_usd
    (picture,) = s.plot().pictures
    assert [series.name for series in picture.series] == ["smic-n+2", reference.name]
    assert reference.name == "tsmc-n7 (D0 0.09 1/cm2)"
    assert set(picture.series[1].values.tolist()) == {alone.good_die_cost_usd}
    (found,) = picture.breaks
    there = nc.estimate(600, node="smic-n+2", d0=found.meeting.start)
    assert there.good_die_cost_usd == pytest.approx(alone.good_die_cost_usd, rel=1e-4)
    assert f"cost the same at d0_per_cm2 = {found.meeting.start:.4g}" in picture.notes[0]


def test_at_a_small_die_there_is_no_such_d0_and_the_picture_says_so():
    s = nc.sweep(100, node="smic-n+2", d0="0.001:0.1:20", against="n7")
    (picture,) = s.plot().pictures
    assert picture.breaks == ()
    assert picture.notes == ("tsmc-n7 (D0 0.09 1/cm2) is cheaper than smic-n+2 all along; they do not meet",)
    assert (
        nc.estimate(100, node="smic-n+2", d0=0.0001).good_die_cost_usd > nc.estimate(100, node="n7").good_die_cost_usd
    )


def test_what_is_no_figure_of_a_node_it_shares():
    s = nc.sweep(node=["smic-n+2", "n5"], d0="0.01:0.3:5", die_area="50:500:4", yield_model=["murphy", "poisson"],
                 against=["n7", nc.at("n5", d0=0.2)], outputs=["cost", "yield"])  # fmt: skip
    first, second = s.against
    assert first.sweep.dims == ("die_area_mm2", "yield_model")
    assert second.name == "tsmc-n5:d0=0.2"
    for picture in s.plot().pictures:
        assert len(picture.series) == 8
    names = [series.name for series in s.plot().pictures[0].series]
    assert names[-1] == "tsmc-n5:d0=0.2, poisson"
    drawn = s.plot().pictures[0].series[-1].values  # area upwards, D0 across
    single = [nc.estimate(a, node="n5", d0=0.2, model="poisson").good_die_cost_usd for a in s.coords["die_area_mm2"]]
    assert drawn == pytest.approx(np.repeat(np.array(single)[:, None], 5, axis=1), rel=1e-12)


def test_a_band_beside_and_a_year_along_which_its_evidence_is_read():
    s = nc.sweep(100, node="n7", year="2020:2026:4", d0="0.05:0.2:3", outputs=["cost", "band"], against="n5")
    (reference,) = s.against
    assert reference.figures == {"d0_per_cm2": None}
    assert reference.name == "tsmc-n5"
    rows = list(reference.rows())
    assert [row["year"] for row in rows] == s.coords["year"].tolist()
    assert rows[0]["d0_per_cm2"] is None
    for row in rows:
        assert row["good_die_cost_usd"] == pytest.approx(
            nc.estimate(100, node="n5", year=row["year"]).good_die_cost_usd, rel=1e-12
        )


@pytest.mark.parametrize(("given", "said"), [
    ({"against": "n7", "node": ["n7", "n5"], "line_yield": "0.8:1:3"}, "among the nodes"),
    ({"against": "n7", "node": "n5", "d0": [0.1, 0.2], "reduce": "min"}, "reduced"),
    ({"against": "n99", "node": "n5", "d0": [0.1, 0.2]}, "n99"),
])  # fmt: skip
def test_what_cannot_be_set_against_is_one_line(given, said):
    with pytest.raises(nc.NodecalcError, match=said) as caught:
        nc.sweep(100, **given)
    assert "\n" not in str(caught.value)


def test_a_price_in_other_money_has_the_rate_of_the_question():
    s = nc.sweep(600, node="smic-n+2", d0="0.01:0.1:5", against=nc.at("n7", wafer_price="72000CNY"), rate="CNY=7.2")
    plain = nc.estimate(600, node="n7", wafer_price=10000)
    assert float(s.against[0].sweep["good_die_cost_usd"]) == plain.good_die_cost_usd
    with pytest.raises(nc.NodecalcError, match="nothing is given in CNY"):
        nc.sweep(600, node="smic-n+2", d0="0.01:0.1:5", against="n7", rate="CNY=7.2")


def test_the_question_holds_it_and_can_be_asked_again(tmp_path):
    s = nc.sweep(600, node="smic-n+2", d0="0.01:0.1:5", against=["n7", "n7", nc.at("n5", d0=0.2)])
    assert s.request.against == ("tsmc-n7", "tsmc-n5:d0=0.2")
    assert from_spec(s.request.to_spec()) == s.request
    assert "against" not in nc.sweep(600, node="smic-n+2", d0="0.01:0.1:5").request.to_spec()
