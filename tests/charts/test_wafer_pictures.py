"""Pictures of a wafer: as round as it is, dies of whole characters drawn once each, colours that mean something."""

import re
from io import BytesIO
from math import pi

import pytest

import nodecalc as nc
from nodecalc.charts.wafer import COLOURS, Outline
from nodecalc.charts.wafer_svg import wafer_svg
from nodecalc.charts.wafer_terminal import wafer_text


def body(text):
    """Return the lines of the wafer itself, between the title and the legend."""
    lines = text.rstrip("\n").split("\n")
    begin, end = lines.index(""), len(lines) - 1 - lines[::-1].index("")
    return lines[begin + 1 : end]


@pytest.mark.parametrize("size", ["10x10", "26x33", "21.32x31.22", "6x9", "4x2", "1x1"])
@pytest.mark.parametrize("width", [40, 80, 140])
def test_a_round_wafer_looks_round(size, width):
    drawn = body(wafer_text(nc.wafer_map(size).picture(), width, 70))
    filled = [line for line in drawn if line.strip()]
    left = min(len(line) - len(line.lstrip()) for line in filled)
    across, high = max(map(len, filled)) - left, len(filled)
    assert across <= width
    assert across / (2.0 * high) == pytest.approx(1.0, abs=0.13)  # a character or two of either


def test_dies_of_whole_characters_are_drawn_once_each():
    m = nc.wafer_map("10x10", drop_ins=["0,0"])
    for unicode, mark in ((True, "█"), (False, "#")):
        drawn = "\n".join(body(wafer_text(m.picture(), 80, 40, unicode=unicode)))
        assert (drawn.count(mark), drawn.count("T"), drawn.count("x")) == (615, 1, 8)


def test_plain_text_is_ascii_where_the_stream_is():
    assert wafer_text(nc.wafer_map("6x9", flat=100).picture(), 80, 40, unicode=False).isascii()


def test_colour_is_in_half_blocks_of_the_colours_of_the_statuses():
    text = wafer_text(nc.wafer_map("10x10").picture(), 80, 50, colour=True)
    assert "\x1b[" in text
    assert "▀" in text
    assert all(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) <= 80 for line in text.splitlines())


def test_a_map_by_yield_is_coloured_on_a_scale():
    m = nc.wafer_map("10x10", d0=0.1)
    picture = m.picture("yield")
    assert picture.extent == (m.die_yield, m.die_yield)
    assert picture.colour(0, 0, "good") not in COLOURS["good"]
    assert picture.colour(0, 0, "partial") == COLOURS["partial"][0]
    spread = picture._replace(value=lambda column, row: 0.5 + 0.01 * row, extent=(0.3, 0.7))
    assert spread.colour(0, 20, "good") != spread.colour(0, -20, "good")
    assert "expected yield 30.0%" in wafer_text(spread, 80, 50, colour=True)
    assert "yield 30.0%" in wafer_svg(spread)
    assert len(set(re.findall(r'<path fill="(#\w+)"', wafer_svg(spread)))) > 20


def test_the_same_map_gives_the_same_svg():
    assert nc.wafer_map("6x9", d0=0.1).to_svg() == nc.wafer_map("6x9", d0=0.1).to_svg()


def test_the_edge_of_a_wafer_is_an_arc_and_its_flat():
    whole = Outline(50.0, 50.0, 50.0)
    assert whole.path().count("A") == 2
    below = 1.5 * pi
    flat = Outline(50.0, 50.0, 50.0, ((below, 40.0),))
    assert flat.path() == "M30 -40A50 50 0 1 1 -30 -40Z"
    assert flat.holds(0.0, -39.0)
    assert not flat.holds(0.0, -41.0)
    assert not flat.holds(40.0, 40.0)
    assert Outline(20.0, 10.0, 0.0).path() == "M-20 -10H20V10H-20Z"
    two = Outline(50.0, 50.0, 50.0, ((pi, 48.0), (below, 40.0)))
    assert two.path() == "M-48 -14A50 50 0 0 1 -30 -40L30 -40A50 50 0 1 1 -48 14Z"
    assert two.holds(-47.0, 0.0)
    assert not two.holds(-49.0, 0.0)


def test_png_has_the_size_that_was_asked_for():
    pytest.importorskip("matplotlib")
    from nodecalc.charts.wafer_png import wafer_png

    content = wafer_png(nc.wafer_map("10x10", d0=0.1, keep_outs=["0,0,10"]).picture("yield"))
    assert content.startswith(b"\x89PNG")
    assert int.from_bytes(content[16:20], "big") == 1280


def test_many_dies_are_painted_as_densely_as_they_cover_the_wafer(monkeypatch):
    pytest.importorskip("matplotlib")
    from matplotlib.image import imread

    from nodecalc.charts import wafer_png

    m = nc.wafer_map("4x6", d0=0.5, scribe=0.4, radial="step", radial_start=0.6, radial_factor=3, flat=60)
    for by in ("status", "yield"):
        drawn = []
        for most in (10**9, 0):
            monkeypatch.setattr(wafer_png, "MOST_PATCHES", most)
            drawn.append(imread(BytesIO(wafer_png.wafer_png(m.picture(by))))[..., :3])
        shapes, painted = drawn
        assert shapes.shape == painted.shape
        assert abs(shapes - painted).mean() < 0.01  # edges of dies alone differ
        assert abs(shapes.mean(axis=(0, 1)) - painted.mean(axis=(0, 1))).max() < 0.002


def test_what_dies_cover_of_a_stretch_is_exact():
    import numpy as np

    from nodecalc.charts.wafer_png import _covered

    assert _covered(np.array([-1.0, 0.0, 0.5, 1.5, 7.5]), 1.0, 0.8) == pytest.approx([0.8, 0.8, 0.8, 0.8])
    assert _covered(np.array([-0.6, -0.4, -0.3, 0.3]), 1.0, 0.8) == pytest.approx([0.0, 1.0, 1.0])
