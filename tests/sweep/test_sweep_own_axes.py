"""An axis of one node alone: smic-n+2:d0=0.1:1:50 beside nodes whose D0 stays their own."""

import numpy as np
import pytest

import nodecalc as nc

OWN = {"smic-n+2:d0": [0.02, 0.3, 0.9]}


def test_an_own_axis_changes_its_node_and_no_other():
    s = nc.sweep(600, node=["smic-n+2", "tsmc-n7"], **OWN)
    assert s.dims == ("node", "smic-n+2:d0_per_cm2")
    costs = s["good_die_cost_usd"]
    for place, d0 in enumerate(OWN["smic-n+2:d0"]):
        assert costs[0, place] == nc.estimate(600, node="smic-n+2", d0=d0).good_die_cost_usd
    assert (costs[1] == nc.estimate(600, node="tsmc-n7").good_die_cost_usd).all()


def test_bands_are_those_of_single_answers():
    s = nc.sweep(100, node=["n7", "smic-n+2"], outputs=["good_die_cost_usd_p90"], **OWN)
    e = nc.estimate(100, node="smic-n+2", d0=0.3)
    assert s["good_die_cost_usd_p90"][1, 1] == pytest.approx(e.good_die_cost_usd_p90, rel=1e-9)


def test_two_nodes_have_an_axis_each():
    s = nc.sweep(600, node=["smic-n+2", "n7"], **{"smic-n+2:d0": "0.1:0.3:3", "n7:d0": [0.05, 0.1]})
    assert s.shape == (2, 3, 2)
    costs = s["good_die_cost_usd"]
    assert (costs[0] == costs[0, :, :1]).all()
    assert (costs[1] == costs[1, :1]).all()
    assert np.unique(costs).size == 5


def test_files_hold_it_and_ask_it_again(tmp_path):
    s = nc.sweep(600, node=["smic-n+2", "n7"], **OWN)
    file = tmp_path / "own.parquet"
    s.save(file, expand=True)
    again = nc.open_sweep(file)
    assert again.request.to_spec() == s.request.to_spec()
    assert (again["good_die_cost_usd"] == s["good_die_cost_usd"]).all()
    assert s.to_xarray()["smic-n+2:d0_per_cm2"].attrs["units"] == "1/cm2"


def test_notes_do_not_repeat_every_value():
    s = nc.sweep(600, node=["smic-n+2", "n7"], **OWN)
    assert not [note for note in s.provenance.notes if "alone" in note]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"node": "n7", **OWN}, "not among the nodes"),
        ({"node": "smic-n+2:d0=0.1", **OWN}, "an axis as well"),
        ({"node": "smic-n+2", "smic-n+2:d0": 0.1}, "one value"),
        ({"node": "smic-n+2", "smic-n+2:d0": [0.1], "smic-n+2:d0_per_cm2": [0.2]}, "twice"),
        ({"node": "smic-n+2", "smic-n+2:model": ["murphy", "poisson"]}, "is a name"),
        ({"node": "smic-n+2", ":d0": [0.1, 0.2]}, "no node before the colon"),
        ({"node": "smic-n+2", "smic-n+2:area": [10, 20]}, "sizes the die"),
        ({"node": "smic-n+2", "smic-n+2:d0": "0.1:1:200000"}, "looked up by itself"),
        ({"node": "nosuch", "nosuch:d0": [0.1, 0.2]}, "unknown node"),
    ],
)
def test_own_axes_that_mean_nothing_are_refused(given, said):
    with pytest.raises(nc.NodecalcError, match=said):
        nc.sweep(600, **given)
