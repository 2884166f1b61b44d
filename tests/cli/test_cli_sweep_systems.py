"""Sweeps of systems are sweeps: bands, streams, files and asking again, every point the system there."""

import pickle

import numpy as np
import pytest

import nodecalc as nc

OVER = {"d0": "0.1:0.7:4", "package_yield": [0.8, 0.95]}


def test_the_band_of_a_point_is_that_of_the_system_there():
    found = nc.sweep_system("kirin-9030", {"die.soc.size": [80.0, 107.0], "d0": [0.3, 0.6]}, outputs=["cost", "band"])
    assert found.outputs == tuple(f"unit_cost_usd{end}" for end in ("", "_p10", "_p50", "_p90"))
    for row in found.rows():
        values = [f"die.soc.size={row['die.soc:die_area_mm2']!r}", f"die.soc.d0={row['die.soc:d0_per_cm2']!r}/cm2"]
        one = nc.system("kirin-9030", values=values)
        assert one.band == pytest.approx([row[f"unit_cost_usd_{end}"] for end in ("p10", "p50", "p90")], rel=1e-3)
        assert row["unit_cost_usd"] == pytest.approx(one.unit_cost_usd, rel=1e-12)


def test_with_a_volume_the_band_is_of_all_that_a_unit_costs():
    found = nc.sweep_system("kirin-9030", {"volume": [1e6, 1e7]}, outputs="band")
    assert found.outputs == ("total_usd_p10", "total_usd_p50", "total_usd_p90")
    one = nc.system("kirin-9030", volume=1e6)
    assert [found[key][0] for key in found.outputs] == pytest.approx(one.total_band, rel=1e-9)


def test_systems_of_different_parts_stand_side_by_side():
    found = nc.sweep_system(["h100", "ascend-910c", "epyc-rome"], {"package_yield": [0.8, 0.95]}, outputs=["cost"])
    for row in found.rows():
        values = [f"assembly.package_yield={row['assembly:package_yield']!r}"]
        assert row["unit_cost_usd"] == pytest.approx(nc.system(row["system"], values=values).unit_cost_usd, rel=1e-12)


def test_streams_are_of_the_same_points():
    asked = {"node": ["smic-n+2", "smic-n+3"], "outputs": ["unit_cost_usd", "package_yield"]}
    points = nc.sweep_system("ascend-910c", OVER, **asked)
    costs = points["unit_cost_usd"]
    done = nc.sweep_system(
        "ascend-910c", OVER, reduce=["min", "argmax", "mean"], best="unit_cost_usd", top=3,
        pareto=["unit_cost_usd", "package_yield"], **asked,
    )  # fmt: skip
    told = done.reductions["unit_cost_usd"]
    assert told["min"] == costs.min()
    assert told["mean"] == pytest.approx(costs.mean(), rel=1e-12)
    assert told["argmax"] == {"node": "smic-n+3", "die.compute:d0_per_cm2": 0.7, "assembly:package_yield": 0.8}
    assert [row["unit_cost_usd"] for row in done.best] == sorted(costs.ravel())[:3]
    assert len(done.front) == 1


def test_many_points_run_in_written_loops_and_give_the_same():
    over = {"d0": "0.1:0.7:40", "package_yield": "0.5:1:50"}
    found = nc.sweep_system("kirin-9030", over)
    for place in ((0, 0), (17, 31), (39, 49)):
        at = found.point(place)
        values = [f"die.soc.d0={at['die.soc:d0_per_cm2']!r}/cm2"]
        values.append(f"assembly.package_yield={at['assembly:package_yield']!r}")
        one = nc.system("kirin-9030", values=values)
        assert at["unit_cost_usd"] == pytest.approx(one.unit_cost_usd, rel=1e-12)
    best = nc.sweep_system("kirin-9030", over, best="unit_cost_usd", top=1).best[0]
    assert best["unit_cost_usd"] == found["unit_cost_usd"].min()


@pytest.mark.parametrize("name", ["it.parquet", "it.npz", "parts/"])
def test_what_is_written_is_read_and_asked_again(tmp_path, cli, good, name):
    file = f"{tmp_path}/{name}"
    asked = ["--system", "h100,b200", "--over", "package_yield=0.7:0.9:3", "--keys", "cost,package_yield"]
    assert cli("sweep", *asked, "-o", file).code == 0
    opened = nc.open_sweep(file)
    assert opened.dims == ("system", "assembly:package_yield")
    assert opened.is_read
    again = good("sweep", "--again", file, "-f", "json").json["rows"]
    assert [row["unit_cost_usd"] for row in again] == opened["unit_cost_usd"].ravel().tolist()
    assert "die.gpu.wafer_price_usd" in {figure["key"] for figure in opened.provenance.figures}


def test_a_system_of_a_file_that_has_changed_is_not_asked_again(tmp_path, cli, good):
    own = tmp_path / "own.toml"
    own.write_text('schema = 1\n[die.a]\nsize = 100\nnode = "n5"\n', encoding="utf-8")
    file = str(tmp_path / "it.csv")
    assert cli("sweep", "--system", str(own), "--over", "d0=0.1,0.2", "-o", file).code == 0
    assert len(good("sweep", "--again", file, "-f", "json").json["rows"]) == 2
    own.write_text('schema = 1\n[die.a]\nsize = 200\nnode = "n5"\n', encoding="utf-8")
    said = cli("sweep", "--again", file)
    assert said.code == 2
    assert "changed since this was asked" in said.err


def test_a_plan_travels():
    made = nc.sweep_system("kirin-9030", {"d0": [0.3, 0.6]}, outputs=["band"])
    from nodecalc.drivers.sweep.grid import Grid
    from nodecalc.drivers.sweep.run import values_at

    there = values_at(Grid(pickle.loads(pickle.dumps(made.plan))), made.outputs, [(1,)])
    assert all(there[key][0] == made[key][1] for key in made.outputs)


def test_a_band_is_drawn_around_its_cost():
    (picture,) = nc.sweep_system("kirin-9030", {"d0": [0.3, 0.6]}, outputs=["cost", "band"]).pictures()
    (series,) = picture.series
    assert series.band is not None
    assert np.all(np.asarray(series.band.low) < np.asarray(series.values))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--over", "volume=1,2", "--keys", "unit-cost"], "volume: it changes nothing of unit_cost_usd; leave it out"),
        (["--over", "margin=0.5,0.6"], "leave it out, or ask for unit_price_usd with --keys"),
        (["--over", "gpu.d0=0.1,0.2"], "has no part 'gpu'"),
        (["--over", "d0=0.1,0.2", "--top", "3"], "--top 3: of what?"),
        (["--over", "d0=0.1,0.2", "--resume"], "--resume: nothing is written"),
        (["--over", "d0=0.1,0.2", "--pareto", "unit_cost_usd"], "a front is of two different outputs"),
        (["--over", "d0=0.1,0.2", "--against", "n7"], "--against with --system"),
        (["--over", "d0=0.1,0.2", "--reduce", "p50,midst"], "unknown reduction 'midst'"),
        (["--over", "d0=0.1:0.2:60000", "--keys", "band"], "60,000 bands, at most 50,000"),
        (["--over", "d0=0.1,0.2", "-o", "a.json", "--compact"], "--compact with -o a.json"),
    ],
)
def test_what_is_wrong_is_one_line(cli, words, said):
    done = cli("sweep", "--system", "kirin-9030", *words)
    assert done.code == 2
    assert said in done.err
    assert len(done.err.strip().splitlines()) == 1, done.err


def test_a_range_from_zero_needs_no_unit_and_an_error_names_what_was_given(cli):
    (first, _) = nc.sweep_system("kirin-9030", {"d0": "0:0.2:2"}).rows()
    assert first["unit_cost_usd"] == nc.system("kirin-9030", values=["die.soc.d0=0/cm2"]).unit_cost_usd
    done = cli("sweep", "--system", "kirin-9030", "--over", "die.soc.d0=0.00001:0.1:3")
    assert "nodecalc: die.soc.d0 0.00001: without a unit it must be" in done.err


def test_no_band_where_every_figure_is_given(cli, tmp_path):
    own = tmp_path / "own.toml"
    own.write_text('schema = 1\n[die.a]\nsize = 100\nd0 = "0.1/cm2"\nwafer_price = 9000\n', encoding="utf-8")
    done = cli("sweep", "--system", str(own), "--over", "package_yield=0.8,0.9", "--keys", "band")
    assert "no band where every figure is given" in done.err


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"over": 5}, "over 5: give a mapping"),
        ({"over": {"d0": [0.1]}, "pareto": 5}, "pareto 5: no names"),
        ({"over": {"d0": [0.1]}, "best": 5}, "best 5: no name"),
        ({"over": {"d0": [0.1]}, "best": "cost", "out": {}}, "a sweep that is reduced holds no arrays"),
        ({"over": {"d0": [0.1]}, "node": []}, "node .*: none is named"),
        ({"over": {"d0": [0.1]}, "node": {"n5", "n7"}}, "order is not fixed"),
        ({"over": {"d0": [0.1]}, "node": nc.at("n5", d0=0.1)}, "give the node alone"),
        ({"over": {"d0": [0.1]}, "pareto": np.array([])}, "a front is of two different outputs"),
        ({"over": {"die.soc.node": []}}, "die.soc.node: no values"),
        ({"over": {"die.soc.node": {"n5", "n7"}}}, "order is not fixed"),
        ({"over": {"die.soc.node": 5}}, "give names"),
    ],
)
def test_a_call_that_makes_no_sense_is_said(asked, said):
    with pytest.raises(nc.NodecalcError, match=said):
        nc.sweep_system("kirin-9030", **asked)


def test_arrays_without_dimensions_are_their_value_and_what_is_gone_through_once_is_kept():
    one = nc.sweep_system("kirin-9030", {"d0": np.array(0.1)})
    assert list(one.rows()) == list(nc.sweep_system("kirin-9030", {"d0": [0.1]}).rows())
    named = nc.sweep_system("kirin-9030", {"die.soc.node": np.array("n5")}, pareto=np.array(["cost", "package_yield"]))
    assert named.front
    once = nc.sweep_system(
        iter(["h100", "h200"]),
        {"package_yield": [0.9, 0.95]},
        node=iter(["n5", nc.at("n7")]),
        values=iter(["assembly.bond_yield=0.99"]),
    )
    assert once.request.systems.names == ("h100", "h200")
    assert once.request.systems.values == ("assembly.bond_yield=0.99",)
    assert once.coords["node"].tolist() == ["tsmc-n5", "tsmc-n7"]
    for key in (np.array([]), np.array(["unit_cost_usd"]), 5):
        with pytest.raises(nc.NodecalcError, match="is not among the outputs"):
            one[key]


def test_a_note_of_a_sweep_says_where_and_of_which_system_it_is_true():
    over = {"die.gpu.d0": [0.05, 0.2], "margin": [0.5, 0.8]}
    found = nc.sweep_system(["h100", "h200"], over, outputs=["price"])
    first, last = (nc.system("h100", values=[f"die.gpu.d0={d0}/cm2"]) for d0 in (0.05, 0.2))
    moved = [note for note in first.notes if note not in last.notes]
    assert any("make the sellable yield" in note for note in moved)
    for note in moved:
        whose = "" if "sellable" in note else "h100: "
        assert f"{whose}at die.gpu.d0_per_cm2=0.05: {note}" in found.notes
    assert all(note in found.notes or f"h100: {note}" in found.notes for note in first.notes if note in last.notes)
    assert "h200: the die of H100 with HBM3E" in found.notes
    assert nc.risk_system(["h100", "h200"], samples=256).notes[-1] == "h200: one total of it was found published"
