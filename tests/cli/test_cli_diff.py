"""`nodecalc diff`: two saved answers, what changed in inputs, data and results."""

import json
from pathlib import Path

import pytest

import nodecalc as nc


@pytest.fixture
def saved(cli, tmp_path):
    def save(name, *words):
        file = tmp_path / f"{name}.json"
        assert cli(*words, "-o", str(file), "--force").code == 0
        return str(file)

    return save


def test_an_input_and_what_it_changes_are_told_cause_first(good, saved):
    a = saved("a", "die", "100", "-n", "n5", "-n", "n7")
    b = saved("b", "die", "100", "-n", "n5", "-n", "n7", "--line-yield", "95%")
    rows = good("diff", a, b, "-f", "json").json["rows"]
    assert [row["part"] for row in rows] == sorted((row["part"] for row in rows), key=["input", "result"].index)
    cost = next(row for row in rows if row["key"] == "good_die_cost_usd" and row["row"] == "tsmc-n5")
    assert cost["change"] == pytest.approx(1 / 0.95 - 1)
    text = good("diff", a, b).out
    assert "2 inputs" in text
    assert "+5.26%" in text


def test_the_same_answer_has_not_changed(good, saved):
    a, b = (saved(name, "die", "100", "-n", "n5") for name in "ab")
    assert "nothing changed" in good("diff", a, b).out
    assert good("diff", a, b, "-f", "json").json["rows"] == []


def test_figures_of_the_catalogue_are_told_from_inputs(good, saved, tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text('schema = 1\n[node."tsmc-n5"]\nd0 = 0.2\n')
    a, b = saved("a", "die", "100", "-n", "n5"), saved("b", "die", "100", "-n", "n5", "--catalog", str(file))
    rows = good("diff", a, b, "-f", "json").json["rows"]
    assert next(row["part"] for row in rows if row["key"] == "d0_per_cm2") == "data"
    assert not [row for row in rows if row["part"] == "input"]
    assert any("replaced by the catalogue file" in (row["new"] or "") for row in rows if row["part"] == "note")


DRAM = ["memory", "cxmt-g4", "--capacity", "12Gb", "--wafer-price", "5000", "--d0"]


@pytest.mark.parametrize(
    ("first", "second", "inputs", "results"),
    [
        ([*DRAM, "0.2"], [*DRAM, "0.3"], {"d0_per_cm2"}, {"usd_per_gbyte", "die_yield"}),
        (["system", "h100"], ["system", "h100", "--set", "die.gpu.d0=0.2"], {"die.gpu.d0"}, {"package_yield"}),
        (["system", "h100"], ["system", "h200"], {"system"}, {"unit_cost_usd"}),
        (
            ["capacity", "100", "-n", "n5", "--units", "1M"],
            ["capacity", "100", "-n", "n5", "--units", "2M", "--d0", "0.2"],
            {"units", "d0_per_cm2"}, {"die_yield", "wafer_starts_per_month"},
        ),
        (
            ["capacity", "100", "-n", "n5", "--units", "1M"],
            ["capacity", "100", "-n", "n5", "--units", "1M", "--yield", "80%"],
            {"yield", "die_yield"}, {"wafer_starts_per_month"},
        ),
        (
            ["split", "800", "-n", "n5", "--chiplets", "2,4"],
            ["split", "800", "-n", "n5", "--chiplets", "2,4", "--overhead", "0.2", "--d0", "0.2"],
            {"overhead", "d0_per_cm2"}, {"die_area_mm2", "die_yield", "unit_cost_usd"},
        ),
        (
            ["carbon", "100", "-n", "n5", "--grid", "taiwan"], ["carbon", "100", "-n", "n5", "--grid", "100"],
            {"grid"}, {"wafer_co2_kg", "good_die_co2_kg"},
        ),
        (["die", "100", "-n", "n5"], ["die", "100", "-n", "n5", "--d0", "0.2"], {"d0_per_cm2"}, {"die_yield"}),
    ],
)  # fmt: skip
def test_what_was_asked_is_the_input_and_what_follows_from_it_a_result(good, saved, first, second, inputs, results):
    rows = good("diff", saved("a", *first), saved("b", *second), "-f", "json").json["rows"]
    of = {part: {row["key"] for row in rows if row["part"] == part} for part in ("input", "data", "result")}
    assert of["input"] == inputs
    assert results <= of["result"]
    assert not {key.partition(" ")[0] for key in of["data"]} & inputs, "no source stands where a value was given"


def test_a_figure_that_a_word_stands_for_is_of_the_catalogue(saved):
    with open(saved("a", "carbon", "100", "-n", "n5", "--grid", "taiwan"), encoding="utf-8") as file:  # noqa: PTH123
        first = json.load(file)
    rows = [{**row, "grid_g_per_kwh": 600.0} for row in first["rows"]]
    assert {(change.part, change.key) for change in nc.diff(first, {**first, "rows": rows})} == {
        ("data", "grid_g_per_kwh")
    }


def test_rows_that_came_or_went_are_told(good, saved):
    a, b = saved("a", "die", "100", "-n", "n5"), saved("b", "die", "100", "-n", "n5,n7")
    rows = good("diff", a, b, "-f", "json").json["rows"]
    assert [(row["row"], row["base"], row["new"]) for row in rows if row["part"] == "row"] == [
        ("tsmc-n7", None, "there")
    ]


def test_rows_of_a_sweep_are_matched_by_their_axes(good, saved):
    a = saved("a", "sweep", "100", "-n", "n5", "--over", "d0=0.1,0.2")
    b = saved("b", "sweep", "100", "-n", "n5", "--over", "d0=0.2,0.1", "--line-yield", "0.9")
    rows = good("diff", a, b, "-f", "json").json["rows"]
    assert {row["row"]: row["change"] for row in rows if row["part"] == "result"} == pytest.approx(
        {"tsmc-n5 0.1": 1 / 0.9 - 1, "tsmc-n5 0.2": 1 / 0.9 - 1}
    )


def test_what_is_no_answer_is_refused_in_a_line(cli, saved, tmp_path):
    a, w = saved("a", "die", "100", "-n", "n5"), saved("w", "wafer", "n5")
    other = tmp_path / "x.json"
    other.write_text("[1]")
    broken = tmp_path / "y.json"
    broken.write_text("{")
    cut, deep = tmp_path / "cut.json", tmp_path / "deep.json"
    cut.write_bytes(b"\xff\xfe")
    deep.write_text("[" * 100_000)
    for words, said in (
        ((a, str(tmp_path)), "a folder"),
        ((str(cut), a), "no text in UTF-8"),
        ((a, str(deep)), "no JSON"),
        ((a, "/dev/null"), "no regular file"),
        ((a, "x" * 300), "cannot be read"),
        ((a, w), "two of one command"),
        ((a, "nosuch.json"), "no such file"),
        ((a, str(other)), "no answer of nodecalc"),
        ((a, str(broken)), "no JSON"),
    ):
        done = cli("diff", *words)
        assert done.code == 2
        assert said in done.err
        assert done.err.count("\n") == 1


def test_the_library_takes_files_and_what_they_hold(saved):
    a, b = saved("a", "die", "100", "-n", "n5"), saved("b", "die", "120", "-n", "n5")
    with open(a, encoding="utf-8") as first, open(b, encoding="utf-8") as second:  # noqa: PTH123
        assert nc.diff(json.load(first), json.load(second)) == nc.diff(a, b)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("sources",), 1),
        (("sources", 0, "figures"), 1),
        (("sources", 0, "figures"), [None]),
        (("sources", 0, "figures", 0, "node"), [1]),
        (("notes",), None),
        (("notes",), [1.5]),
    ],
)
def test_an_answer_of_another_shape_is_no_answer(cli, saved, place, value):
    sound = saved("sound", "die", "100", "-n", "n5")
    other = saved("other", "die", "100", "-n", "n5")
    document = json.loads(Path(other).read_text(encoding="utf-8"))
    at = document
    for key in place[:-1]:
        at = at[key]
    at[place[-1]] = value
    Path(other).write_text(json.dumps(document), encoding="utf-8")
    done = cli("diff", other, sound)
    assert done.code == 2
    assert "no answer of nodecalc" in done.err


@pytest.mark.parametrize("catalogue", [1, [1], {}, 1.5])
def test_a_question_whose_catalogue_is_no_path_is_refused(cli, saved, catalogue):
    file = saved("asked", "die", "100", "-n", "n5")
    document = json.loads(Path(file).read_text(encoding="utf-8"))
    document["question"]["catalogue"] = catalogue
    Path(file).write_text(json.dumps(document), encoding="utf-8")
    done = cli("die", "--again", file)
    assert done.code == 2
    assert len(done.err.strip().splitlines()) == 1
