"""`nodecalc wafer`: each option reaches the library, each format tells the same numbers, what is assumed is said."""

import csv
import io
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nodecalc as nc
from nodecalc.charts.bars import FULL, bar, has_blocks
from nodecalc.vocabulary import QUANTITIES
from nodecalc.vocabulary.digits import shown

STACK = """name = "mine"
[[layer]]
name = "M1"
feature = "line"
count = 2
scheme = "sadp"
tool = "arfi"
pitch_nm = 40
cuts = 1
cut_tool = "arfi"
[[layer]]
name = "wells"
feature = "implant"
count = 3
scheme = "se"
tool = "krf"
"""


@pytest.fixture
def stack_file(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(STACK)
    return path


def plain(row):
    return {k: list(v) if isinstance(v, tuple) else v for k, v in row.items()}


def without_marks(row):
    return {k: v for k, v in row.items() if k not in ("assumed", "estimated", "unverified")}


def bars_in(text):
    return [c for c in text if c == FULL or "\u2589" <= c <= "\u258f"]


def test_json_is_the_librarys_answer_row_by_row(good):
    document = good("wafer", "tsmc-n5", "-f", "json").json
    w = nc.wafer_cost("tsmc-n5")
    assert document["command"] == "wafer"
    assert document["version"] == nc.__version__
    rows = [{**row, "cut_tool": row["cut_tool"] or None} for row in w.to_rows()]
    assert [without_marks(row) for row in document["rows"]] == rows
    flat = (str, int, float, list, type(None))
    assert all(isinstance(value, flat) for row in document["rows"] for value in row.values())
    summary = without_marks(document["wafer"])
    assert summary.pop("stack_origin") == w.stack_origin
    assert summary.pop("price_chain") == {**w.chain.to_dict()}
    assert summary == without_marks(plain(w.to_dict()))
    assert [without_marks(p) for p in document["penalties"]] == [
        {"node": "tsmc-n5", "stack": "tsmc-n5", **p._asdict()} for p in w.penalties
    ]
    assert {s["id"] for s in document["sources"]} >= {"asml_asp_2025", "asml_iedm_2019", "cset_2020", "assumed"}
    assert all(s["title"] and s["figures"] for s in document["sources"])


def test_json_rows_add_up_to_the_wafer(good):
    document = good("wafer", "smic-n+3", "-f", "json").json
    wafer, rows = document["wafer"], document["rows"]
    assert sum(row["usd"] for row in rows) == pytest.approx(wafer["patterning_usd"])
    assert sum(row["masks"] for row in rows) == wafer["masks"]
    assert sum(row["exposures"] for row in rows) == wafer["exposures"]
    assert sum(row["count"] for row in rows) == wafer["design_layers"]
    parts = wafer["substrate_usd"] + wafer["process_usd"] + wafer["patterning_usd"]
    assert parts == pytest.approx(wafer["wafer_cost_usd"])


def test_csv_holds_the_same_unrounded_rows(good):
    parsed = list(csv.DictReader(io.StringIO(good("wafer", "tsmc-n7", "-f", "csv").out)))
    rows = nc.wafer_cost("tsmc-n7").to_rows()
    assert len(parsed) == len(rows)
    for text, row in zip(parsed, rows, strict=True):
        for key, value in row.items():
            written = "" if value is None else str(value)
            assert float(text[key]) == value if isinstance(value, float) else text[key] == written
        assert "stack" in text["assumed"].split(";")


@pytest.mark.parametrize(
    ("node", "usd", "masks", "euv"), [("tsmc-n7", 5188, 87, 0), ("tsmc-n5", 6134, 81, 14), ("tsmc-n16", 4116, 62, 0)]
)
def test_published_wafers(good, node, usd, masks, euv):
    wafer = good("wafer", node, "-f", "json").json["wafer"]
    assert wafer["wafer_cost_usd"] == pytest.approx(usd, rel=0.001)
    assert (wafer["masks"], wafer["euv_exposures"]) == (masks, euv)


def test_the_table_shows_layers_totals_band_and_penalties(good):
    out = good("wafer", "tsmc-n5", "--layers").out
    w = nc.wafer_cost("tsmc-n5")
    money = QUANTITIES["wafer_cost_usd"].text
    for key in ("wafer_cost_usd", "substrate_usd", "process_usd", "patterning_usd"):
        assert money(getattr(w, key)) in out
    assert f"{money(w.wafer_cost_usd_p10)}-{money(w.wafer_cost_usd_p90)}" in out
    for row in w.rows:
        line = next(line for line in out.splitlines() if line.startswith(f"{row.layer} "))
        assert f"{row.tool}-{row.scheme}" in line
        assert f"{row.usd:,.2f}" in line
        assert shown(row.share, ".1%") in line
    assert "arfi-saqp + 2 cuts" in out
    assert "fin cut" in out
    for p in w.penalties:
        line = next(line for line in out.splitlines() if line.startswith(p.name))
        assert p.counterfactual in line


def test_each_penalty_stands_with_its_p10_p50_and_p90_and_an_uncertain_sign_is_said(good):
    out = good("wafer", "tsmc-n5", "--without", "euv").out
    line = next(line for line in out.splitlines() if line.startswith("wafer, EUV denied"))
    (denied,) = [p for p in nc.wafer_cost("tsmc-n5", without="euv").penalties if p.name == "wafer, EUV denied"]
    texts = [shown(v, "+.1%") for v in (denied.value, denied.p10, denied.p50, denied.p90)]
    assert texts == line.split()[3:7]
    assert texts[0] == "+3.17%"
    (said,) = [line for line in out.splitlines() if line.startswith("warning: the sign of ")]
    assert f"{texts[1]} to {texts[3]}" in said
    assert "multi-patterning" not in said


def test_ruling_a_tool_out_and_naming_the_others_print_the_same(good):
    one, other = (
        good("wafer", "tsmc-n5", *words).out for words in (("--without", "euv"), ("--tools", "arfi,arf,krf,iline"))
    )
    assert one == other


def test_the_chain_from_cost_to_price_closes_in_the_figures_printed(good):
    for node in ("tsmc-n5", "tsmc-n16", "smic-n+2", "smic-n+3", "intel-14", "tsmc-130", "gf-12lp"):
        out = good("wafer", node).out
        lines = out.splitlines()
        cells = lines[lines.index("from cost to price: C v k / (1 - g)") + 3].split()
        row = dict(zip(("node", "year", "C", "age", "v", "k", "is", "g", "price"), cells, strict=False))
        cost, price = (float(row[key].replace(",", "")) for key in ("C", "price"))
        assert cost * float(row["v"]) * float(row["k"]) / (1 - float(row["g"])) == pytest.approx(price, rel=1e-3)
        chain = good("wafer", node, "-f", "json").json["wafer"]["price_chain"]
        product = chain["cost_usd"] * chain["vintage_factor"] * chain["fab_factor"] / (1 - chain["gross_margin"])
        assert product == pytest.approx(chain["price_usd"], rel=1e-12)
        assert chain["price_usd"] == pytest.approx(chain["catalogue_price_usd"], rel=1e-12)


def test_the_year_moves_margin_and_vintage_and_not_the_cost(good):
    wafer = good("wafer", "tsmc-n16", "--year", "2020", "-f", "json").json["wafer"]
    assert wafer["price_chain"]["vintage_factor"] == pytest.approx(0.693, abs=0.0005)
    assert wafer["price_chain"]["margin_words"] == "TSMC's of 2020"
    assert wafer["wafer_cost_usd"] == nc.wafer_cost("tsmc-n16").wafer_cost_usd
    given = good("wafer", "smic-n+2", "--vintage", "1", "--margin", "0.2", "-f", "json").json["wafer"]["price_chain"]
    assert given["fab_factor"] == pytest.approx(given["catalogue_price_usd"] * 0.8 / 5188)


@pytest.mark.parametrize("node", ["tsmc-n16", "tsmc-n7", "tsmc-n5", "smic-n+2", "smic-n+3"])
def test_an_assumed_stack_is_loud_in_every_format(good, node):
    for form in ("table", "markdown"):
        out = good("wafer", node, "-f", form).out
        assert f"layer stack {node} is ASSUMED" in out
        assert "no foundry publishes one" in out
    document = good("wafer", node, "-f", "json").json
    assert "stack" in document["wafer"]["assumed"]
    assert all("stack" in row["assumed"] for row in document["rows"])
    assert document["warnings"][0].startswith(f"the layer stack of {node} is assumed")
    assert document["notes"][: len(document["warnings"])] == document["warnings"]


def test_assumed_figures_are_named_in_json_and_counted_in_the_table(good):
    assumed = good("wafer", "tsmc-n5", "-f", "json").json["wafer"]["assumed"]
    for key in ("line_weight", "service_fraction", "arfi_track_price_usd", "euv_tool_utilisation"):
        assert key in assumed
    assert "euv_throughput_wph" not in assumed
    assert f"{len(assumed) - 1} assumed" in good("wafer", "tsmc-n5").out  # the stack has its own note
    given = good("wafer", "tsmc-n5", "--line-weight", "1.2", "-f", "json").json["wafer"]["assumed"]
    assert "line_weight" not in given


OPTIONS = {
    "--euv-power": ("euv_source_power_w", "100"),
    "--dose": ("euv_dose_mj_per_cm2", "60"),
    "--phi": ("extra_mask_carry", "0.5"),
    "--layer-usd": ("layer_usd", "60"),
    "--step": ("step_usd", "8"),
    "--via-weight": ("via_weight", "1"),
    "--euv-by": ("euv_by", "cost"),
    "--substrate": ("substrate_usd", "180"),
    "--depreciation": ("depreciation_years", "7"),
    "--service": ("service_fraction", "0.1"),
    "--margin": ("gross_margin", "0.5"),
    "--vintage": ("vintage_factor", "0.7"),
    "--k-fab": ("fab_factor", "1.4"),
    "--without": ("without", "euv"),
    "--tools": ("tools", "arfi,arf,krf,iline"),
    "--like": ("like", "smic-n+3"),
}


@pytest.mark.parametrize("option", OPTIONS)
def test_each_option_is_the_keyword_of_the_library_and_changes_the_answer(good, option):
    key, value = OPTIONS[option]
    wafer = good("wafer", "tsmc-n5", option, value, "-f", "json").json["wafer"]
    keyword = value.split(",") if key in ("without", "tools") else value
    w = nc.wafer_cost("tsmc-n5", **{key: keyword})
    assert wafer["stack_origin"] == w.stack_origin
    wafer.pop("stack_origin")
    chain = wafer.pop("price_chain")
    assert chain == w.chain.to_dict()
    assert without_marks(wafer) == without_marks(plain(w.to_dict()))
    # Without margin, vintage or k_fab there is no price, only a cost.
    assert wafer.get("wafer_price_usd", wafer["wafer_cost_usd"]) != nc.wafer_cost("tsmc-n5").wafer_price_usd


def test_every_wafer_input_with_an_option_has_it(good):
    from nodecalc.catalogue import load_catalogue
    from nodecalc.vocabulary import WAFER_INPUT_KEYS

    text = good("wafer", "--help").out
    for key in WAFER_INPUT_KEYS:
        if QUANTITIES[key].option:
            assert f"--{QUANTITIES[key].option} " in text, key
    assert f"only these exposure tools: {', '.join(load_catalogue().tools)}" in " ".join(text.split())


def test_the_band_follows_the_source_power(good):
    wafer = good("wafer", "tsmc-n5", "--euv-power", "50", "-f", "json").json["wafer"]
    assert wafer["wafer_cost_usd_p10"] < wafer["wafer_cost_usd"] < wafer["wafer_cost_usd_p90"]


def test_a_price_stands_beside_the_cost_only_where_it_was_asked_for(good):
    assert " price USD  cost" not in good("wafer", "tsmc-n5").out
    assert "wafer_price_usd" not in good("wafer", "tsmc-n5", "-f", "json").json["wafer"]
    out = good("wafer", "tsmc-n5", "--margin", "0.5").out
    assert QUANTITIES["wafer_price_usd"].text(2 * nc.wafer_cost("tsmc-n5").wafer_cost_usd) in out


def test_the_area_is_that_of_the_good_die_penalty(good):
    def good_die(*words):
        found = good("wafer", "tsmc-n5", *words, "-f", "json").json["penalties"]
        return next(p["value"] for p in found if p["name"].startswith("good die"))

    assert good_die("--area", "100") == good_die("--area", "10x10") == good_die("--area", "1cm2")
    assert good_die() == good_die("--area", "100", "--fields", "96") == pytest.approx(0.0325, abs=0.0005)
    assert good_die("--area", "814", "--fields", "96") == pytest.approx(0.0372, abs=0.0005)
    # On wafers of large dies fewer exposures are doubled.
    assert good_die("--area", "814") == pytest.approx(0.0460, abs=0.0005)


def test_options_without_effect_are_said_and_not_swallowed(good):
    out = good("wafer", "tsmc-n7", "--area", "50", "--fields", "90", "--euv-power", "50").out
    assert "--area changes nothing here" in out
    assert "--euv-power and --dose change nothing here" in out
    out = good("wafer", "smic-n+3", "--area", "50", "--euv-power", "50").out  # its peer has EUV
    assert "change nothing" not in out
    assert "changes nothing" not in out


def test_without_euv_names_the_tools_that_were_taken(good):
    wafer = good("wafer", "tsmc-n5", "--without", "euv", "-f", "json").json["wafer"]
    assert (wafer["stack"], wafer["masks"], wafer["euv_exposures"]) == ("tsmc-n5", 114, 0)
    assert wafer["stack_origin"] == "made by rule from the geometry of tsmc-n5, with iline, krf, arf, arfi"


def test_what_is_assumed_of_a_geometry_and_where_it_tips_over_is_said(good):
    notes = good("wafer", "tsmc-n4", "-f", "json").json["notes"]
    assert any("geometry assumed: fin_pitch 28 (as tsmc-n5)" in note for note in notes)
    assert any("49 nm (gate" in note and "by 49.8, 2 or 3 exposures of holes with arfi" in note for note in notes)
    (text,) = [n for n in good("wafer", "tsmc-n3e", "-f", "json").json["notes"] if "EXTRAPOLATED" in n]
    assert "6,705" in text
    assert "12,100" in text
    notes = good("wafer", "smic-n+2", "-f", "json").json["notes"]
    assert any("its 87 masks are as many as tsmc-n7's: a result of its own pitches, by a balance" in n for n in notes)
    assert any("33 gives 88 masks and 5,217 USD, 40 gives 85 masks and 5,110 USD" in n for n in notes)


def test_a_borrowed_stack_says_so(good):
    out = good("wafer", "intel-18a", "--like", "tsmc-n5").out
    assert "borrowed for intel-18a" in out


def test_a_users_stack_with_and_without_a_node(good, stack_file):
    document = good("wafer", "--stack", stack_file, "-f", "json").json
    w = nc.wafer_cost(stack=str(stack_file))
    assert document["wafer"]["wafer_cost_usd"] == w.wafer_cost_usd
    assert document["wafer"]["masks"] == 2 * 2 + 3
    assert [row["layer"] for row in document["rows"]] == ["M1", "wells"]
    assert not any("stack" in row["assumed"] for row in document["rows"])  # its user vouches for it
    assert good("wafer", "tsmc-n7", "--stack", stack_file, "-f", "json").json["wafer"]["node"] == "tsmc-n7"


def test_smic_n3_beside_tsmc_n5(good):
    words = ("wafer", "smic-n+3", "--compare", "tsmc-n5")
    document = good(*words, "-f", "json").json
    found = document["compare"]
    assert found["wafer_cost_ratio"] == pytest.approx(0.869, abs=0.0005)
    assert found["wafer_cost_ratio_p10"] == pytest.approx(0.812, abs=0.02)
    assert found["wafer_cost_ratio_p90"] == pytest.approx(0.927, abs=0.02)
    penalties = {p["name"]: p for p in found["penalties"]}
    assert penalties["good die 814 mm2, over tsmc-n5, equal fab"]["value"] == pytest.approx(-0.185, abs=0.002)
    assert penalties["cycle time"]["value"] == pytest.approx(8 * 1.25)
    assert {row["node"] for row in document["rows"]} == {"smic-n+3", "tsmc-n5"}
    for node in ("smic-n+3", "tsmc-n5"):
        own = [row["usd"] for row in document["rows"] if row["node"] == node]
        assert sum(own) == pytest.approx(nc.wafer_cost(node).patterning_usd)
    out = good(*words).out
    assert "0.869" in out
    assert f"{found['wafer_cost_ratio_p10']:.3f}-{found['wafer_cost_ratio_p90']:.3f}" in out


def test_k_fab_is_a_factor_of_the_price_alone_and_of_the_node_alone(good):
    words = ("wafer", "smic-n+3", "--compare", "tsmc-n5", "-f", "json")
    bare, with_k = good(*words).json, good(*words, "--k-fab", "1.5").json
    assert with_k["wafer"]["wafer_cost_usd"] == bare["wafer"]["wafer_cost_usd"]
    assert with_k["compare"]["wafer_cost_ratio"] == bare["compare"]["wafer_cost_ratio"]
    assert with_k["compare"]["wafer_cost_usd"] == bare["compare"]["wafer_cost_usd"]
    assert "wafer_price_usd" not in with_k["compare"]
    assert with_k["compare"]["wafer_price_ratio"] == pytest.approx(1.5 * bare["compare"]["wafer_cost_ratio"])


def test_a_given_phi_narrows_the_comparison(good):
    words = ("wafer", "smic-n+3", "--compare", "tsmc-n5", "-f", "json")
    bare, given = (good(*words, *more).json["compare"] for more in ((), ("--phi", "0.1")))
    assert given["wafer_cost_ratio"] == bare["wafer_cost_ratio"]
    width, narrow = (c["wafer_cost_ratio_p90"] - c["wafer_cost_ratio_p10"] for c in (bare, given))
    assert 0 < narrow < width


def test_what_the_layers_do_not_explain_is_a_fab_factor_of_its_own(good):
    found = {p["name"]: p for p in good("wafer", "smic-n+3", "-f", "json").json["penalties"]}
    layers, left = found["wafer, layers"], found["price left by layers"]
    assert layers["value"] < 0.01
    assert left["unit"] == "x"
    assert (1 + layers["value"]) * left["value"] == pytest.approx(1.45)
    assert "no k of the chain" in left["counterfactual"]


def test_the_power_curve_falls_and_meets_the_published_break_even(good):
    document = good("wafer", "tsmc-n5", "--power-curve", "--euv-power", "120", "-f", "json").json
    points = document["power_curve"]
    powers = [p["source_power_w"] for p in points]
    assert powers == sorted(powers)
    assert (powers[0], powers[-1]) == (25, 1000)
    assert 120 in powers
    costs = [p["usd_per_layer"] for p in points]
    assert costs == sorted(costs, reverse=True)
    even = {b["scheme"]: b for b in document["break_even"]}
    for scheme, watts in (("arfi-saqp", 112), ("arfi-le4", 298), ("arfi-le3", 566)):
        assert even[scheme]["source_power_w"] == pytest.approx(watts, abs=1)
        for p in points:
            cheaper = p["source_power_w"] > even[scheme]["source_power_w"]
            assert (scheme in p["cheaper_than"]) is cheaper
            assert (p["usd_per_layer"] < even[scheme]["usd_per_layer"]) is cheaper
    for watts, wph in ((50, 40), (100, 71), (250, 133), (350, 160)):
        (point,) = [p for p in points if p["source_power_w"] == watts]
        assert round(point["throughput_wph"]) == wph
    dearer = good("wafer", "tsmc-n5", "--power-curve", "--dose", "60", "-f", "json").json["break_even"]
    assert all(b["source_power_w"] > even[b["scheme"]]["source_power_w"] for b in dearer)
    out = good("wafer", "tsmc-n5", "--power-curve").out
    for watts in ("112", "298", "566"):
        assert watts in out


def test_explain_prints_the_documented_misses(good):
    words = ("wafer", "tsmc-n5", "--explain", "-f")
    misses = {m["quantity"]: m for m in good(*words, "json").json["misses"]}
    sadp = misses["cost of euv-sadp over arfi-se, no cuts"]
    n2 = misses["tsmc-n2: wafer cost"]
    share = misses["tsmc-n7: exposures' share of the wafer's cost"]
    assert (sadp["published"], n2["published"], share["published"]) == (6.0, 17000, 0.27)
    high_na = misses["one High-NA exposure over one of EUV at 50 mJ/cm2"]
    assert high_na["standing"] == "the model was set by it"
    assert abs(high_na["off"]) < 0.02
    for quantity, off in (
        ("tsmc-n16: wafer cost", 0.009),
        ("tsmc-n10: wafer cost", 0.019),
        ("tsmc-n5: wafer cost", 0.007),
    ):
        assert misses[quantity]["off"] == pytest.approx(off, abs=0.001)
        assert not misses[quantity]["standing"]
    for miss in (sadp, n2, share):
        assert miss["missed"]
        assert miss["off"] == pytest.approx(miss["model"] / miss["published"] - 1)
        assert abs(miss["off"]) > 0.1
    # What the model was set by is met exactly, and is not sold as a test of it.
    for scheme in ("se", "le2", "le3", "sadp", "saqp"):
        row = misses[f"cost of arfi-{scheme} over arfi-se, no cuts"]
        assert row["off"] == pytest.approx(0, abs=0.002)
        assert row["standing"] == "the model was set by it"
    for form in ("table", "markdown"):
        out = good(*words, form).out
        for miss in (sadp, n2, share):
            line = next(line for line in out.splitlines() if miss["quantity"] in line)
            assert "MISSED" in line
            assert miss["source"] in line


def test_the_misses_are_of_the_model_and_not_of_the_users_numbers(good):
    words = ("wafer", "tsmc-n5", "--explain", "-f", "json")
    assert good(*words, "--euv-power", "50").json["misses"] == good(*words).json["misses"]


@pytest.mark.parametrize(
    "words",
    [("tsmc-n5",), ("tsmc-n5", "--euv-power", "90", "--dose", "40"), ("smic-n+3", "--margin", "0.3", "--k-fab", "1.4"),
     ("tsmc-n5", "--without", "euv", "--phi", "1", "--layer-usd", "40")],
    ids=" ".join,
)  # fmt: skip
def test_each_explained_number_is_what_its_arithmetic_gives(good, words):
    steps = good("wafer", *words, "--explain", "-f", "json").json["explain"]
    checked = 0
    for step in steps:
        arithmetic = step["put_in"].split(";")[0].replace(",", "").replace(" x ", " * ")
        arithmetic = re.sub(r" (USD|s|cm2|J/cm2|W)\b", "", arithmetic)
        if not re.fullmatch(r"[-+*/(). 0-9e]+", arithmetic):
            continue
        assert eval(arithmetic) == pytest.approx(step["value"], rel=2e-5), step
        checked += 1
    assert checked >= 14
    assert {"patterning", "wafer cost", "wafer price", "arfi exposure"} <= {step["quantity"] for step in steps}


def test_explain_lists_every_figure_with_range_kind_and_source(good):
    document = good("wafer", "tsmc-n5", "--explain", "--phi", "0.5", "-f", "json").json
    figures = {f["key"]: f for f in document["figures"]}
    for key in ("depreciation_years", "substrate_usd", "reference_wafer_usd", "euv_availability", "days_per_mask"):
        figure = figures[key]
        assert figure["low"] <= figure["value"] <= figure["high"]
        assert figure["kind"] in ("measured", "disclosed", "reported", "estimated", "assumed")
        assert figure["source"] in {s["id"] for s in document["sources"]}
    assert figures["extra_mask_carry"]["kind"] == "given"
    assert figures["extra_mask_carry"]["value"] == 0.5
    powered = good("wafer", "tsmc-n5", "--explain", "--dose", "40", "-f", "json").json["figures"]
    keys = {f["key"] for f in powered}
    assert {"euv_stated_power_w", "euv_stated_dose_mj_per_cm2", "euv_efficiency", "euv_throughput_wph"} <= keys


def test_figures_of_what_a_penalty_is_measured_against_are_listed_too(good):
    document = good("wafer", "smic-n+3", "--explain", "-f", "json").json
    figures = {f["key"]: f for f in document["figures"]}
    for key in ("euv_scanner_price_usd", "d0_per_cm2", "tsmc-n5.d0_per_cm2", "wafer_price_ratio_tsmc"):
        assert figures[key]["source"] in {s["id"] for s in document["sources"]}
    assert "d0_per_cm2" in document["wafer"]["estimated"]
    alone = good("wafer", "tsmc-n7", "--explain", "-f", "json").json["figures"]
    assert not {f["key"] for f in alone} & {"euv_scanner_price_usd", "d0_per_cm2", "days_per_mask"}


@pytest.mark.parametrize("option", ["--explain", "--power-curve"])
def test_csv_refuses_what_it_cannot_hold(cli, option):
    done = cli("wafer", "tsmc-n5", option, "-f", "csv")
    assert (done.code, done.out) == (2, "")
    assert option in done.err


def test_bars_are_of_blocks_where_the_stream_can_and_only_in_the_table(program):
    words = ("wafer", "tsmc-n5", "--power-curve")
    utf = program(*words, env={"PYTHONIOENCODING": "utf-8"}).out
    assert bars_in(utf)
    assert "##" not in utf
    ascii_ = program(*words, env={"PYTHONIOENCODING": "ascii"}).out
    assert ascii_.isascii()
    assert "####" in ascii_
    for form in ("json", "markdown"):
        out = program(*words, "-f", form, env={"PYTHONIOENCODING": "utf-8"}).out
        assert not bars_in(out)
        assert "##" not in out


def test_the_longest_bar_is_the_dearest_layer(good):
    lines = good("wafer", "tsmc-n5", "--layers").out.splitlines()
    rows = nc.wafer_cost("tsmc-n5").rows
    lines = lines[lines.index("tsmc-n5: patterning of each layer, share of the wafer's cost") :]
    drawn = [next(line for line in lines if line.startswith(f"{row.layer} ")) for row in rows]
    lengths = {row.layer: len(bars_in(line)) or line.count("#") for row, line in zip(rows, drawn, strict=True)}
    by_cost = sorted(rows, key=lambda row: row.share)
    assert lengths[by_cost[-1].layer] == max(lengths.values()) == 24
    assert lengths[by_cost[0].layer] == min(lengths.values()) > 0


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(1e-3, 1e6), st.integers(1, 80), st.booleans())
def test_bars_never_lie(first, second, most, width, blocks):
    small, large = sorted((first, second))
    one, two = bar(small, most, width, blocks), bar(large, most, width, blocks)
    assert len(one) <= len(two) <= width
    assert bool(two) is (large > 0)
    assert len(bar(most, most, width, blocks)) == width


@pytest.mark.parametrize("value", [float("nan"), -1.0, 0.0])
def test_what_is_no_amount_has_no_bar(value):
    assert bar(value, 1.0, 10, True) == bar(1.0, value, 10, True) == ""


def test_a_stream_of_unknown_encoding_gets_ascii():
    assert not has_blocks(io.BytesIO())
    assert not has_blocks(None)


# Words after the program's name, and what the line must contain.
BAD = [
    ((), ["no node", "tsmc-n5", "stack"]),
    (("tsmc-n55",), ["tsmc-n55", "tsmc-n5"]),
    (("samsung-sf3",), ["no layer stack", "samsung-sf3", "--stack FILE", "--like NODE"]),
    (("ymtc-270l",), ["no layer stack", "--like"]),
    (("tsmc-n28", "--like", "samsung-sf3"), ["no layer stack", "samsung-sf3", "--stack"]),
    (("tsmc-n5", "--compare", "samsung-sf3"), ["no layer stack", "samsung-sf3"]),
    (("tsmc-n5", "--year", "1900"), ["1990 to 2035"]),
    (("tsmc-n5", "--euv-by", "price"), ["price", "masks", "cost"]),
    (("tsmc-n5", "--compare", "tsmc-n55"), ["tsmc-n55"]),
    (("tsmc-n5", "--tools", "arfx"), ["arfx", "arfi"]),
    (("tsmc-n5", "--tools", ","), ["no tools"]),
    (("tsmc-n5", "--tools", "krf"), ["28 nm", "cannot make it", "krf"]),
    (("tsmc-n5", "--without", "evu"), ["evu", "euv"]),
    (("tsmc-n5", "--stack", "missing.toml"), ["missing.toml"]),
    (("tsmc-n5", "--like", "tsmc-n7", "--stack", "missing.toml"), ["--stack", "--like"]),
    (("tsmc-n5", "--phi", "1.1"), ["--phi", "0 to 1"]),
    (("tsmc-n5", "--phi", "nan"), ["--phi"]),
    (("tsmc-n5", "--euv-power", "0"), ["--euv-power", "1 to 10000"]),
    (("tsmc-n5", "--dose", "-3"), ["--dose"]),
    (("tsmc-n5", "--margin", "1"), ["--margin"]),
    (("tsmc-n5", "--vintage", "0"), ["--vintage"]),
    (("tsmc-n5", "--k-fab", "0"), ["--k-fab"]),
    (("tsmc-n5", "--layer-usd", "cheap"), ["--layer-usd", "cheap"]),
    (("tsmc-n5", "--area", "abc"), ["abc", "100mm2"]),
    (("tsmc-n5", "--area", "0"), ["0"]),
    (("tsmc-n5", "-f", "xml"), ["xml", "json"]),
    (("tsmc-n5", "--catalog", "missing.toml"), ["missing.toml"]),
    (("tsmc-n5", "--bogus"), ["--bogus"]),
    (("tsmc-n5", "tsmc-n7"), ["tsmc-n7"]),
]


@pytest.mark.parametrize(("words", "holds"), BAD, ids=[" ".join(words) for words, _ in BAD])
def test_bad_input_is_one_line_and_exit_code_2(cli, words, holds):
    done = cli("wafer", *words)
    assert (done.code, done.out) == (2, "")
    assert done.err.count("\n") == 1
    assert done.err.startswith("nodecalc: ")
    for word in holds:
        assert word in done.err


def test_a_stack_of_an_unknown_scheme_names_the_nearest(cli, stack_file):
    stack_file.write_text(STACK.replace('"sadp"', '"sdap"'))
    done = cli("wafer", "--stack", stack_file)
    assert (done.code, done.out) == (2, "")
    assert done.err.count("\n") == 1
    for word in ("mine.toml", "sdap", "sadp"):
        assert word in done.err


def test_a_tool_that_is_ruled_out_is_in_no_row(good):
    document = good("wafer", "tsmc-n5", "--without", "euv", "-f", "json").json
    assert not {row["tool"] for row in document["rows"]} & {"euv", "euv3800", "hna"}
    assert not {row["cut_tool"] for row in document["rows"]} & {"euv", "euv3800", "hna"}


def test_ruling_out_193i_too_is_no_leave_to_use_it(cli):
    # Without immersion and EUV nothing prints 28 nm: the catalogue's stack without EUV is no answer, it is all 193i.
    done = cli("wafer", "tsmc-n5", "--without", "arfi,euv")
    assert (done.code, done.out) == (2, "")
    assert "cannot make it" in done.err


def test_a_catalogue_file_changes_tools_and_says_so(good, tmp_path):
    path = tmp_path / "tools.toml"
    path.write_text("schema = 1\n[model]\nsubstrate_usd = 150\n[tool.arfi]\nscanner_price_usd = 70e6\n")
    done = good("wafer", "tsmc-n7", "--catalog", path, "-f", "json").json
    assert done["wafer"]["substrate_usd"] == 150
    assert any("arfi.scanner_price_usd" in note and "replaced" in note for note in done["notes"])


def test_it_loads_neither_numpy_nor_numba_nor_rich(child_environment):
    code = (
        "import sys\nfrom nodecalc.cli.program import run\n"
        "assert run(['wafer', 'tsmc-n5', '--explain', '--power-curve', '--compare', 'tsmc-n7']) == 0\n"
        "print('loaded:', sorted({'numpy', 'numba', 'pydantic', 'scipy', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=child_environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "loaded: []"


TOOL = """schema = 1
[tool.ldp]
name = "scanner with an LDP source"
wavelength_nm = 13.5
numerical_aperture = 0.33
scanner_price_usd = 8e7
track_price_usd = 8e6
throughput_wph = 60
availability = 0.6
tool_utilisation = 0.7
consumables_usd = 10
fixed_usd_per_year = 2e6
single_pitch_nm = 32
"""


@pytest.fixture
def tool_file(tmp_path):
    path = tmp_path / "ldp.toml"
    path.write_text(TOOL)
    return path


def test_a_stack_file_may_name_the_tools_of_the_catalogue_file(good, cli, stack_file, tool_file):
    stack_file.write_text(STACK.replace('"krf"', '"ldp"'))
    document = good("wafer", "--stack", stack_file, "--catalog", tool_file, "--explain", "-f", "json").json
    assert "ldp" in {row["tool"] for row in document["rows"]}
    assert "ldp_throughput_wph" in {figure["key"] for figure in document["figures"]}
    assert document["wafer"]["euv_exposures"] == 3
    done = cli("wafer", "--stack", stack_file)
    assert done.code == 2
    assert "unknown tool 'ldp'" in done.err


def test_a_users_tool_may_be_allowed_or_ruled_out(good, cli, stack_file, tool_file):
    rows = good("patterning", "36", "--tools", "ldp,arfi", "--catalog", tool_file, "-f", "json").json["rows"]
    assert {row["tool"] for row in rows} == {"arfi", "ldp"}
    stack_file.write_text(STACK.replace("pitch_nm = 40", "pitch_nm = 36"))
    words = ("wafer", "--stack", stack_file, "--catalog", tool_file, "--tools", "ldp,krf")
    document = good(*words, "-f", "json").json
    assert {row["tool"] for row in document["rows"]} == {"ldp", "krf"}
    without = cli(*words, "--without", "euv")
    assert without.code == 2
    assert "limit" in without.err


def test_the_tools_that_the_help_and_completion_know_are_the_catalogues(good, tool_file):
    from types import SimpleNamespace

    from nodecalc.catalogue.builtin_wafers import tool_ids
    from nodecalc.cli.wafer import complete_tool

    text = " ".join(good("wafer", "--help").out.split())
    assert ", ".join(tool_ids()) in text
    for catalog, known in ((None, tool_ids()), (str(tool_file), [*tool_ids(), "ldp"]), ("missing.toml", tool_ids())):
        context = SimpleNamespace(params={"catalog": catalog})
        assert complete_tool(context, "") == known
    assert complete_tool(SimpleNamespace(params={"catalog": str(tool_file)}), "arfi,l") == ["arfi,ldp"]


@pytest.mark.parametrize(
    ("words", "idle"),
    [
        (("wafer", "n7", "--without", "euv"), True),
        (("wafer", "n5", "--like", "n7", "--without", "euv"), True),
        (("die", "100", "-n", "n7", "--wafer-basis", "cost", "--without", "euv"), True),
        (("die", "100", "-n", "n5", "--wafer-basis", "cost", "--without", "hna"), True),
        (("sweep", "100", "-n", "n7", "--wafer-basis", "cost", "--without", "euv", "--over", "d0=0.1,0.2"), True),
        (("wafer", "n5", "--without", "euv"), False),
        (("die", "100", "-n", "n5", "--wafer-basis", "cost", "--without", "euv"), False),
    ],
)
def test_a_tool_that_nothing_takes_is_ruled_out_with_a_warning(good, words, idle):
    said = " ".join(good(*words).out.split())
    assert ("changes nothing here, as no layer of" in said) is idle


def test_a_borrowed_stack_is_the_owner_of_what_is_assumed(good):
    for command in ("die", "sweep"):
        words = (command, 100, "-n", "smic-n+2,smic-n+3", "--wafer-basis", "cost", "--like", "tsmc-n7")
        assert "nobody publishes it: costs of layers of tsmc-n7\n" in good(*words).out
    said = good("die", 100, "-n", "smic-n+2", "--wafer-basis", "cost", "--like", "own").out
    assert "costs of layers of smic-n+2" in said


def test_what_is_advised_for_a_node_beside_others_works_for_it_alone(cli, good):
    for words in (("wafer", "n5", "--compare"), ("die", "100", "--wafer-basis", "cost", "-n", "n5", "-n")):
        done = cli(*words, "samsung-sf3")
        assert done.code == 2
        assert "for it alone: samsung-sf3:like=NODE" in done.err
        assert "samsung-sf3" in good(*words, "samsung-sf3:like=tsmc-n3e").out


def test_the_mask_set_is_told_a_wafer_for_both_wafers(good):
    words = ("wafer", "n5", "--compare", "n7", "--product-wafers", "10k")
    found = good(*words, "-f", "json").json
    usd = [found[which]["mask_set_per_wafer_usd"] for which in ("wafer", "compare")]
    assert usd == [nc.wafer_cost(node, product_wafers=1e4).mask_set_per_wafer_usd for node in ("n5", "n7")]
    table = good(*words).out
    assert "masks USD/wafer" in table
    assert all(f"{each:,.2f}" in table for each in usd)
    assert "masks USD/wafer" not in good("wafer", "n5").out


def test_formats_that_are_read_back_are_in_help_and_completion(good):
    from nodecalc.cli.options import complete_format, complete_format_or_toml

    for command in ("wafer", "nodes"):
        assert "toml" in good(command, "--help").out.split("--format")[1].split("--force")[0]
    assert complete_format_or_toml("t") == ["table", "toml"]
    assert complete_format("t") == ["table"]


@pytest.mark.parametrize(
    "words", [("patterning", "36"), ("wafer", "n5"), ("die", "100", "-n", "n5", "--wafer-basis", "cost")]
)
def test_duv_is_every_tool_without_euv(good, words):
    duv, named = (good(*words, "--tools", tools).out for tools in ("duv", "iline,krf,arf,arfi"))
    assert duv.replace("duv", "") == named.replace("iline,krf,arf,arfi", "").replace("iline+krf+arf+arfi", "")
