"""Into how many chiplets: the cost of a unit of some area as one die and as several, and which is least."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from math import exp, log
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.catalogue import open_catalogue
from nodecalc.doors import items
from nodecalc.drivers.estimate import Estimate, estimate
from nodecalc.errors import InputError
from nodecalc.question import units as units_
from nodecalc.question.graph import D0
from nodecalc.question.salvage import refuse_unsold
from nodecalc.question.units import number
from nodecalc_kernels.package.assembly import per_good, power, product, times, with_more

from .rates import named

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Figure, Node
    from nodecalc.question.at import At

COST: Final = "good_die_cost_usd"
MOST: Final = 64
"""Chiplets that a unit may be split into."""
FIRST: Final = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20)
ENDS: Final = (1e-4, 20.0)
"""D0 between which one that makes a ratio hold is looked for, 1/cm2."""
HALVINGS: Final = 60


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
    best: bool
    """Whether no other number costs less, on this node at this package yield."""

    def to_dict(self) -> dict[str, Any]:
        """Return it as one flat row."""
        die = self.die
        return {
            "node": self.node,
            "chiplets": self.chiplets,
            "die_area_mm2": die.inputs.die.area_mm2,
            "gross_dies": die.gross_dies,
            "die_yield": die.die_yield,
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
    package_yields: Sequence[str | float] = (0.9,),
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
        package_yields: share of good packages of several dies, bonds apart; a row for each.
        single_yield: the same of one die.
        bond_yield: of one die; that of a published model of organic packages, 0.99, where not given.
        carrier_usd: what several dies need besides: interposer, assembly, USD a package.
        catalogue, **inputs: as for `estimate`.

    Returns:
        `Split`, for each package yield and number of chiplets; the least of each package yield is `best`.

    Raises:
        NodecalcError: a value outside its range, a missing D0 or price.

    >>> found = split(777, node="gf-14lpp", chiplets=[1, 4], overhead=75 / 777, d0=0.1)
    >>> [row.chiplets for row in found], round(found[1].ratio, 2)
    ([1, 4], 0.6)

    """
    known = open_catalogue(catalogue)
    refuse_unsold(inputs, (), "a split")
    whole = _area(area)
    counts = _counts(chiplets)
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
    one = dies[1].good_die_cost_usd
    rows = []
    for share in items("package_yields", package_yields, "give shares, such as [0.9, 0.99]"):
        several = named(number, share, "package_yield", "--package-yield")
        found = []
        for n in counts:
            silicon = times(n, dies[n].good_die_cost_usd)
            good = product(single if n == 1 else several, power(held, n))
            unit = per_good(with_more(silicon, 0.0 if n == 1 else 1.0, carrier), good)
            found.append(Split(dies[n].node, n, dies[n], silicon, silicon / one, several, good, unit, False))
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
    try:
        counts = sorted({int(n) for n in (chiplets.split(",") if isinstance(chiplets, str) else chiplets)})
    except (TypeError, ValueError):
        raise InputError(f"--chiplets {chiplets}: give whole numbers, such as 1,2,4,8") from None
    if not counts or not 1 <= counts[0] <= counts[-1] <= MOST:
        raise InputError(f"--chiplets {chiplets}: allowed: 1 to {MOST}")
    return counts


def _die(
    whole: float, n: int, more: float, node: str | Node | At, known: Catalogue, inputs: dict[str, Any]
) -> Estimate:
    each = whole if n == 1 else whole * (1.0 + more) / n
    return estimate(each, node=node, catalogue=known, **inputs)


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

    def at(d0: float) -> float:
        given = {**inputs, D0: d0}
        one, part = (_die(whole, n, more, node, known, given).good_die_cost_usd for n in (1, chiplets))
        return chiplets * part / one

    low, high = ENDS
    if not at(high) < wanted < at(low):
        return None
    for _ in range(HALVINGS):
        middle = exp(0.5 * (log(low) + log(high)))
        low, high = (middle, high) if at(middle) > wanted else (low, middle)
        if high - low <= 1e-9 * high:
            break
    return 0.5 * (low + high)
