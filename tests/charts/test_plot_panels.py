"""What stands in a figure: a panel for each output, bands as areas, scales, series, labels and units."""

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex

import nodecalc as nc
from nodecalc.charts.plot_lines import BAND_NAME, MIDDLE_NAME
from nodecalc.charts.plot_style import COLOURS
from nodecalc.errors import InputError


@pytest.fixture(autouse=True)
def _own_settings():
    with mpl.rc_context():
        yield


def panels(figure):
    return [axes for axes in figure.axes if axes.get_visible()]


def areas(axes):
    return [c for c in axes.collections if isinstance(c, PolyCollection)]


def curves(axes):
    return [line for line in axes.get_lines() if not line.get_label().startswith("_")]


def legend(figure):
    return [text.get_text() for found in figure.legends for text in found.get_texts()]


def test_every_output_has_a_panel_with_its_label_and_unit():
    s = nc.sweep(100, node=["n5", "n7"], d0="0.05:0.5:10", outputs=["good_die_cost_usd", "die_yield", "good_dies"])
    figure = s.plot().figure()
    assert [axes.get_ylabel() for axes in panels(figure)] == ["good die cost, USD", "die yield", "good dies"]
    assert [axes.get_title() for axes in panels(figure)] == ["good die cost", "die yield", "good dies"]
    assert figure.get_suptitle() == "by D0; die 10 x 10 mm, 100 mm2"
    assert legend(figure) == ["tsmc-n5", "tsmc-n7"]
    for axes in panels(figure):
        assert [line.get_label() for line in curves(axes)] == ["tsmc-n5", "tsmc-n7"]
        assert (axes.get_xscale(), axes.get_yscale()) == ("linear", "linear")
    assert panels(figure)[-1].get_xlabel() == "D0, 1/cm2"
    assert next(t.get_text() for t in panels(figure)[1].get_yticklabels()).endswith("%")


def test_a_band_is_an_area_in_the_panel_of_the_cost_and_no_panel_of_its_own():
    s = nc.sweep(100, node=["n5", "n7"], year="2020:2026:7", outputs=["cost", "band", "yield"])
    figure = s.plot().figure()
    cost, made = panels(figure)
    assert (len(areas(cost)), len(areas(made))) == (2, 0)
    assert [to_hex(area.get_facecolor()[0]) for area in areas(cost)] == list(COLOURS[:2])
    edges = areas(cost)[0].get_paths()[0].vertices
    at = {x: (edges[edges[:, 0] == x, 1].min(), edges[edges[:, 0] == x, 1].max()) for x in s.coords["year"].tolist()}
    low, high = (s[f"good_die_cost_usd_p{p}"][0].tolist() for p in (10, 90))
    assert list(at.values()) == [pytest.approx(pair) for pair in zip(low, high, strict=True)]
    bottom, top = cost.get_ylim()
    assert bottom < s["good_die_cost_usd_p10"].min() < s["good_die_cost_usd_p90"].max() < top
    assert legend(figure) == ["tsmc-n5", "tsmc-n7", BAND_NAME, MIDDLE_NAME]
    assert [t.get_text() for t in made.get_xticklabels()] == [str(year) for year in range(2020, 2027)]
    assert made.get_xlabel() == "year"


def test_the_line_of_p50_is_drawn_where_it_was_asked_for():
    s = nc.sweep(100, node="n5", year="2020:2026:3", outputs=["cost", "p10", "p90"])
    figure = s.plot().figure()
    assert legend(figure) == ["good die cost", BAND_NAME]
    assert len(panels(figure)) == 1


def test_a_band_alone_lies_around_its_middle():
    s = nc.sweep(100, node=["n5", "n7"], year="2020:2026:3", outputs="band")
    (axes,) = panels(s.plot().figure())
    assert axes.get_ylabel() == "good die cost P50, USD"
    assert len(areas(axes)) == 2
    assert [list(line.get_ydata()) for line in curves(axes)] == s["good_die_cost_usd_p50"].tolist()
    s = nc.sweep(100, node="n5", year="2020:2026:3", outputs=["cost", "band", "yield"])
    assert len(panels(s.plot(output=["cost", "band"]).figure())) == 1


def test_a_sweep_read_from_a_file_is_drawn_as_it_was_written(tmp_path):
    pytest.importorskip("pyarrow")
    s = nc.sweep(100, node=["n5", "n7"], year="2020:2026:3", outputs=["cost", "band"])
    s.save(tmp_path / "a.parquet")
    again = nc.open_sweep(tmp_path / "a.parquet")
    assert again.plot().content("svg") == s.plot().content("svg")
    assert again._repr_html_() == s._repr_html_()


@pytest.mark.parametrize(("outputs", "labels"), [
    (["cost", "p90"], ["good die cost, USD", "good die cost P90, USD"]),
    (["p10", "p90"], ["good die cost P10, USD", "good die cost P90, USD"]),
])  # fmt: skip
def test_half_a_band_is_drawn_as_what_it_is(outputs, labels):
    figure = nc.sweep(100, node="n5", year="2020:2026:3", outputs=outputs).plot().figure()
    assert [axes.get_ylabel() for axes in panels(figure)] == labels
    assert not any(areas(axes) for axes in panels(figure))


def test_axes_are_logarithmic_where_their_range_is():
    s = nc.sweep(node="n5", die_area="10:800:12:log", outputs=["cost", "p10", "p90", "die_yield"])
    cost, made = panels(s.plot().figure())
    assert (cost.get_xscale(), cost.get_yscale()) == ("log", "log")
    assert (made.get_xscale(), made.get_yscale()) == ("log", "linear")
    assert cost.get_title() == "good die cost (log scale)"


def test_an_axis_that_was_asked_for_as_logarithmic_is_whatever_its_values():
    (axes,) = panels(nc.sweep(100, node="n5", d0="0.1:0.4:2:log").plot().figure())
    assert axes.get_xscale() == "log"
    (axes,) = panels(nc.sweep(100, node="n5", d0=[0.1, 0.4]).plot().figure())
    assert axes.get_xscale() == "linear"


def test_a_heat_map_of_several_outputs_is_a_row_of_panels_each():
    s = nc.sweep(node=["n5", "n7"], die_area="50:500:6", line_yield="0.8:1:5", outputs=["cost", "p10", "p90"])
    figure = s.plot().figure()
    rows = figure.subfigs
    assert [row.get_suptitle() for row in rows] == ["good die cost", "good die cost P10", "good die cost P90"]
    for row in rows:
        assert [axes.get_title() for axes in row.axes if axes.get_title()] == ["tsmc-n5", "tsmc-n7", "cheapest"]
    assert figure.get_suptitle() == "by die area and line yield"


def test_nodes_alone_are_bars_with_their_bands():
    s = nc.sweep(100, node=["n5", "n7", "smic-n+2"], outputs=["cost", "band", "yield"])
    cost, made = panels(s.plot().figure())
    assert [text.get_text() for text in cost.get_yticklabels()] == ["tsmc-n5", "tsmc-n7", "smic-n+2"]
    assert [bar.get_width() for bar in cost.patches] == s["good_die_cost_usd"].tolist()
    found = [tuple(line.get_xdata()) for line in cost.get_lines()]
    assert found == list(zip(s["good_die_cost_usd_p10"], s["good_die_cost_usd_p90"], strict=True))
    assert not made.get_lines()


def test_an_infinite_end_of_a_band_leaves_a_gap_that_is_said():
    from nodecalc.charts.picture import Band, picture_of
    from nodecalc.charts.plot import Plot

    x = np.arange(1.0, 7.0)
    high = np.where(x > 4, np.inf, x + 1)
    picture = picture_of(("d0_per_cm2",), {"d0_per_cm2": x}, x, "die_cost_usd", band=Band(x - 1, None, high))
    axes = panels(Plot(picture).figure())[0]
    assert areas(axes)[0].get_paths()[0].vertices[:, 0].max() == 4
    assert picture.notes == ("P10 and P90: left blank: of 12 points 2 infinite (no die fits, or none is good)",)


def test_chosen_outputs_and_files(tmp_path):
    s = nc.sweep(100, node="n5", d0="0.05:0.5:10", outputs=["cost", "yield"])
    assert [axes.get_ylabel() for axes in panels(s.plot(output="yield").figure())] == ["die yield"]
    plot = s.plot(tmp_path / "a.png", output=["yield", "cost"])
    shown, told = plot._repr_png_()
    assert (tmp_path / "a.png").read_bytes() == plot.content("png") == shown
    assert told == {"width": 800}
    with pytest.raises(nc.NodecalcError, match="gross_dies"):
        s.plot(output="gross_dies")
    with pytest.raises(InputError, match=r"\.svg or \.png"):
        s.plot(tmp_path / "a.gif")


def test_a_picture_says_the_die_and_what_was_given():
    s = nc.sweep(600, node=["n5", "n7"], d0="0.05:0.5:10", line_yield="90%", yield_model="poisson")
    assert s.plot().title == (
        "good die cost (USD) by D0; die 24.49 x 24.49 mm, 600 mm2; line yield 0.9; yield model poisson"
    )
    assert (
        nc.sweep(chip="a14", year="2020:2022:3")
        .plot()
        .title.startswith("good die cost (USD) by year; Apple A14, die 9.381 x 9.381 mm, 88 mm2")
    )


@pytest.mark.parametrize(("given", "said"), [
    ({"bins": "full=8:400+cut=6:200", "outputs": "sellable_yield"}, "bins full=8:400"),
    ({"radial": "step", "radial_start": 0.8, "radial_factor": 3}, "radial shape step; radial start 0.8"),
    ({"wafer_basis": "cost", "without": "euv", "euv_power": 250}, "wafer basis cost; without euv"),
    ({"wafer_price": "90000CNY", "rate": "CNY=7.2"}, "wafer price 12,500 USD"),
    ({"transistors": "1e10", "size": None}, "; transistors 1e+10"),
    ({"transistors": "1e10", "size": None, "node": ["n5", "n7"]}, "by D0; transistors 1e+10"),
])  # fmt: skip
def test_whatever_was_given_stands_in_the_title(given, said):
    s = nc.sweep(**{"size": 100, "node": "n5", "d0": "0.05:0.2:4", **given})
    assert said in s.plot().title
    assert "rate" not in s.plot().title
