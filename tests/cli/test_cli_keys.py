"""`nodecalc keys`: everything that may be given or asked for, from the vocabulary's table."""

import csv
import inspect
import io

import pytest

import nodecalc as nc
from nodecalc.cli.options import complete_axis, complete_key
from nodecalc.cli.typed import build
from nodecalc.drivers.sweep.request import RESULTS
from nodecalc.question.graph import KEYWORDS
from nodecalc.question.grids import grids
from nodecalc.question.ranges import axis_keys
from nodecalc.vocabulary import QUANTITIES, tool_keys
from nodecalc.vocabulary.package import PART_KEYS


@pytest.fixture
def listed(good):
    return {row["key"]: row for row in good("keys", "-f", "json").json["rows"]}


def test_every_key_is_listed_with_what_the_table_says(listed):
    tools = tuple(nc.load_catalogue().tools)
    assert set(listed) == {"node", *QUANTITIES, *tool_keys(tools)}
    for key, q in QUANTITIES.items():
        row = listed[key]
        assert (row["unit"], row["meaning"]) == (q.unit, q.meaning)
        assert row["option"] == (f"--{q.option}" if q.option else None)
        if not q.is_name:
            assert row["low"] == q.low


def test_axes_and_results_are_those_that_a_sweep_takes(listed):
    assert {key for key, row in listed.items() if row["axis"]} == set(axis_keys(()))
    assert set(RESULTS) <= {key for key, row in listed.items() if row["result"] or row["axis"]}


def test_every_option_of_a_command_is_among_them(listed):
    from typer.main import get_command

    options = {row["option"] for row in listed.values()}
    command = get_command(build(("die", "sweep"))).commands["die"]
    names = {name for parameter in command.params for name in parameter.opts if name.startswith("--")}
    own = {"--chip", "--convention", "--explain", "--strict", "--catalog", "--scenario", "--again"}
    own |= {"--format", "--output", "--force", "--sources"}
    assert len(names & options) > 40
    assert names - own <= options


@pytest.mark.parametrize("name", ["d0", "d0_per_cm2", "D0-per-cm2"])
def test_one_key_in_any_spelling(good, name):
    said = good("keys", name).out
    for word in ("d0_per_cm2", "0 to 1000", "--d0", "--over d0=RANGE", "d0= or d0_per_cm2=", "/mm2"):
        assert word in said


def test_names_of_a_systems_parts_are_known_too(good):
    for name in ("seconds", "test.seconds", "test_seconds"):
        assert [row["key"] for row in good("keys", name, "-f", "json").json["rows"]] == ["test_seconds"]
    assert "test.seconds" in good("keys", "test_seconds").out
    several = good("keys", "usd", "-f", "json").json["rows"]
    assert {row["key"] for row in several} == {"carrier_usd", "assembly_usd", "test_usd"}


def test_keywords_are_what_python_takes(listed):
    row = {key: listed[key]["keywords"] for key in ("d0_per_cm2", "chip_class", "yield_model")}
    assert row == {
        "d0_per_cm2": ["d0", "d0_per_cm2"], "chip_class": ["chip_class"], "yield_model": ["model", "yield_model"],
    }  # fmt: skip
    assert nc.estimate(100, node="n5", d0=0.1).die_yield == nc.estimate(100, node="n5", d0_per_cm2=0.1).die_yield


def test_a_key_of_parts_is_said_to_be_one_and_no_keyword_that_nothing_takes(listed, good):
    taken = {name for public in nc.__all__ if callable(getattr(nc, public)) for name in names_of(getattr(nc, public))}
    for key in {key for keys in PART_KEYS.values() for key in keys.values()}:
        assert listed[key]["part_keys"], key
        names = listed[key]["keywords"]
        assert not names or key in KEYWORDS or set(names) & taken, key
        assert names or (key not in KEYWORDS and key not in taken), key
    said = good("keys", "die-coverage", "assembly-usd").out
    assert "die.NAME.die_coverage" in said
    assert "assembly.usd" in said
    assert "in Python" not in said


def names_of(function):
    try:
        return tuple(inspect.signature(function).parameters)
    except ValueError:  # written in C
        return ()


def test_a_grid_has_its_unit_and_its_names(listed, good):
    said = good("keys", "grid").out
    assert "g/kWh" in said
    assert all(name in said for name in grids())
    assert listed["grid_g_per_kwh"]["values"] == list(grids())


def test_all_formats_hold_the_rows(good):
    rows = list(csv.DictReader(io.StringIO(good("keys", "-f", "csv").out)))
    assert {row["key"] for row in rows} >= set(QUANTITIES)
    assert "| d0_per_cm2 |" in good("keys", "-f", "markdown").out
    table = good("keys").out
    assert all(key in table for key in QUANTITIES)


def test_tools_of_a_file_are_listed(good, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        'schema = 1\n[tool.ldp]\nname = "mine"\nwavelength_nm = 13.5\nnumerical_aperture = 0.33\n'
        "scanner_price_usd = 9e7\ntrack_price_usd = 1e7\nthroughput_wph = 60\navailability = 0.6\n"
        "tool_utilisation = 0.8\nconsumables_usd = 8\nfixed_usd_per_year = 3e6\nsingle_pitch_nm = 30\n"
    )
    assert "ldp_throughput_wph" in good("keys", "ldp-throughput-wph", "--catalog", path).out


def test_an_unknown_key_is_one_line_with_the_nearest(cli):
    done = cli("keys", "wafer-prise")
    assert (done.code, done.out) == (2, "")
    assert "wafer_price_usd" in done.err


def test_completion_takes_options_names_and_keys():
    assert complete_axis("wafer-p") == ["wafer-price="]
    assert complete_axis("wafer_p") == ["wafer_price_usd="]
    assert "node=" in complete_axis("n")
    assert complete_key("good_die_cost_usd_p") == [f"good_die_cost_usd_p{n}" for n in (10, 50, 90)]
