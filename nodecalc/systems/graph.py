"""A system as one graph: its dies', its memory's and its carriers' stages, and those of its assembly and test.

Keys of a part are prefixed by it. A figure of a node goes by the node's id, so that parts on one node draw it once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from nodecalc.catalogue.systems import Part
from nodecalc.drivers.estimate import Estimate, estimate
from nodecalc.errors import InputError, MissingFigureError, NodecalcError
from nodecalc.question.graph import SIZE_KEYS
from nodecalc.question.ledger import UsedFigure
from nodecalc.question.salvage import resized_note
from nodecalc.vocabulary.package import PART_KEYS as KEYS
from nodecalc_kernels.package.assembly import lost, per_good, power, product, times, with_more
from nodecalc_kernels.package.bonding import die_to_wafer, wafer_to_wafer
from nodecalc_kernels.package.nre import multi_project, nre_per_unit
from nodecalc_kernels.package.sale import margin_after_levy, margin_at_price, price_at_margin
from nodecalc_kernels.package.sorting import (
    detected_faults,
    escapes,
    good_of_passing,
    kept_quality,
    passing_of_quality,
    passing_share,
    tested_cost,
    tester_cost,
)
from nodecalc_kernels.registry import YIELD_MODELS
from nodecalc_kernels.stages import behind, stage

from .carriers import Carriers
from .idle import refuse_density
from .reading import Graph, Line
from .spelling import as_set

METHODS: Final = ("chip-last", "chip-first")
SOLD, GOOD, GROSS_COST = "sellable_yield", "die_yield", "die_cost_usd"
BY_COUNT: Final = ("transistors", "capacity_gb")
"""What a die has a size by that is no length and no area."""
DRAWN: Final = ("d0_per_cm2", "wafer_price_usd", "core_fraction")
"""Figures of a die that are drawn; sizes are taken as they are."""
MULTI: Final = frozenset({"shared_area_mm2", "own_area_mm2", "lot_usd"})
"""What says that a mask set is shared with other designs."""
BONDINGS: Final = ("wafer-to-wafer", "die-to-wafer")
COUNTED: Final = "gross_dies"
SUM, PACKAGE, UNIT, NRE = "materials_usd", "package_yield", "unit_cost_usd", "nre_usd_per_unit"
TOTAL: Final = "total_usd"
LOST: Final = "lost_usd"
MARGIN, SOLD_AT, LEVY, LEFT = "gross_margin", "unit_price_usd", "price_share_paid", "margin_after_levy"


class Builder(Carriers):
    """Puts the parts of one system together."""

    def build(self, volume: float | None, sale: Mapping[str, float] | None = None) -> Graph:
        """Return the whole graph, with one-time costs where a volume is given, and a price where `sale` says one."""
        entry = self.entry
        if not entry.of("die") and not entry.of("memory"):
            raise InputError(f"{entry.id}: no die and no memory; a system holds [die.NAME] or [memory.NAME]")
        assembly, test = self.read(entry.step("assembly")), self.read(entry.step("test"))
        self.assembly = assembly
        self.numbers |= {"nothing_usd": 0.0, "once": 1.0}
        method = str(assembly.pop("method", METHODS[0]))
        if method not in METHODS:
            raise InputError(f"{entry.id}: assembly: method '{method}': allowed: {', '.join(METHODS)}")
        shares: list[str] = []
        stacked = {str(part.values.get(key)) for part in entry.of("bonded") for key in ("top", "bottom")}
        for part in entry.of("die"):
            share = self._die(part, part.name in stacked)
            shares += [] if part.name in stacked else [share]
        for part in entry.of("bonded"):
            self._bonded(part)
        for part in entry.of("memory"):
            self._memory(part)
        for part in entry.of("carrier"):
            good = self.carrier(part, first=method == METHODS[1])
            shares += [good] if good else []
        self._steps(assembly, test)
        self._total(assembly, shares)
        if volume is not None:
            self._nre(volume)
        self._sale(sale or {})
        return Graph(
            tuple(self.stages),
            self.numbers,
            self.uncertain,
            self.ledger,
            tuple(self.lines),
            self.dies,
            tuple(self.notes),
            self.stand_ins,
        )

    # Parts

    def _die(self, part: Part, in_stack: bool) -> str:
        """Put a kind of die in and return the key of the share of assembled units that its dies leave good.

        What is bonded into a stack has no line of its own: the stack has.
        """
        values = self.read(part)
        question = {key: value for key, value in values.items() if key not in KEYS["die"].values()}
        found = self._estimate(part, question)
        self.dies[part.name] = found
        own = part.own
        used = SOLD if found.sellable_yield is not None else GOOD
        inputs = found.inputs
        inner = behind(inputs.stages(), (GROSS_COST, used))
        known = {**inputs.numbers, COUNTED: float(found.gross_dies)}
        rename = {key: f"{own}__{key}" for step in inner for key in (*step.inputs, *step.outputs)}
        for step in inner:
            if COUNTED in step.outputs:  # the answer has counted them
                continue
            outputs, taken = (tuple(rename[key] for key in keys) for keys in (step.outputs, step.inputs))
            self.stages.append(step._replace(outputs=outputs, inputs=taken))
        self.numbers |= {rename[key]: float(value) for key, value in known.items() if key in rename}
        for key, figure in found.figures.items():
            if key not in rename and not key.startswith("die_"):
                continue
            whose = found.node if key in ("d0_per_cm2", "wafer_price_usd") else part.label
            named = figure._replace(key=f"{whose}.{key}")
            self.ledger[f"{part.label}.{key}"] = named
            if key in DRAWN and key in rename and figure.quantile(0.05) < figure.quantile(0.95):
                self.uncertain[rename[key]] = named
        count, sort = self.put(part, values, "part_count", "sort_usd")
        passing, quality = self._test(part, values, found, rename, in_stack)
        tested = self.stage(f"{own}__tested_usd", tested_cost, rename[GROSS_COST], sort, passing)
        in_unit = self.stage(f"{own}__unit_usd", times, count, tested)
        all_good = self.stage(f"{own}__all_good", power, quality, count)
        for note in found.notes:
            self.notes[as_set(f"{part.name}: {note}", part)] = None
        if in_stack:
            return all_good
        self.bonded.append(count)
        what = f"{found.chip.name} " if found.chip is not None else ""
        size = inputs.die
        on = f"{what}{size.area_mm2:.5g} mm2 on {found.node or 'no node'}"
        self.lines.append(Line(part.label, on, in_unit, self.numbers[count], tested, rename[used]))
        return all_good

    def _test(
        self, part: Part, values: Mapping[str, Any], found: Estimate, rename: dict[str, str], quiet: bool
    ) -> tuple[str, str]:
        """Put wafer sort in and return the keys of the share of dies that pass it and of the good ones among those."""
        own = part.own
        used = rename[SOLD if found.sellable_yield is not None else GOOD]
        if "fault_coverage" not in values:
            (coverage,) = self.put(part, values, "die_coverage")
            passing = self.stage(f"{own}__passing", passing_share, used, coverage)
            quality = self.stage(f"{own}__quality", good_of_passing, used, passing)
            if self.numbers[coverage] == 1.0 and coverage not in self.uncertain and not quiet:
                how = f"--set {part.label}.die_coverage=0.98 lets some bad ones pass"
                self.notes[f"{part.name}: dies are taken as known good; {how}"] = None
            return passing, quality
        if "die_coverage" in values:
            raise InputError(f"{self.entry.id}: {part.label}: die_coverage and fault_coverage; give one of them")
        if found.sellable_yield is not None:
            raise InputError(
                f"{self.entry.id}: {part.label}: fault_coverage of dies that sell with some units bad: which faults "
                "count is not known; give die_coverage, the share of bad dies that are rejected"
            )
        row = YIELD_MODELS[found.inputs.names["yield_model"]]
        parameters = [rename[key] for key in row.parameters]
        (coverage,) = self.put(part, values, "fault_coverage")
        detected = self.stage(f"{own}__detected_faults", detected_faults, rename["mean_faults"], coverage)
        good = self.stage(f"{own}__log_good", row.log_yield, rename["mean_faults"], *parameters)
        passed = self.stage(f"{own}__log_passing", row.log_yield, detected, *parameters)
        level = self.stage(f"{own}__defect_level", escapes, good, passed)
        quality = self.stage(f"{own}__quality", kept_quality, level)
        return self.stage(f"{own}__passing", passing_of_quality, used, quality), quality

    def _estimate(self, part: Part, question: dict[str, Any]) -> Estimate:
        given: dict[str, Any] = {
            key: value.value if isinstance(value, UsedFigure) else value for key, value in question.items()
        }
        if self.convention is not None:
            given = self.convention.under(given)
        size, node, chip = given.pop("size", None), given.pop("node", None), given.pop("chip", None)
        try:
            refuse_density(given, "a system")
        except InputError as error:
            raise InputError(as_set(f"{self.entry.id}: {part.label}: {error}", part)) from None
        sized = size is not None or any(key in SIZE_KEYS for key in given)
        if chip is not None and sized:
            # The die is another, on the chip's node.
            product = self.catalogue.product(str(chip))
            left = resized_note(product, given, part.label)
            self.notes[f"{part.name}: sized as given, not as in {product.name}{left}"] = None
            node, chip = node or product.node, None
        if size is None and chip is None and not any(key.startswith("die_") or key in BY_COUNT for key in given):
            why = f"{self.entry.missing}; " if self.entry.missing else ""
            raise MissingFigureError(
                f"{self.entry.id}: {part.label} has no size: {why}give --set {part.label}.size=600 (mm2)"
            )
        if node is None and chip is None and not {"d0_per_cm2", "wafer_price_usd"} <= set(given):
            raise MissingFigureError(
                f"{self.entry.id}: {part.label} has no node: give --set {part.label}.node=smic-n+2, or its d0 and "
                "wafer-price"
            )
        try:
            return estimate(size, node=node, chip=chip, catalogue=self.catalogue, **given)
        except NodecalcError as error:
            raise type(error)(as_set(f"{self.entry.id}: {part.label}: {error}", part)) from None

    def _bonded(self, part: Part) -> None:
        """Put a stack of two dies in, bonded as wafers or die by die."""
        values = self.read(part)
        way = str(values.pop("method", BONDINGS[0]))
        if way not in BONDINGS:
            raise InputError(f"{self.entry.id}: {part.label}: method '{way}': allowed: {', '.join(BONDINGS)}")
        names = [str(values.pop(key, "")) for key in ("top", "bottom")]
        for name in names:
            if name not in self.dies:
                raise InputError(
                    f"{self.entry.id}: {part.label}: '{name}' is no die of it; top and bottom name two of "
                    f"{', '.join(self.dies)}"
                )
        counted = [self.dies[name].gross_dies for name in names]
        if counted[0] != counted[1]:
            raise InputError(
                f"{self.entry.id}: {part.label}: {names[0]} and {names[1]} are {counted[0]:g} and {counted[1]:g} dies "
                "a wafer; dies that are bonded have one size"
            )
        if "bond_usd" not in values:
            of = "a pair of wafers" if way == BONDINGS[0] else "a die"
            raise MissingFigureError(
                f"{self.entry.id}: {part.label}: nobody publishes what bonding {of} costs; give --set "
                f"{part.label}.bond_usd=X (USD {of})"
            )
        count, bond, held = self.put(part, values, "part_count", "bond_usd", "bond_yield")
        own = part.own
        keys = {
            key: [f"{Part('die', name, {}).own}__{key}" for name in names] for key in ("wafer_price_usd", GOOD, COUNTED)
        }
        taken = (*keys["wafer_price_usd"], bond, keys[COUNTED][0], *keys[GOOD], held)
        each = self.stage(f"{own}__each_usd", wafer_to_wafer if way == BONDINGS[0] else die_to_wafer, *taken)
        good = self.stage(f"{own}__pair_yield", product, *keys[GOOD])
        in_unit = self.stage(f"{own}__unit_usd", times, count, each)
        self.bonded.append(count)
        what = f"{names[0]} on {names[1]}, {way}" + (": no known good die" if way == BONDINGS[0] else "")
        self.lines.append(Line(part.label, what, in_unit, self.numbers[count], each, good))

    def _memory(self, part: Part) -> None:
        values = self.read(part)
        own = part.own
        by_stack, by_size = "usd_per_stack" in values, "usd_per_gbyte" in values
        if by_stack == by_size:
            if by_stack:
                raise InputError(f"{self.entry.id}: {part.label}: usd_per_stack and usd_per_gbyte; give one of them")
            raise MissingFigureError(
                f"{self.entry.id}: {part.label} has no price: give --set {part.label}.usd_per_gbyte=15 (USD/GB), or "
                "usd_per_stack"
            )
        if by_size and "gigabytes" not in values:
            raise MissingFigureError(f"{self.entry.id}: {part.label}: give --set {part.label}.gigabytes=80")
        (stacks,) = self.put(part, values, "stacks")
        if by_stack:
            (each,) = self.put(part, values, "usd_per_stack")
            in_unit = self.stage(f"{own}__unit_usd", times, stacks, each)
            self.lines.append(Line(part.label, "memory stacks, bought tested", in_unit, self.numbers[stacks], each))
        else:
            size, price = self.put(part, values, "gigabytes", "usd_per_gbyte")
            in_unit = self.stage(f"{own}__unit_usd", times, size, price)
            what = f"{self.numbers[size]:g} GB at {self.numbers[price]:.3g} USD/GB, bought tested"
            self.lines.append(Line(part.label, what, in_unit, self.numbers[stacks]))
        self.bonded.append(stacks)

    def _steps(self, assembly: Mapping[str, Any], test: Mapping[str, Any]) -> None:
        whole = Part("assembly", "", {})
        if "assembly_usd" in assembly:
            (cost,) = self.put(whole, assembly, "assembly_usd")
            self.lines.append(Line("assembly", "of one unit", cost))
        tester = Part("test", "", {})
        if "test_usd" in test:
            if "test_seconds" in test:
                raise InputError(f"{self.entry.id}: test: usd and seconds; give one of them")
            (cost,) = self.put(tester, test, "test_usd")
            self.lines.append(Line("test", "final test", cost))
        elif "test_seconds" in test:
            seconds, rate, sites = self.put(tester, test, "test_seconds", "tester_usd_per_hour", "test_sites")
            cost = self.stage("test__cost_usd", tester_cost, seconds, rate, sites)
            what = f"{self.numbers[seconds]:g} s at {self.numbers[rate]:g} USD/h"
            self.lines.append(Line("test", what, cost))

    def _total(self, assembly: Mapping[str, Any], shares: list[str]) -> None:
        whole = Part("assembly", "", {})
        held, other = self.put(whole, assembly, "bond_yield", "package_yield")
        if "bonds" in assembly:
            (bonds,) = self.put(whole, assembly, "bonds")
        else:
            bonds = "nothing_usd"
            for place, key in enumerate(self.bonded):
                bonds = self.stage(f"bonds__{place}", with_more, bonds, "once", key)
        early = self.sum_of("early", [line.usd for line in self.lines if line.usd not in self.late])
        late = self.sum_of("late", self.late)
        self.stage(SUM, with_more, early, "once", late)
        good = self.stage("bonds_good", power, held, bonds)
        for place, share in enumerate(shares):
            good = self.stage(f"good__{place}", product, good, share)
        self.stage(PACKAGE, product, good, other, formula="Y_p = Y_b^n q^d Y")
        bonded = self.stage("bonded_usd", per_good, early, good, formula="C_b = C / (Y_b^n q^d)")
        joined = self.stage("joined_usd", with_more, bonded, "once", late)
        self.stages.append(
            stage(
                UNIT,
                per_good,
                formula="C_u = (C_b + L) / Y",
                cost_usd=joined,
                good_share=other,
            )
        )
        self.stage(LOST, lost, UNIT, SUM)
        if all(self.numbers[key] == 1.0 and key not in self.uncertain for key in (held, other)):
            self.notes["no bond and no package fails: give --set assembly.bond_yield=0.99 or package_yield"] = None

    def _nre(self, volume: float) -> None:
        parts = self.entry.of("nre")
        if not parts:
            raise MissingFigureError(
                f"{self.entry.id}: --volume {volume:g}: no one-time costs are known of it; give them in a file, "
                "[nre.NAME] with mask_usd and design_usd"
            )
        self.numbers["volume"] = volume
        sum_ = "nothing_usd"
        for place, part in enumerate(parts):
            values = self.read(part)
            own = part.own
            masks, design, products = self.put(part, values, "mask_usd", "design_usd", "part_count")
            said, shared_by = _nre_words(self.numbers[masks], self.numbers[design], volume), ""
            if MULTI & set(values):
                masks, shared_by = self._multi_project(part, values, masks)
            shared = self.stage(f"{own}__volume", times, products, "volume")
            each = self.stage(f"{own}__nre_usd", nre_per_unit, masks, design, shared)
            last = place == len(parts) - 1
            sum_ = self.stage(NRE if last else f"nre__{place}", with_more, sum_, "once", each)
            self.lines.append(Line(part.label, said + shared_by, each))
        self.stage(TOTAL, with_more, UNIT, "once", NRE, formula="C = C_u + C_nre")

    def _multi_project(self, part: Part, values: dict[str, Any], masks: str) -> tuple[str, str]:
        """Put the share of a mask set and its wafers in; return its key and what is said of it."""
        if "shared_area_mm2" not in values:
            raise MissingFigureError(
                f"{self.entry.id}: {part.label}: a multi-project run without its area; give --set "
                f"{part.label}.shared_area_mm2=500 (of all designs in the field)"
            )
        if "own_area_mm2" not in values:
            if part.name not in self.dies:
                raise MissingFigureError(
                    f"{self.entry.id}: {part.label}: no die is called so; give --set {part.label}.own_area_mm2=25"
                )
            values["own_area_mm2"] = self.dies[part.name].inputs.die.area_mm2
        lot, mine, whole = self.put(part, values, "lot_usd", "own_area_mm2", "shared_area_mm2")
        if self.numbers[mine] > self.numbers[whole]:
            raise InputError(
                f"{self.entry.id}: {part.label}: {self.numbers[mine]:g} mm2 of {self.numbers[whole]:g} that all "
                "designs take; give a larger shared_area_mm2"
            )
        share = self.stage(f"{part.own}__share_usd", multi_project, masks, lot, mine, whole, formula="(M + L) a / A")
        told = f"; {self.numbers[mine]:.4g} of {self.numbers[whole]:.4g} mm2 of a multi-project run"
        return share, told

    def _sale(self, sale: Mapping[str, float]) -> None:
        """Put price and margin in, one of which gives the other."""
        if not sale:
            return
        self.numbers |= sale
        cost = TOTAL if "volume" in self.numbers else UNIT
        if MARGIN in sale:
            self.stage(SOLD_AT, price_at_margin, cost, MARGIN, formula="P = C / (1 - g)")
            return
        self.numbers.setdefault(LEVY, 0.0)
        self.stage(MARGIN, margin_at_price, cost, SOLD_AT, formula="g = 1 - C / P")
        self.stage(LEFT, margin_after_levy, cost, SOLD_AT, LEVY, formula="1 - l - C / P")


def _nre_words(masks: float, design: float, volume: float) -> str:
    return f"masks {masks / 1e6:,.4g} M, design {design / 1e6:,.4g} M USD over {volume:,.0f} units"
