"""SVG and PNG: what is in them, the same bytes every time, nothing left behind, nobody's settings touched."""

import os
import re
import struct
import subprocess
import sys
import zlib
from xml.etree import ElementTree as ET

import matplotlib as mpl
import numpy as np
import pytest

import nodecalc as nc
from nodecalc.charts.picture import picture_of
from nodecalc.charts.plot import MISSING, save_plot
from nodecalc.errors import InputError, OutputError

NODES = ["tsmc-n5", "tsmc-n7", "smic-n+2"]
PRICES = dict(zip(NODES, (17000.0, 9300.0, 3500.0), strict=True))
WORSE = dict(zip(NODES, (1.0, 0.7, 3.0), strict=True))
KEY = "usd_per_billion_transistors"


def cost(area, d0):
    return np.array(
        [
            nc.evaluate(
                {"die_area_mm2": area, "d0_per_cm2": d0 * WORSE[n], "wafer_price_usd": PRICES[n]},
                node=n,
                outputs=[KEY],
                placement="de-vries-exp",
            )[KEY]
            for n in NODES
        ]
    )


def line_picture(**more):
    area = np.linspace(20, 900, 40)
    coords = {"node": NODES, "die_area_mm2": area}
    return picture_of(tuple(coords), coords, cost(area, np.array(0.15)), KEY, **more)


def heat_picture():
    area, d0 = np.linspace(20, 900, 24), np.geomspace(0.03, 1, 20)
    coords = {"node": NODES, "d0_per_cm2": d0, "die_area_mm2": area}
    return picture_of(tuple(coords), coords, cost(area, d0[:, None]), KEY)


def bar_picture():
    return picture_of(("node",), {"node": NODES}, np.array([10.0, 20.0, np.inf]), "good_die_cost_usd")


PICTURES = {"lines": line_picture, "heat": heat_picture, "bars": bar_picture}


def texts(path):
    """What an SVG of matplotlib's says: it leaves each text as a comment beside the outlines of its letters."""
    return re.findall(r"<!-- (.*?) -->", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("ending", ["svg", "png"])
def test_the_same_picture_gives_the_same_bytes_and_nothing_else_is_left(tmp_path, name, ending):
    paths = [tmp_path / f"{i}.{ending}" for i in range(2)]
    for path in paths:
        save_plot(PICTURES[name](), path, "footer")
    first, second = (path.read_bytes() for path in paths)
    assert first == second
    assert sorted(p.name for p in tmp_path.iterdir()) == [p.name for p in paths]


def test_an_svg_is_xml_with_the_title_and_no_date(tmp_path):
    path = tmp_path / "a.svg"
    save_plot(line_picture(title="three dies"), path)
    text = path.read_text(encoding="utf-8")
    assert ET.fromstring(text).tag == "{http://www.w3.org/2000/svg}svg"
    assert "<dc:title>USD per billion transistors by die area; three dies</dc:title>" in text
    assert "dc:date" not in text


def test_a_line_chart_says_axes_legend_break_even_and_where_figures_come_from(tmp_path):
    path = tmp_path / "a.svg"
    picture = line_picture()
    save_plot(picture, path, "sources: cset_2020")
    found = texts(path)
    assert {"die area, mm2", KEY.replace("_", " ").replace("usd", "USD"), *NODES, "sources: cset_2020"} <= set(found)
    assert len(picture.breaks) == 2
    for each in picture.breaks:
        assert f"{each.meeting.start:.4g}" in found
    twice = picture._replace(breaks=[picture.breaks[0], *picture.breaks])  # two in one place: no text on the other
    save_plot(twice, path)
    assert [f"{each.meeting.start:.4g}" in texts(path) for each in picture.breaks] == [False, True]
    for note in picture.notes:
        assert note in found


def test_a_heat_map_has_a_panel_for_each_series_and_one_for_the_cheapest(tmp_path):
    path = tmp_path / "a.svg"
    save_plot(heat_picture(), path)
    found = texts(path)
    assert [found.count(n) for n in NODES] == [
        1,
        2,
        2,
    ]  # a panel's head; for those somewhere the cheapest, a legend too
    assert found.count("cheapest") == 1
    assert {"D0, 1/cm2", "die area, mm2"} <= set(found)


def test_a_heat_map_of_one_series_has_no_map_of_the_cheapest(tmp_path):
    picture = heat_picture()
    path = tmp_path / "a.svg"
    save_plot(picture._replace(series=picture.series[:1]), path)
    assert "cheapest" not in texts(path)


def test_series_of_which_one_is_the_cheapest_everywhere_are_drawn_without_a_boundary(tmp_path):
    picture = heat_picture()
    values = picture.series[0].values
    alike = [s._replace(values=values + i) for i, s in enumerate(picture.series)]
    save_plot(picture._replace(series=alike), tmp_path / "a.svg")
    assert "cheapest" in texts(tmp_path / "a.svg")


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_not_finite_are_left_out_without_a_warning(tmp_path, bad):
    for number, picture in enumerate((line_picture(), heat_picture())):
        values = picture.series[0].values.copy()
        values[:5] = bad
        everywhere = np.full_like(values, bad)
        series = [picture.series[1], picture.series[0]._replace(values=values)]
        save_plot(picture._replace(series=series, breaks=()), tmp_path / f"{number}.png")
        series = [s._replace(values=everywhere) for s in picture.series]
        save_plot(picture._replace(series=series, breaks=()), tmp_path / f"{number}.svg")


def test_dollar_signs_stay_what_they_are(tmp_path):
    save_plot(line_picture(title="from 5 $ to 6 $"), tmp_path / "a.svg", "$x$")
    assert "$x$" in texts(tmp_path / "a.svg") or r"\$x\$" in texts(tmp_path / "a.svg")


def pixels(path):
    """Size of a PNG, and its rows as bytes without their filter bytes undone: enough to see that something is there."""
    content = path.read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    data, at = b"", 8
    while at < len(content):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        data += content[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += 12 + length
    return struct.unpack(">II", content[16:24]), zlib.decompress(data)


@pytest.mark.parametrize("name", PICTURES)
def test_a_png_is_a_picture_of_readable_size(tmp_path, name):
    save_plot(PICTURES[name](), tmp_path / "a.PNG")
    (width, height), data = pixels(tmp_path / "a.PNG")
    assert width >= 1000
    assert height >= 600
    assert len(set(data)) > 50


def test_long_axes_make_small_files(tmp_path):
    x, y = np.linspace(1, 2, 3000), np.linspace(1, 3, 4000)
    coords = {"d0_per_cm2": x, "die_area_mm2": y}
    values = np.broadcast_to(y, (3000, 4000))
    save_plot(picture_of(tuple(coords), coords, values, "die_cost_usd"), tmp_path / "a.svg")
    x = np.linspace(1, 900, 300_000)
    save_plot(picture_of(("d0_per_cm2",), {"d0_per_cm2": x}, np.sin(x), "die_cost_usd"), tmp_path / "b.svg")
    assert all((tmp_path / n).stat().st_size < 1_000_000 for n in ("a.svg", "b.svg"))


def test_ten_thousand_break_even_points_make_no_large_file(tmp_path):
    x = np.arange(20_000.0)
    coords = {"node": NODES[:2], "d0_per_cm2": x}
    picture = picture_of(tuple(coords), coords, np.array([np.cos(np.pi * x), 0.0 * x]), "die_cost_usd")
    assert len(picture.breaks) == 19_999
    save_plot(picture, tmp_path / "a.svg")
    assert (tmp_path / "a.svg").stat().st_size < 1_500_000


@pytest.mark.parametrize("name", ["a.pdf", "a", "a.svg.txt"])
def test_another_ending_is_refused_in_a_line_that_lists_the_two(tmp_path, name):
    with pytest.raises(InputError, match=r"\.svg or \.png") as caught:
        save_plot(line_picture(), tmp_path / name)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_without_matplotlib_the_error_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(InputError, match=re.escape(MISSING)):
        save_plot(line_picture(), tmp_path / "a.svg")
    assert MISSING == "--plot needs matplotlib: pip install 'nodecalc[plot]'"


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match="there is no folder"):
        save_plot(line_picture(), tmp_path / "nowhere" / "a.svg")


def test_a_write_that_fails_leaves_the_old_file_and_no_part(tmp_path, monkeypatch):
    path = tmp_path / "a.svg"
    path.write_text("old")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", fail)
    with pytest.raises(OutputError, match="No space left"):
        save_plot(line_picture(), path)
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.svg"]


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX")
def test_a_new_file_has_the_permissions_of_any_other(tmp_path):
    save_plot(line_picture(), tmp_path / "a.svg")
    (tmp_path / "b").write_text("")
    assert (tmp_path / "a.svg").stat().st_mode == (tmp_path / "b").stat().st_mode


def test_the_users_settings_neither_show_nor_change(tmp_path):
    save_plot(line_picture(), tmp_path / "a.svg")
    with mpl.rc_context({"lines.linewidth": 9.0, "font.size": 20.0, "axes.facecolor": "red"}):
        before = dict(mpl.rcParams)
        save_plot(line_picture(), tmp_path / "b.svg")
        assert dict(mpl.rcParams) == before
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_pyplot_is_never_loaded(tmp_path, child_environment):
    code = (
        "import sys, numpy as np\n"
        "from nodecalc.charts.picture import picture_of\n"
        "from nodecalc.charts.plot import save_plot\n"
        "p = picture_of(('d0_per_cm2',), {'d0_per_cm2': np.arange(5.0)}, np.arange(5.0), 'die_cost_usd')\n"
        "save_plot(p, sys.argv[1] + '/a.svg'); save_plot(p, sys.argv[1] + '/a.png')\n"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, env=child_environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
