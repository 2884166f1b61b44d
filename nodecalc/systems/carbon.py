"""Electricity and emissions of a wafer and of a good die, by every published reading of the node's class."""

from __future__ import annotations

import os
from collections.abc import Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.catalogue import open_catalogue
from nodecalc.catalogue.lookup import find_node
from nodecalc.doors import brief
from nodecalc.drivers.prepare import prepare
from nodecalc.drivers.wafer_cost import wafer_cost
from nodecalc.errors import InputError, MissingFigureError, NodecalcError
from nodecalc.question.at import At, apart
from nodecalc.question.graph import DIAMETER, KEYWORDS, PRICE, keys_behind
from nodecalc.question.grids import GRID, grids, is_named
from nodecalc.question.ledger import Ledger
from nodecalc.question.salvage import refuse_unsold
from nodecalc.question.units import label, number
from nodecalc.vocabulary import QUANTITIES
from nodecalc.vocabulary.spelling import keyed
from nodecalc_kernels.cost.die import STARTED
from nodecalc_kernels.stages import behind
from nodecalc_kernels.stages import run as run_stages
from nodecalc_kernels.wafer.carbon import CARBON, OF_DIE, energy_of_area, in_proportion, wafer_area, wafer_emissions

from .idle import GROSS, LINE, YIELD, refuse_basis, refuse_density

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Figure, Node, Source
    from nodecalc.question.inputs import Inputs

TABLE: Final = "carbon"
CLASS: Final = "class."
D0: Final = "d0_per_cm2"
KWH, DIRECT, CO2 = "wafer_kwh", "direct_emissions", "wafer_co2_kg"
USUAL_DIAMETER: Final = 300.0
REFERENCE: Final = "n7"
"""Class of the last process without EUV, whose electricity a mask stands for that of others without."""
REFERENCE_NODE: Final = "tsmc-n7"
_BOTH: Final = "both --wafer-kwh 2500 and --direct-emissions 1000 (g CO2e a cm2)"
ABATED: Final = ("95", "99")
"""Shares of process gases that are abated, of which ACT has figures."""


class Reading(NamedTuple):
    """One published way to count, and what it comes to."""

    name: str
    values: Mapping[str, float]
    """By vocabulary key; electricity and what follows are missing where a reading has emissions alone."""
    figures: tuple[Figure, ...]
    note: str


Counted = tuple[str, float | None, float, tuple["Figure", ...], str]
"""Name, kWh a wafer, direct g CO2e a cm2, figures and note of a reading; kWh None for emissions alone."""


class Carbon:
    """Electricity and emissions of a node's wafers; immutable."""

    def __init__(
        self, node: Node, grid: float, place: str, readings: tuple[Reading, ...], inputs: Inputs | None,
        catalogue: Catalogue, remarks: tuple[str, ...],
    ) -> None:  # fmt: skip
        """Keep what `carbon` worked out."""
        self.node, self.grid_g_per_kwh, self.place = node, grid, place
        self.readings, self.inputs, self.catalogue = readings, inputs, catalogue
        self.notes = remarks
        """What a reader should know beside the numbers."""
        self.ledger = Ledger({} if inputs is None else inputs.figures)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources of all readings, each once."""
        figures = [figure for reading in self.readings for figure in reading.figures]
        if (d0 := self.ledger.get(D0)) is not None:
            figures += [*d0.figures, *d0.rivals]
        ids = dict.fromkeys(figure.source for figure in figures)
        return tuple(self.catalogue.source(id_) for id_ in ids)

    def to_rows(self) -> list[dict[str, Any]]:
        """Return a flat row a reading, under vocabulary keys; numbers are never rounded."""
        return [
            {
                "node": self.node.id,
                "reading": reading.name,
                "grid": self.place,
                GRID: self.grid_g_per_kwh,
                **reading.values,
                "sources": sorted({figure.source for figure in reading.figures}),
            }
            for reading in self.readings
        ]

    def __repr__(self) -> str:
        told = ", ".join(f"{r.name}={r.values[CO2]:.4g} kg" for r in self.readings)
        return f"Carbon({self.node.id!r}, {told})"


def carbon(
    node: str | Node | At,
    size: str | float | None = None,
    *,
    grid: str | float | None = None,
    wafer_kwh: str | float | None = None,
    direct_emissions: str | float | None = None,
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
    **inputs: object,
) -> Carbon:
    """Return electricity and emissions of a wafer, and of a good die where a size is given.

    Args:
        node: id or name of a process node; the figures are of its class.
        size: the die, as for `estimate`.
        grid: a country, such as ``"taiwan"``, or g CO2e a kWh.
        wafer_kwh: electricity of one wafer, in the place of every reading's own.
        direct_emissions: gases and materials, g CO2e a cm2 of wafer, likewise; with both its class needs no figure.
        catalogue, **inputs: as for `estimate`.

    Returns:
        A `Carbon`: `readings`, one for each published way to count.

    Raises:
        NodecalcError: no grid, a grid that is not known, a class without figures, a missing D0.

    >>> found = carbon("tsmc-n7", grid="taiwan")
    >>> {r.name: round(r.values["wafer_co2_kg"]) for r in found.readings}["ACT, gases 95 % abated"]
    1577

    """
    known = open_catalogue(catalogue)
    plain, own = apart(node)
    inputs = {key: v for key, v in (keyed(inputs, tuple(KEYWORDS)) | own).items() if v is not None}
    where = find_node(plain, known)
    if where is None:
        raise InputError("no node; name one, such as tsmc-n5")
    if size is None and (idle := [key for key in inputs if key != DIAMETER]):
        raise InputError(f"{label(QUANTITIES[idle[0]])} without a size: it changes what a good die carries; give SIZE")
    place, intensity = _grid(grid)
    refuse_unsold(inputs, (), "carbon")
    refuse_density(inputs, "carbon")
    refuse_basis(inputs, "carbon")
    if PRICE in inputs:
        raise InputError(f"{label(QUANTITIES[PRICE])}: no price counts here; leave it out")
    diameter = number(inputs.get(DIAMETER, USUAL_DIAMETER), DIAMETER)
    area = wafer_area(diameter)
    given = None if wafer_kwh is None else number(wafer_kwh, KWH)
    given_direct = None if direct_emissions is None else number(direct_emissions, DIRECT)
    resolved, per_start = (None, None) if size is None else _dies(size, where, known, inputs)
    readings = []
    if given is not None and given_direct is not None:
        several: list[Counted] = [("as given", given, given_direct, (), "")]
    else:
        several = _readings(where, _class_of(where, known), area, known)
    for name, kwh, direct, figures, note in several:
        if kwh is None and not given is given_direct is None:
            continue
        numbers = {GRID: intensity, DIRECT: direct if given_direct is None else given_direct, DIAMETER: diameter}
        if kwh is None:
            values: dict[str, float] = {CO2: wafer_emissions(0.0, 0.0, direct, area)}
        else:
            used = kwh if given is None else given
            values = run_stages(CARBON, {**numbers, KWH: used})
        if per_start is not None:
            values = run_stages(OF_DIE, {**values, "dies_per_start": per_start})
            if not all(map(isfinite, values.values())):
                raise _no_good_die(size)
        order = (KWH, DIRECT, CO2, "good_die_kwh", "good_die_co2_kg")
        readings.append(Reading(name, {key: values[key] for key in order if key in values}, figures, note))
    notes = () if resolved is None else (*_rests(where, resolved, per_start), *resolved.notes)
    return Carbon(where, intensity, place, tuple(readings), resolved, known, tuple(notes))


def _rests(node: Node, resolved: Inputs, per_start: float | None) -> tuple[str, ...]:
    """Return what is said of the D0 behind the figures of a good die."""
    d0 = resolved.numbers.get(D0)
    if d0 is None or per_start is None:
        return ()
    figure = resolved.figures.get(D0)
    used = () if figure is None else (*figure.figures, *figure.rivals)
    by = ", ".join(dict.fromkeys(each.source for each in used)) or "given"
    return (f"{node.id}: a good die rests on D0 {d0:.3g} /cm2 ({by}): {per_start:.4g} good dies of a wafer started",)


def _grid(given: str | float | None) -> tuple[str, float]:
    """Return the name and the intensity of a grid, g CO2e a kWh."""
    if given is None:
        raise MissingFigureError(f"no grid; give --grid with g CO2e a kWh or one of {', '.join(grids())}")
    if isinstance(given, str) and is_named(GRID, given):
        return given.strip().lower(), number(given, GRID)
    return "given", number(given, GRID)


def _class_of(node: Node, known: Catalogue) -> str:
    for id_, group in known.tables(TABLE).items():
        if id_.startswith(CLASS) and node.id in group.nodes:
            return id_.removeprefix(CLASS)
    raise MissingFigureError(
        f"{node.id}: no figures of energy or emissions are known of its class; known: "
        f"{', '.join(n for g in known.tables(TABLE).values() for n in g.nodes)}"
    )


def _readings(node: Node, of_class: str, area: float, known: Catalogue) -> list[Counted]:
    """Return each reading of a node's class."""
    tables = known.tables(TABLE)
    act, imec, read = (tables[f"node.{name}"] for name in ("act", "imec_netzero", "techinsights"))
    found: list[Counted] = []
    energy, materials = act.preferred(f"{of_class}_energy"), act.preferred("materials")
    direct: dict[str, tuple[float, Figure]] = {}
    for share in ABATED:
        gases = act.preferred(f"{of_class}_gas_{share}")
        if energy is None or gases is None or materials is None:
            continue
        direct[share] = (gases.number + materials.number, gases)
        figures = (energy, gases, materials)
        found.append(
            (
                f"ACT, gases {share} % abated",
                energy_of_area(energy.number, area),
                direct[share][0],
                figures,
                energy.note,
            )
        )
    chart = read.preferred(of_class)
    if chart is not None and direct:
        whole, gases = direct[ABATED[0]]
        note = "electricity off a chart, gases and materials by ACT"
        found.append(
            ("TechInsights", in_proportion(chart.number, area, wafer_area(USUAL_DIAMETER)), whole, (chart, gases), note)
        )
    masks = _by_masks(node, known)
    reference = act.preferred(f"{REFERENCE}_energy")
    if masks is not None and reference is not None and direct:
        own, theirs = masks
        note = f"{own:.0f} masks, none EUV, at the electricity a mask of {REFERENCE_NODE}, {theirs:.0f} masks"
        kwh = in_proportion(energy_of_area(reference.number, area), own, theirs)
        found.append(("by masks, without EUV", kwh, direct[ABATED[0]][0], (reference, direct[ABATED[0]][1]), note))
    whole_kg = imec.preferred(of_class)
    if whole_kg is not None:
        found.append(
            ("imec, all in", None, whole_kg.number * 1000.0, (whole_kg,), f"whatever the grid here; {imec.note}")
        )
    if not found:
        raise MissingFigureError(
            f"{node.id}: no figure of emissions is known of its class, {of_class}; give {_BOTH}, or a node of another "
            "class, such as tsmc-n3"
        )
    return found


def _by_masks(node: Node, known: Catalogue) -> tuple[float, float] | None:
    """Return the masks of a node without EUV exposures and of the reference; None where it has some, or no stack."""
    try:
        own, theirs = wafer_cost(node, catalogue=known), wafer_cost(REFERENCE_NODE, catalogue=known)
    except NodecalcError:
        return None
    return None if own.euv_exposures else (float(own.masks), float(theirs.masks))


def _dies(size: str | float, node: Node, known: Catalogue, inputs: Mapping[str, object]) -> tuple[Inputs, float]:
    """Return the question of a die and the good dies of a started wafer."""
    resolved, _ = prepare(size, node, None, False, known, inputs, wanted=keys_behind((GROSS, YIELD), inputs) | {LINE})
    counted = run_stages(behind(resolved.stages(), (GROSS, YIELD)), resolved.numbers)
    per_start = run_stages(STARTED, {**counted, LINE: resolved.numbers[LINE]})["dies_per_start"]
    if not per_start > 0.0:
        raise _no_good_die(size)
    return resolved, per_start


def _no_good_die(size: object) -> InputError:
    higher = "a smaller die, a lower --d0 or a higher --line-yield"
    return InputError(f"size {brief(size)}: no good die on a started wafer; give {higher}")
