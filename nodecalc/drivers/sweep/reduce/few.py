"""Reductions of few points, from lists: nothing is loaded or compiled for them. Means are exact sums, rounded once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from math import inf, isnan, prod
from typing import TYPE_CHECKING, Any

from nodecalc.question.blocks import unravel

from .names import EXTREMES, parse_quantile

if TYPE_CHECKING:
    from nodecalc.drivers.sweep.few import Few


def reductions(few: Few, key: str, names: Sequence[str]) -> dict[str, Any]:
    """Return the reductions of one result by name, and `nans`; places as an index along each axis.

    A result is looked at over the axes that it depends on; along the others the first value stands for all.
    """
    own, values = few.axes_of(key), few.values(key)
    known = [value for value in values if not isnan(value)]
    nans = (len(values) - len(known)) * (prod(few.shape) // len(values))
    if not known:
        return {**dict.fromkeys(names), "nans": nans}
    least, most = min(known), max(known)

    def place(value: float) -> tuple[int, ...]:
        index = dict(zip(own, unravel(values.index(value), [few.shape[a] for a in own]), strict=True))
        return tuple(index.get(axis, 0) for axis in few.every_axis)

    ordered = sorted(known) if any(name not in EXTREMES for name in names) else []
    found: dict[str, Any] = {"nans": nans}
    for name in names:
        share = None if name in EXTREMES else parse_quantile(name)
        if share is not None:
            found[name] = ordered[max(math.ceil(share * len(ordered)), 1) - 1]
        elif name == "mean":
            found[name] = inf if most == inf else float(sum(map(Fraction, known)) / len(known))
        else:
            value = least if name.endswith("min") else most
            found[name] = place(value) if name.startswith("arg") else value
    return found
