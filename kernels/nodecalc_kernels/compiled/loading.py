"""numba, loaded first and once: its environment ends in one line, and an interrupt waits until it is whole."""

from __future__ import annotations

import os
import sys
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from nodecalc_kernels.loading import interrupts_wait
from nodecalc_kernels.room import cause, check_room

USUAL: Final[dict[str, object]] = {
    "OPT": 3,
    "LOOP_VECTORIZE": 1,
    "SLP_VECTORIZE": 0,
    "CPU_NAME": None,
    "CPU_FEATURES": None,
    "DISABLE_JIT": 0,
}
"""Settings of numba by which sums and products are rounded in another order or number, and what they are usually."""
GIVEN: Final = ("ENABLE_AVX", "DISABLE_INTEL_SVML")
"""The same of settings whose usual value is the machine's."""


class NumbaUnusableError(ImportError):
    """numba cannot be loaded under the settings that it finds; the text is one line."""


def load_numba() -> None:
    """Import numba; afterwards it is there as a whole, or not at all and can be tried again.

    Raises:
        NumbaUnusableError: its environment variables or its configuration file make it fail.

    """
    if "numba" not in sys.modules:
        check_room("numba")
        before = set(sys.modules)
        with interrupts_wait():
            try:
                with warnings.catch_warnings():
                    # numba goes on without a setting that it cannot read, and says so in ten lines.
                    warnings.filterwarnings("error", "Environment variable 'NUMBA_", RuntimeWarning)
                    import_module("numba")
            except ModuleNotFoundError:
                raise
            except BaseException as error:
                _forget(before)
                if not isinstance(error, Exception) or isinstance(error, MemoryError):
                    raise
                problem = cause(error).partition(" The parse failed with exception:")[0]
                raise NumbaUnusableError(_told(problem.rstrip("."))) from None
    _check_features()


def unusual_settings() -> str:
    """Return which settings of numba give compiled results other last bits than usual, "" where none does."""
    from numba import config

    settings: Any = config
    values: dict[str, Any] = {name: getattr(settings, name, usual) for name, usual in USUAL.items()}
    # Numbers are of classes of numba's own.
    plain = {name: value or None if USUAL[name] is None else int(value) for name, value in values.items()}
    found = [f"NUMBA_{name}={value}" for name, value in plain.items() if value != USUAL[name]]
    found += [f"NUMBA_{name}={os.environ[f'NUMBA_{name}']}" for name in GIVEN if os.environ.get(f"NUMBA_{name}")]
    return ", ".join(found)


def _check_features() -> None:
    """Refuse names of processor features over which LLVM ends the program, without a word that Python could catch."""
    from numba import config

    settings: Any = config
    if settings.CPU_FEATURES:
        settings.reload_config()  # they may have been corrected since
    features = settings.CPU_FEATURES
    if features and not all(part[:1] in ("+", "-") for part in features.split(",")):
        raise NumbaUnusableError(_told(f"NUMBA_CPU_FEATURES={features}: each feature begins with + or -"))


def _forget(before: set[str]) -> None:
    """Take what there is of numba out, so that it is loaded anew."""
    for name in set(sys.modules) - before:
        if name.partition(".")[0] == "numba":
            del sys.modules[name]


def _told(problem: str) -> str:
    settings = sorted(f"{key}={value}" for key, value in os.environ.items() if key.startswith("NUMBA_"))
    if Path(".numba_config.yaml").is_file():
        settings.append(".numba_config.yaml in this folder")
    shown = f"; its settings: {', '.join(settings)}; correct or remove them" if settings else ""
    return f"numba cannot be loaded: {problem}{shown}"


load_numba()
