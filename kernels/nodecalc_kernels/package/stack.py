"""Stacks of dies, such as HBM: bonds that fail, with and without a test after each."""

from __future__ import annotations

from math import inf, nan

from nodecalc_kernels.numbers.vecmath import expm1, least, log1p


def stack_yield(bond_yield: float, core_quality: float, high: float) -> float:
    """Return the share of stacks whose bonds and cores are all good, (q Y_b)^n."""
    inside = 0.0 <= bond_yield <= 1.0 and 0.0 <= core_quality <= 1.0 and high >= 0.0
    return (bond_yield * core_quality) ** high if inside else nan


def stack_cost(
    base_usd: float, core_usd: float, bond_usd: float, bond_yield: float, core_quality: float, high: float
) -> float:
    r"""Return what a good stack costs that is tested when it is finished: all of a bad one is lost.

    .. math:: C = \frac{B + n (c + b)}{(q Y_b)^n}

    Args:
        base_usd: B, the base die, USD, >= 0.
        core_usd: c, one core die, USD, >= 0.
        bond_usd: b, one bond, USD, >= 0.
        bond_yield: Y_b, share of bonds that hold, in (0, 1].
        core_quality: q, share of good ones among the cores that are used, in (0, 1].
        high: n, cores on the base die, and bonds, >= 0.

    >>> round(stack_cost(40.0, 15.0, 2.0, 0.99, 1.0, 16.0), 1)
    366.4

    """
    inside = least(least(base_usd, core_usd), bond_usd) >= 0.0
    good = stack_yield(bond_yield, core_quality, high)
    return ((base_usd + high * (core_usd + bond_usd)) / good if good > 0.0 else inf) if inside and good >= 0.0 else nan


def tested_stack_cost(
    base_usd: float, core_usd: float, bond_usd: float, bond_yield: float, core_quality: float, high: float
) -> float:
    r"""Return what a good stack costs that is tested after each bond: later cores are not put on a bad one.

    .. math:: C_k = \frac{C_{k-1} + c + b}{p},\quad C_0 = B,\; p = q Y_b;\qquad
        C_n = \frac{B}{p^n} + (c + b) \frac{p^{-n} - 1}{1 - p}

    Arguments as for `stack_cost`. Tests are free here: their cost belongs to `bond_usd`.

    >>> round(tested_stack_cost(40.0, 15.0, 2.0, 0.99, 1.0, 16.0), 1)
    343.6

    """
    inside = least(least(base_usd, core_usd), bond_usd) >= 0.0
    good = stack_yield(bond_yield, core_quality, high)
    loss = 1.0 - bond_yield * core_quality
    each = core_usd + bond_usd
    if not (inside and good >= 0.0):
        return nan
    if good <= 0.0:
        return inf
    # 1 - p^n over 1 - p, which tends to n where every bond holds.
    terms = -expm1(high * log1p(-loss)) / loss if loss > 0.0 else high
    return (base_usd + each * terms) / good
