"""What is read when, from where, and at what price in imports."""

import copy
import hashlib
import pickle
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import nodecalc.catalogue
import nodecalc_seeds
from nodecalc.catalogue import Catalogue, builtin, conventions, digest, examples, fields, load_catalogue, systems
from nodecalc.catalogue.evidence import Piece, make_piece
from nodecalc.catalogue.figure import Range
from nodecalc.errors import UnknownNameError

SEEDS = Path(nodecalc_seeds.__file__).parent
PROJECT = Path(nodecalc.catalogue.__file__).parents[2]


@pytest.fixture
def reads(monkeypatch):
    seen: list[str] = []
    original = nodecalc_seeds.read

    def counting(name: str) -> str:
        seen.append(name)
        return original(name)

    monkeypatch.setattr(nodecalc_seeds, "read", counting)
    return seen


def test_loading_reads_nothing(reads):
    Catalogue()
    assert reads == []


def test_a_node_by_id_reads_its_small_files_once(reads):
    catalogue = Catalogue()
    first = catalogue.node("tsmc-n5")
    assert catalogue.node("TSMC-N5") is first
    first.range("cpp")
    assert reads == ["nodes/tsmc-n5.toml", "evidence/tsmc-n5.toml"]


@pytest.mark.parametrize("name", ["n5", "N+3", "TSMC 5nm"])
def test_a_node_by_any_other_name_reads_the_index_and_its_own_files(reads, name):
    node = Catalogue().node(name)
    assert reads == ["nodes/index.txt", f"nodes/{node.id}.toml", f"evidence/{node.id}.toml"]


def test_a_variant_reads_its_parents_file_too(reads):
    assert Catalogue().node("4N").variant_of == "tsmc-n4"
    assert reads == [
        "nodes/index.txt",
        "nodes/tsmc-4n.toml",
        "evidence/tsmc-4n.toml",
        "nodes/tsmc-n4.toml",
        "evidence/tsmc-n4.toml",
    ]


def test_node_ids_read_the_index_alone(reads):
    assert len(Catalogue().node_ids) == 60
    assert reads == ["nodes/index.txt"]


def test_sources_are_read_only_when_asked_for(reads):
    catalogue = Catalogue()
    catalogue.node("tsmc-n5")
    assert "sources.toml" not in reads
    catalogue.source("cset_2020")
    assert "sources.toml" in reads


def test_a_users_file_reads_only_the_nodes_that_it_touches(reads, tmp_path):
    path = tmp_path / "my.toml"
    path.write_text('schema = 1\n[node."tsmc-n5"]\nd0 = 0.07\n')
    load_catalogue(path).node("tsmc-n5")
    assert [name for name in reads if name.startswith("nodes/") and name.endswith(".toml")] == ["nodes/tsmc-n5.toml"]


def test_a_node_in_the_index_whose_file_is_gone_is_no_unknown_name(monkeypatch):
    original = nodecalc_seeds.read

    def broken(name: str) -> str:
        if name == "nodes/tsmc-n5.toml":
            raise OSError(5, "Input/output error")
        return original(name)

    monkeypatch.setattr(nodecalc_seeds, "read", broken)
    with pytest.raises(OSError, match="Input/output error"):
        Catalogue().node("tsmc-n5")


def test_a_missing_file_of_the_seeds_is_an_os_error():
    with pytest.raises(OSError, match=r"no-such\.toml"):
        nodecalc_seeds.read("no-such.toml")


def run(code: str, *paths: Path) -> str:
    lines = f"import sys\nsys.path[:0] = {[str(path) for path in paths]!r}\n{code}"
    done = subprocess.run([sys.executable, "-I", "-c", lines], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_data_are_read_from_a_zipped_wheel(tmp_path):
    archive = tmp_path / "nodecalc.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        for folder, base in ((SEEDS, SEEDS.parent), (PROJECT / "nodecalc", PROJECT)):
            for file in folder.rglob("*"):
                if file.suffix in {".py", ".toml", ".txt"}:
                    zipped.write(file, file.relative_to(base).as_posix())
    code = """
import nodecalc_seeds
assert ".zip" in nodecalc_seeds.__file__
from nodecalc.catalogue import load_catalogue
c = load_catalogue()
try:
    c.node("tsmc-n99")
except ValueError as error:
    assert "nearest" in str(error), error
ids = nodecalc_seeds.node_ids()
print(len(ids), len(c.nodes()), len(c.products()), len(c.sources()), len(c.node("n5").evidence))
print(len(c.tools), len(c.geometry("tsmc-n5")))
"""
    assert run(code, archive).split() == ["60", "60", "122", "407", "12", "8", "2"]


def test_the_seeds_import_nothing_of_nodecalc_and_no_resource_machinery():
    code = """
import nodecalc_seeds
nodecalc_seeds.read("nodes/tsmc-n5.toml")
new = set(sys.modules) - before
print([m for m in new if m == "nodecalc" or m.startswith(("nodecalc.", "importlib.resources", "pathlib", "re"))])
"""
    assert run("before = set(sys.modules)\n" + code, SEEDS.parent) == "[]"


def test_one_node_is_read_without_heavy_modules():
    code = """
before = set(sys.modules)
from nodecalc.catalogue import load_catalogue
load_catalogue().node("tsmc-n5").range("d0")
heavy = {"dataclasses", "inspect", "importlib.resources", "importlib.metadata", "pathlib", "tomllib", "datetime",
         "difflib", "numpy", "numba", "rich", "typer", "nodecalc.catalogue.schema", "nodecalc.catalogue.userfile"}
print(sorted(heavy & (set(sys.modules) - before)))
"""
    assert run(code, PROJECT, SEEDS.parent) == "[]"


def test_a_die_reads_neither_tools_nor_stacks(tmp_path):
    own = tmp_path / "my.toml"
    own.write_text('schema = 1\n[node."tsmc-n5"]\nd0 = 0.07\n')
    code = f"""
import nodecalc_seeds
asked, read = [], nodecalc_seeds.read
nodecalc_seeds.read = lambda name: asked.append(name) or read(name)
from nodecalc.cli.program import run
assert run(["die", "100", "-n", "tsmc-n5"]) == 0
assert run(["die", "100", "-n", "tsmc-n5", "--catalog", {str(own)!r}]) == 0
print([name for name in asked if name in ("litho.toml", "stacks.toml")], "nodes/tsmc-n5.toml" in asked)
"""
    assert run(code, PROJECT, SEEDS.parent).splitlines()[-1] == "[] True"


def test_what_was_read_cannot_be_changed_and_can_be_copied_and_sent():
    catalogue = Catalogue()
    for entry in (catalogue.node("tsmc-n5"), catalogue.product("apple-m1")):
        with pytest.raises(TypeError):
            entry.figures["d0"] = ()
        for twin in (pickle.loads(pickle.dumps(entry)), copy.deepcopy(entry)):
            assert twin == entry
            assert type(twin.figures) is type(entry.figures)


def test_every_file_that_the_hash_of_the_data_is_made_of_is_there():
    found = hashlib.blake2b(digest_size=16)
    for name in digest.names():
        try:
            text = nodecalc_seeds.read(name)
        except OSError:
            assert name.startswith("evidence/")
            continue
        found.update(f"{name}\n{text}\n".encode())
    assert digest.data_digest() == found.hexdigest()
    assert {f"nodes/{node}.toml" for node in nodecalc_seeds.node_ids()} < set(digest.names())
    assert "systems/nvidia-h100-sxm.toml" in digest.names() or any(n.startswith("systems/") for n in digest.names())


def test_a_file_is_known_again_by_what_is_in_it(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_bytes(b"schema = 1\n")
    assert digest.file_digest(str(path)) == hashlib.blake2b(b"schema = 1\n", digest_size=16).hexdigest()
    assert digest.file_digest(None) is None


def test_a_table_is_parsed_alone_wherever_it_stands():
    text = "\n[a]\nx = 1\n[b]\ny = 2\n"
    assert builtin.one_table(text, "[a]") == {"x": 1} or builtin.one_table(text, "[a]") == {"a": {"x": 1}}
    assert builtin.one_table(text, "[b]") == {"y": 2} or builtin.one_table(text, "[b]") == {"b": {"y": 2}}
    assert builtin.one_table(text, "[c]") is None


def test_a_convention_keeps_its_alpha_only_under_its_own_model():
    own = conventions.Convention("x", "X", "s", {"yield_model": "negative-binomial", "alpha": 3.0, "edge": 2.0}, "")
    same, other = own.under({"yield_model": "negative-binomial"}), own.under({"yield_model": "murphy"})
    assert same["alpha"] == own.under({})["alpha"] == 3.0
    assert "alpha" not in other
    assert other == {"yield_model": "murphy", "edge": 2.0}
    assert own.under({"yield_model": "murphy", "alpha": 1.0})["alpha"] == 1.0


def test_a_node_keeps_its_own_peer_and_takes_its_parents_where_it_has_none():
    node, parent = Catalogue().node("tsmc-n5"), Catalogue().node("tsmc-n7")
    for own, others, found in (("a", "b", "a"), ("a", "", "a"), ("", "b", "b"), ("", "", "")):
        child = node._replace(peer=own, wafer_note=own)
        merged = child.with_parent(parent._replace(peer=others, wafer_note=others))
        assert (merged.peer, merged.wafer_note) == (found, found)


def test_shares_of_systems_in_per_cent_are_parts_of_one():
    assert systems._in_parts(Range(40.0, 50.0, 120.0, "x"), "percent") == Range(0.4, 0.5, 1.0, "x")
    assert systems._in_parts(Range(40.0, 50.0, 60.0, "x"), "percent") == Range(0.4, 0.5, 0.6, "x")
    assert systems._in_parts(Range(40.0, 50.0, 120.0, "x"), "USD") == Range(40.0, 50.0, 120.0, "x")


def test_products_are_called_by_their_vendor_or_by_their_names():
    known = Catalogue()
    assert {p.vendor for p in known.products_called("Apple")} == {"Apple"}
    assert [p.id for p in known.products_called("Exynos 25")] == ["samsung-exynos-2500"]
    assert known.products_called("-") == known.products_called("no such thing") == ()


def test_a_share_has_the_whole_as_its_limit():
    whole = {"percent": 100, "ratio": 1, "": 1}
    known = [field for owner in ("node", "product", "tool", "model") for field in fields.fields_of(owner).values()]
    limits = {field.name: (field.units, field.upper) for field in known if field.upper is not None}
    assert len(limits) > 12
    assert all(upper == whole[units[0]] for units, upper in limits.values()), limits


def test_a_yield_says_of_which_chip_it_is():
    piece = Piece("d0", "yield", 0.6, "reported", 2024, "cset_2020", "X", die_area_mm2=100.0)
    assert "(" not in piece.told
    assert "of 100 mm2" in piece.told
    assert "(apple-m1)" in piece._replace(product="apple-m1").told


def evidence(**table):
    return make_piece({"of": "d0", "kind": "reported", "source": "x", **table})


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"d0": 0.4}, ""),
        ({"d0": 0.4, "bound": "below"}, "under 0.4"),
        ({"usd": 9000.0, "bound": "above"}, "over 9000"),
        ({"ratio": 1.2, "ratio_of": "tsmc-n7"}, "1.2 x the price of tsmc-n7"),
        ({"ratio": 1.2, "ratio_of": "tsmc-n7", "bound": "above"}, "over 1.2 x the price of tsmc-n7"),
        ({"yield": 0.4}, "40 % good"),
        ({"yield": 0.4, "note": "said to be poor"}, "said to be poor"),
        ({"yield": 0.4, "note": "said", "die_area_mm2": 100.0, "bound": "below"}, "under 40 % good of 100 mm2"),
        ({"yield": 0.4, "die_area_mm2": 100.0, "need": 4, "total": 4}, "40 % good of 100 mm2, 4 of 4 units (unsaid)"),
        (
            {"yield": 0.4, "die_area_mm2": 100.0, "need": 3, "total": 4, "core_fraction": 0.5, "counts": "sold"},
            "40 % good of 100 mm2, 3 of 4 units (sold) on 0.5 of the die",
        ),
        (
            {"yield": 0.4, "die_area_mm2": 100.0, "need": 3, "total": 4},
            "40 % good of 100 mm2, 3 of 4 units (unsaid) on 0.6 (0.4 to 0.8, ours) of the die",
        ),
    ],
)
def test_a_piece_says_in_words_what_its_number_does_not(table, told):
    piece = evidence(**table)
    assert piece.told == told
    assert piece.figure().note == "; ".join(dict.fromkeys(text for text in (told, piece.note) if text))
    without = piece._replace(note="", why="of another product")
    assert without.figure().note.endswith("no weight: of another product")


def test_what_a_piece_leaves_unsaid_is_the_usual():
    plain, own = evidence(usd=1.0), evidence(usd=1.0, wafer_mm=200.0, origin="Example")
    assert (plain.wafer_mm, plain.origin, own.wafer_mm, own.origin) == (300.0, "x", 200.0, "Example")
    assert Piece("wafer_price", "usd", 1.0, "reported", None, "x", "x").wafer_mm == 300.0


def test_an_example_is_found_by_its_name_and_by_its_file():
    for one in examples.examples():
        assert examples.example(one.name) == examples.example(f" {one.file} ") == one
    with pytest.raises(UnknownNameError, match="unknown example"):
        examples.example("no-such.toml")


def test_the_rivals_of_a_tables_figure_are_the_others():
    known, several = Catalogue(), 0
    for table in ("packages", "memory", "capacity", "carbon"):
        for group, entry in known.tables(table).items():
            for key, figures in entry.figures.items():
                if isinstance(figures[0].value, float | int):
                    found = systems.table_figure(f"{table}/{group}/{key}", known)
                    assert found.figure in figures
                    assert len(found.rivals) == len(figures) - 1
                    assert found.figure not in found.rivals
                    several += bool(found.rivals)
    assert several
