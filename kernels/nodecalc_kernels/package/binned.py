"""Dies of several bins in packages: which cost each carries, and how many units of each there are."""

from __future__ import annotations

from math import nan

from nodecalc_kernels.numbers.vecmath import least


def joint_cost(cost_usd: float, price_usd: float, mean_price_usd: float) -> float:
    """Return what one of several joint products carries by its price, C p / mean(p), USD: all leave one margin.

    Args:
        cost_usd: C, what one costs where all carry the same, USD, >= 0.
        price_usd: p, of this one, USD, >= 0.
        mean_price_usd: mean(p) over all that are sold, USD, > 0.

    >>> joint_cost(100.0, 300.0, 200.0)
    150.0

    """
    inside = least(cost_usd, price_usd) >= 0.0 and mean_price_usd > 0.0
    return cost_usd * price_usd / mean_price_usd if inside else nan


def share_of_sold(share: float, sold: float) -> float:
    """Return the share of a bin among what is sold, p / P, of shares of all dies: 0..1, p at most P, P above 0.

    >>> share_of_sold(0.2, 0.5)
    0.4

    """
    inside = 0.0 <= share <= sold and 0.0 < sold <= 1.0
    return share / sold if inside else nan
