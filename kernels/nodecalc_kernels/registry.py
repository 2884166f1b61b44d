"""What models there are: one decorated function each, with everything said about it in one place.

The command line, the library, the compiled loops, the documentation and the parity test all walk these tables;
there is no second list of models anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple, TypeVar

Scalar = Callable[..., float]
Halves = tuple[Callable[..., tuple[float, float]], Scalar]
F = TypeVar("F", bound=Scalar)


class YieldModel(NamedTuple):
    """A yield model: how random defects turn mean faults per die into the share of good dies."""

    key: str
    yield_: Scalar
    log_yield: Scalar
    loss: Scalar
    inverse: Scalar
    parameters: tuple[str, ...]
    """Vocabulary keys of the model's own parameters, in the order the four functions take them after x (or Y)."""
    formula: str
    mixing: str
    when: str
    reference: str
    halves: Halves | None = None
    """The yield of a long formula in two steps, for loops; see `Stage.halves`."""


class Placement(NamedTuple):
    """A way to count the dies on a wafer."""

    key: str
    function: Scalar
    """(die width, die height, scribe, usable wafer diameter; all mm) -> dies. Not rounded where not exact."""
    exact: bool
    """True where real positions are counted, so that the answer is a whole number; False for a closed formula."""
    formula: str
    when: str
    reference: str


class Scheme(NamedTuple):
    """A way to pattern one layer. It is not a function: its counts go into `patterning.scheme_cost_usd`."""

    key: str
    exposures: int
    """Exposures of the pattern itself; cut masks come on top."""
    aux_steps: int
    """Depositions, etches and strips beside the exposures."""
    pitch_division: int
    """How many times tighter than one exposure the pattern can get."""
    line_cuts: int
    """Cut or block masks of lines beside those that their pitch asks for."""
    formula: str
    """Cost of one layer, c an exposure and s an auxiliary step."""
    when: str
    reference: str


_yield_models: Final[dict[str, YieldModel]] = {}
_placements: Final[dict[str, Placement]] = {}
_schemes: Final[dict[str, Scheme]] = {}

YIELD_MODELS: Final[Mapping[str, YieldModel]] = MappingProxyType(_yield_models)
PLACEMENTS: Final[Mapping[str, Placement]] = MappingProxyType(_placements)
SCHEMES: Final[Mapping[str, Scheme]] = MappingProxyType(_schemes)
"""Filled by the module `patterning`."""


def is_count(function: object) -> bool:
    """Whether `function` is a placement that counts dies by a search."""
    return any(p.exact and p.function is function for p in PLACEMENTS.values())


def yield_model(
    key: str,
    *,
    log_yield: Scalar,
    loss: Scalar,
    inverse: Scalar,
    formula: str,
    mixing: str,
    when: str,
    reference: str,
    parameters: tuple[str, ...] = (),
    halves: Halves | None = None,
) -> Callable[[F], F]:
    """Register the decorated function as the yield model `key`; it stays the plain function it was."""

    def register(function: F) -> F:
        if key in _yield_models:
            raise KeyError(f"yield model '{key}' is registered twice")
        _yield_models[key] = YieldModel(
            key, function, log_yield, loss, inverse, parameters, formula, mixing, when, reference, halves
        )
        return function

    return register


def placement(key: str, *, exact: bool, formula: str, when: str, reference: str) -> Callable[[F], F]:
    """Register the decorated function as the dies-per-wafer method `key`; it stays the plain function it was."""

    def register(function: F) -> F:
        if key in _placements:
            raise KeyError(f"placement '{key}' is registered twice")
        _placements[key] = Placement(key, function, exact, formula, when, reference)
        return function

    return register


def scheme(
    key: str,
    *,
    exposures: int,
    aux_steps: int,
    pitch_division: int,
    line_cuts: int,
    formula: str,
    when: str,
    reference: str,
) -> Scheme:
    """Register the patterning scheme `key` and return it."""
    if key in _schemes:
        raise KeyError(f"patterning scheme '{key}' is registered twice")
    _schemes[key] = Scheme(key, exposures, aux_steps, pitch_division, line_cuts, formula, when, reference)
    return _schemes[key]


RADIAL_SHAPES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "flat": (),
        "step": ("radial_start", "radial_factor"),
        "power": ("radial_rise", "radial_exponent"),
    }
)
"""How a defect density runs from a wafer's centre to its edge, and the vocabulary keys of what each shape takes."""

D0_MEANINGS: Final = ("centre", "disc-mean", "die-mean")
"""What D0 is the density of, where that is not the same all over the wafer."""
