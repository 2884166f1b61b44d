"""`nodecalc compare`: the bridge as a table and as rows, the same design moved, errors in a line."""

import math

import pytest

import nodecalc as nc


def test_the_bridge_is_a_table_a_node_and_says_its_order(good):
    done = good("compare", "600", "-n", "tsmc-n7", "-n", "smic-n+2", "-n", "n5")
    assert done.out.count("good die cost\n") == 2
    assert "from tsmc-n7 to smic-n+2" in done.out
    assert "steps in this order: patterning, wafer price, dies per wafer, yield; --order sets another" in done.out
    assert "depends on the order most" in done.out


def test_a_step_of_nothing_is_no_step_down(good):
    """As a share of a difference below zero it was -0%."""
    assert "-0%" not in good("compare", "--chip", "h100", "-n", "smic-n+2", "-n", "tsmc-n5").out


def test_rows_add_up_and_answers_stand_beside(good):
    document = good("compare", "600", "-n", "tsmc-n7,smic-n+2", "-f", "json").json
    rows = document["rows"]
    total = math.fsum((rows[0]["base_value"], *(row["usd"] for row in rows)))
    assert abs(total - rows[0]["value"]) <= 4.0 * math.ulp(rows[0]["value"])
    (found,) = nc.compare(600, node="tsmc-n7,smic-n+2")
    assert rows == found.rows()
    assert [row["node"] for row in document["answers"]] == ["tsmc-n7", "smic-n+2"]


def test_a_design_moves(good):
    done = good("compare", "100", "-n", "n7", "-n", "n5", "--port", "--sram-share", "30%", "--analog-share", "20%")
    assert "100 mm2 on tsmc-n7 become 76.27" in done.out
    assert "dies of several sizes" in done.out


def test_a_chip_is_compared_with_its_own_node_as_base(good):
    done = good("compare", "--chip", "h100", "-n", "smic-n+3", "-f", "csv")
    assert done.out.splitlines()[1].startswith("tsmc-4n,smic-n+3,good_die_cost_usd,")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("compare", "100", "-n", "n5"), "one node alone"),
        (("compare", "100"), "one node alone"),
        (("compare", "100", "-n", "n5,n7", "--sram-share", "0.3"), "add --port"),
        (("compare", "100", "-n", "n5,n7", "--of", "yield"), "unknown result to compare"),
        (("compare", "100", "-n", "n5,n7", "--order", "luck"), "unknown step of the bridge"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_a_line(cli, words, said):
    done = cli(*words)
    assert done.code == 2
    assert said in done.err
    assert done.err.count("\n") == 1
