"""Dies on a carrier: what a good package costs where bad bonds, bad carriers or bad dies take good parts with them."""

from __future__ import annotations

from math import inf, nan

from nodecalc_kernels.numbers.vecmath import least


def power(share: float, count: float) -> float:
    """Return a share to the power of a count, such as the yield of so many bonds: both >= 0, the share at most 1."""
    return share**count if 0.0 <= share <= 1.0 and count >= 0.0 else nan


def product(a: float, b: float) -> float:
    """Return the product of two shares, such as the yields of two steps."""
    return a * b if 0.0 <= a <= 1.0 and 0.0 <= b <= 1.0 else nan


def with_more(sum_usd: float, count: float, each_usd: float) -> float:
    """Return a sum and `count` parts more of `each_usd`, USD."""
    return sum_usd + count * each_usd if least(least(sum_usd, count), each_usd) >= 0.0 else nan


def times(count: float, each_usd: float) -> float:
    """Return what `count` parts cost, USD; both >= 0."""
    return count * each_usd if least(count, each_usd) >= 0.0 else nan


def lost(unit_usd: float, materials_usd: float) -> float:
    """Return what a good unit pays for those that fail, C_u - C, USD."""
    return unit_usd - materials_usd if 0.0 <= materials_usd <= unit_usd else nan


def per_good(cost_usd: float, good_share: float) -> float:
    """Return what a good one costs where a share of all is good, C / Y, USD; inf where none is."""
    inside = cost_usd >= 0.0 and 0.0 <= good_share <= 1.0
    return (cost_usd / good_share if good_share > 0.0 else inf) if inside else nan


def share_out(cost_usd: float, count: float) -> float:
    """Return what one of `count` equal parts of a whole costs, such as a carrier of its wafer, USD; inf for none."""
    inside = least(cost_usd, count) >= 0.0
    return (cost_usd / count if count > 0.0 else inf) if inside else nan


def chip_last(dies_usd: float, carrier_usd: float, carrier_yield: float, bond_yield: float, bonds: float) -> float:
    r"""Return what a good package costs whose carrier is made and tested before dies are put on it.

    .. math:: C = \frac{\sum_i c_i + R / Y_R}{Y_b^n}

    Args:
        dies_usd: all dies of a package, USD, >= 0.
        carrier_usd: R, the carrier (interposer, redistribution layers), good or bad, USD, >= 0.
        carrier_yield: Y_R, in (0, 1]; bad carriers are lost alone.
        bond_yield: Y_b, of one die, in (0, 1]; all is lost with a bad bond.
        bonds: n, dies that are bonded, >= 0.

    >>> round(chip_last(120.0, 80.0, 0.9, 0.99, 2.0), 2)
    213.13

    """
    return per_good(with_more(per_good(carrier_usd, carrier_yield), 1.0, dies_usd), power(bond_yield, bonds))


def chip_first(dies_usd: float, carrier_usd: float, carrier_yield: float, bond_yield: float, bonds: float) -> float:
    r"""Return what a good package costs whose carrier is made on the dies, which are lost with a bad one.

    .. math:: C = \frac{\sum_i c_i + R}{Y_R\, Y_b^n}

    Arguments as for `chip_last`.

    >>> round(chip_first(120.0, 80.0, 0.9, 0.99, 2.0), 2)
    226.73

    """
    return per_good(with_more(carrier_usd, 1.0, dies_usd), product(carrier_yield, power(bond_yield, bonds)))
