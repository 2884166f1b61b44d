"""From what a wafer costs to its price: the age of the fab, a margin, and what is left."""

from __future__ import annotations

from math import nan
from typing import Final

__all__ = ["implied_fab_factor", "implied_margin", "repatterned_price", "vintage_factor"]

FIRST_YEAR: Final = 1.2645
"""Consumed capital of a fab's first year over the mean of its years; see `vintage_factor`."""

A_YEAR_LATER: Final = 0.7471
"""Consumed capital over that of the year before."""


def vintage_factor(age_years: float, capital_share: float) -> float:
    r"""Return what a wafer costs in a fab of some age over the cost in a new one, spread evenly.

    .. math:: v = (1 - \delta) + \delta\,w,\quad w = 1.2645 \cdot 0.7471^{a}

    Args:
        age_years: a, years since the node's start, >= 0.
        capital_share: delta, share of capital in what a wafer costs in a new fab, 0..1.

    Returns:
        v: above 1 in the first year, where most capital is consumed, and never below 1 - delta; nan outside the domain.

    Reference:
        Declining balance behind the table of consumed capital by node of S. M. Khan and A. Mann, AI Chips, CSET 2020.

    >>> [round(vintage_factor(age, 0.55), 3) for age in (3.6, 2.75, 1.5, 0.0)]  # N16, N10, N7, N5 in 2020
    [0.693, 0.762, 0.899, 1.145]

    """
    inside = age_years >= 0.0 and 0.0 <= capital_share <= 1.0
    weight = FIRST_YEAR * A_YEAR_LATER ** (age_years if age_years >= 0.0 else 0.0)
    return (1.0 - capital_share) + capital_share * weight if inside else nan


def implied_fab_factor(price_usd: float, cost_usd: float, vintage: float, gross_margin: float) -> float:
    r"""Return what of a price cost, age and margin leave unexplained, k = P (1 - g) / (C v).

    Args:
        price_usd: P, > 0. cost_usd: C, in a new fab, > 0. Both USD a wafer.
        vintage: v, > 0.
        gross_margin: g, below 1.

    >>> round(implied_fab_factor(13550.0, 5188.0, 1.0, 0.20), 2)
    2.09

    """
    inside = price_usd > 0.0 and cost_usd > 0.0 and vintage > 0.0 and gross_margin < 1.0
    return price_usd * (1.0 - gross_margin) / (cost_usd * vintage) if inside else nan


def implied_margin(price_usd: float, cost_usd: float, vintage: float) -> float:
    """Return the gross margin that a price leaves at a cost, 1 - C v / P; arguments as for `implied_fab_factor`.

    >>> round(implied_margin(16988.0, 6134.0, 1.145), 2)
    0.59

    """
    inside = price_usd > 0.0 and cost_usd >= 0.0 and vintage >= 0.0
    return 1.0 - cost_usd * vintage / price_usd if inside else nan


def repatterned_price(price_usd: float, wafer_cost_usd: float, patterning_usd: float, other_usd: float) -> float:
    """Return the price of a wafer whose layers are patterned otherwise, P (C - p + p') / C, USD.

    What its layers cost more is taken to cost the buyer more in proportion.

    Args:
        price_usd: P, of the wafer as it is, USD, >= 0.
        wafer_cost_usd: C, what it costs as it is, USD, > 0.
        patterning_usd: p, what of that is patterning, USD, 0 to C.
        other_usd: p', the patterning instead, USD, >= 0.

    >>> repatterned_price(10000.0, 5000.0, 2000.0, 2500.0)
    11000.0

    """
    inside = price_usd >= 0.0 and 0.0 <= patterning_usd <= wafer_cost_usd and wafer_cost_usd > 0.0 and other_usd >= 0.0
    return price_usd * ((wafer_cost_usd - patterning_usd + other_usd) / wafer_cost_usd) if inside else nan
