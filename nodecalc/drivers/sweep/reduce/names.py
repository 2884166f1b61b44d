"""What a reduction is called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from nodecalc import doors
from nodecalc.errors import InputError, unknown

EXTREMES: Final = ("min", "argmin", "max", "argmax", "mean")

REDUCTIONS: Final = (*EXTREMES, "p10", "p50", "p90")
"""What `reduce` may name; any pNN or pNN.N besides."""

QUANTILE: Final = re.compile(r"p(\d{1,3}(?:\.\d+)?)")


def parse_quantile(name: str) -> Fraction | None:
    """Return the share that pNN names, exactly as it is written, or None where `name` is no quantile."""
    match = QUANTILE.fullmatch(name)
    if match is None:
        return None
    share = Fraction(match[1]) / 100
    if share > 1:
        raise InputError(f"reduce '{name}': above p100; allowed: p0 to p100")
    return share


def check_reductions(names: Sequence[str] | str) -> tuple[str, ...]:
    """Return the reductions that `names` ask for, each known and named once."""
    wanted = doors.names("reduce", names, f"name some of {', '.join(REDUCTIONS)}")
    if not wanted:
        raise InputError(f"no reductions; name some of {', '.join(REDUCTIONS)}")
    for name in wanted:
        if name not in EXTREMES and parse_quantile(name) is None:
            raise unknown("reduction", name, REDUCTIONS)
    return tuple(dict.fromkeys(wanted))
