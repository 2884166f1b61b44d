"""What a packaged system costs: its dies, memory, carriers, assembly and test, one-time costs, and how sure that is."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import cached_property
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.catalogue import open_catalogue
from nodecalc.catalogue.conventions import find_convention
from nodecalc.catalogue.systems import SystemEntry, find_system
from nodecalc.doors import a_flag
from nodecalc.errors import InputError, StrictError
from nodecalc.progress import doing
from nodecalc.question.caution import Caution
from nodecalc.question.ledger import WEAK_KINDS, Ledger
from nodecalc.question.units import number
from nodecalc_kernels.stages import keys_of
from nodecalc_kernels.stages import run as run_stages

from .binned import UnitBin, unit_bins
from .graph import LEFT, LEVY, LOST, MARGIN, NRE, PACKAGE, SOLD_AT, SUM, TOTAL, UNIT, Builder
from .rates import MOST_USD, check_one_time_costs, check_sale, check_unit_cost
from .reading import Graph, set_values

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Source
    from nodecalc.catalogue.figure import Figure
    from nodecalc.drivers.estimate import Estimate
    from nodecalc.question.ledger import UsedFigure

LEAST_PARTS: Final = 2
"""Parts of a source beside its total from which they explain a difference."""
ENOUGH_TOTALS: Final = 3
BAND: Final = ("p10", "p50", "p90")


class Row(NamedTuple):
    """A line of the cost tree, with its numbers."""

    part: str
    what: str
    held: float | None
    """How many of it one unit holds."""
    each_usd: float | None
    good: float | None
    """Its yield."""
    usd: float
    """In one good unit; of parts in one assembled unit."""
    share: float
    """Of the cost of a good unit."""
    p10: float | None
    p90: float | None


class PublishedCost(NamedTuple):
    """A cost that was published of the system, beside ours."""

    what: str
    published_usd: float
    calculated_usd: float | None
    figure: Figure


class System:
    """What one unit costs; immutable, attributes are vocabulary keys."""

    def __init__(self, entry: SystemEntry, graph: Graph, catalogue: Catalogue, volume: float | None) -> None:
        """Keep the system's graph and run it."""
        self.entry, self.graph, self.catalogue = entry, graph, catalogue
        self.values = run_stages(graph.stages, graph.numbers)
        check_unit_cost(self.values[UNIT], self.values[PACKAGE], MOST_USD)
        if TOTAL in self.values:
            check_one_time_costs(self.values[TOTAL], graph.numbers["volume"])
        self.sale = {key: self.values[key] for key in (SOLD_AT, LEVY, MARGIN, LEFT) if key in self.values}
        if self.sale:
            check_sale(self.sale, self.sale[SOLD_AT])
        """Price, levy and margin, as far as they are given or follow."""
        self.volume = volume
        self.ledger = Ledger(graph.ledger.values())

    @property
    def unit_cost_usd(self) -> float:
        """One good unit, without one-time costs, USD."""
        return self.values[UNIT]

    @property
    def package_yield(self) -> float:
        """Share of assembled units that are good: bonds, packages and dies that passed though bad."""
        return self.values[PACKAGE]

    @property
    def materials_usd(self) -> float:
        """Parts, assembly and test of one assembled unit, USD."""
        return self.values[SUM]

    @property
    def nre_usd_per_unit(self) -> float | None:
        """One-time costs a unit, None without a volume, USD."""
        return self.values.get(NRE)

    @property
    def total_usd(self) -> float:
        """One good unit with its share of one-time costs, USD."""
        return self.values.get(TOTAL, self.unit_cost_usd)

    @property
    def dies(self) -> Mapping[str, Estimate]:
        """The answer for each kind of die, by part."""
        return self.graph.dies

    @property
    def figures(self) -> Mapping[str, UsedFigure]:
        """The figures that the catalogue supplied, by part and key."""
        return self.graph.ledger

    def ledger_of(self, part: str) -> dict[str, UsedFigure]:
        """Return the figures of a part, by key."""
        pairs = ((key.rpartition("."), figure) for key, figure in self.graph.ledger.items())
        return {key: figure for (label, _, key), figure in pairs if label == part}

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources of the figures used, each once."""
        return tuple(self.catalogue.source(id_) for id_ in self.ledger.source_ids if id_ != "user")

    @cached_property
    def bands(self) -> Mapping[str, tuple[float, ...]]:
        """P10, P50 and P90 of each line and of the whole, by key; nothing where every figure is given."""
        if not self.graph.uncertain:
            return {}
        # Not at the head: a system whose every figure is given, or whose cost alone is asked for, has no worlds.
        from nodecalc.drivers.risk.quick import WORLDS, bands_of

        from .worlds import part_of_graph

        made = set(keys_of(self.graph.stages))
        whole = [*([TOTAL] if TOTAL in made else []), UNIT]
        keys = [*dict.fromkeys(line.usd for line in self.graph.lines if line.usd in made), LOST, *whole]
        with doing(f"sampling {WORLDS:,} worlds"):
            found = bands_of(part_of_graph(self.graph, keys, self.entry.id, self.catalogue), keys, whole)
        if not all(isfinite(end) for band in found.values() for end in band):
            raise InputError(f"{self.entry.id}: in one world of ten no unit is good; give its yields narrower ranges")
        return found

    @property
    def band(self) -> tuple[float, ...] | None:
        """P10, P50 and P90 of `unit_cost_usd`, None where every figure is given."""
        return self.bands.get(UNIT)

    @property
    def total_band(self) -> tuple[float, ...] | None:
        """P10, P50 and P90 of `total_usd`, None where every figure is given."""
        return self.bands.get(TOTAL, self.band)

    @property
    def rows(self) -> tuple[Row, ...]:
        """The cost tree: every part, what is lost with units that fail, one-time costs; they add up to the total."""
        rows = []
        for line in self.graph.lines:
            usd = self.values[line.usd]
            each = self.values.get(line.each) if line.each else None
            good = self.values.get(line.good) if line.good else None
            if good == 1.0 and not line.part.startswith("die"):
                good = None
            rows.append(self._row(line.part, line.what, line.held, each, good, usd, line.usd))
        place = next((i for i, row in enumerate(rows) if row.part.startswith("nre")), len(rows))
        lost = self._row(
            "losses", "good parts in units that fail", None, None, self.package_yield, self.values[LOST], LOST
        )
        return (*rows[:place], lost, *rows[place:])

    def _row(
        self, part: str, what: str, held: float | None, each: float | None, good: float | None, usd: float, key: str
    ) -> Row:
        band = self.bands.get(key)
        low, high = (None, None) if band is None or band[0] == band[2] else (band[0], band[2])
        return Row(part, what, held, each, good, usd, usd / self.total_usd, low, high)

    @cached_property
    def bins(self) -> tuple[UnitBin, ...]:
        """The units by the bin of their dies, where dies sell in bins."""
        return unit_bins(self.graph, self.values)

    @cached_property
    def published(self) -> tuple[PublishedCost, ...]:
        """What was published of its cost, beside ours."""
        found = []
        parts = {"total": self.unit_cost_usd, "losses": self.values[LOST]}
        for what, kind in (("logic", "die."), ("memory", "memory."), ("carrier", "carrier."), ("test", "test")):
            parts[what] = sum(self.values[line.usd] for line in self.graph.lines if line.part.startswith(kind))
        for id_ in self.entry.published:
            for key, figures in self.catalogue.tables("packages")[id_].figures.items():
                found += [PublishedCost(key, figure.number, parts.get(key), figure) for figure in figures]
        for what, figures in self.entry.beside.items():
            ours = sum(self.values[line.usd] for line in self.graph.lines if line.part.startswith(what))
            found += [PublishedCost(what, figure.number, ours, figure) for figure in figures]
        if self.entry.chip:
            chip = self.catalogue.product(self.entry.chip)
            for key, name in (("chip_cost", "total"), ("logic_die_cost", "logic")):
                found += [
                    PublishedCost(name, figure.number, parts[name], figure) for figure in chip.figures.get(key, ())
                ]
        seen: dict[tuple[str, str, float], PublishedCost] = {}
        for row in found:
            seen.setdefault((row.what, row.figure.source, row.published_usd), row)
        return tuple(seen.values())

    @property
    def gaps(self) -> tuple[str, ...]:
        """What explains the differences to published totals: the parts that the same source tells, and the rest."""
        rows = [row for row in self.published if row.calculated_usd is not None]
        said = []
        for total in (row for row in rows if row.what == "total"):
            own = {row.what: row for row in rows if row.figure.source == total.figure.source and row.what != "total"}
            ours = total.calculated_usd or 0.0
            if len(own) < LEAST_PARTS:
                continue
            parts = {what: (row.calculated_usd or 0.0) - row.published_usd for what, row in own.items()}
            listed = ", ".join(f"{what} {more:+,.0f}" for what, more in sorted(parts.items(), key=lambda p: -abs(p[1])))
            more = ours - total.published_usd
            said.append(
                f"{more:+,.0f} USD to the {total.published_usd:,.0f} of {total.figure.source}: {listed}, the rest "
                f"{more - sum(parts.values()):+,.0f}"
            )
        totals = {row.figure.source for row in rows if row.what == "total"}
        if rows and len(totals) < ENOUGH_TOTALS:
            many = {0: "no total of it was", 1: "one total of it was"}
            said.append(f"{many.get(len(totals), f'{len(totals)} totals of it were')} found published")
        return tuple(said)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know beside the numbers."""
        said: list[str] = []
        if self.entry.note:
            said.append(self.entry.note)
        said += [f"{key}: {note}" for key, note in self.graph.stand_ins.items()]
        assumed = [key for key, used in self.graph.ledger.items() if used.kind == "assumed"]
        if assumed:
            said.insert(0, Caution(f"assumed, as nobody publishes it: {', '.join(assumed)}"))
        return (*said, *self.gaps, *self.graph.notes)

    def to_dict(self) -> dict[str, Any]:
        """Return the totals as one flat row under vocabulary keys; numbers are never rounded."""
        p10, p50, p90 = self.band or (None, None, None)
        low, _, high = self.total_band or (None, None, None)
        return {
            "system": self.entry.id,
            "name": self.entry.name,
            SUM: self.materials_usd,
            PACKAGE: self.package_yield,
            UNIT: self.unit_cost_usd,
            f"{UNIT}_p10": p10,
            f"{UNIT}_p50": p50,
            f"{UNIT}_p90": p90,
            "volume": self.volume,
            NRE: self.nre_usd_per_unit,
            TOTAL: self.total_usd,
            f"{TOTAL}_p10": low,
            f"{TOTAL}_p90": high,
            **self.sale,
            **self.ledger.marks(),
        }

    def __repr__(self) -> str:
        told = f"unit_cost_usd={self.unit_cost_usd:.6g}, package_yield={self.package_yield:.4g}"
        return f"System({self.entry.id!r}, {told})"


def system(
    name: str | os.PathLike[str] | SystemEntry,
    *,
    volume: str | float | None = None,
    margin: str | float | None = None,
    price: str | float | None = None,
    levy: str | float | None = None,
    values: Iterable[str] | Mapping[str, object] = (),
    convention: str | None = None,
    strict: bool = False,
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
) -> System:
    """Return what one unit of a packaged system costs, part by part.

    Args:
        name: a built-in system, such as ``"h100"``, or the path of a TOML file.
        volume: units made in all; one-time costs are spread over them.
        margin: share of the selling price that is not cost: the price follows.
        price: selling price, USD: the margin follows.
        levy: share of the price that goes to others, with `price`.
        values: what is set of the parts: ``["die.gpu.count=2"]``, or a mapping by such paths.
        convention: count dies as another calculator does, where a part does not say otherwise; as for `convention`.
        strict: refuse figures of kind estimated or assumed.
        catalogue: a catalogue, or a file that merges over the built-in one.

    Returns:
        A `System`: `unit_cost_usd`, `package_yield`, `rows` (the cost tree), `band`, `published`.

    Raises:
        NodecalcError: an unknown system, part or key, a figure that nobody publishes and that is not set.

    >>> s = system("h100", values=["memory.hbm3.usd_per_gbyte=15"])
    >>> round(sum(row.usd for row in s.rows), 6) == round(s.unit_cost_usd, 6)
    True

    """
    known = open_catalogue(catalogue)
    entry = name if isinstance(name, SystemEntry) else find_system(name, known)
    entry = set_values(entry, values)
    made = None if volume is None else number(volume, "volume")
    counted = None if convention is None else find_convention(convention)
    graph = Builder(entry, known, counted).build(made, read_sale(margin, price, levy))
    if a_flag("strict", strict):
        refuse_weak(graph)
    return System(entry, graph, known, made)


def refuse_weak(graph: Graph) -> None:
    """Refuse a graph with figures of kind estimated or assumed."""
    weak = [f"{key} is {figure.kind}" for key, figure in graph.ledger.items() if figure.kind in WEAK_KINDS]
    if weak:
        raise StrictError(f"--strict: {', '.join(weak)}; set them with --set PART.KEY=VALUE, or leave out --strict")


def read_sale(margin: object, price: object, levy: object) -> dict[str, float]:
    """Return what is given of price, margin and levy by key, checked."""
    if margin is not None and price is not None:
        raise InputError("--margin and --price: one gives the other; leave one of them out")
    if levy is not None and price is None:
        raise InputError("--levy without --price: it is a share of the price; give --price 30000")
    if margin is not None:
        return {MARGIN: number(margin, MARGIN)}
    if price is None:
        return {}
    sold = number(price, SOLD_AT)
    if sold <= 0.0:
        raise InputError(f"--price {price}: allowed: more than 0 USD")
    return {SOLD_AT: sold, LEVY: 0.0 if levy is None else number(levy, LEVY)}
