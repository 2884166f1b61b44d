"""The compiled side of the kernels: arrays in, arrays out, and the plain formulas inside anyone's own ``@njit``.

Only the modules called ``compiled`` import numba and numpy. What they compile is the text of the plain functions,
nothing else, so that a formula has one source and the two sides agree to the last few bits.

numba calls `register` through the entry point that the distribution declares, before it compiles anything.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import FunctionType
from typing import Any, Final

import numba
import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from . import circle, compiled_loops, compiled_math, cost, density, die_size, patterning, stages, vecmath, yields
from .compiled_cache import build_loop
from .compiled_math import ARITHMETIC_OPTIONS, FORMULA_OPTIONS, JIT_OPTIONS, hang
from .registry import PLACEMENTS, YIELD_MODELS, YieldModel
from .stages import OUTPUTS
from .yields import survival

FloatArray = NDArray[np.float64]
RealArray = NDArray[np.float64] | NDArray[np.float32]

FORMULAS: Final[tuple[Callable[..., float], ...]] = (
    circle.die_fits,
    stages.mean_faults,
    stages.total_yield,
    stages.usable_diameter,
    cost.good_dies,
    cost.cost_per_die,
    cost.peak_transistors,
    cost.die_area_for,
    cost.usd_per_billion_transistors,
    cost.scaled,
    die_size.die_width,
    die_size.die_height,
    die_size.rectangle_area,
    density.logic_density,
    density.sram_density,
    density.chip_density,
    patterning.rayleigh_k1,
    patterning.euv_throughput_wph,
    patterning.exposure_cost_usd,
    patterning.step_cost_usd,
    patterning.cost_of_some,
    patterning.scheme_cost_usd,
    patterning.layer_equivalents,
    patterning.wafer_cost_usd,
    patterning.fitted_layer_usd,
    patterning.price_from_cost_usd,
    patterning.via_exposures,
)
"""Formulas beside the registered models that compiled code may call. Whatever they call themselves comes along."""

KINDS: Final = ("yield", "log_yield", "loss", "inverse")
"""The four functions of a yield model."""

INPUTS: Final = (
    "die_width_mm",
    "die_height_mm",
    "die_area_mm2",
    "scribe_mm",
    "edge_exclusion_mm",
    "wafer_diameter_mm",
    "d0_per_cm2",
    "critical_area_fraction",
    "systematic_yield",
    "parameter",
    "line_yield",
    "wafer_price_usd",
    "logic_density_mtr_per_mm2",
    "gross_dies",
)
"""Arguments of the fused loop in order; `parameter` is the yield model's own (alpha, critical_layers)."""

OPTIONAL: Final = frozenset({"critical_area_fraction", "systematic_yield", "line_yield"})
"""Shares that are 1 where they are not given."""

PARALLEL_FROM: Final = 1 << 15
"""Points above which a second thread earns its start; about 0.2 ms of work."""

SHARES_PER_THREAD: Final = 8
"""Parts that a parallel loop is cut into for each thread, so that one slow core holds up little."""

_home_process: Final = os.getpid()
_registered: set[Callable[..., Any]] = set()
_registering: Final = threading.RLock()


def _register(plain: Callable[..., Any]) -> None:
    """Give numba `plain` and, first, every function of this package that it calls."""
    if plain in _registered or plain.__module__ == vecmath.__name__:
        return
    _registered.add(plain)
    assert isinstance(plain, FunctionType)
    for name in plain.__code__.co_names:
        called = plain.__globals__.get(name)
        if isinstance(called, FunctionType) and called.__module__.startswith(f"{__package__}."):
            _register(called)
    hang(plain, plain, FORMULA_OPTIONS if plain.__module__ == yields.__name__ else ARITHMETIC_OPTIONS)


def register() -> None:
    """Let every plain formula of this package be called from inside any ``@njit`` function."""
    with _registering:
        if not _registered:
            compiled_math.register_math()
        for model in YIELD_MODELS.values():
            for formula in (model.yield_, model.log_yield, model.loss, model.inverse):
                _register(formula)
            if model.exponent is not None:
                _register(model.exponent)
        for placement in PLACEMENTS.values():
            # The exact counts search and sort: loops, which are not for inlining.
            if not placement.exact:
                _register(placement.function)
        for formula in FORMULAS:
            _register(formula)
        # The exact counts register themselves. They call helpers of the closed forms, hence here and not above.
        from . import compiled_placement  # noqa: F401


register()


def _with_parameter(formula: Callable[..., float], model: YieldModel) -> Any:
    return formula if model.parameters else numba.njit(**FORMULA_OPTIONS)(compiled_loops.with_unused(formula))


def _as_it_stands(plain: Callable[..., Any]) -> Any:
    return plain


def _forms(single: bool) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Return what makes a formula, and what makes a loop, of the precision that is asked for."""
    if not single:
        return _as_it_stands, _as_it_stands
    # Not at the head: nobody who stays with doubles should wait for it.
    from . import compiled_single

    return compiled_single.twin, compiled_single.rebuild


def _build_map(model_key: str, which: str, parallel: bool, single: bool) -> Any:
    model = YIELD_MODELS[model_key]
    formula = dict(zip(KINDS, (model.yield_, model.log_yield, model.loss, model.inverse), strict=True))[which]
    form, loop_form = _forms(single)
    return build_loop(
        loop_form(compiled_loops.map_loop),
        _loop_name("map", *(("single",) if single else ()), model_key, which, parallel),
        {"formula": _with_parameter(form(formula), model)},
        nogil=True,
        parallel=parallel,
        **JIT_OPTIONS,
    )


@cache
def _map_kernel(model_key: str, which: str, parallel: bool) -> Any:
    return _build_map(model_key, which, parallel, False)


@cache
def _single_map_kernel(model_key: str, which: str, parallel: bool) -> Any:
    return _build_map(model_key, which, parallel, True)


def _build_evaluate(yield_key: str, placement_key: str | None, parallel: bool, single: bool) -> Any:
    model = YIELD_MODELS[yield_key]
    form, loop_form = _forms(single)
    if placement_key is not None:
        place: Any = form(PLACEMENTS[placement_key].function)
    elif single:
        place = form(compiled_loops.no_placement)
    else:
        place = numba.njit(**FORMULA_OPTIONS)(compiled_loops.no_placement)
    if model.exponent is None:
        begin: Any = numba.njit(**FORMULA_OPTIONS)(compiled_loops.as_given)
        end: Any = _with_parameter(form(model.yield_), model)
    else:
        begin, end = form(model.exponent), form(survival)
    return build_loop(
        loop_form(compiled_loops.evaluate_loop),
        _loop_name("evaluate", *(("single",) if single else ()), yield_key, placement_key or "given", parallel),
        {"begin_yield": begin, "end_yield": end, "place": place},
        nogil=True,
        parallel=parallel,
        **JIT_OPTIONS,
    )


@cache
def _evaluate_kernel(yield_key: str, placement_key: str | None, parallel: bool) -> Any:
    return _build_evaluate(yield_key, placement_key, parallel, False)


@cache
def _single_evaluate_kernel(yield_key: str, placement_key: str | None, parallel: bool) -> Any:
    return _build_evaluate(yield_key, placement_key, parallel, True)


def _loop_name(*parts: str | bool) -> str:
    words = [part if isinstance(part, str) else ("parallel" if part else "serial") for part in parts]
    return "_".join(words).replace("-", "_")


def _use_threads(parallel: bool | None, count: int) -> bool:
    """Tell whether the loop may and should use several threads.

    numba's own thread pool aborts the process when two threads start parallel loops at once, and hangs in a child
    forked after one. So only the main thread of the process that loaded this module starts any, even when asked.
    """
    if parallel is False or (parallel is None and count < PARALLEL_FROM):
        return False
    return (
        threading.current_thread() is threading.main_thread()
        and os.getpid() == _home_process
        and numba.get_num_threads() > 1
    )


def _shape(arguments: Sequence[ArrayLike]) -> tuple[int, ...]:
    return np.broadcast_shapes(*(np.shape(argument) for argument in arguments))


def _flat(argument: ArrayLike, shape: tuple[int, ...], single: bool = False) -> Any:
    """Return a number, or a contiguous array of all points; only what is smaller or of another type is copied."""
    if single:
        # What single precision cannot hold becomes 0 or inf in it, as every result there may.
        with np.errstate(over="ignore", under="ignore"):
            array: Any = np.asarray(argument, dtype=np.float32)
    else:
        array = np.asarray(argument, dtype=np.float64)
    if array.size == 1:
        return array.reshape(())[()] if single else float(array.reshape(()))
    if array.shape != shape:
        array = np.broadcast_to(array, shape)
    return np.ascontiguousarray(array).reshape(-1)


def _result(out: Any, shape: tuple[int, ...], name: str, single: bool = False) -> Any:
    kind = np.dtype(np.float32 if single else np.float64)
    if out is None:
        return np.empty(shape, kind)
    if not isinstance(out, np.ndarray) or out.dtype != kind:
        raise TypeError(f"out for '{name}' must be a {kind} array")
    if out.shape != shape:
        raise ValueError(f"out for '{name}' has shape {out.shape}; the inputs broadcast to {shape}")
    if not (out.flags.c_contiguous and out.flags.writeable):
        raise ValueError(f"out for '{name}' must be contiguous and writable")
    return out


def _is_single(*arguments: Any) -> bool:
    """Tell whether numpy would compute with these in float32: a plain number takes the type of the arrays."""
    typed = [argument for argument in arguments if argument is not None and type(argument) not in (int, float)]
    return bool(typed) and all(getattr(argument, "dtype", None) == np.float32 for argument in typed)


def yield_array(
    model_key: str,
    which: str,
    x: ArrayLike,
    parameter: ArrayLike | None = None,
    out: RealArray | None = None,
    *,
    parallel: bool | None = None,
) -> Any:
    """Return one of a yield model's four functions over arrays, point by point, after broadcasting.

    The loop computes in float32 where every array, `out` included, is of float32, and in float64 otherwise. In float32
    the clustering alpha is to be 2^-60 or more, which takes the place of 2^-900.

    Args:
        model_key: key of `YIELD_MODELS`.
        which: "yield", "log_yield", "loss" or "inverse".
        x: mean faults per die, dimensionless (for "inverse": yields), number or array.
        parameter: the model's own parameter, number or array; None for a model without one.
        out: array of the broadcast shape to fill instead of a new one.
        parallel: True or False to choose; None uses several threads where there are points enough.

    Returns:
        float64 or float32 array of the broadcast shape; nan where a point is outside the domain.

    """
    model = YIELD_MODELS[model_key]
    if which not in KINDS:
        raise ValueError(f"'{which}' is none of {', '.join(KINDS)}")
    if (parameter is None) is bool(model.parameters):
        takes = ", ".join(model.parameters) or "no parameter"
        raise TypeError(f"yield model '{model_key}' takes {takes}")
    arguments = (x,) if parameter is None else (x, parameter)
    shape = _shape(arguments)
    single = _is_single(*arguments, out)
    result = _result(out, shape, which, single)
    build = _single_map_kernel if single else _map_kernel
    kernel = build(model_key, which, _use_threads(parallel, result.size))
    own = None if parameter is None else _flat(parameter, shape, single)
    kernel(_flat(x, shape, single), own, result.reshape(-1))
    return result


def _needs(outputs: Sequence[str], yield_key: str, placement_key: str | None, given: Mapping[str, Any]) -> set[str]:
    """Return the inputs beside the die's size that the outputs depend on and that have no neutral value."""
    steps = stages.plan(yield_key, placement_key or next(iter(PLACEMENTS)))
    used = [step for step in steps if not ("gross_dies" in given and step.output == "gross_dies")]
    return stages.needed(used, outputs) - stages.SIZES - OPTIONAL - {"gross_dies"}


def _counts_dies(outputs: Sequence[str], yield_key: str) -> bool:
    """Tell whether any of the outputs depends on how many dies a wafer holds."""
    place, *rest = stages.plan(yield_key, next(iter(PLACEMENTS)))
    return place.output in stages.needed(rest, outputs)


def _check(yield_key: str, placement_key: str | None, inputs: Mapping[str, Any], outputs: Sequence[str]) -> None:
    wrong = [key for key in outputs if key not in OUTPUTS]
    if wrong or not outputs:
        raise KeyError(f"outputs {wrong or '(none)'}; known: {', '.join(OUTPUTS)}")
    known = {*INPUTS, "alpha", "critical_layers"} - {"parameter"}
    wrong = [key for key in inputs if key not in known]
    if wrong:
        raise KeyError(f"inputs {wrong}; known: {', '.join(sorted(known))}")
    if ("die_width_mm" in inputs) is not ("die_height_mm" in inputs):
        raise KeyError("die_width_mm and die_height_mm come together, or neither and the die is square")
    sized = "die_area_mm2" in inputs or "die_width_mm" in inputs
    missing = _needs(outputs, yield_key, placement_key, inputs) - set(inputs)
    if not sized and not ("gross_dies" in inputs and set(outputs) <= {"gross_dies", "die_cost_usd"}):
        missing.add("die_area_mm2")
    if missing:
        raise KeyError(f"inputs {sorted(missing)} are needed for {', '.join(outputs)}")
    uncounted = "gross_dies" not in inputs and (placement_key is None or PLACEMENTS[placement_key].exact)
    if uncounted and _counts_dies(outputs, yield_key):
        raise KeyError(f"placement '{placement_key}' has no closed form: give gross_dies")


def evaluate_arrays(
    yield_key: str,
    placement_key: str | None,
    inputs: Mapping[str, ArrayLike],
    outputs: Sequence[str],
    out: Mapping[str, RealArray] | None = None,
    parallel: bool | None = None,
    dtype: DTypeLike = np.float64,
) -> dict[str, Any]:
    """Run all stages over arrays in one loop, point by point, after broadcasting.

    Args:
        yield_key: key of `YIELD_MODELS`.
        placement_key: key of `PLACEMENTS` with a closed form; not used where `gross_dies` is among the inputs.
        inputs: numbers or arrays by vocabulary key. Width and height of the die may be absent: then it is square
            with `die_area_mm2`; an absent area is width x height. Critical area fraction, systematic yield and
            line yield are 1 where absent. A parameter that the yield model does not take is not looked at.
        outputs: vocabulary keys of the wanted results; what only others need is not computed.
        out: arrays of `dtype` and of the broadcast shape to fill, by output key; those missing are made.
        parallel: True or False to choose; None uses several threads where there are points enough.
        dtype: float64 or float32, the type of the results and of all that leads to them. Inputs of another type are
            converted; TypeError for any other.

    Returns:
        The outputs, arrays of `dtype` and of the broadcast shape; nan where a point is outside the domain.

    """
    kind = np.dtype(dtype)
    if kind not in (np.float64, np.float32):
        raise TypeError(f"dtype {kind}: give float64 or float32")
    single = kind == np.float32
    _check(yield_key, placement_key, inputs, outputs)
    given = dict(inputs)
    for key in YIELD_MODELS[yield_key].parameters:
        if key in given:
            given["parameter"] = given[key]
    used = [given[key] for key in INPUTS if key in given]
    shape = _shape(used)
    into = {} if out is None else out
    results = {key: _result(into.get(key), shape, key, single) for key in outputs}
    count = int(np.prod(shape))
    threads = _use_threads(parallel, count)
    build = _single_evaluate_kernel if single else _evaluate_kernel
    kernel = build(yield_key, None if "gross_dies" in given else placement_key, threads)
    kernel(
        count,
        SHARES_PER_THREAD * numba.get_num_threads() if threads else 1,
        *(_flat(given[key], shape, single) if key in given else None for key in INPUTS),
        *(results[key].reshape(-1) if key in results else None for key in OUTPUTS),
    )
    return results
