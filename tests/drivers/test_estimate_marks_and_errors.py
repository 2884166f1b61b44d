"""What an Estimate says beside its numbers: marks, sources, strictness, and that it cannot be changed."""

import copy
import pickle

import pytest

import nodecalc as nc
from nodecalc.drivers.estimate import OUTPUTS
from nodecalc.errors import CatalogueError, InputError, MissingFigureError, StrictError, UnknownNameError

CONTRACT_OUTPUTS = {
    "gross_dies", "die_yield", "good_dies", "die_cost_usd", "good_die_cost_usd", "good_die_cost_usd_p10",
    "good_die_cost_usd_p90", "logic_density_mtr_per_mm2", "peak_transistors", "usd_per_billion_transistors",
}  # fmt: skip


@pytest.fixture(scope="module")
def n3():
    return nc.estimate("10x10", node="smic-n+3")


@pytest.fixture(scope="module")
def intel3():
    return nc.estimate("10x10", node="intel-3")


def test_assumed_and_estimated_figures_are_marked(n3, intel3):
    assert intel3.assumed == ("d0_per_cm2",)
    assert "wafer_price_usd" in intel3.estimated
    assert set(n3.estimated) == {"d0_per_cm2", "logic_density_mtr_per_mm2"}
    assert intel3.to_dict()["assumed"] == ["d0_per_cm2"]
    assert set(n3.to_dict()["estimated"]) == set(n3.estimated)


def test_a_given_figure_is_no_longer_marked_and_no_longer_sourced(intel3):
    own = intel3.figures["d0_per_cm2"].value
    e = nc.estimate("10x10", node="intel-3", d0_per_cm2=own, wafer_price_usd=13000)
    assert e.assumed == ()
    assert "d0_per_cm2" not in e.figures
    assert e.die_yield == intel3.die_yield
    assert "assumed" in {s.id for s in intel3.sources}
    assert "assumed" not in {s.id for s in e.sources}


def test_unverified_figures_are_those_with_a_recalled_figure_behind_them():
    for node in nc.load_catalogue().nodes():
        e = nc.estimate("50", node=node, **({} if node.node_class == "logic" else {"wafer_price": 1000, "d0": 0.1}))
        weak = set()
        for key, used in e.figures.items():
            weights = [(w.weight, w.piece.verified) for w in used.weighed if not w.of or w.of == node.variant_of]
            recalled = sum(weight for weight, verified in weights if not verified)
            peer = any(w.piece.states == "ratio" for w in used.weighed)
            if (
                (not used.verified)
                if peer
                else recalled >= 0.5
                if weights
                else not all(f.verified for f in used.figures)
            ):
                weak.add(key)
        assert set(e.unverified) == weak == set(e.to_dict()["unverified"])


def test_strict_refuses_each_weak_figure_and_names_its_option():
    with pytest.raises(StrictError) as caught:
        nc.estimate("10x10", node="smic-n+3", strict=True)
    for word in ("d0_per_cm2", "estimated", "--d0", "--density", "--strict"):
        assert word in str(caught.value)
    e = nc.estimate(
        "10x10", node="smic-n+3", strict=True, d0_per_cm2=0.5, wafer_price_usd=24000, logic_density_mtr_per_mm2=113
    )
    assert e.assumed == e.estimated == ()


def test_strict_lets_published_figures_pass():
    assert nc.estimate("10x10", node="tsmc-n5", strict=True) == nc.estimate("10x10", node="tsmc-n5")


def test_a_figure_that_is_nowhere_names_the_option_that_supplies_it():
    with pytest.raises(MissingFigureError) as caught:
        nc.estimate("66.99", node="cxmt-g4")
    assert "--wafer-price" in str(caught.value)
    assert "--d0" in str(caught.value)
    with pytest.raises(MissingFigureError, match="wafer_price_usd") as caught:
        nc.estimate("66.99", node="cxmt-g4", d0_per_cm2=0.1)
    assert "--d0" not in str(caught.value)
    e = nc.estimate("66.99", node="cxmt-g4", d0_per_cm2=0.1, wafer_price_usd=3000)
    assert e.logic_density_mtr_per_mm2 is e.peak_transistors is e.usd_per_billion_transistors is None


def test_without_a_node_everything_must_be_given():
    with pytest.raises(MissingFigureError, match="-n"):
        nc.estimate("100")
    assert nc.estimate("100", d0_per_cm2=0.1, wafer_price_usd=10000).node is None


def test_bose_einstein_never_takes_a_d0_of_the_whole_process():
    with pytest.raises(MissingFigureError, match="per critical layer"):
        nc.estimate("100", node="tsmc-n5", yield_model="bose-einstein", critical_layers=10)
    # A yield is inverted per layer, where there is one.
    e = nc.estimate("665.6", node="smic-n+2", yield_model="bose-einstein", critical_layers=10)
    assert 0.2 < e.die_yield < 0.5
    with pytest.raises(MissingFigureError, match="--layers"):
        nc.estimate("100", node="tsmc-n5", yield_model="bose-einstein", d0_per_cm2=0.016)
    e = nc.estimate("100", node="tsmc-n5", yield_model="bose-einstein", d0_per_cm2=0.016, critical_layers=12)
    assert e.die_yield == pytest.approx((1 + 0.016) ** -12)


def test_a_parameter_of_another_model_is_refused():
    for key in ("alpha", "critical_layers"):
        with pytest.raises(InputError, match="belongs to"):
            nc.estimate("100", node="tsmc-n5", **{key: 3})


def test_seeds_names_the_two_formulas_that_carry_his_name():
    with pytest.raises(UnknownNameError) as caught:
        nc.estimate("100", node="tsmc-n5", yield_model="seeds")
    for word in ("exponential", "1/(1+x)", "moore", "exp(-sqrt(x))"):
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("kwargs", "nearest"),
    [
        ({"node": "tsmc-n55"}, "tsmc-n5"),
        ({"node": "smic-n3"}, "smic-n+3"),
        ({"node": "tsmc-n5", "yield_model": "murphey"}, "murphy"),
        ({"node": "tsmc-n5", "placement": "de-vries"}, "de-vries-exp"),
        ({"node": "tsmc-n5", "edge_rule": "whole"}, "whole-cell"),
        ({"node": "tsmc-n5", "d00": 0.1}, "d0_per_cm2"),
        ({"node": "tsmc-n5", "wafer_prize": 1000}, "wafer_price_usd"),
        ({"node": "tsmc-n5", "gross_dies": 1000}, "input"),
    ],
)
def test_an_unknown_name_is_an_error_with_the_nearest(kwargs, nearest):
    with pytest.raises(UnknownNameError) as caught:
        nc.estimate("100", **kwargs)
    assert nearest in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_chip_is_an_error_with_the_nearest():
    with pytest.raises(UnknownNameError, match="kirin-9000s"):
        nc.estimate(chip="kirin-9000t")


def test_an_ambiguous_node_lists_all_it_can_be():
    with pytest.raises(UnknownNameError, match="ambiguous") as caught:
        nc.estimate("100", node="5nm")
    assert "tsmc-n5" in str(caught.value)
    assert "samsung-5lpe" in str(caught.value)


def test_a_missing_catalogue_file_is_a_catalogue_error():
    with pytest.raises(CatalogueError, match=r"nowhere\.toml"):
        nc.estimate("100", node="tsmc-n5", catalogue="nowhere.toml")


def test_all_errors_are_value_errors():
    for error in (CatalogueError, InputError, MissingFigureError, StrictError, UnknownNameError):
        assert issubclass(error, nc.NodecalcError)
        assert issubclass(error, ValueError)


def test_an_estimate_cannot_be_changed():
    e = nc.estimate("10x10", node="smic-n+3")
    for name in ("good_die_cost_usd", "_values", "inputs", "nothing"):
        with pytest.raises(AttributeError):
            setattr(e, name, 1)
    with pytest.raises(AttributeError):
        del e.inputs
    row = e.to_dict()
    row["estimated"].clear()
    row["good_die_cost_usd"] = 0
    assert e.to_dict()["estimated"] == ["d0_per_cm2", "logic_density_mtr_per_mm2"]
    assert e.good_die_cost_usd > 0


@pytest.mark.parametrize("part", ["numbers", "names", "figures"])
def test_what_went_into_an_estimate_cannot_be_changed_either(part):
    mapping = getattr(nc.estimate("10x10", node="smic-n+3").inputs, part)
    with pytest.raises(TypeError):
        mapping[next(iter(mapping))] = 1


def test_equal_questions_give_equal_answers_with_equal_hashes(n3):
    again = nc.estimate("100", node="N+3")
    assert again == n3
    assert hash(again) == hash(n3)
    assert n3 != nc.estimate("101", node="smic-n+3")
    assert n3 != "n3"


def test_an_estimate_can_be_copied(n3):
    assert copy.copy(n3) == n3
    assert copy.deepcopy(n3) == n3


def test_an_estimate_can_be_pickled_for_another_process(n3):
    again = pickle.loads(pickle.dumps(n3))
    assert again == n3
    assert again.sources == n3.sources


def test_the_row_has_the_contracts_keys_and_unrounded_numbers(n3):
    row = n3.to_dict()
    assert set(row) >= CONTRACT_OUTPUTS | {"node", "assumed", "d0_per_cm2", "wafer_price_usd", "yield_model"}
    assert all(row[key] == getattr(n3, key) for key in OUTPUTS)
    assert row["node"] == "smic-n+3"
    assert row["wafer_price_usd_year"] == 2024.1
    assert row["year"] == 2026
    assert next(iter(row)) == "node"
    flat = (str, int, float, list, type(None))
    assert all(isinstance(value, flat) for value in row.values())


def test_each_source_is_named_once_and_known(n3):
    ids = [s.id for s in n3.sources]
    assert len(ids) == len(set(ids))
    assert all(nc.load_catalogue().source(i).title for i in ids)
    assert set(ids) == {f.source for used in n3.figures.values() for f in used.figures}


def test_repr_says_node_die_dies_yield_and_cost(n3):
    for word in ("smic-n+3", "10x10", "616", "0.4524", "81.29"):
        assert word in repr(n3)


@pytest.mark.parametrize("size", ["33x27", "20x40", "34x10"])
def test_a_die_larger_than_the_reticle_field_is_noted(size):
    assert any("reticle" in note for note in nc.estimate(size, node="tsmc-n5").notes)


@pytest.mark.parametrize("size", ["26x33", "33x26", "10x10"])
def test_a_die_that_one_exposure_holds_is_not_noted(size):
    assert not any("reticle" in note for note in nc.estimate(size, node="tsmc-n5").notes)
