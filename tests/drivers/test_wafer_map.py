"""The wafer of an answer: its sites are what the answer counts, and everything that may change their places."""

import json
import pickle
import subprocess
import sys

import numpy as np
import pytest

import nodecalc as nc
from nodecalc.drivers.reported import explanations, other_rules, reported_note


@pytest.mark.parametrize("size", ["10x10", "26x33", "21.32x31.22", "3x7", "1.5x1.5"])
@pytest.mark.parametrize("placement", ["best", "center-die", "center-corner", "free-rows"])
@pytest.mark.parametrize("edge_rule", ["finished-die", "whole-cell"])
def test_gross_dies_is_the_length_of_the_map(size, placement, edge_rule):
    m = nc.wafer_map(size, node="tsmc-n5", placement=placement, edge_rule=edge_rule)
    e = nc.estimate(size, node="tsmc-n5", placement=placement, edge_rule=edge_rule)
    assert m.gross_dies == len(m) == (m.status == "good").sum() == e.gross_dies
    assert (m.die_yield, m.good_dies, m.good_die_cost_usd) == (e.die_yield, e.good_dies, e.good_die_cost_usd)


def test_every_site_has_a_place_a_status_an_exposure_and_an_expected_yield():
    m = nc.wafer_map("12.9x16.4", node="tsmc-n5")
    assert sum(m.counts.values()) == len(m.sites) == len(m.x)
    assert {status: int((m.status == status).sum()) for status in m.counts} == m.counts
    good = m.status == "good"
    far = np.hypot(abs(m.x) + 12.9 / 2, abs(m.y) + 16.4 / 2)
    assert (far[good] <= 147.0 + 1e-9).all()
    assert (far[m.status == "partial"] > 150.0).all()
    assert ((far[m.status == "excluded"] > 147.0) & (far[m.status == "excluded"] <= 150.0)).all()
    assert (m.field[good] >= 0).all()
    assert (m.field[~good] == -1).all()
    assert len(set(m.field[good])) == m.plan.exposures
    sizes = np.bincount(m.field[good])
    assert ((sizes == 4).sum(), sizes.max()) == (m.plan.full, 4)
    assert (m.expected_yield[good] == m.die_yield).all()
    assert np.isnan(m.expected_yield[~good]).all()
    assert m.expected_yield[good].sum() == pytest.approx(m.good_dies, rel=1e-12)


def test_fields_hold_neighbours():
    m = nc.wafer_map("8.5x10.9", d0=0.1)
    for number in set(m.field[m.field >= 0]):
        inside = m.field == number
        assert np.ptp(m.column[inside]) < m.plan.dies_per_field[0]
        assert np.ptp(m.row[inside]) < m.plan.dies_per_field[1]


def test_the_largest_die_of_the_field_is_exposed_die_by_die():
    plan = nc.reticle_plan(26, 33)
    assert (plan.dies, plan.exposures, plan.full, plan.partial) == (64, 64, 64, 0)
    assert plan == nc.reticle_plan(26, 33, field_mm="33x26")._replace(field_mm=plan.field_mm, turned=False)


def test_the_field_may_stand_either_way_round():
    plan = nc.reticle_plan(30, 20)
    assert (plan.turned, plan.field_mm, plan.dies_per_field) == (True, (33.0, 26.0), (1, 1))
    half = nc.reticle_plan(12.9, 16.4, field_mm=(26, 16.5))
    assert half.dies_per_field == (2, 1)
    assert half.exposures > nc.reticle_plan(12.9, 16.4).exposures


def test_best_needs_no_more_exposures_than_any_other_placement_with_as_many_dies():
    for size in ((10, 10), (12.9, 16.4), (8.5, 10.9), (5, 5), (7, 3)):
        best = nc.reticle_plan(*size)
        assert best.proven
        for placement in ("center-die", "center-corner"):
            other = nc.reticle_plan(*size, placement=placement)
            assert other.dies < best.dies or other.exposures >= best.exposures


def test_a_die_beyond_the_field_is_an_error_unless_it_is_stitched():
    with pytest.raises(nc.NodecalcError, match="does not fit the 26 x 33 mm reticle field"):
        nc.wafer_map("40x30", node="n5")
    with pytest.raises(nc.NodecalcError, match=r"does not fit the 26 x 16\.5 mm"):
        nc.reticle_plan(20, 20, field_mm=(26, 16.5))
    m = nc.wafer_map("40x30", node="n5", stitched=0.95)
    plain = nc.estimate("40x30", node="n5")
    assert m.die_yield == pytest.approx(0.95 * plain.die_yield, rel=1e-14)
    assert m.plan.fields_per_die == (2, 1)
    assert m.plan.exposures == 2 * m.gross_dies
    assert not [note for note in m.notes if "needs stitching" in note]
    with pytest.raises(nc.NodecalcError, match="leave it out"):
        nc.wafer_map("10x10", node="n5", stitched=0.95)


@pytest.mark.parametrize(
    ("kind", "diameter", "turn", "length"),
    [("n111", 100, 45, 18.0), ("p100", 125, 90, 27.5), ("N-{100}", 150, 180, 37.5), ("135,30", 150, 135, 30.0)],
)
def test_a_secondary_flat_is_where_the_standard_puts_it(kind, diameter, turn, length):
    one = nc.wafer_map("3x4", wafer=diameter, d0=0.1, flat="semi")
    both = nc.wafer_map("3x4", wafer=diameter, d0=0.1, flat="semi", secondary_flat=kind)
    row = both.to_dict()
    assert (row["secondary_flat_deg"], row["secondary_flat_mm"]) == (turn, length)
    assert one.to_dict()["secondary_flat_deg"] is None
    assert both.gross_dies <= one.gross_dies
    # Seen from the front, clockwise from the lowest point: to the left.
    way = np.array([-np.sin(np.radians(turn)), -np.cos(np.radians(turn))])
    good = both.status == "good"
    corners = np.array([(x, y) for x in (-1.5, 1.5) for y in (-2.0, 2.0)])
    far = (corners @ way).max() + np.column_stack([both.x, both.y])[good] @ way
    assert far.max() <= np.sqrt(diameter**2 - length**2) / 2 - 3 + 1e-6
    assert len(both.picture("status").wafer.flats) == 2
    assert f"secondary flat {length:g} mm at {turn} deg" in both.title


def test_a_wafer_of_p_type_111_has_no_secondary_flat():
    given = {"wafer": 100, "d0": 0.1, "flat": "semi"}
    assert nc.wafer_map("3x4", secondary_flat="p111", **given).counts == nc.wafer_map("3x4", **given).counts


def test_a_flat_and_a_notch_cost_dies_and_nothing_else_does():
    plain = nc.wafer_map("4x5", wafer=150, d0=0.1)
    flat = nc.wafer_map("4x5", wafer=150, d0=0.1, flat="semi")
    assert flat.gross_dies < plain.gross_dies
    assert flat.y[flat.status == "good"].min() - 2.5 >= -np.sqrt(75**2 - 28.75**2) + 3 - 1e-9
    notch = nc.wafer_map("4x5", wafer=200, d0=0.1, notch=6)
    good = notch.status == "good"
    gap = np.hypot(np.maximum(abs(notch.x) - 2.0, 0), np.maximum(abs(notch.y + 100.0) - 2.5, 0))
    assert (gap[good] >= 6.0 - 1e-9).all()
    assert nc.wafer_map("4x5", wafer=200, d0=0.1, notch=3).gross_dies == nc.gross_dies(4, 5, wafer_diameter_mm=200)


def test_keep_outs_hold_no_good_die():
    m = nc.wafer_map("6x9", d0=0.1, keep_outs=["20,10,8", (-30, -20, 20, 10)])
    good = m.status == "good"
    x, y = m.x[good], m.y[good]
    assert (np.hypot(np.maximum(abs(x - 20) - 3, 0), np.maximum(abs(y - 10) - 4.5, 0)) >= 8 - 1e-9).all()
    assert ((abs(x + 30) >= 13 - 1e-9) | (abs(y + 20) >= 9.5 - 1e-9)).all()
    assert m.counts["excluded"] > 4


def test_an_offset_is_where_a_die_stands():
    m = nc.wafer_map("10x10", d0=0.1, offset=(1.25, -2.5))
    assert np.isclose(np.hypot(m.x - 1.25, m.y + 2.5), 0.0).any()
    assert m.gross_dies == 609
    assert nc.wafer_map("10x10", d0=0.1, offset="0,0").gross_dies == 597
    assert nc.wafer_map("10x10", d0=0.1, offset=(5.05, 5.05)).gross_dies == nc.gross_dies(
        10, 10, placement="center-corner"
    )


def test_drop_ins_take_the_place_of_good_dies():
    m = nc.wafer_map("10x10", node="n5", drop_ins=["0,0", (3, 4), "0,0"])
    assert (m.gross_dies, m.counts["drop-in"]) == (614, 2)
    assert m.good_dies == pytest.approx(614 * m.die_yield)
    assert sum(m.counts.values()) == sum(nc.wafer_map("10x10").counts.values())
    with pytest.raises(nc.NodecalcError, match="no good site"):
        nc.wafer_map("10x10", drop_ins=["90,0"])


def test_a_panel_has_sites_and_no_price_unless_one_is_given():
    m = nc.wafer_map("50x50.5", node="n5", panel="510x515", edge=5, scribe=0, stitched=1)
    assert m.gross_dies == 100
    assert m.die_yield is not None
    assert m.good_die_cost_usd is None
    assert any("what a panel costs" in note for note in m.notes)
    priced = nc.wafer_map("50x50.5", node="n5", panel=(510, 515), edge=5, scribe=0, stitched=1, wafer_price=4000)
    assert priced.good_die_cost_usd == pytest.approx(4000 / priced.good_dies)
    assert nc.wafer_map("20x20", panel="300x300").gross_dies > 100


def test_free_rows_slide_by_themselves_and_say_what_cuts_them():
    m = nc.wafer_map("10x10", node="n5", placement="free-rows")
    assert m.plan is None
    assert (m.field == -1).all()
    assert any("plasma" in note for note in m.notes)
    assert any("plasma" in note for note in nc.estimate("10x10", node="n5", placement="free-rows").notes)
    good = m.status == "good"
    assert (np.hypot(abs(m.x) + 5, abs(m.y) + 5)[good] <= 147 + 1e-9).all()
    assert len({round(float(x) % 10.1, 6) for x in m.x[good]}) > 2
    for other in ({"keep_outs": ["0,0,5"]}, {"notch": 9}, {"offset": "0,0"}):
        with pytest.raises(nc.NodecalcError, match="free-rows"):
            nc.wafer_map("10x10", placement="free-rows", **other)


def test_without_figures_there_are_sites_and_a_note():
    m = nc.wafer_map("10x10")
    assert (m.gross_dies, m.die_yield, m.good_die_cost_usd, m.figures) == (616, None, None, {})
    assert m.notes == ("no yield and no cost: name a node with -n, or give --d0 and --wafer-price",)
    assert np.isnan(m.expected_yield).all()
    only = nc.wafer_map("10x10", d0=0.1)
    assert only.die_yield == nc.die_yield(0.1)
    assert only.notes == ("no cost: name a node with -n, or give --wafer-price",)


def test_a_published_count_stands_beside_ours_with_what_would_explain_it():
    m = nc.wafer_map(chip="ascend-910b")
    assert (m.gross_dies, m.plan.exposures) == (85, 85)
    found = explanations(m, 78)
    assert [e.key for e in found] == ["edge_exclusion_mm", "scribe_mm"]
    for e in found:
        values = {key: m.inputs.numbers[key] for key in ("edge_exclusion_mm", "scribe_mm")}
        for value in (e.first, e.last - 1e-5, (e.first + e.last) / 2):
            assert nc.gross_dies(21.32, 31.22, **{**values, e.key: value}) == 78
        assert nc.gross_dies(21.32, 31.22, **{**values, e.key: e.first - 1e-5}) > 78
        assert nc.gross_dies(21.32, 31.22, **{**values, e.key: e.last + 1e-5}) < 78
    assert other_rules(m, 78) == []
    (note,) = reported_note(m)
    assert note.startswith("reported: 78 dies on a wafer")
    assert "here 85" in note
    assert reported_note(nc.wafer_map("10x10")) == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"panel": "300"}, "1 numbers"),
        ({"panel": "300x300", "notch": 3}, "a panel has neither"),
        ({"panel": "300x300", "wafer": 200}, "two sides"),
        ({"panel": "60x60", "edge": 40}, "nothing is left"),
        ({"flat": "semi"}, "flats are known for"),
        ({"flat": 300}, "shorter than the diameter"),
        ({"flat": 50, "notch": 3}, "one of them"),
        ({"secondary_flat": "p100", "wafer": 150}, "add --flat semi"),
        ({"secondary_flat": "p100", "flat": 50, "wafer": 200}, "give one, such as 90,18"),
        ({"secondary_flat": "x100", "flat": 50, "wafer": 150}, "p111, n111, p100, n100, or DEGREES,MM"),
        ({"secondary_flat": "60,20", "flat": 50, "wafer": 150}, "45, 90, 135 or 180"),
        ({"secondary_flat": "90,20,3", "flat": 50, "wafer": 150}, "DEGREES,MM"),
        ({"secondary_flat": [], "flat": 50, "wafer": 150}, "DEGREES,MM"),
        ({"secondary_flat": "45,90", "flat": "semi", "wafer": 150}, "they cross; give shorter"),
        ({"keep_outs": ["5"]}, "1 numbers"),
        ({"keep_outs": ["5,5,-1"]}, "no length"),
        ({"keep_outs": [5]}, "not two numbers"),
        ({"drop_ins": ["a,b"]}, "no site"),
        ({"drop_ins": ["1"]}, "no site"),
        ({"field": "26"}, "26x33"),
        ({"field": (0, 33)}, "outside"),
        ({"offset": "1"}, "1 numbers"),
        ({"placement": "flynn"}, "places no dies"),
        ({"stitched": 2}, "outside"),
    ],
)
def test_bad_input_is_one_line_that_says_what_to_try(given, said):
    with pytest.raises(nc.NodecalcError, match=said) as error:
        nc.wafer_map("10x10", **given)
    assert "\n" not in str(error.value)


def test_a_plan_of_bad_input_says_so():
    for sizes, said in (((10, 10, "free-rows"), "shifted"), ((300, 300, "best"), "does not fit")):
        with pytest.raises(nc.NodecalcError, match=said):
            nc.reticle_plan(*sizes[:2], placement=sizes[2])
    with pytest.raises(nc.NodecalcError, match="fits nowhere"):
        nc.reticle_plan(26, 33, wafer_diameter_mm=40)
    with pytest.raises(nc.NodecalcError, match="nothing is left"):
        nc.reticle_plan(10, 10, wafer_diameter_mm=50, edge_exclusion_mm=25)


def test_a_map_is_immutable_and_survives_pickle():
    m = nc.wafer_map("10x10", node="n5", drop_ins=["0,0"])
    again = pickle.loads(pickle.dumps(m))
    assert again == m
    assert again.sites == m.sites
    with pytest.raises(AttributeError):
        m.gross_dies = 3
    assert json.dumps(m.to_dict())


def test_a_plain_map_loads_neither_numpy_nor_numba(child_environment):
    code = (
        "import sys, nodecalc as nc; m = nc.wafer_map('10x10', node='n5'); m.to_svg(); m.sites; "
        "print(sorted({'numpy', 'numba', 'matplotlib', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=child_environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_row_of_a_map_holds_the_ground_that_was_asked_for():
    row = nc.wafer_map(
        "20x20", panel="510x515", offset="0,0", keep_outs=["10,20,30"], drop_ins=["-3,-3"], d0=0.1
    ).to_dict()
    assert (row["panel_width_mm"], row["panel_height_mm"], row["offset_x_mm"]) == (510.0, 515.0, 0.0)
    assert row["keep_outs"] == [{"x_mm": 10.0, "y_mm": 20.0, "width_mm": 0.0, "height_mm": 0.0, "radius_mm": 30.0}]
    assert row["drop_ins"] == [[-3, -3]]
    assert not {"wafer_diameter_mm", "placement"} & set(row)
    assert nc.wafer_map("10x10", d0=0.1).to_dict()["placement"] == "best"


def test_a_larger_field_answers_the_note_of_stitching():
    assert any("needs stitching" in note for note in nc.estimate("290x10", d0=0.1, wafer_price=1e4).notes)
    assert not any("needs stitching" in note for note in nc.wafer_map("290x10", field="300x30", d0=0.1).notes)


def test_an_offset_leaves_no_room_for_a_placement():
    with pytest.raises(nc.NodecalcError, match="both say where the dies stand"):
        nc.wafer_map("10x10", offset="0,0", placement="center-corner")


def test_sites_beyond_number_are_counted_but_not_listed():
    found = nc.wafer_map("0.06x0.17", node="n7")
    assert found.counts["good"] > 1_500_000
    with pytest.raises(nc.NodecalcError, match="up to 1,000,000 are looked at one by one"):
        _ = found.sites
