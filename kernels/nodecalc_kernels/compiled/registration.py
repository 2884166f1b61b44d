"""The plain formulas inside anyone's own ``@njit``: what numba is told of them, and when.

numba calls `register` through the entry point that the distribution declares, before it compiles anything. What is
compiled is the text of the plain functions, nothing else, so that a formula has one source and the two sides agree to
the last few bits.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import FunctionType
from typing import Any, Final

from nodecalc_kernels.cost import density
from nodecalc_kernels.cost import die as cost
from nodecalc_kernels.cost import size as die_size
from nodecalc_kernels.defects import faults, yields
from nodecalc_kernels.numbers import distributions, vecmath
from nodecalc_kernels.placement import circle
from nodecalc_kernels.placement import closed as placement
from nodecalc_kernels.registry import PLACEMENTS, YIELD_MODELS
from nodecalc_kernels.wafer import patterning

from . import lowering  # noqa: F401 - what is put down in place
from . import math as compiled_math
from .cache import PACKAGE
from .exact import register_exact
from .math import ARITHMETIC_OPTIONS, EXACT_OPTIONS, FORMULA_OPTIONS, hang
from .powers import register_powers


def _formulas_of(module: Any) -> list[Callable[..., float]]:
    """Return the public plain functions that `module` itself defines."""
    return [
        value
        for name, value in vars(module).items()
        if isinstance(value, FunctionType) and value.__module__ == module.__name__ and not name.startswith("_")
    ]


FORMULAS: Final[tuple[Callable[..., float], ...]] = (
    circle.die_fits,
    distributions.as_is,
    distributions.either,
    distributions.times,
    distributions.triangular_quantile,
    *(formula for module in (faults, cost, die_size, density, patterning) for formula in _formulas_of(module)),
)
"""Formulas beside the registered models that compiled code may call. Whatever they call themselves comes along."""

_OPTIONS: Final = {
    yields.__name__: FORMULA_OPTIONS,  # quotients that carry their own correction
    placement.__name__: FORMULA_OPTIONS,
    patterning.__name__: EXACT_OPTIONS,
    distributions.__name__: EXACT_OPTIONS,
}
"""How the formulas of a module are compiled, where not with `ARITHMETIC_OPTIONS`."""

_registered: set[Callable[..., Any]] = set()
_registering: Final = threading.RLock()


def register_formula(plain: Callable[..., Any]) -> None:
    """Give numba `plain` and, first, every function of this package that it calls; again is nothing."""
    with _registering:
        _register(plain)


def _register(plain: Callable[..., Any]) -> None:
    if plain in _registered or plain.__module__ == vecmath.__name__:
        return
    _registered.add(plain)
    assert isinstance(plain, FunctionType)
    for name in plain.__code__.co_names:
        called = plain.__globals__.get(name)
        if isinstance(called, FunctionType) and called.__module__.startswith(f"{PACKAGE}."):
            _register(called)
    hang(plain, plain, _OPTIONS.get(plain.__module__, ARITHMETIC_OPTIONS))


def register() -> None:
    """Let every plain formula of this package be called from inside any ``@njit`` function."""
    with _registering:
        if not _registered:
            compiled_math.register_math()
            register_powers()
        for model in YIELD_MODELS.values():
            for formula in (model.yield_, model.log_yield, model.loss, model.inverse):
                _register(formula)
            for half in model.halves or ():
                _register(half)
        for placement in PLACEMENTS.values():
            # The exact counts search and sort: loops, which are not for inlining.
            if not placement.exact:
                _register(placement.function)
        for formula in FORMULAS:
            _register(formula)
        # They call helpers of the closed forms, hence here and not above.
        register_exact()


register()
