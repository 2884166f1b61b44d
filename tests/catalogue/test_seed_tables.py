"""Memory, packages, capacity and carbon: complete, sound, and read by group and key."""

import tomllib
from collections import Counter

import pytest

import nodecalc_seeds
from nodecalc.catalogue import KINDS, Catalogue, builtin
from nodecalc.catalogue.tables import TABLES, UNITS, table
from nodecalc.errors import InputError, UnknownNameError

ALL = [(name, group, key) for name in TABLES for group in table(name).values() for key in group.figures]
# How many figures were found; a figure that disappears is a fact lost.
COUNTS = {"memory": 141, "packages": 135, "capacity": 120, "carbon": 93}
FIGURE_KEYS = {"value", "unit", "low", "high", "kind", "source", "year", "note", "where", "prefer", "seen", "span"}


def test_no_figure_disappeared():
    found = Counter(name for name, group, key in ALL for _ in group.figures[key])
    assert found == COUNTS


@pytest.mark.parametrize(("name", "group", "key"), ALL, ids=lambda part: getattr(part, "id", part))
def test_every_figure_has_a_known_unit_kind_source_and_year_and_lies_in_its_range(name, group, key):
    figures = group.figures[key]
    known = set(builtin.source_ids())
    assert figures
    assert len({figure.unit for figure in figures}) == 1
    assert sum(figure.prefer for figure in figures) <= 1
    for figure in figures:
        assert figure.unit in UNITS
        assert isinstance(figure.value, str) == (figure.unit == "")
        assert figure.kind in KINDS
        assert figure.kind != "assumed"
        assert figure.source in known
        assert 1990 <= figure.year <= 2026
        assert (figure.low is None) == (figure.high is None)
        if figure.low is not None:
            assert figure.low <= figure.number <= figure.high
        if not isinstance(figure.value, str):
            assert figure.number > 0
        if figure.unit == "percent" and "change" not in key:
            assert figure.number <= 100
    if not isinstance(group.preferred(key).value, str):
        span = group.range(key)
        assert span.low <= span.value <= span.high


@pytest.mark.parametrize("name", TABLES)
def test_a_table_holds_groups_of_figures_with_known_keys_and_nothing_else(name):
    for first, groups in tomllib.loads(nodecalc_seeds.read(f"{name}.toml")).items():
        if first in ("schema", "version"):
            continue
        for last, group in groups.items():
            assert builtin.is_id(last.replace("_", "-")), last
            for key, raw in group.items():
                if key == "note":
                    assert raw
                    continue
                if key == "nodes":
                    assert first in ("fab", "class") or (first, last) == ("nand", "bonded_array")
                    assert set(raw) <= set(Catalogue().node_ids)
                    continue
                if key == "company":
                    assert raw in {node.foundry for node in Catalogue().nodes()}
                    continue
                for figure in raw if isinstance(raw, list) else [raw]:
                    assert set(figure) <= FIGURE_KEYS, (first, last, key)


def test_units_of_tables_are_all_in_use():
    assert {figure.unit for name, group, key in ALL for figure in group.figures[key]} == UNITS


def test_a_table_is_read_by_name_in_any_case_and_an_unknown_one_is_refused():
    catalogue = Catalogue()
    assert catalogue.tables("Capacity") is catalogue.tables("capacity")
    assert catalogue.tables("capacity")["average_price.tsmc"].preferred("q4_2023").value == 6611
    with pytest.raises(UnknownNameError, match="unknown table 'capacitor'; nearest: capacity"):
        catalogue.tables("capacitor")
    with pytest.raises(InputError):
        catalogue.tables(None)


def test_the_density_of_a_dram_die_is_its_bits_over_its_area():
    g4 = table("memory")["dram.cxmt-g4"]
    assert 16 / g4.preferred("die_area_16gb_ddr5").number == pytest.approx(g4.preferred("bit_density").number, rel=3e-3)
    hbm = table("memory")["hbm.hbm3e"]
    assert 24 / hbm.preferred("die_area").number == pytest.approx(hbm.preferred("bit_density").number)


def test_the_parts_of_a_published_chip_add_up_to_no_more_than_the_whole():
    for group in table("packages").values():
        if group.id.startswith("published.") and {"total", "logic", "memory"} <= set(group.figures):
            parts = sum(group.preferred(key).number for key in ("logic", "memory"))
            assert parts < group.preferred("total").number, group.id
