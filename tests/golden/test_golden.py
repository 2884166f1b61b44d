"""Published results and rivals' output against ours, each within its own tolerance.

`cases.json` holds what others printed; README.md says where it comes from. Every case is claimed by exactly one check
below, a check reads every input of its case and compares every number that the case expects, except the few that
`NOT_OURS_YET` names. Nothing here is ever regenerated from the code under test.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from math import pi, sqrt
from pathlib import Path
from typing import Any

import pytest

import nodecalc as nc
from nodecalc_kernels.cost.die import cost_per_die, good_dies
from nodecalc_kernels.cost.size import usable_diameter
from nodecalc_kernels.defects.faults import mean_faults
from nodecalc_kernels.placement.closed import dies_at_offset

HERE = Path(__file__).parent
MM2_PER_CM2 = 100.0
MM_PER_CM = 10.0
MM_PER_INCH = 25.4
NO_LINE_LOSS = 1.0

NOT_OURS_YET = {
    "dies_per_wafer_free_rows": "test_golden_map.py: rows that slide",
    "partial_dies": "test_golden_map.py: with the next number, sites of a map",
    "edge_excluded_dies": "test_golden_map.py",
    "probe_touchdowns_4x4": "test, not cost of a die",
    "lost_to_flat": "counted at no one offset",
    "lost_to_flat_exclusion": "counted at no one offset",
}
"""Expected numbers that no check compares, and why; README.md says it too."""

MODELS = {
    "poisson": "poisson",
    "murphy": "murphy",
    "murphy_triangular": "murphy",
    "negative_binomial": "negative-binomial",
    "neg_binomial": "negative-binomial",
    "negative_binomial on critical area": "negative-binomial",
    "bose_einstein": "bose-einstein",
    # All sources here that print "Seeds" print 1/(1+x) under it, which their numbers confirm.
    "seeds": "exponential",
    "seeds_1_over_1_plus_x": "exponential",
}
"""Our name of each source's yield model."""

GRID_PHASES = {
    "die centred on wafer centre": "center-die",
    "four die cells meet at wafer centre": "center-corner",
    "optimised": "best",
}

EDGE_RULES = {
    "finished die (without scribe) wholly inside radius D/2 - e": "finished-die",
    "finished die wholly inside radius D/2 - e": "finished-die",
    "whole pitch cell (die + one scribe) inside radius D/2 - e": "whole-cell",
}

TEXTBOOK = (
    "hp",
    "closed_form: pi*R^2/A - pi*D/sqrt(2*A)",
    "closed_form: pi*R^2/A - pi*D/sqrt(2*A), not rounded",
    "closed_form: pi*(R-e)^2/Aeff - pi*(D-2e)/sqrt(2*Aeff), Aeff = A + 2*s*sqrt(A) + s^2, not rounded",
)
"""Ways the sources write our placement `hennessy-patterson`."""


class Inputs:
    """What a case gives; remembers what was read, so that no input can be passed over in silence."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values
        self.unread = set(values)

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def __getitem__(self, key: str) -> Any:
        self.unread.discard(key)
        return self._values[key]

    def get(self, key: str, default: Any) -> Any:
        self.unread.discard(key)
        return self._values.get(key, default)

    def say(self, key: str, *allowed: str) -> None:
        """Hold that the words of an input are those that the check was written for."""
        assert self[key] in allowed, f"{key}: {self[key]!r}"

    def context(self, *keys: str) -> None:
        """Name inputs that the source gives and the result does not depend on."""
        for key in keys:
            self[key]


class Case:
    """One record; each comparison is within the tolerance that the record itself states."""

    def __init__(self, record: dict[str, Any]) -> None:
        self.inputs = Inputs(record["inputs"])
        self.expected: dict[str, Any] = record["expected"]
        self.tolerance: dict[str, Any] = record["tolerance"]
        self.note: str = record["note"]
        self.erratum = record.get("use") == "erratum"
        self.ours: dict[str, Any] = {}

    def near(self, key: str, ours: Any, kind: str = "") -> None:
        """Hold that our number, or list, is the published one within `<kind>_abs` or `<kind>_rel`, or abs or rel."""
        assert not self.erratum, "a printed error is not to be matched"
        self.ours[key] = ours
        for mine, printed in _pairs(ours, self.expected[key]):
            allowed = self._allowed(kind, printed)
            assert abs(mine - printed) <= allowed, f"{key}: {mine!r} against {printed!r}, allowed {allowed:g}"

    def near_as_printed(self, key: str, ours: float, decimals: int) -> None:
        """Hold the same of a number that the source prints with fewer decimals than its tolerance resolves."""
        self.near(key, round(ours, decimals))

    def at_least(self, key: str, ours: float, above: float) -> None:
        """Hold that our best count reaches a rival's and is at most `above` dies larger."""
        assert not self.erratum
        self.ours[key] = ours
        printed = self.expected[key]
        assert printed <= ours <= printed + above, f"{key}: {ours!r} against {printed!r}, at most {above:g} above"

    def differs(self, key: str, ours: Any) -> None:
        """Hold that our number is not the wrong one in print, by more than its last printed digit."""
        assert self.erratum, "only a printed error must not be matched"
        self.ours[key] = ours
        for mine, printed in _pairs(ours, self.expected[key]):
            last_digit = 10.0 ** int(Decimal(repr(printed)).as_tuple().exponent)
            assert abs(mine - printed) > last_digit, f"{key}: {mine!r} matches the misprint {printed!r}"

    def dies_above(self, key: str, share: str) -> float:
        """Return how far above an optimiser of few offsets an exact one may be: a share, or some dies by the rule."""
        rule = re.search(r"at most ([\d.]+) % or (\d+) dies above", self.tolerance["rule"])
        assert rule is not None
        assert float(rule[1]) / 100.0 == self.tolerance[share]
        return max(float(self.tolerance[share]) * float(self.expected[key]), float(rule[2]))

    def _allowed(self, kind: str, printed: float) -> float:
        prefix = f"{kind}_" if f"{kind}_abs" in self.tolerance or f"{kind}_rel" in self.tolerance else ""
        assert (f"{prefix}abs" in self.tolerance) != (f"{prefix}rel" in self.tolerance), f"which tolerance for {kind}?"
        if f"{prefix}abs" in self.tolerance:
            return float(self.tolerance[f"{prefix}abs"])
        return float(self.tolerance[f"{prefix}rel"]) * abs(printed)


def _pairs(ours: Any, printed: Any) -> Iterable[tuple[float, float]]:
    if isinstance(printed, list):
        return zip(ours, printed, strict=True)
    return [(ours, printed)]


def _load() -> dict[str, dict[str, Any]]:
    """Return the cases by id; the second of two sources that share an id gets ``#2``."""
    cases: dict[str, dict[str, Any]] = {}
    for record in json.loads((HERE / "cases.json").read_text(encoding="utf-8")):
        name, count = record["id"], 1
        while name in cases:
            count += 1
            name = f"{record['id']}#{count}"
        cases[name] = record
    return cases


CASES = _load()
CHECKS: dict[str, Callable[[Case], None]] = {}


def checks(*names: str) -> Callable[[Callable[[Case], None]], Callable[[Case], None]]:
    """Claim cases for the decorated check; a case has one check."""

    def claim(check: Callable[[Case], None]) -> Callable[[Case], None]:
        for name in names:
            assert name not in CHECKS, f"case {name} is claimed twice"
            CHECKS[name] = check
        return check

    return claim


# What the sources write in different words --------------------------------------------------------------------------


def area_mm2(given: Inputs) -> float:
    """Return the die area in whichever unit the source has it."""
    for key, unit in (("die_area_mm2", 1.0), ("area_mm2", 1.0), ("area_cm2", MM2_PER_CM2)):
        if key in given:
            return float(given[key]) * unit
    return float(given["die_width_mm"]) * float(given["die_height_mm"])


def wafer_mm(given: Inputs) -> float:
    """Return the wafer diameter in whichever unit the source has it."""
    for key, unit in (("wafer_diameter_mm", 1.0), ("wafer_diameter_cm", MM_PER_CM), ("wafer_diameter_in", MM_PER_INCH)):
        if key in given:
            return float(given[key]) * unit
    raise AssertionError("no wafer diameter")


def d0_per_cm2(given: Inputs) -> float:
    return float(given["d0_per_cm2" if "d0_per_cm2" in given else "defect_density_per_cm2"])


def model_of(given: Inputs) -> dict[str, Any]:
    """Return the yield model and its parameter as our keywords."""
    model = MODELS[given["yield_model" if "yield_model" in given else "model"]]
    return {"model": model} | ({"alpha": float(given["alpha"])} if model == "negative-binomial" else {})


def yield_of(given: Inputs, area: float) -> float:
    return float(nc.die_yield(mean_faults(area, 1.0, d0_per_cm2(given)), **model_of(given)))


def textbook_dies(given: Inputs, placement: str = "hennessy-patterson") -> float:
    """Return the closed count of a square die; a source that names no edge exclusion or scribe has none."""
    given.say("dpw_method" if "dpw_method" in given else "formula", *TEXTBOOK)
    side = sqrt(area_mm2(given))
    return nc.gross_dies(
        side,
        side,
        wafer_diameter_mm=wafer_mm(given),
        edge_exclusion_mm=float(given.get("edge_exclusion_mm", 0.0)),
        scribe_mm=float(given.get("scribe_mm", 0.0)),
        placement=placement,
    )


# Yield --------------------------------------------------------------------------------------------------------------


@checks(
    "anandtech-n5-testchip-yield",
    "anandtech-n5-100mm2",
)
def _murphy_where_the_source_names_no_model(case: Case) -> None:
    # The article prints a calculator's output without its model: the note found that Murphy's gives it.
    assert "Murphy" in case.note
    case.inputs.say("die_shape", "square")
    x = mean_faults(area_mm2(case.inputs), 1.0, d0_per_cm2(case.inputs))
    case.near("yield_fraction", nc.die_yield(x, model="murphy"))


@checks("hp4-1.1b", "hp5-1.2a-yield", "anandtech-n5-100mm2#2", "vowstar-poisson")
def _yield(case: Case) -> None:
    case.near("yield", yield_of(case.inputs, area_mm2(case.inputs)))


@checks("hp4-niagara-yield")
def _yield_of_a_die_that_the_book_also_counts(case: Case) -> None:
    # The problem's wafer is given; this part of it asks for the yield only.
    case.inputs.context("wafer_diameter_mm", "edge_exclusion_mm", "scribe_mm", "dpw_method")
    case.near("yield_fraction", yield_of(case.inputs, area_mm2(case.inputs)))


@checks("hp3-R14000-yield")
def _yield_times_wafer_yield(case: Case) -> None:
    given = case.inputs
    e = nc.estimate(
        die_area_mm2=area_mm2(given),
        d0_per_cm2=d0_per_cm2(given),
        yield_model=model_of(given)["model"],
        alpha=model_of(given)["alpha"],
        systematic_yield=given["wafer_yield"],
        wafer_price_usd=1.0,
    )
    case.near("yield", e.die_yield)


@checks("leachman-hw4-1-7", "leachman-hw4-1-9")
def _one_die_under_three_models(case: Case) -> None:
    x = mean_faults(area_mm2(case.inputs), 1.0, d0_per_cm2(case.inputs))
    for key in case.expected:
        case.near(key, nc.die_yield(x, model=MODELS[key]))


def under_each_model(given: Inputs, x: float) -> dict[str, float]:
    return {
        "poisson": nc.die_yield(x, model="poisson"),
        "murphy": nc.die_yield(x, model="murphy"),
        "negative-binomial": nc.die_yield(x, model="negative-binomial", alpha=given["alpha"]),
        "exponential": nc.die_yield(x, model="exponential"),
        # The page takes the faults of the whole process for those of each layer. That is a misuse of the model, but
        # its own arithmetic, and ours must give it where asked for.
        "bose-einstein": nc.die_yield(x, model="bose-einstein", critical_layers=given["bose_einstein_n"]),
    }


@checks("legit-yield")
def _one_die_under_five_models(case: Case) -> None:
    ours = under_each_model(case.inputs, case.inputs["ad0"])
    for key in case.expected:
        case.near(key, ours[MODELS[key]])


@checks("legitlads-console")
def _one_die_under_five_models_and_good_dies(case: Case) -> None:
    ours = under_each_model(case.inputs, case.inputs["exposure_area_times_d0"])
    for key in case.expected:
        if key in MODELS:
            case.near(key, ours[MODELS[key]], "yield")
    good = good_dies(case.inputs["gross_dies"], ours["negative-binomial"])
    case.near("good_dies_negative_binomial", good, "dies")


@checks("hp4-1.3a")
def _yield_of_one_of_equal_cores(case: Case) -> None:
    core = area_mm2(case.inputs) / case.inputs["cores"]
    x = mean_faults(core, 1.0, d0_per_cm2(case.inputs))
    case.near("single_core_yield", yield_of(case.inputs, core))
    case.near("p_core_bad", nc.yield_loss(x, **model_of(case.inputs)))


@checks("hp5-1.3a-erratum")
def _printed_core_yield_is_that_of_the_whole_die(case: Case) -> None:
    whole, cores = area_mm2(case.inputs), case.inputs["cores"]
    case.differs("single_core_yield_as_printed", yield_of(case.inputs, whole / cores))
    # What went wrong: the area was not divided by the cores. This is why we may say that the print is wrong.
    assert round(yield_of(case.inputs, whole), 2) == case.expected["single_core_yield_as_printed"]


@checks("hp6-yield-erratum")
def _printed_good_dies_do_not_follow_from_the_printed_inputs(case: Case) -> None:
    given = case.inputs
    d0, model, layers = d0_per_cm2(given), model_of(given)["model"], given["n"]
    dies = list(zip(given["area_cm2"], given["dies_per_wafer"], strict=True))

    def good(density: float) -> list[float]:
        return [good_dies(n, nc.die_yield(a * density, model=model, critical_layers=layers)) for a, n in dies]

    case.differs("good_dies_as_printed", good(d0))
    # What went wrong: the printed counts are those of another defect density than the printed one.
    assert [round(g) for g in good(0.031)] == case.expected["good_dies_as_printed"]


# Defect density from a yield ----------------------------------------------------------------------------------------


@checks("leachman-hw4-2-2", "leachman-hw4-2-3", "leachman-hw4-2-5")
def _defect_density_of_a_yield_under_two_models(case: Case) -> None:
    case.inputs.say("solve_for", "d0_per_cm2")
    for key in case.expected:
        x = nc.mean_faults(case.inputs["die_yield"], model=MODELS[key])
        case.near(key, x / case.inputs["area_cm2"])


@checks("cod-1.10.4-inverse")
def _defect_density_of_two_yields(case: Case) -> None:
    case.inputs.say("solve_for", "defect density")
    area_cm2 = area_mm2(case.inputs) / MM2_PER_CM2
    model = model_of(case.inputs)
    ours = [nc.mean_faults(y, **model) / area_cm2 for y in case.inputs["yield_fraction"]]
    case.near("defect_density_per_cm2", ours)


@checks("cs152-1.53")
def _defect_density_of_one_yield_on_two_areas(case: Case) -> None:
    case.inputs.say("solve_for", "d0_per_cm2")
    case.inputs.say("model", "ph")  # Patterson & Hennessy's 1/(1 + x/2)^2
    x = nc.mean_faults(case.inputs["yield"], model="negative-binomial", alpha=2.0)
    case.near("d0_per_cm2", [x / a for a in case.inputs["area_cm2"]])


# Dies per wafer -----------------------------------------------------------------------------------------------------


@checks("hp6-dpw-small")
def _textbook_dies(case: Case) -> None:
    case.near("dies_per_wafer", textbook_dies(case.inputs))


@checks("hp5-1.2b-dpw", "rabaey-dpw")
def _textbook_dies_and_both_terms(case: Case) -> None:
    area, dies = textbook_dies(case.inputs, "area"), textbook_dies(case.inputs)
    case.near("area_term", area)
    case.near("edge_term", area - dies)
    case.near("dies_per_wafer", dies)


def wafer_area_mm2(diameter_mm: float) -> float:
    """Return the wafer's area: the dies of 1 mm2 that it would hold without loss at the edge."""
    return nc.gross_dies(
        1.0, 1.0, wafer_diameter_mm=diameter_mm, edge_exclusion_mm=0.0, scribe_mm=0.0, placement="area"
    )


@checks("ph5-1.10.1-area")
def _wafer_area_shared_by_its_dies(case: Case) -> None:
    # The solution takes 3.14 for pi, and so much of ours is taken.
    wafer_cm2 = wafer_area_mm2(wafer_mm(case.inputs)) * (case.inputs["pi"] / pi) / MM2_PER_CM2
    case.near("wafer_area_cm2", wafer_cm2)
    case.near("die_area_cm2", wafer_cm2 / case.inputs["dies_per_wafer"])


@checks("cod-1.10.3")
def _area_and_yield_after_a_change(case: Case) -> None:
    given = case.inputs
    given.say("die_area_rule", "wafer area / dies")
    change = re.fullmatch(r"dies per wafer \+(\d+) %, defects per area \+(\d+) %", given["change"])
    assert change is not None
    more_dies, more_defects = (1.0 + float(percent) / 100.0 for percent in change.groups())
    areas, yields = [], []
    for base in given["base"]:
        wafer = re.fullmatch(r"(\d+) mm, (\d+) dies, ([\d.]+)/cm2", base)
        assert wafer is not None
        area = wafer_area_mm2(float(wafer[1])) / (float(wafer[2]) * more_dies)
        areas.append(area / MM2_PER_CM2)
        yields.append(nc.die_yield(mean_faults(area, 1.0, float(wafer[3]) * more_defects), **model_of(given)))
    case.near("die_area_cm2", areas, "area")
    case.near("yield_fraction", yields, "yield")


@checks(
    "diamondfoundry-grid-20x20-d100-e2",
    "diamondfoundry-grid-9.2x9.6-d300-e3",
    "diamondfoundry-grid-25x32-d300-e3",
    "diamondfoundry-grid-26x33-d300-e3",
)
def _best_grid_against_an_annealed_one(case: Case) -> None:
    case.inputs.say("notch", "ignored")
    assert case.tolerance["min_abs"] == 0
    case.at_least("dies_per_wafer_max", counted_dies(case.inputs), case.tolerance["max_abs"])


@checks("siliconcompiler-dpw-12x12-d300-e3", "siliconcompiler-dpw-20.7x10.5-d300-e0")
def _dies_of_a_fixed_grid(case: Case) -> None:
    case.near("dies_per_wafer", counted_dies(case.inputs))


def counted_dies(given: Inputs) -> float:
    return nc.gross_dies(
        given["die_width_mm"],
        given["die_height_mm"],
        wafer_diameter_mm=wafer_mm(given),
        edge_exclusion_mm=given["edge_exclusion_mm"],
        scribe_mm=given["scribe_mm"],
        placement=GRID_PHASES[given["grid_phase"]],
        edge_rule=EDGE_RULES[given["edge_rule"]],
    )


@checks("siliconedge-67.7x60.5-d300-e5")
def _best_grid_against_one_beside_a_notch(case: Case) -> None:
    given = case.inputs
    # We have no notch; a notch can only cost dies, so that the count without one must reach the count with one.
    given.context("notch_keepout_height_mm")
    given.say("grid_phase", "optimised")
    ours = nc.gross_dies(
        given["die_width_mm"],
        given["die_height_mm"],
        wafer_diameter_mm=wafer_mm(given),
        edge_exclusion_mm=given["edge_exclusion_mm"],
        scribe_mm=given["scribe_mm"],
        placement="best",
    )
    assert case.tolerance["min_abs"] == 0
    case.at_least("dies_per_wafer", ours, case.dies_above("dies_per_wafer", "rel_max"))


@checks("catch-dpw-10x10-d300-s0.1", "catch-dpw-10x10-d300-s2")
def _best_grid_against_a_search_of_few_offsets(case: Case) -> None:
    given = case.inputs
    ours = nc.gross_dies(
        given["die_width_mm"],
        given["die_height_mm"],
        wafer_diameter_mm=given["usable_wafer_diameter_mm"],
        edge_exclusion_mm=0.0,
        scribe_mm=given["scribe_mm"],
        placement="best",
    )
    case.at_least("dies_per_wafer_grid", ours, case.dies_above("dies_per_wafer_grid", "rel"))


@checks("gdwcalc-10.1x10.1-d300-e3-f0", "gdwcalc-4.333x4.333-d300-e3-f0", "gdwcalc-9.3x9.7-d300-e3-f5")
def _best_of_four_centred_grids(case: Case) -> None:
    given = case.inputs
    given.say("grid_phase", "best of 4: die or street centred in x and y")
    given.say("edge_rule", "pitch cell inside radius D/2 - e")
    px, py = given["die_pitch_x_mm"], given["die_pitch_y_mm"]
    diameter, flat = wafer_mm(given), given["flat_or_scribe_exclusion_mm"]
    usable = usable_diameter(diameter, given["edge_exclusion_mm"])
    phases = [(x, y) for x in (0.0, px / 2.0) for y in (0.0, py / 2.0)]
    counts = {at: dies_at_offset(px, py, 0.0, usable, *at) for at in phases}
    most = max(counts.values())
    case.near("dies_per_wafer", most)
    # Ours has no exclusion up from the wafer's lowest point, and needs none here: a grid with the most dies keeps all
    # its rows above it. Among such grids the tool chose, and tells what that one loses to the ring at the edge.
    clear = [at for at in phases if counts[at] == most and lowest_edge(at[1], py, usable / 2.0) >= flat - diameter / 2]
    losses = {dies_at_offset(px, py, 0.0, diameter, *at) - most for at in clear}
    assert len(losses) == 1
    case.near("lost_to_edge_exclusion", losses.pop())


def lowest_edge(centre: float, pitch: float, radius: float) -> float:
    """Return the lowest row edge inside the circle, for rows of which one is centred at `centre`, mm."""
    edge = centre - pitch / 2.0
    while edge - pitch > -radius:
        edge -= pitch
    return edge


@checks("hp5-sandybridge-wafer")
def _dies_of_a_real_wafer(case: Case) -> None:
    given = case.inputs
    case.near("dies_per_wafer", most_dies(given["die_width_mm"], given["die_height_mm"], wafer_mm(given)))


@checks("hp5-sandybridge-photo")
def _dies_of_a_real_wafer_in_a_photograph(case: Case) -> None:
    width, height = case.inputs["die_mm"]
    case.near("full_dies", most_dies(width, height, wafer_mm(case.inputs)))


def most_dies(width_mm: float, height_mm: float, diameter_mm: float) -> float:
    """Return the count with neither edge ring nor street, which those of a real wafer, unpublished, only lower."""
    return nc.gross_dies(
        width_mm, height_mm, wafer_diameter_mm=diameter_mm, edge_exclusion_mm=0.0, scribe_mm=0.0, placement="best"
    )


# Cost ---------------------------------------------------------------------------------------------------------------


@checks(
    "actuary-die-n5-100mm2",
    "actuary-die-n5-500mm2",
    "actuary-die-n7-74mm2",
    "actuary-die-n3-800mm2",
    "actuary-die-n55-120mm2",
    "actuary-amd-iod",
    "llmcompass-die-7nm-826mm2",
)
def _die_of_a_chiplet_tool(case: Case) -> None:
    given = case.inputs
    given.say("dpw_method", *TEXTBOOK)
    if "die_shape" in given:
        given.say("die_shape", "square")
    model = model_of(given)
    e = nc.estimate(
        die_area_mm2=area_mm2(given),
        d0_per_cm2=d0_per_cm2(given),
        yield_model=model["model"],
        alpha=model["alpha"],
        wafer_diameter_mm=wafer_mm(given),
        edge_exclusion_mm=given["edge_exclusion_mm"],
        scribe_mm=given["scribe_mm"],
        wafer_price_usd=given["wafer_price_usd"],
        placement="hennessy-patterson",
        aspect_ratio=1.0,  # its dies are square, also where a square would not fit the field
    )
    ours = {
        "yield_fraction": e.die_yield,
        "dies_per_wafer": e.gross_dies,
        "cost_per_raw_die_usd": e.die_cost_usd,
        "cost_per_good_die_usd": e.good_die_cost_usd,
    }
    for key in case.expected:
        case.near(key, ours[key])


@checks("google-die-12x12-bose_einstein-n3")
def _die_of_a_tool_that_counts_the_street_as_area(case: Case) -> None:
    given = case.inputs
    given.say("yield_area", "(w+s)*(h+s), i.e. street counted as defect-sensitive")
    given.say("dpw_method", "round((D-6)*pi*(D/(4*Aeff) - 1/sqrt(2*Aeff)))")
    width, height, street = given["die_width_mm"], given["die_height_mm"], given["saw_street_mm"]
    area = (width + street) * (height + street)
    case.near("effective_area_mm2", area)
    diameter = wafer_mm(given)
    textbook = nc.gross_dies(
        width,
        height,
        wafer_diameter_mm=diameter,
        edge_exclusion_mm=0.0,
        scribe_mm=street,
        placement="hennessy-patterson",
    )
    # The tool's count is the textbook's without edge exclusion, times (D-6)/D, rounded.
    dies = round(textbook * (diameter - 6.0) / diameter)
    case.near("dies_per_wafer", dies)
    x = mean_faults(area, 1.0, d0_per_cm2(given))
    y = nc.die_yield(x, critical_layers=given["process_complexity_n"], **model_of(given))
    case.near("yield_fraction", y)
    # The tool pays for whole good dies.
    whole = int(good_dies(dies, y))
    case.near("cost_per_good_die_usd", cost_per_die(given["wafer_price_usd"], NO_LINE_LOSS, whole))


@checks("catch-layer-combined_5nm-100mm2", "catch-layer-combined_40nm-400mm2")
def _die_of_a_tool_that_charges_for_the_empty_reticle(case: Case) -> None:
    given = case.inputs
    given.say("die_shape", "square")
    # Wafer, ring and street went into the tool's count of dies, which the case gives.
    given.context("wafer_diameter_mm", "edge_exclusion_mm", "scribe_mm")
    area = area_mm2(given)
    x = mean_faults(area, given["critical_area_ratio"], d0_per_cm2(given))
    case.near("yield_fraction", nc.die_yield(x, **model_of(given)))
    # The tool's own rule: whole dies by area in the field, and the litho share of the cost divided by what they fill.
    field = given["reticle_width_mm"] * given["reticle_height_mm"]
    filled = int(field / area) * area / field
    case.near("reticle_area_utilization", filled)
    litho = given["litho_fraction_of_wafer_cost"]
    raw = cost_per_die(given["wafer_price_usd"], NO_LINE_LOSS, given["dies_per_wafer"])
    case.near("cost_per_raw_die_usd", raw * (1.0 - litho + litho / filled))


@checks(
    "yieldstudio-10.0x8.0-d300.0-murphy-c",
    "yieldstudio-10.0x10.0-d300.0-murphy-c",
    "yieldstudio-26.0x33.0-d300.0-negative_binomial-c",
    "yieldstudio-5.0x7.0-d200.0-seeds-c",
    "yieldstudio-8.0x8.0-d300.0-negative_binomial-c",
    "yieldstudio-8.0x16.0-d300.0-poisson-c",
)
def _counted_dies_yield_and_good_dies(case: Case) -> None:
    dies = counted_dies(case.inputs)
    y = yield_of(case.inputs, area_mm2(case.inputs))
    case.near("dies_per_wafer", dies, "dies")
    case.near("yield_fraction", y)
    # Recorded with six decimals, whose half is more than 1e-9 of so few dies: ours is rounded likewise.
    case.near_as_printed("expected_good_dies", good_dies(dies, y), 6)


@checks("hp4-power5-cost")
def _textbook_cost(case: Case) -> None:
    given = case.inputs
    e = nc.estimate(
        die_area_mm2=area_mm2(given),
        d0_per_cm2=d0_per_cm2(given),
        yield_model=model_of(given)["model"],
        alpha=model_of(given)["alpha"],
        wafer_diameter_mm=wafer_mm(given),
        edge_exclusion_mm=given["edge_exclusion_mm"],
        scribe_mm=given["scribe_mm"],
        wafer_price_usd=given["wafer_price_usd"],
        placement="hennessy-patterson",
    )
    given.say("dpw_method", *TEXTBOOK)
    case.near("yield_fraction", e.die_yield, "yield")
    case.near("dies_per_wafer", e.gross_dies, "dies")
    case.near("cost_per_good_die_usd", e.good_die_cost_usd, "cost")


@checks("hp5-woods")
def _textbook_profit(case: Case) -> None:
    dies = textbook_dies(case.inputs)
    y = yield_of(case.inputs, area_mm2(case.inputs))
    case.near("dies_per_wafer", dies, "dies")
    case.near("yield_fraction", y, "yield")
    # Their profit is so much for each good die.
    case.near("profit_per_wafer_usd", good_dies(dies, y) * case.inputs["profit_per_good_die_usd"], "profit")


def at_given_yield(given: Inputs) -> nc.Estimate:
    """Return the textbook die of a stated yield: no random defects, and all losses in the systematic yield."""
    return nc.estimate(
        die_area_mm2=area_mm2(given),
        d0_per_cm2=0.0,
        systematic_yield=given["yield_fraction" if "yield_fraction" in given else "yield"],
        wafer_diameter_mm=wafer_mm(given),
        edge_exclusion_mm=given.get("edge_exclusion_mm", 0.0),
        scribe_mm=given.get("scribe_mm", 0.0),
        wafer_price_usd=given["wafer_price_usd" if "wafer_price_usd" in given else "wafer_cost_usd"],
        placement="hennessy-patterson",
    )


@checks("trustfarm-7nm-500mm2", "trustfarm-4nm-500mm2", "trustfarm-2nm-500mm2")
def _cost_at_a_stated_yield(case: Case) -> None:
    case.inputs.say("dpw_method", *TEXTBOOK)
    case.inputs.context("process_node")
    e = at_given_yield(case.inputs)
    case.near("dies_per_wafer", e.gross_dies, "dies")
    case.near("good_dies_per_wafer", e.good_dies, "dies")
    case.near("cost_per_good_die_usd", e.good_die_cost_usd, "cost")


@checks("trustfarm-3nm")
def _cost_at_a_stated_yield_again(case: Case) -> None:
    case.inputs.say("formula", *TEXTBOOK)
    e = at_given_yield(case.inputs)
    case.near("dies_per_wafer", e.gross_dies)
    case.near("good_dies", e.good_dies)
    case.near("cost_per_good_die_usd", e.good_die_cost_usd)


@checks("hp4-1.2a-cost", "hp4-1.2b-cost")
def _wafer_cost_over_good_dies(case: Case) -> None:
    given = case.inputs
    good = good_dies(given["dies_per_wafer"], given["yield"])
    case.near("cost_per_good_die_usd", cost_per_die(given["wafer_cost_usd"], NO_LINE_LOSS, good))


@checks("h100-die")
def _wafer_price_over_given_good_dies(case: Case) -> None:
    given = case.inputs
    case.near("cost_per_good_die_usd", cost_per_die(given["wafer_price_usd"], NO_LINE_LOSS, given["good_dies"]))


@checks("mfgcalcs-die-cost")
def _lot_cost_over_given_good_dies(case: Case) -> None:
    given = case.inputs
    ours = [cost_per_die(lot, NO_LINE_LOSS, given["good_dies"]) for lot in given["lot_cost_usd"]]
    case.near("cost_per_good_die_usd", ours)


@checks("hp3-21264C-good", "hp3-R14000-good")
def _good_dies(case: Case) -> None:
    case.near("good_dies", good_dies(case.inputs["dies_per_wafer_floor"], case.inputs["yield"]))


@checks("mfgcalcs-dpw")
def _good_dies_of_a_lot(case: Case) -> None:
    gross = case.inputs["candidate_dies"] / case.inputs["wafers"]
    case.near("gross_per_wafer", gross)
    case.near("good_per_wafer", [good_dies(gross, y) for y in case.inputs["yield"]])


# Density ------------------------------------------------------------------------------------------------------------


@checks("llmcompass-area-7nm-8500M")
def _die_area_of_a_transistor_count(case: Case) -> None:
    # The tool keeps the density of each node to itself: the note holds the one of this.
    case.inputs.context("process_node_nm")
    density = re.fullmatch(r"([\d.]+) MTr/mm2", case.note)
    assert density is not None
    e = nc.estimate(
        transistors=case.inputs["transistors_million"] * 1e6,
        density_utilisation=1.0,
        logic_density_mtr_per_mm2=float(density[1]),
        d0_per_cm2=0.0,
        wafer_price_usd=1.0,
    )
    case.near("die_area_mm2", e.inputs.die.area_mm2)


# The tests ----------------------------------------------------------------------------------------------------------


def checked(record: dict[str, Any], name: str) -> Case:
    case = Case(record)
    CHECKS[name](case)
    return case


def test_every_case_is_claimed_by_one_check_and_every_check_has_its_case() -> None:
    assert set(CHECKS) == set(CASES)


def test_no_case_is_in_the_file_twice() -> None:
    records = list(CASES.values())
    assert len({(r["id"], r["source"]) for r in records}) == len(records)


@pytest.mark.parametrize("name", CASES)
def test_we_give_what_was_published(name: str) -> None:
    case = checked(CASES[name], name)
    not_compared = case.expected.keys() - case.ours.keys()
    assert not_compared <= NOT_OURS_YET.keys()
    assert case.ours, "nothing of this case is compared"
    assert not case.inputs.unread, "inputs that the check passes over"


@pytest.mark.parametrize("name", CASES)
def test_a_check_would_notice_another_number_in_any_place(name: str) -> None:
    """Put another number for each expected one in turn: far above, far below, and for a misprint our own."""
    record = CASES[name]
    case = checked(record, name)
    for key, ours in case.ours.items():
        printed = record["expected"][key]
        many = isinstance(printed, list)
        for place in range(len(printed)) if many else [0]:
            value = printed[place] if many else printed
            mine = ours[place] if many else ours
            for other in [mine] if case.erratum else [1.5 * value + 1.0, 0.5 * value - 1.0]:
                changed = copy.deepcopy(record)
                if many:
                    changed["expected"][key][place] = other
                else:
                    changed["expected"][key] = other
                with pytest.raises(AssertionError):
                    checked(changed, name)


@pytest.mark.parametrize(
    ("tolerance", "kind", "allowed"),
    [
        ({"abs": 0.25}, "", 0.25),
        ({"rel": 0.125}, "", 1.0),
        ({"dies_abs": 0, "rel": 0.125}, "dies", 0.0),
        ({"dies_abs": 0, "rel": 0.125}, "", 1.0),
        ({"cost_rel": 0.5, "dies_abs": 1}, "cost", 4.0),
    ],
)
def test_a_number_is_held_to_the_tolerance_of_its_case(tolerance: dict[str, float], kind: str, allowed: float) -> None:
    case = Case({"inputs": {}, "expected": {"number": 8.0}, "tolerance": tolerance, "note": ""})
    for sign in (-1.0, 1.0):
        case.near("number", 8.0 + sign * allowed, kind)
        with pytest.raises(AssertionError, match="allowed"):
            case.near("number", 8.0 + sign * (allowed + 2.0**-40), kind)


def test_a_misprint_counts_as_matched_up_to_its_last_digit() -> None:
    record = {"inputs": {}, "expected": {"yield": 0.28}, "tolerance": {"abs": 0}, "note": "", "use": "erratum"}
    case = Case(record)
    case.differs("yield", 0.295)
    with pytest.raises(AssertionError, match="misprint"):
        case.differs("yield", 0.285)
    with pytest.raises(AssertionError, match="not to be matched"):
        case.near("yield", 0.28)


def test_an_optimiser_is_held_from_below_and_above() -> None:
    case = Case({"inputs": {}, "expected": {"dies": 64}, "tolerance": {"max_abs": 1}, "note": ""})
    for ours in (64, 65):
        case.at_least("dies", ours, 1)
    for ours in (63, 66):
        with pytest.raises(AssertionError, match="at most"):
            case.at_least("dies", ours, 1)


def test_each_number_left_out_is_in_a_case_and_in_the_readme() -> None:
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    expected = {key for record in CASES.values() for key in record["expected"]}
    for key in NOT_OURS_YET:
        assert key in expected
        assert f"`{key}`" in readme


def test_whole_systems_stand_in_files_of_their_own_and_nowhere_else() -> None:
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    for file in ("systems.json", "actuary.json", "catch.json"):
        assert f"`{file}`" in readme
        listed = {case["id"] for case in json.loads((HERE / file).read_text(encoding="utf-8"))["cases"]}
        assert listed
        assert not listed & {record["id"] for record in CASES.values()}
