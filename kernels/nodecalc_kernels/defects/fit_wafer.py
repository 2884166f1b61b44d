r"""Counts of one wafer that draws its density from the gamma distribution of mean 1: ln L and its bend.

.. math:: L_w = E_L\left[\prod_i p_i(L)^{G_i} (1 - p_i(L))^{N_i - G_i}\right], \qquad p_i(L) = Y_s e^{-A_i D_0 L}
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, expm1, inf, log, pi, sqrt
from typing import Final, NamedTuple

from .binomial import stirling_rest

ROUNDS: Final = 200
LOWEST, HIGHEST = -600.0, 30.0
"""Of ln L of a wafer."""
PEAK_FOUND: Final = 1e-3
NARROW: Final = 0.8
"""Step of a sum over a peak, in standard deviations: its error is then far below a likelihood's last digits."""
WIDEST: Final = 0.4
"""The largest step: to the right of a flat peak the density still ends as sharply as exp(-L) does."""
MOST_NODES: Final = 10_000
NO_MORE: Final = 1e-13


class Count(NamedTuple):
    """Good dies of one area: of all wafers, or of one."""

    area_cm2: float
    dies: int
    good: int
    wafer: object = None
    """Whatever tells wafers apart."""


def of_wafer(rows: Sequence[Count], d0: float, alpha: float, share: float) -> float:
    """Return ln of the probability of one wafer's counts, its density drawn from a gamma distribution of mean 1.

    Args:
        rows: the counts of the wafer.
        d0: mean density over all wafers, 1/cm2.
        alpha: shape, > 0 and finite.
        share: systematic yield.

    """
    faults = _faults(rows, d0)
    top, step, nodes = _nodes(faults, alpha, share)
    total = 0.0
    for _, term in nodes:
        total += term
    return top + log(step * total) + 0.5 * log(alpha / (2.0 * pi)) - stirling_rest(alpha)


def bend_of_wafer(rows: Sequence[Count], d0: float, alpha: float, share: float) -> tuple[float, float, float]:
    """Return the second derivatives of ln of the probability of one wafer's counts: in ln D0, in both, in the share.

    Args:
        rows: the counts of the wafer.
        d0: mean density over all wafers, 1/cm2.
        alpha: shape, > 0; inf where wafers do not differ.
        share: systematic yield.

    """
    faults = _faults(rows, d0)
    nodes = [(0.0, 1.0)] if alpha == inf else _nodes(faults, alpha, share)[2]
    total = slope_d = slope_s = dd = ds = ss = 0.0
    for t, weight in nodes:
        e = exp(t)
        u = v = uu = uv = vv = 0.0
        for x, good, bad in faults:
            y = x * e
            kept = exp(-y)
            lost = (1.0 - share) - share * expm1(-y)
            u -= good * y
            uu -= good * y
            v += good / share
            vv -= good / share**2
            if bad and lost > 0.0:
                odds = share * kept / lost
                u += bad * odds * y
                uu += bad * odds * y * (1.0 - y * (1.0 + odds))
                v -= bad * kept / lost
                vv -= bad * (kept / lost) ** 2
                uv += bad * kept * y / lost**2
        total += weight
        slope_d += weight * u
        slope_s += weight * v
        dd += weight * (uu + u * u)
        ds += weight * (uv + u * v)
        ss += weight * (vv + v * v)
    slope_d, slope_s = slope_d / total, slope_s / total
    return dd / total - slope_d**2, ds / total - slope_d * slope_s, ss / total - slope_s**2


def _faults(rows: Sequence[Count], d0: float) -> list[tuple[float, float, float]]:
    """Return mean faults, good dies and bad ones of each row."""
    return [(c.area_cm2 * d0, float(c.good), float(c.dies - c.good)) for c in rows]


def _nodes(
    faults: Sequence[tuple[float, float, float]], alpha: float, share: float
) -> tuple[float, float, list[tuple[float, float]]]:
    """Return ln of the largest term of the sum over t = ln L, its step, and its nodes, each with its term over that."""
    log_share = log(share)

    def at(t: float) -> tuple[float, float, float]:
        """Of t = ln L: ln of the density's weight times the counts' probability, its slope and its bend."""
        e = exp(t)
        total, slope, bend = alpha * (t - e + 1.0), alpha * (1.0 - e), -alpha * e
        for x, good, bad in faults:
            y = x * e
            total += good * (log_share - y)
            slope -= good * y
            bend -= good * y
            if bad:
                lost = (1.0 - share) - share * expm1(-y)
                odds = share * exp(-y) / lost if lost > 0.0 else inf
                total += bad * (log(lost) if lost > 0.0 else -inf)
                slope += bad * odds * y
                bend += bad * odds * y * (1.0 - y * (1.0 + odds))
        return total, slope, bend

    def value(t: float) -> float:
        e = exp(t)
        total = alpha * (t - e + 1.0)
        for x, good, bad in faults:
            y = x * e
            total += good * (log_share - y)
            if bad:
                lost = (1.0 - share) - share * expm1(-y)
                total += bad * (log(lost) if lost > 0.0 else -inf)
        return total

    low, high = LOWEST, HIGHEST
    # Where the wafer's own yields, were they small, would put its density.
    t = log((alpha + sum(b for _, _, b in faults)) / (alpha + sum(x * (g + 0.5 * b) for x, g, b in faults)))
    for _ in range(ROUNDS):
        _, slope, bend = at(t)
        low, high = (t, high) if slope > 0.0 else (low, t)
        step = -slope / bend if bend < 0.0 else inf
        to = t + step
        to = to if low < to < high else 0.5 * (low + high)
        near = abs(to - t) < PEAK_FOUND
        t = to
        if near:
            break
    top, _, bend = at(t)
    step = min(NARROW / sqrt(-bend), WIDEST) if bend < 0.0 else WIDEST
    nodes, total = [(t, 1.0)], 1.0
    for way in (-step, step):
        for k in range(1, MOST_NODES):
            term = exp(min(value(t + k * way) - top, 0.0))
            nodes.append((t + k * way, term))
            total += term
            if term < NO_MORE * total:
                break
    return top, step, nodes
