"""Sale: price, margin, and what is left of both where a share of the price goes to others."""

from __future__ import annotations

from math import nan


def price_at_margin(cost_usd: float, gross_margin: float) -> float:
    """Return the price of which a share g is not cost, C / (1 - g), USD.

    Args:
        cost_usd: C, one unit, USD, >= 0.
        gross_margin: g, share of the price, 0 to less than 1.

    >>> price_at_margin(3000.0, 0.75)
    12000.0

    """
    inside = cost_usd >= 0.0 and 0.0 <= gross_margin < 1.0
    return cost_usd / (1.0 - gross_margin) if inside else nan


def margin_at_price(cost_usd: float, unit_price_usd: float) -> float:
    """Return the share of a price that is not cost, 1 - C / P; below 0 where the price does not cover it.

    Args:
        cost_usd: C, one unit, USD, >= 0.
        unit_price_usd: P, USD, > 0.

    >>> margin_at_price(3000.0, 12000.0)
    0.75

    """
    inside = cost_usd >= 0.0 and unit_price_usd > 0.0
    return 1.0 - cost_usd / unit_price_usd if inside else nan


def margin_after_levy(cost_usd: float, unit_price_usd: float, price_share_paid: float) -> float:
    """Return the same where a share l of the price is paid to others, 1 - l - C / P, of the whole price.

    Args:
        cost_usd: C, one unit, USD, >= 0.
        unit_price_usd: P, USD, > 0.
        price_share_paid: l, 0..1.

    >>> margin_after_levy(3000.0, 12000.0, 0.25)
    0.5

    """
    inside = cost_usd >= 0.0 and unit_price_usd > 0.0 and 0.0 <= price_share_paid <= 1.0
    return 1.0 - price_share_paid - cost_usd / unit_price_usd if inside else nan
