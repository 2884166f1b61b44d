"""`nodecalc nodes`, `chips`, `models`, `sources`, `--version` and the help: lists, filters, single entries, formats."""

import csv
import io

import pytest

import nodecalc as nc
from nodecalc.question.registry import RULES
from nodecalc_kernels import PLACEMENTS, YIELD_MODELS
from nodecalc_kernels.wafer.patterning import SCHEMES

CATALOGUE = nc.load_catalogue()
LISTS = [("nodes",), ("nodes", "smic-n+3"), ("nodes", "n5", "cxmt-g4"), ("chips",), ("chips", "kirin-9000s"),
         ("models",), ("models", "murphy"), ("sources",), ("sources", "cset_2020")]  # fmt: skip


@pytest.mark.parametrize("words", LISTS, ids=" ".join)
def test_every_list_speaks_every_format(good, words):
    document = good(*words, "-f", "json").json
    assert document["command"] == words[0]
    assert document["version"] == nc.__version__
    assert isinstance(document["sources"], list)
    rows = document["rows"]
    assert rows
    flat = (str, int, float, list, type(None))
    assert all(isinstance(value, flat) for row in rows for value in row.values())

    parsed = list(csv.DictReader(io.StringIO(good(*words, "-f", "csv").out)))
    assert len(parsed) == len(rows)
    for text, row in zip(parsed, rows, strict=True):
        assert None not in text
        assert None not in text.values()
        for key, value in row.items():
            if isinstance(value, float) or (isinstance(value, int) and not isinstance(value, bool)):
                assert float(text[key]) == value

    blocks = [b for b in good(*words, "-f", "markdown").out.split("\n\n") if b.startswith("|")]
    assert blocks
    for block in blocks:
        columns = {line.replace("\\|", "").count("|") for line in block.splitlines()}
        assert len(columns) == 1

    table = good(*words).out
    assert "\x1b" not in table
    assert len(table.splitlines()) >= 3


def test_nodes_lists_every_node_with_the_calculators_own_values(good):
    rows = good("nodes", "-f", "json").json["rows"]
    assert [row["node"] for row in rows] == list(CATALOGUE.node_ids)
    n3 = next(row for row in rows if row["node"] == "smic-n+3")
    e = nc.estimate("100", node="smic-n+3")
    for key in ("d0_per_cm2", "wafer_price_usd", "logic_density_mtr_per_mm2"):
        assert n3[key] == e.to_dict()[key]
    assert n3["estimated"] == ["logic_density_mtr_per_mm2", "d0_per_cm2"]
    memory = next(row for row in rows if row["node"] == "cxmt-g4")
    assert memory["wafer_price_usd"] is None


@pytest.mark.parametrize(
    ("words", "holds"),
    [
        (("--foundry", "smic"), lambda r: r["foundry"] == "SMIC"),
        (("--foundry", "SK HYNIX"), lambda r: "SK hynix" in r["foundry"]),
        (("--class", "dram"), lambda r: r["class"] == "dram"),
        (("--year", "2020"), lambda r: r["volume_year"] == 2020),
        (("--year", "2018:2020"), lambda r: 2018 <= r["volume_year"] <= 2020),
        (("--year", "2020:"), lambda r: r["volume_year"] >= 2020),
        (("--year", ":2005"), lambda r: r["volume_year"] <= 2005),
        (("--foundry", "tsmc", "--class", "logic", "--year", "2020:"), lambda r: r["foundry"] == "TSMC"),
    ],
)
def test_filters_of_nodes_keep_what_passes_and_all_of_it(good, words, holds):
    rows = good("nodes", *words, "-f", "json").json["rows"]
    every = good("nodes", "-f", "json").json["rows"]
    assert 0 < len(rows) < len(every)
    assert all(holds(row) for row in rows)
    if len(words) == 2:
        dated = [r for r in every if words[0] != "--year" or r["volume_year"] is not None]
        assert [r["node"] for r in rows] == [r["node"] for r in dated if holds(r)]


@pytest.mark.parametrize(
    ("words", "holds"),
    [
        (("--vendor", "HiSilicon"), lambda r: r["vendor"] == "HiSilicon"),
        (("--node", "n5"), lambda r: r["node"] == "tsmc-n5"),
        (("-n", "tsmc-n5"), lambda r: r["node"] == "tsmc-n5"),
        (("--foundry", "tsmc"), lambda r: r["node"].startswith("tsmc-")),
        (("--class", "gpu"), lambda r: "gpu" in r["class"].lower()),
        (("--year", "2020:2022"), lambda r: 2020 <= r["year"] <= 2022),
    ],
)
def test_filters_of_chips_keep_what_passes_and_all_of_it(good, words, holds):
    rows = good("chips", *words, "-f", "json").json["rows"]
    every = good("chips", "-f", "json").json["rows"]
    assert 0 < len(rows) < len(every)
    assert all(holds(row) for row in rows)
    sound = [r for r in every if r["node"] is not None and r["year"] is not None]
    assert {r["chip"] for r in sound if holds(r)} <= {r["chip"] for r in rows}


@pytest.mark.parametrize(
    ("name", "some", "vendor"),
    [
        ("huawei", {"kirin-9000s", "ascend-910b"}, "HiSilicon"),
        ("HiSilicon", {"kirin-9000s", "ascend-910b"}, "HiSilicon"),
        ("snapdragon", {"qualcomm-8elite", "qualcomm-xelite"}, "Qualcomm"),
        ("Dimensity", {"mediatek-d9500"}, "MediaTek"),
        ("exynos", {"samsung-exynos-2100", "samsung-exynos-2600"}, "Samsung"),
        ("ryzen", {"amd-zen2-ccd", "amd-zen5-ccd"}, "AMD"),
        ("epyc", {"amd-zen1-epyc", "amd-zen4-ccd"}, "AMD"),
        ("t-head", {"thead-ppu"}, "Alibaba"),
    ],
)
def test_a_vendor_by_any_name_and_a_family_list_their_chips(good, name, some, vendor):
    rows = good("chips", name, "-f", "json").json["rows"]
    assert some <= {row["chip"] for row in rows}
    assert {row["vendor"] for row in rows} == {vendor}


def test_other_names_of_a_vendor_filter_too(good):
    by_own, by_other = (good("chips", "--vendor", name, "-f", "json").json["rows"] for name in ("hisilicon", "Huawei"))
    assert by_own == by_other != []


@pytest.mark.parametrize("name", ["M2", "M3", "M4", "M5"])
def test_apples_chips_are_found_by_their_short_names(name):
    assert CATALOGUE.product(name).id == f"apple-{name.lower()}"


def test_the_list_of_chips_shows_units_that_work_of_those_there_are(good):
    shown = good("chips", "--vendor", "nvidia")
    assert "132/144 SM" in shown.out
    row = next(r for r in good("chips", "--vendor", "nvidia", "-f", "json").json["rows"] if r["chip"] == "nvidia-gh100")
    assert (row["units_enabled"], row["units_total"], row["unit_group"], row["unit"]) == (132, 144, 2, "SM")


def test_a_variant_says_whose_figures_stand_in_for_it(good):
    assert "4N (variant of tsmc-n4)" in good("nodes", "--foundry", "tsmc").out
    report = good("nodes", "4n")
    assert "variant of tsmc-n4" in report.out
    said = "tsmc-4n is a variant of tsmc-n4, whose figures and evidence stand in where it has none"
    assert said in " ".join(report.out.split())
    rows = good("nodes", "4n", "-f", "json").json["rows"]
    assert {row["field"]: row["of"] for row in rows}["cpp"] == "tsmc-n4"
    assert {row["field"]: row["of"] for row in rows}["volume_year"] is None
    for words in (("die", "100", "-n", "4n"), ("die", "--chip", "h100"), ("wafer", "n5p")):
        assert "is a variant of tsmc-n" in " ".join(good(*words).out.split())
    assert "is a variant" not in good("die", "100", "-n", "n4").out


def test_a_figure_shows_the_place_in_its_source_that_it_was_read_at(good):
    assert "nvidia_cumulative_by_chip.csv" in good("chips", "h100", "-f", "csv").out
    row = next(r for r in good("chips", "h100", "-f", "json").json["rows"] if r["field"] == "units_shipped")
    assert row["where"] == "nvidia_cumulative_by_chip.csv"
    assert "nvidia_cumulative_by_chip.csv" in good("sources", "epoch_counts_2026").out


def test_filters_that_nothing_passes_say_so(good):
    out = good("nodes", "--year", "1900").out
    assert "0 of" in out
    assert "no node passes" in out
    assert good("nodes", "--year", "1900", "-f", "json").json["rows"] == []
    assert "no chip passes" in good("chips", "--class", "abacus").out


def test_a_node_shows_every_figure_alternatives_included(good):
    rows = good("nodes", "smic-n+3", "-f", "json").json["rows"]
    node = CATALOGUE.node("smic-n+3")
    pieces = [row for row in rows if "weight" in row]
    rows = [row for row in rows if "weight" not in row]
    assert len(rows) == sum(len(several) for several in node.figures.values())
    own = [row for row in pieces if row["of"] is None]
    assert len(own) == len(node.evidence)
    assert sum(row["weight"] for row in own if row["field"] == "d0") == pytest.approx(1.0)
    densities = [(r["value"], r["source"], r["kind"], r["year"]) for r in rows if r["field"] == "density"]
    assert (120, "sinodefence_n3_2026", "reported", 2026) in densities
    assert (125, "notebookcheck_9030_2025", "reported", 2025) in densities
    assert sum(r["preferred"] for r in rows if r["field"] == "density") == 1
    document = good("nodes", "smic-n+3", "-f", "json").json
    assert {r["source"] for r in (*rows, *pieces)} == {s["id"] for s in document["sources"]}


def test_a_chip_stands_beside_what_the_calculator_answers(good):
    document = good("chips", "h100", "-f", "json").json
    e = nc.estimate(chip="h100")
    found = {row["quantity"]: row for row in document["published"]}
    assert found["sellable yield, %"]["estimate"] == pytest.approx(100 * e.sellable_yield)
    assert "calculated beside published" in good("chips", "h100").out


def test_a_yield_published_with_salvage_stands_beside_the_sellable_one(good):
    rows = good("chips", "h100", "-f", "json").json["published"]
    e = nc.estimate(chip="h100")
    beside = {(row["quantity"], row["source"]): row["estimate"] for row in rows}
    assert beside["sellable yield, %", "okx_h200_2026"] == pytest.approx(100 * e.sellable_yield)
    assert beside["sellable dies per wafer", "okx_h200_2026"] == pytest.approx(e.sellable_dies)
    # A report that does not say what it counts is read, as evidence is, as of dies that sell with some units bad.
    assert beside["sellable yield, %", "electrotimes_910c_2025"] == pytest.approx(100 * e.sellable_yield)
    assert beside["sellable dies per wafer", "szyunze_h100"] == pytest.approx(e.sellable_dies)


def test_yields_published_of_other_dies_are_named_with_their_die_and_not_set_beside(good):
    shown = good("chips", "kirin-9000s")
    assert "calculated beside published" not in shown.out
    assert "yields published on smic-n+2 of other dies" in shown.out
    first = (
        "30 % good of 665.6 mm2 (ascend-910b), 20 of 25 units (unsaid) on 0.6 (0.4 to 0.8, ours) of the die "
        "(ms_smic_sep2025, 2025.7)"
    )
    assert f"{first} and 6 more, which 'nodecalc nodes smic-n+2' lists" in shown.out
    listed = good("nodes", "smic-n+2").out
    pieces = nc.catalogue.open_catalogue(None).node("smic-n+2").evidence
    said = [piece.told for piece in pieces if piece.states == "yield" and piece.span]
    assert len(said) == 7
    assert all(told in listed for told in said)


def test_every_single_chip_and_node_can_be_shown(good):
    chips = [p.id for p in CATALOGUE.products()]
    out = good("chips", *chips).out
    assert all(chip in out for chip in chips)
    out = good("nodes", *CATALOGUE.node_ids).out
    assert all(node in out for node in CATALOGUE.node_ids)


def test_models_lists_the_whole_registry(good):
    rows = good("models", "-f", "json").json["rows"]
    assert [r["model"] for r in rows] == [*YIELD_MODELS, *PLACEMENTS, *SCHEMES, *(rule[0] for rule in RULES)]
    assert all(r["formula"] and r["when"] and r["reference"] for r in rows)
    one = good("models", "Negative_Binomial", "-f", "json").json["rows"]
    assert [r["model"] for r in one] == ["negative-binomial"]
    assert one[0]["parameters"] == ["alpha"]


def test_sources_lists_all_and_shows_what_rests_on_one(good):
    rows = good("sources", "-f", "json").json["rows"]
    assert {r["id"] for r in rows} == {s.id for s in CATALOGUE.sources()}
    one = good("sources", "cset_2020", "-f", "json").json["rows"][0]
    assert "node tsmc-n5: wafer_price, 16988 USD" in one["evidence"]
    told = good("sources", "ms_smic_sep2025", "-f", "json").json["rows"][0]
    assert any("30 % good of 665.6 mm2" in line for line in told["evidence"])
    assert "16988" in good("sources", "cset_2020").out


def test_version(good):
    assert good("--version").out == f"nodecalc {nc.__version__}\n"


@pytest.mark.parametrize("words", [(), ("-h",), ("--help",)])
def test_without_words_or_with_help_it_lists_the_commands(good, words):
    out = good(*words).out
    for command in ("die", "nodes", "chips", "models", "sources"):
        assert f"  {command} " in out


@pytest.mark.parametrize("command", ["die", "map", "nodes", "chips", "models", "sources"])
def test_each_command_helps_in_two_spellings(good, command):
    """That each example stands whole and runs is tested with the help itself."""
    assert good(command, "-h").out == good(command, "--help").out


def test_a_word_of_a_class_lists_its_chips(good, cli):
    named = good("chips", "phone", "-f", "json").json["rows"]
    assert {row["class"].split()[0] for row in named} == {"phone"}
    assert named == good("chips", "--class", "phone", "-f", "json").json["rows"]
    assert cli("chips", "pho").code == 2


def test_a_chip_that_sells_with_some_units_bad_is_compared_by_the_dies_that_it_sells(good):
    found = good("die", "--chip", "h100", "-f", "json").json
    rows = [row for row in found["published"] if row["quantity"] == "logic dies as sold, USD a chip"]
    assert len(rows) >= 2
    assert {row["estimate"] for row in rows} == {found["rows"][0]["sellable_die_cost_usd"]}
