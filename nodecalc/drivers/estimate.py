"""One die on one node: dies per wafer, yield, cost and how sure, in plain Python."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from math import isfinite, isnan
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from nodecalc.catalogue import open_catalogue
from nodecalc.errors import InputError
from nodecalc.question.evidence_notes import evidence_notes
from nodecalc.question.figures import UNCERTAIN
from nodecalc.question.graph import ANSWER, BEYOND, band_of, check_idle, is_counted
from nodecalc.question.inputs import Inputs
from nodecalc.question.ledger import Ledger, UsedFigure
from nodecalc.question.market import YEAR
from nodecalc.question.radial import radial_of, told
from nodecalc.question.salvage import BINS, CORES, RESULTS, SCRAP, SOLD
from nodecalc.question.utilisation import UTILISATION, sizes_note
from nodecalc.vocabulary import OUTPUT_KEYS, QUANTITIES, find_quantity
from nodecalc_kernels.registry import PLACEMENTS
from nodecalc_kernels.stages import Stage, after, behind, keys_of
from nodecalc_kernels.stages import run as run_stages

from .answer import Answer
from .prepare import prepare
from .remembered import ask
from .risk.band import cost_band
from .risk.sizes import sizes

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Node, Product
    from nodecalc.question.at import At

OUTPUTS: Final = tuple(key for key in OUTPUT_KEYS if QUANTITIES[key].group not in ("comparison", "salvage"))
"""Output keys of every answer; the ratio belongs to a comparison of several."""

BAND: Final = band_of(ANSWER)
"""Worked out when first asked for: they take longer than all else."""

NO_BAND: Final = "no P10-P90: D0 and wafer price are given, and what is given is exact"


class Estimate(Answer):
    """The answer for one die on one node; immutable. Attributes are the output keys of the vocabulary.

    A quantity that the node has no figures for (the logic density of a memory node) is None, and so are the band where
    every uncertain figure was given, and what is sold where nothing says which dies sell with some units bad.
    """

    __slots__ = ("chip", "inputs")

    KEYS = (*OUTPUTS, *RESULTS, *BEYOND)
    BAND = BAND
    LATE = ("inputs",)

    inputs: Inputs
    """What went in: numbers, names, what was given and what the catalogue supplied."""
    chip: Product | None
    """The real chip whose die this is, where one was named."""

    if TYPE_CHECKING:  # __getattr__ serves every output key of the vocabulary, which describes them
        gross_dies: float
        mean_faults: float
        die_yield: float
        good_dies: float
        die_cost_usd: float
        good_die_cost_usd: float
        sellable_yield: float | None
        sellable_dies: float | None
        sellable_die_cost_usd: float | None
        revenue_per_wafer_usd: float | None
        good_die_cost_usd_p10: float | None
        good_die_cost_usd_p50: float | None
        good_die_cost_usd_p90: float | None
        logic_density_mtr_per_mm2: float | None
        peak_transistors: float | None
        usd_per_billion_transistors: float | None

    def __init__(
        self, inputs: Inputs, values: Mapping[str, float], catalogue: Catalogue, chip: Product | None = None
    ) -> None:
        """Keep what `estimate` worked out."""
        self._keep(
            values,
            catalogue=catalogue,
            ledger=Ledger(inputs.figures),
            inputs=_with(MappingProxyType, inputs),
            chip=chip,
        )

    def moved(
        self, keys: Sequence[str], numbers: Sequence[float], others: Sequence[str], values: Sequence[float]
    ) -> Estimate:
        """Return this answer with other given `numbers` of some keys, and the results of others that they change."""
        other = object.__new__(Estimate)
        own = self._values.copy()
        own.update(zip(keys, numbers, strict=True))
        own.update(zip(others, values, strict=True))
        if BAND[0] in own:
            for key in BAND:
                own.pop(key, None)  # the user has asked this answer for its band; the other has one of its own
        put = object.__setattr__
        put(other, "_values", own)
        put(other, "_late", {"inputs": partial(_with_numbers, self, keys, numbers)})
        put(other, "catalogue", self.catalogue)
        put(other, "ledger", self.ledger)
        put(other, "chip", self.chip)
        return other

    def _arguments(self) -> tuple[Any, ...]:
        return _with(dict, self.inputs), self._values, self.catalogue, self.chip

    def _work_out_band(self) -> tuple[float | None, ...]:
        if not self.has_band:
            return None, None, None
        stages = remembering(self.inputs.stages())
        return cost_band(stages, self._values, self.figures, [run_stages(stages, n) for n in sizes(self.inputs)])

    @property
    def node(self) -> str | None:
        """Id of the node, or None where all figures were given."""
        return self.inputs.node.id if self.inputs.node else None

    @property
    def figures(self) -> Mapping[str, UsedFigure]:
        """The figures that the catalogue supplied, by vocabulary key."""
        return self.inputs.figures

    @property
    def has_band(self) -> bool:
        """Whether any figure that the catalogue supplied is uncertain; what is given is taken as exact."""
        return any(key in self.figures for key in (*UNCERTAIN, UTILISATION))

    @property
    def results(self) -> Mapping[str, float]:
        """Every result of the stages, those in between too, which have no name of their own in the vocabulary."""
        return MappingProxyType(self._values)

    @property
    def transistors_are(self) -> str | None:
        """Which transistors `usd_per_billion_transistors` is over: "given", the "chip"'s own, or those at "peak"."""
        if self.usd_per_billion_transistors is None:
            return None
        if not is_counted(self.inputs.numbers):
            return "peak"
        return "given" if is_counted(self.inputs.given) else "chip"

    @property
    def bins(self) -> Mapping[str, float] | None:
        """The share of gross dies that each bin sells, by name, and that of scrap; None where there are no bins."""
        if BINS not in self.inputs.names:
            return None
        return self._later("bins", self._work_out_bins)

    def _work_out_bins(self) -> Mapping[str, float]:
        from nodecalc_kernels.defects.salvage import Sold, read_bins

        rows = read_bins(self.inputs.names[BINS])
        functions = (step.function for step in self.inputs.stages())
        sold = next(f for f in functions if isinstance(f, Sold))
        sold = sold._replace(bins=tuple((float(row.need), 0.0) for row in rows))
        numbers = {**self.inputs.numbers, **self._values}
        shares = sold.probabilities(*(numbers[key] for key in sold.given))
        return MappingProxyType(dict(zip((*(row.name for row in rows), SCRAP), shares, strict=True)))

    def _salvage_notes(self) -> tuple[str, ...]:
        """Return how far the yield of what is sold hangs on a share of the die that was estimated."""
        figure = self.figures.get(CORES)
        if figure is None or self.sellable_yield is None:
            return ()
        stages = behind(self.inputs.stages(), (SOLD,))
        moved = keys_of(after(stages, (CORES,)))
        known = {key: value for key, value in self._values.items() if key not in moved}
        ends = [run_stages(stages, {**known, CORES: x})[SOLD] for x in (figure.low, figure.high)]
        low, high = (QUANTITIES[SOLD].text(x) for x in sorted(ends))
        whose = f"{self.node}: " if self.node else ""
        return (
            f"{whose}units are taken to cover {figure.value:g} of the die, estimated; {figure.low:g} to "
            f"{figure.high:g} make the sellable yield {low} to {high}; --core-fraction sets another",
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know beside the numbers."""
        said = self._later("notes", self._evidence_notes)
        said += self._later("salvage notes", self._salvage_notes)
        if UTILISATION in self.figures:
            said += (sizes_note(self.figures[UTILISATION], self.node or "die"),)
        if self.has_band:
            return (*self.inputs.notes, *said)
        return (*self.inputs.notes, *said, f"{self.node}: {NO_BAND}" if self.inputs.own else NO_BAND)

    def _evidence_notes(self) -> tuple[str, ...]:
        year = self.inputs.numbers.get(YEAR)
        if year is None:
            return ()
        return tuple(evidence_notes(self.inputs.node, self.figures, year, self.inputs.die.area_mm2))

    def to_dict(self) -> dict[str, Any]:
        """Return the row that ``--format json`` prints: node, inputs, outputs and marks under vocabulary keys.

        Numbers are never rounded. ``<key>_year`` is the year of a figure that ages (D0, wafer price).
        """
        row: dict[str, Any] = {"node": self.node}
        if self.chip is not None:
            row["chip"] = self.chip.id
        row |= self.inputs.names
        row |= {k: v for k, v in self.inputs.numbers.items() if k not in OUTPUTS and find_quantity(k)}
        row |= {k: getattr(self, k) for k in OUTPUTS}
        row |= {k: self._values[k] for k in (*RESULTS, *BEYOND) if k in self._values}
        if self.bins is not None:
            row[BINS] = dict(self.bins)
        row["transistors_are"] = self.transistors_are
        row |= {f"{k}_year": f.year for k, f in self.figures.items() if k in UNCERTAIN}
        row |= self.ledger.marks()
        return row

    def __hash__(self) -> int:
        return hash((self.node, self.good_die_cost_usd, self.gross_dies))

    def __repr__(self) -> str:
        die, low, high = self.inputs.die, self.good_die_cost_usd_p10, self.good_die_cost_usd_p90
        band = "" if low is None or high is None else f" [{low:.4g}, {high:.4g}]"
        return (
            f"Estimate(node={self.node!r}, die={die.width_mm:.4g}x{die.height_mm:.4g} mm, "
            f"gross_dies={self.gross_dies:g}, "
            f"die_yield={self.die_yield:.4g}, good_die_cost_usd={self.good_die_cost_usd:.4g}{band})"
        )

    def _repr_html_(self) -> str:
        from .notebook.estimate import page

        return page(self)


def _with_numbers(answer: Estimate, keys: Sequence[str], numbers: Sequence[float]) -> Inputs:
    """Return the inputs of an answer with other numbers."""
    inputs = answer.inputs
    changed = dict(zip(keys, numbers, strict=True))
    return inputs._replace(numbers=MappingProxyType({**inputs.numbers, **changed}))


def _with(kind: Callable[[Any], Any], inputs: Inputs) -> Inputs:
    """Return `inputs` with its mappings as `kind`: read-only ones in use, plain ones for pickle."""
    return inputs._replace(
        numbers=kind(dict(inputs.numbers)), names=kind(dict(inputs.names)), figures=kind(dict(inputs.figures))
    )


def estimate(
    size: str | float | None = None,
    *,
    node: str | Node | At | None = None,
    chip: str | None = None,
    strict: bool = False,
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
    scenario: str | os.PathLike[str] | None = None,
    **inputs: object,
) -> Estimate:
    """Return what one die costs on one node, with the figures, sources and band behind the answer.

    Args:
        size: ``"100"``, ``"1cm2"`` (area; square where the reticle field holds that, unless aspect_ratio) or
            ``"10x12"`` (sides, mm).
        node: id or name of a process node; its figures fill what is not given. `at` gives it inputs of its own.
        chip: id or name of a real chip, instead of a size; its node serves where none is named.
        strict: refuse figures of kind estimated or assumed.
        catalogue: a catalogue, or a file that merges over the built-in one.
        scenario: a TOML file that holds the question, see `run_scenario`; what is given beside it goes before it.
        **inputs: any input key of the vocabulary, such as ``d0_per_cm2=0.1``, ``wafer_price_usd=17000``,
            ``yield_model="negative-binomial"``, ``alpha=3``, or as the command line spells it: ``d0=0.1``,
            ``wafer_price=17000``, ``model="negative-binomial"``; numbers in the key's unit or texts with one. They
            are taken as exact. With ``wafer_basis="cost"`` those of `wafer_cost` too, such as ``without=["euv"]``,
            ``stack="my.toml"``, ``gross_margin=0.4``, ``euv_source_power_w=250``.

    Returns:
        An `Estimate`; attributes are the output keys.

    Raises:
        NodecalcError: an unknown name, a value outside its range, a die that does not fit, a missing figure.

    >>> e = estimate(die_area_mm2=100, d0_per_cm2=1.271, wafer_price_usd=17000)
    >>> round(e.die_yield, 3), e.gross_dies  # published for TSMC's N5 test chip: 0.32
    (0.32, 616)

    """
    if scenario is not None:
        return _of_scenario(scenario, size, node, chip, strict, catalogue, inputs)

    def anew() -> Estimate:
        known = open_catalogue(catalogue)
        resolved, product = prepare(size, node, chip, strict, known, inputs)
        return compute(resolved, known, product)

    # A file may change from one question to the next.
    return anew() if isinstance(catalogue, str) else ask((size, node, chip, strict, catalogue), inputs, anew)


def _of_scenario(
    scenario: str | os.PathLike[str],
    size: str | float | None,
    node: Any,
    chip: str | None,
    strict: bool,
    catalogue: Any,
    inputs: Mapping[str, object],
) -> Estimate:
    """Return the answer of a scenario file that has one, with what is given beside it in its place."""
    from nodecalc.files.scenario import read_scenario
    from nodecalc.question.scenario import apart, asked, key_named, nodes_given, over

    given = {key_named(name, None, ()): value for name, value in inputs.items() if value is not None}
    made = over(read_scenario(scenario), asked(size, nodes_given(node), chip, given, strict, None))
    if made.answers != 1:
        raise InputError(f"scenario '{scenario}': {made.answers:,} answers; run_scenario gives all of them")
    known = open_catalogue(made.catalogue if catalogue is None else catalogue)
    of_size, of_node, of_chip, given = apart(next(made.questions()))
    resolved, product = prepare(of_size, of_node, of_chip, made.strict, known, given)
    return compute(resolved, known, product)


def compute(inputs: Inputs, catalogue: Catalogue, chip: Product | None = None) -> Estimate:
    """Run the stages on resolved `inputs`."""
    names = inputs.names
    values = run_stages(remembering(inputs.stages()), inputs.numbers)
    _check(inputs, values)
    if PLACEMENTS[names["placement"]].exact:
        values["gross_dies"] = int(values["gross_dies"])
    return Estimate(inputs, values, catalogue, chip)


@lru_cache(maxsize=64)
def remembering(stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """Return `stages` with searches that remember: several nodes are asked about one die."""
    return tuple(step._replace(function=_remembering(step.function)) if step.once else step for step in stages)


@lru_cache(maxsize=16)
def _remembering(search: Callable[..., Any]) -> Callable[..., Any]:
    return lru_cache(maxsize=4096)(search)


def _check(inputs: Inputs, values: Mapping[str, float]) -> None:
    check_idle((key for key in BEYOND if key in values), inputs.given)
    die, numbers = inputs.die, inputs.numbers
    if not values["gross_dies"] > 0.0:
        usable = numbers["wafer_diameter_mm"] - 2.0 * numbers["edge_exclusion_mm"]
        raise InputError(
            f"a die of {die.width_mm:.4g} x {die.height_mm:.4g} mm fits nowhere on a "
            f"{numbers['wafer_diameter_mm']:g} mm wafer, usable diameter {usable:g} mm "
            f"({inputs.names['placement']}, {inputs.names['edge_rule']}); give a smaller die or another placement"
        )
    if isnan(values["die_yield"]) and radial_of(inputs.names) is not None:
        raise InputError(f"{told(inputs.names, numbers)}: a mean density that no number tells; give other parameters")
    if not values["die_yield"] > 0.0:
        raise InputError(
            f"yield {values['die_yield']:.3g} with {values['mean_faults']:.4g} mean faults a die: "
            "no good die on a wafer; give a smaller die or a lower --d0"
        )
    for key, value in values.items():
        if not isfinite(value) and key not in numbers:
            from nodecalc.question.finite import not_finite

            raise not_finite(key, value, inputs, inputs.stages())
