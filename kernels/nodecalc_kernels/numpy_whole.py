"""NumPy, imported here alone: with Ctrl-C put off, and told in a line where memory is too little for it.

Wherever else it is needed, `np` comes from here, whoever is the first; type checkers may take it directly.
"""

from __future__ import annotations

from .loading import load_whole

load_whole("numpy")

import numpy as np  # noqa: E402 - after it is there
import numpy.typing as npt  # noqa: E402

FloatArray = npt.NDArray[np.float64]

__all__ = ["FloatArray", "np", "npt"]
