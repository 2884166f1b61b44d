"""Distributions kept as their quantiles at equidistant shares: products of independent ones, and pools of several."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import exp, log
from typing import Final, Protocol

from .joint import Pieces, pieces_of

CELLS: Final = 256
"""Equal parts of the probability between two of the quantiles kept."""

SAMPLES: Final = 64
"""Parts of equal probability in which each of two distributions enters their product."""


class Quantiles(Protocol):
    """Whatever has quantiles."""

    def quantile(self, u: float) -> float:
        """Return the value that a share u of the mass lies below."""


class Law(Protocol):
    """A distribution of a positive quantity."""

    @property
    def median(self) -> float:
        """The value that half of the mass lies below."""

    def quantile(self, u: float) -> float:
        """Return the value that a share u of the mass lies below."""

    def cdf(self, x: float) -> float:
        """Return the share of the mass at or below x."""

    def pieces(self) -> Pieces:
        """Return the distribution function over ln x, in pieces."""

    def gaps(self) -> tuple[float, ...]:
        """Return the shares at which the quantile jumps."""

    def __hash__(self) -> int:
        """Return what tells it from others."""


class Tabled:
    """A distribution by its quantiles at CELLS + 1 equidistant shares, ends included; linear between in ln x."""

    __slots__ = ("_logs",)

    def __init__(self, quantiles: Sequence[float]) -> None:
        """Keep `quantiles`, rising, all above 0."""
        self._logs = tuple(map(log, quantiles))

    @property
    def median(self) -> float:
        """The value that half of the mass lies below."""
        return self.quantile(0.5)

    def quantile(self, u: float) -> float:
        """Return the value that a share `u`, 0..1, of the mass lies below."""
        place = u * (len(self._logs) - 1)
        below = min(int(place), len(self._logs) - 2)
        low, high = self._logs[below], self._logs[below + 1]
        return exp(low + (place - below) * (high - low))

    def cdf(self, x: float) -> float:
        """Return the share of the mass at or below `x`."""
        logs = self._logs
        if x <= 0.0 or (at := log(x)) < logs[0]:
            return 0.0
        if at >= logs[-1]:
            return 1.0
        above = bisect_right(logs, at)
        low, high = logs[above - 1], logs[above]
        return (above - 1 + (at - low) / (high - low)) / (len(logs) - 1)

    def gaps(self) -> tuple[float, ...]:
        """Return the shares at which the quantile jumps, none."""
        return ()

    def pieces(self) -> Pieces:
        """Return the distribution function over ln x, straight between the quantiles kept."""
        logs, count = self._logs, len(self._logs) - 1
        rows = [
            (low, i / count, 1.0 / count / (high - low), 0.0)
            for i, (low, high) in enumerate(pairwise(logs))
            if low < high
        ]
        return pieces_of(rows, logs[-1])

    def __reduce__(self) -> tuple[type[Tabled], tuple[list[float]]]:
        """Pickle by the quantiles."""
        return Tabled, ([exp(x) for x in self._logs],)


class Scaled:
    """A distribution whose every value is multiplied by one factor."""

    __slots__ = ("factor", "law")

    def __init__(self, law: Law, factor: float) -> None:
        """Multiply the values of `law` by `factor`, above 0."""
        self.law, self.factor = law, factor

    @property
    def median(self) -> float:
        """The value that half of the mass lies below."""
        return self.law.median * self.factor

    def quantile(self, u: float) -> float:
        """Return the value that a share `u`, 0..1, of the mass lies below."""
        return self.law.quantile(u) * self.factor

    def cdf(self, x: float) -> float:
        """Return the share of the mass at or below `x`."""
        return self.law.cdf(x / self.factor)

    def gaps(self) -> tuple[float, ...]:
        """Return the shares at which the quantile jumps."""
        return self.law.gaps()

    def pieces(self) -> Pieces:
        """Return the distribution function over ln x, in pieces."""
        return self.law.pieces().over(-log(self.factor))


class Sampled:
    """A distribution by samples of equal weight, as the bands of answers read them."""

    __slots__ = ("_ordered",)

    def __init__(self, ordered: Sequence[float]) -> None:
        """Keep `ordered`, rising."""
        self._ordered = tuple(ordered)

    @property
    def median(self) -> float:
        """The value that half of the mass lies below."""
        return quantile_of(self._ordered, 0.5)

    def quantile(self, u: float) -> float:
        """Return the value that a share `u`, 0..1, of the mass lies below."""
        return quantile_of(self._ordered, u)

    def cdf(self, x: float) -> float:
        """Return the share of the mass at or below `x`."""
        return bisect_right(self._ordered, x) / len(self._ordered)

    def gaps(self) -> tuple[float, ...]:
        """Return the shares at which the quantile jumps, none."""
        return ()

    def pieces(self) -> Pieces:
        """Return the distribution function over ln x, straight between CELLS + 1 of its quantiles."""
        return tabled(self).pieces()

    def __reduce__(self) -> tuple[type[Sampled], tuple[tuple[float, ...]]]:
        """Pickle by the samples."""
        return Sampled, (self._ordered,)


def tabled(law: Quantiles) -> Tabled:
    """Return any law of a positive number by its quantiles, as a table."""
    return Tabled([law.quantile(i / CELLS) for i in range(CELLS + 1)])


def midpoints(law: Law, count: int = SAMPLES) -> list[float]:
    """Return the medians of `count` parts of equal probability, rising."""
    return [law.quantile((i + 0.5) / count) for i in range(count)]


def quantile_of(ordered: Sequence[float], share: float) -> float:
    """Return the value below which `share` of the `ordered` samples lie, linear between their steps' midpoints."""
    position = min(max(share * len(ordered) - 0.5, 0.0), len(ordered) - 1.0)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (position - below) * (ordered[above] - ordered[below])


def product(first: Law, second: Law) -> Tabled:
    """Return the distribution of the product of two independent quantities, as a table.

    Each enters as the medians of SAMPLES parts of equal probability; P10, P50 and P90 are then within 0.2 % of their
    limit for the mixtures that nodes' evidence gives, which a test holds.
    """
    theirs = midpoints(second)
    ordered = sorted(a * b for a in midpoints(first) for b in theirs)
    inner = [quantile_of(ordered, i / CELLS) for i in range(1, CELLS)]
    low, high = first.quantile(0.0) * second.quantile(0.0), first.quantile(1.0) * second.quantile(1.0)
    return Tabled([min(low, inner[0]), *inner, max(high, inner[-1])])


def pooled(laws: Iterable[tuple[float, Law]]) -> Tabled:
    """Return the mixture of distributions with their weights, as a table."""
    several = [(weight, law) for weight, law in laws if weight > 0.0]
    total = sum(weight for weight, _ in several)
    samples = sorted((x, weight / total / CELLS) for weight, law in several for x in midpoints(law, CELLS))
    values, reached, sum_ = [x for x, _ in samples], [], 0.0
    for _, weight in samples:
        reached.append(sum_ + 0.5 * weight)
        sum_ += weight
    inner = [_between(values, reached, i / CELLS) for i in range(1, CELLS)]
    return Tabled([min(law.quantile(0.0) for _, law in several), *inner, max(law.quantile(1.0) for _, law in several)])


def _between(values: Sequence[float], reached: Sequence[float], share: float) -> float:
    place = bisect_left(reached, share)
    if place == 0 or place == len(reached):
        return values[min(place, len(values) - 1)]
    low, high = reached[place - 1], reached[place]
    part = (share - low) / (high - low)
    return values[place - 1] + part * (values[place] - values[place - 1])
