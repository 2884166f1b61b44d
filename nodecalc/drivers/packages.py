"""Bad dies that pass a test, and what stacks of dies cost."""

from __future__ import annotations

from nodecalc.doors import a_flag
from nodecalc.errors import InputError
from nodecalc.question import choices
from nodecalc.question.units import number
from nodecalc_kernels.package.sorting import detected_faults, escapes
from nodecalc_kernels.package.stack import stack_cost as untested
from nodecalc_kernels.package.stack import tested_stack_cost
from nodecalc_kernels.registry import YIELD_MODELS


def defect_level(
    mean_faults: float,
    *,
    fault_coverage: float,
    model: str = "murphy",
    alpha: float | None = None,
    critical_layers: float | None = None,
) -> float:
    """Return the share of bad dies among those that pass a test, 1 - Y(x) / Y(T x).

    Args:
        mean_faults: x, mean faults of a die, die area x D0, dimensionless.
        fault_coverage: T, share of faults that the test detects, 0 to 1. It is not the share of bad dies that are
            found.
        model: a yield model of ``nodecalc models``.
        alpha, critical_layers: the model's own parameter.

    Returns:
        The share, 0..1. It is 1 - Y^(1-T) for ``poisson`` alone; where faults cluster it is less.

    Raises:
        NodecalcError: a value outside its range, an unknown model, a parameter that the model does not take.

    >>> round(defect_level(0.5, fault_coverage=0.95, model="poisson"), 5)
    0.02469
    >>> round(defect_level(0.5, fault_coverage=0.95, model="negative-binomial", alpha=2), 5)
    0.0199

    """
    key = choices.yield_model(model)
    own = {"alpha": alpha, "critical_layers": critical_layers}
    choices.check_parameters(key, [name for name, value in own.items() if value is not None])
    row = YIELD_MODELS[key]
    parameters = [number(choices.own_parameter(key, name, own[name]), name) for name in row.parameters]
    x, coverage = number(mean_faults, "mean_faults"), number(fault_coverage, "fault_coverage")
    good, passing = (row.log_yield(faults, *parameters) for faults in (x, detected_faults(x, coverage)))
    return escapes(good, passing)


def stack_cost(
    *,
    base_usd: float,
    core_usd: float,
    bond_usd: float,
    bond_yield: float,
    high: int,
    test_between: bool = False,
    core_quality: float = 1.0,
) -> float:
    """Return what a good stack of dies costs, such as HBM: a base die and `high` cores bonded on it, USD.

    Args:
        base_usd, core_usd: one base die and one core die, USD.
        bond_usd: one bond, its test included, USD.
        bond_yield: share of bonds that hold.
        high: cores, and bonds.
        test_between: whether each bond is tested, so that no more cores are put on a bad stack; else all is lost at
            the end.
        core_quality: share of good ones among the cores that are used, 1 less `defect_level`.

    Raises:
        NodecalcError: a value outside its range.

    >>> given = {"base_usd": 40, "core_usd": 15, "bond_usd": 2, "bond_yield": 0.99, "high": 16}
    >>> round(stack_cost(**given)), round(stack_cost(**given, test_between=True))
    (366, 344)

    """
    base, core, bond = (number(usd, key) for usd, key in ((base_usd, BASE), (core_usd, CORE), (bond_usd, BOND)))
    held, quality = number(bond_yield, "bond_yield"), number(core_quality, "core_quality")
    count = number(high, "stack_high")
    if count != int(count):
        raise InputError(f"high {high}: allowed: a whole number of cores")
    tested = a_flag("test_between", test_between)
    return (tested_stack_cost if tested else untested)(base, core, bond, held, quality, count)


BASE, CORE, BOND = "base_usd", "core_usd", "bond_usd"
