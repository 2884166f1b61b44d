"""Draws: what a share u of a distribution's mass lies below, as formulas of u that fill SIMD registers when compiled.

A distribution is a `Form`, a kind and a few numbers, so that plain Python and a compiled loop draw from the same text.
"""

from __future__ import annotations

from collections.abc import Callable
from math import log as ln
from math import nan
from typing import Final, NamedTuple

from .distributions import ln_ratio, triangular_quantile
from .vecmath import decay, log, sqrt

CELLS: Final = 256
"""Equal parts of the mass between two of the quantiles of a table."""

Table = tuple[float, ...]


class Form(NamedTuple):
    """A distribution that is drawn from."""

    kind: int
    """Place in `KINDS`."""
    numbers: tuple[float, float, float, float]
    """What the kind's formula takes beside u."""
    table: Table = ()
    """Of `tabled_draw`, how far ln x lies below its top at CELLS + 1 equidistant shares."""


def two_piece_ln_draw(u: float, value: float, high: float, under: float, over: float) -> float:
    """Return the draw of a two-piece triangular distribution on ln x.

    It is `two_piece_quantile` inside its domain, with the logarithms of its ends worked out before and without a
    branch that keeps points apart; a test holds the two together.

    Args:
        u: share, above 0 and below 1.
        value: its median, > 0.
        high: its upper end.
        under: ln(value / low).
        over: ln(high / value).

    """
    below = u <= 0.5
    left = sqrt(2.0 * (u if below else 1.0 - u))  # 1 at the value, 0 at the end
    return (value if below else high) * decay((1.0 - left) * under if below else left * over)


def two_piece_draw(u: float, value: float, under: float, over: float, unused: float) -> float:
    """Return the draw of a two-piece triangular distribution on x; `under` and `over` are the lengths of its pieces."""
    below = u <= 0.5
    side = 1.0 - sqrt(2.0 * (u if below else 1.0 - u))
    return value - side * under if below else value + side * over


def tabled_draw(below: float, above: float, part: float, top: float) -> float:
    """Return the draw between two neighbouring quantiles, linear in ln x.

    Args:
        below: how far the ln of the lower one lies below ln(top), >= 0.
        above: the same of the upper one.
        part: where between the two, 0..1.
        top: the largest value.

    """
    return top * decay(below + part * (above - below))


def triangular_draw(u: float, low: float, mode: float, high: float, unused: float) -> float:
    """Return the draw of the triangular distribution."""
    return triangular_quantile(u, low, mode, high)


def uniform_draw(u: float, low: float, high: float, unused: float, unused_too: float) -> float:
    """Return the draw of the uniform distribution."""
    return low + u * (high - low)


CENTRAL: Final = (
    3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
    4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3,
)  # fmt: skip
CENTRAL_UNDER: Final = (
    1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3, 2.1213794301586595867e4,
    3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3,
)  # fmt: skip
MIDDLE: Final = (
    1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
    1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4,
)  # fmt: skip
MIDDLE_UNDER: Final = (
    1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1, 1.48103976427480074590e-1,
    1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9,
)  # fmt: skip
FAR: Final = (
    6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
    2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
)  # fmt: skip
FAR_UNDER: Final = (
    1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2, 7.86869131145613259100e-4,
    1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15,
)  # fmt: skip
"""Coefficients of quotients of polynomials for the normal quantile: M. J. Wichura, Algorithm AS 241 (PPND16), Applied
Statistics 37:477, 1988; good to some 1e-16 of the quantile."""

NEAR: Final = 0.425
"""Distance of u from 1/2 up to which the central quotient serves."""
REACH: Final = 5.0
"""sqrt(-ln of the smaller tail) up to which the middle quotient serves."""


def _horner(x: float, c0: float, c1: float, c2: float, c3: float, c4: float, c5: float, c6: float, c7: float) -> float:
    """Return the polynomial of degree 7."""
    return ((((((c7 * x + c6) * x + c5) * x + c4) * x + c3) * x + c2) * x + c1) * x + c0


def normal_quantile(u: float) -> float:
    """Return the value below which a share u of the standard normal distribution lies; nan outside (0, 1).

    >>> normal_quantile(0.5), round(normal_quantile(0.975), 12)
    (0.0, 1.95996398454)
    """
    q = u - 0.5
    if abs(q) <= NEAR:
        x = NEAR * NEAR - q * q
        return q * _horner(x, *CENTRAL) / _horner(x, *CENTRAL_UNDER)
    tail = u if q < 0.0 else 1.0 - u
    r = sqrt(-log(tail)) if tail > 0.0 else nan
    if r <= REACH:
        z = _horner(r - 1.6, *MIDDLE) / _horner(r - 1.6, *MIDDLE_UNDER)
    else:
        z = _horner(r - REACH, *FAR) / _horner(r - REACH, *FAR_UNDER)
    return -z if q < 0.0 else z


def normal_draw(u: float, mean: float, deviation: float, first: float, span: float) -> float:
    """Return the draw of a normal distribution cut to the mass from the share `first` to `first + span`."""
    return mean + deviation * normal_quantile(first + span * u)


def lognormal_draw(u: float, median: float, deviation: float, first: float, span: float) -> float:
    """Return the draw of a lognormal distribution of that median and standard deviation of ln x, cut as above."""
    z = deviation * normal_quantile(first + span * u)
    small = decay(abs(z))
    return median * small if z < 0.0 else median / small


KINDS: Final[tuple[Callable[..., float], ...]] = (
    two_piece_ln_draw,
    two_piece_draw,
    triangular_draw,
    uniform_draw,
    normal_draw,
    lognormal_draw,
)
"""Formula of each kind of form; the kind after them is a table."""

TABLED: Final = len(KINDS)


def drawn(form: Form, shares: list[float]) -> list[float]:
    """Return the draw of `form` at each of `shares`.

    >>> drawn(triangular_form(0.0, 1.0, 2.0), [0.125, 0.5])
    [0.5, 1.0]
    """
    if form.kind == TABLED:
        table, top = form.table, form.numbers[0]
        places = [u * CELLS for u in shares]
        return [tabled_draw(table[int(x)], table[int(x) + 1], x - int(x), top) for x in places]
    formula = KINDS[form.kind]
    a, b, c, d = form.numbers
    return [formula(u, a, b, c, d) for u in shares]


def two_piece_form(low: float, value: float, high: float, log_scale: bool) -> Form:
    """Return the form of a two-piece triangular distribution, on ln x where `log_scale`."""
    if log_scale:
        return Form(KINDS.index(two_piece_ln_draw), (value, high, ln_ratio(value, low), ln_ratio(high, value)))
    return Form(KINDS.index(two_piece_draw), (value, value - low, high - value, 0.0))


def tabled_form(quantiles: list[float]) -> Form:
    """Return the form of a distribution of positive numbers by its quantiles at CELLS + 1 equidistant shares."""
    top = quantiles[-1]
    return Form(TABLED, (top, 0.0, 0.0, 0.0), tuple(max(0.0, ln(top / x)) for x in quantiles))


def triangular_form(low: float, mode: float, high: float) -> Form:
    """Return the form of a triangular distribution."""
    return Form(KINDS.index(triangular_draw), (low, mode, high, 0.0))


def uniform_form(low: float, high: float) -> Form:
    """Return the form of a uniform distribution."""
    return Form(KINDS.index(uniform_draw), (low, high, 0.0, 0.0))


def normal_form(mean: float, deviation: float, first: float = 0.0, last: float = 1.0) -> Form:
    """Return the form of a normal distribution cut to the mass between two shares."""
    return Form(KINDS.index(normal_draw), (mean, deviation, first, last - first))


def lognormal_form(median: float, deviation: float, first: float = 0.0, last: float = 1.0) -> Form:
    """Return the form of a lognormal distribution cut to the mass between two shares."""
    return Form(KINDS.index(lognormal_draw), (median, deviation, first, last - first))
