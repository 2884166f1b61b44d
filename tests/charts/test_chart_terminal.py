"""Charts as text: what stands where, on every width, with and without colour, Unicode and a terminal."""

import io
import re
import subprocess
import sys
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nodecalc as nc
from nodecalc.charts.canvas import BRAILLE
from nodecalc.charts.heat import tint
from nodecalc.charts.picture import Band, picture_of
from nodecalc.charts.terminal import PIPE_WIDTH, chart_text, write_chart, write_charts

CODE = re.compile("\x1b\\[[0-9;]*m")
NODES = ["tsmc-n5", "tsmc-n7", "smic-n+2"]


@pytest.fixture(autouse=True)
def _terminal_of_all_colours(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")


def lines_of(values, x, key="good_die_cost_usd", axis="die_area_mm2", **more):
    names = [f"s{i}" for i in range(len(values))]
    coords = {"yield_model": names, axis: np.asarray(x, dtype=float)}
    return picture_of(("yield_model", axis), coords, np.asarray(values, dtype=float), key, **more)


def heat_of(values, x, y, key="good_die_cost_usd", **more):
    """`values` by series, x, y."""
    names = [f"s{i}" for i in range(len(values))]
    coords = {"yield_model": names, "d0_per_cm2": np.asarray(x, float), "die_area_mm2": np.asarray(y, float)}
    return picture_of(tuple(coords), coords, np.asarray(values, float), key, **more)


def field(text, panel=0):
    """The characters between the axes, from the top; of the panel in this place where they stand one below another."""
    blocks, rows = [], []
    for line in text.splitlines():
        found = re.match(r"^ *[\d.,e%+-]* ?[│┤|+](.*)$", line)
        if found and not re.match(r"^ *[└+][─┬+-]+$", line):
            rows.append(found.group(1))
        elif rows:
            blocks.append(rows)
            rows = []
    return blocks[panel]


def test_a_curve_rises_from_the_lower_left_to_the_upper_right():
    rows = field(chart_text(lines_of([np.arange(50.0)], np.arange(1.0, 51.0)), 60, 10))
    assert len(rows) == 10
    starts = [len(row) - len(row.lstrip()) for row in rows]
    assert starts == sorted(starts, reverse=True)
    assert starts[-1] == 0
    assert rows[0].rstrip() == rows[0]
    assert all(BRAILLE <= ord(c) < BRAILLE + 256 for row in rows for c in row.strip())


@pytest.mark.parametrize("log_axis", [False, True])
def test_a_spike_stands_over_its_tick(log_axis):
    x = np.geomspace(1, 100, 41) if log_axis else np.linspace(0, 80, 41)
    peak = 20  # the middle: 10 on the logarithmic axis, 40 on the straight one
    values = np.where(np.arange(41) == peak, 90.0, 1.0)
    text = chart_text(lines_of([values], x), 80, 12, unicode=False)
    column = field(text)[0].index("*")
    ticks = next(line for line in text.splitlines() if line.strip().startswith("+"))
    labels = text.splitlines()[text.splitlines().index(ticks) + 1]
    name = "10" if log_axis else "40"
    where = re.search(rf"(?<!\d){name}(?!\d)", labels)
    offset = ticks.index("+") + 1
    assert ticks[offset + column] == "+" or ticks[offset + column + 1] == "+" or ticks[offset + column - 1] == "+"
    assert abs((where.start() + where.end()) / 2 - offset - column) <= 1.5


def test_values_of_the_upward_axis_stand_in_the_row_of_their_value():
    text = chart_text(lines_of([np.linspace(0, 100, 30)], np.linspace(0, 1, 30)), 60, 20)
    rows = [line for line in text.splitlines() if "┤" in line]
    for line in rows:
        value = float(line.split("┤")[0])
        row = text.splitlines().index(line) - text.splitlines().index(rows[0])
        top = float(rows[0].split("┤")[0])
        assert value == pytest.approx(top - row * 100 / 20, abs=100 / 20)
    assert len(rows) >= 4


def test_every_curve_has_its_letter_at_its_end_and_in_the_legend_without_colour():
    text = chart_text(lines_of([[1, 10], [2, 5], [3, 1]], [1, 2]), 60, 12)
    assert "A s0   B s1   C s2" in text
    ends = [row[-1] for row in field(text) if row[-1:].isalpha()]
    assert ends == ["A", "B", "C"]


def test_curves_that_end_in_the_same_row_have_their_letters_side_by_side():
    text = chart_text(lines_of([[1, 9], [2, 9], [3, 9]], [1, 2]), 60, 12)
    assert field(text)[0].endswith("ABC")


def test_a_curve_that_ends_early_is_named_where_it_ends():
    values = np.array([np.r_[np.arange(1.0, 21.0), np.full(20, inf)], np.full(40, 3.0)])
    rows = field(chart_text(lines_of(values, np.arange(1.0, 41.0)), 60, 10))
    assert rows[0].rstrip().endswith("A")
    assert len(rows[0].rstrip()) < 35


@pytest.mark.parametrize("unicode", [True, False])
def test_values_that_are_not_finite_leave_a_gap(unicode):
    values = np.full(60, 5.0)
    values[20:40] = [inf, nan] * 10
    text = chart_text(lines_of([values], np.arange(1.0, 61.0)), 70, 9, unicode=unicode)
    (row,) = [r for r in field(text) if r.strip()]
    assert row.strip().count(" ") > 15
    assert "of 60 points 10 infinite" in text.replace("\n", " ")


def test_nothing_finite_at_all_is_an_empty_chart_with_a_note():
    text = chart_text(lines_of([[inf, inf]], [1, 2]), 70, 9)
    assert not "".join(field(text)).strip()
    assert "of 2 points 2 infinite" in text


def test_a_constant_curve_is_a_line():
    assert sum(bool(r.strip()) for r in field(chart_text(lines_of([[5, 5, 5]], [1, 2, 3]), 60, 9))) == 1


def test_a_break_even_point_is_marked_where_it_is_and_listed():
    text = chart_text(lines_of([[0, 100], [100, 0]], [0, 1]), 62, 11)
    (row,) = [i for i, r in enumerate(field(text)) if "◆" in r]
    assert row == 5
    rows = field(text)
    column = rows[5].index("◆")
    width = len(rows[0].rstrip()) - 1
    assert abs(column - width / 2) <= 1
    assert all(r[column] == "┊" for r in rows[6:])
    assert "◆ break-even" in text
    assert "cost the same at die_area_mm2 = 0.5 (interpolated)" in text


def test_break_even_marks_have_plain_twins():
    text = chart_text(lines_of([[0, 100], [100, 0]], [0, 1]), 62, 11, unicode=False)
    assert "X break-even" in text
    assert text.isascii()


def test_yields_are_in_per_cent():
    text = chart_text(lines_of([[0.2, 0.9]], [1, 2], key="die_yield"), 60, 12)
    assert re.search(r"^ *80% ┤", text, re.MULTILINE)


HEAT_X, HEAT_Y = np.geomspace(0.01, 1, 30), np.linspace(10, 800, 25)
RISING = np.add.outer(np.arange(30.0), np.arange(25.0)) + 1.0


def test_a_heat_map_is_light_at_the_lower_left_and_dark_at_the_upper_right():
    rows = field(chart_text(heat_of([RISING], HEAT_X, HEAT_Y), 60, 12))
    assert len(rows) == 12
    assert rows[0][-1] == "█"
    assert rows[-1].startswith(" ")
    digits = field(chart_text(heat_of([RISING], HEAT_X, HEAT_Y), 60, 12, unicode=False))
    assert digits[0][-1] == "9"
    assert digits[-1][0] == "0"
    for row in digits:
        assert list(row) == sorted(row)


def test_the_digits_of_a_heat_map_say_the_value_within_a_tenth_of_the_scale():
    text = chart_text(heat_of([RISING], HEAT_X, HEAT_Y), 53, 25, unicode=False)
    rows = field(text)
    width = len(rows[0])
    for i, row in enumerate(reversed(rows)):
        for c in (0, width // 2, width - 1):
            column = min(29, int((c + 0.5) / width * 30))
            expected = (RISING[column, i] - 1.0) / (RISING.max() - 1.0)
            assert abs((int(row[c]) + 0.5) / 10 - expected) <= 0.05 + 1e-9
    assert "1.00 [0]" in text
    assert f"[9] {RISING.max():.2f} USD" in text


def test_all_panels_have_the_same_scale():
    text = chart_text(heat_of([RISING, RISING + 40], HEAT_X, HEAT_Y), 60, 8, unicode=False)
    first, second = (field(text, i) for i in range(2))
    assert (first[-1][0], first[0][-1]) == ("0", "5")  # 1 and 54 on a scale from 1 to 94
    assert (second[-1][0], second[0][-1]) == ("4", "9")  # 41 and 94


def test_the_map_of_the_cheapest_holds_the_letter_of_the_cheapest():
    a, b = RISING, RISING[::-1, ::-1]
    for better, letters in (("lower", "AB"), ("higher", "BA")):
        text = chart_text(heat_of([a, b], HEAT_X, HEAT_Y, better=better), 60, 12, unicode=False)
        rows = field(text, 2)
        assert rows[-1][0] == letters[0]
        assert rows[0][-1] == letters[1]
        assert set("".join(rows)) == {"A", "B"}
        assert ("cheapest: A s0   B s1" if better == "lower" else "highest: A s0   B s1") in text


def test_the_boundary_is_marked_where_the_letters_change():
    text = chart_text(heat_of([RISING, RISING[::-1, ::-1]], HEAT_X, HEAT_Y), 60, 12, unicode=False)
    panel, letters = field(text, 0), field(text, 2)
    for marks, row in zip(panel, letters, strict=True):
        for c in range(len(row) - 1):
            if row[c] != row[c + 1]:
                assert marks[c] == "*"
    assert "*: where the cheapest changes" in text.replace("\n", " ")


def test_one_series_that_is_best_everywhere_is_said_so():
    text = chart_text(heat_of([RISING, RISING + 1], HEAT_X, HEAT_Y), 60, 8)
    assert "s0 wherever the map shows a value" in text.replace("\n", " ")
    assert "•" not in text


def test_cells_without_a_value_are_marked_and_explained():
    values = RISING.copy()
    values[:15, :] = inf
    text = chart_text(heat_of([values], HEAT_X, HEAT_Y), 60, 8)
    assert all(row.startswith("×") and not row.endswith("×") for row in field(text))
    assert "×: no value" in text


def test_values_too_narrow_to_be_seen_are_named():
    text = chart_text(heat_of([np.ones((30, 3))], HEAT_X, [50, 100, 8000]), 60, 8)
    assert "too narrow to be seen at this size: die area 50 mm2" in text


def test_few_values_are_the_ticks():
    text = chart_text(heat_of([np.ones((4, 3))], [0.05, 0.1, 0.15, 0.2], [100, 200, 300]), 70, 12)
    assert re.search(r"^ +0\.05 +0\.1 +0\.15 +0\.2$", text, re.MULTILINE)
    assert re.findall(r"^(\d+) ┤", text, re.MULTILINE) == ["300", "200", "100"]


def test_long_axes_are_sampled_before_anything_is_drawn():
    long = np.broadcast_to(np.linspace(1.0, 50.0, 10_000), (10_000, 10_000))
    picture = picture_of(
        ("d0_per_cm2", "die_area_mm2"),
        {"d0_per_cm2": np.geomspace(0.01, 1, 10_000), "die_area_mm2": np.linspace(1, 800, 10_000)},
        long,
        "good_die_cost_usd",
    )
    rows = field(chart_text(picture, 80, 10, unicode=False))
    assert [row[0] for row in rows] == list("9876543210")


def test_colour_says_the_same_letters_as_none_in_a_line_chart():
    picture = lines_of([[1, 10], [2, 5], [8, 1]], [1, 2])
    coloured = chart_text(picture, 60, 12, colour=True)
    assert "\x1b[" in coloured
    assert [line.rstrip() for line in CODE.sub("", coloured).splitlines()] == chart_text(picture, 60, 12).splitlines()


def test_colours_of_a_heat_map_run_from_end_to_end_and_have_two_pixels_a_character():
    text = chart_text(heat_of([RISING], HEAT_X, HEAT_Y), 60, 8, colour=True)
    assert "▀" in text
    for end in (0.0, 1.0):
        red, green, blue = (int(tint(end)[i : i + 2], 16) for i in (1, 3, 5))
        assert f"2;{red};{green};{blue}" in text


def test_a_terminal_of_few_colours_still_gets_a_scale(child_environment):
    code = (  # in a process of its own: rich remembers how it wrote a style before
        "import numpy as np\n"
        "from nodecalc.charts.terminal import chart_text\n"
        "from nodecalc.charts.picture import Band, picture_of\n"
        "x = np.arange(1.0, 31.0)\n"
        "coords = {'d0_per_cm2': x, 'die_area_mm2': x}\n"
        "print(chart_text(picture_of(tuple(coords), coords, np.outer(x, x), 'die_cost_usd'), 60, 8, True))"
    )
    environment = child_environment | {"TERM": "linux", "COLORTERM": "", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, encoding="utf-8", check=True
    )
    assert len(set(re.findall("38;5;([0-9]+)", done.stdout))) > 10


@given(st.floats(0, 1))
def test_tints_are_colours(at):
    assert re.fullmatch("#[0-9a-f]{6}", tint(at))


def test_bars_are_drawn_by_name_and_say_their_number():
    picture = picture_of(("node",), {"node": NODES}, np.array([10.0, 20.0, inf]), "good_die_cost_usd")
    lines = chart_text(picture, 60).splitlines()
    assert lines[0] == "good die cost (USD) by node"
    assert lines[2].count("█") * 2 == pytest.approx(lines[3].count("█"), abs=1)
    assert lines[4] == "smic-n+2    inf"
    assert "#" in chart_text(picture, 60, unicode=False)


SHAPES = st.sampled_from(["lines", "heat", "bars"])


@given(SHAPES, st.integers(30, 160), st.integers(4, 30), st.booleans(), st.booleans(), st.integers(1, 8))
def test_no_line_is_wider_than_asked_and_plain_charts_are_plain(shape, width, height, colour, unicode, count):
    rng = np.random.default_rng(count)
    if shape == "lines":
        picture = lines_of(rng.random((count, 20)) * 10.0 ** rng.integers(0, 6), np.geomspace(0.01, 5, 20))
    elif shape == "heat":
        picture = heat_of(rng.random((count, 9, 7)) + 0.01, np.linspace(1, 9, 9), np.geomspace(1, 900, 7))
    else:
        picture = picture_of(
            ("node",), {"node": [f"n{i}" for i in range(count)]}, rng.random(count), "good_die_cost_usd"
        )
    text = chart_text(picture, width, height, colour, unicode)
    assert max(len(line) for line in CODE.sub("", text).splitlines()) <= width
    assert text.endswith("\n")
    assert ("\x1b" in text) is colour
    assert unicode or text.isascii()


class Stream(io.StringIO):
    def __init__(self, terminal, encoding):
        super().__init__()
        self.terminal, self.kind = terminal, encoding

    encoding = property(lambda self: self.kind)

    def isatty(self):
        return self.terminal


@pytest.mark.parametrize(
    ("terminal", "encoding", "no_colour", "coloured"),
    [
        (True, "utf-8", False, True),
        (True, "utf-8", True, False),
        (False, "utf-8", False, False),
        (True, "cp1252", False, True),
    ],
)
def test_colour_and_characters_follow_the_stream(monkeypatch, terminal, encoding, no_colour, coloured):
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_colour:
        monkeypatch.setenv("NO_COLOR", "")
    monkeypatch.setenv("COLUMNS", "70")
    stream = Stream(terminal, encoding)
    write_chart(lines_of([[1, 10], [2, 5]], [1, 2]), stream)
    text = stream.getvalue()
    assert ("\x1b" in text) is coloured
    assert text.isascii() is (encoding != "utf-8")
    assert max(len(line) for line in CODE.sub("", text).splitlines()) == (70 if terminal else PIPE_WIDTH)


def test_a_dumb_terminal_gets_no_colour(monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    stream = Stream(True, "utf-8")
    write_chart(lines_of([[1, 10]], [1, 2]), stream)
    assert "\x1b" not in stream.getvalue()


def test_charts_load_nothing_heavy_until_one_is_drawn(child_environment):
    code = (
        "import sys, nodecalc.charts.terminal, nodecalc.charts.lines, nodecalc.charts.heat,"
        " nodecalc.charts.picture, nodecalc.charts.plot, nodecalc.charts.plot_heat,"
        " nodecalc.charts.crossings, nodecalc.charts.resample\n"
        "print(*{'numpy', 'matplotlib', 'rich', 'numba', 'textwrap'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], env=child_environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""


def test_real_numbers_the_dearer_wafer_pays_where_defects_are_many():
    """The chart's break-even of two dies is where the calculator itself finds equal costs."""
    d0 = np.geomspace(0.03, 3.0, 60)
    dies = {"tsmc-n5": (17000.0, 100.0), "tsmc-n7": (9300.0, 160.0)}
    values = [
        nc.evaluate({"die_area_mm2": a, "d0_per_cm2": d0, "wafer_price_usd": p}, placement="de-vries-exp")[
            "good_die_cost_usd"
        ]
        for p, a in dies.values()
    ]
    picture = picture_of(
        ("node", "d0_per_cm2"), {"node": list(dies), "d0_per_cm2": d0}, np.array(values), "good_die_cost_usd"
    )
    (found,) = picture.breaks
    first, second = (
        nc.estimate(die_area_mm2=a, d0_per_cm2=found.meeting.start, wafer_price_usd=p, placement="de-vries-exp", node=n)
        for n, (p, a) in dies.items()
    )
    assert first.good_die_cost_usd == pytest.approx(second.good_die_cost_usd, rel=1e-4)
    assert "◆" in chart_text(picture, 90)
    assert f"d0_per_cm2 = {found.meeting.start:.4g} (interpolated)" in chart_text(picture, 90)


def banded(count, **more):
    x = np.linspace(1, 10, 30)
    names = [f"s{i}" for i in range(count)]
    values = np.array([x * (i + 1) for i in range(count)])
    coords = {"yield_model": names, "d0_per_cm2": x}
    return picture_of(
        tuple(coords), coords, values, "good_die_cost_usd", band=Band(0.5 * values, None, 1.5 * values), **more
    )


@pytest.mark.parametrize(("unicode", "shade"), [(True, "░"), (False, ".")])
def test_the_band_of_one_curve_is_an_area_around_it(unicode, shade):
    text = chart_text(banded(1), 60, 16, unicode=unicode)
    assert f"{shade} P10 to P90" in text
    rows = field(text)
    for column in (10, 30, 45):
        filled = [i for i, row in enumerate(rows) if column < len(row) and row[column] == shade]
        drawn = [i for i, row in enumerate(rows) if column < len(row) and row[column] not in f" {shade}"]
        assert filled[0] < drawn[0] <= drawn[-1] < filled[-1]


def test_the_bands_of_several_curves_are_small_letters_which_need_no_colour():
    text = chart_text(banded(2), 70, 18)
    assert "a, b: P10 and P90 of A, B" in text
    letters = set("".join(field(text)))
    assert {"a", "b", "A", "B"} <= letters
    assert "░" not in letters


def test_curves_that_never_meet_are_said_so_and_many_are_not_listed_by_pairs():
    assert "s0 is cheaper than s1 all along; they do not meet" in chart_text(banded(2), 100)
    assert "do not meet" not in chart_text(banded(4), 100)
    assert "do not meet" not in chart_text(lines_of([[1, 3], [2, 2]], [1, 2]), 100)


def test_several_charts_stand_one_below_another_and_those_too_many_are_named():
    pictures = [lines_of([[1, 10]], [1, 2], key=key) for key in
                ("die_cost_usd", "die_yield", "good_dies", "mean_faults", "gross_dies")]  # fmt: skip
    stream = Stream(False, "utf-8")
    write_charts(pictures, stream)
    text = stream.getvalue()
    heights = [len(field(text, i)) for i in range(4)]
    assert len(set(heights)) == 1
    assert "no chart here of gross dies: --plot FILE.png draws all" in text
    alone = Stream(False, "utf-8")
    write_charts(pictures[:1], alone)
    assert len(field(alone.getvalue())) > heights[0]
