"""Where a function of one number is zero: a bracket with a sign change, narrowed by Brent's method.

The search asks for one value after the other and never calls anything, so that whoever drives it may work out one
search at a time or many at once.
"""

from __future__ import annotations

from collections.abc import Callable
from math import copysign, inf, isfinite, isnan
from typing import Final

EPSILON: Final = 2.0**-53
MOST: Final = 400
"""Values after which a search has long ended: halving a bracket of doubles takes far fewer."""


class Search:
    """One root between two points at which a function has opposite signs.

    Ask the function at `at`, `tell` what it is there, until `done`. What is left is the bracket `low` to `high`: its
    ends have opposite signs, or one of them is the root itself. Values may be infinite, as of a cost where no die is
    good; next to those the bracket is halved.

    Brent, Algorithms for Minimization without Derivatives, 1973, chapter 4.
    """

    __slots__ = ("_a", "_before", "_c", "_fa", "_fb", "_fc", "_step", "_tolerance", "at", "done")

    def __init__(self, low: float, below: float, high: float, above: float, tolerance: float = 0.0) -> None:
        """Take the ends and the values there.

        Args:
            low, high: the ends, of which `low` is the smaller.
            below, above: the function there, of opposite signs or 0; not nan.
            tolerance: width of the bracket that is good enough; 0 for as narrow as doubles allow.

        Raises:
            ValueError: values that have one sign, so that no root is proven.

        """
        if not (below <= 0.0 <= above or above <= 0.0 <= below):
            raise ValueError(f"no sign change between {low} ({below}) and {high} ({above})")
        self._tolerance = tolerance
        self._a, self._fa, self.at, self._fb = low, below, high, above
        self._c, self._fc = low, below
        self._step = self._before = high - low
        self.done = False
        self._choose()

    @property
    def root(self) -> float:
        """The end of the bracket at which the function is nearest to 0."""
        return self.at if self.done else self._a

    @property
    def low(self) -> float:
        """The lower end of the bracket, once it is done."""
        return min(self.at, self._c)

    @property
    def high(self) -> float:
        """The upper end of the bracket, once it is done."""
        return max(self.at, self._c)

    def tell(self, value: float) -> None:
        """Take the value of the function at `at`; nan counts as of the sign that the other end has."""
        self._fb = copysign(inf, self._fc) if isnan(value) else value
        if (self._fb > 0.0) == (self._fc > 0.0):
            self._c, self._fc = self._a, self._fa
            self._step = self._before = self.at - self._a
        self._choose()

    def _choose(self) -> None:
        """Choose where the function is asked next, or end."""
        if abs(self._fc) < abs(self._fb):
            self._a, self._fa = self.at, self._fb
            self.at, self._fb = self._c, self._fc
            self._c, self._fc = self._a, self._fa
        least = 2.0 * EPSILON * abs(self.at) + 0.5 * self._tolerance
        half = 0.5 * (self._c - self.at)
        if abs(half) <= least or self._fb == 0.0:
            self.done = True
            return
        self._step, self._before = self._stride(least, half)
        self._a, self._fa = self.at, self._fb
        self.at += self._step if abs(self._step) > least else copysign(least, half)

    def _stride(self, least: float, half: float) -> tuple[float, float]:
        """Return the next step and the one before it: interpolated where that is safe, else to the middle."""
        known = isfinite(self._fa) and isfinite(self._fb) and isfinite(self._fc)
        if not known or abs(self._before) < least or abs(self._fa) <= abs(self._fb):
            return half, half
        s = self._fb / self._fa
        if self._a == self._c:
            p, q = 2.0 * half * s, 1.0 - s
        else:
            q, r = self._fa / self._fc, self._fb / self._fc
            p = s * (2.0 * half * q * (q - r) - (self.at - self._a) * (r - 1.0))
            q = (q - 1.0) * (r - 1.0) * (s - 1.0)
        p, q = (p, -q) if p > 0.0 else (-p, q)
        if 2.0 * p < min(3.0 * half * q - abs(least * q), abs(self._before * q)):
            return p / q, self._step
        return half, half


def find_root(
    function: Callable[[float], float],
    low: float,
    high: float,
    below: float | None = None,
    above: float | None = None,
    tolerance: float = 0.0,
) -> Search:
    """Return the ended search for a root of `function` between `low` and `high`.

    Args:
        function: of one number; may be infinite, and nan as `Search.tell` says.
        low, high: the ends, at which it has opposite signs.
        below, above: what it is there, where that is known.
        tolerance: width of the bracket that is good enough; 0 for as narrow as doubles allow.

    Raises:
        ValueError: no sign change.

    >>> find_root(lambda x: x * x - 2.0, 0.0, 2.0).root
    1.4142135623730951

    """
    first = function(low) if below is None else below
    last = function(high) if above is None else above
    search = Search(low, first, high, last, tolerance)
    for _ in range(MOST):
        if search.done:
            break
        search.tell(function(search.at))
    return search
