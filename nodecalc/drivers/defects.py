"""Die yield from defects, for numbers and for arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from nodecalc.errors import InputError
from nodecalc.question import choices
from nodecalc.question.columns import column, is_single, single
from nodecalc.question.units import number
from nodecalc_kernels.registry import YIELD_MODELS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.floating[Any]]

Which = Literal["yield", "log_yield", "loss", "inverse"]


@overload
def die_yield(
    mean_faults: float,
    model: str = ...,
    *,
    alpha: float | None = ...,
    critical_layers: float | None = ...,
    out: None = ...,
) -> float: ...
@overload
def die_yield(
    mean_faults: ArrayLike,
    model: str = ...,
    *,
    alpha: ArrayLike | None = ...,
    critical_layers: ArrayLike | None = ...,
    out: Array | None = ...,
) -> Array: ...
def die_yield(
    mean_faults: ArrayLike,
    model: str = "murphy",
    *,
    alpha: ArrayLike | None = None,
    critical_layers: ArrayLike | None = None,
    out: Array | None = None,
) -> float | Array:
    """Return the share of dies without a fatal defect, Y(x).

    Args:
        mean_faults: x = A D0, mean fatal defects on a die (area times defect density, dimensionless), 0 or more; for
            ``bose-einstein`` of one critical layer.
        model: a yield model of ``nodecalc models``.
        alpha: clustering, for ``negative-binomial`` only; 2 where not given, inf is Poisson.
        critical_layers: n, for ``bose-einstein`` only, which needs it.
        out: array to write into, for arrays, of the type of the result.

    Returns:
        A float for numbers, an array of the broadcast shape for arrays. As in numpy, arrays of float32 give float32,
        worked out in it, at half the time; any other array among them (also `out`) makes it float64.

    Raises:
        NodecalcError: an unknown model, a parameter that is not the model's, a number outside its range. Points of an
            array outside the range give nan.

    >>> round(die_yield(0.5), 4), round(die_yield(0.5, model="negative-binomial", alpha=3), 4)
    (0.6193, 0.6297)

    """
    return _apply("yield", mean_faults, model, alpha, critical_layers, out)


def log_yield(
    mean_faults: ArrayLike,
    model: str = "murphy",
    *,
    alpha: ArrayLike | None = None,
    critical_layers: ArrayLike | None = None,
    out: Array | None = None,
) -> float | Array:
    """Return ln Y(x), which keeps its accuracy where the yield itself is too small for a float; see `die_yield`."""
    return _apply("log_yield", mean_faults, model, alpha, critical_layers, out)


def yield_loss(
    mean_faults: ArrayLike,
    model: str = "murphy",
    *,
    alpha: ArrayLike | None = None,
    critical_layers: ArrayLike | None = None,
    out: Array | None = None,
) -> float | Array:
    """Return 1 - Y(x) without cancellation where the yield is close to 1; see `die_yield`."""
    return _apply("loss", mean_faults, model, alpha, critical_layers, out)


def mean_faults(
    die_yield: ArrayLike,
    model: str = "murphy",
    *,
    alpha: ArrayLike | None = None,
    critical_layers: ArrayLike | None = None,
    out: Array | None = None,
) -> float | Array:
    """Return the mean faults x per die that give that yield, the inverse of `die_yield`; over the area it is the D0.

    >>> round(mean_faults(0.85) / 0.5, 4)  # half a cm2; Leachman, Berkeley IEOR 130, has 0.3296
    0.3296

    """
    return _apply("inverse", die_yield, model, alpha, critical_layers, out)


def _apply(
    which: Which,
    x: Any,
    model: str,
    alpha: ArrayLike | None,
    critical_layers: ArrayLike | None,
    out: Array | None,
) -> float | Array:
    row = YIELD_MODELS[choices.yield_model(model)]
    given = {"alpha": alpha, "critical_layers": critical_layers}
    choices.check_parameters(row.key, [key for key, value in given.items() if value is not None])
    parameters = [choices.own_parameter(row.key, key, given[key]) for key in row.parameters]
    if out is None and all(is_single(v) for v in (x, *parameters)):
        numbers = [number(p, key) for p, key in zip(parameters, row.parameters, strict=True)]
        return _scalar(which, x, row.key, numbers)
    from nodecalc_kernels.compiled import yield_array

    # A single number beside an array does not make it wider, which an array without dimensions would.
    single = isinstance(x, int | float) and not isinstance(x, bool)
    points = x if single else column(x, "die_yield" if which == "inverse" else "mean_faults", "float32")
    own = [_own(p, key) for p, key in zip(parameters, row.parameters, strict=True)]
    try:
        result: Array = yield_array(row.key, which, points, own[0] if own else None, out=out)
    except (TypeError, ValueError) as error:
        raise InputError(f"arrays that do not fit together: {error}") from None
    return result


def _own(value: Any, key: str) -> Any:
    """The model's parameter beside an array; numpy's own float64 stays one, which makes float32 arrays wider."""
    if not isinstance(value, str | int | float):
        return column(value, key, "float32")
    checked = number(value, key)
    return checked if isinstance(value, str) else value


def _scalar(which: Which, x: Any, model: str, parameters: list[float]) -> float:
    what, allowed = ("die_yield", "0 to 1") if which == "inverse" else ("mean_faults", "0 or more")
    x = single(x, what, allowed)
    if not (0.0 <= x <= 1.0 if which == "inverse" else x >= 0.0):
        raise InputError(f"{what} {x:g}: outside {allowed}")
    row = YIELD_MODELS[model]
    formula = row.yield_ if which == "yield" else getattr(row, which)
    return float(formula(x, *parameters))
