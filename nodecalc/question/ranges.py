"""What a user writes for an axis: ``a,b,c``, ``start:stop:count``, ``start:stop:count:log``, or a sequence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import isfinite, ulp
from math import log as log_
from typing import TYPE_CHECKING, Any, Final

from nodecalc.doors import brief
from nodecalc.errors import InputError, UnknownNameError
from nodecalc.vocabulary import (
    BESIDE_KEYS,
    INPUT_KEYS,
    QUANTITIES,
    WAFER_INPUT_KEYS,
    WAFER_NAME_KEYS,
    tool_key,
    tool_keys,
)
from nodecalc.vocabulary.spelling import key_of, keyed

from . import choices
from .at import At, read_nodes
from .axis import FEW, Axis, Span
from .grids import is_named
from .salvage import TEXTS
from .units import end_of_range, number, range_ends

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NAME_KEYS: Final = ("node", *choices.READERS, *WAFER_NAME_KEYS)
"""Axes whose values are names: nodes, models, placements, tools."""

AXIS_KEYS: Final = tuple(
    dict.fromkeys(
        (
            "node",
            *INPUT_KEYS,
            *BESIDE_KEYS,
            "bit_density",
            "logic_density_mtr_per_mm2",
            *WAFER_NAME_KEYS,
            *WAFER_INPUT_KEYS,
        )
    )
)
"""Everything that may be an axis, beside the figures of exposure tools."""

FORMS: Final = "a,b,c or start:stop:count or start:stop:count:log"

MOST_POINTS: Final = 2**63 - 1
"""Points that a flat index can number."""

LONGEST_LIST: Final = 1 << 26
"""Values of an axis that is given one by one; a span may be as long as it likes."""


def axis_keys(names: Iterable[object]) -> tuple[str, ...]:
    """Return every key that may be an axis, and of `names` those of tools that only the user's catalogue can know."""
    from nodecalc.catalogue.builtin_wafers import tool_ids

    plain = (str(name).strip().lower().lstrip("-").replace("-", "_") for name in names)
    return (*AXIS_KEYS, *tool_keys(tool_ids()), *(key for key in plain if tool_key(key)))


def axis_key(name: str) -> str:
    """Return the key of the axis that a user calls `name`: a vocabulary key, or an option's spelling.

    ``smic-n+2:d0`` is that of one node alone.

    >>> axis_key("d0"), axis_key("smic-n+2:d0")
    ('d0_per_cm2', 'smic-n+2:d0_per_cm2')
    """
    node, colon, own = name.rpartition(":")
    if colon:
        return _own_key(node, own, name)
    # wafer-price-usd is a key; wafer-price its option; d0-per-cm2 and d0 as well. Nothing else is guessed.
    known = tuple(key for key in axis_keys((name,)) if key not in TEXTS)
    return key_of(name, known, "axis", "give an option's name, such as d0, or a key, such as die_area_mm2")


def _own_key(node: str, name: str, text: str) -> str:
    if not node.strip() or ":" in node:
        raise InputError(f"axis {text}: no node before the colon; write NODE:KEY, such as smic-n+2:d0")
    key = axis_key(name)
    if key in NAME_KEYS:
        raise InputError(f"axis {text}: {key} is a name; a node's own axis is one of numbers, such as {node}:d0")
    return f"{node.strip()}:{key}"


def keyed_axes(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return `inputs` under their keys, in their order; those of one node alone behind its name and a colon."""
    plain = keyed({name: value for name, value in inputs.items() if ":" not in str(name)}, axis_keys(inputs))
    if len(plain) == len(inputs):
        return plain
    keys = iter(plain)
    found: dict[str, Any] = {}
    for name, value in inputs.items():
        key = axis_key(name) if ":" in name else next(keys)
        if key in found:
            raise InputError(f"axis {key}: given twice; give each input one axis")
        found[key] = value
    return found


def read_over(text: str) -> tuple[str, str]:
    """Return key and range of ``KEY=RANGE`` as the command line writes an axis."""
    name, equals, values = text.partition("=")
    if not equals or not name.strip():
        raise InputError(f"--over '{text}': no axis; write KEY=RANGE, such as d0=0.05:0.5:10 ({FORMS})")
    return axis_key(name), values


def read_axis(key: str, given: Any) -> Axis | None:
    """Return the axis that `given` describes for `key`, or None where it is one value and no axis.

    A text with a comma or a colon is a range; a list, tuple, array or series is its values; anything else is one value.
    """
    if key in TEXTS or isinstance(given, At):
        return None
    if isinstance(given, Axis):
        return _axis_of_values(key, given.listed()) if given.holds_texts else given
    if isinstance(given, str):
        if key == "node":
            return axis_of_text(key, given) if len(read_nodes(given)) > 1 else None
        if "," in given or ":" in given:
            return axis_of_text(key, given)
        return None
    if getattr(given, "ndim", 1) == 0 or not hasattr(given, "__iter__"):
        return None
    check_order(key, given)
    return _axis_of_values(key, given if hasattr(given, "__len__") else list(given))


def check_order(key: str, given: object) -> None:
    """Refuse values of an axis that come in no order."""
    if isinstance(given, set | frozenset | Mapping):
        raise InputError(
            f"axis {key}: a {type(given).__name__}, whose order is not fixed; give a list, a tuple or an array"
        )


def axis_of_text(key: str, text: str) -> Axis:
    """Return the axis that a RANGE describes; one value alone is an axis of one point."""
    if key not in NAME_KEYS and ":" in text:
        return Axis(key, _span(key, text))
    items = list(map(str, read_nodes(text))) if key == "node" else [item.strip() for item in text.split(",")]
    if not all(items):
        raise _bad(key, text, "an empty value" if any(items) else "no values")
    return _axis_of_values(key, items)


def _span(key: str, text: str) -> Span:
    parts = [part.strip() for part in text.split(":")]
    if len(parts) not in (3, 4) or not all(parts):
        raise _bad(key, text, "a range has three or four parts")
    if len(parts) == 4 and parts[3].lower() not in ("log", "lin", "linear"):
        raise _bad(key, text, f"'{parts[3]}' is no spacing; write log, or leave it out for even steps")
    log = len(parts) == 4 and parts[3].lower() == "log"
    start, stop = end_of_range(parts[0], key), end_of_range(parts[1], key)
    count = _count(key, text, parts[2])
    if not (isfinite(start) and isfinite(stop)):
        raise _bad(key, text, "an endless range; list the values instead")
    if start > stop:
        raise _bad(key, text, f"reversed; write {parts[1]}:{parts[0]}:{parts[2]}")
    if start == stop and count > 1:
        raise _bad(key, text, f"from {parts[0]} to itself in {count} points; give one value, or another end")
    if count == 1 and start != stop:
        raise _bad(key, text, "one point for two ends; give at least 2")
    if log and start <= 0.0:
        raise _bad(key, text, "a logarithmic range must start above 0")
    # Closer together than floats are, neighbours would be one value twice.
    gap = log_(stop / start) * start if log else stop - start
    if count > 1 and gap / (count - 1) < ulp(start if log else max(abs(start), abs(stop))):
        raise _bad(key, text, "more points than there are numbers between its ends; give fewer")
    return Span(start, stop, count, log)


def _count(key: str, text: str, part: str) -> int:
    try:
        count = int(part) if part.lstrip("+-").isdigit() else int(float(part)) if float(part).is_integer() else -1
    except (ValueError, OverflowError):
        count = -1
    if count == 0:
        raise _bad(key, text, "empty, 0 points; give at least 2")
    if count < 0:
        raise _bad(key, text, f"'{part}' is no number of points")
    if count > MOST_POINTS:
        raise _bad(key, text, "more points than 2^63")
    return count


def _bad(key: str, text: str, problem: str) -> InputError:
    shown = text if len(text) <= 60 else text[:57] + "..."
    return InputError(f"axis {key}={shown}: {problem}; allowed: {FORMS}")


def _number(value: object, key: str) -> float:
    ends = range_ends(value, QUANTITIES[key]) if isinstance(value, str) and key in QUANTITIES else None
    if ends:
        raise _bad(key, str(value), f"no range of an axis; write {':'.join(ends)}:10 for ten values")
    return number(value, key)


def _axis_of_values(key: str, given: Any) -> Axis:
    if len(given) == 0:
        raise InputError(f"axis {key}: empty; give at least one value, such as {FORMS}")
    if len(given) > LONGEST_LIST:
        raise InputError(
            f"axis {key}: {len(given):,} values one by one, at most {LONGEST_LIST:,}; give a range start:stop:count"
        )
    if key in NAME_KEYS:
        return Axis(key, _names(key, given))
    if any(is_named(key, value) for value in given):
        return Axis(key, _grids(key, given))
    if isinstance(given, bytes):
        raise InputError(f"axis {key}: {brief(given)} are bytes; give numbers, or texts with units")
    values = given if hasattr(given, "dtype") else list(given)
    if isinstance(values, list) and (_are_few_floats(values) or any(isinstance(value, str) for value in values)):
        numbers = tuple(_number(value, key) for value in values)
        _refuse_twice(key, numbers)
        return Axis(key, numbers)
    from nodecalc_kernels.numpy_whole import np

    from .columns import column

    array = np.array(column(values, f"axis {key}"))
    if array.ndim != 1:
        raise InputError(f"axis {key}: an array of {array.ndim} dimensions; an axis is one-dimensional")
    for extreme in (array.min(), array.max()):  # nan shows in either
        number(float(extreme), key)
    _refuse_twice_in(key, array)
    array.flags.writeable = False
    return Axis(key, array)


def _are_few_floats(values: Sequence[Any]) -> bool:
    """Whether values are plain numbers, and few enough to be read one by one."""
    return len(values) <= FEW and all(type(value) in (float, int) for value in values)


def _refuse_twice(key: str, values: Sequence[float]) -> None:
    """Refuse a value that comes twice: rows could not be told apart, and labelled arrays not looked up."""
    if len(set(values)) < len(values):
        ordered = sorted(values)
        same = next(value for value, after in pairwise(ordered) if value == after)
        raise InputError(f"axis {key}: {same:.12g} twice; give each value once")


def _refuse_twice_in(key: str, values: NDArray[np.float64]) -> None:
    """Do the same for an array of any length."""
    from nodecalc_kernels.numpy_whole import np

    if (values[1:] > values[:-1]).all() or (values[1:] < values[:-1]).all():
        return
    ordered = np.sort(values)
    same = np.flatnonzero(ordered[1:] == ordered[:-1])
    if same.size:
        raise InputError(f"axis {key}: {ordered[same[0]]:.12g} twice; give each value once")


def _grids(key: str, given: Any) -> tuple[str, ...]:
    """Return grids by their names, and others by what a kWh of them emits."""
    found = []
    for value in given:
        emitted = number(value, key)
        name = str(value).strip().lower() if is_named(key, value) else f"{emitted:g}"
        if name in found:
            raise InputError(f"axis {key}: '{name}' twice; give each value once")
        found.append(name)
    return tuple(found)


def _names(key: str, given: Any) -> tuple[str, ...]:
    names: list[str] = []
    for item in given:
        if key == "node" and (isinstance(item, At) or hasattr(item, "id")):
            item = str(item.id if hasattr(item, "id") else item)  # noqa: PLW2901 - by name, as others are
        if not isinstance(item, str):
            raise InputError(f"axis {key}: {brief(item)} is no name; give texts")
        name = choices.READERS[key](item) if key in choices.READERS else item.strip()
        if name in names:
            raise InputError(f"axis {key}: '{name}' twice; give each name once")
        names.append(name)
    if not all(names):
        raise UnknownNameError(f"axis {key}: an empty name")
    return tuple(names)
