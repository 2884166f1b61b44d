"""What a single answer starts from: the user's inputs over the node's figures over the vocabulary's defaults."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from nodecalc.doors import a_flag
from nodecalc.errors import InputError, MissingFigureError
from nodecalc.vocabulary import QUANTITIES
from nodecalc_kernels.cost.die import price_on_diameter
from nodecalc_kernels.stages import Stage, needed, starts_of

from . import choices
from . import size as die
from .at import At
from .bits import BIT_DENSITY, CAPACITY, IDLE, bits_note, refuse_sized, sized_by_bits
from .evidence import SUBJECT
from .figures import UNCERTAIN
from .graph import (
    ANSWER,
    COUNT,
    D0,
    DENSITY,
    DIAMETER,
    PRICE,
    SIDES,
    SIZE_KEYS,
    is_counted,
    is_per_layer,
    is_quoted,
    stages_of,
)
from .grids import GRID, grid_note, is_named
from .ledger import Ledger, UsedFigure
from .market import YEAR, market_of
from .radial import centre_note, check_radial, kept, radial_of
from .resolve import QUOTED, QUOTED_DIAMETER, Resolved, node_supply, resolve_starts
from .salvage import BINS, check_units, core_supply, is_harvested, mixed_model
from .units import number
from .utilisation import UTILISATION, reached, utilisation_note

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Node, Stack


class Moved(Protocol):
    """What becomes of a node's D0 where its wafers are exposed otherwise than it does itself."""

    def __call__(self, figure: UsedFigure) -> UsedFigure:
        """Return the D0 moved, its range and its distribution with it."""


_PRICE_FOR_COST: Final = "--wafer-price in the place of --wafer-basis cost"


class Inputs(NamedTuple):
    """Everything that goes into one answer, and where it comes from."""

    node: Node | None
    die: die.Die
    numbers: Mapping[str, float]
    """Key -> number, ready for the stages."""
    names: Mapping[str, str]
    """Yield model, placement and edge rule; the shape of a defect density that is not the same all over the wafer."""
    given: frozenset[str]
    """Keys that the user gave; taken as exact."""
    figures: Mapping[str, UsedFigure]
    """Keys that the catalogue supplied."""
    notes: tuple[str, ...]
    moved: Moved | None = None
    """What becomes of the node's D0 where its wafers are exposed otherwise than it does itself."""
    own: tuple[tuple[str, Any], ...] = ()
    """Inputs that were given for this node alone."""
    layers: tuple[Stack, Mapping[str, float]] | None = None
    """Where the wafer counts its layers: their stack, and the numbers that were given for them."""

    @property
    def label(self) -> str:
        """The node as tables name it: with those of its own inputs that have no column there."""
        if self.node is None:
            return ""
        return str(At(self.node.id, tuple((key, v) for key, v in self.own if QUANTITIES[key].table is None)))

    def stages(self) -> tuple[Stage, ...]:
        """Return the stages of this question; its die is sized."""
        return stages_of(self.names, SIDES, counted=is_counted(self.numbers), harvested=is_harvested(self.numbers))


def resolve(
    size: str | float | None,
    node: Node | None,
    strict: bool,
    given: Mapping[str, object],
    supplied: Mapping[str, UsedFigure],
    wanted: Container[str] | None = None,
    catalogue: Catalogue | None = None,
    moved: Moved | None = None,
) -> Inputs:
    """Bring the user's inputs and `node`'s figures together; check all of them.

    `wanted` are the keys that the answer depends on, all where None: only they may be missed, and only their figures
    count as used.

    `given` maps vocabulary keys to numbers or texts with units; None means not given. `supplied` holds figures that
    the catalogue has already put into `given`, such as a chip's die area. `catalogue` is where peers are looked up.
    `moved` is what becomes of the node's D0, where its wafers are exposed otherwise than it does itself.
    """
    given = {key: value for key, value in given.items() if value is not None}
    names = {key: read(given.get(key, QUANTITIES[key].default)) for key, read in choices.READERS.items()}
    model = names["yield_model"]
    choices.check_parameters(model, given)
    choices.check_edge_rule(names["placement"], names["edge_rule"])
    check_radial(names, given)
    names = kept(names)
    harvested = is_harvested(given)
    if harvested:
        mixed_model(model, "harvest")
        names |= {BINS: str(given[BINS])} if BINS in given else {}

    stages = stages_of(names, SIDES, quoted=is_quoted(given), harvested=harvested)
    starts = [key for key in (*starts_of(stages), PRICE) if key not in SIZE_KEYS]
    by_bits = sized_by_bits(given, size is not None)
    starts += [BIT_DENSITY] if by_bits else []
    numeric = {key: number(given[key], key) for key in (*starts, YEAR) if key in given}
    market = market_of(numeric, model, catalogue)
    found = resolve_starts(starts, numeric, node_supply(node, market), core_supply)
    if moved is not None and D0 in found.ledger:
        own = moved(found.ledger[D0])
        found = found._replace(numbers={**found.numbers, D0: own.value}, ledger=found.ledger | Ledger([own]))
    numbers, figures = _on_diameter(found, supplied, given)
    must = needed(stages, (ANSWER,)).difference(SIZE_KEYS)
    lacking = (key for key in found.missing if key in must and (wanted is None or _is_wanted(key, wanted)))
    missing = list(dict.fromkeys(QUOTED.get(key, key) for key in lacking))
    if missing and is_per_layer(model):
        raise _missing_per_layer(model, missing)
    if size is None and not any(key in given for key in (*die.SIZES_GIVEN, COUNT, CAPACITY)):
        raise InputError(
            "no die size; give SIZE as 100 (mm2) or 10x10 (mm), or --transistors, or --chip, or of memory --capacity"
        )
    if missing:
        raise _missing(missing, node)
    shape = _die(size, node, given, numbers)
    _check_class(names["chip_class"], given)
    if COUNT in given:
        usual = reached(names["chip_class"])
        numbers |= {
            COUNT: number(given[COUNT], COUNT),
            UTILISATION: number(given.get(UTILISATION, usual.value), UTILISATION),
        }
        figures |= {} if UTILISATION in given else {UTILISATION: usual}
    numbers |= shape.numbers
    if harvested:
        check_units(numbers, names.get(BINS, ""))
    if is_dated(figures, given):
        numbers[YEAR] = market.year
    die.check_edge(numbers["edge_exclusion_mm"], numbers[DIAMETER])
    if wanted is not None:
        figures = {key: figure for key, figure in figures.items() if key in wanted}
    ledger = Ledger(figures)
    if a_flag("strict", strict):
        ledger.refuse_weak({PRICE: _PRICE_FOR_COST} if names["wafer_basis"] == "cost" else {})
        if by_bits and BIT_DENSITY in ledger:
            refuse_sized(ledger[BIT_DENSITY])
    notes = (*_notes(shape, node, numbers), *choices.placement_notes(names["placement"]))
    if radial_of(names) is not None and D0 in ledger and node is not None:
        notes += (centre_note(names, node.id),)
    notes += (*_price_notes(node, numbers, ledger, names["wafer_basis"]),)
    if is_named(GRID, given.get(GRID)):
        notes += (grid_note(str(given[GRID])),)
    if YEAR in given and not any(key in ledger for key in UNCERTAIN):
        notes += (
            f"--year {market.year:g} changes nothing here: D0 and wafer price are given, and what is given has no year",
        )
    if COUNT in given and DENSITY in ledger:
        used = f"{ledger[DENSITY].value:.4g} MTr/mm2"
        owner = node.id if node is not None else "die"
        notes += (utilisation_note(ledger[UTILISATION], owner),) if UTILISATION in ledger else ()
        notes += (f"{owner}: sized from the density of {used}, whose own range P10-P90 leave out",)
    if by_bits and BIT_DENSITY in ledger:
        notes += (bits_note(ledger[BIT_DENSITY], node.id if node is not None else "die"),)
    return Inputs(node, shape, numbers, names, frozenset(given) - set(supplied), ledger, notes, moved)


def _is_wanted(key: str, wanted: Container[str]) -> bool:
    # Which parameters of its own a yield takes depends on the model: they are wanted with the D0 that they belong to.
    return key in wanted or QUOTED.get(key) in wanted or (key in choices.PARAMETERS and D0 in wanted)


def is_dated(figures: Collection[str], given: Collection[str]) -> bool:
    """Whether the year of an answer says anything of it: some figure is evidence, or it was asked for."""
    return YEAR in given or any(key in figures for key in UNCERTAIN)


def _on_diameter(
    found: Resolved, supplied: Mapping[str, UsedFigure], given: Mapping[str, object]
) -> tuple[dict[str, float], dict[str, UsedFigure]]:
    """Return numbers and figures, with a price that was stated for another wafer brought to this one by its area."""
    numbers = {key: float(value) for key, value in {**found.defaults, **found.numbers}.items()}
    figures = {**supplied, **found.ledger}
    if PRICE in supplied:
        # What the layers cost is of a wafer of the usual size.
        numbers |= dict(zip(QUOTED, (supplied[PRICE].value, float(QUANTITIES[DIAMETER].default or 0.0)), strict=True))
    if any(key not in numbers for key in QUOTED):
        return numbers, figures
    stated, diameter = (numbers[key] for key in QUOTED)
    price, own = figures[PRICE], numbers[DIAMETER]
    if DIAMETER in given:
        figures.pop(DIAMETER, None)
    numbers[PRICE] = price_on_diameter(stated, diameter, own)
    if diameter != own:
        basis = f"{price.value:,.0f} USD of a {diameter:g} mm wafer, by area; {price.basis}"
        kind = price.kind if price.kind == "assumed" else "estimated"
        scaled = price.times(price_on_diameter(1.0, diameter, own))
        figures[PRICE] = scaled._replace(value=numbers[PRICE], kind=kind, basis=basis)
    return numbers, figures


def price_note(node: Node | None, diameter_mm: float, basis: str = "price") -> str:
    """Return what is said of a price or cost that is of a wafer of `diameter_mm` and is used for another."""
    return (
        f"{'the' if node is None else f'{node.id}: its'} wafer {basis} is of a {diameter_mm:g} mm wafer; for another "
        "diameter it is scaled by area, an "
        "estimate" + ("; --wafer-price sets your own" if basis == "price" else "")
    )


def _price_notes(node: Node | None, numbers: Mapping[str, float], ledger: Ledger, basis: str) -> Iterator[str]:
    quoted = numbers.get(QUOTED_DIAMETER)
    if quoted is not None and PRICE in ledger and quoted != numbers[DIAMETER]:
        yield price_note(node, quoted, basis)


def _missing_per_layer(model: str, missing: list[str]) -> MissingFigureError:
    if "d0_per_cm2" in missing:
        return MissingFigureError(
            f"the yield model {model} takes D0 per critical layer, catalogue figures are per process: "
            f"give --d0 per layer (such as 0.016/cm2) with --layers"
        )
    q = QUANTITIES["critical_layers"]
    return MissingFigureError(f"the yield model {model} needs the number of critical layers: give --{q.option}")


def _missing(keys: list[str], node: Node | None) -> MissingFigureError:
    rows = [QUANTITIES[key] for key in keys]
    names = " and ".join(f"{q.key} ({q.meaning.partition(',')[0]})" for q in rows)
    options = " and ".join(f"--{q.option} ({q.unit})" for q in rows)
    if node is None:
        return MissingFigureError(
            f"no value for {names}; name a node with -n, such as -n tsmc-n5 ('nodecalc nodes' lists them), "
            f"or supply {options}"
        )
    peers = _priceless(node) if PRICE in keys else ()
    if peers:
        listed = " and ".join(peers)
        return MissingFigureError(
            f"{PRICE} of {node.id} is only known as a multiple of that of {listed}, which nobody publishes; supply "
            f"{options}, or a price of {listed} in a catalogue file (--catalog)"
        )
    known = [key for key in keys if any(SUBJECT.get(key) == piece.of and piece.span for piece in node.evidence)]
    if known:
        return MissingFigureError(
            f"no evidence for {' and '.join(known)} of {node.id} counts here: a yield above what the systematic yield "
            f"leaves, or a statement that the yield model cannot take; supply {options}"
        )
    return MissingFigureError(f"nobody publishes {names} for {node.id}; supply {options}")


def _priceless(node: Node) -> tuple[str, ...]:
    """Return the nodes whose unknown prices a node's own is stated as multiples of, where it is stated so alone."""
    stated = [piece for piece in node.evidence if piece.of == SUBJECT[PRICE] and piece.span]
    ratios = [piece.ratio_of for piece in stated if piece.states == "ratio"]
    return tuple(dict.fromkeys(ratios)) if len(ratios) == len(stated) else ()


def _class_of(given: Mapping[str, object]) -> str:
    return choices.chip_class(given.get("chip_class", QUANTITIES["chip_class"].default))


def _check_class(chip_class: str, given: Mapping[str, object]) -> None:
    """Refuse a class of chips where it sizes nothing, rather than ignore it."""
    if chip_class == QUANTITIES["chip_class"].default:
        return
    if COUNT not in given:
        raise InputError(f"--class {chip_class}: it sizes a die from --transistors, which is not given; leave it out")
    if UTILISATION in given:
        raise InputError(f"--class {chip_class} and --utilisation: two shares of the peak density; give one of them")


def _die(
    size: str | float | None, node: Node | None, given: Mapping[str, object], numbers: Mapping[str, float]
) -> die.Die:
    shape = die.from_size(size, given)
    utilisation = number(given.get(UTILISATION, reached(_class_of(given)).value), UTILISATION)
    if BIT_DENSITY in given and not sized_by_bits(given, size is not None):
        raise InputError(IDLE)
    if COUNT not in given:
        if UTILISATION in given:
            raise InputError(die.NO_COUNT)
        if sized_by_bits(given, size is not None):
            return _of_bits(node, given, numbers)
        if shape is None:
            raise InputError("aspect_ratio alone is no die; give die_area_mm2 as well")
        return shape
    if shape is not None:
        raise InputError("--transistors and a size: two sizes; give one of them")
    count = number(given[COUNT], COUNT)
    density = numbers.get(DENSITY)
    if density is None:
        where = f"{node.id} has no published logic density" if node else "no node"
        raise MissingFigureError(f"--transistors needs a density: {where}; supply it with --density (MTr/mm2)")
    aspect = number(given["aspect_ratio"], "aspect_ratio") if "aspect_ratio" in given else None
    return die.from_transistors(count, density, utilisation, aspect)


def _of_bits(node: Node | None, given: Mapping[str, object], numbers: Mapping[str, float]) -> die.Die:
    """Return the die that a capacity takes at the bit density that is given, or that of the node."""
    bits, density = number(given[CAPACITY], CAPACITY), numbers.get(BIT_DENSITY)
    if density is None:
        where = f"no bit density of {node.id} is known" if node else "no node"
        raise MissingFigureError(f"--capacity without a size: {where}; supply --bit-density (Gb/mm2), or a size")
    aspect = number(given["aspect_ratio"], "aspect_ratio") if "aspect_ratio" in given else None
    return die.from_bits(bits, density, aspect)


def _notes(shape: die.Die, node: Node | None, numbers: Mapping[str, float]) -> tuple[str, ...]:
    notes = die.shape_notes(shape)
    if node is not None and DENSITY not in numbers:
        dense = node.preferred("density_hp")
        hp = f"; its high-performance library is given as {dense.value:g} MTr/mm2" if dense else ""
        notes.append(f"{node.id}: no high-density logic figure in the catalogue{hp}")
    return tuple(notes)
