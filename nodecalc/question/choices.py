"""Inputs that are names, not numbers: yield model, placement, edge rule."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from nodecalc.doors import a_name
from nodecalc.errors import InputError, MissingFigureError, UnknownNameError, unknown
from nodecalc.vocabulary import QUANTITIES
from nodecalc_kernels.graphs import EDGE_RULES
from nodecalc_kernels.placement.free_rows import FREE_ROWS
from nodecalc_kernels.registry import D0_MEANINGS, PLACEMENTS, RADIAL_SHAPES, YIELD_MODELS

CLASSES: Final = ("any", "phone", "gpu", "cpu")
"""Classes of chips that differ in how much of the peak density they reach."""

_LISTED: Final = "'nodecalc models' lists them with formulas"

TWO_SEEDS: Final = (
    "yield model 'seeds': two formulas are printed under that name; say which: "
    "exponential, 1/(1+x), or moore, exp(-sqrt(x))"
)


def yield_model(name: object) -> str:
    """Return the key of the yield model called `name`."""
    key = _key("yield model", name)
    if key == "seeds":
        raise UnknownNameError(TWO_SEEDS)
    return _known("yield model", key, name, YIELD_MODELS)


def placement(name: object) -> str:
    """Return the key of the dies-per-wafer method called `name`."""
    return _known("placement", _key("placement", name), name, PLACEMENTS)


def edge_rule(name: object) -> str:
    """Return the edge rule called `name`."""
    return _known("edge rule", _key("edge rule", name), name, EDGE_RULES)


def wafer_basis(name: object) -> str:
    """Return the wafer basis called `name`."""
    return _known("wafer basis", _key("wafer basis", name), name, WAFER_BASES)


WAFER_BASES: Final = ("price", "cost")
"""What a wafer counts: its price, or what its layers cost."""


def chip_class(name: object) -> str:
    """Return the class of chips called `name`."""
    return _known("class", _key("class", name), name, CLASSES)


def radial_shape(name: object) -> str:
    """Return the shape called `name` of a defect density from centre to edge."""
    return _known("radial shape", _key("radial shape", name), name, RADIAL_SHAPES)


def d0_is(name: object) -> str:
    """Return what D0 is the density of; "center" and the like are understood."""
    key = _key("d0-is", name)
    return _known("meaning of D0", {"center": "centre"}.get(key, key), name, D0_MEANINGS)


_OF_RADIAL: Final = {"radial_shape": (radial_shape, tuple(RADIAL_SHAPES)), "d0_is": (d0_is, D0_MEANINGS)}
"""Reader and values of the names that say how a defect density runs from centre to edge."""

READERS: Final = {
    "yield_model": yield_model,
    "placement": placement,
    "edge_rule": edge_rule,
    "wafer_basis": wafer_basis,
    "chip_class": chip_class,
} | {key: reader for key, (reader, _) in _OF_RADIAL.items()}
"""Reader of each input that is a name, by vocabulary key."""


VALUES: Final = {
    "yield_model": tuple(YIELD_MODELS),
    "placement": tuple(PLACEMENTS),
    "edge_rule": tuple(EDGE_RULES),
    "wafer_basis": WAFER_BASES,
    "chip_class": CLASSES,
} | {key: values for key, (_, values) in _OF_RADIAL.items()}
"""What each of them can be."""

OF_ALL_WAFERS: Final = ("wafer_basis",)
"""The name that says what every wafer of a question counts."""

MODELS: Final = ("yield_model",)
"""The names that choose a formula with parameters of its own."""

PARAMETERS: Final = tuple(dict.fromkeys(key for model in YIELD_MODELS.values() for key in model.parameters))
"""Parameters that yield models have of their own."""


def owner_of(parameter: str) -> str:
    """Return the yield model that a parameter belongs to."""
    return next(m.key for m in YIELD_MODELS.values() if parameter in m.parameters)


def takes(model: str, key: str) -> bool:
    """Whether `key` is no parameter of yield models, or one of `model`."""
    return key not in PARAMETERS or key in YIELD_MODELS[model].parameters


def own_parameter(model: str, key: str, given: Any) -> Any:
    """Return a parameter of a yield model as it was given, or as usual; an error where it has to be given."""
    if given is not None:
        return given
    default = QUANTITIES[key].default
    if default is None:
        raise MissingFigureError(f"the yield model {model} needs {key}: give it (--{QUANTITIES[key].option})")
    return default


def check_parameters(model: str, given: Iterable[str]) -> None:
    """Refuse a model parameter that `model` does not take, rather than ignore it."""
    for key in given:
        if not takes(model, key):
            owner = owner_of(key)
            raise InputError(
                f"--{QUANTITIES[key].option} with the yield model {model}: it belongs to {owner}; add --model {owner}"
            )


def check_edge_rule(method: str, rule: str) -> None:
    """Refuse a rule about positions where a closed formula has none, rather than ignore it."""
    if rule != QUANTITIES["edge_rule"].default and not PLACEMENTS[method].exact:
        exact = ", ".join(p.key for p in PLACEMENTS.values() if p.exact)
        raise InputError(
            f"--edge-rule {rule} with the placement {method}: a closed formula places no dies; "
            f"leave it out, or count with one of {exact}"
        )


DICING_NOTE: Final = (
    "free rows: columns do not line up, so that only laser or plasma dicing can cut these dies and no common field "
    "prints them"
)


def placement_notes(method: str) -> tuple[str, ...]:
    """Return what is said of dies that are placed by `method`."""
    return (DICING_NOTE,) if method == FREE_ROWS else ()


def _key(what: str, name: object) -> str:
    return a_name(what, name, "give one name, as text").strip().lower().replace("_", "-").replace(" ", "-")


def _known(what: str, key: str, name: object, choices: Iterable[str]) -> str:
    known = list(choices)
    if key not in known:
        raise unknown(what, str(name), known, _LISTED if what in ("yield model", "placement") else "")
    return key
