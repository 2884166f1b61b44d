"""The scheme a pitch asks for."""

import pytest

import nodecalc as nc
from nodecalc.wafers.schemes import patterning_options


@pytest.mark.parametrize(
    ("pitch", "scheme"),
    [(80, "se"), (70, "le2"), (52, "sadp"), (40, "sadp"), (36, "saqp"), (32.5, "saqp"), (19, "saqp")],
)
def test_lines_on_193i(pitch, scheme):
    assert nc.patterning_scheme(pitch) == f"arfi-{scheme}"


def test_euv_takes_over_where_it_is_cheaper():
    assert nc.patterning_scheme(pitch_nm=36, tools=("arfi", "euv"), feature="line") == "euv-se"
    assert nc.patterning_scheme(80, tools=("arfi", "euv")) == "arfi-se"


@pytest.mark.parametrize(("pitch", "scheme"), [(100, "se"), (60, "le2"), (40, "le3"), (28, "le4")])
def test_vias_take_as_many_exposures_as_their_pitch_asks(pitch, scheme):
    assert nc.patterning_scheme(pitch, feature="via") == f"arfi-{scheme}"


def test_a_pitch_that_nothing_reaches_names_the_limit():
    with pytest.raises(nc.NodecalcError, match="19 nm"):
        nc.patterning_scheme(15)
    assert nc.patterning_scheme(15, tools=("arfi", "euv")) == "euv-sadp"


def test_options_are_sorted_by_cost_and_one_is_chosen():
    options = patterning_options(36, ("arfi", "euv"))
    assert [o.chosen for o in options].count(True) == 1
    assert options[0].chosen
    costs = [o.cost_usd for o in options if o.allowed]
    assert costs == sorted(costs)
    assert all(("below" in o.why) is not o.allowed for o in options)
    saqp = next(o for o in options if o.id == "arfi-saqp")
    assert (saqp.exposures, saqp.masks, saqp.cuts) == (6, 6, 5)
    assert saqp.k1 == pytest.approx(4 * 36 * 1.35 / (2 * 193))


@pytest.mark.parametrize(
    "bad",
    [
        {"pitch_nm": 0},
        {"pitch_nm": "wide"},
        {"pitch_nm": float("nan")},
        {"pitch_nm": 36, "tools": ["euw"]},
        {"pitch_nm": 36, "tools": []},
        {"pitch_nm": 36, "feature": "hole"},
    ],
)
def test_bad_questions_are_one_line(bad):
    with pytest.raises(nc.NodecalcError) as caught:
        nc.patterning_scheme(**bad)
    assert "\n" not in str(caught.value)
