"""Commas wherever several are taken, and nodes with inputs of their own, on the command line."""

import pytest

from nodecalc.cli.options import complete_node


@pytest.mark.parametrize(("one", "other"), [
    (("die", "100", "-n", "n5,n7"), ("die", "100", "-n", "n5", "-n", "n7")),
    (("sweep", "100", "-n", "n5,n7"), ("sweep", "100", "-n", "n5", "-n", "n7")),
    (("nodes", "n5,n7"), ("nodes", "n5", "n7")),
    (("chips", "h100,a100"), ("chips", "h100", "a100")),
    (("models", "murphy,poisson"), ("models", "murphy", "poisson")),
    (("sources", "cset_2020,infonet_n_2023"), ("sources", "cset_2020", "infonet_n_2023")),
    (("keys", "d0,alpha"), ("keys", "d0", "alpha")),
    (("patterning", "80,36"), ("patterning", "80", "36")),
    (("patterning", "36", "--tools", "arfi+euv"), ("patterning", "36", "--tools", "arfi,euv")),
    (("wafer", "n5", "--without", "euv+arf"), ("wafer", "n5", "--without", "euv,arf")),
    (("wafer", "n5", "--tools", "arfi+krf+iline"), ("wafer", "n5", "--tools", "arfi,krf,iline")),
    (("sweep", "100", "-n", "n5", "--wafer-basis", "cost", "--without", "euv,arf"),
     ("sweep", "100", "-n", "n5", "--wafer-basis", "cost", "--without", "euv+arf")),
])  # fmt: skip
def test_commas_mean_several(good, one, other):
    assert good(*one).out == good(*other).out


def test_nodes_with_inputs_of_their_own(good):
    rows = good("die", "100", "-n", "n5:d0=0.07,wafer-price=15000,n7", "-n", "n5", "-f", "json").json["rows"]
    assert [row["node"] for row in rows] == ["tsmc-n5", "tsmc-n7", "tsmc-n5"]
    assert (rows[0]["d0_per_cm2"], rows[0]["wafer_price_usd"]) == (0.07, 15000.0)
    swept = good("sweep", "100", "-n", "n5:d0=0.07,wafer-price=15000,n7", "-f", "json").json["rows"]
    assert swept[0]["node"] == "tsmc-n5:d0=0.07,wafer-price=15000"
    assert swept[0]["good_die_cost_usd"] == pytest.approx(rows[0]["good_die_cost_usd"])
    said = good("wafer", "n5:phi=0.5", "--compare", "n7:phi=0.1").out
    assert "tsmc-n5: phi 0.5, given for this node alone" in said
    assert "tsmc-n7: phi 0.1, given for this node alone" in said


@pytest.mark.parametrize("words", ["n5:", "n5:d0", "n5:d0=", "n5:d0=x", "n5,", ",", "n5:d0=0.1:0.2:3", ":d0=1", "=1"])
@pytest.mark.parametrize("command", [("die", "100", "-n"), ("sweep", "100", "-n"), ("wafer",)])
def test_slips_are_one_line(cli, command, words):
    done = cli(*command, words)
    assert (done.code, done.out) == (2, "")
    assert done.err.count("\n") == 1


def test_completion_goes_on_with_a_list():
    assert "tsmc-n7,tsmc-n5" in complete_node("tsmc-n7,tsmc-n")
    assert "n5:d0=" in complete_node("n5:d")
    assert "n5:d0=0.1,scribe=" in complete_node("n5:d0=0.1,scr")


def test_what_is_given_for_all_and_passed_over_is_said(good):
    assert "tsmc-n5: d0 0.1, given for this node alone, before d0 0.2 given for all" in " ".join(
        good("die", "100", "-n", "n5:d0=0.1,n7", "--d0", "0.2").out.split()
    )
    assert "given for all" not in good("die", "100", "-n", "n5:d0=0.1,n7").out
    # A convention says what is usual: of a node that has its own it is not contradicted.
    good("die", "100", "-n", "n5:edge=2", "--convention", "siliconedge")
    good("solve", "wafer-price", "100", "-n", "n5:d0=0.1", "--d0", "0.2", "--equal", "n7")
