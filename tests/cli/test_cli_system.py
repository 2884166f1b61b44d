"""`nodecalc system`: packages part by part, built-in and from files, and errors that say what to set."""

from math import isfinite

import pytest

import nodecalc as nc
from nodecalc.catalogue import Catalogue
from nodecalc.catalogue.systems import find_system, system_names
from nodecalc.render.reports.system import system_report

MISSING = {
    "kunlun-p800": ["die.compute.size=600", "die.compute.node=smic-n+2", "memory.hbm.usd_per_gbyte=15"],
    "hybrid-14-18": [
        "die.logic.size=200",
        "die.dram.size=200",
        "die.dram.d0=0.2",
        "die.dram.wafer_price=5000",
        "bonded.stack.bond_usd=400",
    ],
    "metax-c600": ["die.compute.size=600", "die.compute.node=smic-n+2"],
}
"""What nobody publishes of a built-in system, and values to set."""
NAMES = [row.id for row in system_names()]


@pytest.mark.parametrize("name", NAMES)
def test_every_built_in_system_adds_up_and_lies_in_its_band(name):
    found = nc.system(name, values=MISSING.get(name, ()))
    p10, p50, p90 = found.band
    assert p10 < p50 < p90
    assert p10 <= found.unit_cost_usd <= p90
    assert sum(row.usd for row in found.rows) == pytest.approx(found.unit_cost_usd, rel=1e-12)
    assert sum(row.share for row in found.rows) == pytest.approx(1.0)
    assert all(isfinite(row.usd) and row.usd >= 0.0 for row in found.rows)
    assert 0.0 < found.package_yield <= 1.0
    assert all(found.catalogue.source(id_) for id_ in found.ledger.source_ids)


@pytest.mark.parametrize("name", MISSING)
def test_what_is_not_public_is_asked_for_one_by_one(cli, name):
    given = []
    for value in MISSING[name]:
        done = cli("system", name, *given)
        assert done.code == 2
        assert f"--set {value.partition('=')[0]}=" in done.err
        given += ["--set", value]
    assert cli("system", name, *given).code == 0


def test_the_tree_is_what_its_parts_make_by_hand():
    found = nc.system("h100", values={"memory.hbm3.usd_per_gbyte": 15, "die.gpu.die_coverage": 1})
    die = nc.estimate(chip="h100")
    usd = {row.part: row.usd for row in found.rows}
    assert usd["die.gpu"] == pytest.approx(die.sellable_die_cost_usd)
    assert usd["memory.hbm3"] == 1200.0
    assert usd["carrier.interposer"] == pytest.approx(7000 / 29)
    assert usd["test"] == pytest.approx(1200 * 500 / 3600)
    assert found.package_yield == pytest.approx(0.98)
    assert found.unit_cost_usd == pytest.approx(found.materials_usd / 0.98)
    assert usd["losses"] == pytest.approx(found.unit_cost_usd - found.materials_usd)


def test_bad_dies_that_pass_cost_whole_units():
    less = nc.system("b200", values=["die.gpu.die_coverage=0.9"])
    y = nc.estimate(chip="nvidia-gb100").sellable_yield
    quality = y / (1 - (1 - y) * 0.9)
    assert less.package_yield == pytest.approx(0.98 * quality**2)
    assert less.unit_cost_usd > nc.system("b200").unit_cost_usd


def test_a_bonded_stack_is_what_its_wafers_make():
    given = MISSING["hybrid-14-18"]
    wafers = nc.system("hybrid-14-18", values=given)
    logic, dram = (wafers.dies[name] for name in ("logic", "dram"))
    stack = wafers.rows[0]
    whole = logic.inputs.numbers["wafer_price_usd"] + 5000 + 400
    assert stack.each_usd == pytest.approx(whole / (logic.gross_dies * logic.die_yield * dram.die_yield * 0.97))
    placed = nc.system(
        "hybrid-14-18", values=[*given[:-1], "bonded.stack.bond_usd=3", "bonded.stack.method=die-to-wafer"]
    )
    good = logic.good_die_cost_usd + dram.good_die_cost_usd + 3
    assert placed.rows[0].each_usd == pytest.approx(good / 0.97)
    with pytest.raises(nc.NodecalcError, match="dies that are bonded have one size"):
        nc.system("hybrid-14-18", values=["die.logic.size=300", *given[1:]])
    with pytest.raises(nc.NodecalcError, match="'cache' is no die of it"):
        nc.system("hybrid-14-18", values=[*given, "bonded.stack.top=cache"])


def test_fault_coverage_lets_pass_what_the_model_says():
    values = ["die.soc.d0=0.5/cm2", "die.soc.fault_coverage=0.95", "die.soc.sort_usd=1"]
    found = nc.system(without_coverage("kirin-9030"), values=values)
    x = 0.5 * 1.366
    quality = 1 - nc.defect_level(x, fault_coverage=0.95, model="murphy")
    assert found.package_yield == pytest.approx(0.99 * quality)
    die = nc.estimate(chip="kirin-9030", d0=0.5)
    usd = {row.part: row.usd for row in found.rows}
    assert usd["die.soc"] == pytest.approx((die.die_cost_usd + 1) * quality / die.die_yield)
    with pytest.raises(nc.NodecalcError, match="give one of them"):
        nc.system("kirin-9030", values=values)
    with pytest.raises(nc.NodecalcError, match="which faults count is not known"):
        nc.system(without_coverage("h100"), values=["die.gpu.fault_coverage=0.95"])


def without_coverage(name):
    """Return a built-in system whose dies say nothing of their test."""
    entry = find_system(name, Catalogue())
    parts = [
        part._replace(values={key: value for key, value in part.values.items() if key != "die_coverage"})
        for part in entry.parts
    ]
    return entry._replace(parts=tuple(parts))


def test_bonds_are_counted_unless_they_are_given():
    rome = nc.system("epyc-rome", values=["die.ccd.die_coverage=1", "die.iod.die_coverage=1"])
    assert rome.package_yield == pytest.approx(0.99**9)
    assert (
        nc.system(
            "epyc-rome", values=["die.ccd.die_coverage=1", "die.iod.die_coverage=1", "assembly.bonds=0"]
        ).package_yield
        == 1.0
    )


def test_volume_price_margin_and_levy():
    found = nc.system("h200", volume="1M", price=30000, levy="25%")
    nre = (18.1e6 + 449e6) / 1e6
    assert found.nre_usd_per_unit == pytest.approx(nre)
    assert found.total_usd == pytest.approx(found.unit_cost_usd + nre)
    low, _, high = found.total_band
    assert low < found.total_usd < high
    assert low > found.band[0] + nre / 2
    assert found.sale["margin_after_levy"] == pytest.approx(0.75 - found.total_usd / 30000)
    back = nc.system("h200", margin=found.sale["gross_margin"], volume="1M")
    assert back.sale["unit_price_usd"] == pytest.approx(30000)


def test_parts_on_one_node_share_their_draws():
    """Twice the dies on one node are as uncertain as one of twice the cost, not less."""
    one = nc.system("b200")
    figures = {figure.key for key, figure in one.graph.uncertain.items() if key.endswith("d0_per_cm2")}
    assert figures == {"tsmc-4n.d0_per_cm2"}


def test_published_costs_stand_beside_ours(good):
    answer = good("system", "h100", "-f", "json").json
    kinds = {row["what"] for row in answer["published"]}
    assert {"total", "logic", "memory", "carrier", "test"} <= kinds
    assert [part["part"] for part in answer["parts"]][-1] == "losses"
    said = good("system", "mi300x").out
    assert "calculated beside published" in said


FILE = """
schema = 1
name = "two chiplets"

[die.core]
size = "10x10"
node = "tsmc-n5"
d0 = 0.1
count = 2

[carrier.fan-out]
usd = 10
yield = 0.9

[assembly]
bond_yield = 0.99
method = "METHOD"
"""


def written(tmp_path, text):
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_of_ones_own_and_chip_first_loses_dies_with_the_carrier(tmp_path):
    last = nc.system(written(tmp_path, FILE.replace("METHOD", "chip-last")))
    first = nc.system(written(tmp_path, FILE.replace("METHOD", "chip-first")))
    die = nc.estimate("10x10", node="tsmc-n5", d0=0.1).good_die_cost_usd
    assert last.unit_cost_usd == pytest.approx((2 * die + 10 / 0.9) / 0.99**2)
    assert first.unit_cost_usd == pytest.approx((2 * die + 10) / (0.9 * 0.99**2))
    given = nc.system(
        written(tmp_path, FILE.replace("METHOD", "chip-last") + "[test]\nusd = 1\n"),
        values=["die.core.wafer_price=17000"],
    )
    assert given.band is None


SCHEMES = """
schema = 1
name = "two chiplets and memory"

[die.core]
size = 300
node = "tsmc-n5"
count = 2

[memory.hbm]
stacks = 4
gigabytes = 64
usd_per_gbyte = 15

[carrier.interposer]
scheme = "SCHEME"

[carrier.substrate]
scheme = "organic"
joined = "last"
"""


def test_a_scheme_sizes_its_carrier_and_knows_its_yield_and_bonds(tmp_path):
    found = nc.system(written(tmp_path, SCHEMES.replace("SCHEME", "silicon-interposer")))
    area = 1.1 * (2 * 300 + 4 * 121)
    dies = nc.gross_dies(area**0.5, area**0.5)
    carrier = next(row for row in found.rows if row.part == "carrier.interposer")
    good = (1 + area / 100 * 0.06 / 6) ** -6
    assert carrier.good == pytest.approx(good)
    assert carrier.each_usd == pytest.approx(1937 / dies / good)
    assert found.package_yield == pytest.approx(0.95**6)
    substrate = next(row for row in found.rows if row.part == "carrier.substrate")
    assert substrate.usd == pytest.approx(4 * 600 * 0.005)
    early = found.materials_usd - substrate.usd
    assert found.unit_cost_usd == pytest.approx(early / 0.95**6 + substrate.usd)


def test_fan_out_made_on_the_dies_loses_them_and_a_panel_needs_its_price(tmp_path):
    path = written(tmp_path, SCHEMES.replace("SCHEME", "fan-out"))
    first = nc.system(path)
    last = nc.system(path, values=["carrier.interposer.scheme=fan-out-last"])
    assert first.unit_cost_usd > last.unit_cost_usd
    assert first.package_yield < last.package_yield
    with pytest.raises(nc.NodecalcError, match="nobody publishes what a panel costs"):
        nc.system(path, values=["carrier.interposer.panel=510x515"])
    panel = nc.system(path, values=["carrier.interposer.panel=510x515", "carrier.interposer.usd_per_wafer=3000"])
    each = next(row for row in panel.rows if row.part == "carrier.interposer").each_usd
    assert 3000 / each > 4 * nc.gross_dies(36.07, 36.07) * 0.7
    with pytest.raises(nc.NodecalcError, match="unknown scheme 'fan-in'; nearest: fan-out"):
        nc.system(path, values=["carrier.interposer.scheme=fan-in"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("schema = 1", "schema = 2"), "schema 2: write schema = 1"),
        (("count = 2", "cuont = 2"), "unknown key of die.core 'cuont'"),
        (("usd = 10", "usdd = 10"), "unknown 'usdd'; nearest: usd"),
        (("usd = 10", ""), "carrier.fan-out has no price"),
        (("[carrier.fan-out]", "[carier.fan-out]"), "unknown 'carier'; nearest: carrier"),
        (("bond_yield = 0.99", "bond_yield = 1.2"), "assembly.bond_yield 1.2: outside"),
        (
            ("bond_yield = 0.99", "bond_yield = { value = 0.99, low = 0.9, high = 1.2 }"),
            "assembly.bond_yield 1.2: outside",
        ),
        (("METHOD", "chip-middle"), "method 'chip-middle': allowed: chip-last, chip-first"),
        (('node = "tsmc-n5"', ""), "die.core has no node"),
        (('size = "10x10"', ""), "die.core has no size"),
        (("usd = 10", "usd = { figure = 'packages/scheme.cowos/x' }"), "unknown 'scheme.cowos'"),
        (("usd = 10", "usd = { value = 5, knd = 'reported' }"), "unknown 'knd'; nearest: kind"),
        (("usd = 10", "usd = [1]"), "write a number, a text or a figure"),
        (("usd = 10", "usd = { value = 5, low = 'x' }"), "low 'x': write a number"),
        (("usd = 10", "usd = { value = 5, high = [] }"), "high []: write a number"),
        (("usd = 10", "usd = { value = 5, kind = [] }"), "kind []: write a text"),
        (("schema = 1", "schema = 1\nbeside = 3"), "beside: no table"),
        (("schema = 1", "schema = 1\npublished = [[]]"), "unknown '[]'"),
    ],
)
def test_a_bad_file_gets_one_line_that_names_the_place(cli, tmp_path, change, said):
    path = written(tmp_path, FILE.replace(*change).replace("METHOD", "chip-last"))
    done = cli("system", path)
    assert done.code == 2
    assert said in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("h101",), "unknown system 'h101'; nearest: h100"),
        (("h100", "--set", "dye.gpu.count=3"), "no part 'dye.gpu'; nearest: die.gpu"),
        (("h100", "--set", "assembly.package_yield"), "write PART.KEY=VALUE"),
        (("h100", "--set", "volume=1M"), "of the whole system; give --volume 1M"),
        (("h100", "--set", "assembly.package_yield=1.3"), "assembly.package_yield 1.3: outside"),
        (("h100", "--strict"), "set them with --set PART.KEY=VALUE"),
        (("h100", "--levy", "0.2"), "--levy without --price"),
        (("h100", "--price", "3", "--margin", "0.2"), "leave one of them out"),
        (
            ("metax-c600", "--set", "die.compute.size=600", "--set", "die.compute.node=n5", "--volume", "1M"),
            "[nre.NAME]",
        ),
        (("none.toml",), "no such file"),
        (("--volume", "3"), "options of a system without one"),
        (("h100", "--volume", "1e-300"), "volume 1e-300: no number is what one unit costs"),
        (("h100", "--volume", "1e-299", "--margin", "94%"), "4.67e+307 USD is what one unit costs"),
        (("h100", "--volume", "2e-300", "-f", "json"), "give a larger volume, such as 1000"),
        (("h100", "--price", "1e-307"), "no number is the margin at such a price"),
        (("h100", "--set", "package_yield=1e-200"), "write PART.KEY"),
        (("h100", "--set", "assembly.package_yield=1e-200"), "give higher yields of packages"),
    ],
)
def test_bad_questions_get_one_line(cli, words, said):
    done = cli("system", *words)
    assert done.code == 2
    assert said in done.err
    assert done.err.count("\n") == 1


def test_the_list_names_all_and_other_names_find_them(good):
    assert [row["id"] for row in good("system", "-f", "json").json["rows"]] == NAMES
    assert find_system("EPYC", Catalogue()).id == "epyc-rome"
    assert find_system("Ascend 910C", Catalogue()).id == "ascend-910c"


def test_full_dies_go_into_full_units_and_cut_ones_into_cut_units(good):
    bins = "die.compute.bins=full=25:1000+cut=22:600"
    found = nc.system("ascend-910c", values=[bins])
    full, cut = found.bins
    assert full.share_of_units + cut.share_of_units == pytest.approx(1.0)
    assert full.die_usd / cut.die_usd == pytest.approx(1000 / 600)
    mean = full.share_of_units * full.unit_usd + cut.share_of_units * cut.unit_usd
    assert mean == pytest.approx(found.unit_cost_usd, rel=1e-12)
    shares = found.dies["compute"].bins
    assert (full.share_of_dies, cut.share_of_dies) == (shares["full"], shares["cut"])
    alike = nc.system("ascend-910c", values=["die.compute.bins=full=25+cut=22"]).bins
    assert {row.unit_usd for row in alike} == {found.unit_cost_usd}
    assert "units by the bin of their dies" in good("system", "ascend-910c", "--set", bins).out
    assert nc.system("ascend-910c").bins == ()


def test_what_parts_explain_a_difference_to_a_published_total(good):
    found = nc.system("h100")
    totals = {row.published_usd for row in found.published if row.what == "total"}
    assert {3320.0, 3000.0, 5875.0} <= totals
    own = [row for row in found.published if row.figure.source == "siliconanalysts_bridge"]
    parts = {row.what: row.calculated_usd - row.published_usd for row in own}
    rest = parts["total"] - sum(more for what, more in parts.items() if what != "total")
    said = next(gap for gap in found.gaps if "siliconanalysts_bridge" in gap)
    assert said.startswith(f"{parts['total']:+,.0f} USD to the 3,320")
    assert said.endswith(f"the rest {rest:+,.0f}")
    assert all(f"{what} {parts[what]:+,.0f}" in said for what in ("test", "memory", "logic"))
    assert nc.system("mi300x").gaps[-1] == "one total of it was found published"
    b200 = good("system", "b200").out
    assert "of it was found" not in b200
    assert "others report as much as the price" in b200  # a price that was printed as a cost


def test_a_design_on_a_multi_project_run_pays_its_share_by_area(cli):
    alone = nc.system("kirin-9030", volume=1e4)
    shared = nc.system("kirin-9030", volume=1e4, values=["nre.soc.shared_area_mm2=800", "nre.soc.lot_usd=2e5"])
    masks = alone.graph.numbers["nre_soc__mask_usd"]
    own = alone.dies["soc"].inputs.die.area_mm2
    less = alone.nre_usd_per_unit - shared.nre_usd_per_unit
    assert less == pytest.approx((masks - (masks + 2e5) * own / 800.0) / 1e4, rel=1e-9)
    words = ("system", "kirin-9030", "--volume", "1e4", "--set")
    assert "give a larger shared_area_mm2" in cli(*words, "nre.soc.shared_area_mm2=80").err
    assert "without its area; give --set nre.soc.shared_area_mm2=500" in cli(*words, "nre.soc.own_area_mm2=80").err


HOSTILE = {
    "beside = 5": "beside: no table",
    "published = [[1]]": "published: unknown '[1]'",
    "[die.b]\nsize = { value = 5, low = 'x' }": "low 'x': write a number",
    "[die.b]\nsize = { value = 5, year = 'x' }": "year 'x': write a number",
    "[die.b]\nsize = { value = nan }": "value nan: write a number",
    "[die.b]\nsort_usd = { value = 5, unit = 'EUR' }": "unit 'EUR': allowed: USD, none",
    "[die.a_b]\nsize = 5\n[die.a-b]\nsize = 6": "die.a-b and die.a_b: one name to the calculation; rename one",
}


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_file_cannot_mean_is_one_line(tmp_path, cli, text):
    path = tmp_path / "own.toml"
    path.write_text(f'schema = 1\n{text}\n[die.a]\nsize = 100\nnode = "tsmc-n5"\n', encoding="utf-8")
    done = cli("system", path)
    assert done.code == 2
    assert HOSTILE[text] in done.err
    assert len(done.err.strip().splitlines()) == 1


def read(tmp_path, text):
    """Return the system of a file, and no answer."""
    path = tmp_path / "own.toml"
    path.write_text(f"schema = 1\n{text}\n", encoding="utf-8")
    return find_system(path, Catalogue())


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("{ value = 5 }", (5.0, 5.0, 5.0, "as given")),
        ("{ value = 5, low = 4, high = 7 }", (4.0, 5.0, 7.0, "source's range")),
        ("{ value = 5, low = 5, high = 5 }", (5.0, 5.0, 5.0, "source's range")),
        ("{ value = 5, low = 4 }", (4.0, 5.0, 5.0, "source's range")),
        ("{ value = 5, high = 7 }", (5.0, 5.0, 7.0, "source's range")),
        ("{ value = 5, source = 'cset_2020' }", (5 / 1.45, 5.0, 5 * 1.45, "a factor 1.45 each way for reported")),
        ("{ value = 5, source = 'user', unit = 'USD', kind = 'measured' }", (5.0, 5.0, 5.0, "as given")),
    ],
)
def test_a_figure_of_a_file_has_the_range_that_it_states(tmp_path, raw, found):
    (part,) = read(tmp_path, f"[carrier.a]\nusd = {raw}").parts
    assert part.values["usd"].range[:3] == pytest.approx(found[:3], rel=1e-15)
    assert part.values["usd"].range.basis == found[3]


def test_a_share_of_a_file_in_per_cent_is_a_part_of_one(tmp_path):
    (part,) = read(tmp_path, "[carrier.a]\nyield = { value = 90, low = 80, high = 95, unit = 'percent' }").parts
    assert part.values["yield"].range[:3] == (0.8, 0.9, 0.95)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[carrier.a]\nusd = { value = 5, low = 6, high = 7 }", "5 lies outside 6 to 7; mend low or high"),
        ("[carrier.a]\nusd = { value = 5, low = 3, high = 4 }", "5 lies outside 3 to 4; mend low or high"),
        ("[carrier.a]\nusd = { value = 5, kind = 'zzz' }", "kind: unknown 'zzz'; known: measured, disclosed"),
        ("[carrier.a]\nusd = { value = 5, source = 'cset_2021' }", "unknown source 'cset_2021'; nearest: cset_2020"),
        ("[carrier.a]\nusd = { value = true }", "value True: write a number"),
        ("[carrier.a]\nusd = { low = 1, high = 2 }", "value None: write a number"),
        ("[carrier.a]\nusd = { value = 1e300 }", "value 1e+300: write a number"),
        ("[carrier.a]\nusd = { value = -1e300 }", "value -1e+300: write a number"),
        ("[carrier.a]\nusd = 1e300", "1e+300: no number that anything could be"),
        ("[carrier.a]\nusd = -1e300", "-1e+300: no number that anything could be"),
        ("[die.a]\nd0 = { value = 0.1, unit = 'nm' }", "unit 'nm': allowed: 1/cm2, none"),
        ("[die.a]\ncore-fraction = { value = 0.1, unit = 'nm' }", "unit 'nm': allowed: percent, ratio, none"),
        ("[memory.a]\ngigabytes = { value = 8, unit = 'Gb' }", "unit 'Gb': allowed: GB, none"),
        ("[carrier.a]\nusd = nan", "nan: no number that anything could be"),
        ("[carrier.a]\nusd = { figure = 'packages/scheme.cowos_s/wafer_price', unit = 'USD' }", "unknown 'unit'"),
        (
            "[carrier.a]\nusd = { figure = 'packages/scheme.cowos_s/wafer_prise' }",
            "unknown 'wafer_prise'; nearest: wafer_price",
        ),
        ("[carrier.a]\nusd = { figure = 'packages/scheme.cowos_s/wafer_price', kind = 'x' }", "kind: unknown 'x'"),
        ("[carrier.a]\nusd = { figure = 'pakages/a/b' }", "unknown table 'pakages'; nearest: packages"),
        ("[carrier.a]\nusd = { figure = 'chips/no-such/die_area' }", "unknown chip 'no-such'"),
        ("carrier = 5", "carrier: no table; write [carrier.NAME]"),
        ("test = 5", "test: no table; write [test]"),
        ("[carrier]\na = 5", "carrier.a: no table; write [carrier.NAME]"),
        ("[carrier.'a b']\nusd = 5", "carrier.a b: a name is letters, digits, - and _"),
        ("name = 5", "name 5: write a text"),
        ("published = 5", "published 5: write a list of groups of packages.toml"),
        ("published = ['published.h10']", "published: unknown 'published.h10'; nearest: published.h100"),
        ("[beside]\ncarier = 'packages/published.h100/total'", "beside: unknown 'carier'; nearest: carrier"),
    ],
)
def test_what_is_wrong_with_a_systems_file_is_said(tmp_path, text, said):
    with pytest.raises(nc.NodecalcError) as caught:
        read(tmp_path, text)
    assert said in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_systems_file_is_read_as_it_is_written(tmp_path):
    system = read(
        tmp_path,
        "name = 'Two'\nchip = 'h100'\nnote = 'n'\nmissing = 'm'\npublished = ['published.h100']\n"
        "[beside]\ncarrier = 'packages/scheme.cowos_s/wafer_price'\n[carrier.top-one]\nusd = 9.9e299\nyield = 1\n"
        "[memory.hbm]\nstacks = { figure = 'chips/nvidia-gh100/die_area', note = 'x' }\n[test]\nusd = -9.9e299\n",
    )
    assert (system.name, system.chip, system.note, system.missing) == ("Two", "h100", "n", "m")
    assert system.published == ("published.h100",)
    assert [part.label for part in system.parts] == ["carrier.top-one", "memory.hbm", "test"]
    assert [part.own for part in system.parts] == ["carrier_top_one", "memory_hbm", "test"]
    (carrier,), (memory,) = system.of("carrier"), system.of("memory")
    assert carrier.values == {"usd": 9.9e299, "yield": 1.0}
    assert system.step("test").values == {"usd": -9.9e299}
    assert system.step("assembly") == ("assembly", "", {})
    assert system.of("die") == ()
    chip = Catalogue().product("nvidia-gh100")
    stated = memory.values["stacks"]
    assert (stated.range, stated.figure, stated.note) == (chip.range("die_area"), chip.preferred("die_area"), "x")
    assert system.beside["carrier"] == Catalogue().tables("packages")["scheme.cowos_s"].figures["wafer_price"]
    unnamed = read(tmp_path, "[test]\nusd = 1")
    assert unnamed.name == unnamed.id == str(tmp_path / "own.toml")


def test_a_system_is_found_under_each_of_its_names():
    for row in system_names():
        assert all(row.aliases)
        for name in (row.id, row.name.upper(), *row.aliases):
            assert find_system(name, Catalogue()).id == row.id
    assert sum(len(row.aliases) > 1 for row in system_names()) > 2


def test_a_system_is_looked_for_among_files_where_it_looks_like_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("mine.toml", "folder/mine"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("schema = 1\n[test]\nusd = 1\n", encoding="utf-8")
        assert find_system(name, Catalogue()).step("test").values == {"usd": 1.0}
    with pytest.raises(nc.NodecalcError, match="unknown system 'mine'"):
        find_system("mine", Catalogue())


def test_parts_of_several_kinds_may_have_one_name(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(
        'schema = 1\n[die.a]\nsize = 100\nd0 = "0.1/cm2"\nwafer_price = 1e4\n[carrier.a]\nusd = 5\ncount = 3\n'
        "[memory.a]\nstacks = 2\nusd_per_stack = 10\n",
        encoding="utf-8",
    )
    usd = {row.part: row.usd for row in nc.system(path).rows}
    assert (usd["carrier.a"], usd["memory.a"]) == (15.0, 20.0)
    die = nc.estimate(100, d0=0.1, wafer_price=1e4)
    assert usd["die.a"] == pytest.approx(die.good_die_cost_usd)


def test_a_band_says_in_how_many_worlds_it_was_drawn(good):
    said = " ".join(good("system", "epyc-rome").out.split())
    assert "drawn in 1,024 worlds, its ends within 0.3% of those of 16,384; 'nodecalc risk --system'" in said


def test_a_size_of_ones_own_tells_what_goes_with_that_of_the_chip():
    asked = ["die.gpu.size=814"]
    (said,) = (note for note in nc.system("h100", values=asked).notes if "sized as given" in note)
    assert "132 of 144 SM good no longer counts" in said
    advised = [word for word in said.split() if word.startswith("die.gpu.")]
    assert advised == ["die.gpu.harvest=132/144", "die.gpu.unit_group=2"]
    again = nc.system("h100", values=[*asked, *advised])
    assert again.unit_cost_usd == pytest.approx(nc.system("h100").unit_cost_usd, rel=1e-12)
    assert not any("no longer counts" in note for note in again.notes)
    # With a model that knows no salvage that advice would not work.
    other = nc.system("h100", values=[*asked, "die.gpu.yield_model=moore"])
    assert not any("--set die.gpu.harvest" in note for note in other.notes)


def test_a_margin_over_one_time_costs_says_of_what_it_is(good):
    found = nc.system("b200", volume="1M", margin="75%")
    said = good("system", "b200", "--volume", "1M", "--margin", "75%").out.splitlines()[0]
    assert said.endswith(f"margin 75.0% of {found.total_usd:,.0f} with one-time costs")


def test_parts_take_the_names_that_notes_and_errors_give_them(cli):
    both = (
        ("test.seconds=20", "test.test_seconds=20"),
        ("test.usd_per_hour=100", "test.tester-usd-per-hour=100"),
        ("carrier.substrate.usd=90", "carrier.substrate.carrier_usd=90"),
        ("carrier.interposer.area_mm2=900", "carrier.interposer.carrier_area_mm2=900"),
    )
    for short, key in both:
        one, two = (cli("system", "h100", "--set", each, "-f", "csv") for each in (short, key))
        assert one.out.replace(short, "") == two.out.replace(key, ""), key


@pytest.mark.parametrize(
    "values",
    [
        ["assembly.package_yield=0.9", "assembly.package_yield=0.8"],
        ["test.seconds=20", "test.test_seconds=40"],
        ["die.gpu.d0=0.1", "--die.gpu.d0_per_cm2=0.1"],
        {"die.gpu.size": 800, "die.gpu.die_area_mm2": 700},
    ],
)
def test_an_input_that_is_set_twice_is_refused(cli, values):
    texts = [f"{path}={value}" for path, value in values.items()] if isinstance(values, dict) else values
    for ask in (
        lambda: nc.system("h100", values=values),
        lambda: nc.sweep_system("h100", {"bond_yield": [0.9, 1.0]}, values=["volume=1M", *texts]),
    ):
        with pytest.raises(nc.NodecalcError, match="one input twice; give it once"):
            ask()
    done = cli("system", "h100", *(word for text in texts for word in ("--set", text)))
    assert done.code == 2
    assert "give it once" in done.err


def test_gigabytes_and_seconds_may_say_their_unit():
    for path, plain, said in (("memory.hbm3.gigabytes", "96", "96GB"), ("test.seconds", "600", "10min")):
        assert len({nc.system("h100", values={path: each}).unit_cost_usd for each in (plain, said)}) == 1


@pytest.mark.parametrize("name", NAMES)
def test_no_printed_band_leaves_out_what_stands_beside_it(name):
    found = nc.system(name, values=MISSING.get(name, ()))
    tree = system_report(found).tables[0]
    heads = [column.head for column in tree.columns]
    for cells, row in zip(tree.cells, found.rows, strict=False):
        low, _, high = cells[heads.index("P10-P90")].replace(",", "").partition("-")
        if row.p10 is not None and row.p10 <= row.usd <= row.p90:
            assert float(low) <= float(cells[heads.index("USD")].replace(",", "")) <= float(high), row.part
