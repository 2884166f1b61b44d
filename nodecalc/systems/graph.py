"""A system as one graph: its dies', its memory's and its carriers' stages, and those of its assembly and test.

Keys of a part are prefixed by it. A figure of a node goes by the node's id, so that parts on one node draw it once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.catalogue.conventions import Convention
from nodecalc.catalogue.figure import KIND_FACTOR, Range
from nodecalc.catalogue.systems import Part, SystemEntry, SystemFigure
from nodecalc.doors import brief
from nodecalc.drivers.estimate import Estimate, estimate
from nodecalc.errors import InputError, MissingFigureError, NodecalcError, nearest
from nodecalc.question.graph import KEYWORDS
from nodecalc.question.ledger import UsedFigure
from nodecalc.question.units import label, number
from nodecalc.vocabulary import QUANTITIES
from nodecalc.vocabulary.package import PART_KEYS as KEYS
from nodecalc.vocabulary.spelling import key_of
from nodecalc_kernels.package.assembly import lost, per_good, power, product, share_out, times, with_more
from nodecalc_kernels.package.nre import nre_per_unit
from nodecalc_kernels.package.sorting import good_of_passing, passing_share, tested_cost, tester_cost
from nodecalc_kernels.stages import Stage, behind, stage

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue

TEXTS: Final[Mapping[str, tuple[str, ...]]] = {
    "die": ("size", "node", "chip"),
    "carrier": ("joined",),
    "assembly": ("method",),
}
OPTION: Final = re.compile(r"--([a-z][a-z0-9-]*)")
METHODS: Final = ("chip-last", "chip-first")
JOINED: Final = ("with dies", "last")
"""When a carrier is joined: before the dies are bonded, so that it is lost with their bonds, or after."""
SOLD, GOOD, GROSS_COST = "sellable_yield", "die_yield", "die_cost_usd"
DRAWN: Final = ("d0_per_cm2", "wafer_price_usd", "core_fraction")
"""Figures of a die that are drawn; sizes are taken as they are."""
COUNTED: Final = "gross_dies"
SUM, PACKAGE, UNIT, NRE = "materials_usd", "package_yield", "unit_cost_usd", "nre_usd_per_unit"


class Line(NamedTuple):
    """A line of the cost tree."""

    part: str
    what: str
    usd: str
    """Key of what it costs in one assembled unit, USD."""
    held: float | None = None
    each: str = ""
    """Key of what one of it costs, "" where that says nothing."""
    good: str = ""
    """Key of its yield, "" where it has none."""


class Graph(NamedTuple):
    """Everything that a system's cost is worked out from."""

    stages: tuple[Stage, ...]
    numbers: Mapping[str, float]
    uncertain: Mapping[str, UsedFigure]
    """By key of a stage; the figure's own key says which are one draw."""
    ledger: Mapping[str, UsedFigure]
    """All figures of the catalogue, by part and key."""
    lines: tuple[Line, ...]
    dies: Mapping[str, Estimate]
    """The answer for each kind of die, by its part's name."""
    notes: tuple[str, ...]
    stand_ins: Mapping[str, str]
    """What has to be known of a figure, or why one of something else stands in, by part and key."""


class Builder:
    """Puts the parts of one system together."""

    def __init__(self, entry: SystemEntry, catalogue: Catalogue, convention: Convention | None = None) -> None:
        """Begin with nothing; dies are counted by `convention` where their part does not say otherwise."""
        self.entry, self.catalogue = entry, catalogue
        self.convention = convention
        self.stages: list[Stage] = []
        self.numbers: dict[str, float] = {}
        self.uncertain: dict[str, UsedFigure] = {}
        self.ledger: dict[str, UsedFigure] = {}
        self.lines: list[Line] = []
        self.dies: dict[str, Estimate] = {}
        self.notes: dict[str, None] = {} if convention is None else {convention.note: None}
        self.stand_ins: dict[str, str] = {}
        """What has to be known of a figure, or why one of something else stands in, by part and key."""
        self.late: list[str] = []
        """Keys of what is joined after the dies."""
        self.bonded: list[str] = []
        """Keys of how many parts are bonded."""

    def build(self, volume: float | None) -> Graph:
        """Return the whole graph, with one-time costs where a volume is given."""
        entry = self.entry
        if not entry.of("die") and not entry.of("memory"):
            raise InputError(f"{entry.id}: no die and no memory; a system holds [die.NAME] or [memory.NAME]")
        assembly, test = self._read(entry.step("assembly")), self._read(entry.step("test"))
        method = str(assembly.pop("method", METHODS[0]))
        if method not in METHODS:
            raise InputError(f"{entry.id}: assembly: method '{method}': allowed: {', '.join(METHODS)}")
        shares: list[str] = []
        for part in entry.of("die"):
            shares.append(self._die(part))
        for part in entry.of("memory"):
            self._memory(part)
        for part in entry.of("carrier"):
            good = self._carrier(part, first=method == METHODS[1])
            shares += [good] if good else []
        self._steps(assembly, test)
        self._total(assembly, shares)
        if volume is not None:
            self._nre(volume)
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

    # What a part's table says

    def _read(self, part: Part) -> dict[str, Any]:
        """Return the values of a part by vocabulary key, checked; of a die also those of its question."""
        known, texts = KEYS[part.kind], TEXTS.get(part.kind, ())
        found: dict[str, Any] = {}
        for name, value in part.values.items():
            spelled = name.replace("-", "_")
            if spelled in texts:
                found[spelled] = value
                continue
            key = known.get(spelled)
            if key is None and part.kind == "die":
                key = key_of(name, tuple(KEYWORDS), f"key of {part.label}", ", ".join((*texts, *known)))
            if key is None:
                close = nearest(spelled, (*known, *texts))
                hint = f"nearest: {', '.join(close)}" if close else f"known: {', '.join((*texts, *known))}"
                raise InputError(f"{self.entry.id}: {part.label}: unknown '{name}'; {hint}")
            if isinstance(value, SystemFigure):
                found[key] = self._figure(part, key, value)
            else:
                found[key] = value if key in KEYWORDS else self._given(key, value, f"{part.label}.{name}")
        return found

    def _given(self, key: str, value: Any, place: str) -> float:
        try:
            return number(value, key)
        except InputError as error:
            raise InputError(f"{self.entry.id}: {str(error).replace(label(QUANTITIES[key]), place, 1)}") from None

    def _figure(self, part: Part, key: str, found: SystemFigure) -> UsedFigure:
        span, figure = found.range, found.figure
        kind = found.kind
        value = number(span.value, key)
        q = QUANTITIES[key]
        if q.is_share and value > 0.5 and figure.low is None and figure.high is None and not found.rivals:
            # Of a share near one it is the loss that is known to a factor.
            factor = KIND_FACTOR[kind]
            ends = 1.0 - (1.0 - value) * factor, 1.0 - (1.0 - value) / factor
            span = Range(ends[0], value, ends[1], f"a factor {factor:g} each way on the loss, for {kind}")
        basis = span.basis
        name = f"{part.label}.{key}"
        used = UsedFigure(
            name,
            value,
            max(span.low, q.low),
            min(span.high, q.high),
            kind,
            figure.year,
            figure.verified,
            basis,
            (figure,),
            found.rivals,
        )
        # Counts and sizes are what a unit is, not how sure anybody is of it.
        if q.format == "g" or key in KEYWORDS:
            used = used._replace(low=value, high=value)
        self.ledger[name] = used
        if found.note:
            self.stand_ins[name] = found.note
        return used

    def _put(self, part: Part, values: Mapping[str, Any], *keys: str) -> list[str]:
        """Put numbers of a part into the graph and return the keys that they go by there."""
        placed = []
        for key in keys:
            own = f"{part.name or part.kind}__{key}".replace("-", "_")
            value = values.get(key, QUANTITIES[key].default)
            if isinstance(value, UsedFigure):
                self.numbers[own] = value.value
                if value.is_uncertain:
                    self.uncertain[own] = value
            else:
                assert value is not None
                self.numbers[own] = float(value)
            placed.append(own)
        return placed

    def _stage(self, output: str, function: Callable[..., float], *inputs: str, formula: str = "") -> str:
        self.stages.append(Stage((output,), function, inputs, formula))
        return output

    # Parts

    def _die(self, part: Part) -> str:
        """Put a kind of die in and return the key of the share of assembled units that its dies leave good."""
        values = self._read(part)
        question = {key: value for key, value in values.items() if key not in KEYS["die"].values()}
        found = self._estimate(part, question)
        self.dies[part.name] = found
        own = part.name.replace("-", "_")
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
        count, sort, coverage = self._put(part, values, "part_count", "sort_usd", "die_coverage")
        passing = self._stage(f"{own}__passing", passing_share, rename[used], coverage)
        tested = self._stage(f"{own}__tested_usd", tested_cost, rename[GROSS_COST], sort, passing)
        quality = self._stage(f"{own}__quality", good_of_passing, rename[used], passing)
        in_unit = self._stage(f"{own}__unit_usd", times, count, tested)
        all_good = self._stage(f"{own}__all_good", power, quality, count)
        self.bonded.append(count)
        what = f"{found.chip.name} " if found.chip is not None else ""
        size = inputs.die
        on = f"{what}{size.area_mm2:.5g} mm2 on {found.node or 'no node'}"
        self.lines.append(Line(part.label, on, in_unit, self.numbers[count], tested, rename[used]))
        for note in found.notes:
            self.notes[_as_set(f"{part.name}: {note}", part)] = None
        if self.numbers[coverage] == 1.0 and coverage not in self.uncertain:
            how = f"--set {part.label}.die_coverage=0.98 lets some bad ones pass"
            self.notes[f"{part.name}: dies are taken as known good; {how}"] = None
        return all_good

    def _estimate(self, part: Part, question: dict[str, Any]) -> Estimate:
        given: dict[str, Any] = {
            key: value.value if isinstance(value, UsedFigure) else value for key, value in question.items()
        }
        if self.convention is not None:
            given = self.convention.under(given)
        size, node, chip = given.pop("size", None), given.pop("node", None), given.pop("chip", None)
        if size is None and chip is None and not any(key.startswith("die_") or key == "transistors" for key in given):
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
            raise type(error)(_as_set(f"{self.entry.id}: {part.label}: {error}", part)) from None

    def _memory(self, part: Part) -> None:
        values = self._read(part)
        own = part.name.replace("-", "_")
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
        (stacks,) = self._put(part, values, "stacks")
        if by_stack:
            (each,) = self._put(part, values, "usd_per_stack")
            in_unit = self._stage(f"{own}__unit_usd", times, stacks, each)
            self.lines.append(Line(part.label, "memory stacks, bought tested", in_unit, self.numbers[stacks], each))
        else:
            size, price = self._put(part, values, "gigabytes", "usd_per_gbyte")
            in_unit = self._stage(f"{own}__unit_usd", times, size, price)
            what = f"{self.numbers[size]:g} GB at {self.numbers[price]:.3g} USD/GB, bought tested"
            self.lines.append(Line(part.label, what, in_unit, self.numbers[stacks]))
        self.bonded.append(stacks)

    def _carrier(self, part: Part, first: bool) -> str | None:
        """Put a carrier in; of one that is made on the dies return the key of its yield."""
        values = self._read(part)
        own = part.name.replace("-", "_")
        ways = [key for key in ("carrier_usd", "carrier_wafer_usd", "usd_per_mm2") if key in values]
        if len(ways) != 1:
            said = "several prices" if ways else "no price"
            raise MissingFigureError(
                f"{self.entry.id}: {part.label} has {said}: give one of usd, usd_per_wafer with units_per_wafer, "
                "usd_per_mm2 with area_mm2"
            )
        joined = str(values.pop("joined", JOINED[0]))
        if joined not in JOINED:
            raise InputError(f"{self.entry.id}: {part.label}: joined '{joined}': allowed: {', '.join(JOINED)}")
        count, good = self._put(part, values, "part_count", "carrier_yield")
        if ways[0] == "carrier_usd":
            (raw,) = self._put(part, values, "carrier_usd")
            what = "ready"
        else:
            beside = {"carrier_wafer_usd": "units_per_carrier_wafer", "usd_per_mm2": "carrier_area_mm2"}[ways[0]]
            if beside not in values:
                short = next(name for name, key in KEYS["carrier"].items() if key == beside)
                raise MissingFigureError(f"{self.entry.id}: {part.label}: give --set {part.label}.{short}=...")
            price, amount = self._put(part, values, ways[0], beside)
            per_wafer = ways[0] == "carrier_wafer_usd"
            raw = self._stage(f"{own}__raw_usd", share_out if per_wafer else times, price, amount)
            what = (
                f"{self.numbers[price]:,.0f} USD a wafer of {self.numbers[amount]:g}"
                if per_wafer
                else f"{self.numbers[amount]:,.0f} mm2 at {self.numbers[price]:.3g} USD/mm2"
            )
        each = raw if first else self._stage(f"{own}__good_usd", per_good, raw, good)
        in_unit = self._stage(f"{own}__unit_usd", times, count, each)
        self.lines.append(Line(part.label, what, in_unit, self.numbers[count], each, good))
        if joined == JOINED[1]:
            self.late.append(in_unit)
        return self._stage(f"{own}__all_good", power, good, count) if first else None

    def _steps(self, assembly: Mapping[str, Any], test: Mapping[str, Any]) -> None:
        whole = Part("assembly", "", {})
        if "assembly_usd" in assembly:
            (cost,) = self._put(whole, assembly, "assembly_usd")
            self.lines.append(Line("assembly", "of one unit", cost))
        tester = Part("test", "", {})
        if "test_usd" in test:
            if "test_seconds" in test:
                raise InputError(f"{self.entry.id}: test: usd and seconds; give one of them")
            (cost,) = self._put(tester, test, "test_usd")
            self.lines.append(Line("test", "final test", cost))
        elif "test_seconds" in test:
            seconds, rate, sites = self._put(tester, test, "test_seconds", "tester_usd_per_hour", "test_sites")
            cost = self._stage("test__cost_usd", tester_cost, seconds, rate, sites)
            what = f"{self.numbers[seconds]:g} s at {self.numbers[rate]:g} USD/h"
            self.lines.append(Line("test", what, cost))

    def _total(self, assembly: Mapping[str, Any], shares: list[str]) -> None:
        whole = Part("assembly", "", {})
        held, other = self._put(whole, assembly, "bond_yield", "package_yield")
        self.numbers["nothing_usd"] = 0.0
        self.numbers["once"] = 1.0
        if "bonds" in assembly:
            (bonds,) = self._put(whole, assembly, "bonds")
        else:
            bonds = "nothing_usd"
            for place, key in enumerate(self.bonded):
                bonds = self._stage(f"bonds__{place}", with_more, bonds, "once", key)
        early = self._sum("early", [line.usd for line in self.lines if line.usd not in self.late])
        late = self._sum("late", self.late)
        self._stage(SUM, with_more, early, "once", late)
        good = self._stage("bonds_good", power, held, bonds)
        for place, share in enumerate(shares):
            good = self._stage(f"good__{place}", product, good, share)
        self._stage(PACKAGE, product, good, other, formula="Y_p = Y_b^n q^d Y")
        bonded = self._stage("bonded_usd", per_good, early, good, formula="C_b = C / (Y_b^n q^d)")
        joined = self._stage("joined_usd", with_more, bonded, "once", late)
        self.stages.append(
            stage(
                UNIT,
                per_good,
                formula="C_u = (C_b + L) / Y",
                cost_usd=joined,
                good_share=other,
            )
        )
        self._stage("lost_usd", lost, UNIT, SUM)
        if all(self.numbers[key] == 1.0 and key not in self.uncertain for key in (held, other)):
            self.notes["no bond and no package fails: give --set assembly.bond_yield=0.99 or package_yield"] = None

    def _sum(self, name: str, keys: list[str]) -> str:
        """Return the key of the sum of several costs."""
        sum_ = "nothing_usd"
        for place, key in enumerate(keys):
            sum_ = self._stage(f"{name}__{place}", with_more, sum_, "once", key)
        return sum_

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
            values = self._read(part)
            own = part.name.replace("-", "_")
            masks, design, products = self._put(
                Part("nre", f"nre_{part.name}", {}), values, "mask_usd", "design_usd", "part_count"
            )
            shared = self._stage(f"{own}__volume", times, products, "volume")
            each = self._stage(f"{own}__nre_usd", nre_per_unit, masks, design, shared)
            last = place == len(parts) - 1
            sum_ = self._stage(NRE if last else f"nre__{place}", with_more, sum_, "once", each)
            self.lines.append(Line(part.label, _nre_words(self.numbers[masks], self.numbers[design], volume), each))


def _nre_words(masks: float, design: float, volume: float) -> str:
    return f"masks {masks / 1e6:,.4g} M, design {design / 1e6:,.4g} M USD over {volume:,.0f} units"


def _as_set(text: str, part: Part) -> str:
    """Return what is said of a die with its options as this command takes them."""
    return OPTION.sub(lambda found: f"--set {part.label}.{found[1].replace('-', '_')}=X", text)


def set_values(entry: SystemEntry, texts: tuple[str, ...]) -> SystemEntry:
    """Return the system with values of its parts set: ``die.gpu.count=2``, ``assembly.package_yield=0.9``."""
    parts = {part.label: dict(part.values) for part in entry.parts}
    for step in ("assembly", "test"):
        parts.setdefault(step, {})
    for text in texts:
        path, equals, value = text.partition("=")
        label, dot, key = path.strip().lstrip("-").rpartition(".")
        if not equals or not dot or not value.strip():
            raise InputError(f"--set {brief(text)}: write PART.KEY=VALUE, such as assembly.package_yield=0.9")
        if label not in parts:
            close = nearest(label, parts)
            hint = f"nearest: {', '.join(close)}" if close else f"it has {', '.join(parts)}"
            raise InputError(f"--set {text}: {entry.id} has no part '{label}'; {hint}")
        parts[label][key] = value.strip()
    rows = []
    for label, values in parts.items():
        kind, _, name = label.partition(".")
        rows.append(Part(kind, name, values))
    return entry._replace(parts=tuple(rows))
