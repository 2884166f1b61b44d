"""`nodecalc patterning`: every way to pattern a pitch, the cheapest marked, the limit named where none reaches it."""

import csv
import io

import pytest

import nodecalc as nc
from nodecalc.catalogue import load_catalogue
from nodecalc.wafers.schemes import patterning_options


@pytest.mark.parametrize(
    ("pitch", "scheme"),
    [("80", "arfi-se"), ("52", "arfi-sadp"), ("40", "arfi-sadp"), ("36", "arfi-saqp"), ("32.5", "arfi-saqp")],
)
def test_193i_takes_these_schemes(good, pitch, scheme):
    rows = good("patterning", pitch, "-f", "json").json["rows"]
    assert [row["id"] for row in rows if row["chosen"]] == [scheme]
    assert f"line at {pitch} nm: {scheme}" in good("patterning", pitch).out


def test_euv_takes_36_nm_in_one_exposure_where_it_is_allowed(good):
    rows = good("patterning", "36nm", "--tools", "arfi,euv", "-f", "json").json["rows"]
    assert [row["id"] for row in rows if row["chosen"]] == ["euv-se"]
    assert {row["tool"] for row in rows} == {"arfi", "euv"}


def test_no_tools_given_means_what_it_means_in_the_library(good):
    for pitch in (80, 40, 20):
        rows = good("patterning", pitch, "-f", "json").json["rows"]
        assert next(row["id"] for row in rows if row["chosen"]) == nc.patterning_scheme(pitch)
    assert "--tools arfi,euv allows EUV too" in good("patterning", "36").out


@pytest.mark.parametrize("feature", ["line", "via", "cut"])
@pytest.mark.parametrize("tools", ["arfi", "arf,arfi,euv,hna"])
def test_rows_are_the_librarys_options_in_json_and_csv(good, feature, tools):
    words = ("patterning", "48", "90", "--feature", feature, "--tools", tools)
    options = [(p, o) for p in (48.0, 90.0) for o in patterning_options(p, tools.split(","), feature)]
    document = good(*words, "-f", "json").json
    assert document["command"] == "patterning"
    assert len(document["rows"]) == len(options)
    for row, (pitch, option) in zip(document["rows"], options, strict=True):
        assert (row["pitch_nm"], row["feature"]) == (pitch, feature)
        assert {key: row[key] for key in option._fields} == option._asdict()
    parsed = list(csv.DictReader(io.StringIO(good(*words, "-f", "csv").out)))
    for text, row in zip(parsed, document["rows"], strict=True):
        assert float(text["cost_usd"]) == row["cost_usd"]
        assert text["allowed"] == str(row["allowed"])


def test_each_pitch_has_one_choice_and_it_is_the_cheapest_allowed(good):
    rows = good("patterning", "100", "60", "44", "30", "--tools", "arf,arfi,euv", "-f", "json").json["rows"]
    for pitch in {row["pitch_nm"] for row in rows}:
        own = [row for row in rows if row["pitch_nm"] == pitch]
        (chosen,) = [row for row in own if row["chosen"]]
        # Several masks on a dry tool are taken only where nothing else reaches the pitch.
        usual = [row for row in own if row["allowed"] and (row["tool"] != "arf" or row["scheme"] == "se")]
        assert chosen["cost_usd"] == min(row["cost_usd"] for row in usual)
        for row in own:
            assert row["allowed"] is (row["floor_nm"] <= pitch and "overlay" not in row["why"])
            assert row["why"]


def test_the_table_marks_the_choice_and_says_why_the_others_are_not_allowed(good):
    for form in ("table", "markdown"):
        lines = good("patterning", "36", "-f", form).out.splitlines()
        (chosen,) = [line for line in lines if "arfi-saqp" in line and "*" in line.split("arfi-saqp")[0][:6]][-1:]
        assert "yes" in chosen
        (single,) = [line for line in lines if "arfi-se " in line]
        assert "no" in single
        assert "below its floor of 76 nm" in single


def test_what_is_assumed_is_said(good):
    rows = good("patterning", "36", "--feature", "via", "--tools", "arfi,euv", "-f", "json").json["rows"]
    for row in rows:
        assert "service_fraction" in row["assumed"]
        # No public figure says how close holes may stand.
        assert "hole_k1" in row["assumed"]
    assert "assumed" in good("patterning", "36").out


def test_source_power_and_dose_change_what_euv_costs(good):
    def euv(*words):
        rows = good("patterning", "36", "--tools", "arfi,euv", *words, "-f", "json").json["rows"]
        return next(row for row in rows if row["id"] == "euv-se")

    weak, strong = euv("--euv-power", "50"), euv("--euv-power", "500")
    assert weak["cost_usd"] > euv()["cost_usd"] > strong["cost_usd"]
    assert not weak["chosen"]
    assert strong["chosen"]
    assert euv("--euv-power", "500", "--dose", "90")["cost_usd"] > strong["cost_usd"]
    assert "change nothing here" in good("patterning", "36", "--euv-power", "50").out


def test_sources_are_those_of_the_tools_in_use(good):
    sources = {s["id"] for s in good("patterning", "36", "-f", "json").json["sources"]}
    stated = {f.source for figures in load_catalogue().tools["arfi"].figures.values() for f in figures}
    assert sources <= stated | {"tsmc_depreciation", "assumed", "derived"}  # the hour of a fab, a step
    assert "asml_asp_2025" in sources


def test_a_tools_own_dose_changes_nothing(good):
    def costs(*words):
        rows = good("patterning", "40", "--tools", "euv,euv3800,hna", *words, "-f", "json").json["rows"]
        return {row["id"]: row["cost_usd"] for row in rows}

    bare, stated = costs(), costs("--dose", "30")
    for id_ in bare:
        if not id_.startswith("hna"):  # whose throughput is stated at 20 mJ/cm2
            assert stated[id_] == pytest.approx(bare[id_], rel=1e-12), id_
    assert stated["hna-se"] > bare["hna-se"]


@pytest.mark.parametrize(
    ("words", "chosen"),
    [
        (("34", "--tools", "arf,arfi", "--feature", "via"), "arfi-le3"),
        (("23", "--tools", "euv"), "euv-le2"),
        (("28", "--tools", "arfi,euv,hna"), "euv-le2"),
        (("28", "--tools", "euv", "--feature", "via"), "euv-le2"),
        (("15", "--tools", "euv"), "euv-sadp"),
    ],
)
def test_what_a_pitch_takes(good, words, chosen):
    rows = good("patterning", *words, "-f", "json").json["rows"]
    assert [row["id"] for row in rows if row["chosen"]] == [chosen]


# Words after the command, and what the line must contain.
BAD = [
    ((), ["PITCH"]),
    (("10",), ["10 nm", "limit is 19 nm", "arfi-saqp", "--tools"]),
    (("80", "10"), ["10 nm", "19 nm"]),
    (("7", "--tools", "arfi,euv"), ["7 nm", "limit", "euv-", "--tools"]),
    (("16", "--feature", "via"), ["via", "limit is 16.7 nm", "arfi-le6"]),
    (("36", "--tools", "evu"), ["evu", "euv"]),
    (("36", "--tools", ""), ["no tools"]),
    (("36", "--feature", "vai"), ["vai", "via"]),
    (("abc",), ["abc", "36nm"]),
    (("36um",), ["36um"]),
    (("0",), ["0"]),
    (("-36",), ["-36"]),
    (("nan",), ["nan"]),
    (("inf",), ["inf"]),
    (("36", "--euv-power", "0"), ["--euv-power"]),
    (("36", "-f", "yaml"), ["yaml", "json"]),
    (("36", "--catalog", "missing.toml"), ["missing.toml"]),
]


@pytest.mark.parametrize(("words", "holds"), BAD, ids=[" ".join(words) for words, _ in BAD])
def test_bad_input_is_one_line_and_exit_code_2(cli, words, holds):
    done = cli("patterning", *words)
    assert (done.code, done.out) == (2, "")
    assert done.err.count("\n") == 1
    assert done.err.startswith("nodecalc: ")
    for word in holds:
        assert word in done.err
