"""Any stage that is worked out once for each different combination of inputs, such as a count of dies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from nodecalc_kernels.cost_factors import CostFactors
from nodecalc_kernels.defects.salvage import Sold
from nodecalc_kernels.loading import loaded
from nodecalc_kernels.numpy_whole import FloatArray, np, npt
from nodecalc_kernels.radial_map import MeanYield
from nodecalc_kernels.registry import is_count
from nodecalc_kernels.stages import Stage
from nodecalc_kernels.tasks import FEW_COUNTS, FEW_PLAIN

from .different import are_many, different

Tell = Callable[[int, int], None]

PLAIN_TOLD: Final = 64
"""Combinations that a plain function works out without a word: a band takes milliseconds."""

FEW_BANDS: Final = 512
"""Bands up to which the plain function takes less time than compiling two loops."""


def once_array(
    step: Stage, given: Sequence[npt.ArrayLike], *, parallel: bool | None = None, tell: Tell | None = None, of: int = 0
) -> dict[str, FloatArray]:
    """Return what a stage gives that is worked out once for each different combination of inputs, by key.

    Many exact counts run compiled, many bands, and yields over a map or with some units bad, as arrays; anything else
    as the plain function that it is.

    Args:
        step: the stage.
        given: its inputs, which broadcast.
        parallel: use several threads where that is safe; None decides by the number of different combinations.
        tell: called with the combinations counted or worked out and those in all, where they are many.
        of: the combinations of the whole question, of which these are some: a band has the same bits in any part of it.

    """
    if not given:
        found = step.function()
        return {key: np.array(value) for key, value in zip(step.outputs, found, strict=True)}
    function: Any = step.function
    as_arrays = isinstance(function, Sold | MeanYield)
    if as_arrays and are_many(given):  # sorting all of them would be the longest step
        return _as_arrays(function, step.outputs, given)
    table, where, shape = different(given)
    counts = is_count(step.function)
    if counts and (parallel is not None or _is_loaded(step.function) or not _counts_plain(step.function, len(table))):
        from nodecalc_kernels.compiled.placement import counted

        return {step.outputs[0]: counted(step.function, given, parallel=parallel, tell=tell)}
    if as_arrays and len(table) > FEW_PLAIN:
        return _as_arrays(function, step.outputs, given)
    if isinstance(step.function, CostFactors) and max(len(table), of) > FEW_BANDS:
        from nodecalc_kernels.compiled.joint import factors_array

        ratios = factors_array(step.function, table, parallel=parallel, tell=tell)
        return {key: ratios[where, place].reshape(shape) for place, key in enumerate(step.outputs)}
    rows = []
    for row in table.tolist():
        rows.append(step.function(*row))
        if tell is not None and len(table) > PLAIN_TOLD:
            tell(len(rows), len(table))
    columns = np.array(rows, np.float64).reshape(len(rows), len(step.outputs)).T
    return {key: column[where].reshape(shape) for key, column in zip(step.outputs, columns, strict=True)}


def _as_arrays(
    function: Sold | MeanYield, outputs: Sequence[str], given: Sequence[npt.ArrayLike]
) -> dict[str, FloatArray]:
    """Return yields over a map, or with some units bad, of every point at once."""
    if isinstance(function, Sold):
        from nodecalc_kernels.compiled.salvage import sold_array

        return dict(zip(outputs, sold_array(function, given), strict=True))
    from nodecalc_kernels.compiled.radial import mean_yield_array

    return {outputs[0]: mean_yield_array(function, given)}


class _Counted:
    """How many dies this process has counted by plain functions: who goes on counting gets the compiled one."""

    dies = 0


def _counts_plain(function: Callable[..., Any], dies: int) -> bool:
    """Whether some more dies are counted by the plain function; asking must not load what compiles."""
    if _Counted.dies + dies > FEW_COUNTS:
        return False
    cache = loaded("nodecalc_kernels.compiled.cache")
    if dies > FEW_PLAIN and cache is not None and cache.is_kept(f"count_{function.__name__}"):
        return False  # loading it takes as long as some tens of dies
    _Counted.dies += dies
    return True


def _is_loaded(function: Callable[..., Any]) -> bool:
    """Whether the compiled form of a count is there; asking must not load it."""
    compiled = loaded("nodecalc_kernels.compiled.placement")
    return compiled is not None and function in compiled.loaded
