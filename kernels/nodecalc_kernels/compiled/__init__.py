"""The compiled side of the kernels: arrays in, arrays out, and the plain formulas inside anyone's own ``@njit``.

numba calls `register` through the entry point that the distribution declares, before it compiles anything.
"""

from __future__ import annotations

from . import loading  # noqa: F401 - first: it loads numba
from .points import run_points, yield_array
from .registration import register

__all__ = ["register", "run_points", "yield_array"]
