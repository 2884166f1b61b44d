"""Harvest: the yield of dies that sell with some cores bad, for numbers and arrays, and the D0 behind a yield."""

from __future__ import annotations

from operator import index
from typing import TYPE_CHECKING, Any, overload

from nodecalc.doors import brief
from nodecalc.errors import InputError, MissingFigureError
from nodecalc.question import choices
from nodecalc.question.columns import column, is_single, single
from nodecalc.question.salvage import mixed_model
from nodecalc.question.units import number
from nodecalc.vocabulary import QUANTITIES
from nodecalc.vocabulary.spelling import keyed
from nodecalc_kernels.defects.faults import MM2_PER_CM2
from nodecalc_kernels.defects.harvest import LARGEST_TOTAL, harvest, implied_faults
from nodecalc_kernels.registry import YIELD_MODELS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

FAULTS = "0 or more"


@overload
def harvest_yield(
    need: int,
    total: int,
    core_faults: float,
    rest_faults: float = ...,
    model: str = ...,
    *,
    alpha: float | None = ...,
) -> float: ...
@overload
def harvest_yield(
    need: int,
    total: int,
    core_faults: ArrayLike,
    rest_faults: ArrayLike = ...,
    model: str = ...,
    *,
    alpha: ArrayLike | None = ...,
) -> Array: ...
def harvest_yield(
    need: int,
    total: int,
    core_faults: ArrayLike,
    rest_faults: ArrayLike = 0.0,
    model: str = "murphy",
    *,
    alpha: ArrayLike | None = None,
) -> float | Array:
    """Return the share of dies on which enough of the equal cores and all of the rest are good.

    Defects cluster on the die as a whole: its cores are good or bad together more often than by chance, so that the
    yield of one core in a binomial formula would be wrong.

    Args:
        need: cores that must be good, 0 to `total`.
        total: equal cores on the die, 1 to 1,000,000.
        core_faults: mean fatal defects on one core (its area times D0, dimensionless), 0 or more.
        rest_faults: the same of what must be good beside the cores, 0 or more.
        model: a yield model with a mixing variable: ``poisson``, ``murphy``, ``rectangular``, ``exponential``,
            ``negative-binomial``. ``moore`` and ``bose-einstein`` have none for the whole die and are refused.
        alpha: clustering, for ``negative-binomial`` only; 2 where not given, inf is Poisson.

    Returns:
        A float for numbers, a float64 array of the broadcast shape for arrays, each different point worked out once.
        With all cores needed it is ``die_yield(total * core_faults + rest_faults)``, with none
        ``die_yield(rest_faults)``. A systematic yield multiplies it once, not for each core.

    Raises:
        NodecalcError: a model without harvest, a parameter that is not the model's, a number outside its range. Points
            of an array outside the range give nan.

    >>> round(harvest_yield(132, 144, core_faults=0.004, rest_faults=0.1, model="negative-binomial", alpha=2), 4)
    0.907

    """
    need, total = _cores(need, total)
    key = mixed_model(model, "harvest")
    choices.check_parameters(key, [] if alpha is None else ["alpha"])
    parameters: list[Any] = [QUANTITIES[name].default for name in YIELD_MODELS[key].parameters]
    if parameters and alpha is not None:
        parameters = [alpha]
    named = {"core_faults": core_faults, "rest_faults": rest_faults}
    if all(is_single(value) for value in (*named.values(), *parameters)):
        numbers = [single(value, name, FAULTS) for name, value in named.items()]
        for name, value in zip(named, numbers, strict=True):
            if not value >= 0.0:
                raise InputError(f"{name} {value:g}: outside {FAULTS}")
        core, rest = numbers
        return harvest(need, total, core, rest, key, *(number(value, "alpha") for value in parameters))
    from nodecalc_kernels.compiled.harvest import harvest_array

    core_column, rest_column = (column(value, name) for name, value in named.items())
    own = [number(p, "alpha") if is_single(p) or isinstance(p, str) else column(p, "alpha") for p in parameters]
    try:
        return harvest_array(need, total, core_column, rest_column, key, *own)
    except ValueError as error:
        raise InputError(f"arrays that do not fit together: {error}") from None


TAKEN = ("die_area_mm2", "yield_model", "alpha", "critical_layers", "systematic_yield")
"""Inputs by which a yield is turned into a D0, in the vocabulary's words."""


def implied_d0(
    die_yield: float,
    area_mm2: float | str | None = None,
    model: str | None = None,
    *,
    need: int | None = None,
    total: int | None = None,
    core_fraction: float | None = None,
    **inputs: Any,
) -> float:
    """Return the D0, fatal defects per cm2, at which a die has a reported yield; `need` and `total` for one that sells
    with some cores bad.

    Args:
        die_yield: share of dies that are good, or sold, more than 0 and less than `systematic_yield`.
        area_mm2: area of the die that defects can kill, mm2; also ``die_area_mm2=``.
        model: a yield model of ``nodecalc models``, ``murphy`` where not given; also ``yield_model=``. The D0 belongs
            to the model: the same yield is another D0 by another.
        need: cores that must be good for the die to count, 0 to `total`; all of the die where not given.
        total: equal cores on the die.
        core_fraction: share of the die's area that the cores cover, more than 0 to 1.
        inputs: ``alpha`` (``negative-binomial``, 2 where not given), ``critical_layers`` (``bose-einstein``, which
            needs it) and ``systematic_yield`` (1 where not given; the yield is divided by it first), each under its
            key or as the command line spells it.

    Returns:
        D0, 1/cm2, of the whole process; of one critical layer for ``bose-einstein``.

    Raises:
        NodecalcError: a number outside its range, a parameter that is not the model's, a model without harvest.

    >>> round(implied_d0(0.4, area_mm2=665.6), 4)
    0.1501
    >>> round(implied_d0(0.4, area_mm2=665.6, need=20, total=25, core_fraction=0.6), 4)  # salvaged dies are counted
    0.3734

    """
    beside = {key: value for key, value in keyed(inputs, TAKEN, "input of a D0").items() if value is not None}
    area = _once("area_mm2", area_mm2, beside.pop("die_area_mm2", None))
    if area is None:
        raise MissingFigureError("the D0 of a yield needs the die's area: give area_mm2, such as 665.6")
    named = _once("model", model, beside.pop("yield_model", None))
    chosen = choices.yield_model(QUANTITIES["yield_model"].default if named is None else named)
    choices.check_parameters(chosen, beside)
    parameters = [
        number(choices.own_parameter(chosen, key, beside.get(key)), key) for key in YIELD_MODELS[chosen].parameters
    ]
    area_cm2 = number(area, "die_area_mm2") / MM2_PER_CM2
    share = _random(die_yield, number(beside.get("systematic_yield", 1.0), "systematic_yield"))
    if need is None and total is None:
        if core_fraction is not None:
            raise InputError(
                f"core_fraction {brief(core_fraction)} without need and total: give both, such as 20 and 25"
            )
        return float(YIELD_MODELS[chosen].inverse(share, *parameters)) / area_cm2
    if need is None or total is None:
        raise InputError("need and total belong together: give both, such as need=20, total=25")
    if core_fraction is None:
        raise MissingFigureError(
            "need and total are of cores that cover a part of the die: give core_fraction, such as 0.6"
        )
    fraction = single(core_fraction, "core_fraction", "more than 0 to 1")
    if not 0.0 < fraction <= 1.0:
        raise InputError(f"core_fraction {fraction:g}: outside more than 0 to 1")
    need, total = _cores(need, total)
    if need == 0 and fraction == 1.0:
        raise InputError("need 0 with core_fraction 1: such a die never fails, at any D0; give a need of 1 or more")
    return implied_faults(share, need, total, fraction, mixed_model(chosen, "need and total"), *parameters) / area_cm2


def _once(name: str, given: Any, other: Any) -> Any:
    """What is given by its name here or by the vocabulary's."""
    if given is not None and other is not None:
        raise InputError(f"{name} {brief(given)}: given twice, also as {brief(other)}; give it once")
    return other if given is None else given


def _random(die_yield: Any, systematic: float) -> float:
    """The yield that random defects leave, of a die's whole yield."""
    share = number(die_yield, "die_yield")
    if share <= 0.0 or share >= systematic:
        limit = "1" if systematic == 1.0 else f"the systematic yield, {systematic:g}"
        raise InputError(f"die_yield {share:g}: no D0 gives it; allowed: more than 0, less than {limit}")
    return share / systematic


def _cores(need: Any, total: Any) -> tuple[int, int]:
    whole: list[int] = []
    for name, given, lowest in (("total", total, 1), ("need", need, 0)):
        highest = whole[0] if whole else LARGEST_TOTAL
        allowed = f"whole numbers {lowest} to {highest}"
        try:
            value = index(given)
        except TypeError:
            value = -1
        if isinstance(given, bool) or not lowest <= value <= highest:
            raise InputError(f"{name} {brief(given)}: allowed: {allowed}")
        whole.append(value)
    return whole[1], whole[0]
