"""`--catalog FILE`: the user's figures are used, and the output says what they replaced."""

import pytest

import nodecalc as nc

TEXT = """schema = 1
[source.mine]
title = "Größe, notes of my own"
[node."tsmc-n5"]
d0 = { value = 0.07, low = 0.06, high = 0.08, unit = "per_cm2", kind = "measured", source = "mine", year = 2024 }
wafer_price = 15000
[node."acme-1"]
foundry = "ACME"
name = "One"
class = "logic"
d0 = 0.2
wafer_price = 4000
[product."acme-chip"]
name = "Chip"
vendor = "ACME"
node = "acme-1"
kind = "toaster"
die_area = 50
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_its_figures_are_used(good, file):
    row = good("die", "100", "-n", "tsmc-n5", "--catalog", file, "-f", "json").json["rows"][0]
    assert row["d0_per_cm2_year"] == 2024
    assert (row["d0_per_cm2"], row["wafer_price_usd"]) == pytest.approx((0.07, 15000), rel=1e-12)
    e = nc.estimate("100", node="tsmc-n5", catalogue=file)
    assert row["good_die_cost_usd"] == e.good_die_cost_usd
    assert row["good_die_cost_usd_p10"] == e.good_die_cost_usd_p10


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("d0 = 0.2", "d0 = 2000", "d0_per_cm2 2000 by user: outside 0 to 1000 1/cm2"),
        ("wafer_price = 4000", "wafer_price = 1e308", "wafer_price_usd 1e+308 by user: outside 1 to 1e+07 USD"),
        ("wafer_price = 4000", "wafer_price = 4000\nwafer_diameter = 3000", "wafer_diameter_mm 3000 by user: outside"),
        (
            "wafer_price = 4000",
            'wafer_price = { value = 4000, low = 5e-324, high = 5000, unit = "USD", kind = "reported" }',
            "outside 1 to 1e+07 USD; mend the catalogue file",
        ),
    ],
)
def test_its_figures_have_the_ranges_of_options_at_both_ends(cli, file, before, after, said):
    file.write_text(TEXT.replace(before, after), encoding="utf-8")
    for line in (("die", "100"), ("sweep", "100", "--over", "scribe=0.1,0.2"), ("risk", "100", "--samples", "256")):
        done = cli(*line, "-n", "acme-1", "--catalog", file)
        assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
        assert said in done.err
    given = ("--d0", "0.1", "--wafer-price", "4k", "--wafer", "300")
    assert cli("die", "100", "-n", "acme-1", "--catalog", file, *given).code == 0


def test_it_adds_nodes_and_chips(good, file):
    assert good("die", "100", "-n", "acme-1", "--catalog", file, "-f", "json").json["rows"][0][
        "d0_per_cm2"
    ] == pytest.approx(0.2)
    row = good("die", "--chip", "acme-chip", "--catalog", file, "-f", "json").json["rows"][0]
    assert (row["node"], row["die_area_mm2"]) == ("acme-1", 50)
    assert "acme-1" in good("nodes", "--catalog", file).out
    assert "acme-chip" in good("chips", "--catalog", file).out
    assert "mine" in good("sources", "--catalog", file).out


REPLACED = "tsmc-n5.d0: 6 pieces of evidence -> 0.07 (mine.toml)"


@pytest.mark.parametrize("form", ["table", "markdown"])
@pytest.mark.parametrize(
    "words",
    [
        ("die", "100", "-n", "tsmc-n5"),
        ("nodes", "tsmc-n5"),
        ("nodes",),
        ("chips",),
        ("chips", "apple-a14"),
        ("sources",),
    ],
    ids=" ".join,
)
def test_the_output_says_what_was_replaced(good, file, words, form):
    assert REPLACED in good(*words, "--catalog", file, "-f", form).out


@pytest.mark.parametrize(
    "words",
    [
        ("die", "100", "-n", "tsmc-n5"),
        ("nodes", "tsmc-n5"),
        ("nodes",),
        ("chips",),
        ("chips", "apple-a14"),
        ("sources",),
    ],
    ids=" ".join,
)
def test_json_says_what_was_replaced(good, file, words):
    assert any(REPLACED in note for note in good(*words, "--catalog", file, "-f", "json").json["notes"])


def test_without_the_file_nothing_is_said_and_nothing_is_kept(good, file):
    good("die", "100", "-n", "tsmc-n5", "--catalog", file)
    done = good("die", "100", "-n", "tsmc-n5", "-f", "json").json
    assert not any("replaced" in note for note in done["notes"])
    assert done["rows"][0]["d0_per_cm2"] == nc.estimate("100", node="tsmc-n5").inputs.numbers["d0_per_cm2"]


BROKEN = {
    "no toml": "this is no TOML [",
    "no schema": '[node."tsmc-n5"]\nd0 = 0.1\n',
    "unknown field": 'schema = 1\n[node."tsmc-n5"]\nd00 = 0.1\n',
    "wrong unit": 'schema = 1\n[node."tsmc-n5"]\nd0 = { value = 1, unit = "per_in2", kind = "measured" }\n',
    "range upside down": 'schema = 1\n[node."tsmc-n5"]\n'
    'd0 = { value = 1, low = 2, high = 3, unit = "per_cm2", kind = "measured" }\n',
    "unknown source": 'schema = 1\n[node."tsmc-n5"]\n'
    'd0 = { value = 1, unit = "per_cm2", kind = "measured", source = "nobody" }\n',
    "negative": 'schema = 1\n[node."tsmc-n5"]\nd0 = -0.1\n',
    "not a number": 'schema = 1\n[node."tsmc-n5"]\nd0 = nan\n',
    "text": 'schema = 1\n[node."tsmc-n5"]\nd0 = "low"\n',
    "new node without a name": 'schema = 1\n[node."acme-1"]\nd0 = 0.1\n',
}


@pytest.mark.parametrize("what", BROKEN)
@pytest.mark.parametrize("command", ["die", "nodes"])
def test_a_broken_file_is_one_line_that_names_it(cli, tmp_path, what, command):
    path = tmp_path / "broken.toml"
    path.write_text(BROKEN[what], encoding="utf-8")
    words = ("100", "-n", "tsmc-n5") if command == "die" else ()
    done = cli(command, *words, "--catalog", path)
    assert (done.code, done.out) == (2, "")
    assert done.err.count("\n") == 1
    assert "broken.toml" in done.err


def test_a_file_that_is_none_is_one_line(cli, tmp_path):
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "empty.toml").write_bytes(b"")
    for path in (tmp_path / "missing.toml", tmp_path, tmp_path / "bytes.toml", tmp_path / "empty.toml", ""):
        done = cli("die", "100", "-n", "tsmc-n5", "--catalog", path)
        assert (done.code, done.out) == (2, ""), path
        assert done.err.count("\n") == 1


def test_markup_and_pipes_of_a_file_do_not_break_a_markdown_table(good, tmp_path):
    path = tmp_path / "pipes.toml"
    path.write_text(
        'schema = 1\n[node."mine"]\nfoundry = "A | B"\nname = "x"\nclass = "logic"\n'
        'd0 = { value = 0.1, unit = "per_cm2", kind = "measured", note = "a | b ` c" }\nwafer_price = 1000\n',
        encoding="utf-8",
    )
    out = good("nodes", "mine", "--catalog", path, "-f", "markdown").out
    for block in out.split("\n\n"):
        if block.startswith("|"):
            assert len({line.replace("\\|", "").count("|") for line in block.splitlines()}) == 1


def test_the_tools_of_a_catalogue_file_price_the_layers_of_a_die(good, tmp_path):
    own = tmp_path / "tools.toml"
    own.write_text("schema = 1\n[tool.arfi]\nscanner_price_usd = 200000000\n", encoding="utf-8")
    words = ("die", "10x10", "-n", "tsmc-n5", "--wafer-basis", "cost", "-f", "json")
    plain, dearer = (good(*words, *more).json["rows"][0] for more in ((), ("--catalog", own)))
    assert dearer["wafer_price_usd"] != plain["wafer_price_usd"]
    sweep = ("sweep", "10x10", "-n", "tsmc-n5", "--wafer-basis", "cost", "--keys", "wafer_price_usd", "-f", "json")
    assert good(*sweep, "--catalog", own).json["rows"][0]["wafer_price_usd"] == dearer["wafer_price_usd"]
