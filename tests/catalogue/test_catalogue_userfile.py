"""A user's catalogue file: what it adds, what it replaces, and every way in which it can be wrong."""

from math import inf, nextafter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodecalc.catalogue import Catalogue, load_catalogue
from nodecalc.catalogue.schema import hint
from nodecalc.catalogue.template import nodes_toml
from nodecalc.errors import CatalogueError, UnknownNameError
from nodecalc.question.figures import used_figure
from nodecalc.question.market import Market

FULL = '{ value = 0.07, unit = "per_cm2", kind = "measured" }'


@pytest.fixture
def write(tmp_path):
    def write(text: str, schema: str = "schema = 1\n") -> Path:
        path = tmp_path / "my.toml"
        path.write_text(schema + text, encoding="utf-8")
        return path

    return write


def node_with(figure: str, field: str = "d0") -> str:
    return f'[node."tsmc-n5"]\n{field} = {figure}\n'


# What is wrong, the text below "schema = 1", and what the line must say.
WRONG = [
    ("unknown top-level key", "nodes = 1", ["top level: unknown key 'nodes'", "nearest: node"]),
    ("section no table", "node = 3", ["node: is a number; must be a table"]),
    ("node no table", '[node]\n"tsmc-n5" = 3', ['[node."tsmc-n5"]: is a number; must be a table']),
    ("version no text", "version = 3", ["version: is a number; must be a text"]),
    ("unknown field", node_with("1", "d_0"), ['[node."tsmc-n5"]: unknown field \'d_0\'', "nearest: d0"]),
    ("field of a product", node_with("1", "die_area"), ["unknown field 'die_area'", "nearest: die_area_"]),
    ("misspelt text", '[node."tsmc-n5"]\nfoundri = "x"', ["unknown field 'foundri'; nearest: foundry"]),
    ("quite unknown field", node_with("1", "xyzzy"), ["unknown field 'xyzzy'; 78 are known, ", "d0", "wafer_price"]),
    ("unknown key", node_with('{ value = 1, unit = "per_cm2", kind = "measured", sauce = "x" }'),
     ['[node."tsmc-n5"] d0: unknown key \'sauce\'; nearest: source']),
    ("text for number", node_with('"low"'), ['[node."tsmc-n5"] d0: is a text; must be a number in per_cm2']),
    ("truth for number", node_with("true"), ["d0: is a true/false value; must be a number in per_cm2"]),
    ("date for number", node_with("2025-01-01"), ["d0: is a date or time; must be a number in per_cm2"]),
    ("text value for number", node_with('{ value = "x", unit = "per_cm2", kind = "measured" }'),
     ["d0: is a text; must be a number in per_cm2"]),
    ("number for text", node_with("3", "diffusion_break"), ["diffusion_break: is a number; must be a text"]),
    ("word not allowed", node_with('"triple"', "diffusion_break"),
     ["diffusion_break: 'triple' is not allowed; allowed: single, double"]),
    ("line break in text", node_with('"a\\nb"', "litho"), ["litho: holds a line break", "on one line"]),
    ("empty text", node_with('""', "litho"), ["litho: is empty"]),
    ("wrong unit", node_with('{ value = 0.4, unit = "per_in2", kind = "measured" }'),
     ["d0: unit 'per_in2' does not fit; allowed: per_cm2"]),
    ("unit on a text", node_with('{ value = "x", unit = "nm", kind = "measured" }', "litho"),
     ["litho: unit 'nm' does not fit; allowed: \"\" (none)"]),
    ("mixed units", node_with('[{ value = 30, unit = "Mib/mm2", kind = "measured" }, '
                              '{ value = 30, unit = "Mb/mm2", kind = "measured" }]', "sram_macro"),
     ["sram_macro: figures in different units (Mib/mm2, Mb/mm2); must be one unit"]),
    ("no value", node_with('{ unit = "per_cm2", kind = "measured" }'), ["d0: figure without value; must be a number"]),
    ("no unit", node_with('{ value = 1, kind = "measured" }'), ["d0: figure without unit; must be one of: per_cm2"]),
    ("no kind", node_with('{ value = 1, unit = "per_cm2" }'),
     ["d0: figure without kind; must be one of: measured, disclosed, reported, estimated, assumed"]),
    ("unknown kind", node_with('{ value = 1, unit = "per_cm2", kind = "guessed" }'),
     ["d0: unknown kind 'guessed'; allowed: measured, disclosed, reported, estimated, assumed"]),
    ("kind no text", node_with('{ value = 1, unit = "per_cm2", kind = 3 }'), ["d0 kind: is a number; must be a text"]),
    ("unknown source", node_with('{ value = 1, unit = "per_cm2", kind = "measured", source = "cset_2021" }'),
     ["d0: unknown source 'cset_2021'; nearest: cset_2020"]),
    ("low above value", node_with('{ value = 1, low = 2, high = 3, unit = "per_cm2", kind = "measured" }'),
     ["d0: low 2 is above the value 1; must be low <= value <= high"]),
    ("high below value", node_with('{ value = 1, low = 0.5, high = 0.7, unit = "per_cm2", kind = "measured" }'),
     ["d0: high 0.7 is below the value 1; must be low <= value <= high"]),
    ("low alone", node_with('{ value = 1, low = 0.5, unit = "per_cm2", kind = "measured" }'),
     ["d0: low alone; give both low and high"]),
    ("text with range", node_with('{ value = "x", low = 1, high = 2, unit = "", kind = "measured" }', "litho"),
     ["litho: a text with low; only numbers have a range"]),
    ("low zero", node_with('{ value = 1, low = 0, high = 2, unit = "per_cm2", kind = "measured" }'),
     ["d0 low: 0 is not allowed; must be above 0"]),
    ("low nan", node_with('{ value = 1, low = nan, high = 2, unit = "per_cm2", kind = "measured" }'),
     ["d0 low: nan is not allowed; must be a finite number"]),
    ("nan", node_with("nan"), ["d0: nan is not allowed; must be a finite number"]),
    ("infinite", node_with("inf"), ["d0: inf is not allowed; must be a finite number"]),
    ("beyond floats", node_with("1" + 400 * "0"), ["d0: 1000", "... is not allowed; must be a finite number"]),
    ("negative", node_with("-0.1"), ["d0: -0.1 is not allowed; must be above 0"]),
    ("zero", node_with("0", "wafer_price"), ["wafer_price: 0 is not allowed; must be above 0"]),
    ("negative count", node_with("-1", "euv_layers"),
     ["euv_layers: -1 is not allowed; must be a whole number, 0 or more"]),
    ("broken count", node_with("1.5", "euv_layers"), ["euv_layers: 1.5 is not allowed; must be a whole number"]),
    ("beyond percent", node_with("101", "yield_report"), ["yield_report: 101 is not allowed; must be at most 100"]),
    ("two preferred", node_with('[{ value = 1, unit = "per_cm2", kind = "measured", prefer = true }, '
                                '{ value = 2, unit = "per_cm2", kind = "measured", prefer = true }]'),
     ["d0: prefer = true on more than one figure; allowed: one"]),
    ("empty list", node_with("[]"), ["d0: is an empty list; must hold at least one figure"]),
    ("prefer no truth", node_with('{ value = 1, unit = "per_cm2", kind = "measured", prefer = 1 }'),
     ["d0 prefer: is a number; must be true or false"]),
    ("year a text", node_with('{ value = 1, unit = "per_cm2", kind = "measured", year = "2025" }'),
     ["d0 year: is a text; must be a whole year such as 2025"]),
    ("year a broken number", node_with('{ value = 1, unit = "per_cm2", kind = "measured", year = 2025.5 }'),
     ["d0 year: is a number; must be a whole year such as 2025"]),
    ("year far off", node_with('{ value = 1, unit = "per_cm2", kind = "measured", year = 25 }'),
     ["d0 year: 25 is no year; must be within 1947 to 2100"]),
    ("year field far off", node_with("20255", "volume_year"), ["volume_year: 20255 is no year"]),
    ("new node without foundry", '[node."my-5"]\nname = "5"\nclass = "logic"\nd0 = 0.1',
     ['[node."my-5"]: new node without foundry']),
    ("new node by a short name", '[node.n5]\nd0 = 0.1',
     ['[node."n5"]: new node without foundry, name, class', "for a node that exists, use its id"]),
    ("id in capitals", '[node."TSMC-N5"]\nd0 = 0.1', ["bad id 'TSMC-N5'", "lower case", "nearest: tsmc-n5"]),
    ("id as a path", '[node."../x"]\nd0 = 0.1', ["[node]: bad id '../x'"]),
    ("unknown class", '[node."my-5"]\nfoundry = "F"\nname = "5"\nclass = "flash"',
     ['[node."my-5"]: unknown class \'flash\'; allowed: logic, dram, nand']),
    ("aliases no list", '[node."tsmc-n5"]\naliases = "x"',
     ['[node."tsmc-n5"] aliases: is a text; must be a list of texts']),
    ("alias no text", '[node."tsmc-n5"]\naliases = [1]', ['[node."tsmc-n5"] aliases: is a number; must be a text']),
    ("stand-in of another kind", f'[node."tsmc-a16".assumed]\nd0 = {FULL}',
     ['[node."tsmc-a16".assumed] d0: kind \'measured\' among stand-ins; must be assumed']),
    ("product with unknown node", '[product."my-chip"]\nname = "C"\nvendor = "V"\nnode = "tsmc-n55"',
     ['[product."my-chip"]: unknown node \'tsmc-n55\'; nearest: tsmc-n5']),
    ("product without vendor", '[product."my-chip"]\nname = "C"', ['[product."my-chip"]: new product without vendor']),
    ("product with unknown field", '[product."apple-m1"]\ndie_are = 1',
     ['[product."apple-m1"]: unknown field \'die_are\'']),
    ("product no table", "[product]\nx = 1", ['[product."x"]: is a number; must be a table']),
    ("source without title", '[source.mine]\nyear = 2025', ["[source.mine]: source without title"]),
    ("source with unknown key", '[source.mine]\ntitle = "t"\nurl = "u"',
     ["[source.mine]: unknown key 'url'", "address"]),
    ("source with bad year", '[source.mine]\ntitle = "t"\nyear = 1', ["[source.mine] year: 1 is no year"]),
    ("source flag", '[source.mine]\ntitle = "t"\nverified = "yes"', ["[source.mine] verified: is a text"]),
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
        (b'schema = "1"', "unknown schema 1; known: 1"),
        (b"schema = true", "unknown schema a true/false value; known: 1"),
        (b"schema = 1\n[node\n", "not TOML: Expected ']' at the end of a table declaration (at line 2, column 6)"),
        (b"schema = 1\nschema = 1\n", "not TOML: Cannot overwrite a value (at line 2, column 11)"),
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
    with pytest.raises(CatalogueError, match=r"a folder; give the path of a file$"):
        load_catalogue(tmp_path)
    with pytest.raises(CatalogueError) as caught:
        load_catalogue("a\0b\nc")
    assert str(caught.value).isprintable()


@given(st.text(max_size=60))
def test_any_text_is_a_catalogue_or_a_one_line_error(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("any") / "my.toml"
    path.write_bytes(("schema = 1\n" + text).encode("utf-8", "surrogatepass"))
    message = ""
    try:
        load_catalogue(path)
    except CatalogueError as error:
        message = str(error)
    assert message.isprintable()


def test_a_bare_number_replaces_all_evidence_of_the_field_and_is_exact(write):
    catalogue = load_catalogue(write(node_with("0.07")))
    node = catalogue.node("n5")
    (piece,) = (piece for piece in node.evidence if piece.of == "d0")
    assert (piece.value, piece.states, piece.kind, piece.source, piece.exact) == (0.07, "d0", "reported", "user", True)
    used = used_figure(node, "d0_per_cm2")
    assert (used.low, used.value, used.high) == pytest.approx((0.07, 0.07, 0.07))
    assert [p for p in node.evidence if p.of != "d0"] == [p for p in Catalogue().node("n5").evidence if p.of != "d0"]
    assert catalogue.replaced == ["tsmc-n5.d0: 6 pieces of evidence -> 0.07 (my.toml)"]
    assert node.origin == "built-in, my.toml"
    assert catalogue.source("user").title.endswith("my.toml")


def test_all_that_the_user_does_not_name_stays(write):
    mine, built_in = load_catalogue(write(node_with("0.07"))), Catalogue()
    assert mine.node_ids == built_in.node_ids
    for ours, theirs in zip(mine.nodes(), built_in.nodes(), strict=True):
        if ours.id == "tsmc-n5":
            assert ours.figures == theirs.figures
            assert ours[:5] == theirs[:5]
        elif ours.variant_of == "tsmc-n5":
            assert used_figure(ours, "d0_per_cm2", Market(catalogue=mine)).value == pytest.approx(0.07)  # its parent's
            assert ours.figures.keys() == theirs.figures.keys()
        else:
            assert ours == theirs
    assert mine.products() == built_in.products()


def test_a_full_figure_keeps_every_key(write):
    text = """
[source.lab]
title = "Our own lab"
year = 2026
publisher = "us"
verified = true

[node."tsmc-n5"]
d0 = [
  { value = 0.08, low = 0.07, high = 0.1, unit = "per_cm2", kind = "measured", source = "lab", year = 2026, JOIN
    note = "lot 7", measured_by = "A", prefer = true, seen = false },
  { value = 0.2, unit = "per_cm2", kind = "estimated", source = "cset_2020", span = false },
  0.11,
]
""".replace("JOIN\n", "")  # an inline table of TOML 1.0 is one line
    catalogue = load_catalogue(write(text))
    first, second, third = (piece for piece in catalogue.node("tsmc-n5").evidence if piece.of == "d0")
    assert (first.value, first.low, first.high, first.kind, first.source) == (0.08, 0.07, 0.1, "measured", "lab")
    assert (first.year, first.note, first.verified, first.span, first.exact) == (2026, "lot 7", False, True, False)
    assert (second.source, second.span, second.year) == ("cset_2020", False, None)
    assert (third.value, third.source) == (0.11, "user")
    assert catalogue.source("lab").verified is True
    assert catalogue.source("lab").origin == "my.toml"
    assert catalogue.replaced == [
        "source lab: added (my.toml)",
        "tsmc-n5.d0: 6 pieces of evidence -> 0.08, 0.2, 0.11 (my.toml)",
    ]
    assert [source.id for source in catalogue.sources()][-2:] == ["lab", "user"]


def test_a_new_node_is_found_like_a_built_in_one(write):
    text = (
        '[node."acme-2"]\nfoundry = "Acme"\nname = "A2"\naliases = ["Two"]\nclass = "logic"\nd0 = 0.3\nlitho = "DUV"\n'
    )
    catalogue = load_catalogue(write(text))
    for name in ("acme-2", "ACME 2", "A2", "acme two"):
        assert catalogue.node(name).id == "acme-2"
    node = catalogue.node("a2")
    assert (node.foundry, node.node_class, node.origin) == ("Acme", "logic", "my.toml")
    assert node.preferred("litho").value == "DUV"
    assert catalogue.node_ids[-1] == "acme-2"
    assert catalogue.nodes()[-1] is node
    assert catalogue.replaced == ["acme-2: new node (my.toml)"]
    with pytest.raises(UnknownNameError):
        load_catalogue().node("acme-2")


def test_a_users_alias_that_another_node_has_makes_the_name_ambiguous(write):
    catalogue = load_catalogue(write('[node."smic-n+3"]\naliases = ["N5"]\n'))
    with pytest.raises(UnknownNameError, match=r"ambiguous; it can be: tsmc-n5, smic-n\+3"):
        catalogue.node("n5")
    assert catalogue.replaced == ["smic-n+3.aliases: replaced (my.toml)"]


def test_what_a_file_replaces_is_said(write):
    text = '[node."tsmc-n3e"]\nd0 = 0.09\nmmp = 24\nvolume_year = 2024\ncell_area_hp = 3\n[node."intel-4"]\nd0 = 0.2\n'
    catalogue = load_catalogue(write(text))
    assert catalogue.replaced == [
        "tsmc-n3e.d0: 2 pieces of evidence -> 0.09 (my.toml)",
        "tsmc-n3e.mmp: 23 -> 24 (my.toml)",
        "tsmc-n3e.volume_year: 2023 -> 2024 (my.toml)",
        "tsmc-n3e.cell_area_hp: added 3 (my.toml)",
        "intel-4.d0: 2 pieces of evidence -> 0.2 (my.toml)",
    ]
    assert used_figure(catalogue.node("n3e"), "d0_per_cm2").kind == "reported"


def test_a_users_stand_in_replaces_ours_but_no_published_evidence(write):
    catalogue = load_catalogue(
        write('[node."intel-3".assumed]\nd0 = 0.12\n[node."tsmc-n3e".assumed]\nwafer_price = 1\n')
    )
    used = used_figure(catalogue.node("intel-3"), "d0_per_cm2", Market(catalogue=catalogue))
    assert (used.value, used.kind, used.source) == (pytest.approx(0.12), "assumed", "user")
    assert used_figure(catalogue.node("tsmc-n3e"), "wafer_price_usd").value > 1e4
    assert catalogue.replaced == [
        "intel-3.d0: 1 pieces of evidence -> 0.12 (my.toml)",
        "tsmc-n3e.wafer_price: stand-in 1 not used, there is published evidence (my.toml)",
    ]


def test_texts_of_a_node_can_be_replaced(write):
    catalogue = load_catalogue(write('[node."tsmc-n5"]\nname = "Five"\nfoundry = "TSMC"\nclass = "logic"\n'))
    assert catalogue.node("TSMC five").id == "tsmc-n5"
    assert catalogue.replaced == ['tsmc-n5.name: "N5" -> "Five" (my.toml)']


def test_products_merge_like_nodes(write):
    text = """
[node."acme-2"]
foundry = "Acme"
name = "A2"
class = "logic"

[product."apple-m1"]
die_area = 119
node = "acme-2"

[product."acme-x"]
name = "X"
vendor = "Acme"
die_area = { value = 50, unit = "mm2", kind = "disclosed", year = 2026 }
"""
    catalogue = load_catalogue(write(text))
    assert catalogue.product("m1").preferred("die_area").value == 119
    assert catalogue.product("m1").preferred("transistors").value == 16.0
    assert catalogue.product("m1").node == "acme-2"
    new = catalogue.product("Acme X")
    assert (new.id, new.node, new.kind, new.origin) == ("acme-x", "", "", "my.toml")
    assert len(catalogue.products()) == 123
    assert catalogue.replaced == [
        "acme-2: new node (my.toml)",
        'apple-m1.node: "tsmc-n5" -> "acme-2" (my.toml)',
        "apple-m1.die_area: 120.4 -> 119 (my.toml)",
        "acme-x: new product (my.toml)",
    ]


def test_a_built_in_source_can_be_replaced(write):
    catalogue = load_catalogue(write('[source.cset_2020]\ntitle = "Mine"\n'))
    assert catalogue.source("cset_2020").title == "Mine"
    assert catalogue.replaced == ["source cset_2020: replaced (my.toml)"]
    assert len(catalogue.sources()) == len(Catalogue().sources())


def test_a_built_in_file_of_a_node_can_be_copied_into_a_users_file(write):
    import nodecalc_seeds

    text = nodecalc_seeds.read("nodes/smic-n+2.toml")
    body = "\n".join(line for line in text.splitlines() if not line.startswith(("schema", "version", "id =")))
    catalogue = load_catalogue(write('[node."smic-n+2"]\n' + body))
    assert dict(catalogue.node("smic-n+2").figures) == dict(Catalogue().node("smic-n+2").figures)


def test_a_windows_file_with_a_byte_order_mark_is_read(tmp_path):
    path = tmp_path / "my.toml"
    path.write_bytes(b'\xef\xbb\xbfschema = 1\r\n[node."tsmc-n5"]\r\nd0 = 0.07\r\n')
    assert load_catalogue(str(path)).node("tsmc-n5").evidence[-1].value == 0.07


def test_a_node_of_ones_own_may_be_a_variant_of_a_built_in_one(write):
    text = """
[node."acme-n5x"]
foundry = "Acme"
name = "N5X"
class = "logic"
variant_of = "tsmc-n5"
wafer_price = 18000
"""
    catalogue = load_catalogue(write(text))
    node, parent = catalogue.node("acme-n5x"), catalogue.node("tsmc-n5")
    market = Market(catalogue=catalogue)
    assert used_figure(node, "wafer_price_usd", market).value == pytest.approx(18000)
    own, theirs = used_figure(node, "d0_per_cm2", market), used_figure(parent, "d0_per_cm2", market)
    assert own.low <= theirs.low <= theirs.value <= own.high
    assert {w.of for w in own.weighed} == {"tsmc-n5"}
    assert "volume_year" not in node.figures
    assert catalogue.stack("acme-n5x") is catalogue.stack("tsmc-n5")
    assert "acme-n5x is a variant of tsmc-n5" in node.variant_note


def test_what_a_file_says_of_a_parent_holds_for_its_variants(write):
    catalogue = load_catalogue(write('[node."tsmc-n4"]\nd0 = 0.2\n[node."tsmc-4n"]\nwafer_price = 17000\n'))
    market = Market(catalogue=catalogue)
    for name in ("4n", "n4p", "n4"):
        assert used_figure(catalogue.node(name), "d0_per_cm2", market).value == pytest.approx(0.2)
    assert used_figure(catalogue.node("4n"), "wafer_price_usd", market).value == pytest.approx(17000)
    assert used_figure(catalogue.node("n4"), "wafer_price_usd", market).value != pytest.approx(17000)


def test_a_variant_of_no_node_is_refused(write):
    with pytest.raises(CatalogueError, match=r"unknown node 'tsmc-n55'; nearest: tsmc-n5"):
        load_catalogue(write('[node."tsmc-n5p"]\nvariant_of = "tsmc-n55"\n'))


def test_a_figure_keeps_where_it_was_read_and_what_it_is_of(write):
    text = """
[product."acme-x"]
name = "X"
vendor = "Acme"
aliases = ["Thunder 3"]
units_total = 16
units_enabled = [
  { value = 14, unit = "cores", kind = "disclosed", of = "X14", where = "table 3", prefer = true },
  { value = 12, unit = "cores", kind = "disclosed", of = "X12", span = false },
]
"""
    product = load_catalogue(write(text)).product("acme thunder 3")
    figure = product.preferred("units_enabled")
    assert (product.id, figure.value, figure.of, figure.where) == ("acme-x", 14, "X14", "table 3")
    assert product.range("units_enabled").low == 14  # another bin is no rival


PRODUCT = '[product."acme-x"]\nname = "X"\nvendor = "Acme"\n'


@pytest.mark.parametrize(("year", "fits"), [(1947, True), (2100, True), (1946, False), (2101, False)])
def test_years_are_within_both_ends(write, year, fits):
    text = node_with(f'{{ value = 1, unit = "per_cm2", kind = "measured", year = {year} }}', "cpp").replace(
        "per_cm2", "nm"
    )
    if fits:
        assert load_catalogue(write(text)).node("tsmc-n5").figures["cpp"][0].year == year
    else:
        with pytest.raises(CatalogueError, match="is no year"):
            load_catalogue(write(text))


@pytest.mark.parametrize(
    ("more", "fits"),
    [("need = 1\ntotal = 1", True), ("need = 0\ntotal = 4", False), ("need = 4\ntotal = 4", True),
     ("need = 5\ntotal = 4", False), ("need = 1\ntotal = 0", False), ("need = 1\ntotal = 100000", True),
     ("need = 1\ntotal = 100001", False), ("core_fraction = 1", True),
     ("core_fraction = 0.001", True), ("core_fraction = 0.0", False),
     ("core_fraction = 1.001", False), ("core_fraction = -0.001", False), ("low = 0.5\nhigh = 0.7", True),
     ("low = 0.6\nhigh = 0.6", True), ("low = 0.61\nhigh = 0.7", False), ("low = 0.5\nhigh = 0.59", False)],
)  # fmt: skip
def test_a_yield_of_a_file_is_within_its_limits(write, more, fits):
    text = f'[[node."tsmc-n5".evidence]]\nof = "d0"\nyield = 0.6\nkind = "reported"\ndie_area_mm2 = 100\n{more}\n'
    if fits:
        assert load_catalogue(write(text)).node("tsmc-n5").evidence[-1].value == 0.6
    else:
        with pytest.raises(CatalogueError):
            load_catalogue(write(text))


@pytest.mark.parametrize(
    ("states", "of", "ends", "more"),
    [("d0", "d0", (5e-324, 1000.0), ""), ("usd", "wafer_price", (10.0, 1e6), ""),
     ("ratio", "wafer_price", (0.01, 100.0), 'ratio_of = "tsmc-n7"\n'),
     ("die_area_mm2", "d0", (0.0025, 160000.0), "yield = 0.5\n"),
     ("wafer_mm", "wafer_price", (25.0, 450.0), "usd = 9000\n")],
)  # fmt: skip
def test_what_a_statement_says_is_within_both_ends(write, states, of, ends, more):
    def text(value):
        return f'[[node."tsmc-n5".evidence]]\nof = "{of}"\n{states} = {value!r}\nkind = "reported"\n{more}'

    for end, beyond in ((ends[0], nextafter(ends[0], -inf)), (ends[1], nextafter(ends[1], inf))):
        assert load_catalogue(write(text(end))).node("tsmc-n5").evidence
        with pytest.raises(CatalogueError):
            load_catalogue(write(text(beyond)))


def test_a_figure_without_a_unit_says_what_a_word_has(write):
    with pytest.raises(CatalogueError, match=r'litho: figure without unit; must be one of: ""$'):
        load_catalogue(write(node_with('{ value = "x", kind = "measured" }', "litho")))


def test_keys_of_64_parts_are_read_and_longer_ones_are_not(write):
    for parts, said in ((64, "unknown"), (65, "nested too deep")):
        with pytest.raises(CatalogueError, match=said):
            load_catalogue(write(f"{'.'.join(['a'] * parts)} = 1\n"))


def test_shares_of_products_end_at_the_whole(write):
    for field, unit, most in (("delivered_share", "ratio", 1), ("yield_with_bins", "percent", 100)):
        figure = f'{field} = {{ value = %s, unit = "{unit}", kind = "reported" }}\n'
        assert load_catalogue(write(PRODUCT + figure % most)).product("acme-x")
        with pytest.raises(CatalogueError, match=field):
            load_catalogue(write(PRODUCT + figure % nextafter(most, 200.0)))


def test_a_stand_in_is_used_where_nothing_else_is_stated_and_says_so(write):
    figure = '{ value = %s, unit = "nm", kind = "%s" }'
    catalogue = load_catalogue(
        write(
            f'[node."tsmc-n5"]\nm2_pitch = {figure % (31, "measured")}\n'
            f'[node."tsmc-n5".assumed]\nm2_pitch = {figure % (33, "assumed")}\ncpp = {figure % (52, "assumed")}\n'
            f'fin_pitch_text = {{ value = "tight", unit = "", kind = "assumed" }}\n'
        )
    )
    node = catalogue.node("tsmc-n5")
    assert (node.preferred("m2_pitch").value, node.preferred("cpp").value) == (
        31,
        Catalogue().node("tsmc-n5").preferred("cpp").value,
    )
    assert node.preferred("fin_pitch_text").value == "tight"
    said = [line for line in catalogue.replaced if "stand-in" in line]
    assert said == [
        "tsmc-n5.m2_pitch: stand-in 33 not used, there is a published figure (my.toml)",
        "tsmc-n5.cpp: stand-in 52 not used, there is a published figure (my.toml)",
    ]


OF_200_MM = "wafer_diameter = 200\n"


@pytest.mark.parametrize(
    ("node", "says", "wafer_mm"),
    [("tsmc-180", "", 200), ("tsmc-n5", "", 300), ("acme-1", OF_200_MM, 200), ("acme-1", "", 300),
     ("acme-1", 'variant_of = "tsmc-180"\n', 200), ("acme-1", 'variant_of = "tsmc-n5"\n', 300),
     ("acme-1", 'variant_of = "tsmc-180"\nwafer_diameter = 150\n', 150), ("tsmc-180", "wafer_diameter = 300\n", 300)],
)  # fmt: skip
@pytest.mark.parametrize("price", ["400", '{ value = 400, low = 300, high = 500, unit = "USD", kind = "reported" }'])
def test_a_plain_price_is_of_the_nodes_own_wafer(write, tmp_path, node, says, wafer_mm, price):
    about = 'foundry = "Acme"\nname = "A1"\nclass = "logic"\n' if node == "acme-1" else ""
    mine = load_catalogue(write(f'[node."{node}"]\n{about}{says}wafer_price = {price}\n'))
    copy = tmp_path / "copy.toml"
    copy.write_text(nodes_toml([mine.node(node)], mine), encoding="utf-8")
    for catalogue in (mine, load_catalogue(copy)):
        (piece,) = (piece for piece in catalogue.node(node).evidence if piece.of == "wafer_price")
        assert piece.wafer_mm == wafer_mm
        used = used_figure(catalogue.node(node), "wafer_price_usd", Market(catalogue=catalogue))
        assert (used.value, used.kind) == (pytest.approx(400), "reported")


def test_a_stand_in_of_a_price_is_of_the_nodes_own_wafer(write):
    about = f'[node."acme-1"]\nfoundry = "Acme"\nname = "A1"\nclass = "logic"\n{OF_200_MM}'
    mine = load_catalogue(write(f'{about}[node."acme-1".assumed]\nwafer_price = 400\n'))
    assert used_figure(mine.node("acme-1"), "wafer_price_usd").value == pytest.approx(400)


def test_a_file_is_read_up_to_its_greatest_size_and_no_further(tmp_path):
    path, begin = tmp_path / "my.toml", b"schema = 1\n#"
    path.write_bytes(begin + b"x" * (2_000_000 - len(begin)))
    assert load_catalogue(path).replaced == []
    path.write_bytes(begin + b"x" * (2_000_001 - len(begin)))
    with pytest.raises(CatalogueError, match="2,000,001 bytes, at most 2,000,000 are read"):
        load_catalogue(path)


@pytest.mark.parametrize(
    ("node", "tables", "said"),
    [
        ("tsmc-n5", ["d0 = 0.07"], "d0: 0.07 beside 6 pieces of evidence"),
        ("tsmc-n5", ["d0 = 0.07", "d0 = 0.08\nbound = 'below'"], "d0: 0.07, under 0.08 beside 6 pieces of evidence"),
        ("tsmc-n5", ["yield = 0.8\ndie_area_mm2 = 98"], "d0: 80 % good of 98 mm2 beside 6 pieces of evidence"),
        ("cxmt-g4", ["usd = 3000", "usd = 3100"], "wafer_price: added 3000, 3100"),
    ],
)
def test_what_evidence_stands_beside_is_said(write, node, tables, said):
    text = "".join(f'[[node."{node}".evidence]]\n{table}\nkind = "reported"\nadd = true\n' for table in tables)
    mine = load_catalogue(write(text))
    assert mine.replaced == [f"{node}.{said} (my.toml)"]
    assert len(mine.node(node).evidence) == len(Catalogue().node(node).evidence) + len(tables)


DIE = "die_area_mm2 = 100\n"
WRONG_EVIDENCE = [
    ("kind = 'reported'", "evidence that states none of them; must be one of: d0, yield, usd, ratio"),
    ("d0 = 0.1\nusd = 9000", "evidence that states d0, usd; must be one of"),
    ("d0 = 0.1\nusd = 9000\nratio = 1", "evidence that states d0, usd, ratio; must be one of"),
    ("d0 = 0.1\nyeald = 0.5", "unknown key 'yeald'; nearest: yield"),
    ("d0 = 0.1\ndie_area_mm2 = 100", "die_area_mm2 beside d0: it belongs to yield; leave it out"),
    ("usd = 9000\nbasis = 'company'", "basis beside usd: it belongs to d0 or yield; leave it out"),
    ("d0 = 0.1\nwafer_mm = 200", "wafer_mm beside d0: it belongs to usd; leave it out"),
    ("usd = 9000\nratio_of = 'tsmc-n7'", "ratio_of beside usd: it belongs to ratio; leave it out"),
    ("d0 = 0.1\nbound = 'below'\nlow = 0.05\nhigh = 0.2", "bound with low and high: a limit has no ends"),
    ("d0 = 0.1\nbound = 'below'\nlow = 0.05", "bound with low and high: a limit has no ends"),
    ("d0 = 0.1\nbound = 'below'\nhigh = 0.2", "bound with low and high: a limit has no ends"),
    ("d0 = 0.1\nbound = 'beneath'", "unknown bound 'beneath'; allowed: below, above"),
    ("d0 = 0.1\nof = 'wafer_price'", "d0 is evidence of d0, not of wafer_price"),
    ("d0 = 0.1\nnote = 5", "note: is a number; must be a text"),
    ("d0 = 0.1\nspan = 1", "span: is a number; must be true or false"),
    ("d0 = 0.1\nadd = 'yes'", "add: is a text; must be true or false"),
    ("d0 = 0.1\nlow = 0.05", "low alone; give both low and high"),
    ("d0 = 0.1\nhigh = 0.2", "high alone; give both low and high"),
    ("d0 = 0.1\nlow = 0.2\nhigh = 0.3", "d0 0.1 outside 0.2 to 0.3; must be low <= value <= high"),
    ("d0 = 0.1\nlow = 0.05\nhigh = 0.08", "d0 0.1 outside 0.05 to 0.08; must be low <= value <= high"),
    ("d0 = 0.1\nlow = 0.05\nhigh = 1001", "high: 1001 is not allowed; must be at most 1000"),
    ("d0 = -0.1", "d0: -0.1 is not allowed; must be above 0"),
    ("usd = 9", "usd: 9 is not allowed; must be 10 to 1e+06"),
    (f"yield = 0.5\n{DIE}need = 2", "need alone; give both need and total"),
    (f"yield = 0.5\n{DIE}total = 2", "total alone; give both need and total"),
    (f"yield = 0.5\n{DIE}need = 1\ntotal = 0", "total: 0 is not allowed; must be a whole number, 1 to 100000"),
    (f"yield = 0.5\n{DIE}need = 0\ntotal = 1", "need: 0 is not allowed; must be a whole number, 1 to 1"),
    ("yield = 0.5", "a yield without die_area_mm2 says nothing of D0; add it, or span = false"),
    ("yield = 0.5\nspan = true", "a yield without die_area_mm2 says nothing of D0; add it, or span = false"),
    (f"yield = 1.0\n{DIE}", "yield 1 is not allowed; must be a share below 1, such as 0.4"),
    (f"yield = 1.0005\n{DIE}", "yield: 1.0005 is not allowed; must be at most 1"),
    (f"yield = 0.5\nlow = 0.4\nhigh = 1.0\n{DIE}", "yield 1 is not allowed; must be a share below 1, such as 0.4"),
    ("ratio = 1.2", "ratio_of: is empty; must be a text"),
    ("ratio = 1.2\nratio_of = 'tsmc-n77'", "unknown node in ratio_of 'tsmc-n77'; nearest: tsmc-n7"),
    ("d0 = 0.1\nyear = 1946.9", "year: 1946 is no year"),
    ("d0 = 0.1\nyear = nan", "year: is a number; must be a whole year"),
    ("d0 = 0.1\nyear = 'now'", "year: is a text; must be a whole year"),
    ("d0 = 0.1\nsource = 'cset_2021'", "unknown source 'cset_2021'; nearest: cset_2020"),
]


@pytest.mark.parametrize(("text", "said"), WRONG_EVIDENCE)
def test_wrong_evidence_is_refused_in_one_line(write, text, said):
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(write(f'[[node."tsmc-n5".evidence]]\n{text}\n'))
    assert 'node."tsmc-n5".evidence]' in str(caught.value)
    assert said in str(caught.value)
    assert str(caught.value).isprintable()


def test_evidence_that_is_no_list_or_half_beside_is_refused(write):
    with pytest.raises(CatalogueError, match=r'is a number; must be tables \[\[node."tsmc-n5".evidence\]\]'):
        load_catalogue(write('[node."tsmc-n5"]\nevidence = 3\n'))
    both = '[[node."tsmc-n5".evidence]]\nd0 = 0.1\nadd = true\n[[node."tsmc-n5".evidence]]\n{}\n'
    with pytest.raises(CatalogueError, match="add = true on some of the evidence for d0 and not on all of it"):
        load_catalogue(write(both.format("d0 = 0.2")))
    assert load_catalogue(write(both.format("usd = 9000"))).node("tsmc-n5")  # of something else
    with pytest.raises(CatalogueError, match="is a number; must be a table"):
        load_catalogue(write('[node."tsmc-n5"]\nevidence = [3]\n'))


def evidence_of(write, text):
    """Return the evidence that a file gives of tsmc-n5, its D0 and its price."""
    pieces = load_catalogue(write(text)).node("tsmc-n5").evidence
    return [[piece for piece in pieces if piece.of == of] for of in ("d0", "wafer_price")]


def test_listed_evidence_replaces_that_of_its_subject_and_plain_figures_stand_with_it(write):
    built_in = Catalogue().node("tsmc-n5").evidence
    listed = '[[node."tsmc-n5".evidence]]\n{}\n'
    ours, prices = evidence_of(write, listed.format("d0 = 0.2"))
    assert [piece.value for piece in ours] == [0.2]
    assert prices == [piece for piece in built_in if piece.of == "wafer_price"]
    ours, _ = evidence_of(write, node_with("0.1") + listed.format("d0 = 0.2\nadd = true"))
    assert [piece.value for piece in ours] == [0.1, 0.2]  # what a plain figure replaces is gone
    ours, prices = evidence_of(write, listed.format("usd = 9000\nadd = true") + listed.format("d0 = 0.2"))
    assert [piece.value for piece in ours] == [0.2]
    assert len(prices) == sum(piece.of == "wafer_price" for piece in built_in) + 1


def test_what_listed_evidence_leaves_unsaid_is_the_usual(write):
    listed = "".join(
        f'[[node."tsmc-n5".evidence]]\n{text}\n'
        for text in ("d0 = 0.2\nyear = 2025.5", f"yield = 0.9\n{DIE}", "yield = 0.8\nspan = false",
                     "ratio = 1.5\nratio_of = 'tsmc-n7'\nsource = 'cset_2020'")
    )  # fmt: skip
    (own, die, unsized), (ratio,) = evidence_of(write, listed)
    assert (own.kind, own.basis, own.source, own.origin, own.year) == ("reported", "company", "user", "user", 2025.5)
    assert (die.basis, die.counts, die.area_is, die.year) == ("product", "unsaid", "public", None)
    assert (unsized.span, unsized.die_area_mm2) == (False, None)
    assert (ratio.of, ratio.ratio_of, ratio.source, ratio.origin) == (
        "wafer_price",
        "tsmc-n7",
        "cset_2020",
        "cset_2020",
    )


@pytest.mark.parametrize(
    ("figure", "exact", "year"),
    [
        ("0.1", True, None),
        ('{ value = 0.1, unit = "per_cm2", kind = "reported" }', True, None),
        ('{ value = 0.1, unit = "per_cm2", kind = "reported", year = 2025 }', False, 2025),
        ('{ value = 0.1, unit = "per_cm2", kind = "measured" }', False, None),
        ('{ value = 0.1, unit = "per_cm2", kind = "reported", source = "cset_2020" }', False, None),
        ('{ value = 0.1, low = 0.1, high = 0.1, unit = "per_cm2", kind = "reported" }', False, None),
    ],
)
def test_a_plain_number_alone_is_exact(write, figure, exact, year):
    ((piece,), _) = evidence_of(write, node_with(figure))
    assert (piece.exact, piece.year) == (exact, year)


def test_plain_figures_of_the_user_count_each_and_those_of_one_source_once(write):
    cited = '{ value = 0.3, unit = "per_cm2", kind = "reported", source = "cset_2020" }'
    pieces, _ = evidence_of(write, node_with(f"[0.1, 0.2, {cited}, {cited}]"))
    assert [piece.origin for piece in pieces] == ["user 0", "user 1", "cset_2020", "cset_2020"]


def test_a_stand_in_is_exact_and_of_no_year(write):
    text = '[node."acme-1"]\nfoundry = "Acme"\nname = "A1"\nclass = "logic"\n[node."acme-1".assumed]\nd0 = {}\n'
    for figure in ("0.1", '{ value = 0.1, unit = "per_cm2", kind = "assumed", year = 2020 }'):
        (piece,) = load_catalogue(write(text.replace("{}", figure))).node("acme-1").evidence
        assert (piece.kind, piece.year, piece.exact) == ("assumed", None, "year" not in figure)


def test_a_hint_names_the_nearest_or_all_of_a_few_or_some_of_many():
    names = [f"name{letter}" for letter in "abcdefghijklmnopq"]
    assert hint("tsmc-n55", [*names, "tsmc-n5"]) == "nearest: tsmc-n5"
    assert hint("zzz", names[:16]) == f"allowed: {', '.join(names[:16])}"
    assert hint("zzz", names) == f"17 are known, {', '.join(names[:8])} ... among them"


@pytest.mark.parametrize(
    ("field", "figure"),
    [
        ("cpp", '{ value = 51, low = 51, high = 51, unit = "nm", kind = "measured" }'),
        ("euv_layers", "0"),
        ("euv_layers", "3.0"),
        ("yield_report", "100"),
        ("volume_year", '{ value = 2020, low = 2019.5, high = 2020.75, unit = "year", kind = "measured" }'),
        ("litho", '{ value = "x", unit = "", kind = "measured", note = "" }'),
    ],
)
def test_figures_at_the_ends_of_what_makes_sense_are_taken(write, field, figure):
    assert load_catalogue(write(node_with(figure, field))).node("tsmc-n5").figures[field]


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        ('{ value = 10, low = 9.5, high = 11, unit = "layers", kind = "measured" }', "low: 9.5 is not allowed"),
        ('{ value = 10, low = -1, high = 11, unit = "layers", kind = "measured" }', "low: -1 is not allowed"),
        ("1.5", "1.5 is not allowed; must be a whole number, 0 or more"),
        ("-1", "-1 is not allowed; must be a whole number, 0 or more"),
    ],
)
def test_a_count_has_no_fraction_anywhere(write, figure, said):
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(write(node_with(figure, "euv_layers")))
    assert said in str(caught.value)


def test_a_bare_number_is_in_the_first_of_its_units(write):
    (figure,) = load_catalogue(write(node_with("30", "sram_macro"))).node("tsmc-n5").figures["sram_macro"]
    assert (figure.value, figure.unit, figure.source, figure.year) == (30, "Mib/mm2", "user", None)


def test_where_every_figure_cites_a_source_the_user_is_none(write):
    cited = '{ value = 51, unit = "nm", kind = "measured", source = "lab" }'
    mine = load_catalogue(write(f'[source.lab]\ntitle = "Lots"\n{node_with(cited, "cpp")}'))
    with pytest.raises(UnknownNameError, match="unknown source 'user'"):
        mine.source("user")
    price = '[[node."tsmc-n5".evidence]]\nusd = 9000\nsource = "lab"\n'
    with pytest.raises(UnknownNameError, match="unknown source 'user'"):
        load_catalogue(write(f'[source.lab]\ntitle = "Lots"\n{price}')).source("user")
    assert load_catalogue(write(price.replace('source = "lab"\n', ""))).source("user")
    own = load_catalogue(write(f'[source.user]\ntitle = "We"\n{node_with("51", "cpp")}'))
    assert own.source("user").title == "We"


def test_what_is_said_of_stand_ins_names_what_they_are(write):
    text = (
        '[node."tsmc-n5".assumed]\nd0 = [0.1, 0.2]\ncpp = [{ value = 52, unit = "nm", kind = "assumed" }, '
        '{ value = 53, unit = "nm", kind = "assumed", prefer = true }]\n[node."acme-1".assumed]\ntracks = 6\n'
        '[node."acme-1"]\nfoundry = "Acme"\nname = "A1"\nclass = "logic"\n'
        '[node."tsmc-n3e".assumed]\nfin_pitch_text = "tight"\n'
    )
    assert load_catalogue(write(text)).replaced == [
        "tsmc-n5.d0: stand-in 0.1, 0.2 not used, there is published evidence (my.toml)",
        "tsmc-n5.cpp: stand-in 53 not used, there is a published figure (my.toml)",
        "acme-1: new node (my.toml)",
        'tsmc-n3e.fin_pitch_text: added "tight" (assumed) (my.toml)',
    ]


def test_a_chip_of_the_file_is_the_files_and_another_is_the_catalogues(write):
    mine = load_catalogue(write('[product."apple-m1"]\ndie_area = 119\n'))
    assert mine.product("apple-m1").preferred("die_area").value == 119
    other = mine.product("apple-m2")
    assert mine.product("apple-m2") == other == Catalogue().product("apple-m2")


def test_aliases_that_are_the_same_replace_nothing(write):
    own = list(Catalogue().node("tsmc-n5").aliases)
    mine = load_catalogue(write(f'[node."tsmc-n5"]\naliases = {own}\n'))
    assert mine.replaced == []
    assert mine.node("tsmc-n5").aliases == tuple(own)
    fewer = load_catalogue(write(f'[node."tsmc-n5"]\naliases = {own[:1]}\n'))
    assert fewer.replaced == ["tsmc-n5.aliases: replaced (my.toml)"]
    assert fewer.node("tsmc-n5").aliases == tuple(own[:1])


def test_what_a_file_states_comes_before_its_own_stand_in_whatever_source_it_names(write):
    figure = '{{ value = {}, unit = "nm", kind = "{}", source = "assumed" }}'
    for field in ("m2_pitch", "cpp"):
        stated = node_with(figure.format(31, "estimated"), field)
        mine = load_catalogue(write(f'{stated}[node."tsmc-n5".assumed]\n{field} = {figure.format(33, "assumed")}\n'))
        assert mine.node("tsmc-n5").preferred(field).value == 31
        assert f"tsmc-n5.{field}: stand-in 33 not used, there is a published figure (my.toml)" in mine.replaced


@pytest.mark.parametrize(
    ("stated", "values", "is_said"),
    [
        ("d0 = 0.1", [0.1], True),
        ('d0 = { value = 0.1, unit = "per_cm2", kind = "assumed" }', [0.1], True),
        ('d0 = { value = 0.1, unit = "per_cm2", kind = "measured", span = false }', [0.1], True),
        ("evidence = [{ d0 = 0.1 }]", [0.1], True),
        ("evidence = [{ d0 = 0.1, span = false }]", [0.2], False),
        ('evidence = [{ d0 = 0.1, kind = "assumed" }]', [0.2], False),
        ("evidence = [{ usd = 9000 }]", [9000, 0.2], False),
        ("", [0.2], False),
    ],
)
def test_a_stand_in_of_d0_stands_in_where_nothing_counts(write, stated, values, is_said):
    about = f'[node."acme-1"]\nfoundry = "Acme"\nname = "A1"\nclass = "logic"\n{stated}\n'
    mine = load_catalogue(write(f'{about}[node."acme-1".assumed]\nd0 = 0.2\n'))
    assert [piece.value for piece in mine.node("acme-1").evidence] == values
    said = ["acme-1.d0: stand-in 0.2 not used, there is published evidence (my.toml)"] if is_said else []
    assert mine.replaced == ["acme-1: new node (my.toml)", *said]


def test_what_was_replaced_is_the_callers_own_list():
    load_catalogue().replaced.append("mine")
    assert load_catalogue().replaced == []
