"""What models there are: one decorated function each, with everything said about it in one place.

The command line, the library, the compiled loops, the documentation and the parity test all walk these tables;
there is no second list of models anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple, TypeVar

Scalar = Callable[..., float]
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
    exponent: Callable[..., tuple[float, float]] | None = None
    """Where Y = exp(-(high + low)): (high, low). A loop over many points takes the two steps one after the other."""


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


_yield_models: Final[dict[str, YieldModel]] = {}
_placements: Final[dict[str, Placement]] = {}

YIELD_MODELS: Final[Mapping[str, YieldModel]] = MappingProxyType(_yield_models)
PLACEMENTS: Final[Mapping[str, Placement]] = MappingProxyType(_placements)


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
    exponent: Callable[..., tuple[float, float]] | None = None,
) -> Callable[[F], F]:
    """Register the decorated function as the yield model `key`; it stays the plain function it was."""

    def register(function: F) -> F:
        if key in _yield_models:
            raise KeyError(f"yield model '{key}' is registered twice")
        _yield_models[key] = YieldModel(
            key, function, log_yield, loss, inverse, parameters, formula, mixing, when, reference, exponent
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
