"""What worlds say: quantiles, means, probabilities and shares of variance, each with the error that the shifts show."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from .plan import SHIFTS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

T_95: Final = {7: 2.364624251592784}
"""97.5 % point of Student's distribution by its degrees of freedom: one less than there are shifts."""


class Estimated(NamedTuple):
    """A number and its error."""

    value: float
    error: float
    """Half the width of the 95 % interval, from the differences between the shifts."""

    @property
    def low(self) -> float:
        """Lower end of the 95 % interval."""
        return self.value - self.error

    @property
    def high(self) -> float:
        """Upper end of it."""
        return self.value + self.error


def spread_of(several: Array) -> float:
    """Return the half width of the 95 % interval of the mean of estimates, one a shift."""
    from nodecalc_kernels.numpy_whole import np

    with np.errstate(invalid="ignore", over="ignore"):
        return float(T_95[SHIFTS - 1] * np.std(several, ddof=1) / np.sqrt(len(several)))


def quantiles(samples: Array, shares: tuple[float, ...]) -> list[Estimated]:
    """Return the quantiles of samples, sequence by sequence: of all of them, with the error from those of each.

    Linear between the middles of the samples' steps, as in every band (Hazen's definition).
    """
    per_shift = _at(samples.reshape(SHIFTS, -1), shares)
    of_all = _at(samples[None, :], shares)
    return [Estimated(float(of_all[0, i]), spread_of(per_shift[:, i])) for i in range(len(shares))]


def _at(several: Array, shares: tuple[float, ...]) -> Array:
    """Return the quantiles of each row."""
    from nodecalc_kernels.numpy_whole import np

    count = several.shape[1]
    place = np.clip(np.array(shares) * count - 0.5, 0.0, count - 1.0)
    below = place.astype(np.int64)
    above = np.minimum(below + 1, count - 1)
    rising = np.partition(several, sorted({*below.tolist(), *above.tolist()}), axis=1)
    low, high = rising[:, below], rising[:, above]
    with np.errstate(invalid="ignore", over="ignore"):
        found: Array = np.where(low == high, low, low + (place - below) * (high - low))
    return found


def mean(samples: Array) -> Estimated:
    """Return the mean of samples, with its error."""
    each = samples.reshape(SHIFTS, -1).mean(axis=1)
    return Estimated(float(each.mean()), spread_of(each))


def deviation(samples: Array) -> Estimated:
    """Return the standard deviation of samples, with its error."""
    from nodecalc_kernels.numpy_whole import np

    with np.errstate(invalid="ignore", over="ignore"):
        each = samples.reshape(SHIFTS, -1).std(axis=1)
        return Estimated(float(samples.std()), spread_of(each))


def share_where(true: Callable[[], NDArray[np.bool_]]) -> Estimated:
    """Return the share of worlds in which something is true, with its error."""
    each = true().reshape(SHIFTS, -1).mean(axis=1)
    return Estimated(float(each.mean()), spread_of(each))


def variance_shares(first: Array, second: Array, sums: Array) -> tuple[Estimated, Estimated] | None:
    r"""Return the first-order and the total Sobol index of one draw, with their errors; None without a variance.

    .. math:: S = \frac{E[f(B) (f(A_B) - f(A))]}{V}, \qquad S_T = \frac{E[(f(A) - f(A_B))^2]}{2 V}

    the first by Saltelli et al., Comput. Phys. Commun. 181:259, 2010, with f less its mean; the second by Jansen,
    Comput. Phys. Commun. 117:35, 1999. V is of both halves of the worlds.

    Args:
        first: f(A), sequence by sequence.
        second: f(B).
        sums: for each sequence those of f(B) d, d and d^2 with d = f(AB) - f(A).

    """
    from nodecalc_kernels.numpy_whole import np

    a, b = first.reshape(SHIFTS, -1), second.reshape(SHIFTS, -1)
    count = a.shape[1]
    with np.errstate(invalid="ignore", over="ignore"):
        variances = np.concatenate([a, b], axis=1).var(axis=1)
        whole = float(np.concatenate([a, b], axis=1).var())
    if not (np.isfinite(variances).all() and np.isfinite(sums).all() and whole > 0.0):
        return None
    middle = np.concatenate([a, b], axis=1).mean(axis=1)
    own = (sums[:, 0] - middle * sums[:, 1]) / count / variances
    total = sums[:, 2] / count / 2.0 / variances
    return (
        Estimated(float(own.mean()), spread_of(own)),
        Estimated(float(total.mean()), spread_of(total)),
    )
