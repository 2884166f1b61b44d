"""The rule for layer stacks on geometries alone: schemes, cuts, EUV, and what it cannot make."""

import re
from itertools import pairwise
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodecalc_kernels.registry import SCHEMES
from nodecalc_kernels.wafer.patterning import hole_pitch_nm
from nodecalc_kernels.wafer.stack_rule import (
    DEVICES,
    FINFET,
    GAA,
    PLANAR,
    Carry,
    Geometry,
    NoWayError,
    metals_assumed,
    metals_nm,
    stack_of,
    tight_metals_nm,
)
from nodecalc_kernels.wafer.ways import Reach, cut_masks, hole_ways, line_ways, taken

STEP = 5.2


def reach(tool, usd, line, wavelength, aperture, le2, sadp, saqp):
    euv = wavelength < 20
    return Reach(
        tool, usd, line, hole_pitch_nm(0.35, wavelength, aperture), le2, sadp, saqp, euv or aperture > 1.0, euv
    )


ILINE = reach("iline", 3.53, 696, 365, 0.65, 586, 348, 174)
KRF = reach("krf", 5.91, 160, 248, 0.93, 135, 80, 40)
ARF = reach("arf", 9.39, 114, 193, 0.93, 96, 57, 28.5)
ARFI = reach("arfi", 15.57, 76, 193, 1.35, 64, 38, 19)
EUV = reach("euv", 81.77, 30, 13.5, 0.33, 20, 15, inf)
DUV = (ILINE, KRF, ARF, ARFI)


def sums(layers):
    """Design layers, masks and EUV exposures, one row at a time."""
    design = masks = euv = 0
    for layer in layers:
        n = SCHEMES[layer.scheme].exposures
        design += layer.count * (layer.feature != "cut")
        masks += layer.count * (n + layer.cuts)
        euv += layer.count * (n * (layer.tool == "euv") + layer.cuts * (layer.cut_tool == "euv"))
    return design, masks, euv


def finfet(cpp, fin, tight, number, **more):
    return Geometry(FINFET, cpp, fin, metals_nm(tight, number), **more)


N7 = finfet(57, 30, (40, 57, 40, 40, 44), 13)
N5 = finfet(51, 28, (28, 34, 35, 42, 44), 15)
I4 = finfet(50, 30, (30, 50, 45, 50, 45, 60, 60), 18)
N3 = finfet(48, 26, tight_metals_nm(23, 48), 17)
N3B = finfet(45, 26, (23, 30, 23, 34.5, 36, 48, 48), 17)
N28 = Geometry(PLANAR, 117, 0, metals_nm((90,) * 5, 10))


@pytest.mark.parametrize(
    ("geometry", "tools", "want"),
    [
        (N28, DUV, (44, 45, 0)),
        (finfet(90, 48, (64,) * 3, 11), DUV, (48, 62, 0)),
        (N7, DUV, (52, 87, 0)),
        (N7._replace(saves=3), (*DUV, EUV), (52, 72, 5)),
        (N5, (*DUV, EUV), (70, 81, 14)),
        (N5, DUV, (70, 114, 0)),
        (I4, (*DUV, EUV), (76, 86, 13)),
        (N3, (*DUV, EUV), (74, 82, 19)),
        (N3B, (*DUV, EUV), (74, 84, 25)),
    ],
)
def test_layers_masks_and_euv_exposures(geometry, tools, want):
    assert sums(stack_of(geometry, tools, STEP)) == want


@pytest.mark.parametrize(("geometry", "euv"), [(N7, 6), (N5, 6), (I4, 9), (N3, 9)])
def test_where_cost_decides_fewer_layers_take_euv_than_fabs_gave_it(geometry, euv):
    assert sums(stack_of(geometry, (*DUV, EUV), STEP, Carry(5.0)))[2] == euv


@pytest.mark.parametrize(("saves", "euv"), [(1, 18), (2, 14), (3, 6)])
def test_the_masks_that_euv_has_to_save(saves, euv):
    assert sums(stack_of(N5._replace(saves=saves), (*DUV, EUV), STEP))[2] == euv


def test_euv_takes_no_layer_away_and_adds_none():
    def design(tools):
        return {layer.name: layer.count for layer in stack_of(N5, tools, STEP) if layer.feature != "cut"}

    assert design(DUV) == design((*DUV, EUV))


def test_fins_sheets_and_gates_are_never_printed_by_euv_and_the_trim_stays_on_193i():
    layers = {layer.name: layer for layer in stack_of(N5, (*DUV, EUV), STEP)}
    fin, cut = layers["fin"], layers["fin cut"]
    assert (fin.scheme, fin.tool, fin.cuts, fin.cut_tool) == ("saqp", "arfi", 2, "arfi")
    assert (cut.feature, cut.tool, cut.count) == ("cut", "euv", 2)
    assert layers["gate"].tool == "arfi"
    gaa = Geometry(GAA, 48, 65, metals_nm(tight_metals_nm(23, 48), 17))
    names = [layer.name for layer in stack_of(gaa, (*DUV, EUV), STEP)]
    assert names[:2] == ["sheet", "gate"]


def test_cuts_print_as_holes_of_the_layers_own_pitch():
    assert [cut_masks(pitch, ARFI, "sadp") for pitch in (76, 57, 50, 49, 38)] == [2, 2, 2, 3, 3]
    assert cut_masks(30, ARFI, "saqp") == 4 + 2


def test_backside_metals_have_their_vias_and_one_through_the_wafer():
    geometry = Geometry(GAA, 50, 80, metals_nm((36, 50, 36, 36, 40), 15), backside=4, power_via_nm=160)
    layers = {layer.name: layer for layer in stack_of(geometry, (*DUV, EUV), STEP)}
    assert {"BM0", "BV0", "BM3", "BV3", "backside power via"} <= set(layers)
    assert (layers["BM0"].pitch_nm, layers["BM3"].pitch_nm) == (160, 400)
    assert sums(layers.values()) == (81, 88, 10)


def levels(layers, kind):
    """The metals or holes that rows name, from the name and the count of each: "M3-5" is three."""
    found = []
    for layer in layers:
        if re.fullmatch(rf"{kind}\d+(-\d+)?", layer.name):
            first, _, last = layer.name[len(kind) :].partition("-")
            own = list(range(int(first), int(last or first) + 1))
            assert layer.count == len(own), layer
            found += [(level, layer.pitch_nm) for level in own]
    return found


@pytest.mark.parametrize(("metals", "zero"), [((28, 34, 35, 42, 44), 0), ((40, 57, 40, 40, 44), 0), ((90,) * 5, 1)])
def test_rows_name_each_metal_once_from_m0_where_it_is_tight_else_from_m1(metals, zero):
    pitches = metals_nm(metals, 14)
    layers = stack_of(Geometry(PLANAR, 117, 0, pitches), (*DUV, EUV), STEP)
    assert levels(layers, "M") == list(enumerate(pitches, zero))
    # A hole is as tight as the tighter of the metals that it joins.
    over = [min(pair) for pair in pairwise((*pitches, inf))]
    assert levels(layers, "V") == list(enumerate(over, zero))


def test_backside_levels_are_one_row_each():
    geometry = Geometry(GAA, 50, 80, metals_nm((36, 50, 36, 36, 40), 15), backside=4, power_via_nm=160)
    layers = stack_of(geometry, (*DUV, EUV), STEP)
    for kind in ("BM", "BV"):
        assert levels(layers, kind) == [(0, 160), (1, 400), (2, 400), (3, 400)]
    assert [layer.count for layer in layers if layer.name in ("backside power via", "gate", "gate contact")] == [1] * 3


@given(
    device=st.sampled_from(DEVICES),
    cpp=st.floats(40, 320),
    fin=st.floats(20, 60),
    mmp=st.floats(20, 340),
    saves=st.integers(1, 4),
)
def test_more_tools_never_make_more_masks_and_every_metal_has_its_via(device, cpp, fin, mmp, saves):
    tight = tight_metals_nm(mmp, cpp)
    geometry = Geometry(device, cpp, fin, metals_nm(tight, metals_assumed(device, mmp)), saves=saves)
    without, with_euv = stack_of(geometry, DUV, STEP), stack_of(geometry, (*DUV, EUV), STEP)
    assert sums(with_euv)[0] == sums(without)[0]
    assert sums(with_euv)[1] <= sums(without)[1]
    metals = sum(layer.count for layer in without if layer.name[0] == "M")
    vias = sum(layer.count for layer in without if layer.name[0] == "V")
    assert metals == vias == len(geometry.metals_nm)
    assert list(geometry.metals_nm[len(tight) :]) == sorted(geometry.metals_nm[len(tight) :])


@given(pitch=st.floats(16, 400))
def test_a_tighter_pitch_is_never_cheaper_with_one_tool(pitch):
    for ways in (line_ways, hole_ways):
        wide, tight = taken(ways(pitch, (ARFI,), STEP)), taken(ways(pitch * 0.9, (ARFI,), STEP))
        assert tight is None or (wide is not None and tight.usd >= wide.usd)


def test_dry_tools_align_too_badly_for_second_masks():
    assert taken(hole_ways(34, (ARF, ARFI), STEP)).tool == "arfi"
    assert taken(hole_ways(34, (ILINE, KRF, ARF), STEP)) is None
    assert taken(line_ways(58, (ARF,), STEP)) is None
    # Above 60 nm they may, and do only where nothing else reaches the pitch.
    assert taken(line_ways(64, (ARF,), STEP)).scheme == "sadp"
    assert taken(line_ways(62, (ARF, ARFI), STEP)).tool == "arfi"


def test_relaxed_vias_take_one_exposure_where_lines_do():
    assert taken(hole_ways(80, (ARFI,), STEP, relaxed=True)).scheme == "se"
    assert taken(hole_ways(80, (ARFI,), STEP)).scheme == "le2"


def test_two_euv_exposures_reach_20_nm_and_spacers_15():
    assert taken(line_ways(23, (EUV,), STEP)).scheme == "le2"
    assert taken(line_ways(19, (EUV,), STEP)).scheme == "sadp"
    assert taken(line_ways(14, (EUV,), STEP)) is None


@pytest.mark.parametrize(("tools", "layer"), [((EUV,), "fin"), ((ILINE, KRF, ARF), "fin"), ((ARFI, ILINE, KRF), "")])
def test_a_layer_that_no_tool_makes_is_named(tools, layer):
    if not layer:
        assert sums(stack_of(N7, tools, STEP))[1] == 87
        return
    with pytest.raises(NoWayError) as caught:
        stack_of(N7, tools, STEP)
    assert caught.value.layer == layer


def test_without_their_usual_tool_relaxed_layers_take_the_cheapest_that_prints_no_coarser():
    layers = {layer.name: layer for layer in stack_of(N7, (ARF, ARFI), STEP)}
    assert layers["implant"].tool == "arf"
    assert layers["pad, passivation, relaxed"].tool == "arf"
