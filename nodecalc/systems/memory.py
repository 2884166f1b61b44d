"""Memory: area of a die from its capacity, bits a wafer, USD a gigabit and a gigabyte, packages and stacks."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.catalogue import open_catalogue
from nodecalc.catalogue.lookup import find_node
from nodecalc.doors import a_flag
from nodecalc.drivers.prepare import prepare
from nodecalc.errors import InputError, MissingFigureError
from nodecalc.question.at import At, apart, note_of_own
from nodecalc.question.bits import BIT_DENSITY as DENSITY
from nodecalc.question.bits import CAPACITY, IN_GB
from nodecalc.question.graph import D0, KEYWORDS, PRICE, keys_behind
from nodecalc.question.ledger import Ledger, UsedFigure
from nodecalc.question.salvage import refuse_unsold
from nodecalc.question.units import number
from nodecalc.vocabulary import QUANTITIES
from nodecalc.vocabulary.spelling import keyed
from nodecalc_kernels.cost.memory import COSTS, GB_PER_GBYTE, bonded_wafer, cost_per_gb, cost_per_gbyte, memory_area
from nodecalc_kernels.defects.harvest import MIXTURES
from nodecalc_kernels.defects.repair import repair
from nodecalc_kernels.package.stack import stack_cost, stack_yield, tested_stack_cost
from nodecalc_kernels.stages import behind
from nodecalc_kernels.stages import run as run_stages

from .idle import GROSS, YIELD, refuse_density, refuse_idle
from .rates import a_yield, check_unit_cost, named

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Figure, Node, Source
    from nodecalc.question.inputs import Inputs

TABLE: Final = "memory"
BONDED: Final = "nand.bonded_array"
PRICES: Final = {"dram": "price.dram", "nand": "price.nand"}
CLASSES: Final = tuple(PRICES)
AREA, FAULTS = "die_area_mm2", "mean_faults"
GIGABITS, GB, GBYTE = "wafer_gigabits", "usd_per_gb", "usd_per_gbyte"
COST: Final = "good_die_cost_usd"
_IN_KEY: Final = re.compile(r"_(\d+)(gb|tb)(?:_|$)")


class MarketPrice(NamedTuple):
    """A price of memory that was published."""

    what: str
    usd_per_gb: float
    figure: Figure


class Memory:
    """What a die of memory costs, and a bit of it; immutable, attributes are vocabulary keys."""

    def __init__(
        self,
        values: Mapping[str, float],
        ledger: Ledger,
        inputs: Inputs,
        catalogue: Catalogue,
        remarks: tuple[str, ...],
        package: Mapping[str, float],
    ) -> None:
        """Keep what `memory` worked out."""
        self.values = dict(values)
        self.ledger, self.inputs, self.catalogue = ledger, inputs, catalogue
        self._remarks = remarks
        self.package = dict(package)
        """What a package or stack of the dies costs, where one is asked for."""

    def __getattr__(self, name: str) -> Any:
        values = self.__dict__.get("values", {})
        if name in values:
            return values[name]
        raise AttributeError(f"a Memory has no '{name}'; it has {', '.join(values)}")

    @property
    def node(self) -> Node:
        """The node."""
        assert self.inputs.node is not None
        return self.inputs.node

    @property
    def figures(self) -> Mapping[str, UsedFigure]:
        """The figures that the catalogue supplied, by key."""
        return self.ledger

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources of the figures used, each once."""
        return self.ledger.sources(self.catalogue)

    @cached_property
    def prices(self) -> tuple[MarketPrice, ...]:
        """Published market prices of memory of the node's class, USD a gigabit."""
        found = []
        for key, figures in self.catalogue.tables(TABLE)[PRICES[self.node.node_class]].figures.items():
            for figure in figures:
                size = _IN_KEY.search(key)
                if figure.unit == "USD/GB":
                    found.append(MarketPrice(key, figure.number / GB_PER_GBYTE, figure))
                elif figure.unit == "USD/die" and size is not None:
                    bits = float(size[1]) * IN_GB[size[2].capitalize()]
                    found.append(MarketPrice(key, figure.number / bits, figure))
        return tuple(found)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know beside the numbers."""
        return self._remarks

    @cached_property
    def check(self) -> str:
        """What a maker's wafers are said to hold on the average, beside these; "" where nothing is."""
        key = f"{self.node.foundry.lower()}_bits_per_wafer"
        for group in self.catalogue.tables("capacity").values():
            if key in group.figures:
                figure = group.figures[key][0]
                return (
                    f"check: {self.values[GIGABITS]:,.0f} Gb a wafer, beside {figure.number:,.0f} of all that "
                    f"{self.node.foundry} makes, older products in ({figure.kind}, {figure.year:g}): {figure.note}"
                )
        return ""

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as one flat row under vocabulary keys; numbers are never rounded."""
        return {"node": self.node.id, **self.values, **self.package, **self.ledger.marks()}

    def __repr__(self) -> str:
        told = ", ".join(f"{key}={value:.6g}" for key, value in self.values.items())
        return f"Memory({self.node.id!r}, {told})"


def gigabits(value: object) -> float:
    """Return a capacity in Gb: a number is in Gb, a text may say ``16Gb``, ``1Tb``, ``2GB``.

    >>> gigabits("16Gb"), gigabits("1Tb"), gigabits("2GB"), gigabits(24)
    (16.0, 1024.0, 16.0, 24.0)
    """
    return number(value, CAPACITY)


def memory(
    node: str | Node | At,
    capacity: str | float,
    *,
    die_yield: str | float | None = None,
    spares: str | float | None = None,
    repairable_fraction: str | float | None = None,
    second_wafer_usd: str | float | None = None,
    wafer_bond_usd: str | float | None = None,
    bit_density: str | float | None = None,
    dies_per_package: str | float | None = None,
    base_usd: str | float = 0.0,
    bond_usd: str | float = 0.0,
    bond_yield: str | float = 1.0,
    test_between: bool = False,
    strict: bool = False,
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
    **inputs: object,
) -> Memory:
    """Return what a die of memory costs, and a gigabit and a gigabyte of it.

    Args:
        node: id or name of a DRAM or NAND node; its bit density serves where no area is known.
        capacity: of one die: ``"16Gb"``, ``"1Tb"``, ``"2GB"``, or a number of Gb.
        die_yield: share of dies that are good, in the place of `d0`.
        spares, repairable_fraction: faults that spares can mend, and the share of all faults that they may be.
        second_wafer_usd, wafer_bond_usd: of bonded arrays, the wafer of circuits for each wafer of cells, and bonding.
        bit_density: Gb/mm2, in the place of the node's.
        dies_per_package, base_usd, bond_usd, bond_yield, test_between: a package or stack of so many dies on a base;
            as for `stack_cost`.
        strict, catalogue: as for `estimate`.
        **inputs: what a die takes, such as `wafer_price`, `d0`, `scribe`, `die_area_mm2`. Nobody publishes a wafer
            price or a D0 of a memory node: both are to be given.

    Returns:
        A `Memory`: `die_area_mm2`, `gross_dies`, `die_yield`, `wafer_gigabits`, `good_die_cost_usd`, `usd_per_gb`,
        `usd_per_gbyte`; `package`; market `prices`.

    Raises:
        NodecalcError: a node that is no memory, a missing price or D0, which the error names beside what is known.

    >>> m = memory("cxmt-g4", "16Gb", wafer_price=5000, die_yield=0.8)
    >>> m.gross_dies, round(m.usd_per_gbyte, 2)
    (933.0, 3.35)

    """
    refuse_unsold(inputs, (), "memory")
    refuse_density(inputs, "memory")
    known = open_catalogue(catalogue)
    plain, own = apart(node)
    where = find_node(plain, known)
    if where is None or where.node_class not in CLASSES:
        name = "none" if where is None else where.id
        raise InputError(f"node {name}: no memory; give a node of class dram or nand, such as cxmt-g4")
    for_all = keyed(inputs, tuple(KEYWORDS))
    given = {key: v for key, v in (for_all | own).items() if v is not None}
    bits = gigabits(capacity)
    figure, remarks = _area(where, bits, bit_density, given)
    refuse_idle(given, [GROSS] if die_yield is not None else [GROSS, YIELD])
    area = number(given.pop(AREA), AREA) if AREA in given else figure.value if figure else bits  # set by _area
    wanted = [GROSS] if die_yield is not None else [GROSS, FAULTS]
    price = given.pop(PRICE, None)
    missing = [f"--{QUANTITIES[key].option}" for key, has in ((PRICE, price), (D0, given.get(D0))) if has is None]
    if die_yield is not None:
        missing = missing[:1] if price is None else []
    keys = keys_behind([GROSS] if missing else wanted, given)
    resolved, _ = prepare(area, where, None, strict, known, given, wanted=keys)
    counted = run_stages(behind(resolved.stages(), (GROSS,)), resolved.numbers)[GROSS]
    if not counted > 0.0:
        raise InputError(f"a die of {area:.4g} mm2 fits nowhere on the wafer; give a smaller one, or another placement")
    if missing:
        raise MissingFigureError(
            f"nobody publishes a wafer price or a D0 of {where.id}: give {' and '.join(missing)}"
            f"{'' if die_yield is not None or D0 in given else ' (or --yield)'}; {bits:g} Gb are {area:.4g} mm2, "
            f"{counted:,.0f} dies and {counted * bits:,.0f} Gb a wafer before yield"
        )
    ledger = Ledger({} if figure is None else {figure.key: figure})
    if a_flag("strict", strict):
        ledger.refuse_weak({AREA: "--area or --bit-density"})
    numbers = {**resolved.numbers, GROSS: counted, CAPACITY: bits, PRICE: number(price, PRICE)}
    if die_yield is not None:
        numbers[YIELD] = a_yield(die_yield)
    numbers[YIELD] = _yield(resolved, numbers, spares, repairable_fraction, die_yield is not None)
    numbers[PRICE], said = _wafer(where, numbers[PRICE], second_wafer_usd, wafer_bond_usd, known)
    values = run_stages(COSTS, numbers)
    order = (CAPACITY, AREA, GROSS, YIELD, "good_dies", GIGABITS, PRICE, COST, GB, GBYTE)
    shown = {key: values.get(key, area) for key in order}
    package = _package(shown, dies_per_package, base_usd, bond_usd, bond_yield, a_flag("test_between", test_between))
    own_said = (note_of_own(where.id, own, for_all),) if own else ()
    notes = (*own_said, *remarks, *said, *(note for note in resolved.notes if "logic figure" not in note))
    return Memory(shown, ledger, resolved, known, notes, package)


def _area(
    node: Node, bits: float, density: object, given: Mapping[str, object]
) -> tuple[UsedFigure | None, tuple[str, ...]]:
    """Return the area of a die as a figure: as measured for that capacity, else by the density of the node."""
    if AREA in given:
        if density is not None:
            raise InputError("--bit-density with an area: the area is known then; leave one of them out")
        return None, ()
    if density is not None:
        value = memory_area(bits, number(density, DENSITY))
        return UsedFigure(AREA, value, value, value, "given", None, True, "given: taken as exact", ()), ()
    measured = node.preferred(f"die_area_{bits:g}gb")
    if measured is not None:
        span = node.range(measured.field)
        assert span is not None
        return UsedFigure(
            AREA, span.value, span.low, span.high, measured.kind, measured.year, measured.verified, span.basis,
            (measured,),
        ), ()  # fmt: skip
    stated = node.preferred(DENSITY)
    if stated is None:
        raise MissingFigureError(f"{node.id}: no bit density is known; give --bit-density (Gb/mm2)")
    span = node.range(DENSITY)
    assert span is not None
    value = memory_area(bits, span.value)
    used = UsedFigure(
        AREA, value, bits / span.high, bits / span.low, "estimated", stated.year, stated.verified,
        f"{bits:g} Gb / {span.value:g} Gb/mm2; {span.basis}", (stated,),
    )  # fmt: skip
    of = f" ({stated.note})" if stated.note else ""
    return used, (
        f"{node.id}: {value:.4g} mm2 from the node's {span.value:g} Gb/mm2{of}, estimated: the periphery of another "
        "die or interface takes another share",
    )


def _yield(resolved: Inputs, numbers: dict[str, float], spares: object, share: object, is_given: bool) -> float:
    """Return the yield: given, by the model, or with faults that spares mend."""
    if spares is None and share is None:
        if is_given:
            return numbers[YIELD]
        return run_stages(behind(resolved.stages(), (YIELD,)), resolved.numbers)[YIELD]
    if is_given:
        raise InputError("--spares with --yield: a yield that is given is after repair; leave one of them out")
    if spares is None or share is None:
        raise InputError(
            "--spares and --repairable go together: faults that spares can mend, and the share of all faults that "
            "they may be, such as --spares 4 --repairable 0.6; nobody publishes either"
        )
    model = resolved.names["yield_model"]
    if model not in MIXTURES:
        raise InputError(f"--model {model} with --spares: give one of {', '.join(MIXTURES)}")
    faults = run_stages(behind(resolved.stages(), (FAULTS,)), resolved.numbers)[FAULTS]
    part, count = number(share, "repairable_fraction"), number(spares, "spares")
    mended = repair((1.0 - part) * faults, part * faults, int(count), model, resolved.numbers.get("alpha", 2.0))
    return mended * resolved.numbers["systematic_yield"]


def _wafer(node: Node, price: float, second: object, bond: object, known: Catalogue) -> tuple[float, tuple[str, ...]]:
    """Return what a wafer of cells costs with the wafer of circuits that is bonded to it."""
    bonded = known.tables(TABLE)[BONDED]
    takes_two = node.id in bonded.nodes
    if second is None and bond is None:
        if takes_two:
            raise MissingFigureError(
                f"{node.id} bonds a wafer of circuits to each wafer of cells: give --second-wafer (USD), 0 where "
                "--wafer-price holds both; nobody publishes either"
            )
        return price, ()
    extra = number(0.0 if second is None else second, "second_wafer_usd")
    joined = number(0.0 if bond is None else bond, "wafer_bond_usd")
    whole = bonded_wafer(price, extra, joined)
    note = (
        f"a pair of wafers: {price:,.0f} + {extra:,.0f} USD, bonding {joined:,.0f} USD, {whole / price:.3g} x the "
        "first; D0 and yield are those of the pair"
    )
    figure = bonded.preferred("cost_ratio_mature")
    if takes_two and figure is not None:
        note += f"; such a die is said to cost {figure.number:g} x one with circuits under its cells ({figure.source})"
    return whole, (note,)


def _package(
    values: Mapping[str, float], dies: object, base: object, bond: object, held: object, between: bool
) -> dict[str, float]:
    """Return what a package or stack of dies costs."""
    base_die, one_bond = named(number, base, "base_usd", "--base"), named(number, bond, "bond_usd", "--bond")
    good = named(number, held, "bond_yield", "--bond-yield")
    if dies is None:
        if between or any(usd != 0.0 for usd in (base_die, one_bond)):
            raise InputError("options of a stack without --dies-per-package; give it, such as --dies-per-package 8")
        if good != 1.0:
            raise InputError("--bond-yield without --dies-per-package; give it, such as --dies-per-package 8")
        return {}
    count = number(dies, "dies_per_package")
    work_out = tested_stack_cost if between else stack_cost
    cost = work_out(base_die, values[COST], one_bond, good, 1.0, count)
    good_ones = stack_yield(good, 1.0, count)
    check_unit_cost(cost, good_ones)
    bits = count * values[CAPACITY]
    each = cost_per_gb(cost, bits)
    return {
        "dies_per_package": count,
        "package_gigabytes": bits / GB_PER_GBYTE,
        "stack_yield": good_ones,
        "package_cost_usd": cost,
        "package_usd_per_gbyte": cost_per_gbyte(each),
    }
