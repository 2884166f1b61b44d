"""Single precision from the text of the plain formulas: a twin of each, mechanically, with every constant a 32-bit one.

numba computes in double precision as soon as one double takes part, and a literal of the text or a constant of the
module is a double. A twin is the same code object with its constants, and those it finds among its globals, as
`np.float32`, and with the twins of the functions that it calls. So a formula still has one source. Only the
elementary functions have another text, in `compiled_single_math`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import Any, Final

import numba

from nodecalc_kernels.defects import yields
from nodecalc_kernels.numpy_whole import np

from . import math32 as compiled_single_math
from . import operands as compiled_loops
from .cache import PACKAGE
from .inlined import called_from_python
from .math import ARITHMETIC_OPTIONS, FORMULA_OPTIONS
from .math32 import SINGLE_FORMS, SINGLE_VALUES

_LIMITS: Final = np.finfo(np.float32)

_KEPT: Final = frozenset({yields.__name__, compiled_single_math.__name__, compiled_loops.__name__})
"""Modules whose quotients stay quotients, see `ARITHMETIC_OPTIONS`."""


def _narrow(value: Any, name: str) -> Any:
    """Return a constant in single precision; what is no float, nor a tuple of them, as it is.

    Raises:
        ValueError: a constant that single precision cannot tell from 0 or infinity, and that has no own value there.

    """
    if isinstance(value, tuple):
        return tuple(_narrow(item, name) for item in value)
    if value is np.float64:
        return np.float32
    if type(value) is not float:
        return value
    if 0.0 < abs(value) < float("inf") and not float(_LIMITS.tiny) <= abs(value) <= float(_LIMITS.max):
        raise ValueError(f"constant {value} of {name} is beyond single precision; give it a value in SINGLE_VALUES")
    return np.float32(value)


def _single_global(name: str, value: Any) -> Any:
    if isinstance(value, FunctionType):
        # What a loop reads and stores with chooses by type, and holds no number.
        formula = value.__module__.startswith(f"{PACKAGE}.") and value.__module__ != compiled_loops.__name__
        return inner_twin(value) if formula else value
    return _narrow(SINGLE_VALUES.get(name, value), name)


def rebuild(plain: Callable[..., Any]) -> FunctionType:
    """Return `plain` as a function of the same code in which every constant and every formula is the single one."""
    assert isinstance(plain, FunctionType)
    code = plain.__code__
    constants = tuple(_narrow(value, plain.__qualname__) for value in code.co_consts)
    scope = dict(plain.__globals__)
    for name in code.co_names:
        if name in scope:
            scope[name] = _single_global(name, scope[name])
    single = FunctionType(code.replace(co_consts=constants), scope, plain.__name__, None, plain.__closure__)
    single.__qualname__ = plain.__qualname__
    single.__module__ = plain.__module__
    return single


def _twin(plain: Callable[..., Any]) -> tuple[FunctionType, dict[str, Any]]:
    """Return the text of a twin and how it is compiled."""
    text = SINGLE_FORMS.get(plain, plain)
    return rebuild(text), FORMULA_OPTIONS if text.__module__ in _KEPT else ARITHMETIC_OPTIONS


@cache
def inner_twin(plain: Callable[..., Any]) -> Any:
    """Return the single-precision form of a plain formula, or of a function of `vecmath`, for compiled callers."""
    text, options = _twin(plain)
    return numba.njit(**options)(text)


@cache
def twin(plain: Callable[..., Any]) -> Any:
    """Return the same for callers in Python."""
    text, options = _twin(plain)
    return numba.njit(**called_from_python(options))(text)
