"""Numbers with units: every spelling gives exactly the number that was written times the unit's factor."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nodecalc as nc
from nodecalc.errors import InputError, NodecalcError, UnknownNameError, one_line
from nodecalc.question.graph import KEYWORDS
from nodecalc.question.ranges import AXIS_KEYS
from nodecalc.question.units import number, number_of, size
from nodecalc.vocabulary import QUANTITIES, WAFER_INPUT_KEYS
from nodecalc.vocabulary.spelling import key_of
from nodecalc.vocabulary.wafer import TOOL_FIELDS

# Factor to the key's own unit, written here a second time on purpose: a slip in the program must not agree with itself.
LENGTH = {"": 1.0, "mm": 1.0, "cm": 10.0, "um": 1e-3, "µm": 1e-3, "μm": 1e-3, "MM": 1.0,
          "in": 25.4, " inch": 25.4, "mil": 0.0254, "mils": 0.0254}  # fmt: skip
AREA = {
    "": 1.0, "mm2": 1.0, "mm²": 1.0, "mm^2": 1.0, "cm2": 100.0, "cm²": 100.0, "cm^2": 100.0,
    "um2": 1e-6, "µm2": 1e-6, "µm²": 1e-6, "in2": 645.16, "in²": 645.16, "CM2": 100.0,
    "mil2": 6.4516e-4, "mil^2": 6.4516e-4,
}  # fmt: skip
PER_AREA = {
    "/cm2": 1.0, "/cm²": 1.0, "/cm^2": 1.0, "percm2": 1.0, " per cm2": 1.0, "/CM2": 1.0, " / cm2": 1.0,
    "/mm2": 100.0, "/mm²": 100.0, " per mm2": 100.0,
    "/in2": 1.0 / 6.4516, "/in^2": 1.0 / 6.4516, " per in2": 1.0 / 6.4516,
    "cm-2": 1.0, " cm^-2": 1.0, "cm⁻²": 1.0, "mm-2": 100.0, "mm⁻²": 100.0, "in-2": 1.0 / 6.4516,
    "defects/cm2": 1.0, " defects/cm²": 1.0, " defects per cm2": 1.0, "def/cm2": 1.0, "faults/mm2": 100.0,
}  # fmt: skip
FRACTION = {"": 1.0, "%": 0.01, " %": 0.01}
MONEY = {"": 1.0, "USD": 1.0, "usd": 1.0, "$": 1.0, "k": 1e3, "kUSD": 1e3, " USD": 1.0,
         "k$": 1e3, "M": 1e6, "MUSD": 1e6, " million": 1e6}  # fmt: skip
COUNT = {
    "": 1.0, "k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9, "bn": 1e9, "T": 1e12,
    "million": 1e6, " billion": 1e9, "trillion": 1e12,
}  # fmt: skip
POWER = {"": 1.0, "W": 1.0, " kW": 1e3}
TIME = {"": 1.0, "s": 1.0, " sec": 1.0, "ms": 1e-3, "min": 60.0, " h": 3600.0}
YEARS = {"": 1.0, "y": 1.0, "yr": 1.0, " year": 1.0, " years": 1.0}
BYTES = {"": 1.0, "GB": 1.0, " TB": 1e3, "MB": 1e-3}
ENERGY = {"": 1.0, "kWh": 1.0, " MWh": 1e3}
CARBON = {
    "g/kWh": 1.0, " g per kWh": 1.0, "kg/kWh": 1e3, "kg/MWh": 1.0, "t/MWh": 1e3,
    "gCO2/kWh": 1.0, "kgCO2e/MWh": 1.0, " tCO2eq/MWh": 1e3, "kgco2/kWh": 1e3,
}  # fmt: skip
DENSITY = {"": 1.0, "MTr/mm2": 1.0, " MTr/mm²": 1.0, " MTr per mm2": 1.0}

BY_KEY = {
    "die_width_mm": LENGTH,
    "die_height_mm": LENGTH,
    "scribe_mm": LENGTH,
    "edge_exclusion_mm": LENGTH,
    "wafer_diameter_mm": LENGTH,
    "die_area_mm2": AREA,
    "d0_per_cm2": PER_AREA,
    "critical_area_fraction": FRACTION,
    "systematic_yield": FRACTION,
    "line_yield": FRACTION,
    "density_utilisation": FRACTION,
    "wafer_price_usd": MONEY,
    "transistors": COUNT,
    "logic_density_mtr_per_mm2": DENSITY,
    "euv_source_power_w": POWER,
    "euv_dose_mj_per_cm2": {"": 1.0, "mJ/cm2": 1.0, " mJ/cm²": 1.0},
    "depreciation_years": YEARS,
    "gigabytes": BYTES,
    "test_seconds": TIME,
    "wafer_kwh": ENERGY,
    "alpha": {"": 1.0},
    "critical_layers": {"": 1.0},
    "aspect_ratio": {"": 1.0},
}
KEY_AND_UNIT = [(key, unit) for key, units in BY_KEY.items() for unit in units]

SPELLINGS = (repr, "{:.17g}".format, "{:.3e}".format, "{:.6f}".format, "{:E}".format, "+{!r}".format, "{:.0f}.".format)


@st.composite
def written_numbers(draw):
    """A float as somebody might write it, over the magnitudes that occur."""
    value = draw(
        st.one_of(
            st.floats(min_value=0.0, max_value=1e15, allow_nan=False),
            st.floats(min_value=1e-4, max_value=1000.0),
            st.integers(min_value=0, max_value=10**7).map(lambda i: i / 1000),
        )
    )
    text = draw(st.sampled_from(SPELLINGS))(value)
    return text[1:] if text.startswith("0.") and len(text) > 2 and draw(st.booleans()) else text


@given(written_numbers(), st.sampled_from(KEY_AND_UNIT))
def test_any_number_with_any_unit_is_exactly_that_number_times_the_factor(text, key_and_unit):
    key, unit = key_and_unit
    factor = BY_KEY[key][unit]
    exact = float(text) * factor
    # 1e-3, 0.01 and 1/6.4516 are no binary fractions: times the factor or over its inverse, either is right.
    right = {exact} if factor >= 1.0 else {exact, float(text) / round(1.0 / factor, 4)}
    if all(QUANTITIES[key].holds(value) for value in right):
        assert number(text + unit, key) in right
        assert number(f"  {text}{unit} ", key) in right
    elif not any(QUANTITIES[key].holds(value) for value in right):
        with pytest.raises(InputError):
            number(text + unit, key)


@pytest.mark.parametrize(("key", "unit"), KEY_AND_UNIT)
def test_each_unit_of_each_quantity_has_its_factor(key, unit):
    """Every pair, where the property above draws some: at the middle of the quantity's range, on a log scale."""
    q, factor = QUANTITIES[key], BY_KEY[key][unit]
    low = max(q.low, 1e-3)
    middle = low * (min(q.high, 1e6) / low) ** 0.5
    assert number(f"{middle / factor:.17g}{unit}", key) == pytest.approx(middle, rel=1e-15)


@pytest.mark.parametrize("unit", CARBON)
def test_each_unit_of_a_grids_carbon_has_its_factor(unit):
    assert number(f"0.25{unit}", "grid_g_per_kwh") == 0.25 * CARBON[unit]


@given(written_numbers())
def test_a_defect_density_without_a_unit_is_exact_or_refused_outside_what_processes_have(text):
    value = float(text)
    if 1e-4 <= value <= 10.0:
        assert number(text, "d0_per_cm2") == value
    else:
        # What is advised is only what is then accepted.
        held = [
            unit for unit, factor in (("/cm2", 1.0), ("/mm2", 100.0), ("/in2", 1 / 6.4516)) if value * factor <= 1e3
        ]
        with pytest.raises(InputError, match=".*".join(held) or "outside"):
            number(text, "d0_per_cm2")


@pytest.mark.parametrize("text", ["1.271/cm2", "1.271", "1.271 /cm2", "1.271 per cm²"])
def test_the_published_defect_density_keeps_its_last_digit(text):
    assert number(text, "d0_per_cm2") == 1.271


@given(st.floats(), st.sampled_from(sorted(BY_KEY)))
def test_a_number_is_taken_as_it_is_or_refused(value, key):
    if QUANTITIES[key].holds(value):
        assert number(value, key) == value
    else:
        with pytest.raises(InputError):
            number(value, key)


def test_both_ends_of_the_unitless_defect_density_range_are_allowed():
    assert number("1e-4", "d0_per_cm2") == 1e-4
    assert number("10", "d0_per_cm2") == 10.0
    for outside in ("9.999e-5", "10.0001", "0", "0.0", "11", "100"):
        with pytest.raises(InputError):
            number(outside, "d0_per_cm2")


def test_a_unit_lifts_the_guard_on_the_defect_density():
    assert number("0/cm2", "d0_per_cm2") == 0.0
    assert number("20/cm2", "d0_per_cm2") == 20.0
    assert number("1e-5/mm2", "d0_per_cm2") == 1e-5 * 100.0


@pytest.mark.parametrize("key", sorted(BY_KEY))
@pytest.mark.parametrize(
    "text",
    ["", " ", "abc", "1,5", "1.000,5", "17,000", "1e", "e5", "--1", "+-1", "1.2.3", "0x10", "1_000", "nan", "NaN",
     "-inf", "-1", "1 apple", "1/0", "1mm3", "½", "1;2", "None", "true", "1\n2", "1\t2"],
)  # fmt: skip
def test_what_is_no_number_of_the_quantity_is_refused_in_one_line(key, text):
    with pytest.raises(InputError) as caught:
        number(text, key)
    assert one_line(text.strip())[:8] in str(caught.value)


@pytest.mark.parametrize("key", sorted(BY_KEY))
@pytest.mark.parametrize("text", ["1 2", "1 000", "1. 5", "1 .5", "2 1e3"])
def test_a_space_inside_a_number_is_refused_and_never_closed_up(key, text):
    with pytest.raises(InputError):
        number(text, key)


def test_the_unit_1_per_cm2_is_never_read_as_another_digit():
    try:
        value = number("0.1 1/cm2", "d0_per_cm2")
    except InputError:
        return
    assert value == 0.1


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("d0_per_cm2", "0.1mm2"), ("d0_per_cm2", "0.1/mm"), ("d0_per_cm2", "0.1cm2"), ("d0_per_cm2", "10%"),
        ("d0_per_cm2", "$0.1"), ("d0_per_cm2", "0.1/um2"), ("die_width_mm", "10mm2"), ("die_width_mm", "$10"),
        ("die_width_mm", "10in2"), ("die_width_mm", "10nm"), ("die_width_mm", "10m"), ("die_area_mm2", "1cm"),
        ("die_area_mm2", "1/cm2"), ("wafer_price_usd", "17000EUR"), ("wafer_price_usd", "17000%"),
        ("wafer_price_usd", "$$17000"), ("line_yield", "0.9mm"), ("line_yield", "$0.9"), ("alpha", "2%"),
        ("alpha", "$2"),
        ("aspect_ratio", "2:1"), ("aspect_ratio", "$2"), ("transistors", "1e9mm"), ("transistors", "$1e9"),
        ("transistors", "1G"), ("logic_density_mtr_per_mm2", "100/mm2"), ("logic_density_mtr_per_mm2", "$100"),
        ("wafer_diameter_mm", "12in"), ("wafer_diameter_mm", "4inch"), ("wafer_diameter_mm", '12"'),
        ("wafer_diameter_mm", '8"'),
        ("wafer_diameter_mm", "$300"), ("scribe_mm", "$0.1"),
    ],
)  # fmt: skip
def test_a_unit_of_another_quantity_is_refused(key, text):
    with pytest.raises(InputError):
        number(text, key)


@pytest.mark.parametrize("key", sorted(BY_KEY))
@pytest.mark.parametrize(
    "value",
    [True, False, None, [], [1.0], (1, 2), {}, object(), 1j, b"",
     pytest.param(10**400, id="huge"), pytest.param(-(10**400), id="-huge")],
)  # fmt: skip
def test_a_value_that_is_no_number_is_an_input_error(key, value):
    with pytest.raises(InputError):
        number(value, key)


@pytest.mark.parametrize(
    ("key", "text", "ends"),
    [
        ("line_yield", "20-50%", ("20%", "50%")),
        ("line_yield", "20% to 50 %", ("20%", "50%")),
        ("d0_per_cm2", "0.1–0.2", ("0.1", "0.2")),
        ("d0_per_cm2", "1e-2-2e-2/mm2", ("1e-2/mm2", "2e-2/mm2")),
        ("wafer_price_usd", "15-20kUSD", ("15kusd", "20kusd")),
        ("wafer_price_usd", "15k..20k", ("15k", "20k")),
        ("die_area_mm2", "100-200mm2", ("100mm2", "200mm2")),
        ("year", "2021-2025", ("2021", "2025")),
    ],
)
def test_a_range_is_told_from_a_unit_and_either_end_is_a_number(key, text, ends):
    with pytest.raises(InputError, match="a range, where one number stands; give") as caught:
        number(text, key)
    assert str(caught.value).endswith(f"give {' or '.join(ends)}")
    assert all(number(end, key) for end in ends)
    axis = {"d0_per_cm2": 0.1, "wafer_price_usd": 1e4, "die_area_mm2": 100} | {key: [text]}
    with pytest.raises(InputError, match=f"write {ends[0]}:{ends[1]}:10 for ten values"):
        nc.sweep(**axis)


def test_a_range_of_what_is_no_number_of_the_quantity_says_what_is():
    with pytest.raises(InputError, match="a range, where one number stands; allowed: one number, more than 0 to 1"):
        number("98-99", "line_yield")
    with pytest.raises(InputError, match="a range, where one size stands; give 100 or 200"):
        nc.estimate("100-200", node="tsmc-n5")


def test_a_percentage_without_its_sign_is_explained():
    with pytest.raises(NodecalcError, match=r"95% or 0\.95"):
        number("95", "line_yield")


def test_a_percentage_above_100_is_not_explained_as_a_forgotten_sign():
    with pytest.raises(NodecalcError) as caught:
        number("150%", "line_yield")
    assert "1.5%" not in str(caught.value)


def test_infinite_clustering_parameter_is_a_number():
    assert number("inf", "alpha") == float("inf")
    assert number(float("inf"), "alpha") == float("inf")


OPTIONS = {"d0": 0.2, "model": "poisson", "edge": 4, "scribe": 0.2, "wafer_price": 9000, "critical_area": 0.9,
           "placement": "center-die", "edge_rule": "whole-cell", "line_yield": 0.9, "wafer": 200}  # fmt: skip


def test_the_command_lines_spellings_are_keywords_too():
    keys = {key_of(name, KEYWORDS): value for name, value in OPTIONS.items()}
    assert len(keys) == len(OPTIONS)
    assert nc.estimate("100", node="tsmc-n5", **OPTIONS) == nc.estimate("100", node="tsmc-n5", **keys)
    swept = nc.sweep("100", node="tsmc-n5", d0=[0.1, 0.2], model="poisson", outputs="die_yield")
    assert swept.dims == ("d0_per_cm2",)
    assert nc.wafer_cost("tsmc-n5", phi=0.5, dose=40).wafer_cost_usd == (
        nc.wafer_cost("tsmc-n5", extra_mask_carry=0.5, euv_dose_mj_per_cm2=40).wafer_cost_usd
    )
    row = {"die_area_mm2": 100.0, "d0": 0.1, "wafer-price": 1e4}
    keyed_row = {"die_area_mm2": 100.0, "d0_per_cm2": 0.1, "wafer_price_usd": 1e4}
    assert nc.evaluate(row)["good_die_cost_usd"] == nc.evaluate(keyed_row)["good_die_cost_usd"]
    assert nc.evaluate_wafer({"euv-power": 100.0}, node="tsmc-n5") == (
        nc.evaluate_wafer({"euv_source_power_w": 100.0}, node="tsmc-n5")
    )


@pytest.mark.parametrize("known", [KEYWORDS, AXIS_KEYS, WAFER_INPUT_KEYS])
def test_every_option_means_its_key_wherever_that_is_taken(known):
    for q in QUANTITIES.values():
        for name in filter(None, (q.key, q.option, f"--{q.option}" if q.option else "", q.key.replace("_", "-"))):
            if q.key in known:
                assert key_of(name, known) == q.key
            else:
                with pytest.raises(UnknownNameError, match=rf"{q.key} \("):
                    key_of(name, known)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: nc.estimate("100", node="tsmc-n5", d0=0.1, d0_per_cm2=0.1),
        lambda: nc.sweep("100", node="tsmc-n5", d0=[0.1, 0.2], d0_per_cm2=0.1),
        lambda: nc.wafer_cost("tsmc-n5", phi=0.1, extra_mask_carry=0.1),
        lambda: nc.evaluate({"die_area_mm2": 9.0, "d0": 1.0, "d0_per_cm2": 1.0, "wafer_price_usd": 1e4}),
    ],
)
def test_a_key_in_two_spellings_is_an_error(ask):
    with pytest.raises(InputError, match="given twice"):
        ask()


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: nc.estimate(100, node=["n5", "n7"]), r"node \['n5', 'n7'\]: not one name"),
        (lambda: nc.estimate(100, node=5), "node 5: no name"),
        (lambda: nc.estimate(chip=5), "chip 5: no name"),
        (lambda: nc.estimate([1, 2], node="n5"), "not a number"),
        (lambda: nc.estimate(100, node="n5", yield_model=5), "yield model 5: no name"),
        (lambda: nc.estimate(100, node="n5", catalogue=5), "catalogue 5: no path"),
        (lambda: nc.estimate(10**5000, node="n5"), "beyond any float"),
        (lambda: nc.wafer_cost(5), "node 5: no name"),
        (lambda: nc.wafer_cost("n5", tools=5), "tools 5: no names"),
        (lambda: nc.wafer_cost("n5", without=[5]), "without: 5 is no name"),
        (lambda: nc.wafer_cost("n5", stack=5), "stack 5: no path"),
        (lambda: nc.wafer_cost("n5", catalogue=5), "catalogue 5: no path"),
        (lambda: nc.load_catalogue(5.0), "catalogue 5.0: no path"),
        (lambda: nc.load_catalogue().node(5), "node 5: no name"),
        (lambda: nc.open_sweep(5), "sweep 5: no path"),
        (lambda: nc.die_yield(10**400), "beyond any float"),
        (lambda: nc.die_yield([10**400]), "not numbers"),
        (lambda: nc.evaluate({"die_area_mm2": 9.0}, outputs=5), "outputs 5: no names"),
        (lambda: nc.evaluate(5), "no mapping"),
        (lambda: nc.evaluate_wafer(5, node="n5"), "no mapping"),
        (lambda: nc.patterning_scheme(10**5000), "not a pitch"),
        (lambda: nc.logic_density(10**5000, 200), "not a cell"),
        (lambda: nc.chip_density(logic_mtr_per_mm2="x", logic_share=1.0), "not a number"),
    ],
)
def test_what_is_no_name_path_or_number_is_said_in_one_line(ask, said):
    with pytest.raises(NodecalcError, match=said) as caught:
        ask()
    assert "\n" not in str(caught.value)


def test_an_error_repeats_no_more_of_an_array_than_fits_a_line():
    with pytest.raises(nc.NodecalcError) as caught:
        nc.gross_dies(list(range(5, 300)), 10)
    assert len(str(caught.value)) < 200


OTHER_NAMES = {
    "area": "die_area_mm2", "areas": "die_area_mm2", "die-area": "die_area_mm2", "width": "die_width_mm",
    "nodes": "node", "models": "yield_model", "alphas": "alpha", "wafer_diameter": "wafer_diameter_mm",
    "edge-exclusion": "edge_exclusion_mm", "years": "year", "euv_dose": "euv_dose_mj_per_cm2",
}  # fmt: skip


@pytest.mark.parametrize("name", OTHER_NAMES)
def test_plurals_and_keys_without_their_unit_find_the_key(name):
    assert key_of(name, AXIS_KEYS) == OTHER_NAMES[name]


def test_no_name_is_two_things():
    from nodecalc.vocabulary.spelling import meant_by

    options = {q.option.replace("-", "_"): q.key for q in QUANTITIES.values() if q.option}
    for name, key in options.items():
        assert meant_by(name) == key
    for key in QUANTITIES:
        assert meant_by(key) in (None, key)
    for name in (name for q in QUANTITIES.values() for name in q.also):
        assert name not in QUANTITIES
        assert name not in options
    assert meant_by("layer") is None  # --layers counts critical layers, layer_usd prices one


def test_results_are_found_by_the_same_rule():
    swept = nc.sweep(nodes=["n5", "n7"], area=[50, 100], outputs=["cost", "die-cost"], best="cost", top=1)
    assert swept.outputs == ("good_die_cost_usd", "die_cost_usd")
    assert swept.dims == ("node", "die_area_mm2")
    assert swept.best[0]["node"] == "tsmc-n7"
    found = nc.evaluate({"area": [50.0, 100.0]}, node="n5", outputs=["die-cost"])
    assert list(found) == ["die_cost_usd"]
    assert nc.sweep(100, node="n5", outputs="yield").outputs == ("die_yield",)
    with pytest.raises(UnknownNameError, match="die_yield"):
        nc.sweep(100, node="n5", outputs="yeild")
    with pytest.raises(UnknownNameError, match="node="):
        nc.estimate(100, nodes="n5")


@pytest.mark.parametrize(("text", "sides"), [
    ("600x600mil", 15.24), ("0.6x0.6in", 15.24), ("0.6inx0.6in", 15.24), ("1.524x1.524cm", 15.24), ("0.36in2", None),
    ("360000mil2", None),
])  # fmt: skip
def test_sizes_in_inches_and_mils(text, sides):
    die = nc.estimate(text, node="n5").inputs.die
    assert die.area_mm2 == pytest.approx(sides**2 if sides else 232.2576, rel=1e-12)


@pytest.mark.parametrize("text", ["-0.1", "2000", "1e9", "0", "11", "-1e-5", "700"])
def test_what_an_error_advises_is_accepted(text):
    with pytest.raises(InputError) as caught:
        number(text, "d0_per_cm2")
    advised = re.findall(rf"{re.escape(text)}/\w+2", str(caught.value))
    for form in advised:
        number(form, "d0_per_cm2")
    assert bool(advised) is (0.0 <= float(text) <= 6451.6)


@pytest.mark.parametrize(
    ("text", "watts"),
    [("250", 250.0), ("250W", 250.0), ("250 W", 250.0), ("0.25kW", 250.0), ("0.25 kw", 250.0), ("1.7E2 W", 170.0)],
)
def test_the_power_of_a_source_is_in_watts(text, watts):
    assert number(text, "euv_source_power_w") == pytest.approx(watts, rel=1e-15)


@pytest.mark.parametrize("text", ["250mW", "250VA", "250MW", "250 J"])
def test_a_power_in_another_unit_is_refused(text):
    with pytest.raises(InputError, match="unknown unit"):
        number(text, "euv_source_power_w")


def test_a_slip_of_the_unit_with_one_reading_names_that_one_alone():
    with pytest.raises(InputError, match=r"give the unit: 5000/in2$"):
        number("5000", "d0_per_cm2")
    with pytest.raises(InputError, match=r"give the unit: 20/cm2 or 20/in2$"):
        number("20", "d0_per_cm2")


@pytest.mark.parametrize(
    ("unit", "texts"),
    [("1/h", ("275", "275/h", "275wph", "275 WPH")), ("mJ/cm2", ("275", "275mJ/cm2", "275 mJ/cm²")),
     ("MTr/mm2", ("275", "275MTr/mm2")), ("years", ("275", "275y", "275 yr", "275 year", "275 years")),
     ("USD", ("275", "$275", "275 USD", "0.275kUSD"))],
)  # fmt: skip
def test_units_that_few_inputs_have_are_their_own(unit, texts):
    q = next(q for q in (*QUANTITIES.values(), *TOOL_FIELDS) if q.unit == unit)._replace(low=0.0, high=1e9)
    for text in texts:
        assert number_of(text, q._replace(bare=None)) == 275.0


def test_a_percentage_without_its_sign_is_told_both_ways():
    with pytest.raises(InputError, match=r"a percentage is written 95% or 0\.95$"):
        number("95", "line_yield")
    with pytest.raises(InputError, match=r"a percentage is written 100% or 1$"):
        number("100", "line_yield")
    with pytest.raises(InputError, match=r"a percentage is written 1\.0005% or 0\.010005$"):
        number("1.0005", "line_yield")
    for text, key in (("100.5", "line_yield"), ("-3", "line_yield"), ("1", "gross_margin")):
        with pytest.raises(InputError) as caught:
            number(text, key)
        assert "percentage" not in str(caught.value)


def test_other_money_is_read_at_its_rate_and_asks_for_one():
    assert number("9000CNY@USDCNY=7.2", "wafer_price_usd") == 1250.0
    assert number("9kEUR@EURUSD=1.25", "wafer_price_usd") == 11250.0
    with pytest.raises(InputError, match="CNY without an exchange rate"):
        number("9000CNY", "wafer_price_usd")
    with pytest.raises(InputError, match="write CNY for yuan"):
        number("9000¥", "wafer_price_usd")
    for key in ("line_yield", "d0_per_cm2", "die_width_mm"):
        with pytest.raises(InputError, match="unknown unit 'cny"):
            number("0.5CNY@USDCNY=7.2", key)


def test_a_size_takes_the_units_of_lengths_and_areas_alone():
    for unit, factor in LENGTH.items():
        side = 12.0 / factor
        for text in (f"{side:.17g}x{side / 2:.17g}{unit}", f"{side:.17g}{unit}x{side / 2:.17g}{unit}"):
            found = size(text.replace(" ", ""))
            assert (found.width_mm, found.height_mm) == pytest.approx((12.0, 6.0), rel=1e-15)
            assert found.area_mm2 is None
    for unit, factor in AREA.items():
        assert size(f"{120.0 / factor:.17g}{unit}").area_mm2 == pytest.approx(120.0, rel=1e-15)
    for text, said in (
        ("10mmx12cm", "no length here"), ("10x12mm2", "no length here"), ("10x12kg", "no length here"),
        ("10cm", "write 10x10cm"), ("10kg", "unknown unit 'kg'"), ("10 x1 2", "a space inside a number"),
        ("x10", "not a size"), ("0x5", "die_width_mm is 0, outside"), ("5x0", "die_height_mm is 0, outside"),
        ("1e999", "die_area_mm2 is inf, outside"), ("nan", "die_area_mm2 is nan, outside"),
    ):  # fmt: skip
        with pytest.raises(InputError, match=re.escape(said)):
            size(text)


def test_a_decimal_part_is_the_number_that_is_written():
    assert [number(f"{n}%", "line_yield") for n in range(1, 101)] == [n / 100 for n in range(1, 101)]
    assert [number(f"{n}um", "die_width_mm") for n in range(101, 999)] == [n / 1000 for n in range(101, 999)]
    assert number("3mm", "die_width_mm") == 3.0


def test_an_unknown_unit_is_told_the_first_six_that_there_are():
    with pytest.raises(InputError, match=r"allowed: /cm2, /mm2, /in2, cm-2, mm-2, in-2 \.\.\."):
        number("0.1/km2", "d0_per_cm2")


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [("57%", "line_yield", 0.57), ("7%", "line_yield", 0.07), ("101um", "scribe_mm", 0.101),
     ("1/in2", "d0_per_cm2", 1.0 / 6.4516), ("7/in2", "d0_per_cm2", 7.0 / 6.4516), ("3mil", "scribe_mm", 3 * 0.0254)],
)  # fmt: skip
def test_over_a_hundred_is_no_product_with_a_rounded_hundredth(text, key, value):
    assert number(text, key) == value


DIGITS = "9" * 20_000


@pytest.mark.parametrize(
    "ask",
    [
        lambda: nc.estimate(DIGITS, node="n5"),
        lambda: nc.estimate(f"{DIGITS}x3", node="n5"),
        lambda: nc.estimate(100, node="n5", d0_per_cm2=DIGITS),
        lambda: nc.estimate(100, node="n5", capacity_gb=f"{DIGITS}!"),
        lambda: nc.estimate(100, node="n5", bins=f"a={DIGITS}"),
        lambda: nc.estimate(100, node="n5", wafer_price_usd=f"{DIGITS}CNY", rate="CNY=7.2"),
        lambda: nc.sweep(DIGITS, node="n5", d0=(0.1, 0.2)),
        lambda: nc.split(DIGITS, node="n5"),
    ],
)
def test_a_number_without_end_is_refused_at_once(ask):
    with pytest.raises(InputError, match="characters; allowed") as caught:
        ask()
    assert len(str(caught.value)) < 400


def test_every_pattern_takes_long_texts_in_one_pass():
    from nodecalc.drivers.risk import statements
    from nodecalc.question import bits, money, salvage, units

    patterns = [units._TEXT, units._TWO, units._SIDES, units._GAP, money._AMOUNT, money._BEFORE, money._UNIT]
    patterns += [bits._CAPACITY, units._ZERO, statements._BARE, statements._FIGURE, statements._TIMES]
    patterns += [re.compile(text) for text in (salvage._BIN, salvage._PAIR, salvage.BETWEEN)]
    for unit in ("9", "0", " ", ".", "9.", "e", "9e", "a", "+", "x", "a=9:"):
        for text in (unit * 100_000, f"{unit * 50_000}!", f"3:{unit * 50_000}:", f"a={unit * 50_000}:"):
            for pattern in patterns:  # one that looked at every pair of characters would take hours
                pattern.fullmatch(text)
    # As many digits as any double has, written in full, are read.
    assert number(f"{5e-324:.800f}".rstrip("0"), "wafer_kwh") == 5e-324


@pytest.mark.parametrize("price", ["1e+5CNY", "1E+5 CNY", "100000CNY"])
def test_a_rate_stands_with_prices_of_bins_in_any_form(price):
    found = nc.estimate(814, node="n4", bins=f"full=144:{price}+cut=132:9e+4CNY", rate="CNY=7.2")
    plain = nc.estimate(814, node="n4", bins={"full": (144, 1e5 / 7.2), "cut": (132, 9e4 / 7.2)})
    assert found.revenue_per_wafer_usd == pytest.approx(plain.revenue_per_wafer_usd, rel=1e-14)


@pytest.mark.parametrize("zero", [-0.0, "-0", "-0mm", "-0.0"])
def test_zero_has_no_sign(zero):
    assert str(number(zero, "edge_exclusion_mm")) == "0.0"
    assert str(nc.estimate(100, node="n5", edge_exclusion_mm=zero).inputs.numbers["edge_exclusion_mm"]) == "0.0"
