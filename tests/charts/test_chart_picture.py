"""From the array of a sweep to what a chart shows: which axis goes where, labels, notes."""

from math import inf, nan

import numpy as np
import pytest

from nodecalc.charts.picture import MOST_BARS, MOST_SERIES, picture_of
from nodecalc.charts.words import label_of, unit_of, with_unit
from nodecalc.errors import InputError, UnknownNameError
from nodecalc.vocabulary import QUANTITIES

NODES = ["tsmc-n5", "smic-n+2"]
D0 = np.geomspace(0.01, 1, 5)
AREA = np.array([50.0, 100.0, 150.0])


def test_one_axis_of_numbers_makes_curves_named_by_the_axes_of_names():
    values = np.arange(20.0).reshape(2, 5, 2)
    coords = {"node": NODES, "d0_per_cm2": D0, "yield_model": ["murphy", "poisson"]}
    picture = picture_of(("node", "d0_per_cm2", "yield_model"), coords, values, "good_die_cost_usd")
    assert [s.name for s in picture.series] == [
        "tsmc-n5, murphy",
        "tsmc-n5, poisson",
        "smic-n+2, murphy",
        "smic-n+2, poisson",
    ]
    assert picture.series[2].values.tolist() == values[1, :, 0].tolist()
    assert (picture.x.key, picture.x.log, picture.y) == ("d0_per_cm2", True, None)


def test_two_axes_of_numbers_make_a_heat_map_the_first_across_the_second_upwards():
    values = np.arange(30.0).reshape(5, 2, 3)
    picture = picture_of(
        ("d0_per_cm2", "node", "die_area_mm2"),
        {"d0_per_cm2": D0, "node": NODES, "die_area_mm2": AREA},
        values,
        "die_yield",
    )
    assert (picture.x.key, picture.y.key) == ("d0_per_cm2", "die_area_mm2")
    assert picture.series[1].values.tolist() == values[:, 1, :].T.tolist()


def test_no_axis_of_numbers_makes_bars():
    picture = picture_of(("node",), {"node": NODES}, np.array([1.0, 2.0]), "good_die_cost_usd")
    assert picture.x is None
    assert [(s.name, float(s.values)) for s in picture.series] == [("tsmc-n5", 1.0), ("smic-n+2", 2.0)]


def test_three_axes_of_numbers_are_refused_in_one_line_that_says_what_to_do():
    coords = {"d0_per_cm2": D0, "die_area_mm2": AREA, "alpha": np.array([1.0, 2.0])}
    with pytest.raises(InputError, match=r"3 axes.*d0_per_cm2, die_area_mm2, alpha.*fix.*reduce") as caught:
        picture_of(tuple(coords), coords, np.zeros((5, 3, 2)), "die_yield")
    assert "\n" not in str(caught.value)


def test_axes_of_one_value_go_into_the_title_with_their_unit():
    picture = picture_of(
        ("node", "d0_per_cm2", "die_area_mm2"),
        {"node": ["tsmc-n5"], "d0_per_cm2": D0, "die_area_mm2": [100.0]},
        np.ones((1, 5, 1)),
        "good_die_cost_usd",
        title="square die",
    )
    assert picture.title == "good die cost (USD) by D0; square die; tsmc-n5; die area 100 mm2"
    assert [s.name for s in picture.series] == [""]


def test_an_axis_in_any_order_is_sorted_with_its_values():
    picture = picture_of(
        ("d0_per_cm2",), {"d0_per_cm2": [0.3, 0.1, 0.2, 0.1]}, np.array([3.0, 1, 2, 1]), "die_cost_usd"
    )
    assert picture.x.values.tolist() == [0.1, 0.2, 0.3]
    assert picture.series[0].values.tolist() == [1.0, 2.0, 3.0]


def test_an_infinite_number_makes_an_axis_one_of_names():
    coords = {"alpha": [1.0, inf], "d0_per_cm2": D0}
    picture = picture_of(("alpha", "d0_per_cm2"), coords, np.ones((2, 5)), "die_yield")
    assert [s.name for s in picture.series] == ["alpha 1", "alpha inf"]
    assert picture.x.key == "d0_per_cm2"


@pytest.mark.parametrize(
    ("values", "log"), [([1, 100.1], True), ([1, 100], False), ([0, 1e6], False), ([-1, 1e6], False)]
)
def test_values_are_shown_on_a_logarithmic_scale_beyond_two_decades(values, log):
    picture = picture_of(("d0_per_cm2",), {"d0_per_cm2": [1.0, 2.0]}, np.array(values, dtype=float), "die_cost_usd")
    assert picture.value_log is log


def test_more_series_than_can_be_told_apart_are_cut_and_the_note_says_which_are_shown():
    names = [f"model{i}" for i in range(MOST_SERIES + 3)]
    values = np.arange(float(len(names) * 5)).reshape(-1, 5)
    picture = picture_of(
        ("yield_model", "d0_per_cm2"), {"yield_model": names, "d0_per_cm2": D0}, values, "die_cost_usd"
    )
    assert [s.name for s in picture.series] == names[:MOST_SERIES]
    (note,) = picture.notes
    assert note.startswith(f"the first {MOST_SERIES} of {len(names)} series are shown: model0")
    assert names[MOST_SERIES - 1] in note
    assert names[MOST_SERIES] not in note


def test_bars_have_room_for_more():
    names = [f"n{i}" for i in range(MOST_BARS)]
    assert len(picture_of(("node",), {"node": names}, np.ones(MOST_BARS), "die_cost_usd").series) == MOST_BARS


def test_a_note_says_how_much_is_left_blank_and_why():
    picture = picture_of(("d0_per_cm2",), {"d0_per_cm2": D0}, np.array([1, inf, inf, nan, 2]), "good_die_cost_usd")
    (note,) = picture.notes
    assert "of 5 points 2 infinite" in note
    assert "1 no number" in note


def test_series_that_cover_each_other_are_named():
    coords = {"node": [*NODES, "tsmc-n7"], "d0_per_cm2": D0}
    picture = picture_of(("node", "d0_per_cm2"), coords, np.array([D0, 2 * D0, D0]), "die_yield")
    assert "the same die yield everywhere: tsmc-n5, tsmc-n7" in picture.notes


def test_break_even_points_are_listed_with_who_is_better_above():
    x = np.array([1.0, 2.0, 3.0, 4.0])
    coords = {"node": NODES, "d0_per_cm2": x}

    def notes(key, better):
        return picture_of(("node", "d0_per_cm2"), coords, np.array([x, 5.0 - x]), key, better=better).notes

    same = "tsmc-n5 and smic-n+2"
    assert notes("good_die_cost_usd", "lower") == (
        f"{same} cost the same at d0_per_cm2 = 2.5 (interpolated); above it smic-n+2 is cheaper",
    )
    assert notes("die_yield", "higher") == (
        f"{same} have the same die yield at d0_per_cm2 = 2.5 (interpolated); above it tsmc-n5 is higher",
    )


def test_a_break_even_on_the_grid_is_not_called_interpolated_and_a_stretch_has_two_ends():
    x = np.arange(1.0, 6.0)
    coords = {"node": NODES, "d0_per_cm2": x}
    point = picture_of(("node", "d0_per_cm2"), coords, np.array([x, 6.0 - x]), "die_cost_usd").notes
    assert point == ("tsmc-n5 and smic-n+2 cost the same at d0_per_cm2 = 3; above it smic-n+2 is cheaper",)
    run = picture_of(
        ("node", "d0_per_cm2"), coords, np.array([[1, 2, 2, 2, 3.0], [2, 2, 2, 2, 2]]), "die_cost_usd"
    ).notes
    assert run == ("tsmc-n5 and smic-n+2 cost the same at d0_per_cm2 = 2 to 4; above it smic-n+2 is cheaper",)


def test_many_break_even_points_of_one_pair_are_counted():
    x = np.arange(1.0, 12.0)
    picture = picture_of(
        ("node", "d0_per_cm2"), {"node": NODES, "d0_per_cm2": x}, np.array([np.cos(np.pi * x), 0.0 * x]), "die_cost_usd"
    )
    (note,) = picture.notes
    assert len(picture.breaks) == 10
    assert note.endswith(
        "at d0_per_cm2 = 1.5, 2.5, 3.5, 4.5 (all interpolated), and 6 times more up to 10.5; "
        "above the last tsmc-n5 is cheaper"
    )


def test_the_callers_notes_come_first():
    picture = picture_of(
        ("d0_per_cm2",), {"d0_per_cm2": [1.0, 2.0]}, np.array([1.0, inf]), "die_cost_usd", notes=["mine"]
    )
    assert picture.notes[0] == "mine"
    assert len(picture.notes) == 2


def test_an_unknown_output_and_an_empty_axis_are_errors():
    with pytest.raises(UnknownNameError, match="die_yield"):
        picture_of(("d0_per_cm2",), {"d0_per_cm2": D0}, np.ones(5), "die_yeild")
    with pytest.raises(InputError, match="no values"):
        picture_of(("d0_per_cm2",), {"d0_per_cm2": []}, np.ones(0), "die_yield")
    with pytest.raises(ValueError, match="shape"):
        picture_of(("d0_per_cm2",), {"d0_per_cm2": D0}, np.ones(4), "die_yield")


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("good_die_cost_usd", "good die cost, USD"),
        ("d0_per_cm2", "D0, 1/cm2"),
        ("die_area_mm2", "die area, mm2"),
        ("logic_density_mtr_per_mm2", "logic density, MTr/mm2"),
        ("usd_per_billion_transistors", "USD per billion transistors"),
        ("euv_source_power_w", "euv source power, W"),
        ("die_yield", "die yield"),
        ("node", "node"),
    ],
)
def test_labels_are_the_vocabularys_words_and_units(key, text):
    assert with_unit(label_of(key), unit_of(key)) == text


def test_every_quantity_has_a_label_and_names_its_unit_once():
    for key, q in QUANTITIES.items():
        text = with_unit(label_of(key), unit_of(key))
        assert text.strip(", ")
        assert not q.unit or text.split().count(q.unit) + text.split(", ").count(q.unit) >= 1
