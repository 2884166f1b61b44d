"""SIZE and its companions: what describes a die, what describes two, and what describes none."""

from math import sqrt
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nodecalc as nc
from nodecalc.errors import InputError, NodecalcError
from nodecalc.question.figures import used_figure
from nodecalc.question.units import size
from nodecalc.question.utilisation import REACHED

lengths = st.integers(min_value=50, max_value=450_000).map(lambda um: um / 1000)
areas = st.integers(min_value=3, max_value=160_000_000).map(lambda a: a / 1000)
N5 = {"node": "tsmc-n5"}


def die(*args, **kwargs):
    d = nc.estimate(*args, **N5, **kwargs).inputs.die
    return d.width_mm, d.height_mm, d.area_mm2


@given(lengths, lengths, st.sampled_from(["x", "X", "×", "*", " x "]), st.sampled_from(["", "mm", " mm"]))
def test_two_sides_are_read_exactly(width, height, times, unit):
    assert size(f"{width!r}{times}{height!r}{unit}") == (width, height, None)
    assert size(f"{width!r}mm{times}{height!r}mm") == (width, height, None)


@given(areas, st.sampled_from(["", "mm2", "mm²", "mm^2", " mm2"]))
def test_an_area_is_read_exactly(area, unit):
    assert size(f"{area!r}{unit}") == (None, None, area)


@given(areas)
def test_an_area_in_cm2_is_a_hundred_times_as_many_mm2(area):
    text = repr(area / 100)
    assert size(f"{text}cm2") == (None, None, float(text) * 100.0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("100", (10, 10, 100)), ("100mm2", (10, 10, 100)), ("1cm2", (10, 10, 100)), ("1 cm²", (10, 10, 100)),
        ("10x12", (10, 12, 120)), ("10x12mm", (10, 12, 120)), ("1x1.2cm", (10, 12, 120)), ("10mmx12mm", (10, 12, 120)),
        ("1e1x1.2e1", (10, 12, 120)), (100, (10, 10, 100)), (100.0, (10, 10, 100)),
    ],
)  # fmt: skip
def test_the_spellings_of_a_size(text, expected):
    assert die(text) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    "text",
    ["", " ", "x", "10x", "x10", "10x10x10", "10xx10", "abc", "10 by 10", "10,5x10", "10x10mm2", "10mmx10cm", "10mm",
     "1cm",
     "100nm2", "100in", "-100", "-10x10", "10x-10", "0", "0x10", "10x0", "nan", "inf", "-inf", "nanxnan", "infxinf",
     "1e999", "1e999x10", "1e-999", "0.001", "1e6", "500x500", "0.01x10", "10/10", "10;10", "$100", "100%", "1 00",
     "1 0x10", "10x1 0", "100 mm 2 mm", "10x10 10x10"],
)  # fmt: skip
def test_what_is_no_size_is_refused_in_one_line_with_the_allowed_forms(text):
    with pytest.raises(InputError) as caught:
        nc.estimate(text, **N5)
    message = str(caught.value)
    assert "\n" not in message
    assert "100mm2" in message
    assert "10x12" in message


@pytest.mark.parametrize(
    "value",
    [True, False, (10, 12), [100], {}, object(), float("nan"), -1.0,
     pytest.param(10**400, id="huge"), pytest.param(-(10**400), id="-huge")],
)  # fmt: skip
def test_a_size_that_is_no_text_or_number_is_an_input_error(value):
    with pytest.raises(InputError):
        nc.estimate(value, **N5)


def test_a_shape_of_an_area_is_its_aspect_ratio():
    width, height, area = die("100", aspect_ratio=4)
    assert (width, height, area) == pytest.approx((20, 5, 100))
    assert die(die_area_mm2=100, aspect_ratio="0.25") == pytest.approx((5, 20, 100))
    assert die(die_area_mm2=50) == pytest.approx((sqrt(50), sqrt(50), 50))


def test_sides_with_a_smaller_area_keep_the_sides_for_counting_and_the_area_for_yield():
    whole, part = nc.estimate("10x10", **N5), nc.estimate("10x10", die_area_mm2=60, **N5)
    assert part.gross_dies == whole.gross_dies
    assert part.mean_faults == pytest.approx(0.6 * whole.mean_faults)
    with pytest.raises(InputError, match="die_area_mm2"):
        nc.estimate("10x10", die_area_mm2=100.001, **N5)


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [
        ((), {}),
        ((), {"aspect_ratio": 2}),
        ((), {"die_width_mm": 10}),
        ((), {"die_height_mm": 10}),
        (("100",), {"die_area_mm2": 100}),
        (("100",), {"die_width_mm": 10, "die_height_mm": 10}),
        (("10x10",), {"aspect_ratio": 1}),
        ((), {"die_width_mm": 10, "die_height_mm": 10, "aspect_ratio": 1}),
        (("100",), {"transistors": 1e10}),
        ((), {"die_area_mm2": 100, "transistors": 1e10}),
        (("100",), {"density_utilisation": 0.5}),
        (("100",), {"chip": "kirin-9000s"}),
        ((), {"chip": "kirin-9000s", "transistors": 1e10}),
    ],
)
def test_no_die_half_a_die_and_two_dies_are_refused(args, kwargs):
    with pytest.raises(NodecalcError):
        nc.estimate(*args, node="tsmc-n5", **kwargs)


def test_transistors_at_the_nodes_density_make_the_die():
    e = nc.estimate(transistors="11.8B", density_utilisation="80%", **N5)
    assert e.inputs.die.area_mm2 == pytest.approx(11.8e9 / (137.59889920880633e6 * 0.8))
    assert e.peak_transistors == pytest.approx(11.8e9 / 0.8)
    full = {"density_utilisation": 1, **N5}
    given_density = nc.estimate(transistors=1e10, logic_density_mtr_per_mm2=100, **full)
    assert given_density.inputs.die.area_mm2 == pytest.approx(100.0)
    wide = nc.estimate(transistors=1e10, logic_density_mtr_per_mm2=100, aspect_ratio=4, **full).inputs.die
    assert (wide.width_mm, wide.height_mm) == pytest.approx((20, 5))


def test_transistors_on_a_node_without_a_density_name_the_option():
    with pytest.raises(NodecalcError, match="--density"):
        nc.estimate(transistors=1e10, node="cxmt-g4", d0_per_cm2=0.1, wafer_price_usd=3000)


@pytest.mark.parametrize("placement", ["best", "center-die", "area", "hennessy-patterson", "ferris-prabhu", "flynn"])
def test_a_die_that_fits_nowhere_on_the_wafer_is_refused_by_every_placement(placement):
    # Its diagonal of 297 mm is longer than the usable diameter of 294 mm, whatever a closed formula makes of it.
    with pytest.raises(InputError, match="fits nowhere"):
        nc.estimate("210x210", placement=placement, **N5)


@pytest.mark.parametrize(
    ("area", "sides"),
    [(676, (26, 26)), (676.5, (26, 676.5 / 26)), (814, (26, 814 / 26)), (858, (26, 33)), (858.5, (858.5**0.5,) * 2)],
)
def test_an_area_takes_a_shape_that_the_field_holds_where_there_is_one(area, sides):
    e = nc.estimate(area, **N5)
    assert (e.inputs.die.width_mm, e.inputs.die.height_mm) == pytest.approx(sides, rel=1e-15)
    stitched = [note for note in e.notes if "needs stitching" in note]
    fitted = [note for note in e.notes if "is taken as 26 x" in note]
    assert bool(stitched) is (area > 858)
    assert bool(fitted) is (676 < area <= 858)


def test_a_given_shape_is_taken_as_given_and_told_where_no_field_holds_it():
    square = nc.estimate(814, aspect_ratio=1, **N5)
    assert square.inputs.die.width_mm == pytest.approx(814**0.5)
    assert any("needs stitching" in note for note in square.notes)
    wide = nc.estimate(800, aspect_ratio=1.25, **N5).inputs.die
    assert (wide.width_mm, wide.height_mm) == pytest.approx((1000**0.5, 640**0.5))
    sized = nc.estimate(transistors="80B", density_utilisation=0.67, node="tsmc-n4").inputs.die
    assert sized.width_mm == 26.0
    assert nc.sweep(814, node="tsmc-n5", outputs="gross_dies")["gross_dies"] == nc.estimate(814, **N5).gross_dies


def test_a_die_of_transistors_alone_takes_what_chips_of_its_class_reach_and_says_so():
    usual = nc.estimate(transistors="20B", node="tsmc-n4")
    assert usual.assumed == ("density_utilisation",)
    assert usual.inputs.die.area_mm2 == pytest.approx(20e9 / (146e6 * 0.8), rel=1e-3)
    (note,) = (note for note in usual.notes if "ASSUMED" in note)
    assert "0.57 to 1" in note
    phone = nc.estimate(transistors="20B", node="tsmc-n4", chip_class="phone")
    assert phone.inputs.die.area_mm2 == pytest.approx(20e9 / (146e6 * 0.95), rel=1e-3)
    given = nc.estimate(transistors="20B", node="tsmc-n4", density_utilisation=0.8)
    assert given.good_die_cost_usd == usual.good_die_cost_usd
    assert given.assumed == ()

    def width(e):
        return e.good_die_cost_usd_p90 / e.good_die_cost_usd_p10

    assert width(given) < width(usual)
    exact = {"d0": 0.1, "wafer_price": 10_000}
    low, high = (
        nc.estimate(transistors="20B", node="tsmc-n4", density_utilisation=u, **exact).good_die_cost_usd
        for u in (0.66, 0.92)
    )
    alone = nc.estimate(transistors="20B", node="tsmc-n4", **exact)
    assert high == pytest.approx(alone.good_die_cost_usd_p10, rel=0.05)
    assert low == pytest.approx(alone.good_die_cost_usd_p90, rel=0.05)


def test_a_class_that_sizes_nothing_is_refused():
    for words, message in (
        ({"size": "100"}, "it sizes a die from --transistors"),
        ({"transistors": "1B", "density_utilisation": 0.8}, "two shares of the peak density"),
    ):
        with pytest.raises(NodecalcError, match=message):
            nc.estimate(words.pop("size", None), node="tsmc-n4", chip_class="phone", **words)
    with pytest.raises(NodecalcError, match="phone"):
        nc.estimate(transistors="1B", node="tsmc-n4", chip_class="phones")


@pytest.mark.parametrize(("chip_class", "kind"), [("phone", "phone SoC"), ("gpu", "GPU"), ("cpu", "CPU chiplet")])
def test_what_chips_of_a_class_reach_is_what_the_catalogues_chips_do(chip_class, kind):
    catalogue, found = nc.load_catalogue(), []
    for chip in catalogue.products():
        density = chip.preferred("chip_density")
        if chip.kind == kind and density and chip.node:
            yardstick = used_figure(catalogue.node(chip.node), "logic_density_mtr_per_mm2")
            if yardstick:
                found.append(density.number / yardstick.value)
    found.sort()
    low, value, high = REACHED[chip_class]
    assert len(found) >= 5
    inner = found[len(found) // 8 : -(len(found) // 8) or None]
    assert low <= inner[0] * 1.01
    assert inner[-1] <= high * 1.06  # some counts give a little more than a whole
    assert value == pytest.approx(median(found), rel=0.05)
