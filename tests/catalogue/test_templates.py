"""Nodes and stacks printed as TOML read back as what they were."""

import tomllib

import pytest

import nodecalc as nc
from nodecalc.catalogue import Layer, load_catalogue, load_stack
from nodecalc.catalogue.template import nodes_toml, stack_toml
from nodecalc.errors import NodecalcError

KNOWN = load_catalogue()
STACKS = ["tsmc-n5", "tsmc-n7", "smic-n+3", "tsmc-n16", "intel-18a", "tsmc-n3e"]


@pytest.mark.parametrize("node", [node.id for node in KNOWN.nodes()])
def test_a_node_reads_back_as_it_was(tmp_path, node):
    path = tmp_path / "one.toml"
    path.write_text(nodes_toml([KNOWN.node(node)], KNOWN), encoding="utf-8")
    read, was = load_catalogue(path).node(node), KNOWN.node(node)
    for field in was._fields:
        if field not in ("origin", "evidence"):
            assert getattr(read, field) == getattr(was, field), field
    assert set(read.evidence) == set(was.evidence)
    assert [p.of for p in read.evidence].count("d0") == [p.of for p in was.evidence].count("d0")


def test_an_answer_from_the_file_is_the_same(tmp_path):
    path = tmp_path / "all.toml"
    nodes = ["tsmc-n5", "smic-n+3", "tsmc-n4p", "intel-18a"]
    path.write_text(nodes_toml([KNOWN.node(node) for node in nodes], KNOWN), encoding="utf-8")
    for node in nodes:
        mine, own = nc.estimate(100, node=node, catalogue=path), nc.estimate(100, node=node)
        assert mine.good_die_cost_usd == pytest.approx(own.good_die_cost_usd, rel=1e-12)
        assert mine.good_die_cost_usd_p90 == pytest.approx(own.good_die_cost_usd_p90, rel=1e-12)


def test_under_another_id_it_is_a_node_of_its_own(tmp_path):
    path = tmp_path / "mine.toml"
    text = nodes_toml([KNOWN.node("tsmc-n7")], KNOWN).replace('"tsmc-n7"', '"mine-n7"').replace('"N7"', '"M7"')
    text = "\n".join(line for line in text.splitlines() if not line.startswith("aliases"))
    path.write_text(text, encoding="utf-8")
    mine, own = nc.estimate(100, node="mine-n7", catalogue=path), nc.estimate(100, node="tsmc-n7")
    assert mine.good_die_cost_usd == pytest.approx(own.good_die_cost_usd, rel=1e-12)


def test_a_users_own_node_and_its_source_go_round_too(tmp_path):
    first, second = tmp_path / "first.toml", tmp_path / "second.toml"
    first.write_text(
        'schema = 1\n[source.mine]\ntitle = "Our \\"lots\\""\nyear = 2025\n[node."x-n9"]\nfoundry = "X"\nname = "N9"\n'
        'class = "logic"\nd0 = 0.1\nwafer_price = { value = 9000, low = 8e3, high = 1e4, unit = "USD"'
        ', kind = "reported", source = "mine", year = 2025, note = "a \\\\ and a \\"" }\n'
    )
    mine = load_catalogue(first)
    second.write_text(nodes_toml([mine.node("x-n9")], mine), encoding="utf-8")
    read = load_catalogue(second)
    assert read.source("mine").title == 'Our "lots"'
    assert read.node("x-n9").evidence[-1].note == 'a \\ and a "'
    one, other = (nc.estimate(100, node="x-n9", catalogue=known) for known in (mine, read))
    assert one.good_die_cost_usd == pytest.approx(other.good_die_cost_usd, rel=1e-12)
    assert one.good_die_cost_usd_p90 == pytest.approx(other.good_die_cost_usd_p90, rel=1e-12)
    assert read.node("x-n9").evidence == mine.node("x-n9").evidence


@pytest.mark.parametrize("node", STACKS)
def test_a_stack_reads_back_as_it_was(tmp_path, node):
    was = nc.wafer_cost(node)
    path = tmp_path / "stack.toml"
    path.write_text(stack_toml(was.stack_layers), encoding="utf-8")
    assert tomllib.loads(path.read_text())["schema"] == 1
    read = nc.wafer_cost(node, stack=path)
    assert read.stack_layers.layers == was.stack_layers.layers
    assert read.wafer_cost_usd == was.wafer_cost_usd


def test_no_node_has_what_toml_cannot_write():
    tomllib.loads(nodes_toml(KNOWN.nodes(), KNOWN))
    with pytest.raises(NodecalcError):
        KNOWN.node("example-n9")


def test_what_goes_without_saying_is_left_out_and_several_bare_numbers_stay_several(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        'schema = 1\n[node."x-n9"]\nfoundry = "X"\nname = "N9"\nclass = "logic"\nd0 = 0.1\nwafer_price = [9000, 9500]\n'
    )
    mine = load_catalogue(path)
    lines = nodes_toml([mine.node("x-n9")], mine).splitlines()
    assert "d0 = 0.1" in lines
    assert "wafer_price = [9000, 9500]" in lines
    assert "count = 1" not in stack_toml(nc.wafer_cost("tsmc-n5").stack_layers).splitlines()


def test_of_a_layer_only_what_is_not_usual_is_written(tmp_path):
    stack = nc.wafer_cost("tsmc-n5").stack_layers
    layers = (
        Layer("M0", "line", 1, "se", "euv", None, 0, ""),
        Layer("M1", "line", 2, "sadp", "arfi", 40.0, 1, "euv"),
        Layer("M2", "line", 1, "sadp", "arfi", 44.5, 2, "euv"),
    )
    text = stack_toml(stack._replace(layers=layers))
    assert [line for line in text.splitlines() if line.startswith(("count", "cuts", "pitch", "cut_tool"))] == [
        "count = 2", "pitch_nm = 40", "cuts = 1", 'cut_tool = "euv"', "pitch_nm = 44.5", "cuts = 2", 'cut_tool = "euv"',
    ]  # fmt: skip
    path = tmp_path / "stack.toml"
    path.write_text(text, encoding="utf-8")
    assert load_stack(path).layers == layers


def test_one_figure_is_one_line_and_a_whole_number_has_no_point(tmp_path):
    path = tmp_path / "mine.toml"
    numbers = {"cpp": "1e16", "mmp": "999999999999999.0", "m2_pitch": "40.5", "tracks": "6"}
    written = ["cpp = 1e+16", "mmp = 999999999999999", "m2_pitch = 40.5", "tracks = 6"]
    lines = [f'{key} = {{ value = {value}, unit = "{"tracks" if key == "tracks" else "nm"}", kind = "measured" }}'
             for key, value in numbers.items()]  # fmt: skip
    path.write_text(
        'schema = 1\n[node."x-n9"]\nfoundry = "X"\nname = "N9"\nclass = "logic"\n' + "\n".join(lines), encoding="utf-8"
    )
    mine = load_catalogue(path)
    text = nodes_toml([mine.node("x-n9")], mine)
    for line in written:
        key, _, value = line.partition(" = ")
        assert f"\n{key} = {{ value = {value}, " in text
    path.write_text(text, encoding="utf-8")
    assert load_catalogue(path).node("x-n9").figures == mine.node("x-n9").figures


def test_a_source_of_ones_own_is_written_with_all_that_is_known_of_it(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        'schema = 1\n[source.lab]\ntitle = "Lots"\npublisher = "us"\nyear = 2025\naddress = "https://example.org/"\n'
        'read = "whole"\nverified = true\n[source.short]\ntitle = "A note"\n[node."tsmc-n5"]\n'
        'cpp = { value = 51, unit = "nm", kind = "measured", source = "lab" }\n'
        'd0 = { value = 0.1, low = 0.09, high = 0.2, unit = "per_cm2", kind = "measured", source = "short" }\n',
        encoding="utf-8",
    )
    mine = load_catalogue(path)
    text = nodes_toml([mine.node("tsmc-n5")], mine)
    assert text.count("[source.") == 2  # the built-in ones are known anyway
    assert text.endswith('[source."short"]\ntitle = "A note"\n')  # nothing else is known of it
    path.write_text(text, encoding="utf-8")
    for name in ("lab", "short"):
        assert load_catalogue(path).source(name) == mine.source(name)


def test_aliases_and_stand_ins_of_a_node_of_ones_own_go_round(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        'schema = 1\n[node."x-n9"]\nfoundry = "X"\nname = "N9"\nclass = "logic"\naliases = ["Nine", "9FF"]\n'
        'peer = "tsmc-n5"\nwafer_note = "told"\nmmp = { value = 40, unit = "nm", kind = "measured" }\n'
        '[node."x-n9".assumed]\ncpp = { value = 57, unit = "nm", kind = "assumed" }\n'
        'tracks = [{ value = 6, unit = "tracks", kind = "assumed" }, '
        '{ value = 7, unit = "tracks", kind = "assumed" }]\n'
        '[node."x-n8"]\nfoundry = "X"\nname = "N8"\nclass = "logic"\n',
        encoding="utf-8",
    )
    mine = load_catalogue(path)
    text = nodes_toml([mine.node("x-n9"), mine.node("x-n8")], mine)
    assert text.count("\naliases = ") == 1
    assert text.count(".assumed]") == 1
    assert text.index("mmp = ") < text.index(".assumed]") < text.index("cpp = ")
    path.write_text(text, encoding="utf-8")
    for name in ("x-n9", "x-n8"):
        assert load_catalogue(path).node(name) == mine.node(name)
