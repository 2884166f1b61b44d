"""Columns of numbers, from whatever people keep them in: arrays, lists, pandas, polars, pyarrow, masked arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from nodecalc.doors import brief, is_masked
from nodecalc.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import DTypeLike, NDArray

_NUMBERS: Final = "fiu"
_OBJECTS: Final = "O"
_OTHERS: Final = {"M": "dates", "m": "durations", "b": "truth values", "c": "complex numbers"} | dict.fromkeys(
    "USTV", "texts"
)
"""What numpy would turn into floats or refuse in its own words, by its letter for the kind."""


def is_single(value: Any) -> bool:
    """Whether `value` is a number, numpy's own included, rather than something to broadcast."""
    if isinstance(value, int | float):
        return True
    # What is masked has no value, and its item() is what stands behind the mask.
    return getattr(value, "shape", None) == () and hasattr(value, "item") and not hasattr(value, "mask")


def single(value: Any, name: str, allowed: str) -> float:
    """Return one number as a float; `allowed` says in the error what to give instead."""
    if getattr(value, "size", None) == 1 and hasattr(value, "item") and not is_masked(value):
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{name} {brief(value)}: not a number; allowed: {allowed}")
    try:
        return float(value)
    except OverflowError:
        raise InputError(f"{name}: an integer beyond any float; allowed: {allowed}") from None


def column(given: Any, name: str, narrow: DTypeLike = "float64") -> NDArray[np.floating[Any]]:
    """Return `given` as an array of float64, or of the type `narrow` where it is that already; no value is nan.

    Arrays of either type are not copied. Only numbers count as numbers: numpy would read dates as a count of days or
    nanoseconds, truths as 0 and 1, texts without a look at their unit, and a masked array as what stands behind the
    mask. Each is a plausible wrong answer.
    """
    from nodecalc_kernels.numpy_whole import np

    dtype = narrow if getattr(given, "dtype", None) == narrow else np.float64
    if isinstance(given, np.ma.MaskedArray):
        kind = given.dtype.kind
        if kind in _NUMBERS:
            masked: Any = given.astype(dtype)
            return np.asarray(masked.filled(np.nan))
        raise _refused(name, kind)
    try:
        if isinstance(given, list | tuple) and any(map(is_masked, given)):
            raise TypeError
        kind = np.asarray(given).dtype.kind
        if kind == _OBJECTS:
            kind = _kind_inside(np.asarray(given))
        if kind in _NUMBERS or (kind == _OBJECTS and given is not None):
            return np.asarray(given, dtype)
    except (TypeError, ValueError, OverflowError):
        raise _refused(name, _OBJECTS) from None
    raise _refused(name, kind)


def _kind_inside(objects: Any) -> str:
    """The first letter of something else than a number among objects: texts with gaps and lists of truths end there."""
    from datetime import date, timedelta

    from nodecalc_kernels.numpy_whole import np

    kinds = {(str, bytes): "U", (bool, np.bool_): "b", (date, np.datetime64): "M", (timedelta, np.timedelta64): "m"}
    for value in objects.flat:
        for types, kind in kinds.items():
            if isinstance(value, types):
                return kind
    return _OBJECTS


def _refused(name: str, kind: str) -> InputError:
    but = f" but {_OTHERS[kind]}" if kind in _OTHERS else ""
    return InputError(f"{name}: not numbers{but}; give a number or an array of numbers")
