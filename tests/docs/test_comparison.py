"""The README's comparison and its page on trust: what is said of nodecalc and of tools that were run is measured."""

import importlib.util
import json
import math
import re
from collections import Counter
from pathlib import Path
from statistics import median

import pytest

import nodecalc as nc
from nodecalc.catalogue.systems import find_system, system_names
from nodecalc.errors import MissingFigureError
from nodecalc.wafers.published import misses
from nodecalc_kernels.registry import YIELD_MODELS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CASES = {case["id"]: case for case in json.loads((ROOT / "tests/golden/cases.json").read_text(encoding="utf-8"))}
CATALOGUE = nc.load_catalogue()


@pytest.fixture(scope="module")
def cells():
    """Row and tool -> what the table says."""
    block = README.partition("<!-- comparison -->\n")[2].partition("\n\n")[0]
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines()]
    tools = [re.sub(r" `.*`", "", name) for name in lines[0]]
    return {(line[0], tool): said for line in lines[2:] for tool, said in zip(tools[1:], line[1:], strict=True)}


def test_the_table_is_dated_and_names_its_tools(cells):
    assert "In November 2026." in README
    assert {tool for _, tool in cells} == {
        "nodecalc", "Chiplet Actuary", "CATCH", "LLMCompass", "SemiAnalysis die yield calculator",
        "Strategic Cost and Price Model, IC Knowledge (sold)",
    }  # fmt: skip


def test_what_is_said_of_nodecalc_is_so(cells):
    nodes = CATALOGUE.nodes()
    assert cells["yield models", "nodecalc"] == str(len(YIELD_MODELS))
    advanced = [node.id for node in nodes if node.id.startswith("smic-n+")]
    assert cells["process figures", "nodecalc"] == f"{len(nodes)} nodes, {len(advanced)} of them SMIC N+"
    assert f"It knows {len(nodes)}\nprocess nodes" in README
    assert f"and {len(CATALOGUE.products())} real chips" in README
    e = nc.estimate(100, node="tsmc-n5")
    assert cells["range of the answer", "nodecalc"] == "P10, P50, P90"
    assert e.good_die_cost_usd_p10 < e.good_die_cost_usd_p50 < e.good_die_cost_usd_p90
    assert cells["source, kind, year of each figure", "nodecalc"] == "yes"
    for node in nodes:
        for figures in node.figures.values():
            assert all(figure.source and figure.kind for figure in figures)
    assert cells["wafer by its layers", "nodecalc"] == "yes"
    assert nc.wafer_cost("smic-n+3").masks > 0


def test_closed_formulas_and_their_one_yield_model_are_reproduced(cells):
    for tool, prefix, alpha, edge in (
        ("Chiplet Actuary", "actuary-die-", 10, True),
        ("LLMCompass", "llmcompass-die-", 3, False),
    ):
        cases = [case for name, case in CASES.items() if name.startswith(prefix)]
        assert cases
        assert cells["dies per wafer", tool] == ("closed formula" if edge else "closed formula, no edge ring")
        assert cells["yield models", tool] == f"negative binomial, {alpha}"
        for case in cases:
            given = case["inputs"]
            assert (given["alpha"], bool(given["edge_exclusion_mm"])) == (alpha, edge)
            area = given.get("die_area_mm2") or given["die_area_cm2"] * 100.0
            ours = nc.estimate(
                die_area_mm2=area, d0_per_cm2=0.1, wafer_price_usd=1e4, placement="hennessy-patterson",
                aspect_ratio=1.0, edge_exclusion_mm=given["edge_exclusion_mm"], scribe_mm=given["scribe_mm"],
            )  # fmt: skip
            assert ours.gross_dies == pytest.approx(case["expected"]["dies_per_wafer"], rel=1e-9)


def test_a_search_that_was_run_falls_short_by_what_is_said(cells):
    short = []
    for name in ("catch-dpw-10x10-d300-s0.1", "catch-dpw-10x10-d300-s2"):
        given, found = CASES[name]["inputs"], CASES[name]["expected"]["dies_per_wafer_grid"]
        best = nc.gross_dies(10, 10, wafer_diameter_mm=300, edge_exclusion_mm=0, scribe_mm=given["scribe_mm"])
        short.append(best - found)
    assert sorted(short) == [1, 2]
    assert cells["dies per wafer", "CATCH"] == "search, 1 or 2 short here"
    assert CASES["catch-layer-combined_5nm-100mm2"]["inputs"]["alpha"] == 2.0
    assert cells["yield models", "CATCH"] == "negative binomial, 2"


def test_as_many_systems_are_reproduced_as_is_said(cells):
    """Each of the files is compared case by case by its test; one system stands in both files of the first."""

    def found(file):
        return json.loads((ROOT / "tests/golden" / file).read_text(encoding="utf-8"))["cases"]

    row = "its systems, reproduced by `--convention`"
    actuary = [case["expected"] for file in ("systems.json", "actuary.json") for case in found(file)]
    totals = {round(each.get("total_usd", each["total_recurring_usd"]), 9) for each in actuary}
    assert cells[row, "Chiplet Actuary"] == f"{len(totals)}, to 12 digits"
    catch = found("catch.json")
    of = Counter(case["commit"] for case in catch)
    counts = ", ".join(f"{count} of `{commit}`" for commit, count in of.items())
    assert cells[row, "CATCH"] == f"{counts}, to 12 digits with its count of dies"
    assert {case["rel_tol"] for case in (*catch, *found("actuary.json"))} == {1e-12}


def test_as_many_systems_have_published_totals_as_is_said(cells):
    published = sum(bool(find_system(row.id, CATALOGUE).published) for row in system_names())
    said = f"yes; {len(system_names())} systems, {published} beside published totals"
    assert cells["packages, test, NRE", "nodecalc"] == said


def test_six_formulas_of_a_web_calculator_are_among_ours(cells):
    theirs = {
        "poisson": lambda x: math.exp(-x),
        "murphy": lambda x: ((1.0 - math.exp(-x)) / x) ** 2,
        "rectangular": lambda x: (1.0 - math.exp(-2.0 * x)) / (2.0 * x),
        "moore": lambda x: math.exp(-math.sqrt(x)),
        "exponential": lambda x: 1.0 / (1.0 + x),
        "bose-einstein": lambda x: (1.0 + x) ** -5.0,
    }
    for x in (0.01, 0.3, 2.0):
        for model, formula in theirs.items():
            more = {"critical_layers": 5.0} if model == "bose-einstein" else {}
            assert nc.die_yield(x, model, **more) == pytest.approx(formula(x), rel=1e-12)
    assert set(YIELD_MODELS) - set(theirs) == {"negative-binomial"}
    assert cells["yield models", "SemiAnalysis die yield calculator"] == "6, none clustered"


def test_what_is_said_of_trust_is_so():
    found = {}
    for node in CATALOGUE.nodes():
        try:
            answers = [nc.estimate(area, node=node.id, catalogue=CATALOGUE) for area in (100, 600)]
        except MissingFigureError:
            continue
        kinds = {answers[0].figures[key].kind for key in ("d0_per_cm2", "wafer_price_usd")}
        found[node.id, node.foundry] = kinds, [a.good_die_cost_usd_p90 / a.good_die_cost_usd_p10 for a in answers]
    stand_ins = sum("assumed" in kinds for kinds, _ in found.values())
    known = sum(not kinds & {"assumed", "estimated"} for kinds, _ in found.values())
    text = " ".join(README.split())
    assert f"Of {len(found)} nodes with a D0 and a price, {stand_ins} rest on a stand-in for one of them" in text
    assert f"no more than {known} on reports or better for both" in text
    widths = [median(width[place] for _, width in found.values()) for place in (0, 1)]
    foundries = {foundry for _, foundry in found}
    large = [median(w[1] for (_, foundry), (_, w) in found.items() if foundry == name) for name in foundries]
    assert (
        f"P90 is typically {widths[0]:.1f} times P10 for a die of 100 mm2, and {min(large):.1f} to {max(large):.1f}"
        in text
    )
    off = {m.quantity: m.off for m in misses(CATALOGUE)}
    assert [-0.65 < off[f"{node}: wafer cost"] < -0.4 for node in ("tsmc-n3e", "tsmc-n2")] == [True, True]
    free = [m for m in misses(CATALOGUE) if not m.standing]
    assert sum(not m.missed for m in free) > len(free) / 2


def test_the_reference_has_the_page_that_the_readme_links_to():
    page = ROOT / "REFERENCE.md"
    if not page.exists():
        pytest.skip("the page is not beside the tests of an installed wheel")
    assert "(REFERENCE.md#how-far-to-trust-what)" in README
    assert "\n## How far to trust what\n" in page.read_text(encoding="utf-8")
    spec = importlib.util.spec_from_file_location("reference", Path(__file__).with_name("reference.py"))
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    assert "| stand-in" not in reference.trust()
