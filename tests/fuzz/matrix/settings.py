"""The sweep under settings of numba: its environment variables, and its configuration file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from .ended import Ended, run

SETTINGS: dict[str, dict[str, str]] = {
    f"{name}={value}": {name: value}
    for name, values in {
        "NUMBA_THREADING_LAYER": ("tbb", "omp", "workqueue", "safe", "bogus"),
        "NUMBA_NUM_THREADS": ("1", "2", "8", "0", "-1", "x", "999999"),
        "NUMBA_DISABLE_JIT": ("1",),
        "NUMBA_OPT": ("0", "1", "2", "3", "max", "x"),
        "NUMBA_CPU_NAME": ("generic", "host", "bogus"),
        "NUMBA_CPU_FEATURES": ("", "+avx2", "bogus"),
        "NUMBA_LOOP_VECTORIZE": ("0", "1"),
        "NUMBA_SLP_VECTORIZE": ("1",),
        "NUMBA_BOUNDSCHECK": ("1",),
        "NUMBA_ENABLE_AVX": ("0",),
        "NUMBA_DISABLE_INTEL_SVML": ("1",),
        "NUMBA_DEBUGINFO": ("1",),
        "NUMBA_FULL_TRACEBACKS": ("1",),
        "NUMBA_CAPTURED_ERRORS": ("old_style", "bogus"),
        "NUMBA_CACHE_DIR": ("/dev/null/x", "/proc/x"),
        "NUMBA_CUDA_ENABLE_PYNVJITLINK": ("1",),
    }.items()
    for value in values
}
FILES = {
    "a broken .numba_config.yaml": "{",
    ".numba_config.yaml with opt: 0": "opt: 0\n",
    "an empty .numba_config.yaml": "",
    ".numba_config.yaml of a list": "- 1\n",
}


def numba_rows() -> Iterator[tuple[str, Ended, Ended]]:
    """Run the program under each setting, twice; the first row has none."""
    with tempfile.TemporaryDirectory() as folder:
        cache, here = Path(folder) / "cache", Path(folder) / "here"
        here.mkdir()
        yield "none", run(cache, here), run(cache, here)
        for name, settings in SETTINGS.items():
            yield name, run(cache, here, **settings), run(cache, here, **settings)
        for name, text in FILES.items():
            (here / ".numba_config.yaml").write_text(text)
            yield name, run(cache, here), run(cache, here)
