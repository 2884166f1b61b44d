"""Numbers and names as CSV has them: the fewest digits that read back as the same number."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING, Final

from .formula import no_formula

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nodecalc.question.axis import Axis

_NEED_QUOTES: Final = frozenset('",\r\n')

_MOST_WHOLE: Final = 10
"""Digits before the point up to which pyarrow writes a number without an exponent."""
WHOLE_BELOW: Final = 1e10
"""The first number that has more."""
_MOST_ZEROS: Final = 5
"""Zeros between the point and the first digit up to which it does."""
_SAME_FROM: Final = 1e-3
"""From here on Python has no exponent either."""


def joined(*columns: Sequence[str]) -> str:
    """Return the lines of columns that are texts already."""
    return "".join(",".join(row) + "\n" for row in zip(*columns, strict=True))


def axis_texts(axis: Axis) -> list[str]:
    """Return the values of an axis as CSV has them."""
    values = axis.listed()
    return [_quoted(name) for name in values] if axis.is_names else shortest_all(values)


def _quoted(name: str) -> str:
    """Return a text, in quotes where it would otherwise be read as something else."""
    name = no_formula(name)
    return name if _NEED_QUOTES.isdisjoint(name) else '"' + name.replace('"', '""') + '"'


def shortest_all(values: Sequence[float]) -> list[str]:
    """Return numbers as `shortest` writes them; the usual ones faster."""
    texts = list(map(repr, values))
    for i, value in enumerate(values):
        # Python and pyarrow write most numbers of a sweep alike: those that are neither small nor large.
        if not _SAME_FROM < abs(value) < WHOLE_BELOW:
            texts[i] = shortest(value)
    return texts


def shortest(value: float) -> str:
    """Return the fewest digits that read back as the same number, laid out as pyarrow does, whole ones with .0.

    >>> [shortest(x) for x in (616.0, 0.1, 1e-5, 1e-7, 1.5e10, -0.0)]
    ['616.0', '0.1', '0.00001', '1e-7', '1.5e+10', '-0.0']
    """
    text = repr(value)
    if text[-1] in "nf":
        return "NaN" if text == "nan" else text
    sign = "-" if text[0] == "-" else ""
    mantissa, _, power = text.lstrip("-").partition("e")
    whole, _, part = mantissa.partition(".")
    digits = (whole + part).lstrip("0")
    point = len(whole) + int(power or 0) - (len(whole + part) - len(digits))
    digits = digits.rstrip("0")
    if not digits:
        return sign + "0.0"
    if 0 < point <= _MOST_WHOLE:
        return f"{sign}{digits[:point].ljust(point, '0')}.{digits[point:] or '0'}"
    if -_MOST_ZEROS <= point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    tail = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{tail}e{'+' if point > 0 else ''}{point - 1}"


def few_rows(axes: Sequence[Axis], columns: Mapping[str, Sequence[float]]) -> str:
    """Return all rows of few, and above them the names of the columns; results that are axes as well stand once."""
    keys = [axis.key for axis in axes]
    results = {key: column for key, column in columns.items() if key not in keys}
    places = zip(*product(*map(axis_texts, axes)), strict=True)
    return ",".join((*keys, *results)) + "\n" + joined(*places, *map(shortest_all, results.values()))
