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
