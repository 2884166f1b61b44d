"""What a calculation starts from: the user's inputs over the node's figures over the vocabulary's defaults."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from nodecalc.errors import InputError, MissingFigureError, StrictError
from nodecalc.vocabulary import INPUT_KEYS, QUANTITIES
from nodecalc_kernels.registry import YIELD_MODELS

from . import choices
from . import size as die
from .figures import used_figure
from .ledger import WEAK_KINDS, UsedFigure
from .units import label, number

if TYPE_CHECKING:
    from nodecalc.catalogue import Node

DIE_KEYS: Final = (
    "die_width_mm",
    "die_height_mm",
    "die_area_mm2",
    "aspect_ratio",
    "transistors",
    "density_utilisation",
)
SCALARS: Final = (
    "scribe_mm",
    "edge_exclusion_mm",
    "wafer_diameter_mm",
    "d0_per_cm2",
    "critical_area_fraction",
    "systematic_yield",
    "line_yield",
    "wafer_price_usd",
    "logic_density_mtr_per_mm2",
)
OPTIONAL: Final = ("logic_density_mtr_per_mm2",)
"""What an answer can do without: a memory node has no logic density, and still a cost."""

KEYWORDS: Final = frozenset({*INPUT_KEYS, "logic_density_mtr_per_mm2"})
"""Everything that may be given: the input keys, and the node's density."""


class Inputs(NamedTuple):
    """Everything that goes into one answer, and where it comes from."""

    node: Node | None
    die: die.Die
    numbers: Mapping[str, float]
    """Vocabulary key -> number, ready for the stages."""
    names: Mapping[str, str]
    """Yield model, placement and edge rule."""
    given: frozenset[str]
    """Keys that the user gave; taken as exact."""
    figures: Mapping[str, UsedFigure]
    """Keys that the catalogue supplied."""
    notes: tuple[str, ...]


def resolve(
    size: str | float | None,
    node: Node | None,
    strict: bool,
    given: Mapping[str, object],
    supplied: Mapping[str, UsedFigure],
    wanted: Container[str] | None = None,
) -> Inputs:
    """Bring the user's inputs and `node`'s figures together; check all of them.

    `wanted` are the keys that the answer depends on, all where None: only they may be missed, and only their figures
    count as used.

    `given` maps vocabulary keys to numbers or texts with units; None means not given. `supplied` holds figures that
    the catalogue has already put into `given`, such as a chip's die area.
    """
    given = {key: value for key, value in given.items() if value is not None}
    names = {key: read(given.get(key, QUANTITIES[key].default)) for key, read in choices.READERS.items()}
    model = names["yield_model"]
    choices.check_parameters(model, given)
    choices.check_edge_rule(names["placement"], names["edge_rule"])

    figures = dict(supplied)
    numbers: dict[str, float] = {}
    missing = []
    for key in (*SCALARS, *YIELD_MODELS[model].parameters):
        value = _value(key, given, node, model, figures)
        if value is not None:
            numbers[key] = value
        elif key not in OPTIONAL and (wanted is None or key in wanted):
            missing.append(key)
    if size is None and not given.keys() & {"die_width_mm", "die_height_mm", "die_area_mm2", "transistors"}:
        raise InputError("no die size; give SIZE as 100 (mm2) or 10x10 (mm), or --transistors, or --chip")
    if missing:
        raise _missing(missing, node)
    shape = _die(size, node, given, numbers)
    for key in ("transistors", "density_utilisation"):
        if "transistors" in given:
            numbers[key] = number(given.get(key, QUANTITIES[key].default), key)
    numbers |= {"die_width_mm": shape.width_mm, "die_height_mm": shape.height_mm, "die_area_mm2": shape.area_mm2}
    if 2.0 * numbers["edge_exclusion_mm"] >= numbers["wafer_diameter_mm"]:
        raise InputError(
            f"--edge {numbers['edge_exclusion_mm']:g} on a {numbers['wafer_diameter_mm']:g} mm wafer: nothing is left; "
            "allowed: less than half the diameter"
        )
    if wanted is not None:
        figures = {key: figure for key, figure in figures.items() if key in wanted}
    if strict:
        _refuse_weak(figures)
    notes = _notes(shape, node, numbers)
    if "transistors" in given and "logic_density_mtr_per_mm2" in figures:
        used = f"{figures['logic_density_mtr_per_mm2'].value:.4g} MTr/mm2"
        owner = node.id if node is not None else "die"
        notes += (f"{owner}: sized from the density of {used}, whose own range P10-P90 leave out",)
    return Inputs(node, shape, numbers, names, frozenset(given) - set(supplied), figures, notes)


def _value(
    key: str, given: Mapping[str, object], node: Node | None, model: str, figures: dict[str, UsedFigure]
) -> float | None:
    q = QUANTITIES[key]
    if key in given:
        return number(given[key], key)
    per_layer = key == "d0_per_cm2" and "critical_layers" in YIELD_MODELS[model].parameters
    if per_layer:
        raise MissingFigureError(
            f"the yield model {model} takes D0 per critical layer, catalogue figures are per process: "
            f"give --d0 per layer (such as 0.016/cm2) with --layers"
        )
    figure = used_figure(node, key) if node is not None and q.field else None
    if figure is not None:
        figures[key] = figure
        return figure.value
    if key == "critical_layers":
        raise MissingFigureError(f"the yield model {model} needs the number of critical layers: give --{q.option}")
    return None if q.default is None else float(q.default)


def _missing(keys: list[str], node: Node | None) -> MissingFigureError:
    rows = [QUANTITIES[key] for key in keys]
    names = " and ".join(f"{q.key} ({q.meaning.partition(',')[0]})" for q in rows)
    options = " and ".join(f"--{q.option} ({q.unit})" for q in rows)
    if node is None:
        return MissingFigureError(
            f"no value for {names}; name a node with -n, such as -n tsmc-n5 ('nodecalc nodes' lists them), "
            f"or supply {options}"
        )
    return MissingFigureError(f"nobody publishes {names} for {node.id}; supply {options}")


def _die(
    size: str | float | None, node: Node | None, given: Mapping[str, object], numbers: Mapping[str, float]
) -> die.Die:
    shape = die.from_size(size, given)
    utilisation = number(given.get("density_utilisation", 1.0), "density_utilisation")
    if "transistors" not in given:
        if "density_utilisation" in given:
            raise InputError(
                "--utilisation sizes a die from --transistors, which is not given; leave it out or give both"
            )
        if shape is None:
            raise InputError("aspect_ratio alone is no die; give die_area_mm2 as well")
        return shape
    if shape is not None:
        raise InputError("--transistors and a size: two sizes; give one of them")
    count = number(given["transistors"], "transistors")
    density = numbers.get("logic_density_mtr_per_mm2")
    if density is None:
        where = f"{node.id} has no published logic density" if node else "no node"
        raise MissingFigureError(f"--transistors needs a density: {where}; supply it with --density (MTr/mm2)")
    aspect = number(given["aspect_ratio"], "aspect_ratio") if "aspect_ratio" in given else None
    return die.from_transistors(count, density, utilisation, aspect)


def _refuse_weak(figures: Mapping[str, UsedFigure]) -> None:
    weak = [f for f in figures.values() if f.kind in WEAK_KINDS]
    if weak:
        listed = ", ".join(f"{f.key} {QUANTITIES[f.key].text(f.value)} is {f.kind}" for f in weak)
        options = ", ".join(label(QUANTITIES[f.key]) for f in weak)
        raise StrictError(f"--strict: {listed}; give {options}, or leave out --strict")


def _notes(shape: die.Die, node: Node | None, numbers: Mapping[str, float]) -> tuple[str, ...]:
    notes = die.shape_notes(shape)
    if node is not None and "logic_density_mtr_per_mm2" not in numbers:
        dense = node.preferred("density_hp")
        hp = f"; its high-performance library is given as {dense.value:g} MTr/mm2" if dense else ""
        notes.append(f"{node.id}: no high-density logic figure in the catalogue{hp}")
    return tuple(notes)
