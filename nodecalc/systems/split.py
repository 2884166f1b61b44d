"""Into how many chiplets: the cost of a unit of some area as one die and as several, and which is least."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from math import exp, isnan, log
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.catalogue import open_catalogue
from nodecalc.doors import brief, items, real
from nodecalc.drivers.estimate import Estimate, estimate
from nodecalc.errors import InputError
from nodecalc.question import units as units_
from nodecalc.question.graph import D0, KEYWORDS
from nodecalc.question.ranges import axis_of_text
from nodecalc.question.salvage import BINS, NEEDED, SOLD, UNITS, spelled
from nodecalc.question.units import number
from nodecalc.vocabulary.spelling import keyed
from nodecalc_kernels.numbers.roots import find_root
from nodecalc_kernels.package.assembly import per_good, power, product, times, with_more
from nodecalc_kernels.package.split import chiplet_area, chiplet_units

from .idle import refuse_density
from .rates import check_unit_cost, named

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Figure, Node
    from nodecalc.question.at import At

COST, SOLD_COST = "good_die_cost_usd", "sellable_die_cost_usd"
MOST: Final = 64
"""Chiplets that a unit may be split into."""
FIRST: Final = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20)
ENDS: Final = (1e-4, 20.0)
"""D0 between which one that makes a ratio hold is looked for, 1/cm2."""
NARROW: Final = 1e-12
"""Of ln D0: how well such a D0 is found."""


class Split(NamedTuple):
    """A unit made of so many equal chiplets."""

    node: str | None
    chiplets: int
    die: Estimate
    silicon_usd: float
    """All its dies, USD."""
    ratio: float
    """Of that to one die of the whole area."""
    package_yield_given: float
    """Of several dies, bonds apart, as it was given."""
    package_yield: float
    unit_cost_usd: float
    best: bool = False
    """Whether no other number costs less, on this node at this package yield."""

    @property
    def die_usd(self) -> float:
        """What one of its dies costs: one that sells, where some of its units may be bad."""
        return _cost(self.die)

    @property
    def die_yield(self) -> float:
        """Share of its dies that can be used."""
        return self.die.die_yield if self.die.sellable_yield is None else self.die.sellable_yield

    def to_dict(self) -> dict[str, Any]:
        """Return it as one flat row."""
        die = self.die
        return {
            "node": self.node,
            "chiplets": self.chiplets,
            "die_area_mm2": die.inputs.die.area_mm2,
            "gross_dies": die.gross_dies,
            "die_yield": die.die_yield,
            **({} if die.sellable_yield is None else {SOLD: die.sellable_yield, SOLD_COST: die.sellable_die_cost_usd}),
            COST: die.good_die_cost_usd,
            "silicon_usd": self.silicon_usd,
            "silicon_ratio": self.ratio,
            "package_yield_given": self.package_yield_given,
            "package_yield": self.package_yield,
            "unit_cost_usd": self.unit_cost_usd,
            "best": self.best,
            **die.ledger.marks(),
        }


def split(
    area: str | float,
    *,
    node: str | Node | At,
    chiplets: Iterable[int] | str = FIRST,
    overhead: str | float = 0.1,
    package_yields: Sequence[str | float] | str = (0.9,),
    single_yield: str | float = 1.0,
    bond_yield: str | float | None = None,
    carrier_usd: str | float = 0.0,
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
    **inputs: Any,
) -> list[Split]:
    """Return what a unit of so much area costs as one die and as several.

    Args:
        area: what the unit does, as one die, mm2.
        node: process node of all dies.
        chiplets: numbers of chiplets to look at.
        overhead: area that several dies take more than one, for their interfaces; 0.1 by AMD of its first EPYC.
        package_yields: share of good packages of several dies, bonds apart; a row for each. Also ``"0.75:0.99:9"``.
        single_yield: the same of one die.
        bond_yield: of one die; that of a published model of organic packages, 0.99, where not given.
        carrier_usd: what several dies need besides: interposer, assembly, USD a package.
        catalogue, **inputs: as for `estimate`. With `harvest`, of the whole unit, each die has its share of the units,
            and is sold with its share of those that are needed; numbers of dies that units do not divide into are
            left out where `chiplets` does not name them.

    Returns:
        `Split`, for each package yield and number of chiplets; the least of each package yield is `best`.

    Raises:
        NodecalcError: a value outside its range, a missing D0 or price.

    >>> found = split(777, node="gf-14lpp", chiplets=[1, 4], overhead=75 / 777, d0=0.1)
    >>> [row.chiplets for row in found], round(found[1].ratio, 2)
    ([1, 4], 0.6)

    """
    known = open_catalogue(catalogue)
    inputs = _harvest(inputs)
    whole = _area(area)
    counts = _counts(chiplets)
    if chiplets is FIRST and UNITS in inputs:
        counts = [n for n in counts if inputs[UNITS] % n == 0.0]
    more = named(number, overhead, "price_share_paid", "--overhead")
    single, carrier = (
        named(number, single_yield, "package_yield", "--single-yield"),
        named(number, carrier_usd, "carrier_usd", "--carrier"),
    )
    held = (
        usual_bond_yield(known).number
        if bond_yield is None
        else named(number, bond_yield, "bond_yield", "--bond-yield")
    )
    dies = {n: _die(whole, n, more, node, known, inputs) for n in sorted({1, *counts})}
    one = _cost(dies[1])
    rows = []
    if isinstance(package_yields, str):
        package_yields = axis_of_text("package_yield", package_yields).values().tolist()
    shares = items("package_yields", package_yields, "give shares, such as [0.9, 0.99]")
    if not shares:
        raise InputError("package_yields: none; give shares, such as [0.9, 0.99]")
    for share in shares:
        several = named(number, share, "package_yield", "--package-yield")
        found = []
        for n in counts:
            silicon = times(n, _cost(dies[n]))
            good = product(single if n == 1 else several, power(held, n))
            unit = per_good(with_more(silicon, 0.0 if n == 1 else 1.0, carrier), good)
            check_unit_cost(unit, good)
            found.append(Split(dies[n].node, n, dies[n], silicon, silicon / one, several, good, unit))
        least = min(row.unit_cost_usd for row in found)
        # Of equal ones the fewest dies.
        best = next(row for row in found if row.unit_cost_usd == least)
        rows += [row._replace(best=row is best) for row in found]
    return rows


def usual_bond_yield(catalogue: Catalogue) -> Figure:
    """Return the yield of the bonds of one die where none is given: a modeller's figure."""
    figure = catalogue.tables("packages")["scheme.organic_flip_chip"].preferred("bond_yield")
    assert figure is not None
    return figure


def _area(area: str | float) -> float:
    if isinstance(area, str):
        read = units_.size(area)
        if read.area_mm2 is None:
            raise InputError(f"size '{area}': an area is split, such as 800 (mm2)")
        return read.area_mm2
    return number(area, "die_area_mm2")


def _counts(chiplets: Iterable[int] | str) -> list[int]:
    whole = "give whole numbers, such as 1,2,4,8"
    given = chiplets.split(",") if isinstance(chiplets, str) else items("--chiplets", chiplets, whole)
    said = chiplets if isinstance(chiplets, str) else brief(chiplets)
    counts = sorted({real(n) for n in given})
    if not counts or any(n % 1.0 != 0.0 for n in counts):
        raise InputError(f"--chiplets {said}: {whole}")
    if not 1.0 <= counts[0] <= counts[-1] <= MOST:
        raise InputError(f"--chiplets {said}: allowed: 1 to {MOST}")
    return [int(n) for n in counts]


def _cost(die: Estimate) -> float:
    """Return what a die costs that can be used."""
    found = die.good_die_cost_usd if die.sellable_die_cost_usd is None else die.sellable_die_cost_usd
    return float(found)


def _harvest(inputs: dict[str, Any]) -> dict[str, Any]:
    """Return the inputs with the units of the whole as numbers; bins are of dies, and a split asks for units."""
    given = spelled(keyed({k: v for k, v in inputs.items() if v is not None}, tuple(KEYWORDS)))
    refuse_density(given, "a split")
    if BINS in given:
        raise InputError("bins of a split: of which dies? give --harvest NEED/TOTAL of the whole unit")
    both = [key for key in (NEEDED, UNITS) if key in given]
    if len(both) == 1:
        raise InputError(f"{both[0]} alone: give --harvest NEED/TOTAL of the whole unit, such as 132/144")
    return {**given, **{key: number(given[key], key) for key in both}}


def _die(
    whole: float, n: int, more: float, node: str | Node | At, known: Catalogue, inputs: Mapping[str, Any]
) -> Estimate:
    given = dict(inputs)
    if UNITS in given:
        need, total = chiplet_units(given[NEEDED], given[UNITS], float(n))
        if isnan(total):
            raise InputError(
                f"--harvest {given[NEEDED]:g}/{given[UNITS]:g} on {n} dies: no whole number of units a die; leave {n} "
                "out of --chiplets"
            )
        given |= {NEEDED: need, UNITS: total}
    return estimate(chiplet_area(whole, float(n), more), node=node, catalogue=known, **given)


def d0_of_ratio(
    ratio: str | float,
    area: str | float,
    *,
    node: str | Node | At,
    chiplets: int,
    overhead: str | float = 0.1,
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
    **inputs: Any,
) -> float | None:
    """Return the D0 at which `chiplets` dies cost `ratio` times one die of the whole area, 1/cm2; None for none.

    The ratio falls as D0 rises, as large dies lose more: one crossing at most.

    >>> d0 = d0_of_ratio(0.59, 777, node="gf-14lpp", chiplets=4, overhead=75 / 777)
    >>> round(d0, 3)
    0.102

    """
    known, whole, wanted = open_catalogue(catalogue), _area(area), named(number, ratio, "unit_price_usd", "--ratio")
    more = named(number, overhead, "price_share_paid", "--overhead")

    given = _harvest(inputs)

    def off(log_d0: float) -> float:
        here = {**given, D0: exp(log_d0)}
        one, part = (_cost(_die(whole, n, more, node, known, here)) for n in (1, chiplets))
        return chiplets * part / one - wanted

    ends = [log(end) for end in ENDS]
    low, high = (off(end) for end in ends)
    if not high < 0.0 < low:
        return None
    return exp(find_root(off, ends[0], ends[1], low, high, NARROW).root)
