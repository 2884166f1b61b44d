"""Sweeps, solutions and risks of packaged systems: each point is the system there, and what is wrong is one line."""

import numpy as np
import pytest

import nodecalc as nc

MEETING = ("solve", "d0", "--system", "kirin-9030", "-n", "smic-n+3", "--equal", "smic-n+2")
LARGE = ("--set", "die.soc.size=600")
"""Small dies cost less on N+2 whatever the D0 of N+3 is."""


def test_every_point_of_a_sweep_is_the_system_there():
    over = {"d0": [0.1, 0.4], "package_yield": [0.8, 0.95], "die.compute.size": [500.0, 665.0]}
    found = nc.sweep_system("ascend-910c", over, node=["smic-n+2", "smic-n+3"])
    assert found.dims == ("node", "die.compute:d0_per_cm2", "assembly:package_yield", "die.compute:die_area_mm2")
    rows = list(found.rows())
    assert len(rows) == 16
    for row in (rows[0], rows[6], rows[15]):
        values = [
            f"die.compute.node={row['node']}",
            f"die.compute.d0={row['die.compute:d0_per_cm2']!r}/cm2",
            f"assembly.package_yield={row['assembly:package_yield']!r}",
            f"die.compute.size={row['die.compute:die_area_mm2']!r}",
        ]
        assert row["unit_cost_usd"] == pytest.approx(nc.system("ascend-910c", values=values).unit_cost_usd, rel=1e-12)


def test_volume_and_sale_are_inputs_too():
    found = nc.sweep_system("h100", {"volume": "1e4:1e6:3:log"}, values=["margin=75%"], outputs=["total", "price"])
    for row in found.rows():
        one = nc.system("h100", volume=row["volume"], margin=0.75)
        assert row["total_usd"] == pytest.approx(one.total_usd, rel=1e-12)
        assert row["unit_price_usd"] == pytest.approx(4.0 * one.total_usd, rel=1e-12)


def test_one_command_says_at_which_d0_two_nodes_meet(good):
    (row,) = good(*MEETING, *LARGE, "-f", "json").json["rows"]
    assert row["status"] == "one"
    values = ["die.soc.size=600", "die.soc.node=smic-n+3", f"die.soc.d0={row['value']!r}/cm2"]
    three = nc.system("kirin-9030", values=values).unit_cost_usd
    two = nc.system("kirin-9030", values=["die.soc.size=600", "die.soc.node=smic-n+2"]).unit_cost_usd
    assert three == pytest.approx(two, rel=1e-9)
    assert row["share_with_root"] > 0.5
    assert "below it kirin-9030 on smic-n+3 is cheaper" in good(*MEETING, *LARGE).out


def test_a_solution_along_another_input_and_of_the_volume():
    asked = {"node": "smic-n+3", "equal": "smic-n+2", "over": {"die.soc.size": "500,600"}}
    found = nc.solve_system("d0", "kirin-9030", **asked)
    assert found.dims == ("die.soc:die_area_mm2",)
    for row, area in zip(found, (500.0, 600.0), strict=True):
        values = [f"die.soc.size={area!r}", "die.soc.node=smic-n+2"]
        assert row.meetings[0].value == pytest.approx(nc.system("kirin-9030", values=values).unit_cost_usd, rel=1e-9)
    found = nc.solve_system("volume", "kirin-9030", target="total=3000")
    assert nc.system("kirin-9030", volume=found.value).total_usd == pytest.approx(3000.0, rel=1e-9)


def test_risk_draws_what_a_unit_rests_on(good):
    q = nc.risk_system("kirin-9030", vary={"package_yield": "0.8:0.9:0.95"}, samples=512)
    assert q.p10 < q.p50 < q.p90
    assert {d.name for d in q.drivers} >= {"assembly:package_yield", "smic-n+3.d0_per_cm2"}
    asked = (
        "risk",
        "--system",
        "kirin-9030,epyc-rome",
        "--samples",
        "512",
        "--prob",
        "epyc-rome > kirin-9030",
        "-f",
        "json",
    )
    found = good(*asked).json
    assert [row["system"] for row in found["rows"]] == ["kirin-9030", "epyc-rome", "epyc-rome"]
    assert found["probabilities"][0]["probability"] > 0.9


def test_what_two_systems_share_is_one_draw():
    nodes = ["smic-n+2", "smic-n+3"]
    shared = nc.risk_system("kirin-9030", node=nodes, samples=512, drivers=False)
    alone = nc.risk_system("kirin-9030", node=nodes, samples=512, drivers=False, independent=True)
    names = [{draw.name for draw in part.drawn.values()} for part in (*shared.parts, *alone.parts)]
    own = {"smic-n+2.d0_per_cm2", "tsmc-n7.wafer_price_usd"}
    assert names[0] - names[1] == own
    assert "wafer_price_usd ratio, FT February 2024" in names[0] & names[1]
    assert not names[2] & names[3]
    assert shared.samples("unit_cost_usd", "kirin-9030 on smic-n+3").shape == (512,)


@pytest.mark.parametrize("nodes", [["smic-n+2", "smic-n+3"], ["tsmc-n7", "smic-n+2"], ["tsmc-4n", "tsmc-n4"]])
def test_dies_of_a_system_share_draws_as_dies_alone_do(nodes):
    die = nc.risk(107, node=nodes, samples=512, drivers=False)
    system = nc.risk_system("kirin-9030", node=nodes, samples=512, drivers=False)
    for one, other in zip(die.parts, system.parts, strict=True):
        mine = {draw.name for draw in one.drawn.values()}
        assert mine <= {draw.name for draw in other.drawn.values()}


def test_a_price_that_one_die_of_a_system_is_a_multiple_of_is_drawn_once():
    values = {"die.iod.node": "smic-n+2", "die.ccd.node": "tsmc-n7"}
    (part,) = nc.risk_system("epyc-rome", values=values, samples=512, drivers=False).parts
    prices = [draw.name for draw in part.drawn.values() if "wafer_price_usd" in draw.name]
    assert sorted(prices) == ["tsmc-n7.wafer_price_usd", "wafer_price_usd ratio, FT February 2024"]


def test_tools_of_a_wafer_by_its_layers_are_drawn_in_a_system_too():
    (part,) = nc.risk_system("kirin-9030", values=["die.soc.wafer-basis=cost"], samples=512, drivers=False).parts
    assert {"arfi_scanner_price_usd", "smic-n+3.d0_per_cm2"} <= {draw.name for draw in part.drawn.values()}


def test_charts_and_rows_at_several_widths(good):
    out = good("sweep", "--system", "h100,b200", "--over", "assembly.package_yield=0.8,0.9").out
    assert "h100" in out
    assert "assembly: package yield" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sweep", "--system", "h100"], "no axis"),
        (["sweep", "--system", "h10", "--over", "d0=0.1,0.2"], "unknown system 'h10'"),
        (["sweep", "--system", "h100", "--d0", "0.1", "--over", "volume=1,2"], "--set die.gpu.d0=0.1"),
        (["sweep", "--system", "h100", "--over", "package_yeld=0.5,1"], "nearest: package_yield"),
        (["sweep", "--system", "h100", "--over", "die.cpu.d0=0.5,1"], "h100 has no part 'die.cpu'; nearest: die.gpu"),
        (["sweep", "--system", "h100", "--over", "die.gpu.dd0=0.5,1"], "die.gpu: unknown 'dd0'"),
        (["sweep", "--system", "mi300x", "--over", "d0=0.5,1"], "die.xcd.d0, die.iod.d0"),
        (["sweep", "--system", "mi300x", "-n", "n5", "--over", "volume=1,2"], "die.xcd.node=n5"),
        (["sweep", "--system", "h100", "--over", "d0=0.1,0.2", "--keys", "total_usd"], "no volume"),
        (["sweep", "--system", "h100", "--over", "d0=0.1,0.2", "--keys", "gross_margin"], "no price and no margin"),
        (["sweep", "--system", "h100", "--over", "d0=0.1,0.2", "--keys", "die_yield"], "unknown result of a system"),
        (["sweep", "600", "-n", "n5", "--over", "d0=0.1,0.2", "--set", "a.b=1"], "of which system?"),
        (["sweep", "--system", "h100", "--over", "die.gpu.year=2000:2030:9999"], "at most 4,096"),
        (["sweep", "--system", "h100", "--over", "d0=0.1,0.2", "--over", "die.gpu.d0=0.1,0.3"], "two axes"),
        (["solve", "d0", "--system", "h100"], "nothing to solve for"),
        (["solve", "die.gpu.node", "--system", "h100", "--target", "unit-cost=1"], "a name"),
        (["solve", "d0", "--system", "h100", "--target", "unit-cost"], "write KEY=VALUE"),
        (["solve", "d0", "--system", "h100", "--equal", "nothing"], "nor is it a system"),
        (["solve", "d0", "--system", "h100,h200", "--equal", "b200"], "one is solved for"),
        (["solve", "nre.soc.mask_usd", "--system", "kirin-9030", "--target", "unit-cost=90"], "changes nothing"),
        (["risk", "--system", "h100", "--vary", "d0"], "no distribution"),
        (["risk", "--system", "h100", "--vary", "die.gpu.size=500:800"], "sweep it"),
        (["risk", "--system", "h100", "--vary", "b200:d0=0.1:0.2"], "no system of this question"),
        (["risk", "--system", "h100", "--independent"], "one system shares no draw"),
        (["risk", "--system", "h100", "--prob", "h300 > 4"], "neither a system"),
        (["risk", "--system", "h100", "--set", "volume=x"], "volume"),
        (
            ["risk", "--system", "h100", "--set", "die.gpu.d0=0.1", "--vary", "die.gpu.d0=0.1:0.2:0.3"],
            "--vary die.gpu.d0_per_cm2 and --set die.gpu.d0=0.1: it varies and is fixed; give one of them",
        ),
        (["risk", "--system", "h100", "--set", "die.gpu.d0=0.1", "--vary", "d0=0.1:0.2:0.3"], "it varies and is fixed"),
        (
            ["sweep", "--system", "h100", "--set", "die.gpu.d0=0.1", "--over", "die.gpu.d0=0.1,0.2"],
            "--over die.gpu.d0 and --set die.gpu.d0=0.1: it is an axis and fixed; give one of them",
        ),
        (["sweep", "--system", "h100", "--set", "die.gpu.d0=0.1", "--over", "d0=0.1,0.2"], "--over d0 and --set die"),
        (["sweep", "--system", "h100", "--set", "volume=1", "--over", "volume=1,2"], "it is an axis and fixed"),
        (["sweep", "--system", "h100", "--set", "margin=0.5", "--over", "price=3000,4000"], "it is an axis and fixed"),
        (["sweep", "--system", "h100", "-n", "n5", "--over", "die.gpu.node=n3,n2"], "both say the node of a die"),
        (
            ["sweep", "--system", "h100", "-n", "n5", "--set", "die.gpu.node=n3", "--over", "d0=0.1,0.2"],
            "--set 'die.gpu.node=n3' and -n: both say the node of a die",
        ),
        (
            ["solve", "d0", "--system", "h100", "--set", "die.gpu.d0=0.1", "--target", "cost=3000"],
            "d0 and --set die.gpu.d0=0.1: it is what is solved for; leave it out",
        ),
        (
            [
                "solve",
                "package_yield",
                "--system",
                "h100",
                "--set",
                "die.gpu.d0=0.1",
                "--over",
                "d0=0.1,0.2",
                "--target",
                "cost=3000",
            ],
            "it is an axis and fixed",
        ),
        (["sweep", "--system", "h100", "-n", "n5:d0=0.1", "--over", "volume=1,2"], "such as --set die.NAME.d0=0.1"),
        (["risk", "--system", "h100", "--set", "volume=1e-300"], "no number is what one unit costs"),
        (["sweep", "--system", "h100", "--set", "volume=1e-300", "--over", "d0=0.1,0.2"], "no number is what one unit"),
    ],
)
def test_what_is_wrong_is_one_line_that_says_what_to_try(cli, words, said):
    done = cli(*words)
    assert done.code == 2
    assert said in done.err
    assert len(done.err.strip().splitlines()) == 1, done.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["carbon", "100", "-n", "n7", "--grid", "500", "--density", "100"], "--density: it sizes a die"),
        (["carbon", "100", "-n", "n7", "--grid", "500", "--wafer-basis", "cost"], "--wafer-basis: no price counts"),
        (
            ["memory", "cxmt-g4", "--capacity", "16", "--d0", "0.1", "--wafer-price", "5000", "--density", "9"],
            "--density",
        ),
        (["capacity", "100", "-n", "n5", "--units", "1M", "--density", "100"], "capacity counts none"),
        (["split", "800", "-n", "n5", "--density", "100"], "a split counts none"),
        (["system", "h100", "--set", "die.gpu.density=100"], "--set die.gpu.density=X: it sizes a die"),
        (["system", "h100", "--set", "die.gpu.alpha=3"], "; add --set die.gpu.model=negative-binomial\n"),
        (["system", "h100", "--set", "die.gpu.harvest=3"], "die.gpu: --set die.gpu.harvest=3: not two"),
        (["system", "h100", "--set", "die.gpu.d0=400"], "die.gpu: --set die.gpu.d0=400: without a unit"),
    ],
)
def test_what_changes_nothing_beyond_the_die_is_refused(cli, words, said):
    done = cli(*words)
    assert done.code == 2
    assert said in done.err


@pytest.mark.parametrize(
    "words",
    [
        ["risk", "--system", "kirin-9030", "--samples", "1024"],
        ["risk", "--system", "kirin-9030", "-n", "n5", "--samples", "1024", "--no-drivers"],
        ["solve", "die.soc.d0", "--system", "kirin-9030", "--target", "unit-cost=100"],
    ],
)
def test_an_answer_of_a_system_that_holds_no_question_says_so(cli, tmp_path, words):
    file = str(tmp_path / "it.json")
    assert cli(*words, "-o", file).code == 0
    said = cli(words[0], "--again", file)
    assert said.code == 2
    assert f"an answer of nodecalc {words[0]} --system, which holds no question" in said.err
    assert "give --system kirin-9030 and its other words anew" in said.err
    assert said.err.count("\n") == 1


def test_no_root_of_a_system_says_nothing_of_inputs_that_were_not_looked_at(good):
    target = ("--system", "h100", "--target", "unit_cost_usd=2000")
    said = good("solve", "die.gpu.d0", *target).out
    assert "another input may do: solve for it by its name" in " ".join(said.split())
    assert "nor would another" not in said
    assert nc.solve_system("die.gpu.wafer_price", "h100", target={"unit_cost_usd": 2000}).status == "one"


def test_a_statement_says_cost_and_calls_a_file_by_its_name(cli, good, tmp_path, monkeypatch):
    from nodecalc_seeds import read

    (tmp_path / "own.toml").write_text(read("systems/h100.toml"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    few = ("--samples", "256", "-f", "json")
    for asked in ("cost < 3000", "own < 3000", "own.toml:cost < 3000"):
        row = good("risk", "--system", "own.toml", "--prob", asked, *few).json["probabilities"][0]
        same = nc.risk_system("h100", prob="unit_cost_usd < 3000", samples=256).probabilities[0].probability
        assert row["probability"] == same.value
    wrong = cli("risk", "--system", "own.toml,h200", "--prob", "him > 3000", *few)
    assert wrong.code == 2
    advised = wrong.err.split("'")[5::2]
    assert advised == ["own.toml > h200", "own.toml > 2 x h200", "own.toml:cost < 3000", "own.toml:package_yield > 95%"]
    words = [word for form in advised for word in ("--prob", form)]
    assert len(good("risk", "--system", "own.toml,h200", *words, *few).json["probabilities"]) == len(advised)


def test_a_distribution_of_a_system_is_given_as_one_of_a_die_is():
    text = nc.risk_system("h100", vary=["die.gpu.d0=0.1:0.2:0.3", "package_yield~normal(0.9, 0.02)"], samples=256)
    given = {"d0": (0.1, 0.2, 0.3), "package_yield": ("normal", 0.9, 0.02)}
    assert nc.risk_system("h100", vary=given, samples=256).outcomes == text.outcomes
    arrays = {"d0": np.array([0.1, 0.2, 0.3]), "package_yield": "normal(0.9, 0.02)"}
    assert nc.risk_system("h100", vary=arrays, samples=256).outcomes == text.outcomes


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"vary": {"d0": []}}, "0 numbers; give"),
        ({"vary": {"d0": np.array(0.1)}}, "give .low, mode, high."),
        ({"vary": {"d0": None}}, "is no distribution"),
        ({"vary": {5: "0.1:0.2"}}, "vary 5: no name"),
        ({"vary": {"d0": "0.1:0.2", "die.gpu.d0": "0.1:0.3"}}, "given twice; give it once"),
        ({"independent": np.array([])}, "allowed: True or False"),
        ({"strict": np.array([1, 2])}, "allowed: True or False"),
        ({"seed": np.array([1, 2])}, "no whole number"),
    ],
)
def test_a_risk_of_a_system_that_makes_no_sense_is_one_line(asked, said):
    with pytest.raises(nc.NodecalcError, match=said):
        nc.risk_system("h100", samples=256, **asked)
