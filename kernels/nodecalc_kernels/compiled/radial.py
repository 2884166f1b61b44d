"""Yields over the dies of a map for arrays: a compiled sum over the densities of a wafer at every point."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from nodecalc_kernels.defects import fixed_rules
from nodecalc_kernels.numpy_whole import FloatArray, np, npt
from nodecalc_kernels.radial_map import MeanYield, Spread
from nodecalc_kernels.registry import YIELD_MODELS

from .cache import build_loop
from .fixed_rules import register_rules, shared
from .kinds import each_kind
from .math import JIT_OPTIONS

FEW_SUMS: Final = 32
"""Up to this many sums the plain functions take, rather than finding or compiling a loop."""

# Placeholder for what `build_loop` puts in; the loops below are never run with it.
formula: Any = None


def mean_loop(densities: Any, shares: Any, faults: Any, own: Any, found: Any) -> None:
    """Fill in the mean yield of a map at each number of faults, by a model without a parameter."""
    yields = np.empty(len(densities))
    for i in range(len(found)):
        for j in range(len(densities)):
            yields[j] = shares[j] * formula(faults[i] * densities[j])
        found[i] = fixed_rules.add_up(yields, len(densities))  # type: ignore[arg-type]


def mean_loop_own(densities: Any, shares: Any, faults: Any, own: Any, found: Any) -> None:
    """Fill in the mean yield of a map, by a model with a parameter of its own."""
    yields = np.empty(len(densities))
    for i in range(len(found)):
        for j in range(len(densities)):
            yields[j] = shares[j] * formula(faults[i] * densities[j], own[i])
        found[i] = fixed_rules.add_up(yields, len(densities))  # type: ignore[arg-type]


@cache
def _loop(model: str) -> Any:
    register_rules()
    row = YIELD_MODELS[model]
    template = mean_loop_own if row.parameters else mean_loop
    name = f"mean_{row.yield_.__name__}"
    return build_loop(template, name, {"formula": row.yield_}, nogil=True, **JIT_OPTIONS)


def mean_yield_array(mean: MeanYield, given: Sequence[npt.ArrayLike]) -> FloatArray:
    """Return what `mean` gives over broadcast arrays of its inputs; wafers are few different ones, faults many."""
    count = len(mean.over.inputs)

    def work(kind: tuple[float, ...], rest: tuple[Any, ...]) -> FloatArray:
        return mean_yields(mean.model, mean.over.spread(*kind), *rest)

    return each_kind(given[:count], given[count:], work)


def mean_yields(model: str, spread: Spread, faults: FloatArray, *own: FloatArray) -> FloatArray:
    """Return the mean yield over the densities of a wafer's dies at each number of mean faults, of their shape."""
    x = np.ascontiguousarray(faults).reshape(-1)
    parameter = np.ascontiguousarray(own[0]).reshape(-1) if own else x
    if x.size <= FEW_SUMS:
        plain, several = YIELD_MODELS[model].yield_, parameter.tolist() if own else None
        rows = [(v,) if several is None else (v, several[i]) for i, v in enumerate(x.tolist())]
        few = [sum(part * plain(v * g, *a) for g, part in spread) for v, *a in rows]
        return np.array(few, np.float64).reshape(faults.shape)
    table = np.array(spread).T.copy()
    found, loop = np.empty(x.size), _loop(model)
    shared(found, lambda at: loop(table[0], table[1], x[at], parameter[at], found[at]), len(spread))
    return found.reshape(faults.shape)
