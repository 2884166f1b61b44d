"""A node's own inputs: the same answer as for that node alone under those inputs, wherever nodes are taken."""

import json
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nodecalc as nc
from nodecalc.errors import NodecalcError
from nodecalc.question.at import at, read_node, read_nodes
from nodecalc.systems.carbon import carbon

OWN = {"d0_per_cm2": 0.07, "wafer_price_usd": 15000.0, "scribe_mm": 0.2}


def test_an_estimate_is_that_of_the_node_under_its_own_inputs():
    alone = nc.estimate("10x12", node="tsmc-n5", line_yield=0.9, **OWN)
    assert nc.estimate("10x12", node=at("n5", d0=0.07, wafer_price="15k", scribe=0.2), line_yield=0.9) == alone
    assert nc.estimate("10x12", node="n5:d0=0.07,wafer-price=15000,scribe=0.2", line_yield=0.9) == alone


def test_what_is_a_nodes_own_goes_before_what_is_given_for_all():
    own = nc.estimate(100, node=at("n5", d0=0.07), d0=0.2, alpha=3, model="negative-binomial")
    assert own.inputs.numbers["d0_per_cm2"] == 0.07
    assert own.inputs.numbers["alpha"] == 3
    assert any("d0 0.07" in note for note in own.notes)


@pytest.mark.parametrize("own", [
    {"d0_per_cm2": 0.07}, {"wafer_price_usd": 9000}, {"scribe_mm": 0.3}, {"yield_model": "poisson"},
    {"line_yield": 0.8}, {"placement": "area"}, {"d0_per_cm2": 20.0}, {"year": 2021},
])  # fmt: skip
def test_a_sweep_has_the_rows_of_single_answers(own):
    nodes = [at("tsmc-n5", **own), "tsmc-n5", "tsmc-n7"]
    swept = nc.sweep(50, node=nodes, critical_area_fraction=[0.5, 1.0], outputs=["good_die_cost_usd", "gross_dies"])
    for i, node in enumerate(nodes):
        for j, share in enumerate((0.5, 1.0)):
            one = nc.estimate(50, node=node, critical_area_fraction=share)
            assert swept["good_die_cost_usd"][i, j] == pytest.approx(one.good_die_cost_usd, rel=1e-12)
            assert swept["gross_dies"][i, j] == pytest.approx(one.gross_dies, rel=1e-12)


@pytest.mark.parametrize("own", [{"wafer_price_usd": 9000}, {"wafer_diameter_mm": 200}])
def test_an_own_price_is_of_the_nodes_own_wafer(own):
    nodes = [at("tsmc-n5", **own), "tsmc-n7"]
    diameter = {} if "wafer_diameter_mm" in own else {"wafer_diameter_mm": 200}
    swept = nc.sweep(50, node=nodes, **diameter)
    for i, node in enumerate(nodes):
        one = nc.estimate(50, node=node, **diameter).good_die_cost_usd
        assert swept["good_die_cost_usd"][i] == pytest.approx(one, rel=1e-12)


def test_tools_of_one_node_alone():
    nodes = [at("tsmc-n5", without=["euv"]), "tsmc-n5"]
    swept = nc.sweep(100, node=nodes, wafer_basis="cost", outputs=["good_die_cost_usd", "euv_exposures"])
    assert swept["euv_exposures"].tolist() == [0.0, 14.0]
    for i, node in enumerate(nodes):
        one = nc.estimate(100, node=node, wafer_basis="cost").good_die_cost_usd
        assert swept["good_die_cost_usd"][i] == pytest.approx(one, rel=1e-12)


def test_a_file_keeps_them(tmp_path):
    pytest.importorskip("pyarrow")
    swept = nc.sweep(100, node=[at("n5", d0=0.07), "n7"], line_yield=[0.8, 0.9])
    swept.save(tmp_path / "grid.parquet")
    read = nc.open_sweep(tmp_path / "grid.parquet")
    assert read.coords["node"].tolist() == ["tsmc-n5:d0=0.07", "tsmc-n7"]
    np.testing.assert_array_equal(read["good_die_cost_usd"], swept["good_die_cost_usd"])
    from nodecalc.drivers.sweep.asking import asked
    from nodecalc.drivers.sweep.opening import request_of_file

    again = asked(request_of_file(str(tmp_path / "grid.parquet")))
    np.testing.assert_array_equal(again["good_die_cost_usd"], swept["good_die_cost_usd"])


def test_a_wafer_and_arrays_take_them():
    assert nc.wafer_cost(at("n5", phi=0.5, without="euv")) == nc.wafer_cost("n5", phi=0.5, without=["euv"])
    assert nc.wafer_cost("n5:k-fab=1.2", margin=0.4) == nc.wafer_cost("n5", k_fab=1.2, margin=0.4)
    found = nc.evaluate({"die_area_mm2": 100.0}, node=at("n5", d0=0.07))["good_die_cost_usd"]
    assert found == nc.evaluate({"die_area_mm2": 100.0, "d0": 0.07}, node="n5")["good_die_cost_usd"]


def test_an_array_beside_the_nodes_own_is_refused_each_time():
    points = {"die_area_mm2": np.array([100.0]), "d0_per_cm2": np.array([0.2])}
    for _ in range(2):
        with pytest.raises(nc.NodecalcError, match="--d0: the node's own and among the inputs"):
            nc.evaluate(points, node=at("n5", d0=0.1))
    for _ in range(2):  # what another node's own was is not remembered
        for d0 in (0.1, 0.3):
            found = nc.evaluate({"die_area_mm2": np.array([100.0])}, node=at("n5", d0=d0))["good_die_cost_usd"]
            assert found[0] == nc.estimate(100, node=at("n5", d0=d0)).good_die_cost_usd


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["n5", "N+3", "tsmc-n7", "TSMC 5nm"]),
            st.dictionaries(
                st.sampled_from(["d0_per_cm2", "scribe_mm", "alpha", "wafer_price_usd"]),
                st.floats(1e-3, 4.0), max_size=3,
            ),
        ),
        min_size=1, max_size=4,
    )
)  # fmt: skip
def test_what_is_written_reads_back_the_same(nodes):
    given_ = [at(node, **own) for node, own in nodes]
    read = read_nodes(",".join(map(str, given_)))
    assert [str(node) for node in read] == [str(node) for node in given_]
    for node, want in zip(read, given_, strict=True):
        assert {k: float(v.removesuffix("/cm2")) for k, v in node.own} == dict(want.own)


def test_it_travels():
    node = at("n5", d0=0.07)
    assert pickle.loads(pickle.dumps(node)) == node == read_node("n5:d0=0.07")._replace(own=(("d0_per_cm2", 0.07),))


@pytest.mark.parametrize(("ask", "said"), [
    (lambda: at("n5", d00=1), "d0_per_cm2"),
    (lambda: at("n5", d0=[0.1, 0.2]), "several values"),
    (lambda: at("n5:d0=0.1", d0=0.2), "given twice"),
    (lambda: nc.estimate(100, node="n5,n7"), "several nodes"),
    (lambda: nc.estimate(100, node="n5:d0"), "no input of a node"),
    (lambda: nc.estimate(100, node="n5:d0=0.1:0.2:3"), "a range"),
    (lambda: nc.estimate(100, node="n5,d0=0.1"), "follows no node"),
    (lambda: nc.estimate(100, node="n5:good-dies=3"), "good_dies"),
    (lambda: nc.sweep(100, node=["n5:d0=0.1", "n7"], d0=[0.1, 0.2]), "is an axis as well"),
    (lambda: nc.sweep(node=["n5:die-area-mm2=80", "n7"], line_yield=[0.8, 0.9]), "nodecalc die"),
    (lambda: nc.sweep(100, node=["n5:phi=0.1", "n7"]), "alike"),
    (lambda: nc.sweep(100, node=["n5:wafer-price=9000", "n7"], wafer=[200, 300]), "leave one of them out"),
    (lambda: nc.wafer_cost("n5:d0=0.1"), "d0_per_cm2"),
])  # fmt: skip
def test_what_cannot_be_is_one_line(ask, said):
    with pytest.raises(NodecalcError, match=said) as caught:
        ask()
    assert "\n" not in str(caught.value)


def test_the_table_tells_two_of_one_node_apart_and_its_title_says_nothing_of_one_alone():
    from nodecalc.catalogue import open_catalogue
    from nodecalc.render.reports.die import die_report

    estimates = [nc.estimate(100, node=node) for node in ("n5:scribe=0.2", "n5")]
    (table,) = die_report(estimates, open_catalogue(None), False).tables
    assert [row[0] for row in table.cells] == ["tsmc-n5:scribe=0.2", "tsmc-n5"]
    assert "scribe" not in table.title
    assert json.dumps(estimates[0].to_dict())


def test_memory_and_emissions_take_the_nodes_own_before_what_is_for_all():
    own = nc.memory(nc.at("cxmt-g4", d0=0.1), "16Gb", d0=0.2, wafer_price=5000)
    assert own.to_dict() == nc.memory("cxmt-g4", "16Gb", d0=0.1, wafer_price=5000).to_dict()
    assert "before d0 0.2 given for all" in own.notes[0]
    rows = [carbon(node, size=100, grid="taiwan", d0=0.2).readings for node in (nc.at("n7", d0=0.1), "n7")]
    assert rows[0] != rows[1]
    assert rows[0] == carbon("n7", size=100, grid="taiwan", d0=0.1).readings


def test_systems_take_a_node_as_it_is_given_and_refuse_inputs_of_its_own():
    plain = nc.risk_system("h100", node=["n5"], samples=256)
    for node in (nc.at("n5"), [nc.at("n5")], "n5", np.array("n5"), np.array(["n5"]), nc.load_catalogue().node("n5")):
        assert nc.risk_system("h100", node=node, samples=256).nodes == plain.nodes
    met = nc.solve_system("d0", "ascend-910c", node=nc.at("smic-n+3"), equal=nc.at("smic-n+2"))
    assert met.value == nc.solve_system("d0", "ascend-910c", node="smic-n+3", equal="smic-n+2").value
    own = nc.at("n5", d0=0.1, wafer_price=15000)
    for ask in (
        lambda: nc.risk_system("h100", node=own, samples=256),
        lambda: nc.sweep_system("h100", {"volume": [1e5, 1e6]}, node=[own, "n7"]),
        lambda: nc.evaluate_system("h100", {"package_yield": [0.9]}, node=own),
        lambda: nc.solve_system("d0", "h100", node=own, target="cost=2500"),
        lambda: nc.solve_system("d0", "h100", equal=own),
    ):
        with pytest.raises(nc.NodecalcError, match="give the node alone"):
            ask()
