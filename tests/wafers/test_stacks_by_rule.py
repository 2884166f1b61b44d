"""Stacks that the rule makes of the catalogue's nodes: predictions for all of them, and what they were set to."""

import pytest

import nodecalc as nc
from nodecalc.catalogue import load_catalogue
from nodecalc.drivers.explain import misses
from nodecalc.errors import MissingFigureError
from nodecalc.wafers.counts import work_of
from nodecalc.wafers.geometry import geometry_of
from nodecalc.wafers.rule import geometry_stack, node_geometry, node_stack
from nodecalc_kernels.wafer.stack_rule import metals_nm, tight_metals_nm

CATALOGUE = load_catalogue()

# Masks, 193i and EUV exposures, USD; and where EUV is there, masks without it and how much a wafer costs more.
NODES = {
    "tsmc-n40": (44, 4, 0, 3203),
    "tsmc-n28": (45, 20, 0, 3332),
    "gf-28slp": (45, 22, 0, 3344),
    "gf-22fdx": (45, 22, 0, 3344),
    "tsmc-n20": (53, 28, 0, 3624),
    "tsmc-n16": (62, 35, 0, 4116),
    "gf-14lpp": (62, 35, 0, 4116),
    "gf-12lp": (62, 35, 0, 4116),
    "samsung-14lpp": (62, 35, 0, 4116),
    "intel-14": (68, 39, 0, 4554),
    "samsung-10lpp": (73, 46, 0, 4595),
    "tsmc-n10": (81, 56, 0, 4879),
    "samsung-8lpp": (81, 56, 0, 4879),
    "smic-n+1": (83, 56, 0, 5042),
    "tsmc-n7": (87, 60, 0, 5188),
    "smic-n+2": (87, 60, 0, 5188),
    "smic-n+3": (89, 58, 0, 5331),
    "intel-10": (92, 67, 0, 5394),
    "intel-7": (100, 71, 0, 6070),
    "tsmc-n7+": (72, 40, 5, 5004, 87, 0.037),
    "tsmc-n6": (72, 40, 5, 5004, 87, 0.037),
    "samsung-7lpp": (75, 45, 3, 4984, 88, 0.056),
    "samsung-5lpe": (63, 26, 10, 5045, 88, 0.043),
    "samsung-4lpe": (63, 26, 10, 5045, 88, 0.043),
    "tsmc-n5": (81, 24, 14, 6134, 114, 0.032),
    "tsmc-n4": (77, 16, 18, 6260, 118, 0.028),
    "intel-4": (86, 30, 13, 6562, 120, 0.047),
    "intel-3": (86, 30, 13, 6562, 120, 0.047),
    "tsmc-n3e": (82, 18, 19, 6704, 132, 0.058),
    "tsmc-n2": (82, 18, 17, 6562, 130, 0.071),
    "intel-18a": (88, 24, 10, 6448, 118, 0.061),
    "tsmc-65": (42, 4, 0, 2992),
    "tsmc-130": (40, 4, 0, 2832),
}


@pytest.mark.parametrize("node", NODES)
def test_every_node_is_as_the_rule_predicts(node):
    masks, arfi, euv, usd, *denied = NODES[node]
    wafer = nc.wafer_cost(node)
    passes = work_of(wafer.stack_layers).passes
    assert (wafer.masks, passes.get("arfi", 0), wafer.euv_exposures) == (masks, arfi, euv)
    assert wafer.wafer_cost_usd == pytest.approx(usd, abs=1.5)
    if denied:
        without = nc.wafer_cost(node, without="euv")
        assert without.masks == denied[0]
        assert without.design_layers == wafer.design_layers
        assert without.wafer_cost_usd / wafer.wafer_cost_usd - 1 == pytest.approx(denied[1], abs=0.0006)


def test_at_least_25_logic_nodes_have_a_stack():
    without = (
        "tsmc-180",
        "tsmc-90",
        "tsmc-n12",
        "tsmc-a16",
        "smic-28",
        "smic-14",
        "samsung-sf3",
        "samsung-sf2",
        "intel-65",
    )
    logic = [node.id for node in CATALOGUE.nodes() if node.node_class == "logic"]
    assert len([node_stack(node, CATALOGUE) for node in logic if node not in without]) == 39
    for node in without:
        with pytest.raises(MissingFigureError, match="--like NODE"):
            node_stack(node, CATALOGUE)


@pytest.mark.parametrize(
    ("node", "without", "passes", "patterning", "layers", "weighted"),
    [
        ("tsmc-n7", (), {"arfi": 60, "arf": 6, "krf": 10, "iline": 11}, 1791, 52, 48.98),
        ("tsmc-n5", (), {"arfi": 24, "euv": 14, "arf": 8, "krf": 24, "iline": 11}, 2309, 70, 55.36),
        ("tsmc-n5", ("euv",), {"arfi": 71, "arf": 8, "krf": 24, "iline": 11}, 2266, 70, 58.92),
    ],
)
def test_test_values(node, without, passes, patterning, layers, weighted):
    wafer = nc.wafer_cost(node, without=without)
    assert dict(work_of(wafer.stack_layers).passes) == passes
    assert wafer.patterning_usd == pytest.approx(patterning, abs=1.5)
    assert wafer.design_layers == layers
    values = wafer.priced.values
    equivalents = values["weighted_layers"] + values["extra_mask_carry"] * values["weighted_extra_masks"]
    assert equivalents == pytest.approx(weighted, abs=0.005)
    assert wafer.layer_usd == pytest.approx(66.91, abs=0.01)


@pytest.mark.parametrize(
    ("phi", "n16", "n5", "denied", "smic"),
    [
        (0.0, 0.040, 0.043, -0.007, 0.841),
        (0.1, 0.009, 0.007, 0.032, 0.869),
        (0.15, -0.005, -0.009, 0.050, 0.882),
        (0.25, -0.030, -0.037, 0.084, 0.907),
        (0.5, -0.081, -0.094, 0.158, 0.962),
    ],
)
def test_the_layer_cost_is_fitted_to_n7_anew_for_each_phi(phi, n16, n5, denied, smic):
    def usd(node, **more):
        return nc.wafer_cost(node, extra_mask_carry=phi, **more).wafer_cost_usd

    assert usd("tsmc-n7") == pytest.approx(5188)
    assert usd("tsmc-n16") / 4080 - 1 == pytest.approx(n16, abs=0.001)
    assert usd("tsmc-n5") / 6089 - 1 == pytest.approx(n5, abs=0.001)
    assert usd("tsmc-n5", without="euv") / usd("tsmc-n5") - 1 == pytest.approx(denied, abs=0.001)
    assert usd("smic-n+3") / usd("tsmc-n5") == pytest.approx(smic, abs=0.001)


@pytest.mark.parametrize(
    ("field", "denied", "smic"), [(0.4, -0.107, 0.752), (0.574, -0.024, 0.822), (1.0, 0.073, 0.904)]
)
def test_the_share_of_euv_throughput_that_product_wafers_see_decides_the_sign(field, denied, smic):
    n5 = nc.wafer_cost("tsmc-n5", euv_field=field).wafer_cost_usd
    assert nc.wafer_cost("tsmc-n5", without="euv").wafer_cost_usd / n5 - 1 == pytest.approx(denied, abs=0.001)
    assert nc.wafer_cost("smic-n+3").wafer_cost_usd / n5 == pytest.approx(smic, abs=0.001)


@pytest.mark.parametrize(
    ("node", "share"), [("tsmc-n16", 0.11), ("tsmc-n7", 0.23), ("tsmc-n5", 0.11), ("smic-n+3", 0.22)]
)
def test_the_share_of_multi_patterning(node, share):
    (found,) = [p for p in nc.wafer_cost(node).penalties if p.name == "multi-patterning"]
    assert found.value == pytest.approx(share, abs=0.006)


def test_n3b_by_its_public_pitches_is_n3e_and_by_assumed_ones_has_its_25_exposures():
    wafer = nc.wafer_cost("tsmc-n3b")
    assert (wafer.masks, wafer.euv_exposures) == (84, 25)
    assert any("set so that 25 EUV exposures come out" in note for note in wafer.notes)
    known = node_geometry("tsmc-n3b", CATALOGUE)
    public = known.geometry._replace(metals_nm=metals_nm(tight_metals_nm(23, 45), 17))
    stack = geometry_stack("tsmc-n3b", public, CATALOGUE, known.tools)
    passes = work_of(stack).passes
    assert (sum(passes.values()), passes["euv"]) == (82, 19)


@pytest.mark.parametrize(("fin", "masks", "usd"), [(33.0, 88, 5217), (37.8, 87, 5188), (40.0, 85, 5110)])
def test_n2_equals_n7_by_a_balance_that_its_fin_pitch_can_tip(fin, masks, usd, tmp_path):
    path = tmp_path / "fin.toml"
    path.write_text(f'schema = 1\n[node."smic-n+2"]\nfin_pitch = {fin}\n')
    wafer = nc.wafer_cost("smic-n+2", catalogue=path)
    assert (wafer.masks, round(wafer.wafer_cost_usd)) == (masks, usd)


def test_a_users_node_has_a_stack_from_its_own_figures(tmp_path):
    path = tmp_path / "mine.toml"
    text = 'schema = 1\n[node.mine]\nfoundry = "Me"\nname = "M9"\nclass = "logic"\ntransistor = "FinFET"\ncpp = 57\n'
    path.write_text(text + "fin_pitch = 30\nmmp = 40\n")
    plain = nc.wafer_cost("mine", catalogue=path)
    assert (plain.masks, round(plain.wafer_cost_usd)) == (87, 5188)
    path.write_text(text + "fin_pitch = 30\nmmp = 40\neuv_layers = 10\neuv_saves = 3\nmetals = 15\n")
    assert nc.wafer_cost("mine", catalogue=path).euv_exposures == 5
    for wrong, said in (
        ('tight_metals = "40 wide"\n', "not pitches"),
        ("mmp = 40\nmetals = 3\n", "3 metals, of which 5 tight"),
        ('mmp = 40\nstack_tools = "arfi euw"\n', "unknown tool"),
        ("", "its mmp is not public"),
    ):
        path.write_text(text + wrong)
        with pytest.raises(nc.NodecalcError, match=said):
            nc.wafer_cost("mine", catalogue=path)
    path.write_text(text.replace("FinFET", "nanotube") + "mmp = 40\n")
    with pytest.raises(nc.NodecalcError, match="planar, FinFET or GAA"):
        nc.wafer_cost("mine", catalogue=path)


def test_below_5_nm_an_answer_is_extrapolated():
    below = {"tsmc-n3b", "tsmc-n3e", "tsmc-n2", "intel-18a"}
    assert {node for node in (*NODES, "tsmc-n3b") if geometry_of(node, CATALOGUE).is_extrapolated} == below


def test_every_published_anchor_stands_beside_the_model():
    found = {m.quantity: m for m in misses(CATALOGUE)}
    expected = {
        "tsmc-n28: masks": (45, 45, "set"),
        "tsmc-n16: masks": (60, 62, "set"),
        "tsmc-n10: masks": (60, 81, ""),
        "tsmc-n7: masks": (87, 87, "set"),
        "tsmc-n5: masks": (81, 81, "set"),
        "tsmc-n5 without euv: masks": (115, 114, "set"),
        "tsmc-n3b: masks": (82, 84, ""),
        "tsmc-n5: EUV exposures": (14, 14, "set"),
        "tsmc-n7+: EUV exposures": (4, 5, "set"),
        "tsmc-n6: EUV exposures": (5, 5, "set"),
        "tsmc-n3e: EUV exposures": (19, 19, "set"),
        "tsmc-n3b: EUV exposures": (25, 25, "set"),
        "intel-4: EUV exposures": (13, 13, "set"),
        "intel-4: masks over intel-7's": (0.80, 0.86, ""),
        "samsung-7lpp: masks over samsung-7lpp's without EUV": (0.80, 0.85, ""),
        "tsmc-n5: 193i masks that one EUV exposure replaces": (3, 3.36, ""),
        "tsmc-n7: exposures' share of the wafer's cost": (0.27, 0.21, ""),
        "tsmc-n5: exposures' share of the wafer's cost": (0.30, 0.29, ""),
        "NXE:3400C at 30 mJ/cm2": (136, 136, ""),
        "tsmc-n3e: wafer cost": (12100, 6705, ""),
        "tsmc-n2: wafer cost": (17000, 6563, ""),
    }
    for quantity, (published, model, standing) in expected.items():
        miss = found[quantity]
        assert miss.published == published
        assert miss.model == pytest.approx(model, rel=0.01), quantity
        assert miss.standing == ("the model was set by it" if standing else ""), quantity
        assert miss.off == pytest.approx(miss.model / published - 1)
