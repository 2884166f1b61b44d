"""The built-in data: complete, sound by the same checks as a user's file, and consistent with itself."""

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

import nodecalc_seeds
from nodecalc.catalogue import KINDS, Catalogue, builtin
from nodecalc.catalogue.entries import Node
from nodecalc.catalogue.evidence import SUBJECTS
from nodecalc.catalogue.evidence_file import read_evidence
from nodecalc.catalogue.fields import FIELDS, fields_of
from nodecalc.catalogue.schema import Checker
from nodecalc.catalogue.systems import system_names
from nodecalc.question.figures import used_figure
from nodecalc.vocabulary import PORT_KEYS

FOLDER = Path(nodecalc_seeds.__file__).parent
NODE_KEYS = (
    "schema", "version", "id", "foundry", "name", "aliases", "class", "peer", "wafer_note", "variant_of", "assumed",
)  # fmt: skip
PRODUCT_KEYS = ("name", "vendor", "node", "kind", "aliases")

# How many figures of each field the sources were found to give; a figure that disappears is a fact lost.
NODE_FIGURES = {
    "active_pitch": 1, "area_ratio_10lpp": 1, "area_ratio_5nm": 1, "bit_density": 14, "bitline_pitch": 1,
    "cell_area": 1, "cell_area_hp": 2, "cell_area_ratio_n1": 1, "cell_height_22": 1, "cell_height_hd": 21,
    "cell_height_hp": 11, "cell_height_ratio_n1": 1, "cell_ratio_g3": 1, "cpp": 35, "cpp_hp": 5, "cycle_weeks": 12,
    "d0_curve": 1, "d0_text": 2, "density": 67, "density_class": 1, "density_hp": 13,
    "density_ratio_n2p": 1, "density_ratio_n3e": 2, "density_ratio_n5": 4, "density_ratio_n7": 2,
    "design_cost_usd": 6, "die_area_12gb": 2, "die_area_16gb": 1, "die_area_512gb": 1, "diffusion_break": 21,
    "euv_layers": 21, "fab_capex_usd": 1, "fin_pitch": 9, "fin_pitch_text": 1, "half_pitch": 2, "layers": 7,
    "layers_total": 1, "litho": 5, "m2_pitch": 1, "mask_set_usd": 11, "masks": 7, "masks_ratio": 2,
    "metal_patterning": 8, "mmp": 32, "productivity_ratio_238l": 1, "risk_year": 1, "sram_hc": 1, "sram_hd": 29,
    "sram_hp": 2, "sram_macro": 5, "tracks": 14, "transistor": 42, "volume_year": 41, "wafer_cost": 6,
    "wafer_diameter": 15, "wafer_price_ratio_tsmc": 3, "wordline_pitch": 1, "yield_report": 1,
    "yield_statement": 1,
}  # fmt: skip
PRODUCT_FIGURES = {
    "area_note": 1, "area_overhead_chiplets": 1, "area_ratio_kirin_9000s": 1, "area_ratio_kirin_9010": 1,
    "area_ratio_kirin_9020": 1, "bits": 4, "bridges": 1, "chip_cost": 2, "chip_density": 53, "cluster": 1,
    "cluster_text": 1, "cost_ratio_one_die": 1, "delivered_share": 1, "density": 1, "die_area": 104,
    "die_area_scribe": 1, "die_height": 8, "die_width": 8, "dies_2026": 1, "dies_per_package": 10,
    "dies_per_wafer": 1, "dies_text": 2, "dies_tsmc_bank": 2, "good_dies_per_wafer": 2, "hbm": 14, "hbm_stacks": 1,
    "iod_area": 1, "launch": 3, "logic_die_cost": 3, "made_where": 1, "node_claim_seed": 1, "node_conflict": 4,
    "node_guess": 2, "node_note": 6, "package_silicon": 5, "package_units_enabled": 3, "package_units_total": 1,
    "package_yield": 1, "packages_per_wafer": 2, "price_cny": 1, "process": 6, "revenue_share": 1, "stack_density": 1,
    "total_area": 3, "transistors": 63, "transistors_die": 1, "unit_group": 19, "units_2025": 1, "units_2026": 2,
    "units_enabled": 49, "units_shipped": 3, "units_total": 25, "xcd_area": 2, "yield_report": 8,
    "yield_with_bins": 1,
}  # fmt: skip
EVIDENCE = {
    ("d0", "published"): 86,
    ("d0", "assumed"): 15,
    ("wafer_price", "published"): 65,
    ("wafer_price", "assumed"): 9,
}


def parsed(name: str) -> dict:
    return tomllib.loads(nodecalc_seeds.read(name))


NODES = {id_: parsed(f"nodes/{id_}.toml") for id_ in nodecalc_seeds.node_ids()}
PRODUCTS = parsed("products.toml")["product"]
SOURCES = parsed("sources.toml")["source"]
CHECKER = Checker("built-in", SOURCES)


def node_figures(id_: str) -> dict:
    return CHECKER.figures(id_, {k: v for k, v in NODES[id_].items() if k not in NODE_KEYS}, "node")


def product_figures(id_: str) -> dict:
    return CHECKER.figures(id_, {k: v for k, v in PRODUCTS[id_].items() if k not in PRODUCT_KEYS}, "product")


def counts(tables) -> dict[str, int]:
    total = Counter()
    for figures in tables:
        total.update({field: len(alternatives) for field, alternatives in figures.items()})
    return dict(total)


def test_there_are_60_nodes_122_products_and_406_sources_beside_our_own_stand_ins():
    assert len(NODES) == 55 + 5  # five of them variants
    assert len(PRODUCTS) == 122
    assert len(SOURCES) == 406 + 1
    assert "assumed" in SOURCES


def test_no_figure_of_a_node_disappeared():
    assert counts(map(node_figures, NODES)) == NODE_FIGURES


def test_no_figure_of_a_product_disappeared():
    assert counts(map(product_figures, PRODUCTS)) == PRODUCT_FIGURES


def test_no_evidence_disappeared_and_stand_ins_are_few():
    found = Counter(
        (piece.of, "assumed" if piece.kind == "assumed" else "published")
        for node in Catalogue().nodes()
        for piece in node.evidence
    )
    assert found == EVIDENCE


def test_every_file_says_its_schema_and_version():
    # A scenario is a question and no data.
    files = sorted(set(FOLDER.rglob("*.toml")) - {FOLDER / "examples" / "scenario.toml"})
    assert len(files) == 60 + 43 + 9 + 8 + len(system_names())
    for file in files:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        assert (data["schema"], data["version"]) == (1, "2026.11.2"), file.name


def test_the_index_agrees_with_the_files():
    on_disk = {file.stem for file in (FOLDER / "nodes").glob("*.toml")}
    assert set(NODES) == on_disk
    assert len(nodecalc_seeds.node_ids()) == len(on_disk)
    for entry in builtin.node_names():
        table = NODES[entry.id]
        assert table["id"] == entry.id
        assert (entry.maker, entry.name, list(entry.aliases)) == (table["foundry"], table["name"], table["aliases"])


@pytest.mark.parametrize("id_", [*NODES, *PRODUCTS])
def test_ids_are_lower_case_and_fit_a_file_name(id_):
    assert builtin.is_id(id_)


@pytest.mark.parametrize("id_", NODES)
def test_every_figure_of_a_node_has_known_source_kind_unit_and_year(id_):
    for alternatives in node_figures(id_).values():
        for figure in alternatives:
            assert figure.source in SOURCES
            assert figure.year is not None
            assert figure.kind in KINDS
            assert figure.kind != "assumed", "stand-ins live in [assumed]"


@pytest.mark.parametrize("id_", PRODUCTS)
def test_every_figure_of_a_product_has_known_source_kind_unit_and_year(id_):
    for alternatives in product_figures(id_).values():
        for figure in alternatives:
            assert figure.source in SOURCES
            assert figure.year is not None
            assert figure.kind != "assumed"


@pytest.mark.parametrize("id_", NODES)
def test_evidence_passes_the_checks_of_a_users_file(id_):
    node = builtin.node(id_)
    if not node.evidence:
        return
    listed = read_evidence(CHECKER, id_, parsed(f"evidence/{id_}.toml")["evidence"], NODES)
    assert tuple(piece for piece, _ in listed) == node.evidence
    for piece in node.evidence:
        assert piece.year is not None
        assert piece.span or piece.why, "a piece without weight says on which ground"
        assert piece.product == "" or piece.product in PRODUCTS
        if piece.kind == "assumed":
            assert piece.source == "assumed"
            assert piece.low < piece.value < piece.high
            assert piece.note


@pytest.mark.parametrize("id_", NODES)
def test_no_two_pieces_of_a_node_say_the_same(id_):
    pieces = builtin.node(id_).evidence
    assert len(set(pieces)) == len(pieces)


def test_every_logic_node_answers_with_a_defect_density_and_a_wafer_price():
    for node in Catalogue().nodes():
        if node.node_class == "logic":
            assert used_figure(node, "d0_per_cm2") is not None, node.id
            assert used_figure(node, "wafer_price_usd") is not None, node.id


def test_the_node_of_every_product_exists_or_is_not_known():
    assert {table["node"] for table in PRODUCTS.values()} - set(NODES) == {""}


def test_the_figure_to_use_is_never_one_that_is_about_something_else():
    entries = Catalogue()
    for entry in (*entries.nodes(), *entries.products()):
        for field in entry.figures:
            assert entry.preferred(field).span, f"{entry.id}.{field}"


def test_the_field_table_covers_the_data_and_nothing_else():
    geometry = tomllib.loads((FOLDER / "geometry.toml").read_text())["geometry"]
    stacks = {field for node in geometry for field in Catalogue().geometry(node)}
    assert {*NODE_FIGURES, *SUBJECTS, *stacks} == set(fields_of("node"))
    # Nobody publishes what a chip is made of; a user's file may know it.
    assert {*PRODUCT_FIGURES, *PORT_KEYS} == set(fields_of("product"))
    owners = ("node", "product", "tool", "model")
    assert set(FIELDS) == set().union(*map(fields_of, owners))
    assert len(FIELDS) == sum(len(fields_of(owner)) for owner in owners) - len(set(NODE_FIGURES) & set(PRODUCT_FIGURES))


def test_a_variant_has_its_parents_figures_but_not_its_dates_where_it_has_none_of_its_own():
    nodes = {node.id: node for node in Catalogue().nodes()}
    variants = {id_: node.variant_of for id_, node in nodes.items() if node.variant_of}
    assert variants == {
        "tsmc-n5p": "tsmc-n5", "tsmc-n4p": "tsmc-n4", "tsmc-4n": "tsmc-n4", "tsmc-n3p": "tsmc-n3e",
        "tsmc-n2p": "tsmc-n2",
    }  # fmt: skip
    for id_, parent_id in variants.items():
        node, parent = nodes[id_], nodes[parent_id]
        assert not parent.variant_of
        own = set(NODES[id_]) - set(NODE_KEYS)
        assert node.from_parent == set(node.figures) - own
        assert "volume_year" not in node.from_parent
        for field in node.from_parent:
            assert node.figures[field] == parent.figures[field]
    assert nodes["tsmc-n2p"].preferred("cpp").kind == "reported"
    assert nodes["tsmc-n2"].preferred("cpp").kind == "estimated"


def test_a_peer_is_a_node_and_every_chinese_fab_says_whose_tools_stand_in():
    nodes = {node.id: node for node in Catalogue().nodes()}
    assert {id_: node.peer for id_, node in nodes.items() if node.peer} == {
        "smic-n+2": "tsmc-n7",
        "smic-n+3": "tsmc-n5",
    }
    assert all(node.peer in nodes for node in nodes.values() if node.peer)
    assert {id_ for id_, node in nodes.items() if node.wafer_note} == {id_ for id_ in nodes if id_.startswith("smic-")}


def cited(table: object) -> set[str]:
    """Return every source that some table of a file cites, however deep it stands."""
    if isinstance(table, list):
        return set().union(*map(cited, table))
    if not isinstance(table, dict):
        return set()
    own = {table["source"]} if isinstance(table.get("source"), str) else set()
    return own.union(*map(cited, table.values()))


def test_every_source_is_used_and_every_source_used_is_known():
    files = [file for file in FOLDER.rglob("*.toml") if file.name != "sources.toml"]
    used = set().union(*(cited(tomllib.loads(file.read_text(encoding="utf-8"))) for file in files)) | {"assumed"}
    assert used == set(SOURCES)


def test_no_source_stands_at_a_package_registry_or_on_somebodys_machine():
    for id_, table in SOURCES.items():
        address = table.get("address", "https://example.org/")
        assert re.match(r"https?://[\w.-]+\.[a-z]{2,}/|https?://[\w.-]+\.[a-z]{2,}$", address), id_
        assert not re.search(r"pypi\.|npmjs|pythonhosted|crates\.io|localhost|file:", address), id_


def test_sources_state_title_publisher_year_and_whether_their_text_was_read():
    for id_, table in SOURCES.items():
        assert table["title"], id_
        assert table["publisher"], id_
        assert 1990 <= table["year"] <= 2026, id_
        assert isinstance(table["verified"], bool), id_
        if not table.get("read") or table["read"].startswith(("not read", "secondary", "through", "digest")):
            assert not table["verified"], id_


def test_no_source_is_titled_by_a_file_name():
    assert not [id_ for id_, table in SOURCES.items() if re.search(r"\.(txt|md|pdf|toml)\b", str(table["title"]))]


def test_one_entry_read_alone_equals_the_same_entry_read_with_all():
    assert [builtin.source(id_) for id_ in builtin.source_ids()] == builtin.sources()
    assert [builtin.product(id_) for id_ in builtin.product_ids()] == builtin.products()
    assert builtin.source_ids() == list(SOURCES)
    assert builtin.product_ids() == list(PRODUCTS)
    assert builtin.source("no_such") is None
    assert builtin.product("no-such") is None


# The yardstick of logic density, written out once more on its own: Intel (Bohr) 2017, source wikichip_bohr_2018.
def yardstick(cpp: float, height: float, double: bool) -> float:
    extra = 1 if double else 0
    return 1e6 * (0.6 * 4 / ((3 + extra) * cpp * height) + 0.4 * 32 / ((19 + extra) * cpp * height))


# (node, field, value stated there, gate pitch nm, cell height nm, double break)
STATED = [
    ("tsmc-n7", "density", 90.64, 57, 240, True),
    ("tsmc-n7", "density_hp", 64.58, 64, 300, True),
    ("tsmc-n5", "density", 137.6, 51, 210, False),
    ("tsmc-n5", "density_hp", 92.34, 57, 280, False),
    ("tsmc-n4", "density", 146.0, 49, 206, False),
    ("tsmc-n4", "density_hp", 97.8, 55, 274, False),
    ("tsmc-n3e", "density", 215.6, 48, 143, False),
    ("tsmc-n3e", "density", 182.5, 48, 169, False),
    ("tsmc-n3e", "density_hp", 124.02, 54, 221, False),
    ("tsmc-n2", "density", 236.2, 48, 130, False),
    ("tsmc-n2", "density_hp", 196.8, 48, 156, False),
    ("tsmc-n2p", "density", 236.2, 48, 130, False),
    ("tsmc-n2p", "density_hp", 196.8, 48, 156, False),
    ("smic-n+1", "density", 84.6, 66, 264, False),
    ("smic-n+2", "density", 93, 63, 250, False),
    ("smic-n+3", "density", 113.4, 57, 228, False),
    ("samsung-14lpp", "density", 27.6, 78, 9 * 64, True),
    ("samsung-7lpp", "density", 94.5, 54, 243, True),
    ("samsung-5lpe", "density", 126.3, 54, 216, False),
    ("samsung-4lpe", "density", 136.5, 54, 200, False),
    ("intel-14", "density", 44.4, 70, 399, True),
    ("intel-10", "density", 100.3, 54, 272, False),
    ("intel-7", "density_hp", 60.2, 60, 408, False),
    ("intel-4", "density_hp", 122.8, 50, 240, False),
    ("intel-3", "density", 140.4, 50, 210, False),
    ("intel-3", "density_hp", 122.8, 50, 240, False),
    ("intel-18a", "density", 184.2, 50, 160, False),
    ("intel-18a", "density_hp", 163.7, 50, 180, False),
    ("gf-14lpp", "density", 27.6, 78, 576, True),
    ("gf-12lp", "density", 30.8, 84, 480, True),
    ("gf-22fdx", "density", 18.6, 104, 640, True),
]


@pytest.mark.parametrize(("id_", "field", "value", "cpp", "height", "double"), STATED)
def test_densities_said_to_be_on_the_yardstick_recompute_within_one_percent(id_, field, value, cpp, height, double):
    assert value in {figure.value for figure in node_figures(id_)[field]}
    assert yardstick(cpp, height, double) == pytest.approx(value, rel=0.01)


def test_every_note_that_names_the_yardstick_is_among_the_recomputed_ones():
    named = {
        (id_, field, figure.value)
        for id_ in NODES
        for field, group in node_figures(id_).items()
        for figure in group
        if "Bohr mix" in figure.note
    }
    assert named <= {row[:3] for row in STATED}


def test_values_of_the_yardstick_quoted_in_notes_recompute_within_one_percent():
    notes = {(id_, f.value): f.note for id_ in NODES for f in node_figures(id_).get("density", ())}
    assert "single break gives 52.8" in notes["intel-14", 44.4]
    assert yardstick(70, 399, double=False) == pytest.approx(52.8, rel=0.01)
    assert "single break on 57/240 gives 107.7" in notes["tsmc-n6", 107.0]
    assert yardstick(57, 240, double=False) == pytest.approx(107.7, rel=0.01)


WITH_GEOMETRY = [n for n in Catalogue().nodes() if n.preferred("cpp") and n.preferred("cell_height_hd")]


def test_twenty_nodes_state_gate_pitch_and_cell_height():
    assert len(WITH_GEOMETRY) == 24
    assert len([n for n in WITH_GEOMETRY if "cell_height_hd" not in n.from_parent]) == 20


@pytest.mark.parametrize("node", WITH_GEOMETRY, ids=lambda node: node.id)
def test_the_density_to_use_is_the_one_of_the_nodes_own_geometry_within_three_percent(node: Node):
    cpp, height, diffusion = (node.preferred(field) for field in ("cpp", "cell_height_hd", "diffusion_break"))
    computed = yardstick(cpp.number, height.number, diffusion.value == "double")
    assert node.preferred("density").number == pytest.approx(computed, rel=0.03)


@pytest.mark.parametrize("node", WITH_GEOMETRY, ids=lambda node: node.id)
def test_the_diffusion_break_and_geometry_give_a_density_that_the_node_states(node: Node):
    cpp, height, diffusion = (node.preferred(field) for field in ("cpp", "cell_height_hd", "diffusion_break"))
    computed = yardstick(cpp.number, height.number, diffusion.value == "double")
    stated = [figure.number for figure in node.figures["density"]]
    assert any(computed == pytest.approx(value, rel=0.01) for value in stated), (computed, stated)


def test_units_that_work_are_no_more_than_there_are_and_bins_are_no_rivals():
    with_units = 0
    for product in Catalogue().products():
        total, group = product.preferred("units_total"), product.preferred("unit_group")
        if total is None:
            assert "units_enabled" not in product.figures or product.id == "nvidia-gb10"
            continue
        with_units += 1
        for bin_ in product.figures.get("units_enabled", ()):
            assert bin_.number <= total.number, product.id
            assert bin_.unit == total.unit
            assert group is None or (total.number % group.number, bin_.number % group.number) == (0, 0), product.id
        assert sum(bin_.span for bin_ in product.figures.get("units_enabled", ())) <= 1
    assert with_units == 25
    assert Catalogue().product("h100").preferred("units_enabled").of == "H100 SXM"


def test_a_product_with_both_sides_states_their_product_as_its_area():
    for product in Catalogue().products():
        width, height, area = (product.preferred(field) for field in ("die_width", "die_height", "die_area"))
        assert (width is None) == (height is None)
        if width is not None:
            assert width.number * height.number == pytest.approx(area.number, rel=2e-3), product.id


WITH_DENSITY = [product for product in Catalogue().products() if product.preferred("chip_density")]


@pytest.mark.parametrize("product", WITH_DENSITY, ids=lambda product: product.id)
def test_chip_density_is_transistors_over_the_area_of_all_dies(product):
    density, area, count = (product.preferred(field) for field in ("chip_density", "die_area", "transistors"))
    dies = product.preferred("dies_per_package")
    total = area.number * (dies.number if dies else 1)
    assert count.number * 1e3 / total == pytest.approx(density.number, rel=1e-3)


def test_the_readme_has_a_line_for_every_file_and_every_node():
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert "](evidence/)" in text
    for file in FOLDER.rglob("*"):
        if file.parent.name == "evidence" and file.suffix == ".toml":
            assert file.stem in NODES
        elif file.parent.name == "systems" and file.suffix == ".toml":
            assert file.stem in {row.id for row in system_names()}
        elif file.suffix in {".toml", ".txt"}:
            assert f"]({file.relative_to(FOLDER).as_posix()})" in text, file.name
    rows = re.findall(r"^\| \[(\S+)\.toml\]\(nodes/\1\.toml\) \|(.*)\|$", text, re.MULTILINE)
    listed = {id_: [cell.strip() for cell in cells.split("|")] for id_, cells in rows}
    assert listed == {
        id_: [table["foundry"], table["name"], table["class"], ", ".join(table["aliases"])]
        for id_, table in NODES.items()
    }


def test_what_is_a_dies_is_of_one_die_and_what_is_a_products_of_all():
    several = 0
    for product in Catalogue().products():
        dies, area = product.preferred("dies_per_package"), product.preferred("die_area")
        if area is None:
            continue
        count = dies.number if dies else 1.0
        several += count > 1
        whole, density = product.preferred("transistors"), product.preferred("chip_density")
        if whole and density:
            assert density.number == pytest.approx(1e3 * whole.number / count / area.number, rel=1e-3), product.id
        total = product.preferred("total_area")
        if total is not None:
            assert total.number == pytest.approx(count * area.number), product.id
        assert area.number <= 858, product.id  # no field holds more
        assert not any(word in area.note for word in ("both", "all dies", "together")) or area.kind == "estimated"
    assert several == 6
