"""Mixtures of two-piece triangular laws on ln x: what several pieces of evidence say of one positive number."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Sequence
from math import exp, inf, log, sqrt
from typing import Final, NamedTuple

from .joint import Pieces, pieces_of

SAME: Final = 2e-15
"""Of a share: sums of weights that differ by less are the same share."""

NARROW: Final = 1e-4
"""Width of a span in ln x below which its middle stands for it: by parts, the square of the width is a divisor."""

FAR: Final = 1e6
"""Beyond the ln of every double."""

SETTLED: Final = 1e-9
"""Of ln x: how well the root of a product's quantile is found."""

SAME_SHARE: Final = 1e-9
"""Of a product's share."""


MOST_RISE: Final = 700.0
"""Logarithm of a factor that is a number still."""


class Span(NamedTuple):
    """What lies between two neighbouring breakpoints, where the distribution function is quadratic in ln x."""

    begin: float
    """ln x at the lower breakpoint."""
    width: float
    below: float
    """F at the lower breakpoint."""
    mass: float
    lean: float
    """Density at the lower end over the sum of both ends'; 1/2 where there is no mass."""


class Mixture:
    """A mixture of two-piece triangular laws on ln x, with exact quantiles.

    Between the sorted lows, values and highs of its pieces the distribution function is a quadratic in ln x, so that
    a quantile is one search among them and one quadratic. Sums over the pieces are made where they are asked for.

    Args:
        pieces: (weight, low, value, high) of each piece; weights >= 0, of any sum above 0; 0 < low <= value <= high.
            A piece whose low, value and high are one number is that number: a step.

    Raises:
        ValueError: no piece with a weight, or a piece outside the domain.

    >>> m = Mixture([(1.0, 0.15, 0.2, 0.3), (0.5, 0.4, 0.4, 0.4)])
    >>> round(m.cdf(0.2), 6), m.quantile(0.9), m.quantile(1 / 3)
    (0.333333, 0.4, 0.2)

    """

    __slots__ = ("_at", "_laws", "_seen", "_spans", "_steps", "_tables", "_x")

    def __init__(self, pieces: Iterable[tuple[float, float, float, float]]) -> None:
        """Take the pieces; nothing is summed yet."""
        given = [piece for piece in pieces if piece[0] != 0.0]
        total = sum(piece[0] for piece in given)
        if not (given and 0.0 < total < inf):
            raise ValueError("a mixture needs a piece with a weight")
        ln = {}
        laws = []
        steps: dict[float, float] = {}
        for weight, least, value, most in given:
            if not (weight > 0.0 and 0.0 < least <= value <= most < inf):
                raise ValueError(f"no piece of a mixture: weight {weight:g}, {least:g}, {value:g}, {most:g}")
            share = weight / total
            for x in (least, value, most):
                if x not in ln:
                    ln[x] = log(x)
            # Neighbouring floats may have one logarithm: no width is left between them.
            low = value if ln[least] == ln[value] else least
            high = value if ln[most] == ln[value] else most
            if low == value:
                steps[value] = steps.get(value, 0.0) + 0.5 * share
            if value == high:
                steps[value] = steps.get(value, 0.0) + 0.5 * share
            laws.append((share, ln[low], ln[value], ln[high]))
        self._laws = laws
        self._x = sorted(ln)
        self._at = [ln[x] for x in self._x]
        self._steps = [steps.get(x, 0.0) for x in self._x]
        self._seen: list[float | None] = [None] * len(self._x)
        self._spans: dict[int, Span] = {}
        self._tables: dict[int, tuple[float, ...]] = {}

    @property
    def low(self) -> float:
        """The lowest low."""
        return self._x[0]

    @property
    def high(self) -> float:
        """The highest high."""
        return self._x[-1]

    @property
    def median(self) -> float:
        """The quantile of 1/2; in a gap between pieces that holds no mass, the geometric mean of the gap's ends."""
        return self.quantile(0.5)

    def cdf(self, x: float) -> float:
        """Return the share at or below x."""
        if not x >= self._x[0]:
            return 0.0
        if x >= self._x[-1]:
            return 1.0
        i = bisect_right(self._x, x) - 1
        if x == self._x[i]:
            return self._below(i)
        return _value(self._span(i), log(x / self._x[i]))

    def quantile(self, u: float) -> float:
        """Return the x below which a share `u`, 0..1, lies; in a gap at exactly u the geometric mean of its ends.

        A share outside 0..1 is taken as the nearer end.
        """
        last = len(self._x) - 1
        if u >= 1.0 or last == 0:
            return self._x[-1]
        if not u > 0.0:
            return self._x[0]
        low, high = 0, last
        while low < high:  # the first breakpoint at or above u
            middle = (low + high) // 2
            if self._below(middle) >= u - SAME:
                high = middle
            else:
                low = middle + 1
        x, below = self._x[low], self._below(low)
        if below - u <= SAME:
            if low < last and self._span(low).mass <= SAME:
                return sqrt(x) * sqrt(self._x[low + 1])
            return x
        if low == 0 or u >= below - self._steps[low]:
            return x
        span = self._span(low - 1)
        # 2 lean r + (1 - 2 lean) r^2 = share of the span's mass, r from 0 to 1
        share = (u - span.below) / span.mass
        lean = span.lean
        r = share / (lean + sqrt(max(0.0, lean * lean + (1.0 - 2.0 * lean) * share)))
        rise, first = r * span.width, self._x[low - 1]
        # From the least of numbers to an everyday one the factor alone is beyond them.
        return min(first * exp(rise) if rise < MOST_RISE else exp(log(first) + rise), x)

    def table(self, count: int = 257) -> tuple[float, ...]:
        """Return the quantiles at `count` equidistant shares, 0 and 1 included; worked out once."""
        if count not in self._tables:
            self._tables[count] = tuple(self.quantile(i / (count - 1)) for i in range(count))
        return self._tables[count]

    def spans(self) -> list[Span]:
        """Return what lies between all neighbouring breakpoints, in their order."""
        return [self._span(i) for i in range(len(self._x) - 1)]

    def gaps(self) -> tuple[float, ...]:
        """Return the shares at which the quantile jumps over numbers that hold no mass."""
        spans = self.spans()
        return tuple(s.below for s in spans if s.mass <= SAME < s.width and SAME < s.below < 1.0 - SAME)

    def pieces(self) -> Pieces:
        """Return the distribution function over ln x, a quadratic between breakpoints."""
        rows = []
        for span in self.spans():
            if span.width > 0.0:
                linear = 2.0 * span.lean * span.mass / span.width
                rows.append((span.begin, span.below, linear, (1.0 - 2.0 * span.lean) * span.mass / span.width**2))
        return pieces_of(rows, self._at[-1])

    def steps(self) -> list[tuple[float, float]]:
        """Return (ln x, share) of the numbers that are exact."""
        return [(at, step) for at, step in zip(self._at, self._steps, strict=True) if step > 0.0]

    def _below(self, i: int) -> float:
        """F at a breakpoint, its step included."""
        found = self._seen[i]
        if found is None:
            at = self._at[i]
            found = 0.0
            for share, low, value, high in self._laws:
                if at >= high:
                    found += share
                elif at >= value:
                    r = (high - at) / (high - value)
                    found += share - 0.5 * share * r * r
                elif at > low:
                    r = (at - low) / (value - low)
                    found += 0.5 * share * r * r
            self._seen[i] = found
        return found

    def _span(self, i: int) -> Span:
        span = self._spans.get(i)
        if span is None:
            begin, end = self._at[i], self._at[i + 1]
            first = last = 0.0
            for share, low, value, high in self._laws:
                if low <= begin and end <= value:
                    slope = share / (value - low) / (value - low)
                    first += (begin - low) * slope
                    last += (end - low) * slope
                elif value <= begin and end <= high:
                    slope = share / (high - value) / (high - value)
                    first += (high - begin) * slope
                    last += (high - end) * slope
            both = first + last
            below = self._below(i)
            mass = max(0.0, self._below(i + 1) - self._steps[i + 1] - below) if both > 0.0 else 0.0
            span = Span(begin, end - begin, below, mass, first / both if both > 0.0 else 0.5)
            self._spans[i] = span
        return span


def _value(span: Span, t: float) -> float:
    """F at t above a span's beginning."""
    r = t / span.width if span.width > 0.0 else 0.0
    return span.below + span.mass * r * (2.0 * span.lean + (1.0 - 2.0 * span.lean) * r)


def product_quantiles(first: Mixture, second: Mixture, shares: Sequence[float]) -> list[float]:
    r"""Return quantiles of the product of two independent numbers, each a mixture.

    The distribution function of the product is one integral over the first,

    .. math:: G(\ln z) = \int F_2(\ln z - y)\, dF_1(y),

    In each span the density of the first is a straight line f, so that by parts the integral is exact there,

    .. math:: \int f F_2 = \left[-f J_1 - f' J_2\right], \qquad J_1(x) = \int F_2, \quad J_2 = \int J_1,

    both taken at ln z - y; steps count as they are. What is left is the root, found to 1e-9 of its share or of the
    quantile, and spans narrower than 1e-4 of their number, which count as a point in their middle.

    Args:
        first: a mixture.
        second: a mixture, independent of it.
        shares: which quantiles; outside 0..1 the nearer end.

    Returns:
        The quantiles, in the order of `shares`.

    >>> one = Mixture([(1.0, 2.0, 2.0, 2.0)])
    >>> [round(x, 7) for x in product_quantiles(one, Mixture([(1.0, 1.0, 2.0, 3.0)]), (0.0, 0.5, 1.0))]
    [2.0, 4.0, 6.0]

    """
    edges, points = _kinks(first)
    begins, integrals = _integrals(second)

    def share_at(z: float) -> float:
        """G at ln z."""
        found = 0.0
        j = len(begins) - 1
        begin, (a, b, c, d, e) = begins[j], integrals[j]
        for edge, jump, bend in edges:  # rising, so that what is left for the second falls
            y = z - edge
            while y < begin:
                j -= 1
                begin, (a, b, c, d, e) = begins[j], integrals[j]
            t = y - begin
            # J_2 and its derivative J_1
            found += jump * (b + t * (2.0 * c + t * (3.0 * d + t * 4.0 * e)))
            found += bend * (a + t * (b + t * (c + t * (d + t * e))))
        for mass, y in points:
            found += mass * second.cdf(exp(z - y))
        return found

    known = [(log(first.low) + log(second.low), 0.0), (log(first.high) + log(second.high), 1.0)]
    found = []
    for share in shares:
        if not 0.0 < share < 1.0:
            found.append(first.high * second.high if share >= 1.0 else first.low * second.low)
        else:
            found.append(exp(_root(share_at, share, known)))
    return found


def _kinks(law: Mixture) -> tuple[list[tuple[float, float, float]], list[tuple[float, float]]]:
    """Return (ln x, jump, change of slope) of a law's density where it has one, and (mass, ln x) of what is a point."""
    points = [(mass, at) for at, mass in law.steps()]
    edges: dict[float, tuple[float, float]] = {}
    for span in law.spans():
        if span.width < NARROW:
            points.append((span.mass, span.begin + 0.5 * span.width))
        elif span.mass > 0.0:
            first, last = (2.0 * share * span.mass / span.width for share in (span.lean, 1.0 - span.lean))
            slope = (last - first) / span.width
            jump, bend = edges.get(span.begin, (0.0, 0.0))
            edges[span.begin] = jump + first, bend + slope
            edges[span.begin + span.width] = -last, -slope
    return [(at, *change) for at, change in sorted(edges.items())], points


def _integrals(law: Mixture) -> tuple[list[float], list[tuple[float, float, float, float, float]]]:
    """Return the second integral of F over ln x as polynomials of degree 4, each from its point on; first of all 0."""
    begins, integrals = [-FAR], [(0.0, 0.0, 0.0, 0.0, 0.0)]
    once = twice = 0.0
    for span in law.spans():
        w = span.width
        linear, square = 2.0 * span.lean * span.mass / w, (1.0 - 2.0 * span.lean) * span.mass / w / w
        begins.append(span.begin)
        integrals.append((twice, once, span.below / 2.0, linear / 6.0, square / 12.0))
        twice += w * (once + w * (span.below / 2.0 + w * (linear / 6.0 + w * square / 12.0)))
        once += w * (span.below + w * (linear / 2.0 + w * square / 3.0))
    begins.append(log(law.high))
    integrals.append((twice, once, 0.5, 0.0, 0.0))
    return begins, integrals


def _root(share_at: Callable[[float], float], share: float, known: list[tuple[float, float]]) -> float:
    """Return where a rising function is `share`, from and into the points that are known of it, by false position."""
    i = bisect_left(known, share, key=lambda point: point[1])
    (low, under), (high, over) = known[i - 1], known[i]
    under, over = under - share, over - share
    kept = 0
    for _ in range(100):
        if high - low <= SETTLED or over == 0.0:
            break
        at = low - under * (high - low) / (over - under)
        if not low < at < high:
            at = 0.5 * (low + high)
        value = share_at(at)
        insort(known, (at, value))
        off = value - share
        if abs(off) <= SAME_SHARE:
            return at
        # An end that stays counts half, so that it moves soon (the Illinois rule).
        if off < 0.0:
            low, under = at, off
            over = 0.5 * over if kept == 1 else over
            kept = 1
        else:
            high, over = at, off
            under = 0.5 * under if kept == -1 else under
            kept = -1
    return high
