"""The compiled side of the kernels: arrays in, arrays out, and the plain formulas inside anyone's own ``@njit``.

numba calls `register` through the entry point that the distribution declares, before it compiles anything. Nothing is
loaded before it is used: what needs no loop starts without numba.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .points import run_points, yield_array
    from .registration import register

__all__ = ["register", "run_points", "yield_array"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return getattr(import_module(".registration" if name == "register" else ".points", __name__), name)
