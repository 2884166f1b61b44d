"""Arrays in, arrays out: stages over points that broadcast against each other, in written loops on some threads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from nodecalc_kernels.arrays.once import once_array
from nodecalc_kernels.numpy_whole import np, npt
from nodecalc_kernels.products import multiplied_out
from nodecalc_kernels.registry import YIELD_MODELS, YieldModel
from nodecalc_kernels.stages import Stage, behind, needed
from nodecalc_kernels.tasks import Task, task_of

from .operands import BLOCK
from .threads import SHARE, in_shares, thread_count, use_threads
from .write import written, written_single

RealArray = npt.NDArray[np.float64] | npt.NDArray[np.float32]

KINDS: Final = ("yield", "log_yield", "loss", "inverse")
"""The four functions of a yield model."""


def broadcast_shape(arguments: Sequence[npt.ArrayLike]) -> tuple[int, ...]:
    """Return the shape that the arguments broadcast to; ValueError where they do not."""
    return np.broadcast_shapes(*(np.shape(argument) for argument in arguments))


def flat(argument: npt.ArrayLike, shape: tuple[int, ...], kind: Any = np.float64) -> Any:
    """Return a number, or a contiguous array of all points; only what is smaller or of another type is copied."""
    if kind == np.float32:
        # What single precision cannot hold becomes 0 or inf in it, as every result there may.
        with np.errstate(over="ignore", under="ignore"):
            array: Any = np.asarray(argument, dtype=np.float32)
    else:
        array = np.asarray(argument, dtype=np.float64)
    if array.size == 1:
        return array.reshape(())[()] if kind == np.float32 else float(array.reshape(()))
    if array.shape != shape:
        array = np.broadcast_to(array, shape)
    return np.ascontiguousarray(array).reshape(-1)


def result_array(out: Any, shape: tuple[int, ...], name: str, kind: Any = np.float64) -> Any:
    """Return the array to fill: `out`, checked, or a new one."""
    if out is None:
        return np.empty(shape, kind)
    if not isinstance(out, np.ndarray) or out.dtype != kind:
        raise TypeError(f"out for '{name}' must be a {np.dtype(kind)} array")
    if out.shape != shape:
        raise ValueError(f"out for '{name}' has shape {out.shape}; the inputs broadcast to {shape}")
    if not (out.flags.c_contiguous and out.flags.writeable):
        raise ValueError(f"out for '{name}' must be contiguous and writable")
    return out


def run_points(
    stages: Sequence[Stage],
    inputs: Mapping[str, npt.ArrayLike],
    outputs: Sequence[str],
    *,
    constants: Mapping[str, float] | None = None,
    out: Mapping[str, RealArray] | None = None,
    dtype: npt.DTypeLike = np.float64,
    parallel: bool | None = None,
) -> dict[str, Any]:
    """Run `stages` over arrays point by point, after broadcasting.

    Args:
        stages: the graph; what is worked out once for each different input (`Stage.once`) is, and in float64.
        inputs: numbers or arrays by key; a key that a stage would give is taken as it is given.
        outputs: keys of the wanted results; what only others need is not computed.
        constants: keys whose numbers are compiled into the loop: few different ones, such as defaults.
        out: arrays of `dtype` and of the broadcast shape to fill, by output key; those missing are made. They may be
            inputs as well.
        dtype: float64 or float32, the type of the results and of all that leads to them. Inputs of another type are
            converted; TypeError for any other.
        parallel: True or False to choose; None uses several threads where there are points enough.

    Returns:
        The outputs, arrays of `dtype` and of the broadcast shape; nan where a point is outside the domain.

    Raises:
        KeyError: a key that is needed and not given.

    """
    kind = np.dtype(dtype)
    if kind not in (np.float64, np.float32):
        raise TypeError(f"dtype {kind}: give float64 or float32")
    fixed = constants or {}
    wanted = [key for key in outputs if key not in inputs]
    used = needed(stages, wanted, {*inputs, *fixed})
    concerned = {key: inputs[key] for key in inputs if key in used or key in outputs}
    shape = broadcast_shape(tuple(concerned.values()))
    into = {} if out is None else out
    results = {key: result_array(into.get(key), shape, key, kind) for key in outputs}
    given = {key: flat(value, shape, kind) for key, value in concerned.items()}
    for step in [s for s in behind(stages, wanted, {*given, *fixed}) if s.once]:
        found = _once(stages, step, inputs, fixed, parallel)
        given |= {key: flat(value, shape, kind) for key, value in found.items()}
    targets = {key: array.reshape(-1) for key, array in results.items()}
    given = {key: _apart(value, targets.values()) for key, value in given.items()}
    if outputs and results[outputs[0]].size:
        _fill(stages, given, fixed, targets, parallel)
    return results


# By the identity of the graph, which is kept with it: to hash one takes as long as a hundred thousand points.
_found: Final[dict[tuple[int, tuple[str, ...], tuple[str, ...], bool], tuple[Any, dict[str, float], Task, Any]]] = {}

MOST_FOUND: Final = 64


def _loop_of(
    stages: Sequence[Stage],
    given: tuple[str, ...],
    outputs: tuple[str, ...],
    constants: Mapping[str, float],
    single: bool,
) -> tuple[Task, Any]:
    """Return the task of a loop over points and the loop."""
    key = (id(stages), given, outputs, single)
    known = _found.get(key)
    if known is not None and known[0] is stages and known[1] == constants:
        return known[2], known[3]
    task = point_task(tuple(stages), given, outputs, tuple(constants.items()))
    loop = written_single(task) if single else written(task)
    if type(stages) is tuple:  # one that can change is not what it was
        if len(_found) >= MOST_FOUND:
            _found.clear()
        _found[key] = stages, dict(constants), task, loop
    return task, loop


@lru_cache(maxsize=256)
def point_task(
    stages: tuple[Stage, ...],
    given: tuple[str, ...],
    outputs: tuple[str, ...],
    constants: tuple[tuple[str, float], ...],
) -> Task:
    """Return what a loop over points is written for: products are worked out in as few steps as they can."""
    fixed = dict(constants)
    return task_of(multiplied_out(stages, outputs, {*given, *fixed}), given, outputs, fixed)


def _fill(
    stages: Sequence[Stage],
    given: Mapping[str, Any],
    constants: Mapping[str, float],
    out: Mapping[str, Any],
    parallel: bool | None,
) -> None:
    """Fill the flat arrays `out` from flat operands."""
    first = next(iter(out.values()))
    task, loop = _loop_of(stages, tuple(given), tuple(out), constants, first.dtype.itemsize == 4)
    operands = [given[key] for key in task.inputs]
    count = first.size
    if operands and not any(isinstance(operand, np.ndarray) for operand in operands):
        # A loop in which nothing varies is all taken out of itself: minutes of compiling for some formulas.
        operands[0] = np.full(count, operands[0], first.dtype)
    if not use_threads(parallel, count):
        loop(count, tuple(operands), tuple(out.values()))
        return
    threads = thread_count()

    def work(begin: int, end: int) -> None:
        begin = min(begin, max(end - BLOCK, 0))  # no loop for few points: some are worked out twice, to the same bits
        cut = [o[begin:end] if isinstance(o, np.ndarray) else o for o in operands]
        loop(end - begin, tuple(cut), tuple(array[begin:end] for array in out.values()))

    in_shares(work, count, min(SHARE, -(-count // (4 * threads))), threads)


def _once(
    stages: Sequence[Stage],
    step: Stage,
    inputs: Mapping[str, npt.ArrayLike],
    constants: Mapping[str, float],
    parallel: bool | None,
) -> dict[str, Any]:
    """Return what a stage gives that is worked out once for each different input."""
    before = run_points(stages, inputs, step.inputs, constants=constants, parallel=parallel)
    return once_array(step, [before[key] for key in step.inputs], parallel=parallel)


def _apart(operand: Any, targets: Any) -> Any:
    """Return an operand that no array to fill overlaps: results in between would otherwise be read as inputs."""
    if isinstance(operand, np.ndarray) and any(np.may_share_memory(operand, target) for target in targets):
        return operand.copy()
    return operand


def is_single(*arguments: Any) -> bool:
    """Tell whether numpy would compute with these in float32: a plain number takes the type of the arrays."""
    typed = [argument for argument in arguments if argument is not None and type(argument) not in (int, float)]
    return bool(typed) and all(getattr(argument, "dtype", None) == np.float32 for argument in typed)


def formula_of(model: YieldModel, which: str) -> Callable[..., float]:
    """Return one of a yield model's four functions, by its name in `KINDS`."""
    return dict(zip(KINDS, (model.yield_, model.log_yield, model.loss, model.inverse), strict=True))[which]


def yield_array(
    model_key: str,
    which: str,
    x: npt.ArrayLike,
    parameter: npt.ArrayLike | None = None,
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
    inputs: dict[str, Any] = {"x": x} | ({} if parameter is None else {model.parameters[0]: parameter})
    kind = np.float32 if is_single(x, *(() if parameter is None else (parameter,)), out) else np.float64
    given = ("x", *model.parameters)
    steps = [Stage((which,), formula_of(model, which), given, halves=model.halves if which == "yield" else None)]
    into = {} if out is None else {which: out}
    return run_points(steps, inputs, (which,), out=into, dtype=kind, parallel=parallel)[which]
