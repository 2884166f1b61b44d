"""Finding nodes, products and sources from what people write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodecalc.catalogue import Catalogue, builtin, load_catalogue
from nodecalc.catalogue.names import Named, find, fold, shown
from nodecalc.errors import UnknownNameError

FOUND = [
    ("tsmc-n5", "tsmc-n5"),
    ("TSMC-N5", "tsmc-n5"),
    ("TSMC_N5", "tsmc-n5"),
    (" tsmc n5\n", "tsmc-n5"),
    ("tsmcn5", "tsmc-n5"),
    ("n5", "tsmc-n5"),
    ("N-5", "tsmc-n5"),
    ("TSMC 5nm", "tsmc-n5"),
    ("TSMC 5 nm", "tsmc-n5"),
    ("tsmc 5", "tsmc-n5"),
    ("N5P", "tsmc-n5p"),
    ("CLN5FF", "tsmc-n5"),
    ("4N", "tsmc-4n"),
    ("tsmc 4N", "tsmc-4n"),
    ("N4P", "tsmc-n4p"),
    ("N2P", "tsmc-n2p"),
    ("n7", "tsmc-n7"),
    ("n7+", "tsmc-n7+"),
    ("N3", "tsmc-n3b"),
    ("N3P", "tsmc-n3p"),
    ("N+3", "smic-n+3"),
    ("n + 3", "smic-n+3"),
    ("smic n+2", "smic-n+2"),
    ("SMIC 5nm", "smic-n+3"),
    ("SMIC 5", "smic-n+3"),
    ("smic-7nm", "smic-n+2"),
    ("8N", "samsung-8lpp"),
    ("3GAE", "samsung-sf3"),
    ("samsung 5nm", "samsung-5lpe"),
    ("Intel 7", "intel-7"),
    ("intel 10nm", "intel-10"),
    ("10SF", "intel-10"),
    ("18a", "intel-18a"),
    ("gf 12lp", "gf-12lp"),
    ("GlobalFoundries 12LP+", "gf-12lp"),
    ("22FD-SOI", "gf-22fdx"),
    ("gf 22FD-SOI", "gf-22fdx"),
    ("0.18 µm", "tsmc-180"),
    ("180", "tsmc-180"),
    ("Samsung D1a", "industry-d1a"),
    ("Micron D1b", "industry-d1b"),
    ("Xtacking 4.0", "ymtc-270l"),
    ("SK hynix 321L", "skhynix-321l"),
    ("micron 232L", "micron-232l"),
]

AMBIGUOUS = [
    ("5nm", ["tsmc-n5", "smic-n+3", "samsung-5lpe"]),
    ("5 nm", ["tsmc-n5", "smic-n+3", "samsung-5lpe"]),
    ("7 nm", ["tsmc-n7", "smic-n+2", "samsung-7lpp"]),
    ("7", ["intel-7", "tsmc-n7", "smic-n+2", "samsung-7lpp"]),  # not silently Intel 7
    ("14lpp", ["samsung-14lpp", "gf-14lpp"]),
    ("232L", ["ymtc-232l", "micron-232l"]),
    ("TSMC 3nm", ["tsmc-n3b", "tsmc-n3e"]),
    ("SMIC 7 nm class", ["smic-n+1", "smic-n+2"]),
]

UNKNOWN = [
    ("tsmc-n55", "nearest: tsmc-n5"),
    ("tmsc-n5", "nearest: tsmc-n5"),
    ("tsmc", "nearest: tsmc-"),
    ("cln5f", "nearest: tsmc-n5"),
    ("zzzz", "60 are known"),
    ("", "60 are known"),
    ("../products", "known"),
    ("nodes/tsmc-n5", "nearest: tsmc-n5"),
    ("a\nb\x1b[31m", "known"),
    ("n" * 10_000, "known"),
]


@pytest.mark.parametrize(("name", "id_"), FOUND)
def test_a_node_is_found_by(name, id_):
    assert Catalogue().node(name).id == id_


@pytest.mark.parametrize("entry", builtin.node_names(), ids=lambda entry: entry.id)
def test_every_node_is_found_by_its_id_in_any_case_and_by_foundry_with_each_name(entry):
    catalogue = load_catalogue()
    assert catalogue.node(entry.id).id == entry.id
    assert catalogue.node(entry.id.upper()).id == entry.id
    for name in (entry.name, *entry.aliases):
        try:
            found = catalogue.node(f"{entry.maker.split('/')[0]} {name}").id
        except UnknownNameError as error:
            # Two nodes of one foundry share a name; both must be offered.
            found = str(error)
        assert found == entry.id or ("ambiguous" in found and entry.id in found)


@pytest.mark.parametrize(("name", "ids"), AMBIGUOUS)
def test_an_ambiguous_name_is_refused_with_all_candidates(name, ids):
    with pytest.raises(UnknownNameError) as caught:
        Catalogue().node(name)
    message = str(caught.value)
    assert message.startswith(f"node '{name}' is ambiguous; it can be: ")
    listed = message.partition("it can be: ")[2].partition(";")[0].split(", ")
    assert sorted(listed) == sorted(ids)
    assert "\n" not in message


@pytest.mark.parametrize(("name", "expected"), UNKNOWN)
def test_an_unknown_name_is_refused_with_the_nearest_ids_in_one_line(name, expected):
    with pytest.raises(UnknownNameError, match="unknown node") as caught:
        Catalogue().node(name)
    assert expected in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300


@given(st.text(max_size=20))
def test_any_text_is_a_node_or_a_one_line_error(text):
    message = ""
    try:
        load_catalogue().node(text)
    except UnknownNameError as error:
        message = str(error)
    assert message.isprintable()


@given(st.text(max_size=20))
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("kirin-9000s", "kirin-9000s"),
        ("Kirin 9000S", "kirin-9000s"),
        ("Kirin 9000", "kirin-9000"),
        ("H100", "nvidia-gh100"),
        ("gh100", "nvidia-gh100"),
        ("nvidia h100", "nvidia-gh100"),
        ("a14", "apple-a14"),
        ("Apple A14", "apple-a14"),
        ("910B", "ascend-910b"),
        ("Zen 4 CCD", "amd-zen4-ccd"),
        ("9030 pro", "kirin-9030"),
    ],
)
def test_a_product_is_found_by(name, id_):
    assert Catalogue().product(name).id == id_


@pytest.mark.parametrize("product", load_catalogue().products(), ids=lambda product: product.id)
def test_every_product_is_found_by_id_and_name(product):
    assert Catalogue().product(product.id) == product
    assert load_catalogue().product(product.name) == product


def test_unknown_and_ambiguous_products_are_refused():
    with pytest.raises(UnknownNameError, match="unknown chip 'kirin-9009'; nearest: kirin-90"):
        Catalogue().product("kirin-9009")
    with pytest.raises(UnknownNameError, match="chip 'two dies' is ambiguous; it can be: nvidia-gb100, biren-br100"):
        Catalogue().product("two dies")
    with pytest.raises(UnknownNameError, match="unknown chip '2'"):
        Catalogue().product("2")


def test_a_source_is_found_by_id_in_any_case_and_else_refused():
    assert Catalogue().source("CSET_2020").id == "cset_2020"
    with pytest.raises(UnknownNameError, match="unknown source 'cset_2021'; nearest: cset_2020"):
        Catalogue().source("cset_2021")


def test_stand_ins_are_marked_and_only_where_nobody_publishes():
    catalogue = Catalogue()
    kinds = {n.id: {p.kind for p in n.evidence if p.of == "d0" and p.span} for n in catalogue.nodes() if n.evidence}
    assert kinds["intel-4"] == {"assumed"}
    assert kinds["tsmc-n5"] == {"disclosed", "estimated"}
    assert all(own == {"assumed"} for own in kinds.values() if "assumed" in own)
    assert catalogue.source("assumed").verified is False


def test_figures_that_were_not_read_again_are_unverified():
    pieces = {piece.source: piece for piece in Catalogue().node("tsmc-n5").evidence if piece.of == "wafer_price"}
    assert pieces["cset_2020"].verified is False
    assert pieces["infonet_n_2023"].verified is True


def test_what_nobody_publishes_is_none():
    assert Catalogue().node("cxmt-g4").preferred("wafer_price") is None
    assert Catalogue().node("cxmt-g4").range("wafer_price") is None


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("kirin-9000s", "kirin-9000s"),
        ("smicn+2", "smic-n+2"),
        ("tsmc tsmc-n5", None),
        ("smic n5", None),
        ("intel n5", None),
    ],
)
def test_an_id_is_known_with_its_maker_before_it_once(given, found):
    catalogue = load_catalogue()
    ids = {*catalogue.node_ids, *(product.id for product in catalogue.products())}
    if found is None:
        with pytest.raises(UnknownNameError):
            catalogue.node(given)
    else:
        assert found in ids
        look = catalogue.node if found in catalogue.node_ids else catalogue.product
        assert look(given).id == found


def test_every_id_is_found_without_its_maker_or_is_said_to_be_ambiguous():
    catalogue = load_catalogue()
    for id_ in catalogue.node_ids:
        maker, _, bare = id_.partition("-")
        assert catalogue.node(id_).id == id_
        assert catalogue.node(f"{maker} {bare}").id == id_
        try:
            found, said = catalogue.node(bare).id, ""
        except UnknownNameError as error:
            found, said = "", str(error)
        assert found or ("ambiguous" in said and id_ in said), bare


def test_a_number_with_one_point_is_a_number_and_what_has_two_is_a_name():
    entries = [Named("x-a", "X", "2.5"), Named("x-b", "X", "1.2.3"), Named("x-c", "X", "0.5nm")]
    with pytest.raises(UnknownNameError):
        find("chip", "2.5", entries, "", size_names=False)
    assert find("chip", "x 2.5", entries, "", size_names=False) == "x-a"
    assert find("chip", "1.2.3", entries, "", size_names=False) == "x-b"
    assert find("node", "0.5", entries, "", size_names=True) == "x-c"


def test_what_follows_the_hyphen_of_an_id_is_a_name_too():
    entries = [Named("x-own", "Example", "Quite another")]
    for name in ("own", "example own", "X own", "x-own", "quite-another", "x quite another"):
        assert find("node", name, entries, "", size_names=True) == "x-own"


def test_an_id_is_the_entrys_own_whoever_else_is_called_so():
    entries = [Named("x-a", "X", "A"), Named("y-b", "Y", "B", ("x-a", "x a"))]
    assert find("node", "X_A", entries, "", size_names=True) == "x-a"
    assert find("node", "y x-a", entries, "", size_names=True) == "y-b"
    alike = [Named("x-a1", "X", "P"), Named("xa-1", "XA", "Q")]
    with pytest.raises(UnknownNameError, match="ambiguous; it can be: x-a1, xa-1"):
        find("node", "x a1", alike, "", size_names=True)


def test_a_number_is_a_size_only_where_nothing_is_called_so():
    entries = [Named("x-a", "X", "5"), Named("x-b", "X", "5nm"), Named("x-c", "X", "8nm")]
    assert find("node", "x 5", entries, "", size_names=True) == "x-a"
    assert find("node", "x 8", entries, "", size_names=True) == "x-c"
    with pytest.raises(UnknownNameError, match="ambiguous"):
        find("node", "5", entries, "", size_names=True)
    assert find("chip", "x 5", entries, "", size_names=False) == "x-a"
    for number in ("5", "x 8"):
        with pytest.raises(UnknownNameError):
            find("chip", number, entries, "", size_names=False)


def test_a_name_is_shown_whole_up_to_sixty_characters():
    assert shown("x" * 60) == "x" * 60
    assert shown("x" * 61) == "x" * 60 + "..."


def test_what_is_found_once_is_kept_whoever_asks():
    catalogue = Catalogue()
    assert catalogue.product("apple-m1") is catalogue.product("apple-m1")
    assert catalogue.source("cset_2020") is catalogue.source("cset_2020")
    assert catalogue.node("n5") is catalogue.node("tsmc-n5")


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("", False), ("a", True), ("5", True), ("a-", True), ("a+.", True), ("-a", False), ("+", False), (".", False),
     ("A", False), ("aB", False), ("a b", False), ("\u00e9", False), ("a_b", False)],
)  # fmt: skip
def test_an_id_is_small_letters_digits_and_three_signs_and_begins_with_none_of_these(text, is_one):
    assert builtin.is_id(text) is is_one


def test_a_vendor_is_found_under_its_other_names():
    catalogue = Catalogue()
    chips = {chip.id for chip in catalogue.products() if chip.vendor == "HiSilicon"}
    assert {chip.id for chip in catalogue.products_called("huawei")} == chips
    assert catalogue.product("Huawei Kirin 9000S").id == "kirin-9000s"
