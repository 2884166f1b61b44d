"""Capacity, memory, carbon, splits and systems as data: saved answers asked again, and scenario files."""

import json

import pytest

import nodecalc as nc

PRICED = ["--d0", "0.1", "--wafer-price", "5000"]
ASKED = [
    ["capacity", "10x12", "-n", "smic-n+2", "--units", "1.6M", "--yield", "20%,40%", "--dies-per-unit", "1,2"],
    ["capacity", "100", "-n", "n7", "--units", "1M", "--convention", "catch"],
    ["memory", "cxmt-g4", "--capacity", "16Gb,24Gb", *PRICED, "--dies-per-package", "8", "--test-between"],
    ["carbon", "100", "-n", "n7,n5", "--grid", "taiwan", "--wafer-kwh", "1400"],
    ["split", "800", "-n", "smic-n+2", "--package-yield", "0.75:0.99:3", "--chiplets", "1,2,4", "--ratio", "0.5"],
    ["map", "10x10", "-n", "n5", "--keep-out", "0,0,10", "--keep-out", "5,60,3", "--flat", "semi", "--wafer", "150"],
    ["system", "kirin-9030", "--set", "assembly.package_yield=0.9", "--volume", "10M", "--margin", "60%"],
]


@pytest.mark.parametrize("words", ASKED, ids=lambda words: words[0])
def test_a_saved_answer_is_asked_again_and_says_the_same(cli, good, tmp_path, words):
    file = str(tmp_path / "it.json")
    assert cli(*words, "-o", file).code == 0
    saved = json.loads((tmp_path / "it.json").read_text(encoding="utf-8"))
    again = good(words[0], "--again", file, "-f", "json").json
    assert again["rows"] == saved["rows"]
    assert again["notes"] == saved["notes"]
    assert again["question"] == saved["question"]
    said = cli("wafer" if words[0] != "wafer" else "die", "--again", file)
    assert f"an answer of {words[0]}; ask nodecalc {words[0]} --again" in said.err


def test_a_system_whose_file_has_changed_is_not_asked_again(cli, good, tmp_path):
    own, file = tmp_path / "own.toml", str(tmp_path / "it.json")
    own.write_text('schema = 1\n[die.a]\nsize = 100\nnode = "n5"\n', encoding="utf-8")
    saved = good("system", str(own), "-f", "json").json
    assert cli("system", str(own), "-o", file).code == 0
    assert good("system", "--again", file, "-f", "json").json["rows"] == saved["rows"]
    for change in (lambda: own.write_text(own.read_text() + "count = 2\n", encoding="utf-8"), own.unlink):
        change()
        said = cli("system", "--again", file)
        assert said.code == 2
        assert f"its system file {own} is gone or has changed" in said.err


FILES = {
    "capacity": '[die]\nsize = 9\nnode = "n7"\n[axes]\nd0 = [0.1, 0.3]\n[capacity]\nunits = 1e6\ndies_per_unit = "1,2"',
    "memory": '[die]\nnode = "cxmt-g4"\nwafer_price = 5000\n[axes]\nd0 = [0.1, 0.3]\n[memory]\ncapacity = [16, "2GB"]',
    "carbon": '[die]\nsize = 100\nnode = ["n7", "n5"]\n[axes]\nedge = [3, 5]\n[carbon]\ngrid = "china"',
    "split": '[die]\nsize = 800\nnode = "n7"\n[axes]\nd0 = [0.1, 0.3]\n[split]\nchiplets = [1, 2]',
    "map": '[die]\nsize = "20x20"\n[map]\nreticle = "26x16.5"\nstitched = 0.9\nkeep_out = ["0,0,10"]',
    "system": '[system]\nsystem = "h100"\nset = ["die.gpu.d0=0.1/cm2"]',
}
ROWS = {"capacity": 4, "memory": 4, "carbon": 18, "split": 4, "map": 208, "system": 1}


@pytest.mark.parametrize("command", FILES)
def test_a_scenario_is_asked_of_them_too(good, tmp_path, command):
    path = tmp_path / "it.toml"
    path.write_text(FILES[command], encoding="utf-8")
    assert len(good(command, "--scenario", str(path), "-f", "json").json["rows"]) == ROWS[command]
    assert nc.run_scenario(path).command == command


@pytest.mark.parametrize(
    ("command", "text", "said"),
    [
        ("capacity", '[die]\nnode = "n7"\n[capacity]\nunts = 3', "unknown key of [capacity] 'unts'; nearest: units"),
        ("capacity", '[die]\nsize = 100\nnode = "n7"\n[capacity]\nunits = ""', "units: empty"),
        ("memory", '[die]\nnode = "cxmt-g4"\n[memory]\nyield = 0.8', "no capacity"),
        ("memory", '[die]\nsize = 60\n[memory]\ncapacity = "16Gb"', "size: nothing that memory is asked with"),
        ("carbon", '[carbon]\ngrid = "china"', "no node"),
        ("split", '[die]\nnode = "n7"\n[split]\nchiplets = [1]', "no area"),
        ("system", '[die]\nd0 = 0.1\n[system]\nsystem = "h100"', "d0_per_cm2: nothing that system is asked with"),
        ("system", '[system]\nvolume = "1M"', "no system"),
        ("system", '[system]\nsystem = "h100"\nset = [2]', "system: set [2]: give"),
    ],
)
def test_what_is_wrong_in_a_scenario_is_one_line(cli, tmp_path, command, text, said):
    path = tmp_path / "it.toml"
    path.write_text(text, encoding="utf-8")
    done = cli(command, "--scenario", str(path))
    assert done.code == 2
    assert said in done.err
    assert len(done.err.strip().splitlines()) == 1, done.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("die 100 -n n5 --density 5e-324", "usd_per_billion_transistors: inf, no finite number with --density"),
        ("die 100 -n n5 --line-yield 1e-320", "die_cost_usd: inf, no finite number with --line-yield"),
        ("die 100 -n n5 --density 5e-324 --explain", "give a larger one"),
        ("die 100 -n cxmt-g4 --capacity 5e-324 --d0 0.2 --wafer-price 5000", "no finite number with --capacity"),
        ("die 814 -n n4 --bin full=144:1e308", "revenue_per_wafer_usd: inf, beyond any number with these prices"),
        (
            "memory cxmt-g4 --capacity 16Gb --d0 0.2 --wafer-price 5000 --dies-per-package 8 --bond-yield 1e-300",
            "no number is what one costs",
        ),
        ("carbon 100 -n n5 --grid taiwan --line-yield 1e-320", "a higher --line-yield"),
        ("compare 100 -n n5,n7 --density 5e-324", "no finite number with --density"),
        ("sweep 100 -n n5 --over density=5e-324,1 --keys usd_per_billion_transistors", None),
    ],
)
def test_a_result_beyond_any_number_is_one_line_that_says_which(cli, words, said):
    done = cli(*words.split())
    if said is None:
        assert done.code == 0
        assert "in 1 of 2 points: the die fits nowhere, none is good, or it is beyond any number" in done.out
    else:
        assert (done.code, done.out) == (2, "")
        assert said in done.err
        assert done.err.count("\n") == 1
