"""Salvage by itself, without a node or a wafer: memories that spares repair, and the bins that dies sell in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import fsum
from operator import index
from typing import TYPE_CHECKING, Any, overload

from nodecalc.doors import brief
from nodecalc.errors import InputError
from nodecalc.question import choices
from nodecalc.question.columns import column, is_single, single
from nodecalc.question.salvage import UNITS, bins_given, check_units, mixed_model
from nodecalc.question.units import number
from nodecalc.vocabulary import QUANTITIES
from nodecalc_kernels.defects.bins import bins as bins_of
from nodecalc_kernels.defects.repair import MOST_SPARES, repair
from nodecalc_kernels.defects.salvage import Bin, write_bins
from nodecalc_kernels.registry import YIELD_MODELS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

FAULTS = "0 or more"


@overload
def repair_yield(
    fixed_faults: float, repairable_faults: float, spares: int, model: str = ..., *, alpha: float | None = ...
) -> float: ...
@overload
def repair_yield(
    fixed_faults: ArrayLike,
    repairable_faults: ArrayLike,
    spares: int,
    model: str = ...,
    *,
    alpha: ArrayLike | None = ...,
) -> Array: ...
def repair_yield(
    fixed_faults: ArrayLike,
    repairable_faults: ArrayLike,
    spares: int,
    model: str = "murphy",
    *,
    alpha: ArrayLike | None = None,
) -> float | Array:
    """Return the share of dies that are good once spares stand in for what is bad, such as rows of a memory.

    Both kinds of faults cluster on the same dies, so that this is no product of two yields.

    Args:
        fixed_faults: mean fatal defects where nothing can be repaired (area times D0, dimensionless), 0 or more.
        repairable_faults: the same where each defect takes one spare, 0 or more.
        spares: spares of the die, 0 to 1,000,000.
        model: a yield model with a mixing variable: ``poisson``, ``murphy``, ``rectangular``, ``exponential``,
            ``negative-binomial``; ``moore`` and ``bose-einstein`` are refused.
        alpha: clustering, for ``negative-binomial`` only; 2 where not given, inf is Poisson.

    Returns:
        A float for numbers, a float64 array of the broadcast shape for arrays, each different point worked out once.
        Without spares it is ``die_yield(fixed_faults + repairable_faults)``.

    Raises:
        NodecalcError: a model without a mixing variable, a parameter that is not the model's, a number outside its
            range. Points of an array outside the range give nan.

    >>> round(repair_yield(fixed_faults=0.3, repairable_faults=0.8, spares=2, model="negative-binomial"), 6)
    0.714223

    """
    count = _whole("spares", spares, MOST_SPARES)
    key, parameters = _model(model, alpha, "repair")
    named = {"fixed_faults": fixed_faults, "repairable_faults": repairable_faults}
    if all(is_single(value) for value in (*named.values(), *parameters)):
        fixed, mended = (_faults(value, name) for name, value in named.items())
        return repair(fixed, mended, count, key, *(number(value, "alpha") for value in parameters))
    from nodecalc_kernels.numpy_whole import np

    columns = [column(value, name) for name, value in named.items()]
    columns += [np.asarray(number(p, "alpha")) if is_single(p) else column(p, "alpha") for p in parameters]
    try:
        arrays = np.broadcast_arrays(*columns)
    except ValueError as error:
        raise InputError(f"arrays that do not fit together: {error}") from None
    points, where = np.unique(np.stack([a.ravel() for a in arrays], axis=1), axis=0, return_inverse=True)
    found = np.array([repair(row[0], row[1], count, key, *row[2:]) for row in points.tolist()], np.float64)
    result: Array = found[where.reshape(-1)].reshape(arrays[0].shape)
    return result


class Bins(Mapping[str, float]):
    """The share of dies that each bin sells, by its name; the highest first. With `scrap` they sum to 1."""

    __slots__ = ("_shares", "revenue_per_die", "scrap")

    scrap: float
    """Share of the dies that fit no bin."""
    revenue_per_die: float | None
    """What a die earns on the average, scrap counted, USD; None where the bins have no prices."""

    def __init__(self, bins: Sequence[Bin], shares: Sequence[float]) -> None:
        """Take the bins, and their probabilities with that of scrap at the end."""
        *sold, self.scrap = shares
        self._shares = dict(zip((row.name for row in bins), sold, strict=True))
        usd = [row.usd for row in bins if row.usd is not None]
        earned = fsum(price * share for price, share in zip(usd, sold, strict=False))
        self.revenue_per_die = earned if len(usd) == len(bins) else None

    def __getitem__(self, name: str) -> float:
        return self._shares[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._shares)

    def __len__(self) -> int:
        return len(self._shares)

    def __repr__(self) -> str:
        shares = ", ".join(f"{name}={share:.4g}" for name, share in self.items())
        return f"Bins({shares}, scrap={self.scrap:.4g})"


def bins(
    total: int,
    core_faults: float,
    rest_faults: float = 0.0,
    *,
    bins: Mapping[str, Any] | str,
    model: str = "murphy",
    alpha: float | None = None,
) -> Bins:
    """Return which share of dies sells in which bin, each in the one that asks for the most units that it has.

    Args:
        total: equal units on the die, 1 to 1,000,000.
        core_faults: mean fatal defects on one unit (its area times D0, dimensionless), 0 or more.
        rest_faults: the same of what must be good beside the units, 0 or more.
        bins: name -> units that must be good, or (units, USD a die); or as the command line writes them,
            ``"full=144:40000,cut=132:30000"``.
        model: as for `harvest_yield`.
        alpha: clustering, for ``negative-binomial`` only; 2 where not given.

    Returns:
        `Bins`: name -> probability, ``scrap``, ``revenue_per_die`` in USD.

    Raises:
        NodecalcError: a model without harvest, bins that ask for the same, a bin that is dearer than a higher one.

    >>> found = bins(144, 0.0043526, 0.51282, bins={"full": (144, 40000), "cut": (132, 30000)})
    >>> {name: round(share, 4) for name, share in found.items()}, round(found.scrap, 4)
    ({'full': 0.3561, 'cut': 0.2559}, 0.388)

    """
    key, parameters = _model(model, alpha, "bins")
    rows = bins_given(bins)
    units = number(total, UNITS)
    check_units({UNITS: units}, write_bins(rows))
    core, rest = _faults(core_faults, "core_faults"), _faults(rest_faults, "rest_faults")
    own = (number(value, "alpha") for value in parameters)
    return Bins(rows, bins_of([row.need for row in rows], int(units), core, rest, key, *own))


def _model(model: str, alpha: Any, asked: str) -> tuple[str, list[Any]]:
    """Return the key of a model with a mixing variable, and its own parameters."""
    key = mixed_model(model, asked)
    choices.check_parameters(key, [] if alpha is None else ["alpha"])
    parameters: list[Any] = [QUANTITIES[name].default for name in YIELD_MODELS[key].parameters]
    return key, [alpha] if parameters and alpha is not None else parameters


def _faults(value: Any, name: str) -> float:
    found = single(value, name, FAULTS)
    if not found >= 0.0:
        raise InputError(f"{name} {found:g}: outside {FAULTS}")
    return found


def _whole(name: str, given: Any, most: int) -> int:
    try:
        value = index(given)
    except TypeError:
        value = -1
    if isinstance(given, bool) or not 0 <= value <= most:
        raise InputError(f"{name} {brief(given)}: allowed: whole numbers 0 to {most}")
    return value
