"""Layers that defects fall on by themselves, or in clusters that go through all of them."""

from __future__ import annotations

from collections.abc import Iterable
from math import exp, fsum

from nodecalc_kernels.registry import YIELD_MODELS


def independent_layers(faults: Iterable[float], model: str, *parameters: float) -> float:
    r"""Return the yield of a die whose layers fail each by itself, the product of their yields.

    .. math:: Y = \prod_i Y(x_i)

    Args:
        faults: x_i, mean faults of each layer, dimensionless, >= 0.
        model: key of `YIELD_MODELS`, of every layer.
        parameters: the model's own, such as alpha.

    Where all layers share their clusters it is the plain model at the sum of the faults, `shared_layers`: more, as
    the same dies are hit again. Under Poisson both are one.

    >>> round(independent_layers([0.13312] * 5 + [0.03328] * 10, "negative-binomial", 2.0), 3)
    0.377

    """
    log_yield = YIELD_MODELS[model].log_yield
    return exp(fsum(log_yield(x, *parameters) for x in faults))


def shared_layers(faults: Iterable[float], model: str, *parameters: float) -> float:
    """Return the yield of a die whose layers share their clusters: the model at all their faults.

    >>> round(shared_layers([0.13312] * 5 + [0.03328] * 10, "negative-binomial", 2.0), 3)
    0.445

    """
    return float(YIELD_MODELS[model].yield_(fsum(faults), *parameters))
