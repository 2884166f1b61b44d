"""Wafer starts for so many units, and units of so many wafer starts; what limits them, and what was published."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from nodecalc.catalogue import open_catalogue
from nodecalc.drivers.prepare import prepare
from nodecalc.errors import InputError, StrictError
from nodecalc.question.caution import Caution
from nodecalc.question.graph import KEYWORDS, PRICE, SIZE_KEYS, keys_behind
from nodecalc.question.ledger import Ledger
from nodecalc.question.market import YEAR
from nodecalc.question.salvage import CORES, SOLD, left_out_note, why_left_out
from nodecalc.question.units import number
from nodecalc.vocabulary import QUANTITIES
from nodecalc.vocabulary.spelling import keyed
from nodecalc_kernels.cost.capacity import MADE, MONTHS, STARTS, units_of_stacks, units_packaged
from nodecalc_kernels.stages import Stage, behind
from nodecalc_kernels.stages import run as run_stages

from .idle import GROSS, LINE, YIELD, refuse_density, refuse_idle
from .rates import a_count, a_month, a_year, a_yield, named
from .supply import CycleTime, Published, RevenueCheck, cycle_time, published_capacities, revenue_check

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Node, Product, Source
    from nodecalc.question.at import At
    from nodecalc.question.inputs import Inputs
    from nodecalc.question.ledger import UsedFigure

UNITS: Final = "units_per_year"
DIES: Final = "dies_per_unit"
PACKAGE: Final = "package_yield"
PER_WAFER: Final = "units_per_wafer"
WAFERS: Final = "wafer_starts_per_month"
MADE_UNITS: Final = "units_per_month"
LOGIC, MEMORY, PACKAGING = "logic wafers", "stacked memory", "packaging"


class Capacity:
    """What so many units take, or so many wafers give; immutable, attributes are vocabulary keys."""

    def __init__(
        self,
        values: Mapping[str, float],
        limits: Mapping[str, float],
        ledger: Ledger,
        inputs: Inputs | None,
        chip: Product | None,
        catalogue: Catalogue,
        remarks: tuple[str, ...],
        has_die: bool = True,
    ) -> None:
        """Keep what `capacity` worked out."""
        self.values = dict(values)
        """Every number, by vocabulary key."""
        self.limits = dict(limits)
        """Units a month that each of what is needed allows, by its name; empty where one alone is given."""
        self.ledger = ledger
        self.inputs = inputs
        """The die's question; None where dies a wafer and yield are given."""
        self.chip = chip
        self.has_die = has_die
        """Whether a die was given; dies a wafer and yield may be given instead."""
        self.catalogue = catalogue
        self._remarks = remarks

    def __getattr__(self, name: str) -> Any:
        values = self.__dict__.get("values", {})
        if name in values:
            return values[name]
        raise AttributeError(f"a Capacity has no '{name}'; it has {', '.join(values)}")

    @property
    def node(self) -> str | None:
        """Id of the node, None where there is none."""
        return None if self.inputs is None or self.inputs.node is None else self.inputs.node.id

    @property
    def figures(self) -> Mapping[str, UsedFigure]:
        """The figures that the catalogue supplied, by key."""
        return self.ledger

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources of the figures used, each once."""
        return self.ledger.sources(self.catalogue)

    @property
    def bottleneck(self) -> str | None:
        """What allows the fewest units, where more than one limit is given."""
        return min(self.limits, key=self.limits.__getitem__) if len(self.limits) > 1 else None

    @cached_property
    def published(self) -> tuple[Published, ...]:
        """What was published of the wafers a month of the node's fabs."""
        return () if self.node is None else published_capacities(self.node, self.catalogue)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know beside the numbers."""
        late = () if self.cycle is None else (self.cycle.told,)
        return (*self._remarks, *late, *(() if self.revenue is None else (self.revenue.told,)))

    @property
    def remarks(self) -> tuple[str, ...]:
        """The notes without the check against revenue."""
        return self._remarks

    @cached_property
    def cycle(self) -> CycleTime | None:
        """How long a wafer takes; None where there is no node, or no stack of it."""
        return None if self.node is None else cycle_time(self.node, self.catalogue)

    @cached_property
    def revenue(self) -> RevenueCheck | None:
        """What the wafers would sell for beside the foundry's revenue; None where price or revenue is not known."""
        if self.inputs is None or self.inputs.node is None or not self.values[WAFERS]:
            return None
        price = self.inputs.numbers.get(PRICE)
        if price is None:
            return None
        year = self.inputs.numbers.get(YEAR, float(QUANTITIES[YEAR].default or 0.0))
        return revenue_check(self.inputs.node.foundry, self.values[WAFERS], price, year, self.catalogue)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as one flat row under vocabulary keys; numbers are never rounded."""
        row: dict[str, Any] = {"node": self.node}
        if self.chip is not None:
            row["chip"] = self.chip.id
        row |= self.values
        row["bottleneck"] = self.bottleneck
        row["cycle_days"] = None if self.cycle is None else self.cycle.days
        row["revenue_share"] = None if self.revenue is None else self.revenue.share
        row |= {f"units_per_month_of_{name.replace(' ', '_')}": units for name, units in self.limits.items()}
        row |= self.ledger.marks()
        return row

    def __repr__(self) -> str:
        told = ", ".join(f"{key}={value:.6g}" for key, value in self.values.items())
        return f"Capacity({told})"


def capacity(
    size: str | float | None = None,
    *,
    node: str | Node | At | None = None,
    chip: str | None = None,
    units: str | float | None = None,
    wafers_per_month: str | float | None = None,
    dies_per_unit: str | float | None = None,
    package_yield: str | float = 1.0,
    die_yield: str | float | None = None,
    gross_dies: str | float | None = None,
    stacks_per_unit: str | float | None = None,
    stack_supply: str | float | None = None,
    package_capacity: str | float | None = None,
    strict: bool = False,
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
    **inputs: object,
) -> Capacity:
    """Return the wafer starts a month for so many units a year, or the units of so many wafer starts.

    Args:
        size, node, chip, strict, catalogue, **inputs: the die, as for `estimate`. Not needed where both `die_yield`
            and `gross_dies` are given.
        units: good units a year, such as ``"1.6M"`` or ``"12000/month"``.
        wafers_per_month: wafer starts a month, instead of `units`.
        dies_per_unit: dies of this kind in one unit; a chip's own count where one is named, else 1.
        package_yield: share of assembled units that are good.
        die_yield: share of gross dies that are used, in the place of D0 and a yield model.
        gross_dies: dies on one wafer, in the place of a placement.
        stacks_per_unit, stack_supply: stacks of memory that a unit takes, and those to be had a year: a limit beside
            the wafers.
        package_capacity: units that can be packaged a month: another limit.

    Returns:
        A `Capacity`: `units_per_wafer`, `wafer_starts_per_month`, `units_per_month`, the `bottleneck` of several
        limits, and what was `published` of the node's fabs.

    Raises:
        NodecalcError: neither units nor a limit, both units and wafers, a die that is not given, a missing D0.

    >>> c = capacity(units="1.6M", gross_dies=85, die_yield=0.2, dies_per_unit=2)
    >>> round(c.wafer_starts_per_month, 1)
    15686.3

    """
    known = open_catalogue(catalogue)
    if units is not None and wafers_per_month is not None:
        raise InputError("--units and --wafers-per-month: one gives the other; leave one of them out")
    if units is None and wafers_per_month is None:
        raise InputError("neither units nor wafers; give --units 1.6M (a year) or --wafers-per-month 13000")
    numbers: dict[str, float] = {PACKAGE: number(package_yield, PACKAGE)}
    if die_yield is not None:
        numbers[YIELD] = a_yield(die_yield)
    if gross_dies is not None:
        numbers[GROSS] = a_count(gross_dies, "--gross-dies")
    resolved, product, remarks = _die(size, node, chip, strict, known, inputs, numbers)
    numbers[DIES], said = _dies_per_unit(dies_per_unit, product)
    if said:
        remarks += (said,)
    limits: dict[str, float] = {}
    if units is not None:
        numbers[UNITS] = a_year(units, UNITS)
        values = run_stages(STARTS, numbers)
        if not isfinite(values[WAFERS]):
            raise InputError(
                f"a wafer gives {values[PER_WAFER]:.3g} good units: no number of wafers gives so many; give a smaller "
                "die, a lower --d0 or a higher yield"
            )
        values[MADE_UNITS] = numbers[UNITS] / MONTHS
    else:
        numbers[WAFERS] = a_month(wafers_per_month, WAFERS, "--wafers-per-month")
        values = run_stages(MADE, numbers)
        limits[LOGIC] = values[MADE_UNITS]
    _add_limits(limits, stacks_per_unit, stack_supply, package_capacity, numbers[PACKAGE])
    if limits and units is None:
        values[MADE_UNITS] = min(limits.values())
        values[UNITS] = values[MADE_UNITS] * MONTHS
    elif limits:
        remarks += _short(limits, values[MADE_UNITS])
    has_die = size is not None or chip is not None or _sized(inputs)
    ledger = Ledger({} if resolved is None else resolved.figures)
    order = (GROSS, YIELD, LINE, DIES, PACKAGE, PER_WAFER, UNITS, MADE_UNITS, WAFERS)
    return Capacity({key: values[key] for key in order}, limits, ledger, resolved, product, known, remarks, has_die)


def _die(
    size: str | float | None,
    node: str | Node | At | None,
    chip: str | None,
    strict: bool,
    known: Catalogue,
    inputs: Mapping[str, object],
    numbers: dict[str, float],
) -> tuple[Inputs | None, Product | None, tuple[str, ...]]:
    """Put what the die gives into `numbers`; return its question, the chip and what is to be said."""
    wanted = [key for key in (GROSS, YIELD) if key not in numbers]
    inputs = {key: value for key, value in keyed(inputs, tuple(KEYWORDS)).items() if value is not None}
    refuse_idle(inputs, wanted)
    refuse_density(inputs, "capacity")
    if not wanted and size is None and chip is None and node is None and not _sized(inputs):
        line = inputs.get(LINE)
        numbers[LINE] = 1.0 if line is None else number(line, LINE)
        return None, None, ()
    given = dict(inputs)
    if size is None and chip is None and not wanted and not _sized(given):
        given["die_area_mm2"] = 100.0  # of no effect: dies a wafer and yield are given
    keys = keys_behind((*wanted, SOLD) if YIELD in wanted else wanted, given) | {LINE, "units_total"}
    resolved, product = prepare(size, node, chip, strict, known, given, wanted=keys)
    numbers[LINE] = resolved.numbers[LINE]
    remarks = tuple(resolved.notes)
    if product is not None and YIELD in wanted:
        remarks += _salvage_left_out(product, {**given, **resolved.numbers}, strict)
    if not wanted:
        return resolved, product, remarks
    stages: tuple[Stage, ...] = resolved.stages()
    sold = any(SOLD in step.outputs for step in stages)
    used = SOLD if sold and YIELD in wanted else YIELD
    found = run_stages(behind(stages, [used if key == YIELD else key for key in wanted]), resolved.numbers)
    for key in wanted:
        numbers[key] = found[used if key == YIELD else key]
    if not numbers[GROSS] > 0.0:
        raise InputError("the die fits nowhere on the wafer; give a smaller one, or --gross-dies")
    if used == SOLD:
        remarks += ("the yield is that of dies that sell with some units bad; --yield sets another",)
    return resolved, product, remarks


def _salvage_left_out(product: Product, given: Mapping[str, Any], strict: bool) -> tuple[str, ...]:
    """Return what is said where a chip's salvage does not count; refuse strict mode as the reason.

    The yield is then that of dies with all units good, which is another question: many more wafers.
    """
    said = left_out_note(product, given, strict)
    if said and not why_left_out(given, strict=False):
        raise StrictError(
            f"--strict: {CORES} is estimated, and {product.id} sells with some of its units bad; give --core-fraction "
            "or --yield, or leave out --strict"
        )
    return (said,) if said else ()


def _sized(inputs: Mapping[str, object]) -> bool:
    return any(inputs.get(key) is not None for key in SIZE_KEYS)


def _dies_per_unit(given: str | float | None, product: Product | None) -> tuple[float, str]:
    from nodecalc.question.figures import dies_of

    if given is not None:
        return number(given, DIES), ""
    own = 1 if product is None else dies_of(product)
    default = QUANTITIES[DIES].default
    assert isinstance(default, float)
    if own == 1 or product is None:
        return default, ""
    return float(own), f"{own} dies a unit, as in {product.name}; --dies-per-unit sets another count"


def _add_limits(
    limits: dict[str, float], stacks: object, supply: object, packaged: object, package_yield: float
) -> None:
    """Put the units a month that memory and packaging allow into `limits`."""
    if (stacks is None) != (supply is None):
        have, lack = (
            ("--stacks-per-unit", "--stack-supply") if supply is None else ("--stack-supply", "--stacks-per-unit")
        )
        raise InputError(f"{have} without {lack}: stacks that a unit takes, and those to be had a year; give both")
    if stacks is not None:
        each = named(number, stacks, DIES, "--stacks-per-unit")
        a_month_of = named(a_year, supply, UNITS, "--stack-supply") / MONTHS
        limits[MEMORY] = units_of_stacks(a_month_of, each, package_yield)
    if packaged is not None:
        limits[PACKAGING] = units_packaged(a_month(packaged, UNITS, "--package-capacity"), package_yield)


def _short(limits: Mapping[str, float], wanted: float) -> tuple[str, ...]:
    """Return what is said of limits below the units that are asked for."""
    return tuple(
        Caution(f"{name} allow {units:,.0f} units a month, fewer than the {wanted:,.0f} asked for")
        for name, units in limits.items()
        if units < wanted
    )
