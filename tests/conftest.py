"""What all tests share: how hard hypothesis tries (HYPOTHESIS_PROFILE: dev, ci or deep), and child processes.

No test needs the package to be installed: a child process finds it where this one did.
"""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import nodecalc
import nodecalc_kernels
import nodecalc_seeds

# No deadline: the first call of many functions reads the catalogue or compiles something, the rest do not.
_COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}

settings.register_profile("dev", max_examples=50, **_COMMON)
# The gate must give the same verdict twice on the same code.
settings.register_profile("ci", max_examples=100, derandomize=True, print_blob=True, **_COMMON)
settings.register_profile("deep", max_examples=5000, print_blob=True, **_COMMON)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


@pytest.fixture(scope="session")
def child_environment():
    """Environment of a child process that finds the same three packages and is told nothing of this terminal."""
    roots = dict.fromkeys(
        str(Path(package.__file__).parents[1]) for package in (nodecalc, nodecalc_kernels, nodecalc_seeds)
    )
    dropped = {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "PYTHONIOENCODING", "PYTHONWARNINGS"}
    kept = {key: value for key, value in os.environ.items() if key not in dropped}
    return kept | {"PYTHONPATH": os.pathsep.join(roots), "PYTHONDONTWRITEBYTECODE": "1"}
