"""Any stage that is worked out once for each different combination of inputs, such as a count of dies."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from nodecalc_kernels.defects.salvage import Sold
from nodecalc_kernels.radial_map import MeanYield
from nodecalc_kernels.registry import PLACEMENTS
from nodecalc_kernels.stages import Stage

from .different import FEW_PLAIN, FloatArray, are_many, different

Tell = Callable[[int, int], None]

PLAIN_TOLD: Final = 64
"""Combinations that a plain function works out without a word: a band takes milliseconds."""

COUNTS: Final[frozenset[Callable[..., Any]]] = frozenset(p.function for p in PLACEMENTS.values() if p.exact)
"""Placements that count dies by a search."""


def once_array(
    step: Stage, given: Sequence[npt.ArrayLike], *, parallel: bool | None = None, tell: Tell | None = None
) -> dict[str, FloatArray]:
    """Return what a stage gives that is worked out once for each different combination of inputs, by key.

    Many exact counts run compiled, many yields over a map or with some units bad as arrays, anything else as the plain
    function that it is.

    Args:
        step: the stage.
        given: its inputs, which broadcast.
        parallel: use several threads where that is safe; None decides by the number of different combinations.
        tell: called with the combinations counted or worked out and those in all, where they are many.

    """
    if not given:
        found = step.function()
        return {key: np.array(value) for key, value in zip(step.outputs, found, strict=True)}
    table = where = shape = None
    many = are_many(given)
    if not many:
        table, where, shape = different(given)
        many = len(table) > FEW_PLAIN
    if step.function in COUNTS and (parallel is not None or many or _is_loaded(step.function)):
        from nodecalc_kernels.compiled.placement import counted

        return {step.outputs[0]: counted(step.function, given, parallel=parallel, tell=tell)}
    if isinstance(step.function, Sold) and many:
        from nodecalc_kernels.compiled.salvage import sold_array

        return dict(zip(step.outputs, sold_array(step.function, given), strict=True))
    if isinstance(step.function, MeanYield) and many:
        from nodecalc_kernels.compiled.radial import mean_yield_array

        return {step.outputs[0]: mean_yield_array(step.function, given)}
    if table is None or where is None or shape is None:
        table, where, shape = different(given)
    rows = []
    for row in table.tolist():
        rows.append(step.function(*row))
        if tell is not None and len(table) > PLAIN_TOLD:
            tell(len(rows), len(table))
    columns = np.array(rows, np.float64).reshape(len(rows), len(step.outputs)).T
    return {key: column[where].reshape(shape) for key, column in zip(step.outputs, columns, strict=True)}


def _is_loaded(function: Callable[..., Any]) -> bool:
    """Whether the compiled form of a count is there; asking must not load it."""
    compiled = sys.modules.get("nodecalc_kernels.compiled.placement")
    return compiled is not None and function in compiled.loaded
