"""No input is ignored: giving any of them another value changes an output, or is an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nodecalc as nc
from nodecalc.drivers.estimate import OUTPUTS
from nodecalc.question.graph import BEYOND, KEYWORDS
from nodecalc.question.salvage import RESULTS

# One value that no default and no figure of the node has.
OTHER = {
    "die_width_mm": 7.0,
    "die_height_mm": 7.0,
    "die_area_mm2": 80.0,
    "aspect_ratio": 2.5,
    "scribe_mm": 0.55,
    "edge_exclusion_mm": 9.0,
    "wafer_diameter_mm": 200.0,
    "placement": "flynn",
    "edge_rule": "whole-cell",
    "year": 2019.0,
    "yield_model": "poisson",
    "d0_per_cm2": 0.777,
    "alpha": 0.9,
    "critical_layers": 7.0,
    "critical_area_fraction": 0.5,
    "systematic_yield": 0.9,
    "line_yield": 0.9,
    "wafer_price_usd": 12345.0,
    "wafer_basis": "cost",
    "transistors": 5e9,
    "density_utilisation": 0.6,
    "chip_class": "phone",
    "logic_density_mtr_per_mm2": 55.0,
    "harvest": "7/9",
    "units_needed": 5.0,
    "units_total": 16.0,
    "unit_group": 4.0,
    "core_fraction": 0.3,
    "bins": {"full": (8, 50), "cut": (5, 20)},
    "radial_shape": "power",
    "radial_start": 0.6,
    "radial_factor": 3.0,
    "radial_rise": 1.5,
    "radial_exponent": 5.0,
    "d0_is": "die-mean",
    "capacity_gb": 24.0,
    "bit_density": 0.3,
    "wafer_kwh": 900.0,
    "grid_g_per_kwh": 333.0,
    "direct_emissions": 111.0,
}

# Ways to describe a die and a model, so that each input meets one in which it could matter.
BASES = [
    {"size": "10x10"},
    {"size": "100"},
    {"die_width_mm": 10.5, "die_height_mm": 11.5},
    {"die_area_mm2": 100.0},
    {"transistors": 1e10},
    {"transistors": 1e10, "density_utilisation": 0.8},
    {"chip": "kirin-9000"},
    {"size": "10x10", "yield_model": "negative-binomial"},
    {"size": "10x10", "yield_model": "bose-einstein", "d0_per_cm2": 0.02, "critical_layers": 10},
    {"size": "10x10", "placement": "de-vries-exp"},
    {"size": "10x10", "placement": "center-corner"},
    {"size": "10x10", "units_needed": 6, "units_total": 8},
    {"size": "10x10", "placement": "hennessy-patterson", "edge_rule": "finished-die"},
    {"size": "10x10", "radial_shape": "step", "radial_start": 0.8, "radial_factor": 2},
    {"size": "10x10", "radial_shape": "power", "radial_rise": 1, "radial_exponent": 2},
    {"capacity_gb": 16.0, "bit_density": 0.16},
    {"size": "10x10", "capacity_gb": 16.0, "wafer_kwh": 1000.0, "grid_g_per_kwh": 500.0, "direct_emissions": 200.0},
]


def outputs(**kwargs):
    e = nc.estimate(kwargs.pop("size", None), node="tsmc-n5", **kwargs)
    return tuple(getattr(e, key) for key in (*OUTPUTS, *RESULTS, *BEYOND))


def outputs_or_refusal(**kwargs):
    try:
        return outputs(**kwargs)
    except nc.NodecalcError as error:
        return str(error)


def test_the_table_above_knows_every_input():
    assert set(OTHER) == set(KEYWORDS)


@pytest.mark.parametrize("base", BASES, ids=lambda b: " ".join(f"{k}={v}" for k, v in b.items()))
@pytest.mark.parametrize("key", OTHER)
def test_an_input_changes_some_output_or_is_refused(base, key):
    if base.get(key) == OTHER[key]:
        return  # the same question
    before = outputs(**base)
    after = outputs_or_refusal(**base | {key: OTHER[key]})
    if isinstance(after, str):
        assert "\n" not in after
    else:
        assert after != before, f"{key}={OTHER[key]} changed nothing"


@pytest.mark.parametrize("key", OTHER)
def test_every_input_counts_somewhere(key):
    """At least one way to ask takes the input and answers differently: being refused everywhere is no use."""

    def counts(base):
        after = outputs_or_refusal(**base | {key: OTHER[key]})
        return not isinstance(after, str) and after != outputs(**base)

    if key in ("die_width_mm", "die_height_mm"):  # one side alone is half a die
        assert outputs(die_width_mm=7, die_height_mm=11) != outputs(die_width_mm=10, die_height_mm=11)
    elif key == "radial_shape":  # it needs parameters of its own
        own = {"radial_rise": 1, "radial_exponent": 4}
        assert outputs(size="10x10", radial_shape="power", **own) != outputs(size="10x10")
    else:
        assert any(counts(base) for base in BASES)


NUMERIC = sorted(key for key, value in OTHER.items() if isinstance(value, float))


@given(st.sampled_from(["10x10", "100"]), st.sampled_from(NUMERIC), st.floats(allow_nan=True, allow_infinity=True))
def test_any_number_for_any_input_gives_sound_outputs_or_one_line(size, key, value):
    found = outputs_or_refusal(**{"size": size, "placement": "de-vries-exp", key: value})
    if isinstance(found, str):
        assert "\n" not in found
        return
    e = nc.estimate(size, node="tsmc-n5", **{"placement": "de-vries-exp", key: value})
    assert e.gross_dies > 0
    assert 0 < e.die_yield <= 1
    assert 0 <= e.die_cost_usd <= e.good_die_cost_usd < float("inf")
    # The least price above 0 rounds to a cost of 0.
    assert 0 <= e.good_die_cost_usd_p10 <= e.good_die_cost_usd_p50 <= e.good_die_cost_usd_p90 < float("inf")


@pytest.mark.parametrize("key", ["d0_per_cm2", "wafer_price_usd", "scribe_mm", "yield_model", "placement", "alpha"])
def test_none_means_not_given(key):
    assert nc.estimate("10x10", node="tsmc-n5", **{key: None}) == nc.estimate("10x10", node="tsmc-n5")


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("d0_per_cm2", "0.001/mm2", 0.1), ("wafer_price_usd", "$17k", 17000), ("line_yield", "75%", 0.75),
        ("scribe_mm", "80um", 0.08), ("edge_exclusion_mm", "0.4cm", 4), ("wafer_diameter_mm", "200mm", 200),
        ("systematic_yield", "90 %", 0.9), ("critical_area_fraction", "50%", 0.5),
    ],
)  # fmt: skip
def test_a_text_with_a_unit_is_the_same_input_as_the_number(key, text, value):
    assert nc.estimate("10x10", node="tsmc-n5", **{key: text}) == nc.estimate("10x10", node="tsmc-n5", **{key: value})


def test_a_percentage_is_the_decimal_fraction_that_people_mean():
    assert nc.estimate("10x10", node="tsmc-n5", line_yield="95%").to_dict()["line_yield"] == 0.95


@pytest.mark.parametrize("text", ["Murphy", " MURPHY ", "murphy"])
def test_names_of_models_ignore_case_and_spaces(text):
    assert nc.estimate("10x10", node="tsmc-n5", yield_model=text).inputs.names["yield_model"] == "murphy"
    assert nc.estimate("10x10", node="tsmc-n5", placement="Center_Die").inputs.names["placement"] == "center-die"


@given(st.floats(min_value=0.0, max_value=5.0), st.floats(min_value=0.0, max_value=5.0))
def test_more_defects_never_make_a_die_cheaper(a, b):
    low, high = sorted((a, b))
    cheap, dear = (nc.estimate("10x10", node="tsmc-n5", d0_per_cm2=d) for d in (low, high))
    assert cheap.good_die_cost_usd <= dear.good_die_cost_usd
    assert cheap.good_die_cost_usd_p10 <= dear.good_die_cost_usd_p10
