"""The one table of quantities: the keys that others rely on, their units and their defaults."""

import pickle
import re

import pytest

from nodecalc.catalogue import load_catalogue
from nodecalc.errors import InputError, UnknownNameError
from nodecalc.question.units import label, number
from nodecalc.vocabulary import (
    GROUND_KEYS,
    INPUT_KEYS,
    OUTPUT_KEYS,
    PORT_KEYS,
    QUANTITIES,
    WAFER_INPUT_KEYS,
    WAFER_NAME_KEYS,
    is_wafer_input,
    quantity,
    tool_key,
    tool_keys,
)

# What the contract promises; None where the default comes from the node or the size.
INPUTS = {
    "die_width_mm": ("mm", None),
    "die_height_mm": ("mm", None),
    "die_area_mm2": ("mm2", None),
    "aspect_ratio": ("", 1.0),
    "scribe_mm": ("mm", 0.1),
    "edge_exclusion_mm": ("mm", 3.0),
    "wafer_diameter_mm": ("mm", 300.0),
    "placement": ("", "best"),
    "yield_model": ("", "murphy"),
    "d0_per_cm2": ("1/cm2", None),
    "alpha": ("", 2.0),
    "critical_layers": ("", None),
    "critical_area_fraction": ("", 1.0),
    "systematic_yield": ("", 1.0),
    "line_yield": ("", 1.0),
    "wafer_price_usd": ("USD", None),
}
OUTPUTS = {
    "gross_dies": "",
    "die_yield": "",
    "good_dies": "",
    "die_cost_usd": "USD",
    "good_die_cost_usd": "USD",
    "good_die_cost_usd_p10": "USD",
    "good_die_cost_usd_p90": "USD",
    "logic_density_mtr_per_mm2": "MTr/mm2",
    "peak_transistors": "",
    "usd_per_billion_transistors": "USD",
}
SUFFIX_OF_UNIT = {
    "GB": "gigabytes",
    "s": "_seconds",
    "kWh": "_kwh",
    "g/kWh": "_g_per_kwh",
    "mm": "_mm",
    "deg": "_deg",
    "mm2": "_mm2",
    "1/cm2": "_per_cm2",
    "USD": "_usd",
    "MTr/mm2": "_mtr_per_mm2",
    "1/h": "_wph",
    "W": "_w",
    "mJ/cm2": "_mj_per_cm2",
    "years": "_years",
    "USD/year": "_usd_per_year",
    "kg CO2e": "_co2_kg",
    "g CO2e/cm2": "_emissions",
}


@pytest.mark.parametrize("key", INPUTS)
def test_every_promised_input_is_there_with_its_unit_and_default(key):
    q = QUANTITIES[key]
    assert (q.role, q.unit, q.default) == ("input", *INPUTS[key])
    assert key in INPUT_KEYS


@pytest.mark.parametrize("key", OUTPUTS)
def test_every_promised_output_is_there_with_its_unit(key):
    q = QUANTITIES[key]
    assert (q.role, q.unit) == ("output", OUTPUTS[key])
    assert key in OUTPUT_KEYS


EVERY_KEY = (*QUANTITIES, *tool_keys(load_catalogue().tools), *tool_keys(["ldp"]))
"""With the figures of the tools that there are, and of one that a user may add."""


@pytest.mark.parametrize("key", EVERY_KEY)
def test_the_key_carries_its_unit_as_a_suffix(key):
    stem = re.sub(r"_p[1-9]0$", "", key)
    unit = quantity(key).unit
    carried = [u for u, suffix in SUFFIX_OF_UNIT.items() if stem.endswith(suffix)]
    if "usd_per_" in key and unit == "USD":  # USD per something: the unit goes first, as in usd_per_billion_transistors
        assert unit == "USD"
    elif unit:
        assert stem.endswith(SUFFIX_OF_UNIT[unit])
    else:
        assert carried == []


def test_keys_and_options_are_unique_and_spelt_alike():
    options = [q.option for q in QUANTITIES.values() if q.option]
    assert len(options) == len(set(options))
    assert all(re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", option) for option in options)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*[a-z0-9]", key) for key in QUANTITIES)
    of_wafer = [key for key, q in QUANTITIES.items() if q.role == "output" and q.group == "wafer"]
    of_money = [key for key, q in QUANTITIES.items() if q.group == "money"]
    beyond = [key for key, q in QUANTITIES.items() if q.group in ("capacity", "package", "memory", "carbon")]
    of_product = [key for key, q in QUANTITIES.items() if q.group == "product"]
    known = [
        *INPUT_KEYS,
        *OUTPUT_KEYS,
        *WAFER_INPUT_KEYS,
        *WAFER_NAME_KEYS,
        *of_product,
        *of_wafer,
        *GROUND_KEYS,
        *of_money,
        *PORT_KEYS,
        *beyond,
    ]
    assert list(QUANTITIES) == known
    assert [q.key for q in QUANTITIES.values()] == list(QUANTITIES)


@pytest.mark.parametrize("key", EVERY_KEY)
def test_every_quantity_says_what_it_means_and_holds_its_default(key):
    q = quantity(key)
    assert q.key == key
    assert q.meaning
    assert "\n" not in q.meaning
    assert q.low <= q.high
    assert not q.holds(float("nan"))
    assert label(q) == (f"--{q.option}" if q.option else key)
    if isinstance(q.default, float):
        assert q.holds(q.default)
        assert q.text(q.default)


@pytest.mark.parametrize("key", [key for key in EVERY_KEY if not quantity(key).is_name])
def test_the_range_holds_its_ends_as_it_says(key):
    q = quantity(key)
    assert q.holds(q.low) is not q.low_open
    assert q.holds(q.high)
    assert ("more than" in q.allowed) is q.low_open


def test_an_unknown_key_names_the_nearest():
    with pytest.raises(UnknownNameError, match="d0_per_cm2"):
        quantity("d0_per_cm")


def test_a_figure_of_any_tool_has_its_row_and_no_other_key_is_one():
    assert tool_key("arfi_scanner_price_usd") == ("arfi", "scanner_price_usd")
    assert tool_key("my-own_tool_tool_utilisation") == ("my-own_tool", "tool_utilisation")
    for key in (*QUANTITIES, "scanner_price_usd", "_scanner_price_usd", "arfi_wavelength_nm", "node"):
        assert tool_key(key) is None
    row = quantity("ldp_availability")
    assert (row.unit, row.meaning, row.is_share) == ("", "share of the year that the tool is up, ldp", True)
    assert number("97%", "ldp_availability") == 0.97
    assert is_wafer_input("ldp_availability")
    assert is_wafer_input("layer_usd")
    assert not is_wafer_input("line_yield")
    assert not is_wafer_input("tools")


@pytest.mark.parametrize("key", EVERY_KEY)
def test_names_and_shares_and_counts_are_what_they_look_like(key):
    q = quantity(key)
    assert pickle.loads(pickle.dumps(q)) == q
    assert len({q, q}) == 1
    assert q.is_name is isinstance(q.default, str)
    assert not (q.is_share and (q.unit or q.high > 1.0))
    if q.option and q.is_share:
        assert q.metavar == "F", "the help of every share shows it as one"
    for text, value in q.misnamed:
        with pytest.raises(InputError, match=f"write {value:g} "):
            number(text, key)
    if q.is_share and not q.low_open:
        assert number("50%", key) == 0.5
    if q.counted:
        assert number("15.3M", key) == 15.3e6
        if q.holds(15.3e9):
            assert number("15.3B", key) == 15.3e9
    if q.bare is not None:
        assert q.low <= q.bare[0] < q.bare[1] <= q.high


def test_whatever_may_be_given_and_is_no_size_has_an_option():
    for key in (*INPUT_KEYS, *WAFER_INPUT_KEYS, *WAFER_NAME_KEYS):
        assert QUANTITIES[key].option or QUANTITIES[key].group == "size", key
