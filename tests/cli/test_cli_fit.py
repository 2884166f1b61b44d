"""`nodecalc fit` and the options of salvage, as a user types them."""

import pytest

LOT = "area_mm2,dies,good\n50,1100,950\n100,600,452\n665.6,82,13\n"


@pytest.fixture
def lot(tmp_path):
    path = tmp_path / "lot.csv"
    path.write_text(LOT)
    return str(path)


def test_d0_and_alpha_with_an_end_that_nothing_bounds(good, lot):
    words = ("fit", lot, "--model", "negative-binomial", "--free", "d0,alpha")
    row = good(*words, "-f", "json").json["rows"][0]
    assert row["d0_per_cm2"] == pytest.approx(0.29012821, rel=1e-4)
    assert row["alpha_high"] is None
    said = good(*words).out
    assert "no upper limit" in said
    assert "1,415 of 1,782 dies" in said


def test_a_map_takes_its_area_and_its_good_bins(good, tmp_path):
    path = tmp_path / "map.csv"
    path.write_text("wafer,x,y,bin\nA,0,0,2\nA,0,0,1\nA,1,0,1\nB,0,0,P\nB,1,0,1\n")
    row = good("fit", str(path), "--area", "1cm2", "--pass", "1,P", "--model", "poisson", "-f", "json").json["rows"][0]
    assert (row["dies"], row["good"], row["wafers"]) == (4, 4, 2)


def test_one_yield_under_every_model(good):
    rows = good("fit", "--yield", "40%", "--area", "665.6", "-f", "json").json["rows"]
    assert {row["model"]: round(row["d0_per_cm2"], 4) for row in rows}["murphy"] == 0.1501
    words = ("fit", "--yield", "0.4", "--area", "665.6", "--harvest", "20/25", "--core-fraction", "0.6", "-f", "json")
    assert {r["model"]: round(r["d0_per_cm2"], 4) for r in good(*words).json["rows"]}["murphy"] == 0.3734


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "one of them"),
        (("LOT", "--yield", "0.4"), "one of them"),
        (("--yield", "0.4"), "--area 665.6"),
        (("--yield", "0.4", "--area", "600", "--model", "murphy"), "leave it out"),
        (("LOT", "--harvest", "3/4"), "leave it out"),
        (("LOT", "--free", "alpha"), "add d0"),
        (("nowhere.csv",), "nowhere.csv"),
    ],
)
def test_bad_input_is_one_line(cli, lot, words, said):
    done = cli("fit", *(lot if word == "LOT" else word for word in words))
    assert done.code == 2
    assert said in done.err
    assert done.err.count("\n") == 1


def test_die_prints_both_yields_and_the_bins(good):
    out = good("die", "--chip", "h100").out
    assert "132 of 144 SM good (H100 SXM), switched off 2 at a time: 66 of 72 groups" in out
    assert "all good" in out
    assert "tpu_gh100_2022" in out
    assert "20 of 25 cores good" in good("die", "--chip", "ascend-910b").out
    words = ("die", "814", "-n", "n4", "--bin", "full=144:40000", "--bin", "cut=132:30000", "--core-fraction", "0.6")
    bins = good(*words, "-f", "json").json["rows"][0]["bins"]
    assert list(bins) == ["full", "cut", "scrap"]
    assert sum(bins.values()) == pytest.approx(1.0, abs=1e-15)
    out = good(*words).out
    assert "what fits none is scrap" in out
    assert "revenue/wafer USD" in out
    assert "full" in good(*words, "-f", "csv").out


def test_sweep_and_explain_know_salvage(good):
    words = ("sweep", "814", "-n", "n4", "--harvest", "132/144", "--over", "d0=0.05:0.2:4", "--keys", "sellable_yield")
    out = good(*words, "--no-chart").out
    assert "sold with 132 of 144 units good" in out
    assert "sellable_die_cost_usd" in good("die", "--chip", "h100", "--explain").out


@pytest.mark.parametrize(
    ("text", "options", "counted"),
    [
        ("lot,x,y,bin\nA,0,0,1\nA,0,1,1\nB,0,0,2\nB,0,1,1\n", ("--area", "100"), (4, 3, 2)),
        ("x,y,bin\n0,0,01\n0,1,1.0\n00,2,1\n0,2,1\n", ("--area", "100"), (3, 3, None)),
        ("# a tester\nx,y,bin,area_mm2,site\n0,0,1,100,7\n1,0,5,100,8\n", (), (2, 1, None)),
        ("x,y,bin\n0,0,P\n1,0,F\n", ("--pass", "P", "--area", "1cm2", "--interval", "90%"), (2, 1, None)),
        ("Wafer No,Die X,Die Y,Hard Bin\n1,0,0,1\n1,1,0,2\n2,0,0,1\n", ("--area", "9"), (3, 2, 2)),
        ("column;row;result\n0;0;PASS\n1;0;FAIL\n", ("--pass", "PASS", "--area", "9"), (2, 1, None)),
        ("x,y,column,row,bin\n0.5,0,7,7,1\n1.5,0,7,7,1\n", ("--area", "9"), (2, 2, None)),
    ],
)
def test_maps_as_testers_write_them(good, tmp_path, text, options, counted):
    path = tmp_path / "map.csv"
    path.write_text(text)
    (row,) = good("fit", path, *options, "-f", "json").json["rows"]
    assert (row["dies"], row["good"], row["wafers"]) == counted


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("hardbin,softbin,x,y\n1,7,0,0\n", ("--area", "100"), "columns hardbin and softbin both are bin"),
        ("x,y,bin\n0,0,3\n1,0,4\n", ("--area", "100"), "none of its 2 dies is in bin 1; it has 3, 4; name"),
        ("x,y,bin,wafer\n0,0,1,a\n1,0,1,\n", ("--area", "100"), "some rows name their wafer and some do not"),
        ("# said\n\nx,y,bin\n0,0,1\n1,,1\n", ("--area", "100"), "line 5: x, y or bin is missing"),
        ("area_mm2,dies,good\n100,50,40\n", ("--area", "250"), "every row says its own"),
        ("area_mm2,dies,good\n100,50,40\n", ("--pass", "7"), "has no bins"),
        ("area_mm2,dies,good\n100,1e12,40\n", (), "allowed: up to 1,000,000,000"),
        ("area_mm2,dies,good\n100,50,40\n", ("--interval", "110%"), "interval '110%'"),
    ],
)
def test_what_a_file_cannot_mean_is_one_line(cli, tmp_path, text, options, said):
    path = tmp_path / "map.csv"
    path.write_text(text)
    done = cli("fit", path, *options)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert said in done.err


def test_the_heading_gives_the_area_with_its_unit_once(good):
    assert "yield 40% of a die of 665.6 mm2" in good("fit", "--yield", "40%", "--area", "6.656cm2").out
