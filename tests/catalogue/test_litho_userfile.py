"""A user's tools, parameters and stacks: what they add, what they replace, and every way in which they can be wrong."""

import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nodecalc_seeds
from nodecalc.catalogue import Layer, load_catalogue, load_stack
from nodecalc.catalogue.schema import Checker
from nodecalc.catalogue.stackfile import read_stack
from nodecalc.errors import CatalogueError
from nodecalc.wafers.rule import node_stack

LAYER = 'name = "M1"\nfeature = "line"\nscheme = "sadp"\ntool = "arfi"\n'
NEW_TOOL = """
[tool.ldp]
name = "A source of another kind"
wavelength_nm = 13.5
numerical_aperture = 0.33
scanner_price_usd = 150e6
track_price_usd = 0
throughput_wph = 71
availability = 0.5
tool_utilisation = 0.85
consumables_usd = 8
fixed_usd_per_year = 3e6
single_pitch_nm = 30
"""


@pytest.fixture
def write(tmp_path):
    def write(text: str, schema: str = "schema = 1\n") -> Path:
        path = tmp_path / "my.toml"
        path.write_text(schema + text, encoding="utf-8")
        return path

    return write


def stack_of(layer: str, id_: str = "tsmc-n5") -> str:
    return f'[[stack."{id_}"]]\n{layer}'


WRONG = [
    ("unknown top-level key", "tools = 1", ["top level: unknown key 'tools'; nearest: tool"]),
    ("section no table", "tool = 3", ["tool: is a number; must be a table"]),
    ("model no table", "model = 3", ["model: is a number; must be a table"]),
    ("tool no table", "[tool]\narfi = 3", ["[tool.arfi]: is a number; must be a table"]),
    ("tool id with a hyphen", "[tool.arf-i]\nk1 = 1", ["[tool]: bad id 'arf-i'", "nearest: arfi"]),
    ("tool id in capitals", "[tool.ArFi]\nk1 = 1", ["bad id 'ArFi'", "lower case letters and digits"]),
    ("unknown field", "[tool.arfi]\nscanner_price = 1",
     ["[tool.arfi]: unknown field 'scanner_price'; nearest: scanner_price_usd"]),
    ("field of the model", "[tool.arfi]\nsubstrate_usd = 1", ["[tool.arfi]: unknown field 'substrate_usd'"]),
    ("unknown parameter", "[model]\nphi = 1", ["[model]: unknown field 'phi'"]),
    ("text for number", '[model]\nsubstrate_usd = "x"',
     ["[model] substrate_usd: is a text; must be a number in USD"]),
    ("negative amount", "[model]\nsubstrate_usd = -1", ["substrate_usd: -1 is not allowed; must be 0 or more"]),
    ("negative low", '[model]\nsubstrate_usd = { value = 1, low = -1, high = 2, unit = "USD", kind = "reported" }',
     ["substrate_usd low: -1 is not allowed; must be 0 or more"]),
    ("zero throughput", "[tool.arfi]\nthroughput_wph = 0", ["throughput_wph: 0 is not allowed; must be above 0"]),
    ("share above one", "[tool.arfi]\navailability = 1.1", ["availability: 1.1 is not allowed; must be at most 1"]),
    ("phi above one", "[model]\nextra_mask_carry = 2", ["extra_mask_carry: 2 is not allowed; must be at most 1"]),
    ("nan", "[model]\nsubstrate_usd = nan", ["substrate_usd: nan is not allowed; must be a finite number"]),
    ("wrong unit", '[tool.arfi]\nscanner_price_usd = { value = 60, unit = "MUSD", kind = "reported" }',
     ["scanner_price_usd: unit 'MUSD' does not fit; allowed: USD"]),
    ("unknown source", '[model]\nsubstrate_usd = { value = 1, unit = "USD", kind = "reported", source = "cset" }',
     ["substrate_usd: unknown source 'cset'; nearest: cset_2020"]),
    ("new tool without its figures", "[tool.ldp]\nwavelength_nm = 13.5",
     ["[tool.ldp]: new tool without numerical_aperture, scanner_price_usd", "for a tool that exists, use its id"]),
    ("tool name no text", "[tool.arfi]\nname = 1", ["[tool.arfi] name: is a number; must be a text"]),
    ("stack no list", '[stack]\n"tsmc-n5" = 1', ['[[stack."tsmc-n5"]]: is a number; must be a list of layers']),
    ("stack one table", '[stack."tsmc-n5"]\nname = "x"', ['[[stack."tsmc-n5"]]: is a table; must be a list of layers']),
    ("empty stack", '[stack]\n"tsmc-n5" = []', ['[[stack."tsmc-n5"]]: is an empty list']),
    ("stack of an unknown node", stack_of(LAYER, "tsmc-n55"),
     ["[[stack]]: bad id 'tsmc-n55': unknown node 'tsmc-n55'; nearest: tsmc-n5"]),
    ("stack without an unknown tool", stack_of(LAYER, "tsmc-n5-without-euw"),
     ["unknown tool 'euw' after '-without-'; nearest: euv"]),
    ("stack without nothing", stack_of(LAYER, "tsmc-n5-without-"), ["bad id 'tsmc-n5-without-'"]),
    ("layer no table", '[stack]\n"tsmc-n5" = [1]', ['[[stack."tsmc-n5"]] 1: is a number; must be a table']),
    ("layer without tool", stack_of('name = "M1"\nfeature = "line"\nscheme = "se"'),
     ['[[stack."tsmc-n5"]] 1: layer without tool']),
    ("unknown key of a layer", stack_of(LAYER + "pitch = 40"),
     ['[[stack."tsmc-n5"]] 1: unknown key \'pitch\'; nearest: pitch_nm']),
    ("unknown scheme", stack_of(LAYER.replace("sadp", "sapd")),
     ['[[stack."tsmc-n5"]] 1 (M1): unknown scheme \'sapd\'; nearest: saqp, sadp']),
    ("unknown tool", stack_of(LAYER.replace("arfi", "arfx")), ["(M1): unknown tool 'arfx'; nearest: arf"]),
    ("unknown feature", stack_of(LAYER.replace('"line"', '"lines"')), ["(M1): unknown feature 'lines'; nearest: line"]),
    ("scheme no text", stack_of(LAYER.replace('"sadp"', "2")), ["(M1) scheme: is a number; must be a text"]),
    ("count zero", stack_of(LAYER + "count = 0"), ["(M1) count: 0 is not allowed; must be a whole number, 1 to 1000"]),
    ("count broken", stack_of(LAYER + "count = 1.5"), ["(M1) count: is 1.5; must be a whole number"]),
    ("count true", stack_of(LAYER + "count = true"), ["(M1) count: is a true/false value; must be a whole number"]),
    ("pitch zero", stack_of(LAYER + "pitch_nm = 0"), ["(M1) pitch_nm: 0 is not allowed; must be above 0"]),
    ("pitch infinite", stack_of(LAYER + "pitch_nm = inf"), ["(M1) pitch_nm: inf is not allowed; must be a finite"]),
    ("pitch a text", stack_of(LAYER + 'pitch_nm = "40"'), ["(M1) pitch_nm: is a text; must be a number in nm"]),
    ("cuts without a tool", stack_of(LAYER + "cuts = 1"), ["(M1): cuts without cut_tool; allowed: iline, krf"]),
    ("cut tool without cuts", stack_of(LAYER + 'cut_tool = "euv"'), ["(M1): cut_tool without cuts"]),
    ("unknown cut tool", stack_of(LAYER + 'cuts = 1\ncut_tool = "eub"'), ["(M1): unknown tool 'eub'; nearest: euv"]),
    ("negative cuts", stack_of(LAYER + "cuts = -1"), ["(M1) cuts: -1 is not allowed; must be a whole number, 0 to"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_a_wrong_file_is_refused_in_one_line_that_says_where_and_what(write, text, expected):
    path = write(text)
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    for part in expected:
        assert part in message
    assert message.isprintable()
    assert len(message) - len(str(path)) < 400


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "no schema; write 'schema = 1' at the top"),
        (b"schema = 2", "unknown schema 2; known: 1"),
        (b"schema = true", "unknown schema a true/false value; known: 1"),
        (b"schema = 1\n[tool\n", "not TOML: Expected ']' at the end of a table declaration (at line 2, column 6)"),
        (b"schema = 1\nx = \xff\n", "not TOML: byte 15 is not UTF-8"),
        (b"schema = " + 5000 * b"1", "not TOML: a number with too many digits"),
        (b"schema = 1\nx = " + 100_000 * b"[", "not a catalogue: lists or tables nested too deep"),
    ],
)
def test_a_file_that_is_no_catalogue_is_refused(tmp_path, content, expected):
    path = tmp_path / "my.toml"
    path.write_bytes(content)
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(path)
    assert str(caught.value) == f"{path}: {expected}"


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(CatalogueError, match=r"none\.toml: no such file; give the path of a TOML catalogue file$"):
        load_catalogue(tmp_path / "none.toml")
    with pytest.raises(CatalogueError, match=r"none\.toml: no such file; give the path of a TOML stack file$"):
        load_stack(tmp_path / "none.toml")
    with pytest.raises(CatalogueError, match=r"a folder; give the path of a file$"):
        load_stack(tmp_path)
    with pytest.raises(CatalogueError) as caught:
        load_catalogue("a\0b\nc")
    assert str(caught.value).isprintable()


@given(st.text(max_size=60))
def test_any_text_is_a_file_or_a_one_line_error(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("any") / "my.toml"
    path.write_bytes(("schema = 1\n" + text).encode("utf-8", "surrogatepass"))
    for load in (load_catalogue, load_stack):
        message = ""
        try:
            load(path)
        except CatalogueError as error:
            message = str(error)
        assert message.isprintable()


# What a file changes


def test_a_bare_number_replaces_all_alternatives_of_the_field_and_nothing_else(write):
    mine, built_in = load_catalogue(write("[tool.arfi]\nthroughput_wph = 300\n")), load_catalogue()
    (figure,) = mine.tools["arfi"].figures["throughput_wph"]
    assert (figure.value, figure.unit, figure.kind, figure.source) == (300, "1/h", "reported", "user")
    assert mine.tools["arfi"].range("throughput_wph")[:3] == pytest.approx((300 / 1.45, 300.0, 435.0))
    assert mine.replaced == ["arfi.throughput_wph: 275 -> 300 (my.toml)"]
    assert mine.tools["arfi"].origin == "built-in, my.toml"
    assert {k: v for k, v in mine.tools.items() if k != "arfi"} == {
        k: v for k, v in built_in.tools.items() if k != "arfi"
    }
    assert dict(mine.model) == dict(built_in.model)
    assert mine.stack_ids == built_in.stack_ids
    assert built_in.tools["arfi"].value("throughput_wph") == 275


def test_a_wavelength_of_the_user_is_the_tools_own(write):
    tool = load_catalogue(write("[tool.arfi]\nwavelength_nm = 13.5\n")).tools["arfi"]
    assert tool.wavelength_nm == 13.5
    assert tool.is_euv


def test_a_parameter_with_range_and_source_keeps_every_key(write):
    text = """
[source.lab]
title = "Our own lab"

[model]
extra_mask_carry = { value = 0, low = 0, high = 0.5, unit = "", kind = "estimated", source = "lab", note = "x" }
service_fraction = 0
"""
    mine = load_catalogue(write(text))
    assert mine.parameter_range("extra_mask_carry") == (0.0, 0.0, 0.5, "source's range")
    assert mine.model["extra_mask_carry"][0].source == "lab"
    assert mine.parameter("service_fraction") == 0.0
    assert mine.replaced == [
        "source lab: added (my.toml)",
        "model.extra_mask_carry: 0.1 -> 0 (my.toml)",
        "model.service_fraction: 0.06 (assumed) -> 0 (my.toml)",
    ]
    assert mine.source("user").title.startswith("Given in ")


def test_a_factor_on_an_assumed_share_stays_within_one(write):
    text = '[tool.arfi]\navailability = { value = 0.9, unit = "", kind = "assumed" }\n'
    found = load_catalogue(write(text)).tools["arfi"].range("availability")
    assert found[:3] == pytest.approx((0.9 / 1.75, 0.9, 1.0))
    assert found.basis == "a factor 1.75 each way for assumed, at most 1"


def test_a_new_tool_is_there_like_a_built_in_one_and_a_stack_may_use_it(write):
    mine = load_catalogue(write(NEW_TOOL + stack_of(LAYER.replace("arfi", "ldp"), "smic-n+3")))
    tool = mine.tool("LDP")
    assert (tool.id, tool.name, tool.is_euv, tool.origin) == ("ldp", "A source of another kind", True, "my.toml")
    assert tool.value("track_price_usd") == 0.0
    assert [layer.tool for layer in mine.stack("smic-n+3").layers] == ["ldp"]
    assert mine.replaced == ["ldp: new tool (my.toml)", "stack smic-n+3: added (my.toml)"]
    assert load_catalogue().stack("smic-n+3") is None


def test_a_stack_of_a_node_of_the_same_file_and_of_one_without_a_tool(write):
    text = '[node."acme-2"]\nfoundry = "Acme"\nname = "A2"\nclass = "logic"\n'
    mine = load_catalogue(write(text + stack_of(LAYER, "acme-2") + stack_of(LAYER, "acme-2-without-euv-hna")))
    assert mine.stack_ids[-2:] == ("acme-2", "acme-2-without-euv-hna")
    stack = mine.stack("acme-2", ["hna", "euv"])
    assert (stack.without, stack.kind, stack.origin) == (("euv", "hna"), "reported", "my.toml")
    assert mine.replaced == [
        "acme-2: new node (my.toml)",
        "stack acme-2: added (my.toml)",
        "stack acme-2-without-euv-hna: added (my.toml)",
    ]


def test_one_file_holds_nodes_products_sources_tools_model_and_stacks(write):
    text = """
[source.lab]
title = "Our own lab"
[node."acme-2"]
foundry = "Acme"
name = "A2"
class = "logic"
peer = "tsmc-n5"
wafer_note = "told by Acme"
d0 = 0.2
[product.x]
name = "X"
vendor = "V"
node = "acme-2"
[model]
substrate_usd = 150
"""
    mine = load_catalogue(write(text + NEW_TOOL + stack_of(LAYER.replace("arfi", "ldp"), "acme-2")))
    for catalogue in (mine, pickle.loads(pickle.dumps(mine))):
        node = catalogue.node("acme 2")
        assert (node.peer, node.wafer_note, node.evidence[0].value) == ("tsmc-n5", "told by Acme", 0.2)
        assert catalogue.product("x").node == "acme-2"
        assert catalogue.source("lab").title == "Our own lab"
        assert catalogue.tools["ldp"].is_euv
        assert catalogue.tools["arfi"] == load_catalogue().tools["arfi"]
        assert catalogue.parameter("substrate_usd") == 150.0
        assert catalogue.stack("acme-2").layers[0].tool == "ldp"
        assert catalogue.replaced == mine.replaced
        assert catalogue.path == mine.path
    assert len(mine.replaced) == 6


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[node."tsmc-n5"]\npeer = "tsmc-n55"', "[node.\"tsmc-n5\"]: unknown node 'tsmc-n55'; nearest: tsmc-n5"),
        ('[node."tsmc-n5"]\npeer = 1', '[node."tsmc-n5"] peer: is a number; must be a text'),
        ('[node."tsmc-n5"]\nwafer_note = 1', '[node."tsmc-n5"] wafer_note: is a number; must be a text'),
    ],
)
def test_a_wrong_peer_or_note_is_refused_in_one_line(write, text, expected):
    path = write(text)
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(path)
    assert str(caught.value).startswith(f"{path}: {expected}")


def test_the_built_in_files_can_be_copied_into_a_users_file(write):
    def body(name):
        lines = nodecalc_seeds.read(name).splitlines()
        return "\n".join(line for line in lines if not line.startswith(("schema", "version")))

    tools = body("litho.toml").partition("[relative_cost]")[0].replace("\n[anchor]\n", "\n")
    nodes = body("geometry.toml").replace("[geometry.", "[node.")
    mine, built_in = load_catalogue(write(tools + nodes)), load_catalogue()
    assert dict(mine.model) == dict(built_in.model)
    for id_, tool in mine.tools.items():
        assert dict(tool.figures) == dict(built_in.tools[id_].figures)
    for id_ in ("tsmc-n5", "smic-n+3"):
        assert node_stack(id_, mine).layers == node_stack(id_, built_in).layers


def test_parameters_of_version_0_1_are_read_and_said_to_be_replaced(write):
    text = "[model]\neuv_overhead_s = 12\nduv_mask_usd = 1e5\nsubstrate_usd = 130\n"
    text += "[tool.arfi]\nk1 = 0.3\nle3_pitch_nm = 40\n"
    mine = load_catalogue(write(text))
    assert mine.parameter("substrate_usd") == 130
    assert "euv_overhead_s" not in mine.model
    said = " ".join(mine.replaced)
    assert "model.euv_overhead_s: of version 0.1 and not used" in said
    assert "arfi_mask_usd" in said
    assert mine.tools["arfi"].figures == load_catalogue().tools["arfi"].figures
    for field in ("k1", "le3_pitch_nm"):
        assert f"tool.arfi.{field}: of version 0.1 and not used" in said


def test_the_hand_written_stacks_of_version_0_1_read_as_a_users(write):
    text = (Path(__file__).parents[1] / "golden" / "stacks_by_hand.toml").read_text().partition("[stack]")[2]
    mine = load_catalogue(write("[stack]" + text))
    assert mine.stack_ids == ("tsmc-n16", "tsmc-n7", "tsmc-n5", "tsmc-n5-without-euv", "smic-n+2", "smic-n+3")
    assert mine.stack("tsmc-n5", ["euv"]).id == "tsmc-n5-without-euv"
    assert node_stack("tsmc-n5", mine) == mine.stack("tsmc-n5")


# A stack file


def test_a_stack_file_is_read_with_its_defaults(write):
    text = f"""
name = "Mine"

[[layer]]
{LAYER}
[[layer]]
name = "V1"
feature = "via"
count = 3
scheme = "le2"
tool = "arfi"
pitch_nm = 57
cuts = 2
cut_tool = "euv"
"""
    for schema in ("", "schema = 1\n"):
        stack = load_stack(write(text, schema))
        assert stack[:4] == ("Mine", "", (), "reported")
        assert stack.origin == "my.toml"
        assert stack.layers == (
            Layer("M1", "line", 1, "sadp", "arfi", None, 0, ""),
            Layer("V1", "via", 3, "le2", "arfi", 57.0, 2, "euv"),
        )


def test_a_stack_file_without_a_name_is_called_by_the_file(write):
    assert load_stack(write(f"[[layer]]\n{LAYER}")).id == "my"


def test_a_stack_file_may_use_the_users_own_tools(write, tmp_path):
    mine = load_catalogue(write(NEW_TOOL))
    path = tmp_path / "stack.toml"
    path.write_text("[[layer]]\n" + LAYER.replace("arfi", "ldp"), encoding="utf-8")
    assert load_stack(path, mine).layers[0].tool == "ldp"
    with pytest.raises(CatalogueError, match="unknown tool 'ldp'"):
        load_stack(path)


def test_a_stack_file_may_hold_one_stack_as_a_catalogue_file_does(write):
    text = f'[[stack."tsmc-n5-without-euv"]]\n{LAYER}\n[[stack."tsmc-n5-without-euv"]]\n{LAYER}count = 3\n'
    for schema in ("", "schema = 1\n"):
        stack = load_stack(write(text, schema))
        assert stack[:4] == ("tsmc-n5-without-euv", "tsmc-n5", ("euv",), "reported")
        assert [layer.count for layer in stack.layers] == [1, 3]
        assert stack.origin == "my.toml"
        assert stack.layers == load_catalogue(write(text)).stack("tsmc-n5", ["euv"]).layers
    assert load_stack(write(text, 'name = "Mine"\n')).id == "Mine"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"[[layer]]\n{LAYER}" + stack_of(LAYER), "[[layer]] and [[stack]]: two stacks; give one of them"),
        (stack_of(LAYER) + stack_of(LAYER, "tsmc-n7"), "[[stack]]: 2 stacks (tsmc-n5, tsmc-n7); must be one"),
        ("[stack]", "[[stack]]: 0 stacks (none); must be one"),
        ("stack = 1", "stack: is a number; must be a table"),
        (stack_of(LAYER, "tsmc-n55"), "[[stack]]: bad id 'tsmc-n55': unknown node 'tsmc-n55'"),
        ("", "no layer; write a [[layer]] table for each"),
        ("layer = 1", "[[layer]]: is a number; must be a list of layers"),
        ("layers = []", "top level: unknown key 'layers'; nearest: layer"),
        ("name = 1", "name: is a number; must be a text"),
        ("schema = 3", "unknown schema 3; known: 1"),
        ("[[layer]]\nname = 1", "[[layer]] 1: layer without feature, scheme, tool"),
        (f"[[layer]]\n{LAYER}\n[[layer]]\n{LAYER}count = 1001", "[[layer]] 2 (M1) count: 1001 is not allowed"),
    ],
)
def test_a_wrong_stack_file_is_refused_in_one_line(write, text, expected):
    path = write(text, "")
    with pytest.raises(CatalogueError) as caught:
        load_stack(path)
    assert str(caught.value).startswith(f"{path}: {expected}")
    assert str(caught.value).isprintable()


def test_a_stack_may_do_without_every_tool_that_is_known():
    layer = {"name": "M1", "feature": "line", "scheme": "se", "tool": "arfi"}
    found = read_stack(Checker("my.toml", ()), "acme-1-without-arfi", [layer], ("arfi",), ("acme-1",), "")
    assert (found.node, found.without) == ("acme-1", ("arfi",))


def test_a_variant_has_its_parents_stack_and_a_node_that_is_none_has_its_own_alone(write):
    mine = load_catalogue(write(stack_of(LAYER) + stack_of(LAYER, "tsmc-n5-without-euv")))
    assert mine.stack("tsmc-n5p") is mine.stack("tsmc-n5")
    assert mine.stack("tsmc-n5p", ["euv"]) is mine.stack("tsmc-n5", ["euv"])
    assert mine.stack("tsmc-n5").without == ()
    assert mine.stack("tsmc-n5", ["hna"]) is mine.stack("tsmc-n7") is mine.stack("no-such") is None
    both = load_catalogue(write(stack_of(LAYER) + stack_of(LAYER + "count = 2", "tsmc-n5p")))
    assert [both.stack(node).layers[0].count for node in ("tsmc-n5", "tsmc-n5p")] == [1, 2]


def test_what_the_model_is_set_against_is_no_matter_of_a_users_file(write):
    mine, built_in = load_catalogue(write("[model]\nsubstrate_usd = 130\n")), load_catalogue()
    assert mine.published is built_in.published
    assert mine.relative_cost is built_in.relative_cost
    assert (mine.reference_node, mine.model_year) == (built_in.reference_node, built_in.model_year)


@pytest.mark.parametrize(("wavelength", "is_euv"), [("6.7", True), ("19.99", True), ("20", False), ("126", False)])
def test_wavelengths_under_20_nm_are_euv(write, wavelength, is_euv):
    assert load_catalogue(write(f"[tool.arfi]\nwavelength_nm = {wavelength}\n")).tools["arfi"].is_euv is is_euv


def test_a_tool_is_called_as_the_file_says_and_a_new_one_without_a_name_by_its_id(write):
    mine = load_catalogue(write('[tool.arfi]\nname = "Ours"\n' + NEW_TOOL.replace('name = "A source', '# "A source')))
    assert (mine.tools["arfi"].name, mine.tools["ldp"].name) == ("Ours", "ldp")
    built_in = load_catalogue().tools["arfi"].name
    assert mine.replaced == [f'arfi.name: "{built_in}" -> "Ours" (my.toml)', "ldp: new tool (my.toml)"]
    assert load_catalogue(write("[tool.arfi]\nthroughput_wph = 300\n")).tools["arfi"].name == built_in
