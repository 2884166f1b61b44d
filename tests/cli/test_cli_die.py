"""`nodecalc die`: each option reaches the library, each format tells the same numbers."""

import csv
import io
import re

import pytest

import nodecalc as nc
from nodecalc.vocabulary import INPUT_KEYS, QUANTITIES

TWO = ("die", "10x10", "-n", "tsmc-n5", "-n", "smic-n+3")


def csv_rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def plain(row):
    """A row of the library as JSON gives it back."""
    return {k: list(v) if isinstance(v, tuple) else v for k, v in row.items()}


def test_json_is_one_object_with_flat_rows_equal_to_the_librarys(good):
    document = good(*TWO, "-f", "json").json
    assert document["command"] == "die"
    assert document["version"] == nc.__version__
    estimates = [nc.estimate("10x10", node=n) for n in ("tsmc-n5", "smic-n+3")]
    for row, e in zip(document["rows"], estimates, strict=True):
        ratio = row.pop("good_die_cost_ratio")
        assert ratio == e.good_die_cost_usd / estimates[0].good_die_cost_usd
        assert row == plain(e.to_dict())
        for key, value in row.items():
            assert not isinstance(value, dict)
            if key in QUANTITIES and QUANTITIES[key].unit:
                assert isinstance(value, int | float)
                assert not isinstance(value, bool)
    assert document["rows"][1]["estimated"] == ["d0_per_cm2", "logic_density_mtr_per_mm2"]
    assert {s["id"] for s in document["sources"]} == {s.id for e in estimates for s in e.sources}
    assert all(s["title"] and s["figures"] for s in document["sources"])
    assert any("nearest D0 is of 2021.75" in note for note in document["notes"])


def test_csv_has_one_header_and_the_same_unrounded_numbers(good):
    rows = csv_rows(good(*TWO, "-f", "csv").out)
    assert [row["node"] for row in rows] == ["tsmc-n5", "smic-n+3"]
    for row in rows:
        e = nc.estimate("10x10", node=row["node"])
        for key, value in e.to_dict().items():
            if isinstance(value, int | float):
                assert float(row[key]) == value
            elif isinstance(value, list):
                assert row[key] == ";".join(value)
            else:
                assert row[key] == (value or "")
    assert rows[1]["estimated"] == "d0_per_cm2;logic_density_mtr_per_mm2"


def test_markdown_is_a_table_of_equal_rows(good):
    lines = good(*TWO, "-f", "markdown").out.splitlines()
    table = [line for line in lines if line.startswith("|")]
    assert len(table) == 4
    assert len({line.count("|") for line in table}) == 1
    assert set(table[1]) <= set("|-: ")
    assert "tsmc-n5" in table[2]
    assert "smic-n+3" in table[3]
    assert "81.29" in table[3]
    assert "0.8536 e" in table[3]


def test_the_table_is_plain_aligned_and_complete(good):
    out = good(*TWO).out
    assert "\x1b" not in out
    assert out.isascii()
    for word in (
        "10 x 10 mm",
        "murphy",
        "616",
        "27.93",
        "81.29",
        "0.8536 e",
        "22,652 u",
        "137.6",
        "113.4",
        "1.00",
        "2.91",
    ):
        assert word in out
    assert "e estimated" in out
    head = next(line for line in out.splitlines() if line.startswith("node"))
    row = next(line for line in out.splitlines() if line.startswith("tsmc-n5 "))
    end = head.index("dies") + len("dies")
    assert row[end - 3 : end] == "616"


@pytest.mark.parametrize("spelling", ["json", "JSON", "Json"])
def test_the_name_of_a_format_ignores_case(good, spelling):
    assert good("die", "100", "-n", "n5", "--format", spelling).json["rows"]


OPTIONS = {
    "--model": ("yield_model", "poisson"),
    "--d0": ("d0_per_cm2", "0.07/cm2"),
    "--alpha": ("alpha", "3"),
    "--layers": ("critical_layers", "9"),
    "--wafer-price": ("wafer_price_usd", "12500"),
    "--wafer": ("wafer_diameter_mm", "200"),
    "--edge": ("edge_exclusion_mm", "5"),
    "--scribe": ("scribe_mm", "0.2"),
    "--placement": ("placement", "flynn"),
    "--critical-area": ("critical_area_fraction", "60%"),
    "--systematic-yield": ("systematic_yield", "0.9"),
    "--line-yield": ("line_yield", "0.9"),
    "--edge-rule": ("edge_rule", "whole-cell"),
    "--density": ("logic_density_mtr_per_mm2", "100"),
    "--aspect": ("aspect_ratio", "2"),
}
COMPANIONS = {
    "--alpha": {"--model": "negative-binomial"},
    "--layers": {"--model": "bose-einstein", "--d0": "0.02"},
}


@pytest.mark.parametrize("option", OPTIONS)
def test_each_option_is_the_keyword_of_the_library_and_changes_the_answer(good, option):
    key, value = OPTIONS[option]
    others = COMPANIONS.get(option, {})
    words = [word for pair in (others | {option: value}).items() for word in pair]
    row = good("die", "100", "-n", "tsmc-n5", *words, "-f", "json").json["rows"][0]
    keywords = {OPTIONS[o][0]: v for o, v in others.items()} | {key: value}
    assert row == plain(nc.estimate("100", node="tsmc-n5", **keywords).to_dict())
    assert row != plain(nc.estimate("100", node="tsmc-n5").to_dict())


def test_every_input_of_the_vocabulary_with_an_option_has_it(good):
    text = good("die", "--help").out
    for key in INPUT_KEYS:
        q = QUANTITIES[key]
        if q.option:
            assert f"--{q.option} " in text, q.key


def test_help_names_units_and_defaults(good):
    text = " ".join(good("die", "-h").out.split())
    for words in (
        "--scribe MM",
        "[0 to 5 mm; default: 0.1]",
        "--edge MM",
        "[0 to 50 mm; default: 3]",
        "[default: murphy]",
        "1/cm2",
        "Examples:",
    ):
        assert words in text


def test_a_chip_instead_of_a_size(good):
    row = good("die", "--chip", "kirin-9000s", "-f", "json").json["rows"][0]
    assert row == plain(nc.estimate(chip="kirin-9000s").to_dict())
    assert (row["chip"], row["node"]) == ("kirin-9000s", "smic-n+2")
    both = good("die", "--chip", "kirin-9000s", "-n", "smic-n+2", "-n", "tsmc-n5", "-f", "json").json["rows"]
    assert [r["node"] for r in both] == ["smic-n+2", "tsmc-n5"]
    assert "Kirin 9000s: die 10.34" in good("die", "--chip", "kirin-9000s").out


def test_transistors_instead_of_a_size(good):
    row = good("die", "--transistors", "11.8B", "--utilisation", "80%", "-n", "tsmc-n5", "-f", "json").json["rows"][0]
    e = nc.estimate(transistors=11.8e9, density_utilisation=0.8, node="tsmc-n5")
    assert row == plain(e.to_dict())
    # Each node has its own density, hence its own die.
    rows = good("die", "--transistors", "1e10", "-n", "tsmc-n5", "-n", "smic-n+3", "-f", "json").json["rows"]
    assert rows[0]["die_area_mm2"] < rows[1]["die_area_mm2"]
    table = good("die", "--transistors", "1e10", "-n", "tsmc-n5", "-n", "smic-n+3").out
    for row in rows:
        assert QUANTITIES["die_area_mm2"].text(row["die_area_mm2"]) in table, (
            "two dies of different size, and the table shows one"
        )


def test_no_node_at_all_with_both_figures_given(good):
    row = good("die", "100", "--d0", "0.1", "--wafer-price", "10000", "-f", "json").json["rows"][0]
    assert row["node"] is None
    assert row["good_die_cost_usd"] == nc.estimate("100", d0_per_cm2=0.1, wafer_price_usd=10000).good_die_cost_usd
    for form in ("table", "csv", "markdown"):
        assert good("die", "100", "--d0", "0.1", "--wafer-price", "10000", "-f", form).out


def test_infinite_alpha_is_still_json(good):
    words = ("die", "100", "-n", "n5", "--model", "negative-binomial", "--alpha", "inf", "-f", "json")
    assert good(*words).json["rows"][0]["alpha"] == "inf"


def test_explain_shows_each_step_in_table_markdown_and_json(good):
    words = ("die", "100", "-n", "smic-n+3", "--explain")
    steps = good(*words, "-f", "json").json["explain"]
    keys = [step["key"] for step in steps]
    for key in ("d0_per_cm2", "gross_dies", "mean_faults", "die_yield", "good_dies", "good_die_cost_usd"):
        assert key in keys
    assert all(step["node"] == "smic-n+3" for step in steps)
    for form in ("table", "markdown"):
        out = good(*words, "-f", form).out
        assert "x = A f D0" in out
        assert "616 x 0.452375" in out
        assert "sinodefence_n3_2026" in out


def test_explain_is_not_silently_dropped_by_csv(cli):
    plain_csv = cli("die", "100", "-n", "smic-n+3", "-f", "csv")
    explained = cli("die", "100", "-n", "smic-n+3", "--explain", "-f", "csv")
    assert explained.code == 2 or explained.out != plain_csv.out or explained.err


def test_smics_n3_prints_its_density_beside_what_the_press_reports(good):
    for words in (("die", "100", "-n", "smic-n+3", "--explain"), ("nodes", "smic-n+3")):
        out = good(*words).out
        assert "113.4" in out
        for figure, source in (("120", "sinodefence_n3_2026"), ("125", "notebookcheck_9030_2025")):
            assert figure in out
            assert source in out


def test_strict_passes_published_figures_and_refuses_assumed_ones(cli):
    assert cli("die", "100", "-n", "tsmc-n5", "--strict").code == 0
    done = cli("die", "100", "-n", "smic-n+3", "--strict")
    assert (done.code, done.out) == (2, "")
    assert "--d0" in done.err
    given = ("--d0", "0.5", "--wafer-price", "24000", "--density", "113")
    assert cli("die", "100", "-n", "smic-n+3", "--strict", *given).code == 0


def test_one_weak_node_among_several_is_refused_under_strict(cli):
    assert cli("die", "100", "-n", "tsmc-n5", "-n", "smic-n+3", "--strict").code == 2


def test_marks_stand_in_every_format(good):
    words = ("die", "100", "-n", "intel-3", "-f")
    assert "assumed" in good(*words, "table").out
    assert "assumed" in good(*words, "markdown").out
    assert good(*words, "json").json["rows"][0]["assumed"] == ["d0_per_cm2"]
    assert csv_rows(good(*words, "csv").out)[0]["assumed"] == "d0_per_cm2"


def test_a_hundred_nodes_at_once(good):
    words = [word for _ in range(50) for word in ("-n", "tsmc-n5", "-n", "smic-n+3")]
    assert len(good("die", "10x10", *words, "-f", "json").json["rows"]) == 100


def test_the_head_says_over_which_transistors_a_cost_is(good):
    assert "USD/10^9 peak tr" in good("die", "100", "-n", "n5").out
    assert "USD/10^9 given tr" in good("die", "--transistors", "10B", "-n", "n5").out
    assert "USD/10^9 chip's tr" in good("die", "--chip", "h100").out
    mixed = good("die", "--chip", "h100", "-n", "4n", "-n", "n5").out
    assert re.search(r"tsmc-4n .* chip$", mixed, re.MULTILINE)
    assert re.search(r"tsmc-n5 .* peak$", mixed, re.MULTILINE)


def test_what_was_published_stands_beside_the_chips_own_node_alone(good):
    for nodes in ([], ["-n", "4n"], ["-n", "n5", "-n", "4n"]):
        found = good("die", "--chip", "h100", *nodes, "-f", "json").json["published"]
        assert {row["of"] for row in found} == {"nvidia-gh100"}
        assert {row["published"] for row in found if row["quantity"].endswith("yield, %")} == {60, 85}
    others = good("die", "--chip", "h100", "-n", "n5", "-n", "smic-n+2")
    assert "calculated beside published" not in others.out
    assert "Snapdragon" not in others.out
    own = good("die", "--chip", "h100").out
    assert "yields published on tsmc-4n of other dies: over 70 % good of 115 mm2" in own


def test_no_band_is_a_dash_null_or_nothing_and_one_note(good):
    asked = ("die", "100", "-n", "n5", "-n", "n7", "--d0", "0.07", "--wafer-price", "17000")
    out = good(*asked).out
    assert out.count("no P10-P90") == 1
    assert "29.59-29.59" not in out
    document = good(*asked, "-f", "json").json
    assert document["rows"][0]["good_die_cost_usd_p10"] is None
    head, first, *_ = good(*asked, "-f", "csv").out.splitlines()
    assert dict(zip(head.split(","), first.split(","), strict=True))["good_die_cost_usd_p90"] == ""


def test_what_is_more_than_nothing_and_less_than_all_is_printed_so(good):
    tiny = good("die", "0.1x0.1", "-n", "tsmc-180").out
    assert " 0.000614 " in tiny
    assert "100.0%" not in tiny
    assert "0.00 " not in tiny
    huge = good("die", "800", "-n", "n5", "--d0", "10").out
    assert " 0.0156% " in huge
    swept = good(
        "sweep", "0.1x0.1", "-n", "tsmc-180", "--over", "d0=0.01,0.07", "--keys", "die_yield,good_die_cost_usd"
    )
    assert "100.0%" not in swept.out
    assert "0.000614" in swept.out


def test_the_cost_of_layers_is_called_a_cost(good):
    out = good("die", "100", "-n", "n5", "--wafer-basis", "cost").out
    assert "wafer cost assumed" in out
    assert "wafer price" not in out


def test_what_is_wrong_with_a_wafer_names_options_of_the_command(cli):
    stacks = "borrow another node's with --like NODE, give your own with --stack FILE"
    for words, said in (
        (("-n", "samsung-sf3", "--wafer-basis", "cost"), stacks),
        (("--d0", "0.1", "--wafer-basis", "cost"), "--stack"),
        (("-n", "n5", "--k-fab", "1.5"), "add --wafer-basis cost"),
        (("-n", "n5", "--wafer-basis", "cost", "--without", "evu"), "nearest: euv"),
        (("-n", "n5", "--wafer-basis", "cost", "--phi", "2"), "0 to 1"),
    ):
        for command in (("die", "100"), ("sweep", "100")):
            done = cli(*command, *words)
            assert (done.code, done.err.count("\n")) == (2, 1)
            assert said in done.err


def test_a_die_takes_the_options_of_a_wafer(cli):
    usual = cli("die", "100", "-n", "n5", "--wafer-basis", "cost", "--without", "None", "--tools", "ALL").out
    assert usual.startswith(cli("die", "100", "-n", "n5", "--wafer-basis", "cost").out.partition("\n\n")[0])
    done = cli("die", "100", "-n", "n5", "--wafer-basis", "cost", "--without", "euv", "--margin", "40%", "-f", "json")
    row = done.json["rows"][0]
    e = nc.estimate(100, node="n5", wafer_basis="cost", without="euv", gross_margin=0.4)
    assert (row["without"], row["gross_margin"]) == ("euv", 0.4)
    assert row["good_die_cost_usd"] == e.good_die_cost_usd
    table = cli("die", "100", "-n", "n5", "--wafer-basis", "cost", "--without", "euv", "--margin", "40%").out
    assert "wafer from its layers, without euv, margin 0.4" in table
